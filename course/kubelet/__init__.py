"""The node's agent: what it starts, measures, kills and reports."""
