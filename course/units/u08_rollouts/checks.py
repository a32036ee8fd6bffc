"""Checks of lesson 08_rollouts: what a release does, from rounding to configuration."""

from typing import Any

from course.checks import examples
from course.checks.place import Place
from course.checks.report import Cases, Show, grade
from course.units.u08_rollouts import canary as rollouts_canary
from course.units.u08_rollouts import cases as rollouts_cases
from course.units.u08_rollouts import config as rollouts_config
from course.units.u08_rollouts import live as rollouts_live
from course.units.u08_rollouts import recorded as rollouts_records
from course.units.u08_rollouts import switch as rollouts_switch
from course.units.u08_rollouts import unseen as rollouts_random
from course.units.u08_rollouts.misconceptions import KNOWN, fenceposts

_FENCEPOSTS_DOC = Place(
    "2. How far a rolling update may stray",
    "pkg/controller/deployment/util/deployment_util.go (ResolveFenceposts)",
)
_STEP_DOC = Place(
    "The rules of a step", "pkg/controller/deployment/rolling.go, util/deployment_util.go (NewRSNewReplicas)"
)
_SCALE_DOC = Place(
    "7. Further: scaling in the middle",
    "pkg/controller/deployment/sync.go (scale), util/deployment_util.go (getReplicaSetFraction)",
)
_SWITCH_DOC = Place(
    "8. Further: blue-green, the switch is yours",
    "pkg/controller/deployment/util/deployment_util.go (DeploymentComplete)",
)
_CANARY_DOC = Place(
    "9. Further: canary, who gets the share?", "gateway-api.sigs.k8s.io/guides/traffic-splitting"
)
_CONFIG_DOC = Place(
    "5. What a changed ConfigMap does",
    "kubernetes.io/docs/concepts/configuration/configmap, section on mounted ConfigMaps",
)


def fenceposts_told(told: Any, *, points: float) -> float:
    """Check the learner's examples of `fenceposts(replicas, max_surge, max_unavailable)`."""
    return examples.grade(
        "my_fenceposts",
        told,
        fenceposts,
        KNOWN["fenceposts"],
        points=points,
        read=_FENCEPOSTS_DOC,
        refuse=rollouts_cases.no_fenceposts,
    )


def fenceposts_examples(function: Any, *, points: float) -> float:
    """Check `fenceposts(replicas, max_surge, max_unavailable)`, a rule at a time."""
    cases, show = rollouts_cases.fenceposts_cases(), rollouts_cases.show_fenceposts
    return _grade("fenceposts", function, cases, points, _FENCEPOSTS_DOC, show)


def fenceposts_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `fenceposts` on numbers drawn with `seed`."""
    cases, show = rollouts_random.fenceposts_cases(seed), rollouts_cases.show_fenceposts
    return _grade("fenceposts", function, cases, points, _FENCEPOSTS_DOC, show)


def step_examples(function: Any, *, points: float) -> float:
    """Check `rolling_step(replicas, surge, unavailable, rss)` on a few ReplicaSets, a rule at a time."""
    cases, show = rollouts_cases.step_cases(), rollouts_cases.show_step
    return _grade("rolling_step", function, cases, points, _STEP_DOC, show)


def step_records(function: Any, *, points: float) -> float:
    """Check `rolling_step` against every transition of the recorded rolling updates."""
    cases, show = rollouts_records.step_cases(), rollouts_cases.show_step
    return _grade("rolling_step", function, cases, points, _STEP_DOC, show)


def step_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `rolling_step` on states drawn with `seed`."""
    cases, show = rollouts_random.step_cases(seed), rollouts_cases.show_step
    return _grade("rolling_step", function, cases, points, _STEP_DOC, show)


def step_at_work(function: Any, *, points: float) -> float:
    """Check `rolling_step` as a cluster's Deployment controller, by what a client sees of its rollouts."""
    cases, show = rollouts_live.cases(), rollouts_live.show
    live = rollouts_live.at_work(function) if callable(function) else function
    return grade("rolling_step", live, cases, points=points, read=_STEP_DOC, show=show)


def scale_examples(function: Any, *, points: float) -> float:
    """Check `scale_proportionally(rss, replicas, surge, status_replicas)`, a rule at a time."""
    cases, show = rollouts_cases.scale_cases(), rollouts_cases.show_scale
    return _grade("scale_proportionally", function, cases, points, _SCALE_DOC, show)


def scale_records(function: Any, *, points: float) -> float:
    """Check `scale_proportionally` against the recorded rollouts that were scaled."""
    cases, show = rollouts_records.scale_cases(), rollouts_cases.show_scale
    return _grade("scale_proportionally", function, cases, points, _SCALE_DOC, show)


def scale_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `scale_proportionally` on ReplicaSets drawn with `seed`."""
    cases, show = rollouts_random.scale_cases(seed), rollouts_cases.show_scale
    return _grade("scale_proportionally", function, cases, points, _SCALE_DOC, show)


def switch_audit(function: Any, *, points: float) -> float:
    """Check `switch_service(api, svc, colour)` by what it writes to an API server."""
    cases, show = rollouts_switch.cases(), rollouts_switch.show
    audited = rollouts_switch.audited(function) if callable(function) else function
    return _grade("switch_service", audited, cases, points, _SWITCH_DOC, show)


def canary_examples(function: Any, *, points: float) -> float:
    """Check `canary_weights(ready, weights)`, a rule at a time."""
    cases, show = rollouts_canary.cases(), rollouts_canary.show
    return _grade("canary_weights", function, cases, points, _CANARY_DOC, show)


def config_examples(function: Any, *, points: float) -> float:
    """Check `config_effect(pod_spec, configmap, key)`, a rule at a time."""
    cases, show = rollouts_config.cases(), rollouts_config.show
    return _grade("config_effect", function, cases, points, _CONFIG_DOC, show)


def config_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `config_effect` on pods drawn with `seed`."""
    cases, show = rollouts_config.random_cases(seed), rollouts_config.show
    return _grade("config_effect", function, cases, points, _CONFIG_DOC, show)


def _grade(name: str, function: Any, cases: Cases, points: float, read: Place, show: Show) -> float:
    known = KNOWN[name]
    return grade(name, function, cases, points=points, read=read, show=show, misconceptions=known)
