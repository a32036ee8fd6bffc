"""All scenarios, by stage."""
