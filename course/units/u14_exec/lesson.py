# %% [markdown] id="question" role="text"
# # 14 · exec: a terminal through three programs
#
# You come from **13 · Networking**. Here is a request that does not go to a pod's address at all. Next is **15 · Monitoring**.
#
# | section | minutes | you write |
# |---|---|---|
# | 1. The hops | 8 | |
# | 2. Who may | 10 | your examples, and `exec_allowed` |
# | 3. Frames | 15 | `Demux` |
# | 4. At work | 5 | |
#
# You need to know what HTTP methods and JSON are, and what a pod is made of (unit 05).
#
# The question, as it is asked:
#
# > What happens when I run `kubectl exec`?
#
# The answer that is passed around:
#
# > kubectl sends a request to the API server, which asks the container runtime on the node to run the command; the output comes
# > back as the response. A user needs the right to get pods. The exit code is that of the connection.
#
# In this unit you watch one exec on both of its hops, frame by frame. Then you write what sorts the frames, and it stands
# between a client and a cluster's containers.

# %% [markdown] id="goals" role="text"
# You will be able to
#
# - say who talks to whom in an exec, and which of them refuses what;
# - grant exec, and say why a right to get is not enough;
# - read a stream's frames: outputs, the end of an input, a terminal's size, the exit code.

# %% id="imports" role="code"
import json

from course.learn import predict, review
from course.plots.control import turn
from course.units.u14_exec.cases import all_subsets
from course.units.u14_exec.controls import unwritten
from course.units.u14_exec.frames import shown
from course.units.u14_exec.hops import exec_in, pod
from course.units.u14_exec.plots.hops import plot_hops
from insideout import Cluster, records

# %% [markdown] id="before" role="text"
# Three questions from earlier units first.

# %% id="review" role="code"
review("14_exec")

# %% [markdown] id="hops-text" role="text"
# ## 1. The hops
#
# `exec_in` takes the way of `kubectl exec -i web -- sh`: through the API server's door to the kubelet's. On standard input it
# sends two commands. The embedded cluster needs no socket for that; on a real control plane it is a WebSocket.

# %% id="predict-hops" role="code"
hops = predict(
    "hops",
    "How many connections carry one exec, from kubectl to the command's shell on the node?",
    number=(1, 4),
    default=1,
    answer="?",
)

# %% id="one-exec" role="code"
cluster = Cluster.create(nodes=1)
cluster.core.create_namespaced_pod("default", pod("web"))
cluster.wait(lambda: cluster.core.read_namespaced_pod("web", "default").status.phase == "Running")
trace = exec_in(cluster, "web", ["sh"], stdin="echo $A\nexit 3\n")
hops.reveal(
    len({frozenset((start, end)) for start, end, _ in trace.steps}),
    why="Client to API server, API server to kubelet. From there the kubelet asks its runtime, on the same node.",
)
turn(
    lambda step: plot_hops(trace, step),
    step=range(1, len(trace.steps) + 1),
    still={"step": len(trace.steps)},
)

# %% [markdown] id="hops-why" role="text"
# - The request is no request for an answer. It asks to **upgrade** the connection: the answer is 101, and from then on both sides
#   send **frames**.
# - The API server never talks to a container runtime. It finds the pod's node and opens a second connection, to the **kubelet**.
#   The kubelet asks its runtime for a stream and passes it on.
# - On the second hop the API server asks with POST and SPDY, an older protocol. Since v1.36 a node may declare
#   `ExtendWebSocketsToKubelet` in its status; then the WebSocket goes through as it is.
# - kubectl offers `v5.channel.k8s.io`. When the upgrade fails, **for whatever reason, a 403 too**, it tries once more over SPDY.
#
# *Source: `pkg/registry/core/pod/rest/subresources.go`, `pkg/kubelet/server/server.go`, kubectl `exec.go`, v1.36.2.*
#
# Who refuses what? The record `exec` holds 39 requests to a v1.36.2 API server, and what reached a stand-in kubelet. One of
# them is an exec into a pod whose phase is Succeeded.

# %% id="predict-succeeded" role="code"
succeeded = predict(
    "succeeded",
    "What does the API server say to an exec into a pod that has ended?",
    choices=["it refuses: the pod has ended", "it passes the request on to the kubelet"],
    default="it refuses: the pod has ended",
    answer="?",
)

