"""The whole cluster does what the recorded control plane did."""

import pytest

from insideout import records, replay


@pytest.mark.parametrize(
    "row", records.read("rollout"), ids=lambda row: "-".join(map(str, row["case"].values()))
)
def test_rollout(row: replay.Row) -> None:
    """First steps, bounds, resolved counts, stuck states, splits, ends, statuses, conditions and Events."""
    assert replay.verify("rollout", [row])[0][1] == []


@pytest.mark.parametrize("row", records.read("statefulset"), ids=lambda row: row["case"])
def test_statefulset(row: replay.Row) -> None:
    """The order in which Pods are created, become ready and go, and the status after each action."""
    assert replay.verify("statefulset", [row])[0][1] == []


@pytest.mark.parametrize("row", records.read("endpointslice"), ids=lambda row: row["case"])
def test_endpointslice(row: replay.Row) -> None:
    """The slices after each step."""
    assert replay.verify("endpointslice", [row])[0][1] == []


@pytest.mark.parametrize("row", records.read("preemption"), ids=lambda row: str(row["scenario"]))
def test_preemption(row: replay.Row) -> None:
    """Victims, nominated nodes, messages, and where every pod is at the end."""
    assert replay.verify("preemption", [row])[0][1] == []


def test_a_wrong_preemption_is_noticed() -> None:
    """Another victim, or a message that nobody saw, is a difference."""
    row = records.read("preemption")[0]
    step = row["steps"][0]
    for wrong in (step | {"victims": {"f5": step["victims"]["f4"]}}, step | {"log": step["log"][1:]}):
        assert replay.verify("preemption", [row | {"steps": [wrong]}])[0][1] != []


def test_eviction() -> None:
    """Each transition of a node that fell silent, and of its Pods, within one monitor period."""
    assert replay.verify("eviction", records.read("eviction")) == [("0", [])]


def test_a_wrong_record_is_noticed() -> None:
    """A record that says something else is not passed over."""
    row = records.read("rollout")[0]
    wrong = row | {"status": row["status"] | {"replicas": 7}}
    assert replay.verify("rollout", [wrong])[0][1] != []
