"""An IPAddress for each address that a Service has: who has which, as `kubectl get ipaddresses` shows it.

Addresses themselves are given by insideout.apiserver.services.  One is there for every cluster IP, comes back
when it is deleted, and goes with its Service.  Left out: the Events of a repair, and an IPAddress of
somebody's own that keeps an address from Services.

Source: pkg/registry/core/service/ipallocator/ipallocator.go (createIPAddress), pkg/registry/core/service
/ipallocator/controller/repairip.go@v1.36.2.
"""

from typing import TYPE_CHECKING, Any

from insideout.apiserver import strategy
from insideout.apiserver.objects.service_addresses import NONE
from insideout.apiserver.options import DeleteOptions, WriteOptions
from insideout.apiserver.ownobjects import OwnObjects

if TYPE_CHECKING:
    from insideout.apiserver.reading import Reader
    from insideout.apiserver.registry import Registry
    from insideout.apiserver.resources import Resources
    from insideout.sim.loop import Loop

Object = dict[str, Any]

RESOURCE = "ipaddresses"
MANAGED_BY = "ipaddress.kubernetes.io/managed-by"
_LABELS = {"ipaddress.kubernetes.io/ip-family": "IPv4", MANAGED_BY: "ipallocator.k8s.io"}
_OPTIONS = WriteOptions(field_manager="kube-apiserver")


class AllocatedAddresses(OwnObjects):
    """Keeps the IPAddresses of Services."""

    def __init__(self, resources: "Resources", reader: "Reader", registry: "Registry", loop: "Loop") -> None:
        super().__init__(resources, reader, registry, loop, f"{RESOURCE}.networking.k8s.io", "services")
        self._addresses, self._services = self._kinds

    def look(self) -> None:
        """Write what is missing, and remove what belongs to no Service any more."""
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


def _reference(metadata: Object) -> Object:
    return {"resource": "services", "namespace": metadata["namespace"], "name": metadata["name"]}
