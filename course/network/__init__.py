"""Requests in a cluster: names become addresses, rules choose pods, programs answer."""

from course.network.network import Answer, Network
from course.network.proxies import NodeProxies

__all__ = ["Answer", "Network", "NodeProxies"]
