"""Creating and deleting Pods for a controller, with the Events that tell of it.

Source: pkg/controller/controller_utils.go:RealPodControl@v1.36.2.
"""

from datetime import datetime

from insideout.apimachinery import owners, timestamps
from insideout.apimachinery.copies import copied
from insideout.client import ApiError, Client, Object
from insideout.client.events import EventRecorder
from insideout.client.interface import sharing


def pod_from_template(template: Object, owner: Object) -> Object:
    """Return a Pod as its controller creates it; the server completes its name."""
    metadata = template.get("metadata") or {}
    pod: Object = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "generateName": f"{owner['metadata']['name']}-",
            "namespace": owner["metadata"]["namespace"],
            "ownerReferences": [owners.controller_reference(owner)],
        },
        "spec": copied(template["spec"]),
    }
    for key in ("labels", "annotations", "finalizers"):
        if metadata.get(key):
            pod["metadata"][key] = copied(metadata[key])
    return pod


class PodControl:
    """Writes Pods in the name of one controller."""

    def __init__(self, client: Client, recorder: EventRecorder) -> None:
        self._client = sharing(client)
        self._recorder = recorder

    def create(self, pod: Object, owner: Object) -> Object:
        """Create a Pod and return it, not to be changed.

        The owner's Events tell of it, and of a failure before that is raised.
        """
        try:
            created = self._client.create("pods", pod)
        except ApiError as refused:
            # In a namespace that is being deleted every creation fails: that is no news.
            if not is_namespace_terminating(refused):
                self._recorder.event(owner, "Warning", "FailedCreate", f"Error creating: {refused}")
            raise
        self._recorder.event(
            owner, "Normal", "SuccessfulCreate", f"Created pod: {created['metadata']['name']}"
        )
        return created

    def delete(self, pod: Object, owner: Object) -> None:
        """Delete a Pod; one that is gone already raises ApiError 404."""
        name = pod["metadata"]["name"]
        try:
            self._client.delete("pods", name, pod["metadata"]["namespace"])
        except ApiError as refused:
            if refused.code != 404:
                self._recorder.event(owner, "Warning", "FailedDelete", f"Error deleting: {refused}")
            raise
        self._recorder.event(owner, "Normal", "SuccessfulDelete", f"Deleted pod: {name}")


def is_namespace_terminating(refused: ApiError) -> bool:
    """Tell whether a creation failed because its namespace is being deleted."""
    causes = (refused.status.get("details") or {}).get("causes") or ()
    return any(cause.get("reason") == "NamespaceTerminating" for cause in causes)


def disruption_target(pod: Object, reason: str, message: str, now: datetime) -> Object:
    """Return the condition that says a Pod is about to go, and on whose account."""
    condition: Object = {
        "type": "DisruptionTarget",
        "status": "True",
        "reason": reason,
        "message": message,
        "lastTransitionTime": timestamps.seconds(now),
    }
    if "generation" in pod["metadata"]:
        condition["observedGeneration"] = pod["metadata"]["generation"]
    return condition


def patch_status(client: Client, pod: Object, status: Object) -> Object:
    """Merge into a Pod's status, if it is still the same Pod; conditions are merged by type."""
    metadata = pod["metadata"]
    patch = {"metadata": {"uid": metadata["uid"]}, "status": status}
    return client.patch(
        "pods", metadata["name"], patch, metadata["namespace"], type="strategic", subresource="status"
    )
