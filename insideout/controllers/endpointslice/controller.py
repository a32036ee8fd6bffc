"""The EndpointSlice controller as a component.

Left out: the annotation with the time of the change that triggered a write.

Source: pkg/controller/endpointslice/endpointslice_controller.go@v1.36.2.
"""

from insideout.apimachinery import pods as podutil
from insideout.client import ApiError, Object
from insideout.client.informer import Key
from insideout.controllers.endpointslice import packing
from insideout.controllers.endpointslice.endpoint import ZONE_LABEL
from insideout.controllers.endpointslice.ownership import OwnWrites, service_of
from insideout.controllers.endpointslice.reconciler import (
    MANAGED_BY,
    reconcile,
)
from insideout.controllers.endpointslice.topology import Topology
from insideout.controllers.podcontrol import is_namespace_terminating
from insideout.controllers.servicepods import ServicePodsController

_BY_SERVICE = "service"


class EndpointSliceController(ServicePodsController):
    """Lists each Service's Pods in slices."""

    name = "endpoint-slice-controller"

    def watch(self) -> None:
        """Watch Services, Pods, Nodes (for their zones and CPU) and the slices themselves."""
        super().watch()
        self._nodes = self.on(
            "nodes", add=self._node_added, update=self._node_updated, delete=lambda _: self._zones_changed()
        )
        self._topology = Topology()
        self._zones_are_due = False
        self._slices = self.on(
            "endpointslices", update=lambda _, obj: self._slice_changed(obj), delete=self._slice_changed
        )
        self._slices.add_index(_BY_SERVICE, _service_of)
        self._waiting_for_nodes: dict[str, dict[Key, None]] = {}
        self._own_writes = OwnWrites()

    def sync(self, key: Key) -> None:
        """Make a Service's slices list its Pods."""
        namespace, name = key
        service = self.services.get(name, namespace)
        if service is None:
            for family in ("IPv4", "IPv6"):
                self._topology.forget(f"{namespace}/{name}", family)
            return
        pods = self.pods_of(service)
        if pods is None:
            return
        slices = [
            existing
            for existing in self._slices.by_index(_BY_SERVICE, f"{namespace}/{name}")
            if "deletionTimestamp" not in existing["metadata"]
        ]
        nodes = {node["metadata"]["name"]: node for node in self._nodes.list()}
        writes = reconcile(service, pods, nodes, slices, packing.MAX_ENDPOINTS, self._topology)
        for node_name in writes.missing_nodes:
            self._waiting_for_nodes.setdefault(node_name, {})[key] = None
        try:
            self._write(service, writes.create, writes.update, writes.delete)
        except ApiError as refused:
            if is_namespace_terminating(refused):
                return
            message = f"Error updating Endpoint Slices for Service {namespace}/{name}: {refused}"
            self.recorder.event(service, "Warning", "FailedToUpdateEndpointSlices", message)
            raise
        for said in writes.said:
            self.recorder.event(service, *said)

    def _write(
        self, service: Object, create: list[Object], update: list[Object], delete: list[Object]
    ) -> None:
        if "deletionTimestamp" not in service["metadata"]:
            for slice_ in create:
                self._own_writes.remember(self.client.create("endpointslices", slice_))
        for slice_ in update:
            self._own_writes.remember(self.client.update("endpointslices", slice_))
        for slice_ in delete:
            metadata = slice_["metadata"]
            self.client.delete("endpointslices", metadata["name"], metadata["namespace"])

    # Events.

    def _slice_changed(self, slice_: Object) -> None:
        """Look at a Service whose slice somebody else changed, in a second, for others may follow."""
        if self._own_writes.is_echo(slice_):
            return
        for service in _service_of(slice_):
            namespace, name = service.split("/")
            self.queue.add_after((namespace, name), 1.0)

    def _node_added(self, node: Object) -> None:
        for key in self._waiting_for_nodes.pop(node["metadata"]["name"], {}):
            self.queue.add(key)
        self._zones_changed()

    def _node_updated(self, before: Object, node: Object) -> None:
        if _place(before) != _place(node):
            self._zones_changed()

    def _zones_changed(self) -> None:
        """Look at the zones again, once for however many nodes changed at this moment."""
        if not self._zones_are_due:
            self._zones_are_due = True
            self.loop.call_later(0, self._look_at_zones)

    def _look_at_zones(self) -> None:
        self._zones_are_due = False
        self._topology.set_nodes(self._nodes.list())
        for key in self._topology.overloaded():
            namespace, name = key.split("/")
            self.queue.add((namespace, name))


def _place(node: Object) -> tuple[object, bool]:
    """Return what of a node the zones are worth: its zone, and whether it is ready."""
    return (node["metadata"].get("labels") or {}).get(ZONE_LABEL), podutil.is_ready(node)


def _service_of(slice_: Object) -> list[str]:
    return service_of(slice_, MANAGED_BY)
