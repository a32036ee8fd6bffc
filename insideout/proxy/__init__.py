"""kube-proxy: from Services and EndpointSlices to packet rules, and from packet rules to where a packet goes.

`services` and `endpoints` read the API objects, `topology` and `traffic` decide which endpoints a packet may
reach, `iptables` and `nftables` write that decision in each mode's language, and `tracer` carries a packet
through iptables rules, whoever wrote them.  IPv6 is left out: kube-proxy runs a second, equal proxier for it.

Source: pkg/proxy@v1.36.2.
"""
