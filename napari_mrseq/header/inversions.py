"""The rules that tell what an inversion, or another preparation, weights: T1, fluid, fat."""

from __future__ import annotations

from napari_mrseq.header.conditions import (
    FIELD_STRENGTH,
    FLIP,
    SLICES,
    TE,
    TI,
    TR,
    VOLUMES,
    acquired,
    image_type,
    lacks,
    large_matrix,
    made_by,
    not_above,
    not_below,
    unknown,
    unless,
    uses,
    within,
)
from napari_mrseq.header.plausibility import says, timed
from napari_mrseq.header.relaxation import (
    is_past_fluid,
    nulls_fat,
    nulls_fluid,
    weighted_by_inversion,
)
from napari_mrseq.header.rule import DICOM, NILS, PHYSICS, VENDOR, WORDS, Rule, rule
from napari_mrseq.header.techniques import (
    EPI,
    GRADIENT_ECHO,
    INVERSION,
    MPRAGE,
    MT,
    PREPARED,
    SPIN_ECHO,
    SPOILING,
)
from napari_mrseq.header.weightings import NOTHING_BUT_TIMES
from napari_mrseq.header.words import names_nothing

# A larger one within milliseconds only a balanced readout bears, which lets inflow shine.
NOT_BALANCED = unless(FLIP > 45)

INVERSION_RECOVERY_RULES: tuple[Rule, ...] = (
    # Late enhancement: its inversion nulls healthy heart muscle, in every beat or every other.
    timed("OTHER", 0.9, VENDOR, image_type("PSIR"), lacks(SPIN_ECHO)),
    timed(
        "OTHER", 0.7, PHYSICS, uses(GRADIENT_ECHO), uses(INVERSION), lacks(SPIN_ECHO, EPI),
        acquired("2D"), not_below(FIELD_STRENGTH, 1.0), within(TI, 150, 550), TE < 6,
        not_above(TR, 3000),
    ),
    # The first of an MP2RAGE's two images, whose sign is lost; no MPRAGE waits for so long.
    timed(
        "T1", 0.55, PHYSICS, uses(GRADIENT_ECHO), lacks(SPIN_ECHO, EPI), acquired("3D"),
        weighted_by_inversion, TR >= 4000, NOT_BALANCED, names_nothing,
    ),
    timed(
        "T1", 0.95, NILS, uses(GRADIENT_ECHO), uses(INVERSION), lacks(SPIN_ECHO),
        unless(acquired("2D")), weighted_by_inversion, NOT_BALANCED,
    ),
    timed(
        "T1", 0.9, NILS, uses(GRADIENT_ECHO), unless(acquired("2D")), weighted_by_inversion,
        NOT_BALANCED,
    ),
    rule(
        "PD", 0.8, WORDS, says("PD"), uses(GRADIENT_ECHO), lacks(INVERSION, PREPARED), unknown(TI),
        TE < 10,
    ),
    # Siemens' readout of an MPRAGE, whose variant would tell a preparation: the image of proton
    # density that a T1 is divided by (Van de Moortele et al., NeuroImage 46:432, 2009).
    timed(
        "PD", 0.6, VENDOR, made_by("Siemens"), uses(MPRAGE), uses(SPOILING),
        lacks(INVERSION, PREPARED), acquired("3D"), TE <= 10, FLIP <= 10, unknown(TI),
        unless(says("T1")),
    ),
    # Where a sidecar tells no more than that, all of them are 3-D.
    timed(
        "T1", 0.65, VENDOR, uses(MPRAGE), lacks(MT), unless(acquired("2D")), not_above(TE, 10),
        unknown(TI),
    ),
    timed(
        "T1", 0.65, VENDOR, uses(GRADIENT_ECHO), uses(INVERSION), lacks(SPIN_ECHO, EPI),
        acquired("3D"), unknown(TI), NOT_BALANCED,
    ),
    timed(
        "T1", 0.65, DICOM, uses(GRADIENT_ECHO), uses(PREPARED), lacks(SPIN_ECHO, EPI, MT),
        unless(acquired("2D")), TE <= 6, FLIP <= 15, unknown(TI),
    ),
    timed("OTHER", 0.65, PHYSICS, uses(GRADIENT_ECHO), lacks(SPIN_ECHO), TI > 1500, TE < 15),
    # Anonymised headers may have nothing but times.
    timed("T1", 0.8, NILS, lacks(SPIN_ECHO, EPI), within(TI, 600, 1200), TE < 6, NOT_BALANCED),
    # So small a flip angle once in seconds would waste nearly all signal: it is that of a train of
    # excitations after an inversion, as in protocols of all makers (1.8 to 3.1 s, 5 to 12 degrees).
    # Transmit fields and saturation transfer are mapped so too, in fewer pixels.
    timed(
        "T1", 0.65, PHYSICS, NOTHING_BUT_TIMES, unknown(TI), unless(acquired("2D")), SLICES > 60,
        VOLUMES <= 1, within(TR, 1600, 3500), within(TE, 1.5, 6), within(FLIP, 4, 15),
        large_matrix(160), names_nothing,
    ),
    # The T1 of tissue grows with the field, and the inversion time of an MPRAGE with it.
    timed("T1", 0.7, PHYSICS, lacks(SPIN_ECHO, EPI), TI > 1200, TI <= 1700, TE < 6, FLIP <= 15),
    rule("STIR", 0.95, WORDS, says("STIR"), TI <= 300),
    timed(
        "STIR", 0.75, NILS, lacks(SPIN_ECHO, GRADIENT_ECHO, EPI), within(TI, 110, 260), nulls_fat,
        TE >= 12, TR > 2000,
    ),
    timed(
        "STIR", 0.85, NILS, uses(INVERSION), lacks(GRADIENT_ECHO, EPI), within(TI, 30, 350),
        nulls_fat, TE >= 12,
    ),
    # Low-field scanners have it with a gradient echo too.
    timed(
        "STIR", 0.75, PHYSICS, uses(GRADIENT_ECHO), uses(INVERSION), lacks(SPIN_ECHO, EPI),
        FIELD_STRENGTH < 0.5, TI >= 30, nulls_fat, TE >= 12,
    ),
    timed(
        "T1", 0.7, PHYSICS, uses(INVERSION), lacks(GRADIENT_ECHO), nulls_fluid, TR < 2500, TE < 70,
    ),
    rule("FLAIR", 0.95, WORDS, says("FLAIR"), TI >= 1200),
    # Beyond lies double inversion.
    timed("FLAIR", 0.9, NILS, TI > 1500, TR > 3500, TE >= 60, unless(is_past_fluid)),
    # At low field it needs a shorter TI, and nothing else has so late an echo.
    timed(
        "FLAIR", 0.75, PHYSICS, uses(INVERSION), lacks(GRADIENT_ECHO, EPI), TI >= 1200, TR > 3500,
        TE >= 60, unless(is_past_fluid),
    ),
    timed("FLAIR", 0.85, PHYSICS, nulls_fluid, TR >= 3000, TE >= 60),
    timed(
        "FLAIR", 0.6, PHYSICS, lacks(GRADIENT_ECHO, EPI), within(TI, 1700, 2800), unknown(TR),
        unknown(TE),
    ),
    timed("T1", 0.8, NILS, uses(INVERSION), lacks(GRADIENT_ECHO), within(TI, 250, 1500), TE < 40),
)  # fmt: skip
