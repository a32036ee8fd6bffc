"""An answer that is not plain data of the agreed form is refused with one line that says what to change."""

import pytest

from insideout.raft.broken import Broken, Rule
from insideout.raft.contract import as_ready
from insideout.raft.messages import zero

MEMBERS = ["n0", "n1", "n2"]


def answer(**changes):
    status = {"role": "follower", "term": 1, "vote": None, "leader": None, "commit": 0, "log": [zero()]}
    return {"messages": [], "save": None, "apply": [], "reads": [], "status": status, **changes}


def vote(**changes):
    return {
        "type": "request_vote",
        "from": "n0",
        "to": "n1",
        "term": 1,
        "last_index": 0,
        "last_term": 0,
        **changes,
    }


def test_an_answer_of_the_right_form_comes_back_as_a_copy():
    given = answer(messages=[vote()])
    ready = as_ready(given, call="tick", node="n0", members=MEMBERS)
    assert ready == given
    assert ready["status"]["log"] is not given["status"]["log"]


def test_tuples_become_lists_as_they_do_between_processes():
    assert as_ready(answer(messages=()), call="tick", node="n0", members=MEMBERS)["messages"] == []


def test_a_message_may_have_fields_of_its_own():
    given = answer(messages=[vote(round=3)])
    assert as_ready(given, call="tick", node="n0", members=MEMBERS)["messages"][0]["round"] == 3


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "must be a dict"),
        ({}, "lacks 'messages'"),
        (answer(messages={"n1"}), "not plain data"),
        (answer(messages=[vote(to="n9")]), "from n0 to n9"),
        (answer(messages=[vote(to="n0")]), "from n0 to n0"),
        (answer(messages=[{"type": "hello", "from": "n0", "to": "n1", "term": 1}]), "type 'hello'"),
        (answer(messages=[vote(last_index="3")]), "last_index is '3'; it must be int"),
        (answer(status={"role": "king", "term": 1, "commit": 0}), "role is 'king'"),
        (
            answer(status={"role": "leader", "term": 1, "commit": 0, "log": []}),
            "begins with the entry before",
        ),
        (answer(save={"term": 1}), "lacks 'log'"),
        (answer(save={"term": 1, "log": [{"index": 1}]}), "lacks 'term'"),
        (answer(apply=[{"index": 1}]), "neither command nor snapshot"),
        (answer(reads=[{"id": 1}]), "lacks 'index'"),
    ],
)
def test_what_is_wrong_is_named(given, said):
    with pytest.raises(Broken) as caught:
        as_ready(given, call="tick", node="n0", members=MEMBERS)
    assert caught.value.rule is Rule.CONTRACT
    assert said in caught.value.what
