"""Protection of claims and volumes in use: their finalizers go when nobody uses them any more.

A claim is in use while a pod names it that has a node, even one that has run to its end; a volume, while it
is bound.  So a deleted claim stays, Terminating, below a running pod.

Source: pkg/controller/volume/{pvcprotection,pvprotection}/*_protection_controller.go@v1.36.2.
"""

from insideout.apimachinery import pods as podutil
from insideout.apimachinery import volumes
from insideout.client import ApiError, Object
from insideout.client.informer import Key, key_of
from insideout.controllers.controller import Controller
from insideout.controllers.informers import BY_CLAIM


class ClaimProtectionController(Controller):
    """Lets deleted claims go that no pod uses."""

    name = "pvc-protection-controller"

    def watch(self) -> None:
        """Watch claims and pods."""
        self._claims = self.on(
            "persistentvolumeclaims", add=self._look, update=lambda _, claim: self._look(claim)
        )
        self._pods = self.on("pods", update=self._pod_changed, delete=self._pod_gone)

    def sync(self, key: Key) -> None:
        """Take the finalizer from a deleted claim without users, or give it to a claim that lacks it."""
        namespace, name = key
        claim = self._claims.get(name, namespace)
        if claim is None:
            return
        if _is_candidate(claim, volumes.CLAIM_PROTECTION):
            if not self._is_used(claim):
                _without(self, "persistentvolumeclaims", claim, volumes.CLAIM_PROTECTION)
        elif _lacks(claim, volumes.CLAIM_PROTECTION):
            _with(self, "persistentvolumeclaims", claim, volumes.CLAIM_PROTECTION)

    def _is_used(self, claim: Object) -> bool:
        """Ask the cache, and before saying no the server: a pod may be too new for the cache."""
        metadata = claim["metadata"]
        key = f"{metadata['namespace']}/{metadata['name']}"
        if any(_uses(pod, claim) for pod in self._pods.by_index(BY_CLAIM, key)):
            return True
        live = self.client.list("pods", metadata["namespace"])["items"]
        return any(_uses(pod, claim) for pod in live)

    def _look(self, claim: Object) -> None:
        if _lacks(claim, volumes.CLAIM_PROTECTION) or _is_candidate(claim, volumes.CLAIM_PROTECTION):
            self.enqueue(claim)

    def _pod_changed(self, before: Object, pod: Object) -> None:
        shut = pod["metadata"].get("deletionGracePeriodSeconds") == 0
        if shut or podutil.is_terminal(pod) or before["metadata"]["uid"] != pod["metadata"]["uid"]:
            self._pod_gone(before)

    def _pod_gone(self, pod: Object) -> None:
        for name, _ in volumes.claims_of(pod):
            self.queue.add((pod["metadata"]["namespace"], name))


class VolumeProtectionController(Controller):
    """Lets deleted volumes go that are bound to no claim."""

    name = "pv-protection-controller"

    def watch(self) -> None:
        """Watch volumes."""
        self._volumes = self.on(
            "persistentvolumes", add=self._look, update=lambda _, volume: self._look(volume)
        )

    def sync(self, key: Key) -> None:
        """Take the finalizer from a deleted volume that is free, or give it to a volume that lacks it."""
        volume = self._volumes.get(key[1])
        if volume is None:
            return
        if _is_candidate(volume, volumes.VOLUME_PROTECTION):
            if (volume.get("status") or {}).get("phase") != "Bound":
                _without(self, "persistentvolumes", volume, volumes.VOLUME_PROTECTION)
        elif _lacks(volume, volumes.VOLUME_PROTECTION):
            _with(self, "persistentvolumes", volume, volumes.VOLUME_PROTECTION)

    def _look(self, volume: Object) -> None:
        if _lacks(volume, volumes.VOLUME_PROTECTION) or _is_candidate(volume, volumes.VOLUME_PROTECTION):
            self.enqueue(volume)


def _uses(pod: Object, claim: Object) -> bool:
    """Tell whether a pod that has a node names a claim, or has it made for itself and is not shut down."""
    metadata, shut = pod["metadata"], pod["metadata"].get("deletionGracePeriodSeconds") == 0
    if not pod["spec"].get("nodeName") or metadata["namespace"] != claim["metadata"]["namespace"]:
        return False
    return any(
        name == claim["metadata"]["name"] and not (made_for_pod and shut)
        for name, made_for_pod in volumes.claims_of(pod)
    )


def _finalizers(obj: Object) -> list[str]:
    return list(obj["metadata"].get("finalizers") or ())


def _is_candidate(obj: Object, finalizer: str) -> bool:
    return "deletionTimestamp" in obj["metadata"] and finalizer in _finalizers(obj)


def _lacks(obj: Object, finalizer: str) -> bool:
    return "deletionTimestamp" not in obj["metadata"] and finalizer not in _finalizers(obj)


def _without(controller: Controller, resource: str, obj: Object, finalizer: str) -> None:
    _write(controller, resource, obj, [each for each in _finalizers(obj) if each != finalizer])


def _with(controller: Controller, resource: str, obj: Object, finalizer: str) -> None:
    _write(controller, resource, obj, [*_finalizers(obj), finalizer])


def _write(controller: Controller, resource: str, obj: Object, finalizers: list[str]) -> None:
    namespace, _ = key_of(obj)
    new = {**obj, "metadata": {**obj["metadata"], "finalizers": finalizers}}
    try:
        controller.client.update(resource, new, namespace)
    except ApiError as refused:
        if refused.code != 404:  # gone, which is what was wanted
            raise
