"""Plays recorded requests to exec, attach, portforward and log: what is answered, what kubelets are asked.

The kubelets are stand-ins, as in the record: they take the first protocol offered and never open a stream,
and the log that they have is two lines.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from insideout.apiserver.requests import ADMIN, ADMIN_GROUPS, Request, Response
from insideout.apiserver.subresources import streams
from insideout.apiserver.subresources.nodes import Answered, Asked, Send, Stream
from insideout.apiserver.users import AUTHENTICATED
from insideout.backends.embedded import EmbeddedBackend
from insideout.client import Client, Object
from insideout.verify.normal import differences

NAMESPACE = "ns"
_LOG = "line one\nline two\n"
_SUBRESOURCES = tuple(f"pods/{name}" for name in streams.STREAMS)
_GRANTED = {"alice": ["get"], "bob": ["create"], "carol": ["get", "create"]}
_PODS: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("one", "plain", ("c",), ()),
    ("done", "plain", ("c",), ()),
    ("two", "plain", ("c", "d"), ("i",)),
    ("onws", "declares", ("c",), ()),
    ("lost", "closed", ("c",), ()),
    ("ghost", "no-node", ("c",), ()),
    ("pending", "", ("c",), ()),
)


def verify_exec(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, list[str]]]:
    """Yield each case with where the answer, or what reached a kubelet, differs."""
    world = _World()
    for row in rows:
        answer, kubelet = world.send(row["request"])
        ours = answer | {"kubelet": kubelet}
        recorded = row["answer"] | {"kubelet": row["kubelet"]}
        yield row["case"], list(differences(recorded, ours))


class _World:
    """An API server with the record's users, pods and nodes, and kubelets that only take note."""

    def __init__(self) -> None:
        backend = EmbeddedBackend()
        self._server = backend.server
        self._rest = backend.rest
        self._loop = backend.loop
        self._asked: list[streams.Upstream] = []
        self._server.on_hop = lambda node, asked: self._asked.append(asked)
        client = backend.client("recorder")
        client.create("namespaces", {"metadata": {"name": NAMESPACE}})
        for user, verbs in _GRANTED.items():
            _grant(client, user, verbs)
        for name in ("plain", "declares", "closed"):
            features = [streams.FEATURE] if name == "declares" else []
            status = {
                "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
                "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
                "declaredFeatures": features,
            }
            client.create("nodes", {"metadata": {"name": name}})
            client.patch("nodes", name, {"status": status}, subresource="status")
            if name != "closed":
                self._server.node_connections[name] = _StandIn()
        for pod in _PODS:
            client.create("pods", _pod(*pod), NAMESPACE)
        client.patch("pods", "done", {"status": {"phase": "Succeeded"}}, NAMESPACE, subresource="status")

    def send(self, sent: Mapping[str, Any]) -> tuple[Object, list[Object]]:
        """Return the answer to a recorded request and what reached a kubelet, both as the record has them."""
        self._asked.clear()
        query: dict[str, list[str]] = {}
        for name, value in sent["query"]:
            query.setdefault(name, []).append(value)
        headers: dict[str, str] = {}
        for name, value in sent["headers"]:
            before = headers.get(name.lower())
            headers[name.lower()] = f"{before}, {value}" if before else value
        path = f"/api/v1/namespaces/{NAMESPACE}/pods/{sent['pod']}/{sent['sub']}"
        is_admin = sent["user"] == "admin"
        user, groups = (ADMIN, ADMIN_GROUPS) if is_admin else (sent["user"], (AUTHENTICATED,))
        request = Request(sent["method"], path, query, headers, user=user, groups=groups)
        response = self._loop.call(self._rest.handle, request)
        return _answer(response), [_hop(asked) for asked in self._asked]


def _grant(client: Client, user: str, verbs: list[str]) -> None:
    """Let a user use verbs on the streams of all pods."""
    group = "rbac.authorization.k8s.io"
    rule = {"verbs": verbs, "apiGroups": [""], "resources": list(_SUBRESOURCES)}
    client.create("clusterroles", {"metadata": {"name": user}, "rules": [rule]})
    binding = {
        "metadata": {"name": user},
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": user},
        "subjects": [{"apiGroup": group, "kind": "User", "name": user}],
    }
    client.create("clusterrolebindings", binding)


class _StandIn:
    """A kubelet that accepts everything and has one log."""

    is_listening = True

    def log(self, pod: Object, container: str, query: Mapping[str, str]) -> str:
        """Return two lines."""
        return _LOG

    def follow(
        self,
        pod: Object,
        container: str,
        query: Mapping[str, str],
        put: Callable[[str], object],
        end: Callable[[], object],
    ) -> Callable[[], object]:
        """Give two lines, and that is all."""
        put(_LOG)
        end()
        return lambda: None

    def page(self, asked: Asked) -> Answered:
        """Refuse: nothing in a record asks for a page."""
        raise NotImplementedError("a stand-in has no pages")

    def run(self, pod: Object, container: str, command: list[str]) -> tuple[int, str, str]:
        """Refuse: nothing in a record runs a command."""
        raise NotImplementedError("a stand-in runs nothing")

    def stream(self, asked: streams.Upstream, protocol: str, send: Send, end: Callable[[], object]) -> Stream:
        """Refuse: the record's stand-in opened no stream."""
        raise NotImplementedError("a stand-in opens no stream")


def _answer(response: Response) -> Object:
    body = response.body
    if not isinstance(body, streams.Passage):
        headers = {"Content-Type": response.content_type} if response.code != 204 else {}
        return {"code": response.code, "headers": headers, "body": _normal(body)}
    answer: Object = {"code": response.code, "headers": body.answer(_first_offered(body))}
    if body.is_websocket:
        answer["frames"] = [_normal(list(frame)) for frame in body.first_frames()]
    return answer


def _first_offered(passage: streams.Passage) -> str:
    headers = passage.upstream.headers
    offered = headers.get("Sec-Websocket-Protocol") or headers.get("X-Stream-Protocol-Version") or ""
    return offered[0] if isinstance(offered, list) else offered.split(",")[0]


def _hop(asked: streams.Upstream) -> Object:
    return {
        "method": asked.method,
        "path": _normal(asked.path),
        "query": [list(pair) for pair in asked.query],
        "headers": asked.headers,
    }


def _normal(value: Any) -> Any:
    """Return a value with the record's words for what differs between clusters."""
    text = json.dumps(value).replace(f"/{NAMESPACE}/", "/<ns>/").replace("127.0.0.1:10250", "<host>")
    return json.loads(text.replace(f'namespace \\"{NAMESPACE}\\"', 'namespace \\"<ns>\\"'))


def _pod(name: str, node: str, containers: tuple[str, ...], inits: tuple[str, ...]) -> Object:
    spec: Object = {"containers": [{"name": each, "image": "x"} for each in containers]}
    if inits:
        spec["initContainers"] = [{"name": each, "image": "x"} for each in inits]
    if node:
        spec["nodeName"] = node
    annotations = {"kubectl.kubernetes.io/default-container": "d"} if name == "two" else {}
    return {"metadata": {"name": name, "annotations": annotations}, "spec": spec}
