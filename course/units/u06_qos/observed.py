"""Eight evictions that a kubelet decided, each between two pods, for a reader who looks for its questions.

The kubelet is this package's, which ranks as pkg/kubelet/eviction/helpers.go@v1.36.2 does.  The pairs are
chosen so that each question that people think of is wrong in one of them.
"""

from collections.abc import Callable, Mapping, Sequence

from insideout.kubelet.eviction import PodMemory, rank_memory

Mi = 2**20
Key = Callable[[PodMemory], float]

PAIRS = (
    (PodMemory("a1", 0, 50 * Mi, 0), PodMemory("b1", 0, 310 * Mi, 200 * Mi)),
    (PodMemory("a2", 0, 900 * Mi, 880 * Mi), PodMemory("b2", 0, 200 * Mi, 100 * Mi)),
    (PodMemory("a3", 1000, 110 * Mi, 100 * Mi), PodMemory("b3", 0, 900 * Mi, 1000 * Mi)),
    (PodMemory("a4", 0, 110 * Mi, 100 * Mi), PodMemory("b4", 1000, 900 * Mi, 0)),
    (PodMemory("a5", 0, 100 * Mi, 100 * Mi), PodMemory("b5", 5, 101 * Mi, 100 * Mi)),
    (PodMemory("a6", 1, 10 * Mi, 100 * Mi), PodMemory("b6", 2, 90 * Mi, 100 * Mi)),
    (PodMemory("a7", 100, None, 500 * Mi), PodMemory("b7", 0, 900 * Mi, 100 * Mi)),
    (PodMemory("a8", 0, 10 * Mi, 500 * Mi), PodMemory("b8", 0, 480 * Mi, 500 * Mi)),
)


def _usage(pod: PodMemory) -> int:
    return pod.usage_bytes or 0


QUESTIONS: Mapping[str, Key] = {
    "no statistics?": lambda pod: -(pod.usage_bytes is None),
    "uses more than it requests?": lambda pod: -(_usage(pod) > pod.request_bytes),
    "lower priority?": lambda pod: pod.priority,
    "more beyond its request?": lambda pod: pod.request_bytes - _usage(pod),
    "uses more?": lambda pod: -_usage(pod),
    "requests nothing?": lambda pod: -(pod.request_bytes == 0),
}
"""What a kubelet could ask of a pod; the smaller answer goes first."""
ASKED = ("no statistics?", "uses more than it requests?", "lower priority?", "more beyond its request?")
"""What it does ask, in its order."""


def first(pods: Sequence[PodMemory]) -> str:
    """Return which of the pods the kubelet evicts."""
    return rank_memory(pods)[0].name


def explained(questions: Sequence[str]) -> int:
    """Return in how many of the evictions these questions, asked in this order, give the pod that went."""
    keys = [QUESTIONS[question] for question in questions]

    def goes(pair: Sequence[PodMemory]) -> str:
        answers = {pod.name: tuple(key(pod) for key in keys) for pod in pair}
        low, high = sorted(answers, key=answers.__getitem__)
        return low if answers[low] != answers[high] else ""

    return sum(goes(pair) == first(pair) for pair in PAIRS)


def table() -> str:
    """Return the evictions as text, one line each; sizes in MiB, "?" where there are no statistics."""
    pod = f"{'pod':4}{'priority':>9}{'uses':>6}{'requests':>10}"
    lines = [f"{pod}    {pod}    went first"]
    lines += [f"{_words(one)}    {_words(other)}    {first((one, other))}" for one, other in PAIRS]
    return "\n".join(lines)


def _words(pod: PodMemory) -> str:
    used = "?" if pod.usage_bytes is None else pod.usage_bytes // Mi
    return f"{pod.name:4}{pod.priority:9}{used:>6}{pod.request_bytes // Mi:10}"
