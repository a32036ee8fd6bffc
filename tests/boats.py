"""Boats: the custom resource of the tests."""

from typing import Any

Object = dict[str, Any]


def definition(
    schema: Object | None = None, *, group: str = "example.com", status: bool = False, **spec: Any
) -> Object:
    """Return the definition of boats, with a subresource status or without; `spec` overrides its spec."""
    version: Object = {"name": "v1", "served": True, "storage": True}
    if status:
        version["subresources"] = {"status": {}}
    version["schema"] = {"openAPIV3Schema": {"type": "object"} if schema is None else schema}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"boats.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": "boats", "kind": "Boat"},
            "versions": [version],
            **spec,
        },
    }
