"""The rows of what runs Pods: Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs and their like.

Source: pkg/printers/internalversion/printers.go@v1.36.2.
"""

from datetime import datetime

from insideout.apimachinery import timestamps
from insideout.apiserver.tables.ages import age, human_duration
from insideout.apiserver.tables.columns import (
    AGE,
    CONTAINERS,
    IMAGES,
    NAME,
    Cells,
    Column,
    Object,
    Printer,
    container_cells,
    created,
    few,
    labels_text,
    name_of,
    part,
    selector_text,
)


def _deployment(obj: Object, now: datetime) -> Cells:
    spec, status = part(obj, "spec"), part(obj, "status")
    return [
        name_of(obj),
        f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 0)}",
        status.get("updatedReplicas", 0),
        status.get("availableReplicas", 0),
        age(created(obj), now),
        *container_cells(part(spec, "template")),
        selector_text(spec.get("selector")),
    ]


DEPLOYMENTS = Printer(
    (
        NAME,
        Column("Ready", "Number of the pod with ready state"),
        Column("Up-to-date", "V1DeploymentStatus.updatedReplicas"),
        Column("Available", "V1DeploymentStatus.availableReplicas"),
        AGE,
        CONTAINERS,
        IMAGES,
        Column("Selector", "V1DeploymentSpec.selector", priority=1),
    ),
    _deployment,
)


def _replica_set(obj: Object, now: datetime) -> Cells:
    spec, status = part(obj, "spec"), part(obj, "status")
    return [
        name_of(obj),
        spec.get("replicas", 0),
        status.get("replicas", 0),
        status.get("readyReplicas", 0),
        age(created(obj), now),
        *container_cells(part(spec, "template")),
        selector_text(spec.get("selector")) or "<none>",
    ]


REPLICA_SETS = Printer(
    (
        NAME,
        Column("Desired", "V1ReplicaSetSpec.replicas", "integer"),
        Column("Current", "V1ReplicaSetStatus.replicas", "integer"),
        Column("Ready", "V1ReplicaSetStatus.readyReplicas", "integer"),
        AGE,
        CONTAINERS,
        IMAGES,
        Column("Selector", "V1ReplicaSetSpec.selector", priority=1),
    ),
    _replica_set,
)


def _stateful_set(obj: Object, now: datetime) -> Cells:
    spec, status = part(obj, "spec"), part(obj, "status")
    ready = f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 0)}"
    return [name_of(obj), ready, age(created(obj), now), *container_cells(part(spec, "template"))]


STATEFUL_SETS = Printer(
    (NAME, Column("Ready", "Number of the pod with ready state"), AGE, CONTAINERS, IMAGES), _stateful_set
)


def _daemon_set(obj: Object, now: datetime) -> Cells:
    spec, status = part(obj, "spec"), part(obj, "status")
    template = part(spec, "template")
    return [
        name_of(obj),
        status.get("desiredNumberScheduled", 0),
        status.get("currentNumberScheduled", 0),
        status.get("numberReady", 0),
        status.get("updatedNumberScheduled", 0),
        status.get("numberAvailable", 0),
        labels_text(part(template, "spec").get("nodeSelector")),
        age(created(obj), now),
        *container_cells(template),
        selector_text(spec.get("selector")) or "<none>",
    ]


DAEMON_SETS = Printer(
    (
        NAME,
        Column("Desired", "V1DaemonSetStatus.desiredNumberScheduled", "integer"),
        Column("Current", "V1DaemonSetStatus.currentNumberScheduled", "integer"),
        Column("Ready", "V1DaemonSetStatus.numberReady", "integer"),
        Column("Up-to-date", "V1DaemonSetStatus.updatedNumberScheduled", "integer"),
        Column("Available", "V1DaemonSetStatus.numberAvailable", "integer"),
        Column("Node Selector", "V1PodSpec.nodeSelector"),
        AGE,
        CONTAINERS,
        IMAGES,
        Column("Selector", "V1DaemonSetSpec.selector", priority=1),
    ),
    _daemon_set,
)


_JOB_STATES = (
    ("Complete", "Complete"),
    ("Failed", "Failed"),
    (None, "Terminating"),  # comes between the conditions: a Job that is being deleted
    ("Suspended", "Suspended"),
    ("FailureTarget", "FailureTarget"),
    ("SuccessCriteriaMet", "SuccessCriteriaMet"),
)


def _job(obj: Object, now: datetime) -> Cells:
    spec, status = part(obj, "spec"), part(obj, "status")
    true = {each["type"] for each in status.get("conditions") or [] if each.get("status") == "True"}
    if obj["metadata"].get("deletionTimestamp"):
        true.add(None)
    state = next((word for type_, word in _JOB_STATES if type_ in true), "Running")
    done, wanted, parallel = status.get("succeeded", 0), spec.get("completions"), spec.get("parallelism") or 0
    completions = f"{done}/{wanted}" if wanted is not None else f"{done}/1"
    if wanted is None and parallel > 1:
        completions = f"{done}/1 of {parallel}"
    duration = ""
    if status.get("startTime"):
        end = timestamps.parse(status["completionTime"]) if status.get("completionTime") else now
        duration = human_duration(end - timestamps.parse(status["startTime"]))
    return [
        name_of(obj),
        state,
        completions,
        duration,
        age(created(obj), now),
        *container_cells(part(spec, "template")),
        selector_text(spec.get("selector")) or "<none>",
    ]


