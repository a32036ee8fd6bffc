"""Asks a real promtool whether alerting rules have the states that are claimed."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is not installed (Debian's package prometheus)"
)


class Claim(NamedTuple):
    """When a rule's result is there, its times in seconds, and the state after each evaluation."""

    there: Sequence[bool]
    for_s: int
    keep_s: int
    states: Sequence[str]


def complaint(claims: Sequence[Claim], interval_s: int, folder: Path) -> str:
    """Return what promtool finds wrong with the claims, "" when it agrees with all."""
    rules, series, expected = [], [], []
    for number, claim in enumerate(claims):
        name = f"Rule{number}"
        rule = {"alert": name, "expr": f"m{number} > 0", "for": f"{claim.for_s}s"}
        rules.append(rule | ({"keep_firing_for": f"{claim.keep_s}s"} if claim.keep_s else {}))
        values = " ".join("1" if one else "0" for one in claim.there)
        series.append({"series": f'm{number}{{i="a"}}', "values": values})
        for count, state in enumerate(claim.states):
            labels = f'ALERTS{{alertname="{name}",alertstate="{state}",i="a"}}'
            samples = [] if state == "inactive" else [{"labels": labels, "value": 1}]
            expr = f'ALERTS{{alertname="{name}"}}'
            expected.append({"expr": expr, "eval_time": f"{count * interval_s}s", "exp_samples": samples})
    interval = f"{interval_s}s"
    test = {"interval": interval, "input_series": series, "promql_expr_test": expected}
    asked = {"rule_files": ["rules.yml"], "evaluation_interval": interval, "tests": [test]}
    (folder / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "g", "rules": rules}]}), "utf-8")
    (folder / "test.yml").write_text(yaml.safe_dump(asked), "utf-8")
    done = subprocess.run(
        ["promtool", "test", "rules", "test.yml"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr
