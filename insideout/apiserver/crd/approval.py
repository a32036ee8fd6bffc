"""Groups of the Kubernetes project: a definition in one says in an annotation where it was approved.

Source: k8s.io/apiextensions-apiserver/pkg/apihelpers/helpers.go:GetAPIApprovalState,
pkg/apis/apiextensions/validation/validation.go:validateAPIApproval,
pkg/controller/apiapproval/apiapproval_controller.go@v1.36.2.
"""

from typing import Any, NamedTuple
from urllib.parse import urlsplit

from insideout.apimachinery.goquote import go_quote
from insideout.apiserver.objects import field
from insideout.apiserver.objects.field import Causes

Object = dict[str, Any]
_ANNOTATION = "api-approved.kubernetes.io"
_GROUPS = ("k8s.io", "kubernetes.io")


class Approval(NamedTuple):
    """What a definition says of its approval: Missing, Unapproved, Approved or Invalid; in words, too."""

    state: str
    message: str


def causes(new: Object, old: Object | None) -> Causes:
    """Return what is wrong with a definition's approval, if its group needs one."""
    found = approval_of(new)
    before = approval_of(old) if old is not None else None
    if found is None or (before is not None and before.state == found.state):
        return []
    path = f"metadata.annotations[{_ANNOTATION}]"
    if found.state == "Missing":
        return [field.required(path, found.message)]
    return [field.invalid(path, _said(new), found.message)] if found.state == "Invalid" else []


def approval_of(crd: Object) -> Approval | None:
    """Return what a definition says of its approval, None when its group needs none."""
    group = crd["spec"].get("group") or ""
    if not any(group == each or group.endswith(f".{each}") for each in _GROUPS):
        return None
    said = _said(crd)
    need = f"protected groups must have approval annotation {go_quote(_ANNOTATION)}"
    see = "see https://github.com/kubernetes/enhancements/pull/1111"
    if not said:
        return Approval("Missing", f"{need}, {see}")
    if said.startswith("unapproved"):
        return Approval("Unapproved", f"not approved: {go_quote(said)}")
    parts = urlsplit(said)
    if parts.scheme and parts.netloc:
        return Approval("Approved", f"approved in {said}")
    reason = 'with either a URL or a reason starting with "unapproved"'
    return Approval("Invalid", f"{need} {reason}, {see}")


def _said(crd: Object) -> str:
    return (crd["metadata"].get("annotations") or {}).get(_ANNOTATION) or ""
