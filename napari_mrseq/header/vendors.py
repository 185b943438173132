"""What vendors keep in private tags and in the names of sequences."""

from __future__ import annotations

import re

from napari_mrseq.header import techniques
from napari_mrseq.header.tags import Tags
from napari_mrseq.scanner_words import GE_DIFFUSION, GE_MAPS

# Manufacturer (0008,0070) as written by scanners of thirty years.
VENDORS = (
    ("Siemens", r"siemens"),
    ("GE", r"\bge\b|general electric|^ge_"),
    ("Philips", r"philips|picker|marconi"),
    ("UIH", r"\buih\b|united imaging"),
    ("Canon", r"canon|toshiba"),
    ("Hitachi", r"hitachi|fujifilm"),
    ("Bruker", r"bruker"),
    ("Agilent", r"agilent|varian"),
    ("Hyperfine", r"hyperfine"),
    ("Esaote", r"esaote"),
)

# The third and fourth are dcm2niix's: GE's inner name, and the file that Siemens runs; the last is
# BIDS'.
NAME_KEYWORDS = (
    "SequenceName", "PulseSequenceName", "InternalPulseSequenceName", "PulseSequenceDetails",
    "PulseSequenceType",
)  # fmt: skip
# Where vendors keep their own, (group, element).
SEQUENCE_NAMES = {
    "GE": ((0x0019, 0x109C), (0x0019, 0x109E)),
    "Philips": ((0x2001, 0x1020),),
    "Hitachi": ((0x0019, 0x100C),),
}
# Before the name of a sequence that Siemens lends for trial: "WIP_tfl3d1_16ns".
_ON_TRIAL = re.compile(r"^[*_]?wip_", re.IGNORECASE)
PHILIPS_EPI_FACTOR = (0x2001, 0x1013)
# Whether a scan waits for the heart: "TRIGGERED", "NO".
PHILIPS_CARDIAC_SYNC = (0x2001, 0x1010)
# How many slices a volume has, all stacks of a series together.
SLICES_COUNTED = {"GE": (0x0021, 0x104F), "Philips": (0x2001, 0x1018)}
# The plane of a series; 256 stands for three in one.
GE_PLANE, GE_THREE_PLANES = (0x0019, 0x1017), 256.0
# What GE's flag of an image says of diffusion.
_OF_MAPS = {
    "ADC": techniques.ADC_MAP, "eADC": techniques.DIFFUSION_MAP, "FA": techniques.DIFFUSION_MAP,
    "trace": techniques.DIFFUSION,
}  # fmt: skip
GE_TECHNIQUES = {
    **dict.fromkeys(GE_DIFFUSION, techniques.DIFFUSION),
    **{flag: _OF_MAPS[shown] for flag, shown in GE_MAPS.items()},
}


def vendor_of(tags: Tags) -> str | None:
    """Name the manufacturer of the scanner, None where the header doesn't tell."""
    manufacturer = tags.text("Manufacturer").lower()
    return next((vendor for vendor, pattern in VENDORS if re.search(pattern, manufacturer)), None)


def sequence_names(tags: Tags, vendor: str | None) -> tuple[str, ...]:
    """Return every name the header gives the pulse sequence, the vendor's own ones too.

    Not that of the protocol, which Canon repeats there: words of people, such as ``"FEMUR T2"``.
    """
    names = [tags.text(keyword) for keyword in NAME_KEYWORDS]
    names += [tags.text(place) for place in SEQUENCE_NAMES.get(vendor or "", ())]
    typed = vendor == "Canon" and tags.text("ProtocolName")
    names = [_ON_TRIAL.sub("", name, count=1) for name in names if name != typed]
    return tuple(dict.fromkeys(filter(None, names)))
