"""Real packets in private network namespaces: what fits through a tunnel, and what policies let pass.

Linux with user namespaces and the tools unshare, nsenter, ip and, for policies, nft; `lab.why_not` and
`reach.why_not` say which of them is missing.
"""
