"""Unit 15: monitoring with Prometheus, from a counter to an alert and a number of replicas."""
