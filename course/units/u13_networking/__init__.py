"""Unit 13: choosing a network, with numbers: reachability, MTU, addresses, routes, policies."""
