"""Files beside a notebook: there for its code, under their names, and not to be changed."""

import pytest

from course.sandbox.learner import Learner

FILES = (("helper.py", b"def double(n):\n    return 2 * n\n"), ("data/limit.txt", b"7"))


@pytest.fixture
def learner(warm, limits):
    one = Learner(warm, limits, FILES)
    yield one
    one.close()


def shown(learner: Learner, source: str) -> str:
    """Return the last value, or the error, of a cell."""
    last = learner.run(source).outputs[-1]
    return last["text"] if last["kind"] == "result" else last["name"]


def test_modules_and_data_are_found_where_the_notebook_is(learner):
    assert shown(learner, "from helper import double\ndouble(int(open('data/limit.txt').read()))") == "14"
    assert shown(learner, "import os\nsorted(os.listdir('.'))") == "['.beside', 'data', 'helper.py']"


@pytest.mark.parametrize(
    "source",
    [
        "open('helper.py', 'w')",
        "import os; os.remove('.beside/helper.py')",
        "import os; os.chmod('.beside/helper.py', 0o666); open('helper.py', 'a')",
        "open('.beside/more.txt', 'w')",
        "import os; os.rename('.beside/data', '.beside/gone')",
    ],
)
def test_nothing_of_them_can_be_changed(learner, source):
    assert shown(learner, source) in ("OSError", "PermissionError")
    assert shown(learner, "open('helper.py').read()[:10]") == "'def double'"


def test_the_notebook_may_still_write_beside_them(learner):
    assert shown(learner, "open('out.txt', 'w').write('x')") == "1"


def test_they_are_there_again_after_the_process_died(learner):
    learner.run("import os; os._exit(1)")
    assert shown(learner, "open('data/limit.txt').read()") == "'7'"


def test_the_next_notebook_finds_none_of_them(warm, limits):
    first = Learner(warm, limits, FILES)
    first.run("1")
    first.close()
    second = Learner(warm, limits)
    try:
        assert shown(second, "import os\nos.listdir('.')") == "[]"
    finally:
        second.close()
