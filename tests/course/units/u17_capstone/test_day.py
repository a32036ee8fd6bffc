"""The day: every hour holds with our parts and with the lessons', and a failing part is seen and survived."""

import pytest

from course.units.u17_capstone.day import FAILED, HOURS, SHIFTS, Day, boots
from course.units.u17_capstone.events import LINKS, as_table, events_of
from course.units.u17_capstone.evidence import who_counts
from course.units.u17_capstone.hours.data import MEMBERS, SPOILT
from course.units.u17_capstone.judged import chain, violations
from course.units.u17_capstone.plots.day import plot_day
from course.units.u17_capstone.plots.hour import plot_hour
from tests.course.units.u17_capstone.parts import wrong


@pytest.fixture(scope="module")
def parts(request):
    return request.getfixturevalue("solutions")("17_capstone")["PARTS"]


@pytest.fixture(scope="module")
def ours():
    day = Day()
    for shift in SHIFTS:
        day.play(shift)
    yield day
    day.stage.stop()


def test_every_hour_holds_with_our_parts_in_one_day(ours):
    assert [(one.hour.name, one.broken) for one in ours.played if not one.holds] == []
    assert {one.mine for one in ours.played} == {()}


@pytest.mark.parametrize("hour", HOURS, ids=lambda hour: hour.name)
def test_every_hour_holds_by_itself_with_the_parts_that_decide_it(hour, parts):
    day = Day({name: parts[name] for name in hour.parts}, looks=False)
    played = day.hour(hour)
    assert played.holds, played.broken
    assert played.mine == hour.parts
    assert day.errors() == {}
    day.stage.stop()


def test_only_what_needs_machines_is_ever_broken(ours):
    found = violations(ours.stage.moments, 60)
    assert {rule for rule, _, _ in found} == {"too few"}
    assert {name for _, name, _ in found} == {"web", "db"}


def test_the_two_apps_come_back_for_different_reasons(ours):
    events = events_of(ours, "a node dies")
    what = {event["id"]: event["what"] for event in events}
    said = {}
    for app in ("web", "db"):
        last = [event["id"] for event in events if event["what"] == "pod created" and app in event["on"]][-1]
        said[app] = [what[id] for id in chain(events, LINKS, last)]
    assert said == {
        "web": ["node silent", "node Unknown", "node tainted", "pod told to go", "pod created"],
        "db": ["node silent", "node back", "pod gone", "pod created"],
    }
    assert len(as_table(events).rows) == len(events)


def test_an_hour_that_was_not_played_has_no_events(ours):
    with pytest.raises(LookupError, match="'lunch' was not played"):
        events_of(ours, "lunch")
    with pytest.raises(LookupError, match="'lunch' was not played"):
        plot_hour(ours, "lunch")


def test_a_shift_is_played_once(ours):
    before = len(ours.played)
    table = ours.play("night")
    assert len(ours.played) == before
    assert [row[0] for row in table.rows] == [hour.name for hour in SHIFTS["night"]]


def test_a_part_that_raises_is_started_again_and_shown(parts, capsys):
    calls = []

    def reconcile(n, pods):
        calls.append(1)
        if len(calls) == 5:
            raise ValueError("five is too many")
        return parts["reconcile"](n, pods)

    day = Day({"reconcile": reconcile}, looks=False)
    played = day.hour(SHIFTS["morning"][0])
    [report] = day.errors()["replicaset-controller"]
    assert "ValueError: five is too many" in report
    assert "in reconcile: raise ValueError" in report
    assert played.mine == ("reconcile",)
    assert "crashes of parts: 1" in plot_day(day).alt
    day.stage.stop()


def test_somebodys_raft_carries_the_day_and_elects_anew_after_each_kill(parts):
    day = Day({"Raft": parts["Raft"]}, looks=False)
    for hour in (*SHIFTS["morning"][:2], MEMBERS):
        assert day.hour(hour).holds
    hours = [row[0] for row in day.leaders().rows]
    assert hours == ["pods are killed", "a crowd comes", *["leaders are killed"] * 3]
    assert all(row[1] != row[2] for row in day.leaders().rows)
    terms = [int(row[3]) for row in day.leaders().rows]
    assert terms == sorted(terms)
    assert "Leaders killed, each followed by another: 5." in plot_day(day).alt
    day.stage.stop()


def test_without_somebodys_raft_there_is_nobody_to_kill(ours):
    assert ours.leaders().rows == ()
    assert "etcd is ours: it has one member, and nobody is killed" in plot_hour(ours, MEMBERS.name).alt


