"""The rule table: read from the top, the first rule whose conditions all hold wins."""

from __future__ import annotations

from dataclasses import dataclass

from napari_mrseq.header import image_types
from napari_mrseq.header.conditions import (
    Condition,
    above,
    acquired,
    agent_tagged,
    at_least,
    at_most,
    below,
    contrast,
    echo_in_middle,
    image_type,
    is_phase,
    lacks,
    large_matrix,
    made_by,
    may_be_computed,
    not_acquired,
    nulls_fluid,
    other_modality,
    other_vendor,
    small_matrix,
    storage,
    tells_mr,
    unknown,
    uses,
    weighted_by_diffusion,
    without_weighting,
)
from napari_mrseq.header.plausibility import fits, says
from napari_mrseq.header.techniques import (
    ANGIOGRAPHY,
    BALANCED,
    COMPENSATED,
    DIFFUSION,
    FIELD,
    FLIGHT,
    FLOW,
    GRADIENT,
    INVERSION,
    LABELLING,
    MOVIE,
    MPRAGE,
    PLANAR,
    PREPARED,
    SCOUT,
    SPECTROSCOPY,
    SPIN,
    SUSCEPTIBILITY,
    TASK,
    TRANSFER,
    TRANSMIT,
)
from napari_mrseq.header.words import DUAL_ECHO, MAP
from napari_mrseq.sequences import UNKNOWN

TR, TE, TI, FLIP = "repetition_time", "echo_time", "inversion_time", "flip_angle"
VOLUMES = "volumes"

# Where a rule comes from.
DICOM = "DICOM PS3.3 C.8.3.1 and C.8.13"
VENDOR = "vendor conformance statements; dcm2niix"
NILS = "NILS, thresholds of about 400,000 series"
PHYSICS = "signal equations; Bernstein et al., Handbook of MRI Pulse Sequences, 2004"
WORDS = "protocol names; ezBIDS, dcm-classifier, clinica"
TABLE = "percentiles of NILS, widened"
BIDS = "BIDS v1.10"


@dataclass(frozen=True)
class Rule:
    """One line of the table.

    Attributes
    ----------
    sequence : str
        What the rule claims.
    confidence : float
        How often such a claim is right, 0 to 1.
    source : str
        Where the rule comes from.
    conditions : tuple of Condition
        All must hold.
    """

    sequence: str
    confidence: float
    source: str
    conditions: tuple[Condition, ...]


def _rule(sequence: str, confidence: float, source: str, *conditions: Condition) -> Rule:
    return Rule(sequence, confidence, source, conditions)


# A spin echo read line by line, without inversion; a gradient echo read line by line.
SPIN_ECHO = (uses(SPIN), lacks(PLANAR, INVERSION))
GRADIENT_ECHO = (uses(GRADIENT), lacks(SPIN, PLANAR))

