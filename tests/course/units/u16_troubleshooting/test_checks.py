"""Unit 16: a misconception loses points in the cell meant for it, a right solution earns them all."""

import pytest

from course.checks.report import assess
from course.units.u16_troubleshooting import answers, cases, checks, looks, night, unseen
from course.units.u16_troubleshooting.calls import call_of, causes, number_of
from course.units.u16_troubleshooting.clusters import CLUSTERS
from course.units.u16_troubleshooting.guesses import plays
from course.units.u16_troubleshooting.judge import judged
from course.units.u16_troubleshooting.misconceptions import LOOKS
from course.units.u16_troubleshooting.oncall import on_call
from course.units.u16_troubleshooting.restarts import restart_everything
from course.units.u16_troubleshooting.scene import broken
from course.units.u16_troubleshooting.snapshot import snapshot
from tests.course.units.graded import GradedLesson, rules_with_one_answer, solution_tests
from tests.course.units.u16_troubleshooting.solutions import RIGHT, UNIT, WRONG

LESSON = GradedLesson(UNIT)


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Wait as long as it takes: on a busy machine a whole cluster is slow."""
    monkeypatch.setattr("course.checks.call.LIMIT_S", 60.0)
    monkeypatch.setattr("course.checks.report.CHECK_S", 600.0)


test_a_misconception, test_a_right_solution = solution_tests(LESSON, RIGHT, WRONG)


@pytest.mark.parametrize("group", cases.GROUPS)
def test_no_rule_can_be_satisfied_by_a_constant(group):
    assert rules_with_one_answer(cases.diagnose_cases(group)) == []


def test_no_rule_about_a_look_can_be_satisfied_by_a_constant():
    assert rules_with_one_answer([*looks.look_cases(), *looks.unseen_looks(3)]) == []


@pytest.mark.parametrize("belief", LOOKS)
def test_a_report_names_a_belief(belief, capsys):
    checks.look_examples(LOOKS[belief], points=2)
    assert belief in capsys.readouterr().out


@pytest.mark.parametrize("cause", CLUSTERS)
@pytest.mark.parametrize("seed", [41, 42, 43])
def test_every_cluster_is_broken_as_it_says_and_can_be_repaired(cause, seed):
    found = broken(cause, seed)
    with found.town.cluster:
        assert found.flaw()
        assert found.is_broken()
        assert answers.diagnose(snapshot(found.town, reworded=seed % 2 == 1)) == found.answer()
        links = found.chain()
        assert [links[0].part, links[-1].part, len(links)] == ["symptom", "field", 5]
    assert judged(answers.repair)({"cause": cause, "seed": seed}) == [
        "it works again",
        "nothing else was touched",
    ]


@pytest.mark.parametrize("cause", CLUSTERS)
def test_a_cluster_that_nobody_repairs_stays_broken(cause):
    first, rest = judged(lambda api: None)({"cause": cause, "seed": 44})
    assert first.startswith("it does not work: ")
    assert rest == "nothing else was touched"


def test_restarting_everything_is_seen_in_the_log_and_in_the_uids():
    said = judged(restart_everything)({"cause": "taint", "seed": 3})
    assert said[0] == "it does not work: the pod that was Pending is gone"
    assert any(line.startswith("lost: pods/") for line in said)


def test_a_write_beside_the_repair_is_named():
    def repair(api):
        answers.repair(api)
        space = api.list("namespaces")["items"][0]["metadata"]["name"]
        api.create("configmaps", {"metadata": {"name": "note"}}, space)

    first, second = judged(repair)({"cause": "selector", "seed": 3})
    assert first == "it works again"
    assert second.startswith("not needed: create configmaps/")


def test_a_size_is_noticed_that_was_put_back():
    def repair(api):
        answers.repair(api)
        for one in api.list("deployments")["items"]:
            name, space = one["metadata"]["name"], one["metadata"]["namespace"]
            api.patch("deployments", name, {"spec": {"replicas": 0}}, space)
            api.patch("deployments", name, {"spec": {"replicas": one["spec"]["replicas"]}}, space)

    said = judged(repair)({"cause": "image", "seed": 3})
    assert any(line.endswith("was scaled to 0") for line in said)


def test_a_call_in_which_nothing_is_wrong_can_be_opened():
    call = on_call("fields")
    assert answers.diagnose(call.snapshot()) is None
    assert call.judged()[1:] == ["nothing else was touched"]


def test_a_change_beside_the_allowed_field_is_named():
    def repair(api):
        answers.repair(api)
        for service in api.list("services")["items"]:
            if service["metadata"]["name"] != "kubernetes":
                api.patch(
                    "services",
                    service["metadata"]["name"],
                    {"spec": {"sessionAffinity": "ClientIP"}},
                    service["metadata"]["namespace"],
                )

    said = judged(repair)({"cause": "selector", "seed": 3})
    assert any(
        line.startswith("too much: services/") and line.endswith("spec.sessionAffinity") for line in said
    )


def _does_nothing(api):
    pass


def _only_looks_at_services(api):
    if (answers.diagnose(api.snapshot()) or ("",))[0] == "selector":
        answers.repair(api)


@pytest.mark.parametrize("wrong", [_does_nothing, restart_everything, _only_looks_at_services])
def test_a_wrong_repair_is_noticed_at_night(wrong):
    assert assess("repair", night.at_work(wrong), night.cases(), points=4).points == 0


def test_a_seed_settles_the_clusters_and_another_changes_them():
    one, again, other = (list(unseen.repair_cases(seed)) for seed in (1, 1, 2))
    assert one == again != other


def test_calls_are_numbered_and_a_number_that_is_not_there_is_refused():
    assert [call_of(number_of(cause, 3)) for cause in causes()] == [(cause, 3) for cause in causes()]
    with pytest.raises(ValueError, match="there is no call 99; take 101"):
        call_of(99)


def test_a_call_costs_time_and_is_judged_by_what_the_official_client_wrote():
    call = on_call(number_of("revision", 1))
    assert "0:20" not in call.clock()
    assert "statefulsets" not in str(call.table("statefulsets.apps"))
    assert call.clock() == "0:20 min"
    pods = call.core.list_pod_for_all_namespaces().items
    assert call.clock() == "0:40 min"
    call.core.delete_namespaced_pod(pods[0].metadata.name, pods[0].metadata.namespace)
    said = call.judged()
    assert said[0].startswith("it does not work")
    assert any(line.startswith("not needed: delete pods/") for line in said)


def test_a_guess_costs_what_the_lesson_says():
    read, restart, delete = plays()
    assert (len(read.errors), read.whole_s) == (0, 121)
    assert len(restart.errors) <= 1
    assert len(delete.errors) == 240
