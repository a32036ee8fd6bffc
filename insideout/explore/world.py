"""One execution: a server, a controller, users, and a chooser that says what goes wrong at each moment.

Everything that runs at one instant runs in the order in which it fell due, unless a fault changes that.  The
clock moves only when nothing is left to do.  Users take their next step when the controller is at rest.

A controller is taken for a function of what it was told since it started: its memory needs no look inside.
So two executions are in the same state when the stores have the same history and the controllers were told
the same; `state` is a digest of both.
"""

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from insideout.apiserver.server import ApiServer
from insideout.client.interface import ApiError, Object
from insideout.client.local import LocalClient
from insideout.explore import faults
from insideout.explore.clients import Call, Killed, WorldClient, no_answer, refusal
from insideout.explore.faults import Chooser, Moment, Spot
from insideout.explore.scenario import Component, Factory, Scenario, Write
from insideout.explore.threads import LONG, SHORT, SharedLoop, Stream
from insideout.explore.trace import CALL, CRASH, EVENT, FAULT, QUIET, START, STEP, Entry
from insideout.sim.loop import Loop
from insideout.store import MemoryStore

QUIETNESS = "goes quiet"
NO_CRASH = "does not crash"
"""Rules that hold for every controller."""

MAX_STEPS = 3000
MAX_CRASHES = 4
LONGEST_S = 1500.0
_FIRST_BACK_OFF_S = 10.0


class Violated(BaseException):  # noqa: N818  it is what the search looks for
    """A rule does not hold; the controller's own handlers have no say in it."""

    def __init__(self, rule: str, why: str) -> None:
        super().__init__(f"{rule}: {why}")
        self.rule = rule
        self.why = why


class Known(BaseException):  # noqa: N818  nothing is wrong: the rest has been seen
    """The execution has come to a state from which everything was tried."""


class Instance:
    """One run of the controller, from its start to its end."""

    def __init__(self, number: int, loop: SharedLoop, lists_at: str) -> None:
        self.number = number
        self.loop = loop
        self.lists_at = lists_at
        """The version that a lagging cache lists, "" for the present."""
        self.streams: list[Stream] = []
        self.alive = True
        self.told = 0
        """A digest of what it was told."""
        self.component: Component | None = None


