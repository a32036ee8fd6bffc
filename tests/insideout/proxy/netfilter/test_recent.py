from insideout.proxy.netfilter.recent import LIST_TOTAL, Recent


def test_an_address_is_seen_until_its_time_has_passed() -> None:
    recent = Recent()
    recent.remember("A", 1, now_s=100)
    assert recent.seen("A", 1, now_s=400, within_s=300)
    assert not recent.seen("A", 1, now_s=400.5, within_s=300)
    assert not recent.seen("B", 1, now_s=100, within_s=300)


def test_seeing_it_again_renews_it() -> None:
    recent = Recent()
    recent.remember("A", 1, now_s=0)
    recent.remember("A", 1, now_s=200)
    assert recent.seen("A", 1, now_s=450, within_s=300)


def test_a_full_list_forgets_the_address_seen_longest_ago() -> None:
    recent = Recent()
    for source in range(LIST_TOTAL):
        recent.remember("A", source, now_s=source)
    recent.remember("A", 0, now_s=LIST_TOTAL)
    recent.remember("A", 1000, now_s=LIST_TOTAL + 1)
    assert [recent.seen("A", source, 200, None) for source in (0, 1, 2, 1000)] == [True, False, True, True]


def test_forgetting_says_whether_it_was_there() -> None:
    recent = Recent()
    recent.remember("A", 1, now_s=0)
    assert (recent.forget("A", 1), recent.forget("A", 1)) == (True, False)
