"""The CronJob controller as a component.

A Job's name ends in the minute that it is for: so no time gets two Jobs, whatever crashes.

Source: pkg/controller/cronjob/{cronjob_controllerv2,utils}.go@v1.36.2.
"""

from datetime import datetime

from insideout.apimachinery import conditions, cron, owners, timestamps
from insideout.apimachinery.copies import copied
from insideout.client import ApiError, Object
from insideout.client.events import reference
from insideout.client.informer import Key
from insideout.controllers.belonging import controller_key
from insideout.controllers.controller import Controller
from insideout.controllers.cronjob.due import MANY_MISSED, due, next_look_s, zone_of
from insideout.controllers.informers import BY_CONTROLLER
from insideout.controllers.podcontrol import is_namespace_terminating

SCHEDULED_FOR = "batch.kubernetes.io/cronjob-scheduled-timestamp"


class CronJobController(Controller):
    """Makes a Job whenever a CronJob's schedule says so, and takes old ones away."""

    name = "cronjob-controller"

    def watch(self) -> None:
        """Watch CronJobs and their Jobs."""
        self._cron_jobs = self.on("cronjobs", add=self.enqueue, update=self._changed, delete=self.enqueue)
        self._jobs = self.on("jobs", add=self._job, update=lambda _, job: self._job(job), delete=self._job)

    def sync(self, key: Key) -> None:
        """Bring the status up to date, make the Job that is due, and say when to look again."""
        namespace, name = key
        found = self._cron_jobs.get(name, namespace)
        if found is None:
            return
        cron_job = copied(found)
        jobs = self._jobs.by_index(BY_CONTROLLER, found["metadata"]["uid"])
        self._remove_old(cron_job, jobs)
        again_s: float | None = None
        try:
            self._observe(cron_job, jobs)
            if "deletionTimestamp" not in found["metadata"] and not found["spec"].get("suspend"):
                again_s = self._run(cron_job)
        finally:
            if cron_job.get("status") != found.get("status"):
                self.client.update("cronjobs", cron_job, subresource="status")
        if again_s is not None:
            self.queue.add_after(key, again_s)

    # What its Jobs did.

    def _observe(self, cron_job: Object, jobs: list[Object]) -> None:
        """Take finished and missing Jobs off the list of active ones; note the last success."""
        status = cron_job.setdefault("status", {})
        for job in jobs:
            finished, listed = _finished(job), _listed(cron_job, job)
            if not finished and not listed:
                name = job["metadata"]["name"]
                why = f"Saw a job that the controller did not create or forgot: {name}"
                self.recorder.event(cron_job, "Warning", "UnexpectedJob", why)
            if finished and listed:
                _unlist(cron_job, job["metadata"]["uid"])
                why = f"Saw completed job: {job['metadata']['name']}, condition: {finished}"
                self.recorder.event(cron_job, "Normal", "SawCompletedJob", why)
            ended = (job.get("status") or {}).get("completionTime")
            if finished == "Complete" and ended and ended > status.get("lastSuccessfulTime", ""):
                status["lastSuccessfulTime"] = ended
        known = {job["metadata"]["uid"] for job in jobs}
        for each in list(status.get("active") or ()):
            if each["uid"] not in known and self._get(each["name"], each["namespace"]) is None:
                why = f"Active job went missing: {each['name']}"
                self.recorder.event(cron_job, "Normal", "MissingJob", why)
                _unlist(cron_job, each["uid"])

    def _remove_old(self, cron_job: Object, jobs: list[Object]) -> None:
        """Keep as many finished Jobs as the limits say, the newest ones."""
        spec = cron_job["spec"]
        for kind, limit in (
            ("Complete", spec.get("successfulJobsHistoryLimit")),
            ("Failed", spec.get("failedJobsHistoryLimit")),
        ):
            ended = sorted((job for job in jobs if _finished(job) == kind), key=_started)
            for job in ended[: max(len(ended) - limit, 0)] if limit is not None else ():
                self._delete(cron_job, job)

    def _delete(self, cron_job: Object, job: Object) -> None:
        metadata = job["metadata"]
        try:
            self.client.delete(
                "jobs", metadata["name"], metadata["namespace"], propagation_policy="Background"
            )
        except ApiError as refused:
            if refused.code != 404:
                self.recorder.event(cron_job, "Warning", "FailedDelete", f"Deleted job: {refused}")
                raise
        _unlist(cron_job, metadata["uid"])
        self.recorder.event(cron_job, "Normal", "SuccessfulDelete", f"Deleted job {metadata['name']}")

    # Its next Job.

    def _run(self, cron_job: Object) -> float | None:
        """Make the Job that is due, if any; return when to look again."""
        schedule, now = cron.parse(cron_job["spec"]["schedule"]), self.loop.time()
        found = due(cron_job, schedule, now, in_time=True)
        if found.missed > MANY_MISSED:
            why = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check "
            why += "clock skew"
            self.recorder.event(cron_job, "Warning", "TooManyMissedTimes", why)
        if found.time is not None and self._may_start(cron_job, found.time):
            self._start(cron_job, found.time)
        return next_look_s(cron_job, schedule, now)

    def _may_start(self, cron_job: Object, time: datetime) -> bool:
        status, spec = cron_job["status"], cron_job["spec"]
        active = status.get("active") or []
        if status.get("lastScheduleTime") == timestamps.seconds(time) or any(
            each["name"] == _name(cron_job, time) for each in active
        ):
            return False
        if spec["concurrencyPolicy"] == "Forbid" and active:
            why = "Not starting job because prior execution is running and concurrency policy is Forbid"
            self.recorder.event(cron_job, "Normal", "JobAlreadyActive", why)
            return False
        if spec["concurrencyPolicy"] == "Replace":
            for each in active:
                job = self._get(each["name"], each["namespace"])
                if job is not None:
                    self._delete(cron_job, job)
        return True

    def _start(self, cron_job: Object, time: datetime) -> None:
        job = self._create(cron_job, _job_for(cron_job, time))
        if job is None or _listed(cron_job, job):
            return
        status = cron_job["status"]
        status["active"] = [*(status.get("active") or ()), reference(job)]
        status["lastScheduleTime"] = timestamps.seconds(time)

    def _create(self, cron_job: Object, wanted: Object) -> Object | None:
        """Return the new Job, or the one there is if it is this CronJob's, else None."""
        try:
            job = self.client.create("jobs", wanted)
        except ApiError as refused:
            if refused.reason == "AlreadyExists":
                job = self._get(wanted["metadata"]["name"], wanted["metadata"]["namespace"]) or {}
                return job if job and owners.is_controlled_by(job, cron_job) else None
            if not is_namespace_terminating(refused):
                self.recorder.event(cron_job, "Warning", "FailedCreate", f"Error creating job: {refused}")
            raise
        name = job["metadata"]["name"]
        self.recorder.event(cron_job, "Normal", "SuccessfulCreate", f"Created job {name}")
        return job

    def _get(self, name: str, namespace: str) -> Object | None:
        try:
            return self.client.get("jobs", name, namespace)
        except ApiError as refused:
            if refused.code == 404:
                return None
            raise

    # Events.

    def _changed(self, before: Object, cron_job: Object) -> None:
        timing = ("schedule", "timeZone")
        if any(before["spec"].get(key) != cron_job["spec"].get(key) for key in timing):
            schedule = cron.parse(cron_job["spec"]["schedule"])
            again_s = next_look_s(cron_job, schedule, self.loop.time())
            if again_s is not None:
                metadata = cron_job["metadata"]
                self.queue.add_after((metadata["namespace"], metadata["name"]), again_s)
            return
        self.enqueue(cron_job)

    def _job(self, job: Object) -> None:
        key = controller_key(job, "CronJob")
        if key is not None:
            self.queue.add(key)


