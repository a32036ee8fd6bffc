"""The minute passes on the embedded cluster as the lesson says, and on a real control plane."""

import pytest

from course.units.u17_capstone.minute import minute
from insideout.backends.controlplane import programs


@pytest.fixture(scope="module")
def parts(request):
    return request.getfixturevalue("solutions")("17_capstone")["PARTS"]


ALL = [
    "yours: etcd, kube-scheduler, replicaset-controller, deployment-controller",
    "web is there: 4 pods are ready",
    "the leader of etcd is killed and a pod deleted: 4 pods are ready",
    "2 of 3 members are away, and web is scaled to 1: 500 etcdserver: request timed out",
    "web is scaled to 6, with all members there: 6 pods are ready",
]


def test_with_all_parts_of_somebody_the_store_loses_its_leader_and_its_majority(parts):
    assert list(minute(parts)) == ALL


def test_without_any_part_it_is_about_pods_alone():
    assert list(minute({})) == [
        "yours: nothing",
        "web is there: 4 pods are ready",
        "a pod is deleted: 4 pods are ready",
        "web is scaled to 6, with all members there: 6 pods are ready",
    ]


def test_a_raft_that_breaks_a_rule_ends_it_and_is_named(parts):
    class Hasty(parts["Raft"]):
        def on_append_entries(self, message):
            super().on_append_entries(message)
            self.commit = self.last["index"] + 3

    *_, last = minute({"Raft": Hasty})
    assert last.startswith("it ends here: Broken: ")


def test_it_is_the_same_on_a_real_control_plane(parts, monkeypatch):
    try:
        programs.find(without=("etcd",))
    except programs.MissingProgramError as missing:
        pytest.skip(str(missing))
    monkeypatch.setenv("COURSE_BACKEND", "controlplane")
    assert list(minute(parts)) == ALL
