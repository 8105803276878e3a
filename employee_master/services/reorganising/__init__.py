"""Re-organisations worked out: what would change, before anything does."""
