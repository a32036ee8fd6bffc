"""Whatever the learner's process sends, the trusted side gives an answer or an error that it expects."""

import contextlib
import json
import socket
import struct
import threading
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course.checks.call import Raised
from course.sandbox import told
from course.sandbox.hosts import Hosts
from course.sandbox.inside import wire
from course.sandbox.learner import CellRun, Died, Learner
from course.sandbox.limits import Limits
from course.sandbox.standin import make
from course.sandbox.warm import Ending

LIMITS = Limits(call_s=0.3, cell_s=0.3, grace_s=0.1, test_s=2, restarts=1, restarts_in_test=0)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 6)
    | st.floats()
    | st.sampled_from(["call", "run", "__call__", "get", "open", "f", "\ud800", "stream", "result", "error"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["d", "m", "t", "s", "f", "x", "n", "o", "h", "kind", "text", "name", "lines", "0"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=10,
)
FRAMES = st.lists(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            [
                *("do", "id", "target", "method", "args", "kwargs", "value", "error", "printed", "after"),
                *("values", "outputs", "service"),
            ],
            JSON,
        )
        | {"re": st.integers(0, 4)},
    ),
    max_size=6,
)


class FakeWarm:
    """Gives connections on which everything was sent already."""

    hosts = Hosts()

    def __init__(self, *batches: list) -> None:
        self.batches = list(batches)
        self.sockets: list[socket.socket] = []

    def start(self, files: object = ()) -> socket.socket:
        ours, theirs = socket.socketpair()
        data = b""
        for frame in self.batches.pop(0) if self.batches else []:
            body = frame if isinstance(frame, bytes) else json.dumps(frame).encode()
            data += struct.pack(">I", len(body)) + body
        threading.Thread(target=_send, args=(theirs, data), daemon=True).start()
        self.sockets.append(theirs)
        return ours

    def stop(self) -> Ending:
        self.sockets.pop().close()
        return Ending(-9)


def _send(sock: socket.socket, data: bytes) -> None:
    with contextlib.suppress(OSError):  # nobody reads any more
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(FRAMES, FRAMES, st.sampled_from(["run", "names", "call", "attribute"]))
def test_any_frames_give_an_answer_or_an_error_that_is_expected(first, second, step):
    learner = Learner(FakeWarm(first, second), LIMITS)
    target = make(learner, 0, 0, "function", is_callable=True, name="f")
    handed_over = []
    try:
        if step == "run":
            assert isinstance(learner.run("x = 1"), CellRun)
        elif step == "names":
            assert isinstance(learner.names(["f", "g"]), dict)
        elif step == "call":
            learner.call(target, ({"a": [1]}, handed_over.append), {})
        else:
            learner.attribute(target, "name")
    except (Raised, Died, AttributeError) as error:
        assert json.dumps(str(error)).isascii()  # noqa: PT017  any of these is right
    finally:
        learner.close()


@pytest.mark.parametrize(
    "call",
    [
        {"do": "call", "id": 1, "target": 5, "method": "__call__", "args": [], "kwargs": {}},
        {"do": "call", "id": "1", "target": 0, "method": "__call__", "args": [], "kwargs": {}},
        {"do": "call", "id": 1, "target": True, "method": "__call__", "args": [], "kwargs": {}},
        {"do": "call", "id": 1, "target": 0, "method": ["__call__"], "args": [], "kwargs": {}},
        {"do": "call", "id": 1, "target": 0, "method": "__call__", "args": {}, "kwargs": {}},
        {"do": "exec", "id": 1, "source": "import os"},
        {"re": 1, "value": {"h": 9}},
        {"re": 1},
        {},
    ],
    ids=str,
)
def test_a_forged_call_ends_the_process_or_means_nothing(call):
    learner = Learner(FakeWarm([call]), LIMITS)
    target = make(learner, 0, 0, "function", is_callable=True, name="f")
    reached = []
    try:
        value = learner.call(target, (reached.append,), {})
    except Raised as error:
        assert error.kind == "Stopped"  # noqa: PT017  a reply without a value is a None
    else:
        assert value is None
    assert reached == []
    learner.close()


def test_a_process_that_sends_without_end_is_stopped_in_time():
    learner = Learner(FakeWarm([{"re": 99, "value": 1}] * 2000), LIMITS)
    started_s = time.monotonic()
    assert learner.run("x = 1").died
    assert time.monotonic() - started_s < 2
    learner.close()


@pytest.mark.parametrize("values", [1, 20], ids=["in-one-value", "in-many-values"])
def test_too_many_objects_end_the_process(values):
    objects = [{"o": [number, "T", False, []]} for number in range(30_000 // values)]
    many = {"re": 1, "values": dict.fromkeys("abcdefghijklmnopqrst"[:values], objects)}
    learner = Learner(FakeWarm([many]), LIMITS)
    with pytest.raises(Died, match="more than 2000 objects"):
        learner.names(list(many["values"]))
    learner.close()


OUTPUTS = {
    "errors": {"kind": "error", "name": "n" * 200, "message": "m" * 2000, "lines": []},
    "lines": {"kind": "error", "name": "", "message": "", "lines": ["\n" * 500] * 10},
    "text": {"kind": "stream", "name": "stdout", "text": "x" * 5000},
    "nothing": {"kind": "display", "text": ""},
}


@pytest.mark.parametrize("output", OUTPUTS.values(), ids=OUTPUTS)
def test_the_outputs_of_all_cells_together_have_a_limit(output, monkeypatch):
    monkeypatch.setattr(told, "ALL_LIMIT", 30_000)
    cells = 5
    frames = [{"re": cell + 1, "outputs": [output] * 300} for cell in range(cells)]
    learner = Learner(FakeWarm(frames), LIMITS)
    kept = [one for _ in range(cells) for one in learner.run("1").outputs]
    learner.close()
    assert 0 < len(kept) <= 600
    assert len(json.dumps(kept)) < 5 * 30_000


def test_a_frame_that_is_no_json_ends_the_process():
    learner = Learner(FakeWarm([b"\x80\x04\x95pickle"]), LIMITS)
    with pytest.raises(Died, match="not JSON"):
        learner.names(["f"])
    learner.close()


def test_a_reply_to_an_earlier_question_is_not_taken_for_the_answer():
    learner = Learner(FakeWarm([{"re": 0, "values": {"f": 1}}, {"re": 7, "values": {"f": 2}}]), LIMITS)
    with pytest.raises(Died):
        learner.names(["f"])
    learner.close()


def test_the_wires_limits_hold_for_what_the_check_sends():
    learner = Learner(FakeWarm([]), LIMITS)
    target = make(learner, 0, 0, "function", is_callable=True, name="f")
    with pytest.raises(Raised, match="at most"):
        learner.call(target, ("x" * (wire.FRAME_LIMIT_BYTES + 1),), {})
    learner.close()
