"""Whether the user who asks may do something else, too: the variable `authorizer` of policies.

Source: k8s.io/apiserver/pkg/cel/library/authz.go@v1.36.2.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be decided: a path or a resource, and the service account that would ask, if another one."""

    verb: str = ""
    path: str = ""
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    account: tuple[str, str] | None = None


Decide = Callable[[Asked], tuple[bool, str]]
"""Returns whether it is allowed, and why."""


@dataclass(frozen=True, slots=True)
class Authorizer:
    """The user who asks."""

    decide: Decide
    account: tuple[str, str] | None = None
    TYPE: ClassVar[str] = "kubernetes.authorization.Authorizer"


@dataclass(frozen=True, slots=True)
class Check:
    """A question that is still being put together."""

    decide: Decide
    asked: Asked
    TYPE: ClassVar[str] = "kubernetes.authorization.ResourceCheck"


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer."""

    allowed: bool
    reason: str
    TYPE: ClassVar[str] = "kubernetes.authorization.Decision"


def _part(name: str) -> Callable[[Check, str], Check]:
    return lambda check, value: replace(check, asked=_asked(check.asked, name, value))


def _start(name: str) -> Callable[[Authorizer, str], Check]:
    return lambda who, value: Check(who.decide, _asked(Asked(account=who.account), name, value))


def _asked(asked: Asked, name: str, value: Any) -> Asked:
    return replace(asked, **{name: value})


def _check(check: Check, verb: str) -> Decision:
    return Decision(*check.decide(replace(check.asked, verb=verb)))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "path": _start("path"),
    "group": _start("group"),
    "serviceAccount": lambda who, namespace, name: replace(who, account=(namespace, name)),
    "resource": _part("resource"),
    "subresource": _part("subresource"),
    "namespace": _part("namespace"),
    "name": _part("name"),
    "fieldSelector": lambda check, _: check,
    "labelSelector": lambda check, _: check,
    "check": _check,
    "allowed": lambda decision: decision.allowed,
    "reason": lambda decision: decision.reason,
    "errored": lambda decision: False,
    "error": lambda decision: "",
}
