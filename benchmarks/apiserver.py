"""The embedded API server: start, requests through both doors, watches, memory.

Peers: the real control plane on the machine of the course's first measurements (etcd, kube-apiserver).
"""

import gc
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

from insideout.apiserver.server import ApiServer
from insideout.backends.embedded import EmbeddedBackend
from insideout.client.local import LocalClient
from insideout.sim.loop import Loop


def pod(name: str) -> dict[str, Any]:
    """Return a pod as a Deployment's would be."""
    limits = {"cpu": "500m", "memory": "128Mi"}
    container = {
        "name": "web",
        "image": "nginx:1.27",
        "ports": [{"containerPort": 80}],
        "resources": {"requests": limits, "limits": limits},
        "readinessProbe": {"httpGet": {"path": "/", "port": 80}},
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": "web", "pod-template-hash": "abc"}},
        "spec": {"containers": [container]},
    }


def _rate(count: int, work: Callable[[int], object]) -> float:
    began = time.perf_counter()
    for number in range(count):
        work(number)
    return count / (time.perf_counter() - began)


def import_time() -> Iterator[str]:
    """Seconds that an import takes in a new interpreter, the interpreter's own start taken off."""
    bare_s = _interpreter_s("")
    yield f"import course: {_interpreter_s('import course') - bare_s:.3f} s (limit 0.3 s)"
    whole_s = _interpreter_s("import insideout.cluster") - bare_s
    yield f"import insideout.cluster, every component with it: {whole_s:.3f} s"


def _interpreter_s(code: str) -> float:
    times = []
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        times.append(time.perf_counter() - began)
    return min(times)


_FIRST_BOOT = """
import time
from insideout.backends.embedded import EmbeddedBackend
began = time.perf_counter()
EmbeddedBackend()
print(time.perf_counter() - began)
"""


def boot() -> Iterator[str]:
    """Milliseconds from nothing to a server with its system objects."""
    command = [sys.executable, "-c", _FIRST_BOOT]
    first = min(float(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(3))
    yield f"first boot: {1000 * first:.1f} ms (limit 50 ms; real control plane 2400 ms)"
    EmbeddedBackend()
    times = []
    for _ in range(5):
        began = time.perf_counter()
        EmbeddedBackend()
        times.append(time.perf_counter() - began)
    yield f"later boots: {1000 * min(times):.1f} ms"


def requests_in_process() -> Iterator[str]:
    """Measure requests a second through the in-process client and the official one."""
    backend = EmbeddedBackend()
    client = backend.client("bench")
    count = 2000
    yield f"create pods: {_rate(count, lambda n: client.create('pods', pod(f'p{n}'), 'default')):,.0f}/s"
    yield f"get: {_rate(count, lambda n: client.get('pods', f'p{n}', 'default')):,.0f}/s"
    status = {"status": {"phase": "Running", "podIP": "10.0.0.1"}}
    rate = _rate(count, lambda n: client.patch("pods", f"p{n}", status, "default", subresource="status"))
    yield f"patch status: {rate:,.0f}/s"
    began = time.perf_counter()
    client.list("pods")
    yield f"list {count} pods: {1000 * (time.perf_counter() - began):.0f} ms"
    import kubernetes.client

    core = kubernetes.client.CoreV1Api(backend.api_client())
    yield f"official client, get: {_rate(500, lambda n: core.read_namespaced_pod(f'p{n}', 'default')):,.0f}/s"


def requests_over_http() -> Iterator[str]:
    """Measure requests a second over HTTPS, one connection."""
    import kubernetes.client
    import kubernetes.config

    backend = EmbeddedBackend(realtime=True)
    try:
        api_client = kubernetes.config.new_client_from_config(str(backend.kubeconfig()))
        core = kubernetes.client.CoreV1Api(api_client)
        rate = _rate(500, lambda n: core.create_namespaced_pod("default", pod(f"p{n}")))
        yield f"official client, create pods: {rate:,.0f}/s"
        pool, host = api_client.rest_client.pool_manager, api_client.configuration.host
        headers: dict[str, str] = {}
        api_client.update_params_for_auth(headers, [], ["BearerToken"])
        url = f"{host}/api/v1/namespaces/default/pods/p1"
        yield f"bare get: {_rate(1000, lambda n: pool.request('GET', url, headers=headers)):,.0f}/s"
    finally:
        backend.stop()


def fan_out() -> Iterator[str]:
    """Events a second delivered to 1,000 watchers."""
    loop = Loop()
    client = LocalClient(ApiServer(loop), "bench").shared
    seen = 0

    def count(event: object) -> None:
        nonlocal seen
        seen += 1

    for _ in range(1000):
        client.watch("configmaps", count)
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "c-"}}
    began = time.perf_counter()
    for _ in range(100):
        client.create("configmaps", body, "default")
    loop.run(1)
    rate = seen / (time.perf_counter() - began)
    yield f"1,000 watchers: {rate:,.0f} events/s"
    seen = 0
    for number in range(1000):
        client.watch("pods", count, field_selector=f"spec.nodeName=node-{number}")
    began = time.perf_counter()
    for number in range(500):
        body = pod(f"p{number}")
        body["spec"]["nodeName"] = f"node-{number}"
        client.create("pods", body, "default")
    loop.run(1)
    yield f"1,000 kubelets, each with its pods: {seen / (time.perf_counter() - began):,.0f} pods/s"


def memory() -> Iterator[str]:
    """Megabytes for 10,000 pods that were created, bound and made Running."""
    loop = Loop()
    client = LocalClient(ApiServer(loop), "bench").shared
    client.create("pods", pod("warm"), "default")
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for number in range(10_000):
        client.create("pods", pod(f"p{number}"), "default")
    created, _ = tracemalloc.get_traced_memory()
    yield f"10,000 pods created: {(created - before) / 1e6:.0f} MB (limit 150 MB)"
    for number in range(10_000):
        name = f"p{number}"
        target = {"apiVersion": "v1", "kind": "Node", "name": f"node-{number % 100}"}
        binding = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": name}, "target": target}
        client.create("pods", binding, "default", name=name, subresource="binding")
        status = {"phase": "Running", "podIP": f"10.0.{number // 250}.{number % 250}"}
        client.patch("pods", name, {"status": status}, "default", subresource="status")
    running, _ = tracemalloc.get_traced_memory()
    yield f"bound and Running, history kept: {(running - before) / 1e6:.0f} MB"
    loop.run(601)
    gc.collect()
    compacted, _ = tracemalloc.get_traced_memory()
    yield f"after compaction: {(compacted - before) / 1e6:.0f} MB"
    tracemalloc.stop()
