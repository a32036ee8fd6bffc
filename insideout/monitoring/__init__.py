"""Prometheus' arithmetic: queries over samples, and when an alert fires."""
