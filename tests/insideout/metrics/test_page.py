"""What other programs serve at /metrics is scraped as it is, but for the buckets of histograms."""

import pytest

from insideout import Cluster
from insideout.backends.controlplane import programs
from insideout.metrics import Scraper, Target
from insideout.metrics.page import Page

TEXT = """# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{code="200"} 3
# TYPE took_seconds histogram
took_seconds_bucket{le="0.1"} 1
took_seconds_bucket{le="+Inf"} 2
took_seconds_sum 0.7
took_seconds_count 2
"""


def test_a_page_s_families_are_read_without_buckets():
    families = list(Page(lambda: TEXT).collect())
    assert [(family.name, family.type) for family in families] == [
        ("requests", "counter"),
        ("took_seconds", "histogram"),
    ]
    samples = [(one.name, one.labels, one.value) for family in families for one in family.samples]
    assert samples == [
        ("requests_total", {"code": "200"}, 3.0),
        ("took_seconds_sum", {}, 0.7),
        ("took_seconds_count", {}, 2.0),
    ]


def test_a_program_that_does_not_answer_is_down():
    def read():
        raise ConnectionError("kube-scheduler does not answer")

    with Cluster.create(nodes=0) as cluster:
        target = Target("scheduler", "kube-scheduler", Page(read))
        prometheus = Scraper(cluster, discover=lambda _: [target])
        (point,) = prometheus.query("up")
        assert (point.labels["job"], point.value) == ("scheduler", 0.0)


def test_real_programs_are_scraped():
    try:
        programs.find()
    except programs.MissingProgramError as missing:
        pytest.skip(str(missing))
    with Cluster.create(backend="controlplane", nodes=1) as cluster:
        prometheus = Scraper(cluster, interval_s=1.0)
        cluster.run(seconds=4)
        jobs = {point.labels["job"]: point.value for point in prometheus.query("up")}
        assert jobs == {"apiserver": 1.0, "kube-state-metrics": 1.0, "scheduler": 1.0, "kubelet": 1.0}
        (asked,) = prometheus.query('sum(increase(apiserver_request_total{resource="nodes"}[1m]))')
        assert asked.value > 0
        (pending,) = prometheus.query('scheduler_pending_pods{queue="active"}')
        assert pending.value == 0
        cluster.replace("kube-apiserver", None)
        cluster.run(seconds=5)
        down = {point.labels["job"] for point in prometheus.query("up == 0")}
        assert {"apiserver", "kube-state-metrics"} <= down
        cluster.restore("kube-apiserver")
        cluster.replace("kubelet", None)
        cluster.run(seconds=2)
        assert {point.labels["job"] for point in prometheus.query("up == 0")} == {"kubelet"}
        prometheus.stop()


def test_a_program_that_shows_another_certificate_is_told_no_token():
    try:
        programs.find()
    except programs.MissingProgramError as missing:
        pytest.skip(str(missing))
    with Cluster.create(backend="controlplane", nodes=0) as cluster:
        plane = cluster.backend.plane
        known = plane.folder / "kube-scheduler" / "kube-scheduler.crt"
        assert plane.page("kube-scheduler")
        known.write_bytes(plane.credentials.certificate("etcd")[0].read_bytes())
        with pytest.raises(OSError, match="kube-scheduler does not answer"):
            plane.page("kube-scheduler")
