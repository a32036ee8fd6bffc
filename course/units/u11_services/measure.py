"""How many bytes a flip is on the wire: a Service of thousands of endpoints, and watches of what lists them.

The endpoints are written without pods: an API server without controllers, the slices and the Endpoints of one
Service, as the two controllers would write them.  The watches are the API server's own, over the official
client's connection.
"""

from collections.abc import Iterator
from typing import NamedTuple

from insideout.client import Object
from insideout.cluster import Cluster
from insideout.controllers.endpoints import CAPACITY
from insideout.controllers.endpointslice.packing import MAX_ENDPOINTS

SLICES = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices"
ENDPOINTS = "/api/v1/namespaces/default/endpoints"
ACCEPT = {"JSON": "application/json", "protobuf": "application/vnd.kubernetes.protobuf;stream=watch"}
_LENGTH_BYTES = 4
"""Before each event in protobuf, see k8s.io/apimachinery/pkg/util/framer/framer.go@v1.36.2."""
_PORT = {"name": "http", "port": 8080, "protocol": "TCP"}


class Sent(NamedTuple):
    """What one watcher is sent when a pod flips: of which object, in which encoding, how many bytes."""

    object: str
    encoding: str
    size_bytes: int


class Fleet:
    """A Service of `count` endpoints, listed in slices and in Endpoints."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._cluster = Cluster.create(nodes=0, places={})
        self._client = self._cluster.client("controllers")
        self._pods = [_pod(number) for number in range(count)]
        for first in range(0, count, MAX_ENDPOINTS):
            members = [_endpoint(pod) for pod in self._pods[first : first + MAX_ENDPOINTS]]
            self._client.create("endpointslices", _slice(first // MAX_ENDPOINTS, members))
        for name, listed in (("web", self._pods[:CAPACITY]), ("web-whole", self._pods)):
            self._client.create("endpoints", _endpoints(name, listed))

    def flip(self, *numbers: int, endpoints: bool = True) -> list[Sent]:
        """Let pods turn over at one moment, ready ones unready and back; return what a watcher is sent.

        With `endpoints` the Endpoints follow: cut off as the controller does it, then whole.
        """
        watches = {
            (kind, encoding): self._watch(path, encoding)
            for kind, path in (("EndpointSlice", SLICES), ("Endpoints", ENDPOINTS))
            for encoding in ACCEPT
        }
        written = sorted({number // MAX_ENDPOINTS for number in numbers})
        for first in written:
            slice_ = self._client.get("endpointslices", f"web-{first}", "default")
            self._client.update("endpointslices", _flipped(slice_, numbers, first * MAX_ENDPOINTS))
        sent = [
            Sent(kind, encoding, sum(next(watch) for _ in written))
            for (kind, encoding), watch in watches.items()
            if kind == "EndpointSlice"
        ]
        whole = {"web": min(self.count, CAPACITY), "web-whole": self.count} if endpoints else {}
        for name, count in whole.items():
            if name == "web-whole" and self.count <= CAPACITY:
                continue
            stored = self._client.get("endpoints", name, "default")
            self._client.update("endpoints", _moved(stored, numbers))
            for encoding in ACCEPT:
                sent.append(Sent(f"Endpoints of {count:,}", encoding, next(watches["Endpoints", encoding])))
        return sent

    def _watch(self, path: str, encoding: str) -> Iterator[int]:
        """Begin a watch; return what yields the size of each event in bytes."""
        client = self._cluster.api_client
        version = self._client.list("endpointslices", "default")["metadata"]["resourceVersion"]
        headers = {"Accept": ACCEPT[encoding]}
        client.update_params_for_auth(headers, [], ["BearerToken"])
        response = client.rest_client.pool_manager.request(
            "GET",
            f"{client.configuration.host}{path}?watch=1&resourceVersion={version}&timeoutSeconds=60",
            headers=headers,
            preload_content=False,
        )
        return _sizes(response.stream(), encoding)


def _sizes(stream: Iterator[bytes], encoding: str) -> Iterator[int]:
    """Yield the sizes of the events in a stream, which comes in pieces of any size."""
    come = b""
    for piece in stream:
        come += piece
        while size_bytes := _event_bytes(come, encoding):
            yield size_bytes
            come = come[size_bytes:]


def _event_bytes(come: bytes, encoding: str) -> int:
    """Return how long the first event is, with its end or its length before it; 0 while it is not whole."""
    if encoding == "JSON":
        return come.find(b"\n") + 1
    size_bytes = _LENGTH_BYTES + int.from_bytes(come[:_LENGTH_BYTES], "big")
    return size_bytes if len(come) >= max(size_bytes, _LENGTH_BYTES) else 0


def _pod(number: int) -> Object:
    """Return where the n-th pod is, and its reference."""
    return {
        "ip": f"10.{244 + number // 62500}.{number // 250 % 250}.{number % 250 + 1}",
        "nodeName": f"node-{number:04d}",
        "targetRef": {
            "kind": "Pod",
            "namespace": "default",
            "name": f"web-5d4f8c7b9-{number:05d}",
            "uid": f"00000000-0000-4000-8000-{number:012d}",
        },
    }


def _endpoint(pod: Object) -> Object:
    return {
        "addresses": [pod["ip"]],
        "conditions": {"ready": True, "serving": True, "terminating": False},
        "nodeName": pod["nodeName"],
        "targetRef": pod["targetRef"],
        "zone": "zone-a",
    }


def _slice(number: int, members: list[Object]) -> Object:
    labels = {
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
        "kubernetes.io/service-name": "web",
    }
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": f"web-{number}", "namespace": "default", "labels": labels},
        "addressType": "IPv4",
        "ports": [_PORT],
        "endpoints": members,
    }


def _endpoints(name: str, pods: list[Object]) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Endpoints",
        "metadata": {"name": name, "namespace": "default"},
        "subsets": [{"addresses": pods, "ports": [_PORT]}],
    }


def _flipped(slice_: Object, numbers: tuple[int, ...], first: int) -> Object:
    members = list(slice_["endpoints"])
    for place in (number - first for number in numbers if 0 <= number - first < len(members)):
        ready = not members[place]["conditions"]["ready"]
        conditions = {"ready": ready, "serving": ready, "terminating": False}
        members[place] = {**members[place], "conditions": conditions}
    return {**slice_, "endpoints": members}


def _moved(endpoints: Object, numbers: tuple[int, ...]) -> Object:
    """Return Endpoints in which some addresses stand among those that are not ready, or no more."""
    subset = endpoints["subsets"][0]
    gone = {_pod(number)["ip"] for number in numbers}
    listed = {True: subset["addresses"], False: subset.get("notReadyAddresses") or []}
    ready, others = (
        [one for was in listed for one in listed[was] if (was == is_ready) != (one["ip"] in gone)]
        for is_ready in (True, False)
    )
    return {**endpoints, "subsets": [{**subset, "addresses": ready, "notReadyAddresses": others}]}
