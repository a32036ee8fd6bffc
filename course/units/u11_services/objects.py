"""Services, pods and endpoints for cases, written briefly."""

from typing import Any

Object = dict[str, Any]


def service(*ports: Object, selector: Object | None = None, namespace: str = "shop", **spec: Any) -> Object:
    """Return a Service called web that selects app=web; with `selector={}` one that has none."""
    chosen = {"app": "web"} if selector is None else selector
    made: Object = {"selector": chosen} if chosen else {}
    return {
        "metadata": {"name": "web", "namespace": namespace},
        "spec": made | {"ports": list(ports) or [port(80, 8080)]} | spec,
    }


def headless(**spec: Any) -> Object:
    """Return a headless Service without ports."""
    made = service(clusterIP="None", **spec)
    del made["spec"]["ports"]
    return made


def port(number: int, target: int | str | None = None, name: str = "", protocol: str = "") -> Object:
    """Return a port of a Service."""
    made: Object = {"name": name} if name else {}
    made["port"] = number
    if target is not None:
        made["targetPort"] = target
    return made | ({"protocol": protocol} if protocol else {})


def pod(
    number: int,
    *,
    ready: bool | str | None = True,
    terminating: bool = False,
    node: str = "n1",
    labels: Object | None = None,
    namespace: str = "shop",
    phase: str = "Running",
    ips: list[str] | None = None,
    ports: Object | None = None,
    sidecar_ports: Object | None = None,
    init_ports: Object | None = None,
    protocol: str = "",
) -> Object:
    """Return the pod p`number` at 10.1.0.`number`; `ports` are its containers' port names and numbers."""
    metadata: Object = {"name": f"p{number}", "namespace": namespace, "labels": labels or {"app": "web"}}
    if terminating:
        metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    spec: Object = {"nodeName": node} if node else {}
    spec["containers"] = [{"name": "app", **_ports(ports, protocol)}]
    inits = [{"name": "setup", **_ports(init_ports, protocol)}] if init_ports else []
    if sidecar_ports:
        inits.append({"name": "proxy", "restartPolicy": "Always", **_ports(sidecar_ports, protocol)})
    if inits:
        spec["initContainers"] = inits
    status: Object = {"phase": phase}
    addresses = [f"10.1.0.{number}"] if ips is None else ips
    if addresses:
        status |= {"podIP": addresses[0], "podIPs": [{"ip": ip} for ip in addresses]}
    if ready is not None:
        status["conditions"] = [{"type": "Ready", "status": str(ready)}]
    return {"metadata": metadata, "spec": spec, "status": status}


def bare(name: str) -> Object:
    """Return a pod with nothing but what every pod has: no labels, no status."""
    return {
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"containers": [{"name": "app"}]},
    }


def node(name: str, zone: str = "") -> Object:
    """Return a Node, without labels where it is in no zone."""
    labels = {"labels": {"topology.kubernetes.io/zone": zone}} if zone else {}
    return {"metadata": {"name": name, **labels}}


def endpoint(number: int, **fields: Any) -> Object:
    """Return an endpoint at 10.1.x.y for plans, ready unless `ready` says otherwise."""
    ready = fields.pop("ready", True)
    address = f"10.1.{number // 250}.{number % 250}"
    return {"addresses": [address], "conditions": {"ready": ready}, **fields}


def at(
    *ips: str,
    ready: bool | None = True,
    serving: bool | None = None,
    terminating: bool | None = None,
    zones: str = "",
    nodes: str = "",
) -> Object:
    """Return an endpoint for kube-proxy; None leaves a condition out, `zones` and `nodes` are its hints."""
    given = {"ready": ready, "serving": serving, "terminating": terminating}
    made: Object = {"addresses": list(ips)}
    if conditions := {key: value for key, value in given.items() if value is not None}:
        made["conditions"] = conditions
    hints: Object = {}
    for kind, names in (("forZones", zones), ("forNodes", nodes)):
        if names:
            hints[kind] = [{"name": name} for name in names.split()]
    return made | ({"hints": hints} if hints else {})


def _ports(ports: Object | None, protocol: str) -> Object:
    if not ports:
        return {}
    proto = {"protocol": protocol} if protocol else {}
    return {"ports": [{"name": name, "containerPort": number, **proto} for name, number in ports.items()]}
