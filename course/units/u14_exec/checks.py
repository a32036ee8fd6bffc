"""Checks of unit 14: who may exec, and what the frames of a stream say."""

from typing import Any

from course.checks import examples
from course.checks.place import Place
from course.checks.report import grade
from course.units.u14_exec import answers, live
from course.units.u14_exec import cases as made
from course.units.u14_exec.frames import shown
from course.units.u14_exec.misconceptions import ALLOWED, DEMUX

_ALLOWED_DOC = Place("2. Who may", "pkg/registry/core/pod/rest/authorize.go")
_FRAMES_DOC = Place("3. Frames", "k8s.io/client-go/tools/remotecommand/{websocket,v4,v5}.go")
_WORK_DOC = Place("4. At work")


def allowed_first(given: Any, *, points: float) -> float:
    """Check the learner's own examples for `exec_allowed`, before it is written."""
    return examples.grade(
        "allowed_examples", _listed(given), _allowed, _wrong_allowed(), points=points, read=_ALLOWED_DOC
    )


def allowed_examples(function: Any, *, points: float) -> float:
    """Check `exec_allowed(verbs, transport)` for every transport."""
    return grade(
        "exec_allowed",
        function,
        made.allowed_cases(),
        points=points,
        read=_ALLOWED_DOC,
        arguments=("verbs", "transport"),
        misconceptions=ALLOWED,
    )


def allowed_records(function: Any, *, points: float) -> float:
    """Check `exec_allowed` against what a real API server allowed."""
    return grade(
        "exec_allowed",
        function,
        made.recorded_cases(),
        points=points,
        read=_ALLOWED_DOC,
        arguments=("verbs", "transport"),
    )


def demux_frames(demux: Any, *, points: float) -> float:
    """Check `Demux.feed`, a rule at a time."""
    return _demux(demux, made.frame_cases(), points)


def demux_exit(demux: Any, *, points: float) -> float:
    """Check `Demux.exit_code`, a rule at a time."""
    return _demux(demux, made.exit_cases(), points)


def demux_unseen(demux: Any, *, seed: int, points: float) -> float:
    """Check `Demux` on streams drawn with `seed`."""
    return _demux(demux, made.unseen_cases(seed), points)


def demux_at_work(demux: Any, *, points: float) -> float:
    """Check `Demux` between a client and the containers of a cluster."""
    work = live.at_work(demux) if callable(demux) else demux
    return grade("Demux", work, live.cases(), points=points, read=_WORK_DOC, arguments=("what is run",))


def _demux(demux: Any, cases: Any, points: float) -> float:
    run = made.played(demux) if callable(demux) else demux
    return grade("Demux", run, cases, points=points, read=_FRAMES_DOC, show=shown, misconceptions=DEMUX)


def _allowed(verbs: list[str], transport: str) -> list[Any]:
    return list(answers.exec_allowed(verbs, transport))


def _wrong_allowed() -> dict[str, Any]:
    def listed(wrong: Any) -> Any:
        return lambda verbs, transport: list(wrong(verbs, transport))

    return {belief: listed(wrong) for belief, wrong in ALLOWED.items()}


def _listed(given: Any) -> Any:
    """Return the examples with the missing verbs in order."""
    if type(given) is not list:
        return given
    return [
        (*one[:-1], [one[-1][0], sorted(one[-1][1], key=repr)])
        if type(one) in (tuple, list)
        and one
        and type(one[-1]) in (tuple, list)
        and len(one[-1]) == 2
        and type(one[-1][1]) in (tuple, list, set)
        else one
        for one in given
    ]
