"""Pages of the files room."""
