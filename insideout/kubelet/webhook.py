"""A program that answers AdmissionReviews with a function: what an image of an admission webhook runs.

    def needs_owner(request):
        labels = request["object"]["metadata"].get("labels") or {}
        return "owner" in labels or "say whose it is: label owner is missing"

    cluster.nodes.programs.register("policy:v1", Webhook(needs_owner))

A real API server speaks TLS to it: `tls_cert_file` and `tls_private_key_file` are paths in the container,
such as those of a Secret that is mounted there.  Without them it speaks plain text, which does for the
embedded API server.

The function gets the request of the review and returns True, or the reason of a denial, or a list of JSON
patch operations, or a whole response without its uid.  What it raises is the program's failure: status 500.

Source: the servers in k8s.io/kubernetes/test/images/agnhost/webhook@v1.36.2.
"""

import base64
import json
import runpy
from collections.abc import Callable
from typing import Any

from insideout.apiserver.certificates import Certificate
from insideout.kubelet.files import FileError
from insideout.kubelet.process import Process
from insideout.kubelet.programs import Program, Request, Response

Object = dict[str, Any]
Review = Callable[[Object], Any]
"""Looks at an AdmissionRequest."""


class Webhook(Program):
    """Answers with `review`, after `takes_s` seconds; `paths` may have functions of their own."""

    def __init__(
        self,
        review: Review | None = None,
        *,
        takes_s: float = 0.0,
        paths: dict[str, Review] | None = None,
        tls_cert_file: str = "",
        tls_private_key_file: str = "",
    ) -> None:
        self._review = review
        self._takes_s = takes_s
        self._paths = paths or {}
        self._tls = tls_cert_file, tls_private_key_file

    def start(self, process: Process) -> None:
        """Load the certificate; end with 255 where that cannot be done."""
        if not all(self._tls):
            return
        # Loaded here: few webhooks have one, and a browser's Python has no TLS.
        from insideout.kubelet.secured import check

        try:
            found = Certificate(*(process.files.read(path) for path in self._tls))
            check(found)
        except (FileError, OSError) as problem:
            process.log(f"Failed to load the certificate: {problem}", "stderr")
            process.exit(255)
        else:
            process.certificate = found

    def answer(self, process: Process, request: Request) -> Response:
        """Answer one review; 404 on a path that has no function, 400 for a body that is no review."""
        path = request.path.partition("?")[0]
        review = self._paths.get(path, self._review)
        if review is None:
            return Response(404, "404 page not found\n", self._takes_s)
        try:
            asked = json.loads(request.body)
            question: Object = asked["request"]
            api_version = asked["apiVersion"]
        except (ValueError, TypeError, KeyError):
            return Response(400, "no AdmissionReview in the body\n", self._takes_s)
        try:
            said = response(review(question))
        except Exception as problem:  # whatever the function does, its server lives on and says so
            text = f"{type(problem).__name__}: {problem}"
            process.log(f"{question.get('operation', '')} {path}: {text}", "stderr")
            return Response(500, f"{text}\n", self._takes_s)
        process.log(f"{question.get('operation', '')} {path}: allowed={said.get('allowed', False)}")
        body = {"apiVersion": api_version, "kind": "AdmissionReview"}
        body["response"] = {"uid": question.get("uid", ""), **said}
        return Response(200, json.dumps(body), self._takes_s)


def load(text: str) -> tuple[str, Webhook]:
    """Return the image and the webhook that "IMAGE=FILE.py:FUNCTION" names.

    Raises ValueError with one line for text of another form, a file that cannot be run, and a name in it that
    is no function.
    """
    image, equals, where = text.partition("=")
    path, colon, name = where.rpartition(":")
    if not (image and equals and path and colon and name):
        raise ValueError(f"{text}: write IMAGE=FILE.py:FUNCTION")
    try:
        found = runpy.run_path(path).get(name)
    except Exception as problem:  # the file is its writer's: whatever it raises is said in one line
        raise ValueError(f"{text}: {path} cannot be run: {type(problem).__name__}: {problem}") from None
    if not callable(found):
        raise ValueError(f"{text}: there is no function {name} in {path}")
    return image, Webhook(found)


def response(said: Any) -> Object:
    """Return the response that a function's answer means; raise TypeError for any other answer."""
    if isinstance(said, bool):
        return {"allowed": said}
    if isinstance(said, str):
        return {"allowed": False, "status": {"message": said, "code": 403}}
    if isinstance(said, list):
        return {"allowed": True, **_patch(said)}
    if isinstance(said, dict):
        patch = said.get("patch")
        return said | _patch(patch) if isinstance(patch, list) else said
    what = "True or False, the reason of a denial, a list of patch operations, or a response"
    raise TypeError(f"a review returns {what}, not {type(said).__name__}")


def _patch(operations: list[Any]) -> Object:
    if not operations:
        return {"patch": None, "patchType": None}
    text = base64.b64encode(json.dumps(operations).encode()).decode()
    return {"patch": text, "patchType": "JSONPatch"}
