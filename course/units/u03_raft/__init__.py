"""Unit 03: Raft, written by hand."""
