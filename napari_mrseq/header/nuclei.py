"""Whose signal an image shows: that of protons, or of another nucleus, by its name or frequency."""

from __future__ import annotations

import re

from napari_mrseq.header.sequence_attributes import SequenceAttributes
from napari_mrseq.header.tags import Tags

# "1H", "^23^Na", "Xe-129".
_NUCLEUS = re.compile(
    r"\W*(?:(?P<mass>\d{1,3})\W*(?P<element>[A-Z]{1,2})"
    r"|(?P<symbol>[A-Z]{1,2})\W*(?P<number>\d{1,3}))\W*"
)
# MHz in a tesla of those that are imaged but protons (Harris et al., Pure Appl Chem 73:1795, 2001):
# 3He, 31P, 7Li, 129Xe, 23Na, 13C, 2H, 17O. 19F lies too near to protons.
_FREQUENCIES = (32.43, 17.24, 16.55, 11.78, 11.26, 10.71, 6.54, 5.77)
# How much less than its nominal strength a magnet has, as a fraction (2.89 for 3 T), and how much
# more by the rounding of either number.
_NOMINAL = (0.95, 1.02)


def nucleus_of(tags: Tags) -> str:
    """Return the nucleus as mass and element: ``"23NA"`` for ``"Na-23"``; empty where not told."""
    for keyword in ("ImagedNucleus", "ResonantNucleus"):
        found = _NUCLEUS.fullmatch(tags.text(keyword).upper())
        if found:
            return f"{found['mass'] or found['number']}{found['element'] or found['symbol']}"
    return ""


def other_nucleus(attributes: SequenceAttributes) -> str | None:
    """Hold where the signal is that of another nucleus than the proton."""
    other = attributes.nucleus not in ("", "1H")
    return f"nucleus {attributes.nucleus}" if other else None


def other_frequency(attributes: SequenceAttributes) -> str | None:
    """Hold where no nucleus is told, and the frequency is that of another than the proton.

    Which one it is the nominal strength of a magnet doesn't tell: 23Na at 3 T is 129Xe at 2.89.
    """
    frequency, field = attributes.imaging_frequency, attributes.field_strength
    if attributes.nucleus or not frequency or not field:
        return None
    least, most = _NOMINAL
    if not any(least * one <= frequency / field <= most * one for one in _FREQUENCIES):
        return None
    return f"frequency {frequency:g} MHz at {field:g} T is not that of protons"
