"""Run every benchmark, or those named: `python -m benchmarks [NAME ...]`."""

import sys

from benchmarks import apiserver, cluster, etcd, explore, lab, raft

BENCHMARKS = {
    "import": apiserver.import_time,
    "boot": apiserver.boot,
    "requests": apiserver.requests_in_process,
    "http": apiserver.requests_over_http,
    "fan-out": apiserver.fan_out,
    "memory": apiserver.memory,
    "pods": cluster.pods,
    "eviction": cluster.eviction,
    "explore": explore.executions,
    "raft": raft.grading,
    "etcd": etcd.stores,
    "lab": lab.first_cell,
}


def main() -> int:
    """Print a line for each figure."""
    wanted = sys.argv[1:] or list(BENCHMARKS)
    unknown = [name for name in wanted if name not in BENCHMARKS]
    if unknown:
        print(f"no benchmark {unknown[0]!r}; there are: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for name in wanted:
        for line in BENCHMARKS[name]():
            print(f"{name:10} {line}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
