"""What pictures cost, in processor seconds, and the size of the notebooks in which all are stored.

    python -m benchmarks.pictures [TREE ...] [--runs N]

A new Python imports what unit 06 imports and draws its order of eviction, and then the largest picture of
the course: 2,800 requests to the four releases of unit 08.  The trees (this one when none is named) take
turns.  Sizes are those of the notebooks in `source/`, in which every picture is stored.
"""

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1]
NAMED = ("imports", "first picture", "largest picture")
PROGRAM = """
import time
begin = time.process_time()
from insideout import Cluster
from course.units.u06_qos.plots.eviction import plot_order
imported = time.process_time()
from insideout.kubelet.eviction import PodMemory
plot_order([PodMemory("web", 0, 3 * 2**20, 2**20)], ["web"], {"web": "Burstable"})
first = time.process_time()
from course.units.u08_rollouts.plots.releases import plot_releases
from insideout.network.caller import Seen
seen = [Seen(number / 20, "v1" if number < 350 else "v2", "", 4) for number in range(701)]
largest = time.process_time()
plot_releases(dict.fromkeys(("Recreate", "RollingUpdate", "Blue-green", "Canary"), seen), released_s=5)
print(imported - begin, first - imported, time.process_time() - largest)
"""


def drawn(tree: Path) -> list[float]:
    """Return the processor seconds that a new Python takes for what NAMED names."""
    call = [sys.executable, "-c", PROGRAM]
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # each tree keeps its own
    done = subprocess.run(call, capture_output=True, text=True, check=True, cwd=tree, env=environment)
    return [float(each) for each in done.stdout.split()]


def main() -> None:
    """Print a line for each tree: medians, and the smallest and the largest."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pictures")
    parser.add_argument("trees", nargs="*", type=Path, default=[PROJECT], metavar="TREE")
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()
    trees = [tree.resolve() for tree in options.trees]
    taken = [[drawn(tree) for tree in trees] for _ in range(options.runs)]
    for number, tree in enumerate(trees):
        told = []
        for of, name in enumerate(NAMED):
            times_s = [run[number][of] for run in taken]
            told.append(
                f"{name} {statistics.median(times_s):.2f} s ({min(times_s):.2f} to {max(times_s):.2f})"
            )
        size_mb = sum(file.stat().st_size for file in tree.glob("source/*/*.ipynb")) / 1e6
        print(f"{tree.name}: {', '.join(told)}; notebooks {size_mb:.1f} MB")


if __name__ == "__main__":
    main()
