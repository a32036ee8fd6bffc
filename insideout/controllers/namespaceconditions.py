"""What a namespace that is being deleted says of itself: five conditions, each for one thing in the way.

Source: pkg/controller/namespace/deletion/status_condition_utils.go@v1.36.2.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from insideout.apimachinery import conditions
from insideout.apimachinery.copies import copied
from insideout.client import Object

_DONE = {
    "NamespaceDeletionDiscoveryFailure": ("ResourcesDiscovered", "All resources successfully discovered"),
    "NamespaceDeletionGroupVersionParsingFailure": (
        "ParsedGroupVersions",
        "All legacy kube types successfully parsed",
    ),
    "NamespaceDeletionContentFailure": (
        "ContentDeleted",
        "All content successfully deleted, may be waiting on finalization",
    ),
    "NamespaceContentRemaining": ("ContentRemoved", "All content successfully removed"),
    "NamespaceFinalizersRemaining": (
        "ContentHasNoFinalizers",
        "All content-preserving finalizers finished",
    ),
}
_UNKNOWN = "unable to retrieve the complete list of server APIs: "


@dataclass
class Findings:
    """What a look at a namespace found: groups nobody can be asked about, errors, and what is left."""

    undiscovered: Sequence[str] = ()
    errors: list[str] = field(default_factory=list)
    resources: Counter[str] = field(default_factory=Counter)
    finalizers: Counter[str] = field(default_factory=Counter)
    is_counted: bool = True
    """Whether what is left is told; while there are Pods it is not."""

    @property
    def discovery_error(self) -> str:
        """What a client says whose discovery was incomplete, "" when it was not."""
        failed = [f"{each}: stale GroupVersion discovery: {each}" for each in sorted(self.undiscovered)]
        return _UNKNOWN + ", ".join(failed) if failed else ""


def updated(namespace: Object, findings: Findings, now: str) -> Object:
    """Return the namespace with its conditions as found; the same object when nothing changes."""
    wrong = _problems(findings)
    changed: Object = copied(namespace)
    listed: list[Object] = changed.setdefault("status", {}).get("conditions") or []
    differs = False
    for type_, done in _DONE.items():
        state = "True" if type_ in wrong else "False"
        reason, message = wrong.get(type_, done)
        before = conditions.find(namespace, type_)
        since = now
        if before is not None:
            if (before["status"], before["reason"], before["message"]) == (state, reason, message):
                continue
            since = before["lastTransitionTime"] if before["status"] == state else now
        new: Object = {
            "type": type_,
            "status": state,
            "lastTransitionTime": since,
            "reason": reason,
            "message": message,
        }
        listed = [new if each["type"] == type_ else each for each in listed]
        listed += [new] if before is None else []
        differs = True
    if not differs:
        return namespace
    changed["status"]["conditions"] = listed
    return changed


def _problems(findings: Findings) -> dict[str, tuple[str, str]]:
    """Return reason and message of the conditions that are True."""
    problems = {}
    if error := findings.discovery_error:
        failing = f"Discovery failed for some groups, {len(findings.undiscovered)} failing: {error}"
        problems["NamespaceDeletionDiscoveryFailure"] = ("DiscoveryFailed", failing)
    if findings.errors:
        message = f"Failed to delete all resource types, {len(findings.errors)} remaining: "
        message += ", ".join(sorted(findings.errors))
        problems["NamespaceDeletionContentFailure"] = ("ContentDeletionFailed", message)
    if findings.resources and findings.is_counted:
        listed = [
            f"{_dotted(name)} has {count} resource instances" for name, count in findings.resources.items()
        ]
        problems["NamespaceContentRemaining"] = (
            "SomeResourcesRemain",
            f"Some resources are remaining: {', '.join(sorted(listed))}",
        )
    if findings.finalizers and findings.is_counted:
        listed = [f"{name} in {count} resource instances" for name, count in findings.finalizers.items()]
        problems["NamespaceFinalizersRemaining"] = (
            "SomeFinalizersRemain",
            f"Some content in the namespace has finalizers remaining: {', '.join(sorted(listed))}",
        )
    return problems


def _dotted(resource: str) -> str:
    """Return a resource with its group; those of the core group end in a dot."""
    return resource if "." in resource else f"{resource}."
