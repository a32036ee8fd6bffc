"""Two graders of one course: the second one says that it waits, and does."""

import threading

import pytest

from course.grading.alone import alone

pytest.importorskip("fcntl")


def test_the_second_waits_for_the_first(tmp_path):
    said, order = [], []
    waiting = threading.Event()

    def say(words: str) -> None:
        said.append(words)
        waiting.set()

    def second() -> None:
        with alone(tmp_path, say):
            order.append("second")

    other = threading.Thread(target=second)
    with alone(tmp_path, said.append):
        other.start()
        assert waiting.wait(10)
        order.append("first")
    other.join(10)
    assert order == ["first", "second"]
    assert said == [f"another `course grade` is at work in {tmp_path}; this one goes on when it has ended"]


def test_it_is_free_again_after_an_error(tmp_path):
    with pytest.raises(ValueError, match="x"), alone(tmp_path, print):
        raise ValueError("x")
    said = []
    with alone(tmp_path, said.append):
        pass
    assert said == []
