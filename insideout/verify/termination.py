"""Plays recorded stops of a pod: when each container's hook runs, when it is told to stop, when it is gone.

Source: the recorder called pkg/kubelet/kuberuntime:killContainersWithSyncResult@v1.36.2 with containers that
leave a given time after SIGTERM, or never.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from insideout.client import Object
from insideout.kubelet.container import Container, Role
from insideout.kubelet.host import Timing
from insideout.kubelet.images import Images, Registry
from insideout.kubelet.order import Order
from insideout.kubelet.process import SIGKILL_EXIT_CODE, Process
from insideout.kubelet.programs import Program, Programs
from insideout.kubelet.stopping import Stopper
from insideout.sim import Loop
from insideout.verify.normal import differences
from insideout.verify.outcome import Row


def verify_termination(rows: Sequence[Row]) -> Iterator[tuple[str, list[str]]]:
    """Stop every recorded pod with the kubelet's own order; seconds count from the start of stopping."""
    for row in rows:
        yield row["id"], list(differences(row["want"], stop_pod(row["containers"], row["grace"])))


def stop_pod(listed: Sequence[Row], grace_s: int) -> Row:
    """Return what stopping a pod comes to: per running container its times, and when the last one is gone.

    A container is a dict of `name`, `kind` (main, sidecar or init), `exit_ms` after SIGTERM (None: never)
    and, where they apply, `prestop_ms` and `running`.
    """
    loop = Loop()
    pod = {"metadata": {"name": "p", "namespace": "default", "uid": "p"}, "spec": _spec(listed)}
    containers = [_container(pod, each) for each in listed]
    host = _Host(loop)
    stopped: list[float] = []
    for container, each in zip(containers, listed, strict=True):
        if each.get("running", True):
            container.run(loop, "p", lambda ended: stopper.exited(ended))  # there by the time one ends
    stopper = Stopper(host, pod, containers, grace_s, lambda: stopped.append(loop.now_s))
    stopper.begin()
    loop.run(grace_s + 3600)
    times = {each.name: _times(each) for each in containers if each.process is not None}
    return {"containers": times, "pod_stopped": _seconds(stopped[0])}


def _times(container: Container) -> Row:
    process = container.process
    assert process is not None
    assert process.told_s is not None
    assert process.exit_status is not None
    times: Row = {
        "term": _seconds(process.told_s),
        "stop_timeout": process.stop_timeout_s,
        "gone": _seconds(container.ended_s),
    }
    if container.pre_stop_s is not None:
        times["prestop_start"] = _seconds(container.pre_stop_s)
    if process.exit_status.code == SIGKILL_EXIT_CODE:
        times["kill"] = times["gone"]
    return times


def _seconds(value_s: float) -> float:
    """Return an instant as records write it: whole seconds without a fraction."""
    rounded = round(value_s, 3)
    return int(rounded) if rounded == int(rounded) else rounded


def _spec(listed: Sequence[Row]) -> Object:
    inits, mains = [], []
    for each in listed:
        container: Object = {"name": each["name"]}
        if "prestop_ms" in each:
            command = ["sleep", f"{each['prestop_ms'] / 1000:.3f}"]
            container["lifecycle"] = {"preStop": {"exec": {"command": command}}}
        if each["kind"] == "main":
            mains.append(container)
        else:
            inits.append(container | ({"restartPolicy": "Always"} if each["kind"] == "sidecar" else {}))
    return {"initContainers": inits, "containers": mains}


def _container(pod: Object, each: Row) -> Container:
    spec = pod["spec"]
    found = next(c for c in [*spec["initContainers"], *spec["containers"]] if c["name"] == each["name"])
    role: Role = each["kind"]
    return Container(found, role, _Leaving(None if each["exit_ms"] is None else each["exit_ms"] / 1000))


@dataclass(frozen=True)
class _Leaving(Program):
    """A program that leaves so long after SIGTERM, or never."""

    after_s: float | None = 0.0

    def stop(self, process: Process) -> None:
        if self.after_s is not None:
            process.after(self.after_s, lambda: process.exit(0))


class _Host:
    """A node on which nothing but stopping happens."""

    address = ""
    is_halted = False
    network_problem = ""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.timing = Timing()
        self.programs = Programs()
        self.images = Images(loop, Registry())
        self.order = Order()

    def assign_ip(self, pod: Object) -> str:
        return ""

    def network_set_up(self) -> None:
        """Need none."""

    def record(self, *_: Any) -> None:
        """Keep no Events."""

    def report(self, uid: str) -> None:
        """Report to nobody."""

    def used_cpu(self, seconds: float) -> None:
        """Nobody measures here."""

    def finished(self, uid: str) -> None:
        """Report to nobody."""
