# %% [markdown] id="question" role="text"
# # 02 · List and watch: why no event is lost
#
# Before: 01, the components. After: 03, the store's own algorithm. Here: how a component learns what changed.
#
# | section | minutes |
# |---|---|
# | 1 to 3: lists, watches, bookmarks | 20 |
# | 4 and 5: the copy, the queue | 20 |
# | 6: at work, in bad weather | 10 |
#
# You need to know what an API object is, and Python classes; nothing else.

# %% [markdown] id="review-text" role="text"
# **Before you begin:** three short questions from other units, from memory.

# %% id="review" role="code"
from course.learn import review

review("02_watch")

# %% [markdown] id="asked" role="text"
# The question, as it is asked:
#
# > How does Kubernetes make sure that no event is lost?
#
# The answer that is passed around:
#
# > etcd stores every event. A controller keeps a watch open, so it gets each of them. If the connection breaks, the
# > client reconnects and etcd replays what was missed.
#
# What is guaranteed is less, and it is enough: **one stream is complete and in order, or it breaks visibly, and every copy
# comes to the same end.** That a component sees each state in between is *not* guaranteed. In this unit you see where
# the replay ends, and write the three parts that make up for it.
#
# You will be able to:
#
# - say what a list shows, for each way to name a version;
# - tell from which version a watch can begin, and what comes when it cannot;
# - keep a copy of a collection that survives breaks, lags and compaction, and work it off without doing anything twice at once.

# %% id="imports" role="code"
from kubernetes.watch import Watch

from course.learn import predict
from course.plots.control import turn
from course.units.u02_watch.plots.revisions import plot_watchers
from course.units.u02_watch.recorded import asked_and_told, lists
from insideout import Cluster


class Gone(Exception):
    """Some events after the version asked for may be missing; your Ring will raise it."""


# %% [markdown] id="lists-heading" role="text"
# ## 1. Four ways to list
#
# Every write in a cluster gets one number, etcd's revision. It is the `resourceVersion` of the object written, and a list
# has one too: the state that it shows. A client may name a version when it lists.
#
# Three ConfigMaps, written one after the other:

# %% id="three" role="code"
cluster = Cluster.create(nodes=1, seed=2)
api = cluster.core
written = {}
for name in "abc":
    made = api.create_namespaced_config_map("default", {"metadata": {"name": name, "labels": {"unit": "02"}}})
    written[name] = made.metadata.resource_version


def names(**options):
    """The names that a list shows."""
    options["label_selector"] = "unit=02"
    return [each.metadata.name for each in api.list_namespaced_config_map("default", **options).items]


# %% [markdown] id="predict-list" role="text"
# **Predict:** three lists name the version at which `b` was written. What does each show?

# %% id="my-lists" role="code"
lists_said = predict(
    "lists",
    "At the version of b: what does the list show?",
    choices=["a b", "a b c"],
    each=["version only", "match Exact", "limit 5"],
    default=["a b", "a b", "a b"],
    answer="?",
)

# %% id="true-lists" role="code"
at_b = {"resource_version": written["b"]}
shown = {
    "version only": " ".join(names(**at_b)),
    "match Exact": " ".join(names(**at_b, resource_version_match="Exact")),
    "limit 5": " ".join(names(**at_b, limit=5)),
}
lists_said.reveal(shown, why="A version alone is a lower bound. With a limit it is exact.")

# %% [markdown] id="find-the-rule" role="text"
# A list shows one of four states:
#
# | name | the list shows |
# |---|---|
# | `latest` | the state at the moment of the request: the server asks etcd for its revision and answers once its cache has that |
# | `any` | whatever the cache has, however old |
# | `not older` | the version named or any later one |
# | `exact` | the version named and nothing else |
#
# **Find the rule in the records.** A real API server v1.36.2 was asked. First `a`, `b`, `c` were created, then `a` changed
# (`a2`), then `c` was deleted. The last column has what came, each object by the name of its version.

# %% id="recorded-versions" role="code"
lists("list-versions")

