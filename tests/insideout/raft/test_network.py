"""The network is seeded, link by link."""

from itertools import permutations

from insideout.raft.network import CALM, LONG_REORDERING, UNRELIABLE, Network, links_between


def fates(network, count=200, link=("n0", "n1")):
    return [network.delays_s(*link) for _ in range(count)]


def test_a_calm_network_delivers_each_message_once_within_its_delays():
    for delays_s in fates(Network(1, CALM)):
        assert len(delays_s) == 1
        assert CALM.delay_min_s <= delays_s[0] <= CALM.delay_max_s


def test_an_unreliable_network_loses_doubles_and_holds_back():
    found = fates(Network(1, UNRELIABLE))
    assert 5 < sum(not delays_s for delays_s in found) < 40
    assert 5 < sum(len(delays_s) == 2 for delays_s in found) < 40
    assert any(delays_s and delays_s[0] > UNRELIABLE.delay_max_s for delays_s in found)


def test_long_reordering_holds_messages_back_for_up_to_two_seconds():
    assert max(max(delays_s, default=0) for delays_s in fates(Network(1, LONG_REORDERING))) > 1.5


def test_a_seed_settles_every_fate():
    assert fates(Network(1, UNRELIABLE)) == fates(Network(1, UNRELIABLE))
    assert fates(Network(1, UNRELIABLE)) != fates(Network(2, UNRELIABLE))


def test_what_happens_on_one_link_does_not_shift_another():
    busy, quiet = Network(1, UNRELIABLE), Network(1, UNRELIABLE)
    fates(busy, link=("n2", "n1"))
    assert fates(busy) == fates(quiet)


def test_without_faults_the_delays_stay_as_they_were():
    calm = UNRELIABLE.quiet()
    for noisy, plain in zip(fates(Network(1, UNRELIABLE)), fates(Network(1, calm)), strict=True):
        assert not noisy or noisy[0] == plain[0] or noisy[0] > plain[0]


def test_sides_are_cut_off_from_each_other_and_each_node_on_no_side_from_all():
    ids = ("n0", "n1", "n2", "n3")
    cut = set(links_between(ids, [["n0", "n1"]]))
    assert cut == set(permutations(ids, 2)) - {("n0", "n1"), ("n1", "n0")}
