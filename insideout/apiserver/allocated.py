"""An IPAddress for each address that a Service has: who has which, as `kubectl get ipaddresses` shows it.

Addresses themselves are given by insideout.apiserver.services.  Nothing is written until somebody asks for an
IPAddress; from then on one is there for every cluster IP, comes back when it is deleted, and goes with its
Service.  Left out: the Events of a repair, and an IPAddress of somebody's own that keeps an address from
Services.

Source: pkg/registry/core/service/ipallocator/ipallocator.go (createIPAddress), pkg/registry/core/service
/ipallocator/controller/repairip.go@v1.36.2.
"""

from typing import TYPE_CHECKING, Any

from insideout.apiserver import keys, strategy
from insideout.apiserver.objects.service_addresses import NONE
from insideout.apiserver.options import DeleteOptions, WriteOptions
from insideout.apiserver.watching import Selection

if TYPE_CHECKING:
    from insideout.apiserver.kinds import Kind
    from insideout.apiserver.reading import Reader
    from insideout.apiserver.registry import Registry
    from insideout.apiserver.resources import Resources
    from insideout.sim.loop import Loop

Object = dict[str, Any]

RESOURCE = "ipaddresses"
MANAGED_BY = "ipaddress.kubernetes.io/managed-by"
_LABELS = {"ipaddress.kubernetes.io/ip-family": "IPv4", MANAGED_BY: "ipallocator.k8s.io"}
_OPTIONS = WriteOptions(field_manager="kube-apiserver")


class AllocatedAddresses:
    """Keeps the IPAddresses of Services."""

    def __init__(self, resources: "Resources", reader: "Reader", registry: "Registry", loop: "Loop") -> None:
        addresses = registry.named(f"{RESOURCE}.networking.k8s.io")
        services = registry.named("services")
        assert addresses is not None  # built in
        assert services is not None
        self._addresses, self._services = addresses, services
        self._resources, self._reader, self._loop = resources, reader, loop
        self._has_begun = False
        self._is_due = False

    def begin(self) -> None:
        """Write the IPAddresses that there are; nothing the second time."""
        if self._has_begun:
            return
        self._has_begun = True
        self._repair()
        for kind in (self._addresses, self._services):
            self._reader.hub(kind).subscribe(Selection(), lambda _: self._repair_soon())

    def _repair_soon(self) -> None:
        if not self._is_due:
            self._is_due = True
            self._loop.call_soon(self._repair)

    def _repair(self) -> None:
        """Write what is missing, and remove what belongs to no Service any more."""
        self._is_due = False
        wanted = {
            address: service["metadata"]
            for service in self._all(self._services)
            for address in service["spec"].get("clusterIPs") or ()
            if address != NONE
        }
        there = set()
        for each in self._all(self._addresses):
            name = each["metadata"]["name"]
            is_ours = (each["metadata"].get("labels") or {}).get(MANAGED_BY) == _LABELS[MANAGED_BY]
            if not is_ours or (name in wanted and each["spec"]["parentRef"] == _reference(wanted[name])):
                there.add(name)
            else:
                self._resources.delete(self._addresses, "", name, DeleteOptions(), is_admitted=True)
        for name in sorted(wanted.keys() - there):
            self._create(name, _reference(wanted[name]))

    def _create(self, name: str, reference: Object) -> None:
        body, _ = strategy.decode(
            self._addresses,
            {
                "apiVersion": self._addresses.api_version,
                "kind": self._addresses.kind,
                "metadata": {"name": name, "labels": dict(_LABELS)},
                "spec": {"parentRef": reference},
            },
        )
        self._resources.create(self._addresses, "", body, _OPTIONS)

    def _all(self, kind: "Kind") -> list[Object]:
        return [pair.value.object for pair in self._resources.store.range(keys.prefix(kind)).items]


def _reference(metadata: Object) -> Object:
    return {"resource": "services", "namespace": metadata["namespace"], "name": metadata["name"]}
