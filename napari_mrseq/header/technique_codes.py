"""Codes and names of a header → the techniques that they stand for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from napari_mrseq.header.pulse_sequences import ANY, NAMES
from napari_mrseq.header.tags import Tags
from napari_mrseq.header.techniques import (
    ALL,
    ANGIOGRAPHY,
    ASL,
    BALANCED,
    CINE,
    DIFFUSION,
    EPI,
    FLOW_COMPENSATED,
    GATED,
    GRADIENT_ECHO,
    INVERSION,
    KEPT,
    MT,
    OWN_CONTRAST,
    PHASE_CONTRAST,
    PHASES,
    PREPARED,
    SPIN_ECHO,
    SPOILING,
    STEADY_STATE,
    T2_PREPARED,
    TIME_OF_FLIGHT,
)


@dataclass(frozen=True)
class Code:
    """Coded values that name techniques, wherever the attribute `keyword` is kept."""

    keyword: str
    values: tuple[str, ...]
    techniques: tuple[str, ...]


def _of_images(*values: str, technique: str) -> tuple[Code, Code]:
    """Return the codes of a technique in the type of an image, and of a frame of it."""
    return Code("ImageType", values, (technique,)), Code("FrameType", values, (technique,))


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
    Code("SequenceVariant", ("TRSS",), (BALANCED,)),
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
    Code(
        "CardiacSynchronizationTechnique",
        ("PROSPECTIVE", "RETROSPECTIVE", "REALTIME", "PACED"), (GATED,),
    ),
    Code("AngioFlag", ("Y",), (ANGIOGRAPHY,)),
    Code("EchoPulseSequence", ("SPIN",), (SPIN_ECHO,)),
    Code("EchoPulseSequence", ("GRADIENT",), (GRADIENT_ECHO,)),
    Code("EchoPulseSequence", ("BOTH",), (SPIN_ECHO, GRADIENT_ECHO)),
    Code("InversionRecovery", ("YES",), (INVERSION,)),
    Code("EchoPlanarPulseSequence", ("YES",), (EPI,)),
    # A time-reversed one is spoiled as little.
    Code("SteadyStatePulseSequence", ("FREE_PRECESSION", "TIME_REVERSED"), (BALANCED,)),
    Code("SaturationRecovery", ("YES",), (PREPARED,)),
    Code("T2Preparation", ("YES",), (T2_PREPARED,)),
    Code("Spoiling", ("RF", "GRADIENT", "RF_AND_GRADIENT"), (SPOILING,)),
    Code("Tagging", ("GRID", "LINE"), (OWN_CONTRAST,)),
    Code("TimeOfFlightContrast", ("YES",), (TIME_OF_FLIGHT,)),
    Code("PhaseContrast", ("YES",), (PHASE_CONTRAST,)),
    Code("MagnetizationTransfer", ("ON_RESONANCE", "OFF_RESONANCE"), (MT,)),
    Code("FlowCompensation", ("ACCELERATION", "VELOCITY", "OTHER"), (FLOW_COMPENSATED,)),
    Code("AcquisitionContrast", ("FLOW_ENCODED",), (PHASE_CONTRAST,)),
    Code("AcquisitionContrast", ("DIFFUSION",), (DIFFUSION,)),
    Code("AcquisitionContrast", ("TAGGING",), (OWN_CONTRAST,)),
    *_of_images("DIFFUSION", "DIFFUSION_ATTNTD", technique=DIFFUSION),
    # Elastography: of Siemens, of Philips, and as an inversion for waves in 3-D reads it.
    *_of_images("ELASTO", "MRE", "TAGGING", technique=OWN_CONTRAST),
    Code("ImageType", ("MMDI3D",), (OWN_CONTRAST,)),
    *_of_images("PCA", "M_PCA", "P_PCA", "FLOW_ENCODED", "VELOCITY", technique=PHASE_CONTRAST),
    *_of_images("CINE", technique=CINE),
    *_of_images("M_IR", "R_IR", "P_IR", "I_IR", technique=INVERSION),
    Code(
        "ArterialSpinLabelingContrast", ("PSEUDOCONTINUOUS", "CONTINUOUS", "PULSED"), (ASL,)
    ),
)  # fmt: skip

# Old software of Siemens (VA, VB12) codes any EPI as a spin echo; this one reads what an excitation
# leaves, a gradient echo.
_FREE_INDUCTION = re.compile(r"[*_]?epfid")

# Early XA of Siemens writes all of any scan, of a spine that waits for nothing as well; the heart
# and the breath alone are waited for where coronary arteries are looked at.
_ANY_GATING = {"CG", "RG", "PER"}

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
    told = {keyword: tags.codes(keyword) for keyword in {code.keyword for code in CODES}}
    for code in CODES:
        for value in code.values:
            if value in told[code.keyword]:
                _note(found, code.techniques, value if value not in ("YES", "Y") else "")
    # Where the maker is not told, those of Siemens are tried: no other vendor's names match them.
    vendors = (ANY, vendor or "Siemens")
    for name in names:
        _note_names(found, name, vendors, name)
    if any(map(_FREE_INDUCTION.match, names)):
        found.pop(SPIN_ECHO, None)
    if _ANY_GATING.issubset(told["ScanOptions"]):
        found.pop(GATED, None)
    for kept in filter(ALL.__contains__, tags.texts(KEPT)):
        found.setdefault(kept, kept)
    return found


def codes_of(techniques: Collection[str], keyword: str) -> list[str]:
    """Return the codes by which an attribute names those of some techniques that it can."""
    return [
        code.values[0]
        for code in CODES
        if code.keyword == keyword and set(code.techniques) <= set(techniques)
    ]


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
