"""What a check holds in place of something of the learner's: a function, a class, an object.

Using it sends plain data to the learner's process and gives what came back.  It holds a number and a name, so
whatever the learner put behind them, nothing of it runs here.
"""

import functools
from typing import Any, Protocol

from course.checks.elsewhere import Elsewhere


class Owner(Protocol):
    """Who passes on what is done with a stand-in."""

    def call(self, target: "StandIn", args: tuple[Any, ...], kwargs: dict[str, Any], method: str = "") -> Any:
        """Call it, or a method of it, in the learner's process."""

    def beside(self, target: "StandIn", helper: str, args: tuple[Any, ...]) -> Any:
        """Call a function of the package with it, in the learner's process."""

    def attribute(self, target: "StandIn", name: str) -> Any:
        """Read an attribute of it there."""


class StandIn(Elsewhere):
    """Stands for an object of the learner's; `generation` tells which process of theirs it lives in."""

    def __init__(self, owner: Owner, number: int, generation: int, name: str = "") -> None:
        self._owner = owner
        self._number = number
        self._generation = generation
        self._name = name
        self._methods: dict[str, Method] = {}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of the notebook>"

    def _through(self, helper: str, *args: Any) -> Any:
        return self._owner.beside(self, helper, args)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)  # Python's own questions are answered here
        if name in self._methods:
            return self._methods[name]
        return self._owner.attribute(self, name)


class Method:
    """A method of what `target` stands for; it is asked for once and called by its name."""

    def __init__(self, owner: Owner, target: StandIn, name: str) -> None:
        self._owner = owner
        self._target = target
        self._name = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the method."""
        return self._owner.call(self._target, args, kwargs, self._name)


class CallableStandIn(StandIn):
    """A stand-in that can be called, because what it stands for can."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call what it stands for."""
        return self._owner.call(self, args, kwargs)


def method(owner: Owner, target: StandIn, name: str) -> Method:
    """Return a method of `target`, and let it answer for that name from now on."""
    found = target._methods[name] = Method(owner, target, name)
    return found


def make(
    owner: Owner, number: int, generation: int, type_name: str, *, is_callable: bool, name: str = ""
) -> StandIn:
    """Return a stand-in whose type is called `type_name`, as reports name it."""
    return _kind(type_name, is_callable)(owner, number, generation, name)


@functools.lru_cache(maxsize=100)  # a class takes more memory than all else of a stand-in
def _kind(type_name: str, is_callable: bool) -> type[StandIn]:
    base = CallableStandIn if is_callable else StandIn
    return type(type_name if type_name.isidentifier() else "object", (base,), {})
