"""A cluster with a Prometheus, and a release that goes wrong while it watches: four minutes in all."""

from typing import Any

from insideout.cluster import Cluster
from insideout.metrics import Scraper


def deployment(name: str, program: str, *, replicas: int = 3, image: str = "v1") -> dict[str, Any]:
    """Return a Deployment whose container runs `program`."""
    container = {"name": "app", "image": image, "resources": {"requests": {"cpu": "200m"}}}
    template = {
        "metadata": {"labels": {"app": name}, "annotations": {"program.course/app": program}},
        "spec": {"containers": [container]},
    }
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template}
    return {"metadata": {"name": name}, "spec": spec}


def watched_cluster() -> tuple[Cluster, Scraper]:
    """Return a cluster with two workloads that have run for 75 seconds, and its Prometheus."""
    cluster = Cluster.create(nodes=3, seed=15, log=True)
    prometheus = Scraper(cluster)
    cluster.apps.create_namespaced_deployment("default", deployment("shop", "cpu 150m; memory 64Mi"))
    cluster.apps.create_namespaced_deployment(
        "default", deployment("db", "cpu 80m; memory 256Mi", replicas=1)
    )
    cluster.run(seconds=75)
    return cluster, prometheus


def bad_release(cluster: Cluster) -> None:
    """Give the shop a version that ends after five seconds; let three restarts pass."""
    broken = deployment("shop", "cpu 150m; exit 1 after 5s", image="v2")
    cluster.apps.replace_namespaced_deployment("shop", "default", broken)
    cluster.run(seconds=80)


def roll_back(cluster: Cluster) -> None:
    """Give the shop its good version again, and let 85 seconds pass."""
    cluster.apps.replace_namespaced_deployment("shop", "default", deployment("shop", "cpu 150m; memory 64Mi"))
    cluster.run(seconds=85)


def rows(vector: Any, *labels: str) -> list[tuple[Any, ...]]:
    """Return a vector as sorted rows of labels and a rounded value, for a cell to show."""
    return sorted((*(point.labels.get(one, "") for one in labels), round(point.value, 3)) for point in vector)


def exposition_bytes(users: int) -> tuple[int, int]:
    """Return the series and the bytes of a scrape of one counter with a label for each user."""
    from prometheus_client import CollectorRegistry, Counter, generate_latest

    registry = CollectorRegistry()
    requests = Counter("shop_requests", "Requests.", ["user", "code"], registry=registry)
    for user in range(users):
        for code in ("200", "500"):
            requests.labels(f"user-{user:06}", code).inc()
    lines = generate_latest(registry).decode().splitlines()
    samples = [line for line in lines if line.startswith("shop_requests_total")]  # not when each was made
    return len(samples), sum(len(line) + 1 for line in samples)
