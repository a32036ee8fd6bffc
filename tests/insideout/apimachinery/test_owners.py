"""An object has many owners and at most one controller, told by UID."""

from insideout.apimachinery import owners

OWNER = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "rs", "uid": "1"}}


def test_the_reference_makes_its_owner_the_controller() -> None:
    obj = {"metadata": {"ownerReferences": [{"uid": "0"}, owners.controller_reference(OWNER)]}}
    assert owners.controller_of(obj) == obj["metadata"]["ownerReferences"][1]
    assert owners.is_controlled_by(obj, OWNER)


def test_an_owner_of_the_same_name_made_again_is_another() -> None:
    obj = {"metadata": {"ownerReferences": [owners.controller_reference(OWNER)]}}
    assert not owners.is_controlled_by(obj, OWNER | {"metadata": {"name": "rs", "uid": "2"}})


def test_an_owner_need_not_be_the_controller() -> None:
    assert owners.controller_of({"metadata": {"ownerReferences": [{"uid": "1"}]}}) is None
    assert owners.controller_of({"metadata": {}}) is None
