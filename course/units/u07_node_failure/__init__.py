"""Unit 07: why a node becomes NotReady, and when its pods go."""
