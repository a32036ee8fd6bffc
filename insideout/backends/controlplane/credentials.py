"""What the programs of one control plane know each other by: certificates, keys, tokens of this run.

Every file is readable for its owner only.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path

from insideout.apiserver import kubeconfig
from insideout.apiserver.certificates import Certificate, self_signed, signed

ADMIN = "admin"
LEARNER = "learner"
"""The administrator by the door that whoever is not ours goes through."""
USERS = {
    ADMIN: ("kubernetes-admin", "system:masters"),
    "kube-controller-manager": ("system:kube-controller-manager", ""),
    "kube-scheduler": ("system:kube-scheduler", ""),
}
"""Who has a kubeconfig: the user's name, and the group that gives rights where RBAC has no role."""

KUBELETS = "kubelet-authority"
"""Who signs certificates of kubelets and of servers behind Services, and the API server's as their client."""
KUBELET_CLIENT = "apiserver-kubelet-client"
"""The API server as a client of kubelets, by kubeadm's name of the file."""


@dataclass(frozen=True)
class Credentials:
    """The files in a data folder."""

    folder: Path

    @property
    def tokens(self) -> Path:
        """The API server's table of tokens."""
        return self.folder / "tokens.csv"

    def certificate(self, name: str) -> tuple[Path, Path]:
        """Return a certificate and its key: those of "etcd", "apiserver", KUBELETS or KUBELET_CLIENT."""
        return self.folder / f"{name}.crt", self.folder / f"{name}.key"

    def kubelet(self, node: str, address: str) -> tuple[Path, Path]:
        """Return the certificate and the key of a node's kubelet, made when they are asked for first."""
        pair = self.certificate(f"kubelet-{node}")
        if not pair[0].exists():
            _write(pair, signed(self._authority(), f"system:node:{node}", ["system:nodes"], [address]))
        return pair

    def service(self, name: str) -> tuple[Path, Path]:
        """Return the certificate and the key of a server behind a Service, "NAME.NAMESPACE.svc"."""
        pair = self.certificate(name)
        if not pair[0].exists():
            _write(pair, signed(self._authority(), name, names=[name]))
        return pair

    def _authority(self) -> Certificate:
        return Certificate(*(path.read_bytes() for path in self.certificate(KUBELETS)))

    def service_account_key(self) -> Path:
        """Return the key that tokens of ServiceAccounts are signed with."""
        return self.folder / "service-account.key"

    def kubeconfig(self, user: str) -> Path:
        """Return the kubeconfig of one of USERS, or of LEARNER."""
        return self.folder / f"{user}.kubeconfig"


def make(folder: Path, server: str, door: str = "") -> Credentials:
    """Make everything for an API server at the URL `server`; by `door` if there is one, but for ADMIN."""
    made = Credentials(folder)
    for name in ("etcd", "apiserver"):
        _write(made.certificate(name), self_signed())
    kubelets = self_signed()
    _write(made.certificate(KUBELETS), kubelets)
    client = signed(kubelets, "kube-apiserver-kubelet-client", ["system:masters"])
    _write(made.certificate(KUBELET_CLIENT), client)
    kubeconfig.write_private(made.service_account_key(), _rsa_key())
    authority = made.certificate("apiserver")[0].read_bytes()
    rows = []
    for user, (name, group) in USERS.items():
        token = secrets.token_urlsafe(32)
        rows.append(f'{token},{name},{name},"{group}"\n' if group else f"{token},{name},{name}\n")
        kubeconfig.write(made.kubeconfig(user), door if door and user != ADMIN else server, token, authority)
        if user == ADMIN:
            kubeconfig.write(made.kubeconfig(LEARNER), door or server, token, authority)
    kubeconfig.write_private(made.tokens, "".join(rows).encode())
    return made


def _write(paths: tuple[Path, Path], pair: Certificate) -> None:
    for path, content in zip(paths, pair, strict=True):
        kubeconfig.write_private(path, content)


def _rsa_key() -> bytes:
    """Return a private key in the form in which kube-apiserver and kube-controller-manager read it."""
    # Loaded here: only a real control plane needs it.
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
