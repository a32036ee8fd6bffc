"""No reveal without a commitment, except where nobody could have made one."""

import json

import pytest

from course.learn import NotPredicted, predict
from course.learn.answers import NotAnAnswer


def first(answer="?", **more):
    more = {"choices": ["web", "scratch", "db"], "default": "scratch", **more}
    return predict("first", "Which pod goes first?", answer=answer, **more)


def later(shell):
    """End the cell; a person reads, then runs another."""
    shell.done()
    shell.cell(sent_after_s=5, waited_s=5)


def test_without_a_commitment_nothing_is_revealed(shell, shown):
    prediction = first()
    later(shell)
    with pytest.raises(NotPredicted) as refused:
        prediction.reveal("db", why="It uses most.")
    (line,) = refused.value._render_traceback_()
    assert line.startswith(
        'first: predict first; replace "?" by your answer (one of web, scratch, db), then run'
    )
    assert "db." not in " ".join(shown)
    assert shown == [
        'Which pod goes first?\nWrite one of web, scratch, db in place of "?", then run the cell again.'
    ]


def test_an_answer_in_the_cell_is_kept_with_its_time_and_judged(shell, shown, progress):
    prediction = first("web")
    later(shell)
    prediction.reveal("db", why="It uses most.")
    assert shown[-1] == (
        "you said web: wrong, it is db\nIt uses most.\n"
        'What did you think? Keep one sentence: .because("...") on this prediction.'
    )
    prediction.because(" I forgot the priority. ")
    kept = json.loads(progress.read_text())["predictions"]["06_qos/first"]
    assert kept["at"].endswith("+00:00")
    assert kept["revealed"] >= kept["at"]
    assert {name: kept[name] for name in ("said", "truth", "right", "because", "unit")} == {
        "said": "web",
        "truth": "db",
        "right": False,
        "because": "I forgot the priority.",
        "unit": "06_qos",
    }


def test_after_the_reveal_the_answer_stays_also_in_a_new_kernel(shell, shown, restart):
    prediction = first("web")
    later(shell)
    prediction.reveal("db")
    restart()
    again = first("db")
    assert shown[-1].splitlines()[1].startswith("You said web (20")
    assert shown[-1].endswith("You committed to web before the reveal; that stays.")
    assert again.answer == "web"
    again.reveal("db")
    assert shown[-1].startswith("you said web: wrong, it is db")


def test_before_the_reveal_the_answer_may_change_and_the_question_mark_takes_the_kept_one(shell, restart):
    first("web")
    first("db")
    restart()
    prediction = first()
    assert (prediction.answer, prediction.revealed) == ("db", False)


def test_a_right_answer_is_not_asked_why(shell, shown):
    prediction = first("DB")
    prediction.reveal("db", why="It uses most.")
    assert shown[-1] == "you said db: right\nIt uses most."
    prediction.reveal("db", why="It uses most.")
    assert shown[-1] == "you said db: right\nIt uses most."


@pytest.mark.parametrize(
    ("what", "truth", "later"),
    [
        ({"number": (1, 8), "default": 1, "answer": 2}, 40, 2),
        (
            {"choices": [1, 2], "each": ["x", "y"], "default": [1, 1], "answer": [1, 2]},
            {"x": 2, "y": 2},
            [1, 2],
        ),
        ({"choices": "ab", "many": True, "default": [], "answer": ["a"]}, {"b"}, {"a"}),
        ({"order": "ab", "default": "ba", "answer": ["a", "b"]}, ["b", "a"], ["a", "b"]),
    ],
)
def test_a_cell_that_runs_again_shows_the_first_verdict(shell, shown, restart, what, truth, later):
    what = {**what, **({"order": list(what["order"]), "default": list("ba")} if "order" in what else {})}
    predict("p", "What?", **what).reveal(truth)
    first = shown[-1]
    restart()
    predict("p", "What?", **what).reveal(later)
    assert "wrong" in first
    assert shown[-1] == first


def test_why_comes_after_the_reveal_and_is_a_sentence(shell):
    prediction = first("web")
    with pytest.raises(NotPredicted, match="not been revealed"):
        prediction.because("x")
    prediction.reveal("db")
    with pytest.raises(NotAnAnswer, match="write a sentence"):
        prediction.because("  ")


def test_a_malformed_answer_is_refused_with_the_name_of_the_question(shell, progress):
    with pytest.raises(NotAnAnswer, match=r"^first: 'cache' is not one of web, scratch, db$"):
        first("cache")
    assert not progress.exists()


