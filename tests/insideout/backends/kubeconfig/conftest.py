"""A cluster behind `course serve`'s door, in a process of its own, and users of less right."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from insideout.client.http import HttpClient
from insideout.sim.loop import Loop

Rules = list[dict[str, list[str]]]


class Existing:
    """Somebody's cluster: its kubeconfig, its administrator."""

    def __init__(self, kubeconfig: Path) -> None:
        self.kubeconfig = kubeconfig
        self.admin = HttpClient.from_kubeconfig(kubeconfig, Loop(), "admin")

    def namespaces(self) -> list[str]:
        """Return the namespaces that are not ending."""
        listed = self.admin.list("namespaces")["items"]
        return [each["metadata"]["name"] for each in listed if "deletionTimestamp" not in each["metadata"]]

    def ours(self) -> list[str]:
        """Return the namespaces that sessions made."""
        return [name for name in self.namespaces() if name.startswith("inside-out-")]

    def user(self, folder: Path, rules: Rules) -> Path:
        """Return the kubeconfig of a user with these rights in the whole cluster."""
        self.admin.create("serviceaccounts", {"metadata": {"name": "learner"}}, "default")
        role = {"metadata": {"name": "learner"}, "rules": rules}
        self.admin.create("clusterroles.rbac.authorization.k8s.io", role)
        binding = {
            "metadata": {"name": "learner"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "learner"},
            "subjects": [{"kind": "ServiceAccount", "name": "learner", "namespace": "default"}],
        }
        self.admin.create("clusterrolebindings.rbac.authorization.k8s.io", binding)
        asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
        made = self.admin.create("serviceaccounts", asked, "default", name="learner", subresource="token")
        document = yaml.safe_load(self.kubeconfig.read_text())
        document["users"][0]["user"]["token"] = made["status"]["token"]
        path = folder / "learner"
        path.write_text(yaml.safe_dump(document))
        return path


@pytest.fixture
def existing(tmp_path, monkeypatch) -> Iterator[Callable[[], Existing]]:
    """Return a function that starts a cluster which is there already, as KUBECONFIG says."""
    started: list[subprocess.Popen[str]] = []
    made: list[Existing] = []
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    environment: Mapping[str, str] = {"TMPDIR": str(tmp_path)}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def start() -> Existing:
        kubeconfig = tmp_path / "kubeconfig"
        argv = [sys.executable, "-m", "course.cli", "serve", "--nodes", "1", "--kubeconfig", str(kubeconfig)]
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ready at")
        monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
        made.append(Existing(kubeconfig))
        return made[-1]

    yield start
    for one in made:
        one.admin.close()
    for process in started:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        process.stdout.close()
