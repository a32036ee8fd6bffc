"""One container of a Pod on a node: its runs, its probes, and the status that the API shows of it.

Left out of the status: allocated resources, user, volume mounts.

Source: pkg/kubelet/kubelet_pods.go:convertToAPIContainerStatuses@v1.36.2.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

from insideout.apimachinery import quantity, timestamps
from insideout.client import Object
from insideout.kubelet.backoff import BackOff
from insideout.kubelet.initcontainers import State
from insideout.kubelet.process import Exit, Process
from insideout.kubelet.programs import Program
from insideout.kubelet.volumes import NOTHING, Mounted
from insideout.sim import Loop

Role = Literal["init", "sidecar", "main"]


class Container:
    """A container in its Pod; `state` and `last_state` are as the API writes them."""

    __slots__ = (
        "_back_offs",
        "ended_s",
        "is_changed",
        "is_replaced",
        "is_stopping",
        "last_state",
        "name",
        "pre_stop_s",
        "previous",
        "process",
        "program",
        "restart_count",
        "role",
        "runs",
        "spec",
        "startup_passed",
        "state",
        "verdict_ready",
    )

    def __init__(self, spec: Object, role: Role, program: Program) -> None:
        self.spec = spec
        self.name: str = spec["name"]
        self.role = role
        self.program = program
        self.process: Process | None = None
        self.previous: Process | None = None
        self.state: Object = {"waiting": {"reason": "ContainerCreating"}}
        self.last_state: Object = {}
        self.restart_count = 0
        self.runs = 0
        self.ended_s = 0.0
        self._back_offs: dict[str, BackOff] = {}
        self.is_changed = False
        """Whether its definition is another one than when it was last started."""
        self.is_replaced = False
        """Whether it was stopped for another definition, and neither runs nor waits for a reason yet."""
        self.pre_stop_s: float | None = None
        """When its preStop hook began."""
        self.is_stopping = False
        self.startup_passed: bool | None = None
        """What the startup probe says: None while undecided, True too when there is none."""
        self.verdict_ready: bool | None = None
        """What the readiness probe says, None when there is none."""

    @property
    def is_running(self) -> bool:
        """Whether a process of it is alive."""
        return self.process is not None and self.process.exit_status is None

    @property
    def exit_status(self) -> Exit | None:
        """How its latest run ended; None while one is alive, and before the first."""
        return self.process.exit_status if self.process else None

    @property
    def is_started(self) -> bool:
        """Whether it runs and, if it has a startup probe, passed it."""
        if not self.is_running or self.process is None:
            return False
        return self.startup_passed is True and self.process.is_started

    @property
    def is_ready(self) -> bool:
        """Whether it is ready: an init container when it succeeded, any other by its probe or by itself."""
        if self.role == "init":
            return self.exit_status is not None and self.exit_status.code == 0
        if not self.is_started or self.process is None:
            return False
        return self.process.is_ready if self.verdict_ready is None else self.verdict_ready

    @property
    def back_off(self) -> BackOff:
        """How long it is left alone when it ends: another image begins anew.

        Source: pkg/kubelet/kuberuntime/helpers.go:GetBackoffKey@v1.36.2.
        """
        return self._back_offs.setdefault(self.spec.get("image", ""), BackOff())

    def change(self, spec: Object, program: Program) -> None:
        """Take over a new definition; it holds from the next start on."""
        self.spec, self.program = spec, program
        self.is_changed = True

    def init_state(self) -> State:
        """Return its state as the order of init containers sees it."""
        if self.exit_status is not None:
            return "ok" if self.exit_status.code == 0 else "bad"
        if not self.is_running:
            return "none"
        if "startupProbe" not in self.spec or self.role == "init":
            return "run"
        if self.startup_passed is None:
            return "run"
        return "runOK" if self.startup_passed else "runFail"

    def run(
        self,
        loop: Loop,
        hostname: str,
        on_exit: "Callable[[Container], object]",
        env: Mapping[str, str] = MappingProxyType({}),
        mounted: Mounted = NOTHING,
    ) -> None:
        """Start a process with the variables `env` and the files of its volumes.

        One that ran before counts as restarted.
        """
        if self.runs:
            self.restart_count += 1
            self.last_state = self.state if "terminated" in self.state else self.last_state
            self.previous = self.process
        self.runs += 1
        self.is_changed = self.is_replaced = False
        self.is_stopping = False
        self.startup_passed = None if "startupProbe" in self.spec else True
        self.verdict_ready = False if "readinessProbe" in self.spec else None
        self.state = {"running": {"startedAt": timestamps.seconds(loop.time())}}
        started_at = self.state["running"]["startedAt"]
        limit = ((self.spec.get("resources") or {}).get("limits") or {}).get("memory")

        def ended(status: Exit) -> None:
            self.ended_s = loop.now_s
            self.state = {
                "terminated": {
                    "exitCode": status.code,
                    "reason": status.reason,
                    "startedAt": started_at,
                    "finishedAt": timestamps.seconds(loop.time()),
                    "containerID": self.container_id(hostname),
                }
            }
            on_exit(self)

        limit_bytes = int(quantity.parse(limit)) if limit is not None else None
        self.process = Process(loop, hostname, dict(env), limit_bytes, ended, mounted)
        self.program.start(self.process)

    def wait(self, reason: str, message: str = "") -> None:
        """Show that it cannot run now, and why; what it last did moves to `last_state`."""
        self.is_replaced = False
        if "terminated" in self.state:
            self.last_state = self.state
        self.state = {"waiting": {"reason": reason} | ({"message": message} if message else {})}

    def container_id(self, pod_key: str) -> str:
        """Return an identity that no other run has."""
        return f"hollow://{pod_key}/{self.name}/{self.runs}"

    def status(self, pod_key: str) -> Object:
        """Return its entry in containerStatuses or initContainerStatuses."""
        status: Object = {
            "name": self.name,
            "image": self.spec.get("image", ""),
            "imageID": f"hollow://{self.spec.get('image', '')}" if self.runs else "",
            "restartCount": self.restart_count,
            "ready": self.is_ready,
            "started": self.is_started,
            "state": self.state,
            "lastState": self.last_state,
        }
        if self.runs:
            status["containerID"] = self.container_id(pod_key)
        return status