@pytest.mark.parametrize("untouched", ["?", " ? ", "", None, ..., ["?"], {"a": "?", "b": "?"}])
def test_what_was_not_touched_is_no_answer(shell, untouched):
    assert first(untouched).answer is None


def test_an_answer_to_a_question_that_has_changed_since_is_forgotten(shell, restart):
    first("web")
    restart()
    assert first(choices=["x", "y"], default="x").answer is None


# ---------------------------------------------------------------- where nobody could have answered


def test_nobody_is_there_so_the_default_is_judged_and_nothing_is_kept(shown, progress):
    prediction = first()
    prediction.reveal("db", why="It uses most.")
    assert shown == [
        "Which pod goes first?",
        "no prediction yet; the default is scratch: wrong, it is db\nIt uses most.",
    ]
    assert not progress.exists()


def test_an_answer_counts_where_nobody_is_there_and_is_not_kept(shown, progress):
    first("db").reveal("db")
    assert shown[-1] == "you said db: right"
    assert not progress.exists()


def test_the_environment_asks_for_defaults(shell, shown, monkeypatch, progress):
    monkeypatch.setenv("COURSE_PREDICT", "default")
    prediction = first()
    later(shell)
    prediction.reveal("scratch")
    assert shown[-1] == "no prediction yet; the default is scratch: right"
    assert not progress.exists()


def test_run_all_takes_the_default_although_somebody_is_there(shell, shown, progress):
    prediction = first()
    for _ in range(3):  # the browser sent them together; the kernel is slow to begin each
        shell.done()
        shell.cell(sent_after_s=0.02, waited_s=2)
    prediction.reveal("db")
    assert shown[-1] == "no prediction yet; the default is scratch: wrong, it is db"
    assert not progress.exists()


def test_run_all_from_a_slow_browser_is_told_by_a_kernel_that_never_waits(shell, shown):
    prediction = first()
    for _ in range(3):
        shell.done()
        shell.cell(sent_after_s=1, waited_s=0.004, takes_s=3)
    prediction.reveal("db")
    assert shown[-1].startswith("no prediction yet")


def test_one_pause_is_enough_to_owe_an_answer(shell):
    prediction = first()
    later(shell)
    shell.done()
    shell.cell(sent_after_s=0.01, waited_s=0.001)
    with pytest.raises(NotPredicted):
        prediction.reveal("db")


def test_without_a_request_time_a_pause_still_tells(shell):
    shell.parent = {"metadata": {"cellId": "a"}}
    prediction = first()
    shell.done()
    shell.clock += 1
    shell.events.trigger("pre_run_cell", None)
    with pytest.raises(NotPredicted):
        prediction.reveal("db")


def test_an_answer_of_several_parts_says_how_many_are_right_and_which(shown):
    each = predict("e", "Each?", choices=["a", "b"], each=["x", "y"], default=["b", "b"])
    each.reveal({"x": "a", "y": "b"})
    assert shown[-1].splitlines() == [
        "no prediction yet; the default has 1 of 2 right",
        "  x  b  wrong, it is a",
        "  y  b  right",
    ]


# ---------------------------------------------------------------- what authors may get wrong


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"default": "cache"}, "first: the default is no answer"),
        ({"number": (1, 2)}, "takes one of choices="),
        ({"choices": None}, "takes one of choices="),
        ({"choices": None, "order": ["a"], "many": True}, "belong to choices="),
    ],
)
def test_a_question_that_makes_no_sense_is_the_authors_error(more, says):
    with pytest.raises(ValueError, match=says):
        first(**more)


def test_a_truth_that_is_no_possible_answer_is_the_authors_error(shell):
    with pytest.raises(ValueError, match="what is revealed is no possible answer"):
        first("web").reveal("cache")


def test_a_number_is_judged_even_outside_of_what_may_be_said(shell, shown):
    seconds = predict("s", "After how long?", number=(0, 60), unit="s", within=5, default=10, answer=50)
    seconds.reveal(340)
    assert shown[-1].startswith("you said 50 s: wrong, it is 340 s")


def test_a_number_that_is_near_enough_says_what_it_is(shell, shown):
    predict("s", "After how long?", number=(0, 60), within=5, default=10, answer=38).reveal(40.0)
    assert shown[-1] == "you said 38: right (it is 40)"
