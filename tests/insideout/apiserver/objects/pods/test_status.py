"""What an update of a pod's status may say."""

from typing import Any

import pytest

from insideout.apiserver.status import StatusError

Object = dict[str, Any]
ENDED = {"terminated": {"exitCode": 0}}
FAILED = {"terminated": {"exitCode": 3}}
RUNNING = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}


def pod(policy: str, **container: Any) -> Object:
    """Return a new pod of one container."""
    spec = {"restartPolicy": policy, "containers": [{"name": "c", "image": "i", **container}]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": spec}


def ran(writes: Any, body: Object, **status: Any) -> Object:
    """Return the pod of `body` once its status says `status`."""
    return writes.update(
        "pods", writes.create("pods", body), lambda obj: obj["status"].update(status), "status"
    )


def state(value: Object) -> list[Object]:
    """Return the statuses of the pod's only container."""
    return [{"name": "c", "state": value, "ready": False, "restartCount": 0, "image": "i", "imageID": ""}]


@pytest.mark.parametrize(
    ("policy", "container", "before", "allowed"),
    [
        ("Always", {}, ENDED, True),
        ("OnFailure", {}, FAILED, True),
        ("OnFailure", {}, ENDED, False),
        ("Never", {}, FAILED, False),
        ("Never", {"restartPolicy": "OnFailure"}, FAILED, True),
        ("Always", {"restartPolicy": "Never"}, FAILED, False),
        ("Never", {}, RUNNING, True),
    ],
)
def test_a_container_that_ended_for_good_stays_so(
    writes: Any, policy: str, container: Object, before: Object, allowed: bool
) -> None:
    """Whether it may start again is a matter of its policy and exit code."""
    old = ran(writes, pod(policy, **container), containerStatuses=state(before))

    def run(obj: Object) -> None:
        obj["status"]["containerStatuses"] = state(RUNNING)

    if allowed:
        assert writes.update("pods", old, run, "status")["status"]["containerStatuses"][0]["state"] == RUNNING
    else:
        message = r"containerStatuses\[0\].state: Forbidden: may not be transitioned to non-terminated state"
        with pytest.raises(StatusError, match=message):
            writes.update("pods", old, run, "status")


def test_a_rule_restarts_a_container(writes: Any) -> None:
    """A rule on the exit code comes before the container's policy."""
    rule = {"action": "Restart", "exitCodes": {"operator": "In", "values": [3]}}
    body = pod("Never", restartPolicy="Never", restartPolicyRules=[rule])
    old = ran(writes, body, containerStatuses=state(FAILED))
    new = writes.update(
        "pods", old, lambda obj: obj["status"].update(containerStatuses=state(RUNNING)), "status"
    )
    assert new["status"]["containerStatuses"][0]["state"] == RUNNING


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"qosClass": "Guaranteed"}, 'qosClass: Invalid value: "Guaranteed": field is immutable'),
        ({"nominatedNodeName": "A_"}, 'nominatedNodeName: Invalid value: "A_"'),
        ({"observedGeneration": -1}, "observedGeneration: Invalid value: -1: must be a non-negative"),
        ({"hostIPs": [{"ip": "10.0.0.1"}]}, r"hostIPs\[0\].ip: Invalid value: .* must be equal to `hostIP`"),
        ({"podIPs": [{"ip": "10.0.0.1"}, {"ip": "10.0.0.2"}]}, "podIPs: Invalid value: .* no more than one"),
        ({"podIPs": [{"ip": "x"}]}, r'podIPs\[0\]: Invalid value: "x": must be a valid IP address'),
        ({"conditions": [{"type": "a b", "status": "True"}]}, r"conditions\[0\].Type: Invalid value"),
    ],
)
def test_what_a_status_may_not_say(writes: Any, change: Object, message: str) -> None:
    """Each is refused with upstream's words."""
    with pytest.raises(StatusError, match=message):
        ran(writes, pod("Always"), **change)


def test_a_bound_pod_is_not_nominated(writes: Any) -> None:
    """It has its node already."""
    body = pod("Always")
    body["spec"]["nodeName"] = "n"
    with pytest.raises(StatusError, match="may not be set on pods that are already bound to a node"):
        ran(writes, body, nominatedNodeName="m")


def test_observed_generations_are_kept(writes: Any) -> None:
    """A writer that does not know the field does not clear it."""
    condition = {"type": "Ready", "status": "False"}
    old = ran(
        writes, pod("Always"), observedGeneration=1, conditions=[{**condition, "observedGeneration": 1}]
    )

    def forget(obj: Object) -> None:
        obj["status"] = {"phase": "Pending", "conditions": [condition]}

    new = writes.update("pods", old, forget, "status")["status"]
    assert (new["observedGeneration"], new["conditions"][0]["observedGeneration"]) == (1, 1)
    assert new["qosClass"] == "BestEffort"
