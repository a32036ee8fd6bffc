"""The cluster of the day: a shop on four nodes in two zones, with somebody's parts in it.

A Deployment `web` of four pods behind a Service, which take three seconds to get ready and leave politely; a
StatefulSet `db` of three with a claim each; a Cache `sessions` of three ConfigMaps.  What the hours of the
day do to it is in `hours`.  Where the data lies on somebody's Raft, `etcd` is what is done to that.
"""

import random
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from course.keep.components import Functions, Installed
from course.units.u17_capstone.etcd import Etcd
from course.units.u17_capstone.moments import moment
from insideout.apimachinery import pods as podutil
from insideout.client import ApiError, Client
from insideout.client.history import History
from insideout.cluster import Cluster
from insideout.controllers.cache.kinds import CACHES, CHILDREN, DEFINITIONS, NAMESPACE, cache, is_child
from insideout.network.answer import Answer

Object = dict[str, Any]
ZONE = "topology.kubernetes.io/zone"
NODES: Mapping[str, str] = {"node-0": "a", "node-1": "a", "node-2": "b", "node-3": "b"}
WEB, DB = 4, 3
CACHE, CACHED = "sessions", 3
BOOT_S = 20.0
PROGRAM = "unready; ready after 3s"
SLICE_S = 0.5
"""How long the cluster runs by itself; somebody who calls sends a request after each."""
LOOK_S = 5.0
"""How far apart the moments are that are looked at."""
_KNOWN_S = 2.0
"""How soon everybody knows that a pod is not ready any more."""


class Mark(NamedTuple):
    """Something that was done to the cluster."""

    time_s: float
    what: str


class Request(NamedTuple):
    """A request and what came of it; `was_ready` is False for an answer of a pod known not to be ready."""

    time_s: float
    answer: Answer
    was_ready: bool


