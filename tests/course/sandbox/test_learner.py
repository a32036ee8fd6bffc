"""What a test cell can do with what a notebook defines, and what a notebook can do to it: nothing."""

import dataclasses
import signal

import pytest

from course.checks.call import Raised, call
from course.grading import testcell
from course.sandbox.learner import Learner
from course.sandbox.offers import NotOffered
from course.sandbox.standin import StandIn
from course.sandbox.warm import Warm
from insideout.client import ApiError


@pytest.fixture
def notebook(warm, limits):
    """Return a function that runs cells and gives what names hold then."""
    learner = Learner(warm, limits)

    def run(source: str, *names: str):
        result = learner.run(source)
        assert not result.died, result.died
        return learner.names(list(names))

    run.learner = learner
    yield run
    learner.close()


def test_plain_names_are_plain_and_missing_ones_are_left_out(notebook):
    assert notebook("x = {'a': [1, None]}", "x", "y") == {"x": {"a": [1, None]}}


def test_a_function_is_called_with_plain_data_both_ways(notebook):
    double = notebook("def double(things, *, by=2):\n    return [by * t for t in things]", "double")["double"]
    assert double([1, 2], by=3) == [3, 6]
    assert type(double).__name__ == "function"


def test_changes_to_arguments_come_back(notebook):
    """A function that sorts in place is seen to do so, as in the notebook's own kernel."""
    sort = notebook("def sort(things, more):\n    things.sort()\n    more['n'] = len(things)", "sort")["sort"]
    things, more = [3, 1, 2], {}
    assert sort(things, more) is None
    assert (things, more) == ([1, 2, 3], {"n": 3})


def test_an_error_says_what_and_where(notebook):
    fail = notebook("def fail(x):\n    y = x + 1\n    return [][y]", "fail")["fail"]
    with pytest.raises(Raised) as caught:
        fail(1)
    assert (caught.value.kind, caught.value.message) == ("IndexError", "list index out of range")
    assert caught.value.where == "line 3: return [][y]"


def test_what_a_function_prints_is_kept_for_the_report(notebook):
    talk = notebook("def talk():\n    print('hello', 1)\n    print('x' * 10**6)", "talk")["talk"]
    outcome = call(talk, ())
    assert outcome.printed.startswith("hello 1\nxxx")
    assert len(outcome.printed) <= 2000


@pytest.mark.parametrize(
    "answer", ["Counter('abb')", "defaultdict(int, a=1, b=2)", "OrderedDict([('b', 2), ('a', 1)])"]
)
def test_pythons_own_kinds_of_dict_are_dicts(notebook, answer):
    function = notebook(f"from collections import *\ndef answer():\n    return [{answer}]", "answer")[
        "answer"
    ]
    assert call(function, ()).value == [{"a": 1, "b": 2}]


def test_an_error_tells_the_classes_that_it_comes_from(notebook):
    source = "class Conflict(Exception): pass\nclass Bound(Conflict): pass\ndef f():\n    raise Bound('no')"
    raised = call(notebook(source, "f")["f"], ()).raised
    assert raised.kind == "Bound"
    assert raised.kinds >= {"Bound", "Conflict", "Exception"}


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        ("collections.ChainMap()", "ChainMap"),
        ("decimal.Decimal(1)", "Decimal"),
        ("object()", "object"),
        ("type('str', (), {'__eq__': lambda *a: True})()", "str"),
        ("iter([])", "list_iterator"),
    ],
)
def test_an_answer_that_is_not_plain_is_named_as_in_the_notebook(notebook, answer, named):
    function = notebook(f"import collections, decimal\ndef answer():\n    return {answer}", "answer")[
        "answer"
    ]
    outcome = call(function, ())
    assert outcome.raised is not None
    assert outcome.raised.kind == "NotPlain"
    assert f"holds a {named}" in outcome.raised.message


def test_a_class_is_made_and_its_objects_are_used(notebook):
    source = """
class Node:
    def __init__(self, name, peers):
        self.name, self.peers, self.log = name, peers, []
    def receive(self, message):
        self.log.append(message)
        return [(peer, message) for peer in self.peers]
    def _secret(self):
        return 1
"""
    node = notebook(source, "Node")["Node"]("a", ["b", "c"])
    assert isinstance(node, StandIn)
    assert node.receive({"term": 1}) == [("b", {"term": 1}), ("c", {"term": 1})]
    assert (node.name, node.log) == ("a", [{"term": 1}])
    assert not hasattr(node, "missing")
    assert not hasattr(node, "_secret")


