"""The pictures of a pod's life say in words what they show, and the comparison of ways what came of each."""

from dataclasses import replace

from course.checks.lifetimes import Run, Watcher, create, one_node, pod, watch
from course.units.u05_pods import stories, ways


def test_the_picture_of_a_life_tells_who_started_and_stopped_when():
    alt = stories.picture_of(*stories.life()).alt
    assert alt.startswith("Start: migrate at 0 s, proxy at 2 s, log at 5 s, web at 5 s, worker at 5 s")
    assert "proxy told at 12 s and gone at 14 s" in alt


def test_another_order_makes_another_picture():
    def backwards(mains, sidecars, grace):
        return [0 for _ in sidecars]

    assert "proxy told at 0 s and gone at 2 s" in stories.picture_of(*stories.life(stops=backwards)).alt


def test_a_short_grace_kills():
    assert "worker told at 0 s and killed at 10 s" in stories.stop_picture(10, 21).alt


def test_what_is_not_written_is_asked_for():
    def unwritten(*_):
        raise NotImplementedError

    def broken(*_):
        raise KeyError("x")

    assert stories.missing(next_starts=unwritten, term_at=broken) == "write next_starts first"
    assert stories.missing(next_starts=broken, term_at=unwritten) == "write term_at first"
    assert stories.missing(next_starts=broken, term_at=broken) == ""


def test_each_way_works_in_one_case_and_fails_in_the_other():
    seen = ways.compare()
    works, fails = seen[::2], seen[1::2]
    assert [one.way for one in works] == [one.way for one in fails]
    assert all(one.failures == 0 and one.works_from_s is not None for one in works)
    assert all(one.failures or one.first_s is None for one in fails)


def test_a_startup_probe_holds_up_and_a_readiness_probe_does_not():
    by_case = {one.case: one for one in ways.compare()}
    assert by_case["with a startup probe"].first_s >= ways.WARM_UP_S
    assert by_case["readiness probe only"].first_s < 1


def test_two_lives_are_alike_when_all_happens_within_a_second():
    start, stop = stories.life()
    assert stories.alike(start, start)
    assert stories.alike(stop, [replace(run, told_s=run.told_s + 0.5) for run in stop])
    assert not stories.alike(stop, [replace(run, told_s=run.told_s + 1) for run in stop])
    assert not stories.alike(stop, [replace(run, gone_s=None) for run in stop])
    assert not stories.alike(start, start[:-1])
    assert not stories.alike(stop, [replace(run, killed=True) for run in stop])


def test_runs_of_a_tenth_of_a_second_are_seen_of_several_pods_at_once():
    with one_node() as cluster:
        for name in ("one", "two"):
            create(cluster, pod(name, {}, {"app": {"runs": "exit 1 after 0s"}}))
        watchers = [Watcher(cluster, name) for name in ("one", "two")]
        watch(cluster, watchers, 5)
    assert [[run.exit_code for run in one.runs] for one in watchers] == [[1, 1], [1, 1]]


def test_the_picture_draws_an_arrow_to_who_was_told_at_once_and_to_nobody_later():
    main = Run("app", "main", 0, up_s=0, told_s=0, gone_s=4)
    alt = "Stop with 20 s of grace: app told at 0 s and gone at 4 s, log told at 4 s and gone at 6 s."
    soon, late = (Run("log", "sidecar", 0, up_s=0, told_s=told_s, gone_s=6) for told_s in (4.3, 4.9))
    drawn = [stories.picture_of([], [main, sidecar]) for sidecar in (soon, late)]
    assert [one.alt for one in drawn] == [alt, alt]
    assert len(drawn[0].svg) > len(drawn[1].svg)
