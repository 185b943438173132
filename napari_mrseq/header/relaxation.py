"""Conditions on what the times of a sequence do to tissue, whose own depend on the field."""

from __future__ import annotations

from math import acos, degrees, exp, log

from napari_mrseq.header.sequence_attributes import SequenceAttributes
from napari_mrseq.header.techniques import INVERSION

# Tesla, where the header doesn't tell.
USUAL_FIELD = 1.5

# T1 of cerebrospinal fluid in ms, much the same in all fields (Rooney et al., Magn Reson Med
# 57:308, 2007).
FLUID_T1 = 4300.0
# How far the inversion time may lie from the one that nulls fluid, as a fraction of it: room for
# long echo trains, which shorten the recovery time that counts, and for low fields.
NULL_TOLERANCE = 0.25

# T1 of fat in ms: 288 at 1.5 T, 371 at 3 T (Gold et al., Am J Roentgenol 183:343, 2004), which
# grows with this power of the field.
FAT_T1 = 288.0
FAT_T1_POWER = 0.365
# Inversion times of STIR as fractions of the one that nulls fat: scanners ask for less where the
# recovery is short, radiologists for more where fat shall not vanish. The spectral inversion of
# SPIR and SPAIR, of fat alone, needs at most half of it.
STIR_TIMES = (0.62, 1.5)
SPECTRAL_TIME = 0.5

# T1 of white matter in ms at 1.5 T, and the power of the field that it grows with, from 0.2 to
# 7 T (Rooney et al., as above).
TISSUE_T1 = 680.0
TISSUE_T1_POWER = 0.38
# Inversion times in ms that weight a gradient echo by T1 (5th to 95th percentile of NILS, widened),
# and the fields in tesla that they were measured in.
INVERSION_TIMES = (400.0, 1400.0)
INVERSION_FIELDS = (1.5, 3.0)

# At this fraction of its Ernst angle white matter keeps three quarters of its signal, grey matter
# two thirds: less of a difference than their proton densities make.
FAR_BELOW = 0.6
# At this multiple of it, half of the signal that it would have there is left.
FAR_PAST = 4.0

# 1/T2* of white matter in 1/s, at no field and how much it grows in a tesla: a straight line
# through 66, 53 and 27 ms at 1.5, 3 and 7 T (Peters et al., Magn Reson Imaging 25:748, 2007),
# extended to lower fields.
STAR_RATE = 9.0
STAR_RATE_PER_TESLA = 4.0
STRONGEST_MEASURED = 7.0
# From this fraction of T2* on, an echo is late: 15 ms at 1.5 T, 6 ms at 7 T.
LATE = 0.225


def nulls_fluid(attributes: SequenceAttributes) -> str | None:
    """Hold where the inversion time is about the one that makes fluid dark.

    TI = T1 (ln 2 - ln(1 + exp(-TR / T1))), with the T1 of cerebrospinal fluid.
    """
    inversion, null = attributes.inversion_time, _fluid_null(attributes)
    if not inversion or not null or abs(inversion - null) > NULL_TOLERANCE * null:
        return None
    repetition = attributes.repetition_time
    return f"TI {inversion:g} ms nulls CSF at TR {repetition:g} ms ({null:.0f} ms)"


def is_past_fluid(attributes: SequenceAttributes) -> str | None:
    """Hold where fluid has recovered before the excitation: only a second inversion darkens it."""
    inversion, null = attributes.inversion_time, _fluid_null(attributes)
    return "" if inversion and null and inversion > (1.0 + NULL_TOLERANCE) * null else None


def _fluid_null(attributes: SequenceAttributes) -> float | None:
    repetition = attributes.repetition_time
    return repetition and FLUID_T1 * (log(2.0) - log(1.0 + exp(-repetition / FLUID_T1)))


def nulls_fat(attributes: SequenceAttributes) -> str | None:
    """Hold where the inversion time makes fat dark, TI = T1 ln 2; also where no field is told."""
    inversion, null = attributes.inversion_time, _fat_null(attributes)
    if not inversion or null is None:
        return ""
    if not STIR_TIMES[0] * null <= inversion <= STIR_TIMES[1] * null:
        return None
    return f"TI {inversion:g} ms nulls fat at {attributes.field_strength:g} T ({null:.0f} ms)"


