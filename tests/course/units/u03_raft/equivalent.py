"""Mutants of unit 03's solutions that no call can tell from them, with the reason."""

_EXACT = "members are few, so a float holds their half exactly"
_NAMES = "an id, and an entry, is never empty, so it is as true as it is present"
_ROUNDS = "rounds are compared with each other only, and the first read's is above what was heard before it"
_UNASKED = "a leader that sends no round reads none in the answer"
_WINDOW = "a leader that looks every 11 ticks has heard no majority for ten either, and gives up before 20"
_APPLIED = "the application hands over all it has applied; handed over twice, it is the same snapshot"
_UNREAD = "the application takes the index and the snapshot, and log[0] keeps the term"
_BASE = "log[0] was committed, so a message that begins or ends there agrees with it"
_LATER = "the next heartbeat does it 100 ms later: slower, and a right Raft all the same"
_GIVEN = "the text lets commit_index sort its lists: they are made for the call"

EQUIVALENT = {
    "on_vote: free = state['vote'] is None and state['leader'] is None -> free = not state['vote'] and state['leader'] is None": _NAMES,
    "on_vote: free = state['vote'] is None and state['leader'] is None -> free = state['vote'] is None and (not state['leader'])": _NAMES,
    "Election.count_votes: if len(self.votes) > len(self.members) // 2: -> if len(self.votes) > int(len(self.members) / 2):": _EXACT,
    "Replication.lead: self.match = dict.fromkeys(self.peers, 0) -> self.match = dict.fromkeys(self.peers, -1)": (
        "no refusal names an index below 0, and nothing is committed below the commit index"
    ),
    "Replication.on_propose: self.broadcast() -> pass": _LATER,
    "Replication.append: if previous is None or previous['term'] != message['prev_term']: -> if not previous or previous['term'] != message['prev_term']:": _NAMES,
    "Repair.store: if mine is not None and mine['term'] != entry['term']: -> if mine and mine['term'] != entry['term']:": _NAMES,
    "Repair.learn_match: self.send_append(peer) -> pass": _LATER,
    "commit_index: quorum = len(match) // 2 + 1 -> quorum = int(len(match) / 2) + 1": _EXACT,
    "commit_index: if stored > commit and log_terms[stored] == term: -> if stored >= commit and log_terms[stored] == term:": (
        "where both are the same index, it does not matter which is returned"
    ),
    "commit_index: if stored > commit and log_terms[stored] == term: -> if stored > commit and log_terms[stored] >= term:": (
        "no entry in a leader's log is of a later term than the leader's own"
    ),
    "commit_index: changes its argument match": _GIVEN,
    "commit_index: changes its argument log_terms": _GIVEN,
    "Raft.state: return {'term': self.term, 'vote': self.vote, 'log': list(self.log), 'snapshot': None} -> return {'term': self.term, 'vote': self.vote, 'log': list(self.log), 'snapshot_': None}": (
        "a disk without a snapshot holds the snapshot None"
    ),
    "Snapshots.on_compact: if self.log[0]['index'] < index <= self.applied: -> if True:": _APPLIED,
    "Snapshots.on_compact: if self.log[0]['index'] < index <= self.applied: -> if self.log[0]['index'] <= index <= self.applied:": _APPLIED,
    "Snapshots.on_compact: if self.log[0]['index'] < index <= self.applied: -> if self.log[0]['index'] < index >= self.applied:": _APPLIED,
    "Snapshots.append: if dropped > len(message['entries']): -> if dropped >= len(message['entries']):": _BASE,
    "Snapshots.append: if dropped > 0: -> if dropped >= 0:": _BASE,
    "Snapshots.append: if dropped > 0: -> if dropped > -1:": _BASE,
    "Snapshots.install: kept = self.entries_after(index) if mine is not None and mine['term'] == term else [] -> kept = self.entries_after(index) if mine and mine['term'] == term else []": _NAMES,
    "Snapshots.install: self.restored.append({'index': index, 'term': term, 'snapshot': self.snapshot}) -> self.restored.append({'index': index, 'snapshot': self.snapshot})": _UNREAD,
    "Snapshots.install: self.restored.append({'index': index, 'term': term, 'snapshot': self.snapshot}) -> self.restored.append({'index': index, 'term_': term, 'snapshot': self.snapshot})": _UNREAD,
    "ReadIndex.lead: self.round = 0 -> self.round = 1": _ROUNDS,
    "ReadIndex.lead: self.heard = dict.fromkeys(self.peers, 0) -> self.heard = dict.fromkeys(self.peers, -1)": _ROUNDS,
    "ReadIndex.on_read: self.round += 1 -> self.round += 2": _ROUNDS,
    "ReadIndex.on_read: self.broadcast() -> pass": _LATER,
    "ReadIndex.on_append_entries: self.outbox[-1]['round'] = message.get('round', 0) -> self.outbox[-0]['round'] = message.get('round', 0)": (
        "a message is answered by one message, which is the first and the last in the outbox"
    ),
    "ReadIndex.on_append_entries: self.outbox[-1]['round'] = message.get('round', 0) -> self.outbox[-1]['round'] = message.get('round', 1)": _UNASKED,
    "ReadIndex.on_append_entries: self.outbox[-1]['round'] = message.get('round', 0) -> self.outbox[-1]['round'] = message.get('round', -1)": _UNASKED,
    "ReadIndex.learn_match: self.heard[peer] = max(self.heard[peer], message.get('round', 0)) -> self.heard[peer] = max(self.heard[peer], message.get('round', -1))": (
        "what was heard is never below 0, so the larger of both stays the same"
    ),
    "ReadIndex.answer_reads: if confirmed > len(self.members) // 2: -> if confirmed > int(len(self.members) / 2):": _EXACT,
    "PreVote.leased: return self.leader is not None and self.elapsed < ELECTION_TICKS -> return self.leader and self.elapsed < ELECTION_TICKS": (
        "whoever asks looks only whether it is true"
    ),
    "PreVote.lead: self.elapsed, self.active = (0, set()) -> self.elapsed, self.active = (-1, set())": _WINDOW,
    "PreVote.on_tick: if self.role == 'leader' and self.elapsed >= ELECTION_TICKS: -> if self.role == 'leader' and self.elapsed > ELECTION_TICKS:": _WINDOW,
    "PreVote.on_tick: if len(self.active) + 1 <= len(self.members) // 2: -> if len(self.active) + 1 <= int(len(self.members) / 2):": _EXACT,
    "PreVote.on_tick: self.reset_timer() -> pass": (
        "the limit stays the one that was drawn for the last campaign; the next campaign draws anew"
    ),
    "PreVote.on_tick: self.elapsed, self.active = (0, set()) -> self.elapsed, self.active = (1, set())": (
        "who was heard just before a look was heard ten ticks before the next, nine ticks after it"
    ),
    "PreVote.on_tick: self.elapsed, self.active = (0, set()) -> self.elapsed, self.active = (-1, set())": _WINDOW,
    "PreVote.count_votes: elif len(self.votes) > len(self.members) // 2: -> elif len(self.votes) > int(len(self.members) / 2):": _EXACT,
    "PreVote.on_pre_vote_reply: elif self.role == 'pre-candidate' and message['term'] == self.term + 1: -> elif self.role == 'pre-candidate' and message['term'] >= self.term + 1:": (
        "a grant repeats the term that was asked for, and a node never asked for a later one than now"
    ),
}  # fmt: skip
