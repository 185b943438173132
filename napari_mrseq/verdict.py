"""The verdict on a slice and on a series: one result for screen, files and command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_mrseq.decision import Decision, aggregate, by_class, contradicts, decide, join
from napari_mrseq.header import HeaderClaim, claim_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from napari_mrseq.model import Model
    from napari_mrseq.series import Series


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


def conclude(series: Series, model: Model, judged: Sequence[SliceVerdict]) -> Verdict:
    """Join the slices of a series and its header into the verdict."""
    calibration = model.card.calibration
    joined = aggregate(
        np.array([list(verdict.probabilities.values()) for verdict in judged]),
        np.array([verdict.weight for verdict in judged]),
        np.array([verdict.volume for verdict in judged]),
        calibration.series_temperature,
    )
    probabilities = by_class(model.classes, joined)
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
