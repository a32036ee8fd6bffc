"""The Validate button tells what the check told."""

import copy

import nbformat
import pytest
from nbgrader.server_extensions.validate_assignment import handlers

from course.build.build import to_notebook
from course.build.lesson import read
from course.lab import validate
from course.lab.validate import ReportingValidator
from course.project import PROJECT

UNIT = "06_qos"


@pytest.fixture(scope="module")
def notebooks():
    return [
        nbformat.read(PROJECT / tree / UNIT / f"{UNIT}.ipynb", as_version=4) for tree in ("release", "source")
    ]


@pytest.fixture
def validated(notebooks, tmp_path):
    def run(**sources: str) -> dict:
        released, solved = copy.deepcopy(notebooks)
        solution = {
            cell.id: cell.source for cell in solved.cells if cell.metadata.get("nbgrader", {}).get("solution")
        }
        for cell in released.cells:
            cell.source = {**solution, **sources}.get(
                cell.id.replace("-", "_"), solution.get(cell.id, cell.source)
            )
        path = tmp_path / f"{UNIT}.ipynb"
        nbformat.write(released, path)
        return ReportingValidator().validate(str(path))

    return run


def test_the_solution_passes(validated):
    assert validated() == {}


def test_a_broken_rule_is_what_the_dialog_shows(validated):
    result = validated(evict_order='def evict_order(pods):\n    return sorted(p["name"] for p in pods)\n')
    assert len(result["failed"]) == 2
    shown = result["failed"][0]["raw_error"]
    assert "Broken rule: at equal priority, the larger excess over the request goes first" in shown
    assert "The same mistake also breaks: the QoS class decides nothing; pods above their" in shown
    assert "got:      ['a', 'b']" in result["failed"][0]["raw_error"]


def test_a_missing_function_is_what_the_dialog_shows(validated):
    result = validated(evict_order="")
    assert "NameError" in result["failed"][0]["raw_error"]


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("def evict_order(pods)\n    return []\n", "SyntaxError: expected ':'"),
        ("1 / 0\ndef evict_order(pods):\n    return []\n", "ZeroDivisionError: division by zero"),
    ],
)
def test_a_cell_that_failed_is_named_by_the_tests_of_what_it_was_to_define(validated, written, why):
    result = validated(evict_order=written)
    told = [cell["raw_error"] for cell in result["failed"]]
    assert told[0].startswith(f"evict_order is not there, for its cell failed: {why}")
    assert len(told) == 2


@pytest.mark.parametrize(
    "loop",
    [
        "def evict_order(pods):\n    while True:\n        try:\n            sum(range(1000))\n"
        "        except BaseException:\n            pass\n",
    ],
    ids=["stubborn"],
)
def test_a_loop_without_an_end_is_told_in_one_sentence(validated, loop):
    told = [cell["raw_error"] for cell in validated(evict_order=loop)["failed"]]
    assert len(told) == 2
    assert all("no answer within 5 s; is there a loop without an end?" in one for one in told)


def test_a_loop_without_an_end_outside_the_function_is_told_so_too(validated, monkeypatch):
    monkeypatch.setattr(validate.ExecuteQuietly, "timeout", 6)
    told = [
        cell["raw_error"]
        for cell in validated(evict_order="while True:\n    pass\nevict_order = 1\n")["failed"]
    ]
    assert told[0] == (
        "evict_order is not there, for its cell failed: it took too long; is there a loop without an end?"
    )


def test_noise_on_stderr_fails_nothing(validated):
    noisy = (
        "import os, sys, warnings\n"
        "def evict_order(pods):\n"
        "    print('careful', file=sys.stderr)\n"
        "    os.write(2, b'from below')\n"
        "    warnings.warn('old')\n"
        "    key = lambda p: (p['usage'] is not None and (1 if p['usage'] > p['request'] else 2),\n"
        "                     p['priority'], p['request'] - (p['usage'] or 0))\n"
        "    return [p['name'] for p in sorted(pods, key=key) if not p['critical']]\n"
    )
    assert validated(evict_order=noisy) == {}


def test_a_changed_test_cell_is_named(validated):
    result = validated(evict_order_unseen="1")
    assert [cell["source"] for cell in result["changed"]] == ["1"]


def test_the_server_extension_puts_our_validator_into_the_handler(monkeypatch):
    monkeypatch.setattr(handlers, "Validator", None)

    class Server:
        class log:  # noqa: N801  as on a server
            @staticmethod
            def info(text):
                assert "Validate" in text

    validate._load_jupyter_server_extension(Server)
    assert handlers.Validator is ReportingValidator


def test_an_import_that_the_grader_does_not_have_is_told_before(validated):
    borrowed = (
        "from insideout.kubelet.eviction import PodMemory, rank_memory\n"
        "def evict_order(pods):\n"
        "    keys = ('name', 'priority', 'usage', 'request', 'critical')\n"
        "    ranked = rank_memory(PodMemory(*[p[key] for key in keys]) for p in pods)\n"
        "    return [pod.name for pod in ranked if not pod.critical]\n"
    )
    (failed,) = validated(evict_order=borrowed)["failed"]
    why = "is not there while a test calls your function: the answer has to be your own."
    assert failed["raw_error"] == f"insideout.kubelet.eviction {why}"


def test_an_answer_that_asks_a_cluster_is_told_before(validated):
    asks = (
        "from insideout.cluster import Cluster\n"
        "def qos(pod):\n"
        "    pod = {**pod, 'metadata': {'name': 'p'}}\n"
        "    made = Cluster.create(nodes=0).client().create('pods', pod, 'default')\n"
        "    return made['status']['qosClass']\n"
    )
    told = [cell["raw_error"] for cell in validated(qos=asks)["failed"]]
    why = "insideout.cluster is not there while a test calls your function"
    assert [one for one in told if one.startswith(why)] == told[-1:]


EXAMPLES = """# %% id="my-examples" role="exercise"
my_examples = [
    ### BEGIN SOLUTION
    ### END SOLUTION
]

# %% id="my-examples-caught" role="test" points=1
from course.checks.examples import grade

grade("my_examples", my_examples, lambda n: n // 2, {"halves are exact": lambda n: n / 2}, points=1)
"""


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("my_examples = [(3, 1)]", ""),
        ("my_examples = [(2, 1)]", "They would not catch who believes:\n  - halves are exact"),
        ("my_examples = []", "my_examples is empty: write examples, each a tuple (n, answer)."),
    ],
)
def test_examples_are_validated_like_any_other_exercise(written, words, tmp_path):
    path = tmp_path / "course" / "units" / "u42_answers" / "lesson.py"
    path.parent.mkdir(parents=True)
    path.write_text(EXAMPLES, "utf-8")
    notebook = to_notebook(read(path))
    notebook.cells[0].source = written
    nbformat.write(notebook, tmp_path / "42_answers.ipynb")
    result = ReportingValidator().validate(str(tmp_path / "42_answers.ipynb"))
    assert [words in cell["raw_error"] for cell in result.get("failed", [])] == [True] * bool(words)
