"""A notebook drives a cluster that lives in a process of its own, and reaches no more of it than is offered."""

import dataclasses
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from course.sandbox import connection, offers
from course.sandbox import wall as sandbox
from course.sandbox.cluster_service import ClusterService
from course.sandbox.learner import Learner
from course.sandbox.limits import Limits
from course.sandbox.protection import Protection
from course.sandbox.warm import Warm

BEGIN = """
from insideout.cluster import Cluster
from insideout.client import ApiError, UnreachableError

def pod(name):
    return {"metadata": {"name": name}, "spec": {"containers": [{"name": "app", "image": "app:1"}]}}

def names():
    return [one.metadata.name for one in cluster.core.list_namespaced_pod("default").items]

cluster = Cluster.create(nodes=2, seed=1)
"""


@pytest.fixture(scope="session")
def limits():
    """Return limits that leave time to start the first cluster on a busy machine."""
    return Limits(cell_s=30.0, call_s=5.0, grace_s=0.5, test_s=60.0)


@pytest.fixture
def notebook(warm, limits):
    learner = Learner(warm, limits)
    assert learner.run(BEGIN).outputs == []
    yield learner
    learner.close()


def result(learner: Learner, source: str) -> str:
    """Return what a cell shows: all it prints and its value, or its error."""
    shown = learner.run(source).outputs
    assert shown, "the cell shows nothing"
    return "".join(one.get("text") or f"{one['name']}: {one['message']}" for one in shown)


def test_the_official_client_creates_reads_and_is_refused(notebook):
    source = """
import kubernetes.client
cluster.core.create_namespaced_pod("default", pod("web"))
cluster.run(seconds=5)
try:
    cluster.core.read_namespaced_pod("db", "default")
except kubernetes.client.ApiException as error:
    print(error.status, error.reason)
cluster.core.read_namespaced_pod("web", "default").status.phase
"""
    assert result(notebook, source) == "404 Not Found\n'Running'"


def test_the_official_watch_lets_time_pass(notebook):
    source = """
import kubernetes.watch
cluster.core.create_namespaced_pod("default", pod("web"))
stream = kubernetes.watch.Watch().stream(cluster.core.list_namespaced_pod, "default", timeout_seconds=20)
phases = [event["object"].status.phase for event in stream]
phases[0], phases[-1], cluster.loop.now_s
"""
    assert result(notebook, source) == "('Pending', 'Running', 20.0)"


def test_a_read_timeout_is_the_official_clients(notebook):
    source = """
import urllib3
answer = cluster.core.list_namespaced_pod("nowhere", watch=True, _preload_content=False, _request_timeout=3)
try:
    list(answer.stream())
except urllib3.exceptions.ReadTimeoutError:
    print("read timed out at", cluster.loop.now_s)
"""
    assert result(notebook, source) == "read timed out at 3.0\n"


def test_the_seven_verbs_and_their_errors(notebook):
    source = """
client = cluster.client("me")
client.create("pods", pod("a"), "default")
client.patch("pods", "a", {"metadata": {"labels": {"x": "y"}}}, "default")
stale = client.get("pods", "a", "default")
client.update("pods", stale | {"metadata": stale["metadata"] | {"labels": {"x": "z"}}}, "default")
for wrong in (lambda: client.update("pods", stale, "default"), lambda: client.get("pods", "b", "default")):
    try:
        wrong()
    except ApiError as error:
        print(error.code, error.reason)
client.delete("pods", "a", "default")
len(client.list("pods", "default")["items"])
"""
    assert result(notebook, source) == "409 Conflict\n404 NotFound\n0"


def test_a_paused_server_cannot_be_reached(notebook):
    source = """
cluster.replace("kube-apiserver", None)
try:
    cluster.client().list("pods")
except UnreachableError as error:
    print(error)
cluster.restore("kube-apiserver")
names()
"""
    assert result(notebook, source) == "the API server refuses connections\n[]"


