"""Pictures of unit 05."""
