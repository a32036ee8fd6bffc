"""Fields whose features are off are dropped, from pods and templates, unless they are in use."""

import copy
from typing import Any

from insideout.apiserver.objects.pods import disabled

Object = dict[str, Any]
SPEC: Object = {
    "schedulingGroup": {"podGroupName": "g"},
    "containers": [
        {"name": "a", "lifecycle": {"stopSignal": "SIGUSR1"}},
        {"name": "b", "lifecycle": {"stopSignal": "SIGUSR1", "preStop": {}}},
        {"name": "c"},
    ],
    "volumes": [
        {"name": "v", "projected": {"sources": [{"clusterTrustBundle": {"name": "x", "path": "p"}}]}},
        {"name": "w", "projected": {"sources": [{"podCertificate": {"signerName": "s"}, "secret": {}}]}},
        {"name": "e", "emptyDir": {}},
    ],
}


def test_what_is_off_is_dropped() -> None:
    spec = copy.deepcopy(SPEC)
    disabled.drop(spec, None)
    assert spec == {
        "containers": [{"name": "a"}, {"name": "b", "lifecycle": {"preStop": {}}}, {"name": "c"}],
        "volumes": [
            {"name": "v", "projected": {"sources": [{}]}},
            {"name": "w", "projected": {"sources": [{"secret": {}}]}},
            {"name": "e", "emptyDir": {}},
        ],
    }


def test_what_is_in_use_stays() -> None:
    spec = copy.deepcopy(SPEC)
    disabled.drop(spec, SPEC)
    assert spec == SPEC
