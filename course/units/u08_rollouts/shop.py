"""A web server that is slow to begin, for lessons on releases."""

from insideout.kubelet.process import Process
from insideout.kubelet.programs import Program, Request, Response


class SlowStart(Program):
    """Answers 503 for the first `warm_up_s` seconds, also to a probe; leaves as soon as it is told to."""

    def __init__(self, warm_up_s: float) -> None:
        self.warm_up_s = warm_up_s

    def answer(self, process: Process, request: Request) -> Response:
        """Answer with the host name once warmed up."""
        if process.now_s - process.started_s < self.warm_up_s:
            return Response(503, "warming up\n")
        return super().answer(process, request)
