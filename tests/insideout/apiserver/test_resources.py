"""Writes: names, versions, namespaces, generations, managers; a refused write changes nothing."""

from typing import Any

import pytest

from tests import boats

from .conftest import POD, Api

MERGE = "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"
LEASES = "/apis/coordination.k8s.io/v1/namespaces/default/leases"


def config(name: str = "", **metadata: Any) -> dict[str, Any]:
    named = {"name": name} if name else {}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {**named, **metadata}}


def test_generated_names_differ(api: Api):
    """GenerateName makes a new name each time, cut so that it stays a label."""
    long = "a" * 70
    names = {api.ok("POST", "configmaps", config(generateName="c-"))["metadata"]["name"] for _ in range(30)}
    assert len(names) == 30
    cut = api.ok("POST", "configmaps", config(generateName=long))["metadata"]["name"]
    assert cut[:58] == "a" * 58
    assert len(cut) == 63


def test_what_is_in_no_namespace_loses_the_one_that_it_names(api: Api):
    """However it is written."""
    api.ok("POST", "/api/v1/namespaces", {**config("n", namespace="x"), "kind": "Namespace"})
    api.ok("PUT", "/api/v1/namespaces/n", {**config("n", namespace="y"), "kind": "Namespace"})
    api.ok("PATCH", "/api/v1/namespaces/n", {"metadata": {"namespace": "z"}}, content_type=MERGE)
    applied = {**config("m", namespace="x"), "kind": "Namespace"}
    apply = "application/apply-patch+yaml"
    api.ok("PATCH", "/api/v1/namespaces/m", applied, content_type=apply, fieldManager="me")
    for name in ("n", "m"):
        assert "namespace" not in api.ok("GET", f"/api/v1/namespaces/{name}")["metadata"]


def test_a_generated_name_that_is_taken_is_called_so(api: Api):
    """Also when the client gave a name beside it."""
    api.config_map("c")
    code, reason, message = api.refused("POST", "configmaps", config("c", generateName="c-"))
    assert (code, reason) == (409, "AlreadyExists")
    why = "the server was not able to generate a unique name for the object"
    assert message == f'configmaps "c" already exists, {why}'


@pytest.mark.parametrize(
    ("method", "path", "body", "code", "message"),
    [
        ("POST", "configmaps", config("c"), 409, 'configmaps "c" already exists'),
        ("POST", "configmaps", config("d", resourceVersion="5"), 500, "resourceVersion should not be set"),
        ("POST", "configmaps", config("d", namespace="x"), 400, "does not match the namespace sent"),
        ("POST", "configmaps", config(), 422, "name or generateName is required"),
        ("PUT", "configmaps/none", config("none"), 404, 'configmaps "none" not found'),
        (
            "PUT",
            "configmaps/c",
            config("x"),
            400,
            "the name of the object (x) does not match the name on the URL (c)",
        ),
        ("PUT", "configmaps/c", config(), 400, "(c based on URL) was undeterminable: name must be provided"),
        ("PUT", "configmaps/c", config("c", namespace="x"), 400, "does not match the namespace sent"),
        ("PUT", "configmaps/c", config("c", uid="x"), 409, "Precondition failed: UID in precondition: x"),
        ("PUT", "configmaps/c", config("c", resourceVersion="1"), 409, "the object has been modified"),
        ("POST", "/api/v1/configmaps", config("d"), 405, "does not allow this method"),
        ("GET", "configmaps/a%b", None, 400, "may not contain '%'"),
    ],
)
def test_refused_writes(api: Api, method: str, path: str, body: Any, code: int, message: str):
    """Each wrong write is refused with its code and words."""
    api.config_map("c")
    before = api.server.store.revision
    got, _, text = api.refused(method, path, body)
    assert got == code
    assert message in text
    assert api.server.store.revision == before


def test_same_content_keeps_the_version(api: Api):
    """A write that changes nothing is no write."""
    version = api.config_map("c")["metadata"]["resourceVersion"]
    assert api.ok("PUT", "configmaps/c", config("c"))["metadata"]["resourceVersion"] == version
    assert api.merge("configmaps/c", {})["metadata"]["resourceVersion"] == version


def test_some_kinds_demand_a_version(api: Api):
    """A Lease is created by PUT, and then not replaced without a version."""
    lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "l"}}
    assert api.send("PUT", f"{LEASES}/l", lease).code == 201
    code, _, message = api.refused("PUT", f"{LEASES}/l", lease)
    assert code == 422
    assert message == (
        'leases.coordination.k8s.io "l" is invalid: '
        "metadata.resourceVersion: Invalid value: 0: must be specified for an update"
    )


def test_object_being_deleted_blocks_its_name(api: Api):
    """A name is taken until the last finalizer is gone, and the answer says why."""
    api.config_map("c", finalizers=["example.com/f"])
    api.ok("DELETE", "configmaps/c")
    message = api.refused("POST", "configmaps", config("c"))[2]
    assert message == 'object is being deleted: configmaps "c" already exists'


