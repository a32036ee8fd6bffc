"""Judges `switch_service(api, svc, colour)` by an audit: what it wrote to an API server, what changed there.

Each case is a scenario in plain data, from which a small API server is filled.  The learner's function gets
an `api` whose methods take and return plain data only, so it works the same from another process.
"""

from collections.abc import Callable, Iterator
from typing import Any

from course.checks.call import Raised
from course.checks.report import Case, as_yaml, kept
from insideout.backends.embedded import EmbeddedBackend
from insideout.client import Client

Object = dict[str, Any]
NAMESPACE = "default"
_IGNORED = ("resourceVersion", "generation", "managedFields")


class AuditedApi:
    """The verbs of `insideout.client.interface`, but watch, in one namespace; every write is noted."""

    offers = ("get", "list", "create", "update", "patch", "delete")
    """What a learner's code may call from its own process."""

    def __init__(self, client: Client) -> None:
        self.writes: list[str] = []
        self._client = client

    def get(self, resource: str, name: str, namespace: str = NAMESPACE) -> Object:
        """Return the object."""
        return self._client.get(resource, name, namespace)

    def list(self, resource: str, namespace: str = NAMESPACE, *, label_selector: str = "") -> Object:
        """Return the List object."""
        return self._client.list(resource, namespace, label_selector=label_selector)

    def patch(
        self, resource: str, name: str, patch: Any, namespace: str = NAMESPACE, *, type: str = "merge"
    ) -> Object:
        """Change part of the object."""
        self.writes.append(f"patch {resource}/{name}")
        return self._client.patch(resource, name, patch, namespace, type=type)  # type: ignore[arg-type]  # theirs

    def update(self, resource: str, obj: Object, namespace: str = NAMESPACE) -> Object:
        """Replace the object."""
        self.writes.append(f"update {resource}/{obj['metadata']['name']}")
        return self._client.update(resource, obj, namespace)

    def create(self, resource: str, obj: Object, namespace: str = NAMESPACE) -> Object:
        """Create the object."""
        self.writes.append(f"create {resource}/{obj['metadata']['name']}")
        return self._client.create(resource, obj, namespace)

    def delete(self, resource: str, name: str, namespace: str = NAMESPACE) -> Object:
        """Delete the object."""
        self.writes.append(f"delete {resource}/{name}")
        return self._client.delete(resource, name, namespace)


def audited(function: Callable[..., object]) -> Callable[[Object], list[str]]:
    """Return a function from a scenario to sentences about what `function` did there."""

    def run(scenario: Object) -> list[str]:
        client = EmbeddedBackend().client("audit")
        fill(client, scenario)
        before = _objects(client)
        api = AuditedApi(client)
        try:
            function(api, scenario["svc"], scenario["colour"])
            came = ["the call returns"]
        except Exception as error:
            # By name: an error from another process comes as Raised, which says what it was there.
            kind = error.kind if isinstance(error, Raised) else type(error).__name__
            if kind not in ("ValueError", "ApiError"):
                raise
            said = f": {error}" if kind == "ApiError" else ""
            came = [f"the call raises {kind}{said}"]
        wrote = f"writes: {', '.join(api.writes) or 'none'}"
        return [*came, wrote, *_changes(before, _objects(client))]

    return run


@kept
def cases() -> Iterator[Case]:
    """Yield scenarios, each rule with one that is switched and one that is not."""
    for rule, table in _CASES.items():
        for change, switched in table:
            scenario = {**_READY, **change}
            selector = {**scenario["selector"], "colour": scenario["colour"]}
            expected = ["the call raises ValueError", "writes: none", "changed: nothing at all"]
            if switched:
                svc = scenario["svc"]
                expected = [
                    "the call returns",
                    f"writes: patch services/{svc}",
                    f"changed: services/{svc} spec.selector to {_written(selector)}",
                ]
            yield Case(rule, (scenario,), expected)


_READY: Object = {
    "svc": "web",
    "colour": "green",
    "selector": {"app": "web", "colour": "blue"},
    "replicas": 3,
    "status": {"replicas": 3, "updatedReplicas": 3, "readyReplicas": 3, "availableReplicas": 3},
    "controller has seen the latest spec": True,
    "ready in its slices": [[True, True, True]],
}


def _status(**changed: int) -> Object:
    return {"status": {**_READY["status"], **changed}}


