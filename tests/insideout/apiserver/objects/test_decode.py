"""Bodies that cannot be read are refused as Go's decoder does; the others come out as Go writes them."""

import json
from typing import Any

import pytest

from insideout.apiserver.objects import decode, normalize
from insideout.apiserver.registry import Registry
from insideout.apiserver.status import StatusError

Object = dict[str, Any]
KINDS = Registry()
META = (
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
)
POD = 'Pod in version "v1" cannot be handled as a Pod: '
NOT_A_POD = (
    "the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: "
)
QUANTITY = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"


def refusal(
    resource: str, body: Any, content_type: str = "application/json", validation: str = "Warn"
) -> str:
    """Return the message of the 400 that a body gets."""
    kind = KINDS.named(resource)
    assert kind is not None
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(StatusError) as caught:
        decode(kind, data, content_type, validation)
    assert caught.value.code == 400
    return str(caught.value)


def container(**fields: Any) -> Object:
    """Return a pod whose container has these fields."""
    return {"kind": "Pod", "apiVersion": "v1", "spec": {"containers": [fields]}}


SYNTAX: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "unexpected end of JSON input (<empty>)"),
    "half an object": (b'{"a":1', 'unexpected end of JSON input ({"a":1)'),
    "no quotes": (
        b"{not json",
        "invalid character 'n' looking for beginning of object key string ({not json)",
    ),
    "a comma too many": (b"[1,]", "invalid character ']' looking for beginning of value (5b312c5d)"),
    "no colon": (b'{"a" 1}', "invalid character '1' after object key ({\"a\" 1})"),
    "no comma": (b'{"a":1 2}', "invalid character '2' after object key:value pair ({\"a\":1 2})"),
    "two values": (b"{} x", "invalid character 'x' after top-level value ({} x)"),
    "a misspelt word": (b'{"a":tru}', "invalid character '}' in literal true (expecting 'e') ({\"a\":tru})"),
    "a leading zero": (b'{"a":01}', "invalid character '1' after object key:value pair ({\"a\":01})"),
    "a list": (b"[]", f"json: cannot unmarshal array into Go value of type {META} (5b5d)"),
    "a kind that is a number": (
        b'{"kind":3}',
        'json: cannot unmarshal number into Go struct field .kind of type string ({"kind":3})',
    ),
}


@pytest.mark.parametrize("name", SYNTAX)
def test_syntax(name: str) -> None:
    """A text that is no object with a kind is quoted in part."""
    body, expected = SYNTAX[name]
    assert refusal("pods", body) == NOT_A_POD + expected


TYPES: dict[str, tuple[Object, str]] = {
    "a number for a string": (
        container(image=3),
        "json: cannot unmarshal number into Go struct field Container.spec.containers.image of type string",
    ),
    "a string for a number": (
        container(ports=[{"containerPort": "80"}]),
        "json: cannot unmarshal string into Go struct field "
        "ContainerPort.spec.containers.ports.containerPort of type int32",
    ),
    "a fraction": (
        container(ports=[{"containerPort": 1.5}]),
        "json: cannot unmarshal number 1.5 into Go struct field "
        "ContainerPort.spec.containers.ports.containerPort of type int32",
    ),
    "more than 32 bits": (
        container(ports=[{"containerPort": 3000000000}]),
        "json: cannot unmarshal number 3000000000 into Go struct field "
        "ContainerPort.spec.containers.ports.containerPort of type int32",
    ),
    "an object for a list": (
        container(ports={}),
        "json: cannot unmarshal object into Go struct field Container.spec.containers.ports of type "
        "[]v1.ContainerPort",
    ),
    "a list for a struct": (
        {"spec": []},
        "json: cannot unmarshal array into Go struct field Pod.spec of type v1.PodSpec",
    ),
    "a string for a map": (
        {"metadata": {"labels": "a"}},
        "json: cannot unmarshal string into Go struct field ObjectMeta.metadata.labels of type "
        "map[string]string",
    ),
    "a named type": (
        {"spec": {"restartPolicy": 1}},
        "json: cannot unmarshal number into Go struct field PodSpec.spec.restartPolicy of type "
        "v1.RestartPolicy",
    ),
    "the first of several": (
        {"spec": {"priority": "x", "hostNetwork": 1}},
        "json: cannot unmarshal string into Go struct field PodSpec.spec.priority of type int32",
    ),
    "a quantity": (container(resources={"limits": {"cpu": "one"}}), QUANTITY),
    "the suffix of a quantity": (
        container(resources={"limits": {"cpu": "1K"}}),
        "unable to parse quantity's suffix",
    ),
    "a time": (
        {"metadata": {"creationTimestamp": "now"}},
        'parsing time "now" as "2006-01-02T15:04:05Z07:00": cannot parse "now" as "2006"',
    ),
    "a port that is a bool": (
        container(livenessProbe={"httpGet": {"port": True}}),
        "json: cannot unmarshal bool into Go value of type int32",
    ),
    "another kind": (
        {"kind": "Service", "apiVersion": "v1"},
        'Service in version "v1" cannot be handled as a Pod: converting (v1.Service) to (core.Pod): '
        "unknown conversion",
    ),
    "a kind of another group": (
        {"kind": "Deployment", "apiVersion": "apps/v1"},
        'Deployment in version "v1" cannot be handled as a Pod: converting (v1.Deployment) to (core.Pod): '
        "unknown conversion",
    ),
    "no such kind": (
        {"kind": "Foo", "apiVersion": "v1"},
        'Foo in version "v1" cannot be handled as a Pod: no kind "Foo" is registered for version "v1" in '
        "scheme "
        '"pkg/api/legacyscheme/scheme.go:30"',
    ),
}


