"""The pictures of the lessons, one file each; every picture carries its alternative text."""
