"""A dashboard of the cluster's own metrics: four panels over the same minutes, each one query."""

from collections.abc import Mapping

from course.plots import picture
from course.plots.picture import Picture
from insideout.metrics import Scraper

PANELS: Mapping[str, str] = {
    "errors: pods that are not available": "sum(kube_deployment_status_replicas_unavailable)",
    "traffic: API requests a second": "sum(rate(apiserver_request_total[1m]))",
    "saturation: cpu used, of what is requested": (
        "sum(rate(container_cpu_usage_seconds_total[1m])) / sum(kube_pod_container_resource_requests)"
    ),
    "restarts in a minute": "sum(increase(kube_pod_container_status_restarts_total[1m]))",
}
"""The panels' titles and queries."""


def plot_dashboard(prometheus: Scraper, until_min: float) -> Picture:
    """Draw every panel from the beginning to a minute."""
    with picture.figure(8, 5) as drawn:
        grid = drawn.subplots(2, 2, sharex=True)
        last = []
        for axes, (title, query) in zip(grid.flat, PANELS.items(), strict=True):
            for points in prometheus.query_range(query).values():
                shown = [(at / 60, value) for at, value in points if at <= until_min * 60]
                if shown:
                    axes.plot(*zip(*shown, strict=True), color=picture.BLUE)
                    last.append(f"{title}: {shown[-1][1]:.3g}")
            axes.set_title(title, fontsize=9)
            axes.set_ylim(bottom=0)
        for axes in grid[1]:
            axes.set_xlabel("minutes")
        return picture.finish(drawn, f"Until minute {until_min:g}. Last values: {'; '.join(last)}.")
