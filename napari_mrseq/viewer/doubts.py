"""What to doubt about a series: in a word for tables, in sentences for the panel."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from napari_mrseq.decision import DOUBT_BELOW, Judged, likeliest_family
from napari_mrseq.naming import CORRECTED, HEADER_ONLY, UNSURE
from napari_mrseq.sequences import UNKNOWN, family_of, name_of
from napari_mrseq.slice_verdict import SliceVerdict
from napari_mrseq.stack import SURE
from napari_mrseq.verdict import Verdict
from napari_mrseq.viewer.layer_state import named_by_user
from napari_mrseq.viewer.wording import basis_words, decision_words, percent, runs_words

# A slice is odd where it is as sure as one that keeps its word against its stack.
ODD_CONFIDENCE = SURE
# More numbers than these are no longer read.
ODD_NAMED = 4


def doubt(verdict: Verdict) -> str:
    """Return the gravest doubt about a series in a word; ``""`` where there is none.

    Its name comes first, whose mark the verdict decides; what is said of slices comes behind.
    """
    unread = sum(one.failure is not None for one in verdict.slices)
    corrected = len(named_by_user(verdict.corrections))
    odd, seen, count = len(_odd(verdict)), len(verdict.slices), verdict.series.slice_count
    found = (
        (verdict.mark, verdict.mark),
        (verdict.overruled, f"✎ {CORRECTED}"),
        (corrected, f"✎ {corrected} {CORRECTED}"),
        (unread, f"▲ {unread} not read"),
        (verdict.resolved == "unknown", "? unknown"),
        (odd, f"▲ {odd} odd"),
        (seen < count, f"▲ {seen} of {count}"),
        (verdict.resolved == "family", "▲ family only"),
    )
    return next((words for doubted, words in found if doubted), "")


def doubts(verdict: Verdict) -> list[str]:
    """Return what to doubt about a series, in sentences, the user's own word first."""
    found = [f"✎ Corrected by you: {words}." for words in _correction_words(verdict)]
    if verdict.resolved == "family":
        found.append(f"▲ Only the family {verdict.family} is certain, not which member of it.")
    if verdict.is_unsure:
        found.append(
            f"{UNSURE}: {percent(verdict.confidence)} is less than {percent(DOUBT_BELOW)}."
        )
    if len(verdict.slices) < verdict.series.slice_count:
        found.append(f"▲ Judged from {basis_words(verdict)}.")
    odd = _odd_words(verdict)
    if odd:
        found.append(f"▲ {odd}")
    found += [f"▲ {warning}" for warning in verdict.warnings]
    return found


def mark_beside(said: Judged, verdict: Verdict) -> str:
    """Return what stands beside a name given in a series that is not to be relied on; else ``""``.

    In a series that is sure of the same, its header's help is not written on each slice.
    """
    if verdict.header_only and said.is_named:
        return HEADER_ONLY
    sure_of_same = not verdict.is_unsure and family_of(said.sequence) == verdict.family
    return UNSURE if said.is_unsure and not sure_of_same else ""


def only_header_tells(verdict: Verdict) -> bool:
    """Tell whether a series has a name, such as localizer, that the network has no class for."""
    return verdict.is_named and verdict.family not in map(family_of, verdict.probabilities)


def is_odd(judged: SliceVerdict, verdict: Verdict) -> bool:
    """Tell whether a slice clearly shows another family than its series."""
    if judged.overruled or UNKNOWN in (judged.sequence, verdict.pixels.sequence):
        return False
    if family_of(judged.sequence) == verdict.pixels.family:
        return False
    return likeliest_family(judged.probabilities)[1] >= ODD_CONFIDENCE


def _odd_words(verdict: Verdict) -> str:
    """Return which slices are odd, and what they look like; ``""`` where none is."""
    odd = _odd(verdict)
    if not odd:
        return ""
    likes = ", ".join(dict.fromkeys(name_of(one.sequence) for one in odd))
    if len(odd) > ODD_NAMED or verdict.series.pixels.ndim == 4:
        return f"{len(odd)} odd: slices that look like {likes}."
    numbers = ", ".join(str(one.index + 1) for one in odd)
    which, look = ("slice", "looks") if len(odd) == 1 else ("slices", "look")
    return f"{len(odd)} odd: {which} {numbers} {look} like {likes}."


def _odd(verdict: Verdict) -> list[SliceVerdict]:
    return [one for one in verdict.slices if is_odd(one, verdict)]


def _correction_words(verdict: Verdict) -> Iterator[str]:
    """Say what the user corrected; what was corrected together in one sentence."""
    last = verdict.series.slice_count - 1
    for (code, whole), group in groupby(
        verdict.corrections, lambda one: (one.sequence, one.covers(0, last))
    ):
        if whole and verdict.overruled:
            yield f"{name_of(code)}, was {decision_words(verdict.overruled)}"
        else:
            runs = sorted((one.first, one.last) for one in group)
            yield f"{name_of(code)}, {runs_words(verdict.series, runs)}"
