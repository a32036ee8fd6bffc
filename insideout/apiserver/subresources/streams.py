"""The API server's door to a pod's node: who may pass, and what the kubelet is asked.

A request to exec, attach or portforward is no request for an answer: it asks to upgrade the connection to a
stream.  The API server checks who asks, finds container and node, and passes the request on, in one of two
ways.  A WebSocket that offers v5 ends here: the kubelet is asked in SPDY, and frames are translated.  Any
other upgrade goes through as it is, so that the kubelet's answer is the client's.  A node that declares
ExtendWebSocketsToKubelet speaks v5 itself.  Neither the command nor the pod's phase is looked at.

Source: pkg/registry/core/pod/rest/{subresources,authorize}.go, pkg/registry/core/pod/strategy.go
(streamLocation, LogLocation), k8s.io/apimachinery/pkg/util/proxy/upgradeaware.go@v1.36.2.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from insideout.apiserver.parameters import first
from insideout.apiserver.requests import Query, Request
from insideout.apiserver.status import StatusError, bad_request
from insideout.apiserver.subresources import logoptions

Object = dict[str, Any]
Headers = dict[str, str | list[str]]

V5, V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"
SPDY = "SPDY/3.1"
TUNNEL = "SPDY/3.1+portforward.k8s.io"
PORTFORWARD = "portforward.k8s.io"
REMOTE_COMMANDS = [V5, V4, "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io"]
FEATURE = "ExtendWebSocketsToKubelet"
STREAMS = ("attach", "exec", "portforward")
STDIN, STDOUT, STDERR, ERROR, RESIZE, HALF_CLOSE = 0, 1, 2, 3, 4, 255
"""The channels of a stream: the first byte of each frame."""
BINARY, CLOSE, NORMAL = 2, 8, 1000
_FLAGS = (("stdin", "input"), ("stdout", "output"), ("stderr", "error"), ("tty", "tty"))


@dataclass(frozen=True)
class Upstream:
    """The request that reaches a kubelet; the query is in the order in which it is written."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Headers = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Path and query as they stand in messages."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path


@dataclass(frozen=True)
class Passage:
    """How a stream goes on: to which node at which address, asked for what, and whether it is translated.

    `is_websocket` is about the client's side; `signal` is the channel of the first frame that a translated
    stream sends, an empty one that says that the stream stands.
    """

    node: str
    address: str
    upstream: Upstream
    is_websocket: bool
    protocol: str = ""
    signal: int = 1
    is_reachable: bool = True

    @property
    def is_translated(self) -> bool:
        """Whether the client's WebSocket ends at the API server."""
        return bool(self.protocol)

    def first_frames(self) -> list[tuple[int, int, str]]:
        """Return what the API server itself sends to a WebSocket: opcode, channel or code, text."""
        if self.protocol != V5:
            return []
        frames = [(BINARY, self.signal, "")]
        if not self.is_reachable:
            frames.append((BINARY, ERROR, go_json(broken(self.address, self.upstream))))
            frames.append((CLOSE, NORMAL, ""))
        return frames

    def answer(self, chosen: str) -> dict[str, str]:
        """Return the headers of the 101 that the client gets; `chosen` is what the kubelet took."""
        protocol = self.protocol or chosen
        name = "Sec-Websocket-Protocol" if self.is_websocket else "X-Stream-Protocol-Version"
        upgrade = "websocket" if self.is_websocket else SPDY
        return {"Connection": "Upgrade", "Upgrade": upgrade} | ({name: protocol} if protocol else {})


NodeOf = Callable[[str], Object]
"""Returns a Node by name; raises StatusError when there is none."""


