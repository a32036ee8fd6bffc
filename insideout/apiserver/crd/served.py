"""The kinds that a CustomResourceDefinition brings into the registry: one for each served version.

Source: k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_{discovery_controller,handler}.go@v1.36.2.
"""

from typing import Any

from insideout.apiserver.crd.definition import is_established
from insideout.apiserver.kinds import Kind, Subresource

Object = dict[str, Any]
_READ_WRITE = ("get", "patch", "update")


def kinds_of(crd: Object) -> list[Kind]:
    """Return the kinds that `crd` serves; none before it is established."""
    if not is_established(crd):
        return []
    spec, names = crd["spec"], crd["status"]["acceptedNames"]
    terminating = any(
        each["type"] == "Terminating" and each["status"] == "True" for each in crd["status"]["conditions"]
    )
    versions = {f"{spec['group']}/{version['name']}": version for version in spec["versions"]}
    return [
        Kind(
            group=spec["group"],
            version=version["name"],
            kind=names["kind"],
            plural=names["plural"],
            singular=names.get("singular") or "",
            namespaced=spec["scope"] == "Namespaced",
            short_names=tuple(names.get("shortNames") or ()),
            categories=tuple(names.get("categories") or ()),
            subresources=_subresources(version.get("subresources") or {}),
            definition=version,
            versions=versions,
            ending=terminating,
        )
        for version in spec["versions"]
        if version.get("served")
    ]


def _subresources(given: Object) -> tuple[Subresource, ...]:
    found = []
    if given.get("status") is not None:
        found.append(Subresource("status", _READ_WRITE))
    if given.get("scale") is not None:
        found.append(Subresource("scale", _READ_WRITE, "Scale", "autoscaling", "v1"))
    return tuple(found)
