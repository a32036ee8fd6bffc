"""A kubelet asks the API server whose a token is and who may; what it was told it remembers for a while."""

import pytest

from insideout.backends.embedded import EmbeddedBackend
from insideout.client import ApiError
from insideout.kubelet.server.access import ALLOWED_S, REFUSED_S, Access, subresources, user_of

ALICE = {"subject": ((("organizationName", "readers"),), (("commonName", "alice"),))}
MASTER = {"subject": ((("organizationName", "system:masters"),), (("commonName", "root"),))}

PATHS = {
    "/exec/default/web/app": ["proxy"],
    "/containerLogs/default/web/app": ["proxy"],
    "/pods": ["pods", "proxy"],
    "/runningpods/": ["pods", "proxy"],
    "/healthz/ping": ["healthz", "proxy"],
    "/metrics/resource": ["metrics"],
    "/stats/summary": ["stats"],
    "/metricsandmore": ["proxy"],
}


@pytest.mark.parametrize(("path", "needed"), PATHS.items())
def test_a_path_is_a_subresource_of_the_node(path, needed):
    assert subresources(path) == needed


def test_a_certificate_names_a_user_and_its_groups():
    assert user_of(ALICE)[:2] == ("alice", ("readers", "system:authenticated"))


class Counted:
    """A client that counts what is created, and may be cut off."""

    def __init__(self, client):
        self.client, self.created, self.is_cut_off = client, [], False

    def create(self, resource, obj, **more):
        if self.is_cut_off:
            raise ApiError({"code": 503, "message": "no API server"})
        self.created.append(resource.partition(".")[0])
        return self.client.create(resource, obj, **more)


@pytest.fixture
def asked():
    backend = EmbeddedBackend()
    client = Counted(backend.client("kubelet"))
    access = Access(client, backend.loop)

    def ask(path="/metrics", certificate=None, token="", method="GET"):
        return access.refusal("node-0", method, path, certificate, token)

    ask.backend, ask.client = backend, client
    return ask


def grant(backend, *resources, verbs=("get",)):
    client, group = backend.client("admin"), "rbac.authorization.k8s.io"
    rule = {"verbs": list(verbs), "apiGroups": [""], "resources": list(resources)}
    client.create("clusterroles", {"metadata": {"name": "readers"}, "rules": [rule]})
    subject = {"apiGroup": group, "kind": "Group", "name": "readers"}
    role = {"apiGroup": group, "kind": "ClusterRole", "name": "readers"}
    binding = {"metadata": {"name": "readers"}, "roleRef": role, "subjects": [subject]}
    client.create("clusterrolebindings", binding)


def test_who_shows_nothing_is_unknown(asked):
    for token in ("", "Basic YTpi", "Bearer ", "Bearer wrong"):
        assert asked(token=token) == (401, "Unauthorized")


def test_a_right_to_one_subresource_is_no_right_to_another(asked):
    grant(asked.backend, "nodes/metrics", "nodes/pods")
    assert asked("/metrics/cadvisor", ALICE) is None
    assert asked("/pods", ALICE) is None
    told = "Forbidden (user=alice, verb=get, resource=nodes, subresource(s)=[proxy])\n"
    assert asked("/exec/default/web/app", ALICE) == (403, told)
    told = "Forbidden (user=alice, verb=create, resource=nodes, subresource(s)=[pods proxy])\n"
    assert asked("/pods", ALICE, method="POST") == (403, told)


def test_masters_may_everything(asked):
    assert asked("/exec/default/web/app", MASTER, method="POST") is None


def test_a_token_is_reviewed_once(asked):
    asked.backend.server.accounts.add_token("secret")
    for _ in range(3):
        assert asked(token="Bearer secret") is None
    assert asked.client.created == ["tokenreviews", "subjectaccessreviews"]


def test_what_was_decided_is_remembered_for_a_while(asked):
    assert asked(certificate=ALICE)[0] == 403
    grant(asked.backend, "nodes/metrics")
    assert asked(certificate=ALICE)[0] == 403
    asked.backend.loop.run(REFUSED_S + 1)
    assert asked(certificate=ALICE) is None
    asked.client.is_cut_off = True
    asked.backend.loop.run(ALLOWED_S - 1)
    assert asked(certificate=ALICE) is None
    asked.backend.loop.run(2)
    assert asked(certificate=ALICE)[0] == 500


def test_without_an_api_server_nobody_new_is_let_in(asked):
    asked.client.is_cut_off = True
    assert asked(token="Bearer secret") == (401, "Unauthorized")
    told = "Authorization error (user=alice, verb=get, resource=nodes, subresource=metrics)"
    assert asked(certificate=ALICE) == (500, told)
