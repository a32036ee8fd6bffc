"""What of an answer counts: groups in any order, a plan by what it writes and not by who goes where."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from course.checks.call import Raised

Object = dict[str, Any]
_FIELDS = ("addresses", "conditions", "nodeName", "zone")


def groups(answer: Any) -> Any:
    """Return groups with their ports as text, members in order, and groups without members left out."""
    if type(answer) is not dict:
        return answer
    shown = {}
    for ports, members in answer.items():
        if type(members) is not list or not all(type(one) is dict and "addresses" in one for one in members):
            return answer
        if members:
            shown[_ports(ports)] = sorted((_endpoint(one) for one in members), key=repr)
    return dict(sorted(shown.items()))


def addresses(answer: Any) -> Any:
    """Return the members of a set of addresses in order; a list will do."""
    if type(answer) is dict and list(answer) == ["set of"]:
        answer = answer["set of"]
    return sorted(answer) if type(answer) is list and all(type(one) is str for one in answer) else answer


def judged(plan: Callable[..., Any]) -> Callable[..., Object]:
    """Return a function that says of `plan`'s answer what it writes, and what is wrong with it."""

    def run(slices: dict[str, list[Object]], desired: list[Object], *limit: int) -> Object:
        return effect(slices, desired, plan(slices, desired, *limit), *limit)

    return run


def effect(slices: dict[str, list[Object]], desired: list[Object], answer: Any, limit: int = 100) -> Object:
    """Return the writes of a plan by number and size, and the promises that it breaks."""
    create, update, delete = _parts(answer, slices)
    after = {name: members for name, members in slices.items() if name not in delete}
    after |= update
    contents = [*after.values(), *create]
    return {
        "creates": len(create),
        "updates": len(update),
        "deletes": len(delete),
        "endpoints in the slices written": sorted(map(len, [*create, *update.values()])),
        "problems": list(_problems(slices, desired, update, contents, limit)),
    }


def _parts(answer: Any, slices: Object) -> tuple[list[list[Object]], dict[str, list[Object]], list[str]]:
    form = "return (create, update, delete): a list of lists, a dict of lists by name, a list of names"
    if type(answer) not in (tuple, list) or len(answer) != 3:
        raise Raised("ValueError", form)
    create, update, delete = answer
    if type(create) is not list or type(update) is not dict or type(delete) not in (list, set, tuple):
        raise Raised("ValueError", form)
    for members in [*create, *update.values()]:
        if type(members) is not list or not all(type(one) is dict and "addresses" in one for one in members):
            raise Raised("ValueError", f"{form}; each holds endpoints as they were given")
    unknown = sorted(name for name in [*update, *delete] if name not in slices)
    if unknown:
        raise Raised("ValueError", f"there is no slice {unknown[0]!r} to update or delete")
    return create, update, list(delete)


def _problems(
    slices: Object, desired: list[Object], update: Object, contents: list[list[Object]], limit: int
) -> Any:
    held = Counter(_key(one) for members in contents for one in members)
    wanted = {_key(one): one for one in desired}
    if set(held) - set(wanted):
        yield "an endpoint is left that is not desired"
    if set(wanted) - set(held):
        yield "a desired endpoint is in no slice"
    if max(held.values(), default=0) > 1:
        yield "an endpoint is in two places"
    if any(wanted.get(_key(one), one) != one for members in contents for one in members):
        yield "an endpoint still has its old conditions"
    if any(len(members) > limit for members in contents):
        yield "a slice is too long"
    if any(update[name] == slices[name] for name in update):
        yield "a slice is written that did not change"
    where = {_key(one): name for name, members in slices.items() for one in members}
    moved = [
        one
        for name, members in update.items()
        for one in members
        if _key(one) in wanted and where.get(_key(one), name) != name
    ]
    if moved:
        yield "an endpoint was moved to another slice"


def _key(endpoint: Object) -> str:
    return repr(endpoint["addresses"])


def _endpoint(endpoint: Object) -> Object:
    return {key: endpoint[key] for key in _FIELDS if endpoint.get(key) is not None}


def _ports(ports: Any) -> str:
    if type(ports) is not tuple or not all(type(port) is tuple and len(port) == 3 for port in ports):
        return repr(ports)
    return (
        ", ".join(sorted(f"{name or '(no name)'} {number!r}/{proto}" for name, number, proto in ports))
        or "()"
    )
