"""Labels are read as a policy, and what is wrong with them is told."""

from insideout.apiserver.podsecurity.policy import LATEST, LEVELS, PREFIX, Policy, Standard, is_set, policy_of


def read(**labels: str) -> tuple[Policy, list[str]]:
    given = {PREFIX + label.replace("_", "-"): value for label, value in labels.items()}
    policy, causes = policy_of(given)
    return policy, [f"{cause.field}: {cause.message}" for cause in causes]


def test_a_namespace_without_labels_demands_nothing() -> None:
    """Other labels do not count."""
    assert policy_of({}) == (Policy(), [])
    assert not is_set({"kubernetes.io/metadata.name": "x"})
    assert is_set({PREFIX + "warn": "baseline"})


def test_what_is_enforced_is_also_warned_of() -> None:
    """As long as no label says what to warn of, and the level is the stricter one."""
    assert read(enforce="baseline", enforce_version="v1.30")[0].warn == Standard("baseline", 30)
    assert read(enforce="baseline", enforce_version="v1.30", warn_version="v1.20")[0].warn == Standard(
        "baseline", 20
    )
    assert read(enforce="baseline", warn="privileged")[0].warn == Standard("privileged")
    assert read(enforce="baseline", warn="restricted")[0].warn == Standard("restricted")


def test_wrong_labels_enforce_all_and_warn_of_nothing() -> None:
    """Each has its cause."""
    policy, causes = read(enforce="strict", enforce_version="1.30", warn="strict", audit_version="v2.0")
    assert policy == Policy(Standard("restricted", LATEST), Standard("privileged"))
    assert causes == [
        f'metadata.labels[{PREFIX}enforce]: Invalid value: "strict": must be one of privileged, baseline, '
        "restricted",
        f'metadata.labels[{PREFIX}enforce-version]: Invalid value: "1.30": must be "latest" or "v1.x"',
        f'metadata.labels[{PREFIX}audit-version]: Invalid value: "v2.0": must be "latest" or "v1.x"',
        f'metadata.labels[{PREFIX}warn]: Invalid value: "strict": must be one of {", ".join(LEVELS)}',
    ]


def test_a_standard_is_written_as_level_and_version() -> None:
    """The newest has no number."""
    assert str(Standard("baseline")) == "baseline:latest"
    assert str(Standard("restricted", 30)) == "restricted:v1.30"
