"""What containers do: small programs in place of the processes of real images.

An image's program is looked up by image name; a Pod's annotation `program.course/<container>`, written as
`parse` reads it, comes before that.  A program is one object for all containers that run it: what belongs to
one run is kept in the `Process` that each method is handed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from insideout.apimachinery import quantity
from insideout.client import Object
from insideout.kubelet.process import Process

ANNOTATION = "program.course/"


class Request(NamedTuple):
    """A request to a port of a container."""

    port: int
    method: str = "GET"
    path: str = "/"
    body: str = ""


class Response(NamedTuple):
    """A program's answer to a request: an HTTP status, a body, and how long it took."""

    status: int
    body: str = ""
    duration_s: float = 0.0


class ExecResult(NamedTuple):
    """What a command in a container came to."""

    exit_code: int
    stdout: str = ""
    stderr: str = ""
    duration_s: float = 0.0


class Program:
    """A program that runs until it is told to stop, and answers; the base of all others."""

    stop_s: float = 0.0
    """How long it takes to leave once it is told to stop."""
    sets_up_network: bool = False
    """Whether it gives its node a pod network when it starts, as the agent of a network plugin does."""

    @property
    def leaves_s(self) -> float | None:
        """How long it takes to leave, None for a program that waits to be killed."""
        return self.stop_s

    def start(self, process: Process) -> None:
        """Begin; timers of the process carry it on."""

    def stop(self, process: Process) -> None:
        """React to SIGTERM: by default leave in order after `stop_s`."""
        if self.stop_s > 0:
            process.after(self.stop_s, lambda: process.exit(0))
        else:
            process.exit(0)

    def answer(self, process: Process, request: Request) -> Response:
        """Answer a request; by default with the host name, as a web server for lessons does."""
        return Response(200, f"{process.hostname}\n")

    def execute(self, process: Process, command: Sequence[str]) -> ExecResult:
        """Run a command beside the program: sleep, true, false, echo, hostname and env are known."""
        return execute(process, command)


@dataclass(frozen=True)
class Step:
    """One thing that a `Script` does, `after_s` seconds after its start, then every `every_s` seconds."""

    verb: str
    argument: str = ""
    after_s: float = 0.0
    every_s: float = 0.0


@dataclass(frozen=True)
class Script(Program):
    """A program made of steps: "exit 1 after 5s; memory 100Mi; log hello every 2s; unready; stop 3s"."""

    steps: tuple[Step, ...]
    stop_s: float = 0.0

    def start(self, process: Process) -> None:
        """Set a timer for each step; those for now are taken at once."""
        for step in self.steps:
            if step.after_s > 0:
                process.after(step.after_s, partial(self._take, process, step))
            else:
                self._take(process, step)

    def stop(self, process: Process) -> None:
        """Leave after `stop_s`; a script with "ignore-stop" waits to be killed."""
        if self.leaves_s is not None:
            super().stop(process)

    @property
    def leaves_s(self) -> float | None:
        """How long it takes to leave."""
        return None if any(step.verb == "ignore-stop" for step in self.steps) else self.stop_s

    def _take(self, process: Process, step: Step) -> None:
        if process.exit_status is not None:
            return
        match step.verb:
            case "exit":
                process.exit(int(step.argument or 0))
            case "memory":
                process.use_memory(int(quantity.parse(step.argument)))
            case "cpu":
                process.use_cpu(int(quantity.parse(step.argument) * 1000))
            case "log":
                process.log(step.argument)
            case "ready" | "unready":
                process.is_ready = step.verb == "ready"
            case "healthy" | "unhealthy":
                process.is_healthy = step.verb == "healthy"
            case "started" | "unstarted":
                process.is_started = step.verb == "started"
        if step.every_s > 0:
            process.after(step.every_s, partial(self._take, process, step))


_VERBS = (
    *("serve", "exit", "memory", "cpu", "log", "stop", "ignore-stop"),
    *("ready", "unready", "healthy", "unhealthy", "started", "unstarted"),
)
_TIMING = re.compile(r"\s+(after|every)\s+(\d+(?:\.\d+)?)s\b")


def parse(text: str) -> Script:
    """Read a script: steps separated by ";", each a verb, its argument, and "after Ns" or "every Ns".

    Raises ValueError that names the step and the verbs there are.
    """
    steps, stop_s = [], 0.0
    for part in filter(None, (part.strip() for part in text.split(";"))):
        timing = {match[1]: float(match[2]) for match in _TIMING.finditer(part)}
        verb, _, argument = _TIMING.sub("", part).partition(" ")
        if verb not in _VERBS:
            raise ValueError(f"{part!r} does not begin with a verb; use one of {', '.join(_VERBS)}")
        if verb == "stop":
            stop_s = float(argument.strip().removesuffix("s"))
        steps.append(Step(verb, argument.strip(), timing.get("after", 0.0), timing.get("every", 0.0)))
    return Script(tuple(steps), stop_s)


def execute(process: Process, command: Sequence[str]) -> ExecResult:
    """Run one of the few commands that every container knows; 127 for any other, as a shell answers."""
    words = list(command)
    if words[:2] in (["sh", "-c"], ["/bin/sh", "-c"]) and len(words) == 3:
        words = words[2].split()
    match words:
        case ["sleep", seconds] if re.fullmatch(r"\d+(\.\d+)?", seconds):
            return ExecResult(0, duration_s=float(seconds))
        case ["true"] | []:
            return ExecResult(0)
        case ["false"]:
            return ExecResult(1)
        case ["exit", code] if code.isdigit():
            return ExecResult(int(code))
        case ["echo", *rest]:
            return ExecResult(0, " ".join(rest) + "\n")
        case ["hostname"]:
            return ExecResult(0, f"{process.hostname}\n")
        case ["env"]:
            return ExecResult(0, "".join(f"{key}={value}\n" for key, value in process.env.items()))
    return ExecResult(127, stderr=f"{words[0]}: not found\n")


@dataclass
class Programs:
    """Which program an image runs; `default` is for images that nobody registered."""

    by_image: dict[str, Program] = field(default_factory=dict)
    default: Program = field(default_factory=Program)
    of_command: Callable[[Object], Program | None] = lambda container: None
    """Gives the program that a container's command is, None where it cannot be known."""

    def register(self, image: str, program: Program | str) -> None:
        """Let `image` run a program, or a script in words."""
        self.by_image[image] = parse(program) if isinstance(program, str) else program

    def of(self, pod: Object, container: Object) -> Program:
        """Return a container's program: its Pod's annotation, its image's, its command, or the default."""
        annotations: Mapping[str, str] = pod["metadata"].get("annotations") or {}
        text = annotations.get(ANNOTATION + container["name"])
        if text is not None:
            return parse(text)
        known = self.by_image.get(container.get("image", ""))
        return known or self.of_command(container) or self.default
