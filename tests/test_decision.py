from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from napari_mrseq.conflict import decision_in_conflict, in_conflict, support
from napari_mrseq.decision import Decision, aggregate, decide
from napari_mrseq.header import HeaderClaim
from napari_mrseq.header.claim import claim_from
from napari_mrseq.header.sequence_attributes import SequenceAttributes
from napari_mrseq.model.card import Calibration
from napari_mrseq.witnesses import join

DENIAL = Calibration().denial
SURE_T2 = {"T1": 0.01, "T1C": 0.01, "T2": 0.95, "FLAIR": 0.02, "UNKNOWN": 0.01}
TORN_T1 = {"T1": 0.48, "T1C": 0.46, "T2": 0.02, "FLAIR": 0.02, "UNKNOWN": 0.02}
LOST = {"T1": 0.25, "T1C": 0.05, "T2": 0.3, "FLAIR": 0.3, "UNKNOWN": 0.1}


def test_a_sure_network_names_the_sequence():
    decision = decide(SURE_T2, threshold=0.5)
    assert (decision.sequence, decision.resolved) == ("T2", "member")
    assert decision.confidence == pytest.approx(0.95)


def test_two_members_that_cannot_be_told_apart_are_called_by_their_family():
    decision = decide(TORN_T1, threshold=0.5)
    assert (decision.sequence, decision.family, decision.resolved) == ("T1", "T1", "family")
    assert decision.confidence == pytest.approx(0.94)


def test_what_may_be_a_localizer_or_other_mr_is_called_no_field_map():
    torn = {"T1": 0.02, "FIELDMAP": 0.08, "LOCALIZER": 0.45, "OTHER": 0.45}
    decision = decide(torn, threshold=0.5)
    assert (decision.sequence, decision.resolved) == ("OTHER", "family")


def test_a_family_split_over_its_members_wins_against_a_single_rival():
    torn = {"T1": 0.3, "T1C": 0.3, "T2": 0.4, "UNKNOWN": 0.0}
    assert decide(torn, threshold=0.5).family == "T1"


def test_below_the_threshold_the_answer_is_unknown():
    decision = decide(LOST, threshold=0.5)
    assert (decision.sequence, decision.resolved) == ("UNKNOWN", "unknown")
    assert decision.confidence == pytest.approx(0.3)


def test_a_member_is_named_by_its_share_of_its_family_not_of_all():
    decision = decide({"T1": 0.45, "T1C": 0.1, "T2": 0.25, "FLAIR": 0.2}, threshold=0.5)
    assert (decision.sequence, decision.resolved) == ("T1", "member")


def test_a_threshold_above_what_is_ever_shown_leaves_nothing_named():
    assert decide({"T1": 1.0, "T2": 0.0}, threshold=0.99).sequence == "T1"
    assert decide({"T1": 1.0, "T2": 0.0}, threshold=0.995).sequence == "UNKNOWN"


def test_nothing_is_certain():
    assert decide({"T1": 1.0, "T2": 0.0}, threshold=0.5).confidence < 1
    assert join({"T1": 1.0, "T2": 0.0}, HeaderClaim("T1", 0.99), 0.5).confidence < 1


def test_what_is_no_known_kind_is_unknown_however_sure():
    assert decide({"T1": 0.1, "UNKNOWN": 0.9}, 0.5) == Decision("UNKNOWN", 0.9, "unknown")


def test_a_black_slice_votes_nothing():
    rows = np.array([[0.9, 0.1], [0.01, 0.99]])
    volumes = np.zeros(2)
    joined = aggregate(rows, np.array([0.5, 0.0]), volumes, temperature=1.0)
    assert joined == pytest.approx([0.9, 0.1])


def test_a_stack_of_black_slices_still_gets_a_distribution():
    joined = aggregate(np.array([[0.6, 0.4]]), np.zeros(1), np.zeros(1), temperature=1.0)
    assert joined == pytest.approx([0.6, 0.4])


def test_agreeing_slices_do_not_hide_a_second_contrast_in_another_volume():
    rows = np.array([[0.99, 0.01], [0.99, 0.01], [0.01, 0.99], [0.01, 0.99]])
    joined = aggregate(rows, np.ones(4), np.array([0, 0, 1, 1]), temperature=1.0)
    assert joined == pytest.approx([0.5, 0.5])


