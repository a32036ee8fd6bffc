"""Hours about requests: endpoints come and go, rules carry connections, policies refuse some."""

from collections import Counter

from course.units.u17_capstone.hours.hour import Hour
from course.units.u17_capstone.stage import Object, Stage, container, name_of
from insideout.explore.faults import KILL_AFTER, REFUSE

_PORTS = [{"name": "http", "port": 80, "targetPort": "http"}]
_FLAPPING = {
    "flap-0": "unready; ready after 2s; unready after 20s; ready after 30s",
    "flap-1": "unready; ready after 4s; unready after 34s; ready after 44s",
    "flap-2": "unready; ready after 6s",
}


def flapping(stage: Stage) -> list[str]:
    """Let pods get ready, lose readiness and go, while the EndpointSlice controller has no luck."""
    asked = len(stage.requests)
    labels = {"app": "flap", "tier": "front"}
    _service(stage, "flap", selector=labels)
    stage.did("the pods of flap come, lose readiness and go")
    for name, program in _FLAPPING.items():
        stage.client.create("pods", _pod(name, labels, program), "default")
    stage.client.create("pods", _pod("a-stranger", {"app": "flap", "tier": "back"}, ""), "default")
    stage.run(8)
    stage.call("http://flap/")
    stage.strike("endpoint-slice-controller", KILL_AFTER)
    stage.run(10)
    stage.strike("endpoint-slice-controller", REFUSE)
    stage.run(32)
    stage.delete("flap-2")
    stage.run(8)
    stage.call("")
    seen = stage.requests[asked:]
    slices = stage.client.list("endpointslices", "default", label_selector="kubernetes.io/service-name=flap")
    named = {pod["status"].get("podIP"): name_of(pod) for pod in stage.pods("flap")}
    listed = {one["addresses"][0] for each in slices["items"] for one in each.get("endpoints") or ()}
    left = sorted(named.get(address, address) for address in listed)
    answered = {one.answer.pod for one in seen if one.answer.ok}
    stage.client.delete("services", "flap", "default")
    for name in ("flap-0", "flap-1", "a-stranger"):
        stage.delete(name)
    stage.run(8)
    return [
        f"requests that failed: {sum(not one.answer.ok for one in seen)}",
        f"requests that an unready pod answered: {sum(one.answer.ok and not one.was_ready for one in seen)}",
        f"pods that answered: {' '.join(sorted(answered))}",
        f"endpoints in the end: {' '.join(left)}",
    ]


def shares(stage: Stage) -> list[str]:
    """Send many requests to a Service; then to one that only has pods elsewhere, and to one that has none."""
    stage.did("300 requests to web, and to Services with a twist")
    _service(stage, "near", selector={"app": "web"}, internalTrafficPolicy="Local")
    _service(stage, "nobody", selector={"app": "nobody"})
    stage.run(3)
    count = Counter(stage.ask("http://web/").pod for _ in range(300))
    ready = stage.ready("web")
    node = {name_of(pod): pod["spec"].get("nodeName") for pod in stage.pods("web")}
    ends = [(source, stage.ask("http://near/", source=source).pod) for source in 3 * ready]
    near = bool(ends) and all(node.get(end) == node[source] for source, end in ends)
    refused = stage.ask("http://nobody/").error
    for name in ("near", "nobody"):
        stage.client.delete("services", name, "default")
    stage.run(3)
    fair = all(45 <= count[name] <= 105 for name in ready)
    return [
        f"ready pods that got a share: {sum(count[name] > 0 for name in ready)} of {len(ready)}",
        f"each between 45 and 105 of 300: {'yes' if fair else 'no'}",
        f"under the policy Local only pods of the same node answer: {'yes' if near else 'no'}",
        f"a Service without pods: {refused}",
    ]


def policies(stage: Stage) -> list[str]:
    """Let only web reach db; look at who reaches whom before, meanwhile and afterwards."""
    stage.client.create("pods", _pod("batch", {"app": "batch"}, ""), "default")
    stage.run(5)
    said = [f"before: {_reach(stage)}"]
    stage.did("a policy: only web may reach db")
    rule: Object = {"from": [{"podSelector": {"matchLabels": {"app": "web"}}}], "ports": [{"port": 8080}]}
    _policy(stage, "db", ingress=[rule])
    said.append(f"only web may reach db: {_reach(stage)}")
    _policy(stage, "batch", policyTypes=["Egress"])
    said.append(f"and batch may send nothing: {_reach(stage)}")
    for name in ("db", "batch"):
        stage.client.delete("networkpolicies", name, "default")
    said.append(f"afterwards: {_reach(stage)}")
    stage.delete("batch")
    stage.run(8)
    return said


def _reach(stage: Stage) -> str:
    """Say who gets an answer, by the pods' addresses."""
    one = {"web": stage.ready("web")[:1], "db": stage.ready("db")[:1], "batch": stage.ready("batch")}
    address = {name_of(pod): pod["status"].get("podIP", "") for pod in stage.pods()}
    ways = [("web", "db"), ("batch", "db"), ("batch", "web")]
    found = [
        f"{source}->{to}"
        for source, to in ways
        if one[source]
        and one[to]
        and stage.ask(f"http://{address[one[to][0]]}:8080/", source=one[source][0]).ok
    ]
    return " ".join(found) or "nobody"


def _service(stage: Stage, name: str, **spec: object) -> None:
    body = {"metadata": {"name": name}, "spec": {**spec, "ports": _PORTS}}
    stage.client.create("services", body, "default")


def _policy(stage: Stage, app: str, **spec: object) -> None:
    body = {"metadata": {"name": app}, "spec": {"podSelector": {"matchLabels": {"app": app}}, **spec}}
    stage.client.create("networkpolicies", body, "default")


def _pod(name: str, labels: Object, program: str) -> Object:
    annotations = {"program.course/app": program} if program else {}
    spec = {"containers": [container(labels["app"], "v1", "100m")]}
    return {"metadata": {"name": name, "labels": labels, "annotations": annotations}, "spec": spec}


HOURS = (
    Hour(
        "endpoints come and go",
        ("endpoint_groups", "plan"),
        flapping,
        (
            "requests that failed: 0",
            "requests that an unready pod answered: 0",
            "pods that answered: flap-0 flap-1 flap-2",
            "endpoints in the end: flap-0 flap-1",
        ),
    ),
    Hour(
        "requests are shared out",
        ("nat_rules",),
        shares,
        (
            "ready pods that got a share: 4 of 4",
            "each between 45 and 105 of 300: yes",
            "under the policy Local only pods of the same node answer: yes",
            "a Service without pods: connection refused",
        ),
    ),
    Hour(
        "a policy closes the door",
        ("allowed",),
        policies,
        (
            "before: web->db batch->db batch->web",
            "only web may reach db: web->db batch->web",
            "and batch may send nothing: web->db",
            "afterwards: web->db batch->db batch->web",
        ),
    ),
)
