"""Solutions of unit 02 as learners write them: wrong ones, each with its misconception, and right ones.

Each is the text that goes into a cell of an exercise.  A wrong one names the test cells that must take
points; no other test of its exercise may.
"""

from tests.course.units.graded import Wrong

_LISTS = """
def list_shows(version, match, limit):
    if version == "":
        return "latest"
    if version == "0" {zero}:
        return "any"
    if match == "Exact" {exact}:
        return "exact"
    return "{otherwise}"
"""


def _lists(zero="", exact="or (limit > 0 and match == '')", otherwise="not older") -> str:
    return _LISTS.format(zero=zero, exact=exact, otherwise=otherwise)


_RING = """
class Ring:
    def __init__(self, cap, list_rv):
        self.cap, self.list_rv, self.events, self.lost = cap, list_rv, [], False

    def add(self, rv, ev):
        self.events.append((rv, ev))
        if len(self.events) > self.cap:
            self.events.pop(0)
            {lost}

    def since(self, rv):
        oldest = {oldest}
        if {gone}:
            raise Gone(rv)
        return [ev for at, ev in self.events if {newer}]
"""


def _ring(
    lost="self.lost = True",
    oldest="self.events[0][0] if self.lost else self.list_rv + 1",
    gone="rv < oldest - 1",
    newer="at > rv",
) -> str:
    return _RING.format(lost=lost, oldest=oldest, gone=gone, newer=newer)


_QUEUE = """
class WorkQueue:
    def __init__(self):
        self.order, self.dirty, self.busy = [], set(), set()

    def add(self, key):
        {dirty}
        self.dirty.add(key)
        if {free}:
            self.order.{put}

    def get(self):
        if not self.order:
            return None
        key = self.order.pop({which})
        self.dirty.discard(key)
        self.busy.add(key)
        return key

    def done(self, key):
        self.busy.discard(key)
        if {again}:
            self.order.{back}
"""


def _queue(
    dirty="if key in self.dirty: return",
    free="key not in self.busy",
    put="append(key)",
    which="0",
    again="key in self.dirty",
    back="append(key)",
) -> str:
    return _QUEUE.format(dirty=dirty, free=free, put=put, which=which, again=again, back=back)


_REFLECTOR = """
class Reflector:
    def __init__(self):
        self.store, self.last, self.what, self.unavailable = {{}}, "", "list", False

    def ask(self):
        if self.what == "watch":
            return ["watch", {resume}]
        return ["list", "" if self.unavailable else {relist}]

    def on_list(self, code, version, items):
        if code != 200:
            self.unavailable = {refused}
            return []
        old, self.store = self.store, {{item["name"]: item for item in items}}
        {keep}
        self.last, self.what = version, "watch"
        {available}
        return (
            [["added", n] for n in self.store if n not in old]
            + [["updated", n] for n in self.store if n in old and {changed}]
            + [["deleted", n] for n in old if n not in self.store {gone}]
        )

    def on_event(self, type, obj):
        if type == "ERROR":
            {error}
            return []
        if {moves}:
            self.last = obj["version"]
        if type == "BOOKMARK":
            return []
        name, known = obj["name"], obj["name"] in self.store
        if type == "DELETED":
            self.store.pop(name, None)
            return [["deleted", name]] if known {trusts} else []
        self.store[name] = obj
        return [[{said}, name]]

    def on_close(self):
        {close}

    def objects(self):
        return dict(self.store)
"""


def _reflector(**parts: str) -> str:
    right = {
        "resume": "self.last",
        "relist": '(self.last or "0")',
        "refused": "self.unavailable or code in (410, 504)",
        "keep": "pass",
        "available": "self.unavailable = False",
        "changed": 'self.store[n]["version"] != old[n]["version"]',
        "gone": "",
        "error": 'self.what = "list"',
        "moves": "True",
        "trusts": "",
        "said": '"updated" if known else "added"',
        "close": "pass",
    }
    return _REFLECTOR.format(**{**right, **parts})


_LIST_TESTS = ("list-shows-examples", "list-shows-records")
_RING_TESTS = ("ring-examples", "ring-unseen")
_QUEUE_TESTS = ("work-queue-examples", "work-queue-unseen")
_QUEUE_AT_WORK = (*_QUEUE_TESTS, "work-queue-weather", "work-queue-explored")
_REFLECTOR_TESTS = ("reflector-examples", "reflector-unseen")

