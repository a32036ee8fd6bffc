"""Specs of Jobs: what their policies decide, and which Pods are theirs.

Containers end as annotations say, so that nothing here depends on a shell.

Source: test/e2e/apps/job.go@v1.36.2.
"""

from typing import Any

import pytest

from insideout import Cluster
from tests.conformance.specs.api import MERGE, Api

Object = dict[str, Any]


def job(program: str, **spec: Any) -> Object:
    """Return a Job whose container does what `program` says."""
    pod = {"restartPolicy": "Never", "containers": [{"name": "c", "image": "busybox:1"}]}
    template = {"metadata": {"annotations": {"program.course/c": program}}, "spec": pod}
    return {"metadata": {"name": "job"}, "spec": {"template": template, **spec}}


@pytest.fixture
def jobs(api: Api) -> str:
    """Give the path of Jobs."""
    return f"/apis/batch/v1/namespaces/{api.namespace}/jobs"


@pytest.fixture
def pods(api: Api) -> str:
    """Give the path of Pods."""
    return f"/api/v1/namespaces/{api.namespace}/pods"


def reasons(found: Object) -> list[tuple[str, str]]:
    """Return the conditions of a Job: their types and reasons."""
    return [(each["type"], each["reason"]) for each in found["status"].get("conditions") or ()]


EXIT = {"operator": "In", "values": [42]}
DISRUPTED = [{"type": "DisruptionTarget", "status": "True"}]


def test_an_exit_code_fails_the_job_at_once(api: Api, jobs: str) -> None:
    """[sig-apps] Job should allow to use the pod failure policy on exit code to fail the job early."""
    rules = [{"action": "FailJob", "onExitCodes": {**EXIT, "containerName": "c"}}]
    api.create(jobs, job("exit 42", backoffLimit=6, podFailurePolicy={"rules": rules}))
    api.cluster.run(seconds=10)
    found = api.get(f"{jobs}/job")
    assert reasons(found) == [("FailureTarget", "PodFailurePolicy"), ("Failed", "PodFailurePolicy")]
    assert found["status"]["failed"] == 1
    message = found["status"]["conditions"][0]["message"]
    assert message.endswith("failed with exit code 42 matching FailJob rule at index 0")


def test_an_eviction_is_not_counted(api: Api, jobs: str, pods: str) -> None:
    """[sig-apps] Job should allow to use a pod failure policy to ignore failure on DisruptionTarget."""
    rules = [{"action": "Ignore", "onPodConditions": DISRUPTED}]
    api.create(jobs, job("exit 0 after 60s", backoffLimit=0, podFailurePolicy={"rules": rules}))
    api.cluster.run(seconds=10)
    (first,) = api.names(pods)
    api.create(f"{pods}/{first}/eviction", {"metadata": {"name": first, "namespace": api.namespace}})
    api.cluster.run(seconds=150)
    found = api.get(f"{jobs}/job")
    assert reasons(found)[-1] == ("Complete", "CompletionsReached")
    assert "failed" not in found["status"]
    assert first not in api.names(pods)


INDEXED = {"completionMode": "Indexed", "completions": 4, "parallelism": 2}


def fail_where(api: Api, pods: str, doomed: set[str]) -> None:
    """Let Pods of some indexes fail: a Job's Pods are all alike, so it is done from outside."""
    for pod in api.get(pods)["items"]:
        index = pod["metadata"]["annotations"]["batch.kubernetes.io/job-completion-index"]
        if pod["status"].get("phase") == "Running":
            code = 42 if index in doomed else 0
            ended = {"exitCode": code, "reason": "Done", "finishedAt": api.now(), "startedAt": api.now()}
            statuses = [{**pod["status"]["containerStatuses"][0], "state": {"terminated": ended}}]
            phase = "Failed" if code else "Succeeded"
            name = pod["metadata"]["name"]
            status = {"phase": phase, "containerStatuses": statuses}
            api.patch(f"{pods}/{name}/status", {"status": status}, MERGE)


