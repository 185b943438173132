"""Pixels and header → a word: two witnesses, and which of them is believed where."""

from __future__ import annotations

import math
from collections.abc import Collection, Container, Mapping

from napari_mrseq.decision import Decision, decide, likeliest_known
from napari_mrseq.header import HeaderClaim
from napari_mrseq.sequences import SEQUENCES, UNKNOWN

# A header this sure that it is none of the vocabulary is not held against the pixels.
NO_MR_CONFIDENCE = 0.9
# Opposed phases and projections look like little that a network has seen: its word counts that much
# of what it else would.
ATYPICAL_SHARE = 0.1
# How often a T1 whose header doesn't mention a contrast agent is taken for one with it: the share
# that makes 107 T1 that a network never saw most likely (31 with an agent, weighted to 17 in 201).
# Of 201 such headers gathered from the web 8 were of one with an agent, and 9 more may be.
UNMENTIONED_AGENT = 0.15
# A header that guesses at what no pixels show, less surely than this, does not outweigh a network
# this sure of a family. So sure it was of half of 414 held-out cases of what it knows, and of a
# fifth of 51 of what it doesn't: that speaks against a guess, but accuses none.
GUESS, SURE_OF_FAMILY = 0.8, 0.9
# What only a header can tell, and families that it is not taken for: EPI shows perfusion, but for
# a dynamic T1 with an agent; no scout or field map inverts fluid. Of 26 real series of 13 groups, 4
# of perfusion, none looks so: one in nine at most, by 95 %. Of 111 stacks of what pixels tell 51 do
# under perfusion, 14 (of 27 FLAIR) under the others. Were one in nine honest ones such, and one
# header in ten wrong, perfusion that looks so would be right seven times in ten.
UNLIKE: Mapping[str, Collection[str]] = {
    "PERF": ("T1", "FLAIR"),
    "FIELDMAP": ("FLAIR",),
    "LOCALIZER": ("FLAIR",),
}
UNLIKE_CONFIDENCE = 0.7


def join(
    probabilities: Mapping[str, float],
    header: HeaderClaim | None,
    threshold: float,
    power: float = 1.0,
) -> Decision:
    """Join what the pixels show with what the header claims.

    Sequences that no network can tell from pixels are the header's to name. For all others the
    two are independent witnesses, see `joint`.

    Parameters
    ----------
    probabilities : mapping of str to float
        The network's, one a class.
    header : HeaderClaim or None
        What the header claims.
    threshold : float
        Least probability at which a family is named.
    power : float
        See `joint`.
    """
    if header is None:
        return decide(probabilities, threshold)
    if says_no_mr(header):
        return Decision(UNKNOWN, header.confidence, "unknown")
    if header.sequence == UNKNOWN:
        return decide(probabilities, threshold)
    seen = seen_as(header.sequence, probabilities)
    if seen not in probabilities:
        return _join_unlearned(probabilities, header, threshold)
    # What a network never learned to tell from another explains the pixels as well as that.
    shown = {**probabilities, header.sequence: probabilities[seen]}
    claimed = _claimed_by(header, probabilities)
    return decide(joint(shown, claimed, power * pixel_weight(header)), threshold)


def says_no_mr(header: HeaderClaim | None) -> bool:
    """Tell whether a file says that it is CT or ultrasound: believed, whatever it looks like."""
    if header is None or header.sequence != UNKNOWN:
        return False
    return header.confidence >= NO_MR_CONFIDENCE


def seen_as(code: str, classes: Collection[str]) -> str:
    """Return what a network sees in a sequence: T1 in one with an agent, if it learned no other.

    Not where classes of a user's own may stand for the agent.
    """
    own = set(classes) - set(SEQUENCES)
    lacks_agent = "T1C" not in classes and not own
    return "T1" if code == "T1C" and lacks_agent else code


def pixel_weight(header: HeaderClaim) -> float:
    """Return how much a network's word counts beside a header, of what it usually does."""
    return ATYPICAL_SHARE if header.atypical else 1.0


def _claimed_by(header: HeaderClaim, classes: Container[str]) -> dict[str, float]:
    """Return how sure a header is of each sequence that it may mean.

    A T1 that doesn't say whether an agent was given may be one with it: see `UNMENTIONED_AGENT`;
    one with an agent that a tag alone tells may be one without.
    """
    if header.is_silent_on_agent and "T1C" in classes:
        with_agent = UNMENTIONED_AGENT * header.confidence
        return {"T1": header.confidence - with_agent, "T1C": with_agent}
    if header.without_agent and "T1" in classes:
        return {header.sequence: header.confidence, "T1": header.without_agent}
    return {header.sequence: header.confidence}


def joint(
    probabilities: Mapping[str, float], claimed: Mapping[str, float], power: float
) -> dict[str, float]:
    """Multiply the distributions of two independent witnesses (Bayes' rule with a flat prior).

    Parameters
    ----------
    probabilities : mapping of str to float
        The network's, one a class.
    claimed : mapping of str to float
        How sure a header is of the classes that it may mean; the rest is spread over the others.
    power : float
        To which the network's probabilities are raised: fitted, see `training.joining`.
    """
    others = max(1, len(probabilities) - len(claimed))
    rest = (1.0 - sum(claimed.values())) / others
    product = {
        code: probability**power * claimed.get(code, rest)
        for code, probability in probabilities.items()
    }
    total = sum(product.values())
    return {code: value / total for code, value in product.items()}


def _join_unlearned(
    probabilities: Mapping[str, float], header: HeaderClaim, threshold: float
) -> Decision:
    """Join a claim that is no class of the network: the header alone can know it.

    What a network was never taught it takes for something else, however sure. A class of a user's
    own may stand for anything: such a network is asked about all that pixels can show.
    """
    known = SEQUENCES[header.sequence]
    own = set(probabilities) - set(SEQUENCES)
    sure = header.confidence
    if _looks_unlike(probabilities, header):
        sure = min(sure, UNLIKE_CONFIDENCE)
    if known.from_pixels:
        may_name, least = not own, threshold
    else:
        # Where the header is not believed, pixels that can't tell make it nothing else.
        may_name, least = not _outweighs_guess(probabilities, header), math.inf
    if may_name and sure >= threshold:
        return Decision(header.sequence, sure, "member")
    return decide(probabilities, least)


def _outweighs_guess(probabilities: Mapping[str, float], header: HeaderClaim) -> bool:
    """Tell whether a network that could have said unknown is surer than a header without words."""
    is_guess = header.confidence < GUESS and header.sequence not in header.named
    best = likeliest_known(probabilities)[1]
    return is_guess and UNKNOWN in probabilities and best >= SURE_OF_FAMILY


def _looks_unlike(probabilities: Mapping[str, float], header: HeaderClaim) -> bool:
    """Tell whether a network that could have said unknown sees what a claim never looks like."""
    family, best = likeliest_known(probabilities)
    if family == "T1" and header.agent:
        return False
    unlike = family in UNLIKE.get(header.sequence, ())
    return unlike and UNKNOWN in probabilities and best > 0.5
