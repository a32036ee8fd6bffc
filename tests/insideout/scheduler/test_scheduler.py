from contextlib import suppress

import pytest

from insideout.client import ApiError, Object
from insideout.client.local import LocalClient
from insideout.scheduler.attempt import Attempt
from insideout.scheduler.filters import Prepared
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.profile import Profile
from insideout.scheduler.scheduler import Scheduler
from insideout.scheduler.snapshot import Snapshot
from tests.insideout.scheduler.builders import node
from tests.insideout.scheduler.cluster import Cluster


def started(cluster: Cluster, **options: object) -> Scheduler:
    """Return a scheduler under way."""
    scheduler = Scheduler(cluster.client, cluster.loop, **options)  # type: ignore[arg-type]
    scheduler.start()
    return scheduler


def test_a_pod_is_bound_to_the_best_node_and_an_event_says_so() -> None:
    """The emptier of two nodes is taken."""
    cluster = Cluster()
    cluster.add_nodes(node("small", cpu="1"), node("large", cpu="4"))
    started(cluster)
    cluster.add_pod("p", cpu="500m")
    cluster.loop.run(1)
    assert cluster.node_of("p") == "large"
    (event,) = cluster.events("Scheduled")
    assert event["message"] == "Successfully assigned default/p to large"
    assert event["reportingComponent"] == "default-scheduler"


def test_pods_that_are_there_already_count() -> None:
    """A scheduler that starts late sees what runs."""
    cluster = Cluster()
    cluster.add_nodes(node("a", cpu="2"))
    cluster.add_pod("old", cpu="1500m", nodeName="a")
    started(cluster)
    cluster.add_pod("new", cpu="1")
    cluster.loop.run(1)
    assert cluster.node_of("new") == ""


def test_a_pod_that_fits_nowhere_says_why_and_is_placed_when_a_node_comes() -> None:
    """Condition, event, then the binding."""
    cluster = Cluster()
    cluster.add_nodes(node("a", cpu="1"))
    started(cluster)
    cluster.add_pod("p", cpu="2")
    cluster.loop.run(1)
    condition = cluster.condition("p")
    assert (condition["status"], condition["reason"]) == ("False", "Unschedulable")
    assert condition["message"] == (
        "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: "
        "0/1 nodes are available: 1 Preemption is not helpful for scheduling."
    )
    assert [each["message"] for each in cluster.events("FailedScheduling")] == [condition["message"]]
    cluster.add_nodes(node("b", cpu="4"))
    cluster.loop.run(5)
    assert cluster.node_of("p") == "b"


def test_without_nodes_a_pod_is_tried_again_after_its_back_off() -> None:
    """Attempts at 0, then after 1, 2, 4, 8, 10 and 10 seconds, each at the next whole second."""
    cluster = Cluster()
    attempts: list[float] = []

    def note(pod: PodInfo, attempt: Attempt) -> None:
        attempts.append(cluster.loop.now_s)

    started(cluster, on_attempt=note)
    cluster.add_pod("p")
    cluster.loop.run(45)
    assert cluster.condition("p")["message"] == "no nodes available to schedule pods"
    assert [round(each) for each in attempts] == [0, 2, 5, 10, 19, 30, 41]


def test_pods_of_another_scheduler_are_left_alone() -> None:
    """Neither condition nor event; a scheduler of that name takes them."""
    cluster = Cluster()
    cluster.add_nodes(node("a"))
    started(cluster)
    cluster.add_pod("p", schedulerName="mine")
    cluster.loop.run(1)
    assert cluster.node_of("p") == ""
    assert cluster.condition("p") == {}
    started(cluster, name="mine")
    cluster.loop.run(1)
    assert cluster.node_of("p") == "a"
    assert cluster.events("Scheduled")[0]["reportingComponent"] == "mine"


def test_two_schedulers_see_each_others_pods() -> None:
    """Between them they do not overbook a node, when they do not decide at one instant."""
    cluster = Cluster()
    cluster.add_nodes(node("a", cpu="1"), node("b", cpu="1"))
    started(cluster)
    started(cluster, name="mine")
    cluster.add_pod("p", cpu="800m")
    cluster.loop.run(1)
    cluster.add_pod("q", cpu="800m", schedulerName="mine")
    cluster.loop.run(1)
    assert sorted(cluster.placed().values()) == ["a", "b"]


def test_a_gated_pod_waits_for_its_last_gate() -> None:
    """No attempt is made before."""
    cluster = Cluster()
    cluster.add_nodes(node("a"))
    started(cluster)
    cluster.add_pod("p", schedulingGates=[{"name": "example.com/wait"}])
    cluster.loop.run(1)
    assert cluster.node_of("p") == ""
    assert cluster.events("FailedScheduling") == []
    cluster.client.patch("pods", "p", {"spec": {"schedulingGates": None}}, "default")
    cluster.loop.run(1)
    assert cluster.node_of("p") == "a"


