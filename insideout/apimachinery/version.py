"""Which Kubernetes this is."""

KUBERNETES_VERSION = "v1.36.2"
"""The release that the cluster behaves as, and from which its records were taken."""