# %% [markdown] id="recorded-limits-text" role="text"
# The same with a limit. Here `a`, `b`, `c`, `d` were created and nothing was changed. "and 3 more": so
# many follow on the next pages of this list. Look at version 0, and compare the two lists at `b` with limit 1.

# %% id="recorded-limits" role="code"
lists("list-limit")

# %% [markdown] id="list-shows-task" role="text"
# ### Exercise: `list_shows(version, match, limit)`
#
# Return `"latest"`, `"any"`, `"not older"` or `"exact"`.
#
# - `version` is a string: `""` (none), `"0"`, or a number such as `"12"`.
# - `match` is `""`, `"NotOlderThan"` or `"Exact"`; `limit` an int, 0 for none.
# - Only combinations that the server accepts are asked. It refuses a match without a version, and `Exact` at `"0"`.
# - Where the rows of the tables leave two readings, they show the same; take the one that holds in both tables.
#
# Example: `list_shows("12", "Exact", 0)` is `"exact"`.
#
# <details><summary>Hint 1</summary>Begin with no version, and with "0": a limit changes neither.</details>
# <details><summary>Hint 2</summary>Which of the two parameters decides when both <code>match</code> and <code>limit</code>
# are there? The table on limits has two rows about it.</details>
# <details><summary>Hint 3</summary>Four returns in this order: no version; "0"; the match, where there is one; what is
# left depends on the limit.</details>


# %% id="list-shows" role="exercise"
def list_shows(version, match, limit):
    """Return which state a list shows: "latest", "any", "not older" or "exact"."""
    ### BEGIN SOLUTION
    if version == "":
        return "latest"
    if version == "0":
        return "any"
    if match:
        return "exact" if match == "Exact" else "not older"
    return "exact" if limit else "not older"
    ### END SOLUTION


# %% id="list-shows-examples" role="test" points=1
import course.units.u02_watch.checks

course.units.u02_watch.checks.lists_examples(list_shows, points=1)

# %% id="list-shows-records" role="test" points=1
import course.units.u02_watch.checks

course.units.u02_watch.checks.lists_records(list_shows, points=1)

# %% [markdown] id="watch-heading" role="text"
# ## 2. Where a watch can begin
#
# A list says what there is, a watch what changes. `resourceVersion` says **after** which version the watch begins.

# %% id="watch-from-b" role="code"
changes = Watch().stream(
    api.list_namespaced_config_map,
    "default",
    label_selector="unit=02",
    resource_version=written["b"],
    timeout_seconds=1,
)
print([(event["type"], event["object"].metadata.name) for event in changes])

# %% [markdown] id="predict-too-old" role="text"
# etcd does not keep everything: every five minutes the API server has it forget history, which is called **compaction**. Five to
# ten minutes are left. **Predict:** what comes when a watch names a version that is too old?

# %% id="my-too-old" role="code"
too_old_said = predict(
    "too-old",
    "A watch from a version that is too old is answered with …",
    choices=[
        "status 410",
        "status 200, and an error in the stream",
        "what is left of the events",
        "status 200 and nothing",
    ],
    default="status 410",
    answer="?",
)

# %% id="recorded-too-old" role="code"
status, events = asked_and_told("watch-refused", 3)
told = events[0]["object"]
truth = "status 200, and an error in the stream" if status == 200 and events[0]["type"] == "ERROR" else "?"
too_old_said.reveal(
    truth, why="The stream has begun when the server finds out. The error comes as its only event."
)
print(status, events[0]["type"], told["code"], told["reason"], "-", told["message"])

# %% [markdown] id="410-twice" role="text"
# (In the records `<rv>` stands for a version.) The same trouble has two faces. A **list** that must show an old version exactly is refused with status 410:

# %% id="recorded-410" role="code"
status, told = asked_and_told("watch-expired", 7)
print(status, told["reason"], "-", told["message"])

# %% [markdown] id="ring-text" role="text"
# Now the surprise in the same record. After the compaction a watch was asked for from the version of `a`, which etcd had
# forgotten:

# %% id="recorded-from-cache" role="code"
status, events = asked_and_told("watch-expired", 12)
print(status, [(event["type"], event["name"]) for event in events])

