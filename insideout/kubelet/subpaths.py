"""Parts of volumes that a container mounts, with the variables in their paths filled in.

Source: pkg/kubelet/kubelet_pods.go:makeMounts, pkg/kubelet/container/helpers.go:ExpandContainerVolumeMounts
@v1.36.2.
"""

from collections.abc import Mapping

from insideout.client import Object
from insideout.kubelet.environment import expanded, references
from insideout.kubelet.sources import SourceError


def resolved(mounts: list[Object], env: Mapping[str, str]) -> list[Object]:
    """Return a container's mounts, each subPathExpr a subPath; SourceError where that is no path to mount."""
    if not any(each.get("subPathExpr") or each.get("subPath") for each in mounts):
        return mounts
    return [each | {"subPath": path} if (path := _path(each, env)) else each for each in mounts]


def _path(mount: Object, env: Mapping[str, str]) -> str:
    expression = mount.get("subPathExpr") or ""
    missing = sorted(name for name in references(expression) if not env.get(name))
    if missing:
        raise SourceError(f"missing value for {', '.join(missing)}")
    path = expanded(expression, env) or mount.get("subPath") or ""
    if path.startswith("/"):
        raise SourceError(f"error SubPath `{path}` must not be an absolute path")
    if ".." in path.split("/"):
        raise SourceError(f"unable to provision SubPath `{path}`: must not contain '..'")
    return path