def test_events_reach_the_learners_code_until_the_watch_is_stopped(notebook):
    source = """
seen = []
client = cluster.client("me")
watch = client.watch("pods", lambda event: seen.append((event.type, event.object["metadata"]["name"])))
client.create("pods", pod("a"), "default")
cluster.run(seconds=0)
watch.stop()
client.create("pods", pod("b"), "default")
cluster.run(seconds=1)
seen[0], {name for _, name in seen}
"""
    assert result(notebook, source) == "(('ADDED', 'a'), {'a'})"


CONTROLLER = """
class Keeper:
    def __init__(self, client, loop):
        self.client, self.loop = client, loop
    def start(self):
        self.watch = self.client.watch("pods", self.on_event, "default")
        self.loop.call_later(1, self.create)
    def stop(self):
        self.watch.stop()
    def create(self):
        self.client.create("pods", {**pod("kept"), "metadata": {"generateName": "kept-"}}, "default")
    def on_event(self, event):
        if event.type == "DELETED":
            self.create()
"""


def test_a_component_of_the_learners_takes_a_place(notebook):
    """It calls the cluster while the cluster waits for it."""
    source = """
cluster.replace("replicaset-controller", Keeper)
cluster.run(seconds=3)
first = names()
cluster.core.delete_namespaced_pod(first[0], "default", grace_period_seconds=0)
cluster.run(seconds=3)
len(first), len(names()), first != names(), cluster.errors("replicaset-controller")
"""
    assert result(notebook, CONTROLLER + source) == "(1, 1, True, [])"


def test_a_component_that_crashes_is_reported_as_in_the_lesson(notebook):
    source = """
class Broken(Keeper):
    def create(self):
        raise ValueError("no idea")
cluster.replace("replicaset-controller", Broken)
cluster.run(seconds=3)
"""
    shown = result(notebook, CONTROLLER + source)
    assert shown.startswith("replicaset-controller crashed at 1.000 s: ")
    assert "ValueError: no idea" in shown


def test_time_nodes_tables_requests_and_the_view(notebook):
    source = """
cluster.nodes.add("large", cpu="16", labels={"size": "large"})
cluster.nodes.silence("node-0")
took = cluster.wait(lambda: "NotReady" in repr(cluster), timeout_s=100)
print(40 < took < 60)
print(cluster.table("nodes").rows[0][:2])
print(cluster.request("http://nobody/").ok, cluster.request("http://nobody/").error)
print("NotReady" in cluster._repr_html_(), type(cluster.loop.time()).__name__)
cluster
"""
    shown = result(notebook, source)
    assert shown.startswith(
        "True\n('large', 'Ready')\nFalse no such host: nobody\nTrue datetime\nlarge (Ready)"
    )


def test_two_runs_of_one_seed_are_one_history(notebook):
    source = """
def history(seed):
    with Cluster.create(nodes=3, seed=seed) as one:
        for name in "abcdef":
            one.core.create_namespaced_pod("default", pod(name))
        one.run(seconds=5)
        return [p.spec.node_name for p in one.core.list_namespaced_pod("default").items], one.loop.rng("x").random()
history(1) == history(1), history(1) != history(2)
"""
    assert result(notebook, source) == "(True, True)"


@pytest.mark.parametrize(
    "reach",
    [
        "cluster.backend",
        "cluster.store",
        "cluster.log",
        "cluster.nodes.programs",
        "cluster.loop.step()",
        "cluster.nodes.add('n').memory",
        "Cluster.create(raft=print)",
        "Cluster.create(realtime=True)",
        "Cluster.create(backend='controlplane')",
    ],
)
def test_what_is_not_there_says_so_in_one_line(notebook, reach):
    shown = result(notebook, reach)
    assert shown.startswith("NotInGrader: ")
    assert "the cluster that you have while your work is graded is without it" in shown


