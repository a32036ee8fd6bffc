"""Init containers start one after another, sidecars stay."""

from insideout import records
from insideout.kubelet.initcontainers import next_starts


def test_all_recorded_states() -> None:
    """What the kubelet's own code starts next, for every state of up to three init containers."""
    rows = records.read("init_containers")
    assert len(rows) == 5488
    wrong = [
        row
        for row in rows
        if next_starts(row["init"], row["status"], main_running=row["main_running"])
        != (row["start"], row["ready_for_main"], row["kill_pod"])
    ]
    assert wrong == []


def test_a_failed_init_container_ends_a_pod_that_never_restarts() -> None:
    """Whatever sidecars are running."""
    actions = next_starts(["side", "init"], ["run", "bad"], main_running=False, restart_on_failure=False)
    assert actions == ([], False, True)


def test_without_init_containers_main_containers_may_start() -> None:
    """There is nothing to wait for."""
    assert next_starts([], [], main_running=False) == ([], True, False)
