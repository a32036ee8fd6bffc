"""The picture of unit 14."""
