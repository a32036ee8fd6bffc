"""The variables by which a container finds the Services that were there when it started.

Those of its own namespace, unless its Pod has enableServiceLinks: false, and always `kubernetes` of default.

Source: pkg/kubelet/envvars/envvars.go, pkg/kubelet/kubelet_pods.go:getServiceEnvVarMap@v1.36.2.
"""

from collections.abc import Iterable, Mapping

from insideout.client import Client, Object
from insideout.client.informer import Informer
from insideout.sim import Loop

_MASTER = "kubernetes"


class ServiceLinks:
    """The Services of a cluster, as variables; worked out once for each namespace until a Service changes."""

    def __init__(self, client: Client, loop: Loop) -> None:
        self.services = Informer(client, loop, "services")
        self.services.add_handler(
            on_add=self._changed, on_update=lambda _, service: self._changed(service), on_delete=self._changed
        )
        self._found: dict[tuple[str, bool], Mapping[str, str]] = {}

    def variables(self, namespace: str, *, own: bool) -> Mapping[str, str]:
        """Return the variables of containers in a namespace; `own` takes in the Services there."""
        key = namespace, own
        if key not in self._found:
            by_name = {_MASTER: self.services.get(_MASTER, "default")}
            if own:
                by_name |= {each["metadata"]["name"]: each for each in self.services.list(namespace)}
            self._found[key] = variables_of(each for each in by_name.values() if each is not None)
        return self._found[key]

    def _changed(self, service: Object) -> None:
        self._found.clear()


def variables_of(services: Iterable[Object]) -> dict[str, str]:
    """Return what tells of Services: addresses and ports, also in the words of Docker's links.

    Those without an address of their own are left out.
    """
    found: dict[str, str] = {}
    for service in services:
        address = service["spec"].get("clusterIP") or "None"
        if address == "None":
            continue
        name, ports = _variable(service["metadata"]["name"]), service["spec"].get("ports") or []
        found[f"{name}_SERVICE_HOST"] = address
        for index, each in enumerate(ports):
            port, protocol = str(each["port"]), each.get("protocol") or "TCP"
            host = f"[{address}]" if ":" in address else address
            url = f"{protocol.lower()}://{host}:{port}"
            if index == 0:
                found |= {f"{name}_SERVICE_PORT": port, f"{name}_PORT": url}
            if each.get("name"):
                found[f"{name}_SERVICE_PORT_{_variable(each['name'])}"] = port
            link = f"{name}_PORT_{port}_{protocol.upper()}"
            found |= {
                link: url,
                f"{link}_PROTO": protocol.lower(),
                f"{link}_PORT": port,
                f"{link}_ADDR": address,
            }
    return found


def _variable(name: str) -> str:
    return name.replace("-", "_").upper()
