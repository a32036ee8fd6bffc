"""A Pod's life on its node, second by second."""

from collections.abc import Callable
from typing import Any

import pytest

from insideout.client import Object
from insideout.kubelet.podworker import PodWorker

Host = Any
Delete = Callable[[PodWorker, int], None]


def spec(
    *containers: Object, init: tuple[Object, ...] = (), policy: str = "Always", grace_s: int = 30
) -> Object:
    """Return a Pod's spec."""
    return {
        "containers": list(containers),
        "initContainers": list(init),
        "restartPolicy": policy,
        "terminationGracePeriodSeconds": grace_s,
    }


def main(name: str = "c", **fields: object) -> Object:
    """Return a container."""
    return {"name": name, "image": "i"} | fields


def sidecar(name: str, **fields: object) -> Object:
    """Return an init container that stays."""
    return main(name, restartPolicy="Always", **fields)


def starts(host: Host) -> list[float]:
    """Return when containers were started."""
    return [round(time_s, 3) for time_s in host.at("Started")]


def ready(worker: PodWorker) -> str:
    """Return the status of the condition Ready."""
    return next(str(c["status"]) for c in worker.status()["conditions"] if c["type"] == "Ready")


def test_a_container_that_keeps_failing_is_left_alone_ever_longer(host: Host) -> None:
    """The first restart is immediate; then 10, 20, 40, 80, 160 and at most 300 s pass."""
    worker = host.run(spec(main()), {"c": "exit 1 after 1s"})
    host.loop.run(650)
    assert starts(host) == [0, 1, 12, 33, 74, 155, 316, 617]
    host.loop.run(1)
    state = worker.status()["containerStatuses"][0]
    assert state["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    assert state["state"]["waiting"]["message"].startswith(
        "back-off 5m0s restarting failed container=c pod=p_ns(u)"
    )
    assert state["lastState"]["terminated"]["exitCode"] == 1
    assert state["restartCount"] == 7
    assert worker.status()["phase"] == "Running"


@pytest.mark.parametrize(
    ("policy", "script", "phase", "runs"),
    [
        ("Never", "exit 0 after 1s", "Succeeded", 1),
        ("Never", "exit 3 after 1s", "Failed", 1),
        ("OnFailure", "exit 0 after 1s", "Succeeded", 1),
        ("OnFailure", "exit 3 after 1s", "Running", 2),
        ("Always", "exit 0 after 1s", "Running", 2),
    ],
)
def test_the_restart_policy(host: Host, policy: str, script: str, phase: str, runs: int) -> None:
    """What becomes of a Pod whose container exits."""
    worker = host.run(spec(main(), policy=policy), {"c": script})
    host.loop.run(1.5)
    assert (worker.status()["phase"], len(starts(host))) == (phase, runs)


def test_init_containers_run_one_after_another_before_the_main_ones(host: Host) -> None:
    """Each must succeed; one that fails is started again."""
    worker = host.run(
        spec(main(), init=(main("a"), main("b"))), {"a": "exit 0 after 2s", "b": "exit 0 after 3s"}
    )
    host.loop.run(1)
    assert worker.status()["phase"] == "Pending"
    waiting = worker.status()["containerStatuses"][0]["state"]["waiting"]
    assert waiting == {"reason": "PodInitializing"}
    host.loop.run(9)
    assert starts(host) == [0, 2, 5]
    assert worker.status()["phase"] == "Running"


def test_a_sidecar_holds_the_next_one_up_until_its_startup_probe_passes(host: Host) -> None:
    """Readiness does not matter."""
    probe = {"exec": {"command": ["true"]}, "periodSeconds": 1, "failureThreshold": 30}
    worker = host.run(
        spec(main(), init=(sidecar("s", startupProbe=probe, readinessProbe=probe), main("b"))),
        {"s": "unstarted; unready; started after 3.5s", "b": "exit 0"},
    )
    host.loop.run(3)
    assert starts(host) == [0]
    host.loop.run(3)
    assert starts(host) == [0, 4, 4]
    assert ready(worker) == "False", "the sidecar is not ready, so the Pod is not"


