"""Unit 02, lists and watches: its text, checks and pictures."""
