"""Rafts that forget."""

from insideout.raft.broken import Rule
from tests.insideout.raft.mutants.mutant import Mutant

STATE = 'return {"term": self.term, "vote": self.vote, "log": list(self.log), "snapshot": None}'
RESTORE = 'self.term, self.vote, self.log = saved["term"], saved["vote"], list(saved["log"])'

MUTANTS = (
    Mutant(
        "vote-not-saved", "does not save its vote", "persistence", Rule.ONE_VOTE,
        STATE, STATE.replace("self.vote,", "None,"),
    ),
    Mutant(
        "term-not-saved", "does not save its term", "persistence", Rule.ONE_VOTE,
        STATE, STATE.replace("self.term,", "0,"),
    ),
    Mutant(
        "log-not-saved", "does not save its log", "persistence", Rule.RESTORED,
        STATE, STATE.replace("list(self.log)", "self.log[:1]"),
    ),
    Mutant(
        "nothing-restored", "saves everything and begins from nothing", "persistence", Rule.RESTORED,
        RESTORE, "self.term, self.vote, self.log = 0, None, self.log",
    ),
    Mutant(
        "vote-not-restored", "saves its vote and forgets to read it back", "persistence", Rule.ONE_VOTE,
        RESTORE, RESTORE.replace('saved["vote"]', "None"),
    ),
    Mutant(
        "saves-new-terms-only", "writes to the disk only when the term changes", "persistence", Rule.SAVE_FIRST,
        "if state == self.saved:", 'if state["term"] == self.saved["term"]:',
    ),
    Mutant(
        "saves-longer-logs-only", "takes a state of the same size for the same state", "persistence", Rule.SAVE_FIRST,
        "if state == self.saved:",
        'if [len(str(v)) for v in state.values()] == [len(str(v)) for v in self.saved.values()]:',
    ),
    Mutant(
        "saves-at-every-tick", "writes to the disk whether anything changed or not", "persistence", Rule.SAVE_SELDOM,
        "if state == self.saved:", "if False:",
    ),
    Mutant(
        "trusts-its-memory", "keeps the log that it shares with what is saved, so changes are never noticed",
        "persistence", Rule.SAVE_FIRST,
        STATE, STATE.replace("list(self.log)", "self.log"),
    ),
)  # fmt: skip
