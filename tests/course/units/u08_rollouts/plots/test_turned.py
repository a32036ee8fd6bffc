"""The rollout whose limits a reader turns: it keeps what it says, and 0 and 0 are words."""

import pytest

from course.units.u08_rollouts.turned import Rollouts


@pytest.mark.parametrize(("surge", "unavailable"), [(1, 0), (0, 2), (4, 0)])
def test_a_rollout_stays_within_the_limits_that_are_turned(surge, unavailable):
    alt = Rollouts()(surge, unavailable).alt
    assert alt.startswith("Rollout over 21 s: from 4 old pods to 4 new.")
    assert f"at most {4 + surge}, {4 + surge} allowed" in alt
    assert f"serving at least {4 - unavailable}, {4 - unavailable} demanded" in alt


def test_what_the_api_server_refuses_is_said():
    assert "refuses" in Rollouts()(0, 0)


def test_one_rollout_after_the_other_begins_anew():
    rollouts = Rollouts()
    assert rollouts(1, 1).alt == rollouts(1, 1).alt
