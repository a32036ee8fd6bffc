"""Requests in a cluster: names become addresses, rules choose pods, programs answer."""

from insideout.network.answer import Answer
from insideout.network.enforcer import PolicyEnforcer
from insideout.network.network import Network
from insideout.network.proxies import NodeProxies

__all__ = ["Answer", "Network", "NodeProxies", "PolicyEnforcer"]
