"""The file from which every client learns where the server is and by which token it knows its user."""

import base64
import os
from pathlib import Path

import yaml

_NAME = "kubernetes-inside-out"


def write(path: Path, server: str, token: str, certificate: bytes) -> None:
    """Write a kubeconfig that only its owner can read, in place of an earlier one."""
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": _NAME,
                "cluster": {
                    "server": server,
                    "certificate-authority-data": base64.b64encode(certificate).decode(),
                },
            }
        ],
        "users": [{"name": "kubernetes-admin", "user": {"token": token}}],
        "contexts": [
            {
                "name": _NAME,
                "context": {"cluster": _NAME, "user": "kubernetes-admin", "namespace": "default"},
            }
        ],
        "current-context": _NAME,
    }
    write_private(path, yaml.safe_dump(document, sort_keys=False).encode())


def write_private(path: Path, content: bytes) -> None:
    """Write a file that was never readable for anybody but its owner, not even for a moment."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
