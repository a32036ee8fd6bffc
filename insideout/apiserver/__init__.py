"""The API server: REST over a store, with kinds, defaults, validation, patches, watches and tables."""
