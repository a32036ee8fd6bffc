"""The unit's dashboard for Grafana, from the same queries: `python -m course.units.u15_monitoring.grafana`.

Source: the JSON model of Grafana's dashboards, schema version 39.
"""

import json
from pathlib import Path
from typing import Any

from course.units.u15_monitoring.plots.dashboard import PANELS

FILE = Path(__file__).with_name("grafana.json")


def dashboard() -> dict[str, Any]:
    """Return the dashboard's JSON model: a panel a query, two in a row."""
    panels = []
    for number, (title, query) in enumerate(PANELS.items()):
        place = {"h": 8, "w": 12, "x": 12 * (number % 2), "y": 8 * (number // 2)}
        target = {"refId": "A", "expr": query, "datasource": {"type": "prometheus", "uid": "${datasource}"}}
        panel = {
            "id": number + 1,
            "type": "timeseries",
            "title": title,
            "gridPos": place,
            "targets": [target],
        }
        panels.append(panel)
    source = {"name": "datasource", "type": "datasource", "query": "prometheus", "label": "Prometheus"}
    return {
        "title": "Kubernetes Inside Out: four signals",
        "uid": "insideout-signals",
        "schemaVersion": 39,
        "time": {"from": "now-1h", "to": "now"},
        "templating": {"list": [source]},
        "panels": panels,
    }


def text() -> str:
    """Return the file's text."""
    return json.dumps(dashboard(), indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
