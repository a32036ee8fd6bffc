"""How each kind of golden record is played; a file's name says of which kind it is.

Source: the recorders of the records, described in insideout/records/README.md.
"""

from insideout import replay
from insideout.proxy import verify as proxy
from insideout.scheduler import verify as scheduler
from insideout.verify.backoff import verify_crashloop, verify_image_backoff
from insideout.verify.exchanges import play_http
from insideout.verify.exec import verify_exec
from insideout.verify.hpa import verify_syncs
from insideout.verify.hpatraces import verify_traces
from insideout.verify.initcontainers import verify_init_containers
from insideout.verify.monitoring import verify_alerts, verify_promql
from insideout.verify.netpol import verify_netpol
from insideout.verify.nodecidr import verify_node_cidr
from insideout.verify.outcome import Play, rows_of
from insideout.verify.podrequests import play_pod_requests
from insideout.verify.qos import play_qos
from insideout.verify.termination import verify_termination


def _replayed(kind: str) -> Play:
    return rows_of(lambda rows: replay.verify(kind, rows))


PLAYERS: dict[str, Play] = {
    "alerts": rows_of(verify_alerts),
    "crashloop": rows_of(verify_crashloop),
    "crd": play_http,
    "election": _replayed("election"),
    "endpoints": _replayed("endpoints"),
    "endpointslice": _replayed("endpointslice"),
    "eviction": _replayed("eviction"),
    "exec": rows_of(verify_exec),
    "hpa": rows_of(verify_syncs),
    "hpa_traces": rows_of(verify_traces),
    "http": play_http,
    "image_backoff": rows_of(verify_image_backoff),
    "init_containers": rows_of(verify_init_containers),
    "kubeproxy": rows_of(proxy.verify),
    "netpol": rows_of(verify_netpol),
    "node_cidr": rows_of(verify_node_cidr),
    "pod_requests": play_pod_requests,
    "preemption": _replayed("preemption"),
    "promql": rows_of(verify_promql),
    "qos": play_qos,
    "rollout": _replayed("rollout"),
    "scheduler": rows_of(scheduler.verify),
    "statefulset": _replayed("statefulset"),
    "termination": rows_of(verify_termination),
    "watch": play_http,
    "zones": _replayed("zones"),
}
"""A kind of record and how it is played; one row a kind, in the alphabet's order."""

TABLES = ("metrics_catalog", "mtu")
"""Records that are looked things up in: nobody did anything there that could be played."""


def kind_of(name: str) -> str:
    """Return the kind of the record in a file called `name`: the longest one that the name contains.

    Raises LookupError when it contains none.
    """
    found = [kind for kind in PLAYERS if kind in name]
    if not found:
        raise LookupError(
            f"its name says no kind of record that can be played; these can: {', '.join(PLAYERS)}"
        )
    return max(found, key=len)