@pytest.mark.parametrize(
    "reach",
    [
        "cluster._remote._cluster",
        "cluster._remote._agent.ask(cluster._remote._number, '_cluster', (), {})",
        "cluster._remote._agent.ask(cluster._remote._number, '__class__', (), {})",
        "cluster._remote.verb(0, '__init__', [], {})",
        "cluster._remote.node('__class__', 'node-0')",
        "cluster._remote._agent.open('insideout.records.read', ('qos',), {})",
    ],
)
def test_no_more_than_the_offered_methods_can_be_reached(notebook, reach):
    notebook.run("cluster.client()")
    assert result(notebook, reach).split(":")[0] in {"AttributeError", "LookupError"}


def test_without_a_sandbox_the_cluster_still_has_a_process_of_its_own(limits):
    with Warm(Protection(False, False, b"", ("nothing",)), limits) as warm:
        learner = Learner(warm, limits)
        assert learner.run(BEGIN).outputs == []
        assert (
            result(learner, "cluster.core.create_namespaced_pod('default', pod('web'))\nnames()") == "['web']"
        )
        learner.close()


def test_every_method_of_the_service_is_offered_and_no_other():
    methods = {name for name in vars(ClusterService) if not name.startswith("_")}
    assert methods == set(offers.SERVICES["insideout.cluster.Cluster"].offers)


def test_a_cluster_does_not_answer_while_a_test_calls_the_learners_functions(notebook):
    source = """
def asks():
    return cluster.client().list("nodes")["items"]

def opens():
    return Cluster.create()
"""
    notebook.run(source)
    assert result(notebook, "len(asks())") == "2"
    notebook.begin_test()
    for function in notebook.names(["asks", "opens"]).values():
        with pytest.raises(Exception, match="not while a test calls your function"):
            function()
    notebook.end_test()
    assert result(notebook, "len(asks())") == "2"


def test_clusters_are_opened_again_for_a_process_that_died(notebook):
    notebook.run("def die():\n    import os\n    os._exit(1)")
    notebook.begin_test()
    with pytest.raises(Exception, match="exit status 1"):
        notebook.names(["die"])["die"]()
    notebook.end_test()
    assert result(notebook, "len(cluster.client().list('nodes')['items'])") == "2"


def test_a_cluster_that_runs_on_costs_only_its_cell(warm):
    learner = Learner(warm, dataclasses.replace(Limits(), cell_s=5.0))
    learner.run("import time\nmarker = time.monotonic_ns()\nfrom insideout.cluster import Cluster")
    before = learner.names(["marker"])
    assert result(learner, "Cluster.create().run(minutes=10**6)")
    assert learner.names(["marker"]) == before, "the notebook's own process was ended"
    assert (
        result(
            learner, "Cluster.create(nodes=1, backend='embedded').client().list('nodes')['items'][0]['kind']"
        )
        == "'Node'"
    )
    learner.close()


def test_a_callback_does_not_lift_the_cells_own_limit(warm):
    learner = Learner(warm, dataclasses.replace(Limits(), cell_s=5.0))
    learner.run("from insideout.cluster import Cluster\ncluster = Cluster.create(nodes=1)")
    source = "cluster.loop.call_later(1, lambda: None)\ncluster.run(seconds=2)\nwhile True: pass"
    assert "stopped after 5 s" in result(learner, source)
    assert learner.usage == [], "the process was ended instead"
    learner.close()


@pytest.mark.parametrize(
    "call", ["cluster.loop.call_later(1, die)\ncluster.run(seconds=2)", "cluster.wait(die)"]
)
def test_a_process_that_dies_in_a_callback_costs_only_the_cell(notebook, call):
    died = notebook.run(f"import os\ndef die():\n    os._exit(3)\n{call}").died
    assert died == "the code ended the notebook's process with exit status 3"
    assert result(notebook, "names()") == "[]"


def test_only_so_many_functions_may_be_handed_over(notebook, monkeypatch):
    monkeypatch.setattr(connection, "EXPORTS_LIMIT", 100)
    source = "for _ in range(101):\n    cluster.loop.call_later(1, print)"
    assert "more than 100 objects were handed over" in result(notebook, source)