def test_a_blank_volume_among_others_votes_nothing():
    rows = np.array([[0.5, 0.5], [0.9, 0.1]])
    joined = aggregate(rows, np.array([0.0, 1.0]), np.array([0, 1]), temperature=1.0)
    assert joined == pytest.approx([0.9, 0.1])


def test_what_one_slice_rules_out_the_others_can_still_say():
    rows = np.array([[1.0, 0.0], [0.01, 0.99], [0.01, 0.99], [0.01, 0.99], [0.01, 0.99]])
    assert aggregate(rows, np.ones(5), np.zeros(5), temperature=1.0).argmax() == 1


def test_a_model_that_is_too_sure_is_softened():
    rows = np.array([[0.9, 0.1]])
    soft, sharp = (aggregate(rows, np.ones(1), np.zeros(1), heat)[0] for heat in (2.0, 0.5))
    assert 0.5 < soft < 0.9 < sharp


@pytest.mark.parametrize("others", [{"T1": 0.2}, {"T1": 0.1, "T1C": 0.1}])
def test_a_header_that_agrees_raises_the_confidence(others):
    unsure = {**others, "T2": 0.7, "FLAIR": 0.1}
    claim = HeaderClaim("T2", 0.85, ("TR 4000 ms, TE 90 ms",))
    assert join(unsure, claim, threshold=0.5).confidence > 0.7
    assert not in_conflict(unsure, claim, DENIAL)


def test_a_header_that_contradicts_lowers_the_confidence_and_is_a_conflict():
    claim = HeaderClaim("T1", 0.9, ("TR 500 ms, TE 10 ms",))
    assert in_conflict(SURE_T2, claim, DENIAL)
    assert join(SURE_T2, claim, threshold=0.5).confidence < 0.95


def test_an_unsure_network_accuses_no_header():
    assert not in_conflict(LOST, HeaderClaim("T1", 0.9), DENIAL)


def test_what_the_network_does_not_deny_is_no_conflict():
    torn = {"T1": 0.01, "T2": 0.55, "FLAIR": 0.44, "UNKNOWN": 0.0}
    assert not in_conflict(torn, HeaderClaim("FLAIR", 0.9), DENIAL)
    assert in_conflict(torn, HeaderClaim("T1", 0.9), DENIAL)


def test_a_family_is_no_more_likely_for_having_many_members():
    spread = {"T1": 0.04, "T1C": 0.04, "T2": 0.86, "FLAIR": 0.04, "UNKNOWN": 0.02}
    assert support(spread, "T1") == pytest.approx(support(spread, "FLAIR"))
    assert in_conflict(spread, HeaderClaim("T1", 0.9), denial=0.05)
    assert not in_conflict(spread, HeaderClaim("T1", 0.9), denial=0.05, denials={"T1": 0.001})
    assert in_conflict(spread, HeaderClaim("T1", 0.9), denial=0.001, denials={"T1": 0.05})


def test_what_the_pixels_say_themselves_is_never_denied():
    torn = {"T1": 0.21, "T1C": 0.21, "T2": 0.4, "FLAIR": 0.18, "PD": 0.0, "DWI": 0.0, "ADC": 0.0}
    assert decide(torn, threshold=0.3).family == "T1"
    assert support(torn, "T1") == 1.0


def test_nothing_is_named_that_is_no_likelier_than_by_chance():
    # An imported network of two classes has no threshold of its own.
    assert decide({"T1": 0.5, "T2": 0.5}, threshold=0.5).sequence == "UNKNOWN"
    assert decide({"T1": 0.53, "T2": 0.47}, threshold=0.5).sequence == "T1"


def test_a_network_that_is_wholly_sure_of_knowing_nothing_denies_nothing():
    lost = {"T1": 0.0, "T2": 0.0, "UNKNOWN": 1.0}
    assert support(lost, "T1") == support(lost, "T2") == 1.0


