"""The EndpointSliceMirroring controller: hand-made Endpoints, copied into slices."""
