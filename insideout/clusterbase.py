"""What a cluster that a notebook holds has wherever it runs: time, the official client's objects, tables."""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from insideout.client.transport import decode
from insideout.sim.loop import Loop
from insideout.view.tables import Table

if TYPE_CHECKING:
    import kubernetes.client


class ClusterBase:
    """A cluster with a loop; a subclass says how it ends and how its ApiClient is made."""

    loop: Loop
    _api_client: "kubernetes.client.ApiClient | None" = None

    def stop(self) -> None:
        """End the cluster."""
        raise NotImplementedError

    def __enter__(self) -> Self:
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

    def _new_api_client(self) -> "kubernetes.client.ApiClient":
        raise NotImplementedError

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
            self._api_client = self._new_api_client()
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

    def _api(self, name: str) -> Any:
        # Loaded here: the official client takes half a second, which few need.
        import kubernetes.client

        return getattr(kubernetes.client, name)(self.api_client)

    def _get(self, path: str, query: Mapping[str, str], accept: str) -> Any:
        pool = self.api_client.rest_client.pool_manager
        headers = {"Accept": accept}
        self.api_client.update_params_for_auth(headers, [], ["BearerToken"])
        url = self.api_client.configuration.host + path
        response = pool.request("GET", url, fields=dict(query), headers=headers)
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