def test_doubt_whether_it_is_known_at_all_is_no_doubt_of_the_header():
    doubted = {"T1": 0.1, "T2": 0.4, "FLAIR": 0.0, "UNKNOWN": 0.5}
    assert support(doubted, "T1") == pytest.approx(0.2)
    assert in_conflict(doubted, HeaderClaim("FLAIR", 0.9), DENIAL)
    # What the pixels show best is theirs to name, though nothing known is likelier still.
    assert decision_in_conflict(Decision("T2", 0.6, "member"), doubted).sequence == "T2"


def test_description_that_the_tags_do_not_bear_out_is_held_against_the_pixels():
    lying = HeaderClaim("T2", 0.8, named=("T1",))
    assert in_conflict(SURE_T2, lying, DENIAL)
    assert not in_conflict(SURE_T2, HeaderClaim("T2", 0.8, named=("T1", "T2")), DENIAL)
    assert not in_conflict(SURE_T2, HeaderClaim("T2", 0.8, named=("LOCALIZER",)), DENIAL)
    assert in_conflict(SURE_T2, HeaderClaim("UNKNOWN", 0.5, named=("FLAIR",)), DENIAL)


def test_a_header_that_is_hardly_sure_itself_is_not_accused():
    assert not in_conflict(SURE_T2, HeaderClaim("T1", 0.4), DENIAL)
    assert in_conflict(SURE_T2, HeaderClaim("T1", 0.5), DENIAL)


def test_a_header_that_contradicts_itself_is_accused_sooner():
    doubted = {"T1": 0.15, "T2": 0.84, "UNKNOWN": 0.01}
    assert not in_conflict(doubted, HeaderClaim("T1", 0.9, named=("T1",)), denial=0.05)
    assert in_conflict(doubted, HeaderClaim("T1", 0.9, named=("FLAIR", "PD")), denial=0.05)


def test_an_image_in_opposed_phase_must_be_denied_more_clearly():
    doubted = {"T1": 0.02, "T2": 0.95, "FLAIR": 0.02, "UNKNOWN": 0.01}
    usual, opposed = (HeaderClaim("T1", 0.9, atypical=flag) for flag in (False, True))
    assert in_conflict(doubted, usual, DENIAL)
    assert not in_conflict(doubted, opposed, DENIAL)
    assert in_conflict({"T1": 0.001, "T2": 0.999}, opposed, DENIAL)
    # Where the pixels don't deny it, the header decides: no other word without a conflict.
    assert join(doubted, opposed, 0.5).sequence == "T1"


def test_where_nothing_is_shown_no_header_is_accused():
    classes = ("T1", "T1C", "T2", "FLAIR", "PD", "DWI", "B0", "MRA", "UNKNOWN")
    blank = dict.fromkeys(classes, 1 / len(classes))
    assert not in_conflict(blank, HeaderClaim("FLAIR", 0.9, named=("FLAIR",)), denial=0.3)
    # A header that contradicts itself is no more to be judged by a picture that shows nothing.
    assert not in_conflict(blank, HeaderClaim("FLAIR", 0.9, named=("T1",)), denial=0.3)


def test_a_network_that_knows_nothing_of_the_kind_accuses_nobody():
    lost = {"T1": 0.001, "T2": 0.3, "FLAIR": 0.001, "PD": 0.001, "DWI": 0.001, "UNKNOWN": 0.696}
    assert not in_conflict(lost, HeaderClaim("T1", 0.9, named=("T1",)), DENIAL)
    assert not in_conflict(lost, HeaderClaim("UNKNOWN", 0.5), DENIAL)
    assert not in_conflict(SURE_T2, HeaderClaim("UNKNOWN", 0.5), DENIAL)


def test_sharper_pixels_weigh_more_against_a_header():
    claim = HeaderClaim("T1", 0.9)
    soft, sharp = (join(SURE_T2, claim, 0.3, power) for power in (1.0, 2.0))
    assert soft.sequence == sharp.sequence == "T2"
    assert sharp.confidence > soft.confidence