@pytest.mark.parametrize(
    ("belief", "says"),
    [
        ("a log in memory is enough", "every later leader has every committed entry (§5.4.3)"),
        ("one election is enough", "writes in a row were not accepted within 7 s"),
        ("it divides by zero", "raised ZeroDivisionError"),
    ],
)
def test_a_raft_that_fails_is_given_up_with_a_line_and_costs_only_its_hour(belief, says, parts):
    mine = wrong("Raft", belief, parts)
    day = Day({"Raft": mine["Raft"]}, looks=False, all_day=False)
    assert not day.hour(MEMBERS).holds
    assert says in day.named(MEMBERS.name).said[-1]
    [report] = day.errors()["etcd"]
    assert says in report
    assert day.hour(SHIFTS["night"][0]).holds
    assert day.hour(SHIFTS["morning"][0]).holds
    picture = plot_day(day)
    assert "etcd: given up in the hour 'leaders are killed'." in picture.alt
    assert "crashes of parts: 1." in picture.alt
    day.stage.stop()


@pytest.mark.parametrize(
    ("belief", "says"),
    [
        ("it creates without end", "TooManyWritesError: more than 100 writes within 10 s"),
        ("it divides by zero", "ZeroDivisionError: division by zero"),
    ],
)
def test_an_operator_that_fails_costs_only_its_hour(belief, says, parts):
    mine = wrong("operator", belief, parts)
    day = Day({"operator": mine["operator"]}, looks=False)
    assert not day.hour(SPOILT).holds
    assert says in day.errors()["cache-operator"][0]
    assert day.hour(SHIFTS["morning"][0]).holds
    day.stage.stop()


def test_the_picture_of_its_hour_shows_the_caches_children_lost_and_healed(ours):
    words = plot_hour(ours, SPOILT.name).alt
    assert "sessions-2 is deleted, and nobody looks" in words
    assert "the Cache 3; in the end web 4, db 3, the Cache 3" in words
    assert "the Cache" not in plot_hour(ours, "pods are killed").alt


@pytest.mark.parametrize("part", ["allowed", "nat_rules", "next_starts", "term_at", "evict_order"])
def test_a_part_without_a_process_that_raises_breaks_its_hour_and_no_other(part):
    def wrong(*arguments):
        raise RuntimeError("no")

    day = Day({part: wrong}, looks=False)
    [hour] = [one for one in HOURS if part in one.parts]
    assert not day.hour(hour).holds
    assert "RuntimeError: no" in day.errors()[part][0]
    assert day.hour(SHIFTS["morning"][0]).holds
    day.stage.stop()


def test_after_an_hour_that_did_not_hold_the_next_ones_begin_as_ever():
    day = Day({"filters": lambda pod, nodes: {n["name"]: [] for n in nodes}, "score": lambda pod, nodes: {}})
    crowd = SHIFTS["morning"][1]
    assert not day.hour(crowd).holds
    assert day.stage.client.get("nodes", "node-1")["spec"].get("taints") is None
    assert all(pod["metadata"]["labels"]["app"] in ("web", "db") for pod in day.stage.pods())
    day.stage.stop()


def test_whose_parts_there_are_is_said_for_every_place(parts):
    rows = {
        row[0]: row[1:]
        for row in boots({name: parts[name] for name in ("reconcile", "score", "unknown_at")}).rows
    }
    assert rows["replicaset-controller"] == ("yours", "reconcile", "-")
    assert rows["kube-scheduler"] == ("ours", "-", "filters, score")
    assert rows["node-controller"] == ("in part yours", "unknown_at", "taints_for, taint_qps")


def test_the_picture_says_in_words_whose_parts_and_what_broke(parts):
    day = Day(
        {**parts, "rolling_step": lambda n, s, u, rss: [r | {"spec": n * r["is_new"]} for r in rss]},
        looks=False,
    )
    day.play("morning")
    picture = plot_day(day)
    assert "Broken: web is released." in picture.alt
    assert "Yours: etcd, kube-scheduler, second-scheduler, replicaset-controller" in picture.alt
    words = plot_hour(day, "web is released").alt
    assert "deployment-controller: kill after, lose the answer" in words
    day.stage.stop()


def test_the_evidence_shows_what_counts_for_what():
    rows = {row[0]: row[1:] for row in who_counts().rows}
    assert rows["is ready and leaves"] == ("no", "makes another", "leaves it out")
    assert rows["has failed"] == ("yes", "makes another", "leaves it out")


def test_a_day_without_a_single_db_pod_is_played_to_its_end():
    def broken(sts, pods, now):
        raise RuntimeError("no")

    day = Day({"sts_sync": broken}, looks=False)
    for hour in (*SHIFTS["morning"][3:], *SHIFTS["afternoon"][:2]):
        day.hour(hour)
    assert not any(FAILED in one for played in day.played for one in played.said)
    assert not day.whole_before_the_node(day.named("a node dies"), "db")
    assert day.number("all nodes are cut off", "pods told to go") == 0
    day.stage.stop()
