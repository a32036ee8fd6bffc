"""Objects end at once, unless a node, a finalizer or dependents must be waited for."""

from typing import Any

import pytest

from .conftest import Api


def deleted(api: Api, path: str, **options: Any) -> Any:
    body = {"apiVersion": "v1", "kind": "DeleteOptions", **options}
    return api.ok("DELETE", path, body)


def test_pod_without_a_node_goes_at_once(api: Api):
    """Nobody has to stop a pod that runs nowhere."""
    api.pod("p")
    answer = deleted(api, "pods/p")
    assert answer["metadata"]["deletionGracePeriodSeconds"] == 0
    assert api.refused("GET", "pods/p")[0] == 404


def test_pod_on_a_node_gets_its_grace_period(api: Api):
    """A running pod stays until its node has deleted it with a grace period of 0."""
    api.pod("p", nodeName="n", terminationGracePeriodSeconds=7)
    answer = deleted(api, "pods/p")
    assert answer["metadata"]["deletionTimestamp"] == "2026-01-01T00:00:07Z"
    assert answer["metadata"]["deletionGracePeriodSeconds"] == 7
    assert answer["metadata"]["generation"] == 2
    api.loop.run(3)
    assert deleted(api, "pods/p")["metadata"] == api.ok("GET", "pods/p")["metadata"]
    shorter = deleted(api, "pods/p", gracePeriodSeconds=4)
    assert shorter["metadata"]["deletionTimestamp"] == "2026-01-01T00:00:04Z"
    assert deleted(api, "pods/p", gracePeriodSeconds=9)["metadata"]["deletionGracePeriodSeconds"] == 4
    deleted(api, "pods/p", gracePeriodSeconds=0)
    assert api.refused("GET", "pods/p")[0] == 404


def test_watchers_see_the_grace_period_and_the_end(api: Api):
    """Even a deletion at once is two writes: the timestamp, then the removal."""
    api.pod("p")
    stream = api.watch("pods")
    deleted(api, "pods/p")
    api.loop.run(0)
    assert [event["type"] for event in stream.read()] == ["ADDED", "MODIFIED", "DELETED"]


def test_finalizers_hold_an_object(api: Api):
    """A finalizer keeps the object until it is taken away; nothing else may be added then."""
    api.config_map("c", finalizers=["example.com/a"])
    answer = deleted(api, "configmaps/c")
    assert answer["metadata"]["deletionGracePeriodSeconds"] == 0
    more = {"metadata": {"finalizers": ["example.com/a", "example.com/b"]}}
    code, reason, message = api.refused(
        "PATCH", "configmaps/c", more, content_type="application/merge-patch+json"
    )
    assert (code, reason) == (422, "Invalid")
    assert "no new finalizers can be added if the object is being deleted" in message
    api.merge("configmaps/c", {"metadata": {"finalizers": None}})
    assert api.refused("GET", "configmaps/c")[0] == 404


@pytest.mark.parametrize(
    ("options", "finalizers"),
    [
        ({"propagationPolicy": "Foreground"}, ["foregroundDeletion"]),
        ({"propagationPolicy": "Orphan"}, ["orphan"]),
        ({"orphanDependents": True}, ["orphan"]),
        ({"propagationPolicy": "Background"}, None),
        ({}, None),
    ],
)
def test_propagation(api: Api, options: Any, finalizers: list[str] | None):
    """Foreground and orphan deletion leave a finalizer for the garbage collector, background nothing."""
    api.config_map("c")
    answer = deleted(api, "configmaps/c", **options)
    if finalizers is None:
        assert answer["status"] == "Success"
    else:
        assert answer["metadata"]["finalizers"] == finalizers


def test_jobs_orphan_by_default(api: Api):
    """A Job deleted without a policy leaves its pods, as it always did."""
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}}
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "j"}, "spec": {"template": template}}
    path = "/apis/batch/v1/namespaces/default/jobs"
    api.ok("POST", path, job)
    assert deleted(api, f"{path}/j")["metadata"]["finalizers"] == ["orphan"]


def test_preconditions(api: Api):
    """A deletion can demand the uid and the version that the client has seen."""
    metadata = api.config_map("c")["metadata"]
    for preconditions in ({"uid": "other"}, {"resourceVersion": "1"}):
        assert api.refused("DELETE", "configmaps/c", {"preconditions": preconditions})[:2] == (
            409,
            "Conflict",
        )
    same = {"uid": metadata["uid"], "resourceVersion": metadata["resourceVersion"]}
    deleted(api, "configmaps/c", preconditions=same)


def test_dry_run_deletes_nothing(api: Api):
    """With dryRun the answer is the same and the object stays."""
    api.config_map("c")
    assert api.ok("DELETE", "configmaps/c", dryRun="All")["status"] == "Success"
    api.ok("GET", "configmaps/c")


def test_wrong_options_are_refused(api: Api):
    """Options that contradict each other, or are of the wrong type, are refused before anything happens."""
    api.config_map("c")
    both = {"propagationPolicy": "Orphan", "orphanDependents": True}
    assert api.refused("DELETE", "configmaps/c", both)[:2] == (422, "Invalid")
    code, _, message = api.refused("DELETE", "configmaps/c", {"gracePeriodSeconds": "1"})
    assert code == 400
    assert message == (
        "json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64"
    )
    api.ok("GET", "configmaps/c")


def test_namespace_waits_for_its_controller(api: Api):
    """A namespace is Terminating, refuses new objects, and goes with its last finalizer."""
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n"}}
    api.ok("POST", "/api/v1/namespaces", body)
    assert deleted(api, "/api/v1/namespaces/n")["status"]["phase"] == "Terminating"
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}
    code, reason, message = api.refused("POST", "/api/v1/namespaces/n/configmaps", config)
    assert (code, reason) == (403, "Forbidden")
    assert message == (
        'configmaps "c" is forbidden: unable to create new content in namespace n '
        "because it is being terminated"
    )
    namespace = api.ok("GET", "/api/v1/namespaces/n")
    namespace["spec"]["finalizers"] = []
    api.ok("PUT", "/api/v1/namespaces/n/finalize", namespace)
    assert api.refused("GET", "/api/v1/namespaces/n")[0] == 404


def test_system_namespaces_stay(api: Api):
    """The default namespace cannot be deleted."""
    assert api.refused("DELETE", "/api/v1/namespaces/default")[2] == (
        'namespaces "default" is forbidden: this namespace may not be deleted'
    )


def test_collection(api: Api):
    """DELETE of a collection deletes what the selector lets through, and answers with it."""
    for name, label in (("a", "x"), ("b", "y"), ("c", "x")):
        api.config_map(name, labels={"k": label})
    answer = api.ok("DELETE", "configmaps", labelSelector="k=x")
    assert [each["metadata"]["name"] for each in answer["items"]] == ["a", "c"]
    left = api.ok("GET", "configmaps")
    assert [each["metadata"]["name"] for each in left["items"]] == ["b"]
