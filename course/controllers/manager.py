"""kube-controller-manager: all controllers in one process, with shared informers.

Source: cmd/kube-controller-manager/app/controllermanager.go@v1.36.2.
"""

from course.client import Client
from course.controllers.controller import Controller
from course.controllers.daemonset.controller import DaemonSetController
from course.controllers.deployment.controller import DeploymentController
from course.controllers.disruption import DisruptionController
from course.controllers.endpoints import EndpointsController
from course.controllers.endpointslice.controller import EndpointSliceController
from course.controllers.garbagecollector.controller import GarbageCollector
from course.controllers.informers import Informers
from course.controllers.job.controller import JobController
from course.controllers.namespace import NamespaceController
from course.controllers.nodelifecycle.controller import NodeLifecycleController
from course.controllers.podgc import PodGarbageCollector
from course.controllers.replicaset.controller import ReplicaSetController
from course.controllers.serviceaccounts import ServiceAccountsController
from course.controllers.statefulset.controller import StatefulSetController
from course.controllers.tainteviction.controller import TaintEvictionController
from course.sim import Loop

CONTROLLERS: tuple[type[Controller], ...] = (
    DaemonSetController,
    DeploymentController,
    DisruptionController,
    EndpointSliceController,
    EndpointsController,
    GarbageCollector,
    JobController,
    NamespaceController,
    NodeLifecycleController,
    PodGarbageCollector,
    ReplicaSetController,
    ServiceAccountsController,
    StatefulSetController,
    TaintEvictionController,
)


class ControllerManager:
    """Starts and stops every controller; `controllers` can be changed before it starts."""

    def __init__(self, client: Client, loop: Loop, kinds: tuple[type[Controller], ...] = CONTROLLERS) -> None:
        self.informers = Informers(client, loop)
        self.controllers: dict[str, Controller] = {
            kind.__name__: kind(client, loop, self.informers) for kind in kinds
        }

    def start(self) -> None:
        """Start every controller."""
        for controller in self.controllers.values():
            controller.start()

    def stop(self) -> None:
        """Stop every controller, as when the process ends."""
        for controller in self.controllers.values():
            controller.stop()
