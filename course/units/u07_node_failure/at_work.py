"""Judges the four functions at work: each in turn is a part of a cluster's controllers in some disasters.

What must come of a disaster is what the cluster's own controllers make of it.
"""

import contextlib
import io
from collections.abc import Callable, Iterator
from itertools import pairwise, starmap
from typing import Any

from course.checks.call import Raised, plain
from course.checks.report import Case, as_yaml, kept
from course.units.u07_node_failure.disasters import SIXTY, Disaster, LearnersRules, Moment, Story, play
from course.units.u07_node_failure.objects import tolerates

Object = dict[str, Any]


@kept
def cases(name: str) -> Iterator[Case]:
    """Yield disasters for one of the functions, with what becomes of each node."""
    for rule, disasters in _DISASTERS[name].items():
        for disaster in disasters:
            yield Case(rule, (_shown(disaster),), say(play(disaster)))


def at_work(name: str, function: Callable[..., Any]) -> Callable[[Object], dict[str, str]]:
    """Return a function from a disaster to what becomes of each node when `function` decides its part."""

    def run(shown: Object) -> dict[str, str]:
        failures: list[Exception] = []
        rules = LearnersRules(**{name: _remembering(name, function, failures)})
        with contextlib.redirect_stderr(io.StringIO()):  # what a crash says there is raised here
            story = play(_disaster(shown), rules)
        if failures:
            raise failures[0]
        if story.errors:
            raise Raised("Crashed", story.errors[0])
        return say(story)

    return run


def say(story: Story) -> dict[str, str]:
    """Return in words what became of each node and pod that did not stay as it was, seconds rounded."""
    told = {}
    for name, moments in story.nodes.items():
        if len(moments) > 1:
            told[name] = ", ".join(starmap(_word, pairwise(moments)))
    return told | {name: f"deleted at {time_s:.0f} s" for name, time_s in story.deleted_s.items()}


def show(shown: Object) -> str:
    """Write the disaster."""
    return as_yaml(shown)


def _word(before: Moment, now: Moment) -> str:
    changes = [f"Ready={now.ready}"] if now.ready != before.ready else []
    changes += [f"+{taint}" for taint in now.taints if taint not in before.taints]
    changes += [f"-{taint}" for taint in before.taints if taint not in now.taints]
    return f"{' '.join(changes)} at {now.time_s:.0f} s"


def _shown(disaster: Disaster) -> Object:
    """Return the disaster as plain data: nodes by zone, their pods, and who is lost from which second."""
    told: Object = {"nodes": dict(disaster.zones)}
    told["pods on each node, with their tolerations"] = {
        name: list(tolerations) for name, tolerations in disaster.pods.items()
    }
    if disaster.silent:
        told["silent from second"] = {second: list(names) for second, names in disaster.silent.items()}
    if disaster.trouble:
        told["in trouble from second"] = {second: list(names) for second, names in disaster.trouble.items()}
    return told


def _disaster(shown: Object) -> Disaster:
    silent, trouble = shown.get("silent from second", {}), shown.get("in trouble from second", {})
    return Disaster(
        shown["nodes"],
        {second: tuple(names) for second, names in silent.items()},
        {second: tuple(names) for second, names in trouble.items()},
        shown["pods on each node, with their tolerations"],
    )


def _remembering(name: str, function: Callable[..., Any], failures: list[Exception]) -> Callable[..., Any]:
    """Return the function, which notes what it raises: the cluster only restarts a part that crashed."""

    def remember(*arguments: Any) -> Any:
        try:
            answer = function(*arguments)
            _usable(name, answer, arguments)
        except Exception as error:
            failures.append(error)
            raise
        return answer

    return remember


def _usable(name: str, answer: Any, arguments: tuple[Any, ...]) -> None:
    """Raise Raised, with what to do, for an answer that no controller could use."""
    problem = ""
    if name == "taints_for":
        pairs = isinstance(answer, set | frozenset | list | tuple)
        if not pairs or not all(isinstance(one, tuple | list) and len(one) == 2 for one in answer):
            problem = "give a set of pairs (key, effect)"
    elif name == "taint_qps":
        zones = arguments[0]
        if not isinstance(answer, dict) or any(not _is_number(answer.get(zone)) for zone in zones):
            problem = f"give a number for each of the zones {', '.join(zones)}"
    elif not _is_number(answer) and not (name == "evict_after" and answer is None):
        problem = "give a number" + (" or None" if name == "evict_after" else "")
    if problem:
        raise Raised("ValueError", f"{name} answered {_brief(answer)}; {problem}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _brief(value: Any) -> str:
    try:
        text = repr(plain(value))
    except Exception:  # whatever it is, it is no answer
        text = f"a {type(value).__name__}"
    return text if len(text) <= 80 else f"{text[:77]}..."


_ONE = Disaster({"a": 3, "b": 2}, {0: ("a0",)}, {})
_LATER = Disaster({"a": 3, "b": 2}, {7: ("a1", "b0")}, {})
_TROUBLE = Disaster({"a": 3, "b": 2}, {}, {0: ("b1",)})
_BOTH = Disaster({"a": 3, "b": 2}, {30: ("a0",)}, {0: ("a0",), 10: ("b1",)})
_PART = Disaster({"a": 5, "b": 2}, {0: ("a0", "a1", "a2")}, {})
_ZONE = Disaster({"a": 3, "b": 2}, {0: ("a0", "a1", "a2")}, {})
_PAIR = Disaster({"a": 2, "b": 3}, {0: ("a0", "a1"), 20: ("b0",)}, {})
_ALL = Disaster({"a": 2, "b": 2}, {0: ("a0",), 30: ("a1", "b0", "b1")}, {})
_ONLY = Disaster({"a": 3}, {0: ("a0", "a1", "a2")}, {})

_PODS = {
    "sixty": SIXTY,
    "two": [tolerates("unreachable", 90), tolerates("unreachable", 30), tolerates("not-ready", 40)],
    "ever": [tolerates("unreachable"), tolerates("not-ready")],
    "any": [tolerates(None, 45)],
}
_MANY = Disaster({"a": 2, "b": 2}, {0: ("a0",)}, {}, _PODS)
_MANY_IN_TROUBLE = Disaster({"a": 2, "b": 2}, {}, {5: ("b1",)}, _PODS)

_DISASTERS: dict[str, dict[str, tuple[Disaster, ...]]] = {
    "unknown_at": {"silent nodes become Unknown when the cluster's own rule says": (_ONE, _LATER)},
    "taints_for": {
        "a silent node gets the taints of its conditions": (_ONE, _LATER),
        "a node in trouble gets others, and those of a silent one when it falls silent": (_TROUBLE, _BOTH),
    },
    "evict_after": {
        "pods go when their tolerations say, after their node's NoExecute taint": (_MANY, _MANY_IN_TROUBLE),
        "pods go from tainted nodes only: not where tainting stopped or was taken back": (_ZONE, _PART, _ALL),
    },
    "taint_qps": {
        "part of a small zone: nobody gets NoExecute; a whole zone: one every ten seconds": (
            _PART,
            _ZONE,
            _PAIR,
        ),
        "every node of the cluster: tainting stops, and taints are taken back": (_ALL, _ONLY),
    },
}
