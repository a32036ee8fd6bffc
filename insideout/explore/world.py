"""One execution: a stage, a controller, users, and a chooser that says what goes wrong at each moment.

Everything that runs at one instant runs in the order in which it fell due, unless a fault changes that.  The
clock moves only when nothing is left to do.  Users take their next step when the controller is at rest.

A controller is taken for a function of what it was told since it started: its memory needs no look inside.
So two executions are in the same state when the stores have the same history and the controllers were told
the same; `state` is a digest of both.
"""

from collections.abc import Callable

from insideout.client.interface import ApiError, Object
from insideout.explore import faults
from insideout.explore.clients import Call, Killed, WorldClient, no_answer, refusal
from insideout.explore.faults import Chooser, Fault, Moment, Spot
from insideout.explore.instance import Instance
from insideout.explore.scenario import Factory, Scenario
from insideout.explore.stage import Stage, Violated
from insideout.explore.threads import LONG, SHORT, SharedLoop, Stream
from insideout.explore.trace import CRASH, EVENT, FAULT, QUIET, START, STEP, Entry
from insideout.store import MemoryStore

QUIETNESS = "goes quiet"
NO_CRASH = "does not crash"
"""Rules that hold for every controller."""

MAX_STEPS = 3000
MAX_CRASHES = 4
LONGEST_S = 1500.0
_FIRST_BACK_OFF_S = 10.0


class Known(BaseException):
    """The execution has come to a state from which everything was tried."""


