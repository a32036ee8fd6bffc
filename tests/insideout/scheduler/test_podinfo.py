"""A pod that is read again is what it would be if it were read from the start."""

import pytest

from insideout.apimachinery.copies import copied
from insideout.scheduler.podinfo import PodInfo
from tests.insideout.scheduler.builders import pod

BEFORE = pod("web", {"app": "web"}, cpu="1", memory="1Gi").pod


def later(**changes):
    """Return the pod with some changes, by "metadata.labels" and the like."""
    new = copied(BEFORE)
    for path, value in changes.items():
        *steps, last = path.split("__")
        place = new
        for step in steps:
            place = place[int(step)] if isinstance(place, list) else place.setdefault(step, {})
        place[last] = value
    return new


CHANGES = {
    "nothing": {},
    "its node": {"spec__nodeName": "n1"},
    "its status": {"status__phase": "Running", "status__startTime": "2026-01-01T00:00:00Z"},
    "a nomination": {"status__nominatedNodeName": "n2"},
    "it is deleted": {"metadata__deletionTimestamp": "2026-01-01T00:00:00Z"},
    "its labels": {"metadata__labels": {"app": "db"}},
    "its labels, which a constraint reads": {
        "metadata__labels": {"app": "db"},
        "spec__topologySpreadConstraints": [
            {
                "topologyKey": "zone",
                "maxSkew": 1,
                "whenUnsatisfiable": "DoNotSchedule",
                "labelSelector": {},
                "matchLabelKeys": ["app"],
            }
        ],
    },
    "its tolerations": {"spec__tolerations": [{"operator": "Exists"}]},
    "it is resized": {"spec__containers__0__resources": {"requests": {"cpu": "2"}}},
    "it is being resized": {
        "status__containerStatuses": [
            {
                "name": "c",
                "resources": {"requests": {"cpu": "3"}},
                "allocatedResources": {"cpu": "3"},
            }
        ]
    },
    "it has an owner": {
        "metadata__ownerReferences": [{"kind": "ReplicaSet", "name": "r", "controller": True}]
    },
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_it_is_what_it_would_be_if_read_anew(changes):
    new = later(**changes)
    renewed, anew = PodInfo(BEFORE).renewed(new), PodInfo(new)
    for name in PodInfo.__slots__:
        assert getattr(renewed, name) == getattr(anew, name), name


def test_what_it_was_stays():
    info = PodInfo(BEFORE)
    info.renewed(later(spec__nodeName="n1", metadata__deletionTimestamp="2026-01-01T00:00:00Z"))
    assert (info.node_name, info.deleting) == ("", False)


def test_a_resize_is_seen_to_end():
    """From a status that says what is held to one that no longer does."""
    resizing = later(**CHANGES["it is being resized"])
    assert PodInfo(resizing).renewed(BEFORE).requested == PodInfo(BEFORE).requested


def test_a_constraint_follows_the_labels():
    """With the same constraint before and after, only the labels are others."""
    constraint = CHANGES["its labels, which a constraint reads"]["spec__topologySpreadConstraints"]
    before = later(spec__topologySpreadConstraints=constraint)
    after = later(spec__topologySpreadConstraints=constraint, metadata__labels={"app": "db"})
    assert PodInfo(before).renewed(after).spread == PodInfo(after).spread != PodInfo(before).spread
