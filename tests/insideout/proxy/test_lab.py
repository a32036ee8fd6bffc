from typing import Any

from insideout.proxy.lab import ServiceLab


def test_requests_follow_the_objects_a_sync_later(service: Any, endpoint_slice: Any) -> None:
    lab = ServiceLab()
    lab.apply(service())
    lab.run(2)
    assert lab.request("10.96.0.11", 80, times=3) == {"REJECT": 3}
    lab.apply(endpoint_slice("10.244.1.5"))
    lab.run(2)
    assert lab.request("10.96.0.11", 80, times=3) == {"10.244.1.5:8080": 3}
    lab.apply(endpoint_slice("10.244.1.6"))
    lab.run(2)
    assert lab.request("10.96.0.11", 80, times=3) == {"10.244.1.6:8080": 3}


def test_the_same_seed_sends_requests_the_same_way(service: Any, endpoint_slice: Any) -> None:
    def spread(seed: int) -> dict[str, int]:
        lab = ServiceLab(seed=seed)
        lab.apply(service(), endpoint_slice("10.244.1.5", "10.244.1.6"))
        lab.run(2)
        return lab.request("10.96.0.11", 80, times=100)

    assert spread(1) == spread(1) != spread(2)
