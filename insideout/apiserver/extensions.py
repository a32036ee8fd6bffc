"""Groups of the API that another server answers for, such as metrics.k8s.io: the aggregation layer.

Upstream an APIService object names the Service that a group's requests go on to; here the other server says
itself what it serves.  While it is not ready its kinds are listed, and every request for them gets 503.  Left
out: APIService objects, watches, writes.

Source: k8s.io/kube-aggregator/pkg/apiserver/{handler_proxy,handler_apis,handler_discovery}.go@v1.36.2.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from insideout.apiserver.kinds import Kind
from insideout.apiserver.managers import NOBODY
from insideout.apiserver.registry import Registry
from insideout.apiserver.status import StatusError
from insideout.apiserver.views import View
from insideout.apiserver.watching import Selection

Object = dict[str, Any]


class Extension(Protocol):
    """Another server, as this one asks it."""

    @property
    def name(self) -> str:
        """By which name its Service is known, where it has one."""

    @property
    def kinds(self) -> Sequence[Kind]:
        """What it serves: all kinds of a group and version."""

    @property
    def is_ready(self) -> bool:
        """Whether it can answer at all."""

    def one(self, kind: Kind, namespace: str, name: str) -> Object:
        """Return an object; raise StatusError 404 when there is none."""

    def all(self, kind: Kind, namespace: str) -> list[Object]:
        """Return every object in a namespace, or in all when that is "", in the order of a list."""


class UnavailableError(StatusError):
    """503: a group is served by another server, which cannot be asked now.

    Over HTTP this is said in plain text; the message is what clients make of it.
    """

    TEXT = "service unavailable\n"

    def __init__(self, asked: str) -> None:
        message = f"the server is currently unable to handle the request{asked}"
        super().__init__(503, "ServiceUnavailable", message)


class Extensions:
    """The other servers, by the groups that they answer for."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._by_group: dict[str, Extension] = {}

    def add(self, extension: Extension) -> None:
        """Pass requests for its kinds on to `extension`, in place of whoever answered for them before."""
        for kind in extension.kinds:
            self._by_group[kind.group] = extension
            self._registry.add(kind)

    def remove(self, extension: Extension) -> None:
        """Serve its kinds no more; an extension that another took the place of changes nothing."""
        for kind in extension.kinds:
            if self._by_group.get(kind.group) is extension:
                self._registry.remove(kind)
        groups = {group: each for group, each in self._by_group.items() if each is not extension}
        self._by_group = groups

    def answers(self, kind: Kind) -> bool:
        """Whether another server answers for a kind."""
        return kind.group in self._by_group

    def is_stale(self, group: str) -> bool:
        """Whether nobody can be asked now what there is in a group."""
        extension = self._by_group.get(group)
        return extension is not None and not extension.is_ready

    def check(self, group: str) -> None:
        """Raise 503 for a group that nobody can be asked about now."""
        if self.is_stale(group):
            raise UnavailableError("")

    def get(self, kind: Kind, namespace: str, name: str) -> View:
        """Return an object; raise 503 or 404."""
        return View(self._ready(kind).one(kind, namespace, name), NOBODY)

    def list(self, kind: Kind, selection: Selection) -> list[View]:
        """Return the objects of a selection; raise 503."""
        found = self._ready(kind).all(kind, selection.namespace)
        return [View(obj, NOBODY) for obj in found if selection.matches(obj)]

    def _ready(self, kind: Kind) -> Extension:
        extension = self._by_group[kind.group]
        if not extension.is_ready:
            raise UnavailableError(f" (get {kind.qualified_resource})")
        return extension
