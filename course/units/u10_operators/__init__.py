"""Unit 10: what a controller must hold when anything can fail, and when one is needed."""
