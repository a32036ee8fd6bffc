"""Unit 12: kube-proxy, from a Service to packet rules."""
