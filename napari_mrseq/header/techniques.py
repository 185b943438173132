"""How the signal was made, from codes and from the names that vendors give their sequences."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from napari_mrseq.header.tags import Tags

SPIN_ECHO = "spin echo"
GRADIENT_ECHO = "gradient echo"
INVERSION = "inversion"
EPI = "echo planar"
BALANCED = "balanced steady state"
TIME_OF_FLIGHT = "time of flight"
PHASE_CONTRAST = "phase contrast"
ANGIOGRAPHY = "angiography"
DIFFUSION = "diffusion"
ASL = "arterial spin labelling"
SUSCEPTIBILITY = "susceptibility weighting"
B0_MAP = "field mapping"
B1_MAP = "transmit field mapping"
SCOUT = "scout"
MPRAGE = "MPRAGE"
SPECTROSCOPY = "spectroscopy"
FLOW_COMPENSATED = "flow compensation"
CINE = "cine"
GATED = "triggered by the heart"
MT = "magnetisation transfer"
PHASES = "multi-phase"
PREPARED = "prepared magnetisation"
SPOILING = "spoiling"
STEADY_STATE = "steady state"
TASK = "functional task"
SEGMENTED = "segmented readout"
SINGLE_SHOT = "single shot"
# Of what has decayed before other echoes; after an inversion it is weighted by T1 as others are.
ULTRASHORT = "ultrashort echo"
# Of stiffness, of fingerprints: none of the weightings.
OWN_CONTRAST = "contrast of its own"
# At several times, for maps and for images that are computed from these.
QUANTIFYING = "quantification"

# Words that mean the same on every scanner.
ANY = "any"


@dataclass(frozen=True)
class Code:
    """Coded values that name techniques, wherever the attribute `keyword` is kept."""

    keyword: str
    values: tuple[str, ...]
    techniques: tuple[str, ...]


@dataclass(frozen=True)
class Name:
    """A family of sequence names of a vendor, or of `ANY`."""

    vendor: str
    pattern: str
    techniques: tuple[str, ...]


# DICOM PS3.3 C.8.3.1 (classic), C.8.13.4 (enhanced); scan options ending in _GEMS are GE's.
CODES = (
    Code("ScanningSequence", ("SE", "FSE", "IRFSE", "SE (SYNTHETIC)"), (SPIN_ECHO,)),
    Code("ScanningSequence", ("GR", "GE", "FE", "FE3D"), (GRADIENT_ECHO,)),
    Code("ScanningSequence", ("IR", "IRFSE", "IR (SYNTHETIC)"), (INVERSION,)),
    Code("ScanningSequence", ("EP", "EPI"), (EPI,)),
    Code("SequenceVariant", ("TOF",), (TIME_OF_FLIGHT,)),
    Code("SequenceVariant", ("MP",), (PREPARED,)),
    Code("SequenceVariant", ("SP",), (SPOILING,)),
    Code("SequenceVariant", ("SS",), (STEADY_STATE,)),
    Code("SequenceVariant", ("MTC",), (MT,)),
    Code("ScanOptions", ("MT", "MT_GEMS"), (MT,)),
    Code("ScanOptions", ("FC", "FC_FREQ_AX_GEMS", "FC_SLICE_AX_GEMS"), (FLOW_COMPENSATED,)),
    Code("ScanOptions", ("VASCTOF_GEMS",), (TIME_OF_FLIGHT,)),
    Code("ScanOptions", ("EPI_GEMS",), (EPI,)),
    Code("ScanOptions", ("MP_GEMS",), (PHASES,)),
    Code(
        "ScanOptions", ("IR", "IR_GEMS", "FLAIR_GEMS", "T1FLAIR_GEMS", "T2FLAIR_GEMS"),
        (INVERSION,),
    ),
    Code("ScanOptions", ("CG", "PPG", "CT"), (GATED,)),
    Code("AngioFlag", ("Y",), (ANGIOGRAPHY,)),
    Code("EchoPulseSequence", ("SPIN",), (SPIN_ECHO,)),
    Code("EchoPulseSequence", ("GRADIENT",), (GRADIENT_ECHO,)),
    Code("EchoPulseSequence", ("BOTH",), (SPIN_ECHO, GRADIENT_ECHO)),
    Code("InversionRecovery", ("YES",), (INVERSION,)),
    Code("EchoPlanarPulseSequence", ("YES",), (EPI,)),
    Code("SteadyStatePulseSequence", ("FREE_PRECESSION",), (BALANCED,)),
    Code("TimeOfFlightContrast", ("YES",), (TIME_OF_FLIGHT,)),
    Code("PhaseContrast", ("YES",), (PHASE_CONTRAST,)),
    Code("MagnetizationTransfer", ("ON_RESONANCE", "OFF_RESONANCE"), (MT,)),
    Code("FlowCompensation", ("YES",), (FLOW_COMPENSATED,)),
    Code("AcquisitionContrast", ("FLOW_ENCODED",), (PHASE_CONTRAST,)),
    Code("AcquisitionContrast", ("DIFFUSION",), (DIFFUSION,)),
    Code("ImageType", ("DIFFUSION",), (DIFFUSION,)),
    Code("FrameType", ("DIFFUSION",), (DIFFUSION,)),
    Code("ImageType", ("PCA", "M_PCA"), (PHASE_CONTRAST,)),
    Code("FrameType", ("PCA", "M_PCA"), (PHASE_CONTRAST,)),
    Code("ImageType", ("M_IR", "R_IR", "P_IR", "I_IR"), (INVERSION,)),
    Code("FrameType", ("M_IR", "R_IR", "P_IR", "I_IR"), (INVERSION,)),
    Code(
        "ArterialSpinLabelingContrast", ("PSEUDOCONTINUOUS", "CONTINUOUS", "PULSED"), (ASL,)
    ),
)  # fmt: skip

# Names as files hold them: Siemens, Canon, Hitachi, UIH, Bruker, Agilent (0018,0024), GE (0019,109C
# and 109E), Philips (2001,1020), enhanced files (0018,9005); see also the vendor pages of dcm2niix.
NAMES = (
    Name("Siemens", r"[*_]?q?(tse|se|mse)([a-z]{0,3}[23]d|\d)", (SPIN_ECHO,)),
    Name("Siemens", r"[*_]?spc", (SPIN_ECHO,)),
    Name("Siemens", r"[*_]?spcr?ir", (INVERSION,)),
    Name("Siemens", r"[*_]?q?h[a-z]{0,2}[23]d1", (SPIN_ECHO, SINGLE_SHOT)),
    Name("Siemens", r"[*_]?q?((tir|ir|hir)[a-z]{0,3}[23]d|tirm?\d)", (SPIN_ECHO, INVERSION)),
    Name("Siemens", r"[*_]?tfl3d", (MPRAGE,)),
    Name("Siemens", r"[*_]?q?c?(fl|fldyn|me|fi|gre|tfl|de|ps)[a-z]{0,2}[23]d", (GRADIENT_ECHO,)),
    # A PSIF with a b value diffuses.
    Name("Siemens", r"[*_]?(de3d|ps[23]d(?!.*_b\d))", (BALANCED,)),
    Name("Siemens", r"[*_]?q?c?(tfi|ci|trufi)[a-z]{0,3}[23]d", (GRADIENT_ECHO, BALANCED)),
    Name("Siemens", r"[*_]?fl[23]d.*_t[\dms]", (TIME_OF_FLIGHT,)),
    Name("Siemens", r"[*_]?f[li][23]d.*_(v\d|pc)", (PHASE_CONTRAST,)),
    Name("Siemens", r"[*_]?fm[23]d", (GRADIENT_ECHO, B0_MAP)),
    # "%SiemensSeq%_ep2d_diff", "%CustomerSeq%\\cmrr_mbep2d_bold": files, not names.
    Name("Siemens", r"%.*(rf_?map|b1_?map|bs_calib)", (B1_MAP,)),
    Name("Siemens", r"%.*(field_?map|b0_?map)", (GRADIENT_ECHO, B0_MAP)),
    Name("Siemens", r"%.*(ep2d_diff|[\W_]resolve|qdwi)", (EPI, DIFFUSION)),
    Name("Siemens", r"%.*haste_diff", (SPIN_ECHO, DIFFUSION)),
    Name("Siemens", r"%.*ep2d_(bold|fid|pace)", (EPI, GRADIENT_ECHO)),
    Name("Siemens", r"%.*ep_seg_fid", (EPI, GRADIENT_ECHO, SEGMENTED)),
    Name("Siemens", r"%.*ep2d_se", (EPI, SPIN_ECHO)),
    Name("Siemens", r"%.*[\W_](trufi|ciss|dess)", (GRADIENT_ECHO, BALANCED)),
    Name("Siemens", r"%.*[\W_](svs|csi)_", (SPECTROSCOPY,)),
    Name("Siemens", r"%.*aalscout", (SCOUT,)),
    Name("Siemens", r"%.*([\W_]mrf$|mre$|ep2d_ase)", (OWN_CONTRAST,)),
    Name("Siemens", r"[*_]?(mdme|qalas)", (QUANTIFYING,)),
    Name("Siemens", r"(%.*[\W_]|[*_]?)petra", (ULTRASHORT,)),
    Name("Siemens", r"[*_]?swi[a-z]{0,2}[23]d", (GRADIENT_ECHO, SUSCEPTIBILITY)),
    Name("Siemens", r"[*_]?epfid", (GRADIENT_ECHO, EPI)),
    Name("Siemens", r"[*_]?epse", (SPIN_ECHO, EPI)),
    Name("Siemens", r"[*_]?epir", (EPI, INVERSION)),
    Name("Siemens", r"[*_]?(ep|re|ez|sms)_?(calc_?)?b_?\d", (EPI, DIFFUSION)),
    Name("Siemens", r"[*_]?blade_b\d", (SPIN_ECHO, DIFFUSION)),
    Name("Siemens", r"[*_]?(tgse|.*p?c?asl)", (ASL,)),
    Name("Siemens", r"[*_]?(svs|csi|fid_)", (SPECTROSCOPY,)),
    Name("Siemens", r"(fl\d)?scout$", (SCOUT,)),
    Name("GE", r"3[-_ ]?plane", (SCOUT,)),
    Name("GE", r"(.*/)?(3d)?b0(map|rf)", (GRADIENT_ECHO, B0_MAP)),
    Name("GE", r"(.*/)?(cs)?(memp|fse|frfse|ssfse|.*cube|propeller)", (SPIN_ECHO,)),
    Name("GE", r"(.*/)?ssfse", (SINGLE_SHOT,)),
    Name("GE", r".*flair", (SPIN_ECHO, INVERSION)),
    Name(
        "GE", r"(.*/)?(e?fgre|m?fast_?gre|gre|.*spgr|lava|disco|medal|ideal.*gre)", (GRADIENT_ECHO,)
    ),
    Name("GE", r".*(bravo|mp-?rage)", (GRADIENT_ECHO, MPRAGE)),
    Name("GE", r"(.*/)?m?c?merge", (GRADIENT_ECHO,)),
    Name("GE", r".*swan", (GRADIENT_ECHO, SUSCEPTIBILITY)),
    Name("GE", r"(.*/)?(.*fiesta|cosmic)", (GRADIENT_ECHO, BALANCED)),
    Name("GE", r"(.*/)?(2d|3d|ifp)?_?tof", (GRADIENT_ECHO, TIME_OF_FLIGHT)),
    Name("GE", r"(.*/)?((2d|3d)_?pc|.*cine_?pc|pcmra)", (GRADIENT_ECHO, PHASE_CONTRAST)),
    Name("GE", r"(.*/)?epi", (EPI,)),
    Name("GE", r"(.*/)?epi_pepolar", (B0_MAP,)),
    Name("GE", r"(.*/)?(epirt|epi_rt|.*hyperband)", (EPI, GRADIENT_ECHO)),
    Name("GE", r".*asl", (ASL,)),
    Name("GE", r"(.*/)?(probe|press|.*mrsi)", (SPECTROSCOPY,)),
    Name("Philips", r"(t?se|mse|t[12]-?t?se)$", (SPIN_ECHO,)),
    Name("Philips", r"grase", (SPIN_ECHO, EPI)),
    Name("Philips", r"(tir|ir-?tse|ir-?se|ir|.*flair)$", (SPIN_ECHO, INVERSION)),
    Name("Philips", r"(t[12]?-?)?(ffe|tfe)$", (GRADIENT_ECHO,)),
    Name("Philips", r"t1-?tfe$", (MPRAGE,)),
    Name("Philips", r"(b-?(ffe|tfe)|bal.*)$", (GRADIENT_ECHO, BALANCED)),
    Name("Philips", r"(fe|ffe|t1ffe)-?epi", (GRADIENT_ECHO, EPI)),
    Name("Philips", r"se-?epi", (SPIN_ECHO, EPI)),
    Name("Philips", r"dwi", (SPIN_ECHO, DIFFUSION)),
    Name("Philips", r"dwise", (EPI,)),
    Name("Philips", r"(pca|pc-?mra)", (GRADIENT_ECHO, PHASE_CONTRAST)),
    Name("Philips", r".*asl", (ASL,)),
    Name("Canon", r"(se|fse|fase|mvox)", (SPIN_ECHO,)),
    Name("Canon", r"(ir|fir|fseir|flair)", (SPIN_ECHO, INVERSION)),
    Name("Canon", r"(fe|ffe)", (GRADIENT_ECHO,)),
    Name("Canon", r"(se|fe|ffe)_?epi", (EPI,)),
    Name("Canon", r".*tof", (GRADIENT_ECHO, TIME_OF_FLIGHT)),
    Name("Canon", r".*ssfp", (GRADIENT_ECHO, BALANCED)),
    Name("Canon", r".*fsbb", (GRADIENT_ECHO, SUSCEPTIBILITY)),
    Name("Hitachi", r"([23]d)?(se|fse|dse|pfse|isofse)", (SPIN_ECHO,)),
    Name("Hitachi", r"([23]d)?(ir|fir|fseir|flair)", (SPIN_ECHO, INVERSION)),
    Name("Hitachi", r"([23]d)?(ge|rsge|sg|rssg|tsg|rgge|mpge)", (GRADIENT_ECHO,)),
    Name("Hitachi", r"([23]d)?(ba|pb)sg", (GRADIENT_ECHO, BALANCED)),
    Name("Hitachi", r"([23]d)?(se|ge|dw)-?(dw)?-?epi", (EPI,)),
    Name("Hitachi", r"([23]d)?dwi?[-_]?epi", (SPIN_ECHO, DIFFUSION)),
    Name("Hitachi", r".*tof", (GRADIENT_ECHO, TIME_OF_FLIGHT)),
    Name("Hitachi", r".*bsi", (GRADIENT_ECHO, SUSCEPTIBILITY)),
    Name("UIH", r"fse", (SPIN_ECHO,)),
    Name("UIH", r"fse.*(ir|flair)", (INVERSION,)),
    Name("UIH", r"gre", (GRADIENT_ECHO,)),
    Name("UIH", r"gre_fsp", (MPRAGE,)),
    Name("UIH", r"(gre.*)?bssfp", (GRADIENT_ECHO, BALANCED)),
    Name("UIH", r"gre.*tof", (TIME_OF_FLIGHT,)),
    Name("UIH", r"gre.*(pc|fq)", (PHASE_CONTRAST,)),
    Name("UIH", r"gre.*(swi|qsm)", (SUSCEPTIBILITY,)),
    Name("UIH", r"gre.*fieldmap", (B0_MAP,)),
    Name("UIH", r"epi", (EPI,)),
    Name("UIH", r"epi_(bold|fmri)", (GRADIENT_ECHO,)),
    Name("UIH", r"epi_(dwi|dti)", (SPIN_ECHO, DIFFUSION)),
    Name("UIH", r".*asl", (ASL,)),
    Name("UIH", r".*(svs|csi)", (SPECTROSCOPY,)),
    # BIDS' PulseSequenceType. Some converters write "Gradient Echo EPI" for any EPI.
    Name(ANY, r".*(gradient[-_ ]?(recalled[-_ ]?)?echo(?!.*epi)|spoiled)", (GRADIENT_ECHO,)),
    Name(ANY, r".*(?<![a-z])(f?gre|ffe|flash|f?spgr|mpgr)(?![a-z])", (GRADIENT_ECHO,)),
    Name(ANY, r".*spin[-_ ]?echo", (SPIN_ECHO,)),
    Name(ANY, r".*(\bepi\b|echo[-_ ]?planar)", (EPI,)),
    Name(ANY, r".*mp-?rage", (GRADIENT_ECHO, MPRAGE)),
    Name(ANY, r".*b1_?map", (B1_MAP,)),
    # "Bruker:RARE", "FAIR_EPI (pvm)".
    Name("Bruker", r".*(rare|msme)", (SPIN_ECHO,)),
    Name("Bruker", r".*mdeft", (GRADIENT_ECHO, INVERSION)),
    Name("Bruker", r".*flowmap", (GRADIENT_ECHO, PHASE_CONTRAST)),
    Name("Bruker", r".*fieldmap", (GRADIENT_ECHO, B0_MAP)),
    Name("Bruker", r"(\w+:)?(press|steam|isis|csi)\b", (SPECTROSCOPY,)),
    Name("Bruker", r".*(flash|mge\b)", (GRADIENT_ECHO,)),
    Name("Bruker", r".*epi", (EPI,)),
    Name("Bruker", r".*dti", (SPIN_ECHO, DIFFUSION)),
    Name("Bruker", r".*(fair|casl)", (ASL,)),
    # Pulse sequences of VnmrJ: "fsems", a fast spin echo of many slices, "ge3d".
    Name("Agilent", r"f?sems|mems", (SPIN_ECHO,)),
    Name("Agilent", r"m?gems|m?ge3d", (GRADIENT_ECHO,)),
    Name("Agilent", r"epip?\b", (EPI,)),
)

# Old software of Siemens (VA, VB12) codes any EPI as a spin echo; this one reads what an excitation
# leaves, a gradient echo.
_FREE_INDUCTION = re.compile(r"[*_]?epfid")

# Early XA of Siemens writes both of any scan, of a spine that waits for nothing as well.
_ANY_GATING = {"CG", "RG"}

# "Ax 3D", "t1_3d_tra", "*fl3d1_ns", "3DFSPGR", but not "3 dir".
_DIMENSIONS = re.compile(r"(?<!\d)([23])-?[dD](?![eEiI]|[wW][iI])")


def techniques_of(tags: Tags, vendor: str | None, names: Collection[str]) -> Mapping[str, str]:
    """Return the techniques a header names, each with the words that show it.

    Parameters
    ----------
    tags : Tags
        The header.
    vendor : str or None
        As `vendors.vendor_of` names it.
    names : collection of str
        Every name the header gives the pulse sequence.

    Returns
    -------
    mapping of str to str
        ``{"spin echo": "spin echo (SE)"}``.
    """
    found: dict[str, str] = {}
    for code in CODES:
        for value in code.values:
            if value in tags.codes(code.keyword):
                _note(found, code.techniques, value if value not in ("YES", "Y") else "")
    # Where the maker is not told, those of Siemens are tried: no other vendor's names match them.
    vendors = (ANY, vendor or "Siemens")
    for name in names:
        _note_names(found, name, vendors, name)
    if any(map(_FREE_INDUCTION.match, names)):
        found.pop(SPIN_ECHO, None)
    if set(tags.codes("ScanOptions")) >= _ANY_GATING:
        found.pop(GATED, None)
    return found


def spelled_out(words: str) -> Mapping[str, str]:
    """Return the techniques that words name on every scanner: ``"Spoiled gradient echo"``."""
    found: dict[str, str] = {}
    _note_names(found, words, (ANY,), "description")
    return found


def dimensions_named(text: str) -> str:
    """Return the one of ``"2D"`` and ``"3D"`` that a text names; empty for none and for both."""
    named = set(_DIMENSIONS.findall(text))
    return f"{named.pop()}D" if len(named) == 1 else ""


def _note_names(found: dict[str, str], text: str, vendors: Collection[str], shown: str) -> None:
    for row in NAMES:
        if row.vendor in vendors and re.match(row.pattern, text.lower()):
            _note(found, row.techniques, shown)


def _note(found: dict[str, str], techniques: Iterable[str], shown: str) -> None:
    for technique in techniques:
        found.setdefault(technique, f"{technique} ({shown})" if shown else technique)
