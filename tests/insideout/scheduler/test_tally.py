from hypothesis import given
from hypothesis import strategies as st

from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.snapshot import MAX_TALLIES, Snapshot
from insideout.scheduler.tally import Tally
from tests.insideout.scheduler.builders import ZONE, node, pod

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["place", "remove", "relabel", "forget"]), st.integers(0, 5), st.integers(0, 3)
    ),
    max_size=40,
)


def is_x(info: PodInfo) -> bool:
    """Count the pods labelled app=x."""
    return info.labels.get("app") == "x"


@given(STEPS)
def test_a_running_count_is_what_counting_anew_gives(steps: list[tuple[str, int, int]]) -> None:
    """Whatever happens to pods and nodes, in whatever order."""
    view = Snapshot()
    running = view.tally("rule", ZONE, is_x, lambda info: "skip" not in info.labels)
    for action, index, other in steps:
        name = f"n{other}"
        if action == "place":
            view.add_pod(pod(f"p{index}", {"app": "x" if index % 2 else "y"}), name)
        elif action == "remove":
            view.remove_pod(f"default/p{index}")
        elif action == "relabel":
            labels = {ZONE: f"z{index % 3}"} if index else {}
            view.set_node(node(name, labels | ({"skip": ""} if index == 5 else {})))
        else:
            view.remove_node(name)
        anew: dict[str, int] = {}
        for info in view.nodes:
            value = info.labels.get(ZONE)
            if value is not None and "skip" not in info.labels:
                anew[value] = anew.get(value, 0) + sum(is_x(each) for each in info.pods.values())
        assert running.domains == anew


def test_rules_unused_for_longest_make_room() -> None:
    """And are counted anew when asked for again."""
    view = Snapshot()
    view.set_node(node("a", {ZONE: "z"}))

    def ask(rule: int) -> Tally:
        return view.tally(rule, ZONE, lambda _: True, lambda _: True)

    first = ask(0)
    for rule in range(MAX_TALLIES):
        ask(rule)
        assert ask(0) is first
    ask(MAX_TALLIES)
    view.add_pod(pod("p"), "a")
    assert first.domains == ask(0).domains == {"z": 1}
    assert ask(1).domains == {"z": 1}