def test_status_and_spec_are_written_apart(api: Api):
    """The object's endpoint leaves the status alone, its status endpoint the spec; only the spec counts."""
    api.pod("p")
    pod = api.merge("pods/p/status", {"spec": {"nodeName": "n"}, "status": {"phase": "Running"}})
    assert pod["status"]["phase"] == "Running"
    assert "nodeName" not in pod["spec"]
    pod = api.merge("pods/p", {"metadata": {"labels": {"a": "b"}}, "status": {"phase": "Failed"}})
    assert (pod["status"]["phase"], pod["metadata"]["generation"]) == ("Running", 1)
    pod = api.ok(
        "PATCH",
        "pods/p",
        {"spec": {"containers": [{"name": "c", "image": "other"}]}},
        content_type="application/strategic-merge-patch+json",
    )
    assert pod["metadata"]["generation"] == 2


def test_dry_run_stores_nothing(api: Api):
    """A dry run answers as the write would, and leaves nothing."""
    before = api.server.store.revision
    answer = api.ok("POST", "pods", POD, dryRun="All")
    assert answer["metadata"]["uid"]
    assert "resourceVersion" not in answer["metadata"]
    api.config_map("c")
    changed = api.merge("configmaps/c", {"data": {"a": "b"}}, dryRun="All")
    assert changed["data"] == {"a": "b"}
    assert "data" not in api.ok("GET", "configmaps/c")
    assert api.server.store.revision == before + 1


def managers(obj: Any) -> list[tuple[str, str]]:
    return [(each["manager"], each["operation"]) for each in obj["metadata"]["managedFields"]]


def test_managers_worked_out_late_or_early_are_the_same(api: Api):
    """Asking after every write who set which field gives what asking once at the end gives."""
    for name in ("early", "late"):
        api.ok("POST", "configmaps", {**config(name), "data": {"a": "0"}}, fieldManager="maker")
        for number in range(20):
            key = f"k{number % 4}"
            api.server.loop.run(1)
            patch = {"data": {key: str(number)}}
            api.server.patch(
                api.server.kind("", "v1", "configmaps"),
                "default",
                name,
                "",
                "merge",
                patch,
                _options(f"m{number % 3}"),
            )
            if name == "early":
                api.ok("GET", "configmaps/early")
        api.server.loop.now_s = 0
    early, late = (api.ok("GET", f"configmaps/{name}") for name in ("early", "late"))
    assert early["metadata"]["managedFields"] == late["metadata"]["managedFields"]
    assert len(managers(late)) > 2


def _options(manager: str) -> Any:
    from insideout.apiserver.options import WriteOptions

    return WriteOptions(field_manager=manager)


def test_apply(api: Api):
    """Apply creates, owns, conflicts, and changes nothing the second time."""
    body = {**config("c"), "data": {"a": "1"}}
    first = api.send("PATCH", "configmaps/c", body, content_type=APPLY, fieldManager="one")
    assert first.code == 201
    again = api.send("PATCH", "configmaps/c", body, content_type=APPLY, fieldManager="one")
    assert (again.code, again.body) == (200, first.body)
    other = {**config("c"), "data": {"a": "2"}}
    code, reason, _ = api.refused("PATCH", "configmaps/c", other, content_type=APPLY, fieldManager="two")
    assert (code, reason) == (409, "Conflict")
    forced = api.ok("PATCH", "configmaps/c", other, content_type=APPLY, fieldManager="two", force="true")
    assert managers(forced) == [("two", "Apply")]


def test_managers_can_be_reset(api: Api):
    """An empty managedFields in a write forgets who set what."""
    api.ok("POST", "configmaps", {**config("c"), "data": {"a": "1"}}, fieldManager="maker")
    reset = api.merge("configmaps/c", {"metadata": {"managedFields": [{}]}})
    assert "managedFields" not in reset["metadata"]


def test_warnings_are_a_header(api: Api):
    """Unknown fields are dropped with a warning, refused when strict, ignored when told so."""
    body = {**config("c"), "dat": {}}
    response = api.send("POST", "configmaps", body)
    assert (response.code, response.headers["Warning"]) == (201, '299 - "unknown field \\"dat\\""')
    assert api.refused("POST", "configmaps", {**config("d"), "dat": {}}, fieldValidation="Strict")[0] == 400
    quiet = api.send("POST", "configmaps", {**config("d"), "dat": {}}, fieldValidation="Ignore")
    assert quiet.headers == {}


def test_custom_values_differ_by_type(api: Api):
    """In a custom object true and 1 are different, though Python takes them for equal."""
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    api.ok("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", boats.definition(schema))
    path = "/apis/example.com/v1/namespaces/default/boats"
    boat = {"apiVersion": "example.com/v1", "kind": "Boat", "metadata": {"name": "b"}, "spec": {"n": 1}}
    first = api.ok("POST", path, boat)
    second = api.merge(f"{path}/b", {"spec": {"n": True}})
    assert second["spec"] == {"n": True}
    assert second["spec"]["n"] is True
    assert second["metadata"]["resourceVersion"] != first["metadata"]["resourceVersion"]


def test_the_data_of_a_revision_stay_byte_for_byte(api: Api):
    """They are bytes to the server: another order of the same keys is another value."""
    path = "/apis/apps/v1/namespaces/default/controllerrevisions"
    body = {"metadata": {"name": "r"}, "revision": 1, "data": {"b": {"y": 1, "x": 2}, "a": 1}}
    made = api.ok("POST", path, body)
    assert list(made["data"]) == ["b", "a"]
    api.ok("PUT", f"{path}/r", {**made, "revision": 2})
    code, _, message = api.refused("PUT", f"{path}/r", {**body, "data": {"a": 1, "b": {"y": 1, "x": 2}}})
    assert code == 422
    assert message.endswith("field is immutable")
