import pytest

from insideout.proxy.iptables.rule import Rule
from insideout.proxy.iptables.save import save_line


@pytest.mark.parametrize(
    ("written", "saved"),
    [
        ("-m tcp -p tcp -d 10.0.0.1 --dport 80 -j X", "-d 10.0.0.1/32 -p tcp -m tcp --dport 80 -j X"),
        ("-m mark ! --mark 0x4000/0x4000 -j RETURN", "-m mark ! --mark 0x4000/0x4000 -j RETURN"),
        ("-j MARK --xor-mark 0x4000", "-j MARK --set-xmark 0x4000/0x0"),
        ("-j MARK --or-mark 0x4000", "-j MARK --set-xmark 0x4000/0x4000"),
        ("-j REJECT", "-j REJECT --reject-with icmp-port-unreachable"),
        ("! -s 10.0.0.0/8 -j X", "! -s 10.0.0.0/8 -j X"),
        (
            "-m recent --name A --rcheck --seconds 9 --reap -j A",
            "-m recent --rcheck --seconds 9 --reap --name A --mask 255.255.255.255 --rsource -j A",
        ),
        (
            "-m statistic --mode random --probability 0.3333333333 -j A",
            "-m statistic --mode random --probability 0.33333333349 -j A",
        ),
        ("-m comment --comment a/b", '-m comment --comment "a/b"'),
    ],
)
def test_iptables_save_says_it_in_its_own_words(written: str, saved: str) -> None:
    assert save_line(Rule("C", tuple(written.split()))) == f"-A C {saved}"
