"""A real kernel under the rules: a private network with a node, pods and clients, and connections counted.

`lab.count` is what the rest of the package calls; `inside` is the program that runs in the namespaces.  Needs
Linux with user namespaces and the tools unshare, ip, and iptables-restore or nft; `lab.why_not` says which of
these is missing.  Nothing outside the private namespaces is touched.
"""
