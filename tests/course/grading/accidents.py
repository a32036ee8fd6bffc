"""What happens to honest learners: each row is an accident, the points it may cost, and words that explain it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

ALL = 18
WITHOUT_EVICT = 15
"""Points without the exercise `evict_order`, where most accidents happen."""

Notebook = dict[str, Any]


class Accident(NamedTuple):
    """An accident: `change` gets the solved notebook as JSON has it and returns the file's text or bytes."""

    name: str
    points: float
    says: str
    change: Callable[[Notebook], Notebook | str | bytes]
    rename: str = "06_qos.ipynb"


SLOW = {"loop-that-catches-in-function", "memory-in-function", "huge-answer"}
"""Accidents that take five to fifteen seconds each to run into their limits."""

ACCIDENTS: list[Accident] = []


def accident(name: str, points: float, says: str = "", rename: str = "06_qos.ipynb") -> Callable[[Any], None]:
    return lambda change: ACCIDENTS.append(Accident(name, points, says, change, rename))


def cell(nb: Notebook, name: str) -> dict[str, Any]:
    return next(one for one in nb["cells"] if one["id"] == name)


def code(source: str, name: str = "mine") -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": source,
    }


def in_cell(name: str, points: float, says: str, source: str) -> None:
    """Add a cell of the learner's, near the top."""

    def change(nb: Notebook) -> Notebook:
        nb["cells"].insert(3, code(source))
        return nb

    ACCIDENTS.append(Accident(name, points, says, change))


def in_function(name: str, points: float, says: str, source: str) -> None:
    """Replace the exercise `evict_order`."""

    def change(nb: Notebook) -> Notebook:
        cell(nb, "evict-order")["source"] = source
        return nb

    ACCIDENTS.append(Accident(name, points, says, change))


# ---- the file