_CASES: dict[str, list[tuple[Object, bool]]] = {
    "a complete Deployment with all its endpoints ready is switched to, by one patch": [
        ({}, True),
        (_status(availableReplicas=0, readyReplicas=0), False),
        ({"svc": "shop", "selector": {"app": "shop", "colour": "blue"}}, True),
    ],
    "the colour is what the caller says": [
        ({"colour": "blue", "selector": {"app": "web", "colour": "green"}}, True),
        ({"colour": "red"}, True),
    ],
    "other keys of the selector stay": [
        ({"selector": {"app": "web", "tier": "front", "colour": "blue"}}, True),
        ({"selector": {"app": "web", "region": "eu", "colour": "blue"}}, True),
    ],
    "an old ReplicaSet's Pods, or too few new ones, mean that the rollout is not complete": [
        (_status(replicas=4), False),
        (_status(updatedReplicas=2), False),
        (_status(availableReplicas=2), False),
        ({}, True),
    ],
    "more are asked for than there are": [
        ({"replicas": 5}, False),
        (
            {
                "replicas": 2,
                **_status(replicas=2, updatedReplicas=2, readyReplicas=2, availableReplicas=2),
                "ready in its slices": [[True, True]],
            },
            True,
        ),
    ],
    "a count of 0 is left out of a status": [
        ({"replicas": 0, "status": {}, "ready in its slices": []}, True),
        ({"replicas": 0, "status": {"replicas": 1}, "ready in its slices": []}, False),
        ({"replicas": 1, "status": {"replicas": 1, "updatedReplicas": 1}}, False),
    ],
    "a status that is older than the spec proves nothing": [
        ({"controller has seen the latest spec": False}, False),
        ({"replicas": 0, "status": {}, "controller has seen the latest spec": None}, False),
        ({"controller has seen the latest spec": True}, True),
    ],
    "ready endpoints are counted over all slices of its own Service": [
        ({"ready in its slices": [[True, True]]}, False),
        ({"ready in its slices": [[True, True], [True]]}, True),
        ({"ready in its slices": [[True, True], [False]]}, False),
        ({"ready in its slices": []}, False),
        (
            {
                "replicas": 4,
                **_status(replicas=4, updatedReplicas=4, readyReplicas=4, availableReplicas=4),
                "ready in its slices": [[True, True, True, True]],
            },
            True,
        ),
    ],
    "an endpoint that does not say whether it is ready counts as ready": [
        ({"ready in its slices": [[True, None, True]]}, True),
        ({"ready in its slices": [[True, None, False]]}, False),
    ],
}


def show(scenario: Object) -> str:
    """Write the scenario."""
    svc, colour = scenario["svc"], scenario["colour"]
    shown = {key: value for key, value in scenario.items() if key not in ("svc", "colour")}
    return f"switch_service(api, {svc!r}, {colour!r})\n{as_yaml(shown)}"


def fill(client: Client, scenario: Object) -> None:
    """Create what a scenario says: two Deployments, a Service for each, and the one to switch."""
    svc, colour = scenario["svc"], scenario["colour"]
    other = "green" if colour == "blue" else "blue"
    client.create("services", _service(svc, scenario["selector"]), NAMESPACE)
    _fill_colour(client, svc, other, {**_READY, "colour": other})
    _fill_colour(client, svc, colour, scenario)
    _create_slice(client, svc, "", 0, [True, True, True])


def _fill_colour(client: Client, svc: str, colour: str, scenario: Object) -> None:
    name = f"{svc}-{colour}"
    labels = {"app": svc, "colour": colour}
    deployment = client.create("deployments", _deployment(name, labels, scenario["replicas"]), NAMESPACE)
    status = dict(scenario["status"])
    if scenario["controller has seen the latest spec"] is not None:  # else it has seen none at all
        status["observedGeneration"] = deployment["metadata"]["generation"]
    client.update("deployments", {**deployment, "status": status}, NAMESPACE, subresource="status")
    if scenario["controller has seen the latest spec"] is False:
        client.patch("deployments", name, {"spec": {"minReadySeconds": 5}}, NAMESPACE)
    client.create("services", _service(name, labels), NAMESPACE)
    for number, ready in enumerate(scenario["ready in its slices"]):
        _create_slice(client, svc, colour, number, ready)


def _deployment(name: str, labels: dict[str, str], replicas: int) -> Object:
    return {
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "app", "image": "shop:v2"}]},
            },
        },
    }


def _service(name: str, selector: dict[str, str]) -> Object:
    return {
        "metadata": {"name": name, "labels": {"team": "shop"}},
        "spec": {"selector": selector, "ports": [{"name": "http", "port": 80, "targetPort": 8080}]},
    }


def _create_slice(client: Client, svc: str, colour: str, number: int, ready: list[bool | None]) -> None:
    service = f"{svc}-{colour}" if colour else svc
    endpoints = [
        {
            "addresses": [f"10.244.{number}.{last}"],
            "conditions": {} if each is None else {"ready": each},
        }
        for last, each in enumerate(ready, 2)
    ]
    labels = {"kubernetes.io/service-name": service}
    one = {
        "metadata": {"name": f"{service}-{number}", "labels": labels},
        "addressType": "IPv4",
        "endpoints": endpoints,
        "ports": [{"name": "http", "port": 8080}],
    }
    client.create("endpointslices", one, NAMESPACE)


def _objects(client: Client) -> dict[str, Object]:
    """Return all objects that a release is made of, without what every write changes."""
    found = {}
    for resource in ("deployments", "services", "endpointslices"):
        for obj in client.list(resource, NAMESPACE)["items"]:
            metadata = {key: value for key, value in obj["metadata"].items() if key not in _IGNORED}
            found[f"{resource}/{metadata['name']}"] = {**obj, "metadata": metadata}
    return found


def _changes(before: dict[str, Object], after: dict[str, Object]) -> list[str]:
    sentences = []
    for name in sorted({*before, *after}):
        was, now = _flat(before.get(name, {})), _flat(after.get(name, {}))
        for path in sorted({*was, *now}):
            if was.get(path) != now.get(path):
                sentences.append(f"changed: {name} {path} to {_written(now.get(path))}")
    return sentences or ["changed: nothing at all"]


def _flat(obj: Object, prefix: str = "") -> dict[str, Any]:
    """Return an object's fields two levels deep, by path."""
    found: dict[str, Any] = {}
    for key, value in obj.items():
        path = f"{prefix}{key}"
        if isinstance(value, dict) and not prefix:
            found |= _flat(value, f"{path}.")
        else:
            found[path] = value
    return found


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {value[key]}" for key in sorted(value)) + "}"
    return repr(value)
