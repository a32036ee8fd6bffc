"""Attempts to get points, reach something or leave something behind without doing the exercise.

Each is the text of the exercise cell `qos` of lesson 06; the other exercises stay as released, so an honest
grader gives 0 of 18 points.  An attempt may also edit the submitted notebook or its folder.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from nbformat import NotebookNode

SEED = "73019582641"
"""The instructor's seed; an attempt that prints it has read what it must not."""
CANARY = "canary-5b1f"
"""What a secret file beside the gradebook holds."""
NEIGHBOUR = "neighbour"


class Scene(NamedTuple):
    """Where an attempt takes place; a cheat is taken to know all of these paths."""

    root: Path
    project: Path
    outside: Path
    port: int


class Attempt(NamedTuple):
    """One attempt: what is tried, in a few words, and how."""

    name: str
    tries: str
    code: str = ""
    edit: Callable[[NotebookNode], None] | None = None
    folder: Callable[[Path, Scene], None] | None = None


ATTEMPTS: list[Attempt] = []


def attempt(name: str, tries: str, code: str) -> None:
    ATTEMPTS.append(Attempt(name, tries, code.strip("\n")))


def edited(name: str, tries: str) -> Callable[[Callable[[NotebookNode], None]], None]:
    return lambda edit: ATTEMPTS.append(Attempt(name, tries, "", edit))


def in_folder(name: str, tries: str) -> Callable[[Callable[[Path, Scene], None]], None]:
    return lambda change: ATTEMPTS.append(Attempt(name, tries, "", None, change))


# ---- take the answer from where it is

attempt(
    "import-answer",
    "import the package's own function as the answer",
    """
from insideout.apimachinery.qos import qos_class as qos
""",
)

attempt(
    "ask-a-cluster",
    "create each pod in a cluster and read its class there",
    """
from insideout.cluster import Cluster
def qos(pod):
    filled = {**pod, "metadata": {"name": "p"}}
    return Cluster.create(nodes=0).client().create("pods", filled, "default")["status"]["qosClass"]
""",
)

attempt(
    "ask-an-open-cluster",
    "ask a cluster that a cell opened before the test",
    """
from insideout.cluster import Cluster
cluster = Cluster.create(nodes=0)
client, core = cluster.client(), cluster.core
assert client.list("pods")["items"] == core.list_pod_for_all_namespaces().items == []
def qos(pod):
    filled = {**pod, "metadata": {"generateName": "p-"}}
    try:
        return client.create("pods", filled, "default")["status"]["qosClass"]
    except Exception:
        return core.create_namespaced_pod("default", filled).status.qos_class
""",
)

attempt(
    "ask-from-a-thread",
    "let a thread of an earlier cell ask a cluster",
    """
import queue, threading
from insideout.cluster import Cluster
client = Cluster.create(nodes=0).client()
asked, answered = queue.Queue(), queue.Queue()
def ask():
    while True:
        pod = asked.get()
        try:
            answered.put(client.create("pods", {**pod, "metadata": {"generateName": "p-"}}, "default"))
        except BaseException as error:
            answered.put({"status": {"qosClass": str(error)}})
threading.Thread(target=ask, daemon=True).start()
def qos(pod):
    asked.put(pod)
    return answered.get(timeout=0.5)["status"]["qosClass"]
""",
)

attempt(
    "ask-the-clusters-process",
    "have the cluster's process read the package for the answer",
    """
from insideout.cluster import Cluster
cluster = Cluster.create(nodes=0)
remote = cluster._remote
def found():
    for method in ("__init__", "__globals__", "__class__", "__reduce__", "_cluster", "_keep", "run"):
        for args in ((), ("insideout.apimachinery.qos",), ("__globals__",)):
            try:
                value = remote._agent.ask(remote._number, method, args, {})
            except Exception:
                continue
            if "qos_class" in repr(value):
                yield value
for service in ("insideout.apimachinery.qos.qos_class", "course.sandbox.cluster_service.ClusterService"):
    try:
        qos = remote._agent.open(service, (), {})
    except Exception:
        pass
qos = next(found(), None)
""",
)