class Store:
    """A trusted object with the seven verbs of a client, and something that must stay out of reach."""

    def __init__(self):
        self.objects = {"web": {"metadata": {"name": "web"}, "spec": {"replicas": 3}}}
        self.secret = "s3cret"
        self.listeners = []

    def get(self, resource, name, namespace=None, *, subresource=""):
        if name not in self.objects:
            raise ApiError({"code": 404, "reason": "NotFound", "message": f'{resource} "{name}" not found'})
        return self.objects[name]

    def create(self, resource, obj, namespace=None, *, name="", subresource="", dry_run=False):
        self.objects[obj["metadata"]["name"]] = obj
        for listener in self.listeners:
            listener(obj)
        return obj

    def watch(self, resource, on_event, namespace=None, **more):
        self.listeners.append(on_event)
        return Watch()

    def _unused(self, *args, **more):
        raise NotImplementedError

    list = update = patch = delete = _unused


class Watch:
    """What a watch gives back."""

    def stop(self):
        """Stop nothing."""


RECONCILE = """
from insideout.client import ApiError
def reconcile(api, key):
    try:
        found = api.get("deployments.apps", key)
    except ApiError as error:
        return [error.code, error.reason, str(error)]
    for number in range(found["spec"]["replicas"]):
        api.create("pods", {"metadata": {"name": f"{key}-{number}"}}, "default")
    return "done"
"""


def test_a_learners_code_calls_back_into_a_trusted_object(notebook):
    store = Store()
    reconcile = notebook(RECONCILE, "reconcile")["reconcile"]
    assert reconcile(store, "web") == "done"
    assert sorted(store.objects) == ["web", "web-0", "web-1", "web-2"]


def test_an_api_error_arrives_with_its_status(notebook):
    reconcile = notebook(RECONCILE, "reconcile")["reconcile"]
    assert reconcile(Store(), "db") == [404, "NotFound", 'deployments.apps "db" not found']


def test_calls_go_to_and_fro_between_the_two_sides(notebook):
    """A watch's callback is the learner's, its events are the store's, and it may create again."""
    source = """
seen = []
def start(api):
    def on_event(obj):
        seen.append(obj["metadata"]["name"])
        if len(seen) < 3:
            api.create("pods", {"metadata": {"name": "pod-%d" % len(seen)}})
    watch = api.watch("pods", on_event)
    api.create("pods", {"metadata": {"name": "first"}})
    watch.stop()
    return seen
"""
    assert notebook(source, "start")["start"](Store()) == ["first", "pod-1", "pod-2"]


@pytest.mark.parametrize(
    "reach",
    [
        "api.secret",
        "api.__class__",
        "api.get.__globals__",
        "api._unused()",
        "api.objects",
        "vars(api)['secret']",
        "api._agent.ask(0, 'secret', (), {})",
        "api._agent.ask(0, '__init__', (), {})",
        "api._agent.ask(7, 'get', ('pods', 'web'), {})",
        "api._agent.ask(0, '__getattribute__', ('secret',), {})",
    ],
)
def test_only_offered_methods_of_a_trusted_object_can_be_reached(notebook, reach):
    store = Store()
    function = notebook(f"def reach(api):\n    return repr({reach})", "reach")["reach"]
    outcome = call(function, (store,))
    assert outcome.raised or "s3cret" not in outcome.value


def test_a_trusted_function_that_is_handed_over_can_be_called_and_raise(notebook):
    def send(to, message):
        if to == "nobody":
            raise ValueError("there is no such node")
        sent.append((to, message))

    sent: list = []
    source = """
def broadcast(send):
    send("b", {"term": 2})
    try:
        send("nobody", None)
    except ValueError as error:
        return str(error)
"""
    assert notebook(source, "broadcast")["broadcast"](send) == "there is no such node"
    assert sent == [("b", {"term": 2})]


def test_endless_calls_to_and_fro_end(notebook):
    def again(function):
        return function(again)

    forever = notebook("def forever(again):\n    return again(forever)", "forever")["forever"]
    outcome = call(forever, (again,))
    assert outcome.raised is not None
    assert "nest deeper" in outcome.raised.message


