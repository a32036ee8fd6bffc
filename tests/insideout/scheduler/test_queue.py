import pytest

from insideout.scheduler.events import NODE, POD, Action, ClusterEvent, pod_changes
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.queue import SchedulingQueue, backoff_s
from insideout.sim.loop import Loop
from tests.insideout.scheduler.builders import node, pod

FIT = frozenset({"NodeResourcesFit"})
NOBODY: frozenset[str] = frozenset()
MORE_ROOM = ClusterEvent(NODE, Action.ADD, None, node("n"))


class Clocked:
    """A queue with a clock to set."""

    def __init__(self) -> None:
        self.loop = Loop()
        self.queue = SchedulingQueue(lambda: self.loop.now_s)

    def add(self, *pods: PodInfo) -> None:
        """Add pods, a hundredth of a second apart."""
        for each in pods:
            self.queue.add(each)
            self.loop.now_s += 0.01

    def popped(self) -> list[str]:
        """Pop all that is ready and return the names."""
        names = []
        while (queued := self.queue.pop()) is not None:
            names.append(queued.pod.name)
        return names

    def fail(self, info: PodInfo, plugins: frozenset[str] = FIT) -> None:
        """Add a pod and let its attempt fail."""
        self.queue.add(info)
        queued = self.queue.pop()
        assert queued is not None
        self.queue.put_back(queued, plugins)


def test_priority_goes_first_then_the_longest_waiting() -> None:
    """Whatever the order in which they came."""
    clocked = Clocked()
    clocked.add(pod("a"), pod("b", priority=5), pod("c"), pod("d", priority=5))
    assert clocked.popped() == ["b", "d", "a", "c"]


@pytest.mark.parametrize(("failures", "seconds"), [(0, 0), (1, 1), (2, 2), (3, 4), (4, 8), (5, 10), (99, 10)])
def test_the_wait_doubles_up_to_ten_seconds(failures: int, seconds: int) -> None:
    """By the number of failures in a row."""
    assert backoff_s(failures) == seconds


@pytest.mark.parametrize(("failed_s", "over_s"), [(0.0, 2), (0.3, 2), (0.99, 2), (5.5, 7)])
def test_a_back_off_ends_with_the_window_after_it(failed_s: float, over_s: float) -> None:
    """At the first whole second later than the wait, itself cut to whole seconds."""
    clocked = Clocked()
    clocked.loop.now_s = failed_s
    clocked.fail(pod("a"), NOBODY)
    assert clocked.queue.next_flush_s() == over_s
    clocked.loop.now_s = over_s - 0.01
    clocked.queue.flush_backoff()
    assert clocked.popped() == []
    clocked.loop.now_s = over_s
    clocked.queue.flush_backoff()
    assert clocked.popped() == ["a"]


def test_an_idle_scheduler_takes_pods_out_of_back_off_early() -> None:
    """When a pod was turned down, not when its attempt ended in an error."""
    clocked = Clocked()
    clocked.fail(pod("a"))
    clocked.fail(pod("b"), NOBODY)
    assert clocked.popped() == []
    clocked.queue.move(MORE_ROOM)
    assert clocked.queue.counts() == {"active": 0, "backoff": 2, "unschedulable": 0}
    assert clocked.popped() == ["a"]


def test_active_pods_go_before_those_that_back_off() -> None:
    """Back-off counts while there is other work."""
    clocked = Clocked()
    clocked.fail(pod("a", priority=9))
    clocked.queue.move(MORE_ROOM)
    clocked.add(pod("b"))
    assert clocked.popped() == ["b", "a"]


def test_an_event_that_cannot_help_leaves_a_pod_alone() -> None:
    """A node too small for the pod is no help."""
    clocked = Clocked()
    clocked.fail(pod("a", cpu="99"))
    clocked.queue.move(MORE_ROOM)
    assert clocked.queue.counts()["unschedulable"] == 1


def test_unschedulable_pods_are_tried_again_after_five_minutes() -> None:
    """Not a moment earlier, and through back-off as always."""
    clocked = Clocked()
    clocked.fail(pod("a"))
    clocked.loop.now_s = 300
    clocked.queue.flush_unschedulable()
    assert clocked.popped() == []
    clocked.loop.now_s = 330
    clocked.queue.flush_unschedulable()
    assert clocked.popped() == ["a"]


def test_a_gate_holds_a_pod_and_its_removal_lets_it_go() -> None:
    """Other changes do not."""
    clocked = Clocked()
    gated = pod("a", schedulingGates=[{"name": "g"}])
    clocked.add(gated)
    clocked.queue.move(MORE_ROOM)
    assert clocked.popped() == []
    labelled = pod("a", {"k": "v"}, schedulingGates=[{"name": "g"}])
    clocked.queue.update(labelled, pod_changes(gated.pod, labelled.pod))
    assert clocked.popped() == []
    free = pod("a")
    clocked.queue.update(free, pod_changes(labelled.pod, free.pod))
    assert clocked.popped() == ["a"]


def test_a_deleted_pod_is_forgotten_wherever_it_waits() -> None:
    """Active, backing off, unschedulable, or under way."""
    clocked = Clocked()
    clocked.fail(pod("unschedulable"))
    clocked.fail(pod("backoff"), NOBODY)
    clocked.add(pod("active"))
    for name in ("unschedulable", "backoff", "active"):
        clocked.queue.delete(f"default/{name}")
    clocked.add(pod("under-way"))
    queued = clocked.queue.pop()
    assert queued is not None
    clocked.queue.delete("default/under-way")
    clocked.queue.put_back(queued, FIT)
    clocked.loop.now_s = 1000
    clocked.queue.flush_backoff()
    clocked.queue.flush_unschedulable()
    assert clocked.popped() == []
    assert clocked.queue.counts() == {"active": 0, "backoff": 0, "unschedulable": 0}


def test_a_new_priority_is_taken_over_while_waiting() -> None:
    """The latest state of a pod counts."""
    clocked = Clocked()
    clocked.add(pod("a"), pod("b"))
    clocked.queue.update(pod("b", priority=1), [ClusterEvent(POD, Action.UPDATE)])
    assert clocked.popped() == ["b", "a"]


def test_success_after_errors_starts_the_errors_from_the_beginning() -> None:
    """Errors and rejections are counted apart."""
    clocked = Clocked()
    clocked.fail(pod("a"), NOBODY)
    queued = clocked.queue.get("default/a")
    assert queued is not None
    clocked.loop.now_s = 5
    clocked.queue.flush_backoff()
    assert clocked.queue.pop() is queued
    clocked.queue.put_back(queued, FIT)
    assert (queued.errors, queued.unschedulable, queued.attempts) == (0, 1, 2)


def test_a_held_pod_stays_where_it_is_whatever_happens():
    """Until the victims that are evicted for it have been told, events do not bring it back."""
    clocked, held = Clocked(), {"new"}
    clocked.queue.hold(lambda info: info.name in held)
    clocked.fail(pod())
    clocked.loop.run(20)
    clocked.queue.move(MORE_ROOM)
    clocked.queue.activate("default/new")
    assert clocked.popped() == []
    held.clear()
    clocked.queue.move(MORE_ROOM)
    assert clocked.popped() == ["new"]
