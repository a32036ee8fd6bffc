"""What is done for a pod's claims between the choice of its node and its binding.

Claims that waited for their first consumer are reserved a volume each, or told the node that a new one must
be near; then the pod waits until the volume controller has bound them all.  Volumes and claims count as taken
from the choice on, so that the next pod does not choose them too.

Source: pkg/scheduler/framework/plugins/volumebinding/binder.go (AssumePodVolumes, BindPodVolumes,
checkBindings)@v1.36.2.
"""

from insideout.apimachinery import volumes
from insideout.client import ApiError, Client, Object
from insideout.scheduler.filters import volume_binding
from insideout.scheduler.filters.volume_binding import Plan
from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.snapshot import Snapshot

POLL_S = 1.0
TIMEOUT_S = 600.0
_TIMED_OUT = "binding volumes: context deadline exceeded"


class BindingFailedError(Exception):
    """The claims cannot be bound for this node, and the pod must look for another."""


class VolumeBinder:
    """Binds claims for pods that have been given a node."""

    def __init__(self, client: Client, snapshot: Snapshot) -> None:
        self._client = client
        self._snapshot = snapshot

    def assume(self, pod: PodInfo, node: NodeInfo) -> Plan:
        """Return what the pod's claims need on its node, and count it as done."""
        plan = volume_binding.plan(pod, node, self._snapshot)
        for volume, claim in plan.bindings:
            self._snapshot.assume_volume(volumes.bound(volume, claim))
        for claim in plan.provisions:
            self._snapshot.assume_claim(volumes.annotated(claim, volumes.SELECTED_NODE, node.name))
        return plan

    def forget(self, plan: Plan) -> None:
        """Take back what was assumed and not written."""
        for volume, _ in plan.bindings:
            self._snapshot.restore_volume(volume)
        for claim in plan.provisions:
            self._snapshot.restore_claim(claim)

    def write(self, plan: Plan, node_name: str) -> None:
        """Reserve the volumes, and ask for new ones; raise ApiError when the server refuses."""
        for volume, claim in plan.bindings:
            self._client.update("persistentvolumes", volumes.bound(volume, claim))
        for claim in plan.provisions:
            chosen = volumes.annotated(claim, volumes.SELECTED_NODE, node_name)
            if chosen is not claim:
                self._client.update("persistentvolumeclaims", chosen)

    def done(self, plan: Plan, node: NodeInfo) -> bool:
        """Tell whether all claims are bound; raise BindingFailedError when they never will be."""
        for volume, claim in plan.bindings:
            name = volume["metadata"]["name"]
            reserved = self._get("persistentvolumes", name, None)
            if not (reserved["spec"].get("claimRef") or {}).get("uid"):
                raise BindingFailedError(f'binding volumes: ClaimRef got reset for pv "{name}"')
            if not volumes.is_fully_bound(self._claim(claim)):
                return False
        for claim in plan.provisions:
            now = self._claim(claim)
            name = claim["metadata"]["name"]
            if volumes.annotations(now).get(volumes.SELECTED_NODE) != node.name:
                raise BindingFailedError(f'binding volumes: provisioning failed for PVC "{name}"')
            if not volumes.is_fully_bound(now):
                return False
            made = self._get("persistentvolumes", now["spec"]["volumeName"], None)
            if node.node is not None and not volumes.reaches(made, node.node):
                name = made["metadata"]["name"]
                why = f'pv "{name}" node affinity doesn\'t match node "{node.name}": no matching '
                raise BindingFailedError(f"binding volumes: {why}NodeSelectorTerms")
        return True

    def timed_out(self) -> BindingFailedError:
        """Return the failure of having waited too long."""
        return BindingFailedError(_TIMED_OUT)

    def _claim(self, claim: Object) -> Object:
        return self._get("persistentvolumeclaims", claim["metadata"]["name"], claim["metadata"]["namespace"])

    def _get(self, resource: str, name: str, namespace: str | None) -> Object:
        try:
            return self._client.get(resource, name, namespace)
        except ApiError as refused:
            if refused.code != 404:
                raise
            raise BindingFailedError(f"binding volumes: failed to check binding: {refused}") from None
