"""A write of a status neither reads nor changes the stored spec, and every other write reads all of it."""

from typing import Any

import pytest

from insideout.apimachinery.copies import copied
from insideout.apiserver import strategy
from insideout.apiserver.kinds import BUILT_IN
from insideout.apiserver.server import ApiServer
from insideout.client import ApiError
from insideout.client.local import LocalClient
from insideout.sim.loop import Loop

PODS = next(kind for kind in BUILT_IN if kind.qualified_resource == "pods")
POD: dict[str, Any] = {"metadata": {"name": "a"}, "spec": {"containers": [{"name": "a", "image": "nginx"}]}}


@pytest.fixture
def client() -> LocalClient:
    client = LocalClient(ApiServer(Loop()), "test")
    account = {"metadata": {"name": "default"}}
    client.create("serviceaccounts", account, "default")
    client.create("pods", POD, "default")
    return client


@pytest.mark.parametrize("type_", ["merge", "strategic"])
def test_a_patch_of_the_status_keeps_the_spec_itself(client: LocalClient, type_: Any) -> None:
    stored = client.shared.get("pods", "a", "default")
    text = copied(stored)
    patch = {"status": {"podIP": "10.0.0.1", "conditions": [{"type": "Ready", "status": "True"}]}}
    client.patch("pods", "a", patch, "default", type=type_, subresource="status")
    after = client.shared.get("pods", "a", "default")
    assert after["spec"] is stored["spec"]
    assert after["status"]["podIPs"] == [{"ip": "10.0.0.1"}], "defaults of the status are set"
    assert list(after) == list(text), "fields stay in their order"
    assert stored == text, "an earlier version is not changed"


def test_a_spec_in_a_patch_of_the_status_is_read(client: LocalClient) -> None:
    """It is not kept; but what is no spec is refused, as ever."""
    with pytest.raises(ApiError) as caught:
        client.patch("pods", "a", {"spec": {"priority": "high"}}, "default", subresource="status")
    assert "cannot unmarshal string into Go struct field PodSpec.spec.priority" in str(caught.value)
    client.patch("pods", "a", {"spec": {"priority": 7}}, "default", subresource="status")
    assert client.get("pods", "a", "default")["spec"]["priority"] == 0


def test_a_patch_of_the_object_does_not_share_what_it_may_change(client: LocalClient) -> None:
    stored = client.shared.get("pods", "a", "default")
    read, _ = strategy.decode(PODS, stored)
    assert read["spec"] == stored["spec"]
    assert read["spec"] is not stored["spec"]
    taken, _ = strategy.decode(PODS, stored, settled=stored)
    assert taken["spec"] is stored["spec"]
    equal, _ = strategy.decode(PODS, {**stored, "spec": copied(stored["spec"])}, settled=stored)
    assert equal["spec"] is not stored["spec"], "only the stored spec itself is known to be right"