# %% [markdown] id="ring-rules" role="text"
# Watches are not answered by etcd. For each resource the API server has **one** watch on etcd and a **watch cache**: the
# present objects, and a ring with the last events. Every client's watch is fed from the ring. A ring has a capacity;
# the newest event overwrites the oldest. (Upstream it begins with 100 places and doubles, up to 102,400, while it fills
# within 75 seconds.)
#
# The cache began with a list at some version. So two things bound what it can tell:
#
# - Until something was overwritten, it knows everything **after that list**: the oldest event that it can miss none
#   before is the list's version + 1.
# - Once something was overwritten, the oldest is the **first event kept**.
#
# A watch may begin after any version from *oldest − 1* on. Otherwise something may be missing, and nobody is served with a
# gap: the answer is 410.
#
# *Source: `k8s.io/apiserver/pkg/storage/cacher/watch_cache.go` (`getAllEventsSinceLocked`), v1.36.2.*

# %% [markdown] id="picture-text" role="text"
# **Turn it:** two watchers of one collection. The second one is cut off after some writes, and comes back when version 19
# was written. Which is the smallest ring with which it needs no list?

# %% id="watchers" role="code"
turn(
    plot_watchers,
    capacity=range(2, 10),
    cut_after=range(1, 10),
    still={"capacity": 4, "cut_after": 4},
)

# %% [markdown] id="my-rings-task" role="text"
# ### Examples first: `my_rings`
#
# Before you write the ring, say what it should do. Write a list of at least four examples, each a tuple
# `(cap, list_rv, added, rv, answer)`:
#
# - `cap` is the capacity, `list_rv` the version of the list, `added` the versions of the events added, in growing order;
# - `rv` is the version asked for; `answer` the list of versions that come, or the text `"raises Gone"`.
#
# Example: `(5, 10, [11, 12], 11, [12])`. Your examples are tried on five wrong rings. Each that you tell from the right one
# earns its share.


# %% id="my-rings" role="exercise"
my_rings = [
    ### BEGIN SOLUTION
    (5, 10, [11, 12], 11, [12]),
    (5, 10, [14, 15], 10, [14, 15]),
    (5, 10, [14, 15], 9, "raises Gone"),
    (2, 10, [11, 12, 13], 11, [12, 13]),
    (2, 10, [11, 12, 13], 10, "raises Gone"),
    ### END SOLUTION
]

# %% id="my-rings-tried" role="test" points=2
import course.units.u02_watch.checks

course.units.u02_watch.checks.ring_own_examples(my_rings, points=2)

# %% [markdown] id="ring-task" role="text"
# ### Exercise: class `Ring`
#
# - `Ring(cap, list_rv)`: room for `cap` events, at least 1; the cache began with a list at version `list_rv`, an int.
# - `add(rv, ev)`: keep the event `ev` of version `rv`. Versions grow, with gaps. `ev` can be anything.
# - `since(rv)`: return the list of the events `ev` kept whose version is larger than `rv`, in order; raise `Gone` (it is
#   defined with the imports) if and only if `rv` is smaller than *oldest − 1*.
#
# Example: after `add(11, "a")`, `add(13, "b")` and `add(15, "c")` a `Ring(2, 10)` has overwritten the first, so the oldest
# is 13: `since(12)` is `["b", "c"]`, `since(11)` raises `Gone`. `since(99)` is `[]`.
#
# <details><summary>Hint 1</summary>Keep pairs (version, event) in a list, and return those that are newer. That alone passes the
# first rule.</details>
# <details><summary>Hint 2</summary><code>collections.deque</code> has a <code>maxlen</code>.</details>
# <details><summary>Hint 3</summary>Keep the oldest version as a number of its own. It changes only in <code>add</code>, and
# only when the ring was full before.</details>


