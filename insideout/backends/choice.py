"""Which backend a cluster gets: the one it asks for, the environment's, or embedded where only that will do.

What is asked for by name is given or refused.  What only the environment says gives way: a cell that needs
the embedded cluster has it on every machine, and a line says so; `keep_embedded` says it for all of a lesson.
"""

import functools
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TextIO

VARIABLE = "COURSE_BACKEND"
"""In the environment: the backend of clusters that do not say theirs."""
BACKENDS = ("embedded", "controlplane", "kubeconfig")
BY_NAME = "it is asked for by name"
_ASIDE: ContextVar[TextIO | None] = ContextVar("aside", default=None)
_KEPT = {"why": ""}


def choose(asked: str, only_embedded: str = "", environment: Mapping[str, str] = os.environ) -> str:
    """Return one of BACKENDS; `asked` is what the cluster itself says, "" for nothing.

    `only_embedded` says why only the embedded cluster will do, "" when any will.  ValueError for a name that
    is none, and for a backend asked for by name that will not do.
    """
    named = environment.get(VARIABLE, "embedded")
    chosen = asked or named
    if chosen not in BACKENDS:
        raise ValueError(f"no backend {chosen!r}; there are: {', '.join(BACKENDS)}")
    if asked not in ("", "embedded") and only_embedded:
        raise ValueError(f"only an embedded cluster will do, not {asked}: {only_embedded}")
    why = only_embedded or (BY_NAME if asked == "embedded" else "") or ("" if asked else _KEPT["why"])
    if not why:
        return chosen
    if named != "embedded":
        say_once(line(named, why))
    return "embedded"


def keep_embedded(why: str) -> None:
    """Have clusters that do not ask by name be embedded in this process from now on, "" for no more."""
    _KEPT["why"] = why


def line(named: str, why: str) -> str:
    """Return what is said of a cluster that is embedded although the environment names another backend."""
    return f"an embedded cluster, not {VARIABLE}={named}: {why}"


@contextmanager
def aside(stream: TextIO) -> Iterator[None]:
    """Have it said on `stream`, where sys.stderr is kept meanwhile as what somebody's code printed.

    Inside another `aside` the outer one's stream stays.
    """
    before = _ASIDE.set(_ASIDE.get() or stream)
    try:
        yield
    finally:
        _ASIDE.reset(before)


@functools.cache
def say_once(text: str) -> None:
    """Say it, unless this process has said it before."""
    print(text, file=_ASIDE.get() or sys.stderr, flush=True)
