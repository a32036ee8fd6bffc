"""A watcher sees exactly what its selection lets through, in order, however many others there are."""

import random
from typing import Any

import pytest

from insideout.apiserver.options import ListOptions
from insideout.apiserver.server import ApiServer
from insideout.apiserver.watching import Change
from insideout.client.local import LocalClient
from insideout.sim.loop import Loop


def pod(name: str, node: str, tier: str) -> dict[str, Any]:
    spec = {"containers": [{"name": "c", "image": "i"}], **({"nodeName": node} if node else {})}
    metadata = {"name": name, "labels": {"tier": tier}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def replayed(changes: list[Change]) -> dict[str, str]:
    """Return the objects that the changes lead to, checking that each change fits what was before."""
    found: dict[str, str] = {}
    last = 0
    for change in changes:
        metadata = change.view.object["metadata"]
        assert int(metadata["resourceVersion"]) > last
        last = int(metadata["resourceVersion"])
        assert (metadata["name"] in found) is (change.type != "ADDED")
        if change.type == "DELETED":
            del found[metadata["name"]]
        else:
            found[metadata["name"]] = metadata["uid"]
    return found


@pytest.mark.parametrize("seed", range(5))
def test_watch_and_list_agree(seed: int):
    """After random writes each watch has led to what a list with the same selectors shows."""
    rng = random.Random(seed)
    loop = Loop(seed=seed)
    server = ApiServer(loop)
    client = LocalClient(server, "test")
    pods = server.kind("", "v1", "pods")
    selections = [
        ListOptions(label_selector=labels, field_selector=fields, resource_version=str(server.store.revision))
        for labels in ("", "tier=a", "tier notin (a)")
        for fields in ("", "spec.nodeName=n1", "spec.nodeName!=n1", "spec.nodeName=,status.phase=Pending")
    ]
    seen: list[list[Change]] = [[] for _ in selections]
    for options, changes in zip(selections, seen, strict=True):
        server.watch(pods, "default", options, changes.append)
    for _ in range(120):
        name = f"p{rng.randrange(8)}"
        existing = server.resources.find(pods, "default", name)
        if existing is None:
            client.create("pods", pod(name, rng.choice(["", "n1", "n2"]), rng.choice("ab")), "default")
        elif rng.random() < 0.4:
            client.delete("pods", name, "default", grace_period_s=0)
        elif rng.random() < 0.5 and "nodeName" not in existing.value.object["spec"]:
            target = {"apiVersion": "v1", "kind": "Node", "name": rng.choice(["n1", "n2"])}
            body = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": name}, "target": target}
            client.create("pods", body, "default", name=name, subresource="binding")
        else:
            patch = {"metadata": {"labels": {"tier": rng.choice("ab")}}}
            client.patch("pods", name, patch, "default")
        if rng.random() < 0.3:
            loop.run(1)
    loop.run(1)
    for options, changes in zip(selections, seen, strict=True):
        listed = client.list(
            "pods", "default", label_selector=options.label_selector, field_selector=options.field_selector
        )
        assert replayed(changes) == {
            each["metadata"]["name"]: each["metadata"]["uid"] for each in listed["items"]
        }


def test_stopped_watch_is_silent():
    """Nothing is delivered after stop(), not even what was under way."""
    loop = Loop()
    server = ApiServer(loop)
    seen: list[Change] = []
    kind = server.kind("", "v1", "configmaps")
    watch = server.watch(kind, "", ListOptions(), seen.append)
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}
    LocalClient(server).create("configmaps", body, "default")
    watch.stop()
    loop.run(1)
    assert seen == []


def test_stored_objects_are_shared_and_never_changed():
    """Versions of an object share what is the same in them, and an earlier version stays as it was."""
    loop = Loop()
    server = ApiServer(loop)
    client = LocalClient(server, "test")
    first = client.create("pods", pod("p", "", "a"), "default")
    before = client.shared.get("pods", "p", "default")
    client.patch("pods", "p", {"metadata": {"labels": {"x": "y"}}}, "default")
    after = client.shared.get("pods", "p", "default")
    assert before == first
    assert after["spec"] is before["spec"]
    copy = client.get("pods", "p", "default")
    copy["spec"]["containers"].clear()
    assert client.get("pods", "p", "default")["spec"]["containers"]
