"""What runs in Pyodide before the picture of its memory is taken: all that notebooks import, one cluster.

/work/imports.json has the notebooks' import statements.  The cluster leaves behind what a first one computes
and others find: the schema, the API's routes.
"""

import gc
import json
import sys
import traceback
from pathlib import Path


def bring_in(work: Path) -> None:
    """Import the kernel first, as it does in a page; then what the notebooks do."""
    import pyodide_kernel  # type: ignore[import-not-found]  # noqa: F401

    for statement in json.loads((work / "imports.json").read_text("utf-8")):
        exec(statement, {})


def run_a_cluster() -> None:
    """Run a Deployment until its pods do, and show the cluster."""
    from insideout import Cluster

    cluster = Cluster.create(nodes=2)
    template = {
        "metadata": {"labels": {"app": "web"}},
        "spec": {"containers": [{"name": "c", "image": "web:1"}]},
    }
    selector = {"matchLabels": {"app": "web"}}
    web = {"metadata": {"name": "web"}, "spec": {"replicas": 2, "selector": selector, "template": template}}
    cluster.apps.create_namespaced_deployment("default", web)
    cluster.run(seconds=5)
    cluster._repr_html_()


if __name__ == "__main__":
    try:
        bring_in(Path("/work"))
        run_a_cluster()
    except Exception:
        traceback.print_exc(file=sys.__stderr__)  # the kernel has put its own in the place of the other
        raise
    gc.collect()
