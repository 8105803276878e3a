"""What happens on an act: one function each."""
