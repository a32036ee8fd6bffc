"""Wrong Rafts: each is the reference solution with one classic bug, written as a replacement in its text."""

from tests.insideout.raft.mutants import commit, election, further, persistence, replication, vote
from tests.insideout.raft.mutants.mutant import Mutant

__all__ = ["MUTANTS", "Mutant"]

MUTANTS = (
    *vote.MUTANTS,
    *election.MUTANTS,
    *replication.MUTANTS,
    *commit.MUTANTS,
    *persistence.MUTANTS,
    *further.MUTANTS,
)
