"""nftables mode: one table of kube-proxy's own, where a packet finds its Service by one look-up in a map.

`ruleset.build` puts the table together and `listing` prints it as `nft list table ip kube-proxy` would.

Source: pkg/proxy/nftables/proxier.go@v1.36.2.
"""
