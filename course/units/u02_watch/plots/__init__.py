"""The pictures of unit 02."""