attempt(
    "import-by-path",
    "load the package's file by its path",
    """
import importlib.util, sys
sys.path.insert(0, "{project}")
for name in [name for name in sys.modules if name.split(".")[0] == "course"]:
    del sys.modules[name]
spec = importlib.util.spec_from_file_location("answer", "{project}/insideout/apimachinery/qos.py")
answer = importlib.util.module_from_spec(spec)
spec.loader.exec_module(answer)
qos = answer.qos_class
""",
)

attempt(
    "drop-finders",
    "remove the import hooks, then import the package",
    """
import sys
sys.meta_path[:] = [finder for finder in sys.meta_path if "Path" in str(finder) or "Frozen" in str(finder)]
sys.path.append("{project}")
for name in [name for name in sys.modules if name.split(".")[0] == "course"]:
    del sys.modules[name]
import insideout.apimachinery.qos
qos = insideout.apimachinery.qos.qos_class
""",
)

attempt(
    "run-source-solution",
    "read the solution in source/ and run it",
    """
import json
for cell in json.load(open("{root}/source/06_qos/06_qos.ipynb"))["cells"]:
    if cell["metadata"].get("nbgrader", {}).get("solution"):
        exec("from collections import Counter\\nfrom kubernetes.utils.quantity import parse_quantity\\n" + "".join(cell["source"]))
""",
)

attempt(
    "run-lesson-text",
    "read the solution in the lesson's text and run it",
    """
text = open("{project}/course/units/u06_qos/lesson.py").read()
exec("from collections import Counter\\nfrom kubernetes.utils.quantity import parse_quantity\\n"
     + text[text.index("def qos(pod)"):text.index("# %% [markdown] id=\\"qos-examples-text\\"")])
""",
)

attempt(
    "records-as-answers",
    "look recorded answers up in the package's records",
    """
from insideout import records
import json
known = {json.dumps(row["pod"], sort_keys=True): row.get("qosClass") for row in records.read("qos")}
def qos(pod):
    return known.get(json.dumps(pod, sort_keys=True), "Burstable")
""",
)

attempt(
    "records-by-path",
    "read the records' file",
    """
import json
known = {}
for line in open("{project}/insideout/records/qos.jsonl"):
    row = json.loads(line)
    known[json.dumps(row["pod"], sort_keys=True)] = row.get("qosClass")
def qos(pod):
    return known.get(json.dumps(pod, sort_keys=True), "Burstable")
""",
)

attempt(
    "search-disk",
    "search the whole disk for a solution",
    """
import os
for folder, _, files in os.walk("/"):
    if folder.count("/") > 7 or folder.startswith(("/proc", "/sys", "/usr")):
        continue
    for file in files:
        if file.endswith((".ipynb", ".db", ".jsonl")) or file == "06_qos.py":
            print("found", folder, file)
            text = open(os.path.join(folder, file), errors="ignore").read()
            if "def qos(pod)" in text and file == "06_qos.py":
                exec("from collections import Counter\\nfrom kubernetes.utils.quantity import parse_quantity\\n"
                     + text[text.index("def qos(pod)"):text.index("# %% [markdown] id=\\"qos-examples-text\\"")])
""",
)

# ---- find the expected value where the check keeps it

attempt(
    "frames",
    "find the expected value in the frames of the check",
    """
import sys
def qos(pod):
    frame = sys._getframe()
    while frame:
        case = frame.f_locals.get("case")
        if case is not None and hasattr(case, "expected"):
            return case.expected
        frame = frame.f_back
    raise LookupError
""",
)

attempt(
    "traceback-frames",
    "find the expected value through a traceback",
    """
def qos(pod):
    try:
        raise ValueError
    except ValueError as error:
        frame = error.__traceback__.tb_frame.f_back
    while frame:
        for value in frame.f_locals.values():
            if hasattr(value, "expected"):
                return value.expected
        frame = frame.f_back
    raise LookupError
""",
)

