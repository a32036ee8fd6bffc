"""Unit 06: QoS classes, and who goes first when memory runs out."""
