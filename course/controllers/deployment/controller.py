"""The Deployment controller as a component: each sync does one thing about what is the matter.

Source: pkg/controller/deployment/{deployment_controller,sync,rolling,recreate,progress}.go@v1.36.2.
"""

from collections.abc import Iterable

from course.apimachinery import owners, selectors
from course.apimachinery.copies import copied
from course.client import ApiError, Object
from course.client.informer import Key
from course.controllers.claims import claim
from course.controllers.controller import Controller
from course.controllers.deployment import fenceposts, recreate, revisions, rolling, scaling
from course.controllers.deployment import status as statuses
from course.controllers.deployment.sizes import Scaling
from course.controllers.hashing import template_hash
from course.controllers.informers import BY_CONTROLLER
from course.controllers.podcontrol import is_namespace_terminating

MAX_NAME = 253


class DeploymentController(Controller):
    """Moves each Deployment's Pods to its template."""

    name = "deployment-controller"

    def watch(self) -> None:
        """Watch Deployments and their ReplicaSets; Pods only for when the last one of an old set is gone."""
        self._deployments = self.on(
            "deployments", add=self.enqueue, update=lambda _, obj: self.enqueue(obj), delete=self.enqueue
        )
        self._sets = self.on(
            "replicasets",
            add=self._set_changed,
            update=self._set_updated,
            delete=self._set_changed,
        )
        self._pods = self.on("pods", delete=self._pod_deleted)

    def sync(self, key: Key) -> None:
        """Take one step: report, pause, scale or roll."""
        namespace, name = key
        cached = self._deployments.get(name, namespace)
        if cached is None:
            return
        deployment = copied(cached)
        if selectors.from_object(deployment["spec"]["selector"]) == selectors.EVERYTHING:
            self._refuse_to_select_all(deployment)
            return
        orphans = self._sets.by_index(BY_CONTROLLER, f"orphans/{namespace}")
        own = self._sets.by_index(BY_CONTROLLER, deployment["metadata"]["uid"])
        sets = claim(self.client, "replicasets", "deployments", deployment, own + orphans)
        _Step(self, deployment, sets).take()

    def pods_of(self, replica_sets: Iterable[Object]) -> list[Object]:
        """Return the Pods of these ReplicaSets, terminating ones too."""
        return [
            pod for rs in replica_sets for pod in self._pods.by_index(BY_CONTROLLER, rs["metadata"]["uid"])
        ]

    def _refuse_to_select_all(self, deployment: Object) -> None:
        message = "This deployment is selecting all pods. A non-empty selector is required."
        self.recorder.event(deployment, "Warning", "SelectingAll", message)
        status = deployment.get("status") or {}
        generation = deployment["metadata"]["generation"]
        if status.get("observedGeneration", 0) < generation:
            observed = deployment | {"status": status | {"observedGeneration": generation}}
            self.client.update("deployments", observed, subresource="status")

    def _set_updated(self, before: Object, replica_set: Object) -> None:
        self._set_changed(before)
        self._set_changed(replica_set)

    def _set_changed(self, replica_set: Object) -> None:
        namespace = replica_set["metadata"]["namespace"]
        owner = owners.controller_of(replica_set)
        if owner is not None:
            if owner["kind"] == "Deployment":
                self.queue.add((namespace, owner["name"]))
            return
        for deployment in self._deployments.list(namespace):
            selector = selectors.from_object(deployment["spec"]["selector"])
            if selector and selector.matches(replica_set["metadata"].get("labels")):
                self.enqueue(deployment)

    def _pod_deleted(self, pod: Object) -> None:
        """Only Recreate waits for Pods; it is woken when a ReplicaSet's last one is gone."""
        owner = owners.controller_of(pod)
        namespace = pod["metadata"]["namespace"]
        replica_set = self._sets.get(owner["name"], namespace) if owner else None
        above = owners.controller_of(replica_set) if replica_set else None
        deployment = self._deployments.get(above["name"], namespace) if above else None
        if deployment is None or deployment["spec"]["strategy"]["type"] != "Recreate":
            return
        if not self.pods_of(self._sets.by_index(BY_CONTROLLER, deployment["metadata"]["uid"])):
            self.enqueue(deployment)


class _Step:
    """One sync of one Deployment; `deployment` is a copy that follows what was written."""

    def __init__(self, controller: DeploymentController, deployment: Object, sets: list[Object]) -> None:
        self._controller = controller
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
        steps = rolling.plan(self._replicas, fenceposts.of(self._deployment), sizes)
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
        marked = annotations | self._size_annotations()
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

    def _size_annotations(self) -> dict[str, str]:
        surge = fenceposts.of(self._deployment).surge
        return {
            revisions.DESIRED_REPLICAS: str(self._replicas),
            revisions.MAX_REPLICAS: str(self._replicas + surge),
        }

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
        created, existed = self._created_new(self._designed_new(revision))
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

    def _designed_new(self, revision: int) -> Object:
        deployment, spec = self._deployment, self._deployment["spec"]
        collisions = (deployment.get("status") or {}).get("collisionCount")
        hash_ = template_hash(spec["template"], collisions)
        template, selector = copied(spec["template"]), copied(spec["selector"])
        labels = template.setdefault("metadata", {}).setdefault("labels", {})
        labels[revisions.HASH_LABEL] = hash_
        selector.setdefault("matchLabels", {})[revisions.HASH_LABEL] = hash_
        others = sum(rs["spec"]["replicas"] for rs in self._sets)
        size = self._replicas
        if spec["strategy"]["type"] == "RollingUpdate":
            size = rolling.new_size(self._replicas, fenceposts.of(deployment).surge, others, 0)
        annotations = revisions.annotations_for_new(deployment, {}, revision)
        return {
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "metadata": {
                "name": f"{deployment['metadata']['name'][: MAX_NAME - 1 - len(hash_)]}-{hash_}",
                "namespace": deployment["metadata"]["namespace"],
                "labels": dict(labels),
                "annotations": annotations | self._size_annotations(),
                "ownerReferences": [owners.controller_reference(deployment)],
            },
            "spec": {
                "replicas": size,
                "minReadySeconds": spec.get("minReadySeconds", 0),
                "selector": selector,
                "template": template,
            },
        }

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