attempt(
    "gc-cases",
    "find the case among all objects of the process",
    """
import gc
def qos(pod):
    for thing in gc.get_objects():
        if type(thing).__name__ == "Case" and thing.arguments == (pod,):
            return thing.expected
    raise LookupError
""",
)

attempt(
    "gc-closures",
    "find the hidden tests' text among all objects",
    """
import gc, sys
found = [thing for thing in gc.get_objects() if isinstance(thing, dict) and "_CLASS" in thing]
def qos(pod):
    for table in found[0]["_CLASS"].values():
        for example, expected in table:
            if example == pod:
                return expected
""",
)

attempt(
    "trace",
    "trace the check's calls and read its locals",
    """
import sys
seen = []
def tracer(frame, event, argument):
    for value in frame.f_locals.values():
        if type(value).__name__ == "Case":
            seen.append(value)
    return tracer
sys.settrace(tracer)
def qos(pod):
    for case in seen:
        if case.arguments == (pod,):
            return case.expected
    raise LookupError
""",
)

attempt(
    "cells-history",
    "read the test cells' text from the notebook's history",
    """
def qos(pod):
    print(get_ipython().user_ns.get("In"))
    import course.units.u06_qos.cases
    return {repr(example): expected for table in course.units.u06_qos.cases._CLASS.values()
            for example, expected in table}[repr(pod)]
""",
)

# ---- change what the check does

attempt(
    "patch-equal",
    "make the check's comparison always true",
    """
import course.checks.call, course.checks.report
course.checks.call.equal = course.checks.report.equal = lambda *values: True
def qos(pod):
    return "?"
""",
)

attempt(
    "patch-check",
    "replace the check's functions",
    """
import course.units.u06_qos.checks as checks
checks.class_examples = checks.class_records = lambda function, points: points
checks.class_unseen = lambda function, seed, points: points
def qos(pod):
    return "?"
""",
)

attempt(
    "fake-modules",
    "put modules of one's own where the checks are imported from",
    """
import sys, types
fake = types.ModuleType("course.units.u06_qos.checks")
fake.class_examples = fake.class_records = lambda function, points: points
fake.class_unseen = lambda function, seed, points: points
for name in ("course", "course.checks"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["course"].checks = sys.modules["course.checks"]
sys.modules["course.checks"].qos = sys.modules["course.units.u06_qos.checks"] = fake
sys.modules["course.checks"].instructor_seed = lambda: 0
def qos(pod):
    return "?"
""",
)

attempt(
    "import-hook",
    "answer the import of the checks with a hook",
    """
import builtins, types
real = builtins.__import__
def hook(name, *more):
    if name.startswith("course"):
        check = types.SimpleNamespace(
            class_examples=lambda function, points: points, class_records=lambda function, points: points,
            class_unseen=lambda function, seed, points: points)
        return types.SimpleNamespace(checks=types.SimpleNamespace(qos=check, instructor_seed=lambda: 0))
    return real(name, *more)
builtins.__import__ = hook
def qos(pod):
    return "?"
""",
)

attempt(
    "patch-builtins",
    "replace built-in functions that the check uses",
    """
import builtins
builtins.len = lambda thing: 0
builtins.isinstance = lambda thing, kind: True
builtins.sorted = lambda things, **more: []
builtins.map = lambda *things: []
def qos(pod):
    return "?"
""",
)

attempt(
    "patch-random",
    "make the random cases predictable",
    """
import random
class Fixed(random.Random):
    def __init__(self, seed=None):
        super().__init__(0)
    def choice(self, things):
        return things[0]
    def random(self):
        return 0.0
random.Random = Fixed
def qos(pod):
    return "BestEffort"
""",
)

attempt(
    "ctypes-constants",
    "change the value of a small number in memory",
    """
import ctypes, sys
size = ctypes.c_int.from_address(id(0) + 24)
def qos(pod):
    ctypes.c_int.from_address(id(0) + 24).value = 4
    return "?"
""",
)

