"""Specs of ReplicationControllers and CronJobs: what their controllers do.

Source: test/e2e/apps/{rc,cronjob}.go, test/e2e/apimachinery/garbage_collector.go@v1.36.2.
"""

from typing import Any

import pytest

from tests.conformance.specs.api import MERGE, Api

Object = dict[str, Any]


def controller(name: str, replicas: int) -> Object:
    """Return a ReplicationController as the specs make it."""
    labels = {"name": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "httpd:2"}]}}
    spec = {"replicas": replicas, "selector": labels, "template": template}
    return {"metadata": {"name": name}, "spec": spec}


@pytest.fixture
def controllers(api: Api) -> str:
    """Give the path of ReplicationControllers."""
    return f"/api/v1/namespaces/{api.namespace}/replicationcontrollers"


@pytest.fixture
def pods(api: Api) -> str:
    """Give the path of Pods."""
    return f"/api/v1/namespaces/{api.namespace}/pods"


def owner(api: Api, path: str) -> str:
    """Return the name of an object's controller, "" for an orphan."""
    references = api.get(path)["metadata"].get("ownerReferences") or [{"name": ""}]
    return str(references[0]["name"])


def test_it_keeps_its_replicas_through_scale(api: Api, controllers: str, pods: str) -> None:
    """[sig-apps] ReplicationController should get and update a ReplicationController scale."""
    api.create(controllers, controller("rc", 1))
    api.cluster.run(seconds=10)
    scale = api.get(f"{controllers}/rc/scale")
    assert (scale["spec"], scale["status"]) == ({"replicas": 1}, {"replicas": 1, "selector": "name=rc"})
    scale["spec"]["replicas"] = 2
    api.replace(f"{controllers}/rc/scale", scale)
    api.cluster.run(seconds=10)
    found = api.get(f"{controllers}/rc")
    assert found["status"]["readyReplicas"] == found["spec"]["replicas"] == 2
    assert "terminatingReplicas" not in found["status"]
    assert len(api.names(pods)) == 2


def test_it_adopts_and_releases(api: Api, controllers: str, pods: str) -> None:
    """[sig-apps] ReplicationController should adopt matching pods on creation, and release others."""
    spec = {"containers": [{"name": "c", "image": "httpd:2"}]}
    api.create(pods, {"metadata": {"name": "early", "labels": {"name": "rc"}}, "spec": spec})
    api.create(controllers, controller("rc", 1))
    api.cluster.run(seconds=10)
    assert api.names(pods) == ["early"]
    assert owner(api, f"{pods}/early") == "rc"
    api.patch(f"{pods}/early", {"metadata": {"labels": {"name": "not-matching"}}}, MERGE)
    api.cluster.run(seconds=10)
    assert owner(api, f"{pods}/early") == ""
    assert len(api.names(pods)) == 2


def test_it_says_that_a_quota_stands_in_its_way(api: Api, controllers: str, pods: str) -> None:
    """[sig-apps] ReplicationController should surface a failure condition on ... exceeded quota."""
    quotas = f"/api/v1/namespaces/{api.namespace}/resourcequotas"
    api.create(quotas, {"metadata": {"name": "two"}, "spec": {"hard": {"pods": "2"}}})
    api.cluster.run(seconds=10)
    api.create(controllers, controller("rc", 3))
    api.cluster.run(seconds=10)
    conditions = api.get(f"{controllers}/rc")["status"]["conditions"]
    assert [(each["type"], each["reason"]) for each in conditions] == [("ReplicaFailure", "FailedCreate")]
    api.patch(f"{controllers}/rc", {"spec": {"replicas": 2}}, MERGE)
    api.cluster.run(seconds=10)
    assert "conditions" not in api.get(f"{controllers}/rc")["status"]


@pytest.mark.parametrize(("policy", "left"), [("Background", 0), ("Foreground", 0), ("Orphan", 2)])
def test_its_pods_go_as_the_deletion_says(
    api: Api, controllers: str, pods: str, policy: str, left: int
) -> None:
    """[sig-api-machinery] Garbage collector should delete, keep or orphan pods created by rc."""
    api.create(controllers, controller("rc", 2))
    api.cluster.run(seconds=10)
    api.call("DELETE", f"{controllers}/rc", {"propagationPolicy": policy})
    api.cluster.run(seconds=90)
    assert api.names(controllers) == []
    assert len(api.names(pods)) == left


