"""Unit 04: why a pod has no node, how one is chosen, and what makes choosing faster."""
