import pytest

from insideout.apiserver.server import ApiServer
from insideout.client import ApiError, Object, UnreachableError
from insideout.client.leaderelection import LEASES, LeaderElector, may_acquire
from insideout.client.local import LocalClient
from insideout.sim.loop import Loop


class Cut(LocalClient):
    """A client whose server can be out of reach."""

    away = False

    def update(
        self, resource: str, obj: Object, namespace: str | None = None, *, subresource: str = ""
    ) -> Object:
        """Replace, unless the server is away."""
        self._reach()
        return super().update(resource, obj, namespace, subresource=subresource)

    def get(self, resource: str, name: str, namespace: str | None = None, *, subresource: str = "") -> Object:
        """Read, unless the server is away."""
        self._reach()
        return super().get(resource, name, namespace, subresource=subresource)

    def _reach(self) -> None:
        if self.away:
            raise UnreachableError("no route to the API server")


class Setting:
    """Candidates, and a diary of who began and ceased to lead when."""

    def __init__(self, *identities: str) -> None:
        self.loop = Loop()
        self.server = ApiServer(self.loop)
        self.clients = {each: Cut(self.server, each) for each in identities}
        self.diary: list[tuple[float, str, str]] = []
        self.electors = {each: self._elector(each) for each in identities}

    def _elector(self, identity: str) -> LeaderElector:
        def note(what: str) -> None:
            self.diary.append((self.loop.now_s, identity, what))

        return LeaderElector(
            self.clients[identity],
            self.loop,
            identity,
            name="thing",
            on_started=lambda: note("leads"),
            on_stopped=lambda: note("stops"),
        )

    def lease(self) -> Object:
        """Return the Lease's spec."""
        return dict(LocalClient(self.server).get(LEASES, "thing", "kube-system")["spec"])


def begun(*identities: str) -> Setting:
    """Return candidates of whom the first leads since the beginning."""
    setting = Setting(*identities)
    for each in identities:
        setting.electors[each].start()
    setting.loop.run(1)
    return setting


def test_one_of_several_leads() -> None:
    """The first that writes the Lease; the others see who it is."""
    setting = begun("a", "b", "c")
    setting.loop.run(60)
    assert [(who, what) for _, who, what in setting.diary] == [("a", "leads")]
    assert {each.leader for each in setting.electors.values()} == {"a"}
    assert setting.lease()["holderIdentity"] == "a"
    assert setting.lease()["leaseTransitions"] == 0


def test_a_leader_that_crashes_is_followed_after_the_lease_has_run_out() -> None:
    """No sooner than 15 seconds after its last renewal, and within the next tries."""
    setting = begun("a", "b")
    setting.loop.run(9.5)  # the last renewal is at 10 s
    setting.electors["a"].stop(release=False)
    setting.loop.run(60)
    when_s = next(when_s for when_s, who, what in setting.diary if (who, what) == ("b", "leads"))
    assert 25 <= when_s <= 10 + 4.4 + 15 + 4.4
    assert setting.lease()["leaseTransitions"] == 1


def test_a_leader_that_leaves_in_good_order_is_followed_at_once() -> None:
    """The Lease is released: the next try of another takes it."""
    setting = begun("a", "b")
    setting.loop.run(9)
    setting.electors["a"].stop()
    assert setting.lease()["holderIdentity"] == ""
    setting.loop.run(4.5)
    assert setting.electors["b"].is_leader


def test_a_leader_cut_off_ceases_before_another_begins() -> None:
    """It gives up after ten seconds of trying; the others wait fifteen."""
    setting = begun("a", "b")
    setting.clients["a"].away = True
    setting.loop.run(60)
    (stopped_s,) = (when_s for when_s, who, what in setting.diary if (who, what) == ("a", "stops"))
    (began_s,) = (when_s for when_s, who, what in setting.diary if (who, what) == ("b", "leads"))
    assert stopped_s == pytest.approx(12, abs=0.01)
    assert began_s >= stopped_s
    assert began_s >= 15


def test_a_short_cut_does_not_matter() -> None:
    """The leader is back before its deadline."""
    setting = begun("a", "b")
    setting.clients["a"].away = True
    setting.loop.run(8)
    setting.clients["a"].away = False
    setting.loop.run(60)
    assert [(who, what) for _, who, what in setting.diary] == [("a", "leads")]


def test_what_the_lease_says_about_time_is_not_compared_with_the_clock() -> None:
    """A holder whose clock is an hour behind keeps its Lease as long as it renews."""
    setting = Setting("b")
    writer = LocalClient(setting.server)
    spec = {"holderIdentity": "slow", "leaseDurationSeconds": 15, "renewTime": "2025-12-31T23:00:00.000000Z"}
    writer.create(LEASES, {"metadata": {"name": "thing"}, "spec": spec}, "kube-system")
    setting.electors["b"].start()
    for minute in range(1, 4):
        setting.loop.run(10)
        lease = writer.get(LEASES, "thing", "kube-system")
        lease["spec"]["renewTime"] = f"2025-12-31T23:0{minute}:00.000000Z"
        writer.update(LEASES, lease, "kube-system")
    assert setting.diary == []
    setting.loop.run(25)
    assert setting.electors["b"].is_leader


def test_of_two_simultaneous_updates_one_fails() -> None:
    """The API server refuses the one that read an older version."""
    setting = begun("a")
    client = LocalClient(setting.server)
    one, two = (client.get(LEASES, "thing", "kube-system") for _ in range(2))
    one["spec"]["holderIdentity"] = "one"
    client.update(LEASES, one, "kube-system")
    two["spec"]["holderIdentity"] = "two"
    with pytest.raises(ApiError) as refused:
        client.update(LEASES, two, "kube-system")
    assert refused.value.code == 409


@pytest.mark.parametrize(
    ("now_s", "holder", "allowed"),
    [(10, "", True), (10, "me", True), (24.9, "other", False), (25, "other", True)],
)
def test_a_lease_may_be_taken_when_free_ones_own_or_run_out(now_s: float, holder: str, allowed: bool) -> None:
    """Seen at 10, good for 15 seconds."""
    assert may_acquire(now_s, 10, 15, holder, "me") is allowed
