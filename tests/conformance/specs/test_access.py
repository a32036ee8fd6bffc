"""Specs of access: reviews, service accounts and their tokens, impersonation, roles and what they may give.

Source: test/e2e/auth/{subjectreviews,service_accounts}.go@v1.36.2.
"""

from typing import Any

import pytest

from tests.conformance.specs.api import MERGE, Api

Object = dict[str, Any]

AUTH = "/apis/authorization.k8s.io/v1"
RBAC = "/apis/rbac.authorization.k8s.io/v1"
GROUP = "rbac.authorization.k8s.io"
POD = {"containers": [{"name": "c", "image": "agnhost:2"}]}
MOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"


@pytest.fixture
def core(api: Api) -> str:
    """Give the path of the namespace's core objects."""
    return f"/api/v1/namespaces/{api.namespace}"


def account(api: Api, name: str = "e2e", **content: Any) -> tuple[str, list[str]]:
    """Make a service account; return its user name and groups."""
    api.create(f"/api/v1/namespaces/{api.namespace}/serviceaccounts", {"metadata": {"name": name}, **content})
    groups = ["system:authenticated", "system:serviceaccounts", f"system:serviceaccounts:{api.namespace}"]
    return f"system:serviceaccount:{api.namespace}:{name}", groups


def grant(api: Api, role: str, subject: Object) -> None:
    """Bind a ClusterRole in the namespace."""
    reference = {"apiGroup": GROUP, "kind": "ClusterRole", "name": role}
    path = f"{RBAC}/namespaces/{api.namespace}/rolebindings"
    api.create(path, {"metadata": {"name": f"b-{role}"}, "roleRef": reference, "subjects": [subject]})


def test_reviews_say_what_requests_meet(api: Api, core: str) -> None:
    """[sig-auth] SubjectReview should support SubjectReview API operations."""
    user, groups = account(api)
    attributes = {"verb": "list", "resource": "configmaps", "namespace": api.namespace, "version": "v1"}
    spec = {"resourceAttributes": attributes, "user": user, "groups": groups}
    local = f"{AUTH}/namespaces/{api.namespace}/localsubjectaccessreviews"
    asked = {"metadata": {"namespace": api.namespace}, "spec": spec}
    as_account = api.asking(user, *groups)
    for allowed in (False, True):
        assert api.create(f"{AUTH}/subjectaccessreviews", {"spec": spec})["status"]["allowed"] is allowed
        assert api.create(local, asked)["status"]["allowed"] is allowed
        assert as_account.code("GET", f"{core}/configmaps") == (200 if allowed else 403)
        if not allowed:
            grant(api, "view", {"kind": "ServiceAccount", "name": "e2e", "namespace": api.namespace})
    reason = api.create(f"{AUTH}/subjectaccessreviews", {"spec": spec})["status"]["reason"]
    binding = f'RoleBinding "b-view/{api.namespace}" of ClusterRole "view"'
    assert reason == f'RBAC: allowed by {binding} to ServiceAccount "e2e/{api.namespace}"'


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ({"user": "a"}, "spec.resourceAttributes: Required value: exactly one of nonResourceAttributes or"),
        ({"resourceAttributes": {"verb": "get"}}, "spec.user: Required value: at least one of user or group"),
        (
            {"user": "a", "resourceAttributes": {}, "nonResourceAttributes": {}},
            "cannot be specified in combination with resourceAttributes",
        ),
    ],
)
def test_a_review_asks_one_thing(api: Api, spec: Object, problem: str) -> None:
    """What is no question is refused."""
    assert problem in api.refusal("POST", f"{AUTH}/subjectaccessreviews", {"spec": spec})


def test_a_token_is_whose_it_says(api: Api, core: str) -> None:
    """[sig-auth] ServiceAccounts should create a serviceAccountToken and ensure a successful TokenReview."""
    user, groups = account(api)
    made = api.create(f"{core}/serviceaccounts/e2e/token", {"spec": {}})
    token = made["status"]["token"]
    reviews = "/apis/authentication.k8s.io/v1/tokenreviews"
    status = api.create(reviews, {"spec": {"token": token}})["status"]
    assert status["authenticated"] is True
    assert status["user"]["username"] == user
    assert sorted(status["user"]["groups"]) == groups
    bearer = api.bearing(token)
    who = bearer.create("/apis/authentication.k8s.io/v1/selfsubjectreviews", {})
    assert who["status"]["userInfo"]["username"] == user
    assert bearer.code("GET", f"{core}/pods") == 403
    forged = token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB")
    assert api.create(reviews, {"spec": {"token": forged}})["status"]["error"] == "invalid bearer token"
    assert api.bearing(forged).code("GET", f"{core}/pods") == 401
    api.cluster.run(minutes=61)
    late = api.create(reviews, {"spec": {"token": token}})["status"]
    assert late["error"] == "service account token has expired"


