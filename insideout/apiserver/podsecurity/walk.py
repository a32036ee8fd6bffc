"""How the checks look at a pod, and the words in which they tell who is to blame.

Source: k8s.io/pod-security-admission/policy/{visitor,helpers}.go@v1.36.2.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

Object = dict[str, Any]


class Violation(NamedTuple):
    """What a check found: in short, and in detail."""

    reason: str
    detail: str


Check = Callable[[Object, Object], Violation | None]
"""Looks at a pod's metadata and spec."""


def containers(spec: Object) -> Iterator[Object]:
    """Return the containers of all sorts."""
    for field in ("initContainers", "containers", "ephemeralContainers"):
        yield from spec.get(field) or ()


def context(holder: Object) -> Object:
    """Return the security context of a pod's spec or of a container."""
    return holder.get("securityContext") or {}


def contexts(spec: Object) -> Iterator[tuple[str, Object]]:
    """Return the names of the containers, each with its security context."""
    return ((container["name"], context(container)) for container in containers(spec))


def is_windows(spec: Object) -> bool:
    """Tell whether the pod says that it runs on Windows."""
    return bool((spec.get("os") or {}).get("name") == "windows")


def has_own_users(spec: Object) -> bool:
    """Tell whether the pod has a user namespace of its own."""
    return spec.get("hostUsers") is False


def quoted(items: Iterable[str]) -> str:
    """Return the items in quotation marks."""
    return ", ".join(f'"{item}"' for item in items)


def plural(word: str, count: int) -> str:
    """Return the word for so many."""
    return word if count == 1 else word + "s"


def uses(names: list[str]) -> str:
    """Return containers by their names with a verb: the container "a" uses, two use."""
    return f"{named(names)} {'uses' if len(names) == 1 else 'use'}"


def named(names: list[str]) -> str:
    """Return containers by their names."""
    return f"{plural('container', len(names))} {quoted(names)}"


def blamed(pod: bool, names: list[str]) -> list[str]:
    """Return who set something: the pod itself, containers, or both."""
    return (["pod"] if pod else []) + ([named(names)] if names else [])
