"""LimitRanges complete containers and refuse what is out of bounds."""

from typing import Any

import pytest

from .conftest import Api


def limit(api: Api, *items: dict[str, Any], name: str = "l") -> None:
    body = {"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": name}}
    api.ok("POST", "limitranges", {**body, "spec": {"limits": list(items)}})


def pod(name: str = "p", **resources: Any) -> dict[str, Any]:
    container = {"name": "c", "image": "i", "resources": resources}
    spec = {"containers": [container]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


def test_containers_get_the_defaults_of_their_namespace(api: Api) -> None:
    """What they say themselves stays; an annotation tells what was set."""
    limit(
        api,
        {"type": "Container", "default": {"cpu": "1", "memory": "1Gi"}, "defaultRequest": {"cpu": "100m"}},
    )
    created = api.ok("POST", "pods", pod(limits={"memory": "2Gi"}))
    assert created["spec"]["containers"][0]["resources"] == {
        "limits": {"cpu": "1", "memory": "2Gi"},
        "requests": {"cpu": "100m", "memory": "2Gi"},
    }
    assert created["metadata"]["annotations"] == {
        "kubernetes.io/limit-ranger": "LimitRanger plugin set: cpu request for container c; cpu limit for "
        "container c"
    }


def test_the_most_is_the_default_of_the_default(api: Api) -> None:
    """A LimitRange completes itself when it is stored."""
    limit(api, {"type": "Container", "max": {"cpu": "1"}, "min": {"cpu": "200m", "memory": "1Mi"}})
    [item] = api.ok("GET", "limitranges/l")["spec"]["limits"]
    assert item["default"] == {"cpu": "1"}
    assert item["defaultRequest"] == {"cpu": "1", "memory": "1Mi"}


CONTAINER = {"type": "Container", "min": {"cpu": "100m"}, "max": {"cpu": "1"}}
RATIO = {"type": "Container", "maxLimitRequestRatio": {"memory": "2"}}
REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "too little": (
        CONTAINER,
        {"requests": {"cpu": "50m"}, "limits": {"cpu": "1"}},
        "minimum cpu usage per Container is 100m, but request is 50m",
    ),
    "too much": (
        CONTAINER,
        {"requests": {"cpu": "1"}, "limits": {"cpu": "1500m"}},
        "maximum cpu usage per Container is 1, but limit is 1500m",
    ),
    "both": (
        CONTAINER,
        {"requests": {"cpu": "50m"}, "limits": {"cpu": "2"}},
        "[minimum cpu usage per Container is 100m, but request is 50m, maximum cpu usage per Container is 1, "
        "but limit is 2]",
    ),
    "unlimited": (
        {"type": "Pod", "max": {"memory": "1Gi"}},
        {},
        "maximum memory usage per Pod is 1Gi.  No limit is specified",
    ),
    "no request": (
        {"type": "Pod", "min": {"memory": "1Mi"}},
        {},
        "minimum memory usage per Pod is 1Mi.  No request is specified",
    ),
    "too far apart": (
        RATIO,
        {"requests": {"memory": "100"}, "limits": {"memory": "250"}},
        "memory max limit to request ratio per Container is 2, but provided ratio is 2.500000",
    ),
    "no ratio": (
        RATIO,
        {},
        "memory max limit to request ratio per Container is 2, but no request is specified or request is 0",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_out_of_bounds_is_refused(api: Api, name: str) -> None:
    """In the plugin's words."""
    item, resources, why = REFUSED[name]
    limit(api, item)
    assert api.refused("POST", "pods", pod(**resources)) == (
        403,
        "Forbidden",
        f'pods "p" is forbidden: {why}',
    )


def test_claims_have_bounds_of_their_own(api: Api) -> None:
    """For what they ask, also when they grow."""
    limit(api, {"type": "PersistentVolumeClaim", "min": {"storage": "1Gi"}, "max": {"storage": "5Gi"}})

    def claim(size: str) -> dict[str, Any]:
        asked = {"requests": {"storage": size}}
        spec = {"accessModes": ["ReadWriteOnce"], "resources": asked}
        return {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "c"},
            "spec": spec,
        }

    for size, why in (
        ("1Mi", "minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 1Mi"),
        ("9Gi", "maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 9Gi"),
    ):
        message = api.refused("POST", "persistentvolumeclaims", claim(size))[2]
        assert message == f'persistentvolumeclaims "c" is forbidden: {why}'
    api.ok("POST", "persistentvolumeclaims", claim("2Gi"))


def test_a_resize_stays_within_the_bounds(api: Api) -> None:
    """Other updates of a pod are not looked at."""
    api.ok("POST", "pods", pod(requests={"cpu": "100m"}, limits={"cpu": "1"}))
    limit(api, {"type": "Container", "max": {"cpu": "1"}})
    api.merge("pods/p", {"metadata": {"labels": {"a": "b"}}})
    larger = {"name": "c", "resources": {"limits": {"cpu": "2"}, "requests": {"cpu": "100m"}}}
    merge = "application/strategic-merge-patch+json"
    patch = {"spec": {"containers": [larger]}}
    assert api.refused("PATCH", "pods/p/resize", patch, content_type=merge)[2] == (
        'pods "p" is forbidden: maximum cpu usage per Container is 1, but limit is 2'
    )
