from insideout.scheduler.profile import DEFAULT_FILTERS, DEFAULT_SCORES


def test_filters_run_in_the_order_of_the_default_profile() -> None:
    """The first objection is the one reported, so the order shows in messages."""
    assert [each.NAME for each in DEFAULT_FILTERS] == [
        "NodeUnschedulable",
        "NodeName",
        "TaintToleration",
        "NodeAffinity",
        "NodePorts",
        "NodeResourcesFit",
        "VolumeRestrictions",
        "VolumeBinding",
        "PodTopologySpread",
        "InterPodAffinity",
        "DynamicResources",
    ]


def test_scores_have_their_default_weights() -> None:
    """Taints weigh three times, what pods ask for twice."""
    assert {plugin.NAME: weight for plugin, weight in DEFAULT_SCORES} == {
        "TaintToleration": 3,
        "NodeAffinity": 2,
        "NodeResourcesFit": 1,
        "PodTopologySpread": 2,
        "InterPodAffinity": 2,
        "DynamicResources": 2,
        "NodeResourcesBalancedAllocation": 1,
        "ImageLocality": 1,
    }
