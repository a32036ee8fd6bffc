"""Exploring small groups in full finds the shortest way in which a rule fails."""

from insideout.raft.broken import Rule
from insideout.raft.explore import commits, votes
from tests.insideout.raft.reference import names

NAMES = names()


def test_the_reference_answers_every_small_case_as_the_paper_does():
    assert votes.check_cases(NAMES["on_vote"]) == (3600, [])
    assert commits.check_cases(NAMES["commit_index"]) == (5445, [])


def test_the_reference_is_safe_in_every_short_election_and_history():
    assert votes.check_elections(NAMES["on_vote"])[1] is None
    assert commits.check_histories(NAMES["commit_index"])[1] is None


def test_counting_old_terms_is_refuted_by_a_history_like_figure_8():
    def count_only(match, log_terms, term, commit):
        return max(commit, sorted(match)[len(match) // 2])

    _, broken = commits.check_histories(count_only)
    assert broken.rule is Rule.LEADER_COMPLETENESS
    assert broken.what.count(" leads term ") == 4
    assert "commits entry 1; n1 leads term 4" in broken.what


def test_voting_twice_gives_two_leaders_after_four_answers():
    def again_and_again(state, request):
        return NAMES["on_vote"]({**state, "vote": None}, request)

    _, broken = votes.check_elections(again_and_again)
    assert broken.rule is Rule.ELECTION_SAFETY
    assert broken.what.count("is asked by") == 4


def test_an_answer_of_the_wrong_form_ends_the_search_with_the_call():
    count, (broken,) = votes.check_cases(lambda state, request: True)
    assert (count, broken.rule) == (1, Rule.CONTRACT)
    count, (broken,) = commits.check_cases(lambda *case: 99)
    assert (count, broken.rule) == (1, Rule.CONTRACT)


def test_no_rule_of_the_vote_can_be_met_by_one_answer():
    answers = {}
    for state, request in votes.cases():
        rule, expected, granted = votes.judge(state, request)
        answers.setdefault(rule, set()).add(str((expected, granted)))
    assert min(map(len, answers.values())) > 1
