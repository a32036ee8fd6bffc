"""iptables mode: the rules kube-proxy writes into the tables nat and filter, one idea a module.

`ruleset.build` puts them together and `save` prints them as iptables-save would.

Source: pkg/proxy/iptables/proxier.go@v1.36.2.
"""
