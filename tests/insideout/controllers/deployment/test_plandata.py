"""A rolling update's plan in plain data, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insideout.controllers.deployment import rolling
from insideout.controllers.deployment.fenceposts import Fenceposts
from insideout.controllers.deployment.plandata import plan_by, rolling_step
from insideout.controllers.deployment.sizes import ReplicaSetSize, Scaling


def _sizes(draw):
    sizes = []
    for number in range(draw(st.integers(1, 3))):
        spec = draw(st.integers(0, 8))
        sizes.append(
            ReplicaSetSize(f"old-{number}", f"2026-01-0{number + 1}", spec, draw(st.integers(0, spec)))
        )
    spec = draw(st.integers(0, 8))
    return [*sizes, ReplicaSetSize("new", "2026-02-01", spec, draw(st.integers(0, spec)), is_new=True)]


@given(st.data(), st.integers(0, 8), st.integers(0, 4), st.integers(1, 4))
def test_the_step_in_plain_data_leads_where_the_plan_leads(data, replicas, surge, unavailable):
    sizes, fenceposts = _sizes(data.draw), Fenceposts(surge, unavailable)
    wanted = {rs.name: rs.spec for rs in sizes}
    wanted |= {scaling.name: scaling.after for scaling in rolling.plan(replicas, fenceposts, sizes)}
    after = {rs.name: rs.spec for rs in sizes}
    after |= {scaling.name: scaling.after for scaling in plan_by(rolling_step)(replicas, fenceposts, sizes)}
    assert after == wanted


def test_ages_come_as_places_in_line():
    """Two of one second are told apart by their names, as the controller does."""
    seen = []
    sizes = [
        ReplicaSetSize("b", "2026-01-01", 1),
        ReplicaSetSize("new", "2026-01-02", 1, is_new=True),
        ReplicaSetSize("a", "2026-01-01", 1),
    ]
    plan_by(lambda *arguments: seen.append(arguments) or arguments[3])(1, Fenceposts(1, 0), sizes)
    [(replicas, surge, unavailable, rss)] = seen
    assert (replicas, surge, unavailable) == (1, 1, 0)
    assert {rs["name"]: rs["created"] for rs in rss} == {"a": 0, "b": 1, "new": 2}


def test_only_changes_are_written():
    sizes = [ReplicaSetSize("old", "1", 4, 4), ReplicaSetSize("new", "2", 0, is_new=True)]
    assert plan_by(rolling_step)(4, Fenceposts(1, 1), sizes) == [Scaling("new", 0, 1)]


def test_a_step_that_loses_a_replica_set_is_told_which():
    sizes = [ReplicaSetSize("old", "1", 4, 4), ReplicaSetSize("new", "2", 0, is_new=True)]
    with pytest.raises(ValueError, match="rolling_step left out old"):
        plan_by(lambda replicas, surge, unavailable, rss: rss[1:])(4, Fenceposts(1, 1), sizes)
