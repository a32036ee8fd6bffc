"""Cases for `config_effect(pod_spec, configmap, key)`: what each container sees of a changed key.

Every way to use a ConfigMap is one small dict, built by the functions below; the right answer of a random pod
is put together from how it was made.
"""

import random
from collections.abc import Iterator
from typing import Any

from course.checks.report import Case, as_yaml, kept, with_keeping

Object = dict[str, Any]


def container(name: str, **fields: Any) -> Object:
    """Return a container; `fields` are env, envFrom or volumeMounts."""
    return {"name": name, **fields}


def variable(configmap: str, key: str) -> Object:
    """Return an environment variable that is one key of a ConfigMap."""
    return {"name": key.upper(), "valueFrom": {"configMapKeyRef": {"name": configmap, "key": key}}}


def all_variables(configmap: str) -> Object:
    """Return an entry of envFrom: every key of a ConfigMap is a variable."""
    return {"configMapRef": {"name": configmap}}


def mount(volume: str, sub_path: str = "") -> Object:
    """Return a mount of a volume, or of one file or folder in it."""
    where = {"name": volume, "mountPath": f"/etc/{volume}"}
    return {**where, "subPath": sub_path} if sub_path else where


def volume(name: str, configmap: str, **items: str) -> Object:
    """Return a volume of a ConfigMap; `items` are path=key, all keys when there is none."""
    return {"name": name, "configMap": {"name": configmap, **_items(items)}}


def projected(name: str, *configmaps: str, **items: str) -> Object:
    """Return a projected volume of a Secret and these ConfigMaps."""
    sources = [{"configMap": {"name": configmap, **_items(items)}} for configmap in configmaps]
    return {"name": name, "projected": {"sources": [{"secret": {"name": "app"}}, *sources]}}


def _items(items: dict[str, str]) -> Object:
    return {"items": [{"key": key, "path": path} for path, key in items.items()]} if items else {}


def _spec(*containers: Object, volumes: tuple[Object, ...] = (), init: tuple[Object, ...] = ()) -> Object:
    spec: Object = {"initContainers": list(init)} if init else {}
    spec["containers"] = list(containers)
    return {**spec, "volumes": list(volumes)} if volumes else spec


@kept
def cases() -> Iterator[Case]:
    """Yield the examples."""
    yield from with_keeping(
        Case(rule, (spec, configmap, key), expected)
        for rule, table in _CASES.items()
        for spec, configmap, key, expected in table
    )


_V = volume("v", "app")
_ENV = container("web", env=[variable("app", "mode")])
_MOUNT = container("web", volumeMounts=[mount("v")])

_CASES: dict[str, list[tuple[Object, str, str, dict[str, str]]]] = {
    "a mounted volume follows the ConfigMap": [
        (_spec(_MOUNT, volumes=(_V,)), "app", "mode", {"web": "live"}),
        (_spec(_MOUNT, volumes=(_V,)), "other", "mode", {"web": "none"}),
        (_spec(container("web"), volumes=(_V,)), "app", "mode", {"web": "none"}),
    ],
    "a projected volume follows, too": [
        (_spec(_MOUNT, volumes=(projected("v", "app"),)), "app", "mode", {"web": "live"}),
        (_spec(_MOUNT, volumes=(projected("v", "base", "app"),)), "app", "mode", {"web": "live"}),
        (_spec(_MOUNT, volumes=(projected("v", "base"),)), "app", "mode", {"web": "none"}),
    ],
    "an environment variable needs a restart": [
        (_spec(_ENV), "app", "mode", {"web": "restart"}),
        (_spec(_ENV), "app", "colour", {"web": "none"}),
        (_spec(_ENV), "other", "mode", {"web": "none"}),
        (_spec(container("web", env=[{"name": "mode", "value": "app"}])), "app", "mode", {"web": "none"}),
    ],
    "envFrom takes every key of its ConfigMap": [
        (_spec(container("web", envFrom=[all_variables("app")])), "app", "colour", {"web": "restart"}),
        (_spec(container("web", envFrom=[all_variables("other")])), "app", "colour", {"web": "none"}),
        (
            _spec(container("web", envFrom=[{"secretRef": {"name": "app"}}])),
            "app",
            "colour",
            {"web": "none"},
        ),
    ],
    "a file mounted by subPath does not follow": [
        (
            _spec(container("web", volumeMounts=[mount("v", "mode")]), volumes=(_V,)),
            "app",
            "mode",
            {"web": "restart"},
        ),
        (_spec(_MOUNT, volumes=(_V,)), "app", "mode", {"web": "live"}),
        (
            _spec(container("web", volumeMounts=[mount("v", "mode")]), volumes=(projected("v", "app"),)),
            "app",
            "mode",
            {"web": "restart"},
        ),
    ],
    "a subPath that shows another key is none": [
        (
            _spec(container("web", volumeMounts=[mount("v", "colour")]), volumes=(_V,)),
            "app",
            "mode",
            {"web": "none"},
        ),
        (
            _spec(container("web", volumeMounts=[mount("v", "colour")]), volumes=(_V,)),
            "app",
            "colour",
            {"web": "restart"},
        ),
    ],
    "items choose the keys of a volume, and name their files": [
        (_spec(_MOUNT, volumes=(volume("v", "app", file="mode"),)), "app", "mode", {"web": "live"}),
        (_spec(_MOUNT, volumes=(volume("v", "app", file="mode"),)), "app", "file", {"web": "none"}),
        (
            _spec(
                container("web", volumeMounts=[mount("v", "file")]),
                volumes=(volume("v", "app", file="mode"),),
            ),
            "app",
            "mode",
            {"web": "restart"},
        ),
        (
            _spec(
                container("web", volumeMounts=[mount("v", "mode")]),
                volumes=(volume("v", "app", file="mode", mode="colour"),),
            ),
            "app",
            "mode",
            {"web": "none"},
        ),
    ],
    "used in both ways, the restart decides": [
        (
            _spec(container("web", env=[variable("app", "mode")], volumeMounts=[mount("v")]), volumes=(_V,)),
            "app",
            "mode",
            {"web": "restart"},
        ),
        (
            _spec(container("web", env=[variable("app", "mode")], volumeMounts=[mount("v")]), volumes=(_V,)),
            "app",
            "colour",
            {"web": "live"},
        ),
        (
            _spec(container("web", volumeMounts=[mount("v"), mount("v", "mode")]), volumes=(_V,)),
            "app",
            "mode",
            {"web": "restart"},
        ),
    ],
    "each container for itself, init containers too": [
        (
            _spec(_ENV, container("log", volumeMounts=[mount("v")]), container("idle"), volumes=(_V,)),
            "app",
            "mode",
            {"web": "restart", "log": "live", "idle": "none"},
        ),
        (
            _spec(container("web"), init=(container("setup", envFrom=[all_variables("app")]),)),
            "app",
            "mode",
            {"setup": "restart", "web": "none"},
        ),
        (
            _spec(_ENV, init=(container("setup", volumeMounts=[mount("v")]),), volumes=(_V,)),
            "app",
            "mode",
            {"setup": "live", "web": "restart"},
        ),
    ],
}


