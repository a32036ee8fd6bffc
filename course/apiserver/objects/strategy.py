"""What the server does with objects of one kind around every write: defaults, preparation, rules.

Source: the strategy.go files of pkg/registry, k8s.io/apiserver/pkg/registry/rest/{create,update}.go@v1.36.2.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from course.apimachinery import names
from course.apiserver.objects import metadata
from course.apiserver.objects.field import Causes
from course.apiserver.objects.metadata import NameRule

Object = dict[str, Any]


def nothing(obj: Object) -> None:
    """Change nothing."""


def nothing_more(new: Object, old: Object) -> None:
    """Change nothing."""


def no_rules(obj: Object) -> Causes:
    """Find nothing wrong."""
    return []


def no_update_rules(new: Object, old: Object) -> Causes:
    """Find nothing wrong."""
    return []


@dataclass(frozen=True)
class Strategy:
    """The particulars of one kind.  Functions change the object they are given, or return causes."""

    name_rule: NameRule = names.dns_subdomain
    namespaced: bool = True
    defaults: Callable[[Object], None] = nothing
    validate: Callable[[Object], Causes] = no_rules
    """What is wrong with an object by itself, apart from metadata."""
    validate_update: Callable[[Object, Object], Causes] = no_update_rules
    """What is wrong with a change, apart from metadata and from the new object by itself."""
    validate_status: Callable[[Object, Object], Causes] = no_update_rules
    """What is wrong with a change of the status."""
    on_create: Callable[[Object], None] = nothing
    """What else creation does, after status and generation are set."""
    on_update: Callable[[Object, Object], None] = nothing_more
    on_status_update: Callable[[Object, Object], None] = nothing_more
    counts_generation: bool = False
    """metadata.generation is 1 at first and grows with every change of the spec."""
    has_status: bool = False
    """status can only be changed through the subresource."""
    spec_fields: tuple[str, ...] = ("spec",)
    """What a status update leaves alone and a generation counts."""

    def metadata_rules(self, obj: Object) -> Causes:
        """Return what is wrong with the metadata of a new object, by its kind's own name rule."""
        return metadata.validate(obj["metadata"], self.namespaced, self.name_rule)

    def create_rules(self, obj: Object) -> Causes:
        """Return what is wrong with a new object."""
        return self.metadata_rules(obj) + self.validate(obj)

    def update_rules(self, new: Object, old: Object) -> Causes:
        """Return what is wrong with a changed object: most kinds look at the change, then at the whole."""
        causes = metadata.validate_update(new["metadata"], old["metadata"])
        return causes + self.validate_update(new, old) + self.validate(new)
