"""Prometheus' arithmetic: queries over samples, when an alert fires; and what there is to scrape, as text."""

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""The media type of the exposition format."""
