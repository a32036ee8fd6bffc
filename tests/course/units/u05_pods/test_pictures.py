"""The pictures of a pod's life say in words what they show, and the comparison of ways what came of each."""

from course.units.u05_pods import stories, ways


def test_the_picture_of_a_life_tells_who_started_and_stopped_when():
    alt = stories.picture_of(*stories.life()).alt
    assert alt.startswith("Start: migrate at 0.5 s, proxy at 2.6 s, log at 5.7 s, web at 5.8 s")
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
