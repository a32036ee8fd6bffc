"""What may serve in etcd's place: a store of ours behind `insideout.etcd`, in this process."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from insideout.etcd.shared import Shared


class Serving(Protocol):
    """What serves in etcd's place."""

    def start(self) -> None:
        """Begin to answer."""

    def check(self) -> None:
        """Raise what ended it, if something did."""

    def stop(self) -> None:
        """Answer nobody any more."""


Serve = Callable[[Path, Path, int], Serving]
"""Makes what serves in etcd's place, of a certificate, its key and a port; clients show that certificate."""


def served(store: "Shared") -> Serve:
    """Return what opens etcd's door over `store`."""

    def serve(certificate: Path, key: Path, port: int) -> Serving:
        # Loaded here: grpcio is of an extra, which few need.
        from insideout.etcd.door import Certificates, Door

        return Door(store, Certificates(certificate, key, certificate), port=port)

    return serve
