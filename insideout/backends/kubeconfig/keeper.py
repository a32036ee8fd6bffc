"""A process that removes our namespace when its own standard input ends, however that comes about.

So nothing is left on somebody's cluster when a notebook's kernel is killed: the pipe to the keeper closes.
It is one process for `Cluster.stop` and for a kill, so that there is one way only.
"""

import shutil
import signal
import sys
import time
from pathlib import Path

from insideout.backends.kubeconfig import space
from insideout.client.http import HttpClient
from insideout.client.interface import ApiError
from insideout.sim.loop import Loop

AGAIN_S = 1.0
TRIES = 20
"""A cluster that cannot be reached is asked again so often; then the next session finds what is left."""


def main(kubeconfig: str, name: str, uid: str) -> int:
    """Wait for the end of the input, remove the namespace and the kubeconfig's folder; 1 when it stays."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # Ctrl-C in a terminal is for whoever started us
    sys.stdin.buffer.read()
    try:
        return _remove(Path(kubeconfig), name, uid)
    finally:
        shutil.rmtree(Path(kubeconfig).parent, ignore_errors=True)


def _remove(kubeconfig: Path, name: str, uid: str) -> int:
    client = HttpClient.from_kubeconfig(kubeconfig, Loop(), "kubernetes-inside-out")
    why = ""
    for _ in range(TRIES):
        try:
            space.remove(client, name, uid)
            return 0
        except ApiError as refused:
            why = str(refused).splitlines()[0]
            if refused.code in (401, 403):
                break
        time.sleep(AGAIN_S)
    sys.stderr.write(f"the namespace {name} is left ({why}): kubectl delete namespace {name}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
