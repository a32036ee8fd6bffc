"""The golden records, over HTTP and in process: the embedded server answers as Kubernetes v1.36.2 did."""

import kubernetes.config
import pytest

from insideout import records
from insideout.backends.embedded import EmbeddedBackend
from insideout.verify.command import with_flags
from insideout.verify.normal import normal
from insideout.verify.players import PLAYERS
from insideout.verify.wire import Wire


def over_http(backend: EmbeddedBackend) -> Wire:
    return Wire(kubernetes.config.new_client_from_config(str(backend.kubeconfig())), backend.loop)


def in_process(backend: EmbeddedBackend) -> Wire:
    return Wire(backend.api_client(), backend.loop)


@pytest.mark.parametrize(("wire", "realtime"), [(over_http, True), (in_process, False)])
def test_http_exchanges(wire, realtime):
    """Every recorded exchange is answered with the recorded code and body."""
    backend = EmbeddedBackend(realtime=realtime)
    made = wire(backend)
    try:
        outcomes = list(PLAYERS["http"](made, records.read("http")))
    finally:
        made.close()
        backend.stop()
    assert len(outcomes) == 128
    assert {outcome.place: outcome.differences for outcome in outcomes if outcome.differences} == {}


def test_watches():
    """Every recorded list and watch is answered as recorded, but for other writers' share of a version.

    Scenarios of servers with other flags play on such servers.  There the real server's own bookkeeping of
    compactions raised the version of two lists each; ours writes nothing down.
    """
    backend = EmbeddedBackend()
    wire = Wire(backend.api_client(), backend.loop, with_flags)
    outcomes = list(PLAYERS["watch"](wire, records.read("watch")))
    assert len(outcomes) == 191
    found = {outcome.place.split(" ")[0]: outcome.differences for outcome in outcomes if outcome.differences}
    same = ('.rv: want ">=more", got ">=d"',)
    assert found == {
        "watch-expired[10]": same,
        "watch-expired[11]": same,
        "watch-expired-without-cache[10]": same,
        "watch-expired-without-cache[11]": same,
    }


@pytest.mark.parametrize(("name", "exchanges"), [("crd", 219), ("crd_status", 33)])
def test_custom_resources(name, exchanges):
    """Every recorded exchange about definitions, their rules, what they define, and a policy."""
    backend = EmbeddedBackend()
    outcomes = list(PLAYERS["crd"](in_process(backend), records.read(name)))
    assert len(outcomes) == exchanges
    assert {outcome.place: outcome.differences for outcome in outcomes if outcome.differences} == {}


def test_qos_classes():
    """Every recorded pod gets the recorded class, or is refused for the recorded causes."""
    backend = EmbeddedBackend()
    outcomes = list(PLAYERS["qos"](in_process(backend), records.read("qos")))
    assert len(outcomes) == 400
    assert {outcome.place: outcome.differences for outcome in outcomes if outcome.differences} == {}


@pytest.mark.parametrize(("kind", "rows"), [("hpa", 300), ("hpa_traces", 12)])
def test_autoscaling(kind, rows):
    """Every recorded sync of a HorizontalPodAutoscaler is decided, explained and remembered as recorded."""
    outcomes = list(PLAYERS[kind](in_process(EmbeddedBackend()), records.read(kind)))
    assert len(outcomes) == rows
    assert {outcome.place: outcome.differences for outcome in outcomes if outcome.differences} == {}


def test_another_size_is_noticed():
    """A size, a reason or a proposal that differs by one is a difference."""
    row = records.read("hpa")[0]
    for changed in ({"desired": row["want"]["desired"] + 1}, {"events": ["Normal x y"]}, {"error": "x"}):
        (outcome,) = PLAYERS["hpa"](in_process(EmbeddedBackend()), [row | {"want": row["want"] | changed}])
        assert len(outcome.differences) == 1
    trace = records.read("hpa_traces")[0]
    step = [*trace["steps"][-1][:8], 99, *trace["steps"][-1][9:]]
    (outcome,) = PLAYERS["hpa_traces"](
        in_process(EmbeddedBackend()), [trace | {"steps": [*trace["steps"][:-1], step]}]
    )
    assert len(outcome.differences) == 1