class Stage:
    """The cluster while it is played with; times are the loop's.

    With `looks` it fills `moments`.  Somebody's Raft keeps the data for the whole day, or only from
    `etcd.wake` on when `all_day` is False.
    """

    def __init__(self, functions: Functions, *, looks: bool = False, all_day: bool = True) -> None:
        raft = functions.get("Raft")
        self.cluster = Cluster.create(nodes=0, seed=17, realtime=False, raft=raft, raft_lasts=True)
        self.client: Client = self.cluster.client("chaos")
        self._observer: Client = self.cluster.client("observer")
        self._replicas = {"web": WEB, "db": DB}
        self.rng = random.Random(17)
        self.marks: list[Mark] = []
        self.requests: list[Request] = []
        self.moments: list[Object] = []
        for name, zone in NODES.items():
            self.cluster.nodes.add(name, cpu="4", memory="16Gi", labels={ZONE: zone})
        for definition in DEFINITIONS:
            self.client.create("customresourcedefinitions", definition)
        self.etcd = Etcd(self.cluster, self.did, raft=raft is not None)
        self.parts = Installed(self.cluster, functions)
        for resource, obj in _objects():
            self.client.create(resource, obj, "default")
        if raft is not None and all_day:
            self.etcd.wake()
        self._calling = ""
        self._looks, self._next_look_s = False, 0.0
        self.run(BOOT_S)
        self._looks = looks
        self.pods_seen = History(self.client, self.cluster.loop, "pods")
        self.nodes_seen = History(self.client, self.cluster.loop, "nodes", "")
        self.maps_seen = History(self.client, self.cluster.loop, CHILDREN, label_selector=f"cache={CACHE}")
        self.caches_seen = History(self.client, self.cluster.loop, CACHES)

    @property
    def now_s(self) -> float:
        """The time."""
        return self.cluster.loop.now_s

    def run(self, seconds: float) -> None:
        """Let time pass; look at the cluster every five seconds, and send a request if somebody calls."""
        end_s = self.now_s + seconds
        while self.now_s < end_s - 1e-6:
            self.cluster.run(seconds=min(SLICE_S, end_s - self.now_s))
            if self._calling:
                self.ask(self._calling)
            if self._looks and self.now_s >= self._next_look_s:
                self._next_look_s = self.now_s + LOOK_S
                self.moments.append(moment(self._observer, self.now_s, self._replicas))

    def call(self, url: str) -> None:
        """Send a request to `url` every half a second from now on, "" for no more."""
        self._calling = url

    def ask(self, url: str, *, source: str = "") -> Answer:
        """Send one request."""
        answer = self.cluster.request(url, source=source)
        self.requests.append(Request(self.now_s, answer, self._is_ready(answer.pod)))
        return answer

    def did(self, what: str) -> float:
        """Note what is done now; return the time."""
        self.marks.append(Mark(self.now_s, what))
        return self.now_s

    def strike(self, place: str, *faults: str) -> None:
        """Let faults of the explorer happen at the next writes of a place."""
        self.did(f"{place}: {', '.join(faults)}")
        self.parts.mishaps[place].arm(*faults)

    def cut(self, place: str) -> None:
        """Break the watches that a place holds itself."""
        self.did(f"{place}: its watches break")
        self.parts.mishaps[place].cut()

    def pods(self, app: str = "") -> list[Object]:
        """Return the pods of an app, or all, by name."""
        selector = f"app={app}" if app else ""
        found: list[Object] = self.client.list("pods", "default", label_selector=selector)["items"]
        return sorted(found, key=lambda pod: str(pod["metadata"]["name"]))

    def ready(self, app: str) -> list[str]:
        """Return the names of an app's pods that are ready and stay."""
        return [name_of(pod) for pod in self.pods(app) if podutil.is_active(pod) and podutil.is_ready(pod)]

    def delete(self, pod: str) -> None:
        """Delete a pod, unless it is gone."""
        self.did(f"pod {pod} is deleted")
        try:
            self.client.delete("pods", pod, "default")
        except ApiError as problem:
            if problem.code != 404:
                raise

    def scale(self, replicas: int) -> None:
        """Ask for so many pods of web."""
        self.did(f"web is scaled to {replicas}")
        self._replicas["web"] = replicas
        self.patch("deployments", "web", {"spec": {"replicas": replicas}})

    def patch(self, resource: str, name: str, patch: Object) -> None:
        """Change an object."""
        namespace = "" if resource == "nodes" else "default"
        self.client.patch(resource, name, patch, namespace or None, type="strategic")

    def want(self, replicas: int) -> None:
        """Ask for so many children of the Cache."""
        self.client.patch(CACHES, CACHE, {"spec": {"replicas": replicas}}, NAMESPACE)

    def as_asked(self) -> list[str]:
        """Return the names of the Cache's children that are as it asks."""
        owner = self.client.get(CACHES, CACHE, NAMESPACE)
        maps = self.client.list(CHILDREN, NAMESPACE)["items"]
        return [name_of(one) for one in maps if is_as_asked(one, owner)]

    def seen(self, app: str, from_s: float) -> Iterator[tuple[float, list[Object]]]:
        """Yield the pods of an app at each moment of a change since `from_s`."""
        for time_s, present in self.pods_seen.moments():
            if time_s >= from_s:
                yield time_s, [pod for pod in present.values() if _app(pod) == app]

    def tidy(self) -> None:
        """Put back what an hour left behind that did not hold, and let the cluster come to rest."""
        self.did("what the hour left behind is put back")
        for name in NODES:
            self.cluster.nodes.trouble(name, "")
            self.cluster.nodes.revive(name)
            self._rid_of_strange_taints(name)
        kept = {"services": ("web", "db", "kubernetes"), "networkpolicies": ()}
        for resource, names in kept.items():
            for obj in self.client.list(resource, "default")["items"]:
                if name_of(obj) not in names:
                    self.client.delete(resource, name_of(obj), "default")
        for pod in self.pods():
            if _app(pod) not in ("web", "db"):
                self.delete(name_of(pod))
        for obj in self.client.list(CACHES, NAMESPACE)["items"]:
            if name_of(obj) != CACHE:
                self.client.delete(CACHES, name_of(obj), NAMESPACE)
        self.want(CACHED)
        self.scale(WEB)
        self.run(40)

    def _rid_of_strange_taints(self, name: str) -> None:
        node = self.client.get("nodes", name)
        taints = [one for one in node["spec"].get("taints") or () if "kubernetes.io/" in one["key"]]
        self.client.patch("nodes", name, {"spec": {"taints": taints or None, "unschedulable": None}})

    def stop(self) -> None:
        """End it."""
        self.cluster.stop()

    def _is_ready(self, name: str) -> bool:
        """Whether a pod is ready, or has not been so for less than two seconds."""
        for seen in reversed(self.pods_seen.of(name) if name else ()):
            if seen.object is None or not podutil.is_ready(seen.object):
                if self.now_s - seen.time_s > _KNOWN_S:
                    return False
                continue
            return True
        return not name