def test_an_object_that_offers_nothing_cannot_be_handed_over(notebook):
    identity = notebook("def identity(x):\n    return x", "identity")["identity"]
    with pytest.raises(NotOffered, match="give the class `offers"):
        identity(object())


def test_the_same_object_comes_back_as_itself(notebook):
    store = Store()
    assert notebook("def identity(x):\n    return [x, x]", "identity")["identity"](store) == [store, store]


def test_a_process_that_dies_in_a_call_is_brought_back_for_the_next(notebook):
    source = "import os\ncount = [5]\ndef f(x):\n    if x == 2:\n        os._exit(9)\n    return x + count[0]"
    function = notebook(source, "f")["f"]
    assert function(1) == 6
    with pytest.raises(Raised, match="exit status 9"):
        function(2)
    assert function(3) == 8


def test_a_cell_that_ends_the_process_is_left_out_when_it_is_started_again(notebook):
    notebook("x = 1")
    died = notebook.learner.run("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\nos._exit(1)")
    assert "exit status 1" in died.died
    assert notebook("y = x + 1", "x", "y") == {"x": 1, "y": 2}


def test_a_loop_that_cannot_be_interrupted_costs_only_itself(notebook):
    source = """
def stuck():
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
def fine():
    return 1
"""
    found = notebook(source, "stuck", "fine")
    outcome = call(found["stuck"], (), limit_s=0.5)
    assert outcome.raised is not None
    assert outcome.raised.kind == "TooSlow"
    assert found["fine"]() == 1


def test_a_loop_in_a_call_is_stopped_within_the_checks_limit(notebook):
    function = notebook("def stuck():\n    while True:\n        pass", "stuck")["stuck"]
    outcome = call(function, (), limit_s=0.5)
    assert outcome.raised is not None
    assert outcome.raised.kind == "TooSlow"
    assert notebook.learner.usage == [], "it was stopped by its own alarm, not killed"


def run_test(source: str, learner: Learner, later=()):
    return testcell.run(source, "t", 3, learner, list(later))


def test_names_that_a_test_binds_or_python_has_are_never_the_learners(notebook):
    notebook("course = 1\nprint = len = None\ndef f():\n    return 2\nexpected = 2")
    run = run_test("import course.checks\nexpected = 3\nprint(len([f(), expected]))\n3", notebook.learner)
    assert [one.get("text") for one in run.outputs] == ["2\n", "3"]


def test_the_seed_of_the_hidden_cases_is_never_the_learners(notebook, monkeypatch):
    monkeypatch.setenv("COURSE_HIDDEN_SEED", "77")
    notebook("def instructor_seed():\n    return 6")
    run = run_test("print(instructor_seed())\n3", notebook.learner)
    assert run.outputs[0]["text"] == "77\n"


def test_methods_called_often_take_no_memory_and_one_message_each(notebook):
    """A Raft node is ticked a hundred thousand times."""
    node = notebook(
        "class Node:\n    n = 0\n    def tick(self):\n        self.n += 1\n        return self.n", "Node"
    )["Node"]()
    for _ in range(3_000):
        last = node.tick()
    assert last == 3_000
    assert node.tick is node.tick


@pytest.mark.parametrize("value", ["4", "-1", "float('nan')", "'3'", "f", "True", "f()"])
def test_a_value_that_is_no_points_gives_none_and_is_reported(notebook, value):
    notebook("def f():\n    return 99")
    run = run_test(value, notebook.learner)
    assert run.outputs[-1]["kind"] == "error"
    assert run.fault


def test_a_test_of_assertions_says_which_failed(notebook):
    notebook("x = 1")
    run = run_test("assert x == 2, 'x is not 2'", notebook.learner)
    assert run.outputs[-1]["message"] == "x is not 2"
    assert run.outputs[-1]["lines"] == ["line 1: assert x == 2, 'x is not 2'", "AssertionError: x is not 2"]
    assert not run.fault


def test_a_name_that_comes_too_late_is_explained(notebook):
    run = run_test("missing()", notebook.learner, ["def missing():\n    return 1"])
    assert "put that cell above the test" in run.outputs[-1]["message"]


@pytest.mark.parametrize("later", ["-" * 100_000 + "1", "a" + ".a" * 100_000, "(" * 1000, "\0", "?"])
def test_a_cell_below_a_test_may_hold_anything(notebook, later):
    done = testcell.run("late()", "t", 1, notebook.learner, [later])
    assert "no cell above this test defined it" in done.outputs[0]["message"]
    assert done.fault == ""


