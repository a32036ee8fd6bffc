"""Jobs in a whole cluster."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from insideout.apiserver.server import ApiServer
from insideout.client import ApiError, Object
from insideout.client.local import LocalClient
from insideout.controllers.job.controller import JobController
from insideout.controllers.job.progress import FINALIZER
from insideout.sim import Loop

Make = Callable[[int], Any]


def job(script: str, **spec: object) -> Object:
    """Return a Job's spec."""
    template = {
        "metadata": {"annotations": {"program.course/c": script}},
        "spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]},
    }
    return {"template": template, **spec}


JOBS: dict[str, tuple[Object, Object, list[str]]] = {
    "enough succeed": (
        job("exit 0 after 2s", completions=3, parallelism=2),
        {"succeeded": 3, "failed": None, "completedIndexes": None},
        ["SuccessCriteriaMet", "Complete"],
    ),
    "too many fail": (
        job("exit 1 after 1s", backoffLimit=2),
        {"succeeded": None, "failed": 3, "completedIndexes": None},
        ["FailureTarget", "Failed"],
    ),
    "each index once": (
        job("exit 0 after 1s", completions=4, parallelism=3, completionMode="Indexed"),
        {"succeeded": 4, "failed": None, "completedIndexes": "0-3"},
        ["SuccessCriteriaMet", "Complete"],
    ),
    "too late": (
        job("serve", activeDeadlineSeconds=20),
        {"succeeded": None, "failed": 1, "completedIndexes": None},
        ["FailureTarget", "Failed"],
    ),
}


@pytest.mark.parametrize(("spec", "counts", "conditions"), JOBS.values(), ids=JOBS)
def test_how_a_job_ends(cluster: Make, spec: Object, counts: Object, conditions: list[str]) -> None:
    """Counts and conditions; no Pod is held any more, and nobody is at work."""
    world = cluster(2)
    world.create("batch/v1", "Job", "j", spec)
    world.run(120)
    status = world.get("jobs", "j")["status"]
    assert {key: status.get(key) for key in counts} == counts
    assert [condition["type"] for condition in status["conditions"]] == conditions
    assert not status.get("active")
    pods = world.client.list("pods", "default")["items"]
    assert not any(pod["metadata"].get("finalizers") for pod in pods)


def test_a_suspended_job_waits_and_goes_on(cluster: Make) -> None:
    """Its Pods are deleted, and started anew."""
    world = cluster(1)
    world.create("batch/v1", "Job", "j", job("exit 0 after 10s", parallelism=2, completions=2))
    world.run(2)
    world.patch("jobs", "j", {"spec": {"suspend": True}})
    world.run(30)
    assert world.names("pods") == []
    assert "startTime" not in world.get("jobs", "j")["status"]
    world.patch("jobs", "j", {"spec": {"suspend": False}})
    world.run(30)
    assert world.get("jobs", "j")["status"]["succeeded"] == 2
    assert [reason for reason, _ in world.events("Job") if "ed" in reason[-2:]] == [
        "Suspended",
        "Resumed",
        "Completed",
    ]


def test_failed_pods_are_replaced_ever_later(cluster: Make) -> None:
    """After 10, then 20, then 40 seconds; ends are written to the second."""
    world = cluster(1)
    world.create("batch/v1", "Job", "j", job("exit 1", backoffLimit=3))
    seen = []
    for second in range(80):
        world.run(1)
        if len(world.names("pods")) > len(seen):
            seen.append(second)
    pauses = [later - earlier for earlier, later in pairwise(seen)]
    assert pauses == [pytest.approx(delay_s, abs=1) for delay_s in (10, 20, 40)]


class RefusesOnce(LocalClient):
    """A client whose first patch fails."""

    failed = False

    def patch(self, *args: Any, **kwargs: Any) -> Object:
        """Fail, or patch."""
        if not self.failed:
            self.failed = True
            raise ApiError({"code": 500, "message": "not now"})
        return super().patch(*args, **kwargs)


def test_a_pod_without_a_job_is_let_go_however_often_it_takes() -> None:
    """Its finalizer would keep it for ever: nobody counts it."""
    loop = Loop()
    server = ApiServer(loop)
    client = RefusesOnce(server, "job-controller")
    pod = {
        "metadata": {"name": "p", "finalizers": [FINALIZER]},
        "spec": {"containers": [{"name": "c", "image": "i"}]},
    }
    client.create("pods", pod, "default")
    JobController(client, loop).start()
    loop.run(5)
    assert client.failed
    assert "finalizers" not in client.get("pods", "p", "default")["metadata"]


def test_it_adopts_orphans_and_lets_go_of_what_it_does_not_select(cluster: Make) -> None:
    """Whether they were there before it or come later; an adopted Pod is tracked like one of its own."""
    world = cluster(1)
    spec, labels = job("serve")["template"]["spec"], {"j": "1"}
    orphan: Object = {"metadata": {"name": "early", "labels": labels}, "spec": spec}

    def kept() -> dict[str, tuple[bool, bool]]:
        """Return of each Pod that stays whether it is owned and whether it is tracked."""
        found = [each["metadata"] for each in world.client.list("pods", "default")["items"]]
        return {
            each["name"]: (bool(each.get("ownerReferences")), FINALIZER in (each.get("finalizers") or ()))
            for each in found
            if "deletionTimestamp" not in each
        }

    world.client.create("pods", orphan, "default")
    template = {"metadata": {"labels": labels}, "spec": spec}
    selects = {"manualSelector": True, "selector": {"matchLabels": labels}}
    both = {**selects, "parallelism": 2, "completions": 2, "template": template}
    world.create("batch/v1", "Job", "j", both)
    world.run(5)
    assert kept()["early"] == (True, True)
    assert len(kept()) == 2, "one fewer than without the orphan"
    world.patch("pods", "early", {"metadata": {"labels": {"j": None}}})
    world.run(5)
    assert kept().pop("early") == (False, False)
    assert len(kept()) == 3, "another one in its place"
    late = {**orphan, "metadata": {"name": "late", "labels": labels}}
    world.client.create("pods", late, "default")
    world.run(5)
    owned = {name: tracked for name, (owned, tracked) in kept().items() if owned}
    assert len(owned) == 2, "it was adopted, and one was too many"
    assert all(owned.values())
