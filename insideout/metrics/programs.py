"""Exporters as programs: images that a cluster's nodes can run, so that they are deployed as real ones are.

    metrics.register_programs(cluster)
    kubectl create deployment kube-state-metrics --image=<KUBE_STATE_METRICS> --port=8080

Source: kube-state-metrics pkg/app/server.go@v2.20.0 (its paths).
"""

from insideout.cluster import Cluster
from insideout.kubelet.process import Process
from insideout.kubelet.programs import Program, Request, Response
from insideout.metrics.state import StateMetrics
from insideout.monitoring import families

KUBE_STATE_METRICS = "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.20.0"


class StateMetricsServer(Program):
    """kube-state-metrics: it answers with what the API says at the moment."""

    def __init__(self, metrics: StateMetrics) -> None:
        self._metrics = metrics

    def answer(self, process: Process, request: Request) -> Response:
        """Answer /metrics, and /livez and /healthz; 503 while the API server is out of reach."""
        match request.path:
            case "/metrics":
                try:
                    return Response(200, families.text(self._metrics))
                except OSError as problem:
                    return Response(503, f"{problem}\n")
            case "/healthz" | "/livez":
                return Response(200, "OK")
        return Response(404, "404 page not found\n")


def register_programs(cluster: Cluster) -> None:
    """Let the nodes of a cluster run kube-state-metrics."""
    server = StateMetricsServer(StateMetrics(cluster.client("kube-state-metrics")))
    cluster.nodes.programs.register(KUBE_STATE_METRICS, server)
