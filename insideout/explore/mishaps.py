"""The explorer's faults at the writes of one component of a whole cluster, where nobody explores.

`explore` tries every moment of one controller on a stage of its own.  Here a component runs among all others,
and what is to happen at its next writes is said in advance: it is killed before or after one, one is refused,
or the answer to one is lost.  Writes of Events and Leases are passed over, for nothing is decided by them.
Its watches can be cut.
"""

from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from insideout.client.interface import Client, Watch, sharing
from insideout.explore.clients import Call, Killed, no_answer, refusal
from insideout.explore.faults import KILL_AFTER, KILL_BEFORE, LOSE, REFUSE
from insideout.sim.loop import Loop

WRITE_FAULTS = (KILL_BEFORE, KILL_AFTER, REFUSE, LOSE)
_PASSED_OVER = ("events", "events.events.k8s.io", "leases", "leases.coordination.k8s.io")


class Mishap(NamedTuple):
    """A fault that happened: when, which, at which write."""

    time_s: float
    fault: str
    write: str


class Mishaps:
    """What is to happen at the next writes of a component, and what has happened."""

    def __init__(self) -> None:
        self.happened: list[Mishap] = []
        self._watches: list[Callable[[], object]] = []
        self._waiting: deque[str] = deque()

    def arm(self, *faults: str) -> None:
        """Let these happen at the next writes, one at each; ValueError for what is no fault of a write."""
        for fault in faults:
            if fault not in WRITE_FAULTS:
                raise ValueError(f"{fault!r} is no fault of a write; there are {', '.join(WRITE_FAULTS)}")
        self._waiting.extend(faults)

    def cut(self) -> None:
        """End the component's watches: what comes now it is not told, until it watches again."""
        watches, self._watches = self._watches, []
        for end in watches:
            end()

    def follow(self, end: Callable[[], object]) -> None:
        """Know how to end a watch."""
        self._watches.append(end)

    def disarm(self) -> None:
        """Let nothing more happen."""
        self._waiting.clear()

    def pass_on(self, call: Call, now_s: float, perform: Callable[[], Any]) -> Any:
        """Do a write with the fault that is its turn; ApiError or Killed is what its caller gets."""
        if not self._waiting or call.resource in _PASSED_OVER:
            return perform()
        fault = self._waiting.popleft()
        self.happened.append(Mishap(now_s, fault, f"{call.verb} {call.resource} {call.name}".rstrip()))
        if fault == REFUSE:
            raise refusal(call)
        if fault == KILL_BEFORE:
            raise Killed
        answer = perform()
        if fault == KILL_AFTER:
            raise Killed
        if fault == LOSE:
            raise no_answer()
        return answer


class UnluckyClient:
    """A client whose writes meet `mishaps`; all else is the client's own."""

    def __init__(self, client: Client, loop: Loop, mishaps: Mishaps) -> None:
        self._client = client
        self._loop = loop
        self._mishaps = mishaps

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    @property
    def shared(self) -> "UnluckyClient":
        """The same client, handing out the server's own objects: its writes meet the same mishaps."""
        return UnluckyClient(sharing(self._client), self._loop, self._mishaps)

    def watch(self, *args: Any, on_close: Callable[[], object] | None = None, **options: Any) -> Watch:
        """Watch, until the client ends it or it is cut."""
        line = self._client.watch(*args, on_close=on_close, **options)

        def end() -> None:
            line.stop()
            if on_close is not None:
                self._loop.call_soon(on_close)

        self._mishaps.follow(end)
        return line

    def create(self, resource: str, obj: Any, *args: Any, **options: Any) -> Any:
        """Create an object, or POST it to a subresource."""
        metadata = obj.get("metadata") or {}
        name = options.get("name") or metadata.get("name") or metadata.get("generateName") or ""
        return self._do("create", resource, name, (obj, *args), options)

    def update(self, resource: str, obj: Any, *args: Any, **options: Any) -> Any:
        """Replace an object."""
        name = (obj.get("metadata") or {}).get("name", "")
        return self._do("update", resource, name, (obj, *args), options)

    def patch(self, resource: str, name: str, *args: Any, **options: Any) -> Any:
        """Change part of an object."""
        return self._do("patch", resource, name, (name, *args), options)

    def delete(self, resource: str, name: str, *args: Any, **options: Any) -> Any:
        """Delete an object."""
        return self._do("delete", resource, name, (name, *args), options)

    def _do(self, verb: str, resource: str, name: str, args: Any, options: Any) -> Any:
        call = Call(verb, resource, "", name, options.get("subresource", ""))
        method = getattr(self._client, verb)
        return self._mishaps.pass_on(call, self._loop.now_s, lambda: method(resource, *args, **options))
