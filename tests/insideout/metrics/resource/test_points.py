"""Usage is the difference of two measurements of one run."""

import pytest

from insideout.metrics.resource.points import Batch, Point, Points

KEY = ("default", "web")


def scraped(at_s: float, cpu_used_s: float, *, start_s: float = 0.0, memory_bytes: int = 100) -> Batch:
    point = Point(start_s, at_s, cpu_used_s, memory_bytes)
    return Batch({"node-0": point._replace(start_s=0.0)}, {KEY: {"web": point}})


def stored(*batches: Batch) -> Points:
    points = Points(15.0)
    for batch in batches:
        points.store(batch)
    return points


def test_one_measurement_says_nothing_of_cpu() -> None:
    points = stored(scraped(30, 3))
    assert (points.is_ready, points.node("node-0"), points.pod(KEY)) == (False, None, None)


def test_two_measurements_give_cores_over_the_time_between_them() -> None:
    points = stored(scraped(30, 3), scraped(45, 6, memory_bytes=200))
    assert points.is_ready
    assert points.node("node-0") == (45, 15, 0.2, 200)
    assert points.pod(KEY) == {"web": (45, 15, 0.2, 200)}


def test_only_the_last_two_count() -> None:
    assert stored(scraped(30, 3), scraped(45, 6), scraped(60, 12)).node("node-0") == (60, 15, 0.4, 100)


@pytest.mark.parametrize(("age_s", "cores"), [(9.0, None), (10.0, 0.5), (14.0, 0.5), (15.0, None)])
def test_a_container_that_began_between_two_scrapes_counts_from_its_start(
    age_s: float, cores: float | None
) -> None:
    """Once it is ten seconds old: before that the time is too short."""
    pod = stored(Batch(), scraped(100, age_s / 2, start_s=100 - age_s)).pod(KEY)
    assert (pod["web"].cores if pod is not None else None) == cores


def test_a_container_that_restarted_is_not_compared_with_its_run_before() -> None:
    assert stored(scraped(30, 3), scraped(45, 1, start_s=40)).pod(KEY) is None


def test_a_pod_is_known_when_all_its_containers_are() -> None:
    first, second = scraped(30, 3), scraped(45, 6)
    second.pods[KEY]["sidecar"] = Point(44.0, 45.0, 0.0, 1)
    assert stored(first, second).pod(KEY) is None


def test_a_node_that_counts_anew_is_not_known() -> None:
    assert stored(scraped(30, 3), scraped(45, 1)).node("node-0") is None


def test_what_a_scrape_missed_is_forgotten() -> None:
    points = stored(scraped(30, 3), scraped(45, 6), Batch(), scraped(75, 9))
    assert (points.node("node-0"), points.pod(KEY)) == (None, None)


def test_the_same_measurement_again_is_none() -> None:
    assert stored(scraped(30, 3), scraped(30, 3)).node("node-0") is None
