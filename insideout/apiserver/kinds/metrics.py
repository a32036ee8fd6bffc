"""metrics.k8s.io: kinds that another server answers for; served only where a cluster has one.

They have no model in the official client.

Source: k8s.io/metrics/pkg/apis/metrics/v1beta1/types.go@v1.36.2, metrics-server pkg/api/{node,pod}.go@v0.8.1.
"""

from insideout.apiserver.kinds.kind import Kind

_READ = ("get", "list")

NODE_METRICS = Kind("metrics.k8s.io", "v1beta1", "NodeMetrics", "nodes", "", namespaced=False, verbs=_READ)
POD_METRICS = Kind("metrics.k8s.io", "v1beta1", "PodMetrics", "pods", "", verbs=_READ)
SERVED = (NODE_METRICS, POD_METRICS)