def passage(pod: Object, node_of: NodeOf, subresource: str, request: Request) -> Passage:
    """Return how a request for a stream goes on; raise 400 when it does not ask for an upgrade."""
    path, query = location(pod, subresource, request.query)
    node = node_of(host_of(pod))
    upgrade = request.headers.get("upgrade", "")
    if "upgrade" not in request.headers.get("connection", "").lower() or not upgrade:
        raise bad_request("Upgrade request required")
    is_websocket = upgrade.lower() == "websocket"
    protocols = offered(request.headers)
    address = address_of(node)
    declares = FEATURE in ((node.get("status") or {}).get("declaredFeatures") or ())
    if is_websocket and not declares:
        if subresource != "portforward" and V5 in protocols:
            asked = Upstream("POST", path, query, _spdy(REMOTE_COMMANDS))
            return Passage(host_of(pod), address, asked, True, V5, signal(asked))
        if subresource == "portforward" and TUNNEL in protocols:
            asked = Upstream("POST", path, query, _spdy([PORTFORWARD]))
            return Passage(host_of(pod), address, asked, True, TUNNEL)
    asked = Upstream(request.method, path, query, _passed(request))
    return Passage(host_of(pod), address, asked, is_websocket)


def logs(pod: Object, query: Query) -> Upstream | None:
    """Return what the kubelet is asked for a log; None while the pod is on no node, and so has none."""
    options = logoptions.check(pod["metadata"]["name"], query)
    container = container_of(pod, first(query, "container"))
    if not pod["spec"].get("nodeName"):
        return None
    path = f"/containerLogs/{pod['metadata']['namespace']}/{pod['metadata']['name']}/{container}"
    return Upstream("GET", path, tuple(sorted(options.items())), {"Accept-Encoding": "gzip"})


def options_of(subresource: str, query: Query) -> Object:
    """Return what a stream is asked for as the object that admission sees."""
    if subresource == "portforward":
        return {"ports": [_port(port) for text in query.get("ports") or () for port in text.split(",")]}
    asked: Object = {name: True for name in ("stdin", "stdout", "stderr", "tty") if is_true(query, name)}
    if first(query, "container"):
        asked["container"] = first(query, "container")
    return asked | ({"command": list(query.get("command") or ())} if subresource == "exec" else {})


def _port(text: str) -> int:
    """Return a port as the API server reads it; whether it may be 0 is the kubelet's question.

    Source: k8s.io/apimachinery/pkg/apis/meta/v1/conversion.go@v1.36.2.
    """
    why = "value out of range" if text.isascii() and text.isdigit() else "invalid syntax"
    if why == "value out of range" and int(text) >> 16 == 0:
        return int(text)
    raise bad_request(f'cannot convert to []int32: strconv.ParseUint: parsing "{text}": {why}')


def host_of(pod: Object) -> str:
    """Return the name of the pod's node; raise 400 when it has none yet."""
    name = pod["spec"].get("nodeName")
    if not name:
        raise bad_request(f"pod {pod['metadata']['name']} does not have a host assigned")
    return str(name)


def address_of(node: Object) -> str:
    """Return where a node's kubelet listens, "address:port"."""
    status = node.get("status") or {}
    listed = {each["type"]: each["address"] for each in status.get("addresses") or ()}
    preferred = ("Hostname", "InternalDNS", "InternalIP", "ExternalDNS", "ExternalIP")
    address = next((listed[kind] for kind in preferred if kind in listed), node["metadata"]["name"])
    port = ((status.get("daemonEndpoints") or {}).get("kubeletEndpoint") or {}).get("Port", 10250)
    return f"{address}:{port}"


def location(pod: Object, subresource: str, query: Query) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return path and query of what the kubelet is asked; raise 400 when the container is not clear."""
    metadata = pod["metadata"]
    below = f"{metadata['namespace']}/{metadata['name']}"
    if subresource == "portforward":
        return f"/portForward/{below}", tuple(("port", port) for port in query.get("ports", ()))
    container = container_of(pod, first(query, "container"))
    asked = [("command", word) for word in query.get("command", ()) if subresource == "exec"]
    asked += [(theirs, "1") for ours, theirs in _FLAGS if is_true(query, ours)]
    return f"/{subresource}/{below}/{container}", tuple(sorted(asked, key=lambda pair: pair[0]))


def container_of(pod: Object, asked: str) -> str:
    """Return which container is meant; raise 400 when that is not clear, or there is no such one."""
    name, spec = pod["metadata"]["name"], pod["spec"]
    containers = [str(each["name"]) for each in spec.get("containers") or ()]
    if not asked and len(containers) == 1:
        return containers[0]
    kinds = ("initContainers", "containers", "ephemeralContainers")
    named = [str(each["name"]) for kind in kinds for each in spec.get(kind) or ()]
    if not asked:
        choice = " ".join(named)
        raise bad_request(f"a container name must be specified for pod {name}, choose one of: [{choice}]")
    if asked not in named:
        raise bad_request(f"container {asked} is not valid for pod {name}")
    return asked


def unreachable(address: str) -> StatusError:
    """500: nobody listens on the node's port; a stream that goes through says so before it stands."""
    message = f"error dialing backend: dial tcp {address}: connect: connection refused"
    return StatusError(500, "", message)


