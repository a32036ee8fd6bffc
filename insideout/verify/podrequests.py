"""Plays recorded pods: what a ResourceQuota of zero counted for each, or why the pod was refused.

The quota's status is written by hand, since the recorder's API server ran without a quota controller.
"""

import re
from collections.abc import Iterator, Sequence

from insideout.verify.normal import differences
from insideout.verify.outcome import Outcome, Row
from insideout.verify.wire import Wire

NAMESPACE = "pod-requests"
_HARD = {"requests.cpu": "0", "requests.memory": "0", "requests.ephemeral-storage": "0"}
_CLASSES: tuple[Row, ...] = (
    {
        "metadata": {"name": "heavy"},
        "handler": "h",
        "overhead": {"podFixed": {"cpu": "250m", "memory": "120Mi"}},
    },
    {"metadata": {"name": "light"}, "handler": "l"},
)
_REQUESTED = re.compile(r"requested: (\S+), used: ")


def play_pod_requests(wire: Wire, rows: Sequence[Row]) -> Iterator[Outcome]:
    """Create every pod as a dry run where the quota leaves nothing; one outcome a pod."""
    _prepare(wire)
    path = f"/api/v1/namespaces/{NAMESPACE}/pods"
    for number, row in enumerate(rows):
        code, answer = wire.request("POST", path, body=row["pod"], query={"dryRun": "All"})
        got: Row = {"code": code}
        message = answer.get("message", "")
        if requested := _REQUESTED.search(message):
            entries = (entry.split("=") for entry in requested[1].split(","))
            got["requested"] = {name.removeprefix("requests."): amount for name, amount in entries}
        elif code == 422:
            causes = (answer.get("details") or {}).get("causes") or []
            found = [{key: each.get(key) for key in ("reason", "field", "message")} for each in causes]
            got["causes"] = sorted(found, key=lambda each: (each["field"] or "", each["message"] or ""))
        elif code != 201:
            got["message"] = message.replace(NAMESPACE, "<ns>")
        want = {key: value for key, value in row.items() if key != "pod"}
        yield Outcome(f"pod {number}", tuple(differences(want, got)))


def _prepare(wire: Wire) -> None:
    """Make the two runtime classes, a namespace, and its quota."""
    for each in _CLASSES:
        body = {"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", **each}
        wire.request("POST", "/apis/node.k8s.io/v1/runtimeclasses", body=body)
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    wire.request("POST", "/api/v1/namespaces", body=namespace)
    quotas = f"/api/v1/namespaces/{NAMESPACE}/resourcequotas"
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "none"},
        "spec": {"hard": _HARD},
    }
    wire.request("POST", quotas, body=quota)
    status = {"status": {"hard": _HARD, "used": dict.fromkeys(_HARD, "0")}}
    merge = "application/merge-patch+json"
    wire.request("PATCH", f"{quotas}/none/status", body=status, content_type=merge)
