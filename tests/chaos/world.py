"""A cluster to which random things happen: writes of users, node failures, crashes, lost answers.

Everything is drawn from one seed, so a run can be repeated.
"""

import random
from collections.abc import Callable

from insideout.backends.embedded import EmbeddedBackend
from insideout.client import ApiError, Object
from insideout.controllers.manager import ControllerManager
from insideout.kubelet.hollow import HollowNodes
from insideout.scheduler.scheduler import Scheduler
from tests.chaos.flaky import FlakyClient

NAMESPACES = ("red", "blue")
NODES = 5


class World:
    """The cluster, and the hand that shakes it."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.backend = EmbeddedBackend(seed=seed)
        self.loop = self.backend.loop
        self.user = self.backend.client("user")
        self.history: list[str] = []
        self._flaky = {name: self._flaky_client(name) for name in ("kcm", "kubelet", "scheduler")}
        self.nodes = HollowNodes(self._flaky["kubelet"], self.loop, record_events=False)
        self.nodes.start()
        self.manager = self._new_manager()
        self.scheduler = self._new_scheduler()
        self._silent: list[str] = []
        self._serial = 0
        for _ in range(NODES):
            self._add_node()
        for name in NAMESPACES:
            self.user.create(
                "namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
            )
        self.loop.run(10)

    def _flaky_client(self, name: str) -> FlakyClient:
        return FlakyClient(self.backend.client(name), random.Random(f"{self.rng.random()}"))

    def _new_manager(self) -> ControllerManager:
        manager = ControllerManager(self._flaky["kcm"], self.loop)
        manager.start()
        return manager

    def _new_scheduler(self) -> Scheduler:
        scheduler = Scheduler(self._flaky["scheduler"], self.loop)
        scheduler.start()
        return scheduler

    # Shaking.

    def shake(self, actions: int, longest_pause_s: float) -> None:
        """Do random things, with pauses between."""
        for client in self._flaky.values():
            client.rate = 0.02
        verbs: list[Callable[[], str]] = [
            *[self._create] * 4,
            *[self._scale] * 4,
            *[self._update] * 4,
            *[self._delete] * 2,
            self._create_job,
            self._delete_pod,
            self._evict_pod,
            self._silence,
            self._revive,
            self._lose_node,
            self._crash_manager,
            self._crash_scheduler,
            self._break_watches,
        ]
        for _ in range(actions):
            verb = self.rng.choice(verbs)
            try:
                done = verb()
            except ApiError as refused:
                done = f"{verb.__name__}: {refused.reason}"
            if done:
                self.history.append(f"{self.loop.now_s:.3f} {done}")
            self.loop.run(self.rng.choice([0.001, 0.05, 1.0, longest_pause_s]) * self.rng.random())

    def calm_down(self, seconds: float) -> None:
        """Let everybody be well again, and wait."""
        for client in self._flaky.values():
            client.rate = 0.0
        for name in self._silent:
            self.nodes.revive(name)
        self._silent.clear()
        self.loop.run(seconds)

    def _workloads(self) -> list[tuple[str, Object]]:
        return [
            (resource, obj)
            for resource in ("deployments", "statefulsets", "daemonsets")
            for namespace in NAMESPACES
            for obj in self.user.list(resource, namespace)["items"]
        ]

    def _name(self, prefix: str) -> str:
        self._serial += 1
        return f"{prefix}{self._serial}"

    def _create(self) -> str:
        if len(self._workloads()) > 8:
            return ""
        kind = self.rng.choice(["Deployment", "Deployment", "StatefulSet", "DaemonSet"])
        name, namespace = self._name(kind.lower()), self.rng.choice(NAMESPACES)
        labels = {"app": name}
        spec: Object = {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": self._pod_spec("v0")},
        }
        if kind != "DaemonSet":
            spec["replicas"] = self.rng.randrange(6)
        if kind == "Deployment":
            spec["strategy"] = self.rng.choice(
                [{"type": "Recreate"}, {"type": "RollingUpdate"}, {"type": "RollingUpdate"}]
            )
            spec["revisionHistoryLimit"] = self.rng.randrange(3)
        if kind == "StatefulSet":
            spec |= {
                "serviceName": name,
                "podManagementPolicy": self.rng.choice(["OrderedReady", "Parallel"]),
            }
        metadata = {"name": name, "namespace": namespace}
        workload = {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": spec}
        self.user.create(f"{kind.lower()}s", workload)
        if self.rng.random() < 0.5:
            ports = {"ports": [{"port": 80}], "selector": labels}
            self.user.create(
                "services", {"apiVersion": "v1", "kind": "Service", "metadata": dict(metadata), "spec": ports}
            )
        if self.rng.random() < 0.3:
            budget = {"maxUnavailable": 1, "selector": {"matchLabels": labels}}
            self.user.create(
                "poddisruptionbudgets",
                {
                    "apiVersion": "policy/v1",
                    "kind": "PodDisruptionBudget",
                    "metadata": dict(metadata),
                    "spec": budget,
                },
            )
        return f"create {kind} {namespace}/{name} {spec.get('replicas', '')}"

    def _create_job(self) -> str:
        name, namespace = self._name("job"), self.rng.choice(NAMESPACES)
        runs_s = self.rng.randrange(1, 60)
        template = {
            "metadata": {"annotations": {"program.course/c": f"exit 0 after {runs_s}s"}},
            "spec": self._pod_spec("v0") | {"restartPolicy": "Never"},
        }
        spec = {"template": template, "completions": self.rng.randrange(1, 6), "parallelism": 2}
        if self.rng.random() < 0.5:
            spec["completionMode"] = "Indexed"
        metadata = {"name": name, "namespace": namespace}
        job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec}
        self.user.create("jobs", job)
        return f"create Job {namespace}/{name}"

    def _pod_spec(self, image: str) -> Object:
        resources = {"requests": {"cpu": "50m"}}
        container = {"name": "c", "image": image, "resources": resources}
        grace_s = self.rng.choice([0, 1, 5, 30])
        return {"containers": [container], "terminationGracePeriodSeconds": grace_s}

    def _some_workload(self) -> tuple[str, Object] | None:
        workloads = self._workloads()
        return self.rng.choice(workloads) if workloads else None

    def _scale(self) -> str:
        found = self._some_workload()
        if found is None or found[0] == "daemonsets":
            return ""
        resource, obj = found
        metadata, replicas = obj["metadata"], self.rng.randrange(7)
        patch = {"spec": {"replicas": replicas}}
        self.user.patch(resource, metadata["name"], patch, metadata["namespace"], subresource="scale")
        return f"scale {metadata['name']} {replicas}"

    def _update(self) -> str:
        found = self._some_workload()
        if found is None:
            return ""
        resource, obj = found
        metadata, image = obj["metadata"], f"v{self.rng.randrange(4)}"
        patch = {"spec": {"template": {"spec": self._pod_spec(image)}}}
        self.user.patch(resource, metadata["name"], patch, metadata["namespace"])
        return f"update {metadata['name']} {image}"

    def _delete(self) -> str:
        found = self._some_workload()
        if found is None:
            return ""
        resource, obj = found
        metadata, policy = obj["metadata"], self.rng.choice(["Background", "Foreground"])
        self.user.delete(resource, metadata["name"], metadata["namespace"], propagation_policy=policy)
        for beside in ("services", "poddisruptionbudgets"):
            try:
                self.user.delete(beside, metadata["name"], metadata["namespace"])
            except ApiError as refused:
                if refused.code != 404:
                    raise
        return f"delete {metadata['name']} {policy}"

    def _some_pod(self) -> Object | None:
        pods = [pod for name in NAMESPACES for pod in self.user.list("pods", name)["items"]]
        return self.rng.choice(pods) if pods else None

    def _delete_pod(self) -> str:
        pod = self._some_pod()
        if pod is None:
            return ""
        metadata = pod["metadata"]
        self.user.delete("pods", metadata["name"], metadata["namespace"])
        return f"delete pod {metadata['name']}"

    def _evict_pod(self) -> str:
        pod = self._some_pod()
        if pod is None:
            return ""
        metadata = pod["metadata"]
        where = {"name": metadata["name"], "namespace": metadata["namespace"]}
        eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": where}
        self.user.create(
            "pods", eviction, metadata["namespace"], name=metadata["name"], subresource="eviction"
        )
        return f"evict pod {metadata['name']}"

    def _add_node(self) -> None:
        self.nodes.add(self._name("node"), cpu="16", first_renewal_s=self.rng.uniform(0, 10))

    def _silence(self) -> str:
        awake = sorted(set(self.nodes.nodes) - set(self._silent))
        if len(awake) <= 2:
            return ""
        name = self.rng.choice(awake)
        self.nodes.silence(name)
        self._silent.append(name)
        return f"silence {name}"

    def _revive(self) -> str:
        if not self._silent:
            return ""
        name = self._silent.pop(self.rng.randrange(len(self._silent)))
        self.nodes.revive(name)
        return f"revive {name}"

    def _lose_node(self) -> str:
        awake = sorted(set(self.nodes.nodes) - set(self._silent))
        if len(awake) <= 2:
            return ""
        name = self.rng.choice(awake)
        self.nodes.remove(name)
        self.user.delete("nodes", name)
        self._add_node()
        return f"lose {name}"

    def _crash_manager(self) -> str:
        self.manager.stop()
        self.loop.run(self.rng.random() * 60)
        self.manager = self._new_manager()
        return "crash the controller manager"

    def _crash_scheduler(self) -> str:
        self.scheduler.stop()
        self.loop.run(self.rng.random() * 60)
        self.scheduler = self._new_scheduler()
        return "crash the scheduler"

    def _break_watches(self) -> str:
        """Let the server end every watch of Pods, as when it restarts."""
        for resource in ("pods", "replicasets", "nodes"):
            kind = self.backend.server.registry.named(resource)
            assert kind is not None
            self.backend.server.reader.close(kind)
        return "break watches"
