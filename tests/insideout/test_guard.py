"""A learner's component that fails is reported with its own lines, ended, and started again later."""

import pytest

from insideout.cluster import Cluster
from insideout.scheduler.scheduler import Scheduler


class Failing:
    """Fails a second after its start."""

    starts = 0

    def __init__(self, client, loop):
        self.loop = loop

    def start(self):
        type(self).starts += 1
        self.loop.call_later(1, self.work)

    def work(self):
        return {}["nothing"]

    def stop(self):
        pass


@pytest.fixture
def cluster():
    with Cluster.create(nodes=1) as cluster:
        yield cluster


def test_a_crash_is_told_with_the_learners_own_lines(cluster, capsys):
    cluster.replace("kube-scheduler", Failing)
    cluster.run(seconds=5)
    (report,) = cluster.errors("kube-scheduler")
    assert report.startswith("kube-scheduler crashed at 1.000 s: KeyError: 'nothing'")
    assert 'in work: return {}["nothing"]' in report
    assert "insideout/sim" not in report
    assert capsys.readouterr().err.strip() == report


def test_it_is_started_again_after_a_back_off_that_doubles(cluster):
    Failing.starts = 0
    cluster.replace("kube-scheduler", Failing)
    cluster.run(seconds=100)
    # Starts at 0, then 10, 20, 40 and 80 seconds after each crash.
    assert Failing.starts == 4
    assert len(cluster.errors("kube-scheduler")) == 4


def test_the_cluster_goes_on_and_the_place_can_be_filled_again(cluster):
    cluster.replace("kube-scheduler", Failing)
    pod = {"metadata": {"name": "a"}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
    cluster.client().create("pods", pod, "default")
    cluster.run(seconds=5)
    assert cluster.client().get("pods", "a", "default")["status"]["phase"] == "Pending"
    cluster.replace("kube-scheduler", Scheduler)
    cluster.run(seconds=5)
    assert cluster.client().get("pods", "a", "default")["status"]["phase"] == "Running"


def test_a_constructor_that_fails_is_reported_too(cluster):
    def make(client, loop):
        raise ValueError("no such option")

    cluster.replace("kube-proxy", make)
    assert "ValueError: no such option" in cluster.errors("kube-proxy")[0]


def test_a_callback_of_a_watch_is_guarded(cluster):
    class Watching(Failing):
        def __init__(self, client, loop):
            self.client = client

        def start(self):
            self.client.watch("pods", self.on_event)

        def on_event(self, event):
            raise RuntimeError(event.type)

    cluster.replace("kube-scheduler", Watching)
    pod = {"metadata": {"name": "a"}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
    cluster.client().create("pods", pod, "default")
    cluster.run(seconds=1)
    assert "RuntimeError: ADDED" in cluster.errors("kube-scheduler")[0]