attempt(
    "name-shadowing",
    "give the name `course` another meaning",
    """
import types
course = types.SimpleNamespace(checks=types.SimpleNamespace(qos=types.SimpleNamespace(
    class_examples=lambda function, points: points)))
def qos(pod):
    return "?"
""",
)

# ---- change how the test cells are run

attempt(
    "ast-transformer",
    "strip the test cells with an AST transformer",
    """
import ast
class Strip(ast.NodeTransformer):
    def visit_Module(self, node):
        if "points" in ast.dump(node):
            node.body = ast.parse("4 if 'class_examples' in %r else 2" % ast.dump(node)).body
        return node
get_ipython().ast_transformers.append(Strip())
def qos(pod):
    return "?"
""",
)

attempt(
    "input-transformer",
    "blank the test cells with an input transformer",
    """
get_ipython().input_transformers_cleanup.append(
    lambda lines: ["pass\\n"] if any("points=" in line for line in lines) else lines)
def qos(pod):
    return "?"
""",
)

attempt(
    "run-cell",
    "replace the function that runs cells",
    """
shell = get_ipython()
real = shell.run_cell
shell.run_cell = lambda source, *a, **k: real("1" if "points=" in source else source, *a, **k)
type(shell).run_cell_async = None
def qos(pod):
    return "?"
""",
)

attempt(
    "events",
    "run code of one's own before and after each cell",
    """
def hook(*_):
    import sys
    for name, module in list(sys.modules.items()):
        if name.startswith("course.checks") and hasattr(module, "equal"):
            module.equal = lambda *values: True
get_ipython().events.register("pre_execute", hook)
def qos(pod):
    hook()
    return "?"
""",
)

attempt(
    "displayhook",
    "show points in place of each cell's value",
    """
import sys
hook = type(get_ipython().displayhook)
real = hook.__call__
hook.__call__ = lambda self, value=None: real(self, 2 if value == 0 else value)
def qos(pod):
    return "?"
""",
)

attempt(
    "print-points",
    "print a report and points of one's own",
    """
print("qos: all 9 rules hold in all 32 cases\\n4 of 4 points")
def qos(pod):
    print("4 of 4 points")
    return "4"
4
""",
)

# ---- answers that are not what they seem

attempt(
    "eq-object",
    "return an object that equals everything",
    """
class Yes:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __repr__(self): return "'Guaranteed'"
def qos(pod):
    return Yes()
""",
)

attempt(
    "eq-str",
    "return a string that equals everything",
    """
class Yes(str):
    def __eq__(self, other): return True
    __hash__ = str.__hash__
def qos(pod):
    return Yes("Guaranteed")
""",
)

attempt(
    "class-lie",
    "return an object that claims to be a string",
    """
class Yes:
    __class__ = str
    def __eq__(self, other): return True
Yes.__name__ = Yes.__qualname__ = "str"
def qos(pod):
    return Yes()
""",
)

attempt(
    "metaclass",
    "be an object that lies about being a function",
    """
class Meta(type):
    def __instancecheck__(cls, thing): return True
    def __eq__(cls, other): return True
    __hash__ = type.__hash__
class qos(metaclass=Meta):
    def __new__(cls, pod): return cls
""",
)

attempt(
    "points-as-value",
    "be a number and not a function",
    """
class qos(float): pass
qos = qos(4)
""",
)

attempt(
    "raise-raised",
    "raise an error whose name or text means something to the check",
    """
class Raised(Exception):
    kind, message, where = "", "", ""
class KeyboardInterrupt(BaseException): pass
count = 0
def qos(pod):
    global count
    count += 1
    raise [Raised(), KeyboardInterrupt(), SystemExit(0), GeneratorExit()][count % 4]
""",
)

attempt(
    "change-arguments",
    "change the case through its arguments",
    """
def qos(pod):
    pod["spec"].clear()
    pod["spec"]["containers"] = []
    return "BestEffort"
pods = []
qos = (lambda real: lambda pod: (pods.append(pod), [real(one) for one in pods])[1][0] and None)(qos)
""",
)

