"""Unit 01: what the components are, how a pod is born, and why the API is declarative."""
