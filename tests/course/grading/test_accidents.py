"""An honest accident costs at most its own points, is explained, and never stops the batch."""

import html
import re
from types import SimpleNamespace

import pytest

from course.sandbox import protection
from tests.cheats import scene as scenes
from tests.course.grading.accidents import ACCIDENTS, SLOW, write

pytestmark = pytest.mark.skipif(
    bool(protection.probe().weaker),
    reason="needs bubblewrap and user namespaces: without them there is no sandbox",
)


QUICK = [accident for accident in ACCIDENTS if accident.name not in SLOW]
PATIENT = [accident for accident in ACCIDENTS if accident.name in SLOW]


def grade(folder, accidents):
    """Grade these accidents in one batch."""
    scene = scenes.build(folder, 0)
    solved = scenes.solved()
    for accident in accidents:
        write(scene.root / "submitted" / accident.name / scenes.UNIT, accident, solved)
    done = scenes.course_grade(scene.root, "--workers", "2", "--cell-seconds", "2", "--no-feedback")
    assert done.returncode == 0, done.stderr[-3000:]
    assert f"{len(accidents) + 1} graded, 0 not" in done.stdout
    return SimpleNamespace(root=scene.root, scores=scenes.scores(scene.root))


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    return grade(tmp_path_factory.mktemp("accidents"), QUICK)


def check(accident, graded):
    assert graded.scores[accident.name] == accident.points
    file = graded.root / "autograded" / accident.name / scenes.UNIT / f"{scenes.UNIT}.ipynb"
    text = html.unescape(file.read_text("utf-8").replace("\\n", "\n").replace('\\"', '"'))
    assert re.search(accident.says, text)
    assert len(text) < 1_000_000


@pytest.mark.parametrize("accident", QUICK, ids=[accident.name for accident in QUICK])
def test_an_accident_costs_its_own_points_is_explained_and_stops_nobody(accident, graded):
    check(accident, graded)


@pytest.mark.slow
def test_accidents_that_run_into_every_limit_cost_their_own_points_too(tmp_path):
    graded = grade(tmp_path, PATIENT)
    for accident in PATIENT:
        check(accident, graded)
