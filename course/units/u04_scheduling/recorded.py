"""Cases from records: what a kubelet's back-off and a scheduler v1.36.2 did."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from course.checks.call import Raised
from course.checks.report import Case, kept
from course.units.u04_scheduling import answers
from course.units.u04_scheduling.objects import Plain
from insideout import records
from insideout.scheduler.plaindata import WEIGHTS, plain_node, plain_pod
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.verify import Replay

Row = Mapping[str, Any]
_UNKNOWN = ("podAntiAffinity", "hostPort")


@kept
def restart_cases() -> Iterator[Case]:
    """Yield the recorded containers that were always restarted, at once where there was no back-off."""
    for row in records.read("crashloop"):
        if row["restartPolicy"] != "Always" or row["detect_ms"] or "change" in row:
            continue
        runs = [_whole(ran_ms / 1000) for ran_ms, _ in row["runs"]][: len(row["want"])]
        delays = [run["delay"] for run in row["want"]]
        resets = any(run > 600 for run in runs)
        rule = (
            "recorded containers with another initial delay or cap"
            if (row["initial"], row["cap"]) != (10, 300)
            else "recorded containers of which a run was long"
            if resets
            else "recorded containers that kept crashing"
        )
        yield Case(rule, (runs, row["initial"], row["cap"]), delays)


@kept
def filter_cases() -> Iterator[Case]:
    """Yield recorded pods; the answer is the message that there was, or the nodes where the pod fitted."""
    for new, nodes, step in _steps():
        if step["node"] is None:
            rule = "recorded pods that fitted nowhere: the message, from your reasons"
            yield Case(rule, (new, nodes), step["message"].split(". ")[0].rstrip(".") + ".")
        elif "message" not in step:
            fitting = sorted(step["scores"]) if step.get("scores") else [step["node"]]
            yield Case("recorded pods that fitted somewhere: the nodes", (new, nodes), fitting)


@kept
def score_cases() -> Iterator[Case]:
    """Yield recorded pods that fitted on several nodes, with their scores without the weights."""
    for new, nodes, step in _steps(apart=True):
        if not step.get("scores") or "message" in step:
            continue
        chosen = [each for each in nodes if each["name"] in step["scores"]]
        table = {
            name: {plugin: scores[plugin] // WEIGHTS[plugin] for plugin in WEIGHTS if plugin in scores}
            for name, scores in step["scores"].items()
        }
        few = len(chosen) == 2
        rule = "recorded scores of two nodes" if few else "recorded scores of several nodes"
        yield Case(rule, (new, chosen), table)


def said(filters: Callable[[Plain, list[Plain]], Any]) -> Callable[[Plain, list[Plain]], Any]:
    """Return what tells what a record has of a cycle: the message, or the nodes where the pod fits."""

    def tell(new: Plain, nodes: list[Plain]) -> Any:
        reasons = filters(new, nodes)
        names = [each["name"] for each in nodes]
        if not isinstance(reasons, dict) or set(reasons) != set(names):
            raise Raised("ValueError", f"filters must give a dict with a list for each of {', '.join(names)}")
        if not all(isinstance(each, list) for each in reasons.values()):
            raise Raised("ValueError", "filters must give a list of reasons for each node")
        fitting = sorted(name for name in names if not reasons[name])
        return fitting or answers.fit_message(len(names), reasons)

    return tell


def _steps(*, apart: bool = False) -> Iterator[tuple[Plain, list[Plain], Row]]:
    """Yield each recorded pod with the nodes as they stood when it came.

    Scenarios with pods that keep apart from others or want a port of the node are in it for `apart` only: the
    exercise's filters do not know these, its scores do not mind them.
    """
    for row in records.read("scheduler"):
        if not apart and any(word in str(row["steps"]) for word in _UNKNOWN):
            continue
        replay = Replay(row["nodes"])
        for step in row["steps"]:
            nodes = [plain_node(each) for each in replay.snapshot.nodes]
            yield plain_pod(PodInfo(step["pod"])), nodes, step
            replay.create(step["pod"])
            replay.settle(step["pod"]["metadata"]["name"], step["node"])


def _whole(number: float) -> float:
    return int(number) if number == int(number) else number
