"""The scheduler: from pods without a node to bindings."""
