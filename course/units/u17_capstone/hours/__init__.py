"""The hours of the day."""