WRONG = [
    Wrong("list-shows", "a limit changes nothing", _LIST_TESTS, _lists(exact="")),
    Wrong("list-shows", "a version is exact", _LIST_TESTS, _lists(exact="or not match")),
    Wrong("list-shows", "a limit makes any list exact", _LIST_TESTS, _lists(exact="or limit")),
    Wrong("list-shows", "a limit counts at 0, too", _LIST_TESTS, _lists(zero="and not limit")),
    Wrong("list-shows", "always not older", _LIST_TESTS, 'list_shows = lambda *a: "not older"'),
    Wrong("ring", "Gone at oldest - 1", _RING_TESTS, _ring(gone="rv <= oldest - 1")),
    Wrong("ring", "Gone only one later", _RING_TESTS, _ring(gone="rv < oldest - 2")),
    Wrong("ring", "returns the version given", _RING_TESTS, _ring(newer="at >= rv")),
    Wrong("ring", "silently begins at the oldest", _RING_TESTS, _ring(gone="False")),
    Wrong(
        "ring",
        "the first kept event is the oldest from the beginning",
        _RING_TESTS,
        _ring(oldest="self.events[0][0] if self.events else self.list_rv + 1"),
    ),
    Wrong("ring", "never notices what was overwritten", _RING_TESTS, _ring(lost="pass")),
    Wrong(
        "ring",
        "the oldest is the last one overwritten",
        _RING_TESTS,
        _ring(lost="self.lost, self.list_rv = False, rv - self.cap"),
    ),
    Wrong(
        "ring",
        "what comes are pairs of version and event",
        _RING_TESTS,
        _ring().replace("return [ev for", "return [(at, ev) for"),
    ),
    Wrong(
        "ring",
        "an empty event is none",
        ("ring-examples",),
        _ring(newer="at > rv and ev"),
    ),
    Wrong("my-rings", "only the easy case", ("my-rings-tried",), "my_rings = [(5, 10, [11, 12], 11, [12])]"),
    Wrong(
        "my-rings",
        "a wrong answer among right ones",
        ("my-rings-tried",),
        "my_rings = [(5, 10, [14, 15], 10, [14, 15]), (5, 10, [14, 15], 9, 'raises Gone'),\n"
        "(2, 10, [11, 12, 13], 11, [12, 13]), (2, 10, [11, 12, 13], 10, [12, 13])]",
    ),
    Wrong(
        "work-queue",
        "runs one key twice at once",
        _QUEUE_AT_WORK,
        _queue(free="True", again="False"),
    ),
    Wrong(
        "work-queue",
        "drops a key that is added while it is worked on",
        _QUEUE_AT_WORK,
        _queue(again="False"),
    ),
    Wrong(
        "work-queue",
        "queues a waiting key twice",
        (*_QUEUE_TESTS, "work-queue-weather"),
        _queue(dirty="pass"),
    ),
    Wrong("work-queue", "newest first", _QUEUE_TESTS, _queue(which="-1")),
    Wrong("work-queue", "the key done goes before all others", _QUEUE_TESTS, _queue(back="insert(0, key)")),
    Wrong("reflector", "goes on from 0", _REFLECTOR_TESTS, _reflector(close='self.last = "0"')),
    Wrong("reflector", "goes on from the list", _REFLECTOR_TESTS, _reflector(moves="False")),
    Wrong("reflector", "a bookmark means nothing", _REFLECTOR_TESTS, _reflector(moves='type != "BOOKMARK"')),
    Wrong(
        "reflector", "a deletion does not move on", _REFLECTOR_TESTS, _reflector(moves='type != "DELETED"')
    ),
    Wrong("reflector", "lists after every break", _REFLECTOR_TESTS, _reflector(close='self.what = "list"')),
    Wrong("reflector", "watches again after 410", _REFLECTOR_TESTS, _reflector(error="pass")),
    Wrong("reflector", "lists at 0 after 410", _REFLECTOR_TESTS, _reflector(relist='"0"')),
    Wrong("reflector", "lists the latest after 410", _REFLECTOR_TESTS, _reflector(relist='""')),
    Wrong("reflector", "never asks for the latest", _REFLECTOR_TESTS, _reflector(refused="False")),
    Wrong("reflector", "any failure is a refusal", _REFLECTOR_TESTS, _reflector(refused="True")),
    Wrong(
        "reflector",
        "refused once, refused for ever",
        ("reflector-examples", "reflector-unseen"),
        _reflector(available="pass"),
    ),
    Wrong(
        "reflector",
        "keeps what is gone",
        _REFLECTOR_TESTS,
        _reflector(keep="self.store = {**old, **self.store}"),
    ),
    Wrong("reflector", "tells no deletion", _REFLECTOR_TESTS, _reflector(gone="and False")),
    Wrong("reflector", "everything in a list changed", _REFLECTOR_TESTS, _reflector(changed="True")),
    Wrong("reflector", "what is in a list did not change", _REFLECTOR_TESTS, _reflector(changed="False")),
    Wrong(
        "reflector",
        "the event's type decides",
        ("reflector-examples",),
        _reflector(said='"updated" if type == "MODIFIED" else "added"'),
    ),
    Wrong(
        "reflector", "an unknown deletion is one, too", ("reflector-examples",), _reflector(trusts="or True")
    ),
]