JOBS = Printer(
    (
        NAME,
        Column("Status", "Status of the job."),
        Column("Completions", "V1JobStatus.succeeded"),
        Column("Duration", "Time required to complete the job."),
        AGE,
        CONTAINERS,
        IMAGES,
        Column("Selector", "V1JobSpec.selector", priority=1),
    ),
    _job,
)


def _revision(obj: Object, now: datetime) -> Cells:
    owners = obj["metadata"].get("ownerReferences") or []
    owner = next((each for each in owners if each.get("controller")), None)
    name = "<none>"
    if owner is not None:
        group = owner["apiVersion"].rpartition("/")[0]
        name = f"{owner['kind']}{'.' if group else ''}{group}".lower() + f"/{owner['name']}"
    return [name_of(obj), name, obj.get("revision", 0), age(created(obj), now)]


CONTROLLER_REVISIONS = Printer(
    (
        NAME,
        Column("Controller", "Controller of the object"),
        Column("Revision", "V1ControllerRevision.revision"),
        AGE,
    ),
    _revision,
)


def _disruption_budget(obj: Object, now: datetime) -> Cells:
    spec, status = part(obj, "spec"), part(obj, "status")
    limits = [str(spec[name]) if name in spec else "N/A" for name in ("minAvailable", "maxUnavailable")]
    return [name_of(obj), *limits, status.get("disruptionsAllowed", 0), age(created(obj), now)]


DISRUPTION_BUDGETS = Printer(
    (
        NAME,
        Column("Min Available", "The minimum number of pods that must be available."),
        Column("Max Unavailable", "The maximum number of pods that may be unavailable."),
        Column(
            "Allowed Disruptions", "Calculated number of pods that may be disrupted at this time.", "integer"
        ),
        AGE,
    ),
    _disruption_budget,
)


def _autoscaler(obj: Object, now: datetime) -> Cells:
    spec, status = part(obj, "spec"), part(obj, "status")
    target = part(spec, "scaleTargetRef")
    currents = status.get("currentMetrics") or []
    metrics = [
        _metric(each, currents[index] if index < len(currents) else {})
        for index, each in enumerate(spec.get("metrics") or [])
    ]
    least = spec.get("minReplicas")
    return [
        name_of(obj),
        f"{target.get('kind', '')}/{target.get('name', '')}",
        few(metrics, 2, "<none>", ", "),
        "<unset>" if least is None else str(least),
        spec.get("maxReplicas", 0),
        status.get("currentReplicas", 0),
        age(created(obj), now),
    ]


def _metric(spec: Object, status: Object) -> str:
    """Return one metric as current/target."""
    type_ = spec.get("type", "")
    field = f"{type_[:1].lower()}{type_[1:]}"
    source, current = part(spec, field), part(part(status, field), "current")
    target = part(source, "target")
    if type_ in ("Resource", "ContainerResource"):
        name = source.get("name", "")
        if "averageValue" in target:
            return f"{name}: {current.get('averageValue', '<unknown>')}/{target['averageValue']}"
        now = f"{current['averageUtilization']}%" if "averageUtilization" in current else "<unknown>"
        goal = f"{target['averageUtilization']}%" if "averageUtilization" in target else "<auto>"
        return f"{name}: {now}/{goal}"
    if type_ == "Pods":
        return f"{current.get('averageValue', '<unknown>')}/{target.get('averageValue', '0')}"
    if type_ in ("External", "Object"):
        if "averageValue" in target:
            return f"{current.get('averageValue', '<unknown>')}/{target['averageValue']} (avg)"
        return f"{current.get('value', '<unknown>')}/{target.get('value', '0')}"
    return "<unknown type>"


AUTOSCALERS = Printer(
    (
        NAME,
        Column("Reference", "V2HorizontalPodAutoscalerSpec.scaleTargetRef"),
        Column("Targets", "V2HorizontalPodAutoscalerSpec.metrics"),
        Column("MinPods", "V2HorizontalPodAutoscalerSpec.minReplicas"),
        Column("MaxPods", "V2HorizontalPodAutoscalerSpec.maxReplicas"),
        Column("Replicas", "V2HorizontalPodAutoscalerStatus.currentReplicas"),
        AGE,
    ),
    _autoscaler,
)


def _scale(obj: Object, now: datetime) -> Cells:
    replicas = [part(obj, name).get("replicas", 0) for name in ("spec", "status")]
    return [name_of(obj), *replicas, age(created(obj), now)]


SCALES = Printer(
    (
        NAME,
        Column("Desired", "V1ScaleSpec.replicas", "integer"),
        Column("Available", "V1ScaleStatus.replicas", "integer"),
        AGE,
    ),
    _scale,
)