def test_higher_priority_goes_first() -> None:
    """The last core goes to the important pod, although it came later."""
    cluster = Cluster()
    cluster.add_priority(1)
    cluster.add_priority(10)
    started(cluster)
    cluster.add_pod("low", cpu="1", priority=1)
    cluster.add_pod("high", cpu="1", priority=10)
    cluster.add_nodes(node("a", cpu="1"))
    cluster.loop.run(15)
    assert cluster.placed() == {"low": "", "high": "a"}


def test_preemption_evicts_and_then_places() -> None:
    """Victim: condition DisruptionTarget, deletion, event.  Preemptor: nomination, then binding."""
    cluster = Cluster()
    cluster.add_priority(1)
    cluster.add_priority(10)
    cluster.add_nodes(node("a", cpu="2"))
    seen: list[Object] = []
    cluster.client.watch("pods", lambda event: seen.append(event.object))
    started(cluster)
    cluster.add_pod("low", cpu="1500m", priority=1)
    cluster.loop.run(1)
    cluster.add_pod("high", cpu="1500m", priority=10)
    cluster.loop.run(0.01)
    nominations = [each for each in seen if each.get("status", {}).get("nominatedNodeName")]
    assert {each["metadata"]["name"] for each in nominations} == {"high"}
    targets = [
        condition
        for each in seen
        for condition in each.get("status", {}).get("conditions") or []
        if condition["type"] == "DisruptionTarget"
    ]
    assert targets[0]["reason"] == "PreemptionByScheduler"
    assert targets[0]["message"] == "default-scheduler: preempting to accommodate a higher priority pod"
    uid = cluster.pod("high")["metadata"]["uid"]
    assert [each["message"] for each in cluster.events("Preempted")] == [f"Preempted by pod {uid} on node a"]
    finish_deletion(cluster, "low")
    cluster.loop.run(3)
    assert cluster.placed() == {"high": "a"}


def test_a_victim_that_is_going_already_is_left_alone() -> None:
    """The preemptor is nominated and waits; nobody is deleted again."""
    cluster = Cluster()
    cluster.add_priority(10)
    cluster.add_nodes(node("a", cpu="2"))
    started(cluster)
    cluster.add_pod("low", cpu="2", metadata={"finalizers": ["example.com/hold"]})
    cluster.loop.run(1)
    cluster.client.delete("pods", "low", "default")
    cluster.add_pod("high", cpu="2", priority=10)
    cluster.loop.run(1)
    assert cluster.pod("high")["status"]["nominatedNodeName"] == "a"
    assert cluster.events("Preempted") == []
    assert cluster.condition("low", "DisruptionTarget") == {}


def finish_deletion(cluster: Cluster, name: str) -> None:
    """Let the pod go, as its kubelet does when the containers have stopped."""
    with suppress(ApiError):  # a pod that had no node yet is gone at once
        cluster.client.delete("pods", name, "default", grace_period_s=0)


def test_the_room_made_for_a_pod_is_kept_for_it() -> None:
    """While the victim stops, a pod of lower priority does not take the room; one that fits beside may."""
    cluster = Cluster()
    for value in (1, 5, 10):
        cluster.add_priority(value)
    cluster.add_nodes(node("a", cpu="2"))
    started(cluster)
    finalizer = {"finalizers": ["example.com/hold"]}
    cluster.add_pod("low", cpu="1500m", priority=1, metadata=finalizer)
    cluster.loop.run(1)
    cluster.add_pod("high", cpu="1500m", priority=10)
    cluster.loop.run(1)
    cluster.add_pod("middle", cpu="1", priority=5)
    cluster.loop.run(1)
    cluster.client.patch("pods", "low", {"metadata": {"finalizers": None}}, "default")
    finish_deletion(cluster, "low")
    cluster.loop.run(20)
    assert cluster.placed() == {"high": "a", "middle": ""}


class Broken:
    """A filter that fails the first time."""

    NAME = "Broken"

    def __init__(self) -> None:
        self.failures = 1

    def prepare(self, pod: PodInfo, snapshot: Snapshot) -> Prepared:
        """Fail once, then let everything pass."""
        if self.failures:
            self.failures -= 1
            raise ZeroDivisionError("a learner's mistake")
        return None


def test_a_filter_that_breaks_is_reported_and_its_pod_tried_again() -> None:
    """The exception goes up with its traceback; the pod says SchedulerError and is placed later."""
    cluster = Cluster()
    cluster.add_nodes(node("a"))
    started(cluster, profile=Profile(filters=(Broken(),)))
    cluster.add_pod("p")
    with pytest.raises(ZeroDivisionError):
        cluster.loop.run(1)
    assert cluster.condition("p")["reason"] == "SchedulerError"
    assert cluster.condition("p")["message"] == "ZeroDivisionError: a learner's mistake"
    cluster.loop.run(3)
    assert cluster.node_of("p") == "a"


