"""A real Prometheus scrapes `course serve` as docs/prometheus.md says, and our PromQL agrees with it.

Debian's Prometheus comes without discovery by Kubernetes.  There its discovery by files gets the same
targets, with the labels that discovery by Kubernetes would give them; the rest of the page is used as it is.
"""

import base64
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import kubernetes.client
import kubernetes.config
import kubernetes.utils
import pytest
import yaml

from insideout.metrics import KUBE_STATE_METRICS
from insideout.monitoring.promql import evaluate
from insideout.monitoring.samples import Point, Series

pytestmark = pytest.mark.skipif(
    shutil.which("prometheus") is None, reason="prometheus is not installed (Debian's package prometheus)"
)

PAGE = Path(__file__).parents[2] / "docs" / "prometheus.md"
WORKLOAD = """
apiVersion: v1
kind: Pod
metadata: {name: web, annotations: {program.course/web: "cpu 250m; memory 64Mi"}}
spec: {containers: [{name: web, image: web}]}
"""
WITHIN_S = 60.0
TARGETS = {
    "apiserver": 1,
    "kubelet": 2,
    "cadvisor": 2,
    "resource": 2,
    "kube-state-metrics": 1,
    "pods-that-say-so": 1,
}


class Prometheus(NamedTuple):
    """Where a Prometheus answers."""

    url: str

    def ask(self, path: str, **query: str) -> Any:
        """Return the data of an answer of its HTTP API."""
        url = f"{self.url}{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.loads(answer.read())["data"]

    def query(self, text: str, at: float | None = None) -> dict[frozenset[tuple[str, str]], float]:
        """Return a vector, now or at a time."""
        when = {} if at is None else {"time": f"{at:.3f}"}
        found = self.ask("/api/v1/query", query=text, **when)["result"]
        return {frozenset(one["metric"].items()): float(one["value"][1]) for one in found}

    def wait(self, text: str) -> dict[frozenset[tuple[str, str]], float]:
        """Ask until something comes."""
        until = time.monotonic() + WITHIN_S
        while time.monotonic() < until:
            if found := self.query(text):
                return found
            time.sleep(0.3)
        targets = self.ask("/api/v1/targets")["activeTargets"]
        raise TimeoutError(f"nothing came for {text}; targets: {targets}")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def ended(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Run `course serve` with two nodes, a workload and kube-state-metrics; give its folder."""
    folder = tmp_path_factory.mktemp("prometheus")
    path = folder / "course.kubeconfig"
    command = [sys.executable, "-c", "from course.cli import main; main()", "serve", "--nodes", "2"]
    process = subprocess.Popen(
        [*command, "--kubeconfig", str(path)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ready at ")
        config = yaml.safe_load(path.read_text("utf-8"))
        authority = base64.b64decode(config["clusters"][0]["cluster"]["certificate-authority-data"])
        (folder / "ca.crt").write_bytes(authority)
        (folder / "token").write_text(config["users"][0]["user"]["token"], "utf-8")
        manifest, _ = blocks()
        with kubernetes.config.new_client_from_config(str(path)) as client:
            for body in (*yaml.safe_load_all(manifest), yaml.safe_load(WORKLOAD)):
                kubernetes.utils.create_from_dict(client, body)
            core = kubernetes.client.CoreV1Api(client)
            until = time.monotonic() + WITHIN_S
            while {pod.status.phase for pod in core.list_pod_for_all_namespaces().items} != {"Running"}:
                assert time.monotonic() < until
                time.sleep(0.2)
        yield folder
    finally:
        ended(process)


def blocks() -> tuple[str, str]:
    """Return the manifest and the configuration of the page."""
    manifest, configuration = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return manifest, configuration


def knows_kubernetes(folder: Path) -> bool:
    """Tell whether the Prometheus here can discover by Kubernetes."""
    asks = {"job_name": "k", "kubernetes_sd_configs": [{"role": "node"}]}
    path = folder / "asks.yml"
    path.write_text(yaml.safe_dump({"scrape_configs": [asks]}), "utf-8")
    command = ["promtool", "check", "config", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "kubernetes_sd_configs not found" not in done.stdout + done.stderr


def discovered(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the targets of each role, with the labels of discovery by Kubernetes that the page uses."""
    meta = "__meta_kubernetes"
    with kubernetes.config.new_client_from_config(str(folder / "course.kubeconfig")) as client:
        core = kubernetes.client.CoreV1Api(client)
        slices = kubernetes.client.DiscoveryV1Api(client).list_endpoint_slice_for_all_namespaces().items
        nodes, pods = core.list_node().items, core.list_pod_for_all_namespaces().items
    found: dict[str, list[dict[str, Any]]] = {"node": [], "pod": [], "endpointslice": []}
    for node in nodes:
        labels = {f"{meta}_node_name": node.metadata.name, "instance": node.metadata.name}
        found["node"].append({"targets": [f"{node.status.addresses[0].address}:10250"], "labels": labels})
    for pod in pods:
        labels = {f"{meta}_namespace": pod.metadata.namespace, f"{meta}_pod_name": pod.metadata.name}
        for name, text in (pod.metadata.annotations or {}).items():
            labels[f"{meta}_pod_annotation_{re.sub('[^a-zA-Z0-9_]', '_', name)}"] = text
        found["pod"].append({"targets": [pod.status.pod_ip], "labels": labels})
    for one in slices:
        labels = {
            f"{meta}_namespace": one.metadata.namespace,
            f"{meta}_service_name": one.metadata.labels["kubernetes.io/service-name"],
        }
        for endpoint in one.endpoints or ():
            number, own = str(one.ports[0].port), {}
            if endpoint.target_ref is not None:  # an address that is no pod's has no more labels
                own[f"{meta}_pod_name"] = endpoint.target_ref.name
                own[f"{meta}_pod_container_port_number"] = number
            target = f"{endpoint.addresses[0]}:{number}"
            found["endpointslice"].append({"targets": [target], "labels": labels | own})
    return found


def configured(folder: Path) -> Path:
    """Write the page's configuration with the server's port, a shorter interval and targets; return where."""
    config = yaml.safe_load((folder / "course.kubeconfig").read_text("utf-8"))
    address = config["clusters"][0]["cluster"]["server"].removeprefix("https://")
    _, text = blocks()
    page = yaml.safe_load(
        text.replace("127.0.0.1:6443", address).replace("scrape_interval: 15s", "scrape_interval: 1s")
    )
    if not knows_kubernetes(folder):
        for role, targets in discovered(folder).items():
            (folder / f"{role}.json").write_text(json.dumps(targets), "utf-8")
        for job in page["scrape_configs"]:
            for found in job.pop("kubernetes_sd_configs", ()):
                job["file_sd_configs"] = [{"files": [f"{found['role']}.json"]}]
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(page), "utf-8")
    return path


