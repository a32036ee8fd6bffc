"""Each kind of answer: what counts as one, and what a wrong one differs in."""

import pytest

from course.learn.answers import Each, Many, NotAnAnswer, Number, One, Order

QOS = ["Guaranteed", "Burstable", "BestEffort"]


@pytest.mark.parametrize(
    ("kind", "given", "read"),
    [
        (One(QOS), "burstable ", "Burstable"),
        (One([201, 409]), "409", 409),
        (One([True, False]), "true", True),
        (One([1, True]), True, True),
        (Many(["a", "b", "c"]), {"c", "a"}, ["a", "c"]),
        (Many(["a", "b"]), [], []),
        (Each(QOS, ["p", "q"]), ["BestEffort", "burstable"], {"p": "BestEffort", "q": "Burstable"}),
        (Each([1, 2], [0, "100%"]), {"100%": "2", 0: 1}, {0: 1, "100%": 2}),
        (Number(1, 8), "7", 7),
        (Number(1, 8), 7.0, 7),
        (Number(0, 1, within=0.1), 0.25, 0.25),
        (Order(["a", "b"]), ("b", "A"), ["b", "a"]),
    ],
)
def test_an_answer_is_read_and_stays_itself_when_it_is_stored(kind, given, read):
    answer = kind.read(given)
    assert answer == read
    assert type(answer) is type(read)
    assert kind.read(kind.store(answer)) == read


@pytest.mark.parametrize(
    ("kind", "given", "says"),
    [
        (One(QOS), "?", "'?' is not one of Guaranteed, Burstable, BestEffort"),
        (One([1, 2]), True, "True is not one of 1, 2"),
        (Many(["a", "b"]), "a", "'a' is not a list of any of a, b"),
        (Many(["a", "b"]), ["a", "?"], "it asks for a list of any of a, b"),
        (Many(["a", "b"]), 3, "3 is not a list of any of a, b"),
        (Each(QOS, ["p", "q"]), {"p": "Burstable", "q": "?"}, "q has no answer yet; it asks for a dict with"),
        (Each(QOS, ["p", "q"]), {"p": "Burstable"}, "q has no answer yet"),
        (Each(QOS, ["p"]), {"p": "High"}, "p: 'High' is not one of"),
        (Each(QOS, ["p"]), {"p": "Burstable", "x": 1}, "x was not asked for"),
        (Number(1, 8), 9, "9 is not a whole number from 1 to 8"),
        (Number(1, 8), 2.5, "2.5 is not a whole number from 1 to 8"),
        (Number(1, 8), True, "True is not a whole number"),
        (Number(0, 60, within=0.5, unit="s"), float("nan"), "nan is not a number from 0 to 60 s"),
        (Number(0, 60), "ten", "'ten' is not a whole number from 0 to 60"),
        (Number(0, 60), float("inf"), "inf is not a whole number from 0 to 60"),
        (Order(["a", "b"]), ["a", "a"], "a is there 2 times"),
        (Order(["a", "b"]), ["a"], "b is there 0 times"),
        (Order(["a", "b"]), "a, b", "'a, b' is not a list of a, b in an order"),
        (One(QOS), "x" * 1000, "'" + "x" * 56 + "... is not one of"),
    ],
)
def test_what_is_no_answer_is_refused_in_one_line_that_says_what_would_be(kind, given, says):
    with pytest.raises(NotAnAnswer) as refused:
        kind.read(given)
    assert str(refused.value).startswith(says)
    assert refused.value._render_traceback_() == [str(refused.value)]
    assert "\n" not in str(refused.value)


def test_a_number_is_right_within_its_tolerance():
    kind = Number(0, 100, within=5, unit="s")
    assert [kind.right(answer, 40) for answer in (34, 35, 40, 45, 46)] == [False, True, True, True, False]
    assert kind.show(40.0) == "40 s"


def test_wrong_orders_and_sets_show_their_difference():
    assert Order("abc").difference(list("bac"), list("abc")) == [
        "1. b  wrong, it is a",
        "2. a  wrong, it is b",
        "3. c  right",
    ]
    assert Many("abcd").difference(["a", "b"], ["b", "c", "d"]) == [
        "you left out: c, d",
        "you had besides: a",
    ]
    assert Each(QOS, ["p", "qq"]).difference(
        {"p": "Burstable", "qq": "BestEffort"}, {"p": "Burstable", "qq": "Guaranteed"}
    ) == ["p   Burstable   right", "qq  BestEffort  wrong, it is Guaranteed"]
    assert not Many("ab").right(["a"], ["a", "b"])
    assert Many("ab").right(["b", "a"], ["a", "b"])


def test_a_choice_of_several_words_is_quoted_in_a_sentence():
    """A reader could not tell where "it is it passes the request on" begins."""
    choices = ["it refuses", "never"]
    assert [One(choices).show(each) for each in choices] == ['"it refuses"', "never"]
    assert Many(choices).show(choices) == '"it refuses", never'
