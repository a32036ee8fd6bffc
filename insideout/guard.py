"""A learner's component on the cluster: when it fails, it is shown where, and the cluster goes on.

Every callback that the component asks for, of its client and of the loop, runs inside a guard.  An exception
ends the component, as it would end a process, and is reported with the lines of the learner's own code; after
a back-off a new one is started in its place.  A kill from outside, which the explorer's `Killed` stands for,
ends it too and is no fault of its own: nothing is reported, and `kills` counts it.

Source: the back-off is the kubelet's for crashed containers, pkg/kubelet/kubelet.go@v1.36.2.
"""

import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from insideout.client import Client
from insideout.components import Component, Factory
from insideout.explore.clients import Killed
from insideout.sim import Loop, Timer

FIRST_BACK_OFF_S = 10.0
LAST_BACK_OFF_S = 300.0

_PACKAGE = str(Path(__file__).parent)


class GuardedComponent:
    """Runs what `factory` makes; `errors` holds the report of every crash."""

    def __init__(self, name: str, factory: Factory, client: Client, loop: Loop) -> None:
        self.errors: list[str] = []
        self.kills = 0
        self._name = name
        self._factory = factory
        self._client = client
        self._loop = loop
        self._component: Component | None = None
        self._restart: Timer | None = None
        self._back_off_s = FIRST_BACK_OFF_S

    def start(self) -> None:
        """Make the component and start it."""
        guarded = _Guard(self)
        guarded.run(self._begin, guarded)

    @property
    def component(self) -> Component | None:
        """What runs now, None after a crash."""
        return self._component

    def stop(self) -> None:
        """Stop it for good."""
        if self._restart is not None:
            self._restart.cancel()
        component, self._component = self._component, None
        if component is not None:
            component.stop()

    def _begin(self, guard: "_Guard") -> None:
        loop = cast(Loop, _GuardedLoop(self._loop, guard))
        self._component = self._factory(_GuardedClient(self._client, guard), loop)
        self._component.start()

    def crashed(self, error: Exception) -> None:
        """Report an error, end the component and start another one later."""
        report = f"{self._name} crashed at {self._loop.now_s:.3f} s: {own_lines(error)}"
        if report.split(": ", 1)[1] not in [one.split(": ", 1)[1] for one in self.errors]:
            print(report, file=sys.stderr)  # noqa: T201  a crash is for the learner to see, once
        self.errors.append(report)
        self._start_again(self._back_off_s)
        self._back_off_s = min(2 * self._back_off_s, LAST_BACK_OFF_S)

    def killed(self) -> None:
        """Count a kill, end the component and start another one later."""
        self.kills += 1
        self._start_again(FIRST_BACK_OFF_S)

    def interrupted(self) -> None:
        """Say that it was stopped in the middle of its work, and start another one later."""
        text = (
            f"{self._name} was interrupted at work; it starts again in {FIRST_BACK_OFF_S:g} s of the cluster"
        )
        print(text, file=sys.stderr)  # noqa: T201  whoever interrupted it wants to know what goes on
        self._start_again(FIRST_BACK_OFF_S)

    def _start_again(self, after_s: float) -> None:
        component, self._component = self._component, None
        if component is not None:
            component.stop()
        self._restart = self._loop.call_later(after_s, self.start)


def own_lines(error: Exception) -> str:
    """Return the error and the lines outside this package that led to it."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith(_PACKAGE)]
    lines = [f"\n  line {frame.lineno}, in {frame.name}: {frame.line}" for frame in frames]
    return f"{type(error).__name__}: {error}" + "".join(lines)


class _Guard:
    """Runs callbacks of one run of a component; after a crash it runs none."""

    def __init__(self, owner: GuardedComponent) -> None:
        self._owner = owner
        self._is_alive = True

    def run(self, callback: Callable[..., Any], *args: Any) -> Any:
        if not self._is_alive:
            return None
        try:
            return callback(*args)
        except Exception as error:
            self._is_alive = False
            self._owner.crashed(error)
            return None
        except Killed:
            self._is_alive = False
            self._owner.killed()
            return None
        except KeyboardInterrupt:  # it went on for so long that Ctrl-C did not wait for it
            self._is_alive = False
            self._owner.interrupted()
            raise

    def wrap(self, callback: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *args: self.run(callback, *args)


class _GuardedLoop:
    """The cluster's loop as a guarded component sees it."""

    def __init__(self, loop: Loop, guard: _Guard) -> None:
        self._loop = loop
        self._guard = guard

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loop, name)

    def call_at(self, when_s: float, callback: Callable[..., Any], *args: Any, priority: int = 0) -> Timer:
        return self._loop.call_at(when_s, self._guard.wrap(callback), *args, priority=priority)

    def call_later(self, delay_s: float, callback: Callable[..., Any], *args: Any) -> Timer:
        return self._loop.call_later(delay_s, self._guard.wrap(callback), *args)

    def call_soon(self, callback: Callable[..., Any], *args: Any) -> Timer:
        return self._loop.call_soon(self._guard.wrap(callback), *args)


class _GuardedClient:
    """A client whose watches call back through the guard; its other verbs are the client's own."""

    def __init__(self, client: Client, guard: _Guard) -> None:
        self._client = client
        self._guard = guard

    def __getattr__(self, name: str) -> Any:
        if name == "shared":  # an informer asks for it
            return _GuardedClient(getattr(self._client, "shared", self._client), self._guard)
        return getattr(self._client, name)

    def watch(self, resource: str, on_event: Callable[..., Any], *args: Any, **options: Any) -> Any:
        on_close = options.pop("on_close", None)
        if on_close is not None:
            options["on_close"] = self._guard.wrap(on_close)
        return self._client.watch(resource, self._guard.wrap(on_event), *args, **options)
