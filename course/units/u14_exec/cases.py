"""The cases of unit 14: each rule is a contrast, so that no constant answer holds."""

import random
from collections.abc import Callable, Iterator
from itertools import chain, combinations
from typing import Any

from course.checks.call import kinds_of
from course.checks.report import Case, Raises, kept
from course.units.u14_exec import answers
from course.units.u14_exec.frames import Frame, frame, status
from insideout import records

Outcome = dict[str, Any]
VERBS = [[], ["get"], ["create"], ["get", "create"], ["create", "list"], ["get", "watch"]]


def played(make: Callable[[], Any]) -> Callable[[list[Frame]], Outcome]:
    """Return a function that feeds frames to a new demultiplexer and says what it made of them."""

    def run(frames: list[Frame]) -> Outcome:
        demux = make()
        for one in frames:
            demux.feed(list(one))
        try:
            code = demux.exit_code()
        except Exception as error:
            if "NotImplementedError" in kinds_of(error):
                raise
            code = what_was_raised(error)
        return {"stdout": demux.stdout, "stderr": demux.stderr, "exit_code": code}

    return run


def what_was_raised(error: Exception) -> str:
    """Say which error it was; a class of the learner's own that is a ValueError is a ValueError."""
    if "ValueError" in kinds_of(error):
        return "raises ValueError"
    return f"raises {getattr(error, 'kind', type(error).__name__)}"


@kept
def frame_cases() -> Iterator[Case]:
    """Yield the examples for `Demux.feed`."""
    for rule, table in _FRAMES.items():
        for frames in table:
            yield demux_case(rule, frames)


@kept
def exit_cases() -> Iterator[Case]:
    """Yield the examples for `Demux.exit_code`."""
    for rule, table in _EXITS.items():
        for frames in table:
            yield demux_case(rule, frames)


@kept
def unseen_cases(seed: int) -> Iterator[Case]:
    """Yield streams as servers send them, cut into frames at random places."""
    rng = random.Random(f"demux/{seed}")
    for rule, ends in _ENDS.items():
        for _ in range(12):
            data = {channel: _text(rng).encode() for channel in (1, 2)}
            frames = list(chain(*(_cut(rng, channel, text) for channel, text in data.items())))
            rng.shuffle(frames) if len({one[0] for one in frames}) < 2 else frames.sort(
                key=lambda one: one[0]
            )
            frames.insert(0, frame(rng.choice([1, 2, 3])))
            end = ends(rng)
            cut = rng.randint(2, len(end))
            frames += [end[:cut], [3, *end[cut:]]] if rng.random() < 0.5 else [end]
            if rng.random() < 0.4:
                frames.insert(rng.randint(1, len(frames)), [255, 0])
            yield demux_case(rule, frames)


def demux_case(rule: str, frames: list[Frame]) -> Case:
    """Return one case with its right answer."""
    try:
        expected: Any = played(answers.Demux)(frames)
    except ValueError:
        expected = Raises("ValueError")
    return Case(rule, (frames,), expected)


@kept
def allowed_cases() -> Iterator[Case]:
    """Yield every set of verbs over every transport."""
    for transport, rule in _TRANSPORTS.items():
        for verbs in VERBS:
            right = list(answers.exec_allowed(verbs, transport))
            yield Case(rule, (verbs, transport), right, in_order, keeps=True)


@kept
def recorded_cases() -> Iterator[Case]:
    """Yield what the record says of users with some verbs: allowed or not."""
    verbs = {"alice": ["get"], "bob": ["create"], "carol": ["get", "create"], "admin": ["get", "create"]}
    for row in records.read("exec"):
        sent = row["request"]
        upgrade = dict(sent["headers"]).get("Upgrade")
        if sent["sub"] != "exec" or sent["pod"] != "one" or row["case"] in ("missing-container", "spdy-get"):
            continue
        if upgrade is None or (upgrade != "websocket" and sent["method"] == "GET"):
            continue
        transport = "websocket" if upgrade == "websocket" else "spdy"
        allowed = row["answer"]["code"] == 101
        rule = (
            "what the record says of a WebSocket"
            if upgrade == "websocket"
            else "what the record says of SPDY"
        )
        yield Case(rule, (verbs[sent["user"]], transport), allowed, _first)


