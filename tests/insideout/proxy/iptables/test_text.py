from typing import Any

from insideout.proxy.config import ProxyConfig
from insideout.proxy.iptables.text import kube_proxy_text, text_with_nat
from insideout.proxy.netfilter.parse import parse


def test_our_own_rules_put_in_as_someone_else_s_give_the_same_tables(
    service: Any, endpoint_slice: Any
) -> None:
    """The static rules around them included, with the rule for node ports last."""
    services = [service(type="NodePort", ports=[{"port": 80, "nodePort": 30080}])]
    objects = services, [endpoint_slice("10.244.0.5", "10.244.1.5"), endpoint_slice("10.244.1.6", suffix="b")]
    ours = kube_proxy_text(*objects, ProxyConfig())
    lines = [line for line in ours.partition("*filter")[0].splitlines() if "demo/web" in line]
    lines.append("-A KUBE-EXT-YTGZ2JEENUBCE3T3 -j KUBE-SVC-YTGZ2JEENUBCE3T3")  # it has no comment
    assert parse(text_with_nat(lines, *objects, ProxyConfig())) == parse(ours)
