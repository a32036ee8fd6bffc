"""The namespace of one session on somebody's cluster: made with a generated name, removed, and swept.

Three ways lead to its end: `Cluster.stop`, the keeper when we are killed, and, when the whole machine died,
the next session that finds it past its day.  A namespace that we did not make is never removed: the label
must be there and the uid must be that of the one seen.
"""

from datetime import UTC, datetime, timedelta

from insideout.apimachinery import timestamps
from insideout.client.interface import ApiError, Client, Object

LABEL = "kubernetes-inside-out/session"
EXPIRES = "kubernetes-inside-out/expires"
LIFE = timedelta(hours=72)
"""After this another session may remove it; a session whose machine lives removes its own."""


def make(client: Client) -> Object:
    """Make a namespace with a generated name; return it."""
    expires = timestamps.seconds(datetime.now(UTC) + LIFE)
    metadata = {
        "generateName": "inside-out-",
        "labels": {LABEL: "true"},
        "annotations": {EXPIRES: expires},
    }
    return client.create("namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})


def remove(client: Client, name: str, uid: str) -> None:
    """Have the namespace with this uid deleted, and all in it; one that is gone is right, too."""
    try:
        client.delete("namespaces", name, uid=uid)
    except ApiError as refused:
        if refused.code not in (404, 409):  # 409: it is ending already, or another one has its name
            raise


def sweep(client: Client, now: datetime) -> list[str]:
    """Remove what earlier sessions left and whose time is over; return the names."""
    swept = []
    for each in client.list("namespaces", label_selector=f"{LABEL}=true")["items"]:
        metadata = each["metadata"]
        expires = (metadata.get("annotations") or {}).get(EXPIRES, "")
        if not metadata.get("deletionTimestamp") and _is_over(expires, now):
            remove(client, metadata["name"], metadata["uid"])
            swept.append(metadata["name"])
    return swept


def _is_over(expires: str, now: datetime) -> bool:
    """Tell whether a time is past; somebody's text that is none is no reason to remove anything."""
    try:
        return timestamps.parse(expires) < now
    except ValueError:
        return False
