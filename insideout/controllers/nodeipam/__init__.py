"""Ranges of Pod addresses for nodes."""
