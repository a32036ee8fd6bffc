"""Events: what a component says about an object, for people and for `kubectl describe`.

Two ways of writing them live side by side, as upstream.  The older one (controllers, kubelets) counts: the
same words about the same object again raise `count`.  The newer one (the scheduler) names an action and may
name a second object; a repetition makes a `series`, of which the second occurrence is written at once.

Left out: limits against floods of events, merging of many events that differ in words only, and the write of
a long series' later count every half hour.

Source: k8s.io/client-go/tools/record/{event,events_cache}.go and
k8s.io/client-go/tools/events/{event_recorder,event_broadcaster}.go@v1.36.2.
"""

from datetime import timedelta
from itertools import count, takewhile

from insideout.apimachinery import timestamps
from insideout.client.interface import ApiError, Client, Object, sharing
from insideout.sim.loop import START, Loop

SERIES_QUIET_S = 360.0
"""After this long without a repetition a series is over, and the next occurrence is a new event."""


class EventRecorder:
    """Writes events in the name of `component`; an event that cannot be written is dropped, as upstream."""

    def __init__(self, client: Client, loop: Loop, component: str, *, instance: str = "") -> None:
        self._client = sharing(client)
        self._loop = loop
        self._component = component
        self._instance = instance or component
        self._serials = count()
        self._known: dict[tuple[str, ...], tuple[Object, float]] = {}

    def event(self, about: Object, type_: str, reason: str, message: str) -> None:
        """Say something about an object; the same again is counted.  `type_` is Normal or Warning."""
        key = (*_identity(about), type_, reason, message)
        known = self._recent(key)
        now = timestamps.seconds(self._loop.time())
        if known is not None:
            known["count"] += 1
            known["lastTimestamp"] = now
            self._patch(known, {"count": known["count"], "lastTimestamp": now})
            return
        event = self._new(about, type_, reason, message)
        event |= {"firstTimestamp": now, "lastTimestamp": now, "count": 1}
        event |= {"source": {"component": self._component}, "reportingComponent": self._component}
        self._create(key, event)

    def action(
        self,
        about: Object,
        type_: str,
        reason: str,
        action: str,
        note: str,
        *,
        related: Object | None = None,
    ) -> None:
        """Say what was done, or tried, with an object; repetitions make a series whatever their words."""
        key = (*_identity(about), type_, reason, action, *(_identity(related) if related else ()))
        known = self._recent(key)
        now = timestamps.micros(self._loop.time())
        if known is not None:
            series = known.get("series", {"count": 1})
            known["series"] = {"count": series["count"] + 1, "lastObservedTime": now}
            if known["series"]["count"] == 2:
                self._patch(known, {"series": known["series"]})
            return
        event = self._new(about, type_, reason, note)
        event |= {"eventTime": now, "action": action, "source": {}}
        event |= {"reportingComponent": self._component, "reportingInstance": self._instance}
        if related:
            event["related"] = reference(related)
        self._create(key, event)

    def _recent(self, key: tuple[str, ...]) -> Object | None:
        """Return the event under `key` and note its new occurrence, unless it was quiet for too long."""
        event, last_s = self._known.get(key, ({}, 0.0))
        if not event or self._loop.now_s - last_s > SERIES_QUIET_S:
            return None
        self._known[key] = event, self._loop.now_s
        return event

    def _new(self, about: Object, type_: str, reason: str, message: str) -> Object:
        nanoseconds = (self._loop.time() - START) // timedelta(microseconds=1) * 1000 + _START_NS
        unique = f"{about['metadata']['name']}.{nanoseconds + next(self._serials):x}"
        return {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": unique, "namespace": about["metadata"].get("namespace") or "default"},
            "involvedObject": reference(about),
            "type": type_,
            "reason": reason,
            "message": message,
        }

    def _create(self, key: tuple[str, ...], event: Object) -> None:
        self._forget_old()
        self._known[key] = event, self._loop.now_s
        try:
            self._write_new(event)
        except ApiError:
            del self._known[key]

    def _write_new(self, event: Object) -> None:
        """Create the event; its name is a time, and another recorder may have used the same instant."""
        metadata = event["metadata"]
        name, _, nanoseconds = metadata["name"].rpartition(".")
        for later in range(_NAMES_TRIED):
            metadata["name"] = f"{name}.{int(nanoseconds, 16) + later * _NAMES_APART:x}"
            try:
                self._client.create("events", event, metadata["namespace"])
            except ApiError as refused:
                if refused.reason != "AlreadyExists":
                    raise
            else:
                return

    def _patch(self, event: Object, patch: Object) -> None:
        metadata = event["metadata"]
        try:
            self._client.patch("events", metadata["name"], patch, metadata["namespace"])
        except ApiError:
            return  # the event has expired or the server is away; the next occurrence tries again

    def _forget_old(self) -> None:
        """Keep memory bounded: forget the events that no repetition can join any more."""
        oldest_s = self._loop.now_s - SERIES_QUIET_S
        known = self._known
        for key in list(takewhile(lambda each: known[each][1] < oldest_s, known)):
            del known[key]


_NAMES_TRIED, _NAMES_APART = 8, 1_000_003
_START_NS = int(START.timestamp()) * 10**9


def reference(obj: Object) -> Object:
    """Return an ObjectReference to the object."""
    metadata = obj["metadata"]
    found = {
        "kind": obj.get("kind", ""),
        "namespace": metadata.get("namespace", ""),
        "name": metadata["name"],
        "uid": metadata.get("uid", ""),
        "apiVersion": obj.get("apiVersion", ""),
        "resourceVersion": metadata.get("resourceVersion", ""),
    }
    return {key: value for key, value in found.items() if value}


def _identity(obj: Object) -> tuple[str, ...]:
    metadata = obj["metadata"]
    return obj.get("kind", ""), metadata.get("namespace", ""), metadata["name"], metadata.get("uid", "")
