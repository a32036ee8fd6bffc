"""A seeded network: a message is delayed, may be lost, doubled, or held back so that others overtake it.

The fate of the n-th message on a link depends on the seed, the link and n alone.  So a schedule from which
some faults were taken away still treats the remaining messages alike, which is what makes shrinking work.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from itertools import permutations
from typing import NamedTuple


class Profile(NamedTuple):
    """How a network behaves: delays in seconds, chances from 0 to 1."""

    delay_min_s: float = 0.005
    delay_max_s: float = 0.025
    loss: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    held_back_s: float = 0.5

    def quiet(self) -> "Profile":
        """Return the same network without faults."""
        return self._replace(loss=0.0, duplicate=0.0, reorder=0.0)


CALM = Profile()
UNRELIABLE = Profile(delay_max_s=0.04, loss=0.1, duplicate=0.1, reorder=0.1)
LONG_REORDERING = Profile(delay_max_s=0.03, loss=0.1, duplicate=0.1, reorder=0.5, held_back_s=2.2)


class Network:
    """The links between nodes: which are cut, and when what is sent arrives."""

    def __init__(self, seed: int, profile: Profile) -> None:
        self.seed = seed
        self.profile = profile
        self.cut: set[tuple[str, str]] = set()
        self.held: set[tuple[str, str]] = set()
        self._links: dict[tuple[str, str], Callable[[], float]] = {}

    def delays_s(self, sender: str, receiver: str) -> list[float]:
        """Return after how many seconds each copy of the next message arrives; [] when it is lost."""
        link = (sender, receiver)
        if link not in self._links:
            self._links[link] = random.Random(f"{self.seed}/{sender}>{receiver}").random
        # Always six draws, so that the n-th message has the same luck whatever the profile.
        draw = self._links[link]
        loss, twice, held, delay, second, long = draw(), draw(), draw(), draw(), draw(), draw()
        now = self.profile
        if loss < now.loss:
            return []
        spread_s = now.delay_max_s - now.delay_min_s
        first_s = now.delay_min_s + delay * spread_s
        if held < now.reorder:
            first_s += long * now.held_back_s
        return [first_s, now.delay_min_s + second * spread_s] if twice < now.duplicate else [first_s]

    def is_cut(self, sender: str, receiver: str) -> bool:
        """Return whether nothing passes from `sender` to `receiver`."""
        return (sender, receiver) in self.cut


def links_between(ids: Iterable[str], sides: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """Return every link between nodes of different sides; a node on no side is alone."""
    side = {id: number for number, members in enumerate(sides) for id in members}
    return [(a, b) for a, b in permutations(ids, 2) if a not in side or side[a] != side.get(b)]
