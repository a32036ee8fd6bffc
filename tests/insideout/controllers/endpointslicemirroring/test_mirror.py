"""Hand-made Endpoints become slices, one for each set of ports and each family."""

from typing import Any

from insideout.controllers.endpointslicemirroring.mirror import mirrored, should_mirror


def endpoints(*subsets: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    """Return Endpoints called db."""
    own = {"name": "db", "namespace": "ns", "uid": "e", **metadata}
    return {"apiVersion": "v1", "kind": "Endpoints", "metadata": own, "subsets": list(subsets)}


def subset(*ips: str, port: int = 5432, **fields: Any) -> dict[str, Any]:
    """Return a subset of ready addresses."""
    return {"addresses": [{"ip": ip} for ip in ips], "ports": [{"name": "db", "port": port}], **fields}


def stored(slices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return slices as the server would keep them."""
    return [s | {"metadata": s["metadata"] | {"name": f"db-{i}"}} for i, s in enumerate(slices)]


def test_an_endpoint_says_only_whether_it_is_ready() -> None:
    writes = mirrored(endpoints(subset("10.0.0.1", notReadyAddresses=[{"ip": "10.0.0.2"}])), [])
    assert [(one["addresses"], one["conditions"]) for one in writes.create[0]["endpoints"]] == [
        (["10.0.0.1"], {"ready": True}),
        (["10.0.0.2"], {"ready": False}),
    ]
    assert writes.create[0]["metadata"]["ownerReferences"][0]["kind"] == "Endpoints"


def test_families_and_ports_are_apart() -> None:
    writes = mirrored(endpoints(subset("10.0.0.1", "fd00::1"), subset("10.0.0.9", port=5433)), [])
    listed = [(s["addressType"], s["ports"][0]["port"], len(s["endpoints"])) for s in writes.create]
    assert sorted(listed) == [("IPv4", 5432, 1), ("IPv4", 5433, 1), ("IPv6", 5432, 1)]


def test_nothing_changed_nothing_written() -> None:
    made = endpoints(subset("10.0.0.1"), labels={"own": "x"}, annotations={"note": "y"})
    assert mirrored(made, stored(mirrored(made, []).create)) == ([], [], [], 0)


def test_another_port_writes_the_slice_over() -> None:
    before = stored(mirrored(endpoints(subset("10.0.0.1")), []).create)
    writes = mirrored(endpoints(subset("10.0.0.1", port=1)), before)
    assert (writes.create, writes.delete) == ([], [])
    assert (writes.update[0]["metadata"]["name"], writes.update[0]["ports"][0]["port"]) == ("db-0", 1)


def test_a_label_alone_is_a_reason_to_write() -> None:
    before = stored(mirrored(endpoints(subset("10.0.0.1")), []).create)
    (written,) = mirrored(endpoints(subset("10.0.0.1"), labels={"own": "x"}), before).update
    assert written["metadata"]["labels"]["own"] == "x"


def test_at_most_a_thousand_of_a_subset() -> None:
    ips = [f"10.0.{n // 250}.{n % 250}" for n in range(1003)]
    writes = mirrored(endpoints(subset(*ips)), [])
    assert (len(writes.create[0]["endpoints"]), writes.skipped) == (1000, 3)


def test_who_is_not_mirrored() -> None:
    assert should_mirror(endpoints())
    assert not should_mirror(endpoints(labels={"endpointslice.kubernetes.io/skip-mirror": "true"}))
    assert not should_mirror(endpoints(annotations={"control-plane.alpha.kubernetes.io/leader": "{}"}))
