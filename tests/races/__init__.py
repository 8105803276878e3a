"""Two act on the same thing in the same moment, as real processes."""
