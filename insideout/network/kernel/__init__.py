"""Real packets: two nodes as network namespaces, a VXLAN tunnel between them, and what fits through it.

Linux with user namespaces and the tools unshare, nsenter and ip; `lab.why_not` says which of them is missing.
"""