@pytest.mark.parametrize("pixels", [{"T1": 0.3, "T2": 0.7}, {**SURE_T2, "T1": 0.1, "T2": 0.86}])
def test_a_header_no_surer_than_chance_leaves_the_pixels_their_word(pixels):
    claim = HeaderClaim("T1", 1 / len(pixels), agent=False)
    assert join(pixels, claim, 0.5).confidence == pytest.approx(pixels["T2"])


def test_only_the_header_can_tell_what_pixels_cannot():
    decision = join(SURE_T2, HeaderClaim("FIELDMAP", 0.9), threshold=0.5)
    assert decision.sequence == "FIELDMAP"
    assert not in_conflict(SURE_T2, HeaderClaim("FIELDMAP", 0.9), DENIAL)


def test_what_a_network_was_never_taught_is_the_headers_to_name():
    # The old program knew three sequences, and took all else for one of them.
    old = {"T1": 0.02, "T2": 0.96, "FLAIR": 0.02}
    assert join(old, HeaderClaim("DWI", 0.95), 0.5) == Decision("DWI", 0.95, "member")
    assert join(old, HeaderClaim("DWI", 0.4), 0.5).sequence == "T2"
    assert join(SURE_T2, HeaderClaim("DWI", 0.7), 0.5).sequence == "DWI"
    # Classes of a user's own may be what the header calls otherwise.
    knee = {"MEDIAL": 0.9, "LATERAL": 0.05, "T1": 0.05}
    assert join(knee, HeaderClaim("PD", 0.9), 0.5).sequence == "MEDIAL"
    assert join(knee, HeaderClaim("T1C", 0.9), 0.5).sequence == "MEDIAL"
    for claim in (HeaderClaim("T1C", 0.9), HeaderClaim("SWI", 0.9), HeaderClaim("UNKNOWN", 0.5)):
        assert not in_conflict(knee, claim, DENIAL)
    assert join(knee, HeaderClaim("LOCALIZER", 0.9), 0.5).sequence == "LOCALIZER"


def test_an_agent_that_a_tag_alone_tells_is_not_believed_against_pixels_that_show_none():
    tags = SequenceAttributes(
        techniques={"spin echo": "SE"},
        repetition_time=500.0,
        echo_time=10.0,
        agent=True,
        description="T1",
    )
    stale, told = claim_from(tags), claim_from(replace(tags, description="T1 post Gd"))
    others = dict.fromkeys(("T2", "FLAIR", "PD", "DWI", "B0", "ADC", "MRA", "UNKNOWN"), 0.00625)
    native, shown = {"T1": 0.85, "T1C": 0.1}, {"T1": 0.4, "T1C": 0.55}
    assert (stale.sequence, told.sequence) == ("T1C", "T1C")
    assert join(native | others, stale, 0.5).resolved == "family"
    assert join(native | others, told, 0.5).resolved == "member"
    # Where the pixels show it as well, the tag is enough.
    assert join(shown | others, stale, 0.5).resolved == "member"


def test_a_header_that_does_not_mention_an_agent_leaves_it_to_the_pixels():
    clear = {"T1": 0.02, "T1C": 0.97, "T2": 0.01}
    likely = {"T1": 0.1, "T1C": 0.89, "T2": 0.01}
    silent, native = HeaderClaim("T1", 0.95), HeaderClaim("T1", 0.95, agent=False)
    assert (join(clear, silent, 0.5).sequence, join(clear, silent, 0.5).resolved) == (
        "T1C",
        "member",
    )
    assert join(likely, silent, 0.5).resolved == "family"
    # A network of many classes believes no less in an agent that it sees.
    others = dict.fromkeys(("FLAIR", "PD", "DWI", "B0", "ADC", "MRA", "UNKNOWN"), 0.001)
    seen = join({"T1": 0.013, "T1C": 0.97, "T2": 0.01, **others}, silent, 0.5)
    assert (seen.sequence, seen.resolved) == ("T1C", "member")
    # One of these two alone can be asked as well.
    assert join({"T1": 0.02, "T1C": 0.98}, silent, 0.5).sequence == "T1C"
    # Where the header denies an agent, and where the pixels show none, it is a T1 without.
    assert join(likely, native, 0.5).resolved == "member"
    without = join({"T1": 0.7, "T1C": 0.29, "T2": 0.01}, silent, 0.5)
    assert (without.sequence, without.resolved) == ("T1", "member")
    # Nor does silence make a T1 less sure of its family, or of a network without the class.
    torn = {"T1": 0.3, "T1C": 0.1, "T2": 0.6}
    assert join(torn, silent, 0.5).confidence > 0.8
    without = {"T1": 0.4, "T2": 0.6}
    assert join(without, silent, 0.5) == join(without, native, 0.5)


