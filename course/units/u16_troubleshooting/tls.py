"""What a pod shows to a real API server, which speaks TLS to webhooks and to servers of groups.

The embedded API server takes plain text, and has no use for any of this.
"""

import base64
import json

from course.units.u16_troubleshooting.objects import Object
from course.units.u16_troubleshooting.town import Town
from insideout.kubelet.process import Process
from insideout.kubelet.programs import Program, Request, Response

FOLDER = "/etc/tls"
CERTIFICATE, KEY = f"{FOLDER}/tls.crt", f"{FOLDER}/tls.key"
"""Where a webhook finds its certificate and its key."""


def give_certificate(town: Town, namespace: str, name: str, pod: Object) -> str:
    """Put a certificate for a Service into a Secret that a pod mounts; return the caBundle that signed it."""
    # Loaded here: a browser's Python does not have it.
    from insideout.apiserver.certificates import self_signed, signed

    authority = self_signed()
    made = signed(authority, name, names=[f"{name}.{namespace}.svc"])
    data = {"tls.crt": _text(made.certificate), "tls.key": _text(made.key)}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "type": "kubernetes.io/tls"}
    town.client.create("secrets", {**secret, "data": data}, namespace)
    pod["volumes"] = [{"name": "tls", "secret": {"secretName": name}}]
    pod["containers"][0]["volumeMounts"] = [{"name": "tls", "mountPath": FOLDER, "readOnly": True}]
    return _text(authority.certificate)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


class GroupServer(Program):
    """A server of a group of the API that has no resources; it makes its certificate itself."""

    def start(self, process: Process) -> None:
        """Begin."""
        # Loaded here: a browser's Python does not have it.
        from insideout.apiserver.certificates import self_signed

        process.certificate = self_signed()

    def answer(self, process: Process, request: Request) -> Response:
        """Answer what the API server asks: whether it is there, and what it has."""
        parts = request.path.partition("?")[0].strip("/").split("/")
        if len(parts) != 3 or parts[0] != "apis":
            return Response(404, "404 page not found\n")
        found = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "/".join(parts[1:])}
        return Response(200, json.dumps({**found, "resources": []}))