def no_log(address: str, upstream: Upstream) -> StatusError:
    """500: nobody listens on the node's port, so there is no log."""
    message = f'Get "https://{address}{upstream.url}": dial tcp {address}: connect: connection refused'
    return StatusError(500, "", message)


def broken(address: str, upstream: Upstream) -> Object:
    """Return the Status on the error channel of a translated stream whose kubelet cannot be reached."""
    asked = f'{upstream.method.capitalize()} "https://{address}{upstream.url}"'
    return internal(f"error sending request: {asked}: dial tcp {address}: connect: connection refused")


def internal(message: str) -> Object:
    """Return the Status of an error as an error channel carries it: without kind and apiVersion."""
    return {
        "metadata": {},
        "status": "Failure",
        "message": f"Internal error occurred: {message}",
        "reason": "InternalError",
        "details": {"causes": [{"message": message}]},
        "code": 500,
    }


def translated(status: bytes) -> bytes:
    """Return the Status that a translated stream ends with, from the kubelet's: the API server makes its own.

    Source: k8s.io/client-go/tools/remotecommand/v4.go (errorDecoderV4),
    k8s.io/apiserver/pkg/util/proxy/streamtranslator.go (codeExitToStatusError)@v1.36.2.
    """
    told = json.loads(status)
    if told["status"] == "Success":
        return status
    causes = (told.get("details") or {}).get("causes") or []
    code = next((one["message"] for one in causes if one.get("reason") == "ExitCode"), None)
    if code is None:
        return go_json(internal(told["message"])).encode()
    words = f"command terminated with non-zero exit code: command terminated with exit code {code}"
    return go_json(told | {"message": words}).encode()


def go_json(value: Object) -> str:
    """Return JSON as Go writes it."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def is_true(query: Query, name: str) -> bool:
    """Tell whether a flag of a query is on; a value that is no boolean counts as off."""
    return first(query, name).lower() in ("1", "t", "true")


def split(header: str) -> list[str]:
    """Return the parts of a header that holds a list."""
    return [part.strip() for part in header.split(",") if part.strip()]


def offered(headers: Mapping[str, str]) -> list[str]:
    """Return the protocols that a WebSocket's client offers."""
    return split(headers.get("sec-websocket-protocol", ""))


def signal(asked: Upstream) -> int:
    """Return the lowest channel on which a command's client is sent something."""
    return next((number for number, name in ((1, "output"), (2, "error")) if (name, "1") in asked.query), 3)


def _spdy(protocols: list[str]) -> Headers:
    """Return the headers with which the API server itself asks a kubelet for a stream."""
    offered: str | list[str] = protocols if len(protocols) > 1 else protocols[0]
    return {
        "Connection": "Upgrade",
        "Content-Length": "0",
        "Upgrade": SPDY,
        "X-Stream-Protocol-Version": offered,
    }


def _passed(request: Request) -> Headers:
    """Return what of the client's headers says how to talk; the kubelet gets it as it is."""
    headers: Mapping[str, str] = request.headers
    passed: Headers = {"Connection": headers["connection"], "Upgrade": headers["upgrade"]}
    if request.method == "POST":
        passed["Content-Length"] = "0"
    if versions := split(headers.get("x-stream-protocol-version", "")):
        passed["X-Stream-Protocol-Version"] = versions if len(versions) > 1 else versions[0]
    if protocols := headers.get("sec-websocket-protocol"):
        passed["Sec-Websocket-Protocol"] = protocols
    return passed
