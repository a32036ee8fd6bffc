"""`course grade` grades a class through nbgrader's gradebook and folders."""

import json
import re
import shutil
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from course.project import PROJECT
from tests.cheats import scene as scenes
from tests.course.grading import killed

UNIT = scenes.UNIT
pytestmark = pytest.mark.usefixtures("protection")


POINTS = {"all": 18.0, "no-evict": 15.0, "no-oom": 13.0, "none": 1.0}
SUBMISSIONS = {kind: killed.without(*exercises) for kind, exercises in killed.ANSWERS.items()}


def a_class(root: Path, size: int) -> dict[str, float]:
    """Submit `size` notebooks below `root`; return the points that each deserves."""
    shutil.copytree(PROJECT / "source" / UNIT, root / "source" / UNIT)
    kinds = list(SUBMISSIONS)
    expected = {}
    for number in range(size):
        kind = kinds[number % len(kinds)]
        scenes.submit(root, f"s{number:03}", SUBMISSIONS[kind])
        expected[f"s{number:03}"] = POINTS[kind]
    return expected


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return a course folder of four graded submissions with feedback."""
    root = tmp_path_factory.mktemp("batch") / "course"
    a_class(root, 4)
    done = scenes.course_grade(root, "--workers", "2", "--report", str(root / "report.jsonl"))
    assert done.returncode == 0, done.stderr
    return root, done


def test_everyone_gets_their_points_and_a_line_in_the_table(course):
    root, done = course
    assert scenes.scores(root) == {"s000": 18, "s001": 15, "s002": 13, "s003": 1}
    for line in (
        r"s000 +18 of 18 +\d+\.\d\ds",
        r"s003 +1 of 18",
        r"4 graded, 0 not; mean 11.75 of 18; slowest s00",
    ):
        assert re.search(line, done.stdout)
    assert "4 of 4 graded" in done.stderr


def test_the_report_has_the_time_of_every_cell(course):
    root, _ = course
    rows = {row["student"]: row for row in map(json.loads, (root / "report.jsonl").read_text().splitlines())}
    assert sorted(rows) == ["s000", "s001", "s002", "s003"]
    cells = rows["s000"]["cells_s"]
    assert {"imports", "qos", "qos-examples", "evict-order-unseen"} <= set(cells)
    assert 0 < sum(cells.values()) <= rows["s000"]["wall_s"]
    assert rows["s000"]["memory_bytes"] > 0


def test_feedback_is_nbgraders_and_shows_the_report(course):
    root, _ = course
    page = (root / "feedback" / "s001" / UNIT / f"{UNIT}.html").read_text("utf-8")
    assert "(Score: 15.0 / 18.0)" in page
    assert "evict_order is not written yet" in page
    assert "which costs nothing" in page, "a cell that needs the package is no error of the learner's"


def test_a_second_run_grades_nothing_again(course):
    root, _ = course
    before = (root / "autograded" / "s000" / UNIT).stat().st_mtime_ns
    done = scenes.course_grade(root, "--workers", "1", "--no-feedback")
    assert done.returncode == 0
    assert "4 of 4 are graded already" in done.stderr
    assert (root / "autograded" / "s000" / UNIT).stat().st_mtime_ns == before


def test_one_student_is_graded_again_and_keeps_what_a_person_entered(course):
    root, _ = course
    book = f"sqlite:///{root / 'gradebook.db'}"
    with Gradebook(book, scenes.COURSE) as gradebook:
        grade = gradebook.find_grade("qos-examples", UNIT, UNIT, "s003")
        grade.manual_score = 2.5
        gradebook.db.commit()
    done = scenes.course_grade(root, "--student", "s003", "--regrade", "--no-feedback", "--workers", "1")
    assert re.search(r"s003 +3.5 of 18", done.stdout)
    with Gradebook(book, scenes.COURSE) as gradebook:
        grade = gradebook.find_grade("qos-examples", UNIT, UNIT, "s003")
        assert (grade.manual_score, grade.auto_score, grade.needs_manual_grade) == (2.5, 0, True)
        grade.manual_score = None
        gradebook.db.commit()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--student", "nobody"], 1, "nobody has not submitted 06_qos"),
        (["--root", "/nowhere"], 2, "there is no unit '06_qos'"),
    ],
)
def test_a_wrong_call_is_one_clear_line(course, arguments, code, says):
    root, _ = course
    done = scenes.course_grade(root, *arguments)
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_sandbox_it_refuses_and_says_what_is_weaker(course, tmp_path):
    root, _ = course
    done = scenes.course_grade(root, "--regrade", PATH=str(tmp_path))
    assert done.returncode == 2
    assert "no bubblewrap (it is not installed)" in done.stderr
    assert "a submission can read every file that you can read" in done.stderr
    assert "--unsafe" in done.stderr


def test_without_a_sandbox_unsafe_still_splits_the_notebook(course, tmp_path):
    root, _ = course
    done = scenes.course_grade(
        root,
        "--student",
        "s001",
        "--regrade",
        "--unsafe",
        "--no-feedback",
        "--workers",
        "1",
        PATH=str(tmp_path),
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"s001 +15 of 18", done.stdout)


def test_stock_autograde_gives_the_same_notebook_and_the_same_rows(course, tmp_path):
    """`nbgrader autograde`, which formgrader's button runs too, goes through the split by configuration."""
    root, _ = course
    other = tmp_path / "course"
    a_class(other, 2)
    shutil.copy(PROJECT / "nbgrader_config.py", other)
    scenes.nbgrader(other, "generate_assignment", UNIT)
    scenes.nbgrader(other, "autograde", UNIT)
    assert scenes.scores(other) == {"s000": 18, "s001": 15}
    for student in ("s000", "s001"):
        name = Path("autograded") / student / UNIT / f"{UNIT}.ipynb"
        assert (other / name).read_text("utf-8") == (root / name).read_text("utf-8")
        assert (other / name).stat().st_mode == (root / name).stat().st_mode
    assert _rows(other, "s001") == _rows(root, "s001")


