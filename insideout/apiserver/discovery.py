"""What the server says it serves: groups, versions, resources; one by one, and aggregated in one document.

Source: k8s.io/apiserver/pkg/endpoints/discovery/{group,root,version}.go, .../discovery/aggregated@v1.36.2.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from insideout.apiserver.kinds import Kind, Subresource
from insideout.apiserver.registry import Registry

Object = dict[str, Any]
Claimed = Mapping[str, Sequence[str]]
_NONE: Claimed = {}

_CUSTOM = ("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch")
_ENDING = ("delete", "deletecollection", "get", "list", "watch")
_GROUP_PRIORITY = (  # as the aggregator orders them; anything else follows by name
    "apiregistration.k8s.io",
    "apps",
    "events.k8s.io",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "networking.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "storage.k8s.io",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "scheduling.k8s.io",
    "coordination.k8s.io",
    "node.k8s.io",
    "discovery.k8s.io",
    "resource.k8s.io",
    "flowcontrol.apiserver.k8s.io",
)


def api_versions() -> Object:
    """Answer /api: the versions of the core group."""
    address = {"clientCIDR": "0.0.0.0/0", "serverAddress": "127.0.0.1:6443"}
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": [address]}


def api_groups(registry: Registry, claimed: Claimed = _NONE) -> Object:
    """Answer /apis: every other group; `claimed` are those that other servers answer for."""
    groups = [_group(group, versions) for group, versions in _groups(registry, claimed)]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}


def api_group(registry: Registry, group: str, claimed: Claimed = _NONE) -> Object | None:
    """Answer /apis/GROUP, or None when it is not served."""
    versions = registry.versions().get(group) or claimed.get(group)
    if not group or versions is None:
        return None
    return {"kind": "APIGroup", "apiVersion": "v1", **_group(group, versions)}


def api_resources(registry: Registry, group: str, version: str) -> Object | None:
    """Answer /api/v1 or /apis/GROUP/VERSION: its resources, or None when it is not served."""
    kinds = registry.in_version(group, version)
    if not kinds:
        return None
    resources = [entry for kind in kinds for entry in _resources(kind)]
    api_version = f"{group}/{version}" if group else version
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": api_version,
        "resources": resources
        if all(kind.definition is not None for kind in kinds)
        else sorted(resources, key=lambda entry: str(entry["name"])),
    }


def aggregated(
    registry: Registry, *, core: bool, is_stale: Callable[[str], bool], claimed: Claimed = _NONE
) -> Object:
    """Answer /api or /apis for a client that accepts the aggregated document.

    What a stale group has is not known: its server cannot be asked.
    """
    items = []
    groups = [("", ["v1"])] if core else _groups(registry, claimed)
    for group, versions in groups:
        entries = [
            {
                "version": version,
                "resources": []
                if is_stale(group)
                else [_aggregated_resource(kind) for kind in registry.in_version(group, version)],
                "freshness": "Stale" if is_stale(group) else "Current",
            }
            for version in versions
        ]
        metadata: Object = {"creationTimestamp": None}
        if group:
            metadata["name"] = group
        items.append({"metadata": metadata, "versions": entries})
    return {
        "kind": "APIGroupDiscoveryList",
        "apiVersion": "apidiscovery.k8s.io/v2",
        "metadata": {},
        "items": items,
    }


def _groups(registry: Registry, claimed: Claimed) -> list[tuple[str, list[str]]]:
    def rank(entry: tuple[str, list[str]]) -> tuple[int, str]:
        group = entry[0]
        known = _GROUP_PRIORITY.index(group) if group in _GROUP_PRIORITY else len(_GROUP_PRIORITY)
        return known, group

    served = {**claimed, **registry.versions()}
    return sorted(((group, list(each)) for group, each in served.items() if group), key=rank)


def _group(group: str, versions: Sequence[str]) -> Object:
    entries = [{"groupVersion": f"{group}/{version}", "version": version} for version in versions]
    return {"name": group, "versions": entries, "preferredVersion": entries[0]}


def _verbs(kind: Kind) -> list[str]:
    """Return the verbs of a kind; definitions have an order of their own for them."""
    if kind.definition is None:
        return sorted(kind.verbs)
    return list(_ENDING if kind.ending else _CUSTOM)


def _resources(kind: Kind) -> list[Object]:
    entry: Object = {
        "name": kind.plural,
        "singularName": kind.singular,
        "namespaced": kind.namespaced,
        "kind": kind.kind,
        "verbs": _verbs(kind),
    }
    if kind.short_names:
        entry["shortNames"] = list(kind.short_names)
    if kind.categories:
        entry["categories"] = list(kind.categories)
    return [entry, *(_subresource(kind, each) for each in kind.subresources)]


def _subresource(kind: Kind, subresource: Subresource) -> Object:
    entry: Object = {
        "name": f"{kind.plural}/{subresource.name}",
        "singularName": "",
        "namespaced": kind.namespaced,
        "kind": subresource.kind or kind.kind,
        "verbs": sorted(subresource.verbs),
    }
    if subresource.group:
        entry["group"] = subresource.group
    if subresource.version:
        entry["version"] = subresource.version
    return entry


def _aggregated_resource(kind: Kind) -> Object:
    entry: Object = {
        "resource": kind.plural,
        "responseKind": {"group": kind.group, "version": kind.version, "kind": kind.kind},
        "scope": "Namespaced" if kind.namespaced else "Cluster",
        "singularResource": kind.singular,
        "verbs": _verbs(kind),
    }
    if kind.short_names:
        entry["shortNames"] = list(kind.short_names)
    if kind.categories:
        entry["categories"] = list(kind.categories)
    if kind.subresources:
        entry["subresources"] = [
            {
                "subresource": each.name,
                "responseKind": {
                    "group": each.group or kind.group,
                    "version": each.version or kind.version,
                    "kind": each.kind or kind.kind,
                },
                "verbs": sorted(each.verbs),
            }
            for each in kind.subresources
        ]
    return entry
