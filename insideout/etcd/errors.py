"""What etcd refuses, in its words: the texts that clients know the reasons by.

Source: api/v3rpc/rpctypes/error.go in etcd 3.6.
"""

import grpc

_CODE = grpc.StatusCode


class EtcdError(Exception):
    """An answer that is an error: gRPC's code and etcd's text."""

    def __init__(self, code: grpc.StatusCode, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def empty_key() -> EtcdError:
    """Return the refusal of a request without a key."""
    return EtcdError(_CODE.INVALID_ARGUMENT, "etcdserver: key is not provided")


def key_not_found() -> EtcdError:
    """Return the refusal of a put that keeps what is not there."""
    return EtcdError(_CODE.INVALID_ARGUMENT, "etcdserver: key not found")


def value_provided() -> EtcdError:
    """Return the refusal of a put with a value that would keep the old one."""
    return EtcdError(_CODE.INVALID_ARGUMENT, "etcdserver: value is provided")


def lease_provided() -> EtcdError:
    """Return the refusal of a put with a lease that would keep the old one."""
    return EtcdError(_CODE.INVALID_ARGUMENT, "etcdserver: lease is provided")


def duplicate_key() -> EtcdError:
    """Return the refusal of a transaction that writes a key twice."""
    return EtcdError(_CODE.INVALID_ARGUMENT, "etcdserver: duplicate key given in txn request")


def invalid_sort() -> EtcdError:
    """Return the refusal of an order that is none."""
    return EtcdError(_CODE.INVALID_ARGUMENT, "etcdserver: invalid sort option")


def compacted() -> EtcdError:
    """Return the refusal of a revision that is no longer kept."""
    return EtcdError(_CODE.OUT_OF_RANGE, "etcdserver: mvcc: required revision has been compacted")


def future_revision() -> EtcdError:
    """Return the refusal of a revision that is not there yet."""
    return EtcdError(_CODE.OUT_OF_RANGE, "etcdserver: mvcc: required revision is a future revision")


def lease_not_found() -> EtcdError:
    """Return the refusal of a lease that was never granted, or has ended."""
    return EtcdError(_CODE.NOT_FOUND, "etcdserver: requested lease not found")


def lease_exists() -> EtcdError:
    """Return the refusal of a lease whose id is taken."""
    return EtcdError(_CODE.FAILED_PRECONDITION, "etcdserver: lease already exists")


def lease_too_long() -> EtcdError:
    """Return the refusal of a lease of more than MAX_TTL_S."""
    return EtcdError(_CODE.OUT_OF_RANGE, "etcdserver: too large lease TTL")


def timed_out() -> EtcdError:
    """Return the answer to what found no majority in time."""
    return EtcdError(_CODE.UNAVAILABLE, "etcdserver: request timed out")


def deadline_exceeded() -> EtcdError:
    """Return the answer to a write that no member could propose, since none knew a leader."""
    return EtcdError(_CODE.DEADLINE_EXCEEDED, "context deadline exceeded")


def no_leader() -> EtcdError:
    """Return how a watch that requires a leader ends when there is none."""
    return EtcdError(_CODE.UNAVAILABLE, "etcdserver: no leader")
