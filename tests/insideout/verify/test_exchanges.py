"""What the steps of a recorded scenario mean, played against a server that answers from a script."""

import pytest

from insideout.backends.embedded import EmbeddedBackend
from insideout.verify.exchanges import play_http
from insideout.verify.wire import Answer, Wire


class Script:
    """A wire whose server gives the next answer of a list, and notes what it was asked."""

    def __init__(self, *answers, elsewhere=None):
        self.answers = list(answers)
        self.asked = []
        self.slept_s = 0.0
        self.elsewhere = lambda flags: elsewhere

    def request(self, method, path, **sent):
        return 201, {}

    def ask(self, method, path, **sent):
        self.asked.append((method, path, sent))
        return self.answers.pop(0)

    def watch(self, path, query, seconds, **sent):
        return self.ask("WATCH", path, query=query, seconds=seconds, **sent)

    def sleep(self, seconds):
        self.slept_s += seconds

    def later(self, delays_s, act):
        for which, _ in enumerate(delays_s):
            act(which)
        return lambda: None

    def compacted(self):
        return False


def found(wire, steps, want, **options):
    """Return the differences of each exchange of one scenario."""
    row = {"scenario": "s", "steps": steps, "want": want, **options}
    return [outcome.differences for outcome in play_http(wire, [row])]


def obj(name, version):
    return {"kind": "ConfigMap", "metadata": {"name": name, "resourceVersion": version}}


GET = {"m": "GET", "p": "/x"}


def test_a_right_answer_has_no_difference_and_a_wrong_one_says_which():
    assert found(Script(Answer(200, {"a": 1}, {})), [GET], [[0, 200, {"a": 1}]]) == [()]
    assert found(Script(Answer(404, {"a": 2}, {})), [GET], [[0, 200, {"a": 1}]]) == [
        ("code: want 200, got 404", ".a: want 1, got 2")
    ]


def test_shown_headers_count():
    step = {**GET, "show": ["Retry-After"]}
    answer = Answer(200, {}, {"Retry-After": "1"})
    assert found(Script(answer), [step], [[0, 200, {}, {"Retry-After": "1"}]]) == [()]
    assert found(Script(answer), [step], [[0, 200, {}, {"Retry-After": "2"}]]) != [()]


def test_only_what_is_picked_counts():
    step = {**GET, "pick": "items.1.a"}
    answer = Answer(200, {"items": [{}, {"a": 7}]}, {})
    assert found(Script(answer), [step], [[0, 200, 7]]) == [()]
    assert found(Script(answer), [{**GET, "pick": "items.2"}], [[0, 200, None]]) == [()]


def test_until_repeats_and_the_last_answer_counts():
    wire = Script(Answer(404, {}, {}), Answer(404, {}, {}), Answer(200, {"a": 1}, {}))
    assert found(wire, [{**GET, "until": 200}], [[0, 200, {"a": 1}]]) == [()]
    assert wire.slept_s == pytest.approx(0.2)


def test_versions_are_told_by_what_was_saved():
    steps = [{**GET, "save": "a"}, {**GET, "save": "b"}, GET, GET]
    answers = [Answer(200, obj("a", "4"), {}), Answer(200, obj("b", "6"), {})]
    answers += [Answer(200, obj("c", version), {}) for version in ("5", "6")]
    want = [
        [0, 200, {"name": "a", "rv": "=a"}],
        [1, 200, {"name": "b", "rv": "=b"}],
        [2, 200, {"name": "c", "rv": ">a"}],
        [3, 200, {"name": "c", "rv": "=b"}],
    ]
    assert found(Script(*answers), steps, want, brief=True, rvs=True) == [(), (), (), ()]


def test_of_several_bookmarks_in_a_row_the_last_counts():
    def bookmark(version):
        return {"type": "BOOKMARK", "object": {"kind": "Pod", "metadata": {"resourceVersion": version}}}

    answer = Answer(200, [bookmark("4"), bookmark("5")], {})
    step = {"m": "WATCH", "p": "/x", "bookmarks": True}
    shown = {"type": "BOOKMARK", "object": {"kind": "Pod", "metadata": {"resourceVersion": "<rv>"}}}
    assert found(Script(answer), [step], [[0, 200, [shown]]]) == [()]
    assert found(Script(answer), [{**step, "bookmarks": False}], [[0, 200, []]]) == [()]


def test_unordered_causes_are_sorted():
    causes = [{"field": "b", "message": "two"}, {"field": "a", "message": "one"}]
    status = {"message": 'X "" is invalid: [b: two, a: one]', "details": {"causes": causes}}
    sorted_ = {"message": 'X "" is invalid: [a: one, b: two]', "details": {"causes": causes[::-1]}}
    assert found(Script(Answer(422, status, {})), [GET], [[0, 422, sorted_]], unordered=True) == [()]


def test_what_cannot_be_compacted_ends_the_scenario():
    steps = [GET, {"compact": True}, GET]
    assert found(Script(Answer(200, {}, {})), steps, [[0, 200, {}], [2, 410, {}]]) == [()]


def test_another_servers_flags_need_another_server():
    (why,) = found(Script(), [GET], [[0, 200, {}]], server="--some-flag")
    assert why == ("not played: it needs a server with --some-flag",)
    other = Script(Answer(200, {}, {}))
    assert found(Script(elsewhere=other), [GET], [[0, 200, {}]], server="--some-flag") == [()]


def test_a_later_step_is_asked_while_the_next_watch_goes_on():
    """One second after a watch of the embedded server began, an object is created, and the watch shows it."""
    backend = EmbeddedBackend()
    path = "/api/v1/namespaces/${ns}/configmaps"
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    steps = [
        {"m": "POST", "p": path, "b": body, "later": 1, "save": "a"},
        {"m": "WATCH", "p": path, "seconds": 3},
    ]
    want = [[0, 201, {"name": "a", "rv": "=a"}], [1, 200, [{"type": "ADDED", "name": "a", "rv": "=a"}]]]
    wire = Wire(backend.api_client(), backend.loop)
    assert found(wire, steps, want, brief=True, rvs=True) == [(), ()]
    assert backend.loop.now_s == 3
