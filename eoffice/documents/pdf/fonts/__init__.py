"""The two font files every PDF of the office is set in (see VERSION.md)."""
