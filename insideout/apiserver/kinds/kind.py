"""What a served kind is: a row of a table, not a class of its own.

Its schema is the official client's model class of the same version, named here and loaded when first needed.

Source: pkg/registry/*/*/storage/storage.go (short names, categories, subresources),
k8s.io/apiserver/pkg/endpoints/installer.go (verbs)@v1.36.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

ALL_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
READ_WRITE = ("get", "patch", "update")


@dataclass(frozen=True)
class Subresource:
    """A path below one object: its own verbs, and its own kind where that differs from the parent's."""

    name: str
    verbs: tuple[str, ...]
    kind: str = ""
    group: str = ""
    version: str = ""


@dataclass(frozen=True)
class Kind:
    """One served version of one kind of object.

    `model` names the class in kubernetes.client.models ("" for kinds that a CRD defines); `definition` is the
    entry of a CRD's spec.versions (schema, printer columns, subresources) or None for built-in kinds.
    """

    group: str
    version: str
    kind: str
    plural: str
    singular: str
    namespaced: bool = True
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: tuple[Subresource, ...] = ()
    model: str = ""
    verbs: tuple[str, ...] = ALL_VERBS
    hub: str = ""
    """The apiVersion in which its objects are stored, where that is another."""
    deprecated: str = ""
    """What each request for it is warned of."""
    definition: Mapping[str, Any] | None = field(default=None, compare=False, repr=False)
    versions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, compare=False, repr=False)
    """All entries of that CRD's spec.versions, by their apiVersion: objects are stored in one of them."""
    ending: bool = False
    """Whether the CRD is being deleted: no object is created any more."""

    @cached_property
    def api_version(self) -> str:
        """The apiVersion of its objects: "v1", "apps/v1"."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def list_kind(self) -> str:
        """The kind of its lists: "PodList"."""
        return f"{self.kind}List"

    @cached_property
    def qualified_resource(self) -> str:
        """Its resource as messages name it: "pods", "deployments.apps"."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def qualified_kind(self) -> str:
        """Its kind as messages name it: "Pod", "Deployment.apps"."""
        return f"{self.kind}.{self.group}" if self.group else self.kind

    def subresource(self, name: str) -> Subresource | None:
        """Return its subresource `name`, or None."""
        return next((each for each in self.subresources if each.name == name), None)


STATUS = Subresource("status", READ_WRITE)
SCALE_OF = Subresource("scale", READ_WRITE, "Scale", "autoscaling", "v1")
CONNECT = ("create", "get")
