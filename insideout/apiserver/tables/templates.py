"""The rows of what holds a template and is no Deployment: ReplicationControllers, PodTemplates, CronJobs.

Source: pkg/printers/internalversion/printers.go@v1.36.2.
"""

from datetime import datetime

from insideout.apiserver.tables.ages import age
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
    labels_text,
    name_of,
    part,
    selector_text,
)


def _replication_controller(obj: Object, now: datetime) -> Cells:
    spec, status = part(obj, "spec"), part(obj, "status")
    return [
        name_of(obj),
        spec.get("replicas", 0),
        status.get("replicas", 0),
        status.get("readyReplicas", 0),
        age(created(obj), now),
        *container_cells(part(spec, "template")),
        labels_text(spec.get("selector")),
    ]


REPLICATION_CONTROLLERS = Printer(
    (
        NAME,
        Column("Desired", "V1ReplicationControllerSpec.replicas", "integer"),
        Column("Current", "V1ReplicationControllerStatus.replicas", "integer"),
        Column("Ready", "V1ReplicationControllerStatus.readyReplicas", "integer"),
        AGE,
        CONTAINERS,
        IMAGES,
        Column("Selector", "V1ReplicationControllerSpec.selector", priority=1),
    ),
    _replication_controller,
)


def _pod_template(obj: Object, now: datetime) -> Cells:
    template = part(obj, "template")
    labels = labels_text(part(template, "metadata").get("labels"))
    return [name_of(obj), *container_cells(template), labels]


POD_TEMPLATES = Printer(
    (
        NAME,
        CONTAINERS._replace(priority=0),
        IMAGES._replace(priority=0),
        Column("Pod Labels", "The labels for the pod template."),
    ),
    _pod_template,
)


def _cron_job(obj: Object, now: datetime) -> Cells:
    spec, status = part(obj, "spec"), part(obj, "status")
    job = part(part(spec, "jobTemplate"), "spec")
    last = status.get("lastScheduleTime")
    return [
        name_of(obj),
        spec.get("schedule", ""),
        spec.get("timeZone") or "<none>",
        str(bool(spec["suspend"])) if spec.get("suspend") is not None else "<unset>",
        len(status.get("active") or ()),
        age(last, now) if last else "<none>",
        age(created(obj), now),
        *container_cells(part(job, "template")),
        selector_text(job.get("selector")) or "<none>",
    ]


CRON_JOBS = Printer(
    (
        NAME,
        Column("Schedule", "V1CronJobSpec.schedule"),
        Column("Timezone", "V1CronJobSpec.timeZone"),
        Column("Suspend", "V1CronJobSpec.suspend", "boolean"),
        Column("Active", "V1CronJobStatus.active", "integer"),
        Column("Last Schedule", "V1CronJobStatus.lastScheduleTime"),
        AGE,
        CONTAINERS,
        IMAGES,
        Column("Selector", "V1JobSpec.selector", priority=1),
    ),
    _cron_job,
)
