from insideout.client import Object
from insideout.scheduler.workloads import Workloads
from tests.insideout.scheduler.builders import pod


def service(name: str, **selector: str) -> Object:
    """Return a Service."""
    return {
        "kind": "Service",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"selector": selector},
    }


def replicaset(**labels: str) -> Object:
    """Return the ReplicaSet "rs"."""
    return {
        "kind": "ReplicaSet",
        "metadata": {"name": "rs", "namespace": "default"},
        "spec": {"selector": {"matchLabels": labels}},
    }


OWNER = {
    "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "rs", "controller": True}]
}
LABELS = {"app": "x", "tier": "web"}


def test_kin_is_what_services_and_controller_select_together() -> None:
    """All of their conditions must hold."""
    known = Workloads()
    known.put(service("a", app="x"))
    known.put(service("b", app="other"))
    known.put(replicaset(tier="web"))
    selector = known.selector_of(pod(labels=LABELS, metadata=OWNER))
    assert selector.matches(LABELS)
    assert not selector.matches({"app": "x"})
    assert not selector.matches({"tier": "web"})


def test_a_pod_of_nobody_has_no_kin() -> None:
    """Its selector sets no condition."""
    known = Workloads()
    known.put(service("b", app="other"))
    assert known.selector_of(pod(labels=LABELS)).requirements == ()


def test_changes_are_followed() -> None:
    """New selectors and removals count from then on."""
    known = Workloads()
    info = pod(labels=LABELS, metadata=OWNER)
    known.put(service("a", app="x"))
    assert len(known.selector_of(info).requirements) == 1
    known.put(replicaset(tier="web"))
    assert len(known.selector_of(info).requirements) == 2
    known.put(service("a", app="y"))
    assert len(known.selector_of(info).requirements) == 1
    known.remove(replicaset(tier="web"))
    assert known.selector_of(info).requirements == ()


def test_services_of_other_namespaces_do_not_count() -> None:
    """A Service selects pods of its own namespace."""
    known = Workloads()
    known.put(service("a", app="x"))
    assert known.selector_of(pod(labels=LABELS, namespace="prod")).requirements == ()
