"""What a Pod on a node needs of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from insideout.client import Object
from insideout.kubelet.environment import Node
from insideout.kubelet.images import Images
from insideout.kubelet.order import Order
from insideout.kubelet.programs import Programs
from insideout.kubelet.sources import Immutable, Sources
from insideout.sim import Loop


@dataclass(frozen=True)
class Timing:
    """How long the steps take that programs have no part in, in seconds."""

    sandbox_s: float = 0.3
    """From the kubelet's first sight of a Pod to its network."""
    start_s: float = 0.1
    """From an image that is there to a running container."""
    stop_s: float = 0.1
    """From the end of the last container to the Pod's removal."""


class Host(Protocol):
    """The node as its Pods see it; the answers to `report` and `finished` come later, if at all."""

    loop: Loop
    timing: Timing
    programs: Programs
    images: Images
    order: Order
    address: str
    """The node's own address."""
    is_halted: bool
    """Whether the kubelet is not running: containers go on, and nobody looks after them."""
    network_problem: str
    """Why Pods get no network on this node, "" when they do; those in the node's own network need none."""

    def network_set_up(self) -> None:
        """Take note that a container has given the node its pod network."""

    def assign_ip(self, pod: Object) -> str:
        """Return an address for a Pod's network."""

    def record(self, pod: Object, type_: str, reason: str, message: str) -> None:
        """Write an Event about a Pod."""

    def report(self, uid: str) -> None:
        """Take note that the status of a Pod changed."""

    def used_cpu(self, seconds: float) -> None:
        """Take note of what a container that has ended used of the CPU in all."""

    def finished(self, uid: str) -> None:
        """Take note that a Pod that is being deleted has stopped."""


class PodHost(Host, Protocol):
    """The node as the start of a Pod sees it."""

    def sources(self, namespace: str, immutable: Immutable | None = None) -> Sources:
        """Return the ConfigMaps and Secrets of a namespace, to be read now but for those in `immutable`."""

    def services(self, namespace: str, *, own: bool) -> Mapping[str, str]:
        """Return the variables that name Services to containers in a namespace; `own`: those there, too."""

    def as_variables(self) -> Node:
        """Return what variables may say of the node."""
