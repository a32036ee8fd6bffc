"""What the cluster's parts expose at /metrics, and a Prometheus that scrapes it in virtual time.

Names, types and labels are those of Kubernetes v1.36.2 and kube-state-metrics v2.20.0; the values are what
happens in the cluster.  Only metrics that have something true to say here are exposed.
"""

from insideout.metrics.programs import KUBE_STATE_METRICS, register_programs
from insideout.metrics.resource import MetricsServer
from insideout.metrics.scraper import Scraper
from insideout.metrics.targets import Target, targets

__all__ = ["KUBE_STATE_METRICS", "MetricsServer", "Scraper", "Target", "register_programs", "targets"]
