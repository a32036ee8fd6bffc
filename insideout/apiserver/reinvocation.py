"""Being asked again: mutating policies and webhooks that want to see what came after them.

When one of them changed an object, everything that may change objects runs a second time, and of these two
plugins those take part whose reinvocationPolicy is IfNeeded and after whom something changed.

Source: k8s.io/apiserver/pkg/admission/reinvocation.go, .../plugin/webhook/mutating/reinvocationcontext.go,
.../plugin/policy/mutating/reinvocationcontext.go@v1.36.2.
"""

from collections.abc import Hashable
from typing import Any

from insideout.apimachinery.copies import copied

Object = dict[str, Any]


class Turns:
    """Who of one plugin was asked and wants to be asked again when something changes afterwards."""

    def __init__(self) -> None:
        self._invoked: set[Hashable] = set()
        self._required: set[Hashable] = set()
        self._last: Object | None = None

    def begin(self, obj: Object | None) -> set[Hashable]:
        """Return who takes part in the second round, which begins with an object."""
        if obj != self._last:
            self.require()
        return set(self._required)

    def end(self, obj: Object | None) -> None:
        """Note the object with which a round of this plugin ended."""
        self._last = copied(obj)

    def asked(self, who: Hashable) -> None:
        """Note somebody who wants to be asked again."""
        self._invoked.add(who)

    def require(self) -> None:
        """Ask those again that have been asked so far."""
        self._required |= self._invoked
        self._invoked = set()


class Rounds:
    """The two rounds of one request."""

    def __init__(self) -> None:
        self.changed = False
        """Whether anybody changed the object."""
        self.second = False
        self.policies = Turns()
        self.webhooks = Turns()
