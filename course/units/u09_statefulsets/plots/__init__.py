"""Pictures of unit 09."""
