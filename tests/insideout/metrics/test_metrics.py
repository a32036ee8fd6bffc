"""What the parts expose has the recorded names, types and labels, and says what happens in the cluster."""

import pytest

from insideout import Cluster, records
from insideout.apiserver.requestlog import RequestLog, RequestMade
from insideout.metrics import Scraper, targets

CATALOG: dict[str, list[dict]] = {}
for _row in records.read("metrics_catalog")[0]["metrics"]:
    CATALOG.setdefault(_row["name"], []).append(_row)
COMPONENT = {
    "apiserver": "kube-apiserver",
    "kubelet": "kubelet",
    "kube-state-metrics": "kube-state-metrics",
    "scheduler": "kube-scheduler",
}


def deployment(script: str = "cpu 250m; memory 64Mi", replicas: int = 2):
    template = {
        "metadata": {"labels": {"app": "web"}, "annotations": {"program.course/web": script}},
        "spec": {"containers": [{"name": "web", "image": "web", "resources": {"requests": {"cpu": "200m"}}}]},
    }
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    return {"metadata": {"name": "web"}, "spec": spec}


@pytest.fixture
def cluster():
    with Cluster.create(nodes=2, log=True) as made:
        made.apps.create_namespaced_deployment("default", deployment())
        made.run(minutes=1)
        yield made


def number(value) -> float:
    (point,) = value
    return point.value


def test_every_family_is_one_of_the_catalog_with_its_type_and_labels(cluster):
    seen = set()
    for target in targets(cluster):
        for family in target.collector.collect():
            name = family.name + ("_total" if family.type == "counter" else "")
            rows = [row for row in CATALOG[name] if row["component"] == COMPONENT[target.job]]
            assert rows, name
            assert family.type in {row["type"] for row in rows}, name
            for sample in family.samples:
                # An aggregate over labels of the catalog; none that it lacks.
                assert any(set(sample.labels) <= set(row.get("labels") or ()) for row in rows), sample
            seen.add(name)
    assert len(seen) >= 30


def test_the_text_is_the_exposition_format(cluster):
    text = "\n".join(target.text() for target in targets(cluster) if target.job == "kubelet")
    assert "# TYPE container_cpu_usage_seconds_total counter" in text
    assert 'container_memory_working_set_bytes{container="web",namespace="default",pod="web-' in text


def test_a_rate_of_cpu_seconds_is_what_the_programs_use(cluster):
    prometheus = Scraper(cluster)
    cluster.run(minutes=5)
    used = number(prometheus.query("sum(rate(container_cpu_usage_seconds_total[2m]))"))
    assert used == pytest.approx(0.5)
    share = "sum(rate(container_cpu_usage_seconds_total[2m])) / sum(kube_pod_container_resource_requests)"
    assert number(prometheus.query(share)) == pytest.approx(1.25)


def test_a_node_that_is_cut_off_is_down_and_its_series_end(cluster):
    prometheus = Scraper(cluster)
    cluster.run(minutes=1)
    cluster.nodes.silence("node-0")
    cluster.run(minutes=1)
    up = {point.labels["instance"]: point.value for point in prometheus.query('up{job="kubelet"}')}
    assert up == {"node-0": 0.0, "node-1": 1.0}
    assert {point.labels["instance"] for point in prometheus.query("kubelet_running_pods")} == {"node-1"}


def test_an_api_server_that_is_down_is_seen_and_comes_back(cluster):
    prometheus = Scraper(cluster)
    cluster.run(minutes=1)
    cluster.replace("kube-apiserver", None)
    cluster.run(minutes=1)
    assert number(prometheus.query('up{job="apiserver"}')) == 0.0
    assert prometheus.query("kube_deployment_spec_replicas") == []
    cluster.restore("kube-apiserver")
    cluster.run(minutes=1)
    assert number(prometheus.query('up{job="apiserver"}')) == 1.0
    assert number(prometheus.query("kube_deployment_spec_replicas")) == 2.0


def test_restarts_and_waiting_reasons_are_told(cluster):
    cluster.apps.replace_namespaced_deployment("web", "default", deployment("exit 1 after 1s", replicas=1))
    prometheus = Scraper(cluster)
    cluster.run(minutes=10)
    assert number(prometheus.query("sum(increase(kube_pod_container_status_restarts_total[10m]))")) > 3
    reasons = {
        point.labels["reason"] for point in prometheus.query("kube_pod_container_status_waiting_reason")
    }
    assert reasons == {"CrashLoopBackOff"}


def test_unschedulable_pods_wait_in_the_schedulers_queue(cluster):
    cluster.apps.patch_namespaced_deployment_scale("web", "default", {"spec": {"replicas": 60}})
    cluster.run(minutes=1)
    prometheus = Scraper(cluster)
    waiting = {point.labels["queue"]: point.value for point in prometheus.query("scheduler_pending_pods")}
    pending = [p for p in cluster.core.list_namespaced_pod("default").items if p.spec.node_name is None]
    assert waiting["unschedulable"] == len(pending) > 0


def test_stopping_ends_the_scrapes(cluster):
    prometheus = Scraper(cluster)
    prometheus.stop()
    before = prometheus.samples
    cluster.run(minutes=1)
    assert prometheus.samples == before


def test_a_scheduler_that_took_the_place_of_another_is_scraped(cluster):
    prometheus = Scraper(cluster)
    cluster.restore("kube-scheduler")
    cluster.apps.patch_namespaced_deployment_scale("web", "default", {"spec": {"replicas": 60}})
    cluster.run(minutes=1)
    assert number(prometheus.query('scheduler_pending_pods{queue="unschedulable"}')) > 0


def test_a_node_that_came_back_under_its_name_is_scraped(cluster):
    prometheus = Scraper(cluster)
    cluster.nodes.remove("node-0")
    cluster.run(minutes=1)
    cluster.nodes.add("node-0")
    cluster.run(minutes=10)
    new = cluster.nodes.nodes["node-0"].pods.workers
    assert number(prometheus.query('kubelet_running_pods{instance="node-0"}')) == len(new)


def test_requests_are_counted_after_the_log_was_cleared(cluster):
    prometheus = Scraper(cluster)
    query = 'sum(apiserver_request_total{verb="PATCH",resource="deployments"})'
    cluster.log.clear()
    for replicas in (3, 4):
        cluster.apps.patch_namespaced_deployment("web", "default", {"spec": {"replicas": replicas}})
    cluster.run(seconds=15)
    assert number(prometheus.query(query)) == 2


def test_a_log_that_only_counts_keeps_no_entries():
    log = RequestLog(keeps_entries=False)
    log.made(RequestMade(0.0, "me", "get", "pods", "default", "web", "", 200))
    log.made(RequestMade(1.0, "me", "get", "pods", "default", "web", "", 0))
    log.delivered(1.0, "me", "pods", "ADDED", {})
    assert (len(log), sum(log.counts.values())) == (0, 1)