def test_a_check_that_breaks_is_not_the_learners_doing(notebook):
    run = run_test("{}['x']", notebook.learner)
    assert run.fault == "t: KeyError: 'x'"


RAFT = """
import course.units.u03_raft.checks
course.units.u03_raft.checks.stage(Election, "election", seed=3, points=1)
"""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise NotImplementedError", "not written yet"),
        ("self.nowhere += 1", "(at line 5: self.nowhere += 1)"),
    ],
)
def test_a_class_whose_method_raises_is_told_as_in_the_learners_own_kernel(notebook, body, said):
    head = "from insideout.raft.node import Node\n\nclass Election(Node):\n    def on_tick(self):\n"
    notebook(f"{head}        {body}\n", "Election")
    done = testcell.run(RAFT, "t", 1, notebook.learner, [])
    assert done.fault == ""
    assert said in done.outputs[0]["text"]
    assert "Raised" not in done.outputs[0]["text"]


def test_an_alarm_that_rings_while_a_process_is_ended_does_not_hurt_the_next_notebook(
    protection, limits, monkeypatch
):
    """A function that ends its process just when the check's time is over chooses that moment."""
    with Warm(protection, limits) as warm:
        learner = Learner(warm, limits)
        learner.run("import os\ndef die():\n    os._exit(1)")
        die = learner.names(["die"])["die"]
        answer = warm._answer

        def ring_first():
            signal.raise_signal(signal.SIGALRM)
            return answer()

        monkeypatch.setattr(warm, "_answer", ring_first)
        outcome = call(die, ())
        monkeypatch.undo()
        learner.close()
        assert outcome.raised.kind == "TooSlow"
        later = Learner(warm, limits)
        assert later.run("1 + 1").outputs == [{"kind": "result", "text": "2"}]
        later.close()
        assert len(later.usage) == 1


class Harness:
    """Calls two functions of the learner's while another one waits for it."""

    offers = ("play",)

    def __init__(self, *functions):
        self.functions = functions
        self.came = []

    def play(self):
        self.came = [call(function, ()) for function in self.functions]


def test_a_process_that_dies_in_a_call_to_and_fro_is_brought_back_and_costs_the_outer_call(notebook):
    source = "import os\ndef die():\n    os._exit(3)\ndef live():\n    return 1\ndef play(on):\n    on.play()"
    found = notebook(source, "die", "live", "play")
    harness = Harness(found["die"], found["live"])
    with pytest.raises(Raised, match="exit status 3"):
        found["play"](harness)
    assert [one.raised and one.raised.kind for one in harness.came] == ["Stopped", None]
    assert found["live"]() == 1
    assert len(notebook.learner.usage) == 1, "the new process was ended as well"


def test_a_cell_too_large_to_be_sent_costs_itself(notebook):
    assert "the cell is too large" in notebook.learner.run("#" * 5_000_000).died
    assert notebook("x = 1", "x") == {"x": 1}


def test_a_name_that_holds_a_taken_back_object_is_the_learners_doing(notebook):
    notebook("def keep(thing):\n    global kept\n    kept = thing", "keep")["keep"](Harness())
    notebook.learner.end_test()
    done = testcell.run("kept", "t", 1, notebook.learner, [])
    assert done.fault == ""
    assert "taken back" in done.outputs[0]["message"]


def test_functions_without_a_name_that_failed_in_cells_cost_none_in_a_test(warm, limits):
    learner = Learner(warm, dataclasses.replace(limits, failing_s=0.0, impatient_s=0.01))
    learner.run("import time\ndef make(slow_s):\n    return lambda: time.sleep(slow_s) or 1 / bool(slow_s)")
    with pytest.raises(Raised, match="division by zero"):
        learner.names(["make"])["make"](0)()
    learner.begin_test()
    assert learner.names(["make"])["make"](0.2)() == 1
    learner.close()


def test_an_answer_of_a_trusted_object_that_is_too_large_is_an_error_of_its_call(notebook):
    source = """
def ask(function):
    try:
        function()
    except Exception as error:
        return str(error)
"""
    assert "at most 4,194,304 are allowed" in notebook(source, "ask")["ask"](lambda: "x" * 5_000_000)
