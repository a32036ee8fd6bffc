"""One sync of one Deployment: report, pause, scale or roll, and then write what came of it.

Source: pkg/controller/deployment/{deployment_controller,sync,rolling,recreate,progress}.go@v1.36.2.
"""

from collections.abc import Iterable
from typing import Protocol

from insideout.apimachinery import owners
from insideout.client import ApiError, Client, Object
from insideout.client.events import EventRecorder
from insideout.client.informer import Key
from insideout.client.workqueue import WorkQueue
from insideout.controllers.deployment import fenceposts, recreate, revisions, rolling, scaling
from insideout.controllers.deployment import status as statuses
from insideout.controllers.deployment.newreplicaset import design, size_annotations
from insideout.controllers.deployment.sizes import Scaling
from insideout.controllers.podcontrol import is_namespace_terminating
from insideout.sim import Loop


class Owner(Protocol):
    """What a step needs of its controller."""

    client: Client
    loop: Loop
    queue: WorkQueue[Key]
    recorder: EventRecorder

    def pods_of(self, replica_sets: Iterable[Object]) -> list[Object]:
        """Return the Pods of these ReplicaSets, terminating ones too."""


class Step:
    """One sync of one Deployment; `deployment` is a copy that follows what was written."""

    def __init__(
        self, controller: Owner, deployment: Object, sets: list[Object], *, plan: rolling.Plan = rolling.plan
    ) -> None:
        self._controller = controller
        self._plan = plan
        self._client = controller.client
        self._now = controller.loop.time()
        self._deployment = deployment
        self._sets = sets
        self._new = revisions.find_new(deployment, sets)

    @property
    def _old(self) -> list[Object]:
        uid = self._new["metadata"]["uid"] if self._new else None
        return [rs for rs in self._sets if rs["metadata"]["uid"] != uid]

    @property
    def _all(self) -> list[Object]:
        return self._old + ([self._new] if self._new else [])

    @property
    def _replicas(self) -> int:
        return int(self._deployment["spec"]["replicas"])

    def take(self) -> None:
        """Find out what is to be done, and do it."""
        spec = self._deployment["spec"]
        if "deletionTimestamp" in self._deployment["metadata"]:
            self._sync_new()
            self._write_status(statuses.calculate_status(self._deployment, self._all, self._new, self._now))
            return
        paused = statuses.paused_condition(self._deployment, self._now)
        if paused is not None:
            status = self._deployment.setdefault("status", {})
            statuses.set_condition(status, paused)
            self._update_status()
        if spec.get("paused") or self._is_scaling_event():
            self._scale()
        elif spec["strategy"]["type"] == "Recreate":
            self._recreate()
        else:
            self._roll()

    # The three ways to go on.

    def _scale(self) -> None:
        self._sync_new()
        for name, size in self._scaled_sizes().items():
            self._resize(name, size, force=True)
        if self._deployment["spec"].get("paused"):
            self._prune()
        self._write_status(statuses.calculate_status(self._deployment, self._all, self._new, self._now))

    def _roll(self) -> None:
        self._sync_new(create=True)
        sizes = [revisions.size_of(rs, is_new=rs is self._new) for rs in self._all]
        steps = self._plan(self._replicas, fenceposts.of(self._deployment), sizes)
        self._finish(steps)

    def _recreate(self) -> None:
        self._sync_new()
        running = recreate.old_pods_running(self._old, self._controller.pods_of(self._old))
        sizes = [revisions.size_of(rs, is_new=rs is self._new) for rs in self._all]
        down = recreate.plan(self._replicas, sizes, old_pods_running=running)
        if not running and not any(rs["spec"]["replicas"] for rs in self._old):
            self._sync_new(create=True)
            sizes = [revisions.size_of(rs, is_new=rs is self._new) for rs in self._all]
            down = recreate.plan(self._replicas, sizes, old_pods_running=False)
        self._finish(down)

    def _finish(self, steps: list[Scaling]) -> None:
        """Make the writes of a rollout, prune the history when it is complete, and report."""
        for step in steps:
            self._resize(step.name, step.after)
        if not steps and statuses.is_complete(self._deployment, self._deployment.get("status") or {}):
            self._prune()
        status = statuses.rollout_status(self._deployment, self._all, self._new, self._now)
        self._write_status(status)
        check_s = statuses.next_check_s(self._deployment, status, self._now)
        if check_s is not None:
            metadata = self._deployment["metadata"]
            self._controller.queue.add_after((metadata["namespace"], metadata["name"]), check_s)

    # Scaling.

    def _is_scaling_event(self) -> bool:
        """Tell whether a ReplicaSet with Pods was last sized for another number of replicas."""
        self._sync_new()
        wanted = [
            revisions.annotated_number(rs, revisions.DESIRED_REPLICAS)
            for rs in self._all
            if rs["spec"]["replicas"] > 0
        ]
        return any(number is not None and number != self._replicas for number in wanted)

    def _scaled_sizes(self) -> dict[str, int]:
        sizes = [revisions.size_of(rs, is_new=rs is self._new) for rs in self._all]
        alone = scaling.active_or_latest(sizes)
        if alone is not None:
            return {} if alone.spec == self._replicas else {alone.name: self._replicas}
        new = next((size for size in sizes if size.is_new), None)
        desired = revisions.annotated_number(self._new, revisions.DESIRED_REPLICAS) if self._new else None
        if scaling.is_saturated(self._replicas, new, desired):
            return {size.name: 0 for size in sizes if not size.is_new and size.spec > 0}
        if self._deployment["spec"]["strategy"]["type"] != "RollingUpdate":
            return {}
        reported = (self._deployment.get("status") or {}).get("replicas", 0)
        surge = fenceposts.of(self._deployment).surge
        return scaling.scale_proportionally(sizes, self._replicas, surge, reported)

    def _resize(self, name: str, size: int, *, force: bool = False) -> None:
        """Write a ReplicaSet's size and what it was sized for; `force` writes the latter alone too."""
        index = next(i for i, rs in enumerate(self._sets) if rs["metadata"]["name"] == name)
        replica_set = self._sets[index]
        before = replica_set["spec"]["replicas"]
        annotations = replica_set["metadata"].get("annotations") or {}
        marked = annotations | size_annotations(self._deployment)
        if before == size and not (force and marked != annotations):
            return
        changed = replica_set | {
            "metadata": replica_set["metadata"] | {"annotations": marked},
            "spec": replica_set["spec"] | {"replicas": size},
        }
        self._replace(index, self._client.update("replicasets", changed))
        if before != size:
            direction = "up" if before < size else "down"
            message = f"Scaled {direction} replica set {name} from {before} to {size}"
            self._controller.recorder.event(self._deployment, "Normal", "ScalingReplicaSet", message)

    def _replace(self, index: int, replica_set: Object) -> None:
        was_new = self._sets[index] is self._new
        self._sets[index] = replica_set
        if was_new:
            self._new = replica_set

    # The new ReplicaSet.

    def _sync_new(self, *, create: bool = False) -> None:
        """Bring the new ReplicaSet's annotations and the Deployment's revision up to date, or create it."""
        revision = revisions.next_revision(self._old)
        if self._new is None:
            if create:
                self._create_new(revision)
            return
        metadata, spec = self._new["metadata"], self._new["spec"]
        existing = metadata.get("annotations") or {}
        annotations = revisions.annotations_for_new(self._deployment, existing, revision)
        min_ready_s = self._deployment["spec"].get("minReadySeconds", 0)
        if annotations != existing or spec.get("minReadySeconds", 0) != min_ready_s:
            changed = self._new | {
                "metadata": metadata | {"annotations": annotations},
                "spec": spec | {"minReadySeconds": min_ready_s},
            }
            self._replace(self._sets.index(self._new), self._client.update("replicasets", changed))
            return
        needs_update = self._set_revision(annotations.get(revisions.REVISION, ""))
        status = self._deployment.setdefault("status", {})
        known = any(c["type"] == "Progressing" for c in status.get("conditions") or ())
        if statuses.has_deadline(self._deployment) and not known:
            self._progressing("FoundNewReplicaSet", f'Found new replica set "{metadata["name"]}"')
            needs_update = True
        if needs_update:
            self._update_status()

    def _create_new(self, revision: int) -> None:
        created, existed = self._created_new(design(self._deployment, self._sets, revision))
        self._sets.append(created)
        self._new = created
        name, size = created["metadata"]["name"], created["spec"]["replicas"]
        if not existed and size > 0:
            message = f"Scaled up replica set {name} from 0 to {size}"
            self._controller.recorder.event(self._deployment, "Normal", "ScalingReplicaSet", message)
        needs_update = self._set_revision(str(revision))
        if not existed and statuses.has_deadline(self._deployment):
            self._progressing("NewReplicaSetCreated", f'Created new replica set "{name}"')
            needs_update = True
        if needs_update:
            self._update_status()

    def _created_new(self, design: Object) -> tuple[Object, bool]:
        """Create the new ReplicaSet; return it, and whether it was there already.

        One of that name that is not ours, or has another template, is a collision of hashes: the next sync
        uses another hash.
        """
        try:
            return self._client.create("replicasets", design), False
        except ApiError as refused:
            if refused.reason == "AlreadyExists":
                found = self._client.get(
                    "replicasets", design["metadata"]["name"], design["metadata"]["namespace"]
                )
                if owners.is_controlled_by(found, self._deployment) and revisions.find_new(
                    self._deployment, [found]
                ):
                    return found, True
                status = self._deployment.setdefault("status", {})
                status["collisionCount"] = status.get("collisionCount", 0) + 1
                self._update_status()
            elif not is_namespace_terminating(refused):
                message = f'Failed to create new replica set "{design["metadata"]["name"]}": {refused}'
                if statuses.has_deadline(self._deployment):
                    self._progressing("ReplicaSetCreateError", message, status="False")
                    self._update_status()
                self._controller.recorder.event(self._deployment, "Warning", "ReplicaSetCreateError", message)
            raise

    def _progressing(self, reason: str, message: str, *, status: str = "True") -> None:
        condition = statuses.condition("Progressing", status, reason, message, self._now)
        statuses.set_condition(self._deployment.setdefault("status", {}), condition)

    def _set_revision(self, revision: str) -> bool:
        annotations = self._deployment["metadata"].setdefault("annotations", {})
        if annotations.get(revisions.REVISION) == revision:
            return False
        annotations[revisions.REVISION] = revision
        return True

    # Writing.

    def _prune(self) -> None:
        limit = self._deployment["spec"].get("revisionHistoryLimit", statuses.NO_DEADLINE)
        for rs in revisions.to_prune(self._old, limit):
            self._client.delete("replicasets", rs["metadata"]["name"], rs["metadata"]["namespace"])

    def _write_status(self, status: Object) -> None:
        if status != self._deployment.get("status"):
            self._deployment["status"] = status
            self._update_status()

    def _update_status(self) -> None:
        """Write status and revision, and go on with what the server made of it."""
        self._deployment = self._client.update("deployments", self._deployment, subresource="status")
