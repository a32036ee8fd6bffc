"""Correct Rafts built differently from the reference: what they share with it is the protocol alone."""

from tests.raft.correct.functional import FunctionalRaft
from tests.raft.correct.pipelined import PipelinedRaft
from tests.raft.correct.roles import RolesRaft

__all__ = ["CORRECT"]

CORRECT = {"functional": FunctionalRaft, "roles": RolesRaft, "pipelined": PipelinedRaft}
