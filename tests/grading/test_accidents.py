"""An honest accident costs at most its own points, is explained, and never stops the batch."""

import html
import re
from types import SimpleNamespace

import pytest

from course.grading import protection
from tests.cheats import scene as scenes
from tests.grading.accidents import ACCIDENTS, write

pytestmark = pytest.mark.skipif(
    bool(protection.probe().weaker),
    reason="needs bubblewrap and user namespaces: without them there is no sandbox",
)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Grade every accident in one batch."""
    scene = scenes.build(tmp_path_factory.mktemp("accidents"), 0)
    solved = scenes.solved()
    for accident in ACCIDENTS:
        write(scene.root / "submitted" / accident.name / scenes.UNIT, accident, solved)
    done = scenes.course_grade(scene.root, "--workers", "2", "--cell-seconds", "2", "--no-feedback")
    return SimpleNamespace(root=scene.root, done=done, scores=scenes.scores(scene.root))


@pytest.mark.parametrize("accident", ACCIDENTS, ids=[accident.name for accident in ACCIDENTS])
def test_an_accident_costs_its_own_points_and_is_explained(accident, graded):
    assert graded.scores[accident.name] == accident.points
    file = graded.root / "autograded" / accident.name / scenes.UNIT / f"{scenes.UNIT}.ipynb"
    text = html.unescape(file.read_text("utf-8").replace("\\n", "\n").replace('\\"', '"'))
    assert re.search(accident.says, text)
    assert len(text) < 1_000_000


def test_the_batch_ends_well(graded):
    assert graded.done.returncode == 0, graded.done.stderr[-3000:]
    assert f"{len(ACCIDENTS) + 1} graded, 0 not" in graded.done.stdout
