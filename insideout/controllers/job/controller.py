"""The Job controller as a component.

A Pod that ended is counted exactly once, whatever crashes: its UID goes into the status, then its finalizer
is taken off, and only then does the count go up.

Source: pkg/controller/job/job_controller.go@v1.36.2.
"""

from datetime import datetime

from insideout.apimachinery import conditions, owners, timestamps
from insideout.apimachinery import pods as podutil
from insideout.apimachinery.copies import copied
from insideout.client import ApiError, Object
from insideout.client.informer import Key, key_of
from insideout.controllers.belonging import controller_key, own_and_orphans, selecting
from insideout.controllers.claims import claim
from insideout.controllers.controller import Controller
from insideout.controllers.expectations import Expectations
from insideout.controllers.job import indexes, progress, tracking, waiting
from insideout.controllers.job.pods import pod_for
from insideout.controllers.job.progress import FINALIZER, SUCCESS, Counts, Verdict
from insideout.controllers.podcontrol import PodControl, is_namespace_terminating
from insideout.controllers.replicaset.deletion import pods_to_delete
from insideout.controllers.replicaset.slowstart import slow_start

MAX_PODS_PER_SYNC = 500
_ORPHAN = "orphan/"
"""Begins a key of the queue that names a Pod without a Job."""


class JobController(Controller):
    """Runs Pods until enough of them have succeeded, or too many have failed."""

    name = "job-controller"

    def watch(self) -> None:
        """Watch Jobs and their Pods."""
        self._expectations = Expectations(self.loop)
        self._pod_control = PodControl(self.client, self.recorder)
        self._released: dict[Key, dict[str, None]] = {}
        self._failures: dict[Key, tuple[int, datetime | None]] = {}
        self._jobs = self.on(
            "jobs", add=self.enqueue, update=lambda _, job: self.enqueue(job), delete=self._job_deleted
        )
        self._pods = self.on("pods", add=self._pod_added, update=self._pod_updated, delete=self._pod_deleted)

    def sync(self, key: Key) -> None:
        """Count, create or delete Pods, and say how far the Job is."""
        namespace, name = key
        if name.startswith(_ORPHAN):
            orphan = self._pods.get(name.removeprefix(_ORPHAN), namespace)
            if orphan is not None and self._is_orphan(orphan):
                self._let_go(orphan)
            return
        cached = self._jobs.get(name, namespace)
        if cached is None:
            self._expectations.forget(key)
            return
        if cached["spec"].get("managedBy", progress.OURS) != progress.OURS:
            return
        pods = claim(self.client, "pods", "jobs", cached, own_and_orphans(self._pods, cached), FINALIZER)
        if progress.is_finished(cached):
            self._failures.pop(key, None)
            self._release(key, [pod for pod in pods if progress.is_tracked(pod, ())])
            return
        job = copied(cached)
        status = job.setdefault("status", {})
        now = self.loop.time()
        if "startTime" not in status and not job["spec"].get("suspend"):
            status["startTime"] = timestamps.seconds(now)
        counts = progress.count(job, pods, self._released.get(key, {}))
        failures = self._failures_after(key, counts)
        active = [pod for pod in pods if podutil.is_active(pod)]
        terminating = sum(podutil.is_terminating(p) and not podutil.is_terminal(p) for p in pods)
        verdict = progress.verdict(job, pods, counts, now)
        met = self._expectations.are_met(key)
        error: ApiError | None = None
        at_work = len(active)
        if verdict is not None:
            removed, error = self._delete(key, job, active)
            if removed < len(active) or not met:
                verdict = None
            at_work, terminating = at_work - removed, terminating + removed
        elif met and "deletionTimestamp" not in job["metadata"]:
            before = at_work
            at_work, error = self._manage(key, job, pods, active, counts, terminating, failures)
            terminating += max(0, before - at_work)
            self._say_suspended(job, now)
        if verdict is None and error is None and progress.is_complete(job, counts.succeeded, at_work):
            verdict = SUCCESS
        left_s = progress.deadline_left_s(job, now)
        if left_s is not None and left_s > 0:
            self.queue.add_after(key, left_s)
        status["active"] = at_work
        status["ready"] = sum(podutil.is_ready(pod) for pod in active[:at_work])
        status["terminating"] = terminating
        self._track(key, cached, job, pods, counts, verdict)
        self._failures[key] = failures
        if error is not None:
            raise error

    # Pods.

    def _manage(
        self,
        key: Key,
        job: Object,
        pods: list[Object],
        active: list[Object],
        counts: Counts,
        terminating: int,
        failures: tuple[int, datetime | None],
    ) -> tuple[int, ApiError | None]:
        """Create or delete Pods, never both at once; return how many are at work then."""
        failed_indexes = len(counts.failed_indexes or ())
        wanted = progress.wanted_active(job, counts.succeeded, len(active), failed_indexes)
        surplus = indexes.repeated(active, job["spec"]["completions"]) if progress.is_indexed(job) else []
        rest = [pod for pod in active if pod not in surplus]
        excess = len(rest) - wanted
        if excess > 0:
            surplus += pods_to_delete(rest, [], excess, self.loop.time())
        if surplus:
            # Let go first: what the Job itself takes away has not failed.
            self._release(key, surplus[:MAX_PODS_PER_SYNC])
            removed, error = self._delete(key, job, surplus[:MAX_PODS_PER_SYNC])
            return len(active) - removed, error
        waits_for = terminating if job["spec"].get("podReplacementPolicy") == "Failed" else 0
        missing = min(wanted - waits_for - len(active), MAX_PODS_PER_SYNC)
        if missing <= 0:
            return len(active), None
        by_index = counts.failed_indexes is not None
        delay_s = 0.0 if by_index else progress.back_off_s(*failures, self.loop.time())
        if delay_s > 0:
            self.queue.add_after(key, delay_s)
            return len(active), None
        created, error = self._create(key, job, pods, active, counts, missing)
        return len(active) + created, error

    def _create(
        self, key: Key, job: Object, pods: list[Object], active: list[Object], counts: Counts, missing: int
    ) -> tuple[int, ApiError | None]:
        numbers: list[int | None] = [None] * missing
        failed: dict[int, list[Object]] | None = None
        if progress.is_indexed(job):
            taken = progress.succeeded_indexes(job, counts.new_succeeded)
            at_work = {index for pod in active if (index := indexes.index_of(pod)) is not None}
            taken |= at_work | (counts.failed_indexes or set())
            if job["spec"].get("podReplacementPolicy") == "Failed":  # what is ending keeps its index
                ending = (pod for pod in pods if podutil.is_terminating(pod) and not podutil.is_terminal(pod))
                taken |= {index for pod in ending if (index := indexes.index_of(pod)) is not None}
            if counts.failed_indexes is not None:
                failed = waiting.failures_by_index(job, pods)
                delays_s = waiting.delays_s(failed, taken, self.loop.time())
                taken |= set(delays_s)
                for delay_s in delays_s.values():
                    self.queue.add_after(key, delay_s)
            numbers = list(indexes.first_pending(taken, job["spec"]["completions"], missing))
        self._expectations.expect(key, creations=len(numbers))

        def create(place: int) -> object:
            index = numbers[place]
            told = waiting.told(job, failed, index) if failed is not None and index is not None else {}
            return self._pod_control.create(pod_for(job, index, told), job)

        made, error = slow_start(len(numbers), create)
        self._expectations.created(key, len(numbers) - made)
        return made, None if error is not None and is_namespace_terminating(error) else error

    def _delete(self, key: Key, job: Object, pods: list[Object]) -> tuple[int, ApiError | None]:
        self._expectations.expect(key, deletions=tuple(pod["metadata"]["uid"] for pod in pods))
        removed, error = 0, None
        for pod in pods:
            try:
                self._pod_control.delete(pod, job)
                removed += 1
            except ApiError as refused:
                self._expectations.deleted(key, pod["metadata"]["uid"])
                if refused.code == 404:
                    removed += 1
                else:
                    error = error or refused
        return removed, error

    def _failures_after(self, key: Key, counts: Counts) -> tuple[int, datetime | None]:
        """Return the failures since the last success, and when the last one was."""
        failures, last = self._failures.get(key, (0, None))
        success = max(map(progress.finished_at, counts.new_succeeded), default=None)
        ends = sorted(map(progress.finished_at, counts.new_failed))
        if success is not None:
            failures, last = 0, None
            ends = [end for end in ends if end > success]
        return failures + len(ends), ends[-1] if ends else last

    # Counting.

    def _track(
        self,
        key: Key,
        cached: Object,
        job: Object,
        pods: list[Object],
        counts: Counts,
        verdict: Verdict | None,
    ) -> None:
        """Write down what ended, let those Pods go, and only then raise the counts and end the Job."""
        released = self._released.get(key, {})
        held = {p["metadata"]["uid"] for p in pods if progress.is_tracked(p, released)}
        tracking.settle(job["status"], held)
        tracking.write_down(job, pods, counts, released, verdict)
        leaving = [
            pod
            for pod in pods
            if progress.is_tracked(pod, released)
            and (verdict or progress.has_failed(pod, job) or podutil.phase(pod) == "Succeeded")
        ]
        if verdict is not None and conditions.find(job, verdict.type) is None:
            self._add_condition(job, verdict.type, verdict)
        if job["status"] != (cached.get("status") or {}):
            job = self._write(job)
        self._release(key, leaving)
        before = copied(job["status"])
        tracking.settle(job["status"], held - {pod["metadata"]["uid"] for pod in leaving})
        uncounted = job["status"].get("uncountedTerminatedPods") or {}
        over = verdict is not None and not any(uncounted.values()) and not job["status"].get("terminating")
        if over and verdict is not None:
            self._add_condition(job, "Complete" if verdict.type == SUCCESS.type else "Failed", verdict)
            if verdict.type == SUCCESS.type:
                job["status"]["completionTime"] = timestamps.seconds(self.loop.time())
        if job["status"] != before:
            self._write(job)
        if over and verdict is not None:
            if verdict.type == SUCCESS.type:
                self.recorder.event(job, "Normal", "Completed", "Job completed")
            else:
                self.recorder.event(job, "Warning", verdict.reason, verdict.message)

    def _release(self, key: Key, pods: list[Object]) -> None:
        """Take the finalizer off Pods that are counted."""
        for pod in pods:
            self._let_go(pod)
            self._released.setdefault(key, {})[pod["metadata"]["uid"]] = None

    def _let_go(self, pod: Object) -> None:
        """Take the finalizer off a Pod, unless it is gone."""
        metadata = pod["metadata"]
        kept = [name for name in metadata.get("finalizers") or () if name != FINALIZER]
        patch = {"metadata": {"uid": metadata["uid"], "finalizers": kept}}
        try:
            self.client.patch("pods", metadata["name"], patch, metadata["namespace"])
        except ApiError as refused:
            if refused.code not in (404, 409):
                raise

    def _add_condition(self, job: Object, type_: str, verdict: Verdict) -> None:
        time = timestamps.seconds(self.loop.time())
        job["status"].setdefault("conditions", []).append(
            {
                "type": type_,
                "status": "True",
                "lastProbeTime": time,
                "lastTransitionTime": time,
                "reason": verdict.reason,
                "message": verdict.message,
            }
        )

    def _say_suspended(self, job: Object, now: datetime) -> None:
        """Keep the condition Suspended current; a Job that goes on starts its time anew."""
        suspended = bool(job["spec"].get("suspend"))
        known = conditions.find(job, "Suspended")
        if (known is None and not suspended) or (known and (known["status"] == "True") == suspended):
            return
        status, time = job["status"], timestamps.seconds(now)
        others = [c for c in status.get("conditions") or () if c["type"] != "Suspended"]
        word = "suspended" if suspended else "resumed"
        status["conditions"] = [
            *others,
            {
                "type": "Suspended",
                "status": str(suspended),
                "lastProbeTime": time,
                "lastTransitionTime": time,
                "reason": f"Job{word.title()}",
                "message": f"Job {word}",
            },
        ]
        self.recorder.event(job, "Normal", word.title(), f"Job {word}")
        if suspended:
            status.pop("startTime", None)
        else:
            status["startTime"] = time

    def _write(self, job: Object) -> Object:
        return self.client.update("jobs", job, subresource="status")

    # Events.

    def _job_deleted(self, job: Object) -> None:
        key = key_of(job)
        self._expectations.forget(key)
        self._failures.pop(key, None)
        self._released.pop(key, None)
        self.queue.add(key)

    def _pod_added(self, pod: Object) -> None:
        self._free_orphan(pod)
        key = controller_key(pod, "Job")
        if key is None:
            self._offer(pod)
            return
        if podutil.is_terminating(pod):
            self._expectations.deleted(key, pod["metadata"]["uid"])
        else:
            self._expectations.created(key)
        self.queue.add(key)

    def _offer(self, pod: Object) -> None:
        """Let the Jobs look at a Pod that nobody controls and that they select: one of them may adopt it."""
        if owners.controller_of(pod) is None and not podutil.is_terminating(pod):
            for job in selecting(self._jobs, pod):
                self.enqueue(job)

    def _pod_updated(self, before: Object, pod: Object) -> None:
        self._free_orphan(pod)
        former = controller_key(before, "Job")
        key = controller_key(pod, "Job")
        if former is not None and former != key:
            self.queue.add(former)
        if key is None:
            if former is not None or before["metadata"].get("labels") != pod["metadata"].get("labels"):
                self._offer(pod)
            return
        if podutil.is_terminating(pod):
            self._expectations.deleted(key, pod["metadata"]["uid"])
        if FINALIZER not in (pod["metadata"].get("finalizers") or ()):
            self._released.get(key, {}).pop(pod["metadata"]["uid"], None)
        self.queue.add(key)

    def _pod_deleted(self, pod: Object) -> None:
        key = controller_key(pod, "Job")
        if key is not None:
            self._expectations.deleted(key, pod["metadata"]["uid"])
            self._released.get(key, {}).pop(pod["metadata"]["uid"], None)
            self.queue.add(key)

    def _free_orphan(self, pod: Object) -> None:
        if self._is_orphan(pod):
            try:
                self._let_go(pod)
            except ApiError:
                namespace, name = key_of(pod)
                self.queue.add_rate_limited((namespace, f"{_ORPHAN}{name}"))

    def _is_orphan(self, pod: Object) -> bool:
        """Tell whether a Pod waits to be counted whose Job is gone: nobody will count it any more."""
        key = controller_key(pod, "Job")
        has_job = key is not None and self._jobs.get(key[1], key[0]) is not None
        return progress.is_tracked(pod, ()) and not has_job