def in_order(answer: Any) -> Any:
    """Return the answer with the missing verbs in order; a set or a tuple will do."""
    if type(answer) is not list or len(answer) != 2:
        return answer
    allowed, missing = answer
    if type(missing) is dict and list(missing) == ["set of"]:
        missing = missing["set of"]
    return [allowed, sorted(missing, key=repr) if type(missing) is list else missing]


def _first(answer: Any) -> Any:
    return answer[0] if type(answer) is list and answer else answer


def all_subsets(names: list[str]) -> list[list[str]]:
    """Return every set of names, smallest first."""
    return [list(one) for size in range(len(names) + 1) for one in combinations(names, size)]


_TRANSPORTS = {
    "spdy": "SPDY begins with a POST",
    "websocket": "a WebSocket begins with a GET, and needs more than that since v1.35",
    "kubectl": "kubectl tries a WebSocket first, and SPDY where that is refused",
}

_FRAMES: dict[str, list[list[Frame]]] = {
    "channel 1 is standard output": [
        [frame(1, "hi\n")],
        [frame(1, "a"), frame(1, "b")],
    ],
    "channel 2 is standard error, apart from it": [
        [frame(1, "a"), frame(2, "b"), frame(1, "c")],
        [frame(2, "b")],
    ],
    "a frame without data says nothing, and so does an empty one": [
        [],
        [[]],
        [frame(1), frame(1, "a")],
        [[], frame(2, "b")],
        [frame(3), frame(1, "c")],
    ],
    "a character may be split between frames": [
        [frame(1, "ä".encode()[:1]), frame(1, "ä".encode()[1:] + b"b")],
        [frame(1, "€".encode()[:2]), frame(2, "x"), frame(1, "€".encode()[2:])],
    ],
    "255 closes one channel, and the others go on": [
        [frame(255, b"\x01"), frame(2, "still here")],
        [frame(1, "a"), frame(255, b"\x00"), frame(1, "b"), status()],
        [frame(255, b"\x02"), frame(1, "c"), status(2)],
    ],
    "no other channel comes from a server: ValueError": [
        [frame(5, "x")],
        [frame(0, "x")],
        [frame(4, '{"Width":80,"Height":24}')],
        [frame(1, "fine")],
    ],
}

_EXITS: dict[str, list[list[Frame]]] = {
    "no Status yet: None; Success: 0": [
        [frame(1, "a")],
        [frame(1, "a"), status()],
        [frame(3)],
    ],
    "NonZeroExitCode: the number in the cause ExitCode": [
        [status(3)],
        [status(137)],
        [frame(1, "out"), frame(2, "err"), status(1)],
    ],
    "the cause ExitCode may have company": [
        [
            status(
                4,
                details={
                    "causes": [
                        {"reason": "Other", "message": "9"},
                        {"reason": "ExitCode", "message": "4"},
                    ]
                },
            )
        ],
        [status(5, details={"name": "x", "causes": [{"reason": "ExitCode", "message": "5"}]})],
    ],
    "a Failure without an exit code has none: ValueError, not 1": [
        [status(None, status="Failure", reason="InternalError", message="no such container", code=500)],
        [status(3, details={"causes": []})],
        [status(3, details=None)],
        [status(3, reason="InternalError")],
        [status(1)],
    ],
    "the number has eight bits and is decimal; anything else is a ValueError": [
        [status(255)],
        [status(256)],
        [status("0x3")],
        [status("-1")],
    ],
    "the Status may come in several frames": [
        [status(7)[:20], [3, *status(7)[20:]]],
        [status()[:5], frame(1, "late"), [3, *status()[5:]]],
        [status(9)[:20], frame(255, b"\x01"), [3, *status(9)[20:]]],
    ],
}

_ENDS: dict[str, Callable[[random.Random], Frame]] = {
    "a stream that ends well or with a code, whatever is written to it": lambda rng: (
        status() if rng.random() < 0.3 else status(rng.randint(1, 255))
    ),
    "a stream that ends without a code is an error": lambda rng: (
        status(rng.randint(1, 255))
        if rng.random() < 0.5
        else status(None, status="Failure", reason="InternalError", message="x")
    ),
}


def _text(rng: random.Random) -> str:
    return "".join(rng.choice("ab ä€\n") for _ in range(rng.randint(1, 12)))


def _cut(rng: random.Random, channel: int, data: bytes) -> list[Frame]:
    frames = []
    while data:
        size = rng.randint(1, 5)
        frames.append([channel, *data[:size]])
        data = data[size:]
    return frames
