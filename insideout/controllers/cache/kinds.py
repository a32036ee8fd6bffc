"""A Cache, as users ask for one, and what its operator makes of it.

A Cache NAME asks for `spec.replicas` ConfigMaps NAME-0, NAME-1, ... with `data.size`, which it owns, and
rents a Bucket NAME that no garbage collector knows.
"""

from insideout.client.interface import Object

CACHES, CHILDREN, BUCKETS = "caches.example.com", "configmaps", "buckets.storage.example.com"
FINALIZER = "example.com/bucket"
NAMESPACE = "default"


def definition(plural: str, kind: str, group: str, *, status: bool) -> Object:
    """Return a CustomResourceDefinition with any spec."""
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    schema = {"type": "object", "properties": {"spec": anything, "status": anything}}
    version: Object = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    if status:
        version["subresources"] = {"status": {}}
    names = {"plural": plural, "singular": kind.lower(), "kind": kind, "listKind": f"{kind}List"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {"group": group, "scope": "Namespaced", "names": names, "versions": [version]},
    }


DEFINITIONS = (
    definition("caches", "Cache", "example.com", status=True),
    definition("buckets", "Bucket", "storage.example.com", status=False),
)


def cache(name: str, replicas: int, size: int) -> Object:
    """Return a Cache as a user writes it."""
    return {
        "apiVersion": "example.com/v1",
        "kind": "Cache",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {"replicas": replicas, "size": size},
    }


def is_child(obj: Object, uid: str) -> bool:
    """Say whether `obj` is controlled by the object with this UID."""
    return any(
        owner.get("uid") == uid and owner.get("controller")
        for owner in obj["metadata"].get("ownerReferences") or ()
    )
