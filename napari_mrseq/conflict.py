"""When pixels contradict a header, of all that it says and they could confirm."""

from __future__ import annotations

from collections.abc import Mapping

from napari_mrseq.decision import Decision, least_threshold, likeliest_known
from napari_mrseq.header import HeaderClaim
from napari_mrseq.sequences import SEQUENCES, UNKNOWN, family_of
from napari_mrseq.witnesses import pixel_weight, says_no_mr, seen_as

# A header less sure than this is not accused.
CONFLICT_CONFIDENCE = 0.5
# A network surer than this that it knows nothing of the kind accuses nobody. Of 747 stacks of five
# folds held out, from 0.5 to 0.9 as few honest claims are accused, and more lies are found.
SURE_OF_UNKNOWN = 2 / 3
# Where a header contradicts itself, which no honest one of 159 series did, less doubt is enough.
DISPUTED_DENIAL = 0.3


def in_conflict(
    probabilities: Mapping[str, float],
    header: HeaderClaim | None,
    denial: float,
    denials: Mapping[str, float] | None = None,
) -> bool:
    """Tell whether the pixels clearly deny what the header says.

    Only what pixels could confirm is held against them: what the tags claim, where they are sure
    by `CONFLICT_CONFIDENCE`, and what the description names. A description that names several
    families is right with any of them.

    Parameters
    ----------
    probabilities : mapping of str to float
        The network's, one a class.
    header : HeaderClaim or None
        What the header says.
    denial : float
        See `support`: a family with less is denied. Fitted, see `training.joining`.
    denials : mapping of str to float, optional
        The same for families of their own: what a network often fails to see proves little.
    """
    if header is None:
        return False
    least = DISPUTED_DENIAL if _is_disputed(header) else 0.0
    own, weight = denials or {}, pixel_weight(header)

    def denied(family: str) -> bool:
        return support(probabilities, family) < weight * max(least, own.get(family, denial))

    return any(all(map(denied, told)) for told in checkable_families(probabilities, header))


def names_in_conflict(
    probabilities: Mapping[str, float], header: HeaderClaim | None
) -> tuple[str, ...]:
    """Return what the words of a header in conflict name; empty where its tags fit no better."""
    if header is None or not header.named or not _is_checkable(header.named[0], probabilities):
        return ()

    def fit(*codes: str) -> float:
        return max(support(probabilities, family_of(code)) for code in codes)

    tags_fit = not _is_checkable(header.sequence, probabilities) or (
        fit(header.sequence) > fit(*header.named)
    )
    return header.named if tags_fit else ()


def decision_in_conflict(decision: Decision, probabilities: Mapping[str, float]) -> Decision:
    """Return the decision on a series in conflict with its header: the pixels', or `UNKNOWN`.

    Where the header outweighs pixels that contradict it, neither is to be believed, nor is the
    unknown surer than the less sure of the two.
    """
    if decision.family in (likeliest_known(probabilities)[0], family_of(UNKNOWN)):
        return decision
    return Decision(UNKNOWN, min(decision.confidence, max(probabilities.values())), "unknown")


def _cannot_tell(probabilities: Mapping[str, float]) -> bool:
    """Tell whether a network knows nothing of the kind, or nothing is shown: it accuses nobody."""
    shows_nothing = likeliest_known(probabilities)[1] < least_threshold(probabilities)
    return shows_nothing or probabilities.get(UNKNOWN, 0.0) >= SURE_OF_UNKNOWN


def checkable_families(
    probabilities: Mapping[str, float], header: HeaderClaim | None
) -> list[tuple[str, ...]]:
    """Return what a header says that pixels could confirm: by its tags, and by its words.

    Parameters
    ----------
    probabilities : mapping of str to float
        The network's, one a class that it knows.
    header : HeaderClaim or None
        What the header says.

    Returns
    -------
    list of tuple of str
        Families; a header is right with any of a tuple. Empty where the network can't tell.
    """
    if header is None or says_no_mr(header) or _cannot_tell(probabilities):
        return []
    claimed = (header.sequence,) if header.confidence >= CONFLICT_CONFIDENCE else ()
    return [
        tuple(map(family_of, codes))
        for codes in (claimed, header.named)
        if codes and _is_checkable(codes[0], probabilities)
    ]


def _is_checkable(code: str, probabilities: Mapping[str, float]) -> bool:
    """Tell whether a network knows a sequence; of one that no pixels tell (SWI), its family."""
    if seen_as(code, probabilities) in probabilities:
        return code != UNKNOWN
    sequence = SEQUENCES[code]
    # What pixels tell, but not to this network, it takes for another: b = 0 for a T2.
    if sequence.from_pixels:
        return False
    known = [SEQUENCES[one] for one in probabilities if one in SEQUENCES]
    return any(one.from_pixels and one.family == sequence.family for one in known)


def _is_disputed(header: HeaderClaim) -> bool:
    """Tell whether a header contradicts itself: its tags claim none of what its words name."""
    families = {family_of(code) for code in header.named}
    return bool(families) and family_of(header.sequence) not in families


def support(probabilities: Mapping[str, float], family: str) -> float:
    """Return how well a family explains the pixels, of all that is known; 1 where none does better.

    A family counts by its likeliest member, as in a generalised likelihood ratio test: the little
    that every class gets would add up in large families, and hide that none of their members fits.
    """
    if family == likeliest_known(probabilities)[0]:
        return 1.0
    best: dict[str, float] = {}
    for code, probability in probabilities.items():
        best[family_of(code)] = max(best.get(family_of(code), 0.0), probability)
    best.pop(family_of(UNKNOWN), None)
    known = sum(best.values())
    # Of a network that is wholly sure of knowing nothing, none does better.
    return best.get(family, 0.0) / known if known else 1.0