# %% id="see-succeeded" role="code"
recorded = {row["case"]: row for row in records.read("exec")}
passed = bool(recorded["succeeded"]["kubelet"])
succeeded.reveal(
    "it passes the request on to the kubelet" if passed else "it refuses: the pod has ended",
    why="It checks neither phase nor command. It does need a node, and a container that it can name.",
)
for case in ("pending", "two-no-choice", "missing-container", "no-upgrade", "unreachable-spdy"):
    answer = recorded[case]["answer"]
    print(f"{case:18} {answer['code']} {answer['body']['message']}")

# %% [markdown] id="who-text" role="text"
# ## 2. Who may
#
# An authorizer is asked for a **verb**, and the verb comes from the HTTP method: POST is `create`, GET is `get`. The resource is
# `pods/exec`. In the record, alice may only get, bob may only create, carol both. Find the rule:

# %% id="who-record" role="code"
for case in ("get-only-ws", "get-only-spdy", "create-only-ws", "create-only-spdy", "both-ws"):
    sent, answer = recorded[case]["request"], recorded[case]["answer"]
    upgrade = dict(sent["headers"])["Upgrade"]
    message = answer.get("body", {}).get("message", "")
    print(f"{sent['user']:6}{sent['method']:5} {upgrade:9} {answer['code']} {message}")

# %% [markdown] id="who-why" role="text"
# The two refusals of alice differ: one names the verb that is missing, one names nothing. Before v1.35 her first request passed,
# and a right to *read* ran commands.
#
# kubectl itself tries a WebSocket and then SPDY. It also gets the pod first; take that right as given.
#
# ### Exercise: examples first
#
# Say what `exec_allowed(verbs, transport)` should answer: a list of at least four tuples `(verbs, transport, answer)`. `verbs`
# is a list of what a user may do with `pods/exec`, `transport` is `"spdy"`, `"websocket"` or `"kubectl"`, and `answer` is
# `[allowed, missing]`: True or False, and the list of verbs that must be added to make **this transport** work, sorted. Where
# one of two ways would do, as for kubectl, it is the shorter list.

# %% id="exec-allowed-examples-first" role="exercise"
allowed_examples = [
    # one looks like this: (["get", "create"], "websocket", [True, []])
    ### BEGIN SOLUTION
    (["get", "create"], "websocket", [True, []]),
    (["get"], "websocket", [False, ["create"]]),
    (["create"], "websocket", [False, ["get"]]),
    (["create"], "kubectl", [True, []]),
    (["get"], "spdy", [False, ["create"]]),
    ### END SOLUTION
]

# %% id="exec-allowed-examples-first-tried" role="test" points=2
import course.units.u14_exec.checks

course.units.u14_exec.checks.allowed_first(allowed_examples, points=2)

# %% [markdown] id="allowed-task" role="text"
# ### Exercise: `exec_allowed(verbs, transport)`
#
# Return `(allowed, missing)` as above; `missing` may be a list, a tuple or a set. `verbs` may hold verbs that do not matter. Do
# not change it.
#
# Example: `exec_allowed(["create"], "spdy")` is `(True, [])`.
#
# <details><summary>Hint 1</summary>SPDY needs one verb. Return for it alone, and the first rule holds.</details>
# <details><summary>Hint 2</summary>A dict from the transport to the verbs that it needs.</details>
# <details><summary>Hint 3</summary><code>missing = [verb for verb in needed[transport] if ...]</code>, then
# <code>return not missing, missing</code>.</details>


# %% id="exec-allowed" role="exercise"
def exec_allowed(verbs, transport):
    """Return whether exec is allowed over a transport, and which verbs are missing."""
    ### BEGIN SOLUTION
    needed = {"spdy": ["create"], "websocket": ["create", "get"], "kubectl": ["create"]}
    missing = [verb for verb in needed[transport] if verb not in verbs]
    return not missing, missing
    ### END SOLUTION


# %% id="exec-allowed-cases" role="test" points=2
import course.units.u14_exec.checks

course.units.u14_exec.checks.allowed_examples(exec_allowed, points=2)

# %% id="exec-allowed-records" role="test" points=1
import course.units.u14_exec.checks

course.units.u14_exec.checks.allowed_records(exec_allowed, points=1)

# %% id="try-verbs" role="code"
if not (missing := unwritten(exec_allowed=exec_allowed)):
    for transport in ("spdy", "websocket", "kubectl"):
        enough = [verbs for verbs in all_subsets(["create", "get"]) if exec_allowed(verbs, transport)[0]]
        print(f"{transport:9} passes with {enough[0]}" if enough else f"{transport:9} never passes")