def test_a_token_dies_with_what_it_is_bound_to(api: Api, core: str) -> None:
    """With its pod, and with its account."""
    account(api)
    api.create(f"{core}/pods", {"metadata": {"name": "p"}, "spec": {**POD, "serviceAccountName": "e2e"}})
    bound = {"apiVersion": "v1", "kind": "Pod", "name": "p"}
    path = f"{core}/serviceaccounts/e2e/token"
    token = api.create(path, {"spec": {"boundObjectRef": bound}})["status"]["token"]
    other = api.create(path, {"spec": {}})["status"]["token"]
    assert api.bearing(token).code("GET", "/api") == 200
    api.delete(f"{core}/pods/p", gracePeriodSeconds=0)
    api.cluster.run(seconds=5)
    assert api.bearing(token).code("GET", "/api") == 401
    assert api.bearing(other).code("GET", "/api") == 200
    api.delete(f"{core}/serviceaccounts/e2e")
    assert api.bearing(other).code("GET", "/api") == 401


@pytest.mark.parametrize(
    ("seconds", "problem"),
    [(599, "less than 10 minutes"), (2**33, "larger than 2^32 seconds")],
)
def test_a_token_lives_neither_too_short_nor_too_long(
    api: Api, core: str, seconds: int, problem: str
) -> None:
    """Ten minutes at least."""
    account(api)
    path = f"{core}/serviceaccounts/e2e/token"
    assert problem in api.refusal("POST", path, {"spec": {"expirationSeconds": seconds}})


@pytest.mark.parametrize(
    ("of_account", "of_pod", "mounted"),
    [(None, None, True), (False, None, False), (False, True, True), (True, False, False)],
)
def test_a_pod_may_go_without_a_token(
    api: Api, core: str, of_account: bool | None, of_pod: bool | None, mounted: bool
) -> None:
    """[sig-auth] ServiceAccounts should allow opting out of API token automount."""
    wish = {} if of_account is None else {"automountServiceAccountToken": of_account}
    account(api, **wish)
    spec: Object = {**POD, "serviceAccountName": "e2e"}
    if of_pod is not None:
        spec["automountServiceAccountToken"] = of_pod
    made = api.create(f"{core}/pods", {"metadata": {"name": "p"}, "spec": spec})["spec"]
    mounts = [each["mountPath"] for each in made["containers"][0].get("volumeMounts") or ()]
    assert mounts == ([MOUNT] if mounted else [])
    sources = [list(each["projected"]["sources"][0]) for each in made.get("volumes") or ()]
    assert sources == ([["serviceAccountToken"]] if mounted else [])


def test_a_pod_of_nobody_is_refused(api: Api, core: str) -> None:
    """A pod without a word about it has the account default; one that names a missing one does not start."""
    made = api.create(f"{core}/pods", {"metadata": {"name": "p"}, "spec": POD})
    assert made["spec"]["serviceAccountName"] == made["spec"]["serviceAccount"] == "default"
    lost = {"metadata": {"name": "q"}, "spec": {**POD, "serviceAccountName": "nosuch"}}
    why = f'error looking up service account {api.namespace}/nosuch: serviceaccount "nosuch" not found'
    assert api.refusal("POST", f"{core}/pods", lost) == f'403 pods "q" is forbidden: {why}'


def test_a_group_and_a_name_are_taken_only_with_the_right(api: Api, core: str) -> None:
    """Impersonation is a verb like others."""
    account(api)
    bearer = api.bearing(api.create(f"{core}/serviceaccounts/e2e/token", {"spec": {}})["status"]["token"])
    refused = bearer.asking("bob").refusal("GET", "/api")
    assert 'cannot impersonate resource "users" in API group "" at the cluster scope' in refused
    rule = {"verbs": ["impersonate"], "apiGroups": [""], "resources": ["users"], "resourceNames": ["bob"]}
    api.create(f"{RBAC}/clusterroles", {"metadata": {"name": "as-bob"}, "rules": [rule]})
    reference = {"apiGroup": GROUP, "kind": "ClusterRole", "name": "as-bob"}
    subject = {"kind": "User", "apiGroup": GROUP, "name": "alice"}
    api.create(
        f"{RBAC}/clusterrolebindings",
        {"metadata": {"name": "as-bob"}, "roleRef": reference, "subjects": [subject]},
    )
    asked = {"verb": "impersonate", "resource": "users", "name": "bob"}
    spec = {"user": "alice", "resourceAttributes": asked}
    assert api.create(f"{AUTH}/subjectaccessreviews", {"spec": spec})["status"]["allowed"] is True


