"""The pictures of unit 11 say in words what they show, and measure what they say."""

from course.units.u11_services import answers
from course.units.u11_services.measure import Fleet
from course.units.u11_services.plots import played, plot_flips, plot_slices
from course.units.u11_services.plots.life import state_of
from course.units.u11_services.plots.slices import Change


def test_a_slice_that_is_written_is_marked():
    story = (Change("start", range(0), range(5)), Change("one goes", range(1), range(0)))
    frames = played(answers.plan, story, limit=3)
    assert [frame.done for frame in frames] == [
        {"web-1": "created", "web-2": "created"},
        {"web-1": "updated"},
    ]
    assert "one goes: web-1 has 2 (updated), web-2 has 2; 1 written." in plot_slices(frames, 2, limit=3).alt


def test_a_flip_is_one_slice_or_all_endpoints():
    fleet = Fleet(300)
    sizes = {(one.object, one.encoding): one.size_bytes for one in fleet.flip(1)}
    assert sizes["EndpointSlice", "protobuf"] < sizes["EndpointSlice", "JSON"]
    assert 2 < sizes["Endpoints of 300", "protobuf"] / sizes["EndpointSlice", "protobuf"] < 3
    (_, two), (_, one) = (
        (len(sent), sent[1].size_bytes)
        for sent in (fleet.flip(2, 150, endpoints=False), fleet.flip(3, 4, endpoints=False))
    )
    assert 1.9 < two / one < 2.1
    assert "to 5,000" in plot_flips(fleet.flip(5), 300, 5000).alt


def test_states():
    assert state_of({"conditions": {}}) == "ready"
    assert (
        state_of({"conditions": {"ready": False, "serving": True, "terminating": True}})
        == "terminating, still serving"
    )
    assert state_of({"conditions": {"ready": False, "serving": True}}) == "not ready"