attempt(
    "time-the-check",
    "guess, and learn from the time until the next call",
    """
import time
last, guess, times = None, 0, []
def qos(pod):
    global last, guess
    now = time.perf_counter()
    if last is not None:
        times.append(now - last)
        if len(times) > 3 and times[-1] > 1.5 * sorted(times)[len(times) // 2]:
            guess += 1
    last = time.perf_counter()
    return None if guess < 3 else "?"
""",
)

# ---- forge messages of the grader's channel

_SOCKETS = """
import json, os, socket, stat, struct
def channels():
    for number in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                yield number
        except OSError:
            pass
def send(number, message):
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    os.write(number, struct.pack(">I", len(body)) + body)
"""

attempt(
    "forge-replies",
    "answer requests before they come",
    _SOCKETS
    + """
for number in channels():
    for serial in range(400):
        send(number, {{"re": serial, "value": "4", "outputs": [{{"kind": "result", "text": "4"}}],
                       "values": {{"qos": 4, "points": 4, "course": 4}}}})
def qos(pod):
    return "?"
""".replace("{{", "{").replace("}}", "}"),
)

attempt(
    "forge-calls",
    "call objects of the trusted process that were never handed over",
    _SOCKETS
    + """
def qos(pod):
    for number in channels():
        for target in range(-3, 3):
            for method in ("__call__", "__class__", "__globals__", "system", "__reduce__"):
                send(number, {"do": "call", "id": 1, "target": target, "method": method, "args": [], "kwargs": {}})
    return "?"
""",
)

attempt(
    "forge-garbage",
    "send what no decoder expects",
    _SOCKETS
    + """
import pickle
class Evil:
    def __reduce__(self):
        return (os.system, ("touch {outside}/pickle",))
def qos(pod):
    for number in channels():
        for body in (pickle.dumps(Evil()), b"[" * 100000, b"1" * 100000, b'{"re": 1e999}', b"NaN",
                     b'{"re":' + b"9" * 5000 + b"}", json.dumps({"re": 3, "value": {"o": [1, "x" * 9999, True, []]}}).encode(),
                     json.dumps({"re": 3, "value": {"d": {"__class__": {"n": ["os.system", "true"]}}}}).encode()):
            send(number, body)
    return "?"
""",
)

attempt(
    "forge-size",
    "announce a message of four gigabytes",
    _SOCKETS
    + """
def qos(pod):
    for number in channels():
        os.write(number, b"\\xff\\xff\\xff\\xff" + b"x" * 100000)
    return "?"
""",
)

attempt(
    "patch-agent",
    "rewrite the part of the grader that runs beside the notebook",
    """
import gc, sys
for name, module in list(sys.modules.items()):
    if name.startswith("inside"):
        for attribute in ("equal", "grade"):
            setattr(module, attribute, lambda *a, **k: 4)
        if hasattr(module, "Agent"):
            module.Agent._do_call = lambda self, message: {"value": 4, "printed": "4 of 4 points", "after": {}}
            module.Agent._do_names = lambda self, message: {"values": {name: 4 for name in message["names"]}}
def qos(pod):
    return "?"
""",
)

# ---- reach the gradebook, the course, others

attempt(
    "sql-own",
    "write one's own points into the gradebook",
    """
import sqlite3
connection = sqlite3.connect("{root}/gradebook.db", timeout=5)
connection.execute("update grade set manual_score = 99, auto_score = 99")
connection.commit()
""",
)

_LATE = """
import os, sqlite3, sys, time
def write():
    for _ in range(20):
        time.sleep(0.3)
        try:
            connection = sqlite3.connect("{root}/gradebook.db", timeout=1)
            connection.execute("update grade set manual_score = 99")
            connection.commit()
            open("{outside}/late", "w").close()
        except Exception:
            pass
"""
attempt(
    "late-fork",
    "leave a child that edits the gradebook later",
    _LATE
    + """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        write()
    os._exit(0)
""",
)