@pytest.fixture(scope="module")
def prometheus(served: Path) -> Iterator[Prometheus]:
    """Run a Prometheus with the page's configuration."""
    port = free_port()
    command = [
        "prometheus",
        f"--config.file={configured(served)}",
        f"--storage.tsdb.path={served / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    made = Prometheus(f"http://127.0.0.1:{port}")
    with (
        (served / "log").open("w") as log,
        subprocess.Popen(command, stdout=log, stderr=log, text=True) as process,
    ):
        try:
            until = time.monotonic() + WITHIN_S
            while not _answers(made):
                assert time.monotonic() < until, (served / "log").read_text("utf-8")
                assert process.poll() is None, (served / "log").read_text("utf-8")
                time.sleep(0.2)
            yield made
        finally:
            ended(process)


def _answers(prometheus: Prometheus, path: str = "/api/v1/status/buildinfo") -> bool:
    try:
        prometheus.ask(path)
    except OSError:
        return False
    return True


def test_the_page_names_the_image_that_nodes_know() -> None:
    assert KUBE_STATE_METRICS in PAGE.read_text("utf-8")


def test_every_target_is_found_and_answers(prometheus: Prometheus) -> None:
    """Nodes, pods and endpoint slices through the API; each through the proxy."""
    for job, count in TARGETS.items():
        up = prometheus.wait(f'count(up{{job="{job}"}} == 1) == {count}')
        assert list(up.values()) == [count], job
    assert prometheus.query("count(up == 0)") == {}
    nodes = prometheus.query('up{job="kubelet"}')
    assert {dict(labels)["instance"] for labels in nodes} == {"node-0", "node-1"}


@pytest.mark.skipif(
    shutil.which("vmagent") is None, reason="vmagent is not installed (Debian's package victoria-metrics)"
)
def test_discovery_by_kubernetes_finds_the_same_targets(prometheus: Prometheus, served: Path) -> None:
    """VictoriaMetrics' agent reads the page too, and Debian leaves discovery by Kubernetes in it."""
    config = yaml.safe_load((served / "course.kubeconfig").read_text("utf-8"))
    server = config["clusters"][0]["cluster"]["server"]
    page = yaml.safe_load(blocks()[1].replace("127.0.0.1:6443", server.removeprefix("https://")))
    for job in page["scrape_configs"]:
        if "kubernetes_sd_configs" in job:  # it takes no kubeconfig of its own
            access = {"tls_config": job["tls_config"], "authorization": job["authorization"]}
            role = job["kubernetes_sd_configs"][0]["role"]
            job["kubernetes_sd_configs"] = [{"role": role, "api_server": server, **access}]
    (served / "vmagent.yml").write_text(yaml.safe_dump(page), "utf-8")
    port = free_port()
    command = [
        "vmagent",
        f"-promscrape.config={served / 'vmagent.yml'}",
        "-remoteWrite.url=http://127.0.0.1:9/",  # nobody is there, and nothing has to come
        f"-remoteWrite.tmpDataPath={served / 'vmagent'}",
        f"-httpListenAddr=127.0.0.1:{port}",
    ]
    agent = Prometheus(f"http://127.0.0.1:{port}")
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)
    try:
        until = time.monotonic() + WITHIN_S
        while not _answers(agent, "/api/v1/targets") or _scraped(agent) != _scraped(prometheus):
            assert time.monotonic() < until, (_scraped(agent), _scraped(prometheus))
            time.sleep(0.5)
    finally:
        ended(process)


