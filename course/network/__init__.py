"""Requests in a cluster: names become addresses, rules choose pods, programs answer."""

from course.network.answer import Answer
from course.network.network import Network
from course.network.proxies import NodeProxies

__all__ = ["Answer", "Network", "NodeProxies"]