def test_a_pod_whose_main_containers_are_done_stops_its_sidecars(host: Host) -> None:
    """Sidecars never keep a Pod from finishing."""
    worker = host.run(
        spec(main(), init=(sidecar("s"),), policy="Never"), {"c": "exit 0 after 5s", "s": "stop 2s"}
    )
    host.loop.run(6)
    assert worker.status()["phase"] == "Running"
    host.loop.run(2)
    assert worker.status()["phase"] == "Succeeded"


@pytest.mark.parametrize(
    ("image", "is_there"),
    [
        ("web:404", False),
        ("404", True),
        ("reg.example.com:404/web", True),
        ("web:405", True),
        ("reg:5000/a/web:404", False),
    ],
)
def test_a_tag_under_which_nothing_is(host: Host, image: str, is_there: bool) -> None:
    host.registry.missing_tags = frozenset({"404"})
    pull = host.registry.pull(image)
    assert (not pull.error) is is_there
    assert is_there or pull.error.endswith(f'failed to resolve reference "{image}": {image}: not found')


def test_images_that_fail_are_backed_off_from(host: Host) -> None:
    """ErrImagePull and ImagePullBackOff take turns, the pauses doubling."""
    host.registry.set("i", error="not found")
    worker = host.run(spec(main()))
    host.loop.run(0.5)
    assert worker.status()["containerStatuses"][0]["state"]["waiting"]["reason"] == "ErrImagePull"
    host.loop.run(5)
    waiting = worker.status()["containerStatuses"][0]["state"]["waiting"]
    assert waiting["reason"] == "ImagePullBackOff"
    assert waiting["message"] == 'Back-off pulling image "i": ErrImagePull: not found'
    assert worker.status()["phase"] == "Pending"
    host.registry.set("i")
    host.loop.run(6)
    assert worker.status()["phase"] == "Running"
    assert host.at("Pulling") == [0, 10]


def test_a_slow_image_holds_up_the_containers_after_it(host: Host) -> None:
    """Containers start in the order of the spec, each waiting for its image."""
    host.registry.set("slow", duration_s=7)
    host.run(spec(main("a", image="slow"), main("b")))
    host.loop.run(10)
    assert starts(host) == [7, 7]


def test_a_failed_post_start_hook_restarts_the_container(host: Host) -> None:
    """And does not keep the next container from starting."""
    hook = {"postStart": {"exec": {"command": ["false"]}}}
    host.run(spec(main("a", lifecycle=hook), main("b")), {"a": "stop 1s"})
    host.loop.run(5)
    assert host.at("FailedPostStartHook")[0] == 0
    assert starts(host)[:3] == [0, 0, 1]


def test_a_liveness_probe_restarts_and_a_readiness_probe_only_reports(host: Host) -> None:
    """Three failures in a row are needed."""
    probe = {"httpGet": {"port": 80}, "periodSeconds": 10, "failureThreshold": 3}
    worker = host.run(spec(main(livenessProbe=probe)), {"c": "unhealthy after 15s"})
    host.loop.run(45)
    assert host.at("Unhealthy") == [20, 30, 40]
    assert starts(host) == [0, 40]
    assert "Container c failed liveness probe, will be restarted" in [m for _, _, m in host.events]
    assert worker.status()["containerStatuses"][0]["restartCount"] == 1


def test_a_container_is_ready_when_its_readiness_probe_says_so(host: Host) -> None:
    """Not before the first success."""
    probe = {"tcpSocket": {"port": 80}, "initialDelaySeconds": 5, "periodSeconds": 5}
    worker = host.run(spec(main(readinessProbe=probe)), {"c": "unready; ready after 7s"})
    host.loop.run(9)
    assert ready(worker) == "False"
    host.loop.run(2)
    assert ready(worker) == "True"


def test_memory_beyond_the_limit_ends_a_container(host: Host) -> None:
    """By the kernel, with 137."""
    limits = {"resources": {"limits": {"memory": "100Mi"}}}
    worker = host.run(spec(main(**limits), policy="Never"), {"c": "memory 50Mi; memory 200Mi after 3s"})
    host.loop.run(2)
    assert worker.memory_bytes == 50 * 2**20
    host.loop.run(2)
    terminated = worker.status()["containerStatuses"][0]["state"]["terminated"]
    assert (terminated["exitCode"], terminated["reason"]) == (137, "OOMKilled")


