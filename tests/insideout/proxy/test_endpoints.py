from typing import Any

from insideout.client import Object
from insideout.proxy.endpoints import Endpoint, endpoints_by_port
from insideout.proxy.names import ServicePortName

WEB = ServicePortName("demo", "web", "", "TCP")


def read(*slices: Object) -> list[Endpoint]:
    return endpoints_by_port(slices, "kp-node").get(WEB, [])


def test_endpoints_are_sorted_as_strings(endpoint_slice: Any) -> None:
    found = read(endpoint_slice("10.244.1.9", "10.244.1.10"), endpoint_slice("10.244.0.7", suffix="b"))
    assert [one.ip for one in found] == ["10.244.0.7", "10.244.1.10", "10.244.1.9"]


def test_conditions_that_are_not_given_mean_ready(endpoint_slice: Any) -> None:
    [endpoint] = read(endpoint_slice({"addresses": ["10.244.1.5"], "conditions": {"ready": None}}))
    assert (endpoint.ready, endpoint.serving, endpoint.terminating) == (True, True, False)


def test_of_two_endpoints_at_one_address_the_one_that_stays_wins(endpoint_slice: Any) -> None:
    leaving = {"addresses": ["10.244.1.5"], "conditions": {"ready": False, "terminating": True}}
    for first, second in (("a", "b"), ("b", "a")):
        [endpoint] = read(endpoint_slice(leaving, suffix=first), endpoint_slice("10.244.1.5", suffix=second))
        assert not endpoint.terminating


def test_only_the_first_address_counts(endpoint_slice: Any) -> None:
    found = read(endpoint_slice({"addresses": ["10.244.1.5", "10.244.1.6"]}, {"addresses": []}))
    assert [one.ip for one in found] == ["10.244.1.5"]


def test_a_port_without_a_number_carries_nothing(endpoint_slice: Any) -> None:
    assert read(endpoint_slice("10.244.1.5", ports=[{"name": "", "protocol": "TCP"}])) == []


def test_slices_of_other_families_and_of_headless_services_are_not_read(endpoint_slice: Any) -> None:
    ipv6 = endpoint_slice("fd00::5") | {"addressType": "IPv6"}
    headless = endpoint_slice("10.244.1.5")
    headless["metadata"]["labels"]["service.kubernetes.io/headless"] = ""
    assert read(ipv6, headless) == []


def test_local_means_on_the_proxy_s_own_node(endpoint_slice: Any) -> None:
    found = read(endpoint_slice("10.244.0.5", "10.244.1.5"))
    assert [one.is_local for one in found] == [True, False]
