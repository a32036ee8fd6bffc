"""Raft as functions from a state and an event to a new state; no state is ever changed in place."""

import random

FOLLOWER, PRE, CANDIDATE, LEADER = "follower", "pre-candidate", "candidate", "leader"


def begin(id, members, saved, seed):
    base = saved["log"][0]["index"]
    state = {
        "id": id,
        "peers": tuple(m for m in members if m != id),
        "need": len(members) // 2 + 1,
        "seed": seed,
        "term": saved["term"],
        "vote": saved["vote"],
        "log": tuple(saved["log"]),
        "snapshot": saved["snapshot"],
        "role": FOLLOWER,
        "leader": None,
        "commit": base,
        "applied": base,
        "silent": 0,
        "limit": 0,
        "draws": 0,
        "yes": frozenset(),
        "match": {},
        "next": {},
        "round": 0,
        "heard": {},
        "active": frozenset(),
        "asked": (),
        "out": (),
        "apply": (),
        "reads": (),
    }
    return rest(state)


def rest(s):
    limit = random.Random(f"{s['seed']}/{s['draws']}").randint(10, 19)
    return {**s, "silent": 0, "limit": limit, "draws": s["draws"] + 1}


def send(s, to, type, **fields):
    return {**s, "out": (*s["out"], {"type": type, "from": s["id"], "to": to, "term": s["term"], **fields})}


def at(s, index):
    position = index - s["log"][0]["index"]
    return s["log"][position] if 0 <= position < len(s["log"]) else None


def behind(s, index):
    return s["log"][index - s["log"][0]["index"] + 1 :]


def end(s):
    return (s["log"][-1]["term"], s["log"][-1]["index"])


def newer(s, term):
    if term <= s["term"]:
        return s
    return {**s, "term": term, "vote": None, "role": FOLLOWER, "leader": None}


def leased(s):
    return s["leader"] is not None and s["silent"] < 10


def tick(s):
    s = {**s, "silent": s["silent"] + 1}
    if s["role"] != LEADER:
        return ask_pre_votes(s) if s["silent"] >= s["limit"] else s
    if s["silent"] >= 10:
        if len(s["active"]) + 1 < s["need"]:
            return rest({**s, "role": FOLLOWER, "leader": None})
        s = {**s, "silent": 0, "active": frozenset()}
    return send_all(s)


def ask_pre_votes(s):
    s = rest({**s, "role": PRE, "leader": None, "yes": frozenset({s["id"]})})
    for peer in s["peers"]:
        s = send(s, peer, "pre_vote", term=s["term"] + 1, last_term=end(s)[0], last_index=end(s)[1])
    return ask_votes(s) if s["need"] == 1 else s


def ask_votes(s):
    s = rest({**s, "role": CANDIDATE, "term": s["term"] + 1, "vote": s["id"], "yes": frozenset({s["id"]})})
    for peer in s["peers"]:
        s = send(s, peer, "request_vote", last_term=end(s)[0], last_index=end(s)[1])
    return lead(s) if s["need"] == 1 else s


def lead(s):
    noop = {"index": end(s)[1] + 1, "term": s["term"], "command": None}
    peers = s["peers"]
    s = {
        **s,
        "role": LEADER,
        "leader": s["id"],
        "silent": 0,
        "active": frozenset(),
        "asked": (),
        "round": 0,
        "match": dict.fromkeys(peers, 0),
        "next": dict.fromkeys(peers, noop["index"]),
        "heard": dict.fromkeys(peers, 0),
        "log": (*s["log"], noop),
    }
    return advance(send_all(s))


def send_all(s):
    for peer in s["peers"]:
        s = send_one(s, peer)
    return s


def send_one(s, peer):
    before = at(s, s["next"][peer] - 1)
    if before is None:
        first = s["log"][0]
        what = {"last_index": first["index"], "last_term": first["term"], "snapshot": s["snapshot"]}
        return send(s, peer, "install_snapshot", round=s["round"], **what)
    return send(
        s,
        peer,
        "append_entries",
        round=s["round"],
        prev_index=before["index"],
        prev_term=before["term"],
        entries=list(behind(s, before["index"])),
        commit=s["commit"],
    )


def propose(s, command):
    if s["role"] != LEADER:
        return s
    entry = {"index": end(s)[1] + 1, "term": s["term"], "command": command}
    return advance(send_all({**s, "log": (*s["log"], entry)}))


def advance(s):
    everyone = sorted([*s["match"].values(), end(s)[1]])
    index = everyone[len(everyone) - s["need"]]
    if index > s["commit"] and at(s, index)["term"] == s["term"]:
        s = {**s, "commit": index}
    return serve(s)


def read(s, id):
    if s["role"] != LEADER:
        return s
    s = {**s, "round": s["round"] + 1}
    return serve(send_all({**s, "asked": (*s["asked"], (id, s["round"]))}))


def serve(s):
    if at(s, s["commit"])["term"] != s["term"]:
        return s
    confirmed = sorted([*s["heard"].values(), s["round"]])[len(s["heard"]) + 1 - s["need"]]
    done = tuple({"id": id, "index": s["commit"]} for id, round in s["asked"] if round <= confirmed)
    return {**s, "reads": s["reads"] + done, "asked": tuple(a for a in s["asked"] if a[1] > confirmed)}


def compact(s, index, snapshot):
    if not s["log"][0]["index"] < index <= s["applied"]:
        return s
    return {**s, "snapshot": snapshot, "log": ({**at(s, index), "command": None}, *behind(s, index))}


