"""How a review gets to a webhook: over a Service to one of its pods, or to an address on this machine.

The Service is resolved by its EndpointSlices, as with kube-apiserver's --enable-aggregator-routing; a `Dial`
carries the request into the cluster's network, and compares the caBundle with the certificate of a program
that has one.  Left out: that a program without is refused; connections that are kept, over which a real API
server goes on asking whatever the Service selects since; addresses on other machines; the time that a call
takes, except that one that is longer than its webhook allows fails.

Source: k8s.io/apiserver/pkg/util/webhook/client.go, k8s.io/apiserver/pkg/util/proxy/proxy.go@v1.36.2;
the words of Go's net and net/http.
"""

import base64
import ipaddress
import json
import posixpath
import random
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from insideout.apimachinery.goquote import go_quote
from insideout.apiserver import keys
from insideout.apiserver.kinds import Kind
from insideout.apiserver.registry import Registry
from insideout.store import Store

Object = dict[str, Any]


class Outgoing(NamedTuple):
    """A request of the control plane to an address in the cluster."""

    address: str
    port: int
    path: str
    body: str
    timeout_s: float
    method: str = "POST"
    host: str = ""
    """What the server's certificate must be for, "" for any certificate."""
    authorities: bytes = b""
    """Who may have signed it, in PEM."""


class Reply(NamedTuple):
    """An HTTP answer."""

    status: int
    body: str


class CallError(Exception):
    """No answer, or none that counts; the text is what Go's client says."""


Dial = Callable[[Outgoing], Reply]
"""Carries a request to a pod; raises CallError when it does not arrive."""


def nowhere(asked: Outgoing) -> Reply:
    """Refuse: without nodes there is nobody to listen."""
    raise CallError(f"dial tcp {asked.address}:{asked.port}: connect: connection refused")


class Caller:
    """Calls webhooks."""

    def __init__(self, store: Store, registry: Registry, rng: random.Random) -> None:
        self.dial: Dial = nowhere
        self._store = store
        self._rng = rng
        services, slices = registry.named("services"), registry.named("endpointslices.discovery.k8s.io")
        assert services is not None  # built in
        assert slices is not None
        self._services: Kind = services
        self._slices: Kind = slices

    def call(self, client: Object, review: Object, timeout_s: int) -> str:
        """Return the body of the answer; raise CallError."""
        body = json.dumps(review)
        service = client.get("service")
        url = _url(client)
        try:
            if service is None:
                reply = _over_https(url, client.get("caBundle"), body, timeout_s)
            else:
                address, port = self.resolve(service)
                path = f"{urlsplit(url).path}?timeout={timeout_s}s"
                host = f"{service['name']}.{service['namespace']}.svc"
                signers = base64.b64decode(client.get("caBundle") or "")
                asked = Outgoing(address, port, path, body, timeout_s, host=host, authorities=signers)
                reply = self.dial(asked)
        except CallError as problem:
            raise CallError(f'Post "{url}?timeout={timeout_s}s": {problem}') from None
        if not 200 <= reply.status < 300:
            raise CallError(_server_error(reply))
        return reply.body

    def resolve(self, reference: Object) -> tuple[str, int]:
        """Return the address and port of a ready endpoint of a Service; raise CallError without one."""
        namespace, name, port = reference["namespace"], reference["name"], reference.get("port", 443)
        pair = self._store.get(keys.key(self._services, namespace, name))
        if pair is None:
            raise CallError(f"service {go_quote(name)} not found")
        spec = pair.value.object["spec"]
        if spec.get("type") == "ExternalName":
            raise CallError(f"unsupported service type {go_quote(spec['type'])}")
        wanted = next((each for each in spec.get("ports") or () if each["port"] == port), None)
        if wanted is None:
            raise CallError(f"no service port {port} found for service {go_quote(name)}")
        found = [
            (endpoint["addresses"][0], int(given["port"]))
            for one in self.slices_of(namespace, name)
            for given in one.get("ports") or ()
            if (given.get("name") or "") == (wanted.get("name") or "") and given.get("port") is not None
            for endpoint in one.get("endpoints") or ()
            if (endpoint.get("conditions") or {}).get("ready") is not False
        ]
        if not found:
            raise CallError(f"no endpoints available for service {go_quote(name)}")
        return self._rng.choice(found)

    def slices_of(self, namespace: str, service: str) -> list[Object]:
        """Return the EndpointSlices of a Service."""
        pairs = self._store.range(keys.prefix(self._slices, namespace)).items
        return [pair.value.object for pair in pairs if _service_of(pair.value.object) == service]


def _service_of(endpoint_slice: Object) -> str:
    labels = endpoint_slice["metadata"].get("labels") or {}
    return str(labels.get("kubernetes.io/service-name", ""))


def _url(client: Object) -> str:
    """Return where a webhook is asked.

    Source: k8s.io/client-go/rest/url_utils.go:DefaultVersionedAPIPath@v1.36.2.
    """
    service = client.get("service")
    if service is None:
        parts = urlsplit(str(client["url"]))
        where, path = f"{parts.scheme}://{parts.netloc}", parts.path
    else:
        where = f"https://{service['name']}.{service['namespace']}.svc:{service.get('port', 443)}"
        path = service.get("path") or ""
    return where + posixpath.normpath("/" + path.lstrip("/"))


def _server_error(reply: Reply) -> str:
    """Return what client-go makes of an answer that is no success."""
    if reply.status == 404:
        return "the server could not find the requested resource"
    said = (
        f"an error on the server ({go_quote(reply.body.strip())}) has prevented the request from succeeding"
    )
    if reply.status >= 500:
        return said
    if reply.status == 400:
        return "the server rejected our request for an unknown reason"
    return f"the server responded with the status code {reply.status} but did not return more details"


def _over_https(url: str, ca_bundle: str | None, body: str, timeout_s: int) -> Reply:
    """POST to an address on this machine, whose certificate the bundle must have signed."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    if not _is_loopback(host):
        raise CallError(f"dial tcp {host}:{port}: only addresses of this machine are reached")
    # Loaded here: few clusters have such webhooks, and not every place that this runs in has sockets.
    import http.client
    import ssl

    context = ssl.create_default_context()
    if ca_bundle:
        context.load_verify_locations(cadata=base64.b64decode(ca_bundle).decode("ascii", "replace"))
    connection = http.client.HTTPSConnection(host, port, timeout=timeout_s, context=context)
    try:
        path = f"{parts.path}?timeout={timeout_s}s"
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        return Reply(response.status, response.read().decode("utf-8", "replace"))
    except TimeoutError:
        raise CallError("context deadline exceeded") from None
    except ssl.SSLCertVerificationError as problem:
        raise CallError(f"tls: failed to verify certificate: x509: {problem.verify_message}") from None
    except ConnectionRefusedError:
        raise CallError(f"dial tcp {host}:{port}: connect: connection refused") from None
    except (OSError, http.client.HTTPException) as problem:
        raise CallError(f"dial tcp {host}:{port}: {problem}") from None
    finally:
        connection.close()


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
