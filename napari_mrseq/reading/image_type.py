"""Image Type (0008,0008) → part of the complex signal, quantity, and how an image was made."""

from __future__ import annotations

import sys

from pydicom.dataset import Dataset
from pydicom.tag import Tag

from napari_mrseq.reading.tags import text, whole
from napari_mrseq.scanner_words import (
    GE_COMPONENT,
    GE_COMPONENTS,
    GE_DIFFUSION,
    GE_KIND,
    GE_MAPS,
    IN_PHASE,
    LETTERS,
    OPPOSED_PHASE,
    PHILIPS_COMPONENT,
    QUANTITIES,
)

_GE, _PHILIPS, _GE_KIND = Tag(GE_COMPONENT), Tag(PHILIPS_COMPONENT), Tag(GE_KIND)
_GE_KINDS = {2: "magnitude", **GE_MAPS}
# Along the axes of the body diffusion is weighted, and flow encoded.
_GE_AXES = {3, 4, 5}
_COMPONENT_WORDS = {
    **LETTERS, **{word.upper(): word for word in LETTERS.values()}, "PHASE MAP": "phase",
}  # fmt: skip
# What tells images of one series apart. The words that stand here alone name no sequence: ISO is
# said of isotropic voxels too, M0 of measured proton densities, a minimum is one of anything.
_QUANTITIES = {
    **{word: quantity for quantity, words in QUANTITIES.items() for word in words},
    **dict.fromkeys(IN_PHASE, "in phase"), **dict.fromkeys(OPPOSED_PHASE, "opposed phase"),
    "ISO": "trace", "M0": "M0", "MNIP": "minimum projection", "MINIP": "minimum projection",
    "M_PCA": "phase contrast", "UNI": "uniform", "INV1": "inversion 1", "INV2": "inversion 2",
}  # fmt: skip


def component_in(header: Dataset, image_type: tuple[str, ...]) -> str:
    """Name the part of the complex signal, also where only private elements of a maker tell it."""
    found = component_of(image_type, text(header, 0x00089208))
    code = whole(header, _GE, "SS")
    if not found and code is not None and 0 <= code < len(GE_COMPONENTS):
        return GE_COMPONENTS[code]
    return found or LETTERS.get(text(header, _PHILIPS), "")


def component_of(image_type: tuple[str, ...], declared: str) -> str:
    """Name the part of the complex signal: as declared (0008,9208), else by Image Type."""
    told = (declared, *image_type[2:])
    return next((_COMPONENT_WORDS[word] for word in told if word in _COMPONENT_WORDS), "")


def quantity_in(header: Dataset, image_type: tuple[str, ...], b_value: float | None) -> str:
    """Name the quantity, also where only GE's flag tells a field map or flow from its magnitude."""
    flag = whole(header, _GE_KIND, "SS")
    # Those differ in b value and direction alone.
    is_weighted = flag in GE_DIFFUSION or (flag in _GE_AXES and bool(b_value))
    told = _GE_KINDS.get(flag, f"GE kind {flag}") if flag and not is_weighted else ""
    return quantity_of(image_type) or told


def quantity_of(image_type: tuple[str, ...]) -> str:
    """Name the quantity by the third and later values of Image Type."""
    return " ".join(dict.fromkeys(_QUANTITIES[w] for w in image_type[2:] if w in _QUANTITIES))


def derivation_of(image_type: tuple[str, ...]) -> str:
    """Name how a derived image was made, by the third and later values of Image Type."""
    if image_type[:1] != ("DERIVED",):
        return ""
    return sys.intern(" ".join(w for w in image_type[2:] if w not in _COMPONENT_WORDS) or "DERIVED")
