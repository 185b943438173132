"""Text as people type it → words parted by spaces, in small Latin letters."""

from __future__ import annotations

import re
import unicodedata

from napari_mrseq.header.scripts import in_english

# From one vertebra to another: "T1-T6" is a part of the spine, "T1-T2" may be two weightings.
VERTEBRAE = (
    r"(?i)(?<![a-z0-9])(?!t[12][\s_]?(?:-|to)[\s_]?t[12](?![0-9]))(?:c[1-8]|t1?\d|l[1-6])"
    r"[\s_]?(?:-|to)[\s_]?(?:c[1-8]|t1?\d|l[1-6]|s[1-5])(?![a-z0-9])"
)

GREEK = r"[\u0370-\u03ff\u1f00-\u1fff]"

# What names of series begin with, with or without a space behind it: "AXIALT2TSE", "AXSET1".
PLANES = "ax|axial|cor|coronal|sag|sagittal|sg|tra|tran|trans"


def plain(text: str) -> str:
    """Return text in lower case and Latin letters without accents, its words parted by spaces.

    ``+`` stays a word of its own. Camel case is parted (``"GreFieldMap"`` gives
    ``"gre field map"``, ``"axT1"`` and ``"AXT1"`` give ``"ax t1"``, but ``"qT1"``, a map, stays
    whole); ``T2*`` becomes ``t2star``, ``b=0`` and ``b 0`` become ``b0``. Parts of the spine
    (``"T1-T6"``) go.
    """
    parted = in_english(unicodedata.normalize("NFC", text))
    parted = re.sub(
        r"(?:(?<=[a-z])|(?<=T[12]))(?=[A-Z][a-z])|(?<=[a-pr-z])(?=T[12]|PD)", " ", parted
    )
    parted = re.sub(VERTEBRAE, " ", parted)
    # A sign of its own, as in "T1ρ"; no letter of a Greek word.
    parted = re.sub(rf"(?<!{GREEK})ρ(?!{GREEK})", "rho", parted)
    # GE writes what a two-point Dixon scan parts in front of its name.
    parted = re.sub(r"(?i)^\s*fat:", "fat only ", parted)
    letters = unicodedata.normalize("NFKD", parted).encode("ascii", "ignore").decode().lower()
    letters = re.sub(r"(?<![a-z0-9])([tr]2) ?w? ?(?:\*|[-_ ]+star)", r"\1star", letters)
    letters = re.sub(r"\bb(?: ?= ?(?=\d)| (?=0\b|\d{3,4}\b))", "b", letters)
    letters = re.sub(
        rf"\b({PLANES})(?=[tf]?set[12]|t[12]|pd|dwi|dif|flair|stir|tof)", r"\1 ", letters
    )
    letters = re.sub(r"\b([tf]?se(?=t[12])|t1(?=post|pre|gd|gad))", r"\1 ", letters)
    return " ".join(re.sub(r"[^a-z0-9+]+", " ", letters).replace("+", " + ").split())
