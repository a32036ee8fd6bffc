"""`course serve`: an embedded cluster for other programs, in real time, until interrupted."""

import argparse
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from insideout.apiserver.requestlog import RequestLog
from insideout.backends.embedded import EmbeddedBackend
from insideout.cluster import Cluster
from insideout.kubelet.webhook import load
from insideout.metrics import MetricsServer, register_programs
from insideout.usage import UsageError

FIRST_PULL_S = 1.0
"""How long a node pulls an image: clients that poll see a rollout on its way, as elsewhere."""

MISSING_TAGS = frozenset({"404", "nonexistent", "non-existent"})
"""Tags whose pull fails, for rollouts that stop halfway: `kubectl set image deployment/web web=web:404`."""


def add_serve_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `course serve`."""
    parser.add_argument(
        "--api-only", action="store_true", help="only the API server: no scheduler, controllers, nodes"
    )
    parser.add_argument("--nodes", type=int, default=3, metavar="N", help="how many nodes (default: 3)")
    parser.add_argument("--port", type=int, default=0, metavar="P", help="the port (default: a free one)")
    parser.add_argument(
        "--kubeconfig",
        type=Path,
        metavar="FILE",
        help="where to write the kubeconfig (default: a temporary file)",
    )
    parser.add_argument(
        "--webhook",
        action="append",
        default=[],
        metavar="IMAGE=FILE.py:FUNCTION",
        help="let containers of an image answer admission reviews with a function "
        "(given the request; returns True, the reason of a denial, or JSON patch operations)",
    )


def serve(options: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM, then clean up."""
    if options.nodes < 0:
        raise UsageError(f"--nodes {options.nodes}: give 0 or more")
    if not 0 <= options.port <= 65535:
        raise UsageError(f"--port {options.port}: give a port between 0 and 65535, 0 for a free one")
    path: Path | None = options.kubeconfig
    if path is not None and not path.absolute().parent.is_dir():
        raise UsageError(f"--kubeconfig {path}: there is no folder {path.absolute().parent}")
    try:
        webhooks = dict(load(text) for text in options.webhook)
    except ValueError as problem:
        raise UsageError(f"--webhook {problem}") from None
    with _interrupted() as interrupted:
        backend = EmbeddedBackend(
            realtime=True,
            port=options.port,
            kubeconfig=path,
            log=RequestLog(keeps_entries=False),
            has_storage=not options.api_only,
        )
        cluster = Cluster(
            backend, {} if options.api_only else None, nodes=0 if options.api_only else options.nodes
        )
        try:
            try:
                kubeconfig = cluster.kubeconfig
            except OSError as problem:
                raise UsageError(f"--port {options.port}: {problem.strerror}; choose another") from None
            if not options.api_only:
                MetricsServer(cluster)
                register_programs(cluster)
                cluster.nodes.registry.default_s = FIRST_PULL_S
                cluster.nodes.registry.missing_tags = MISSING_TAGS
                for image, program in webhooks.items():
                    cluster.nodes.programs.register(image, program)
            print(f"ready at {backend.url}  KUBECONFIG={kubeconfig}", flush=True)
            interrupted.wait()
        finally:
            cluster.stop()
    return 0


@contextmanager
def _interrupted() -> Iterator[threading.Event]:
    """Give an event that SIGINT and SIGTERM set, in place of what they did before."""
    event = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: event.set()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield event
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