def show(pod_spec: Object, configmap: str, key: str) -> str:
    """Write what has changed, then the pod that may see it."""
    return f"key {key!r} of ConfigMap {configmap!r}\n{as_yaml(pod_spec)}"


@kept
def random_cases(seed: int) -> Iterator[Case]:
    """Yield pods drawn with `seed`; each rule has all three effects."""
    rng = random.Random(f"config-effect/{seed}")
    for rule, containers, uses in (
        ("one container: what it sees by each way of use", 1, 1),
        ("several ways of use: a restart wins, and each container is by itself", 2, 3),
    ):
        wanted = {"live": 10, "restart": 10, "none": 10}
        while any(wanted.values()):
            spec, expected = _random_pod(rng, rng.randint(1, containers), uses)
            first = next(iter(expected.values()))
            if wanted[first]:
                wanted[first] -= 1
                yield Case(rule, (spec, "app", "mode"), expected)


def _random_pod(rng: random.Random, containers: int, uses: int) -> tuple[Object, dict[str, str]]:
    volumes = {
        "whole": volume("whole", "app"),
        "chosen": volume("chosen", "app", file="mode"),
        "without": volume("without", "app", mode="colour"),
        "foreign": volume("foreign", "other"),
        "mixed": projected("mixed", "other", "app"),
    }
    ways: list[tuple[str, str, Object]] = [
        ("env", "restart", variable("app", "mode")),
        ("env", "none", variable("app", "colour")),
        ("env", "none", variable("other", "mode")),
        ("envFrom", "restart", all_variables("app")),
        ("envFrom", "none", all_variables("other")),
        ("volumeMounts", "live", mount("whole")),
        ("volumeMounts", "live", mount("chosen")),
        ("volumeMounts", "live", mount("mixed")),
        ("volumeMounts", "none", mount("without")),
        ("volumeMounts", "none", mount("foreign")),
        ("volumeMounts", "restart", mount("whole", "mode")),
        ("volumeMounts", "restart", mount("chosen", "file")),
        ("volumeMounts", "none", mount("whole", "colour")),
        ("volumeMounts", "none", mount("without", "mode")),
    ]
    made: list[Object] = []
    expected: dict[str, str] = {}
    for number in range(containers):
        name = f"c-{number}"
        one: Object = {"name": name}
        effects = set()
        for field, effect, entry in rng.sample(ways, rng.randint(1, uses)):
            one.setdefault(field, []).append(entry)
            effects.add(effect)
        made.append(one)
        expected[name] = next(each for each in ("restart", "live", "none") if each in effects)
    shuffled = rng.sample(sorted(volumes), len(volumes))
    spec = _spec(*made, volumes=tuple(volumes[name] for name in shuffled))
    if containers > 1 and rng.random() < 0.4:
        spec["initContainers"] = [spec["containers"].pop()]
    return spec, expected
