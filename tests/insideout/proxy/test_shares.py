from typing import Any

from insideout.proxy.config import ProxyConfig
from insideout.proxy.iptables.text import kube_proxy_text
from insideout.proxy.shares import count_shares, one_nth_everywhere


def test_with_one_nth_everywhere_later_endpoints_get_less_and_some_packets_go_nowhere(
    service: Any, endpoint_slice: Any
) -> None:
    endpoints = [f"10.244.1.{last}" for last in (5, 6, 7, 8)]
    text = kube_proxy_text([service()], [endpoint_slice(*endpoints)], ProxyConfig())
    right, wrong = (
        count_shares(given, "10.96.0.11", 80, connections=8000, seed=1)
        for given in (text, one_nth_everywhere(text))
    )
    assert all(abs(n - 2000) < 200 for n in right.values())
    assert len(right) == 4
    first, *_, last, nowhere = wrong.values()
    assert abs(first - 2000) < 200
    assert last < 1000
    assert abs(nowhere - 8000 * 0.75**4) < 200
