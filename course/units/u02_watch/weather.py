"""Bad weather between a component and the API server, drawn with a seed: what a watch has to survive.

A watch breaks after a few events, and what was under way is lost.  Events come late.  A watch is answered
with 410 Expired although its version is young, as when the watch cache has moved on.  A list not older than a
version can be refused with 504 for good, as by a server whose history was restored from a backup.  And a list
at "0" comes from a cache that lags: it shows what the last list or watch but one began with.  Only a list
without a version always tells the latest state.
"""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from course.units.u02_watch.answers import Changes, Reflector, WorkQueue
from insideout.backends.embedded import EmbeddedBackend
from insideout.client.interface import ApiError, Client, Object, WatchEvent
from insideout.scheduler.fed import ALARM, NAMESPACE, RESOURCE, Feeder, feeder_of, missing
from insideout.sim.loop import Loop
from insideout.view.tables import Table

WORDS = ("break", "late", "expired", "refused")
STORM_S, CALM_S = 40.0, 30.0
_ALL = 10_000
_GONE = WatchEvent("ERROR", {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old"})


class Weather:
    """A client whose lists and watches go through the weather, until `calm` is set."""

    def __init__(self, client: Client, loop: Loop, rng: random.Random) -> None:
        self.calm = False
        self.log: list[str] = []
        """What happened, a word each: break, late, expired, refused, stale."""
        self._client = client
        self._loop = loop
        self._rng = rng
        self._seen = ["", ""]  # the versions with which the last list or watch but one, and the last, began
        self._refused: set[str] = set()
        self._line: Line | None = None

    def __getattr__(self, verb: str) -> Any:
        """Pass on what the weather does not touch."""
        return getattr(self._client, verb)

    def list(self, resource: str, namespace: str | None = None, *, resource_version: str = "") -> Object:
        """List, from where the version says."""
        if resource_version == "0" and self._seen[0] and not self.calm:
            self.log.append("stale")
            return self._client.list(resource, namespace, resource_version=self._seen[0], limit=_ALL)
        if resource_version not in ("", "0") and not self.calm and self._rng.random() < 0.4:
            self._refused.add(resource_version)
        if resource_version in self._refused:
            self.log.append("refused")
            raise ApiError({"kind": "Status", "code": 504, "reason": "Timeout", "message": "too large"})
        answer = self._client.list(resource, namespace, resource_version=resource_version)
        self._seen = [self._seen[1], answer["metadata"]["resourceVersion"]]
        return answer

    def watch(
        self,
        resource: str,
        on_event: Callable[[WatchEvent], object],
        namespace: str | None = None,
        *,
        resource_version: str = "",
        on_close: Callable[[], object] | None = None,
    ) -> "Line":
        """Watch, through the weather."""
        if resource_version not in ("", "0"):
            self._seen = [self._seen[1], resource_version]
        line = self._line = Line(self, self._loop, self._rng, on_event, on_close)
        if not self.calm and self._rng.random() < 0.2:
            self.log.append("expired")
            line.hear(_GONE)
        else:
            line.watch = self._client.watch(
                resource, line.hear, namespace, resource_version=resource_version, on_close=line.close
            )
        return line

    def expire(self) -> None:
        """Cut the watch off and let it hear 410 a second later, whatever happens in between."""
        if self._line is not None:
            self.log.append("expired")
            self._line.expire()


class Line:
    """One watch through the weather: events in their order, some late, until it breaks."""

    def __init__(
        self,
        weather: Weather,
        loop: Loop,
        rng: random.Random,
        on_event: Callable[[WatchEvent], object],
        on_close: Callable[[], object] | None,
    ) -> None:
        self.watch: Any = None
        self._weather = weather
        self._loop = loop
        self._rng = rng
        self._on_event = on_event
        self._on_close = on_close
        self._left = rng.randint(1, 6)
        self._free_s = 0.0
        self._open = True

    def hear(self, event: WatchEvent) -> None:
        """Deliver an event, now or later."""
        delay_s = 0.0
        if not self._weather.calm and self._rng.random() < 0.4:
            delay_s = self._rng.uniform(0.5, 4)
            self._weather.log.append("late")
        self._free_s = max(self._free_s, self._loop.now_s + delay_s)
        self._loop.call_at(self._free_s, self._deliver, event)

    def _deliver(self, event: WatchEvent) -> None:
        if not self._open:
            return
        self._left -= 1
        if self._left < 0 and not self._weather.calm:
            self._weather.log.append("break")
            self.close()
            return
        self._on_event(event)

    def expire(self) -> None:
        """Hear nothing more but 410, in a second."""
        if self._open:
            self.stop()
            self._loop.call_later(1.0, self._on_event, _GONE)

    def close(self) -> None:
        """Break: what is under way is lost."""
        if self._open:
            self.stop()
            if self._on_close is not None:
                self._loop.call_soon(self._on_close)

    def stop(self) -> None:
        """End it from the client's side."""
        self._open = False
        if self.watch is not None:
            self.watch.stop()


class Run:
    """One run through a storm: pods come and go while the scheduler works; then it is calm."""

    def __init__(self, make: Callable[[Client, Loop], Feeder], seed: int) -> None:
        self._rng = random.Random(f"storm/{seed}")
        backend = EmbeddedBackend(seed=seed)
        self.client, loop = backend.client("user"), backend.loop
        weather = Weather(backend.client("scheduler"), loop, random.Random(f"weather/{seed}"))
        self.weather = weather
        self.feeder = make(weather, loop)  # type: ignore[arg-type]  # it passes the other verbs on
        self.feeder.start()
        for act_s in sorted(self._rng.uniform(0, STORM_S) for _ in range(24)):
            loop.call_at(act_s, self._act)
        loop.run(STORM_S)
        weather.calm = True
        self._create("last")
        loop.run(5)
        weather.expire()
        self._delete()
        self._create("end")
        loop.run(CALM_S)
        self.feeder.stop()

    def _act(self) -> None:
        """Create a pod, delete one, put another in its place at once, or touch one."""
        names = [pod["metadata"]["name"] for pod in self.client.list(RESOURCE, NAMESPACE)["items"]]
        chance = self._rng.random()
        if names and chance < 0.45:
            name = self._delete()
            if chance < 0.25:
                self._create(name)
        elif names and chance < 0.6:
            patch = {"metadata": {"labels": {"touched": str(self._rng.randint(0, 99))}}}
            self.client.patch(RESOURCE, self._rng.choice(names), patch, NAMESPACE)
        else:
            free = [name for name in ("a", "bb", "c", "dd", "e") if name not in names]
            if free:
                self._create(self._rng.choice(free))

    def _delete(self) -> str:
        """Delete one of the pods; return its name."""
        pods = self.client.list(RESOURCE, NAMESPACE)["items"]
        name = str(self._rng.choice([pod["metadata"]["name"] for pod in pods]))
        self.client.delete(RESOURCE, name, NAMESPACE, grace_period_s=0)
        return name

    def _create(self, name: str) -> None:
        self.client.create(RESOURCE, pod(name), NAMESPACE)

    @property
    def problem(self) -> str | None:
        """What went wrong, in a sentence."""
        for alarm in self.client.list("configmaps", NAMESPACE)["items"]:
            if alarm["metadata"]["name"] == ALARM:
                return str(alarm["data"]["what"])
        return missing(self.feeder, self.client.list(RESOURCE, NAMESPACE)["items"])


def pod(name: str) -> Object:
    """Return a pod for nobody but the scheduler under test."""
    spec = {"containers": [{"name": "app", "image": "app:1"}]}
    metadata = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


Classes = tuple[Callable[[], Any], Callable[[], Any]]


def written(*made: Callable[[], Any]) -> bool:
    """Say whether classes are written: the methods of an untouched exercise raise NotImplementedError."""
    try:
        for one in made:
            thing = one()
            (thing.ask if hasattr(thing, "ask") else thing.get)()
    except NotImplementedError:
        return False
    return True


def easy_way() -> Classes:
    """Return a reflector that lists again at 0 whenever a watch ends, with a queue that is right."""
    return EasyWay, WorkQueue


class EasyWay(Reflector):
    """After any end of a watch it begins from the beginning, and it never tells what is gone."""

    def on_close(self) -> None:
        """Begin from the beginning."""
        self._lists, self._version = True, ""

    def on_event(self, type: str, obj: Object) -> Changes:
        """Begin from the beginning after an error, too."""
        changes = super().on_event(type, obj)
        if type == "ERROR":
            self.on_close()
        return changes

    def on_list(self, code: int, version: str, items: list[Object]) -> Changes:
        """Put what came over the copy."""
        before = self._objects
        changes = super().on_list(code, version, items)
        self._objects = {**before, **self._objects}
        return changes


def storm_table(classes: Classes, storms: range) -> Table:
    """Return how the scheduler that these classes feed came through storms, a line each."""
    rows = []
    for seed in storms:
        run = Run(feeder_of(*classes), seed)
        counts = Counter(run.weather.log)
        numbers = (str(counts[word]) for word in WORDS)
        rows.append((str(seed), *numbers, run.problem or "nothing missed"))
    return Table(("STORM", "BREAKS", "LATE", "410", "504", "CAME OUT"), tuple(rows))
