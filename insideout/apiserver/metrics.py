"""A part of the API server's /metrics: requests by verb and code, stored objects by kind.

Source: k8s.io/apiserver/pkg/endpoints/metrics/metrics.go, .../storage/etcd3/metrics/metrics.go@v1.36.2.
"""

from collections.abc import Callable, Iterator

from prometheus_client.core import Metric

from insideout.apiserver.kinds import BUILT_IN
from insideout.apiserver.requestlog import Asked, RequestLog
from insideout.monitoring.families import counter, gauge

COUNTED = ("pods", "nodes", "deployments", "replicasets", "services", "configmaps", "secrets", "events")
"""Whose objects are counted; upstream counts those of every resource."""


_VERBS = {"create": "POST", "update": "PUT"}
_KINDS = {kind.plural: kind for kind in reversed(BUILT_IN)}
_LABELS = (*("verb", "dry_run", "group", "version", "resource", "subresource", "scope", "component", "code"),)


class ApiServerMetrics:
    """A collector over the request log; a cluster without one has no request metrics.

    `stored` says how many objects of a resource there are.
    """

    def __init__(self, stored: Callable[[str], int], log: RequestLog | None) -> None:
        self._stored = stored
        self._log = log

    def collect(self) -> Iterator[Metric]:
        """Yield all families."""
        if self._log is not None:
            yield counter(
                "apiserver_request_total",
                "Counter of apiserver requests broken out for each verb, dry run value, group, version, "
                "resource, scope, component, and HTTP response code.",
                _LABELS,
                sorted((_labels(asked), float(count)) for asked, count in self._log.counts.items()),
            )
        counts = ((resource, self._stored(resource)) for resource in COUNTED)
        yield gauge(
            "apiserver_resource_objects",
            "Number of stored objects at the time of last check split by kind.",
            ("group", "resource"),
            (([_KINDS[resource].group, resource], float(count)) for resource, count in counts),
        )


def _labels(asked: Asked) -> tuple[str, ...]:
    """Return the labels of requests of one sort.  Source: metrics.go:CleanVerb."""
    kind = _KINDS.get(asked.resource)
    verb = _VERBS.get(asked.verb, asked.verb.upper())
    where = (kind.group, kind.version, asked.resource) if kind else ("", "", asked.resource)
    return verb, "", *where, asked.subresource, asked.scope, "apiserver", str(asked.code)