def test_all_indexes_run_although_some_fail() -> None:
    """[sig-apps] Job should execute all indexes despite some failing when using backoffLimitPerIndex.

    On a cluster without nodes, whose Pods end as this test says.
    """
    with Cluster.create(nodes=0) as cluster:
        api = Api(cluster, "default")
        jobs, pods = "/apis/batch/v1/namespaces/default/jobs", "/api/v1/namespaces/default/pods"
        api.create(jobs, job("serve", backoffLimitPerIndex=1, **INDEXED))
        for _ in range(12):
            cluster.run(seconds=30)
            running(api, pods)
            fail_where(api, pods, {"0", "2"})
        cluster.run(seconds=30)
        found = api.get(f"{jobs}/job")
        assert found["status"]["failedIndexes"] == "0,2"
        assert found["status"]["completedIndexes"] == "1,3"
        assert (found["status"]["failed"], found["status"]["succeeded"]) == (4, 2)
        assert reasons(found)[-1] == ("Failed", "FailedIndexes")
        counts = sorted(
            each["metadata"]["annotations"]["batch.kubernetes.io/job-index-failure-count"]
            for each in api.get(pods)["items"]
        )
        assert counts == ["0", "0", "0", "0", "1", "1"]


def running(api: Api, pods: str) -> None:
    """Let Pods without a node's word run, as a kubelet would say of them."""
    for pod in api.get(pods)["items"]:
        if pod["status"].get("phase") == "Pending":
            state = {"name": "c", "image": "busybox:1", "imageID": "", "ready": True, "restartCount": 0}
            status = {"phase": "Running", "containerStatuses": [{**state, "state": {"running": {}}}]}
            api.patch(f"{pods}/{pod['metadata']['name']}/status", {"status": status}, MERGE)


def test_too_many_failed_indexes_end_the_job(api: Api, jobs: str) -> None:
    """[sig-apps] Job should terminate job execution when the number of failed indexes exceeds max."""
    api.create(jobs, job("exit 1", backoffLimitPerIndex=0, maxFailedIndexes=1, **INDEXED))
    api.cluster.run(seconds=30)
    found = api.get(f"{jobs}/job")
    assert reasons(found)[-1] == ("Failed", "MaxFailedIndexesExceeded")
    assert found["status"]["failedIndexes"] == "0,1"


def test_a_rule_fails_an_index_at_once(api: Api, jobs: str) -> None:
    """[sig-apps] Job should mark indexes as failed when the FailIndex action is matched."""
    rules = [{"action": "FailIndex", "onExitCodes": EXIT}]
    spec = {**INDEXED, "completions": 2, "backoffLimitPerIndex": 3, "podFailurePolicy": {"rules": rules}}
    api.create(jobs, job("exit 42", **spec))
    api.cluster.run(seconds=30)
    found = api.get(f"{jobs}/job")
    assert found["status"]["failedIndexes"] == "0,1"
    assert found["status"]["failed"] == 2
    assert reasons(found)[-1] == ("Failed", "FailedIndexes")


@pytest.mark.parametrize(
    ("rule", "succeeded"),
    [({"succeededIndexes": "0"}, "0"), ({"succeededCount": 1}, "0"), ({"succeededIndexes": "0-1"}, "0,1")],
)
def test_a_few_successes_are_enough(api: Api, jobs: str, rule: Object, succeeded: str) -> None:
    """[sig-apps] Job with successPolicy should succeeded even when some indexes remain pending."""
    spec = {"completionMode": "Indexed", "completions": 5, "parallelism": 1}
    api.create(jobs, job("exit 0", successPolicy={"rules": [rule]}, **spec))
    api.cluster.run(seconds=30)
    found = api.get(f"{jobs}/job")
    assert found["status"]["completedIndexes"] == succeeded
    assert reasons(found) == [("SuccessCriteriaMet", "SuccessPolicy"), ("Complete", "SuccessPolicy")]


def test_it_adopts_orphans_and_releases_strangers(api: Api, jobs: str, pods: str) -> None:
    """[sig-apps] Job should adopt matching orphans and release non-matching pods."""
    api.create(jobs, job("serve", parallelism=2, completions=4))
    api.cluster.run(seconds=10)
    path = f"{pods}/{api.names(pods)[0]}"
    pod = api.get(path)
    del pod["metadata"]["ownerReferences"]
    api.replace(path, pod)
    api.cluster.run(seconds=10)
    adopted = api.get(path)
    assert adopted["metadata"]["ownerReferences"][0]["uid"] == api.get(f"{jobs}/job")["metadata"]["uid"]
    adopted["metadata"]["labels"] = {}
    api.replace(path, adopted)
    api.cluster.run(seconds=10)
    assert not api.get(path)["metadata"].get("ownerReferences")
    assert len(api.names(pods)) == 3


def test_somebody_else_may_manage_it(api: Api, jobs: str, pods: str) -> None:
    """A Job with managedBy is left alone."""
    api.create(jobs, job("exit 0", managedBy="example.com/other"))
    api.cluster.run(seconds=30)
    assert api.names(pods) == []
    assert api.get(f"{jobs}/job")["status"] == {}
