"""Unit 08: release strategies, and what they cost the callers."""