class World(Stage):
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
        super().__init__(store, scenario, seed)
        self.moments: list[Moment] = []
        self.plan: list[Fault] = []
        self._factory = factory
        self._choose = choose
        self._max_faults = max_faults
        self._is_known = is_known
        self._seed = seed
        self._numbers: dict[str, int] = {}
        self._others_loop = SharedLoop(seed, self.serials)
        self._user = self._client("user")
        self._step = 0
        self._in_step = False
        self._before_step = self.server.store.revision
        self._writes = self._turns = self._crashes = 0
        self._active_s = self._disturbed_s = 0.0
        self._next_lists_at = ""
        self._instance = Instance(0, SharedLoop(seed, self.serials), "")
        for name, make in scenario.others.items():
            make(self._client(name), self._others_loop).start()

    def _client(self, who: str) -> WorldClient:
        """Return a client for somebody whose calls never fail by a fault."""
        return WorldClient(self, self.local(who), who, None)

    def run(self) -> None:
        """Play everything, and look at the goal."""
        scenario = self.scenario
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
        self.note(QUIET, scenario.name)
        if scenario.goal is not None and (why := scenario.goal(self)):
            raise Violated(scenario.goal_name, why)

    # Calls, and what goes wrong at them.

    def call(self, instance: Instance | None, who: str, call: Call, perform: Callable[[], Object]) -> Object:
        """Do a call, with what goes wrong at it."""
        if instance is None:
            return self.perform(who, call, perform)
        self.check_alive(instance)
        fault = self._at("call", self._offers(call), call)
        if fault == faults.EARLY:
            self._take_step()
        if call.is_write:
            self._writes += 1
            self._active_s = self.now_s
            if self._writes > self.scenario.max_writes:
                self.end(Violated(QUIETNESS, self._restless()))
        if fault == faults.KILL_BEFORE:
            self._kill()
        if fault == faults.REFUSE:
            refused = refusal(call)
            self.note_call(who, call, None, None, refused.code, str(refused))
            self._tell(instance, call, refused.code)
            raise refused
        try:
            answer = self.perform(who, call, perform, lost=fault == faults.LOSE)
        except ApiError as error:
            self._tell(instance, call, error.code)
            raise
        if fault in (faults.KILL_AFTER, faults.TRAVEL):
            self._kill(str(self._before_step) if fault == faults.TRAVEL else "")
        if fault == faults.LOSE:
            self._tell(instance, call, 504)
            raise no_answer()
        self._tell(instance, call, answer)
        return answer

    def check_alive(self, instance: Instance) -> None:
        """End whoever calls for a controller that was killed, or after the end."""
        if not instance.alive:
            raise Killed
        if self.ended is not None:
            raise self.ended

    def opened(self, instance: Instance, stream: Stream) -> None:
        """Take a new watch of the controller."""
        instance.opened(stream)
        self.drain()

    def _offers(self, call: Call) -> tuple[str, ...]:
        early = (faults.EARLY,) if self._can_step() else ()
        if not call.is_write:
            return early
        travel = (faults.TRAVEL,) if self._step else ()
        kills = (faults.KILL_AFTER, faults.KILL_BEFORE)
        return (*kills, *early, faults.REFUSE, faults.LOSE, *travel)

    def _can_step(self) -> bool:
        return not self._in_step and self._step < len(self.scenario.steps)

    def _at(self, kind: str, offered: tuple[str, ...], about: Call | None = None) -> str | None:
        """Come to a moment; return the fault that happens there."""
        if not offered or len(self.plan) >= self._max_faults or self._in_step:
            return None
        number = self._numbers[kind] = self._numbers.get(kind, 0) + 1
        spot = Spot(kind, number)
        if self._is_known is not None and self._is_known(self.state):
            self.end(Known())
        self.moments.append(Moment(spot, offered))
        fault = self._choose(spot, offered)
        if fault is not None:
            self.plan.append(Fault(spot, fault))
            what = (about.verb, about.resource, about.subresource, about.name) if about else ("", "", "", "")
            self.trace.append(Entry(FAULT, self.now_s, self.scenario.name, fault, *what))
            self._disturb()
        return fault

    @property
    def state(self) -> int:
        """A digest of everything that the rest of the execution depends on."""
        return hash((self.now_s, self.history, self._step, *self._instance.state))

    def _tell(self, instance: Instance, call: Call, answer: object) -> None:
        if self._is_known is not None:
            instance.note(call.verb, call.resource, call.name, repr(answer))

    # Time and turns.

    def _settle(self, rest_s: float) -> None:
        """Run until the controller has nothing to do now and was at rest for `rest_s`."""
        while True:
            if self._turn() or self._release(SHORT, True):
                continue
            due = [loop.next_time_s() for loop in (self._instance.loop, self._others_loop)]
            when_s = min((each for each in due if each is not None), default=None)
            rested_s = max(self._active_s + rest_s, self.now_s)
            if when_s is None or when_s > rested_s:
                self._pass_time(rested_s)
                return
            if when_s > self._disturbed_s + LONGEST_S:
                self.end(Violated(QUIETNESS, self._restless()))
            self._pass_time(when_s)

    def _pass_time(self, when_s: float) -> None:
        self._others_loop.now_s = self._instance.loop.now_s = when_s
        self.move_to(when_s)

    def _turn(self) -> bool:
        """Run what fell due first; False when nothing is due."""
        self.drain()
        instance = self._instance
        own, others, stream = instance.loop.due(), self._others_loop.due(), instance.first()
        first = stream.due() if stream is not None else None
        due = [serial for serial in (own, others, first) if serial is not None]
        if not due:
            return False
        self._turns += 1
        if self._turns > MAX_STEPS:
            self.end(Violated(QUIETNESS, f"it is still at work after {MAX_STEPS} callbacks"))
        turn = min(due)
        if turn == others:
            self.history = hash((self.history, "others"))
            self._others_loop.step()
        elif stream is not None and turn == first:
            self._deliver(stream)
        elif stream is not None and self._at("callback", (faults.POSTPONE,)):
            self._deliver(stream, may_fail=False)
        else:
            instance.note("callback", self.now_s)
            self._guard(instance.loop.step)
        return True

    def _deliver(self, stream: Stream, *, may_fail: bool = True) -> None:
        event = stream.next_event()
        if event is not None:
            name = (event.object.get("metadata") or {}).get("name", "")
            if may_fail:
                early, long = ((faults.EARLY,), (faults.LONG_LAG,)) if self._can_step() else ((), ())
                about = Call("", stream.resource, "", name)
                fault = self._at("event", (*early, faults.LAG, *long, faults.SKIP), about)
                if fault == faults.EARLY:
                    self._take_step()
                elif fault is not None:
                    stream.hold(fault, self._step + 1)
                    return
            before = self._instance.told_of(stream.resource, name, event)
            who, what = self.scenario.name, (event.type, "", stream.resource, "", name)
            self.trace.append(Entry(EVENT, self.now_s, who, *what, before, event.object))
        self._guard(stream.deliver)

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

    def _take_step(self) -> None:
        """Let the user take the next step, whole."""
        step = self.scenario.steps[self._step]
        self._step += 1
        self._before_step = self.server.store.revision
        self._in_step = True
        self.note(STEP, "user", step.text)
        try:
            step.act(self._user)
        except ApiError as error:
            self.note(CRASH, "user", f"the server refuses: {error}")
        finally:
            self._in_step = False
        self._disturb()
        self.drain()

    def _disturb(self) -> None:
        """Note that something came from outside: what the controller does now it does because of that."""
        self._writes = self._turns = self._crashes = 0
        self._active_s = self._disturbed_s = self.now_s

    def _restless(self) -> str:
        since_s = self.now_s - self._disturbed_s
        return f"{self._writes} writes in the {since_s:g} s since anything came from outside, and no end"

    # The controller's lives.

    def _guard(self, run: Callable[[], object]) -> None:
        """Run a piece of the controller; start another one when it is killed or fails."""
        try:
            run()
        except (Killed, Violated, Known):
            pass  # what they say has been noted, as a controller may catch them on their way
        except Exception as error:
            if self.ended is None and self._instance.alive:
                self._crash(error)
        if self.ended is not None:
            raise self.ended
        if not self._instance.alive:
            self._start(self._next_lists_at)

    def _crash(self, error: Exception) -> None:
        """Take an error of the controller as the end of its process; another one starts after a back-off."""
        self._crashes += 1
        said = f"{type(error).__name__}: {error}"
        self.note(CRASH, self.scenario.name, said)
        if self._crashes > MAX_CRASHES:
            self.end(Violated(NO_CRASH, f"it failed {self._crashes} times, at last with {said}"))
        self._end_instance()
        back_off_s = _FIRST_BACK_OFF_S * 2 ** (self._crashes - 1)
        self._active_s = self.now_s + back_off_s
        self._instance = self._new_instance("")
        self._instance.loop.call_later(back_off_s, self._begin)

    def _kill(self, lists_at: str = "") -> None:
        self._next_lists_at = lists_at
        self._end_instance()
        raise Killed

    def _end_instance(self) -> None:
        self._instance.end()

    def _start(self, lists_at: str) -> None:
        self._instance = self._new_instance(lists_at)
        self._guard(self._begin)

    def _new_instance(self, lists_at: str) -> Instance:
        number = self._instance.number + 1
        loop = SharedLoop(self._seed + 1000 * number, self.serials)  # chance does not repeat after a restart
        loop.now_s = self.now_s
        return Instance(number, loop, lists_at)

    def _begin(self) -> None:
        instance, name = self._instance, self.scenario.name
        self.note(START, name)
        self._factory(WorldClient(self, self.local(name), name, instance), instance.loop).start()