RIGHT = {
    "dense": {
        "list-shows": _lists(),
        "my-rings": "my_rings = [(1, 0, [5], 4, [5]), (1, 0, [5], 0, [5]), (1, 3, [5], 2, 'raises Gone'),\n"
        "(1, 3, [5, 6, 9], 8, [9]), (1, 3, [5, 6, 9], 7, 'raises Gone'), (3, 3, [5, 6], 5, [6])]",
        "ring": _ring(),
        "work-queue": _queue(),
        "reflector": _reflector(),
    },
    "with the standard library": {
        "list-shows": """
def list_shows(version, match, limit):
    match (version, match, limit > 0):
        case ("", _, _):
            return "latest"
        case ("0", _, _):
            return "any"
        case (_, "Exact", _) | (_, "", True):
            return "exact"
    return "not older"
""",
        "ring": """
from bisect import bisect_right
from collections import deque

class Ring:
    def __init__(self, cap, list_rv):
        self._rvs, self._evs, self._floor = deque(maxlen=cap), deque(maxlen=cap), list_rv

    def add(self, rv, ev):
        if len(self._rvs) == self._rvs.maxlen:
            self._rvs.append(rv)
            self._floor = self._rvs[0] - 1
        else:
            self._rvs.append(rv)
        self._evs.append(ev)

    def since(self, rv):
        if rv < self._floor:
            raise Gone("too old")
        return list(self._evs)[bisect_right(list(self._rvs), rv):]
""",
        "work-queue": """
from collections import OrderedDict

class WorkQueue:
    def __init__(self):
        self._state = OrderedDict()     # key -> waiting | busy | busy again

    def add(self, key):
        state = self._state.get(key)
        self._state.setdefault(key, "waiting")
        if state == "busy":
            self._state[key] = "busy again"

    def get(self):
        for key, state in self._state.items():
            if state == "waiting":
                self._state[key] = "busy"
                return key

    def done(self, key):
        if self._state.pop(key, None) == "busy again":
            self._state[key] = "waiting"
""",
        "reflector": """
import copy

class Reflector:
    def __init__(self):
        self.items, self.seen, self.next = [], None, ("list", "0")

    def ask(self):
        return list(self.next)

    def find(self, name):
        return next((i for i in self.items if i["name"] == name), None)

    def on_list(self, code, version, items):
        if code in (410, 504):
            self.next = ("list", "")
        if code != 200:
            return []
        before, self.items = self.items, copy.deepcopy(items)
        self.seen, self.next = version, ("watch", version)
        out = [("deleted", i["name"]) for i in before if self.find(i["name"]) is None]
        for item in self.items:
            old = next((i for i in before if i["name"] == item["name"]), None)
            if old is None:
                out.append(("added", item["name"]))
            elif old["version"] != item["version"]:
                out.append(("updated", item["name"]))
        return out

    def on_event(self, type, obj):
        if type == "ERROR":
            self.next = ("list", self.seen)
            return []
        self.seen = obj["version"]
        self.next = ("watch", self.seen)
        if type == "BOOKMARK":
            return []
        old = self.find(obj["name"])
        if old is not None:
            self.items.remove(old)
        if type != "DELETED":
            self.items.append(obj)
            return [("added" if old is None else "updated", obj["name"])]
        return [] if old is None else [("deleted", obj["name"])]

    def on_close(self):
        self.next = ("watch", self.seen)

    def objects(self):
        return {i["name"]: i for i in self.items}
""",
    },
    "its own Gone, and in a littered namespace": {
        "ring": "class Gone(LookupError):\n    pass\n"
        + _ring()
        + "\nlen_ = cases = checks = points = None\n",
        "work-queue": _queue() + "\n_ = In = Out = 'spoilt'\nqueue = playing = weather = None\n",
        "reflector": "import warnings\n"
        + _reflector(close="print('closed'); warnings.warn('closed')")
        + "\ncourse_ = records = None\n",
    },
}
"""Right solutions by style; an exercise that is not in one keeps the lesson's own."""
