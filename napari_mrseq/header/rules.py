"""The rule table: read from the top, the first rule whose conditions all hold wins."""

from __future__ import annotations

from napari_mrseq.header import image_types
from napari_mrseq.header.b_values import told_without_weighting, without_weighting
from napari_mrseq.header.computed_maps import has_type_of_a_map, is_reckoned, names_bolus_map
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
    image_type,
    is_derived,
    is_imaginary,
    is_original,
    is_phase,
    is_real,
    lacks,
    large_matrix,
    made_by,
    not_above,
    not_below,
    other_modality,
    small_matrix,
    storage,
    tells_computed,
    tells_mr,
    unless,
    uses,
    within,
)
from napari_mrseq.header.diffusion import DIFFUSION_RULES
from napari_mrseq.header.echo_planar import ECHO_PLANAR_RULES, OF_A_SERIES
from napari_mrseq.header.inversions import INVERSION_RECOVERY_RULES
from napari_mrseq.header.lexicon import DUAL_ECHO, MAP
from napari_mrseq.header.nuclei import other_frequency, other_nucleus
from napari_mrseq.header.plausibility import fits, says, timed
from napari_mrseq.header.relaxation import weighted_by_inversion
from napari_mrseq.header.rule import BIDS, DICOM, NIFTI, NILS, PHYSICS, VENDOR, WORDS, Rule, rule
from napari_mrseq.header.techniques import (
    ADC_MAP,
    ASL,
    B0_MAP,
    B1_MAP,
    BALANCED,
    CINE,
    DIFFUSION,
    DIFFUSION_MAP,
    EPI,
    GRADIENT_ECHO,
    INVERSION,
    MPRAGE,
    OWN_CONTRAST,
    PHASE_CONTRAST,
    PREPARED,
    QUANTIFYING,
    SCOUT,
    SPECTROSCOPY,
    SPIN_ECHO,
    SUSCEPTIBILITY,
    TASK,
    TIME_OF_FLIGHT,
    ULTRASHORT,
)
from napari_mrseq.header.vessels import FLOW_RULES, SUBTRACTION_RULES, VESSEL_RULES
from napari_mrseq.header.weightings import (
    ACQUISITION_CONTRAST_RULES,
    GRADIENT_ECHO_RULES,
    SPIN_ECHO_RULES,
    TOO_STEEP,
)
from napari_mrseq.header.words import (
    called,
    names_no_picture,
    names_nothing,
    names_weighting,
    tells_heart,
    tells_inversion,
)
from napari_mrseq.sequences import UNKNOWN

# A secondary capture that is no stack, or tells no echo time.
CAPTURE = (storage("Secondary Capture"), unless(SLICES > 1, TE > 0))

# A bolus is gone in three minutes; activation takes longer.
BOLUS = (agent_tagged, within(VOLUMES, 20, 150))
# A gradient echo that reads a slice with one excitation: Philips gives it no code.
LIKE_AN_EPI = (
    uses(GRADIENT_ECHO), acquired("2D"), lacks(SPIN_ECHO), TR >= 1200, within(TE, 18, 60),
    small_matrix(128), OF_A_SERIES,
)  # fmt: skip
# Nothing but activation or a bolus is worth so many volumes of one, however short its repetition
# time.
REPEATED = (uses(GRADIENT_ECHO), lacks(SPIN_ECHO), VOLUMES >= 20, within(TE, 15, 60))
# Through the heart: one slice to a few of each beat, after a saturation.
FIRST_PASS = (
    uses(GRADIENT_ECHO), uses(PREPARED), acquired("2D"), lacks(SPIN_ECHO, EPI, INVERSION, CINE),
    TE < 3, SLICES <= 8,
)  # fmt: skip