def test_a_guess_from_times_at_what_no_pixels_show_does_not_overrule_sure_pixels():
    guess = HeaderClaim("LOCALIZER", 0.7, ("TR 10 ms, TE 4.6 ms",))
    assert join(SURE_T2, guess, 0.5).sequence == "UNKNOWN"
    # Pixels cannot deny it all the same: a scout may look like any of them.
    assert not in_conflict(SURE_T2, guess, DENIAL)
    # A surer rule, words that bear it out, doubtful pixels, and a network that can't say unknown
    # leave it.
    assert join(SURE_T2, replace(guess, confidence=0.8), 0.5).sequence == "LOCALIZER"
    assert join(SURE_T2, HeaderClaim("PERF", 0.75, named=("PERF",)), 0.5).sequence == "PERF"
    half_sure = {**SURE_T2, "T2": 0.7, "FLAIR": 0.27}
    strange = {"T1": 0.02, "T2": 0.03, "UNKNOWN": 0.95}
    for pixels in (LOST, half_sure, strange):
        assert join(pixels, guess, 0.5).sequence == "LOCALIZER"
    assert join({"T1": 0.02, "T2": 0.98}, guess, 0.5).sequence == "LOCALIZER"


@pytest.mark.parametrize(
    ("claimed", "seen"),
    [("PERF", "T1"), ("PERF", "FLAIR"), ("LOCALIZER", "FLAIR"), ("FIELDMAP", "FLAIR")],
)
def test_a_header_that_claims_what_never_looks_like_its_pixels_is_not_sure(claimed, seen):
    header = HeaderClaim(claimed, 0.97, named=(claimed,))
    pixels = {**dict.fromkeys(("T1", "T2", "FLAIR", "BOLD", "UNKNOWN"), 0.1), seen: 0.6}
    assert join(pixels, header, 0.5) == Decision(claimed, 0.7, "member")
    # Nobody is accused: too few such series are known.
    assert not in_conflict(pixels, header, DENIAL)
    # Whoever wants to be surer is told nothing: the pixels of what they can't tell name no other.
    assert join(pixels, header, 0.75).sequence == "UNKNOWN"
    assert join({**pixels, seen: 0.97}, header, 0.75).sequence == "UNKNOWN"
    # Pixels torn between this and all else, and a network that can't say unknown, tell nothing.
    assert join({**pixels, seen: 0.5}, header, 0.5).confidence == 0.97
    assert join({"T1": 0.1, "FLAIR": 0.1, seen: 0.9}, header, 0.5).confidence == 0.97
    # A claim that was less sure stays as it is.
    assert join(pixels, replace(header, confidence=0.6), 0.5).confidence == 0.6


@pytest.mark.parametrize(
    ("claimed", "seen"),
    [("PERF", "BOLD"), ("LOCALIZER", "T1"), ("FIELDMAP", "T1"), ("OTHER", "FLAIR")],
)
def test_a_header_is_believed_on_what_often_looks_like_its_pixels(claimed, seen):
    pixels = {**dict.fromkeys(("T1", "T2", "FLAIR", "BOLD", "UNKNOWN"), 0.01), seen: 0.96}
    assert join(pixels, HeaderClaim(claimed, 0.97), 0.5) == Decision(claimed, 0.97, "member")


def test_perfusion_by_an_agent_may_look_like_t1_but_not_like_flair():
    header = HeaderClaim("PERF", 0.95, agent=True)
    seen = {"T1": 0.5, "T1C": 0.45, "FLAIR": 0.01, "UNKNOWN": 0.04}
    assert join(seen, header, 0.5).confidence == 0.95
    assert join(seen, replace(header, agent=False), 0.5).confidence == 0.7
    assert join({**seen, "T1": 0.01, "FLAIR": 0.95}, header, 0.5).confidence == 0.7


