"""What every component knows about API objects: quantities, selectors, percentages, QoS classes, hashes."""
