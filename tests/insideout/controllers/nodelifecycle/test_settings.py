"""Flags of kube-controller-manager become settings."""

import pytest

from insideout.controllers.nodelifecycle.settings import Settings


def test_durations_and_numbers() -> None:
    """As the flags are written."""
    flags = {
        "node-monitor-grace-period": "1m30.5s",
        "node-eviction-rate": 0.5,
        "node-monitor-period": "500ms",
    }
    settings = Settings.from_flags(flags)
    assert (settings.monitor_grace_period_s, settings.eviction_qps, settings.monitor_period_s) == (
        90.5,
        0.5,
        0.5,
    )
    assert settings.startup_grace_period_s == 60


@pytest.mark.parametrize("flags", [{"pod-eviction-timeout": "5m"}, {"node-monitor-period": "5 s"}])
def test_what_is_no_flag_or_no_duration_is_refused(flags: dict[str, str]) -> None:
    """--pod-eviction-timeout is gone since 1.27."""
    with pytest.raises(ValueError, match=r"pod-eviction-timeout|5 s"):
        Settings.from_flags(flags)
