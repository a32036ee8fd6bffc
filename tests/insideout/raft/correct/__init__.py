"""Correct Rafts built differently from the reference: what they share with it is the protocol alone."""

from tests.insideout.raft.correct.functional import FunctionalRaft
from tests.insideout.raft.correct.pipelined import PipelinedRaft
from tests.insideout.raft.correct.roles import RolesRaft

__all__ = ["CORRECT"]

CORRECT = {"functional": FunctionalRaft, "roles": RolesRaft, "pipelined": PipelinedRaft}
