"""The rules that take what enhanced files say of their contrast, where the physics agrees."""

from __future__ import annotations

from napari_mrseq.header.conditions import (
    TR,
    contrast,
    lacks,
    unless,
    uses,
)
from napari_mrseq.header.plausibility import fits
from napari_mrseq.header.relaxation import far_below_ernst_angle
from napari_mrseq.header.rule import DICOM, Rule, rule
from napari_mrseq.header.techniques import (
    FLOW_COMPENSATED,
    GRADIENT_ECHO,
    INVERSION,
    MPRAGE,
    PREPARED,
    SPIN_ECHO,
)
from napari_mrseq.header.weightings import LIKE_A_MAP, LIKE_A_SCOUT

# Philips says T1 of any spoiled gradient echo: of scouts, maps of fields and references of coils.
# A second is no time between two excitations, but between the inversions of an MPRAGE.
OF_SMALL_FLIP_ANGLE = (
    lacks(SPIN_ECHO, INVERSION, MPRAGE, PREPARED), TR < 1000, far_below_ernst_angle,
)  # fmt: skip
A_MAP = (uses(GRADIENT_ECHO), TR < 50, *LIKE_A_MAP)

ACQUISITION_CONTRAST_RULES: tuple[Rule, ...] = (
    rule("FLAIR", 0.9, DICOM, contrast("FLUID_ATTENUATED"), fits("FLAIR")),
    rule("STIR", 0.9, DICOM, contrast("STIR"), fits("STIR")),
    rule("PD", 0.9, DICOM, contrast("PROTON_DENSITY"), fits("PD"), lacks(GRADIENT_ECHO)),
    rule("T2STAR", 0.85, DICOM, contrast("T2_STAR"), fits("T2STAR")),
    rule("T2", 0.85, DICOM, contrast("T2"), fits("T2"), lacks(GRADIENT_ECHO)),
    rule(
        "T1", 0.85, DICOM, contrast("T1"), fits("T1"), lacks(FLOW_COMPENSATED),
        unless(*OF_SMALL_FLIP_ANGLE), unless(*LIKE_A_SCOUT), unless(*A_MAP),
    ),
)  # fmt: skip
