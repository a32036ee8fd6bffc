"""Cluster: what a notebook holds.  About ten verbs over a backend, its components and the official client.

    cluster = Cluster.create(nodes=3)
    cluster.core.list_node()
    cluster.run(seconds=5)
    cluster.table("pods")

This is the composition root: the only place that knows which components a cluster has.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

from course.backends.embedded import EmbeddedBackend
from course.backends.interface import Backend
from course.client.interface import Client, Object
from course.client.transport import decode
from course.sim.loop import Loop
from course.tables import Table

if TYPE_CHECKING:
    import kubernetes.client


class Component(Protocol):
    """Something that runs on a cluster through a client: the scheduler, a controller, the nodes."""

    def start(self) -> None:
        """Begin to work, by callbacks of the loop."""

    def stop(self) -> None:
        """Do nothing any more."""


Factory = Callable[[Client, Loop], Component]
"""Makes a component from its client and the cluster's loop."""


def default_components() -> dict[str, Factory]:
    """Return the components of a complete cluster, by name, in the order in which they start."""
    return {}


class Cluster:
    """A Kubernetes cluster: the embedded one, unless another backend is given."""

    def __init__(
        self, backend: Backend, components: Mapping[str, Factory] | None = None, *, nodes: int = 0
    ) -> None:
        self.backend = backend
        self.loop = backend.loop
        self._components: dict[str, Component] = {}
        self._api_client: kubernetes.client.ApiClient | None = None
        factories = default_components() if components is None else components
        if backend.runs_components:
            for number in range(nodes):
                self.client("kubelet").create("nodes", node(f"node-{number}"))
            for name, factory in factories.items():
                self.replace(name, factory)

    @classmethod
    def create(
        cls,
        *,
        nodes: int = 0,
        seed: int = 0,
        realtime: bool = False,
        components: Mapping[str, Factory] | None = None,
    ) -> "Cluster":
        """Return a new embedded cluster.

        `seed` settles everything random.  In virtual time (the default) nothing waits; with `realtime` the
        cluster lives by the machine's clock and other programs can reach it.
        """
        backend = EmbeddedBackend(seed=seed, realtime=realtime, binds_claims=True)
        return cls(backend, components, nodes=nodes)

    def stop(self) -> None:
        """End the cluster: its components, its doors, its files."""
        for component in self._components.values():
            self.loop.call(component.stop)
        self._components.clear()
        self.backend.stop()

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def run(self, *, seconds: float = 0, minutes: float = 0) -> None:
        """Let time pass: at once in virtual time, really in real time."""
        self.loop.run(seconds + 60 * minutes)

    def wait(self, condition: Callable[[], object], *, timeout_s: float = 60) -> float:
        """Let time pass until `condition()` holds; return the seconds that took.

        Raises TimeoutError when `timeout_s` passed first.
        """
        began_s = self.loop.now_s
        if not self.loop.run_until(lambda: bool(condition()), timeout_s):
            raise TimeoutError(f"the condition did not hold within {timeout_s} s")
        return self.loop.now_s - began_s

    def replace(self, name: str, factory: Factory | None) -> None:
        """Run `factory`'s component in the place of the one called `name`; None leaves the place empty."""
        before = self._components.pop(name, None)
        if before is not None:
            self.loop.call(before.stop)
        if factory is not None:
            component = factory(self.backend.client(name), self.loop)
            self._components[name] = component
            self.loop.call(component.start)

    def client(self, name: str = "learner") -> Client:
        """Return a client as components have it, on plain dicts."""
        return self.backend.client(name)

    def table(
        self, resource: str, namespace: str = "default", *, wide: bool = False, **selectors: str
    ) -> Table:
        """Return what `kubectl get` shows of a resource ("pods", "deployments.apps", ...).

        `namespace` "" means all; `selectors` may be label_selector and field_selector.
        """
        path = self._path(resource, namespace)
        query = {"".join(_camel(name)): text for name, text in selectors.items()}
        answer = self._get(path, query, accept="application/json;as=Table;g=meta.k8s.io;v=v1")
        return Table.read(answer, wide=wide, with_namespace=not namespace and "/namespaces/" not in path)

    @property
    def api_client(self) -> "kubernetes.client.ApiClient":
        """The official library's client for this cluster, for its other API objects."""
        if self._api_client is None:
            self._api_client = self.backend.api_client()
        return self._api_client

    @property
    def core(self) -> "kubernetes.client.CoreV1Api":
        """The official API object of the core group."""
        return self._api("CoreV1Api")

    @property
    def apps(self) -> "kubernetes.client.AppsV1Api":
        """The official API object of apps/v1."""
        return self._api("AppsV1Api")

    @property
    def batch(self) -> "kubernetes.client.BatchV1Api":
        """The official API object of batch/v1."""
        return self._api("BatchV1Api")

    @property
    def kubeconfig(self) -> Path:
        """The path of a kubeconfig for other programs, such as kubectl; opens the HTTP door."""
        return self.backend.kubeconfig()

    def _api(self, name: str) -> Any:
        # Loaded here: the official client takes half a second, which few need.
        import kubernetes.client

        return getattr(kubernetes.client, name)(self.api_client)

    def _get(self, path: str, query: Mapping[str, str], accept: str) -> Any:
        pool = self.api_client.rest_client.pool_manager
        response = pool.request(
            "GET", self.api_client.configuration.host + path, fields=dict(query), headers={"Accept": accept}
        )
        answer = decode(response)
        if response.status != 200:
            message = answer.get("message", "") if isinstance(answer, dict) else answer
            raise LookupError(f"cannot list {path}: {message}".strip())
        return answer

    def _path(self, resource: str, namespace: str) -> str:
        """Return where a resource is listed, from what the server says it serves."""
        plural, _, group = resource.partition(".")
        for api_version in self._api_versions(group, anywhere=not group):
            root = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
            for entry in self._get(root, {}, "application/json")["resources"]:
                names = (entry["name"], entry["singularName"], *entry.get("shortNames", ()))
                if plural in names and "/" not in entry["name"]:
                    scoped = entry["namespaced"] and namespace
                    return (
                        f"{root}/namespaces/{namespace}/{entry['name']}"
                        if scoped
                        else f"{root}/{entry['name']}"
                    )
        raise LookupError(f"the cluster serves no resource {resource!r}; kubectl api-resources lists them")

    def _api_versions(self, group: str, *, anywhere: bool) -> list[str]:
        groups = self._get("/apis", {}, "application/json")["groups"]
        found = [
            each["preferredVersion"]["groupVersion"] for each in groups if anywhere or each["name"] == group
        ]
        return ["v1", *found] if anywhere else found


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(each.capitalize() for each in rest)


def node(name: str, *, cpu: str = "4", memory: str = "16Gi", pods: str = "110") -> Object:
    """Return a Ready node."""
    resources = {"cpu": cpu, "memory": memory, "pods": pods}
    labels = {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}
    ready = {
        "type": "Ready",
        "status": "True",
        "reason": "KubeletReady",
        "message": "kubelet is posting ready status",
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "status": {"capacity": resources, "allocatable": resources, "conditions": [ready]},
    }
