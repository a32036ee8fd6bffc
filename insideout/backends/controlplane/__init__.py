"""The backend of real programs: etcd and the Kubernetes control plane on loopback, with hollow nodes of ours.

`programs` finds them, `keeper` starts them and ends them with us, `credentials` makes what they know each
other by, `plane` knows their order and flags, `backend` is what `Cluster` holds.
"""
