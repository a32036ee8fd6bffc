"""kube-controller-manager: all controllers in one process, with shared informers.

Source: cmd/kube-controller-manager/app/controllermanager.go@v1.36.2.
"""

from insideout.client import Client
from insideout.controllers.claimprotection import ClaimProtectionController, VolumeProtectionController
from insideout.controllers.clusterroleaggregation import ClusterRoleAggregationController
from insideout.controllers.controller import Controller
from insideout.controllers.cronjob.controller import CronJobController
from insideout.controllers.daemonset.controller import DaemonSetController
from insideout.controllers.deployment.controller import DeploymentController
from insideout.controllers.disruption import DisruptionController
from insideout.controllers.endpoints import EndpointsController
from insideout.controllers.endpointslice.controller import EndpointSliceController
from insideout.controllers.endpointslicemirroring.controller import EndpointSliceMirroringController
from insideout.controllers.ephemeralvolume import EphemeralVolumeController
from insideout.controllers.garbagecollector.controller import GarbageCollector
from insideout.controllers.informers import Informers
from insideout.controllers.job.controller import JobController
from insideout.controllers.namespace import NamespaceController
from insideout.controllers.nodelifecycle.controller import NodeLifecycleController
from insideout.controllers.persistentvolume.controller import PersistentVolumeController
from insideout.controllers.podautoscaler.controller import HorizontalPodAutoscalerController
from insideout.controllers.podgc import PodGarbageCollector
from insideout.controllers.policystatus import PolicyStatusController
from insideout.controllers.replicaset.controller import ReplicaSetController
from insideout.controllers.replicationcontroller import ReplicationControllerController
from insideout.controllers.resourcequota import ResourceQuotaController
from insideout.controllers.serviceaccounts import ServiceAccountsController
from insideout.controllers.statefulset.controller import StatefulSetController
from insideout.controllers.tainteviction.controller import TaintEvictionController
from insideout.controllers.ttlafterfinished import TTLAfterFinishedController
from insideout.sim import Loop

CONTROLLERS: tuple[type[Controller], ...] = (
    ClaimProtectionController,
    ClusterRoleAggregationController,
    CronJobController,
    DaemonSetController,
    DeploymentController,
    DisruptionController,
    EndpointSliceController,
    EndpointSliceMirroringController,
    EndpointsController,
    EphemeralVolumeController,
    GarbageCollector,
    HorizontalPodAutoscalerController,
    JobController,
    NamespaceController,
    NodeLifecycleController,
    PersistentVolumeController,
    PodGarbageCollector,
    PolicyStatusController,
    ReplicaSetController,
    ReplicationControllerController,
    ResourceQuotaController,
    ServiceAccountsController,
    StatefulSetController,
    TTLAfterFinishedController,
    TaintEvictionController,
    VolumeProtectionController,
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