attempt(
    "late-thread",
    "leave a thread that edits the gradebook later",
    _LATE
    + """
import threading
threading.Thread(target=write, daemon=False).start()
""",
)

attempt(
    "late-atexit",
    "edit the gradebook when the process ends",
    _LATE
    + """
import atexit
atexit.register(lambda: (open("{outside}/atexit", "w").close(), write()))
def qos(pod):
    sys.exit(0)
""",
)

attempt(
    "late-pth",
    "leave a file that Python runs at its next start",
    """
import os, site, sys
for folder in [*site.getsitepackages(), site.getusersitepackages(), os.path.expanduser("~"), "{root}", "/tmp"]:
    for name in ("zz_cheat.pth", "sitecustomize.py", "usercustomize.py"):
        try:
            os.makedirs(folder, exist_ok=True)
            open(os.path.join(folder, name), "w").write("import os; open('{outside}/pth', 'w').close()")
        except OSError:
            pass
import os
for folder in [*site.getsitepackages(), site.getusersitepackages(), os.path.expanduser("~")]:
    for name in ("zz_cheat.pth", "sitecustomize.py", "usercustomize.py"):
        if os.path.exists(os.path.join(folder, name)):
            try:
                open("{outside}/pth-written", "w").close()
            except OSError:
                pass
            os.remove(os.path.join(folder, name))
""",
)

attempt(
    "delete-course",
    "delete the gradebook, the sources and all submissions",
    """
import os, shutil
for name in ("gradebook.db", "source", "submitted", "autograded"):
    path = os.path.join("{root}", name)
    shutil.rmtree(path, ignore_errors=True)
    if os.path.isfile(path):
        os.remove(path)
""",
)

attempt(
    "overwrite-neighbour",
    "overwrite a neighbour's submission",
    """
path = "{root}/submitted/neighbour/06_qos/06_qos.ipynb"
open(path, "w").write("{}")
""",
)

attempt(
    "read-neighbour",
    "hand in a neighbour's cell",
    """
import json
for cell in json.load(open("{root}/submitted/neighbour/06_qos/06_qos.ipynb"))["cells"]:
    if cell["metadata"].get("nbgrader", {}).get("solution"):
        exec("from collections import Counter\\nfrom kubernetes.utils.quantity import parse_quantity\\n" + "".join(cell["source"]))
""",
)

attempt(
    "write-outside",
    "write wherever it is possible",
    """
import os
for folder in ("{outside}", "{root}", "{project}", "/tmp", "/var/tmp", "/dev/shm", "/run", "/home", "/"):
    for name in (os.path.join(folder, "cheat-was-here"),):
        try:
            open(name, "w").close()
        except OSError as error:
            print(error)
""",
)

attempt(
    "read-secret",
    "read the environment, the instructor's files and the hidden seed",
    """
import os, glob
print(os.environ)
for pattern in ("{root}/secret.txt", "/proc/*/environ", "/proc/self/environ", "/proc/*/cmdline", "/root/.*", "/etc/shadow"):
    for name in glob.glob(pattern):
        try:
            print(open(name, errors="replace").read()[:3000])
        except OSError as error:
            print(error)
""",
)

attempt(
    "patch-environment",
    "set the seed of the hidden cases to one that is known",
    """
import os
os.environ["COURSE_HIDDEN_SEED"] = "6"
get_ipython().run_line_magic("env", "COURSE_HIDDEN_SEED=6")
import course.checks
course.checks.instructor_seed = lambda: 6
def qos(pod):
    return "?"
""",
)

attempt(
    "network",
    "send something to another machine",
    """
import socket, urllib.request
for host in ("127.0.0.1", "localhost"):
    try:
        socket.create_connection((host, {port}), timeout=2).sendall(b"cheat")
    except OSError as error:
        print(error)
""",
)

attempt(
    "processes-left",
    "leave twenty processes behind",
    """
import os, subprocess
for _ in range(20):
    subprocess.Popen(["sleep", "98765"], start_new_session=True)
""",
)