# %% id="ring" role="exercise"
class Ring:
    """The last events of a resource, after a list."""

    def __init__(self, cap, list_rv):
        """Begin with no event, after a list at version `list_rv`."""
        ### BEGIN SOLUTION
        self.cap = cap
        self.kept = []
        self.oldest = list_rv + 1
        ### END SOLUTION

    def add(self, rv, ev):
        """Keep the event `ev` of version `rv`."""
        ### BEGIN SOLUTION
        self.kept.append((rv, ev))
        if len(self.kept) > self.cap:
            del self.kept[0]
            self.oldest = self.kept[0][0]
        ### END SOLUTION

    def since(self, rv):
        """Return the events after version `rv`; raise Gone when some may be missing."""
        ### BEGIN SOLUTION
        if rv < self.oldest - 1:
            raise Gone(f"too old: {rv} ({self.oldest - 1})")
        return [ev for version, ev in self.kept if version > rv]
        ### END SOLUTION


# %% id="ring-examples" role="test" points=3
import course.units.u02_watch.checks

course.units.u02_watch.checks.ring_examples(Ring, points=3)

# %% id="ring-unseen" role="test" points=1
import course.units.u02_watch.checks

course.units.u02_watch.checks.ring_unseen(Ring, seed=2, points=1)
### BEGIN HIDDEN TESTS
course.units.u02_watch.checks.ring_unseen(Ring, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% [markdown] id="bookmark-heading" role="text"
# ## 3. Bookmarks and streamed lists
#
# A watch with a selector may see nothing for hours, while other objects push its version out of the ring. So a client asks for
# **bookmarks** (`allowWatchBookmarks=true`): events without an object, only a version, which say *you have missed nothing up to
# here*. They come about every minute, and two seconds before the watch's timeout.
#
# **Predict:** nothing changes during a watch of five seconds. Does a bookmark come?

# %% id="my-bookmark" role="code"
bookmark_said = predict(
    "bookmark",
    "Nothing changes for five seconds. Does a bookmark come before the end?",
    choices=["yes", "no"],
    default="yes",
    answer="?",
)

# %% id="recorded-bookmarks" role="code"
_, quiet = asked_and_told("watch-bookmarks", 1)
_, busy = asked_and_told("watch-bookmarks", 3)
bookmark_said.reveal("yes" if quiet else "no", why="It would say nothing new: the watch has not moved.")
print("nothing changed:", quiet)
print("b was created: ", [event["type"] for event in busy])

# %% [markdown] id="streamed-text" role="text"
# A list of 5,000 pods is one large answer, which the server must hold whole. With `sendInitialEvents=true` the list comes **as a
# watch**: each object as ADDED, then a bookmark marked `k8s.io/initial-events-end`, then what changes. The Go client does
# so by default since v1.35.

# %% id="recorded-streamed" role="code"
_, events = asked_and_told("watch-list", 3)
for event in events:
    print(event["type"], event.get("name", ""), event.get("annotations", ""))

# %% [markdown] id="reflector-heading" role="text"
# ## 4. A copy that loses nothing
#
# The part of a client that lists and watches is called **reflector**. It keeps a copy of the collection. These are the rules
# of the Go client:
#
# 1. First a **list at version 0**: any state will do, for a beginning.
# 2. Then a **watch after the version of that list**. Each event moves the version on: also a deletion, whose object has the
#    version of the deletion, and a bookmark.
# 3. The watch ends, as it does after some minutes: watch again **after the last version seen**.
# 4. An ERROR event comes, of whatever code: **list at the last version seen**, so not older than what the copy shows. Not at
#    0: a cache that lags would take the copy back in time.
# 5. A list is refused with 410 or 504 (the server has no such version): list **without a version** until one succeeds; then
#    it is as after any list. Any other failure: ask the same again.
# 6. What a later list shows **replaces** the copy, and the difference is told: what is new, what has another version, and what is
#    gone. Nobody else will ever tell that it was deleted.
#
# *Source: `k8s.io/client-go/tools/cache/reflector.go` (`relistResourceVersion`, `watchHandler`), v1.36.2. It leaves rule 5 alone
# for some seconds between two attempts.*

# %% [markdown] id="reflector-task" role="text"
# ### Exercise: class `Reflector`
#
# It talks to nobody: it says what to ask, and is told what came. Objects are dicts with at least `name` and `version`, a
# string; a version is a string everywhere here.
#
# | method | argument | return |
# |---|---|---|
# | `ask()` | | `["list", version]` or `["watch", version]`, version `""` for none |
# | `on_list(code, version, items)` | status 200: the list's version and objects; else `""` and `[]` | the changes |
# | `on_event(type, obj)` | ADDED, MODIFIED, DELETED with an object, BOOKMARK with `{"version": …}`, ERROR with `{"code": …}` | the changes |
# | `on_close()` | the watch ended without an error | nothing |
# | `objects()` | | the copy: a dict from names to objects |
#
# - Changes are a list of `[what, name]`, `what` being `"added"`, `"updated"` or `"deleted"`; their order does not matter. BOOKMARK,
#   ERROR and a refused list change nothing: `[]`.
# - **The copy decides** what a change is, not the type of the event. ADDED or MODIFIED of an object in the copy is an update, of
#   another one an addition; DELETED of one that is not in the copy is no change.
# - In a list, an object with the version that the copy has is no change.
# - `ask()` may be called often; it only says what is next.
#
# Example: after `on_list(200, "7", [{"name": "a", "version": "3"}])`, which returns `[["added", "a"]]`, `ask()` is `["watch", "7"]`.
# After `on_event("DELETED", {"name": "a", "version": "9"})`, which returns `[["deleted", "a"]]`, and `on_close()` it is
# `["watch", "9"]`; had an ERROR come instead, `["list", "9"]`.
#
# <details><summary>Hint 1</summary>Three attributes are enough to begin: the copy, the last version, and whether a list is next.
# With them the first rule is a few lines.</details>
# <details><summary>Hint 2</summary>A fourth says that a list was refused with 410 or 504. Only a list that succeeds takes it
# back.</details>
# <details><summary>Hint 3</summary>For a list, make a dict of the new objects by name; what is in one dict and not in the other,
# and what has another version in both, are the changes.</details>


# %% id="reflector" role="exercise"
class Reflector:
    """What to ask an API server next, and a copy of what it told."""

    def __init__(self):
        """Begin with nothing."""
        ### BEGIN SOLUTION
        self.copy = {}
        self.version = ""
        self.list_next = True
        self.refused = False
        ### END SOLUTION

    def ask(self):
        """Return ["list", version] or ["watch", version]."""
        ### BEGIN SOLUTION
        if not self.list_next:
            return ["watch", self.version]
        if self.refused:
            return ["list", ""]
        return ["list", self.version or "0"]
        ### END SOLUTION

    def on_list(self, code, version, items):
        """Take the answer to a list; return what changed."""
        ### BEGIN SOLUTION
        if code != 200:
            if code in (410, 504):
                self.refused = True
            return []
        new = {item["name"]: item for item in items}
        changes = [["deleted", name] for name in self.copy if name not in new]
        for name, item in new.items():
            if name not in self.copy:
                changes.append(["added", name])
            elif self.copy[name]["version"] != item["version"]:
                changes.append(["updated", name])
        self.copy, self.version = new, version
        self.list_next = self.refused = False
        return changes
        ### END SOLUTION

    def on_event(self, type, obj):
        """Take an event; return what changed."""
        ### BEGIN SOLUTION
        if type == "ERROR":
            self.list_next = True
            return []
        self.version = obj["version"]
        if type == "BOOKMARK":
            return []
        name = obj["name"]
        known = name in self.copy
        if type == "DELETED":
            self.copy.pop(name, None)
            return [["deleted", name]] if known else []
        self.copy[name] = obj
        return [["updated" if known else "added", name]]
        ### END SOLUTION

    def on_close(self):
        """Note that the watch ended without an error."""
        ### BEGIN SOLUTION
        # ask() says "watch" at the last version already
        ### END SOLUTION

    def objects(self):
        """Return the copy, by name."""
        ### BEGIN SOLUTION
        return self.copy
        ### END SOLUTION


# %% id="reflector-examples" role="test" points=3
import course.units.u02_watch.checks

course.units.u02_watch.checks.reflector_examples(Reflector, points=3)

# %% id="reflector-unseen" role="test" points=1
import course.units.u02_watch.checks

course.units.u02_watch.checks.reflector_unseen(Reflector, seed=2, points=1)
### BEGIN HIDDEN TESTS
course.units.u02_watch.checks.reflector_unseen(Reflector, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% [markdown] id="queue-heading" role="text"
# ## 5. Keys, not events
#
# A copy is right at the end, but states in between may be missing: after a 410 five changes of one object arrive as one. So a
# controller must not work on *events*. It works on **names**: for each name it looks at the copy and does what the state there
# asks for. How often and why the name was queued does not matter.
#
# Between the reflector and the workers stands a **work queue**, with three promises:
#
# 1. A name that waits is there **once**, in its old place, however often it is added.
# 2. A name that somebody works on is given to **nobody else**.
# 3. A name that was added **while it was worked on** is queued once more when that work is done: the worker may have looked at
#    the copy before the change.
#
# *Source: `k8s.io/client-go/util/workqueue/queue.go`, v1.36.2.*

# %% [markdown] id="predict-queue" role="text"
# **Predict:** `add a`, `get`, `add a`, `add b`, `done a`. What do the next two `get` give?

# %% id="my-queue" role="code"
queue_said = predict(
    "queue",
    "After add a, get, add a, add b, done a: the next two get give …",
    choices=["a, b", "b, a", "b, None", "a, a"],
    default="a, b",
    answer="?",
)

# %% [markdown] id="queue-task" role="text"
# ### Exercise: class `WorkQueue`
#
# - `WorkQueue()`: empty. `add(key)`: let `key`, a string, wait.
# - `get()`: return the key that waits longest, or `None` when none does. From then on it is being worked on, until `done(key)`.
#   (The real one blocks where this returns `None`.)
# - `done(key)`: the work on `key`, which was got before, is over. If it was added meanwhile, it waits again from now on, behind
#   those that wait already.
#
# Example: `add("a")`, `add("b")`, `add("a")`: `get()` gives `"a"`, then `"b"`, then `None`.
#
# <details><summary>Hint 1</summary>A list, with <code>append</code> and <code>pop(0)</code>, passes the first rule.</details>
# <details><summary>Hint 2</summary>Two sets beside it: the keys being worked on, and those of them that were added again.
# </details>
# <details><summary>Hint 3</summary>In <code>add</code> ask first whether the key is being worked on; only otherwise look whether it
# waits. In <code>done</code> the key leaves one set, and perhaps the other, for the list.</details>


# %% id="work-queue" role="exercise"
class WorkQueue:
    """Keys to work on, each waiting once at most and never worked on twice at once."""

    def __init__(self):
        """Begin empty."""
        ### BEGIN SOLUTION
        self.waiting = []
        self.at_work = set()
        self.again = set()
        ### END SOLUTION

    def add(self, key):
        """Let `key` wait."""
        ### BEGIN SOLUTION
        if key in self.at_work:
            self.again.add(key)
        elif key not in self.waiting:
            self.waiting.append(key)
        ### END SOLUTION

    def get(self):
        """Return the key that waits longest, or None; it is being worked on from now on."""
        ### BEGIN SOLUTION
        if not self.waiting:
            return None
        key = self.waiting.pop(0)
        self.at_work.add(key)
        return key
        ### END SOLUTION

    def done(self, key):
        """Say that the work on `key` is over."""
        ### BEGIN SOLUTION
        self.at_work.discard(key)
        if key in self.again:
            self.again.discard(key)
            self.waiting.append(key)
        ### END SOLUTION


# %% id="work-queue-examples" role="test" points=3
import course.units.u02_watch.checks

course.units.u02_watch.checks.queue_examples(WorkQueue, points=3)

# %% id="work-queue-unseen" role="test" points=1
import course.units.u02_watch.checks

course.units.u02_watch.checks.queue_unseen(WorkQueue, seed=2, points=1)
### BEGIN HIDDEN TESTS
course.units.u02_watch.checks.queue_unseen(WorkQueue, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% id="true-queue" role="code"
from course.units.u02_watch.playing import real_queue

queue = real_queue()
queue.add("a"), queue.get(), queue.add("a"), queue.add("b"), queue.done("a")
queue_said.reveal(
    f"{queue.get()}, {queue.get()}",
    why="While a was worked on it did not wait; it queues when that is done, behind b.",
)

# %% [markdown] id="work-heading" role="text"
# ## 6. At work, in bad weather
#
# Your two classes feed a scheduler now. It asks what your `Reflector` says, adds the name of each pod that changed to your
# `WorkQueue`, and has two workers: each thinks for a second, then binds the pod, if the copy says that it has no node.
#
# Between it and the API server there is weather. Watches break, events are late, a young watch is answered with 410, a list
# not older than a version is refused for good with 504, and a list at 0 comes from a cache that lags.
#
# First a reflector that many have written: after a break it lists again at 0, and takes over what comes.

# %% id="easy-way" role="code"
from course.units.u02_watch.weather import easy_way, storm_table

storm_table(easy_way(), storms=range(6))

# %% [markdown] id="easy-way-why" role="text"
# It looks right in fair weather. In a storm its copy goes **back in time**: a list at 0 shows what some cache has. And a pod that was
# deleted during a break stays in its copy for ever, for nobody tells its deletion again.
#
# Now your classes, in the same storms.

# %% id="your-storms" role="code"
from course.units.u02_watch.weather import written

if written(Reflector, WorkQueue):
    print(storm_table((Reflector, WorkQueue), storms=range(6)))
else:
    print("write Reflector and WorkQueue first")

# %% [markdown] id="work-weather-text" role="text"
# Ten storms, and the grader has ten others. **Nothing may be missed**: at the end every pod is bound, and the copy is what the
# API server has. The copy never goes back to an older version. **Nothing may be handled twice at once.**

# %% id="work-queue-weather" role="test" points=2
import course.units.u02_watch.checks

course.units.u02_watch.checks.work_weather(Reflector, WorkQueue, seed=2, points=2)
### BEGIN HIDDEN TESTS
course.units.u02_watch.checks.work_weather(
    Reflector, WorkQueue, seed=course.checks.instructor_seed(), points=2
)
### END HIDDEN TESTS

# %% [markdown] id="explored-text" role="text"
# Storms are chance. The **explorer** is not: it tries each single thing that can go wrong at each moment, then pairs of them. The
# scheduler is killed before or after a write, writes are refused, answers get lost, events wait or are skipped, and the user acts
# at the worst moment. When something breaks, it tells the shortest story that it can.

# %% id="work-queue-explored" role="test" points=2
import course.units.u02_watch.checks

course.units.u02_watch.checks.work_explored(Reflector, WorkQueue, seed=2, points=2)

# %% [markdown] id="remember" role="text"
# ## What to remember
#
# **The question:** How does Kubernetes make sure that no event is lost?
#
# **The short answer:** It does not promise every event. It promises that one watch is complete and in order, or breaks visibly. A client
# goes on after the last version it saw; if the server no longer has what follows, it says 410, and the client lists again and works out
# the difference. Controllers queue names, not events, and look at the newest state; so what was skipped does not matter.
#
# **What the common answer gets wrong:**
#
# - etcd keeps five to ten minutes, and watches are not fed by etcd but by a ring in the API server.
# - A watch that is too old is answered with status 200; the 410 is an event in the stream.
# - After a 410 states in between are lost for good. Nothing depends on them.
# - `Event` objects (`kubectl get events`) are something else: best effort, gone after an hour.
#
# **Why?** In one sentence: why does a reflector list at the last version it saw and not at 0?
#
# **A new situation, without hints:** an API server is restored from yesterday's backup. Its versions are lower than those that your
# controllers have seen. Follow the six rules of section 4: what do they ask, what are they told, and when are they right again?
#
# **Next:** 03, how the members of etcd agree on that one number.
#
# ## Sources
#
# - `k8s.io/apiserver/pkg/storage/cacher/`: `delegator.go` (lists), `watch_cache.go` (the ring), `cache_watcher.go` (bookmarks)
# - `k8s.io/client-go/tools/cache/reflector.go`, `k8s.io/client-go/util/workqueue/queue.go`
# - [Efficient detection of changes](https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes)
# - The record: `insideout/records/watch.jsonl`, 191 exchanges with an API server v1.36.2
