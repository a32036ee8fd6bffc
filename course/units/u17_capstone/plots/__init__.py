"""Pictures of unit 17."""