attempt(
    "fork-bomb",
    "start processes without end",
    """
import os, time
for _ in range(200):
    if os.fork() == 0:
        os.setsid()
        os.execvp("sleep", ["sleep", "98765"])
""",
)

attempt(
    "kill-everyone",
    "kill the grader and every process in reach",
    """
import os, signal
for pid in (os.getppid(), -1):
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        pass
def qos(pod):
    os.kill(os.getpid(), signal.SIGKILL)
""",
)

attempt(
    "look-into-grader",
    "read the grader's memory",
    """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for pid in {1, 2, os.getppid()} - {0, os.getpid()}:
    print(pid, libc.ptrace(16, pid, 0, 0), ctypes.get_errno())
    try:
        text = open("/proc/%d/environ" % pid, errors="replace").read()
        print(text[:5000])
        open("/proc/%d/mem" % pid, "rb").seek(1 << 20)
    except OSError as error:
        print(error)
""",
)

attempt(
    "privileges",
    "become root, make namespaces, mount, lift the limits",
    """
import ctypes, os, resource
libc = ctypes.CDLL(None, use_errno=True)
done = []
for name, action in (
    ("unshare", lambda: libc.unshare(0x10000000 | 0x20000)),
    ("mount", lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)),
    ("proc", lambda: libc.mount(b"proc", b"/proc", b"proc", 0, None)),
    ("chroot", lambda: libc.chroot(b"/tmp")),
    ("setns", lambda: libc.setns(os.open("/proc/1/ns/net", os.O_RDONLY), 0)),
    ("memory", lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1))),
    ("keyctl", lambda: libc.syscall(250, 0, -3, 0, 0, 0)),
):
    try:
        if action() in (0, None):
            done.append(name)
    except (OSError, ValueError):
        pass
print("DONE", done)
""",
)

attempt(
    "message-to-others",
    "leave a file for the next submission, or find one",
    """
import glob, os
found = glob.glob("/tmp/cheat-*") + glob.glob("/dev/shm/cheat-*")
print("FOUND", found)
for folder in ("/tmp", "/dev/shm"):
    try:
        open(folder + "/cheat-message", "w").write("Guaranteed")
    except OSError:
        pass
""",
)

attempt(
    "message-to-others-2",
    "find what another submission left",
    """
import glob
print("FOUND", glob.glob("/tmp/cheat-*") + glob.glob("/dev/shm/cheat-*"))
""",
)

_PORTS = """
import socket
def is_taken(port):
    try:
        with socket.socket() as one:
            one.bind(("127.0.0.1", port))
            return False
    except PermissionError:
        return False
    except OSError:
        return True
print("FOUND", [port for port in range(23400, 23408) if is_taken(port)])
"""
attempt(
    "message-by-ports",
    "leave a port in use for the next submission",
    _PORTS
    + """
for port in (23401, 23404):
    with socket.create_server(("127.0.0.1", port)) as server:
        with socket.create_connection(("127.0.0.1", port)), server.accept()[0] as other:
            other.close()
""",
)

attempt("message-by-ports-2", "find ports that another submission left in use", _PORTS)

# ---- end the grading of a submission, so that somebody has to look

attempt(
    "end-in-a-callback",
    "end the process while a cluster calls back",
    """
import os
from insideout.cluster import Cluster
cluster = Cluster.create(nodes=0)
cluster.loop.call_later(1, lambda: os._exit(0))
cluster.run(seconds=2)
""",
)


# ---- edit the notebook itself


def _cell(nb: NotebookNode, name: str) -> NotebookNode:
    return next(cell for cell in nb.cells if cell.id == name)


@edited("points-in-metadata", "raise the points in the notebook's metadata")
def _points(nb):
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.nbgrader["points"] = 1000


@edited("edit-test", "replace the tests by their points")
def _edit_test(nb):
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.source = str(cell.metadata.nbgrader["points"])


