"""The rules that tell vessels: by what is subtracted, by inflow, by flow, by their names."""

from __future__ import annotations

from napari_mrseq.header import image_types
from napari_mrseq.header.conditions import (
    FLIP,
    SLICES,
    TE,
    TI,
    TR,
    VOLUMES,
    acquired,
    agent_tagged,
    contrast,
    echo_in_middle,
    either,
    image_type,
    is_derived,
    is_phase,
    is_projected,
    lacks,
    not_above,
    not_below,
    unless,
    uses,
    within,
)
from napari_mrseq.header.plausibility import fits, says, timed
from napari_mrseq.header.rule import DICOM, PHYSICS, VENDOR, WORDS, Rule, rule
from napari_mrseq.header.techniques import (
    ANGIOGRAPHY,
    BALANCED,
    CINE,
    EPI,
    GRADIENT_ECHO,
    INVERSION,
    PHASE_CONTRAST,
    PREPARED,
    SPIN_ECHO,
    TIME_OF_FLIGHT,
    VIEW_SHARING,
)
from napari_mrseq.header.weightings import LIKE_CONTRAST_ANGIOGRAPHY, TOO_STEEP
from napari_mrseq.header.words import (
    called,
    names,
    names_nothing,
    names_weighting,
    tells_heart,
    tells_organ,
    tells_vessels,
)

OF_A_BOLUS = called("twist|tricks")
# With the flip angle that blood needs after an agent, as tissue does not.
OF_VESSELS = (uses(GRADIENT_ECHO), acquired("3D"), *LIKE_CONTRAST_ANGIOGRAPHY)
# Phase contrast, or post contrast, an artery, a carcinoma of the prostate: of a weighting, of an
# organ it is one of these unless the header tells flow.
IN_SHORT = (called("pca?"), lacks(PHASE_CONTRAST))
# Vessels that turn, projected from all around, are shown as a film as well.
A_FILM = (uses(CINE), unless(is_projected))

# One volume of blood that flows in after an inversion; words would tell what else it is.
AFTER_LONG_INVERSION = (lacks(CINE), acquired("3D"), TI >= 700, VOLUMES <= 1, names_nothing)

SUBTRACTION_RULES: tuple[Rule, ...] = (
    # What is left without the unenhanced image is vessels where the agent was given for them.
    rule("MRA", 0.9, VENDOR, image_type(*image_types.SUBTRACTION), says("MRA")),
    timed(
        "MRA", 0.75, PHYSICS, image_type(*image_types.SUBTRACTION), uses(GRADIENT_ECHO),
        acquired("3D"), *LIKE_CONTRAST_ANGIOGRAPHY, unless(tells_organ), unless(names_weighting),
    ),
    # Blood that is dark in systole alone (FBI, NATIVE SPACE, TRANCE), without an agent; fluid and
    # FLAIRs are compared at later echoes.
    timed(
        "MRA", 0.7, PHYSICS, image_type(*image_types.SUBTRACTION), uses(SPIN_ECHO), acquired("3D"),
        within(TE, 50, 150), not_above(TI, 300), names_nothing, unless(agent_tagged),
    ),
)  # fmt: skip

# Flow is measured in a film, or in the phase; Philips writes PCA into its type all the same. It is
# read out by EPI, too, so these rules come before those of activation.
FLOW_RULES: tuple[Rule, ...] = (
    rule("OTHER", 0.75, VENDOR, uses(PHASE_CONTRAST), *A_FILM),
    rule("OTHER", 0.75, VENDOR, uses(PHASE_CONTRAST), is_phase),
    rule("OTHER", 0.75, DICOM, image_type("VELOCITY"), is_derived),
)

VESSEL_RULES: tuple[Rule, ...] = (
    rule("MRA", 0.95, VENDOR, uses(TIME_OF_FLIGHT), lacks(SPIN_ECHO)),
    rule("MRA", 0.95, DICOM, contrast("TOF")),
    # Blood that flows in after an inversion (NATIVE, Inhance IFIR, Time-SLIP, VASC-ASL). T1 is
    # mapped with smaller flip angles, or with several volumes.
    timed("MRA", 0.7, PHYSICS, uses(BALANCED), *AFTER_LONG_INVERSION, not_below(FLIP, 50)),
    # Only a balanced readout bears such a flip angle again and again.
    rule(
        "MRA", 0.65, PHYSICS, *AFTER_LONG_INVERSION, lacks(SPIN_ECHO), TR < 8, FLIP >= 50,
        echo_in_middle,
    ),
    # Blood that flows into slices after they were saturated (QISS), one after the other all the way
    # down the legs: of the heart there are few, and T1 is mapped with smaller flip angles.
    timed(
        "MRA", 0.65, PHYSICS, uses(BALANCED), lacks(CINE), acquired("2D"), within(TI, 200, 600),
        FLIP >= 70, SLICES > 40, VOLUMES <= 1, names_nothing, unless(tells_heart),
    ),
    # What rests has no signal left after such pulses; blood that flows into one slice after the
    # other, all along a limb or the neck, has (2-D time of flight).
    timed(
        "MRA", 0.65, PHYSICS, uses(GRADIENT_ECHO),
        lacks(SPIN_ECHO, EPI, INVERSION, PREPARED, BALANCED, CINE), acquired("2D"),
        within(TR, 15, 40), TE >= 3, unless(echo_in_middle), *TOO_STEEP, SLICES > 40,
        VOLUMES <= 1, names_nothing,
    ),
    rule("OTHER", 0.75, WORDS, called("pca?|ph.*con.*|venc.*"), *A_FILM, lacks(SPIN_ECHO)),
    rule("MRA", 0.9, VENDOR, image_type(*image_types.ANGIOGRAPHY)),
    # Not every header counts the phases of the heartbeat; directions of flow are four at most.
    rule("OTHER", 0.75, VENDOR, uses(PHASE_CONTRAST), VOLUMES >= 10, unless(is_projected)),
    rule("MRA", 0.9, VENDOR, uses(PHASE_CONTRAST)),
    rule(
        "MRA", 0.9, DICOM, uses(ANGIOGRAPHY), lacks(SPIN_ECHO), fits("MRA"),
        unless(names_weighting), unless(uses(VIEW_SHARING), unless(*OF_VESSELS)),
    ),
    # A bolus is followed into tumours by the same sequences.
    rule(
        "MRA", 0.85, WORDS, says("MRA"),
        unless(OF_A_BOLUS, either(tells_organ, unless(tells_vessels))),
        unless(*IN_SHORT, either(names_weighting, names("T1"), tells_organ, uses(BALANCED))),
    ),
    timed("MRA", 0.7, PHYSICS, OF_A_BOLUS, *OF_VESSELS, unless(tells_organ)),
    # Siemens sets the flag of any TWIST, of a prostate's as well.
    rule(
        "MRA", 0.55, DICOM, uses(ANGIOGRAPHY), uses(VIEW_SHARING), fits("MRA"),
        unless(names_weighting), unless(tells_organ),
    ),
)  # fmt: skip