else:
    print(missing)

# %% [markdown] id="frames-text" role="text"
# ## 3. Frames
#
# A frame's first byte is its **channel**, the rest is data.
#
# | channel | from | what |
# |---|---|---|
# | 0 | client | standard input |
# | 1, 2 | server | standard output, standard error |
# | 3 | server | the Status at the end, JSON |
# | 4 | client | the terminal's size, JSON: `{"Width": 80, "Height": 24}` |
# | 255 | both, v5 only | the next byte names a channel that is closed for writing |
#
# Here is what the client was sent by a command that writes to both outputs and exits with 3.

# %% id="some-frames" role="code"
trace = exec_in(cluster, "web", ["sh", "-c", "echo out; cat /no; exit 3"])
print(shown(sorted(trace.frames[:3])))
status = json.loads(bytes(trace.frames[-1][1:]))
print(json.dumps(status, indent=1))

# %% [markdown] id="first-frame-text" role="text"
# The first frame is empty: it only says that the stream stands. The two after it are sorted here: whether a line of one output
# comes before a line of the other is not settled, as each has a stream of its own on the second hop. Now a command that is not there:

# %% id="predict-nosuch" role="code"
nosuch = predict(
    "nosuch",
    "`kubectl exec web -- nosuch`: which exit code does the Status on channel 3 hold?",
    choices=["1", "126", "127", "none"],
    default="127",
    answer="?",
)

# %% id="see-nosuch" role="code"
status = json.loads(bytes(exec_in(cluster, "web", ["nosuch"]).frames[-1][1:]))
causes = [cause.get("message") for cause in status["details"]["causes"] if cause.get("reason") == "ExitCode"]
nosuch.reveal(
    causes[0] if causes else "none",
    why="No command ran, so none could exit. kubectl prints the message and exits with 1 of its own.",
)
print(status["reason"], "-", status["message"][:60], "...")

# %% [markdown] id="tty-text" role="text"
# With a terminal (`-t`) there is **one** output: the terminal itself mixes both, and nothing comes on channel 2.

# %% id="with-tty" role="code"
for tty in (False, True):
    print(f"tty {tty}:", shown(exec_in(cluster, "web", ["cat", "/no"], tty=tty).frames[1:2]))

# %% [markdown] id="demux-task" role="text"
# ### Exercise: `class Demux`
#
# What a client does with the frames that it is sent.
#
# - `Demux()` begins with `stdout` and `stderr` equal to `""`.
# - `feed(frame)` takes a frame, **a list of numbers from 0 to 255**, its bytes. Afterwards `stdout` and `stderr` hold, as text
#   (UTF-8), what has come on channels 1 and 2 so far. A character may be split between frames. A frame without data, and an empty
#   list, say nothing. `[255, n]` closes channel n, and nothing else. Any other channel does not come from a server: raise
#   `ValueError`.
# - `exit_code()` returns `None` while nothing has come on channel 3, `0` for a Status with `status: Success`. For a Failure
#   with the reason `NonZeroExitCode` it returns the number that is the message of the cause with reason `ExitCode`: decimal, at most 255.
#   Everything else is a Failure without an exit code: raise `ValueError`. The Status may come in several frames; whoever asks
#   asks after the last of them.
#
# Example: `d = Demux(); d.feed([1, 104, 105])`, then `d.stdout == "hi"` and `d.exit_code()` is `None`.
#
# <details><summary>Hint 1</summary>Keep bytes by channel. <code>bytes(frame[1:])</code>; after each frame decode those of
# channel 1 anew. That earns the first rule.</details>
# <details><summary>Hint 2</summary>Check for an empty frame first, then 255, then unknown channels.</details>
# <details><summary>Hint 3</summary><code>(status.get("details") or {}).get("causes") or []</code> survives what may be
# missing. <code>"0x3".isdecimal()</code> is False.</details>


