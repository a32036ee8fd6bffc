"""The controllers of kube-controller-manager: each a client of the API server that closes one gap.

The decision of each controller is a pure function in a module of its own; the component around it watches,
calls the function and writes what it answered.
"""
