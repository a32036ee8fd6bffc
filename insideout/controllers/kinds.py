"""All kinds that a controller has to look at which looks at everything: the built-in ones and those of CRDs.

Upstream asks the server's discovery documents every thirty seconds; here CustomResourceDefinitions are
watched.

Source: pkg/controller/garbagecollector/garbagecollector.go:Sync, GetDeletableResources@v1.36.2.
"""

from collections.abc import Iterator
from typing import NamedTuple

from insideout.apiserver.kinds import BUILT_IN
from insideout.client import Object

_WITHOUT_OWNERS = ("events",)
"""Not worth a place in the graph: events refer to nobody, and there are many."""


class Resource(NamedTuple):
    """A kind of object, and the resource under which a client finds it."""

    api_version: str
    kind: str
    resource: str
    namespaced: bool


def built_in() -> list[Resource]:
    """Return the built-in kinds that can be listed, watched and deleted."""
    return [
        Resource(kind.api_version, kind.kind, kind.qualified_resource, kind.namespaced)
        for kind in BUILT_IN
        if {"list", "watch", "delete"} <= set(kind.verbs)
        and kind.plural not in _WITHOUT_OWNERS
        and not kind.hub  # another form of what is listed anyway
    ]


def defined_by(definition: Object) -> Iterator[Resource]:
    """Return the kinds that a CustomResourceDefinition adds: its served storage version."""
    spec = definition["spec"]
    for version in spec["versions"]:
        if version.get("served") and version.get("storage"):
            yield Resource(
                f"{spec['group']}/{version['name']}",
                spec["names"]["kind"],
                f"{spec['names']['plural']}.{spec['group']}",
                spec["scope"] == "Namespaced",
            )


def same_kind(resource: Resource, reference: Object) -> bool:
    """Tell whether an owner reference is to this kind, in whichever version."""
    group = resource.api_version.rpartition("/")[0]
    return bool(reference["kind"] == resource.kind and reference["apiVersion"].rpartition("/")[0] == group)
