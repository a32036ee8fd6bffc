"""Whoever watches a prefix is told of each change below it, once, in the order in which prefixes came."""

from hypothesis import given
from hypothesis import strategies as st

from insideout.store.watchers import Watchers

PREFIXES = ("/", "/a", "/a/", "/a/b", "/a/b/", "/a/b/c", "/ab/", "/c/", "")
KEYS = ("/a", "/a/b", "/a/b/c", "/a/b/cd", "/ab/c", "/c/d/e", "x")


class Watcher:
    """Writes its name where it is told something."""

    def __init__(self, told: list[str], name: str) -> None:
        self.name = name
        self._told = told

    def notify(self) -> None:
        """Write the name."""
        self._told.append(self.name)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("watch"), st.sampled_from(PREFIXES)),
        st.tuples(st.just("stop"), st.sampled_from(PREFIXES)),
        st.tuples(st.just("change"), st.lists(st.sampled_from(KEYS), min_size=1, max_size=2)),
    ),
    max_size=30,
)


@given(STEPS)
def test_told_of_every_prefix_and_of_nothing_else(steps: list[tuple[str, str | list[str]]]) -> None:
    """What is remembered of folders follows every prefix that comes and goes."""
    told: list[str] = []
    watchers: Watchers[Watcher] = Watchers()
    model: dict[str, list[Watcher]] = {}
    for number, (step, what) in enumerate(steps):
        if step == "change":
            told.clear()
            watchers.notify(what)
            concerned = [p for p in model if any(key.startswith(p) for key in what)]
            assert told == [watcher.name for prefix in concerned for watcher in model[prefix]]
        elif step == "watch":
            watcher = Watcher(told, f"{number}")
            watchers.add(str(what), watcher)
            model.setdefault(str(what), []).append(watcher)
        elif str(what) in model:
            watcher = model[str(what)].pop(0)
            watchers.remove(str(what), watcher)
            watchers.remove(str(what), watcher)
            if not model[str(what)]:
                del model[str(what)]
        assert list(watchers) == [each for group in model.values() for each in group]
