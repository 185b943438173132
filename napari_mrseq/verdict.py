"""Probabilities and header claim joined into one verdict, for a slice and for a series."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_mrseq.header import HeaderClaim, claim_of
from napari_mrseq.sequences import SEQUENCES, UNKNOWN, family_of, plain_member

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from napari_mrseq.model import Model
    from napari_mrseq.series import Series

BATCH_SLICES = 32
FAST_SLICES = 5
# Two members of a family closer than this are not told apart: the family is named.
MEMBER_SHARE = 0.7
# A header this sure that it is none of the vocabulary is not held against the pixels.
REFUSAL_CONFIDENCE = 0.9
# Below this probability neither side of a contradiction is sure enough to accuse the other.
CONFLICT_CONFIDENCE = 0.6


@dataclass(frozen=True)
class Decision:
    """What a distribution over sequences says.

    Attributes
    ----------
    sequence : str
        Code of the sequence, `UNKNOWN` where the best guess is below the threshold.
    confidence : float
        Probability of what is said: of the member, or of the whole family where only that is
        told. For `UNKNOWN` the highest probability of any class.
    resolved : str
        ``"member"``, ``"family"`` or ``"unknown"``.
    """

    sequence: str
    confidence: float
    resolved: str

    @property
    def family(self) -> str:
        """Family of the sequence."""
        return family_of(self.sequence)


@dataclass(frozen=True, eq=False)
class SliceVerdict:
    """What the network says of one slice.

    Attributes
    ----------
    index, volume : int
        Place in the series, from 0.
    sop_instance_uid : str or None
        The instance the slice came from.
    decision : Decision
        What the probabilities amount to.
    probabilities : mapping of str to float
        One a class of the model; they sum to 1.
    weight : float
        How much the slice shows, 0 (black) to 1: its vote for the series.
    """

    index: int
    volume: int
    sop_instance_uid: str | None
    decision: Decision
    probabilities: Mapping[str, float]
    weight: float

    @property
    def sequence(self) -> str:
        """Code of the sequence."""
        return self.decision.sequence

    @property
    def confidence(self) -> float:
        """Probability of what is said."""
        return self.decision.confidence

    def to_dict(self) -> dict[str, Any]:
        """Return the slice as an entry of ``slices`` in the record."""
        return {
            "index": self.index,
            "volume": self.volume,
            "sop_instance_uid": self.sop_instance_uid,
            "sequence": self.sequence,
            "confidence": _rounded(self.confidence),
        }


@dataclass(frozen=True, eq=False)
class Verdict:
    """The final word on one series, with both witnesses.

    Attributes
    ----------
    series : Series
        What was judged.
    decision : Decision
        Pixels and header joined.
    probabilities : mapping of str to float
        The network's, aggregated over the series.
    pixels : Decision
        What the network alone says.
    header : HeaderClaim or None
        What the tags alone claim; None where there is no header.
    conflict : bool
        Pixels and header clearly contradict each other.
    slices : tuple of SliceVerdict
        The slices looked at, in their order.
    model_id : mapping
        ``name``, ``version`` and ``sha256`` of the weights.
    """

    series: Series
    decision: Decision
    probabilities: Mapping[str, float]
    pixels: Decision
    header: HeaderClaim | None
    conflict: bool
    slices: tuple[SliceVerdict, ...]
    model_id: Mapping[str, str]

    @property
    def sequence(self) -> str:
        """Code of the sequence."""
        return self.decision.sequence

    @property
    def confidence(self) -> float:
        """Probability of what is said."""
        return self.decision.confidence

    @property
    def family(self) -> str:
        """Family of the sequence."""
        return self.decision.family

    @property
    def resolved(self) -> str:
        """``"member"``, ``"family"`` or ``"unknown"``."""
        return self.decision.resolved

    def to_dict(self, *, slices: bool = True) -> dict[str, Any]:
        """Return the record of ``record.schema.json``, with an entry a slice where asked."""
        series = self.series
        record: dict[str, Any] = {
            "path": series.path,
            "files": len(series.files),
            "series_uid": series.series_uid,
            "series_number": series.series_number,
            "description": series.description,
            "shape": list(series.pixels.shape),
            "spacing_mm": _rounded_list(series.spacing),
            "plane": series.plane,
            "sequence": self.sequence,
            "family": self.family,
            "resolved": self.resolved,
            "confidence": _rounded(self.confidence),
            "probabilities": {code: _rounded(p) for code, p in self.probabilities.items()},
            "pixels": {
                "sequence": self.pixels.sequence,
                "confidence": _rounded(self.pixels.confidence),
            },
            "header": _header_record(self.header),
            "conflict": self.conflict,
        }
        if slices:
            record["slices"] = [judged.to_dict() for judged in self.slices]
        warnings = [*series.warnings, *(self.header.warnings if self.header else ())]
        return record | {"model": dict(self.model_id), "warnings": warnings, "error": None}


@dataclass(frozen=True)
class Progress:
    """How far a classification is, and the slices judged since the last report."""

    done: int
    total: int
    new: tuple[SliceVerdict, ...]


def decide(probabilities: Mapping[str, float], threshold: float) -> Decision:
    """Turn a distribution into a word: the likeliest family's member, the family, or `UNKNOWN`.

    Parameters
    ----------
    probabilities : mapping of str to float
        One a class; they sum to 1.
    threshold : float
        Least probability at which a family is named. Its member is named where it holds at least
        `MEMBER_SHARE` of the family's probability.
    """
    families = by_family(probabilities)
    family, total = max(families.items(), key=lambda item: item[1])
    if family == family_of(UNKNOWN) or total < threshold:
        return Decision(UNKNOWN, max(probabilities.values()), "unknown")
    members = {code: p for code, p in probabilities.items() if family_of(code) == family}
    code, best = max(members.items(), key=lambda item: item[1])
    if best >= MEMBER_SHARE * total:
        return Decision(code, best, "member")
    return Decision(plain_member(family), min(total, 1.0), "family")


def by_family(probabilities: Mapping[str, float]) -> dict[str, float]:
    """Add up the probabilities of each family's members."""
    families: dict[str, float] = {}
    for code, probability in probabilities.items():
        families[family_of(code)] = families.get(family_of(code), 0.0) + probability
    return families


