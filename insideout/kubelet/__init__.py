"""The kubelet of hollow nodes: all that a kubelet decides and reports, with programs for processes."""