RULES: tuple[Rule, ...] = (
    # What is no MR image, or no picture of a sequence.
    _rule(UNKNOWN, 0.95, DICOM, other_modality),
    _rule("OTHER", 0.95, DICOM, storage(*image_types.NO_PICTURE)),
    _rule("OTHER", 0.95, DICOM, image_type("SCREEN SAVE", "SCREENSAVE", "REPORT", "GRAPH")),
    _rule("OTHER", 0.85, DICOM, storage("Secondary Capture"), tells_mr),
    # A picture of whatever it may be.
    _rule(UNKNOWN, 0.55, DICOM, storage("Secondary Capture")),
    _rule("OTHER", 0.9, VENDOR, uses(SPECTROSCOPY)),
    _rule("OTHER", 0.9, VENDOR, uses(TRANSMIT)),
    # Images that scanners compute, as their types name them.
    _rule("FIELDMAP", 0.95, VENDOR, image_type(*image_types.FIELD_MAP)),
    _rule("ADC", 0.95, VENDOR, image_type(*image_types.ADC), fits("ADC")),
    _rule("OTHER", 0.95, VENDOR, image_type(*image_types.TENSOR)),
    _rule("B0", 0.9, VENDOR, image_type("TENSOR_B0")),
    _rule(
        "B0", 0.85, VENDOR, image_type(*image_types.TRACE), without_weighting, other_vendor("GE"),
    ),
    _rule("DWI", 0.95, VENDOR, image_type(*image_types.TRACE), fits("DWI")),
    _rule("PERF", 0.95, VENDOR, image_type(*image_types.PERFUSION)),
    _rule("SWI", 0.95, VENDOR, image_type(*image_types.SUSCEPTIBILITY), fits("SWI")),
    _rule("OTHER", 0.9, VENDOR, image_type(*image_types.MAP)),
    _rule("OTHER", 0.8, VENDOR, image_type(*image_types.FAT)),
    _rule("T1", 0.85, VENDOR, image_type("UNI", "UNI-DEN", "UNIT1"), uses(INVERSION)),
    # Scouts.
    _rule("LOCALIZER", 0.95, DICOM, image_type("LOCALIZER", "SCOUT", "SURVEY")),
    _rule("LOCALIZER", 0.95, VENDOR, uses(SCOUT)),
    _rule("LOCALIZER", 0.95, WORDS, says("LOCALIZER")),
    # The scout of Siemens' AutoAlign, the same at every site: no VIBE has so small a flip angle.
    _rule(
        "LOCALIZER", 0.75, VENDOR, uses(GRADIENT), lacks(INVERSION), acquired("3D"),
        at_most(TR, 3.2), at_most(TE, 1.5), at_most(FLIP, 8),
    ),
    # Field maps look like T1 to their times, so they come before all weightings.
    _rule("FIELDMAP", 0.95, VENDOR, uses(FIELD)),
    _rule("FIELDMAP", 0.85, WORDS, says("FIELDMAP")),
    _rule("OTHER", 0.8, DICOM, is_phase, lacks(FLOW)),
    # Diffusion. GE writes b values into other sequences too: see `weighted_by_diffusion`.
    _rule("ADC", 0.9, WORDS, says("ADC")),
    _rule("OTHER", 0.85, WORDS, says(MAP), may_be_computed),
    _rule("DWI", 0.95, NILS, weighted_by_diffusion),
    _rule("B0", 0.85, VENDOR, uses(DIFFUSION), without_weighting),
    _rule("B0", 0.85, DICOM, contrast("DIFFUSION"), without_weighting),
    _rule("B0", 0.85, VENDOR, image_type("DIFFUSION"), without_weighting),
    _rule(
        "B0", 0.8, WORDS, says("DWI", "B0"), lacks(GRADIENT), without_weighting, other_vendor("GE"),
    ),
    _rule("B0", 0.7, WORDS, says("B0")),
    _rule("DWI", 0.9, VENDOR, uses(DIFFUSION)),
    _rule("DWI", 0.9, DICOM, contrast("DIFFUSION")),
    _rule("DWI", 0.85, VENDOR, image_type("DIFFUSION")),
    _rule("DWI", 0.85, WORDS, says("DWI")),
    # Perfusion and activation. AcquisitionContrast PERFUSION is unreliable on Philips.
    _rule("PERF", 0.9, VENDOR, uses(LABELLING)),
    _rule("PERF", 0.9, DICOM, contrast("PERFUSION"), other_vendor("Philips")),
    _rule("PERF", 0.9, WORDS, says("PERF"), uses(PLANAR)),
    _rule("PERF", 0.75, WORDS, says("PERF")),
    _rule("BOLD", 0.95, VENDOR, image_type("FMRI"), fits("BOLD")),
    _rule("BOLD", 0.9, BIDS, uses(TASK), fits("BOLD")),
    _rule("BOLD", 0.9, WORDS, says("BOLD"), uses(PLANAR)),
    _rule("OTHER", 0.8, PHYSICS, uses(PLANAR), above(TI, 50), below(TI, 1500)),
    _rule("PERF", 0.75, PHYSICS, uses(PLANAR), uses(GRADIENT), agent_tagged, at_least(VOLUMES, 20)),
    _rule("SWI", 0.9, WORDS, says("SWI")),
    _rule("BOLD", 0.9, NILS, uses(PLANAR), uses(GRADIENT), lacks(SPIN), at_least(TE, 15)),
    _rule(
        "BOLD", 0.75, NILS, uses(PLANAR), lacks(SPIN, INVERSION), at_least(TE, 20), below(TE, 60),
    ),
    _rule("BOLD", 0.75, VENDOR, uses(PLANAR), uses(GRADIENT), lacks(SPIN, INVERSION), unknown(TE)),
    # The first of several echoes; a spin echo's excitation has 90 degrees.
    _rule(
        "BOLD", 0.7, PHYSICS, uses(PLANAR), lacks(SPIN, INVERSION, DIFFUSION), at_least(TE, 8),
        at_most(FLIP, 80),
    ),
    _rule("BOLD", 0.85, WORDS, says("BOLD")),
    _rule(
        "BOLD", 0.75, PHYSICS, uses(GRADIENT), acquired("2D"), lacks(SPIN), at_least(TR, 1200),
        at_least(TE, 18), at_most(TE, 60), small_matrix(128),
    ),
    # Vessels.
    _rule("SWI", 0.85, VENDOR, uses(SUSCEPTIBILITY)),
    _rule("MRA", 0.95, VENDOR, uses(FLIGHT), lacks(SPIN)),
    _rule("MRA", 0.95, DICOM, contrast("TOF")),
    _rule("MRA", 0.9, VENDOR, image_type(*image_types.ANGIOGRAPHY)),
    _rule("OTHER", 0.75, VENDOR, uses(FLOW), uses(MOVIE)),
    _rule("OTHER", 0.75, VENDOR, uses(FLOW), is_phase),
    _rule("MRA", 0.9, VENDOR, uses(FLOW)),
    _rule("MRA", 0.9, DICOM, uses(ANGIOGRAPHY), lacks(SPIN), fits("MRA")),
    _rule("MRA", 0.85, WORDS, says("MRA")),
    # Sequences of their own.
    _rule("OTHER", 0.85, WORDS, says("OTHER")),
    _rule("OTHER", 0.85, VENDOR, uses(BALANCED)),
    _rule("OTHER", 0.8, DICOM, uses(MOVIE), lacks(SPIN)),
    _rule("OTHER", 0.7, PHYSICS, lacks(SPIN), below(TR, 8), at_least(FLIP, 35), echo_in_middle),
    # Inversion recovery.
    _rule("T1", 0.95, NILS, uses(GRADIENT), uses(INVERSION), at_least(TI, 400), at_most(TI, 1400)),
    _rule(
        "T1", 0.9, NILS, uses(GRADIENT), not_acquired("2D"), at_least(TI, 400), at_most(TI, 1400)
    ),
    _rule(
        "PD", 0.8, WORDS, says("PD"), uses(GRADIENT), lacks(INVERSION), unknown(TI), below(TE, 10)
    ),
    _rule("T1", 0.65, VENDOR, uses(MPRAGE), acquired("3D"), at_most(TE, 10), unknown(TI)),
    _rule(
        "T1", 0.65, VENDOR, uses(GRADIENT), uses(INVERSION), lacks(SPIN, PLANAR), acquired("3D"),
        unknown(TI),
    ),
    _rule(
        "T1", 0.65, DICOM, uses(GRADIENT), uses(PREPARED), lacks(SPIN, PLANAR, FLIGHT),
        not_acquired("2D"), at_most(TE, 6), at_most(FLIP, 15), unknown(TI),
    ),
    _rule("OTHER", 0.65, PHYSICS, uses(GRADIENT), lacks(SPIN), above(TI, 1500), below(TE, 15)),
    # Anonymised headers may have nothing but times.
    _rule("T1", 0.8, NILS, lacks(SPIN, PLANAR), at_least(TI, 600), at_most(TI, 1200), below(TE, 6)),
    # The T1 of tissue grows with the field, and the inversion time of an MPRAGE with it.
    _rule(
        "T1", 0.7, PHYSICS, lacks(SPIN, PLANAR), above(TI, 1200), at_most(TI, 1700), below(TE, 6),
        at_most(FLIP, 15),
    ),
    _rule("STIR", 0.95, WORDS, says("STIR"), at_most(TI, 300)),
    _rule(
        "STIR", 0.75, NILS, lacks(SPIN, GRADIENT, PLANAR), at_least(TI, 110), at_most(TI, 260),
        at_least(TE, 12), above(TR, 2000),
    ),
    _rule(
        "STIR", 0.85, NILS, uses(INVERSION), lacks(GRADIENT), at_least(TI, 50), at_most(TI, 300),
        at_least(TE, 12),
    ),
    _rule("T1", 0.85, NILS, uses(INVERSION), lacks(GRADIENT), nulls_fluid, below(TE, 40)),
    _rule(
        "T1", 0.7, PHYSICS, uses(INVERSION), lacks(GRADIENT), nulls_fluid, below(TR, 2500),
        below(TE, 70),
    ),
    _rule("FLAIR", 0.95, WORDS, says("FLAIR"), at_least(TI, 1200)),
    _rule("FLAIR", 0.9, NILS, above(TI, 1500), above(TR, 3500), at_least(TE, 60)),
    _rule("FLAIR", 0.85, PHYSICS, nulls_fluid, at_least(TR, 3000), at_least(TE, 60)),
    _rule(
        "FLAIR", 0.6, PHYSICS, lacks(GRADIENT, PLANAR, LABELLING), at_least(TI, 1700),
        at_most(TI, 2800), unknown(TR), unknown(TE),
    ),
    _rule(
        "T1", 0.8, NILS, uses(INVERSION), lacks(GRADIENT), at_least(TI, 250), at_most(TI, 1500),
        below(TE, 40),
    ),
    # What enhanced files say themselves, where the physics agrees.
    _rule("FLAIR", 0.9, DICOM, contrast("FLUID_ATTENUATED"), fits("FLAIR")),
    _rule("STIR", 0.9, DICOM, contrast("STIR"), fits("STIR")),
    _rule("PD", 0.9, DICOM, contrast("PROTON_DENSITY"), fits("PD"), lacks(GRADIENT)),
    _rule("T2STAR", 0.85, DICOM, contrast("T2_STAR"), fits("T2STAR")),
    _rule("T2", 0.85, DICOM, contrast("T2"), fits("T2"), lacks(GRADIENT)),
    _rule("T1", 0.85, DICOM, contrast("T1"), fits("T1"), lacks(COMPENSATED)),
    # A dual echo names both; its echo time tells.
    _rule("PD", 0.85, NILS, says(DUAL_ECHO), below(TE, 40)),
    _rule("T2", 0.85, NILS, says(DUAL_ECHO), at_least(TE, 40)),
    # Words, where the physics doesn't contradict them; a rule that supports them makes them surer.
    _rule("T2STAR", 0.8, WORDS, says("T2STAR")),
    _rule("T2STAR", 0.75, PHYSICS, says("T2"), uses(GRADIENT), lacks(SPIN), at_least(TE, 10)),
    _rule("PD", 0.8, WORDS, says("PD"), lacks(GRADIENT)),
    _rule("FLAIR", 0.8, WORDS, says("FLAIR")),
    _rule("STIR", 0.8, WORDS, says("STIR")),
    _rule("T1", 0.8, WORDS, says("T1")),
    _rule("T2", 0.75, WORDS, says("T2"), lacks(GRADIENT)),
    # Spin echo by its times; HASTE and 3-D echo trains have a short TR for a T2.
    _rule("T1", 0.8, TABLE, *SPIN_ECHO, at_least(TR, 150), at_most(TR, 850), at_most(TE, 30)),
    _rule("T1", 0.65, TABLE, *SPIN_ECHO, above(TR, 850), at_most(TR, 1200), at_most(TE, 20)),
    _rule("T2", 0.8, TABLE, *SPIN_ECHO, above(TR, 1500), at_least(TE, 70)),
    _rule("T2", 0.65, TABLE, *SPIN_ECHO, above(TR, 2000), at_least(TE, 55)),
    _rule("T2", 0.6, TABLE, *SPIN_ECHO, above(TR, 5000), at_least(TE, 48)),
    _rule("T2", 0.7, TABLE, *SPIN_ECHO, at_least(TE, 80)),
    # The table is of people: small animals in strong fields have a T2 at such times.
    _rule(
        "PD", 0.75, TABLE, *SPIN_ECHO, above(TR, 1800), at_most(TR, 8000), at_most(TE, 30),
        other_vendor("Bruker"),
    ),
    _rule("PD", 0.6, TABLE, *SPIN_ECHO, above(TR, 1800), below(TE, 48), other_vendor("Bruker")),
    _rule("T2", 0.65, PHYSICS, *SPIN_ECHO, above(TR, 1800), at_least(TE, 20), made_by("Bruker")),
    # Long trains of echoes of knees.
    _rule(
        "PD", 0.6, PHYSICS, *SPIN_ECHO, acquired("3D"), at_least(TR, 1100), at_least(TE, 22),
        below(TE, 48),
    ),
    # Only a spin echo has a signal left after so long; an unnamed EPI would have a small matrix.
    _rule(
        "T2", 0.6, PHYSICS, lacks(SPIN, GRADIENT, PLANAR, INVERSION), above(TR, 1500),
        at_least(TE, 70), large_matrix(160),
    ),
    # Such times are a spin echo's, or a gradient echo's with a small flip angle.
    _rule(
        "T1", 0.6, TABLE, lacks(SPIN, GRADIENT, PLANAR, INVERSION), at_least(TR, 350),
        at_most(TR, 850), at_least(TE, 8), at_most(TE, 15), unknown(FLIP),
    ),
    _rule(
        "T1", 0.6, TABLE, lacks(SPIN, GRADIENT, PLANAR, INVERSION), at_least(TR, 350),
        at_most(TR, 850), at_least(TE, 8), at_most(TE, 15), at_least(FLIP, 60),
    ),
    # Gradient echo by its times.
    _rule(
        "FIELDMAP", 0.65, PHYSICS, *GRADIENT_ECHO, acquired("2D"), at_least(TR, 300),
        below(TE, 12), small_matrix(128),
    ),
    _rule(
        "LOCALIZER", 0.7, PHYSICS, uses(GRADIENT), lacks(SPIN, PLANAR, INVERSION), acquired("2D"),
        at_most(TR, 20), at_most(FLIP, 45), at_most(VOLUMES, 1),
    ),
    _rule("T2STAR", 0.75, TABLE, *GRADIENT_ECHO, above(TE, 15)),
    _rule(
        "T2STAR", 0.7, PHYSICS, *GRADIENT_ECHO, not_acquired("3D"), at_least(TE, 9),
        above(TR, 200), at_most(FLIP, 40),
    ),
    _rule(
        "T1", 0.8, TABLE, *GRADIENT_ECHO, lacks(COMPENSATED, TRANSFER), acquired("3D"),
        below(TR, 50), below(TE, 8), at_least(FLIP, 8),
    ),
    _rule(
        "T1", 0.7, TABLE, *GRADIENT_ECHO, lacks(COMPENSATED, TRANSFER), below(TR, 400),
        above(TR, 50), below(TE, 10), at_least(FLIP, 50),
    ),
    _rule("OTHER", 0.6, WORDS, says(MAP)),
)  # fmt: skip

# What is claimed where no rule fits.
NOTHING_FITS = Rule(UNKNOWN, 0.5, "", ())