def test_nobody_gives_what_they_do_not_have(api: Api) -> None:
    """A user who may write roles, and read pods, may let others read pods and no more."""
    rules = [
        {
            "verbs": ["create", "get", "update", "patch"],  # "*" would hold escalate and bind
            "apiGroups": [GROUP],
            "resources": ["roles", "rolebindings"],
        },
        {"verbs": ["get", "list"], "apiGroups": [""], "resources": ["pods"]},
    ]
    roles = f"{RBAC}/namespaces/{api.namespace}/roles"
    api.create(roles, {"metadata": {"name": "keeper"}, "rules": rules})
    binding = {
        "metadata": {"name": "keeper"},
        "roleRef": {"apiGroup": GROUP, "kind": "Role", "name": "keeper"},
        "subjects": [{"kind": "User", "apiGroup": GROUP, "name": "kim"}],
    }
    bindings = f"{RBAC}/namespaces/{api.namespace}/rolebindings"
    api.create(bindings, binding)
    kim = api.asking("kim")
    fair = {"metadata": {"name": "fair"}, "rules": [{**rules[1], "verbs": ["get"], "resourceNames": ["a"]}]}
    kim.create(roles, fair)
    beyond = {"metadata": {"name": "more"}, "rules": [{**rules[1], "verbs": ["get", "delete"]}]}
    assert kim.refusal("POST", roles, beyond) == (
        '403 roles.rbac.authorization.k8s.io "more" is forbidden: user "kim" '
        '(groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n'
        '{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}'
    )
    kim.patch(f"{roles}/fair", {"metadata": {"labels": {"a": "b"}}}, MERGE)
    kept = kim.get(f"{roles}/fair")
    assert "not currently held" in kim.refusal("PUT", f"{roles}/fair", {**kept, "rules": beyond["rules"]})
    ann = [{"kind": "User", "apiGroup": GROUP, "name": "ann"}]
    own = {**binding, "metadata": {"name": "own"}, "subjects": ann}
    kim.create(bindings, own)
    reference = {"apiGroup": GROUP, "kind": "ClusterRole", "name": "admin"}
    up = {**own, "metadata": {"name": "up"}, "roleRef": reference}
    assert "not currently held" in kim.refusal("POST", bindings, up)
    lost = {**up, "roleRef": {**reference, "name": "nowhere"}}
    words = '404 clusterrole.rbac.authorization.k8s.io "nowhere" not found'
    assert kim.refusal("POST", bindings, lost) == words


def test_an_aggregated_role_follows_its_parts(api: Api) -> None:
    """The rules of a role with an aggregationRule are written by its controller."""
    selector = {"matchLabels": {"part-of": "whole"}}
    whole = {"metadata": {"name": "whole"}, "aggregationRule": {"clusterRoleSelectors": [selector]}}
    api.create(f"{RBAC}/clusterroles", whole)
    rule = {"verbs": ["get"], "apiGroups": ["example.com"], "resources": ["boats"]}
    part = {"metadata": {"name": "part", "labels": {"part-of": "whole"}}, "rules": [rule]}
    api.create(f"{RBAC}/clusterroles", part)
    api.cluster.run(seconds=2)
    assert api.get(f"{RBAC}/clusterroles/whole")["rules"] == [rule]
    api.delete(f"{RBAC}/clusterroles/part")
    api.cluster.run(seconds=2)
    assert not api.get(f"{RBAC}/clusterroles/whole").get("rules")
    api.delete(f"{RBAC}/clusterroles/whole")


def test_every_cluster_has_its_roles(api: Api) -> None:
    """The roles for people, with the rules that they aggregate, and those of the system."""
    roles = {each["metadata"]["name"]: each for each in api.get(f"{RBAC}/clusterroles")["items"]}
    assert {"cluster-admin", "admin", "edit", "view", "system:basic-user"} <= set(roles)
    sizes = [len(roles[name]["rules"]) for name in ("view", "edit", "admin")]
    assert sizes == sorted(sizes)
    assert sizes[0] > 5
    assert api.get(f"{RBAC}/clusterrolebindings/cluster-admin")["subjects"][0]["name"] == "system:masters"
    everyone = api.asking("somebody")
    assert everyone.code("GET", "/api") == 200
    assert everyone.code("GET", "/version") == 200
    assert everyone.code("GET", "/api/v1/nodes") == 403


def test_a_refusal_says_who_may_not_do_what(api: Api, core: str) -> None:
    """The words are the server's, for a list, an object, all of a cluster and a path."""
    kim = api.asking("kim")
    cases = {
        f"{core}/pods": 'pods is forbidden: User "kim" cannot list resource "pods" in API group "" in the '
        f'namespace "{api.namespace}"',
        f"{core}/pods/p/log": 'pods "p" is forbidden: User "kim" cannot get resource "pods/log" in API group '
        f'"" in the namespace "{api.namespace}"',
        "/apis/apps/v1/deployments": 'deployments.apps is forbidden: User "kim" cannot list resource '
        '"deployments" in API group "apps" at the cluster scope',
        "/metrics": 'forbidden: User "kim" cannot get path "/metrics"',
        "/apis/no.such.group/v1/things": 'things.no.such.group is forbidden: User "kim" cannot list resource '
        '"things" in API group "no.such.group" at the cluster scope',
    }
    for path, words in cases.items():
        assert kim.refusal("GET", path) == f"403 {words}"
