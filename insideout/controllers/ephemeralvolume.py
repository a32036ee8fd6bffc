"""The ephemeral volume controller: it makes a claim for each volume that a pod wants for itself alone.

The claim is named after pod and volume and belongs to the pod, so that it goes with the pod.

Source: pkg/controller/volume/ephemeral/controller.go@v1.36.2.
"""

from insideout.apimachinery import owners
from insideout.client import ApiError, Object
from insideout.client.informer import Key
from insideout.controllers.controller import Controller
from insideout.controllers.informers import BY_CLAIM

_CLAIMS = "persistentvolumeclaims"


class EphemeralVolumeController(Controller):
    """Creates the claims of ephemeral volumes."""

    name = "ephemeral_volume"

    def watch(self) -> None:
        """Watch pods, and claims that vanish below them."""
        self._pods = self.on("pods", add=self._added)
        self._claims = self.on(_CLAIMS, delete=self._claim_gone)

    def sync(self, key: Key) -> None:
        """Create the claims that one pod lacks."""
        namespace, name = key
        pod = self._pods.get(name, namespace)
        if pod is None or "deletionTimestamp" in pod["metadata"]:
            return
        for volume in pod["spec"].get("volumes") or ():
            if "ephemeral" in volume:
                self._see_to(pod, volume)

    def _see_to(self, pod: Object, volume: Object) -> None:
        metadata = pod["metadata"]
        name = f"{metadata['name']}-{volume['name']}"
        claim = self._claims.get(name, metadata["namespace"])
        if claim is not None:
            if not owners.is_controlled_by(claim, pod):
                named = f"{metadata['namespace']}/{metadata['name']}"
                why = f"PVC {metadata['namespace']}/{name} was not created for pod {named} (pod is not owner)"
                self._failed(pod, volume, why)
                self.queue.add_rate_limited((metadata["namespace"], metadata["name"]))
            return
        template = volume["ephemeral"]["volumeClaimTemplate"]
        marks = template.get("metadata") or {}
        made: Object = {"name": name, "ownerReferences": [owners.controller_reference(pod)]}
        made |= {key: marks[key] for key in ("annotations", "labels") if marks.get(key)}
        body = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": made}
        try:
            self.client.create(_CLAIMS, {**body, "spec": template["spec"]}, metadata["namespace"])
        except ApiError as refused:
            self._failed(pod, volume, f"create PVC {name}: {refused}")
            raise

    def _failed(self, pod: Object, volume: Object, why: str) -> None:
        message = f"ephemeral volume {volume['name']}: {why}"
        self.recorder.event(pod, "Warning", "FailedBinding", message)

    # Events.

    def _added(self, pod: Object) -> None:
        if any("ephemeral" in volume for volume in pod["spec"].get("volumes") or ()):
            self.enqueue(pod)

    def _claim_gone(self, claim: Object) -> None:
        metadata = claim["metadata"]
        for pod in self._pods.by_index(BY_CLAIM, f"{metadata['namespace']}/{metadata['name']}"):
            self._added(pod)
