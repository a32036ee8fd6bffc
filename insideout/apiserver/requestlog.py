"""What an API server was asked and what it told its watchers, in the loop's time, as it happened.

The log is kept by the doors, not by the server: insideout.client.logged for components in this process,
LoggedRest for the REST interface, insideout.backends.controlplane.recorder before a real server.  A cluster
that does not ask for it has none of them.  Requests for what is no object (discovery, health, documents) are
left out.

Source: the audit log is upstream's, k8s.io/apiserver/pkg/apis/audit/types.go:Event@v1.36.2; it has no
deliveries of watches, which this one adds.
"""

import threading
from bisect import insort
from collections import Counter
from collections.abc import Iterator
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple

from insideout.apiserver import parameters
from insideout.apiserver.paths import NoSuchPathError, Target, resolve
from insideout.apiserver.requests import Request, Response, WatchStream
from insideout.apiserver.rest import Rest
from insideout.apiserver.server import ApiServer
from insideout.apiserver.status import StatusError
from insideout.apiserver.watching import Change

_VERBS = {"POST": "create", "GET": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
WRITES = ("create", "update", "patch", "delete", "deletecollection")


class RequestMade(NamedTuple):
    """One request, when it was made, and its HTTP status code; 0 is a server that could not be reached.

    `part` is who in the client's process asked, where that is known: of kube-controller-manager which one of
    its controllers.
    """

    time_s: float
    client: str
    verb: str
    resource: str
    namespace: str
    name: str
    subresource: str
    code: int
    part: str = ""


class EventDelivered(NamedTuple):
    """One event that a watcher got; `state` says in a few words what the object then looked like."""

    time_s: float
    client: str
    resource: str
    type: str
    namespace: str
    name: str
    resource_version: str
    state: str


class Asked(NamedTuple):
    """What requests are counted by: all but who asked, when, and for which object."""

    verb: str
    resource: str
    subresource: str
    scope: str
    code: int


class RequestLog:
    """Requests and deliveries in the order of their times; `counts` has all requests ever answered.

    A request is noted with its answer and stands where it was made: so each write is before what it led
    others to do, also where answers take time.  Without `keeps_entries` it only counts, and so never grows.
    Any thread may note.
    """

    def __init__(self, *, keeps_entries: bool = True) -> None:
        self.entries: list[RequestMade | EventDelivered] = []
        self.counts: Counter[Asked] = Counter()
        self._keeps_entries = keeps_entries
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[RequestMade | EventDelivered]:
        """Go through a copy, so that what happens meanwhile does not disturb."""
        return iter(list(self.entries))

    def __len__(self) -> int:
        return len(self.entries)

    def clear(self) -> None:
        """Forget everything: what follows is the start of the story."""
        self.entries.clear()

    def made(self, request: RequestMade) -> None:
        """Note a request; one that did not reach the server counts for nothing."""
        with self._lock:
            if request.code:
                self.counts[_asked(request)] += 1
            self._keep(request)

    def delivered(self, time_s: float, client: str, resource: str, type_: str, obj: dict[str, Any]) -> None:
        """Note an event; bookmarks and errors are about no object and are left out."""
        if self._keeps_entries and type_ in ("ADDED", "MODIFIED", "DELETED"):
            metadata = obj["metadata"]
            event = EventDelivered(
                time_s,
                client,
                resource,
                type_,
                metadata.get("namespace", ""),
                metadata["name"],
                metadata["resourceVersion"],
                state_of(obj),
            )
            with self._lock:
                self._keep(event)

    def _keep(self, entry: RequestMade | EventDelivered) -> None:
        if self._keeps_entries:
            insort(self.entries, entry, key=attrgetter("time_s"))


def _asked(request: RequestMade) -> Asked:
    """Return what a request is counted by.  Source: k8s.io/apiserver/.../metrics/metrics.go:CleanScope."""
    one = request.name or request.verb == "create"
    scope = "resource" if one else "namespace" if request.namespace else "cluster"
    return Asked(request.verb, request.resource, request.subresource, scope, request.code)


def state_of(obj: dict[str, Any]) -> str:
    """Return what a watcher is likely to look at: of a pod its phase and node, of a workload its counts."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    if obj.get("kind") == "Pod":
        going = ", being deleted" if obj["metadata"].get("deletionTimestamp") else ""
        return f"{status.get('phase', 'Pending')}, {spec.get('nodeName') or 'no node'}{going}"
    if "replicas" in spec:
        return f"{status.get('readyReplicas', 0)} of {spec['replicas']} ready"
    return ""


class LoggedRest(Rest):
    """The REST interface with a log; a client is known by the first word of its User-Agent."""

    def __init__(self, server: ApiServer, log: RequestLog) -> None:
        super().__init__(server)
        self._log = log

    def handle(self, request: Request) -> Response:
        """Answer one request and note it."""
        began_s = self.server.loop.clock_s()
        response = super().handle(request)
        parts = request.path.strip("/").split("/")
        try:
            target = resolve(self.server.registry, parts) if len(parts) > 2 else None
        except (NoSuchPathError, StatusError):
            target = None
        if target is not None:
            self._note(began_s, request, target, response)
        return response

    def _note(self, began_s: float, request: Request, target: Target, response: Response) -> None:
        client = client_of(request.headers.get("user-agent", "")) or request.user
        name = target.name or _name_in(response)
        is_watch = target.watch or parameters.is_watch(request.query)
        verb, resource = verb_of(request.method, target.name, is_watch=is_watch), target.kind.plural
        self._log.made(
            RequestMade(
                began_s, client, verb, resource, target.namespace, name, target.subresource, response.code
            )
        )
        if isinstance(response.body, WatchStream):
            response.body.on_put = partial(self._put, client, resource)

    def _put(self, client: str, resource: str, change: Change) -> None:
        self._log.delivered(self.server.loop.clock_s(), client, resource, change.type, change.view.object)


def client_of(user_agent: str) -> str:
    """Return by which name a client is known: the first word of its User-Agent."""
    return user_agent.partition("/")[0]


def part_of(user_agent: str) -> str:
    """Return what a User-Agent adds to the program, its platform and its commit; of an account the name.

    Source: k8s.io/client-go/rest/config.go:AddUserAgent@v1.36.2.
    """
    return "/".join(user_agent.split("/")[4:]).rpartition(":")[2]


def verb_of(method: str, name: str, *, is_watch: bool) -> str:
    """Return what a request asks for, in RBAC's words; `name` is "" for one that is about no one object."""
    verb = _VERBS.get(method, method.lower())
    if verb == "get" and is_watch:
        return "watch"
    if not name:
        return {"get": "list", "delete": "deletecollection"}.get(verb, verb)
    return verb


def _name_in(response: Response) -> str:
    """Return the name of the object in an answer; what was created may have got it from the server."""
    if response.code == 201 and isinstance(response.body, dict):
        return str((response.body.get("metadata") or {}).get("name", ""))
    return ""
