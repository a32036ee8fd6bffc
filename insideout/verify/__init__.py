"""Playing golden records against a cluster, to see where it differs from Kubernetes."""
