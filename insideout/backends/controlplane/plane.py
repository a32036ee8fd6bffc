"""The control plane: its four programs, their flags, the order in which they start, and when each is ready.

In the place of the program etcd a store of ours may serve: `insideout.etcd`.

Source: etcd 3.5 --help; kube-apiserver, kube-controller-manager and kube-scheduler v1.36 --help.
"""

import contextlib
import http.client
import json
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from insideout.backends.controlplane import credentials
from insideout.backends.controlplane.keeping import Programs, decisive
from insideout.backends.controlplane.programs import ProgramError
from insideout.backends.controlplane.serving import Serve, Serving

READY_S = 60.0
"""How long a program may take to be ready."""
_ASK_S = 0.1
TUNNEL = "tunnel.sock"
"""In the data folder: where the API server asks for connections to nodes and pods, once somebody listens."""
SERVICE_RANGE = "10.96.0.0/16"
POD_RANGE = "10.244.0.0/16"

Say = Callable[[str], object]


class _Ports(NamedTuple):
    etcd: int
    peer: int
    server: int
    door: int
    manager: int
    scheduler: int


class Plane:
    """One control plane, in a private folder, on free ports of 127.0.0.1.

    `etcd` and `kube-apiserver` run from `start` to `stop`; the other two are started and stopped by name.
    `flags` are further ones of kube-apiserver.  With `has_door` everybody but ADMIN is sent to `door`, where
    somebody has to listen before `run` starts the other two.  With `serve` the program etcd is not started.
    """

    def __init__(
        self,
        programs: Mapping[str, Path],
        *,
        say: Say = print,
        ready_s: float = READY_S,
        flags: Sequence[str] = (),
        has_door: bool = False,
        serve: Serve | None = None,
    ) -> None:
        self._more_flags = flags
        self._serve = serve
        self._served: Serving | None = None
        self._paths = programs
        self._say = say
        self._ready_s = ready_s
        self._without: tuple[str, ...] = ()
        self._ports = _Ports(*_free_ports(len(_Ports._fields)))
        self.url, self.door = (f"https://127.0.0.1:{port}" for port in (self._ports.server, self._ports.door))
        self.folder = Path(tempfile.mkdtemp(prefix="kubernetes-inside-out-"))
        self._programs = Programs(self.folder)  # from here on the folder goes when we do
        try:
            self.credentials = credentials.make(self.folder, self.url, self.door if has_door else "")
        except BaseException:
            self.stop()
            raise

    @property
    def kubeconfig(self) -> Path:
        """The kubeconfig of the administrator."""
        return self.credentials.kubeconfig(credentials.ADMIN)

    def start(self) -> None:
        """Start etcd and then the API server; ProgramError, with the decisive line, when one fails."""
        try:
            if self._serve is None:
                self.run("etcd")
            else:
                self._served = self._serve(*self.credentials.certificate("etcd"), self._ports.etcd)
                self._served.start()
            self.run("kube-apiserver")
        except BaseException:
            self.stop()
            raise

    def run(self, name: str) -> None:
        """Start a program and wait until it is ready."""
        began_s = time.monotonic()
        self._programs.start(name, [str(self._paths[name]), *self._flags(name)])
        self._await(name, began_s)
        self._say(f"{name} ready after {time.monotonic() - began_s:.1f} s")

    def end(self, name: str) -> None:
        """Stop a program."""
        self._programs.stop(name)

    def is_running(self, name: str) -> bool:
        """Tell whether a program runs."""
        return self._programs.pid(name) is not None

    def pid(self, name: str) -> int | None:
        """Return a program's process id, None when it does not run."""
        return self._programs.pid(name)

    def log(self, name: str) -> Path:
        """Return where a program's output is, as long as the control plane is there."""
        return self._programs.log(name)

    def page(self, name: str) -> str:
        """Return what a program serves at /metrics to the administrator; OSError when it does not answer."""
        if name == "kube-apiserver":
            url, authority = self.url, "apiserver"
        else:
            url, authority = f"https://127.0.0.1:{self._port(name)}", name
        told = self._ask(f"{url}/metrics", authority, self._token())
        if not told:
            raise ConnectionError(f"{name} does not answer")
        return told

    def set_controllers(self, without: tuple[str, ...]) -> None:
        """Leave these controllers out of kube-controller-manager, by its own names; it is started again."""
        if without == self._without and self.is_running("kube-controller-manager"):
            return
        self._without = without
        self.end("kube-controller-manager")
        self.run("kube-controller-manager")

    def stop(self) -> None:
        """Stop everything and remove the folder."""
        self._programs.close()
        if self._served is not None:
            self._served.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _flags(self, name: str) -> list[str]:
        made = {
            "etcd": self._etcd,
            "kube-apiserver": self._apiserver,
            "kube-controller-manager": self._manager,
            "kube-scheduler": self._scheduler,
        }
        return list(made[name]())

    def _etcd(self) -> Iterator[str]:
        client, peer = (f"https://127.0.0.1:{port}" for port in (self._ports.etcd, self._ports.peer))
        certificate, key = self.credentials.certificate("etcd")
        yield f"--data-dir={self.folder / 'etcd'}"
        yield from (f"--listen-client-urls={client}", f"--advertise-client-urls={client}")
        yield from (f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}")
        yield f"--initial-cluster=default={peer}"
        for side in ("", "peer-"):
            yield from (f"--{side}cert-file={certificate}", f"--{side}key-file={key}")
            yield from (f"--{side}client-cert-auth", f"--{side}trusted-ca-file={certificate}")
        if self._knows("etcd", "--unsafe-no-fsync"):
            yield "--unsafe-no-fsync"  # nothing here outlives a crash anyway

    def _apiserver(self) -> Iterator[str]:
        certificate, key = self.credentials.certificate("apiserver")
        etcd_certificate, etcd_key = self.credentials.certificate("etcd")
        account_key = self.credentials.service_account_key()
        yield f"--etcd-servers=https://127.0.0.1:{self._ports.etcd}"
        yield from (f"--etcd-cafile={etcd_certificate}", f"--etcd-certfile={etcd_certificate}")
        yield f"--etcd-keyfile={etcd_key}"
        if self._serve is not None:
            yield "--storage-media-type=application/json"  # so that who looks into the store can read it
        yield from ("--bind-address=127.0.0.1", f"--secure-port={self._ports.server}")
        yield from (f"--tls-cert-file={certificate}", f"--tls-private-key-file={key}")
        yield f"--token-auth-file={self.credentials.tokens}"
        yield "--authorization-mode=RBAC"
        yield "--service-account-issuer=https://kubernetes.default.svc.cluster.local"
        yield from (
            f"--service-account-key-file={account_key}",
            f"--service-account-signing-key-file={account_key}",
        )
        yield f"--service-cluster-ip-range={SERVICE_RANGE}"
        yield from ("--allow-privileged=true", f"--cert-dir={self.folder / 'certificates'}")
        yield from self._to_nodes()
        yield from self._more_flags

    def _to_nodes(self) -> Iterator[str]:
        """Yield how the API server reaches nodes and pods: none of their addresses exists on this machine."""
        certificate, key = self.credentials.certificate(credentials.KUBELET_CLIENT)
        yield from (f"--kubelet-client-certificate={certificate}", f"--kubelet-client-key={key}")
        yield f"--kubelet-certificate-authority={self.credentials.certificate(credentials.KUBELETS)[0]}"
        yield "--kubelet-preferred-address-types=InternalIP"  # the names of nodes are nobody's to look up
        # No rules of kube-proxy hold where it runs: for webhooks and APIServices it chooses pods by itself.
        yield "--enable-aggregator-routing=true"
        # It runs in the data folder, and the path of a socket must be short.
        transport = {"uds": {"udsName": TUNNEL}}
        connection = {"proxyProtocol": "HTTPConnect", "transport": transport}
        configuration = {
            "apiVersion": "apiserver.k8s.io/v1beta1",
            "kind": "EgressSelectorConfiguration",
            "egressSelections": [{"name": "cluster", "connection": connection}],
        }
        path = self.folder / "egress.json"
        path.write_text(json.dumps(configuration), "utf-8")
        yield f"--egress-selector-config-file={path}"

    def _manager(self) -> Iterator[str]:
        yield from self._component("kube-controller-manager", self._ports.manager)
        yield f"--service-account-private-key-file={self.credentials.service_account_key()}"
        # RBAC gives rights to each controller's account, not to the program.
        yield "--use-service-account-credentials=true"
        yield f"--root-ca-file={self.credentials.certificate('apiserver')[0]}"
        yield from ("--allocate-node-cidrs=true", f"--cluster-cidr={POD_RANGE}")
        yield f"--service-cluster-ip-range={SERVICE_RANGE}"
        yield "--controllers=" + ",".join(["*", *(f"-{name}" for name in self._without)])

    def _scheduler(self) -> Iterator[str]:
        yield from self._component("kube-scheduler", self._ports.scheduler)

    def _component(self, name: str, port: int) -> Iterator[str]:
        kubeconfig = self.credentials.kubeconfig(name)
        for flag in ("kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig"):
            yield f"--{flag}={kubeconfig}"
        yield from ("--bind-address=127.0.0.1", f"--secure-port={port}", "--leader-elect=false")
        yield f"--cert-dir={self.folder / name}"

    def _knows(self, name: str, flag: str) -> bool:
        told = subprocess.run([str(self._paths[name]), "--help"], capture_output=True, text=True, check=False)
        return flag in told.stdout + told.stderr

    def _await(self, name: str, began_s: float) -> None:
        said_s = began_s
        while not self._is_ready(name):
            self._programs.check(name)
            if self._served is not None:
                self._served.check()
            now_s = time.monotonic()
            if now_s - began_s > self._ready_s:
                line = decisive(self._programs.log(name))
                raise ProgramError(f"{name} was not ready within {self._ready_s:g} s: {line}")
            if now_s - said_s > 5:
                said_s = now_s
                self._say(f"waiting for {name} ({now_s - began_s:.0f} s)")
            time.sleep(_ASK_S)

    def _is_ready(self, name: str) -> bool:
        if name == "etcd":
            told = self._ask(f"https://127.0.0.1:{self._ports.etcd}/health", "etcd")
            with contextlib.suppress(ValueError, AttributeError, TypeError):
                return json.loads(told)["health"] in ("true", True)
            return False
        if name == "kube-apiserver":
            return self._ask(f"{self.url}/readyz", "apiserver", self._token()) == "ok"
        return self._ask(f"https://127.0.0.1:{self._port(name)}/healthz", "") == "ok"

    def _port(self, name: str) -> int:
        return self._ports.manager if name == "kube-controller-manager" else self._ports.scheduler

    def _token(self) -> str:
        return self.credentials.tokens.read_text().split(",", 1)[0]

    def _ask(self, url: str, authority: str, token: str = "") -> str:
        """Return what a program answers, "" for nothing; `authority` names whose certificate it shows."""
        if authority:
            own = self.folder / authority / f"{authority}.crt"  # some make it themselves, in their --cert-dir
            shown = own if own.is_file() else self.credentials.certificate(authority)[0]
            context = ssl.create_default_context(cafile=str(shown))
            if authority == "etcd":
                context.load_cert_chain(*self.credentials.certificate(authority))
        else:  # nothing secret is asked or told
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            with urllib.request.urlopen(
                urllib.request.Request(url, headers=headers), timeout=2, context=context
            ) as answer:
                text: str = answer.read().decode("utf-8", "replace")
                return text
        except (urllib.error.URLError, http.client.HTTPException, OSError):
            return ""


def _free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