accident("empty-file", 0, "it is empty")(lambda nb: "")
accident("half-a-file", 0, "it is not JSON")(lambda nb: json.dumps(nb)[: len(json.dumps(nb)) // 2])
accident("a-list", 0, "not a notebook")(lambda nb: "[1, 2]")
accident("no-cells", 0, "no list of cells")(lambda nb: "{}")
accident("zero-cells", 0, "was missing; it was put back")(lambda nb: {**nb, "cells": []})
accident("binary", 0, "it is not JSON")(lambda nb: b"\x89PNG\r\n\x1a\n\x00\xff\xfe")
accident("byte-order-mark", ALL)(lambda nb: b"\xef\xbb\xbf" + json.dumps(nb).encode())
accident("next-version", ALL)(lambda nb: {**nb, "nbformat": 5, "nbformat_minor": 0})
accident("other-name", ALL, "was submitted as 06_qos-Copy1.ipynb", "06_qos-Copy1.ipynb")(lambda nb: nb)
accident("no-notebook", 0, "No file 06_qos.ipynb was submitted", "answers.txt")(lambda nb: "see my mail")
accident("too-large", 0, "at most 20 are read")(lambda nb: {**nb, "metadata": {"x": "x" * (21 << 20)}})


@accident("old-version", ALL)
def _old(nb):
    cells = []
    for one in nb["cells"]:
        old = {"cell_type": one["cell_type"], "metadata": one["metadata"]}
        if one["cell_type"] == "code":
            old |= {"input": one["source"], "outputs": [], "language": "python", "collapsed": False}
        else:
            old |= {"source": one["source"]}
        cells.append(old)
    sheet = {"cells": cells, "metadata": {}}
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [sheet]}


# ---- its cells


@accident("other-schema", ALL)
def _schema(nb):
    for one in nb["cells"]:
        if "nbgrader" in one["metadata"]:
            one["metadata"]["nbgrader"]["schema_version"] = 99
    return nb


@accident("broken-metadata", ALL)
def _metadata(nb):
    for one in nb["cells"]:
        if "nbgrader" in one["metadata"]:
            one["metadata"]["nbgrader"] = {
                "grade_id": one["metadata"]["nbgrader"]["grade_id"],
                "points": "many",
            }
    nb["cells"][0]["metadata"] = {"nbgrader": {"grade_id": 7}}
    nb["cells"].append({"cell_type": "heading", "source": "?"})
    nb["cells"].append("not a cell")
    return nb


@accident("copied-exercise", ALL, "was there more than once")
def _copied(nb):
    first = dict(cell(nb, "evict-order"))
    nb["cells"].insert(2, {**first, "id": "copy", "source": "def evict_order(pods):\n    return []"})
    return nb


@accident("copied-test", ALL, "was there more than once")
def _copied_test(nb):
    place = nb["cells"].index(cell(nb, "evict-order-examples"))
    nb["cells"].insert(place, {**cell(nb, "evict-order-examples"), "id": "copy"})
    return nb


@accident("same-cell-ids", ALL)
def _same_ids(nb):
    for one in nb["cells"]:
        one["id"] = "same"
    return nb


@accident("no-cell-ids", ALL)
def _no_ids(nb):
    for one in nb["cells"]:
        del one["id"]
    return {**nb, "nbformat_minor": 2}


@accident("deleted-test", ALL, "evict-order-unseen was missing; it was put back")
def _deleted_test(nb):
    nb["cells"].remove(cell(nb, "evict-order-unseen"))
    return nb


@accident("deleted-exercise", WITHOUT_EVICT, "no cell above this test defined it")
def _deleted(nb):
    nb["cells"].remove(cell(nb, "evict-order"))
    return nb


@accident("exercise-in-own-cell", ALL)
def _own_cell(nb):
    place = nb["cells"].index(cell(nb, "evict-order"))
    nb["cells"][place] = code(cell(nb, "evict-order")["source"])
    return nb


@accident("exercise-became-text", ALL, "was no code cell any more")
def _text(nb):
    one = cell(nb, "evict-order")
    one["cell_type"] = "markdown"
    del one["outputs"], one["execution_count"]
    return nb


@accident("test-above-exercise", 16, "put that cell above the test")
def _above(nb):
    test = cell(nb, "evict-order-examples")
    nb["cells"].remove(test)
    nb["cells"].insert(1, test)
    return nb


@accident("everything-upside-down", 0, "put that cell above the test")
def _reversed(nb):
    nb["cells"].reverse()
    return nb


@accident("edited-test", ALL)
def _edited(nb):
    cell(nb, "evict-order-unseen")["source"] = "# I tried something here\nraise SystemExit"
    return nb


@accident("half-characters", ALL)
def _half(nb):
    nb["cells"].insert(1, code("x = '\ud800 and \udfff'\nprint(x)"))
    return nb


# ---- code in a cell

in_cell("loop", ALL, "is there a loop without an end?", "while True:\n    pass")
in_cell(
    "loop-that-catches",
    ALL,
    "could not be interrupted",
    """
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
""",
)
in_cell("sleep", ALL, "is there a loop without an end?", "import time\ntime.sleep(1000)")
in_cell("sys-exit", ALL, "SystemExit", "import sys\nsys.exit(1)")
in_cell("exit", ALL, "", "exit()")
in_cell("os-exit", ALL, "exit status 3", "import os\nos._exit(3)")
in_cell("segfault", ALL, "SIGSEGV", "import ctypes\nctypes.string_at(0)")
in_cell(
    "abort", ALL, "ended the notebook&#39;s process|ended the notebook's process", "import os\nos.abort()"
)
in_cell("memory", ALL, "MemoryError", "x = []\nwhile True:\n    x.append(bytes(10**7))")
in_cell("one-long-line", ALL, "the rest of the output was cut", "print('x' * 300_000_000)")
in_cell("endless-print", ALL, "the rest of the output was cut", "while True:\n    print('more' * 100)")
in_cell("input", ALL, "has nobody to ask", "name = input('Your name? ')")
in_cell("stderr", ALL, "", "import sys, warnings\nprint('noise', file=sys.stderr)\nwarnings.warn('noise')")
in_cell("missing-module", ALL, "No module named", "import a_module_of_my_own")
in_cell("mistake", ALL, "invalid syntax", "def broken(:\n    pass")
in_cell("magics", ALL, "MAGIC", "%time print('MAGIC')\n%matplotlib inline\n%load_ext nothing")
in_cell("shell", ALL, "Operation not permitted", "!pip install something")
in_cell(
    "display",
    ALL,
    "IPython.core.display.HTML",
    "from IPython.display import HTML, display\ndisplay(HTML('<b>x</b>'))",
)
in_cell("await", ALL, "AWAITED", "import asyncio\nawait asyncio.sleep(0)\nprint('AWAITED')")
in_cell(
    "threads", ALL, "", "import threading, time\nthreading.Thread(target=time.sleep, args=(1000,)).start()"
)
in_cell("deep-recursion", ALL, "RecursionError|TooSlow", "def f(n):\n    return f(n + 1)\nf(0)")
in_cell("warnings-as-errors", ALL, "", "import warnings\nwarnings.simplefilter('error')")
in_cell("closed-stdout", ALL, "", "import sys\nsys.stdout.close()\nsys.stderr = None")
in_cell("own-exit-handler", ALL, "", "import atexit, time\natexit.register(time.sleep, 1000)")
in_cell("used-before-defined", ALL, "is not defined", "print(evict_order([]))")

# ---- code in a function that is tested

in_function(
    "absent-in-answer",
    WITHOUT_EVICT,
    r"records\.read is not there: an answer must not need it, and the tests miss what this cell defines",
    "from insideout import records\n\nrecords.read('qos')\n\n\ndef evict_order(pods):\n    return []",
)
in_function(
    "loop-in-function",
    WITHOUT_EVICT,
    "is there a loop without an end?",
    """
def evict_order(pods):
    while True:
        pass
""",
)
in_function(
    "loop-that-catches-in-function",
    WITHOUT_EVICT,
    "no answer within|could not be interrupted",
    """
def evict_order(pods):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
""",
)
in_function(
    "exit-in-function",
    WITHOUT_EVICT,
    "exit status 7",
    """
import os
def evict_order(pods):
    os._exit(7)
""",
)
in_function(
    "sys-exit-in-function",
    WITHOUT_EVICT,
    "SystemExit",
    """
import sys
def evict_order(pods):
    sys.exit("nothing to do")
""",
)
in_function(
    "segfault-in-function",
    WITHOUT_EVICT,
    "SIGSEGV",
    """
import ctypes
def evict_order(pods):
    ctypes.string_at(0)
""",
)
in_function(
    "memory-in-function",
    WITHOUT_EVICT,
    "MemoryError",
    """
def evict_order(pods):
    x = []
    while True:
        x.append(bytes(10**7))
""",
)
in_function(
    "noise-in-function",
    ALL,
    "",
    """
import sys, warnings
def evict_order(pods):
    print("looking at", pods)
    print("error!", file=sys.stderr)
    warnings.warn("careful")
    def key(pod):
        if pod["usage"] is None:
            return (0, pod["priority"], 0)
        excess = pod["usage"] - pod["request"]
        return (1 if excess > 0 else 2, pod["priority"], -excess)
    return [pod["name"] for pod in sorted(pods, key=key) if not pod["critical"]]
""",
)
in_function(
    "generator",
    WITHOUT_EVICT,
    "the answer holds a generator",
    """
def evict_order(pods):
    yield from (pod["name"] for pod in pods)
""",
)
in_function(
    "async-function",
    WITHOUT_EVICT,
    "the answer holds a coroutine",
    """
async def evict_order(pods):
    return []
""",
)
in_function(
    "huge-answer",
    WITHOUT_EVICT,
    "at most|deeper|levels",
    """
def evict_order(pods):
    return ["x" * 1000] * 10_000
""",
)
in_function(
    "cyclic-answer",
    WITHOUT_EVICT,
    "or holds itself",
    """
def evict_order(pods):
    answer = []
    answer.append(answer)
    return answer
""",
)
in_function(
    "huge-number",
    WITHOUT_EVICT,
    "limit",
    """
def evict_order(pods):
    return 10 ** 5000
""",
)
in_function(
    "wrong-signature",
    WITHOUT_EVICT,
    "TypeError",
    """
def evict_order():
    return []
""",
)
in_function(
    "syntax-error",
    WITHOUT_EVICT,
    "SyntaxError",
    """
def evict_order(pods)
    return []
""",
)
in_function("not-a-function", WITHOUT_EVICT, "is not a function", "evict_order = ['a', 'b']")
in_function(
    "a-class",
    WITHOUT_EVICT,
    "the answer holds a evict_order",
    """
class evict_order:
    def __init__(self, pods):
        self.pods = pods
""",
)


def write(folder: Path, one: Accident, solved: Notebook) -> None:
    """Put the accident's file into `folder`."""
    changed = one.change(json.loads(json.dumps(solved)))
    if isinstance(changed, dict):
        changed = json.dumps(changed)
    folder.mkdir(parents=True)
    data = changed if isinstance(changed, bytes) else changed.encode("utf-8", "surrogatepass")
    (folder / one.rename).write_bytes(data)
