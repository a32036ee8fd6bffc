"""What to say of a control plane whose version is not the one that the texts are about."""

from insideout.apimachinery.version import KUBERNETES_VERSION


def note(version: str) -> str:
    """Return one line for a server of another minor version, "" for the same one or one that is not told."""
    if not version or _minor(version) == _minor(KUBERNETES_VERSION):
        return ""
    return (
        f"this is Kubernetes {version}; the texts are about {KUBERNETES_VERSION}: "
        "`course doctor --lessons` says which lessons run on it"
    )


def _minor(version: str) -> list[str]:
    return version.lstrip("v").split(".")[:2]
