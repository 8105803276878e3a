"""What spans the rooms: the desk, search."""
