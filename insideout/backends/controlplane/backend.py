"""What `Cluster` holds of a real control plane: its time, its clients, and its programs in their places.

The scheduler and the controllers are the real programs; the nodes, kube-proxy and the network are ours, as
API clients over HTTPS.  A learner's controller takes the real one's place: kube-controller-manager is started
again without it.  Logs, exec and whatever else the API server asks of nodes come through `tunnel`.  With a
log, the programs and the learner's clients go to the API server through `recorder`.
"""

import sys
from collections.abc import Callable, MutableMapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from insideout.apiserver import boot
from insideout.apiserver.requestlog import RequestLog
from insideout.backends import ticks, versions
from insideout.backends.controlplane import programs
from insideout.backends.controlplane.aggregated import Aggregated
from insideout.backends.controlplane.credentials import LEARNER
from insideout.backends.controlplane.plane import TUNNEL, Plane, Say
from insideout.backends.controlplane.programs import ProgramError
from insideout.backends.controlplane.recorder import Recorder
from insideout.backends.controlplane.serving import served
from insideout.backends.controlplane.tunnel import Tunnel
from insideout.client.http import HttpClient
from insideout.client.interface import ApiError, Client
from insideout.client.logged import LoggedClient
from insideout.kubelet.connection import NodeConnection
from insideout.sim.loop import Loop, Timer
from insideout.sim.realtime import RealtimeLoop

if TYPE_CHECKING:
    import kubernetes.client

    from insideout.etcd.shared import Shared

SCHEDULER = "kube-scheduler"
MANAGER = "kube-controller-manager"
ACCOUNTS_S = 30.0
"""How long the controllers may take for the first namespace's service account."""

CONTROLLERS = {
    "controllermanager": "disruption-controller",
    "endpoint-controller": "endpoints-controller",
    "endpoint-slice-controller": "endpointslice-controller",
    "endpoint-slice-mirroring-controller": "endpointslice-mirroring-controller",
    "ephemeral_volume": "ephemeral-volume-controller",
    "horizontal-pod-autoscaler": "horizontal-pod-autoscaler-controller",
    "node-controller": "node-lifecycle-controller",
    "persistentvolume-controller": "persistentvolume-binder-controller",
    "pod-garbage-collector": "pod-garbage-collector-controller",
    "pv-protection-controller": "persistentvolume-protection-controller",
    "pvc-protection-controller": "persistentvolumeclaim-protection-controller",
    "replication-controller": "replicationcontroller-controller",
}
"""Controllers whose name in events, which our places have, is not their name in --controllers.

Source: cmd/kube-controller-manager/names/controller_names.go@v1.36.2.
"""


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201  progress, for whoever waits


