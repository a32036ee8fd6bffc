"""Every wrong Raft is caught by the stage meant for it, by the rule that names its bug."""

import pytest

from insideout.raft.scenarios import STAGES
from tests.insideout.raft.hunt import findings
from tests.insideout.raft.mutants import MUTANTS
from tests.insideout.raft.reference import names, source


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_stage_meant_for_a_bug_names_the_rule_it_breaks(mutant, record_property):
    found = []
    for broken in findings(mutant.stage, mutant.build(source())):
        found.append(broken.rule)
        if broken.rule is mutant.rule:
            assert broken.what
            record_property("caught by", f"{mutant.stage}: {broken.rule.value}")
            return
    pytest.fail(f"{mutant.bug}: expected {mutant.rule}, found {found}")


def test_there_are_at_least_thirty_wrong_rafts_and_each_has_its_own_name_and_text():
    assert len(MUTANTS) >= 30
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert len({mutant.source(source()) for mutant in MUTANTS}) == len(MUTANTS)


def test_every_stage_has_wrong_rafts():
    assert {mutant.stage for mutant in MUTANTS} == {"vote", *STAGES}


@pytest.mark.parametrize("stage", ["vote", *STAGES])
def test_no_stage_finds_anything_in_the_reference(stage):
    assert list(findings(stage, names())) == []
