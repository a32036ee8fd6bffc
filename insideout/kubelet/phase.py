"""The phase of a Pod: five words for what its containers are doing.

Left out: the alpha feature that restarts all containers when one exits.

Source: pkg/kubelet/kubelet_pods.go:getPhase@v1.36.2.
"""

from collections import Counter
from collections.abc import Mapping

from insideout.apimachinery.resources import is_sidecar
from insideout.client import Object


def should_restart(container: Object, pod_spec: Object, exit_code: int) -> bool:
    """Tell whether a container that exited is started again: its own policy comes before the Pod's.

    Source: pkg/api/v1/pod/util.go:ContainerShouldRestart@v1.36.2.
    """
    if "restartPolicy" in container:
        for rule in container.get("restartPolicyRules") or ():
            if _rule_matches(rule, exit_code):
                return bool(rule["action"] == "Restart")
    policy = container.get("restartPolicy", pod_spec.get("restartPolicy", "Always"))
    return policy == "Always" or (policy == "OnFailure" and exit_code != 0)


def phase(spec: Object, statuses: Mapping[str, Object], *, is_terminal: bool, has_initialized: bool) -> str:
    """Return the phase for containers in these states, by name.

    `is_terminal` says that nothing will be started again whatever the restart policy, `has_initialized` that
    the main containers have been started once.
    """
    pending_init, failed = _init_containers(spec, statuses)
    if failed:
        return "Failed"
    counts = Counter[str]()
    for container in spec["containers"]:
        counts.update(_main_container(container, spec, statuses.get(container["name"])))
    pending_sidecars = _sidecars(spec, statuses, counts)
    if pending_init or (pending_sidecars and not has_initialized) or counts["waiting"]:
        return "Pending"
    if counts["unknown"]:
        return "Pending"
    if counts["running"]:
        return "Running"
    if not counts["stopped"]:
        return "Pending"
    if not is_terminal and counts["final"] < counts["stopped"]:
        return "Running"
    return "Succeeded" if counts["succeeded"] == counts["stopped"] else "Failed"


def _init_containers(spec: Object, statuses: Mapping[str, Object]) -> tuple[int, bool]:
    """Return how many plain init containers have not run yet, and whether one has failed for good."""
    pending = 0
    for container in spec.get("initContainers") or ():
        if is_sidecar(container):
            continue
        exit_code = _last_exit_code(statuses.get(container["name"]))
        if exit_code is None:
            pending += 1
        elif exit_code and not should_restart(container, spec, exit_code):
            return pending, True
    return pending, False


def _sidecars(spec: Object, statuses: Mapping[str, Object], counts: Counter[str]) -> int:
    """Count sidecars in; return how many have not started.  A sidecar that ended counts for nothing."""
    pending = 0
    for container in spec.get("initContainers") or ():
        if not is_sidecar(container):
            continue
        status = statuses.get(container["name"])
        if status is None:
            counts["unknown"] += 1
        elif "running" in status["state"]:
            counts["running"] += 1
            pending += not status.get("started")
        elif "waiting" in status["state"] and "terminated" not in (status.get("lastState") or {}):
            counts["waiting"] += 1
            pending += 1
    return pending


def _main_container(container: Object, spec: Object, status: Object | None) -> list[str]:
    """Return what to count a main container as."""
    if status is None:
        return ["unknown"]
    if "running" in status["state"]:
        return ["running"]
    exit_code = _last_exit_code(status)
    if exit_code is None:
        return ["waiting"]
    counted = ["stopped"]
    if not should_restart(container, spec, exit_code):
        counted.append("final")
    if exit_code == 0 and "terminated" in status["state"]:
        counted.append("succeeded")
    return counted


def _last_exit_code(status: Object | None) -> int | None:
    """Return how a container that is not running ended, None when it never has."""
    if status is None or "running" in status["state"]:
        return None
    ended = status["state"].get("terminated") or (status.get("lastState") or {}).get("terminated")
    return None if ended is None else int(ended["exitCode"])


def _rule_matches(rule: Object, exit_code: int) -> bool:
    codes = rule.get("exitCodes") or {}
    listed = exit_code in (codes.get("values") or [])
    return listed if codes.get("operator") == "In" else not listed
