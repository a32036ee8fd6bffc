"""Pods on silent nodes: their condition Ready becomes False, which takes them out of every Service.

Source: pkg/controller/util/node/controller_utils.go:MarkPodsNotReady@v1.36.2.
"""

from insideout.apimachinery import conditions, timestamps
from insideout.client import ApiError, Client, Object
from insideout.client.events import EventRecorder
from insideout.controllers.podcontrol import patch_status
from insideout.sim import Loop


def mark_not_ready(client: Client, recorder: EventRecorder, loop: Loop, pod: Object) -> bool:
    """Turn a Pod's condition Ready from True to False; return False when it must be tried again."""
    ready = conditions.find(pod, "Ready")
    if ready is None or ready["status"] != "True":
        return True
    now = timestamps.seconds(loop.time())
    marked = {"type": "Ready", "status": "False", "lastTransitionTime": now}
    try:
        patch_status(client, pod, {"conditions": [marked]})
    except ApiError as refused:
        return refused.code in (404, 409)
    recorder.event(pod, "Warning", "NodeNotReady", "Node is not ready")
    return True
