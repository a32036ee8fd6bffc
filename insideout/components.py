"""The parts of a complete cluster, by name: what each is made of and which process it lives in.

Every part can be taken out or replaced on its own, the controllers too, although kube-controller-manager runs
them in one process with shared informers.
"""

from collections.abc import Callable, MutableMapping
from typing import TYPE_CHECKING, NamedTuple, Protocol

from insideout.client import Client
from insideout.client.logged import LoggedClient
from insideout.controllers.hollowprovisioner import HollowProvisioner
from insideout.controllers.informers import Informers
from insideout.controllers.manager import CONTROLLERS
from insideout.controllers.rootcapublisher import RootCAPublisher
from insideout.kubelet.connection import NodeConnection
from insideout.kubelet.hollow import HollowNodes
from insideout.kubelet.host import Timing
from insideout.network.enforcer import PolicyEnforcer
from insideout.network.proxies import NodeProxies
from insideout.scheduler.scheduler import Scheduler
from insideout.sim import Loop

if TYPE_CHECKING:
    from insideout.backends.controlplane.backend import ControlPlaneBackend

CONTROLLER_MANAGER = "kube-controller-manager"
SHARED = "shared-informers"
"""By which name the informers of kube-controller-manager ask.

Source: cmd/kube-controller-manager/app/controllermanager.go:CreateControllerContext@v1.36.2.
"""


class Component(Protocol):
    """Something that runs on a cluster through a client: the scheduler, a controller, the nodes."""

    def start(self) -> None:
        """Begin to work, by callbacks of the loop."""

    def stop(self) -> None:
        """Do nothing any more."""


Factory = Callable[[Client, Loop], Component]
"""Makes a component from its client and the cluster's loop."""


class Place(NamedTuple):
    """A part's place: the process that it belongs to, whose name its writes carry, and what fills it."""

    process: str
    make: Factory


def default_places(
    timing: Timing | None = None,
    connections: MutableMapping[str, NodeConnection] | None = None,
    certificate: Callable[[], str] | None = None,
) -> dict[str, Place]:
    """Return the places of a complete cluster, in the order in which they start.

    `connections` is where the API server finds the nodes for logs and exec; `certificate` gives what its
    HTTP door is known by, "" as long as that is closed, and is None where there is no such door.
    """
    informers: list[Informers] = []  # those of kube-controller-manager, made with the first controller

    def controller(kind: type) -> Factory:
        def make(client: Client, loop: Loop) -> Component:
            if not informers:
                shared = client.of(SHARED) if isinstance(client, LoggedClient) else client
                informers.append(Informers(shared, loop))
            made: Component = kind(client, loop, informers[0])
            return made

        return make

    places = {"kube-scheduler": Place("kube-scheduler", Scheduler)}
    places |= {kind.name: Place(CONTROLLER_MANAGER, controller(kind)) for kind in CONTROLLERS}
    if certificate is not None:
        known_by = certificate

        def publisher(client: Client, loop: Loop) -> Component:
            return RootCAPublisher(client, loop, known_by)

        places[RootCAPublisher.name] = Place(CONTROLLER_MANAGER, publisher)
    return places | _around(timing, connections)


def places_beside(backend: "ControlPlaneBackend", timing: Timing | None = None) -> dict[str, Place]:
    """Return the places of a cluster whose control plane is real: its programs, and hollow nodes of ours."""
    # Loaded here: it needs processes and sockets, which a browser's Python does not have.
    from insideout.backends.controlplane import backend as controlplane

    def controller(name: str) -> Factory:
        return lambda client, loop: controlplane.Controller(backend.controllers, name)

    places = {"kube-scheduler": Place("kube-scheduler", lambda *_: controlplane.Scheduler(backend.plane))}
    places |= {kind.name: Place(CONTROLLER_MANAGER, controller(kind.name)) for kind in CONTROLLERS}
    return places | _around(timing, backend.node_connections)


def _around(
    timing: Timing | None, connections: MutableMapping[str, NodeConnection] | None
) -> dict[str, Place]:
    """Return the places of what is around a control plane: storage, nodes, network."""

    def nodes(client: Client, loop: Loop) -> Component:
        return HollowNodes(client, loop, timing=timing, connections=connections)

    return {
        "hollow-provisioner": Place("hollow-provisioner", HollowProvisioner),
        "kubelet": Place("kubelet", nodes),
        "kube-proxy": Place("kube-proxy", NodeProxies),
        PolicyEnforcer.name: Place(PolicyEnforcer.name, PolicyEnforcer),
    }
