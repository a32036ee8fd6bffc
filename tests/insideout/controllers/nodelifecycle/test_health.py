"""A node is silent when the controller saw nothing new for longer than the grace period."""

from insideout.controllers.nodelifecycle.health import NodeHealth, unknown_conditions


def unknown_at(renewals: list[float], *, period_s: int = 5, grace_s: float = 50) -> float:
    """Poll a Lease that is renewed at these seconds; return when the node counts as silent."""
    health, now_s = NodeHealth(0, "", ""), 0
    while not health.is_silent(now_s, grace_s):
        now_s += period_s
        seen = [renewal for renewal in renewals if renewal <= now_s]
        health.observe("", f"{max(seen, default=0):09.3f}", now_s)
    return now_s


def test_the_grace_period_counts_from_the_poll_that_saw_the_renewal() -> None:
    """A renewal at 11 s is seen at 15 s; 50 s later is not yet too late."""
    assert unknown_at([1, 11]) == 15 + 55


def test_every_renewal_starts_it_again() -> None:
    """Each is seen by the poll after it."""
    assert unknown_at([1, 11, 31, 51]) == 55 + 55


def test_a_lease_that_goes_back_in_time_is_no_sign_of_life() -> None:
    """Only a later renewal than the latest seen counts."""
    health = NodeHealth(0, "", "2026-01-01T00:00:10Z")
    health.observe("", "2026-01-01T00:00:05Z", 20)
    assert health.seen_s == 0


def test_a_new_heartbeat_in_the_status_counts_like_a_renewal() -> None:
    """Either one is enough."""
    health = NodeHealth(0, "a", "")
    health.observe("b", "", 20)
    assert health.seen_s == 20


def test_the_kubelets_conditions_become_unknown_and_no_other() -> None:
    """NetworkUnavailable is written by others; a condition that was never there is added."""
    node = {
        "metadata": {"creationTimestamp": "t0"},
        "status": {
            "conditions": [
                {"type": "Ready", "status": "True", "reason": "KubeletReady"},
                {"type": "NetworkUnavailable", "status": "False"},
            ]
        },
    }
    changed = {c["type"]: (c["status"], c.get("reason")) for c in unknown_conditions(node, "t1")}
    assert changed == {
        "Ready": ("Unknown", "NodeStatusUnknown"),
        "NetworkUnavailable": ("False", None),
        "MemoryPressure": ("Unknown", "NodeStatusNeverUpdated"),
        "DiskPressure": ("Unknown", "NodeStatusNeverUpdated"),
        "PIDPressure": ("Unknown", "NodeStatusNeverUpdated"),
    }
    assert node["status"]["conditions"][0]["status"] == "True"
