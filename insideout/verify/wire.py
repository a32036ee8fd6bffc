"""Requests as a record has them, sent through the official client's connection pool to any backend."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from insideout.apiserver.server import COMPACTION_EVERY_S
from insideout.client.transport import decode
from insideout.sim.loop import Loop
from insideout.sim.realtime import RealtimeLoop

if TYPE_CHECKING:
    import kubernetes.client

_AGENT = "python-requests"
"""The recorder's: it is the name of the manager of what a client writes."""
_SNAPSHOTS_KEPT_S = 16.0
"""How long after a compaction the server's caches still answer from the past."""


class Answer(NamedTuple):
    """What came back: the status code, the body as JSON or text, the headers (their case does not matter)."""

    code: int
    body: Any
    headers: Mapping[str, str]


class Wire:
    """One API server, seen as status codes and JSON.

    `elsewhere` makes a wire to another server, started with the flags in its argument; it returns None when
    it knows no such server.
    """

    def __init__(
        self,
        api_client: "kubernetes.client.ApiClient",
        loop: Loop,
        elsewhere: Callable[[str], "Wire | None"] = lambda flags: None,
    ) -> None:
        self._host = api_client.configuration.host
        self._pool = api_client.rest_client.pool_manager
        self._headers: dict[str, str] = {"User-Agent": _AGENT}
        api_client.update_params_for_auth(self._headers, [], ["BearerToken"])
        self._loop = loop
        self.elsewhere = elsewhere

    def request(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, str] | None = None,
        content_type: str = "application/json",
        accept: str = "application/json",
    ) -> tuple[int, Any]:
        """Return the status code and the body of the answer; a body that is text is sent as it is."""
        answer = self.ask(method, path, body=body, query=query, content_type=content_type, accept=accept)
        return answer.code, answer.body

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, str | None] | None = None,
        content_type: str = "application/json",
        accept: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request; a body that is text is sent as it is, a parameter that is None not at all."""
        sent = {**self._headers, "Accept": accept}
        data = None
        if body is not None:
            sent["Content-Type"] = content_type
            data = body.encode() if isinstance(body, str) else json.dumps(body)
        sent = _replaced(sent, headers or {})
        response = self._pool.request(method, self._url(path, query), body=data, headers=sent)
        return Answer(response.status, decode(response), response.headers)

    def watch(
        self,
        path: str,
        query: Mapping[str, str | None] | None,
        seconds: float,
        *,
        accept: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Return the events of `seconds` of a watch, or what was answered instead of them."""
        wanted = {"watch": "1", "timeoutSeconds": str(seconds), **(query or {})}
        sent = _replaced({**self._headers, "Accept": accept}, headers or {})
        url = self._url(path, wanted)
        response = self._pool.request("GET", url, headers=sent, preload_content=False)
        text = (response.data if response.status != 200 else response.read()).decode()
        response.release_conn()
        if response.status != 200:
            return Answer(response.status, _json(text), response.headers)
        lines = [line for line in text.splitlines() if line]
        try:
            events = [json.loads(line) for line in lines]
        except ValueError:
            return Answer(200, "\n".join(lines), response.headers)
        if any(set(event) != {"type", "object"} for event in events):
            return Answer(200, events[0], response.headers)
        return Answer(200, events, response.headers)

    def later(self, delays_s: Iterable[float], act: Callable[[int], object]) -> Callable[[], object]:
        """Call `act(i)` the i-th delay from now, while a watch goes on; return how to wait for all."""
        if isinstance(self._loop, RealtimeLoop):
            import threading

            timers = [threading.Timer(delay, act, [i]) for i, delay in enumerate(delays_s)]
            for timer in timers:
                timer.start()

            def wait() -> None:
                for timer in timers:
                    timer.join()

            return wait
        delays = list(delays_s)
        for i, delay in enumerate(delays):
            self._loop.call_later(delay, act, i)
        end_s = self._loop.now_s + max(delays, default=0)
        return lambda: self._loop.run(max(end_s - self._loop.now_s, 0))

    def compacted(self) -> bool:
        """Let the server compact its history and its caches notice; False where that takes real time."""
        if isinstance(self._loop, RealtimeLoop):
            return False
        self._loop.run(3 * COMPACTION_EVERY_S + _SNAPSHOTS_KEPT_S)
        return True

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self._loop.run(seconds)

    def _url(self, path: str, query: Mapping[str, str | None] | None) -> str:
        from urllib.parse import quote, urlencode

        pairs = {name: value for name, value in (query or {}).items() if value is not None}
        encoded = self._host + quote(path)
        return f"{encoded}?{urlencode(pairs)}" if pairs else encoded


def _replaced(headers: Mapping[str, str], others: Mapping[str, str]) -> dict[str, str]:
    """Return headers with those of `others` instead of the same ones, however they are written."""
    names = {name.lower() for name in others}
    return {**{name: value for name, value in headers.items() if name.lower() not in names}, **others}


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
