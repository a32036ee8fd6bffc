"""Unit 09: pods with a number, their updates, and what becomes of their claims."""