# An inversion that is repeated so often labels blood, more likely than it weights by T1 or nulls
# fluid.
MAY_LABEL_BLOOD = (uses(EPI), TI > 300, VOLUMES >= 40, names_nothing)
# However early its echo, what is read out after an inversion is weighted by T1.
AFTER_INVERSION = (uses(INVERSION), weighted_by_inversion)
# One volume of many pixels, which programs file under the task of its examination all the same.
LIKE_ANATOMY = (lacks(EPI), VOLUMES <= 1, large_matrix(256), unless(within(TE, 15, 60)))
# What a map of susceptibility is computed from bears its name, too: gradient echoes, late ones.
SOURCE_OF_QSM = (called("qsm"), is_original, uses(GRADIENT_ECHO), lacks(SPIN_ECHO, EPI, INVERSION))
RULES: tuple[Rule, ...] = (
    # What is no MR image, or no picture of a sequence.
    rule(UNKNOWN, 0.95, DICOM, other_modality),
    rule("OTHER", 0.95, DICOM, other_nucleus),
    rule("OTHER", 0.9, PHYSICS, other_frequency),
    rule("OTHER", 0.95, DICOM, storage(*image_types.NO_PICTURE)),
    rule("OTHER", 0.95, DICOM, image_type(*image_types.SCREEN)),
    rule("OTHER", 0.85, DICOM, *CAPTURE, tells_mr),
    # A picture of whatever it may be.
    rule(UNKNOWN, 0.55, DICOM, *CAPTURE),
    rule("OTHER", 0.95, NIFTI, tells_computed),
    rule("OTHER", 0.9, WORDS, names_no_picture),
    rule("OTHER", 0.9, VENDOR, uses(SPECTROSCOPY)),
    rule("OTHER", 0.9, VENDOR, uses(B1_MAP)),
    rule("OTHER", 0.85, VENDOR, uses(OWN_CONTRAST)),
    # Of what was computed from it, where no type says so, the words tell what it is.
    rule(
        "OTHER", 0.85, VENDOR, uses(QUANTIFYING), unless(is_derived),
        unless(names_weighting, unless(is_original)),
    ),
    rule("OTHER", 0.85, VENDOR, uses(ULTRASHORT), unless(*AFTER_INVERSION)),
    # Images that scanners compute, as their types name them.
    rule("FIELDMAP", 0.95, VENDOR, image_type(*image_types.FIELD_MAP)),
    rule("B0", 0.9, VENDOR, image_type("TENSOR_B0")),
    rule("B0", 0.9, VENDOR, image_type(*image_types.B0), uses(DIFFUSION)),
    rule(
        "B0", 0.9, VENDOR, image_type(*image_types.B0),
        image_type(*image_types.TENSOR, *image_types.TRACE),
    ),
    rule("B0", 0.85, WORDS, image_type(*image_types.B0), says("DWI", "B0")),
    rule("FIELDMAP", 0.95, VENDOR, image_type(*image_types.B0)),
    rule("OTHER", 0.95, VENDOR, image_type(*image_types.EXPONENTIAL_ADC, *image_types.TENSOR)),
    # An exponential ADC has the b value of its source, and may have the type of an ADC.
    rule("OTHER", 0.9, WORDS, called(r"(eadc|exp|adc e).*")),
    rule("OTHER", 0.9, VENDOR, uses(DIFFUSION_MAP)),
    rule("ADC", 0.95, VENDOR, image_type(*image_types.ADC), fits("ADC")),
    rule("ADC", 0.9, VENDOR, uses(ADC_MAP), fits("ADC")),
    rule("B0", 0.85, VENDOR, image_type(*image_types.TRACE), told_without_weighting),
    rule("DWI", 0.95, VENDOR, image_type(*image_types.TRACE), fits("DWI")),
    rule("PERF", 0.95, VENDOR, image_type(*image_types.PERFUSION)),
    rule("SWI", 0.95, VENDOR, image_type(*image_types.SUSCEPTIBILITY), fits("SWI")),
    *SUBTRACTION_RULES,
    rule("OTHER", 0.9, VENDOR, image_type(*image_types.MAP, *image_types.SUBTRACTION)),
    rule("OTHER", 0.8, VENDOR, image_type(*image_types.FAT)),
    rule("T1", 0.85, VENDOR, image_type("UNI", "UNI-DEN", "UNIT1"), uses(INVERSION)),
    # Scouts.
    rule("LOCALIZER", 0.95, DICOM, image_type("LOCALIZER", "SCOUT", "SURVEY")),
    rule("LOCALIZER", 0.95, VENDOR, uses(SCOUT)),
    # The pilot of a weighting may be its first stack; what Philips' SmartExam plans bears its name
    # as well as the scout that it is planned on.
    rule("LOCALIZER", 0.75, WORDS, says("LOCALIZER"), names_weighting),
    rule("LOCALIZER", 0.75, WORDS, says("LOCALIZER"), called("smart.*")),
    rule("LOCALIZER", 0.95, WORDS, says("LOCALIZER")),
    # The scout of Siemens' AutoAlign, the same at every site; a VIBE of so small a flip angle is
    # called one. Smaller ones are a step of a T1 map, earlier echoes those of a radial readout.
    timed(
        "LOCALIZER", 0.75, VENDOR, uses(GRADIENT_ECHO), lacks(INVERSION), acquired("3D"), TR <= 3.2,
        within(TE, 0.5, 1.5), within(FLIP, 3, 8), names_nothing,
    ),
    # Field maps look like T1 to their times, so they come before all weightings.
    rule("FIELDMAP", 0.95, VENDOR, uses(B0_MAP)),
    rule("B0", 0.8, WORDS, called("b0"), uses(EPI), lacks(GRADIENT_ECHO), without_weighting),
    rule("FIELDMAP", 0.85, WORDS, says("FIELDMAP")),
    rule("OTHER", 0.8, DICOM, is_phase, lacks(PHASE_CONTRAST)),
    rule("OTHER", 0.85, WORDS, called(r"filt pha.*|pha images|(swi|e?swan).*pha.*|pha.*sw.*")),
    rule("OTHER", 0.8, DICOM, is_imaginary),
    *DIFFUSION_RULES,
    # Diffusion averages the real part; after an inversion it tells what has recovered.
    rule(
        "OTHER", 0.7, DICOM, is_real, lacks(INVERSION, PREPARED, MPRAGE, EPI),
        unless(TI > 0), unless(tells_inversion),
    ),
    *FLOW_RULES,
    # Labelled blood on its way shows vessels, once it has arrived perfusion.
    rule("MRA", 0.85, WORDS, says("MRA"), called(".*asl.*")),
    # Perfusion and activation. AcquisitionContrast PERFUSION is unreliable on Philips.
    rule("PERF", 0.9, VENDOR, uses(ASL)),
    rule("PERF", 0.9, DICOM, contrast("PERFUSION"), unless(made_by("Philips"))),
    rule("PERF", 0.9, WORDS, says("PERF"), uses(EPI)),
    rule("PERF", 0.75, WORDS, says("PERF")),
    rule("PERF", 0.75, WORDS, is_derived, names_bolus_map),
    # What of diffusion, fields and perfusion is a map has been told by now.
    rule("OTHER", 0.85, VENDOR, has_type_of_a_map),
    # Programs leave ImageType as their source has it; what follows a bolus has many volumes.
    rule("PERF", 0.7, WORDS, names_bolus_map, uses(EPI), lacks(SPIN_ECHO), VOLUMES <= 1),
    # Siemens XA also says FMRI of spin echoes that measure the distortion of functional images.
    rule("BOLD", 0.95, VENDOR, image_type("FMRI"), lacks(SPIN_ECHO), fits("BOLD")),
    rule("BOLD", 0.9, BIDS, uses(TASK), fits("BOLD"), unless(*LIKE_ANATOMY)),
    rule("BOLD", 0.9, WORDS, says("BOLD"), uses(EPI)),
    # The T1 FLAIR of an examination that is read out by EPI (Skare et al., Magn Reson Med 79:3045).
    timed(
        "T1", 0.85, WORDS, says("T1"), uses(EPI), uses(INVERSION), TI > 300, TI < 1500, TE < 40,
        VOLUMES <= 1,
    ),
    # A shorter inversion time is that of fat.
    timed("OTHER", 0.8, PHYSICS, uses(EPI), TI > 300, TI < 1500, unless(*MAY_LABEL_BLOOD)),
    timed("PERF", 0.75, PHYSICS, uses(EPI), uses(GRADIENT_ECHO), *BOLUS),
    timed(
        "PERF", 0.75, PHYSICS, uses(EPI), lacks(SPIN_ECHO, INVERSION), TE >= 20, TE < 60, *BOLUS,
    ),
    rule(UNKNOWN, 0.5, PHYSICS, *MAY_LABEL_BLOOD),
    rule("SWI", 0.9, WORDS, says("SWI")),
    *ECHO_PLANAR_RULES,
    rule("BOLD", 0.85, WORDS, says("BOLD")),
    timed("PERF", 0.7, PHYSICS, *REPEATED, *BOLUS),
    timed("PERF", 0.7, PHYSICS, *FIRST_PASS, *BOLUS),
    timed("BOLD", 0.75, PHYSICS, *LIKE_AN_EPI),
    timed("BOLD", 0.7, PHYSICS, *REPEATED),
    rule("SWI", 0.85, VENDOR, uses(SUSCEPTIBILITY)),
    *VESSEL_RULES,
    # Sequences of their own.
    timed("T2STAR", 0.75, WORDS, *SOURCE_OF_QSM, TE >= 10),
    # Of several echoes the first is told, however early; so long a TR has room for more than one.
    rule("T2STAR", 0.6, WORDS, *SOURCE_OF_QSM, TE < 10, not_below(TR, 15)),
    # Of the brain and the cord it is a T1: late enhancement of the heart has a gradient echo.
    timed(
        "T1", 0.8, PHYSICS, called("psir.*"), lacks(GRADIENT_ECHO, EPI, CINE),
        unless(lacks(SPIN_ECHO, INVERSION)), not_below(TI, 200), not_above(TI, 800),
        within(TE, 5, 30), unless(tells_heart),
    ),
    timed("T1", 0.75, PHYSICS, uses(ULTRASHORT), *AFTER_INVERSION),
    rule("OTHER", 0.85, WORDS, says("OTHER")),
    rule("OTHER", 0.85, VENDOR, uses(BALANCED)),
    # A T1 that waits for the heart counts its phases too; some cine series give a heartbeat as TR.
    rule("OTHER", 0.8, DICOM, uses(CINE), lacks(SPIN_ECHO), not_above(TR, 100)),
    rule("OTHER", 0.8, DICOM, uses(CINE), lacks(SPIN_ECHO), unless(names_weighting)),
    timed("OTHER", 0.7, PHYSICS, lacks(SPIN_ECHO), TR < 8, FLIP >= 35, echo_in_middle),
    timed(
        "OTHER", 0.65, PHYSICS, uses(GRADIENT_ECHO), lacks(SPIN_ECHO, INVERSION, TIME_OF_FLIGHT),
        TR <= 15, *TOO_STEEP, echo_in_middle,
    ),
    rule(UNKNOWN, 0.5, VENDOR, is_reckoned, names_nothing),
    *INVERSION_RECOVERY_RULES,
    *ACQUISITION_CONTRAST_RULES,
    # A dual echo names both; its echo time tells.
    rule("PD", 0.85, NILS, says(DUAL_ECHO), TE < 40),
    rule("T2", 0.85, NILS, says(DUAL_ECHO), TE >= 40),
    # Words, where the physics doesn't contradict them; a rule that supports them makes them surer.
    rule("T2STAR", 0.8, WORDS, says("T2STAR")),
    rule("T2STAR", 0.75, PHYSICS, says("T2"), uses(GRADIENT_ECHO), lacks(SPIN_ECHO), TE >= 10),
    rule("PD", 0.8, WORDS, says("PD"), lacks(GRADIENT_ECHO)),
    rule("FLAIR", 0.8, WORDS, says("FLAIR")),
    rule("STIR", 0.8, WORDS, says("STIR")),
    rule("T1", 0.8, WORDS, says("T1")),
    rule("T2", 0.75, WORDS, says("T2"), lacks(GRADIENT_ECHO)),
    *SPIN_ECHO_RULES,
    *GRADIENT_ECHO_RULES,
    rule("OTHER", 0.6, WORDS, says(MAP)),
)  # fmt: skip