def test_what_no_pixels_tell_is_held_against_them_as_its_family():
    classes = {"T1": 0.01, "T2STAR": 0.01, "DWI": 0.97, "B0": 0.005, "UNKNOWN": 0.005}
    words = HeaderClaim("SWI", 0.9, named=("SWI", "T2STAR"))
    assert in_conflict(classes, words, DENIAL)
    assert in_conflict(classes, HeaderClaim("SWI", 0.9), DENIAL)
    assert not in_conflict({**classes, "T2STAR": 0.9, "DWI": 0.08}, words, DENIAL)
    # A map of T1 is no T1, a map of diffusion no diffusion image: its other words accuse nobody.
    assert not in_conflict(classes, HeaderClaim("OTHER", 0.85, named=("OTHER", "T1")), DENIAL)
    # Nor does another of those that no pixels tell stand for it, though a network was taught it.
    scouts = {"T1": 0.02, "T2": 0.97, "LOCALIZER": 0.01}
    assert not in_conflict(scouts, HeaderClaim("FIELDMAP", 0.9), DENIAL)
    # What this network alone was not taught it may take for anything.
    assert not in_conflict(SURE_T2, HeaderClaim("B0", 0.9), DENIAL)
    assert not in_conflict({"T2": 0.97, "DWI": 0.01, "T1": 0.02}, HeaderClaim("B0", 0.9), DENIAL)


def test_a_header_that_outweighs_pixels_that_deny_it_is_not_believed():
    denied = decision_in_conflict(Decision("FLAIR", 0.59, "member"), SURE_T2)
    assert (denied.sequence, denied.resolved) == ("UNKNOWN", "unknown")
    for word in (Decision("T2", 0.6, "member"), Decision("UNKNOWN", 0.3, "unknown")):
        assert decision_in_conflict(word, SURE_T2) == word


def test_a_conflict_over_what_a_header_alone_can_tell_lowers_the_confidence():
    doubtful = {"T1": 0.1, "T2": 0.75, "T2STAR": 0.01, "DWI": 0.1, "UNKNOWN": 0.04}
    claim = HeaderClaim("SWI", 0.975, named=("SWI",))
    assert join(doubtful, claim, 0.5) == Decision("SWI", 0.975, "member")
    assert in_conflict(doubtful, claim, DENIAL)
    denied = decision_in_conflict(join(doubtful, claim, 0.5), doubtful)
    assert denied == Decision("UNKNOWN", 0.75, "unknown")


def test_a_header_without_a_claim_changes_nothing():
    assert join(SURE_T2, HeaderClaim("UNKNOWN", 0.5), 0.5) == decide(SURE_T2, 0.5)
    assert join(SURE_T2, None, 0.5) == decide(SURE_T2, 0.5)


@pytest.mark.parametrize(
    ("sure", "decided"), [(0.9, Decision("UNKNOWN", 0.9, "unknown")), (0.89, None)]
)
def test_a_file_is_believed_to_be_no_mr_where_its_header_is_sure_of_it(sure, decided):
    pixels = {"T1": 0.02, "T2": 0.98}
    said = join(pixels, HeaderClaim("UNKNOWN", sure), 0.5)
    assert said == (decided or decide(pixels, 0.5))


def test_a_file_that_is_no_mr_is_accused_of_nothing_whatever_its_description_names():
    ct = HeaderClaim("UNKNOWN", 0.95, named=("T1",))
    assert not in_conflict(SURE_T2, ct, DENIAL)
    # Less sure of it, it is held to its words.
    assert in_conflict(SURE_T2, replace(ct, confidence=0.5), DENIAL)


def test_an_agent_that_a_tag_alone_tells_may_be_none_only_where_the_network_knows_both():
    stale, told = HeaderClaim("T1C", 0.7, without_agent=0.2), HeaderClaim("T1C", 0.7)
    pixels = {"T1C": 0.5, "T2": 0.5}
    assert join(pixels, stale, 0.5) == join(pixels, told, 0.5)