# %% id="demux" role="exercise"
class Demux:
    """Sorts the frames of a stream into outputs and an exit code."""

    def __init__(self):
        ### BEGIN SOLUTION
        self.stdout = self.stderr = ""
        self.data = {1: b"", 2: b"", 3: b""}
        ### END SOLUTION

    def feed(self, frame):
        """Take a frame, a list of numbers."""
        ### BEGIN SOLUTION
        if not frame or frame[0] == 255:
            return
        channel, *data = frame
        if channel not in self.data:
            raise ValueError(f"a frame on channel {channel}")
        self.data[channel] += bytes(data)
        self.stdout, self.stderr = (self.data[number].decode("utf-8", "replace") for number in (1, 2))
        ### END SOLUTION

    def exit_code(self):
        """Return the command's exit code, None while there is no Status; ValueError for one without it."""
        ### BEGIN SOLUTION
        if not self.data[3]:
            return None
        status = json.loads(self.data[3])
        if status["status"] == "Success":
            return 0
        if status.get("reason") == "NonZeroExitCode":
            for cause in (status.get("details") or {}).get("causes") or []:
                text = cause.get("message", "")
                if cause.get("reason") == "ExitCode" and text.isdecimal() and int(text) <= 255:
                    return int(text)
        raise ValueError(status.get("message"))
        ### END SOLUTION


# %% id="demux-frames" role="test" points=3
import course.units.u14_exec.checks

course.units.u14_exec.checks.demux_frames(Demux, points=3)

# %% id="demux-exit" role="test" points=3
import course.units.u14_exec.checks

course.units.u14_exec.checks.demux_exit(Demux, points=3)

# %% id="demux-unseen" role="test" points=1
import course.units.u14_exec.checks

course.units.u14_exec.checks.demux_unseen(Demux, seed=14, points=1)
### BEGIN HIDDEN TESTS
course.units.u14_exec.checks.demux_unseen(Demux, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% [markdown] id="work-text" role="text"
# ## 4. At work
#
# Now your `Demux` is the client's: it stands between a terminal and the commands in a cluster's containers. The session below
# types six lines into a shell; the third is for its `read`.


# %% id="your-session" role="code"
def session(make, command, **options):
    """Run a command in the pod and let a demultiplexer sort what comes back."""
    demux = make()
    for frame in exec_in(cluster, "web", command, **options).frames:
        demux.feed(frame)
    print(demux.stdout + demux.stderr, end="")
    return demux.exit_code()


if not (missing := unwritten(Demux=Demux)):
    code = session(Demux, ["sh"], stdin="hostname\nread X\nhello\necho $X\ncat /no\nexit 4\n")
    print("exit code", code)
    assert code == 4, "the shell ended with exit 4"
else:
    print(missing)

# %% id="demux-at-work" role="test" points=2
import course.units.u14_exec.checks

course.units.u14_exec.checks.demux_at_work(Demux, points=2)

# %% [markdown] id="kubectl-text" role="text"
# The same cluster serves kubectl itself, when it lives in real time: `Cluster.create(realtime=True)`, then
# `kubectl --kubeconfig=... exec -it web -- sh` with the path in `cluster.kubeconfig`. It speaks v5 and v4. Of its clients it
# takes no SPDY: set `KUBECTL_REMOTE_COMMAND_WEBSOCKETS=false` and read what kubectl is told. A real API server passes that on.

# %% [markdown] id="remember" role="text"
# ## What to remember
#
# **The question:** What happens when I run `kubectl exec`?
#
# **The short answer:** kubectl asks the API server to upgrade a connection. The server checks the verb that the method stands
# for, and `create` in any case; it finds node and container and opens a second connection, to the kubelet, which asks its
# runtime. From then on frames go both ways, each with a channel. The last one is a Status, and in it, if a command ran and failed,
# its exit code.
#
# **What the common answer gets wrong:**
#
# - The API server does not talk to the runtime; the kubelet does.
# - A right to get pods is not the question. It is `create` on `pods/exec`, and for a WebSocket `get` as well.
# - The output is not a response, and the exit code is not the connection's.
#
# **Why?** In a sentence: why does a Failure without a cause ExitCode not mean exit code 1?
#
# **A new situation.** A script runs `kubectl exec web -- make test` as a user with only `create` on `pods/exec` and `get` on
# pods. It works, but each run is a little slow, and the audit log shows two requests to `pods/exec`. Which two, with which codes?
#
# **Next:** 15, monitoring.
#
# ## Sources
#
# - `pkg/registry/core/pod/rest/{subresources,authorize}.go`, `pkg/kubelet/server/server.go`, `staging/src/k8s.io/cri-streaming`
# - `k8s.io/client-go/tools/remotecommand`: `websocket.go`, `v4.go`, `v5.go`, all v1.36.2
# - The record: `insideout/records/exec.jsonl`, 39 requests to a v1.36.2 API server