def inverts_fat_at_most(attributes: SequenceAttributes) -> str | None:
    """Hold where nothing is inverted, or fat alone, so early that no tissue is weighted by it."""
    if INVERSION not in attributes.techniques:
        return ""
    inversion, null = attributes.inversion_time, _fat_null(attributes)
    if not inversion or null is None or inversion >= SPECTRAL_TIME * null:
        return None
    return f"TI {inversion:g} ms is too short to null fat at {attributes.field_strength:g} T"


def _fat_null(attributes: SequenceAttributes) -> float | None:
    field = attributes.field_strength
    return log(2.0) * FAT_T1 * float((field / USUAL_FIELD) ** FAT_T1_POWER) if field else None


def weighted_by_inversion(attributes: SequenceAttributes) -> str | None:
    """Hold where an inversion before a gradient echo lets T1 weight the image.

    At lower fields than those of the table tissue recovers sooner, at higher ones later.
    """
    inversion, field = attributes.inversion_time, attributes.field_strength or USUAL_FIELD
    weakest, strongest = INVERSION_FIELDS
    shortest = INVERSION_TIMES[0] * min(1.0, (field / weakest) ** TISSUE_T1_POWER)
    longest = INVERSION_TIMES[1] * max(1.0, (field / strongest) ** TISSUE_T1_POWER)
    if not inversion or not shortest <= inversion <= longest:
        return None
    return f"TI {inversion:g} ms between {shortest:.0f} and {longest:.0f} ms"


def past_ernst_angle(attributes: SequenceAttributes) -> str | None:
    """Hold where the flip angle is large enough for T1 to weight a spoiled gradient echo.

    cos a = exp(-TR / T1) (Ernst and Anderson, Rev Sci Instrum 37:93, 1966), with the T1 of white
    matter.
    """
    flip, ernst = attributes.flip_angle, _ernst_angle(attributes)
    if not flip or not ernst or flip < ernst:
        return None
    return f"flip angle {flip:g} degrees ≥ Ernst angle {ernst:.0f} degrees"


def far_below_ernst_angle(attributes: SequenceAttributes) -> str | None:
    """Hold where the flip angle is so small that proton density weights a gradient echo."""
    flip, ernst = attributes.flip_angle, _ernst_angle(attributes)
    if not flip or not ernst or flip > FAR_BELOW * ernst:
        return None
    limit = f"{FAR_BELOW:g} of the Ernst angle, {FAR_BELOW * ernst:.0f} degrees"
    return f"flip angle {flip:g} degrees ≤ {limit}"


def far_past_ernst_angle(attributes: SequenceAttributes) -> str | None:
    """Hold where the flip angle leaves a spoiled gradient echo hardly any signal."""
    flip, ernst = attributes.flip_angle, _ernst_angle(attributes)
    if not flip or not ernst or flip < FAR_PAST * ernst:
        return None
    return f"flip angle {flip:g} degrees ≥ {FAR_PAST:g} × the Ernst angle, {ernst:.0f} degrees"


def _ernst_angle(attributes: SequenceAttributes) -> float | None:
    repetition, field = attributes.repetition_time, attributes.field_strength or USUAL_FIELD
    tissue = TISSUE_T1 * (field / USUAL_FIELD) ** TISSUE_T1_POWER
    return degrees(acos(exp(-repetition / tissue))) if repetition else None


def has_late_echo(attributes: SequenceAttributes) -> str | None:
    """Hold where the echo of a gradient echo is so late that T2* weights it, in this field."""
    field = min(attributes.field_strength or USUAL_FIELD, STRONGEST_MEASURED)
    rate = STAR_RATE + STAR_RATE_PER_TESLA * field
    late = LATE * 1000.0 / rate
    echo = attributes.echo_time
    return f"TE {echo:g} ms > {late:.2g} ms" if echo and echo > late else None
