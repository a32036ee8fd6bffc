"""A learner's notebook as the grader sees it: cells to run, names to use, and a process that may die.

A process that died or hung is started again and brought to where it was: every cell that ran before runs
again, without the one that ended it.  So such a cell, or such a function, costs its own points only.
"""

import signal
import sys
import time
from typing import Any, NamedTuple

from course.checks.call import Raised
from course.sandbox import offers, standin, told
from course.sandbox.connection import Connection, Hung
from course.sandbox.inside import wire
from course.sandbox.inside.alarm import undisturbed
from course.sandbox.inside.packed import pack
from course.sandbox.limits import Limits
from course.sandbox.raising import class_of, raised
from course.sandbox.service import Services
from course.sandbox.warm import Ending, Files, Warm

SLACK = 0.9
"""The share of a check's limit that the learner's code gets, so that its own alarm rings first."""


class Died(Exception):  # noqa: N818  it says what the process did
    """The learner's process ended or hung; the text is for the learner, `kind` names it in reports."""

    def __init__(self, message: str, kind: str = "Stopped") -> None:
        super().__init__(message)
        self.kind = kind


class CellRun(NamedTuple):
    """What came of one cell of the learner's."""

    outputs: list[told.Output]
    died: str
    wall_s: float


class Learner:
    """One notebook; `usage` adds up what its processes took."""

    def __init__(self, warm: Warm, limits: Limits, files: Files = ()) -> None:
        self._files = tuple(files)
        self._services = Services(offers.SERVICES, warm.hosts)
        self.usage: list[Ending] = []
        self._warm = warm
        self._limits = limits
        self._connection: Connection | None = None
        self._generation = 0
        self._death = Died("")
        self._output_left = told.ALL_LIMIT
        self._done: list[str] = []
        self._end_s = time.monotonic() + limits.submission_s
        self._test_end_s = self._end_s
        self._deaths_in_test = 0
        self._failing_s: dict[str, float] = {}
        self._namespace: dict[str, Any] = {}
        self._given: dict[str, Any] = {}
        self._errors: dict[str, type[Raised]] = {}

    def run(self, source: str) -> CellRun:
        """Run a cell of the learner's; whatever it does is in the result."""
        started_s = time.monotonic()
        try:
            outputs = self._run(source)
        except Died as death:
            return CellRun([told.stopped(str(death))], str(death), time.monotonic() - started_s)
        self._done.append(source)
        self._output_left -= sum(map(told.size, outputs))
        return CellRun(outputs, "", time.monotonic() - started_s)

    def begin_test(self) -> None:
        """Begin a test cell: its time and its restarts count from here."""
        self._test_end_s = min(time.monotonic() + self._limits.test_s, self._end_s)
        self._deaths_in_test = 0
        self._failing_s.pop("", None)  # functions without a name, among them callbacks of earlier cells

    def follow(self, namespace: dict[str, Any], names: dict[str, Any]) -> None:
        """Let what a test does to the notebook's `names` in its `namespace` hold for the code it calls.

        A test may delete a function, or put another in its place, to see whether the next one relies on it.
        """
        self._namespace, self._given = namespace, names

    def _changes(self, connection: Connection) -> dict[str, Any]:
        """Return which of the notebook's names the test has deleted, and what it has set others to."""
        gone = [name for name in self._given if name not in self._namespace]
        changed = {
            name: connection.encode(self._namespace[name])
            for name, value in self._given.items()
            if name in self._namespace and self._namespace[name] is not value
        }
        return {"names": {"gone": gone, "set": changed}} if gone or changed else {}

    def end_test(self) -> None:
        """Take back what the test cell handed over."""
        self._namespace, self._given = {}, {}
        if self._connection:
            self._connection.forget()
        self._test_end_s = self._end_s

    def names(self, wanted: list[str]) -> dict[str, Any]:
        """Return what names of the notebook hold, plain data or stand-ins; without those not there."""
        reply = self._request({"do": "names", "names": wanted}, self._limits.call_s + self._limits.grace_s)
        values = reply.get("values")
        if type(reply.get("error")) is dict:  # the values are too large to be told
            raise Died(f"{', '.join(wanted)}: {self._decode(told.text(reply['error'].get('message')))}")
        if type(values) is not dict:
            raise Died(self._nonsense(wire.WireError("no values")))
        found: dict[str, Any] = {}
        errors = self._classes(reply.get("errors"), wanted)
        for name in wanted:
            if name in errors:
                found[name] = errors[name]
            elif name in values:
                found[name] = self._decode(values[name])
                if isinstance(found[name], standin.StandIn):
                    found[name]._name = name
        return found

    def _classes(self, raw: Any, wanted: list[str]) -> dict[str, type[Raised]]:
        """Return classes that stand for the notebook's classes of errors, each below what it comes from."""
        told_of = {name: told.kinds(raw[name]) for name in wanted if name in raw} if type(raw) is dict else {}
        for name in sorted(told_of, key=lambda name: len(told_of[name])):
            self._errors[name] = class_of(name, told_of[name], self._errors)
        return {name: self._errors[name] for name in told_of}

    def call(
        self, target: standin.StandIn, args: tuple[Any, ...], kwargs: dict[str, Any], method: str = ""
    ) -> Any:
        """Call what `target` stands for; Raised when it raised, was too slow or took its process with it."""
        return self._timed(target, args, kwargs, {"method": method})

    def beside(self, target: standin.StandIn, helper: str, args: tuple[Any, ...]) -> Any:
        """Call `helper`, "module:function" of the package, with what `target` stands for."""
        return self._timed(target, args, {}, {"helper": helper})

    def _timed(
        self, target: standin.StandIn, args: tuple[Any, ...], kwargs: dict[str, Any], how: dict[str, Any]
    ) -> Any:
        started_s = time.monotonic()
        try:
            return self._call(target, args, kwargs, how)
        except BaseException:  # the check's own alarm too: the code was too slow
            spent_s = time.monotonic() - started_s
            self._failing_s[target._name] = self._failing_s.get(target._name, 0.0) + spent_s
            raise

    def _call(
        self, target: standin.StandIn, args: tuple[Any, ...], kwargs: dict[str, Any], how: dict[str, Any]
    ) -> Any:
        soft_s, hard_s = self._call_limits()
        if self._failing_s.get(target._name, 0.0) > self._limits.failing_s:
            soft_s = min(soft_s, self._limits.impatient_s)
            hard_s = soft_s + self._limits.grace_s
        reply = self._use(target, {"do": "call", "limit_s": soft_s} | how, hard_s, args, kwargs)
        printed = reply.get("printed")
        if type(printed) is str and printed:
            sys.stdout.write(self._decode(printed[: told.TEXT_LIMIT]))
        self._copy_back(reply.get("after"), args)
        return self._value(reply)

    def attribute(self, target: standin.StandIn, name: str) -> Any:
        """Return an attribute of what `target` stands for; AttributeError when it has none of that name."""
        soft_s, hard_s = self._call_limits()
        reply = self._use(target, {"do": "get", "name": name, "limit_s": soft_s}, hard_s)
        if reply.get("method") is True:
            return standin.method(self, target, name)
        try:
            return self._value(reply)
        except Raised as error:
            if error.kind == "AttributeError":
                raise AttributeError(error.message) from error
            raise

    def close(self) -> None:
        """End the notebook's process and what it opened."""
        self._services.close()
        if self._connection:
            self._connection.close()
            self._connection = None
            self.usage.append(self._warm.stop())

    def _run(self, source: str) -> list[told.Output]:
        self._ensure()
        limit_s = min(self._limits.cell_s, self._end_s - time.monotonic())
        if limit_s <= 0:
            raise Died(f"the notebook took more than {self._limits.submission_s:g} s in all")
        message = {"do": "run", "source": source, "limit_s": limit_s}
        try:
            with self._services.at_work(time.monotonic() + limit_s):
                reply = self._request(message, limit_s + 2 * self._limits.grace_s)
            return told.outputs(reply.get("outputs"), self._output_left)
        except wire.Unsendable as error:
            raise Died(f"the cell is too large: {error}") from error
        except wire.WireError as error:
            raise Died(self._nonsense(error)) from error

    def _use(
        self,
        target: standin.StandIn,
        message: dict[str, Any],
        hard_s: float,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        if self._deaths_in_test > self._limits.restarts_in_test:
            raise Raised(
                "Stopped", "your code ended its process several times; the other cases were not tried"
            )
        if time.monotonic() > self._test_end_s:
            raise Raised("TooSlow", "the time for this test is over; the other cases were not tried")
        try:
            connection = self._ensure()
            if target._generation != connection.generation:
                self._renew(target)
            message |= {"target": target._number} | self._changes(connection)
            packed = b""
            if message["do"] == "call" and not (packed := pack(args, kwargs or {})):
                message["args"] = [connection.encode(one) for one in args]
                message["kwargs"] = {key: connection.encode(one) for key, one in (kwargs or {}).items()}
            return self._request(message, hard_s, packed)
        except wire.Unsendable as error:
            raise Raised("Unsendable", str(error)) from error
        except Died as death:
            raise Raised(death.kind, str(death)) from death

    def _renew(self, target: standin.StandIn) -> None:
        """Find again in the new process what `target` stood for in the old one."""
        if not target._name:
            raise Raised("Stopped", "the object was lost when the notebook's process ended")
        fresh = self.names([target._name]).get(target._name)
        if not isinstance(fresh, standin.StandIn):
            raise Raised("NameError", f"{target._name} is gone after the notebook was started again")
        target._number, target._generation = fresh._number, fresh._generation

    def _request(self, message: dict[str, Any], limit_s: float, packed: bytes = b"") -> dict[str, Any]:
        """Send a request to a process that is there; Died, with the reason, when it does not survive it."""
        connection = self._ensure()
        try:
            return connection.request(message, limit_s, packed)
        except (Hung, wire.WireError) as error:
            if connection is self._connection:  # else a call to and fro ended the process, and this one too
                self._death = self._death_by(error, limit_s)
            raise self._death from error
        except wire.Unsendable:
            raise
        except BaseException:  # the check's time limit, or Ctrl-C: the reply may still come; never use it
            if connection is self._connection:
                self._bury()
            raise

    def _death_by(self, error: Hung | wire.WireError, limit_s: float) -> Died:
        if isinstance(error, wire.WireError):
            return Died(self._nonsense(error))
        self._bury()
        why = f"no answer within {limit_s:.3g} s, and the code could not be interrupted"
        return Died(f"{why}; is there a loop without an end?", "TooSlow")

    def _ensure(self) -> Connection:
        """Return the connection to the process, started and brought up to date if need be."""
        while self._connection is None:
            if self._generation > self._limits.restarts:
                raise Died("the notebook ended its process too often")
            with undisturbed():  # an answer that nobody waited for would be taken for the next one
                sock = self._warm.start(self._files)
                self._connection = Connection(sock, self._limits, self, self._generation, self._services.open)
                self._generation += 1
            for source in list(self._done):
                try:
                    self._run(source)
                except Died:
                    self._done.remove(source)
                    break
        return self._connection

    def _bury(self) -> Ending:
        self._deaths_in_test += 1
        if self._connection is None:
            return Ending()
        with undisturbed():
            self._connection.close()
            self._connection = None
            self._services.close()
            ending = self._warm.stop()
            self.usage.append(ending)
        return ending

    def _nonsense(self, error: wire.WireError) -> str:
        """Bury a process that ended or broke the rules of the channel; say for the learner what happened."""
        if self._connection is None:
            return str(error)
        ending = self._bury()
        if isinstance(error, wire.Ended) and ending.status != -signal.SIGKILL:
            return told.how(ending)
        return f"the notebook's process sent what the grader does not understand ({error})"

    def _decode(self, raw: Any) -> Any:
        connection = self._ensure()
        try:
            return connection.decode(raw)
        except wire.WireError as error:
            raise Died(self._nonsense(error)) from error
        except ReferenceError as error:
            raise Raised("ReferenceError", str(error)) from error

    def _value(self, reply: dict[str, Any]) -> Any:
        error = reply.get("error")
        try:
            if error is None:
                return self._decode(reply.get("value"))
            kind, message, where = (
                self._decode(told.text(error.get(name)) if type(error) is dict else "")
                for name in ("kind", "message", "where")
            )
        except Died as death:
            raise Raised("Stopped", str(death)) from death
        raise raised(kind, message, where, told.names(error), self._args(error), self._errors)

    def _args(self, error: dict[str, Any]) -> tuple[Any, ...]:
        """Return what an error was made of, as told; nothing where that is no tuple of plain data."""
        try:
            args = wire.decode(error.get("args"), _refused, _refused, {})
        except wire.WireError:
            return ()
        return args if type(args) is tuple else ()

    def _copy_back(self, after: Any, args: tuple[Any, ...]) -> None:
        """Do to the check's arguments what the learner's function did to its copies."""
        if type(after) is not dict:
            return
        for position, one in enumerate(args):
            if str(position) in after:
                try:
                    now = self._decode(after[str(position)])
                except Died as death:
                    raise Raised("Stopped", str(death)) from death
                if type(one) is list and type(now) is list:
                    one[:] = now
                elif type(one) is dict and type(now) is dict:
                    one.clear()
                    one.update(now)

    def _call_limits(self) -> tuple[float, float]:
        """Return how long the code may take by its own clock, and by ours."""
        left_s = signal.getitimer(signal.ITIMER_REAL)[0] if hasattr(signal, "getitimer") else 0.0
        if left_s > 0:  # the check limits the call; its alarm interrupts us
            return left_s * SLACK, left_s + self._limits.grace_s
        return self._limits.call_s, self._limits.call_s + self._limits.grace_s


def _refused(_: Any) -> Any:
    raise wire.WireError("an error holds a handle")
