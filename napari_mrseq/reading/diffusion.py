"""b value and gradient direction of one instance, from where each vendor keeps them."""

from __future__ import annotations

import numpy as np
from pydicom.dataset import Dataset

from napari_mrseq.reading.csa import csa_values
from napari_mrseq.reading.geometry import slice_normal
from napari_mrseq.reading.tags import Direction, number, numbers, text, triple, words
from napari_mrseq.scanner_words import b_value_in_name

# Standard, Siemens, Philips, UIH.
_B_VALUES = ((0x00189087, "FD"), (0x0019100C, "IS"), (0x20011003, "FL"), (0x00651009, "FD"))
_SEQUENCE_NAME = 0x00180024
_GE_B_VALUE = 0x00431039
# Standard, Siemens, UIH: three numbers in patient LPS.
_DIRECTIONS = (0x00189089, 0x0019100E, 0x00651037)
_PHILIPS_DIRECTION = (0x200510B0, 0x200510B1, 0x200510B2)
_GE_DIRECTION = (0x001910BB, 0x001910BC, 0x001910BD)


def diffusion_of(header: Dataset) -> tuple[float | None, Direction | None]:
    """Return the b value in s/mm² and the gradient direction in patient LPS, None where unknown.

    Elements of the header go before Siemens' CSA header, which older software has alone, and that
    before the name of the sequence, which is left where private elements were taken out.
    """
    b_value, direction = _b_value(header), _direction(header)
    # To read a CSA header takes longer than all other elements; most are of no diffusion image.
    if b_value is None and "DIFFUSION" in words(header, 0x00080008):
        b_values, vector = csa_values(header, "B_value", "DiffusionGradientDirection")
        b_value = next((value for value in b_values if value >= 0), None)
        direction = direction or triple(vector)
    if b_value is None:
        b_value = b_value_in_name(text(header, _SEQUENCE_NAME))
    return b_value, direction


def _b_value(header: Dataset) -> float | None:
    for tag, vr in _B_VALUES:
        value = number(header, tag, vr)
        if value is not None and value >= 0:
            return value
    # GE adds 1e9 as a flag to the first of four numbers, or another power of ten.
    value = number(header, _GE_B_VALUE, "IS")
    return None if value is None or value < 0 else value % 1e5


def _direction(header: Dataset) -> Direction | None:
    for tag in _DIRECTIONS:
        if found := triple(numbers(header, tag, "FD")):
            return found
    if text(header, 0x00080070).upper().startswith("GE"):
        return _ge_direction(header)
    return _parts(header, _PHILIPS_DIRECTION, "FL")


def _ge_direction(header: Dataset) -> Direction | None:
    """Turn GE's direction, given along frequency, phase and slice encoding, into patient LPS.

    Signs as in dcm2niix (``geCorrectBvecs``), for a patient head first and supine and axial
    slices, tilted or not; it warns of all others, and here they are not known.
    """
    vector = _parts(header, _GE_DIRECTION, "DS")
    cosines = numbers(header, 0x00200037)
    if vector is None or len(cosines) != 6 or text(header, 0x00185100) != "HFS":
        return None
    normal = slice_normal(cosines)
    phase = text(header, 0x00181312).upper()
    if np.argmax(np.abs(normal)) != 2 or phase not in ("ROW", "COL"):
        return None
    x, y, z = vector
    along_row, along_column = (-x, -y) if phase == "COL" else (-y, x)
    turned = along_row * np.array(cosines[:3]) + along_column * np.array(cosines[3:]) + z * normal
    return triple(tuple(turned.tolist()))


def _parts(header: Dataset, tags: tuple[int, ...], vr: str) -> Direction | None:
    values = [number(header, tag, vr) for tag in tags]
    return triple(tuple(value for value in values if value is not None))