@edited("unlock-test", "declare the tests to be solutions and replace them")
def _unlock(nb):
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.nbgrader.update(solution=True, locked=False)
            cell.source = str(cell.metadata.nbgrader["points"])


@edited("double-test", "add a second cell with a test's id that gives all points")
def _double(nb):
    for place in (0, len(nb.cells)):
        twin = NotebookNode({**_cell(nb, "qos-examples"), "id": f"twin-{place}", "source": "4"})
        nb.cells.insert(place, twin)


@edited("extra-test", "add a test of one's own, worth a hundred points")
def _extra(nb):
    meta = {**_cell(nb, "qos-examples").metadata.nbgrader, "grade_id": "bonus", "points": 100}
    cell = NotebookNode({**_cell(nb, "qos-examples"), "id": "bonus", "source": "100"})
    cell["metadata"] = NotebookNode({"nbgrader": NotebookNode(meta)})
    nb.cells.append(cell)


@edited("no-test", "remove the tests")
def _remove(nb):
    nb.cells = [cell for cell in nb.cells if not cell.metadata.get("nbgrader", {}).get("grade")]


@edited("test-to-text", "turn the tests into text")
def _to_text(nb):
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.cell_type = "markdown"
            cell.pop("outputs", None)
            cell.pop("execution_count", None)


@edited("outputs-kept", "hand in outputs that show all points")
def _outputs(nb):
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            value = str(cell.metadata.nbgrader["points"])
            cell.outputs = [
                NotebookNode(
                    output_type="execute_result", data={"text/plain": value}, metadata={}, execution_count=1
                )
            ]


@edited("long-cell", "hand in a cell that is too large for the grader's channel")
def _long(nb):
    nb.cells.append(
        NotebookNode(cell_type="code", id="long", metadata={}, outputs=[], source="#" * 5 * 10**6)
    )


@edited("deep-cell", "hand in a cell that no parser survives")
def _deep(nb):
    _cell(nb, "qos").source = "pass"
    nb.cells.append(
        NotebookNode(cell_type="code", id="deep", metadata={}, outputs=[], source="-" * 10**5 + "1")
    )


@edited("other-kernel", "ask for another kernel")
def _kernel(nb):
    nb.metadata["kernelspec"] = {"name": "bash", "display_name": "Bash", "language": "bash"}


@edited("script-in-text", "put a script into text that the instructor's browser shows")
def _script(nb):
    nb.cells.insert(
        1,
        NotebookNode(
            cell_type="markdown",
            id="script",
            metadata={},
            source="<script>fetch('/formgrader/api/grade/1', {method: 'PUT'})</script>"
            "<img src=x onerror=alert(1)>\n\n[click](javascript:alert(2)) <iframe srcdoc='x'></iframe>",
        ),
    )


@in_folder("link-to-solution", "hand in a link to the solution")
def _link(folder, scene):
    (folder / "06_qos.ipynb").unlink()
    (folder / "06_qos.ipynb").symlink_to(scene.root / "source/06_qos/06_qos.ipynb")


@in_folder("link-to-secret", "hand in a link to the instructor's files, to get them back")
def _secret(folder, scene):
    (folder / "data.txt").symlink_to(scene.root / "secret.txt")
    os.symlink(scene.root, folder / "more")


@in_folder("odd-cells", "hand in cells of no known form")
def _odd(folder, scene):
    deep: list[object] = []
    for _ in range(300):
        deep = [deep]
    odd = [{"cell_type": []}, {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": deep}}}, {}, None]
    (folder / "06_qos.ipynb").write_text(json.dumps({"cells": odd, "nbformat": 4, "metadata": {}}))


@in_folder("fake-timestamp", "hand in a timestamp that is none")
def _stamp(folder, scene):
    (folder / "timestamp.txt").write_text(json.dumps({"$(touch x)": "99999-99-99"}))


def formatted(code: str, scene: Scene) -> str:
    """Put the scene's paths into an attempt's code, whose other braces stay as they are."""
    for name, value in scene._asdict().items():
        code = code.replace("{" + name + "}", str(value))
    return code
