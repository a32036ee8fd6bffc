from insideout.apiserver.server import ApiServer
from insideout.client import Object
from insideout.client.events import SERIES_QUIET_S, EventRecorder
from insideout.client.local import LocalClient
from insideout.sim.loop import Loop

POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "default", "uid": "u"}}


class Setting:
    """A recorder on an API server."""

    def __init__(self) -> None:
        self.loop = Loop()
        self.client = LocalClient(ApiServer(self.loop), "test")
        self.recorder = EventRecorder(self.client, self.loop, "tester", instance="tester-1")

    def events(self) -> list[Object]:
        """Return what was written."""
        return list(self.client.list("events")["items"])


def test_the_same_words_again_are_counted() -> None:
    """One event, with the first and the last time."""
    setting = Setting()
    for _ in range(3):
        setting.recorder.event(POD, "Normal", "Pulled", "image is here")
        setting.loop.run(10)
    (event,) = setting.events()
    assert (event["count"], event["source"]) == (3, {"component": "tester"})
    assert event["firstTimestamp"] == "2026-01-01T00:00:00Z"
    assert event["lastTimestamp"] == "2026-01-01T00:00:20Z"
    assert event["involvedObject"] == {
        "apiVersion": "v1",
        "kind": "Pod",
        "name": "p",
        "namespace": "default",
        "uid": "u",
    }


def test_other_words_are_another_event() -> None:
    """Reason, type and object too."""
    setting = Setting()
    setting.recorder.event(POD, "Normal", "Pulled", "image a")
    setting.recorder.event(POD, "Normal", "Pulled", "image b")
    setting.recorder.event(POD, "Warning", "Pulled", "image b")
    assert len({each["metadata"]["name"] for each in setting.events()}) == 3


def test_an_action_repeated_makes_a_series() -> None:
    """Whatever its words; the second occurrence is written, later ones are only counted."""
    setting = Setting()
    for note in ("no room", "still no room", "none"):
        setting.recorder.action(POD, "Warning", "FailedScheduling", "Scheduling", note)
        setting.loop.run(1)
    (event,) = setting.events()
    assert event["message"] == "no room"
    assert event["series"] == {"count": 2, "lastObservedTime": "2026-01-01T00:00:01.000000Z"}
    assert (event["reportingComponent"], event["reportingInstance"]) == ("tester", "tester-1")
    assert (event["action"], event["eventTime"]) == ("Scheduling", "2026-01-01T00:00:00.000000Z")


def test_a_series_ends_when_it_is_quiet_for_six_minutes() -> None:
    """The next occurrence is a new event."""
    setting = Setting()
    setting.recorder.action(POD, "Warning", "FailedScheduling", "Scheduling", "no room")
    setting.loop.run(SERIES_QUIET_S + 1)
    setting.recorder.action(POD, "Warning", "FailedScheduling", "Scheduling", "no room")
    assert [each.get("series") for each in setting.events()] == [None, None]


def test_a_second_object_may_be_named() -> None:
    """As a preempted pod's event names the preemptor."""
    setting = Setting()
    other = {**POD, "metadata": {**POD["metadata"], "name": "q"}}  # type: ignore[dict-item]
    setting.recorder.action(POD, "Normal", "Preempted", "Preempting", "by q", related=other)
    (event,) = setting.events()
    assert event["related"]["name"] == "q"


def test_what_cannot_be_written_is_dropped() -> None:
    """An event about an object of a namespace that is gone must not stop its component."""
    setting = Setting()
    lost = {**POD, "metadata": {"name": "p", "namespace": "gone"}}
    setting.recorder.event(lost, "Normal", "Pulled", "image")
    assert setting.events() == []
