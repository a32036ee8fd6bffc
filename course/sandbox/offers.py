"""Which methods of a trusted object a learner's code may call when a check hands the object over.

Only what is listed here or declared by the class itself can be reached: a function handed over can be called,
a client has the seven verbs, a watch can be stopped, and any other class says `offers = ("method", ...)`.
Attributes cannot be read and names with an underscore cannot be asked for.
"""

import functools
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

from course.sandbox.standin import CallableStandIn, Method

VERBS = ("get", "list", "watch", "create", "update", "patch", "delete")
"""The methods of `insideout.client.Client`, which is a protocol: what has all seven is a client."""

_FUNCTIONS = (FunctionType, MethodType, BuiltinFunctionType, functools.partial, CallableStandIn, Method)


@dataclass(frozen=True)
class Service:
    """Where the class is that is opened, and what may be called on its objects."""

    module: str
    attribute: str
    offers: tuple[str, ...]


SERVICES = {
    "insideout.cluster.Cluster": Service(
        "course.sandbox.cluster_service",
        "ClusterService",
        offers=(
            *("stop", "run", "run_until", "now_s", "call_at", "cancel"),
            *("request", "read", "end", "client", "verb", "unwatch"),
            *("replace", "restore", "errors", "add_node", "node", "fetch", "view"),
        ),
    )
}
"""What a notebook opens by the name of a class of the package, and which lives in a process of its own."""


class NotOffered(Exception):  # noqa: N818  it says what the check did
    """A check handed over an object of a class that offers nothing: a mistake in the check."""


def offers(value: Any) -> tuple[str, ...]:
    """Return the names of the methods that may be called on `value`; NotOffered when there are none."""
    if isinstance(value, _FUNCTIONS):
        return ("__call__",)
    kind = type(value)
    declared = getattr(kind, "offers", None)
    if isinstance(declared, tuple):
        return declared
    if all(callable(getattr(kind, verb, None)) for verb in VERBS):
        return VERBS
    if callable(getattr(kind, "stop", None)):
        return ("stop",)
    raise NotOffered(
        f"a check hands a {kind.__name__} to the learner's code; give the class `offers = (...)`"
    )
