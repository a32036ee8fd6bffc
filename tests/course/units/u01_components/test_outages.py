"""The trials agree with what each action is said to need, and every action works when nothing is stopped."""

import pytest

from course.units.u01_components.cases import NEEDS
from course.units.u01_components.outages import ACTIONS, PARTS, as_table, succeeds, try_all

_SHORT = {
    "kube-apiserver": "apiserver",
    "kube-scheduler": "scheduler",
    "kube-controller-manager": "kcm",
}


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_works_on_a_whole_cluster(action):
    assert succeeds(action)


def test_an_action_works_unless_a_part_that_it_needs_is_stopped():
    outcomes = try_all()
    assert len(outcomes) == len(PARTS) * len(ACTIONS)
    wrong = [
        (part, action)
        for (part, action), works in outcomes.items()
        if works == (_SHORT.get(part, part) in NEEDS[action])
    ]
    assert wrong == []


def test_the_table_has_a_column_for_each_part():
    table = as_table({("a", "x"): True, ("b", "x"): False})
    assert table.columns == ("STOPPED:", "a", "b")
    assert table.rows == (("x", "works", "-"),)
