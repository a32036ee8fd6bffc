"""What a kubelet answers to the API server: containers' logs, commands run in them, their ports.

Source: pkg/kubelet/kubelet_pods.go:GetKubeletContainerLogs, validateContainerLogStatus,
RunInContainer@v1.36.2.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from insideout.apimachinery import timestamps
from insideout.apiserver.status import StatusError, bad_request
from insideout.apiserver.subresources.nodes import Answered, Asked
from insideout.apiserver.subresources.streams import SPDY, TUNNEL, V5, Upstream
from insideout.client import Object
from insideout.kubelet.container import Container
from insideout.kubelet.following import Follower
from insideout.kubelet.podworker import PodWorker
from insideout.kubelet.portforward import ChannelForward, Forwarded, SpdyForward, ports_of
from insideout.kubelet.ports import PortConnection
from insideout.kubelet.process import LogLine, Process
from insideout.kubelet.session import MOST_SESSIONS, Attached, Send, Session, Wanted
from insideout.kubelet.spdycommand import SpdyCommand
from insideout.kubelet.usage import NodeUsage
from insideout.monitoring import CONTENT_TYPE
from insideout.sim import Loop

PLAIN = "text/plain; charset=utf-8"
AnySession = Session | Attached | ChannelForward | SpdyForward | SpdyCommand


class NodeConnection:
    """The kubelet's server, as the API server reaches it."""

    def __init__(
        self,
        loop: Loop,
        worker_of: Callable[[Object], PodWorker | None],
        measure: Callable[[], NodeUsage],
        workers: Callable[[], Iterable[PodWorker]],
        *,
        name: str = "",
        address: str = "",
        is_cut_off: Callable[[], bool] = lambda: False,
    ) -> None:
        self.name = name
        """The node's."""
        self.address = address
        """The node's IP address."""
        self.on_stream: Callable[[Upstream], object] = lambda asked: None
        """Called with every stream that the kubelet is asked for."""
        self._is_cut_off = is_cut_off
        self._loop = loop
        self._since = loop.time()
        self._worker_of = worker_of
        self._measure = measure
        self._workers = workers
        self._sessions: list[AnySession] = []

    def page(self, asked: Asked) -> Answered:
        """Return what there is at a path: what can be scraped, health, the Pods that run here."""
        # Loaded here: few clusters are scraped over HTTP.
        from insideout.kubelet import metrics, summary
        from insideout.monitoring import families

        if asked.method not in ("GET", "HEAD"):
            return 405, "Method Not Allowed\n", PLAIN
        if asked.path == "/healthz":
            return 200, "ok", PLAIN
        if asked.path in ("/pods", "/pods/"):
            pods = [worker.pod for worker in self._workers()]
            found = {"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": pods}
            return 200, json.dumps(found), "application/json"
        if asked.path in ("/stats/summary", "/stats/summary/"):
            told = summary.summary(self.name, self._since, self._measure())
            return 200, json.dumps(told), "application/json"
        collector = metrics.pages(self._measure).get(asked.path)
        if collector is None:
            return 404, "404 page not found\n", PLAIN
        return 200, families.text(collector), CONTENT_TYPE

    @property
    def is_listening(self) -> bool:
        """Whether a connection to the kubelet's port comes about."""
        return not self._is_cut_off()

    @property
    def sessions(self) -> list[AnySession]:
        """The streams that are open."""
        return [session for session in self._sessions if not session.has_ended]

    def log(self, pod: Object, container: str, query: Mapping[str, str]) -> str:
        """Return a container's log: of its present run, or with `previous` of the one before.

        `tailLines` and `limitBytes` cut it down, `sinceSeconds` and `sinceTime` leave out what is older,
        `timestamps` says when each line was written.
        """
        process = self._process(pod, self._container(pod, container), query.get("previous") == "true")
        lines = process.log_lines
        if "sinceSeconds" in query:
            oldest_s = self._loop.now_s - float(query["sinceSeconds"])
            lines = [line for line in lines if line.time_s >= oldest_s]
        if "sinceTime" in query:
            oldest = timestamps.parse(query["sinceTime"])
            lines = [line for line in lines if self._instant(line) >= oldest]
        if "tailLines" in query:
            lines = lines[max(0, len(lines) - int(query["tailLines"])) :]
        with_time = query.get("timestamps") == "true"
        text = "".join(self._written(line, with_time) for line in lines)
        return text[: int(query["limitBytes"])] if "limitBytes" in query else text

    def follow(
        self,
        pod: Object,
        container: str,
        query: Mapping[str, str],
        put: Callable[[str], object],
        end: Callable[[], object],
    ) -> Callable[[], object]:
        """Hand a container's log to `put`, what there is and then line by line; return how to stop that."""
        put(self.log(pod, container, query))
        process = self._process(pod, self._container(pod, container), query.get("previous") == "true")
        with_time = query.get("timestamps") == "true"

        def take(lines: list[LogLine]) -> None:
            put("".join(self._written(line, with_time) for line in lines))

        return Follower(self._loop, process, len(process.log_lines), take, end).stop

    def run(self, pod: Object, container: str, command: list[str]) -> tuple[int, str, str]:
        """Run a command in a running container; return exit code, standard output and standard error."""
        metadata = pod["metadata"]
        found = self._worker(metadata["namespace"], metadata["name"]).container(container)
        if found is None or not found.is_running or found.process is None:
            raise _no_container("exec", container, "")
        result = found.program.execute(found.process, command)
        return result.exit_code, result.stdout, result.stderr

    def stream(self, asked: Upstream, protocol: str, send: Send, end: Callable[[], object]) -> AnySession:
        """Run a command in a container, attach to it, or forward ports; `send` and the session carry it."""
        self.on_stream(asked)
        kind, namespace, name, *rest = asked.path.strip("/").split("/")
        self._sessions = self.sessions
        if len(self._sessions) >= MOST_SESSIONS:
            raise StatusError(429, "TooManyRequests", "maximum number of in-flight requests exceeded")
        if kind == "portForward":
            return self._begun(self._forward(asked, namespace, name, protocol, send, end))
        flags = {key for key, value in asked.query if value == "1"}
        if not flags & {"input", "output", "error"}:
            raise bad_request("you must specify at least 1 of stdin, stdout, stderr")
        found = self._worker(namespace, name).container(rest[-1])
        if found is None or not found.is_running or found.process is None:
            raise _no_container(kind, rest[-1], f"{name}_{namespace}")
        make: type[Session] | type[Attached] = Session if kind == "exec" else Attached
        in_spdy = protocol.startswith(SPDY)
        wanted = Wanted(
            tuple(value for key, value in asked.query if key == "command"),
            stdin="input" in flags,
            stdout="output" in flags,
            stderr="error" in flags and not (in_spdy and "tty" in flags),
            tty="tty" in flags,
            protocol=V5 if in_spdy else protocol,
        )
        if in_spdy:
            version = protocol.removeprefix(f"{SPDY}+")
            return self._begun(SpdyCommand(self._loop, found, wanted, make, version, send, end))
        return self._begun(make(self._loop, found, wanted, send, end))

    def connect(
        self, address: str, port: int, put: Callable[[bytes], object], end: Callable[[], object]
    ) -> PortConnection | None:
        """Connect to a port of the Pod with this address, None when none here has it.

        Raises ConnectionRefused when nobody listens on the port.
        """
        for worker in self._workers():
            if worker.ip == address and not worker.pod["spec"].get("hostNetwork"):
                return PortConnection(self._loop, worker.containers, port, put, end)
        return None

    def _begun(self, session: AnySession) -> AnySession:
        self._sessions.append(session)
        self._loop.call_soon(session.start)
        return session

    def _forward(
        self,
        asked: Upstream,
        namespace: str,
        name: str,
        protocol: str,
        send: Send,
        end: Callable[[], object],
    ) -> ChannelForward | SpdyForward:
        """Begin to forward ports, in SPDY or on channels."""
        ports = [] if protocol == TUNNEL else ports_of([value for key, value in asked.query if key == "port"])
        worker, pod = self._worker(namespace, name), f"{name}_{namespace}"
        if not any(one.is_running for one in worker.containers):
            raise StatusError(500, "InternalError", f'pod not found ("{pod}")')
        forwarded = Forwarded(pod, worker.containers)
        if protocol == TUNNEL:
            return SpdyForward(self._loop, forwarded, send, end)
        return ChannelForward(self._loop, forwarded, ports, send, end)

    def _worker(self, namespace: str, name: str) -> PodWorker:
        worker = self._worker_of({"metadata": {"namespace": namespace, "name": name}})
        if worker is None:
            raise StatusError(404, "NotFound", "pod does not exist")
        return worker

    def _container(self, pod: Object, name: str) -> Container:
        worker, pod_name = self._worker_of(pod), pod["metadata"]["name"]
        if worker is None:
            raise StatusError(404, "NotFound", f'pod "{pod_name}" does not exist')
        found = worker.container(name)
        if found is None:
            raise StatusError(404, "NotFound", f'container "{name}" not found in pod "{pod_name}"')
        return found

    def _process(self, pod: Object, container: Container, previous: bool) -> Process:
        named = f'container "{container.name}" in pod "{pod["metadata"]["name"]}"'
        if previous:
            waiting = "waiting" in container.state
            process = container.process if waiting and container.runs else container.previous
            if process is None:
                raise bad_request(f"previous terminated {named} not found")
            return process
        if container.process is not None:
            return container.process
        reason = container.state.get("waiting", {}).get("reason", "")
        words = {
            "ErrImagePull": "image can't be pulled",
            "ImagePullBackOff": "trying and failing to pull image",
        }
        raise bad_request(f"{named} is waiting to start: {words.get(reason, reason)}")

    def _written(self, line: LogLine, with_time: bool) -> str:
        if not with_time:
            return f"{line.text}\n"
        return f"{timestamps.micros(self._instant(line))} {line.text}\n"

    def _instant(self, line: LogLine) -> datetime:
        return self._loop.time() - timedelta(seconds=self._loop.now_s - line.time_s)


def _no_container(kind: str, name: str, pod: str) -> StatusError:
    """500: the container does not run here."""
    attach = f"container {name} not found in pod {pod}"
    return StatusError(
        500, "InternalError", attach if kind == "attach" else f'container not found ("{name}")'
    )
