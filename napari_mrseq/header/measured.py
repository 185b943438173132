"""Numbers and flags of a header → the techniques that they show."""

from __future__ import annotations

from napari_mrseq.header import techniques
from napari_mrseq.header.tags import Tags
from napari_mrseq.header.vendors import (
    GE_PLANE,
    GE_TECHNIQUES,
    GE_THREE_PLANES,
    PHILIPS_CARDIAC_SYNC,
    PHILIPS_EPI_FACTOR,
)
from napari_mrseq.scanner_words import GE_KIND, GE_UNWEIGHTED
from napari_mrseq.series import Series

# A heart seldom takes longer for a beat, in ms; only a film shows so many volumes of one.
LONGEST_BEAT = 2000.0
FEWEST_PHASES = 8


def measured_techniques(tags: Tags, series: Series, vendor: str | None) -> dict[str, str]:
    """Return the techniques that numbers and flags show, where no code or name does."""
    found = {}
    if vendor == "GE" and tags.number(GE_PLANE) == GE_THREE_PLANES:
        found[techniques.SCOUT] = "three planes in one series"
    kind = tags.number(GE_KIND) if vendor == "GE" else None
    if technique := GE_TECHNIQUES.get(int(kind or 0)):
        found[technique] = f"{technique} (as GE flags it)"
    # The first image of several volumes is none as the others are.
    if kind == GE_UNWEIGHTED and series.pixels.ndim == 3:
        found[techniques.UNWEIGHTED] = f"{techniques.UNWEIGHTED} (as GE flags it)"
    if vendor == "Philips" and (tags.number(PHILIPS_EPI_FACTOR) or 0) > 1:
        found[techniques.EPI] = "echo planar (EPI factor > 1)"
    if vendor == "Philips" and tags.text(PHILIPS_CARDIAC_SYNC) not in ("", "NO"):
        found[techniques.GATED] = techniques.GATED
    if tags.positive("VelocityEncodingMaximumValue"):
        found[techniques.PHASE_CONTRAST] = "velocity encoding > 0"
    if _is_film(tags, series):
        found[techniques.CINE] = "cine"
    return found


def _is_film(tags: Tags, series: Series) -> bool:
    if tags.positive("FrameTime") and (tags.number("NumberOfFrames") or 0) > 1:
        return True
    if (tags.number("CardiacNumberOfImages") or 0) > 1:
        return True
    # Enhanced files count no phases. A NIfTI file's step may be the time of an excitation.
    axis = series.volume_axis
    times = axis.values if axis and axis.name == "time" and series.kind == "dicom" else ()
    return len(times) >= FEWEST_PHASES and times[-1] - times[0] < LONGEST_BEAT
