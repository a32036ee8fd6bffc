"""Which cluster a kubeconfig leads to, and a copy of the way to it alone.

Files are merged as kubectl merges them: the first one that has a name gives it.
Source: staging/src/k8s.io/client-go/tools/clientcmd/loader.go@v1.36.2.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import yaml

from insideout.apiserver.kubeconfig import write_private

Named = dict[str, Any]

_PRODUCTION = re.compile(r"(?<![a-z])(prod|prd|production|live)(?![a-z])", re.IGNORECASE)
_FILES = {
    "cluster": ("certificate-authority",),
    "user": ("client-certificate", "client-key", "tokenFile"),
}


class ContextError(RuntimeError):
    """There is no such context, or it is not to be used; the text says what to do."""


class Context(NamedTuple):
    """A cluster, a user, and the name under which they stand together."""

    name: str
    cluster_name: str
    user_name: str
    cluster: Named
    user: Named

    @property
    def server(self) -> str:
        """The API server's URL."""
        return str(self.cluster.get("server", ""))

    def looks_like(self) -> str:
        """Return the name that looks like production, "" when none does."""
        names = (self.name, self.cluster_name, urlsplit(self.server).hostname or "")
        return next((name for name in names if _PRODUCTION.search(name)), "")

    def write(self, path: Path, namespace: str) -> None:
        """Write a kubeconfig of this context alone, with `namespace` as its default."""
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": self.cluster_name, "cluster": self.cluster}],
            "users": [{"name": self.user_name, "user": self.user}],
            "contexts": [
                {
                    "name": self.name,
                    "context": {
                        "cluster": self.cluster_name,
                        "user": self.user_name,
                        "namespace": namespace,
                    },
                }
            ],
            "current-context": self.name,
        }
        write_private(path, yaml.safe_dump(document, sort_keys=False).encode())


def find(name: str = "", environment: Mapping[str, str] = os.environ) -> Context:
    """Return the context called `name`, or the current one, from KUBECONFIG's files or ~/.kube/config.

    Raises ContextError.
    """
    given = environment.get("KUBECONFIG", "") or str(Path.home() / ".kube" / "config")
    paths = [Path(each) for each in given.split(os.pathsep) if each]
    documents = [(path, _read(path)) for path in paths if path.is_file()]
    if not documents:
        raise ContextError(f"no kubeconfig at {given}: set KUBECONFIG to the file of the cluster to use")
    name = name or next((doc["current-context"] for _, doc in documents if doc.get("current-context")), "")
    context = _named(documents, "context", name)
    if context is None:
        known = ", ".join(
            sorted({str(one["name"]) for _, doc in documents for one in doc.get("contexts") or ()})
        )
        raise ContextError(f"no context {name!r} in {given}; there are: {known or 'none'}")
    cluster, user = str(context.get("cluster", "")), str(context.get("user", ""))
    found = _named(documents, "cluster", cluster)
    if found is None or not found.get("server"):
        raise ContextError(f"the context {name!r} in {given} names no cluster with a server")
    return Context(name, cluster, user, found, _named(documents, "user", user) or {})


def _read(path: Path) -> Named:
    try:
        document = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        why = str(problem).splitlines()[0]
        raise ContextError(f"{path} is no kubeconfig: {why}") from None
    if not isinstance(document, dict):
        raise ContextError(f"{path} is no kubeconfig: it holds no mapping")
    return document


def _named(documents: list[tuple[Path, Named]], what: str, name: str) -> Named | None:
    """Return what is called `name`, its files by absolute paths; None when nothing is."""
    for path, document in documents:
        for entry in document.get(f"{what}s") or ():
            if entry.get("name") == name:
                found = dict(entry.get(what) or {})
                for key in _FILES.get(what, ()):
                    if found.get(key):
                        found[key] = str(path.absolute().parent / found[key])
                return found
    return None
