from insideout.scheduler.nominator import Nominator
from tests.insideout.scheduler.builders import pod


def test_a_pod_is_nominated_to_one_node_at_a_time() -> None:
    """A new nomination replaces the old one, an empty one takes it back."""
    nominator = Nominator()
    info = pod("p")
    nominator.nominate(info, "a")
    nominator.nominate(info, "b")
    assert [nominator.on(name) for name in "ab"] == [[], [info]]
    nominator.nominate(info, "")
    assert not nominator
    assert nominator.on("b") == []


def test_pods_of_one_node_come_in_the_order_of_their_nomination() -> None:
    """And go one by one."""
    nominator = Nominator()
    first, second = pod("q"), pod("p")
    nominator.nominate(first, "a")
    nominator.nominate(second, "a")
    assert nominator.on("a") == [first, second]
    nominator.forget(first.uid)
    nominator.forget("unknown")
    assert nominator.on("a") == [second]
