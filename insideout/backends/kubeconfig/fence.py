"""Keeps every request inside the one namespace that is ours, where "default" in a lesson means that one.

Reading is fenced too: other namespaces' objects by name, their secrets, whatever connects to a node or a pod.
What this does not do: take rights away.  It keeps a lesson from slipping, not a program that means harm.
"""

import json
from typing import Any
from urllib.parse import urlsplit

_CONNECTS = {"exec", "attach", "portforward", "proxy"}
_QUESTIONS = {"selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"}
_READS = {"GET", "HEAD", "OPTIONS"}


class OutsideError(PermissionError):
    """A request that leaves the namespace that is ours; it was not sent."""


def inside(method: str, path: str, own: str) -> str:
    """Return the path that stands for `path` in the namespace `own`; OutsideError when none does."""
    parts = path.strip("/").split("/")
    root = 2 if parts[0] == "api" else 3
    rest = parts[root:]
    if len(rest) >= 2 and rest[0] == "namespaces":
        if rest[1] == "default":
            rest[1] = own
        is_object = len(rest) > 2  # not the namespace itself, which is not the lesson's to change
        if rest[1] == own and (is_object or method in _READS):
            return "/" + "/".join([*parts[:root], *rest])
    else:
        is_look = method in _READS and not _CONNECTS & set(rest) and rest[:1] != ["secrets"]
        is_question = method == "POST" and rest[:1] and rest[0] in _QUESTIONS
        if is_look or is_question:
            return path
    raise OutsideError(
        f"this cluster is not ours alone: {method} {path} would leave the namespace {own}; "
        "Cluster.create(backend='embedded') is a whole cluster of your own"
    )


class Pool:
    """A connection pool, urllib3's, that sends what is inside only."""

    def __init__(self, pool: Any, host: str, own: str) -> None:
        self._pool = pool
        self._host = host
        self._own = own

    def request(self, method: str, url: str, *, body: Any = None, **options: Any) -> Any:
        """Send a request, as it stands for the one given in our namespace."""
        path, mark, query = url.removeprefix(self._host).partition("?")
        sent = f"{self._host}{inside(method, path, self._own)}{mark}{query}"
        return self._pool.request(method, sent, body=_placed(body, self._own), **options)

    def clear(self) -> None:
        """Close the connections."""
        self._pool.clear()


def _placed(body: Any, own: str) -> Any:
    """Return a body whose object, when it says "default", says our namespace."""
    if not isinstance(body, str) or '"default"' not in body:
        return body
    try:
        document = json.loads(body)
    except ValueError:
        return body
    metadata = document.get("metadata") if isinstance(document, dict) else None
    if not isinstance(metadata, dict) or metadata.get("namespace") != "default":
        return body
    return json.dumps({**document, "metadata": {**metadata, "namespace": own}})


def api_client(kubeconfig: str, own: str) -> Any:
    """Return an official ApiClient of the kubeconfig's cluster, fenced in the namespace `own`."""
    # Loaded here: the official client takes half a second, which few need.
    import kubernetes.client
    import kubernetes.config

    class Fenced(kubernetes.client.ApiClient):  # type: ignore[misc]  # untyped
        def call_api(
            self, resource_path: str, method: str, path_params: Any = None, *rest: Any, **named: Any
        ) -> Any:
            # Streams such as exec go past the pool: their path is put right here.
            params = dict(path_params or {})
            if params.get("namespace") == "default":
                params["namespace"] = own
            inside(method, resource_path.format(**{key: str(value) for key, value in params.items()}), own)
            return super().call_api(resource_path, method, params, *rest, **named)

    configuration = kubernetes.client.Configuration()
    kubernetes.config.load_kube_config(config_file=kubeconfig, client_configuration=configuration)
    client = Fenced(configuration)
    base = configuration.host.rstrip("/")
    assert urlsplit(base).scheme  # a kubeconfig's server is a URL
    client.rest_client.pool_manager = Pool(client.rest_client.pool_manager, base, own)
    return client
