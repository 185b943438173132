"""The rules that tell gradient echoes read out by EPI, which follow activation, by their times."""

from __future__ import annotations

from napari_mrseq.header.conditions import (
    FIELD_STRENGTH,
    FLIP,
    TE,
    TR,
    VOLUMES,
    agent_tagged,
    is_secondary,
    lacks,
    large_matrix,
    small_matrix,
    unknown,
    unless,
    uses,
    within,
)
from napari_mrseq.header.plausibility import says, timed
from napari_mrseq.header.rule import NILS, PHYSICS, VENDOR, WORDS, Rule, rule
from napari_mrseq.header.sequence_attributes import SequenceAttributes
from napari_mrseq.header.techniques import EPI, GRADIENT_ECHO, INVERSION, SEGMENTED, SPIN_ECHO
from napari_mrseq.header.weightings import NOTHING_BUT_TIMES
from napari_mrseq.header.words import called, names_nothing

# One volume that a program computed, of a first pass more often than of activation.
OF_A_SERIES = unless(is_secondary, VOLUMES <= 1)

# Elastography, saturation transfer and thermometry, read out so as well, several times over.
OF_OTHER_METHODS = called(r".*mre|elasto.*|mr touch|cest.*|aptw?.*|temperature.*|thermo.*")

# Spin echoes that measure distortion, whose own code some files lack: Siemens' EP stands for both.
# Activation is followed by many volumes, and at 3 T seldom so late.
LIKE_A_SPIN_ECHO = (FIELD_STRENGTH >= 2.5, TE >= 50, FLIP >= 85, VOLUMES <= 10)

# ms; of 3-D readouts the header tells that of one excitation.
SHORTEST_REPETITION = 500.0
# Of a bolus clinics have 40 to 90 volumes, of activation 100 and more.
FEWEST_OF_A_BOLUS, MOST_OF_A_BOLUS = 30, 99
# In seconds: a first pass is followed for one or two minutes, activation for three and more.
SHORTEST_RUN = 130.0


def is_soon_over(attributes: SequenceAttributes) -> str | None:
    """Hold where slices are repeated often, and all is over sooner than a run of activation."""
    repetition, volumes = attributes.repetition_time, attributes.volumes
    if repetition is None or repetition < SHORTEST_REPETITION or volumes < FEWEST_OF_A_BOLUS:
        return None
    return "" if repetition * volumes < SHORTEST_RUN * 1000.0 else None


ECHO_PLANAR_RULES: tuple[Rule, ...] = (
    rule("OTHER", 0.85, WORDS, says("OTHER"), OF_OTHER_METHODS, uses(EPI)),
    rule(
        "T2STAR", 0.8, WORDS, says("T2STAR"), uses(EPI), uses(GRADIENT_ECHO), lacks(SPIN_ECHO),
        VOLUMES <= 1,
    ),
    # A slice takes several excitations, which is too slow for activation.
    timed("T2STAR", 0.7, VENDOR, uses(SEGMENTED), VOLUMES <= 1, unless(says("BOLD"))),
    # A short run, or a bolus whose agent isn't told: that is looked at in more pixels.
    timed(
        "BOLD", 0.55, PHYSICS, uses(EPI), lacks(SPIN_ECHO, INVERSION), TE >= 20, TE < 60,
        is_soon_over, large_matrix(128), names_nothing,
    ),
    # As few volumes that take longer may be a bolus as well.
    timed(
        "BOLD", 0.75, PHYSICS, uses(EPI), uses(GRADIENT_ECHO), lacks(SPIN_ECHO), TE >= 15,
        within(VOLUMES, FEWEST_OF_A_BOLUS, MOST_OF_A_BOLUS), names_nothing,
    ),
    timed(
        "BOLD", 0.9, NILS, uses(EPI), uses(GRADIENT_ECHO), lacks(SPIN_ECHO), TE >= 15, OF_A_SERIES,
    ),
    timed(
        "BOLD", 0.75, NILS, uses(EPI), lacks(SPIN_ECHO, INVERSION), TE >= 20, TE < 60, OF_A_SERIES,
        unless(*LIKE_A_SPIN_ECHO),
    ),
    timed(
        "BOLD", 0.75, VENDOR, uses(EPI), uses(GRADIENT_ECHO), lacks(SPIN_ECHO, INVERSION),
        unknown(TE), OF_A_SERIES,
    ),
    # The first of several echoes; a spin echo's excitation has 90 degrees, or a little less where
    # several slices are excited at once, and its echo is later.
    timed(
        "BOLD", 0.7, PHYSICS, uses(EPI), lacks(SPIN_ECHO, INVERSION), within(TE, 8, 60),
        FLIP <= 80, OF_A_SERIES,
    ),
    # No readout is told, but nothing else is repeated so often: a bolus that takes as many volumes
    # is over sooner, or its agent is told, and what diffusion weights is a spin echo.
    timed(
        "BOLD", 0.65, PHYSICS, NOTHING_BUT_TIMES, VOLUMES > 150, within(TE, 15, 45),
        within(TR, SHORTEST_REPETITION, 3500), FLIP <= 80, small_matrix(128), names_nothing,
        unless(is_soon_over), unless(agent_tagged),
    ),
)  # fmt: skip
