"""A lesson's mistakes are named by file, line and what to do."""

from pathlib import Path

import pytest

from course.build.lesson import read

TITLE = '# %% [markdown] id="title" role="text"\n# # Title\n\n'
EXERCISE = (
    '# %% id="double" role="exercise"\n'
    "def double(n):\n    ### BEGIN SOLUTION\n    return 2 * n\n    ### END SOLUTION\n\n"
)
TEST = '# %% id="double-examples" role="test" points=2\ncheck(double, points=2)\n'


def write(folder: Path, text: str, room: str = "u42_answers") -> Path:
    path = folder / room / "lesson.py"
    path.parent.mkdir()
    path.write_text(text, "utf-8")
    return path


def mistakes(path: Path) -> list[str]:
    with pytest.raises(ExceptionGroup) as caught:
        read(path)
    return [str(error).replace(str(path), path.name) for error in caught.value.exceptions]


def test_a_lesson_gives_cells_with_id_role_points_and_line(tmp_path):
    lesson = read(write(tmp_path, TITLE + EXERCISE + TEST))
    assert lesson.unit == "42_answers"
    assert [(cell.id, cell.role, cell.points, cell.line) for cell in lesson.cells] == [
        ("title", "text", None, 1),
        ("double", "exercise", None, 4),
        ("double-examples", "test", 2, 10),
    ]
    assert lesson.points == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('# %% role="code"\n1\n', ":1: give the cell an id", id="no id"),
        pytest.param(
            '# %% id="A b" role="code"\n1\n', ":1: write the id 'A b' in kebab-case", id="id's form"
        ),
        pytest.param('# %% id=a role="code"\n1\n', ":1: write the marker as # %% id=", id="marker's form"),
        pytest.param('# %% id="a"\n1\n', ":1: give the cell 'a' a role", id="no role"),
        pytest.param('# %% id="a" role="task"\n1\n', ":1: give the cell 'a' a role", id="unknown role"),
        pytest.param('# %% id="a" role="text"\n1\n', "a [markdown] cell has role text", id="text in code"),
        pytest.param(
            '# %% id="a" role="code" tags="x"\n1\n', ":1: remove 'tags' from the marker", id="unknown key"
        ),
        pytest.param(
            '# %% id="a" role="code" points=1\n1\n', "remove the points from 'a'", id="points on code"
        ),
        pytest.param(
            TITLE + TITLE, ":4: choose another id: 'title' is taken by the cell at line 1", id="repeated id"
        ),
        pytest.param(
            EXERCISE + '# %% id="double-examples" role="test"\nf(points=1)\n',
            ":7: give the test 'double-examples' points",
            id="test without points",
        ),
        pytest.param(
            EXERCISE + TEST.replace("points=2\n", "points=0\n"),
            "points is a whole number",
            id="points of zero",
        ),
        pytest.param(
            EXERCISE + TEST.replace("(double, points=2)", "(double, points=3)"),
            "a check called with points=2",
            id="other points than the marker's",
        ),
        pytest.param(EXERCISE, ":1: give the exercise 'double' a test", id="exercise without test"),
        pytest.param(
            EXERCISE + EXERCISE.replace('"double"', '"triple"') + TEST.replace("double-", "triple-"),
            ":1: give the exercise 'double' a test before the next",
            id="first of two exercises without test",
        ),
        pytest.param(
            EXERCISE + TEST.replace("double-examples", "examples"),
            "name the test 'examples' after the exercise above it: double-...",
            id="test named otherwise",
        ),
        pytest.param(
            EXERCISE.replace("    ### BEGIN SOLUTION\n", "").replace("    ### END SOLUTION\n", "") + TEST,
            ":1: mark the solution of 'double'",
            id="no delimiters",
        ),
        pytest.param(
            EXERCISE.replace("    ### END SOLUTION\n", "") + TEST,
            ":1: cell 'double': pair every '### BEGIN SOLUTION'",
            id="no end of solution",
        ),
        pytest.param(
            EXERCISE + TEST + "### BEGIN HIDDEN TESTS\ncheck(double, points=2)\n",
            "pair every '### BEGIN HIDDEN TESTS'",
            id="no end of hidden tests",
        ),
        pytest.param(
            EXERCISE + TEST.replace("check(", "### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS\ncheck("),
            "begin the test 'double-examples' with something a learner can see",
            id="hidden first",
        ),
        pytest.param(
            '# %% id="a" role="code"\n### BEGIN SOLUTION\n1\n### END SOLUTION\n',
            "belongs into a cell with role exercise",
            id="solution in a run cell",
        ),
        pytest.param('# %% id="a" role="code"\nx = (\n', ":2: cell 'a' is not Python", id="syntax error"),
        pytest.param('# %% id="a" role="code"\n' + "x = 1\n" * 16, "more than 15 lines", id="long run cell"),
        pytest.param("x = 1\n" + TITLE, ":1: begin the file with a '# %%' marker", id="text before a marker"),
    ],
)
def test_one_mistake_is_one_line(tmp_path, text, expected):
    found = mistakes(write(tmp_path, text))
    assert len(found) == 1, found
    assert expected in found[0]
    assert found[0].startswith("lesson.py:")
    assert "\n" not in found[0]


def test_all_mistakes_are_named_at_once(tmp_path):
    found = mistakes(write(tmp_path, '# %% role="code"\n1\n\n# %% id="b"\n2\n\n# %% id="c" role="no"\n3\n'))
    assert [line.split(":")[1] for line in found] == ["1", "4", "7"]


def test_a_lesson_is_in_the_room_of_its_unit(tmp_path):
    assert "put the lesson into a folder uNN_topic" in mistakes(write(tmp_path, TITLE, "qos"))[0]