class Refusing(LocalClient):
    """A client whose first binding fails."""

    refusals = 1

    def create(self, resource: str, obj: Object, namespace: str | None = None, **options: object) -> Object:
        """Refuse one binding."""
        if options.get("subresource") == "binding" and self.refusals:
            self.refusals -= 1
            raise ApiError({"code": 500, "reason": "InternalError", "message": "etcd is away"})
        return super().create(resource, obj, namespace, **options)


def test_a_failed_binding_gives_the_room_back_and_is_tried_again() -> None:
    """The pod says SchedulerError meanwhile, and is bound after its back-off."""
    cluster = Cluster()
    cluster.add_nodes(node("a", cpu="1"))
    scheduler = Scheduler(Refusing(cluster.server, "scheduler"), cluster.loop)
    scheduler.start()
    cluster.add_pod("p", cpu="1")
    cluster.loop.run(0.5)
    assert cluster.condition("p")["reason"] == "SchedulerError"
    assert cluster.condition("p")["message"] == 'running Bind plugin "DefaultBinder": etcd is away'
    assert scheduler.snapshot.nodes[0].requested_milli_cpu == 0
    cluster.loop.run(3)
    assert cluster.node_of("p") == "a"


def test_a_deleted_pod_frees_its_room() -> None:
    """The waiting pod gets it."""
    cluster = Cluster()
    cluster.add_nodes(node("a", cpu="1"))
    started(cluster)
    cluster.add_pod("first", cpu="1")
    cluster.loop.run(1)
    cluster.add_pod("second", cpu="1")
    cluster.loop.run(1)
    finish_deletion(cluster, "first")
    cluster.loop.run(3)
    assert cluster.placed() == {"second": "a"}


def test_a_finished_pod_takes_no_room() -> None:
    """Succeeded pods are not counted."""
    cluster = Cluster()
    cluster.add_nodes(node("a", cpu="1"))
    started(cluster)
    cluster.add_pod("first", cpu="1")
    cluster.loop.run(1)
    cluster.client.patch("pods", "first", {"status": {"phase": "Succeeded"}}, "default", subresource="status")
    cluster.add_pod("second", cpu="1")
    cluster.loop.run(3)
    assert cluster.node_of("second") == "a"


def test_an_unschedulable_pod_is_tried_again_after_five_minutes() -> None:
    """Without any event that could help; looked at every 30 seconds."""
    cluster = Cluster()
    cluster.add_nodes(node("a", cpu="1"))
    attempts: list[float] = []

    def note(pod: PodInfo, attempt: Attempt) -> None:
        attempts.append(cluster.loop.now_s)

    started(cluster, on_attempt=note)
    cluster.add_pod("p", cpu="2")
    cluster.loop.run(700)
    assert [round(each) for each in attempts] == [0, 330, 660]


def test_a_stopped_scheduler_writes_nothing_more() -> None:
    """Not even what it has decided."""
    cluster = Cluster()
    cluster.add_nodes(node("a"))
    scheduler = started(cluster)
    cluster.add_pod("p")
    cluster.loop.run(0.0005)
    scheduler.stop()
    cluster.loop.run(10)
    assert cluster.node_of("p") == ""


def test_only_the_leader_schedules_and_another_takes_over() -> None:
    """After a crash the standby waits until the Lease has not changed for 15 seconds."""
    cluster = Cluster()
    cluster.add_nodes(node("a"))
    first = started(cluster, identity="one")
    cluster.loop.run(1)
    second = started(cluster, identity="two")
    cluster.loop.run(5)
    assert (first.leads, second.leads) == (True, False)
    cluster.add_pod("p")
    cluster.loop.run(1)
    assert cluster.node_of("p") == "a"
    crash(first)
    cluster.add_pod("q")
    cluster.loop.run(10)
    assert cluster.node_of("q") == ""
    cluster.loop.run(20)
    assert second.leads
    assert cluster.node_of("q") == "a"


def crash(scheduler: Scheduler) -> None:
    """End it without letting it release its Lease."""
    assert scheduler._elector is not None
    scheduler._elector.stop(release=False)


def test_a_run_repeats() -> None:
    """Same seed, same placements and same history."""

    def run() -> list[tuple[str, str, str]]:
        cluster = Cluster(seed=7)
        history: list[tuple[str, str, str]] = []
        for value in range(3):
            cluster.add_priority(value)
        cluster.client.watch(
            "pods",
            lambda event: history.append(
                (
                    event.type,
                    event.object["metadata"]["resourceVersion"],
                    event.object["spec"].get("nodeName", ""),
                )
            ),
        )
        cluster.add_nodes(
            *(node(f"n{index}", {"topology.kubernetes.io/zone": f"z{index % 3}"}) for index in range(9))
        )
        started(cluster)
        for index in range(60):
            cluster.add_pod(f"p{index}", cpu="900m", priority=index % 3)
        cluster.loop.run(30)
        return history

    assert run() == run()
