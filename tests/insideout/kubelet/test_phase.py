"""The phase follows from the containers' states."""

import pytest

from insideout.client import Object
from insideout.kubelet.phase import phase

RUN: Object = {"state": {"running": {}}, "started": True}
WAIT: Object = {"state": {"waiting": {}}}
OK: Object = {"state": {"terminated": {"exitCode": 0}}}
BAD: Object = {"state": {"terminated": {"exitCode": 1}}}
CRASH: Object = {"state": {"waiting": {}}, "lastState": {"terminated": {"exitCode": 1}}}
UNSTARTED: Object = {"state": {"running": {}}, "started": False}

CASES: dict[str, tuple[str, dict[str, Object], str]] = {
    "nothing known yet": ("Always", {}, "Pending"),
    "all running": ("Always", {"a": RUN, "b": RUN}, "Running"),
    "one never started, one running": ("Always", {"a": RUN, "b": WAIT}, "Pending"),
    "crash loop": ("Always", {"a": CRASH, "b": CRASH}, "Running"),
    "crash loop with restartPolicy Always after success": ("Always", {"a": OK, "b": OK}, "Running"),
    "all succeeded": ("OnFailure", {"a": OK, "b": OK}, "Succeeded"),
    "one failed and restarts": ("OnFailure", {"a": OK, "b": BAD}, "Running"),
    "one failed for good": ("Never", {"a": OK, "b": BAD}, "Failed"),
    "one failed for good, one still runs": ("Never", {"a": RUN, "b": BAD}, "Running"),
    "an init container runs": ("Always", {"i": RUN, "a": WAIT, "b": WAIT}, "Pending"),
    "an init container failed for good": ("Never", {"i": BAD, "a": WAIT, "b": WAIT}, "Failed"),
    "an init container failed and restarts": ("Always", {"i": BAD, "a": WAIT, "b": WAIT}, "Pending"),
    "a sidecar is not up yet": ("Always", {"s": UNSTARTED, "a": WAIT, "b": WAIT}, "Pending"),
    "a sidecar outlives the main containers": ("Never", {"s": RUN, "a": OK, "b": OK}, "Running"),
    "a stopped sidecar counts for nothing": ("Never", {"s": BAD, "a": OK, "b": OK}, "Succeeded"),
}


@pytest.mark.parametrize(("policy", "statuses", "expected"), CASES.values(), ids=CASES)
def test_phase(policy: str, statuses: dict[str, Object], expected: str) -> None:
    """Main containers a and b; i is an init container and s a sidecar, when they occur."""
    spec: Object = {"restartPolicy": policy, "containers": [{"name": "a"}, {"name": "b"}]}
    spec["initContainers"] = [{"name": "i"}] if "i" in statuses else []
    if "s" in statuses:
        spec["initContainers"].append({"name": "s", "restartPolicy": "Always"})
    assert phase(spec, statuses, is_terminal=False, has_initialized=False) == expected


def test_a_pod_that_is_stopped_for_good_has_failed_though_its_policy_says_always() -> None:
    """Nothing will restart it."""
    spec: Object = {"restartPolicy": "Always", "containers": [{"name": "a"}]}
    assert phase(spec, {"a": BAD}, is_terminal=True, has_initialized=True) == "Failed"
