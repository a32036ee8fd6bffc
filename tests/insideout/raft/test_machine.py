"""The application: a key-value store that remembers its commands."""

from insideout.raft.machine import Machine


def filled():
    machine = Machine()
    for index, command in enumerate(
        [{"op": "put", "key": "x", "value": "1"}, "text", None, {"op": "append", "key": "x", "value": "2"}], 1
    ):
        machine.apply(index, command)
    return machine


def test_put_append_and_get():
    machine = filled()
    assert machine.get("x") == "12"
    assert machine.apply(5, {"op": "get", "key": "x"}) == "12"
    assert machine.get("unknown") == ""


def test_a_no_op_is_applied_and_not_remembered():
    machine = filled()
    assert machine.applied == 4
    assert None not in machine.commands


def test_a_snapshot_restores_everything():
    machine, other = filled(), Machine()
    other.restore(4, machine.snapshot())
    assert (other.applied, other.commands, other.get("x")) == (4, machine.commands, "12")
