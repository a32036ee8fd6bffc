"""Other API servers behind a real one, such as a metrics-server of ours.

Each has a Service and an APIService, and gets an EndpointSlice as soon as it is ready: that the API server
notices at once.  Its requests come through `tunnel`, in TLS, and are answered in the tunnel's thread without
the loop's lock: whoever holds that may be who asks.  Behind is an API server of ours with nothing to show but
the extension's group.  Whether somebody may ask has been settled by the real one.

Source: k8s.io/kube-aggregator/pkg/controllers/status/remote/remote_available_controller.go@v1.36.2.
"""

import asyncio
import base64
import json
import ssl
from collections.abc import Callable
from itertools import count

from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from insideout.apiserver.asgi import Receive, Scope, Send, answer, body_of, headers_of, request_of
from insideout.apiserver.extensions import Extension
from insideout.apiserver.requests import Response
from insideout.apiserver.rest import Rest
from insideout.apiserver.server import ApiServer
from insideout.backends.controlplane.credentials import KUBELETS, Credentials
from insideout.backends.controlplane.tunnel import Server, Tunnel
from insideout.client.interface import Client
from insideout.sim.loop import Loop, Timer

NAMESPACE = "kube-system"
PORT, TARGET_PORT = 443, 10250
NETWORK = "192.0.2"
"""Where they are: no machine has these addresses (RFC 5737), and the tunnel knows them."""
LOOK_S = 0.5
_SERVICE = "kubernetes.io/service-name"
_SLICES = "endpointslices.discovery.k8s.io"
_API_SERVICES = "apiservices.apiregistration.k8s.io"


class Aggregated:
    """The other servers of a control plane; `client` makes the objects by which it knows them."""

    def __init__(self, tunnel: Tunnel, credentials: Credentials, client: Client, loop: Loop) -> None:
        self._tunnel, self._credentials = tunnel, credentials
        self._client, self._loop = client, loop
        self._there: dict[str, str] = {}  # addresses by name
        self._numbers = count(1)
        self._looks: dict[str, Timer] = {}

    def add(self, extension: Extension) -> None:
        """Have the API server pass requests for its group on to `extension`, once that is ready."""
        name, group, version = extension.name, extension.kinds[0].group, extension.kinds[0].version
        ports = [{"name": "https", "port": PORT, "targetPort": TARGET_PORT}]
        self._client.create("services", {"metadata": {"name": name}, "spec": {"ports": ports}}, NAMESPACE)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self._credentials.service(f"{name}.{NAMESPACE}.svc"))
        address = self._there[name] = f"{NETWORK}.{next(self._numbers)}"
        self._tunnel.servers[f"{address}:{TARGET_PORT}"] = Server(context, _serving(extension))
        authority = self._credentials.certificate(KUBELETS)[0].read_bytes()
        spec = {
            "group": group,
            "version": version,
            "service": {"name": name, "namespace": NAMESPACE, "port": PORT},
            "caBundle": base64.b64encode(authority).decode(),
            "groupPriorityMinimum": 100,
            "versionPriority": 100,
        }
        self._client.create(_API_SERVICES, {"metadata": {"name": f"{version}.{group}"}, "spec": spec})
        self._looks[name] = self._loop.call_soon(self._look, extension)

    def _look(self, extension: Extension) -> None:
        """Say where it is, once it is ready."""
        name = extension.name
        if not extension.is_ready:
            self._looks[name] = self._loop.call_later(LOOK_S, self._look, extension)
            return
        metadata = {"name": name, "labels": {_SERVICE: name}}
        ports = [{"name": "https", "port": TARGET_PORT}]
        endpoints = [{"addresses": [self._there[name]], "conditions": {"ready": True}}]
        body = {"metadata": metadata, "addressType": "IPv4", "ports": ports, "endpoints": endpoints}
        self._client.create(_SLICES, body, NAMESPACE)

    def remove(self, extension: Extension) -> None:
        """Pass nothing on to it any more; one that is not there changes nothing."""
        name, kind = extension.name, extension.kinds[0]
        address = self._there.pop(name, None)
        if address is None:
            return
        self._looks.pop(name).cancel()
        self._client.delete(_API_SERVICES, f"{kind.version}.{kind.group}")
        self._client.delete("services", name, NAMESPACE)
        for each in self._client.list(_SLICES, NAMESPACE, label_selector=f"{_SERVICE}={name}")["items"]:
            self._client.delete(_SLICES, each["metadata"]["name"], NAMESPACE)
        del self._tunnel.servers[f"{address}:{TARGET_PORT}"]


def _serving(extension: Extension) -> Callable[[], asyncio.Protocol]:
    """Return what makes the protocol of a connection to an extension."""
    server = ApiServer(Loop())  # nothing in it takes time
    server.extensions.add(extension)
    config = Config(
        _Application(Rest(server), extension), log_config=None, access_log=False, server_header=False
    )
    config.load()
    state = ServerState()
    return lambda: H11Protocol(config=config, server_state=state, app_state={})


class _Application:
    """The ASGI application: of the API server behind it, the extension's group and its documents."""

    def __init__(self, rest: Rest, extension: Extension) -> None:
        self._rest = rest
        kind = extension.kinds[0]
        self._root = f"apis/{kind.group}/{kind.version}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        accept = headers_of(scope).get("accept", "application/json")
        request = request_of(scope, scope["method"], {"accept": accept}, await body_of(receive))
        path = request.path.strip("/")
        if path == "openapi/v3":
            paths = json.loads(self._rest.server.documents.index())["paths"]
            await answer(send, Response(200, {"paths": {self._root: paths[self._root]}}))
        elif path.startswith((self._root, f"openapi/v3/{self._root}")):
            await answer(send, self._rest.handle(request))
        else:
            await answer(send, Response(404, "404 page not found\n", "text/plain; charset=utf-8"))
