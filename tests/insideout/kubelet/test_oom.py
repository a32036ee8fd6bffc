"""The OOM score adjustment, as pkg/kubelet/qos/policy.go has it."""

import pytest

from course.units.u06_qos.cases import oom_cases
from insideout.kubelet.oom import oom_score_adj


@pytest.mark.parametrize("case", list(oom_cases()), ids=lambda case: f"{case.rule[:40]}: {case.expected}")
def test_the_examples_of_the_lesson_hold(case):
    assert oom_score_adj(*case.arguments) == case.expected


def test_a_container_that_is_not_there_is_a_key_error():
    with pytest.raises(KeyError):
        oom_score_adj({"metadata": {"name": "web"}, "spec": {"containers": [{"name": "app"}]}}, "db", 2**33)


@pytest.mark.parametrize(
    "annotation", [{"kubernetes.io/config.source": "file"}, {"kubernetes.io/config.mirror": "x"}]
)
def test_a_static_or_mirror_pod_of_the_class_system_node_critical_needs_no_priority(annotation):
    spec = {"containers": [{"name": "app"}], "priorityClassName": "system-node-critical"}
    assert (
        oom_score_adj({"metadata": {"name": "etcd", "annotations": annotation}, "spec": spec}, "app", 2**33)
        == -997
    )
    assert oom_score_adj({"metadata": {"name": "etcd"}, "spec": spec}, "app", 2**33) == 1000
