"""Pictures of unit 10."""
