"""Wrong replication and wrong repair of logs."""

from insideout.raft.broken import Rule
from tests.insideout.raft.mutants.mutant import Mutant

MUTANTS = (
    Mutant(
        "no-consistency-check", "takes entries whatever lies before them", "replication", Rule.CONSISTENCY_CHECK,
        'if previous is None or previous["term"] != message["prev_term"]:', "if False:",
    ),
    Mutant(
        "appends-again", "stores entries again that it has already", "replication", Rule.LOG_MATCHING,
        'if entry["index"] > self.last["index"]:\n            self.log.append(entry)', "self.log.append(entry)",
    ),
    Mutant(
        "everyone-appends", "takes commands without being leader", "replication", Rule.LOG_MATCHING,
        'if self.role == "leader":\n            self.log.append({"index": self.last["index"] + 1, "term": self.term, "command": command})\n            self.broadcast()',
        'self.log.append({"index": self.last["index"] + 1, "term": self.term, "command": command})\n        if self.role == "leader":\n            self.broadcast()',
    ),
    Mutant(
        "boasts-of-its-log", "confirms the whole length of its log instead of what the message covered",
        "replication", Rule.HONEST_REPLY,
        'self.store(entry)\n        return True, message["prev_index"] + len(message["entries"])',
        'self.store(entry)\n        return True, self.last["index"]',
    ),
    Mutant(
        "sends-once", "takes entries for stored once they are sent", "replication", Rule.LOGS_AGREE,
        "entries=entries, commit=self.commit)",
        'entries=entries, commit=self.commit)\n        self.next[peer] = self.last["index"] + 1',
    ),
    Mutant(
        "never-moves-on", "sends the whole log at each heartbeat", "replication", Rule.ECONOMY,
        "self.next[peer] = self.match[peer] + 1", "self.next[peer] = 1",
    ),
    Mutant(
        "wrong-previous", "sends with entries the last entry of its log as the one before them",
        "replication", Rule.LOGS_AGREE,
        'previous = self.entry(self.next[peer] - 1)\n', 'previous = self.last\n',
    ),
    Mutant(
        "no-truncation", "keeps its own entry where the leader has another", "repair", Rule.HONEST_REPLY,
        'del self.log[entry["index"] - self.log[0]["index"] :]', "pass",
    ),
    Mutant(
        "truncates-too-eagerly", "cuts its log behind every message, also one that was overtaken",
        "repair", Rule.TRUNCATION,
        'for entry in message["entries"]:\n            self.store(entry)',
        'del self.log[message["prev_index"] - self.log[0]["index"] + 1 :]\n        for entry in message["entries"]:\n            self.store(entry)',
    ),
    Mutant(
        "replaces-one-entry", "replaces a conflicting entry and keeps what followed it", "repair", Rule.LOG_MATCHING,
        'del self.log[entry["index"] - self.log[0]["index"] :]', 'self.log[entry["index"] - self.log[0]["index"]] = entry',
    ),
    Mutant(
        "any-previous-term", "checks that the entry before is there, not that its term is right",
        "repair", Rule.CONSISTENCY_CHECK,
        'if previous is None or previous["term"] != message["prev_term"]:', "if previous is None:",
    ),
    Mutant(
        "never-goes-back", "tries the same entries again after a refusal", "repair", Rule.LOGS_AGREE,
        'self.next[peer] = max(self.match[peer], message["index"]) + 1', "pass",
    ),
    Mutant(
        "goes-back-too-far", "goes back below the first entry", "repair", Rule.NO_EXCEPTION,
        'self.next[peer] = max(self.match[peer], message["index"]) + 1', 'self.next[peer] = min(self.next[peer], message["index"]) - 1',
    ),
    Mutant(
        "forgets-confirmations", "lets a late refusal undo what was confirmed", "repair", Rule.ECONOMY,
        'self.next[peer] = max(self.match[peer], message["index"]) + 1', 'self.next[peer] = message["index"] + 1',
    ),
)  # fmt: skip
