"""One connection that is relayed to an API server, and what is noted of it.

One thing is changed on the way: JSON is asked for in place of protobuf, so that events, and
names that the server chose, can be read.

Source: k8s.io/apiserver/pkg/endpoints/request/requestinfo.go:NewRequestInfo@v1.36.2.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import h11

from insideout.apiserver import parameters
from insideout.apiserver.requestlog import RequestLog, RequestMade, client_of, part_of, verb_of

_PROTOBUF, _JSON = b"application/vnd.kubernetes.protobuf", b"application/json"


class Target(NamedTuple):
    """What a request is about, "" for what it does not say."""

    resource: str
    namespace: str = ""
    name: str = ""
    subresource: str = ""


def target_of(path: str) -> Target | None:
    """Return what a path is about, None for what is no resource: discovery, health, documents."""
    parts = [unquote(part) for part in path.strip("/").split("/")]
    rest = parts[{"api": 2, "apis": 3}.get(parts[0], len(parts)) :]
    namespace = ""
    if rest[:1] == ["namespaces"] and len(rest) > 2 and rest[2] not in ("status", "finalize"):
        _, namespace, *rest = rest
    if not rest:
        return None
    resource, name, subresource = (*rest, "", "")[:3]
    return Target(resource, namespace, name, subresource)


class Relay:
    """Takes the bytes of both sides; what each is to be sent is in `to_server` and `to_client`."""

    def __init__(self, log: RequestLog, clock_s: Callable[[], float]) -> None:
        self._log, self._clock_s = log, clock_s
        self._client, self._server = h11.Connection(h11.SERVER), h11.Connection(h11.CLIENT)
        self._is_raw = False
        self._exchange: _Exchange | None = None
        self._to_server, self._to_client = bytearray(), bytearray()

    def taken(self) -> tuple[bytes, bytes]:
        """Return what is for the client and what is for the server, once."""
        taken = bytes(self._to_client), bytes(self._to_server)
        self._to_client.clear()
        self._to_server.clear()
        return taken

    def from_client(self, data: bytes) -> None:
        """Take bytes of the client; h11.RemoteProtocolError for what is no HTTP."""
        if self._is_raw:
            self._to_server += data
        elif data:  # its end is the end of the connection, not of a message
            self._client.receive_data(data)
            self._pass_requests()

    def from_server(self, data: bytes) -> None:
        """Take bytes of the server, b"" for its end; h11.RemoteProtocolError when that is in a message."""
        if self._is_raw:
            self._to_client += data
            return
        self._server.receive_data(data)
        for event in _events(self._server):
            self._to_client += self._client.send(event) or b""
            if self._exchange is not None:
                self._exchange.told(event)
            if isinstance(event, h11.InformationalResponse) and event.status_code == 101:
                self._is_raw = True
                self._to_client += self._server.trailing_data[0]
                self._to_server += self._client.trailing_data[0]
                return
            if isinstance(event, h11.EndOfMessage) and self._client.our_state is h11.DONE:
                self._client.start_next_cycle()
                self._server.start_next_cycle()
                self._exchange = None
                self._pass_requests()

    def unanswered(self) -> None:
        """Note that no answer comes any more, if one is due."""
        if self._exchange is not None:
            self._exchange.answered(0)

    def _pass_requests(self) -> None:
        for event in _events(self._client):
            if isinstance(event, h11.Request):
                self._exchange = _Exchange.of(event, self._log, self._clock_s)
                headers = [
                    (name, value.replace(_PROTOBUF, _JSON) if name == b"accept" else value)
                    for name, value in event.headers
                ]
                event = h11.Request(method=event.method, target=event.target, headers=headers)
            self._to_server += self._server.send(event) or b""


def _events(connection: h11.Connection) -> Iterator[h11.Event]:
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA or event is h11.PAUSED:
            return
        assert not isinstance(event, type)  # it is no other sentinel: there are two
        if isinstance(event, h11.ConnectionClosed):
            return
        yield event


class _Exchange:
    """A request about a resource: noted with its answer, and of a watch every event."""

    def __init__(
        self, log: RequestLog, clock_s: Callable[[], float], agent: str, verb: str, target: Target
    ) -> None:
        self._log, self._clock_s = log, clock_s
        self._began_s = clock_s()
        self._client, self._part = client_of(agent), part_of(agent)
        self._verb, self._target = verb, target
        self._is_noted, self._is_readable = False, False
        self._rest = b""

    @classmethod
    def of(cls, request: h11.Request, log: RequestLog, clock_s: Callable[[], float]) -> "_Exchange | None":
        """Return what there is to note of a request, None when it is about no resource."""
        url = urlsplit(request.target.decode("latin-1"))
        target = target_of(url.path)
        if target is None:
            return None
        agent = dict(request.headers).get(b"user-agent", b"").decode("latin-1")
        is_watch = parameters.is_watch(parse_qs(url.query, keep_blank_values=True))
        verb = verb_of(request.method.decode(), target.name, is_watch=is_watch)
        return cls(log, clock_s, agent, verb, target)

    def told(self, event: h11.Event) -> None:
        """Take a part of the answer."""
        if isinstance(event, h11.Response | h11.InformationalResponse):
            headers = dict(event.headers)
            is_json = headers.get(b"content-type", b"").startswith(_JSON)
            self._is_readable = is_json and b"content-encoding" not in headers and event.status_code < 300
            if not (self._is_readable and self._verb == "create" and not self._target.name):
                self.answered(event.status_code)
        elif isinstance(event, h11.Data) and self._is_readable:
            if self._verb == "watch":
                *lines, self._rest = (self._rest + event.data).split(b"\n")
                for line in filter(None, lines):
                    self._delivered(**json.loads(line))
            elif not self._is_noted:
                self._rest += event.data
        elif isinstance(event, h11.EndOfMessage) and not self._is_noted:
            self._target = self._target._replace(name=json.loads(self._rest)["metadata"].get("name", ""))
            self.answered(201)

    def answered(self, code: int) -> None:
        """Note the request, unless it is noted."""
        if not self._is_noted:
            self._is_noted = True
            made = self._began_s, self._client, self._verb, *self._target, code, self._part
            self._log.made(RequestMade(*made))

    def _delivered(self, type: str, object: dict[str, Any]) -> None:
        """Note an event; kubectl's are Tables, with the object's metadata in each row."""
        rows = object["rows"] if object.get("kind") == "Table" else [{"object": object}]
        for row in rows:
            self._log.delivered(self._clock_s(), self._client, self._target.resource, type, row["object"])
