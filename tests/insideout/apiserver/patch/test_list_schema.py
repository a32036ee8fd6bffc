"""The table of lists names fields that exist, agrees with itself, and is complete for the kinds served."""

import re
from collections.abc import Iterable

import pytest
from kubernetes.client import models

from insideout.apiserver.kinds import BUILT_IN
from insideout.apiserver.objects.schema import openapi
from insideout.apiserver.patch.list_schema import (
    ATOMIC_FIELDS,
    ATOMIC_TYPES,
    KEY_DEFAULTS,
    LISTS,
    OBJECT_STRATEGIES,
    ListFacts,
)
from insideout.apiserver.patch.schema import Type, struct_fields, type_of

ENTRIES = [(model, name, facts) for model, lists in LISTS.items() for name, facts in lists.items()]
DEPLOYMENT = next(kind for kind in BUILT_IN if kind.kind == "Deployment")


def reachable(types: Iterable[Type] = tuple(type_of(kind) for kind in BUILT_IN)) -> set[str]:
    """Return every model class that the types are made of."""
    found: set[str] = set()
    waiting = list(types)
    while waiting:
        type_ = waiting.pop()
        if type_.element is not None:
            waiting.append(type_.element)
        if type_.model and type_.model not in found:
            found.add(type_.model)
            waiting.extend(struct_fields(type_.model).values())
    return found


def at(type_: Type, *path: str) -> Type:
    """Return the type of a field some way down; "*" goes from a list to its elements."""
    for step in path:
        found = type_.item if step == "*" else type_.member(step)
        assert found is not None, step
        type_ = found
    return type_


@pytest.mark.parametrize(("model", "name", "facts"), ENTRIES, ids=lambda value: str(value)[:40])
def test_every_entry_names_a_list_and_its_keys(model: str, name: str, facts: ListFacts) -> None:
    """The field is a list; the keys of a map are scalar fields of its elements."""
    declared = openapi(model)[name][0]
    assert declared.startswith("list[")
    element = declared[5:-1]
    keys = {*facts.keys, *([facts.merge_key] if facts.merge_key else [])}
    if element[0].isupper():
        assert all(openapi(element)[key][0] in ("str", "int") for key in keys)
    else:
        assert not keys
    assert (facts.relation == "map") == bool(facts.keys)
    assert not facts.merge_key or "merge" in facts.strategy


def test_every_other_entry_names_what_exists() -> None:
    """Types and fields of the smaller tables are the client's."""
    for model, name in (*ATOMIC_FIELDS, *OBJECT_STRATEGIES, *KEY_DEFAULTS):
        assert name in openapi(model)
    for model in ATOMIC_TYPES:
        assert openapi(model)


def test_nothing_in_the_table_is_out_of_reach() -> None:
    """Each entry is about a type that some kind of a stable API group is made of."""
    lists = [
        name for name in dir(models) if re.fullmatch(r"\w*V\d+(?!APIGroup|APIResource)[A-Z]\w+List", name)
    ]
    used = reachable([Type("struct", openapi(each)["items"][0][5:-1]) for each in lists])
    assert set(LISTS) | set(ATOMIC_TYPES) <= used


def test_conditions_are_found_by_their_type() -> None:
    """Two controllers can each report their own condition, but only one those of a Job, as upstream."""
    marked = {each for each in reachable() if openapi(each).get("conditions", ("",))[0].startswith("list[")}
    facts = {each: LISTS.get(each, {}).get("conditions", ListFacts()) for each in marked}
    unmarked = {  # these know only the newer markers
        "V1AllocatedDeviceStatus",
        "V1CertificateSigningRequestStatus",
        "V1CustomResourceDefinitionStatus",
        "V1ValidatingAdmissionPolicyStatus",
    }
    assert {model for model, each in facts.items() if each.merge_key != "type"} == unmarked
    assert {model for model, each in facts.items() if each.keys != ("type",)} == {"V1JobStatus"}


@pytest.mark.parametrize(
    ("path", "relation", "keys", "merge_key"),
    [
        (("spec", "template", "spec", "containers"), "map", ("name",), "name"),
        (
            ("spec", "template", "spec", "containers", "*", "ports"),
            "map",
            ("containerPort", "protocol"),
            "containerPort",
        ),
        (("spec", "template", "spec", "containers", "*", "args"), "atomic", (), ""),
        (("spec", "template", "spec", "tolerations"), "atomic", (), ""),
        (("spec", "template", "spec", "hostAliases"), "map", ("ip",), "ip"),
        (("metadata", "finalizers"), "set", (), ""),
        (("metadata", "ownerReferences"), "map", ("uid",), "uid"),
        (("status", "conditions"), "map", ("type",), "type"),
    ],
)
def test_the_lists_of_a_deployment(
    path: tuple[str, ...], relation: str, keys: tuple[str, ...], merge_key: str
) -> None:
    """The facts arrive at the fields that patches look up."""
    found = at(type_of(DEPLOYMENT), *path)
    assert found.shape == "list"
    assert (found.list_facts.relation, found.list_facts.keys) == (relation, keys)
    assert found.list_facts.merge_key == merge_key


def test_selectors_are_owned_as_a_whole() -> None:
    """Half a selector would select something else."""
    deployment = type_of(DEPLOYMENT)
    assert at(deployment, "spec", "selector").atomic
    assert at(deployment, "spec", "template", "spec", "nodeSelector").atomic
    assert not at(deployment, "metadata", "labels").atomic


def test_a_field_that_upstream_does_not_have_has_no_type() -> None:
    """Patches of unknown fields are noticed by this."""
    assert type_of(DEPLOYMENT).member("sepc") is None
    assert not at(type_of(DEPLOYMENT), "metadata", "labels").declares("app")


@pytest.mark.parametrize(
    ("model", "key", "default"),
    [
        ("V1ContainerPort", "protocol", "TCP"),
        ("V1ServicePort", "protocol", "TCP"),
        ("V1EnvVar", "name", ""),
        ("V1ObjectReference", "name", None),
    ],
)
def test_an_element_without_its_key(model: str, key: str, default: str | None) -> None:
    """A port without protocol is a TCP port, also for whoever owns it."""
    assert Type("struct", model).key_default(key) == default