def name_of(obj: Object) -> str:
    """Return an object's name."""
    return str(obj["metadata"]["name"])


def is_as_asked(obj: Object, owner: Object) -> bool:
    """Return whether a ConfigMap is a child of this Cache, with the data that it asks for."""
    return is_child(obj, owner["metadata"]["uid"]) and obj.get("data") == {"size": str(owner["spec"]["size"])}


def version_of(pod: Object) -> str:
    """Return the tag of a pod's first image."""
    return str(pod["spec"]["containers"][0]["image"]).rpartition(":")[2]


def image(app: str, version: str, program: str = PROGRAM) -> Object:
    """Return the patch that gives an app's template another version, and what it does."""
    metadata = {"annotations": {"program.course/app": program}}
    containers = [{"name": "app", "image": f"{app}:{version}"}]
    return {"spec": {"template": {"metadata": metadata, "spec": {"containers": containers}}}}


def _app(pod: Object) -> str:
    return str((pod["metadata"].get("labels") or {}).get("app", ""))


def container(app: str, version: str, cpu: str = "500m") -> Object:
    """Return a container that serves on port 8080, is probed each second and leaves after three."""
    return {
        "name": "app",
        "image": f"{app}:{version}",
        "ports": [{"name": "http", "containerPort": 8080}],
        "resources": {"requests": {"cpu": cpu, "memory": "64Mi"}},
        "readinessProbe": {"httpGet": {"port": 8080}, "periodSeconds": 1, "failureThreshold": 1},
        "lifecycle": {"preStop": {"sleep": {"seconds": 3}}},
    }


def _template(app: str, labels: Object) -> Object:
    return {
        "metadata": {"labels": labels, "annotations": {"program.course/app": PROGRAM}},
        "spec": {"containers": [container(app, "v1")]},
    }


def _objects() -> Iterator[tuple[str, Object]]:
    front, store = {"app": "web", "tier": "front"}, {"app": "db"}
    yield (
        "deployments",
        {
            "metadata": {"name": "web"},
            "spec": {
                "replicas": WEB,
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
                "selector": {"matchLabels": front},
                "template": _template("web", front),
            },
        },
    )
    yield (
        "statefulsets",
        {
            "metadata": {"name": "db"},
            "spec": {
                "replicas": DB,
                "serviceName": "db",
                "selector": {"matchLabels": store},
                "template": _template("db", store),
                "volumeClaimTemplates": [
                    {
                        "metadata": {"name": "data"},
                        "spec": {
                            "accessModes": ["ReadWriteOnce"],
                            "resources": {"requests": {"storage": "1Gi"}},
                        },
                    }
                ],
            },
        },
    )
    yield CACHES, cache(CACHE, CACHED, 64)
    for name, selector in (("web", front), ("db", store)):
        ports = [{"name": "http", "port": 80, "targetPort": "http"}]
        yield "services", {"metadata": {"name": name}, "spec": {"selector": selector, "ports": ports}}