@pytest.mark.parametrize("name", TYPES)
def test_types(name: str) -> None:
    """A value of the wrong type is named with its struct, its path and Go's type."""
    body, expected = TYPES[name]
    expected = expected if "cannot be handled" in expected else POD + expected
    assert refusal("pods", body) == expected


def test_an_older_version_is_read_but_not_expected() -> None:
    """The version must be the one in the URL."""
    assert refusal("deployments", {"kind": "Deployment", "apiVersion": "apps/v1beta1"}) == (
        "the API version in the data (apps/v1beta1) does not match the expected API version (apps/v1)"
    )


def test_strict_reading_refuses_unknown_and_repeated_fields() -> None:
    """In the order in which they appear."""
    body = (
        b'{"spec":{"x":1,"containers":[{"name":"a","imagee":"b","name":"c"}]},"spec":{"containers":[],"y":2}}'
    )
    assert refusal("pods", body, validation="Strict") == (
        POD + 'strict decoding error: duplicate field "spec", unknown field "spec.y"'
    )


def test_what_is_wrong_is_told_in_the_order_of_the_text() -> None:
    """A field that is unknown is not also repeated."""
    body = b'{"spec":{"y":1,"nodeName":"a","y":2,"containers":[],"nodeName":"b","z":3}}'
    assert refusal("pods", body, validation="Strict") == (
        POD + 'strict decoding error: unknown field "spec.y", duplicate field "spec.nodeName", '
        'unknown field "spec.z"'
    )


def test_other_reading_warns_or_keeps_still() -> None:
    """Unknown fields are dropped either way."""
    kind = KINDS.named("pods")
    assert kind is not None
    body = json.dumps(container(name="c", imagee="b")).encode()
    warned, warnings = decode(kind, body, "application/json", "Warn")
    ignored, nothing = decode(kind, body, "application/json", "Ignore")
    assert warnings == ['unknown field "spec.containers[0].imagee"']
    assert nothing == []
    assert warned == ignored
    assert warned["spec"]["containers"] == [{"name": "c", "resources": {}}]


YAML = {
    "a colon too many": (b"a: b\n c: d", "yaml: line 2: mapping values are not allowed in this context"),
}


@pytest.mark.parametrize("name", YAML)
def test_yaml_syntax(name: str) -> None:
    """YAML that cannot be read names the line."""
    body, expected = YAML[name]
    message = refusal("pods", body, "application/yaml")
    assert message.startswith(f"the object provided is unrecognized (must be of type Pod): {expected}")


def test_yaml_keys_and_dates_are_text() -> None:
    """What JSON has no word for becomes a string."""
    kind = KINDS.named("configmaps")
    assert kind is not None
    obj, _ = decode(kind, b"metadata: {name: a}\ndata: {1: 2020-01-01, yes: b}", "application/yaml", "Strict")
    assert obj["data"] == {"1": "2020-01-01", "yes": "b"}


WRITTEN: dict[str, tuple[str, Object, Object]] = {
    "zero values and nulls are dropped": (
        "pods",
        {"spec": {"hostNetwork": False, "hostname": "", "tolerations": [], "nodeSelector": None}},
        {"spec": {"containers": None}},
    ),
    "pointers keep their zero": (
        "pods",
        {"spec": {"priority": 0, "automountServiceAccountToken": False}},
        {"spec": {"priority": 0, "automountServiceAccountToken": False, "containers": None}},
    ),
    "amounts become canonical": (
        "pods",
        {"spec": {"overhead": {"cpu": 0.5, "memory": "1024Mi", "ephemeral-storage": "0.0001"}}},
        {
            "spec": {
                "overhead": {"cpu": "500m", "memory": "1Gi", "ephemeral-storage": "1m"},
                "containers": None,
            }
        },
    ),
    "times become UTC": (
        "leases",
        {"spec": {"acquireTime": "2026-01-01T02:00:00.123456+02:00"}},
        {"spec": {"acquireTime": "2026-01-01T00:00:00.123456Z"}},
    ),
    "what is always written is": (
        "events",
        {},
        {
            "eventTime": None,
            "firstTimestamp": None,
            "lastTimestamp": None,
            "involvedObject": {},
            "reportingComponent": "",
            "reportingInstance": "",
            "source": {},
        },
    ),
    "null in a map is its zero": ("configmaps", {"data": {"a": None}}, {"data": {"a": ""}}),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_is_written_back_as_go_does(name: str) -> None:
    """An object is what a Go struct would hold."""
    resource, body, expected = WRITTEN[name]
    kind = KINDS.named(resource)
    assert kind is not None
    obj, _ = normalize(kind, body)
    ignored = ("apiVersion", "kind", "metadata", "status")
    assert {key: value for key, value in obj.items() if key not in ignored} == expected
    assert normalize(kind, obj)[0] == obj


def test_null_under_a_key_is_nothing_and_not_missing() -> None:
    """Also where bytes are wanted."""
    kind = KINDS.named("configmaps")
    assert kind is not None
    body = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": None}, "binaryData": {"b": None}}
    obj, _ = decode(kind, json.dumps(body).encode(), "application/json", "Strict")
    assert (obj["data"], obj["binaryData"]) == ({"a": ""}, {"b": ""})


def test_a_divisor_is_written_even_when_it_is_not_given() -> None:
    """Go keeps amounts by value, and a struct is never empty to its JSON."""
    source = {"resourceFieldRef": {"resource": "limits.cpu"}}
    pod = {"spec": {"containers": [{"name": "c", "env": [{"name": "A", "valueFrom": source}]}]}}
    kind = KINDS.named("pods")
    assert kind is not None
    obj, _ = normalize(kind, pod)
    found = obj["spec"]["containers"][0]["env"][0]["valueFrom"]["resourceFieldRef"]
    assert found == {"resource": "limits.cpu", "divisor": "0"}
