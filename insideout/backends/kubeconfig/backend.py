"""What `Cluster` holds of somebody's cluster: clients that stay in one namespace, and its end.

Nodes, scheduler, controllers and time are the cluster's own: nothing of it is replaced, paused or cut off.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from insideout.backends import ticks, versions
from insideout.backends.kubeconfig import contexts, fence, keeper, rights, space
from insideout.client.http import HttpClient
from insideout.client.interface import Client
from insideout.sim.loop import Loop
from insideout.sim.realtime import RealtimeLoop

if TYPE_CHECKING:
    import kubernetes.client

CONTEXT = "COURSE_CONTEXT"
"""In the environment: the context to use where `Cluster.create` does not say one."""
PRODUCTION = "COURSE_PRODUCTION"
"""In the environment: "yes" when a context that looks like production is meant."""

Say = Callable[[str], object]


class NotOursError(RuntimeError):
    """A verb that would change a cluster which is not ours."""


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201  progress, for whoever waits


class KubeconfigBackend:
    """A namespace of our own on the cluster of a context.

    Raises ContextError for a context that is not there or looks like production, PermissionError when a right
    is missing without which nothing goes, ApiError when the cluster does not answer.
    """

    runs_components = False
    node_connections: MutableMapping[str, Any] | None = None

    def __init__(
        self, context: str = "", *, say: Say = _say, environment: Mapping[str, str] = os.environ
    ) -> None:
        chosen = contexts.find(context or environment.get(CONTEXT, ""), environment)
        looks = chosen.looks_like()
        if looks and environment.get(PRODUCTION) != "yes":
            raise contexts.ContextError(
                f"the context {chosen.name!r} looks like production ({looks}): "
                f"name another one in {CONTEXT}, or set {PRODUCTION}=yes when it is meant"
            )
        self.loop: Loop = RealtimeLoop()
        self.namespace = ""
        """The namespace that is ours."""
        self._keeper: subprocess.Popen[bytes] | None = None
        self._clients: list[kubernetes.client.ApiClient] = []
        self._folder = Path(tempfile.mkdtemp(prefix="kubernetes-inside-out-"))
        self._kubeconfig = self._folder / "kubeconfig"
        self._say = say
        try:
            self._begin(chosen)
        except BaseException:
            self.stop()
            raise

    def _begin(self, chosen: contexts.Context) -> None:
        chosen.write(self._kubeconfig, "default")
        client = HttpClient.from_kubeconfig(self._kubeconfig, self.loop, "kubernetes-inside-out")
        self._ask(client, chosen)
        with_list = rights.Right("list", "namespaces", namespaced=False)
        if not rights.missing(client, "default", [with_list]):
            for name in space.sweep(client, datetime.now(UTC)):
                self._say(f"removed {name}, which an earlier session left")
        metadata = space.make(client)["metadata"]
        self.namespace = metadata["name"]
        self._keeper = subprocess.Popen(
            [sys.executable, "-m", keeper.__name__, str(self._kubeconfig), self.namespace, metadata["uid"]],
            stdin=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)},
            start_new_session=True,
        )
        chosen.write(self._kubeconfig, self.namespace)
        client.close()
        assert isinstance(self.loop, RealtimeLoop)  # said for the type checker
        self.loop.start()
        ticks.tick(self.loop)
        self._say(f"context {chosen.name} ({chosen.server}), in its namespace {self.namespace}")
        if told := versions.note(self._version()):
            self._say(told)

    def _ask(self, client: Client, chosen: contexts.Context) -> None:
        lacking = rights.missing(client, "default", (*rights.NEEDED, *rights.WANTED))
        needed = [right for right in lacking if right in rights.NEEDED]
        if needed:
            raise PermissionError(
                f"the user {chosen.user_name!r} of context {chosen.name!r} lacks: {rights.listed(needed)}"
            )
        if lacking:
            self._say(f"some lessons will be refused, {chosen.user_name!r} lacks: {rights.listed(lacking)}")

    def _version(self) -> str:
        import kubernetes.client

        return str(kubernetes.client.VersionApi(self.api_client()).get_code().git_version)

    def client(self, name: str) -> Client:
        """Return a client for the component `name`, which stays in our namespace."""
        return HttpClient(self.api_client(), self.loop, name)

    def api_client(self) -> "kubernetes.client.ApiClient":
        """Return a client of the official library, which stays in our namespace."""
        made: kubernetes.client.ApiClient = fence.api_client(str(self._kubeconfig), self.namespace)
        self._clients.append(made)
        return made

    def kubeconfig(self) -> Path:
        """Return the path of a kubeconfig of this context alone whose default namespace is ours."""
        return self._kubeconfig

    def pause(self) -> None:
        """Refuse: others use this API server."""
        raise NotOursError(
            "kube-apiserver is the cluster's own: only an embedded one or a controlplane stops"
        )

    def resume(self) -> None:
        """Refuse, as `pause` does."""
        self.pause()

    def stop(self) -> None:
        """Have the namespace removed, and remove the kubeconfig."""
        if isinstance(self.loop, RealtimeLoop):
            self.loop.stop()
        for each in self._clients:
            each.rest_client.pool_manager.clear()
        if self._keeper is not None:
            assert self._keeper.stdin is not None  # it is a pipe
            self._keeper.stdin.close()
            self._keeper.wait()
            self._keeper = None
        shutil.rmtree(self._folder, ignore_errors=True)
