"""The instructor sees how it goes, and at the end what needs a look."""

import io

from course.grading.progress import SHOWN_ROWS, Progress, Row, table


def test_progress_says_done_failed_rate_and_time_left():
    progress = Progress(10, io.StringIO())
    for number in range(4):
        progress.count(failed=number == 0)
    line = progress.line(progress._started_s + 2)
    assert line == "4 of 10 graded, 1 failed, 2.0 a second, 0:03 left"


def test_a_log_gets_few_lines_and_always_the_last():
    stream = io.StringIO()
    progress = Progress(50, stream)
    for _ in range(50):
        progress.count(failed=False)
    assert stream.getvalue().splitlines()[-1].startswith("50 of 50 graded")
    assert len(stream.getvalue().splitlines()) == 1


def test_a_table_has_a_row_each_and_what_they_have_in_common():
    rows = [
        Row("ann", 18, 18, 0.5, "", False),
        Row("bob", 9, 18, 1.25, "a note", False),
        Row("cy", 0, 0, 0, "why", True),
    ]
    assert table(rows).splitlines() == [
        "student       points     time  remark",
        "ann         18 of 18    0.50s",
        "bob          9 of 18    1.25s  a note",
        "cy        not graded    0.00s  why",
        "2 graded, 1 not; mean 13.50 of 18; slowest bob with 1.25 s",
    ]


def test_of_a_large_class_only_what_needs_a_look_is_shown():
    rows = [
        Row(f"s{number}", 1, 2, 0.1, "look" if number == 7 else "", False) for number in range(SHOWN_ROWS + 1)
    ]
    assert len(table(rows).splitlines()) == 3
    assert "s7" in table(rows)


def test_no_character_of_a_learners_reaches_the_terminal_as_a_command():
    assert "x?[2Jy?z" in table([Row("ann", 1, 2, 0.1, "x\x1b[2Jy\nz", False)])


def test_nobody_needs_no_table():
    assert table([]) == ""
