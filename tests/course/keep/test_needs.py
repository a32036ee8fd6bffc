"""What an exercise needs of its notebook comes with it, and nothing else."""

from course.keep.needs import alone, defined

NOTEBOOK = [
    "import json, math\nfrom collections import Counter, deque\ncluster = make_a_cluster()\npods = []",
    "LIMIT = 3\n\n# counts once\ndef helper(x):\n    return math.floor(x) + LIMIT\n\nprint('not wanted')",
    "%matplotlib inline",
    "### BEGIN SOLUTION\ndef wanted(pods):\n    cluster = Counter(pods)\n"
    "    return later(helper(len(cluster)))\n### END SOLUTION\n\nwanted([1])",
    "def later(x):\n    return wanted([]) if x < 0 else x\n\n"
    "def helper(x):\n    return 'another, further down'",
]


def test_imports_and_helpers_come_along_and_what_only_looks_like_a_need_stays():
    text = alone(NOTEBOOK, 3)
    assert text.splitlines()[:2] == ["import math", ""]
    assert "from collections import Counter\n" in text
    for absent in (
        "deque",
        "json",
        "make_a_cluster",
        "pods = []",
        "print",
        "SOLUTION",
        "wanted([1])",
        "another",
    ):
        assert absent not in text


def test_a_section_runs_by_itself():
    names = {}
    exec(alone(NOTEBOOK, 3), names)
    assert names["wanted"]([1, 1, 2]) == 5


def test_comments_and_decorators_above_a_helper_stay_with_it():
    cells = [
        "import functools\n\n# why\n@functools.cache\ndef helper():\n    return 1",
        "def f():\n    return helper()",
    ]
    assert "# why\n@functools.cache\ndef helper" in alone(cells, 1)


def test_a_name_means_what_it_meant_when_the_exercise_ran():
    cells = ["x = 1", "x = 2", "def f():\n    return x", "x = 3"]
    assert alone(cells, 2).startswith("x = 2\n")


def test_a_class_brings_the_one_that_it_comes_from():
    cells = ["from insideout.raft.node import Node", "class A(Node):\n    pass", "class B(A):\n    pass"]
    assert alone(cells, 2).startswith("from insideout.raft.node import Node\n\nclass A(Node)")
    assert defined(cells[2]) == ["B"]
