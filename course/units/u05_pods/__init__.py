"""Unit 05: what a pod is, and the order in which its containers start and stop."""
