"""How much a submission may take; beyond that it is stopped, and only what went too far loses points."""

from dataclasses import dataclass

BESIDE_LIMIT_BYTES = 12 * 2**20
"""How large the files beside a notebook may be together."""
BESIDE_FILES = 500


@dataclass(frozen=True)
class Limits:
    """The limits of one submission; times are of the wall clock unless they say otherwise."""

    cell_s: float = 30.0
    """One cell of the learner's: nbgrader's own default."""
    call_s: float = 5.0
    """One call of a learner's function that the check itself does not limit."""
    failing_s: float = 8.0
    """How long a function may take in calls that fail; each later call of it gets `impatient_s`."""
    impatient_s: float = 0.3
    test_s: float = 120.0
    """One test cell; then its remaining calls fail at once."""
    submission_s: float = 600.0
    """A whole notebook; then its remaining cells are not run."""
    grace_s: float = 1.0
    """How long code that was asked to stop may take before its process is killed."""
    restarts: int = 8
    """How often a notebook's process is started again after it died or hung."""
    restarts_in_test: int = 2
    callbacks: int = 200_000
    """How often a learner's code may call trusted objects in one test cell."""
    depth: int = 12
    """How deep calls between the two processes may nest."""
    memory_bytes: int = 2**30
    cpu_s: int = 600
    file_bytes: int = 16 * 2**20
    tmp_bytes: int = 32 * 2**20
    open_files: int = 64
    threads: int = 64

    def of_process(self) -> dict[str, int]:
        """Return the limits that the kernel enforces, by their RLIMIT names."""
        return {
            "AS": self.memory_bytes,
            "CPU": self.cpu_s,
            "FSIZE": self.file_bytes,
            "NOFILE": self.open_files,
            "NPROC": self.threads,
            "CORE": 0,
        }
