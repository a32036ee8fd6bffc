"""Where an object is stored: the keys that etcd would show below /registry.

Source: pkg/kubeapiserver/default_storage_factory_builder.go (special resource prefixes)@v1.36.2.
"""

from insideout.apiserver.kinds import Kind
from insideout.apiserver.status import bad_request

_SPECIAL = {
    "endpoints": "services/endpoints",
    "nodes": "minions",
    "replicationcontrollers": "controllers",
    "services": "services/specs",
}


def prefix(kind: Kind, namespace: str = "") -> str:
    """Return the prefix of all objects of `kind`, or of those in one namespace."""
    plural = kind.plural if kind.group else _SPECIAL.get(kind.plural, kind.plural)
    custom = kind.definition is not None or kind.group == "apiextensions.k8s.io"
    folder = f"{kind.group}/{plural}" if custom else plural
    return f"/registry/{folder}/{namespace}/" if namespace else f"/registry/{folder}/"


def key(kind: Kind, namespace: str, name: str) -> str:
    """Return the key of one object; raise 400 for a name that cannot be part of a path."""
    if name in (".", ".."):
        raise bad_request(f"Name parameter invalid: \"{name}\": may not be '{name}'")
    for forbidden in "/%":
        if forbidden in name:
            raise bad_request(f"Name parameter invalid: \"{name}\": may not contain '{forbidden}'")
    return prefix(kind, namespace if kind.namespaced else "") + name