def test_stopping_takes_as_long_as_the_programs_take(host: Host, delete: Delete) -> None:
    """The Pod is removed when the last container is gone."""
    worker = host.run(spec(main("a"), main("b")), {"a": "stop 3s", "b": "stop 5s"})
    host.loop.run(1)
    delete(worker, 30)
    host.loop.run(10)
    assert host.removed == [(6, "u")]
    assert worker.status()["phase"] == "Succeeded"


def test_what_does_not_stop_is_killed_when_the_grace_period_is_over(host: Host, delete: Delete) -> None:
    """With 137."""
    worker = host.run(spec(main()), {"c": "ignore-stop"})
    host.loop.run(1)
    delete(worker, 10)
    host.loop.run(20)
    assert host.removed == [(11, "u")]
    assert worker.status()["containerStatuses"][0]["state"]["terminated"]["exitCode"] == 137
    assert worker.status()["phase"] == "Failed"


def test_a_pre_stop_hook_uses_up_the_grace_period(host: Host, delete: Delete) -> None:
    """The program is told to stop when the hook is done."""
    worker = host.run(spec(main(lifecycle={"preStop": {"sleep": {"seconds": 4}}})), {"c": "ignore-stop"})
    host.loop.run(1)
    delete(worker, 10)
    host.loop.run(20)
    assert host.removed == [(11, "u")]
    quick = host.run(spec(main(lifecycle={"preStop": {"exec": {"command": ["sleep", "4"]}}})))
    host.loop.run(1)
    delete(quick, 10)
    host.loop.run(20)
    assert host.removed[-1] == (26, "u")


ENDS = {
    "one after the other": ({"c": 3, "s1": 4, "s2": 5}, 30, {"c": 3, "s2": 8, "s1": 12}),
    "the grace period ends the waiting": ({"c": 20, "s1": 1, "s2": 1}, 10, {"c": 10, "s2": 11, "s1": 11}),
    "two seconds are left to everyone": ({"c": 20, "s1": 9}, 10, {"c": 10, "s1": 12}),
    "a sidecar has what remains": ({"c": 3, "s1": 30}, 10, {"c": 3, "s1": 10}),
}


@pytest.mark.parametrize(("stops_s", "grace_s", "ends_s"), ENDS.values(), ids=ENDS)
def test_sidecars_stop_after_the_main_containers_the_last_first(
    host: Host, delete: Delete, stops_s: dict[str, int], grace_s: int, ends_s: dict[str, int]
) -> None:
    """Each when those before it are gone, or the grace period is over; seconds after the deletion."""
    sidecars = tuple(sidecar(name) for name in stops_s if name != "c")
    worker = host.run(
        spec(main(), init=sidecars), {name: f"stop {stop_s}s" for name, stop_s in stops_s.items()}
    )
    host.loop.run(1)
    delete(worker, grace_s)
    host.loop.run(30)
    assert {c.name: c.ended_s - 1 for c in worker.containers} == ends_s


def test_a_pod_deleted_before_it_began_is_removed_at_once(host: Host, delete: Delete) -> None:
    """There is nothing to stop."""
    host.registry.set("i", duration_s=60)
    worker = host.run(spec(main()))
    host.loop.run(1)
    delete(worker, 30)
    host.loop.run(100)
    assert host.removed == [(1, "u")]
    assert starts(host) == []


def test_conditions_keep_their_time_while_they_do_not_change(host: Host) -> None:
    """And get a reason only while they are not True."""
    worker = host.run(spec(main()), {"c": "unready; ready after 5s"})
    host.loop.run(2)
    before = {c["type"]: c for c in worker.status()["conditions"]}
    assert before["Ready"]["message"] == "containers with unready status: [c]"
    host.loop.run(10)
    worker_status = {c["type"]: c for c in worker.status()["conditions"]}
    assert worker_status["Ready"]["status"] == "True"
    assert "reason" not in worker_status["Ready"]
    assert worker_status["Initialized"] == before["Initialized"]


def changed(worker: PodWorker, image: str) -> None:
    """Tell the node that the Pod's container is to have another image."""
    container = worker.pod["spec"]["containers"][0] | {"image": image}
    worker.update(worker.pod | {"spec": worker.pod["spec"] | {"containers": [container]}})


