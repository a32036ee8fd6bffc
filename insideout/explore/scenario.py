"""What a controller is explored with: what there is at the start, what users do, and what must hold.

Things outside the cluster are custom resources of a group of their own: so each call to them can fail, be
repeated and be told like any other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from insideout.client.interface import Client, Object
from insideout.sim.loop import Loop


class Component(Protocol):
    """Something that runs on a cluster through a client."""

    def start(self) -> None:
        """Begin to work, by callbacks of the loop."""

    def stop(self) -> None:
        """Do nothing any more."""


Factory = Callable[[Client, Loop], Component]
"""Makes a controller, as `Cluster.replace` takes it."""


class Step(NamedTuple):
    """What a user does: in words, and with a client."""

    text: str
    act: Callable[[Client], object]


class Write(NamedTuple):
    """A write that the server accepted, and the object before and after it; None is no object."""

    who: str
    verb: str
    resource: str
    subresource: str
    namespace: str
    name: str
    before: Object | None
    after: Object | None

    @property
    def key(self) -> str:
        """What was written, as "resource/name"."""
        return f"{self.resource}/{self.name}"


class State(Protocol):
    """What a check may look at; objects are the server's own and must not be changed."""

    now_s: float
    notes: dict[str, Any]
    """For checks that must remember; empty at the start of every execution."""

    def get(self, resource: str, name: str, namespace: str = "default") -> Object | None:
        """Return an object, or None."""

    def list(self, resource: str, namespace: str = "") -> Sequence[Object]:
        """Return all objects of a resource, in one namespace or in all."""


Check = Callable[[State, Write], str | None]
"""Looks at a write that was done; returns what is wrong, in a sentence, or None."""

Goal = Callable[[State], str | None]
"""Looks at the state when all is quiet; returns what is missing, in a sentence, or None."""


@dataclass(frozen=True)
class Scenario:
    """A situation for a controller.

    `objects` have apiVersion and kind; definitions of custom resources come first.  `steps` happen one after
    the other, each when the controller has nothing left to do, or earlier.  `always` are checked after every
    write, `goal` at the end.  `others` are components that do their work without faults.  A step is taken
    when no write came for `settle_s`; the end is reached when none came for `quiet_s`.  More than
    `max_writes` writes of the controller, with nothing from outside in between, mean that it writes for ever.
    """

    objects: Sequence[Object] = ()
    steps: Sequence[Step] = ()
    always: Mapping[str, Check] = field(default_factory=dict)
    goal: Goal | None = None
    goal_name: str = "the goal is reached"
    others: Mapping[str, Factory] = field(default_factory=dict)
    name: str = "controller"
    settle_s: float = 5.0
    quiet_s: float = 60.0
    max_writes: int = 60
