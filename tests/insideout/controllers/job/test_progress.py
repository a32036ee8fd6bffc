"""How far a Job is follows from its spec, its status and its Pods."""

from datetime import UTC, datetime, timedelta

import pytest

from insideout.apimachinery import timestamps
from insideout.client import Object
from insideout.controllers.job import indexes, progress

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def job(status: Object | None = None, **spec: object) -> Object:
    """Return a Job."""
    template = {"template": {"spec": {"restartPolicy": "Never"}}}
    return {"metadata": {"name": "j"}, "spec": template | spec, "status": status or {}}


def pod(uid: str, phase: str, *, index: int | None = None, going: bool = False, restarts: int = 0) -> Object:
    """Return a Pod that waits to be counted."""
    metadata: Object = {"uid": uid, "finalizers": [progress.FINALIZER], "annotations": {}}
    if index is not None:
        metadata["annotations"] = {indexes.INDEX: str(index)}
    if going:
        metadata["deletionTimestamp"] = timestamps.seconds(NOW)
    return {
        "metadata": metadata,
        "status": {"phase": phase, "containerStatuses": [{"restartCount": restarts}]},
    }


def test_a_pod_is_counted_once() -> None:
    """Not again while its UID is in the status, nor when its finalizer is off."""
    status = {"succeeded": 2, "uncountedTerminatedPods": {"succeeded": ["a"], "failed": ["f"]}}
    pods = [pod("a", "Succeeded"), pod("b", "Succeeded"), pod("c", "Succeeded"), pod("f", "Failed")]
    counts = progress.count(job(status), pods, {"c"})
    assert [each["metadata"]["uid"] for each in counts.new_succeeded] == ["b"]
    assert (counts.succeeded, counts.failed) == (4, 1)


@pytest.mark.parametrize(("policy", "failed"), [("TerminatingOrFailed", True), ("Failed", False)])
def test_whether_a_pod_that_is_being_deleted_has_failed(policy: str, failed: bool) -> None:
    """It does, unless its replacement has to wait for its end."""
    assert progress.has_failed(pod("a", "Running", going=True), job(podReplacementPolicy=policy)) is failed


def test_an_index_counts_once() -> None:
    """However many Pods succeeded with it, and only if it is one of the Job's."""
    status = {"completedIndexes": "0,2-4"}
    pods = [pod("a", "Succeeded", index=2), pod("b", "Succeeded", index=1), pod("c", "Succeeded", index=9)]
    indexed = job(status, completionMode="Indexed", completions=4)
    assert progress.count(indexed, pods, ()).succeeded == 4


WANTED = {
    "as many as may run at once": ({"completions": 5, "parallelism": 2}, 0, 0, 2),
    "no more than are missing": ({"completions": 5, "parallelism": 3}, 4, 0, 1),
    "none when suspended": ({"completions": 5, "parallelism": 3, "suspend": True}, 0, 2, 0),
    "without a number, until the first success": ({"parallelism": 3}, 0, 1, 3),
    "then what is running runs on": ({"parallelism": 3}, 1, 2, 2),
}


@pytest.mark.parametrize(("spec", "succeeded", "active", "expected"), WANTED.values(), ids=WANTED)
def test_wanted_active(spec: Object, succeeded: int, active: int, expected: int) -> None:
    """How many Pods should be at work."""
    assert progress.wanted_active(job(**spec), succeeded, active) == expected


def test_a_job_fails_beyond_its_back_off_limit() -> None:
    """At one failure more than the limit; restarts in place count too, at the limit."""
    pods = [pod(uid, "Failed") for uid in "abc"]
    for limit, expected in ((3, None), (2, progress.BACKOFF_LIMIT)):
        limited = job(backoffLimit=limit)
        counts = progress.count(limited, pods, ())
        assert progress.verdict(limited, pods, counts, NOW) == expected
    on_failure = job(backoffLimit=3, template={"spec": {"restartPolicy": "OnFailure"}})
    restarted = [pod("a", "Running", restarts=3)]
    counts = progress.count(on_failure, restarted, ())
    assert progress.verdict(on_failure, restarted, counts, NOW) == progress.BACKOFF_LIMIT


def test_a_job_fails_at_its_deadline() -> None:
    """But not while it is suspended."""
    status = {"startTime": timestamps.seconds(NOW - timedelta(seconds=60))}
    for spec, left_s in (({}, None), ({"suspend": True}, None)):
        assert progress.deadline_left_s(job(status, **spec), NOW) is left_s
    late = job(status, activeDeadlineSeconds=60)
    assert progress.verdict(late, [], progress.count(late, [], ()), NOW) == progress.DEADLINE


@pytest.mark.parametrize(("failures", "expected"), [(0, 0), (1, 6), (2, 16), (4, 76), (20, 596)])
def test_failures_delay_the_next_pod(failures: int, expected: float) -> None:
    """10, 20, 40, at most 600 seconds after the last one, which was four seconds ago."""
    assert progress.back_off_s(failures, NOW - timedelta(seconds=4), NOW) == expected


@pytest.mark.parametrize(
    ("numbers", "text"), [([], ""), ([3], "3"), ([0, 1], "0,1"), ([0, 2, 3, 4, 6], "0,2-4,6")]
)
def test_indexes_are_written_short(numbers: list[int], text: str) -> None:
    """And read back."""
    assert indexes.write(numbers) == text
    assert indexes.parse(text, 100) == set(numbers)


def test_the_lowest_free_indexes_come_next() -> None:
    """Done ones and those at work are taken; a Pod with a taken index is one too many."""
    assert indexes.first_pending([0, 2], 5, 2) == [1, 3]
    pods = [pod("a", "Running", index=1), pod("b", "Running", index=1), pod("c", "Running", index=7)]
    assert [each["metadata"]["uid"] for each in indexes.repeated(pods, 5)] == ["b", "c"]