def _rows(root: Path, student: str) -> list[tuple[object, ...]]:
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", scenes.COURSE) as gradebook:
        notebook = gradebook.find_submission_notebook(UNIT, UNIT, student)
        grades = [
            (g.name, g.auto_score, g.manual_score, g.needs_manual_grade, g.max_score) for g in notebook.grades
        ]
        comments = [(c.name, c.auto_comment) for c in notebook.comments]
        return [*sorted(grades), *sorted(comments, key=str), (notebook.late_submission_penalty,)]


def test_a_late_submission_is_newer_and_gets_its_penalty(course):
    root, _ = course
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", scenes.COURSE) as gradebook:
        gradebook.find_assignment(UNIT).duedate = None
        gradebook.update_or_create_assignment(UNIT, duedate="2026-01-01 12:00:00 UTC")
    (root / "submitted" / "s002" / UNIT / "timestamp.txt").write_text("2026-01-02 12:00:00 UTC")
    done = scenes.course_grade(root, "--student", "s002", "--regrade", "--no-feedback", "--workers", "1")
    assert done.returncode == 0, done.stderr
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", scenes.COURSE) as gradebook:
        assert gradebook.find_submission(UNIT, "s002").total_seconds_late == 24 * 3600
    (root / "submitted" / "s002" / UNIT / "timestamp.txt").write_text("2026-01-03 12:00:00 UTC")
    done = scenes.course_grade(root, "--no-feedback", "--workers", "1")
    assert "3 of 4 are graded already" in done.stderr


def test_the_course_folders_own_settings_hold(tmp_path):
    """Where an instructor has a configuration, the database and the penalties are those it names."""
    root = tmp_path / "course"
    a_class(root, 1)
    mine = (PROJECT / "nbgrader_config.py").read_text("utf-8")
    (root / "nbgrader_config.py").write_text(
        mine + f'c.CourseDirectory.db_url = "sqlite:///{root}/other.db"\n'
    )
    done = scenes.course_grade(root, "--no-feedback", "--workers", "1")
    assert done.returncode == 0, done.stderr
    assert (root / "other.db").exists()
    assert not (root / "gradebook.db").exists()


def test_a_notebook_of_the_seeds_hidden_cases_changes_with_the_seed(course):
    """The instructor's seed reaches the tests, and only them."""
    root, _ = course
    text = (root / "autograded" / "s000" / UNIT / f"{UNIT}.ipynb").read_text("utf-8")
    assert scenes.SEED not in text


def test_a_notebook_in_utf_16_and_files_beside_it(tmp_path):
    """A notebook from an old editor, an answer in a module beside it, and a second notebook that is none."""
    shutil.copytree(PROJECT / "source" / UNIT, tmp_path / "source" / UNIT)
    notebook = json.loads((PROJECT / "source" / UNIT / f"{UNIT}.ipynb").read_text("utf-8"))
    cell = next(one for one in notebook["cells"] if one.get("id") == "evict-order")
    answer = "".join(cell["source"])
    cell["source"] = "from helper import evict_order"
    folder = tmp_path / "submitted" / "ann" / UNIT
    folder.mkdir(parents=True)
    (folder / f"{UNIT}.ipynb").write_bytes(json.dumps(notebook).encode("utf-16"))
    (folder / "helper.py").write_text(answer, "utf-8")
    (folder / "draft.ipynb").write_text("{}", "utf-8")
    done = scenes.course_grade(tmp_path, "--no-feedback")
    assert "18 of 18" in done.stdout
    assert f"draft.ipynb counts for nothing: the notebook is {UNIT}.ipynb." in done.stdout


def test_a_source_with_more_cells_after_grading_is_one_line(tmp_path):
    a_class(tmp_path, 1)
    assert scenes.course_grade(tmp_path, "--no-feedback").returncode == 0
    source = tmp_path / "source" / UNIT / f"{UNIT}.ipynb"
    notebook = json.loads(source.read_text("utf-8"))
    flags = {"grade": True, "solution": True, "locked": False, "task": False, "schema_version": 3}
    meta = {**flags, "grade_id": "essay", "points": 4, "cell_type": "markdown"}
    notebook["cells"].append(
        {"cell_type": "markdown", "id": "essay", "metadata": {"nbgrader": meta}, "source": "Why?"}
    )
    source.write_text(json.dumps(notebook), "utf-8")
    done = scenes.course_grade(tmp_path, "--no-feedback")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert f"{UNIT}.ipynb has other cells than when submissions were graded" in done.stderr
    assert scenes.scores(tmp_path) == {"s000": 18}
