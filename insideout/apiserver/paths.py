"""What a path of the REST API names: a kind, and perhaps a namespace, an object, one of its subresources.

    /api/v1/namespaces/default/pods/web-0/log      core group
    /apis/apps/v1/deployments                      every other group; all namespaces

Source: k8s.io/apiserver/pkg/endpoints/request/requestinfo.go, .../installer.go,
k8s.io/apiserver/pkg/server/handler.go (who answers an unknown path)@v1.36.2.
"""

from typing import NamedTuple

from insideout.apiserver.kinds import Kind
from insideout.apiserver.registry import Registry
from insideout.apiserver.status import not_found, unknown_path

_NAMESPACE_SUBRESOURCES = ("status", "finalize")


class Target(NamedTuple):
    """What a request is about."""

    kind: Kind
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    watch: bool = False
    path: str = ""
    """What follows a proxy, without the slash before it."""

    @property
    def all_namespaces(self) -> bool:
        """Whether it is about a namespaced kind in every namespace."""
        return self.kind.namespaced and not self.namespace


class NoSuchPathError(Exception):
    """No part of the server answers this path: 404 in plain text."""


def resolve(registry: Registry, parts: list[str]) -> Target:
    """Return what a path, split at its slashes, names.

    Raises StatusError 404 below a served group of built-in kinds, NoSuchPathError elsewhere.
    """
    if parts[0] == "api":
        group, version, rest = "", parts[1], parts[2:]
    else:
        group, version, rest = parts[1], parts[2], parts[3:]
    missing: Exception = unknown_path()
    if all(kind.definition is not None for kind in registry if kind.group == group):
        missing = NoSuchPathError()
    watch = bool(rest) and rest[0] == "watch"
    if watch:
        rest = rest[1:]
    namespace = ""
    if len(rest) >= 3 and rest[0] == "namespaces" and rest[2] not in _NAMESPACE_SUBRESOURCES:
        namespace, rest = rest[1], rest[2:]
    path = ""
    if len(rest) > 3 and rest[2] == "proxy":
        rest, path = rest[:3], "/".join(rest[3:])
    if not rest or len(rest) > 3 or "" in rest:
        raise missing
    kind = registry.at(group, version, rest[0])
    if kind is None:
        raise missing
    name = rest[1] if len(rest) > 1 else ""
    subresource = rest[2] if len(rest) > 2 else ""
    if subresource and kind.subresource(subresource) is None:
        # The handler of custom resources takes the path for one, and then finds no such thing.
        raise not_found(kind, name) if kind.definition is not None else missing
    if bool(namespace) != kind.namespaced and (namespace or name):
        raise missing
    return Target(kind, namespace, name, subresource, watch, path)
