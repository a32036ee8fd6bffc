"""An EndpointSlice controller made of two functions on plain data: what they say is what kube-proxy reads.

So they can be written without this package's types, as learners do.  Watching, the queue, and the writing are
the controller's own; which endpoints there are, and into which slice they go, the two functions say.  Left
out: hints, IPv6, labels of the Service on its slices that change later.
"""

from collections.abc import Callable
from typing import Any

from insideout.client import Client
from insideout.client.informer import Key
from insideout.controllers.endpointslice.controller import EndpointSliceController
from insideout.controllers.endpointslice.reconciler import new_slice
from insideout.controllers.informers import Informers
from insideout.sim import Loop

Object = dict[str, Any]
PLACE = "endpoint-slice-controller"
LIMIT = 100


def slices_by(
    groups: Callable[..., Any], plan: Callable[..., Any], limit: int = LIMIT
) -> "Callable[[Client, Loop], SlicesByFunctions]":
    """Return what `cluster.replace(PLACE, ...)` takes: a controller made of two functions.

    `groups(service, pods, nodes, family)` returns endpoints by their ports, a tuple of (name, number,
    protocol), or None where no slices are to be written; `plan(slices, desired, limit)` returns (create,
    update, delete).
    """

    def make(client: Client, loop: Loop) -> "SlicesByFunctions":
        return SlicesByFunctions(client, loop, groups, plan, limit)

    return make


class SlicesByFunctions(EndpointSliceController):
    """Lists each Service's pods in slices as `groups` and `plan` say."""

    def __init__(
        self, client: Client, loop: Loop, groups: Callable[..., Any], plan: Callable[..., Any], limit: int
    ) -> None:
        super().__init__(client, loop, Informers(client, loop))
        self._groups, self._plan, self._limit = groups, plan, limit

    def sync(self, key: Key) -> None:
        """Make a Service's slices list what the functions say."""
        namespace, name = key
        service = self.services.get(name, namespace)
        if service is None:
            return
        groups = self._groups(service, self.pods.list(), self._nodes.list(), "IPv4")
        if groups is None:
            return
        found = self._slices.by_index("service", f"{namespace}/{name}")
        existing = {slice_["metadata"]["name"]: slice_ for slice_ in found}
        create, update, delete = self._writes(service, existing, groups)
        self._write(service, create, update, delete)

    def _writes(
        self, service: Object, existing: dict[str, Object], groups: dict[Any, list[Object]]
    ) -> tuple[list[Object], list[Object], list[Object]]:
        create, update = [], []
        delete = dict(existing)
        for ports, members in groups.items():
            listed = {name: one for name, one in existing.items() if _ports_of(one) == sorted(ports)}
            contents = {name: one.get("endpoints") or [] for name, one in listed.items()}
            new, changed, gone = self._plan(contents, members, self._limit)
            named = [{"name": name, "port": number, "protocol": proto} for name, number, proto in ports]
            create += [new_slice(service, "IPv4", named, each) for each in new if each]
            update += [{**existing[name], "endpoints": each} for name, each in changed.items()]
            for name in listed:
                if name not in gone:
                    del delete[name]
        if not create and len(delete) == len(existing):
            if len(delete) == 1 and not next(iter(delete.values())).get("endpoints"):
                delete.clear()
            else:
                create.append(new_slice(service, "IPv4", [], []))
        return create, update, list(delete.values())


def _ports_of(slice_: Object) -> list[tuple[str, int, str]]:
    ports = slice_.get("ports") or ()
    return sorted((port.get("name", ""), port["port"], port["protocol"]) for port in ports)