def request_vote(s, m):
    if m["term"] < s["term"] or (m["term"] > s["term"] and leased(s)):
        return s
    s = newer(s, m["term"])
    free = s["vote"] == m["from"] or (s["vote"] is None and s["leader"] is None)
    granted = free and (m["last_term"], m["last_index"]) >= end(s)
    if granted:
        s = rest({**s, "vote": m["from"]})
    return send(s, m["from"], "request_vote_reply", granted=granted)


def request_vote_reply(s, m):
    s = newer(s, m["term"])
    if s["role"] != CANDIDATE or m["term"] != s["term"] or not m["granted"]:
        return s
    s = {**s, "yes": s["yes"] | {m["from"]}}
    return lead(s) if len(s["yes"]) >= s["need"] else s


def pre_vote(s, m):
    granted = m["term"] > s["term"] and not leased(s) and (m["last_term"], m["last_index"]) >= end(s)
    return send(s, m["from"], "pre_vote_reply", granted=granted, term=m["term"] if granted else s["term"])


def pre_vote_reply(s, m):
    if not m["granted"]:
        return newer(s, m["term"])
    if s["role"] != PRE or m["term"] != s["term"] + 1:
        return s
    s = {**s, "yes": s["yes"] | {m["from"]}}
    return ask_votes(s) if len(s["yes"]) >= s["need"] else s


def heed(s, m):
    """Return the state after a message of a leader that is not stale."""
    return rest({**newer(s, m["term"]), "role": FOLLOWER, "leader": m["from"]})


def reply(s, m, success, index):
    return send(s, m["from"], "append_entries_reply", success=success, index=index, round=m.get("round", 0))


def append_entries(s, m):
    if m["term"] < s["term"]:
        return reply(s, m, False, 0)
    s = heed(s, m)
    base = s["log"][0]["index"]
    chain = [{"index": m["prev_index"], "term": m["prev_term"], "command": None}, *m["entries"]]
    reach = chain[-1]["index"]
    if reach <= base:
        return reply(s, m, True, reach)
    chain = [e for e in chain if e["index"] >= base]
    first = at(s, chain[0]["index"])
    if first is None or first["term"] != chain[0]["term"]:
        return reply(s, m, False, min(m["prev_index"] - 1, end(s)[1]))
    for number, entry in enumerate(chain[1:], 1):
        mine = at(s, entry["index"])
        if mine is None or mine["term"] != entry["term"]:
            s = {**s, "log": (*s["log"][: entry["index"] - base], *chain[number:])}
            break
    s = {**s, "commit": max(s["commit"], min(m["commit"], reach))}
    return reply(s, m, True, reach)


def append_entries_reply(s, m):
    s = newer(s, m["term"])
    if s["role"] != LEADER or m["term"] != s["term"]:
        return s
    peer = m["from"]
    s = {
        **s,
        "active": s["active"] | {peer},
        "heard": {**s["heard"], peer: max(s["heard"][peer], m.get("round", 0))},
    }
    if m["success"]:
        match = max(s["match"][peer], m["index"])
        s = {**s, "match": {**s["match"], peer: match}, "next": {**s["next"], peer: match + 1}}
        return advance(s)
    s = {**s, "next": {**s["next"], peer: max(s["match"][peer], m["index"]) + 1}}
    return serve(send_one(s, peer))


def install_snapshot(s, m):
    if m["term"] < s["term"]:
        return reply(s, m, False, 0)
    s = heed(s, m)
    index, term = m["last_index"], m["last_term"]
    if index > s["commit"]:
        mine = at(s, index)
        tail = behind(s, index) if mine and mine["term"] == term else ()
        s = {
            **s,
            "log": ({"index": index, "term": term, "command": None}, *tail),
            "snapshot": m["snapshot"],
            "commit": index,
            "applied": index,
            "apply": (*s["apply"], {"index": index, "term": term, "snapshot": m["snapshot"]}),
        }
    return reply(s, m, True, index)


HANDLERS = {
    handler.__name__: handler
    for handler in (
        request_vote,
        request_vote_reply,
        pre_vote,
        pre_vote_reply,
        append_entries,
        append_entries_reply,
        install_snapshot,
    )
}


class FunctionalRaft:
    """The thin shell that keeps the state between calls."""

    def __init__(self, id, members, saved, seed):
        self.state = begin(id, members, saved, seed)
        self.saved = {**saved, "log": list(saved["log"])}

    def _answer(self, s):
        committed = behind(s, s["applied"])[: s["commit"] - s["applied"]]
        saved = {"term": s["term"], "vote": s["vote"], "log": list(s["log"]), "snapshot": s["snapshot"]}
        save = None if saved == self.saved else saved
        self.saved = saved
        self.state = {**s, "out": (), "apply": (), "reads": (), "applied": s["commit"]}
        return {
            "messages": list(s["out"]),
            "save": save,
            "apply": [*s["apply"], *committed],
            "reads": list(s["reads"]),
            "status": {name: s[name] for name in ("role", "term", "vote", "leader", "commit")}
            | {"log": saved["log"]},
        }

    def tick(self):
        return self._answer(tick(self.state))

    def step(self, message):
        return self._answer(HANDLERS[message["type"]](self.state, message))

    def propose(self, command):
        return self._answer(propose(self.state, command))

    def compact(self, index, snapshot):
        return self._answer(compact(self.state, index, snapshot))

    def read(self, id):
        return self._answer(read(self.state, id))
