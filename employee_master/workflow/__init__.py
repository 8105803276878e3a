"""The lives of the employee master, one module each (design 3): a transition guards and sets fields of its own row."""
