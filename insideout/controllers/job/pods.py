"""The Pods that a Job makes.

Source: pkg/controller/job/job_controller.go:manageJob, indexed_job_utils.go@v1.36.2.
"""

from collections.abc import Mapping

from insideout.client import Object
from insideout.controllers.job.indexes import INDEX
from insideout.controllers.job.progress import FINALIZER
from insideout.controllers.podcontrol import pod_from_template


def pod_for(job: Object, index: int | None, annotations: Mapping[str, str] | None = None) -> Object:
    """Return a Pod as it is created: held by a finalizer until it is counted, with its index if any.

    `annotations` are what it is told of the Pods of its index before it.
    """
    pod = pod_from_template(job["spec"]["template"], job)
    metadata = pod["metadata"]
    metadata["finalizers"] = [*metadata.get("finalizers", []), FINALIZER]
    if index is None:
        return pod
    name = f"{job['metadata']['name']}-{index}"
    metadata["generateName"] = f"{name}-"
    metadata.setdefault("annotations", {}).update({INDEX: str(index), **(annotations or {})})
    metadata.setdefault("labels", {})[INDEX] = str(index)
    pod["spec"]["hostname"] = name
    for kind in ("initContainers", "containers"):
        for container in pod["spec"].get(kind) or ():
            _tell_index(container)
    return pod


def _tell_index(container: Object) -> None:
    """Let a container find its index in its environment."""
    environment = container.setdefault("env", [])
    if not any(variable["name"] == "JOB_COMPLETION_INDEX" for variable in environment):
        field = {"apiVersion": "v1", "fieldPath": f"metadata.labels['{INDEX}']"}
        environment.append({"name": "JOB_COMPLETION_INDEX", "valueFrom": {"fieldRef": field}})