class ControlPlaneBackend:
    """A real control plane on loopback; programs in `folder`, or where `programs.find` finds them.

    `flags` are further ones of kube-apiserver; `log` is told what is asked and delivered.  With `store` its
    data is there, and etcd does not run.
    Raises MissingProgramError, and ProgramError for a program that does not come up.
    """

    runs_components = True

    def __init__(
        self,
        folder: Path | None = None,
        *,
        say: Say = _say,
        flags: Sequence[str] = (),
        log: RequestLog | None = None,
        store: "Shared | None" = None,
    ) -> None:
        found = programs.find(folder, without=() if store is None else ("etcd",))
        if told := versions.note(programs.version(found["kube-apiserver"])):
            say(told)
        self.log = log
        self.store = store
        self.plane = Plane(
            found,
            say=say,
            flags=flags,
            has_door=log is not None,
            serve=None if store is None else served(store),
        )
        self.plane.start()
        self.loop: Loop = RealtimeLoop(looks_outside=True)
        assert isinstance(self.loop, RealtimeLoop)  # said for the type checker
        self.loop.start()
        ticks.tick(self.loop)
        self.node_connections: MutableMapping[str, NodeConnection] | None = {}
        self._tunnel = Tunnel(
            self.plane.folder / TUNNEL, self.loop, self.node_connections, self.plane.credentials
        )
        self._recorder: Recorder | None = None
        try:
            self._tunnel.start(self.client("kubelet"))
            if log is not None:
                self._recorder = Recorder(
                    self.plane.door, self.plane.url, self.plane.credentials, log, self.loop
                )
                self._recorder.start()
        except BaseException:
            self.loop.stop()
            self.plane.stop()
            raise
        self.extensions = Aggregated(
            self._tunnel, self.plane.credentials, self.client("kubernetes-inside-out"), self.loop
        )
        self.controllers = Controllers(self.plane, self.loop, say)

    def client(self, name: str) -> Client:
        """Return a client for the component `name`."""
        client = HttpClient.from_kubeconfig(self.plane.kubeconfig, self.loop, name)
        return client if self.log is None else LoggedClient(client, name, self.log, self.loop)

    def api_client(self) -> "kubernetes.client.ApiClient":
        """Return a client of the official library."""
        # Loaded here: the official client takes half a second, which few need.
        import kubernetes.config

        return kubernetes.config.new_client_from_config(config_file=str(self.kubeconfig()))

    def kubeconfig(self) -> Path:
        """Return the path of a kubeconfig of the administrator's."""
        return self.plane.credentials.kubeconfig(LEARNER)

    def pages(self) -> dict[str, Callable[[], str]]:
        """Return what reads /metrics of the API server, and of the scheduler where the real one runs."""
        return {
            name: partial(self.plane.page, name)
            for name in ("kube-apiserver", SCHEDULER)
            if name != SCHEDULER or self.plane.is_running(name)
        }

    def create_default_class(self) -> None:
        """Create the StorageClass for claims that name none: the provisioner in our places serves it."""
        self.client("kubernetes-inside-out").create("storageclasses", boot.default_class())

    def await_accounts(self) -> None:
        """Wait until a pod is taken: the real server refuses it before its service account is made."""
        pod = {"metadata": {"name": "probe"}, "spec": {"containers": [{"name": "c", "image": "probe"}]}}
        client = self.client("kubernetes-inside-out")
        until_s = self.loop.now_s + ACCOUNTS_S
        while self.controllers.is_wanted("serviceaccount-controller"):
            try:
                client.create("pods", pod, "default", dry_run=True)
                return
            except ApiError as refused:
                if refused.code != 403 or self.loop.now_s > until_s:
                    raise
            self.loop.run(0.1)

    def pause(self) -> None:
        """Stop the API server; etcd keeps what there is."""
        self.plane.end("kube-apiserver")

    def resume(self) -> None:
        """Start it again."""
        self.plane.run("kube-apiserver")

    def stop(self) -> None:
        """Stop every program and remove the data folder."""
        self._tunnel.stop()
        if self._recorder is not None:
            self._recorder.stop()
        assert isinstance(self.loop, RealtimeLoop)  # said for the type checker
        self.loop.stop()
        self.plane.stop()


class Scheduler:
    """The real scheduler in its place."""

    def __init__(self, plane: Plane) -> None:
        self._plane = plane

    def start(self) -> None:
        """Start the program."""
        self._plane.run(SCHEDULER)

    def stop(self) -> None:
        """Stop the program."""
        self._plane.end(SCHEDULER)


class Controllers:
    """The controllers of the real kube-controller-manager: which are wanted, by the names of our places.

    Many are wanted or not at one instant; the program is started once, when that is over.  The first time is
    when `settle` says so, at the end of making the cluster.
    """

    def __init__(self, plane: Plane, loop: Loop, say: Say) -> None:
        self._plane = plane
        self._loop = loop
        self._say = say
        self._wanted: dict[str, bool] = {}
        self._due: Timer | None = None
        self._is_settled = False

    def want(self, name: str, is_wanted: bool) -> None:
        """Have a controller run, or not, from the next event of the loop on."""
        self._wanted[name] = is_wanted
        if self._is_settled and self._due is None:
            self._due = self._loop.call_soon(self._later)

    def is_wanted(self, name: str) -> bool:
        """Tell whether a controller is to run."""
        return self._wanted.get(name, False)

    def _later(self) -> None:
        try:
            self.settle()
        except ProgramError as error:  # raised here it would end the loop, and the nodes with it
            self._say(str(error))

    def settle(self) -> None:
        """Have the program run with what is wanted, now; ProgramError when it does not come up."""
        self._is_settled = True
        if self._due is not None:
            self._due.cancel()
            self._due = None
        if not any(self._wanted.values()):
            self._plane.end(MANAGER)
            return
        without = sorted(CONTROLLERS.get(name, name) for name, wanted in self._wanted.items() if not wanted)
        self._plane.set_controllers(tuple(without))


class Controller:
    """One real controller in its place."""

    def __init__(self, controllers: Controllers, name: str) -> None:
        self._controllers = controllers
        self._name = name

    def start(self) -> None:
        """Have it run."""
        self._controllers.want(self._name, True)

    def stop(self) -> None:
        """Have it not run."""
        self._controllers.want(self._name, False)
