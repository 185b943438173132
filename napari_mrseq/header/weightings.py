"""The rules that tell the weighting of an echo by its times, or by what enhanced files say."""

from __future__ import annotations

from napari_mrseq.header.conditions import (
    ECHOES,
    FIELD_STRENGTH,
    FLIP,
    SLICES,
    TE,
    TI,
    TR,
    VOLUMES,
    acquired,
    agent_tagged,
    contrast,
    echo_within_repetition,
    is_derived,
    lacks,
    large_matrix,
    made_by,
    not_above,
    not_below,
    preclinical,
    small_matrix,
    unknown,
    unless,
    uses,
    within,
)
from napari_mrseq.header.contradictions import EXCITES_AGAIN
from napari_mrseq.header.lexicon import MAP
from napari_mrseq.header.plausibility import fits, timed
from napari_mrseq.header.relaxation import (
    far_below_ernst_angle,
    far_past_ernst_angle,
    has_late_echo,
    inverts_fat_at_most,
    past_ernst_angle,
)
from napari_mrseq.header.rule import DICOM, PHYSICS, TABLE, Rule, rule
from napari_mrseq.header.techniques import (
    EPI,
    FLOW_COMPENSATED,
    GATED,
    GRADIENT_ECHO,
    INVERSION,
    MPRAGE,
    MT,
    PREPARED,
    SPIN_ECHO,
    SPOILING,
    STEADY_STATE,
    T2_PREPARED,
    VIEW_SHARING,
)
from napari_mrseq.header.words import names, names_nothing, tells_inversion

# No readout is told, nor an inversion.
NOTHING_BUT_TIMES = lacks(SPIN_ECHO, GRADIENT_ECHO, EPI, INVERSION)
# A volume that waits for the heart may show blood, whatever its times are: fresh in diastole (FBI,
# NATIVE SPACE, TRANCE), or in coronary arteries, after a preparation that few headers tell.
OF_THE_HEART = (uses(GATED), acquired("3D"))
# A spin echo, no EPI, whose contrast no inversion makes. Philips gives EPI no code: what has so few
# pixels and is repeated so often weights by diffusion, or follows activation.
NON_EPI_SPIN_ECHO = (
    uses(SPIN_ECHO), lacks(EPI), inverts_fat_at_most, unless(tells_inversion),
    unless(VOLUMES >= 20, small_matrix(160)), unless(*OF_THE_HEART),
)  # fmt: skip
# A FLAIR whose inversion the header doesn't tell, or diffusion without a b value, read out by EPI.
LIKE_A_LONG_FLAIR = (acquired("3D"), TR > 4500)
LIKE_DIFFUSION_OF_PHILIPS = (made_by("Philips"), small_matrix(160))
# Consoles of GE show any EPI with 256 pixels; a train of echoes refocuses with larger flip angles,
# or is told: that of an EPI counts as one, or has 30 and more. Low fields diffuse for longer.
LIKE_DIFFUSION = (
    names_nothing, small_matrix(256), TE < 85, not_above(FLIP, 95), unless(acquired("3D")),
    unless(within(ECHOES, 2, 25)), not_below(FIELD_STRENGTH, 1.0), SLICES <= 120,
)  # fmt: skip
# Fat and water make four volumes; more are the echoes of a map of T2, or saturate other pools.
ONE_CONTRAST = VOLUMES <= 4
# HASTE and 3-D echo trains have a short TR for a T2.
SPIN_ECHO_RULES: tuple[Rule, ...] = (
    timed("T1", 0.8, TABLE, *NON_EPI_SPIN_ECHO, *EXCITES_AGAIN, within(TR, 150, 850), TE <= 30),
    timed(
        "T1", 0.65, TABLE, *NON_EPI_SPIN_ECHO, *EXCITES_AGAIN, TR > 850, TR <= 1200, TE <= 20,
        ONE_CONTRAST,
    ),
    timed(
        "T2", 0.8, TABLE, *NON_EPI_SPIN_ECHO, TR > 1500, TE >= 70, unless(*LIKE_A_LONG_FLAIR),
        unless(*LIKE_DIFFUSION_OF_PHILIPS),
    ),
    timed("T2", 0.65, TABLE, *NON_EPI_SPIN_ECHO, TR > 2000, TE >= 55),
    timed("T2", 0.6, TABLE, *NON_EPI_SPIN_ECHO, TR > 5000, TE >= 48),
    timed("T2", 0.7, TABLE, *NON_EPI_SPIN_ECHO, TE >= 80),
    # T2 of the brain is 80, 71 and 47 ms at 1.5, 3 and 7 T (Cox and Gowland, Magn Reson Med
    # 64:1440, 2010); the falling flip angles of long 3-D trains weight by less of it.
    timed(
        "T2", 0.6, PHYSICS, *NON_EPI_SPIN_ECHO, FIELD_STRENGTH >= 6.0, TR > 2000, TE >= 40,
        unless(acquired("3D")), unless(preclinical),
    ),
    # The table is of people: preclinical scanners have a T2 at such times.
    timed(
        "PD", 0.75, TABLE, *NON_EPI_SPIN_ECHO, TR > 1800, TR <= 8000, TE <= 30, unless(preclinical),
        ONE_CONTRAST,
    ),
    timed(
        "PD", 0.6, TABLE, *NON_EPI_SPIN_ECHO, TR > 1800, TE < 48, unless(preclinical), ONE_CONTRAST,
    ),
    timed("T2", 0.65, PHYSICS, *NON_EPI_SPIN_ECHO, TR > 1800, TE >= 20, preclinical),
    # Long trains of echoes of knees, whose falling flip angles weight by T2 as an echo time half as
    # long does (Busse et al., Magn Reson Med 55:1030, 2006).
    timed("PD", 0.6, PHYSICS, *NON_EPI_SPIN_ECHO, acquired("3D"), TR >= 1100, TE >= 22, TE < 55),
    timed(
        "PD", 0.6, PHYSICS, lacks(GRADIENT_ECHO, EPI), inverts_fat_at_most, acquired("3D"),
        TR >= 1100, ECHOES >= 25, TE >= 20, TE < 55, FLIP >= 60, large_matrix(160),
    ),
    # Only a spin echo has a signal left after so long; an unnamed EPI would have a small matrix.
    timed(
        "T2", 0.6, PHYSICS, NOTHING_BUT_TIMES, not_above(TI, 260), TR > 1500, TE >= 70,
        large_matrix(160), unless(*LIKE_DIFFUSION),
    ),
    # Such times are a spin echo's, or a gradient echo's with a small flip angle.
    timed(
        "T1", 0.6, TABLE, NOTHING_BUT_TIMES, within(TR, 350, 850), within(TE, 8, 15),
        not_below(FLIP, 60),
    ),
)  # fmt: skip

