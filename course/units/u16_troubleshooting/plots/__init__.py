"""The pictures of unit 16."""
