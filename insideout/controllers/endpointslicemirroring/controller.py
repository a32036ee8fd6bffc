"""The EndpointSliceMirroring controller as a component: Endpoints that somebody wrote become slices.

Source: pkg/controller/endpointslicemirroring/endpointslicemirroring_controller.go@v1.36.2.
"""

from insideout.client import ApiError, Object
from insideout.client.informer import Key
from insideout.controllers.controller import Controller
from insideout.controllers.endpointslice.ownership import OwnWrites, service_of
from insideout.controllers.endpointslicemirroring.mirror import (
    MANAGED_BY,
    MAX_PER_SUBSET,
    mirrored,
    should_mirror,
)
from insideout.controllers.podcontrol import is_namespace_terminating

_BY_SERVICE = "mirrored-service"


class EndpointSliceMirroringController(Controller):
    """Keeps slices beside hand-made Endpoints, so that kube-proxy, which reads only slices, knows them."""

    name = "endpoint-slice-mirroring-controller"

    def watch(self) -> None:
        """Watch Endpoints, Services and the slices themselves."""
        self._endpoints = self.on("endpoints", add=self._added, update=self._updated, delete=self._added)
        self._services = self.on(
            "services", add=self._service_came, update=self._service_updated, delete=self._service_came
        )
        self._slices = self.on(
            "endpointslices", update=lambda _, obj: self._slice_changed(obj), delete=self._slice_changed
        )
        self._slices.add_index(_BY_SERVICE, _service_of)
        self._own_writes = OwnWrites()

    def sync(self, key: Key) -> None:
        """Make the mirroring slices of one name say what its Endpoints say."""
        namespace, name = key
        endpoints, service = self._endpoints.get(name, namespace), self._services.get(name, namespace)
        slices = self._slices.by_index(_BY_SERVICE, f"{namespace}/{name}")
        if (
            endpoints is None
            or not should_mirror(endpoints)
            or service is None
            or service["spec"].get("selector")
        ):
            self._delete(slices)
            return
        # The informer's objects do not name their kind, which the reference to an owner needs.
        endpoints = {**endpoints, "apiVersion": "v1", "kind": "Endpoints"}
        create, update, delete, skipped = mirrored(endpoints, slices)
        if skipped:
            message = (
                f"A max of {MAX_PER_SUBSET} addresses can be mirrored to EndpointSlices per Endpoints subset."
                f" {skipped} addresses were skipped"
            )
            self.recorder.event(endpoints, "Warning", "TooManyAddressesToMirror", message)
        try:
            if "deletionTimestamp" not in endpoints["metadata"]:
                for slice_ in create:
                    self._own_writes.remember(self.client.create("endpointslices", slice_))
        except ApiError as refused:
            if is_namespace_terminating(refused):
                return
            raise
        for slice_ in update:
            self._own_writes.remember(self.client.update("endpointslices", slice_))
        self._delete(delete)

    def _delete(self, slices: list[Object]) -> None:
        for slice_ in slices:
            metadata = slice_["metadata"]
            try:
                self.client.delete("endpointslices", metadata["name"], metadata["namespace"])
            except ApiError as refused:
                if refused.code != 404:
                    raise

    # Events.

    def _added(self, endpoints: Object) -> None:
        if should_mirror(endpoints):
            self.enqueue(endpoints)

    def _updated(self, before: Object, endpoints: Object) -> None:
        if should_mirror(before) or should_mirror(endpoints):
            self.enqueue(endpoints)

    def _service_came(self, service: Object) -> None:
        if not service["spec"].get("selector"):
            self.enqueue(service)

    def _service_updated(self, before: Object, service: Object) -> None:
        if bool(before["spec"].get("selector")) != bool(service["spec"].get("selector")):
            self.enqueue(service)

    def _slice_changed(self, slice_: Object) -> None:
        if self._own_writes.is_echo(slice_):
            return
        for service in _service_of(slice_):
            namespace, name = service.split("/")
            self.queue.add((namespace, name))


def _service_of(slice_: Object) -> list[str]:
    return service_of(slice_, MANAGED_BY)
