"""The TTL controller: a finished Job goes when its ttlSecondsAfterFinished is over, and its Pods with it.

Source: pkg/controller/ttlafterfinished/ttlafterfinished_controller.go@v1.36.2.
"""

from insideout.apimachinery import timestamps
from insideout.client import ApiError, Object
from insideout.client.informer import Key
from insideout.controllers.controller import Controller


class TTLAfterFinishedController(Controller):
    """Deletes Jobs that ended long enough ago."""

    name = "ttl-after-finished-controller"

    def watch(self) -> None:
        """Watch Jobs."""
        self._jobs = self.on("jobs", add=self._job, update=lambda _, job: self._job(job))

    def sync(self, key: Key) -> None:
        """Delete a Job whose time is over, as the server shows it; else come back when it is."""
        namespace, name = key
        cached = self._jobs.get(name, namespace)
        if cached is None or self._wait_longer(key, cached):
            return
        try:
            job = self.client.get("jobs", name, namespace)
            if self._wait_longer(key, job):
                return
            uid = job["metadata"]["uid"]
            self.client.delete("jobs", name, namespace, uid=uid, propagation_policy="Foreground")
        except ApiError as refused:
            if refused.code != 404:
                raise

    def _wait_longer(self, key: Key, job: Object) -> bool:
        """Tell whether a Job stays for now; if it is to go later, its key comes back then."""
        left_s = self._left_s(job)
        if left_s is not None and left_s > 0:
            self.queue.add_after(key, left_s)
        return left_s is None or left_s > 0

    def _left_s(self, job: Object) -> float | None:
        """Return how long a Job may still stay, None when it does not end by itself or goes already."""
        ttl_s = job["spec"].get("ttlSecondsAfterFinished")
        ended = next(
            (
                each["lastTransitionTime"]
                for each in (job.get("status") or {}).get("conditions") or ()
                if each["type"] in ("Complete", "Failed") and each["status"] == "True"
            ),
            None,
        )
        if ttl_s is None or ended is None or "deletionTimestamp" in job["metadata"]:
            return None
        return float(ttl_s) - (self.loop.time() - timestamps.parse(ended)).total_seconds()

    def _job(self, job: Object) -> None:
        if self._left_s(job) is not None:
            self.enqueue(job)
