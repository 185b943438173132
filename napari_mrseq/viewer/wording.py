"""How verdicts are worded on screen: the same words in name, canvas, panel and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from napari_mrseq.decision import Decision, Judged
from napari_mrseq.header import HeaderClaim
from napari_mrseq.naming import CONFLICT_MARK, CORRECTED, described, run_words, title_of
from napari_mrseq.sequences import UNKNOWN, name_of
from napari_mrseq.series import Series
from napari_mrseq.slice_verdict import SliceVerdict
from napari_mrseq.verdict import Verdict, misnaming_words

NO_LAYER = "Open a DICOM folder, or try File > Open Sample > MR sequence > MR study."
NOT_RUN, HOW_TO_RUN = "Not yet run.", "Press Run to name this series."
RUNNERS_UP = 2
# More runs of slices than these are no longer read.
RUNS_NAMED = 6
# More causes than these would push the verdict out of sight.
CAUSES_NAMED = 4
# Enough of a hash to tell models apart, as in reports on them.
HASH_DIGITS = 6
# Would be shown as 0 %.
LEAST = 0.005
# Between a mark, or a number, and what it belongs to no line is broken.
NO_BREAK = "\u00a0"
KEPT_TOGETHER = ("▲ ", "≠ ", " %")


def as_plain_text(text: str) -> str:
    """Return what a tool tip or a question shows as this text: a name in it may look like HTML."""
    if "<" not in text and "&lt;" not in text:
        return text
    return f'<p style="white-space: pre-wrap">{escape(text)}</p>'


def series_name(series: Series) -> str:
    """Return the description of a series, else its number, else the name of its file.

    What tells it from others of the same UID stands behind: ``"t1_vibe_dixon (water)"``.
    """
    return title_of(None, description_of(series), Path(series.path).name, series.part)


def description_of(series: Series) -> str | None:
    """Return the description of a series, else its number; None where it has neither."""
    return described(series.series_number, series.description)


def layer_prefix(verdict: Verdict) -> str:
    """Return what stands before a layer's own name: ``"[T2-FLAIR 98%] "``."""
    if verdict.overruled:
        return f"[{name_of(verdict.sequence)} {CORRECTED}] "
    if verdict.sequence == UNKNOWN:
        return f"[{name_of(UNKNOWN)}] "
    return f"[{name_of(verdict.sequence)} {verdict.confidence:.0%}] "


def layer_suffix(verdict: Verdict) -> str:
    """Return what stands behind a layer's own name: a mark where the header disagrees."""
    return f" {CONFLICT_MARK}" if verdict.conflict else ""


def said_words(said: Judged) -> str:
    """Return what a slice or series is: ``"T2-FLAIR 98 %"``; ``"T2 (corrected)"``."""
    if said.overruled:
        return f"{name_of(said.sequence)} ({CORRECTED})"
    return decision_words(said.decision)


def decision_words(decision: Decision) -> str:
    """Return a decision with its confidence: ``"T2-FLAIR 98 %"``."""
    if decision.sequence == UNKNOWN:
        return name_of(UNKNOWN)
    return f"{name_of(decision.sequence)} {percent(decision.confidence)}"


def model_words(model_id: Mapping[str, str]) -> str:
    """Return which model judged, with what tells it from another of its name."""
    weights = model_id["sha256"][:HASH_DIGITS]
    return f"Judged by {model_id['name']} {model_id['version']}, weights {weights}"


def sure_words(said: Judged) -> str:
    """Return how sure the program is of its name for a slice or series; ``""`` without one."""
    return percent(said.confidence) if said.is_named else ""


def percent(share: float) -> str:
    """Return a share of one as ``"98 %"``."""
    return f"{100 * share:.0f} %"


def slice_words(series: Series, index: int) -> str:
    """Return where a slice is: ``"slice 12 of 24"``, with its volume in a 4-D series."""
    *_, count = series.pixels.shape[:-2]
    words = f"slice {index % count + 1} of {count}"
    if series.pixels.ndim == 4:
        volume = index // count
        words += f", volume {volume + 1} of {series.pixels.shape[0]}{_volume_value(series, volume)}"
    return words


def runs_words(series: Series, runs: Sequence[tuple[int, int]]) -> str:
    """Return which slices runs hold: ``"slices 2, 9 and 13 to 18"``."""
    shape = series.pixels.shape
    words = [run_words(*run, shape) for run in runs]
    if len(shape) == 3 and len(runs) > 1:
        bare = [word.removeprefix("slices ").removeprefix("slice ") for word in words]
        words = [f"slices {bare[0]}", *bare[1:]]
    more = sum(last - first + 1 for first, last in runs[RUNS_NAMED:])
    if more:
        words = [*words[:RUNS_NAMED], f"{more} more slices" if more > 1 else "one more"]
    *before, last_words = words
    return f"{', '.join(before)} and {last_words}" if before else last_words


