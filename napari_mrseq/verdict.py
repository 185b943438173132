"""The verdict on a series: one result for screen, files and command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from time import monotonic
from typing import Any

from napari_mrseq.conflict import names_in_conflict
from napari_mrseq.correction import Correction, latest_on_all
from napari_mrseq.decision import Decision, Judged
from napari_mrseq.header import HeaderClaim
from napari_mrseq.naming import (
    CONFLICT_MARK,
    HEADER_ONLY,
    NO_SCAN,
    NOT_MR,
    NOTHING_SHOWN,
    TOO_SMALL,
    UNSURE,
    run_words,
)
from napari_mrseq.sampling import few_slices
from napari_mrseq.sequences import family_of, name_of
from napari_mrseq.series import Failure, Series, identity_of
from napari_mrseq.slice_verdict import SliceVerdict, empty_words, rounded, unread_words, word_record
from napari_mrseq.witnesses import says_no_mr

# How warnings begin that say with what a header is in conflict.
MISNAMED = "the header's description says"
SWAPPED = "the header appears to be swapped"
# How warnings say it of files of another kind.
NO_MR_IMAGE = "the file says that this is not an MR image"
NO_SCANNED_IMAGE = "the file is a capture or a picture in colours, not an image as it was scanned"


@dataclass(frozen=True, eq=False)
class Verdict(Judged):
    """The final word on one series, with both witnesses.

    Attributes
    ----------
    series : Series
        What was judged.
    decision : Decision
        Pixels and header joined, or a person's word.
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
    corrections : tuple of Correction
        What a person said, the latest last.
    overruled : Decision or None
        Pixels and header joined, where a person decided otherwise for the whole series.
    remarks : tuple of str
        What the other series of the study have shown, in words.
    judged_alone : Verdict or None
        The verdict without the other series, where they changed it.
    exchanged_with : Verdict or None
        That on the series whose header seems to be this one's, alone too.
    made : float
        When, in seconds of a clock of this process: the greater one is the newer one.
    """

    series: Series
    decision: Decision
    probabilities: Mapping[str, float] = field(repr=False)
    pixels: Decision
    header: HeaderClaim | None
    conflict: bool
    slices: tuple[SliceVerdict, ...] = field(repr=False)
    model_id: Mapping[str, str] = field(repr=False)
    corrections: tuple[Correction, ...] = ()
    overruled: Decision | None = None
    remarks: tuple[str, ...] = ()
    judged_alone: Verdict | None = field(default=None, repr=False)
    exchanged_with: Verdict | None = field(default=None, repr=False)
    made: float = field(default_factory=monotonic, repr=False)

    @property
    def without_study(self) -> Verdict:
        """What is said of the series alone."""
        return self.judged_alone or self

    @property
    def family(self) -> str:
        """Family of the sequence."""
        return self.decision.family

    @property
    def resolved(self) -> str:
        """``"member"``, ``"family"`` or ``"unknown"``."""
        return self.decision.resolved

    @property
    def mark(self) -> str:
        """What stands beside the series where its name is not to be relied on; else ``""``."""
        if self.conflict:
            return CONFLICT_MARK
        if self.overruled:
            return ""
        return self.pixel_doubt or (UNSURE if self.is_unsure else "")

    @property
    def pixel_doubt(self) -> str:
        """Why no pixels bear out a name: they are no scan, or show nothing; else ``""``."""
        if says_no_mr(self.header):
            return NOT_MR
        if not self.series.is_mr:
            return NO_SCAN
        if not self.shows_nothing:
            return ""
        if self.header_only:
            return HEADER_ONLY
        return TOO_SMALL if self.series.is_thumbnail else NOTHING_SHOWN

    @property
    def misnamed(self) -> tuple[str, ...]:
        """What the words of the header name, where they are in conflict and its tags are not."""
        if not self.conflict or self.remarks:
            return ()
        return names_in_conflict(self.probabilities, self.header)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to doubt about the series, in words for the user."""
        no_mr = says_no_mr(self.header)
        other_kind = NO_MR_IMAGE if no_mr else NO_SCANNED_IMAGE
        header = self.header.warnings if self.header else ()
        own = (*self.series.warnings, *self.remarks)
        words = (f"{misnaming_words(self.misnamed)}; the pixels do not",) if self.misnamed else ()
        return (
            *((other_kind,) if no_mr or not self.series.is_mr else ()),
            *unread_words(self.series, self.slices),
            *empty_words(self.series, self.slices),
            *words,
            *header,
            *own,
        )

    @property
    def unread(self) -> tuple[Failure, ...]:
        """The files whose slices could not be decoded, and why."""
        return tuple(dict.fromkeys(one.failure for one in self.slices if one.failure))

    @cached_property
    def shows_nothing(self) -> bool:
        """Whether no slice shows anything: what the network says of it is noise."""
        return bool(self.slices) and not any(one.weight for one in self.slices)

    @property
    def header_only(self) -> bool:
        """Whether the header names what no slice shows."""
        return self.is_named and self.header is not None and self.shows_nothing

    def corrected(self, corrections: Sequence[Correction]) -> Verdict:
        """Return the verdict, never corrected yet, as a person corrected it.

        A correction of all slices, at once or one after another, is the word on the series; of
        some, on these slices alone. A later one goes before an earlier one. Probabilities and the
        witnesses' words stay as they were.

        Parameters
        ----------
        corrections : sequence of Correction
            In the order they were made.
        """
        if not corrections:
            return self
        slices = tuple(
            one.corrected(corrections, one.number_in(self.series)) for one in self.slices
        )
        corrected = replace(self, slices=slices, corrections=tuple(corrections))
        word = latest_on_all(corrections, self.series.slice_count)
        if word is None:
            return corrected
        agrees = self.header and family_of(self.header.sequence) == word.decision.family
        return replace(
            corrected,
            decision=word.decision,
            overruled=self.decision,
            conflict=self.conflict and not agrees,
        )

    def _basis_words(self) -> tuple[str, ...]:
        # As few as --fast looks at are enough; what a person says of the series rests on none.
        if self.overruled or len(self.slices) >= len(few_slices(self.series)):
            return ()
        return (f"judged from {len(self.slices)} of {self.series.slice_count} slices",)

    def to_dict(self, *, slices: bool = True) -> dict[str, Any]:
        """Return the record of ``record.schema.json``, with an entry a slice where asked."""
        series, header = self.series, self.header
        record: dict[str, Any] = {
            "path": series.path,
            "files": len(series.files),
            **identity_of(series),
            "shape": list(series.pixels.shape),
            "spacing_mm": _rounded_list(series.spacing),
            "plane": series.plane,
            "sequence": self.sequence,
            "family": self.family,
            "resolved": self.resolved,
            "confidence": rounded(self.confidence),
            "probabilities": {code: rounded(p) for code, p in self.probabilities.items()},
            "pixels": word_record(self.pixels),
            "header": header and {**word_record(header), "evidence": list(header.evidence)},
            "conflict": self.conflict,
            "mark": self.mark,
        }
        if slices:
            record["slices"] = [judged.to_dict() for judged in self.slices]
        if self.corrections:
            record["correction"] = self._correction_record()
        corrected = map(self.words_of, self.corrections)
        warnings = [*self.warnings, *self._basis_words(), *corrected]
        return record | {"model": dict(self.model_id), "warnings": warnings, "error": None}

    def words_of(self, correction: Correction) -> str:
        """Say what a person corrected, in words for the user."""
        said = f"corrected by the user: {name_of(correction.sequence)}"
        machine = self.overruled
        if machine and correction.covers(0, self.series.slice_count - 1):
            return f"{said}, was {name_of(machine.sequence)} {machine.confidence:.0%}"
        where = run_words(correction.first, correction.last, self.series.pixels.shape)
        return f"{said}, {where}"

    def _correction_record(self) -> dict[str, Any]:
        machine = self.overruled or self.decision
        return {
            "by": "user",
            "machine": {**word_record(machine), "resolved": machine.resolved},
            "ranges": [
                {"first": one.first, "last": one.last, "sequence": one.sequence}
                for one in self.corrections
            ],
        }


def misnaming_words(codes: Sequence[str]) -> str:
    """Say what the words of a header name: ``"the header's description says T2-FLAIR"``."""
    return f"{MISNAMED} {' or '.join(dict.fromkeys(map(name_of, codes)))}"


def _rounded_list(values: Sequence[float] | None) -> list[float] | None:
    # Nanometres, and what is finer by its first digits: no distance is nothing.
    return None if values is None else [round(float(v), 6) or float(f"{v:.3g}") for v in values]