def test_only_so_many_may_be_opened(notebook):
    assert "may open 16" in result(notebook, "many = [Cluster.create() for _ in range(17)]")


def hosts(parent: int) -> list[int]:
    """Return the processes that clusters live in, below `parent` or the bubblewraps below it."""
    shown = subprocess.run(
        ["ps", "-wweo", "pid,ppid,args"], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(None, 2) for line in shown.splitlines()[1:]]
    found = []
    for pid, above, args in rows:
        if int(above) == parent and "-m course.sandbox.service_host" in args:
            found += hosts(int(pid)) if "bwrap" in args.split()[0] else [int(pid)]
    return found


def test_the_clusters_process_has_walls_of_its_own(notebook, protection):
    """It works on what learners choose; where that goes wrong, it reaches nothing."""
    host = max(hosts(os.getpid()))
    (child,) = hosts(host)
    status = dict(line.split(":\t") for line in Path(f"/proc/{child}/status").read_text().splitlines())
    assert status["Seccomp"].strip() == "2"
    assert status["NoNewPrivs"].strip() == "1"
    assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == 0
    assert Path(f"/proc/{child}/oom_score_adj").read_text().strip() == "1000"
    if sandbox.is_root():
        assert set(status["Uid"].split()) == {str(sandbox.NOBODY)}
    root = Path(f"/proc/{child}/root")
    assert not (root / __file__[1:]).exists()
    assert [path.name for path in (root / "tmp").iterdir()] == []
    for name in ("net", "pid", "mnt", "ipc", "uts"):
        assert os.readlink(f"/proc/{child}/ns/{name}") != os.readlink(f"/proc/self/ns/{name}")


def test_a_host_that_does_not_start_is_told_in_one_line(protection, limits, monkeypatch):
    """It costs the cell and nothing else; the next notebook tries again."""
    with Warm(protection, limits) as warm:
        learner = Learner(warm, limits)
        assert learner.run("x = 1").outputs == []
        monkeypatch.setattr(sandbox, "command", lambda *args, **options: ["/bin/false"])
        shown = result(learner, BEGIN)
        assert "a cluster could not be started; this is no mistake of yours" in shown
        monkeypatch.undo()
        assert learner.run(BEGIN).outputs == []
        learner.close()


def test_a_host_that_was_killed_is_replaced(protection, limits):
    with Warm(protection, limits) as warm:
        for _ in range(2):
            learner = Learner(warm, limits)
            assert learner.run(BEGIN).outputs == []
            assert warm.hosts._process
            warm.hosts._process.kill()
            warm.hosts._process.wait()
            learner.close()


def test_no_process_is_left(protection, limits):
    others = set(hosts(os.getpid()))
    with Warm(protection, limits) as warm:
        learner = Learner(warm, limits)
        learner.run(BEGIN)
        (host,) = set(hosts(os.getpid())) - others
        assert len(hosts(host)) == 1
        learner.close()
        assert hosts(host) == []
    assert set(hosts(os.getpid())) == others


def test_no_process_is_left_when_the_grader_is_killed(tmp_path: Path):
    source = f"""
import os, time
from course.sandbox import protection
from course.sandbox.learner import Learner
from course.sandbox.limits import Limits
from course.sandbox.protection import Protection
from course.sandbox.limits import Limits
from course.sandbox.warm import Warm
learner = Learner(Warm(protection.probe(), Limits()), Limits())
learner.run({BEGIN!r})
print("ready", flush=True)
learner.run("cluster.run(minutes=10**6)")
"""
    with subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True) as grader:
        assert grader.stdout
        assert grader.stdout.readline() == "ready\n"
        (host,) = hosts(grader.pid)
        (child,) = hosts(host)
        grader.kill()
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in (host, child)):
        assert time.monotonic() < deadline, "a process goes on"
        time.sleep(0.05)