def _scraped(prometheus: Prometheus) -> list[tuple[str, str]]:
    """Return the targets that answer: job and URL."""
    targets = prometheus.ask("/api/v1/targets")["activeTargets"]
    return sorted((one["labels"]["job"], one["scrapeUrl"]) for one in targets if one["health"] == "up")


EXPRESSIONS = {
    "a part of the API server": ("sum(apiserver_resource_objects{resource='nodes'})", 2.0),
    "requests that it answered": ("sum(apiserver_request_total{code='200'}) > bool 10", 1.0),
    "pods that kubelets run": ("sum(kubelet_running_pods)", 2.0),
    "memory from cAdvisor": (
        "sum(container_memory_working_set_bytes{job='cadvisor',pod='web'})",
        64.0 * 2**20,
    ),
    "memory of the nodes": ("sum(node_memory_working_set_bytes)", 64.0 * 2**20),
    "what the API says of pods": (
        "count(kube_pod_status_phase{phase='Running',job='kube-state-metrics'} == 1)",
        2,
    ),
    "what it says of a Deployment": (
        "kube_deployment_status_replicas_available{job='kube-state-metrics',deployment='kube-state-metrics'}",
        1.0,
    ),
    "a start within the last minutes": (
        "time() - max(container_start_time_seconds{job='resource'}) < bool 300",
        1.0,
    ),
}


@pytest.mark.parametrize(("text", "value"), EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_its_expressions_give_numbers(prometheus: Prometheus, text: str, value: float) -> None:
    found = prometheus.wait(f"({text}) == {value}")
    assert list(found.values()) == [value]


def test_the_rate_of_cpu_seconds_is_what_the_program_uses(prometheus: Prometheus) -> None:
    text = "rate(container_cpu_usage_seconds_total{job='resource',pod='web'}[10s])"
    (used,) = prometheus.wait(f"{text} > 0.24").values()  # once the window is full
    assert used == pytest.approx(0.25, rel=0.05)


SAME = (
    "rate(container_cpu_usage_seconds_total{job='cadvisor'}[5s])",
    "sum by (namespace) (container_memory_working_set_bytes{job='resource'})",
    "increase(apiserver_request_total{verb='LIST'}[6s])",
    "kube_pod_status_phase == 1",
    "topk(1, container_memory_rss)",
    "count by (job) (up)",
    "max_over_time(kubelet_running_pods[5s]) - min_over_time(kubelet_running_pods[5s])",
)


@pytest.mark.parametrize("text", SAME)
def test_our_promql_says_the_same_of_the_same_samples(prometheus: Prometheus, text: str) -> None:
    """At an instant from which on nothing changes: the samples are read after it has passed."""
    prometheus.wait("rate(container_cpu_usage_seconds_total{job='cadvisor',pod='web'}[5s]) > 0")
    at = round(time.time() - 1.0, 3)  # Prometheus counts in milliseconds
    theirs = prometheus.query(text, at)
    assert theirs
    found = prometheus.ask("/api/v1/query", query='{__name__=~".+"}[30s]', time=f"{at:.3f}")["result"]
    series = [
        Series(dict(one["metric"]), [(float(when) - at, float(value)) for when, value in one["values"]])
        for one in found
    ]
    ours = evaluate(text, series, 0.0, before_3=True)
    assert isinstance(ours, list)
    assert {_key(point): point.value for point in ours} == pytest.approx(theirs)


def _key(point: Point) -> frozenset[tuple[str, str]]:
    return frozenset(point.labels.items())
