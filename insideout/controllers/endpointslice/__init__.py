"""The EndpointSlice controller: which Pods stand behind a Service, in slices of at most a hundred."""
