"""What the server does with objects of one kind around every write: defaults, preparation, rules.

Source: the strategy.go files of pkg/registry, k8s.io/apiserver/pkg/registry/rest/{create,update}.go@v1.36.2.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from insideout.apiserver.objects import metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.metadata import NameRule

Object = dict[str, Any]


def nothing(obj: Object) -> None:
    """Change nothing."""


def nothing_more(new: Object, old: Object) -> None:
    """Change nothing."""


def accept(obj: Object) -> Causes:
    """Find nothing wrong."""
    return []


def metadata_change(new: Object, old: Object) -> Causes:
    """Find what is wrong with a change of the metadata."""
    return metadata.validate_kubernetes_update(new["metadata"], old["metadata"])


@dataclass(frozen=True)
class Strategy:
    """The particulars of one kind.  Functions change the object they are given, or return causes."""

    name_rule: NameRule | None = None
    """What a name must be; None where `validate` looks at the metadata itself, or upstream does not."""
    namespaced: bool = True
    defaults: Callable[[Object], None] = nothing
    status_defaults: Callable[[Object], None] | None = None
    """Those that concern the status, None where nobody said: all there are for a write that does not touch
    what else is stored."""
    on_create: Callable[[Object], None] = nothing
    """What else creation does, after status and generation are set."""
    on_update: Callable[[Object, Object], None] = nothing_more
    """What else an update of the main resource keeps or sets."""
    on_status_update: Callable[[Object, Object], None] = nothing_more
    validate: Callable[[Object], Causes] = accept
    """What is wrong with a new object."""
    validate_update: Callable[[Object, Object], Causes] = metadata_change
    """What is wrong with a changed object, with its change and by itself."""
    validate_status: Callable[[Object, Object], Causes] = metadata_change
    counts_generation: bool = False
    """metadata.generation starts at 1 and grows with every change of the spec."""
    has_status: bool = False
    """Creation and updates of the main resource leave the status alone."""
    keeps_first_status: bool = False
    """Except creation: who makes a Node may say what it has."""
    pod_spec_at: tuple[str, ...] = ()
    """Where the spec of a pod is in it."""
    subresources: Mapping[str, "Strategy"] = field(default_factory=dict)
    """What differs for an update through a subresource other than status."""

    def pod_spec(self, obj: Object | None) -> Object | None:
        """Return the spec of the pod in an object, None when it has none."""
        found: Any = obj if self.pod_spec_at else None
        for step in self.pod_spec_at:
            found = found.get(step) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else None

    def metadata_rules(self, obj: Object) -> Causes:
        """Return what is wrong with the metadata of a new object."""
        if self.name_rule is None:
            return []
        return metadata.validate(obj["metadata"], self.namespaced, self.name_rule)

    def create_rules(self, obj: Object) -> Causes:
        """Return what is wrong with a new object."""
        return self.metadata_rules(obj) + self.validate(obj)

    def update_rules(self, new: Object, old: Object) -> Causes:
        """Return what is wrong with a change."""
        return self.validate_update(new, old)