def test_another_image_is_tried_at_once(host: Host) -> None:
    """A container whose image cannot be pulled does not wait once it is given one that can."""
    host.registry.set("i", error="not found")
    worker = host.run(spec(main()))
    host.loop.run(100)
    assert starts(host) == []
    changed(worker, "other")
    host.loop.run(0.1)
    assert starts(host) == [100]
    assert worker.status()["containerStatuses"][0]["image"] == "other"


def test_another_image_begins_a_back_off_anew(host: Host) -> None:
    """Back-off belongs to a container with its image; the old image finds its own again."""
    worker = host.run(spec(main()), {"c": "exit 1 after 1s"})
    host.loop.run(20)
    assert starts(host) == [0, 1, 12]
    changed(worker, "other")
    host.loop.run(20)
    assert starts(host) == [0, 1, 12, 20, 31]
    changed(worker, "i")
    host.loop.run(20)
    assert starts(host)[5:] == [52]


@pytest.mark.parametrize("policy", ["Always", "Never"])
def test_a_running_container_is_restarted_with_its_new_image(host: Host, policy: str) -> None:
    """Whatever the restart policy says; it only concerns containers that end by themselves."""
    worker = host.run(spec(main(), policy=policy))
    host.loop.run(5)
    changed(worker, "other")
    host.loop.run(5)
    assert starts(host) == [0, 5]
    killed = [message for _, reason, message in host.events if reason == "Killing"]
    assert killed == ["Container c definition changed, will be restarted"]


def test_the_api_shows_a_container_as_it_was_until_its_new_image_runs(host: Host) -> None:
    """A look tells the API at its beginning; stopping, pulling and starting again are one look."""
    host.registry.set("other", duration_s=3)
    worker = host.run(spec(main()))
    host.loop.run(5)
    before = worker.status()
    changed(worker, "other")
    host.loop.run(2)
    assert worker.status() == before
    host.loop.run(2)
    [shown] = worker.status()["containerStatuses"]
    assert (shown["image"], shown["restartCount"], ready(worker)) == ("other", 1, "True")
    assert "terminated" in shown["lastState"]


def test_the_api_shows_that_a_new_image_cannot_be_pulled(host: Host) -> None:
    """Then the look is over, and the Pod is not ready."""
    host.registry.set("other", duration_s=3, error="not found")
    worker = host.run(spec(main()))
    host.loop.run(5)
    changed(worker, "other")
    host.loop.run(4)
    [shown] = worker.status()["containerStatuses"]
    assert "waiting" in shown["state"]
    assert ready(worker) == "False"


def test_a_pod_deleted_while_its_container_is_replaced_is_shown_as_it_is(host: Host, delete: Delete) -> None:
    """The look that replaces it is given up."""
    host.registry.set("other", duration_s=30)
    worker = host.run(spec(main()))
    host.loop.run(5)
    changed(worker, "other")
    host.loop.run(5)
    delete(worker, 1)
    host.loop.run(5)
    assert "terminated" in worker.status()["containerStatuses"][0]["state"]
    assert len(host.removed) == 1


@pytest.mark.parametrize("first", [None, 60])
def test_a_pod_fails_at_its_deadline(host: Host, first: int | None) -> None:
    """Its containers get their grace; the deadline may be set or brought nearer while it runs."""
    worker = host.run(spec(main()) | ({"activeDeadlineSeconds": first} if first else {}))
    host.loop.run(5)
    worker.update(worker.pod | {"spec": worker.pod["spec"] | {"activeDeadlineSeconds": 20}})
    host.loop.run(14)
    assert worker.status()["phase"] == "Running"
    host.loop.run(100)
    assert host.at("DeadlineExceeded") == [20]
    status = worker.status()
    assert (status["phase"], status["reason"]) == ("Failed", "DeadlineExceeded")
    assert status["message"] == "Pod was active on the node longer than the specified deadline"
    assert "terminated" in status["containerStatuses"][0]["state"]
    assert worker.is_finished


def test_a_pod_that_is_done_before_its_deadline_succeeds(host: Host) -> None:
    """Nobody looks at the deadline of what has ended."""
    worker = host.run(spec(main(), policy="Never") | {"activeDeadlineSeconds": 20}, {"c": "exit 0 after 3s"})
    host.loop.run(60)
    assert worker.status()["phase"] == "Succeeded"
    assert host.at("DeadlineExceeded") == []
