"""What a cluster of another process hands out: clients, watches, timers and its time, each a number there."""

import sys
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from insideout.client.interface import Object, WatchEvent
from insideout.client.transport import Reply
from insideout.sim.loop import Loop

from .facade import NotInGrader


def refuse(name: str) -> NoReturn:
    """Raise NotInGrader for a part that a cluster of another process does not have."""
    raise NotInGrader(f"{name}: the cluster that you have while your work is graded is without it")


def quietly(function: Callable[..., object]) -> Callable[..., None]:
    """Return the function without its value, which may be anything and matters to nobody."""

    def call(*args: Any) -> None:
        function(*args)

    return call


class RemoteDoor:
    """The way of the official client to the API server."""

    def __init__(self, remote: Any) -> None:
        self._remote = remote

    def request(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Return the answer to a request."""
        told = self._remote.request(method, url, dict(headers), body.decode())
        if "stream" in told:
            return Reply(told["code"], told["headers"], RemoteStream(self._remote, told["stream"]))
        return Reply(told["code"], told["headers"], told["body"].encode())


class RemoteStream:
    """The body of a watch of the official client."""

    def __init__(self, remote: Any, number: int) -> None:
        self._remote = remote
        self._number = number

    def read(self, timeout_s: float | None) -> bytes | None:
        """Return the next part; None when there will be none."""
        part = self._remote.read(self._number, timeout_s)
        return None if part is None else part.encode()

    def stop(self) -> None:
        """End the watch."""
        self._remote.end(self._number)


class RemoteClient:
    """The seven verbs on plain dicts."""

    def __init__(self, remote: Any, number: int) -> None:
        self._remote = remote
        self._number = number

    def get(self, *args: Any, **options: Any) -> Any:
        """Return the object."""
        return self._do("get", args, options)

    def list(self, *args: Any, **options: Any) -> Any:
        """Return the List object."""
        return self._do("list", args, options)

    def watch(
        self, resource: str, on_event: Callable[[WatchEvent], object], *args: Any, **options: Any
    ) -> "RemoteWatch":
        """Deliver every event as a callback while time passes."""

        def deliver(kind: str, obj: Object) -> None:
            on_event(WatchEvent(kind, obj))

        if options.get("on_close"):
            options["on_close"] = quietly(options["on_close"])
        return RemoteWatch(self._remote, self._do("watch", (resource, deliver, *args), options))

    def create(self, *args: Any, **options: Any) -> Any:
        """Create an object, or POST it to a subresource."""
        return self._do("create", args, options)

    def update(self, *args: Any, **options: Any) -> Any:
        """Replace an object; 409 when its resourceVersion is stale."""
        return self._do("update", args, options)

    def patch(self, *args: Any, **options: Any) -> Any:
        """Change part of an object."""
        return self._do("patch", args, options)

    def delete(self, *args: Any, **options: Any) -> Any:
        """Delete an object."""
        return self._do("delete", args, options)

    def _do(self, verb: str, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        return self._remote.verb(self._number, verb, [*args], options)


class RemoteWatch:
    """A watch under way."""

    def __init__(self, remote: Any, number: int) -> None:
        self._remote = remote
        self._number = number

    def stop(self) -> None:
        """End it; no event is delivered afterwards."""
        self._remote.unwatch(self._number)


class RemoteTimer:
    """One callback waiting for its time."""

    def __init__(self, remote: Any, number: int) -> None:
        self._remote = remote
        self._number = number

    def cancel(self) -> None:
        """Make sure that the callback never runs."""
        self._remote.cancel(self._number)


class RemoteLoop(Loop):
    """The cluster's time; what it runs, it runs in the cluster's process."""

    def __init__(self, remote: Any, number: int, *, seed: int) -> None:
        self._remote = remote
        self._number = number
        self.seed = seed

    @property
    def now_s(self) -> float:  # type: ignore[override]  # the clock is elsewhere
        """The cluster's time in seconds."""
        return float(self._remote.now_s())

    def call_at(  # type: ignore[override]  # a timer of its own
        self, when_s: float, callback: Callable[..., object], *args: Any, priority: int = 0
    ) -> RemoteTimer:
        """Run `callback(*args)` at `when_s` seconds, or now if that has passed."""
        told = quietly(lambda: callback(*args))
        return RemoteTimer(self._remote, self._remote.call_at(self._number, when_s, told, priority))

    def next_time_s(self) -> float | None:
        """Refuse, and with it `step`: single events cannot be seen from here."""
        refuse("cluster.loop.next_time_s")

    def run(self, seconds: float) -> None:
        """Run everything that is due within the next `seconds`."""
        sys.stderr.write(self._remote.run(seconds))

    def run_until(self, condition: Callable[[], object], timeout_s: float) -> bool:
        """Run until `condition()` holds; False when `timeout_s` passed first."""
        held, said = self._remote.run_until(lambda: bool(condition()), timeout_s)
        sys.stderr.write(said)
        return bool(held)
