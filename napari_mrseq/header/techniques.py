"""How the signal was made, from codes and from the names that vendors give their sequences."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from napari_mrseq.header.tags import Tags

SPIN = "spin echo"
GRADIENT = "gradient echo"
INVERSION = "inversion"
PLANAR = "echo planar"
BALANCED = "balanced steady state"
FLIGHT = "time of flight"
FLOW = "phase contrast"
ANGIOGRAPHY = "angiography"
DIFFUSION = "diffusion"
LABELLING = "arterial spin labelling"
SUSCEPTIBILITY = "susceptibility weighting"
FIELD = "field mapping"
TRANSMIT = "transmit field mapping"
SCOUT = "scout"
MPRAGE = "MPRAGE"
SPECTROSCOPY = "spectroscopy"
COMPENSATED = "flow compensation"
MOVIE = "heart phases"
TRANSFER = "magnetisation transfer"
PHASES = "multi-phase"
PREPARED = "prepared magnetisation"
TASK = "functional task"


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
    Code("ScanningSequence", ("SE",), (SPIN,)),
    Code("ScanningSequence", ("GR",), (GRADIENT,)),
    Code("ScanningSequence", ("IR",), (INVERSION,)),
    Code("ScanningSequence", ("EP", "EPI"), (PLANAR,)),
    Code("SequenceVariant", ("TOF",), (FLIGHT,)),
    Code("SequenceVariant", ("MP",), (PREPARED,)),
    Code("SequenceVariant", ("MTC",), (TRANSFER,)),
    Code("ScanOptions", ("MT", "MT_GEMS"), (TRANSFER,)),
    Code("ScanOptions", ("FC", "FC_FREQ_AX_GEMS", "FC_SLICE_AX_GEMS"), (COMPENSATED,)),
    Code("ScanOptions", ("VASCTOF_GEMS",), (FLIGHT,)),
    Code("ScanOptions", ("EPI_GEMS",), (PLANAR,)),
    Code("ScanOptions", ("MP_GEMS",), (PHASES,)),
    Code(
        "ScanOptions", ("IR", "IR_GEMS", "FLAIR_GEMS", "T1FLAIR_GEMS", "T2FLAIR_GEMS"),
        (INVERSION,),
    ),
    Code("AngioFlag", ("Y",), (ANGIOGRAPHY,)),
    Code("EchoPulseSequence", ("SPIN",), (SPIN,)),
    Code("EchoPulseSequence", ("GRADIENT",), (GRADIENT,)),
    Code("EchoPulseSequence", ("BOTH",), (SPIN, GRADIENT)),
    Code("InversionRecovery", ("YES",), (INVERSION,)),
    Code("EchoPlanarPulseSequence", ("YES",), (PLANAR,)),
    Code("SteadyStatePulseSequence", ("FREE_PRECESSION",), (BALANCED,)),
    Code("TimeOfFlightContrast", ("YES",), (FLIGHT,)),
    Code("PhaseContrast", ("YES",), (FLOW,)),
    Code("MagnetizationTransfer", ("ON_RESONANCE", "OFF_RESONANCE"), (TRANSFER,)),
    Code("FlowCompensation", ("YES",), (COMPENSATED,)),
    Code("AcquisitionContrast", ("FLOW_ENCODED",), (FLOW,)),
    Code("AcquisitionContrast", ("DIFFUSION",), (DIFFUSION,)),
    Code("ImageType", ("DIFFUSION",), (DIFFUSION,)),
    Code("FrameType", ("DIFFUSION",), (DIFFUSION,)),
    Code(
        "ArterialSpinLabelingContrast", ("PSEUDOCONTINUOUS", "CONTINUOUS", "PULSED"), (LABELLING,)
    ),
)  # fmt: skip

# Names as files hold them: Siemens, Canon, Hitachi, UIH and Bruker (0018,0024), GE (0019,109C and
# 109E), Philips (2001,1020), enhanced files (0018,9005); see also the vendor pages of dcm2niix.
NAMES = (
    Name("Siemens", r"[*_]?q?(tse|se|mse)[a-z]{0,3}[23]d", (SPIN,)),
    Name("Siemens", r"[*_]?spc", (SPIN,)),
    Name("Siemens", r"[*_]?spcr?ir", (INVERSION,)),
    Name("Siemens", r"[*_]?q?h[a-z]{0,2}2d1", (SPIN,)),
    Name("Siemens", r"[*_]?q?(tir|ir|hir)[a-z]{0,3}[23]d", (SPIN, INVERSION)),
    Name("Siemens", r"[*_]?tfl3d", (MPRAGE,)),
    Name("Siemens", r"[*_]?q?c?(fl|fldyn|me|fi|gre|tfl|de)[a-z]{0,2}[23]d", (GRADIENT,)),
    Name("Siemens", r"[*_]?de3d", (BALANCED,)),
    Name("Siemens", r"[*_]?q?c?(tfi|ci|trufi)[a-z]{0,3}[23]d", (GRADIENT, BALANCED)),
    Name("Siemens", r"[*_]?fl[23]d.*_t[\dms]", (FLIGHT,)),
    Name("Siemens", r"[*_]?f[li][23]d.*_(v\d|pc)", (FLOW,)),
    Name("Siemens", r"[*_]?fm[23]d", (GRADIENT, FIELD)),
    # "%SiemensSeq%_ep2d_diff", "%CustomerSeq%\\cmrr_mbep2d_bold": files, not names.
    Name("Siemens", r"%.*(rf_?map|b1_?map)", (TRANSMIT,)),
    Name("Siemens", r"%.*field_?map", (GRADIENT, FIELD)),
    Name("Siemens", r"%.*ep2d_diff", (PLANAR, DIFFUSION)),
    Name("Siemens", r"%.*ep2d_(bold|fid)", (PLANAR, GRADIENT)),
    Name("Siemens", r"%.*ep2d_se", (PLANAR, SPIN)),
    Name("Siemens", r"[*_]?swi[23]d", (GRADIENT, SUSCEPTIBILITY)),
    Name("Siemens", r"[*_]?epfid", (GRADIENT, PLANAR)),
    Name("Siemens", r"[*_]?epse", (SPIN, PLANAR)),
    Name("Siemens", r"[*_]?epir", (PLANAR, INVERSION)),
    Name("Siemens", r"[*_]?(ep|re|ez|sms)_?(calc_?)?b_?\d", (PLANAR, DIFFUSION)),
    Name("Siemens", r"[*_]?(tgse|.*p?c?asl)", (LABELLING,)),
    Name("Siemens", r"[*_]?(svs|csi|fid_)", (SPECTROSCOPY,)),
    Name("GE", r"3[-_ ]?plane", (SCOUT,)),
    Name("GE", r"(.*/)?(3d)?b0(map|rf)", (GRADIENT, FIELD)),
    Name("GE", r"(.*/)?(cs)?(memp|fse|frfse|ssfse|.*cube|propeller)", (SPIN,)),
    Name("GE", r".*t[12]?.?flair", (SPIN, INVERSION)),
    Name("GE", r"(.*/)?(e?fgre|m?fast_?gre|gre|.*spgr|lava|disco|medal|ideal.*gre)", (GRADIENT,)),
    Name("GE", r".*(bravo|mp-?rage)", (GRADIENT, MPRAGE)),
    Name("GE", r"(.*/)?m?c?merge", (GRADIENT,)),
    Name("GE", r".*swan", (GRADIENT, SUSCEPTIBILITY)),
    Name("GE", r"(.*/)?(.*fiesta|cosmic)", (GRADIENT, BALANCED)),
    Name("GE", r"(.*/)?(2d|3d|ifp)?_?tof", (GRADIENT, FLIGHT)),
    Name("GE", r"(.*/)?((2d|3d)_?pc|.*cine_?pc|pcmra)", (GRADIENT, FLOW)),
    Name("GE", r"(.*/)?epi", (PLANAR,)),
    Name("GE", r"(.*/)?epi_pepolar", (FIELD,)),
    Name("GE", r"(.*/)?(epirt|epi_rt|.*hyperband)", (PLANAR, GRADIENT)),
    Name("GE", r".*asl", (LABELLING,)),
    Name("GE", r"(.*/)?(probe|press|.*mrsi)", (SPECTROSCOPY,)),
    Name("Philips", r"(t?se|mse|t[12]-?t?se)$", (SPIN,)),
    Name("Philips", r"grase", (SPIN, PLANAR)),
    Name("Philips", r"(tir|ir-?tse|ir-?se|ir|.*flair)$", (SPIN, INVERSION)),
    Name("Philips", r"(t[12]?-?)?(ffe|tfe)$", (GRADIENT,)),
    Name("Philips", r"t1-?tfe$", (MPRAGE,)),
    Name("Philips", r"(b-?(ffe|tfe)|bal.*)$", (GRADIENT, BALANCED)),
    Name("Philips", r"(fe|ffe|t1ffe)-?epi", (GRADIENT, PLANAR)),
    Name("Philips", r"se-?epi", (SPIN, PLANAR)),
    Name("Philips", r"dwi", (SPIN, DIFFUSION)),
    Name("Philips", r"dwise", (PLANAR,)),
    Name("Philips", r"(pca|pc-?mra)", (GRADIENT, FLOW)),
    Name("Philips", r".*asl", (LABELLING,)),
    Name("Canon", r"(se|fse|fase|mvox)", (SPIN,)),
    Name("Canon", r"(ir|fir|fseir|flair)", (SPIN, INVERSION)),
    Name("Canon", r"(fe|ffe)", (GRADIENT,)),
    Name("Canon", r"(se|fe|ffe)_?epi", (PLANAR,)),
    Name("Canon", r".*tof", (GRADIENT, FLIGHT)),
    Name("Canon", r".*ssfp", (GRADIENT, BALANCED)),
    Name("Canon", r".*fsbb", (GRADIENT, SUSCEPTIBILITY)),
    Name("Hitachi", r"([23]d)?(se|fse|dse|pfse|isofse)", (SPIN,)),
    Name("Hitachi", r"([23]d)?(ir|fir|fseir|flair)", (SPIN, INVERSION)),
    Name("Hitachi", r"([23]d)?(ge|rsge|sg|rssg|tsg|rgge|mpge)", (GRADIENT,)),
    Name("Hitachi", r"([23]d)?(ba|pb)sg", (GRADIENT, BALANCED)),
    Name("Hitachi", r"([23]d)?(se|ge|dw)-?(dw)?-?epi", (PLANAR,)),
    Name("Hitachi", r"([23]d)?dwi?[-_]?epi", (SPIN, DIFFUSION)),
    Name("Hitachi", r".*tof", (GRADIENT, FLIGHT)),
    Name("Hitachi", r".*bsi", (GRADIENT, SUSCEPTIBILITY)),
    Name("UIH", r"fse", (SPIN,)),
    Name("UIH", r"fse.*(ir|flair)", (INVERSION,)),
    Name("UIH", r"gre", (GRADIENT,)),
    Name("UIH", r"gre_fsp", (MPRAGE,)),
    Name("UIH", r"(gre.*)?bssfp", (GRADIENT, BALANCED)),
    Name("UIH", r"gre.*tof", (FLIGHT,)),
    Name("UIH", r"gre.*(pc|fq)", (FLOW,)),
    Name("UIH", r"gre.*(swi|qsm)", (SUSCEPTIBILITY,)),
    Name("UIH", r"gre.*fieldmap", (FIELD,)),
    Name("UIH", r"epi", (PLANAR,)),
    Name("UIH", r"epi_(bold|fmri)", (GRADIENT,)),
    Name("UIH", r"epi_(dwi|dti)", (SPIN, DIFFUSION)),
    Name("UIH", r".*asl", (LABELLING,)),
    Name("UIH", r".*(svs|csi)", (SPECTROSCOPY,)),
    # BIDS' PulseSequenceType. Some converters write "Gradient Echo EPI" for any EPI.
    Name(ANY, r".*(gradient[-_ ]?(recalled[-_ ]?)?echo(?!.*epi)|spoiled)", (GRADIENT,)),
    Name(ANY, r".*(?<![a-z])(f?gre|ffe|flash|f?spgr|mpgr)(?![a-z])", (GRADIENT,)),
    Name(ANY, r".*spin[-_ ]?echo", (SPIN,)),
    Name(ANY, r".*(\bepi\b|echo[-_ ]?planar)", (PLANAR,)),
    Name(ANY, r".*mp-?rage", (GRADIENT, MPRAGE)),
    Name(ANY, r".*b1_?map", (TRANSMIT,)),
    # "Bruker:RARE", "FAIR_EPI (pvm)".
    Name("Bruker", r".*(rare|msme)", (SPIN,)),
    Name("Bruker", r".*(flash|mge\b)", (GRADIENT,)),
    Name("Bruker", r".*epi", (PLANAR,)),
    Name("Bruker", r".*dti", (SPIN, DIFFUSION)),
    Name("Bruker", r".*(fair|casl)", (LABELLING,)),
)

# "Ax 3D", "t1_3d_tra", "*fl3d1_ns", "3DFSPGR", but not "3 dir".
_DIMENSIONS = re.compile(r"(?<!\d)([23])-?[dD](?![eEiI]|[wW][iI])")

# Whose names to try where the maker is not told: only those that no other vendor's names match.
DISTINCT = ("Siemens",)


def techniques_of(tags: Tags, vendor: str | None, names: Iterable[str]) -> Mapping[str, str]:
    """Return the techniques a header names, each with the words that show it.

    Parameters
    ----------
    tags : Tags
        The header.
    vendor : str or None
        As `vendors.vendor_of` names it.
    names : iterable of str
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
    vendors = (ANY, *DISTINCT) if vendor is None else (ANY, vendor)
    for name in names:
        _note_names(found, name, vendors, name)
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
