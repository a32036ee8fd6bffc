"""What a learner's process told of its cells and how it ended, in a form that a notebook can keep.

The process is not trusted: what has another form than an honest one's is cut or left out.
"""

import signal
from typing import Any

from course.sandbox.inside import wire
from course.sandbox.warm import Ending

Output = dict[str, Any]
OUTPUT_LIMIT = 60_000
"""How many characters of a cell's outputs are believed; an honest agent cuts earlier."""
ALL_LIMIT = 2_000_000
"""How many characters of all outputs of a notebook are believed."""
TEXT_LIMIT = 2_000


def outputs(raw: Any, limit: int = OUTPUT_LIMIT) -> list[Output]:
    """Return the outputs of a cell, as far as they have the right form; WireError when there are none."""
    if type(raw) is not list:
        raise wire.WireError("no outputs")
    left = min(limit, OUTPUT_LIMIT)
    found: list[Output] = []
    for one in raw[:1000]:
        if type(one) is not dict or left <= 0:
            break
        kind = one.get("kind")
        if kind == "stream":
            name = "stderr" if one.get("name") == "stderr" else "stdout"
            shown = text(one.get("text"), left)
            found.append({"kind": kind, "name": name, "text": shown})
        elif kind in ("result", "display"):
            shown = text(one.get("text"), left)
            found.append({"kind": kind, "text": shown})
        elif kind == "error":
            lines = one.get("lines")
            shown = "\n".join(text(line) for line in lines[:500])[:left] if type(lines) is list else ""
            name, message = text(one.get("name"), 200), text(one.get("message"))
            found.append({"kind": kind, "name": name, "message": message, "lines": shown.split("\n")})
        else:
            break
        left -= size(found[-1])
    return found


def size(output: Output) -> int:
    """Return what an output counts for: its characters, and what even an empty one takes."""
    words = [output.get(key, "") for key in ("text", "name", "message")]
    return 50 + sum(len(word) + 1 for word in [*words, *output.get("lines", [])])


def stopped(why: str) -> Output:
    """Return the output of a cell that ended its process, or was not run."""
    return {"kind": "error", "name": "Stopped", "message": why, "lines": [f"Stopped: {why}"]}


def text(value: Any, limit: int = TEXT_LIMIT) -> str:
    """Return the beginning of a text; nothing for what is none."""
    return wire.storable(value[:limit]) if type(value) is str else ""


def names(error: Any) -> list[str]:
    """Return the names of the classes that an error comes from, as told; none when they have another form."""
    return kinds(error.get("kinds")) if type(error) is dict else []


def kinds(raw: Any) -> list[str]:
    """Return names of classes, as told; none when they have another form."""
    return [text(one, 200) for one in raw[:20]] if type(raw) is list else []


def how(ending: Ending) -> str:
    """Say how a process ended, in words for its author."""
    if ending.status < 0:
        name = (
            signal.Signals(-ending.status).name
            if -ending.status in set(signal.Signals)
            else str(-ending.status)
        )
        why = {
            "SIGSEGV": "it touched memory that is not its own, often by endless recursion",
            "SIGXCPU": "it used up its processor time",
            "SIGABRT": "a library gave up",
        }.get(name, "")
        return f"the code ended the notebook's process with {name}" + (f": {why}" if why else "")
    return f"the code ended the notebook's process with exit status {ending.status}"
