"""Towns that share a cluster see their own alone, and tell the same as each by itself."""

import pytest

from course.units.u16_troubleshooting import answers
from course.units.u16_troubleshooting import town as town_module
from course.units.u16_troubleshooting.board import HEALTHY_SEED, said
from course.units.u16_troubleshooting.calls import causes, number_of
from course.units.u16_troubleshooting.clusters import CLUSTERS
from course.units.u16_troubleshooting.door import Api
from course.units.u16_troubleshooting.guesses import GUESSES, Way, _play
from course.units.u16_troubleshooting.judge import CLEAN
from course.units.u16_troubleshooting.night import Night, live, nights_of
from course.units.u16_troubleshooting.objects import config_map, deployment
from course.units.u16_troubleshooting.oncall import on_call
from course.units.u16_troubleshooting.restarts import restart_everything
from course.units.u16_troubleshooting.scene import broken, healthy, side_by_side
from course.units.u16_troubleshooting.snapshot import snapshot
from course.units.u16_troubleshooting.town import Town
from insideout import Cluster
from insideout.client import ApiError


def words(town):
    return said(snapshot(town, reworded=False))


def test_what_is_said_side_by_side_is_what_is_said_alone():
    first = healthy(list(CLUSTERS), HEALTHY_SEED)
    with first.cluster:
        calls, usual = [(cause, 1) for cause in causes()], words(first)
        together = {found.cause: words(found.town) for found in side_by_side(calls, first)}
    for cause, seed in calls:
        found = broken(cause, seed)
        with found.town.cluster:
            alone = words(found.town)
        for one, other, known in zip(alone, together[cause], usual, strict=True):
            assert one - known == other - known, cause


def test_a_diagnosis_is_of_its_own_town():
    first = Town(1)
    with first.cluster:
        for found in side_by_side([(cause, 2) for cause in causes() if cause != "apiservice"], first):
            assert answers.diagnose(snapshot(found.town, reworded=False)) == found.answer()
        assert answers.diagnose(snapshot(first, reworded=False)) is None


def test_each_sees_its_own_and_what_came_with_the_cluster():
    first = Town(1)
    with first.cluster:
        towns = [first, Town(1, beside=first)]
        for town in towns:
            town.create(deployment(town.namespace(), town.name(), 2))
        towns[0].run(5)
        pods = [{pod["metadata"]["name"] for pod in Api(town).list("pods")["items"]} for town in towns]
        assert [len(each) for each in pods] == [2, 2]
        assert not pods[0] & pods[1]
        assert len(first.client.list("pods")["items"]) == 4
        assert [len(town.objects("storageclasses")) for town in towns] == [1, 1]
        assert [len(town.objects("nodes")) for town in towns] == [2, 2]
        assert towns[0].on_call != towns[1].on_call


def test_nodes_that_are_drawn_alike_have_names_of_their_own():
    first = Town(1)
    with first.cluster:
        there = len(first.cluster.nodes.nodes)
        made = [town.node() for town in (Town(1, beside=first) for _ in range(12))]
        assert len(set(made)) == 12
        assert len(first.cluster.nodes.nodes) == there + 12


def test_nights_side_by_side_do_not_touch_each_other():
    breaks = ("taint", "selector", "quota")
    first = Town(160)
    with first.cluster:
        nights = [
            Night(restart_everything, breaks, first),
            Night(answers.repair, breaks, Town(160, beside=first)),
        ]
        live(nights, first)
    assert all(one.ended_s is None for one in nights[0].troubles)
    assert all(one.ended_s is not None for one in nights[1].troubles)
    assert nights[1].said == [CLEAN]


def test_a_repair_that_is_not_written_has_no_night():
    def unwritten(api):
        raise NotImplementedError

    assert [name for name, _ in nights_of({"a": lambda api: None, "b": unwritten}, ("selector",), 1)] == ["a"]


def test_a_guess_costs_the_same_beside_the_others():
    first = Town(16)
    with first.cluster:
        towns = [first, *(Town(16, beside=first) for _ in range(2))]
        ways = [Way(name, town) for name, town in zip(GUESSES, towns, strict=True)]
        _play(ways, 1.0)
    errors = [len(way.run.errors) for way in ways]
    assert errors[:2] == [0, 1]
    assert 235 <= errors[2] <= 245
    assert all(way.run.whole_s < 300 for way in ways)


@pytest.mark.parametrize("cause", [cause for cause in causes() if cause != "egress"])
def test_what_is_broken_shows_and_before_it_does_not(cause):
    """Where time is real this is what is waited for."""
    town = Town(3)
    with town.cluster:
        found = CLUSTERS[cause](town)
        found.build()
        for act in town.later:
            act()
        town.run(30)
        try:
            before = cause not in ("storageclass", "toleration", "taint") and found.shows()
        except (ApiError, AttributeError):  # there is nothing to look at yet
            before = False
        assert town.stands()
        found.spoil()
        town.run(found.wait_s)
        assert (before, found.shows()) == (False, True)


def test_a_call_in_real_time_is_waited_for_and_its_clock_counts_looks(monkeypatch):
    monkeypatch.setattr(town_module, "Cluster", Realtime)
    call = on_call(number_of("webhook", 1))
    with call.cluster:
        assert call.clock() == "0:00 min"
        call.table("deployments.apps")
        began_s = call.cluster.loop.now_s
        assert call.clock() == "0:20 min"
        hooks = call.snapshot()["validatingwebhookconfigurations"]
        assert all(hook["clientConfig"]["caBundle"] for one in hooks for hook in one["webhooks"])
        assert answers.diagnose(call.snapshot()) == call._broken.answer()
        call.repair(answers.repair)
        assert call.judged()[0].startswith("it works again")
        assert call.cluster.loop.now_s - began_s < 60


class Realtime:
    """The embedded cluster in the machine's time."""

    @staticmethod
    def create(**options):
        return Cluster.create(**{**options, "realtime": True})


def test_what_does_not_stand_yet():
    town = Town(3)
    with town.cluster:
        namespace, name = town.namespace(), town.name()
        town.create(deployment(namespace, name, 2), config_map(namespace, town.name()))
        assert not town.stands()
        town.run(10)
        assert town.stands()
        town.client.patch("deployments", name, {"spec": {"replicas": 3}}, namespace)
        assert not town.stands()