def _finished(job: Object) -> str:
    """Return "Complete" or "Failed", "" while a Job goes on."""
    return next((kind for kind in ("Complete", "Failed") if conditions.status_of(job, kind) == "True"), "")


def _started(job: Object) -> tuple[str, str]:
    return (job.get("status") or {}).get("startTime") or "~", job["metadata"]["name"]


def _listed(cron_job: Object, job: Object) -> bool:
    active = cron_job["status"].get("active") or ()
    return any(each["uid"] == job["metadata"]["uid"] for each in active)


def _unlist(cron_job: Object, uid: str) -> None:
    status = cron_job.setdefault("status", {})
    left = [each for each in status.get("active") or () if each["uid"] != uid]
    status.pop("active", None)
    if left:
        status["active"] = left


def _name(cron_job: Object, time: datetime) -> str:
    return f"{cron_job['metadata']['name']}-{int(time.timestamp()) // 60}"


def _job_for(cron_job: Object, time: datetime) -> Object:
    template = cron_job["spec"]["jobTemplate"]
    given, metadata = template.get("metadata") or {}, cron_job["metadata"]
    shown = time.astimezone(zone_of(cron_job)).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": _name(cron_job, time),
            "namespace": metadata["namespace"],
            "labels": copied(given.get("labels") or {}),
            "annotations": {**copied(given.get("annotations") or {}), SCHEDULED_FOR: shown},
            "ownerReferences": [owners.controller_reference(cron_job)],
        },
        "spec": copied(template["spec"]),
    }
