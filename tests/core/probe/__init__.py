"""A room for the kill tests: two outbox kinds whose effects can be counted, run by real worker processes."""
