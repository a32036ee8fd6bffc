"""What is committed is what the lessons build, and no answer leaves source/."""

from pathlib import Path

import nbformat
import pytest

from course.build.build import refuse_leaks, secret_lines, to_notebook, visible_text
from course.build.lesson import LessonError, read
from course.build.make import lesson_paths, make
from course.cli import main
from course.project import PROJECT

LESSONS = lesson_paths(PROJECT)

GOOD = '''# %% [markdown] id="title" role="text"
# # Doubling

# %% id="double" role="exercise"
def double(n):
    """Return twice n."""
    ### BEGIN SOLUTION
    return n + n  # the secret of doubling
    ### END SOLUTION


# %% id="double-examples" role="test" points=2
def check(function, points):
    return points if function(2) == 4 else 0


check(double, points=2)
### BEGIN HIDDEN TESTS
check(lambda n: double(n + 40) - 80, points=2)
### END HIDDEN TESTS
'''


@pytest.fixture
def lesson_at(tmp_path):
    def write(text: str) -> Path:
        path = tmp_path / "course" / "units" / "u42_answers" / "lesson.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    return write


@pytest.mark.parametrize(("unit", "path"), LESSONS, ids=[unit for unit, _ in LESSONS])
def test_the_committed_notebooks_are_what_the_lesson_builds_byte_for_byte(unit, path):
    assert not make(path, PROJECT, write=False), f"{unit}: run `make build` and commit source/ and release/"


def test_every_folder_of_source_and_release_has_its_lesson():
    units = [unit for unit, _ in LESSONS]
    for tree in ("source", "release"):
        files = sorted(
            str(path.relative_to(PROJECT / tree)) for path in (PROJECT / tree).rglob("*") if path.is_file()
        )
        assert [name for name in files if ".ipynb_checkpoints" not in name] == [
            f"{u}/{u}.ipynb" for u in units
        ]


@pytest.mark.parametrize(("unit", "path"), LESSONS, ids=[unit for unit, _ in LESSONS])
def test_no_solution_hidden_test_or_output_reaches_release(unit, path):
    lesson = read(path)
    released = nbformat.read(PROJECT / "release" / unit / f"{unit}.ipynb", as_version=4)
    shown = (PROJECT / "release" / unit / f"{unit}.ipynb").read_text("utf-8")
    secrets = [line.strip() for cell in lesson.cells for line in secret_lines(cell.source)]
    assert secrets
    text = "\n".join(cell.source for cell in released.cells)
    meant = "\n".join(visible_text(cell.source) for cell in lesson.cells)
    assert [line for line in secrets if text.count(line) > meant.count(line)] == []
    assert "BEGIN SOLUTION" not in shown
    assert "HIDDEN" not in shown
    assert not any(cell.get("outputs") for cell in released.cells)


def test_building_twice_gives_the_same_bytes(lesson_at, tmp_path):
    path = lesson_at(GOOD)
    assert make(path, tmp_path)
    before = (tmp_path / "source/42_answers/42_answers.ipynb").read_bytes()
    assert not make(path, tmp_path)
    assert (tmp_path / "source/42_answers/42_answers.ipynb").read_bytes() == before


def test_a_cell_that_fails_is_named_and_nothing_is_written(lesson_at, tmp_path):
    path = lesson_at('# %% id="a" role="code"\n1\n\n# %% id="b" role="code"\nx = 1\n1 / 0\n')
    with pytest.raises(LessonError, match=r"u42_answers/lesson.py:4: cell 'b' failed: ZeroDivisionError"):
        make(path, tmp_path)
    assert not (tmp_path / "source").exists()


def test_a_test_that_its_own_solution_fails_is_named(lesson_at, tmp_path):
    with pytest.raises(
        LessonError, match=r":12: test 'double-examples' gave the lesson's own solution 0 of 2"
    ):
        make(lesson_at(GOOD.replace("return n + n", "return n")), tmp_path)


def test_a_cell_that_writes_to_stderr_is_named(lesson_at, tmp_path):
    path = lesson_at('# %% id="a" role="code"\nimport sys\n\nprint("careful", file=sys.stderr)\n')
    with pytest.raises(LessonError, match=r":1: cell 'a' wrote to stderr: careful"):
        make(path, tmp_path)


def test_a_solution_that_would_show_is_refused(lesson_at, tmp_path):
    lesson = read(lesson_at(GOOD))
    leaky = tmp_path / "leaky.ipynb"
    nbformat.write(to_notebook(lesson), leaky)
    with pytest.raises(LessonError, match="would show 'return n"):
        refuse_leaks(leaky, lesson)


def test_build_names_an_unknown_unit_in_one_line(capsys):
    assert main(["build", "99_nothing"]) == 2
    assert capsys.readouterr().err.startswith("course: there is no lesson '99_nothing'; there are ")


DATA = """# %% id="my-examples" role="exercise"
my_examples = [
    # (n, answer)
    ### BEGIN SOLUTION
    (4, 2),
    (1_000_003, 500_001),
    ### END SOLUTION
]

# %% id="my-examples-caught" role="test" points=1
from course.checks.examples import grade

half = {"halves": lambda n: n / 2}
grade("my_examples", my_examples, lambda n: n // 2, half, points=1)

# %% id="after" role="code"
len(my_examples) > 1
"""


def test_an_exercise_that_is_a_list_is_released_so_that_its_cell_runs(lesson_at, tmp_path):
    assert make(lesson_at(DATA), tmp_path)
    released = nbformat.read(tmp_path / "release/42_answers/42_answers.ipynb", as_version=4)
    cell = released.cells[0]
    assert cell.source == "my_examples = [\n    # (n, answer)\n    # YOUR EXAMPLES HERE\n]"
    assert cell.metadata.nbgrader.solution
    names: dict = {}
    exec(cell.source, names)
    assert names["my_examples"] == []


def test_an_exercise_that_is_a_function_is_released_with_nbgraders_own_stub(lesson_at, tmp_path):
    make(lesson_at(GOOD), tmp_path)
    released = nbformat.read(tmp_path / "release/42_answers/42_answers.ipynb", as_version=4)
    assert "    # YOUR CODE HERE\n    raise NotImplementedError()" in released.cells[1].source