class World:
    """An execution under way; `run` returns when it is over, or raises Violated or Known."""

    def __init__(
        self,
        store: MemoryStore,
        factory: Factory,
        scenario: Scenario,
        choose: Chooser,
        *,
        seed: int = 0,
        max_faults: int = 8,
        is_known: Callable[[int], bool] | None = None,
    ) -> None:
        self.moments: list[Moment] = []
        self.plan: list[faults.Fault] = []
        self.trace: list[Entry] = []
        self.notes: dict[str, Any] = {}
        self.serials = count()
        self.now_s = 0.0
        self._scenario = scenario
        self._factory = factory
        self._choose = choose
        self._max_faults = max_faults
        self._is_known = is_known
        self._seed = seed
        self._loop = Loop(seed=seed + 1)  # the objects at the start have the UIDs of the seed itself
        self._server = ApiServer(self._loop, store.fork())
        self._others_loop = SharedLoop(seed, self.serials)
        self._user = self.client("user")
        self._numbers: dict[str, int] = {}
        self._step = 0
        self._in_step = False
        self._before_step = self._server.store.revision
        self._history = 0
        self._writes = 0
        self._steps = 0
        self._crashes = 0
        self._active_s = 0.0
        self._disturbed_s = 0.0
        self._instance = Instance(0, SharedLoop(seed, self.serials), "")
        self._next_lists_at = ""
        self._ended: BaseException | None = None
        for name, make in scenario.others.items():
            make(self.client(name), self._others_loop).start()

    def client(self, who: str) -> WorldClient:
        """Return a client for somebody whose calls never fail by a fault."""
        return WorldClient(self, LocalClient(self._server, who), who, None)

    # What checks look at.

    def get(self, resource: str, name: str, namespace: str = "default") -> Object | None:
        """Return an object, or None."""
        kind = self._server.registry.named(resource)
        if kind is None:
            raise LookupError(f"the server serves no resource {resource!r}")
        pair = self._server.resources.find(kind, namespace if kind.namespaced else "", name)
        if pair is None:
            return None
        return self._server.resources.get(kind, namespace if kind.namespaced else "", name).object

    def list(self, resource: str, namespace: str = "") -> Sequence[Object]:
        """Return all objects of a resource."""
        listed = LocalClient(self._server, share=True).list(resource, namespace or None)
        items: list[Object] = listed["items"]
        return items

    # The execution.

    def run(self) -> None:
        """Play everything, and look at the goal."""
        scenario = self._scenario
        self._start("")
        while True:
            self._settle(scenario.settle_s)
            if self._at("pause", (faults.RESTART,)):
                self._end_instance()
                self._start("")
                continue
            last = self._step >= len(scenario.steps)
            if self._release(LONG, last):
                continue
            if not last:
                self._take_step()
                continue
            self._settle(scenario.quiet_s)
            if not self._release(LONG, True):
                break
        self._note(QUIET, scenario.name)
        if scenario.goal is not None and (why := scenario.goal(self)):
            raise Violated(scenario.goal_name, why)

    def call(
        self, instance: Instance | None, who: str, call: Call, perform: Callable[[], Object]
    ) -> Object:
        """Do a call, with what goes wrong at it."""
        if instance is None:
            return self._perform(who, call, perform)
        self.check_alive(instance)
        if self._ended is not None:
            raise self._ended
        fault = self._at("call", self._offers(call), call)
        if fault == faults.EARLY:
            self._take_step()
        if call.is_write:
            self._writes += 1
            self._active_s = self.now_s
            if self._writes > self._scenario.max_writes:
                self._end(Violated(QUIETNESS, self._restless()))
        if fault == faults.KILL_BEFORE:
            self._kill(instance)
        if fault == faults.REFUSE:
            refused = refusal(call)
            self._note_call(who, call, None, None, refused.code, str(refused))
            self._tell(instance, call, refused.code)
            raise refused
        try:
            answer = self._perform(who, call, perform, lost=fault == faults.LOSE)
        except ApiError as error:
            self._tell(instance, call, error.code)
            raise
        if fault in (faults.KILL_AFTER, faults.TRAVEL):
            past = str(self._before_step) if fault == faults.TRAVEL else ""
            self._kill(instance, past)
        if fault == faults.LOSE:
            self._tell(instance, call, 504)
            raise no_answer()
        self._tell(instance, call, answer)
        return answer

    def check_alive(self, instance: Instance) -> None:
        """End whoever calls for a controller that was killed."""
        if not instance.alive:
            raise Killed

    def opened(self, instance: Instance, stream: Stream) -> None:
        """Take a new watch of the controller."""
        instance.streams = [each for each in instance.streams if each.is_open]
        instance.streams.append(stream)
        if instance.lists_at:
            stream.hold(faults.LAG, 0)
        self._drain()

    def _offers(self, call: Call) -> tuple[str, ...]:
        early = (faults.EARLY,) if self._can_step() else ()
        if not call.is_write:
            return early
        travel = (faults.TRAVEL,) if self._step else ()
        kills = (faults.KILL_AFTER, faults.KILL_BEFORE)
        return (*kills, *early, faults.REFUSE, faults.LOSE, *travel)

    def _can_step(self) -> bool:
        return not self._in_step and self._step < len(self._scenario.steps)

    def _at(self, kind: str, offered: tuple[str, ...], call: Call | None = None) -> str | None:
        """Come to a moment; return the fault that happens there."""
        if not offered or len(self.plan) >= self._max_faults or self._in_step:
            return None
        number = self._numbers[kind] = self._numbers.get(kind, 0) + 1
        spot = Spot(kind, number)
        if self._is_known is not None and self._is_known(self.state):
            self._end(Known())
        self.moments.append(Moment(spot, offered))
        fault = self._choose(spot, offered)
        if fault is not None:
            self.plan.append(faults.Fault(spot, fault))
            what = (call.verb, call.resource, call.subresource, call.name) if call else ("", "", "", "")
            self.trace.append(Entry(FAULT, self.now_s, self._scenario.name, fault, *what))
            self._disturb()
        return fault

    @property
    def state(self) -> int:
        """A digest of everything that the rest of the execution depends on."""
        streams = tuple(
            (each.resource, each.delivered, each.waiting, each.held) for each in self._instance.streams
        )
        instance = self._instance
        return hash((self.now_s, self._history, self._step, instance.number, instance.told, streams))

    def _tell(self, instance: Instance, call: Call, answer: object) -> None:
        if self._is_known is not None:
            instance.told = hash((instance.told, call.verb, call.resource, call.name, repr(answer)))

    def _perform(self, who: str, call: Call, perform: Callable[[], Object], *, lost: bool = False) -> Object:
        if not call.is_write:
            return perform()
        before = self._look(call)
        try:
            answer = perform()
        except ApiError as error:
            self._note_call(who, call, before, before, error.code, str(error))
            raise
        self._drain()
        name = call.name
        if call.verb == "create" and not call.subresource:
            name = answer["metadata"]["name"]
            call = call._replace(name=name)
        after = self._look(call)
        self._history = hash((self._history, who, call.verb, call.resource, name, repr(after)))
        code, message = (504, str(no_answer())) if lost else (200, "")
        self._note_call(who, call, before, after, code, message)
        write = Write(
            who, call.verb, call.resource, call.subresource, call.namespace, name, before, after, 200
        )
        for rule, check in self._scenario.always.items():
            if why := check(self, write):
                self._end(Violated(rule, why))
        return answer

    def _look(self, call: Call) -> Object | None:
        return self.get(call.resource, call.name, call.namespace)

    # Time and turns.

    def _settle(self, rest_s: float) -> None:
        """Run until the controller has nothing to do now and was at rest for `rest_s`."""
        while True:
            if self._turn():
                continue
            if self._release(SHORT, True):
                continue
            due = [loop.next_time_s() for loop in (self._instance.loop, self._others_loop)]
            when_s = min((each for each in due if each is not None), default=None)
            if when_s is None or when_s > self._active_s + rest_s:
                return
            if when_s > self._disturbed_s + LONGEST_S:
                self._end(Violated(QUIETNESS, self._restless()))
            self._move_to(when_s)

    def _turn(self) -> bool:
        """Run what fell due first; False when nothing is due."""
        self._drain()
        instance = self._instance
        streams = [(serial, each) for each in instance.streams if (serial := each.due()) is not None]
        own, others = instance.loop.due(), self._others_loop.due()
        first = min((serial for serial, _ in streams), default=None)
        due = [serial for serial in (own, others, first) if serial is not None]
        if not due:
            return False
        self._steps += 1
        if self._steps > MAX_STEPS:
            self._end(Violated(QUIETNESS, f"it is still at work after {MAX_STEPS} callbacks"))
        turn = min(due)
        if turn == others:
            self._history = hash((self._history, "others"))
            self._others_loop.step()
        elif turn == own:
            if first is not None and self._at("callback", (faults.POSTPONE,)):
                self._deliver(min(streams, key=lambda each: each[0])[1], may_fail=False)
            else:
                instance.told = hash((instance.told, "callback", self.now_s))
                self._guard(instance.loop.step)
        else:
            self._deliver(next(each for serial, each in streams if serial == turn))
        return True

    def _deliver(self, stream: Stream, *, may_fail: bool = True) -> None:
        if may_fail and stream.next_event() is not None:
            lags = (faults.LAG, faults.LONG_LAG, faults.SKIP) if self._can_step() else (faults.LAG, faults.SKIP)
            early = (faults.EARLY,) if self._can_step() else ()
            fault = self._at("event", (*early, *lags))
            if fault == faults.EARLY:
                self._take_step()
            elif fault is not None:
                stream.hold(fault, self._step + 1)
                return
        event = stream.next_event()
        instance = self._instance
        if event is not None:
            metadata = event.object.get("metadata") or {}
            name, version = metadata.get("name", ""), metadata.get("resourceVersion", "")
            text, resource = event.type, stream.resource
            self.trace.append(
                Entry(EVENT, self.now_s, self._scenario.name, text, "", resource, "", name, after=event.object)
            )
            instance.told = hash((instance.told, text, resource, name, version))
        self._guard(stream.deliver)

    def _guard(self, run: Callable[[], object]) -> None:
        """Run a piece of the controller; start another one when it is killed or fails."""
        try:
            run()
        except (Killed, Violated, Known):
            pass  # what they say has been noted, as a controller may catch them on their way
        except Exception as error:
            if self._ended is None and self._instance.alive:
                self._crash(error)
        if self._ended is not None:
            raise self._ended
        if not self._instance.alive:
            self._start(self._next_lists_at)

    def _crash(self, error: Exception) -> None:
        """Take an error of the controller as the end of its process; another one starts after a back-off."""
        self._crashes += 1
        said = f"{type(error).__name__}: {error}"
        self.trace.append(Entry(CRASH, self.now_s, self._scenario.name, said))
        if self._crashes > MAX_CRASHES:
            self._end(Violated(NO_CRASH, f"it failed {self._crashes} times, at last with {said}"))
        self._end_instance()
        back_off_s = _FIRST_BACK_OFF_S * 2 ** (self._crashes - 1)
        self._active_s = self.now_s + back_off_s
        self._instance = self._new_instance("")
        self._instance.loop.call_later(back_off_s, self._begin)

    def _end(self, how: BaseException) -> None:
        """End the execution."""
        self._ended = how
        raise how

    def _kill(self, instance: Instance, lists_at: str = "") -> None:
        self._next_lists_at = lists_at
        self._end_instance()
        raise Killed

    def _end_instance(self) -> None:
        self._instance.alive = False
        for stream in self._instance.streams:
            stream.stop()

    def _start(self, lists_at: str) -> None:
        self._instance = self._new_instance(lists_at)
        self._guard(self._begin)

    def _new_instance(self, lists_at: str) -> Instance:
        number = self._instance.number + 1
        loop = SharedLoop(self._seed + 1000 * number, self.serials)  # chance does not repeat after a restart
        loop.now_s = self.now_s
        return Instance(number, loop, lists_at)

    def _begin(self) -> None:
        instance = self._instance
        self._note(START, self._scenario.name)
        local = LocalClient(self._server, self._scenario.name)
        client = WorldClient(self, local, self._scenario.name, instance)
        instance.component = self._factory(client, instance.loop)
        instance.component.start()

    def _take_step(self) -> None:
        """Let the user take the next step, whole."""
        step = self._scenario.steps[self._step]
        self._step += 1
        self._before_step = self._server.store.revision
        self._in_step = True
        self.trace.append(Entry(STEP, self.now_s, "user", step.text))
        try:
            step.act(self._user)
        except ApiError as error:
            self.trace.append(Entry(CRASH, self.now_s, "user", f"the server refuses: {error}"))
        finally:
            self._in_step = False
        self._disturb()
        self._drain()

    def _disturb(self) -> None:
        """Note that something came from outside: what the controller does now it does because of that."""
        self._writes = self._steps = self._crashes = 0
        self._active_s = self._disturbed_s = self.now_s

    def _release(self, kinds: tuple[str, ...], may: bool) -> bool:
        """Let held streams go; a long hold only ends after the user's next step, or when there is none."""
        held = [
            each
            for each in self._instance.streams
            if each.held in kinds and (may or each.held_until <= self._step)
        ]
        for stream in held:
            stream.release()
        if held:
            self._instance.lists_at = ""
            self._active_s = self.now_s
        return bool(held)

    def _drain(self) -> None:
        """Let the server do what is due: it tells watchers."""
        loop = self._loop
        while (due_s := loop.next_time_s()) is not None and due_s <= self.now_s:
            loop.step()

    def _move_to(self, when_s: float) -> None:
        self.now_s = self._others_loop.now_s = self._instance.loop.now_s = when_s
        self._drain()
        self._loop.now_s = when_s

    def _restless(self) -> str:
        since_s = self.now_s - self._disturbed_s
        return f"{self._writes} writes in the {since_s:g} s since anything came from outside, and no end"

    def _note(self, kind: str, who: str) -> None:
        self.trace.append(Entry(kind, self.now_s, who))

    def _note_call(
        self, who: str, call: Call, before: Object | None, after: Object | None, code: int, message: str
    ) -> None:
        self.trace.append(
            Entry(
                *(CALL, self.now_s, who, "", call.verb, call.resource, call.subresource, call.name),
                *(before, after, call.sent, code, message),
            )
        )