@pytest.mark.parametrize(("kind", "rows"), [("promql", 150), ("alerts", 10)])
def test_monitoring(kind, rows):
    """Every recorded query has Prometheus' value, every recorded alert its states."""
    outcomes = list(PLAYERS[kind](in_process(EmbeddedBackend()), records.read(kind)))
    assert len(outcomes) == rows
    assert {outcome.place: outcome.differences for outcome in outcomes if outcome.differences} == {}


def test_another_value_or_state_is_noticed():
    """A value that is off by 1e-8, or one state, is a difference."""
    row = records.read("promql")[0]
    wrong = row | {"want": [[row["want"][0][0], str(float(row["want"][0][1]) * (1 + 1e-8))]]}
    assert next(PLAYERS["promql"](in_process(EmbeddedBackend()), [wrong])).differences
    alert = records.read("alerts")[0]
    states = {name: ["firing", *states[1:]] for name, states in alert["want"].items()}
    assert next(PLAYERS["alerts"](in_process(EmbeddedBackend()), [alert | {"want": states}])).differences


@pytest.mark.parametrize(("kind", "rows"), [("crashloop", 100), ("image_backoff", 30)])
def test_back_offs(kind, rows):
    """Every recorded container and image is left alone for as long as the kubelet left it alone."""
    outcomes = list(PLAYERS[kind](in_process(EmbeddedBackend()), records.read(kind)))
    assert len(outcomes) == rows
    assert {outcome.place: outcome.differences for outcome in outcomes if outcome.differences} == {}


@pytest.mark.parametrize(("kind", "key"), [("crashloop", "delay"), ("image_backoff", "next_backoff")])
def test_another_back_off_is_noticed(kind, key):
    """A delay that is a second longer is a difference."""
    row = records.read(kind)[0]
    wrong = row | {"want": [row["want"][0] | {key: row["want"][0][key] + 1}, *row["want"][1:]]}
    (outcome,) = PLAYERS[kind](in_process(EmbeddedBackend()), [wrong])
    assert len(outcome.differences) == 1


def test_pod_requests():
    """Every recorded pod is charged the recorded requests, or is refused for the recorded causes."""
    backend = EmbeddedBackend()
    outcomes = list(PLAYERS["pod_requests"](in_process(backend), records.read("pod_requests")))
    assert len(outcomes) == 300
    assert {outcome.place: outcome.differences for outcome in outcomes if outcome.differences} == {}


@pytest.mark.parametrize(("kind", "rows"), [("init_containers", 5488), ("termination", 200)])
def test_the_kubelet_s_order(kind, rows):
    """Every recorded state and stop of a pod is handled by our kubelet as the kubelet did."""
    outcomes = list(PLAYERS[kind](in_process(EmbeddedBackend()), records.read(kind)))
    assert len(outcomes) == rows
    assert {outcome.place: outcome.differences for outcome in outcomes if outcome.differences} == {}


def test_an_age_depends_on_when_one_looks():
    assert normal({"cells": ["t", "Pending", "1s"]}) == normal({"cells": ["t", "Pending", "0s"]})


def test_streams_and_logs():
    """Every recorded request to a pod's node is answered so, and reaches the kubelet so."""
    outcomes = list(PLAYERS["exec"](in_process(EmbeddedBackend()), records.read("exec")))
    assert len(outcomes) == 39
    assert {outcome.place: outcome.differences for outcome in outcomes if outcome.differences} == {}


@pytest.mark.parametrize("key", ["answer", "kubelet"])
def test_another_stream_is_noticed(key):
    """Another code, or another request to the kubelet, is a difference."""
    row = records.read("exec")[0]
    wrong = {"answer": row["answer"] | {"code": 403}, "kubelet": []}[key]
    (outcome,) = PLAYERS["exec"](in_process(EmbeddedBackend()), [row | {key: wrong}])
    assert len(outcome.differences) == 1
