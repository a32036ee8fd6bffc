"""A network that carries requests: from a client, by a node's kube-proxy rules, to a program in a pod.

A request is one new connection: what the rules decide for its first packet holds for all of it.  It takes no
time, and every pod reaches every pod, unless an enforcer of NetworkPolicies says otherwise.  Left out:
latency, keep-alive.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from insideout.apiserver.certificates import Certificate
from insideout.client import ApiError, Object
from insideout.kubelet.hollow import HollowNodes
from insideout.kubelet.node import HollowNode
from insideout.kubelet.podworker import PodWorker
from insideout.kubelet.ports import listener
from insideout.kubelet.programs import Request
from insideout.network import dns
from insideout.network.answer import Answer
from insideout.network.enforcer import NAME_SERVER, PolicyEnforcer
from insideout.network.proxies import NodeProxies

_NAME_SERVER = f"{NAME_SERVER['namespace']}/{NAME_SERVER['name']}"
OUTSIDE = "203.0.113.7"
"""The address of a client outside the cluster (RFC 5737)."""


class Network:
    """The network of a cluster."""

    def __init__(
        self,
        names: dns.Names,
        nodes: HollowNodes,
        proxies: NodeProxies | None,
        enforcer: PolicyEnforcer | None = None,
    ) -> None:
        self._names = names
        self._nodes = nodes
        self._proxies = proxies
        self._enforcer = enforcer

    def request(
        self, url: str, *, source: str = "", namespace: str = "default", method: str = "GET"
    ) -> Answer:
        """Make a request such as "http://web/", "http://web.shop:8080/path" or "http://10.96.0.11".

        `source` is the name of a pod of `namespace`, "outside", or "" for a client pod on the first node that
        nobody sees in the API.  What goes wrong on the way is the answer's `error`, in a client's words.
        """
        parts = urlsplit(url if "//" in url else f"//{url}")
        if not parts.hostname:
            raise ValueError(f"{url!r} names no host; write http://NAME:PORT/PATH")
        name = f"{namespace}/{source}" if source not in ("", "outside") else ""
        if name and not _is_address(parts.hostname) and not self._passes(name, _NAME_SERVER, 53, "UDP"):
            return Answer(0, error="timeout: the name server does not answer")
        try:
            address = self._address(parts.hostname, namespace)
        except dns.NoSuchHostError as error:
            return Answer(0, error=f"no such host: {error}")
        except ApiError:
            return Answer(0, error="the name server cannot reach the API server")
        node, source_ip = self._source(source, namespace, address)
        port = parts.port or 80
        proxy = self._proxies.by_node.get(node.spec.name) if node and self._proxies else None
        if proxy is not None:
            verdict = proxy.connect(source_ip, address, port)
            if verdict.action != "ACCEPT":
                return Answer(0, error="timeout" if verdict.action == "DROP" else "connection refused")
            address, port = verdict.ip, verdict.port
        if not self._passes(name or source_ip, address, port, "TCP"):
            return Answer(0, error="timeout")
        return self._answer(address, Request(port, method, parts.path or "/"))

    def deliver(self, address: str, request: Request) -> Answer:
        """Carry a request of the control plane to a pod's own address."""
        return self._answer(address, request)

    def _passes(self, source: str, destination: str, port: int, protocol: str) -> bool:
        """Ask the enforcer of NetworkPolicies, if there is one."""
        if self._enforcer is None:
            return True
        return self._enforcer.allows(self._running, source, destination, port, protocol)

    def _running(self) -> list[Object]:
        """Return the Pods that run on the nodes, as policies see them."""
        workers = [worker for node in self._nodes.nodes.values() for worker in node.pods.workers.values()]
        return [_policy_view(worker) for worker in workers if worker.ip]

    def _address(self, host: str, namespace: str) -> str:
        return host if _is_address(host) else dns.resolve(self._names, host, namespace)[0]

    def _source(self, source: str, namespace: str, address: str) -> tuple[HollowNode | None, str]:
        """Return the node whose rules see the connection first, and its source address."""
        nodes = list(self._nodes.nodes.values())
        if source == "outside":
            entered = [node for node in nodes if node.address == address]
            return next(iter(entered or nodes), None), OUTSIDE
        if source:
            for node in nodes:
                for worker in node.pods.workers.values():
                    metadata = worker.pod["metadata"]
                    if (metadata["namespace"], metadata["name"]) == (namespace, source):
                        return node, worker.ip
            raise LookupError(f"no pod {source!r} runs in namespace {namespace!r}")
        first = nodes[0] if nodes else None
        return first, f"{first.pod_cidr.rsplit('.', 1)[0]}.254" if first else OUTSIDE

    def certificate(self, address: str, port: int) -> Certificate | None:
        """Return by what a pod's port is known to clients that speak TLS; None for plain text, or nobody."""
        worker = self._worker(address)
        container = listener(worker.containers, port) if worker is not None else None
        return container.process.certificate if container is not None and container.process else None

    def _worker(self, ip: str) -> PodWorker | None:
        for node in self._nodes.nodes.values():
            for worker in node.pods.workers.values():
                if worker.ip == ip and not worker.pod["spec"].get("hostNetwork"):
                    return worker
        return None

    def _answer(self, ip: str, request: Request) -> Answer:
        worker = self._worker(ip)
        return (
            Answer(0, error="timeout") if worker is None else _ask(worker, request)
        )  # nobody has this address


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _policy_view(worker: PodWorker) -> Object:
    metadata, spec = worker.pod["metadata"], worker.pod["spec"]
    ports = [port for container in spec["containers"] for port in container.get("ports") or ()]
    return {
        "namespace": metadata["namespace"],
        "name": metadata["name"],
        "labels": metadata.get("labels") or {},
        "ip": worker.ip,
        "ports": ports,
        "hostNetwork": bool(spec.get("hostNetwork")),
    }


def _ask(worker: PodWorker, request: Request) -> Answer:
    """Let the container that listens on the port answer."""
    name = worker.pod["metadata"]["name"]
    container = listener(worker.containers, request.port)
    if container is None or container.process is None or not container.is_running:
        return Answer(0, pod=name, error="connection refused")
    response = container.program.answer(container.process, request)
    return Answer(response.status, response.body, name, duration_s=response.duration_s)
