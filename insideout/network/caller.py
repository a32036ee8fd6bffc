"""A client that sends a request again and again, and writes down what it saw.

A request is a new connection: a client that keeps connections open meets fewer changes, and stays longer with
the pods that it met first.
"""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

from insideout.client import ApiError, Client
from insideout.client.informer import Informer
from insideout.network.answer import Answer
from insideout.sim import Loop, Timer


class Seen(NamedTuple):
    """One request: when, which version answered ("" when none did), the error, and who was ready then."""

    time_s: float
    version: str
    error: str
    ready: int


class Place(Protocol):
    """What a caller needs of a cluster."""

    loop: Loop

    def client(self, name: str = ...) -> Client:
        """Return a client for the API."""

    def request(self, url: str, *, source: str = ..., namespace: str = ...) -> Answer:
        """Make a request."""


class Caller:
    """Sends requests from now on until `stop`; `seen` holds what came.

    `url` may be a function that returns the next URL, such as a splitter's.  A version is the tag of the
    image of the pod that answered.  `ready` counts the ready endpoints of all Services asked so far.
    """

    def __init__(self, cluster: Place, url: str | Callable[[], str], *, every_s: float = 0.05) -> None:
        self.seen: list[Seen] = []
        self._cluster = cluster
        self._client = cluster.client("caller")
        self._every_s = every_s
        self._versions: dict[str, str] = {}
        self._services: dict[str, None] = {}
        # One watch: a list with each request would be twenty a second over HTTPS.
        self._slices = Informer(self._client, cluster.loop, "endpointslices", namespace="default")
        self._began_s = cluster.loop.now_s
        self.ask(url)
        self._sent = 0
        self._slices.start()
        self._timer: Timer = cluster.loop.call_soon(self._request)

    def ask(self, url: str | Callable[[], str]) -> None:
        """Ask another URL from now on, or whatever a function says each time."""
        self._next_url: Callable[[], str] = url if callable(url) else lambda: url

    def stop(self) -> list[Seen]:
        """Send no more; return what was seen, with seconds counted from the first request."""
        self._timer.cancel()
        self._slices.stop()
        return self.seen

    def _request(self) -> None:
        loop, url = self._cluster.loop, self._next_url()
        answer = self._cluster.request(url)
        error = "" if answer.ok else answer.error or f"status {answer.status}"
        version = self._version(answer.pod) if answer.ok else ""
        self._services.setdefault(urlsplit(url).hostname or "")
        self.seen.append(Seen(self._sent * self._every_s, version, error, self._ready()))
        self._sent += 1
        # From the beginning, not from now: tenths and twentieths of a second would add up their errors.
        self._timer = loop.call_at(self._began_s + self._sent * self._every_s, self._request)

    def _version(self, pod: str) -> str:
        if pod not in self._versions:
            try:
                image = self._client.get("pods", pod, "default")["spec"]["containers"][0]["image"]
            except ApiError:
                return "gone"
            self._versions[pod] = str(image).rpartition(":")[2]
        return self._versions[pod]

    def _ready(self) -> int:
        endpoints = [
            endpoint
            for one in self._slices.list("default")
            if (one["metadata"].get("labels") or {}).get("kubernetes.io/service-name") in self._services
            for endpoint in one.get("endpoints") or ()
        ]
        ready = [endpoint for endpoint in endpoints if endpoint["conditions"].get("ready") is not False]
        return len({endpoint["addresses"][0] for endpoint in ready})


def tally(seen: list[Seen]) -> dict[str, int]:
    """Count the versions that answered and, as "error", the requests that nobody answered."""
    return dict(sorted(Counter(one.version or "error" for one in seen).items()))
