"""One call of the learner's code: plain data in, plain data out, and nothing it does can hurt the check.

What it prints, warns or writes to stderr is kept for the report and costs nothing.
"""

import contextlib
import io
import linecache
import signal
import sys
import threading
import traceback
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from course.checks import jumps
from insideout.backends import choice

LIMIT_S = 5.0
"""How long one call may take."""
AGAIN_S = 0.3
"""How soon code that goes on after its limit is stopped again."""
PRINTED_LIMIT = 2_000
"""How many characters of the learner's own output are kept."""

_OURS = tuple(str(Path(__file__).parents[2] / name) for name in ("course", "insideout"))
"""Where the lines are that are not the learner's."""
_LIBRARIES = {"course", "insideout", "kubernetes", "urllib3", *sys.stdlib_module_names}
"""What a learner's code calls and may have locks."""


class Raised(Exception):  # noqa: N818  it says what happened, like an outcome
    """The learner's code raised: `kind` and `message` name the error, `where` the line of theirs.

    `kinds` are the names of the error's class and of those that it comes from.
    """

    def __init__(self, kind: str, message: str, where: str = "", kinds: Iterable[str] = ()) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message
        self.where = where
        self.kinds = frozenset((kind, *kinds))


def kinds_of(error: BaseException) -> frozenset[str]:
    """Return the names of an error's class and of those that it comes from, in the learner's process too."""
    if isinstance(error, Raised):
        return error.kinds
    return frozenset(one.__name__ for one in type(error).__mro__)


class Outcome(NamedTuple):
    """What came of a call: a plain value, or what was raised; and what the code printed meanwhile."""

    value: Any
    raised: Raised | None
    printed: str
    arguments_after: tuple[Any, ...]

    @property
    def kind(self) -> str:
        """The name of the error that was raised; empty where none was."""
        return self.raised.kind if self.raised else ""


class TooSlow(BaseException):
    """Raised in code that passes its time limit; not an Exception, so that `except Exception` lets it out."""


class NotPlain(Exception):  # noqa: N818  as above
    """A value that is not plain data."""


def call(function: Callable[..., Any], arguments: tuple[Any, ...], limit_s: float | None = None) -> Outcome:
    """Call `function` with copies of `arguments` and return what came of it, whatever it does.

    It may take `limit_s`, LIMIT_S when that is not given.
    """
    limit_s = LIMIT_S if limit_s is None else limit_s
    given = tuple(_copy(argument) for argument in arguments)
    printed = _Bounded()
    value: Any = None
    raised: Raised | None = None
    with _kept(printed):
        try:
            with _deadline(limit_s):
                value = function(*given)
        except KeyboardInterrupt:
            raise
        except TooSlow:
            raised = _too_slow(limit_s)
        except Raised as error:
            raised = _too_slow(limit_s) if error.kind == "TooSlow" else error
        except BaseException as error:
            raised = Raised(type(error).__name__, _message(error), _where(error), kinds_of(error))
    if raised is None:
        try:
            value = plain(value)
        except NotPlain as error:
            value, raised = None, Raised("NotPlain", str(error))
    return Outcome(value, raised, printed.getvalue(), given)


@contextlib.contextmanager
def _kept(printed: io.StringIO) -> Iterator[None]:
    """Keep what is printed, but not what a check's own cluster has to say of where it lives."""
    with (
        choice.aside(sys.stderr),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
    ):
        yield


def _too_slow(limit_s: float) -> Raised:
    return Raised("TooSlow", f"no answer within {limit_s:.2g} s; is there a loop without an end?")


def _copy(value: Any) -> Any:
    """Copy plain data; unlike deepcopy, let no two places share one dict or list."""
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_copy(item) for item in value)
    return set(value) if isinstance(value, set) else value


def plain(value: Any) -> Any:
    """Return `value` made of dict, list, str, int, float, bool and None only; tuples become lists.

    A set becomes {"set of": [...]} with its members in order, a Counter, OrderedDict or defaultdict a dict.
    Raises NotPlain for any other type, also for a learner's subclasses of these: they could answer a
    comparison as they please.
    """
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if kind in (list, tuple):
        return [plain(item) for item in value]
    if kind in (set, frozenset):
        return {"set of": sorted((plain(item) for item in value), key=repr)}
    if kind in (dict, Counter, OrderedDict, defaultdict):
        return {_plain_key(key): plain(item) for key, item in value.items()}
    raise NotPlain(f"the answer holds a {kind.__name__}; give back dict, list, str, int, float, bool or None")


def _plain_key(key: Any) -> Any:
    if type(key) in (str, int, bool) or key is None:
        return key
    if type(key) is tuple:
        return tuple(_plain_key(part) for part in key)
    raise NotPlain(f"a key of the answer is a {type(key).__name__}; keys are strings or numbers")


def equal(expected: Any, got: Any) -> bool:
    """Tell whether two plain values are the same; True is not 1, and 2.0 is 2."""
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    if isinstance(expected, dict) and isinstance(got, dict):
        return expected.keys() == got.keys() and all(equal(expected[key], got[key]) for key in expected)
    if isinstance(expected, list) and isinstance(got, list):
        return len(expected) == len(got) and all(map(equal, expected, got))
    return bool(expected == got)


class _Bounded(io.StringIO):
    """Text that stops growing: endless printing costs no memory."""

    def write(self, text: str) -> int:
        room = PRINTED_LIMIT - self.tell()
        if room > 0:
            super().write(str(text)[:room])
        return len(text)


def clock() -> tuple[int, int]:
    """Return the timer that limits a call, and its signal: seconds are those on the wall."""
    return signal.ITIMER_REAL, signal.SIGALRM


@contextlib.contextmanager
def _deadline(limit_s: float) -> Iterator[None]:
    """Raise TooSlow in the code inside after `limit_s`, given the main thread.

    Code that catches it gets it again at its next line, so that a loop with `except BaseException` ends, too.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    if not hasattr(signal, "setitimer"):
        with jumps.deadline(limit_s, TooSlow):
            yield
        return
    tracing, expired = sys.gettrace(), 0

    def stop(frame: FrameType, event: str, argument: Any) -> Any:
        # Not "exception": the one that is on its way would only be replaced.  Nor on lines of _LIBRARIES:
        # at the end of a `with` it would keep a lock for good, such as cached_property's before Python 3.12.
        if event == "line" and _package(frame) not in _LIBRARIES:
            raise TooSlow
        return stop

    def expire(signum: int, frame: FrameType | None) -> None:
        nonlocal expired
        expired += 1
        if expired > 1:
            sys.settrace(stop)
            while frame is not None and frame.f_code.co_filename != __file__:
                frame.f_trace = stop
                frame = frame.f_back
        raise TooSlow

    timer, its_signal = clock()
    before = signal.signal(its_signal, expire)
    signal.setitimer(timer, limit_s, AGAIN_S)
    try:
        yield
    finally:
        signal.setitimer(timer, 0)
        signal.signal(its_signal, before)
        if expired > 1:
            sys.settrace(tracing)


def _package(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as worse:  # a __str__ of the learner's own
        return f"(its message cannot be shown: {type(worse).__name__})"


def _where(error: BaseException) -> str:
    """Return the learner's line that raised, as "line 3: total += item"."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if not frame.filename.startswith(_OURS):
            line = frame.line or linecache.getline(frame.filename, frame.lineno or 0).strip()
            return f"line {frame.lineno}: {line}" if line else f"line {frame.lineno}"
    return ""