def classify(
    series: Series,
    model: Model,
    *,
    slices: Sequence[int] | None = None,
    fast: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Verdict:
    """Tell which sequence a series is.

    Parameters
    ----------
    series : Series
        What to judge; its pixels are computed a batch at a time.
    model : Model
        A loaded network.
    slices : sequence of int, optional
        Slices to look at, counted through all volumes; all by default.
    fast : bool
        Look at a few slices of each volume only.
    progress : callable, optional
        Called with (slices done, slices in all) after each batch.

    Raises
    ------
    ReadError
        If the pixels can't be decoded; names the file.
    """
    steps = classify_steps(series, model, slices=slices, fast=fast)
    while True:
        try:
            step = next(steps)
        except StopIteration as finished:
            verdict: Verdict = finished.value
            return verdict
        if progress:
            progress(step.done, step.total)


def classify_steps(
    series: Series, model: Model, *, slices: Sequence[int] | None = None, fast: bool = False
) -> Generator[Progress, None, Verdict]:
    """Classify a series a batch at a time, so that the caller can show progress or stop.

    Yields
    ------
    Progress
        After each batch of at most `BATCH_SLICES` slices.

    Returns
    -------
    Verdict
        Of the whole series, as `classify` returns it.
    """
    indices = list(slices) if slices is not None else _slices_to_see(series, fast)
    judged: list[SliceVerdict] = []
    for start in range(0, len(indices), BATCH_SLICES):
        new = judge_slices(series, model, indices[start : start + BATCH_SLICES])
        judged += new
        yield Progress(len(judged), len(indices), tuple(new))
    return conclude(series, model, judged)


def judge_slices(series: Series, model: Model, indices: Sequence[int]) -> list[SliceVerdict]:
    """Let the network judge some slices of a series, counted through all volumes."""
    from dask.base import compute

    stack = np.stack(compute(*(series.slice_pixels(i) for i in indices)))
    spacing = series.spacing[1:] if series.spacing else None
    probabilities, weights = model.examine(stack, pixel_spacing=spacing)
    per_volume = series.pixels.shape[-3]
    judged = []
    for index, row, weight in zip(indices, probabilities, weights, strict=True):
        by_class = _by_class(model.classes, row)
        uid = series.instance_uids[index] if series.instance_uids else None
        judged.append(
            SliceVerdict(
                index=index % per_volume,
                volume=index // per_volume,
                sop_instance_uid=uid,
                decision=decide(by_class, model.card.calibration.threshold),
                probabilities=by_class,
                weight=float(weight),
            )
        )
    return judged


def conclude(series: Series, model: Model, judged: Sequence[SliceVerdict]) -> Verdict:
    """Join the slices of a series and its header into the verdict."""
    calibration = model.card.calibration
    joined = aggregate(
        np.array([list(verdict.probabilities.values()) for verdict in judged]),
        np.array([verdict.weight for verdict in judged]),
        np.array([verdict.volume for verdict in judged]),
        calibration.series_temperature,
    )
    probabilities = _by_class(model.classes, joined)
    pixels = decide(probabilities, calibration.series_threshold)
    header = claim_of(series)
    return Verdict(
        series=series,
        decision=join(probabilities, header, calibration.series_threshold),
        probabilities=probabilities,
        pixels=pixels,
        header=header,
        conflict=contradicts(probabilities, header),
        slices=tuple(judged),
        model_id={"name": model.name, "version": model.version, "sha256": model.sha256},
    )


def aggregate(
    probabilities: NDArray[Any],
    weights: NDArray[Any],
    volumes: NDArray[Any],
    temperature: float,
) -> NDArray[np.float64]:
    """Join the probabilities of slices into those of their series.

    Log-probabilities are averaged within a volume, each slice weighted by what it shows, and
    sharpened or softened by `temperature`; volumes are then averaged, since a 4-D series may
    hold several contrasts (b = 0 and b > 0).

    Parameters
    ----------
    probabilities : (n, classes) array
        Of the slices.
    weights : (n,) array
        How much each slice shows; where a volume shows nothing, its slices vote alike.
    volumes : (n,) array
        Volume each slice belongs to.
    temperature : float
        Divides the averaged log-probabilities.

    Returns
    -------
    (classes,) array
        Sums to 1.
    """
    joined = []
    for volume in np.unique(volumes):
        rows, votes = probabilities[volumes == volume], weights[volumes == volume]
        votes = votes if votes.any() else np.ones_like(votes)
        logits = np.average(np.log(rows.clip(1e-7)), axis=0, weights=votes) / temperature
        powers = np.exp(logits - logits.max())
        joined.append(powers / powers.sum())
    return np.asarray(np.mean(joined, axis=0))


def join(
    probabilities: Mapping[str, float], header: HeaderClaim | None, threshold: float
) -> Decision:
    """Join what the pixels show with what the header claims.

    Sequences that no network can tell from pixels are the header's to name. For all others the
    two are independent witnesses: their distributions are multiplied (Bayes' rule with a flat
    prior), the header's being its confidence on the claim and the rest spread over the others.
    """
    if header is None:
        return decide(probabilities, threshold)
    if header.sequence == UNKNOWN:
        # A file that says it is CT or ultrasound is believed, whatever it looks like.
        refused = header.confidence >= REFUSAL_CONFIDENCE
        return (
            Decision(UNKNOWN, header.confidence, "unknown")
            if refused
            else decide(probabilities, threshold)
        )
    if header.sequence not in probabilities:
        return _join_foreign(probabilities, header, threshold)
    rest = (1.0 - header.confidence) / (len(probabilities) - 1)
    product = {
        code: probability * (header.confidence if code == header.sequence else rest)
        for code, probability in probabilities.items()
    }
    total = sum(product.values())
    return decide({code: value / total for code, value in product.items()}, threshold)


def contradicts(probabilities: Mapping[str, float], header: HeaderClaim | None) -> bool:
    """Tell whether pixels and header clearly name different families.

    Only a claim that pixels could confirm is held against them, and only where both sides are
    sure by `CONFLICT_CONFIDENCE`.
    """
    if header is None or header.sequence not in probabilities or header.sequence == UNKNOWN:
        return False
    family, best = max(by_family(probabilities).items(), key=lambda item: item[1])
    return (
        family not in (family_of(header.sequence), family_of(UNKNOWN))
        and best >= CONFLICT_CONFIDENCE
        and header.confidence >= CONFLICT_CONFIDENCE
    )


def _join_foreign(
    probabilities: Mapping[str, float], header: HeaderClaim, threshold: float
) -> Decision:
    """Join a claim that is no class of the network: the header alone can know it."""
    known = SEQUENCES.get(header.sequence)
    if known and not known.from_pixels and header.confidence >= threshold:
        return Decision(header.sequence, header.confidence, "member")
    return decide(probabilities, threshold)


def _slices_to_see(series: Series, fast: bool) -> list[int]:
    per_volume = series.pixels.shape[-3]
    if not fast or per_volume <= FAST_SLICES:
        return list(range(series.slice_count))
    # The ends of a stack show little: the middle 60 % does.
    seen = np.linspace(0.2, 0.8, FAST_SLICES) * (per_volume - 1)
    chosen = np.unique(seen.round().astype(int))
    starts = range(0, series.slice_count, per_volume)
    return [start + int(index) for start in starts for index in chosen]


def _by_class(classes: Sequence[str], row: NDArray[Any]) -> dict[str, float]:
    return {code: float(p) for code, p in zip(classes, row, strict=True)}


def _header_record(header: HeaderClaim | None) -> dict[str, Any] | None:
    if header is None:
        return None
    return {
        "sequence": header.sequence,
        "confidence": _rounded(header.confidence),
        "evidence": list(header.evidence),
    }


def _rounded(value: float) -> float:
    return round(float(value), 4)


def _rounded_list(values: Sequence[float] | None) -> list[float] | None:
    return None if values is None else [round(float(value), 6) for value in values]
