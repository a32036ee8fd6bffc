"""A metrics-server: metrics.k8s.io, from what the kubelets measure every fifteen seconds."""

from insideout.metrics.resource.server import MetricsServer

__all__ = ["MetricsServer"]
