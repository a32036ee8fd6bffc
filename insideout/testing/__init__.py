"""Clusters as fixtures, for anyone's tests: a pytest plugin that does nothing until a test asks for one."""
