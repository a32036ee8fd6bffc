"""Stand-ins for etcd and the Kubernetes programs: they listen, fail or hang as `behaviour.json` says.

The API server is the embedded one behind TLS; the scheduler and the controllers are ours over HTTPS.  So a
whole control plane of four processes runs where the real programs are not to be had.
"""

import http.server
import json
import os
import signal
import ssl
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit


def main() -> None:
    me = Path(sys.argv[0])
    flags = dict(one.removeprefix("--").partition("=")[::2] for one in sys.argv[1:])
    if "version" in flags:
        print("Kubernetes v1.36.2" if me.name != "etcd" else "etcd Version: 3.5.1")
        return
    if "help" in flags:
        print("--unsafe-no-fsync")
        return
    behaviour = json.loads(me.with_name("behaviour.json").read_text()).get(me.name, "listen")
    print(f"I1129 starting {me.name}", flush=True)
    if behaviour == "fail":
        print(
            'E1129 10:00:00.000000 1 run.go:72] "command failed" err="open tokens.csv: no such file"',
            flush=True,
        )
        print("I1129 bye", flush=True)
        sys.exit(1)
    if behaviour == "hang":
        print("I1129 waiting for nothing", flush=True)
        signal.pause()
    if behaviour == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if behaviour == "child":
        if os.fork() == 0:
            time.sleep(600)
        print(f"I1129 child of {os.getpid()}", flush=True)
    ROLES[me.name](flags)


def health(port: int, body: bytes, certificate: str, key: str, authority: str = "") -> None:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    if authority:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(authority)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()


def etcd(flags: dict[str, str]) -> None:
    port = urlsplit(flags["listen-client-urls"]).port
    Path(flags["data-dir"]).mkdir()
    health(port or 0, b'{"health":"true"}', flags["cert-file"], flags["key-file"], flags["trusted-ca-file"])


def apiserver(flags: dict[str, str]) -> None:
    import uvicorn

    from insideout.apiserver.http import Application
    from insideout.backends.embedded import EmbeddedBackend

    token = Path(flags["token-auth-file"]).read_text().split(",", 1)[0]
    backend = EmbeddedBackend(realtime=True)
    backend.server.accounts.add_token(token)
    uvicorn.run(
        Application(backend.rest, backend.loop, token),
        host=flags["bind-address"],
        port=int(flags["secure-port"]),
        ssl_certfile=flags["tls-cert-file"],
        ssl_keyfile=flags["tls-private-key-file"],
        log_level="warning",
    )


def _component(flags: dict[str, str], start) -> None:
    import yaml

    from insideout.apiserver.certificates import self_signed
    from insideout.client.http import HttpClient
    from insideout.sim.realtime import RealtimeLoop

    folder = Path(flags["cert-dir"])
    folder.mkdir(exist_ok=True)
    pair = self_signed()
    (folder / "a.crt").write_bytes(pair.certificate)
    (folder / "a.key").write_bytes(pair.key)
    # The stand-in of the API server knows one token only.
    path = Path(flags["kubeconfig"])
    document = yaml.safe_load(path.read_text())
    document["users"] = yaml.safe_load(path.with_name("admin.kubeconfig").read_text())["users"]
    mine = folder / "kubeconfig"
    mine.write_text(yaml.safe_dump(document))
    loop = RealtimeLoop()
    loop.start()
    client = HttpClient.from_kubeconfig(mine, loop, Path(sys.argv[0]).name)
    loop.call(start, client, loop)
    health(int(flags["secure-port"]), b"ok", str(folder / "a.crt"), str(folder / "a.key"))


def scheduler(flags: dict[str, str]) -> None:
    from insideout.scheduler.scheduler import Scheduler

    _component(flags, lambda client, loop: Scheduler(client, loop).start())


def manager(flags: dict[str, str]) -> None:
    from insideout.backends.controlplane.backend import CONTROLLERS as NAMES
    from insideout.controllers.informers import Informers
    from insideout.controllers.manager import CONTROLLERS

    if flags.get("use-service-account-credentials") != "true":
        sys.exit("the controllers have no rights: RBAC gives them to their service accounts")
    out = {name.removeprefix("-") for name in flags["controllers"].split(",") if name != "*"}

    def start(client, loop) -> None:
        informers = Informers(client, loop)
        for kind in CONTROLLERS:
            if NAMES.get(kind.name, kind.name) not in out:
                kind(client, loop, informers).start()

    _component(flags, start)


ROLES = {
    "etcd": etcd,
    "kube-apiserver": apiserver,
    "kube-controller-manager": manager,
    "kube-scheduler": scheduler,
}

if __name__ == "__main__":
    threading.current_thread().name = "main"
    main()
