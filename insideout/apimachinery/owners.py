"""Owner references: who made an object, and which owner is its one controller.

Source: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/controller_ref.go@v1.36.2.
"""

from collections.abc import Mapping
from typing import Any


def controller_of(obj: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the owner reference with `controller: true`, or None."""
    for reference in obj["metadata"].get("ownerReferences") or ():
        if reference.get("controller"):
            found: dict[str, Any] = reference
            return found
    return None


def is_controlled_by(obj: Mapping[str, Any], owner: Mapping[str, Any]) -> bool:
    """Tell whether `owner` is the controller of `obj`, by UID."""
    reference = controller_of(obj)
    return reference is not None and reference["uid"] == owner["metadata"]["uid"]


def controller_reference(owner: Mapping[str, Any]) -> dict[str, Any]:
    """Return the reference that makes `owner` the controller; it also blocks its foreground deletion."""
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }
