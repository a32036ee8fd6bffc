"""Of two copies one leads; how long the other waits once it was killed follows from the rule it goes by."""

import math

import pytest

from course.units.u04_scheduling.leaders import kill_the_leader
from insideout.client.leaderelection import may_acquire


def test_the_other_copy_waits_for_the_lease_to_age():
    killed = kill_the_leader(may_acquire)
    assert sorted(killed.led.values()) == [False, True]
    assert 13 < killed.waited_s < 24
    assert killed.errors == []


@pytest.mark.parametrize(
    ("rule", "led", "waited_s"),
    [
        (lambda now, seen_at, duration, holder, me: True, 2, 0),
        (lambda now, seen_at, duration, holder, me: False, 1, math.inf),
        (lambda now, seen_at, duration, holder, me: holder in ("", me), 1, math.inf),
    ],
    ids=["always", "never", "only a Lease that nobody holds"],
)
def test_a_wrong_rule_shows(rule, led, waited_s):
    killed = kill_the_leader(rule)
    assert sum(killed.led.values()) == led
    assert round(killed.waited_s, 1) == waited_s if led == 2 else killed.waited_s == waited_s


def test_a_rule_that_crashes_is_reported(capsys):
    def breaks(*_):
        raise KeyError("holder")

    killed = kill_the_leader(breaks)
    assert "KeyError: 'holder'" in killed.errors[0]
    assert killed.waited_s == math.inf
    assert "copy-2 crashed at" in capsys.readouterr().err