# A gradient echo, no EPI; one whose signal is spoiled, and inverted of fat alone at most.
NON_EPI_GRADIENT_ECHO = (uses(GRADIENT_ECHO), lacks(SPIN_ECHO, EPI), echo_within_repetition)
# Siemens codes spoiling wherever there is any: what has none keeps T2 (TrueFISP, DESS, PSIF).
UNSPOILED = (made_by("Siemens"), uses(STEADY_STATE), lacks(SPOILING))
SPOILED = (
    *NON_EPI_GRADIENT_ECHO,
    unless(*UNSPOILED),
    lacks(INVERSION, FLOW_COMPENSATED, MT, T2_PREPARED),
    not_above(TI, 180),
    past_ernst_angle,
)
# 3-D time of flight (protocols of vendors), whose fresh blood outshines all that T1 weights: the
# repetition time saturates what rests, the flip angle lets blood shine to the end of the slab.
LIKE_TIME_OF_FLIGHT = (TR >= 18, within(FLIP, 15, 25), TE >= 2)
# At 7 T its repetition time is shorter; T1 is weighted by an inversion there.
LIKE_TIME_OF_FLIGHT_7T = (FIELD_STRENGTH >= 6.0, TR >= 12, within(FLIP, 15, 25), TE >= 2)
# Right for vessels, as blood with an agent has a T1 of 25 to 80 ms; a liver that took it up may do.
LIKE_CONTRAST_ANGIOGRAPHY = (TR < 6.5, FLIP >= 20, TE < 2.5)
# Too much for a spoiled gradient echo: it maps the flip angle, or is balanced.
TOO_STEEP = (FLIP >= 45, far_past_ernst_angle)
# Fields are mapped, and coils compared, with so few pixels; a bolus is followed for longer.
LIKE_A_MAP = (small_matrix(80), VOLUMES <= 4, unless(preclinical))
# Waves of 60 Hz are encoded for one of their periods, and tissue that they shake is excited once in
# three of them, in a few slices (QIBA profile of MR elastography of the liver).
LIKE_ELASTOGRAPHY = (acquired("2D"), within(TR, 45, 55), within(TE, 18, 30), SLICES <= 20)
SPOILED_IN_3D = (*SPOILED, acquired("3D"), unless(*OF_THE_HEART))
SPOILED_VOLUME = (
    *SPOILED_IN_3D, unless(*LIKE_TIME_OF_FLIGHT), unless(*LIKE_TIME_OF_FLIGHT_7T),
    unless(*LIKE_CONTRAST_ANGIOGRAPHY), unless(*TOO_STEEP), unless(*LIKE_A_MAP), TR < 50,
    TE >= 0.5, TE < 8, FLIP >= 8,
)  # fmt: skip
# Nothing is mapped with a scout.
LIKE_A_SCOUT = (
    *NON_EPI_GRADIENT_ECHO, lacks(INVERSION), not_above(TI, 100), acquired("2D"), TR <= 20,
    FLIP <= 45, VOLUMES <= 1, unless(names(MAP)),
)  # fmt: skip
GRADIENT_ECHO_RULES: tuple[Rule, ...] = (
    timed(
        "T2STAR", 0.7, PHYSICS, *NON_EPI_GRADIENT_ECHO, lacks(INVERSION), unless(acquired("3D")),
        TE >= 9, TR > 200, not_above(FLIP, 40),
    ),
    timed(
        "FIELDMAP", 0.65, PHYSICS, *NON_EPI_GRADIENT_ECHO, lacks(PREPARED), acquired("2D"),
        TR >= 300, TE < 12, small_matrix(128), not_above(ECHOES, 2), unless(preclinical),
    ),
    # A scout has few slices of each plane; one phase of a film waits for the heart.
    timed("LOCALIZER", 0.7, PHYSICS, *LIKE_A_SCOUT, lacks(GATED), SLICES <= 9),
    timed("LOCALIZER", 0.6, PHYSICS, *LIKE_A_SCOUT, lacks(GATED), SLICES <= 20),
    # A large flip angle weights by T1, unless the echo is late in any field.
    timed(
        "T2STAR", 0.75, TABLE, *NON_EPI_GRADIENT_ECHO, lacks(INVERSION), has_late_echo,
        not_above(FLIP, 50), unless(*LIKE_ELASTOGRAPHY),
    ),
    timed(
        "T2STAR", 0.75, TABLE, *NON_EPI_GRADIENT_ECHO, lacks(INVERSION), TE > 25,
        unless(*LIKE_ELASTOGRAPHY),
    ),
    # A spin echo has no signal left at so short a repetition time.
    timed("T2STAR", 0.6, PHYSICS, NOTHING_BUT_TIMES, TR < 200, has_late_echo, not_above(FLIP, 50)),
    # Several echoes summed, of which the first is told.
    timed(
        "T2STAR", 0.65, PHYSICS, *NON_EPI_GRADIENT_ECHO, unless(acquired("3D")), TR >= 400,
        far_below_ernst_angle, ECHOES >= 3,
    ),
    # Many volumes may also follow blood with an agent, or the exchange of saturation; what GE calls
    # derived may be the water or the fat of a Dixon scan.
    timed("T1", 0.65, TABLE, *SPOILED_VOLUME, VOLUMES >= 20, names_nothing),
    timed("T1", 0.65, TABLE, *SPOILED_VOLUME, is_derived, made_by("GE"), names_nothing),
    timed("T1", 0.8, TABLE, *SPOILED_VOLUME),
    # Scanners seldom tell the agent; where views are shared, it is followed.
    timed(
        "T1", 0.6, TABLE, *SPOILED_IN_3D, *LIKE_CONTRAST_ANGIOGRAPHY, unless(agent_tagged),
        unless(*TOO_STEEP), TE >= 0.5, lacks(VIEW_SHARING),
    ),
    timed("T1", 0.7, TABLE, *SPOILED, TR > 50, TR < 400, TE < 10, FLIP >= 50),
    timed("T1", 0.65, PHYSICS, *SPOILED, acquired("2D"), within(TR, 400, 800), TE < 8, FLIP >= 70),
    # A step of a map of T1, or of magnetisation transfer.
    timed(
        "PD", 0.6, PHYSICS, *NON_EPI_GRADIENT_ECHO,
        lacks(INVERSION, PREPARED, FLOW_COMPENSATED, MT), unless(acquired("2D")),
        within(TR, 18, 60), TE <= 7, unknown(TI), far_below_ernst_angle,
    ),
    # The echoes of low-field scanners are late.
    timed("T1", 0.65, PHYSICS, *SPOILED, FIELD_STRENGTH < 0.6, TR < 400, TE >= 8, FLIP >= 50),
)  # fmt: skip

# Philips says T1 of any spoiled gradient echo: of scouts, maps of fields, references of coils and
# coronary arteries.
# A second or more lies between the inversions of an MPRAGE, not between two excitations.
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
        "T1", 0.85, DICOM, contrast("T1"), fits("T1"), lacks(FLOW_COMPENSATED, T2_PREPARED),
        unless(*OF_SMALL_FLIP_ANGLE), unless(*LIKE_A_SCOUT), unless(*A_MAP),
        unless(uses(GRADIENT_ECHO), *OF_THE_HEART),
    ),
)  # fmt: skip