def runners_up(
    probabilities: Mapping[str, float], said: str, of: str, *, alone: bool = True
) -> str:
    """Return the next best sequences: ``"then T2 1 %, T1 1 %"``.

    Where the header, or another member of the family, had its part in what is `said` (not `alone`),
    or the pixels speak for another sequence, their own shares are quoted, which would not add up to
    100 % with the verdict's. They are those `of` a slice or series: shares of both stand on the
    panel.
    """
    ranked = sorted(probabilities, key=lambda code: -probabilities[code])
    quoted = not alone or ranked[0] != said
    shown = ranked[: RUNNERS_UP + 1] if quoted else ranked[1 : RUNNERS_UP + 1]
    # A line that begins with a figure seems to tell it of the next name.
    words = [
        f"{name_of(c)}{NO_BREAK}{percent(probabilities[c])}"
        for c in shown
        if probabilities[c] >= LEAST
    ]
    if not words:
        return "nothing else comes close"
    return (f"{of} by pixels alone: " if quoted else "then ") + ", ".join(words)


def evidence_words(code: str, probability: float) -> str:
    """Return what a heat map shows, whatever the header says of the series."""
    named = f"{name_of(code)} by the pixels alone"
    what = "no sequence that this model knows" if code == UNKNOWN else named
    return f"Bright areas speak for {what}, {percent(probability)}"


def alone_words(judged: SliceVerdict) -> str:
    """Return what a slice would be without its stack; ``""`` where that had no say."""
    alone = judged.judged_alone
    return "" if alone is None else f"without its stack: {decision_words(alone.decision)}"


def _tag_words(claim: HeaderClaim) -> str:
    """Return what the tags of a header say, with their evidence; ``""`` where they say nothing."""
    if claim.sequence == UNKNOWN and not claim.evidence:
        return ""
    name = "not MR" if claim.sequence == UNKNOWN else name_of(claim.sequence)
    return f"{name}: {', '.join(claim.evidence)}" if claim.evidence else name


def header_words(claim: HeaderClaim | None) -> str:
    """Return what the header claims, with its evidence."""
    if claim is None:
        return "No DICOM header: judged by the pixels alone."
    tags = _tag_words(claim)
    return f"Header says {tags}" if tags else "The header does not say which sequence this is."


def witness_words(verdict: Verdict) -> str:
    """Return what the header says, and the pixels where it is not what is said of the series."""
    header, pixels = header_words(verdict.header), verdict.pixels
    if verdict.header and verdict.misnamed:
        words, tags = misnaming_words(verdict.misnamed), _tag_words(verdict.header)
        header = f"{words[0].upper()}{words[1:]}" + (f", its tags say {tags}" if tags else "")
    if pixels.sequence == verdict.sequence and not verdict.conflict:
        return header
    like = f"look like {name_of(pixels.sequence)}, {percent(pixels.confidence)}"
    words = "alone don't say" if pixels.sequence == UNKNOWN else like
    return f"{header.removesuffix('.')}. The pixels {words}."


def plane_words(series: Series, *, visible: bool) -> str:
    """Return the plane of a series, and that its layer can't be seen: ``"axial, layer hidden"``."""
    return ", ".join(filter(None, (series.plane, "" if visible else "layer hidden")))


def sentence(words: str) -> str:
    """Return words with a full stop, so that others may follow."""
    return words if words.endswith((".", "…")) else f"{words}."


def causes_words(causes: Sequence[str]) -> list[str]:
    """Return causes as sentences; of many the first, and how many more there are."""
    more = len(causes) - CAUSES_NAMED
    rest = [f"{more} more: see the Study tab."] if more > 0 else []
    return [*map(sentence, causes[:CAUSES_NAMED]), *rest]


def shortened(name: str, longest: int) -> str:
    """Return a name of at most `longest` letters: what tells series apart is often at its end."""
    if len(name) <= longest:
        return name
    tail = (longest - 1) // 2
    return f"{name[: longest - 1 - tail]}…{name[-tail:]}"


def unbroken(text: str) -> str:
    """Return text that is broken into lines neither behind a mark nor within a percentage."""
    for pair in KEPT_TOGETHER:
        text = text.replace(pair, pair.replace(" ", NO_BREAK))
    return text


def basis_words(verdict: Verdict) -> str:
    """Return how much of the series was looked at."""
    seen, total = len(verdict.slices), verdict.series.slice_count
    if seen == total:
        return f"all {total} slices" if total > 1 else "one slice"
    return f"{seen} of {total} slices"


def _volume_value(series: Series, volume: int) -> str:
    axis = series.volume_axis
    if axis is None or volume >= len(axis.values):
        return ""
    return f" ({axis.name} {axis.values[volume]:g} {axis.unit})"