def test_its_pods_stay_when_nothing_is_said(api: Api, controllers: str, pods: str) -> None:
    """As always in core/v1: without a policy a ReplicationController orphans."""
    api.create(controllers, controller("rc", 1))
    api.cluster.run(seconds=10)
    api.delete(f"{controllers}/rc")
    api.cluster.run(seconds=60)
    assert len(api.names(pods)) == 1


def cron_job(policy: str, command: list[str], **spec: Any) -> Object:
    """Return a CronJob of every minute as the specs make it."""
    pod = {
        "restartPolicy": "OnFailure",
        "containers": [{"name": "c", "image": "busybox:1", "command": command}],
    }
    template = {"spec": {"template": {"spec": pod}}}
    content = {"schedule": "*/1 * * * ?", "concurrencyPolicy": policy, "jobTemplate": template, **spec}
    return {"metadata": {"name": "cron"}, "spec": content}


@pytest.fixture
def batch(api: Api) -> str:
    """Give the path of the namespace's batch objects."""
    return f"/apis/batch/v1/namespaces/{api.namespace}"


@pytest.mark.parametrize(("policy", "active", "made"), [("Allow", 3, 3), ("Forbid", 1, 1), ("Replace", 1, 1)])
def test_jobs_run_at_once_as_the_policy_says(
    api: Api, batch: str, policy: str, active: int, made: int
) -> None:
    """[sig-apps] CronJob should schedule multiple jobs concurrently, none when Forbid, replace them."""
    api.create(f"{batch}/cronjobs", cron_job(policy, ["sleep", "300"]))
    first: list[str] = []
    for _ in range(3):
        api.cluster.run(seconds=60)
        first = first or api.names(f"{batch}/jobs")
    api.cluster.run(seconds=1)
    status = api.get(f"{batch}/cronjobs/cron")["status"]
    assert len(status["active"]) == active
    jobs = api.names(f"{batch}/jobs")
    assert len(jobs) == made
    assert (jobs == first) is (policy == "Forbid")
    assert [each["name"] for each in status["active"]] == jobs


def test_a_suspended_one_makes_no_job(api: Api, batch: str) -> None:
    """[sig-apps] CronJob should not schedule jobs when suspended."""
    api.create(f"{batch}/cronjobs", cron_job("Allow", ["sleep", "300"], suspend=True))
    api.cluster.run(minutes=5)
    assert api.names(f"{batch}/jobs") == []
    assert api.get(f"{batch}/cronjobs/cron")["status"] == {}


def test_finished_jobs_are_kept_up_to_their_limit(api: Api, batch: str) -> None:
    """Of five Jobs that ended well, the last three stay; the last success is noted."""
    api.create(f"{batch}/cronjobs", cron_job("Allow", ["true"]))
    api.cluster.run(minutes=5, seconds=30)
    jobs = api.get(f"{batch}/jobs")["items"]
    assert len(jobs) == 3
    found = api.get(f"{batch}/cronjobs/cron")
    assert found["status"]["lastSuccessfulTime"] == max(each["status"]["completionTime"] for each in jobs)
    assert "active" not in found["status"]
    assert jobs[0]["metadata"]["annotations"]["batch.kubernetes.io/cronjob-scheduled-timestamp"]


def test_a_late_one_is_not_made_up_for(api: Api, batch: str) -> None:
    """A Job whose time was missed by more than the deadline is not started; the next one is."""
    api.create(f"{batch}/cronjobs", cron_job("Allow", ["true"], suspend=True, startingDeadlineSeconds=15))
    api.cluster.run(seconds=150)
    now = api.cluster.backend.loop.time()
    api.cluster.run(seconds=(30 - now.second) % 60)
    api.patch(f"{batch}/cronjobs/cron", {"spec": {"suspend": False}}, MERGE)
    api.cluster.run(seconds=5)
    assert api.names(f"{batch}/jobs") == []
    api.cluster.run(seconds=60)
    assert len(api.names(f"{batch}/jobs")) == 1


def test_a_finished_job_goes_after_its_time(api: Api, batch: str) -> None:
    """A Job with ttlSecondsAfterFinished goes when that is over, and its Pods with it."""
    pod = {"restartPolicy": "Never", "containers": [{"name": "c", "image": "busybox:1", "command": ["true"]}]}
    spec = {"ttlSecondsAfterFinished": 20, "template": {"spec": pod}}
    api.create(f"{batch}/jobs", {"metadata": {"name": "short"}, "spec": spec})
    api.cluster.run(seconds=15)
    assert api.names(f"{batch}/jobs") == ["short"]
    api.cluster.run(seconds=30)
    assert api.names(f"{batch}/jobs") == []
    assert api.names(f"/api/v1/namespaces/{api.namespace}/pods") == []
