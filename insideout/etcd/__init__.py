"""etcd's gRPC API over any `Store` of ours: real clients, kube-apiserver among them, find an etcd there.

`messages` has what travels, `keyspace` what a client's range means to a Store, `values` what lies in it,
`ranges` and `transactions` the KV service, `watches` and `leases` theirs, `door` the server.  kine is the
well-known door of this kind.  It needs grpcio and protobuf: the extra `etcd`.

Left out: members that come and go, users and roles, snapshots, defragmentation.
"""

import importlib.util

NEEDS = ("grpc", "google.protobuf")
HOW = "pip install 'kubernetes-inside-out[etcd]' brings it"


def why_not() -> str:
    """Return why the door cannot be opened here, "" when it can."""
    for module in NEEDS:
        try:
            found = importlib.util.find_spec(module)
        except ModuleNotFoundError:  # of the package around it
            found = None
        if found is None:
            name = "grpcio" if module == "grpc" else "protobuf"
            return f"etcd's protocol needs {name}, which is not installed; {HOW}"
    return ""
