"""The whole cluster does what the recorded control plane did."""

import pytest

from insideout import records, replay
from insideout.replay import statefulset


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


@pytest.mark.parametrize("row", records.read("endpoints"), ids=lambda row: row["case"])
def test_endpoints(row: replay.Row) -> None:
    """Slices with their conditions, hints and owners, mirrored ones too, and Endpoints after each step."""
    assert replay.verify("endpoints", [row])[0][1] == []


def test_other_endpoints_are_noticed() -> None:
    """A condition, a hint or an address that the record does not have is a difference, each in its place."""
    row = next(row for row in records.read("endpoints") if row["case"] == "same-zone")
    step = row["steps"][1]
    (slice_,) = step["slices"]
    unhinted = {key: value for key, value in slice_["endpoints"][0].items() if key != "hints"}
    nobody = step["endpoints"] | {"subsets": []}
    wrong = {"slices": [slice_ | {"endpoints": [unhinted]}], "endpoints": nobody}
    for key, value in wrong.items():
        steps = [row["steps"][0], step | {key: value}]
        ((_, (found,)),) = replay.verify("endpoints", [row | {"steps": steps}])
        assert f": {key} " in found


def test_election() -> None:
    """Who holds the Lease in which order, and within which bounds renewals and takeovers come."""
    assert replay.verify("election", records.read("election")) == [("0", [])]


def test_a_wrong_election_is_noticed() -> None:
    """Another holder is a difference; so is a takeover that comes too early."""
    row = records.read("election")[0]
    log = [entry | {"transitions": 7} if entry.get("holder") == "holder-3" else entry for entry in row["log"]]
    assert replay.verify("election", [row | {"log": log}])[0][1] != []


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


@pytest.mark.parametrize("row", records.read("zones"), ids=lambda row: row["case"])
def test_zones(row: replay.Row) -> None:
    """The states of nodes and Pods, how many nodes are tainted, how fast, and when Pods go."""
    assert replay.verify("zones", [row])[0][1] == []


FLAGS = {
    "one-node": {"node-monitor-grace-period": "12s"},
    "partial-large-zone": {"secondary-node-eviction-rate": 0.2},
    "partial-small-zone": {"large-cluster-size-threshold": 3},
    "whole-zone": {"node-eviction-rate": 1},
}


@pytest.mark.parametrize("case", FLAGS)
def test_other_flags_lead_elsewhere(case: str) -> None:
    """Each flag that a case is about makes a difference that is noticed."""
    row = next(row for row in records.read("zones") if row["case"] == case)
    assert replay.verify("zones", [row | {"flags": row["flags"] | FLAGS[case]}])[0][1] != []


@pytest.mark.parametrize(
    "row",
    [row for row in records.read("zones") if row["case"] != "partial-small-zone"],  # it need not evict
    ids=lambda row: row["case"],
)
def test_other_tolerations_lead_elsewhere(row: replay.Row) -> None:
    """A Pod that goes three seconds earlier, or at all, is noticed."""
    pods = {name: [_sooner(one) for one in tolerations] for name, tolerations in row["pods"].items()}
    assert replay.verify("zones", [row | {"pods": pods}])[0][1] != []


def _sooner(toleration: dict[str, object]) -> dict[str, object]:
    if toleration.get("effect") != "NoExecute":
        return toleration
    seconds = toleration.get("tolerationSeconds", 7)
    assert isinstance(seconds, int)
    return {**toleration, "tolerationSeconds": seconds - 3}


def test_a_wrong_record_is_noticed() -> None:
    """A record that says something else is not passed over."""
    row = records.read("rollout")[0]
    wrong = row | {"status": row["status"] | {"replicas": 7}}
    assert replay.verify("rollout", [wrong])[0][1] != []


def test_a_set_scaled_up_too_soon_stays_one_pod_short() -> None:
    """With whenScaled: Delete a new Pod may not take over a claim that goes with the old one."""
    policy = {"whenDeleted": "Retain", "whenScaled": "Delete"}
    created = {"do": ["create", 3], "claims": {}, "events": []}
    going = {"do": ["replicas", 2], "events": [["deleting", "db-2", "v1"]]}
    again = {"do": ["replicas", 3], "events": [["gone", "db-2", "v1"]]}
    later = {"do": ["wait", 40], "events": []}
    spec = {"persistentVolumeClaimRetentionPolicy": policy}
    row = {"case": "short", "replicas": 3, "spec": spec, "steps": [created, going, again, later]}
    _, first, second, last = statefulset.play(row)
    assert (first["events"], second["events"]) == ([["deleting", "db-2", "v1"]], [["gone", "db-2", "v1"]])
    assert (last["events"], last["status"]["replicas"]) == ([], 2)
    assert sorted(last["claims"]) == ["data-db-0", "data-db-1"]


def test_other_claims_and_owners_are_noticed() -> None:
    """A claim that the record does not have, and another owner, are differences."""
    row = next(row for row in records.read("statefulset") if row["case"] == "claims-both")
    first, *others = row["steps"]
    for claims in ({**first["claims"], "data-db-9": []}, {**first["claims"], "data-db-0": []}):
        wrong = row | {"steps": [first | {"claims": claims}, *others]}
        assert "claims" in replay.verify("statefulset", [wrong])[0][1][0]
