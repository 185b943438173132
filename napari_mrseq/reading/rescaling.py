"""What a header says of values: how stored pixels become some, and which of them a window shows."""

from __future__ import annotations

from pydicom.dataset import Dataset

from napari_mrseq.reading.layout import FrameSource
from napari_mrseq.reading.tags import first_item, items, number

REAL_WORLD_MAPPING = 0x00409096
_MODALITY_LUT = 0x00283000

# Lowest and highest value.
Window = tuple[float, float]


def window_of(group: Dataset) -> Window | None:
    """Return the first window."""
    centre, width = number(group, 0x00281050), number(group, 0x00281051)
    if centre is None or not width or width < 1e-6:
        return None
    return centre - width / 2, centre + width / 2


def rescale(source: FrameSource, group: Dataset) -> None:
    """Take slope and intercept, or a table (PS3.3 C.11.1), from a header or functional group."""
    if found := items(group, _MODALITY_LUT):
        source.lut = Dataset()
        source.lut.ModalityLUTSequence = found
        source.lut.set_original_encoding(*group.original_encoding)
        return
    slope, intercept = number(group, 0x00281053), number(group, 0x00281052)
    # A slope of 0 is none; one that is left out is 1, as dcm2niix has it.
    if slope != 0:
        source.slope = 1.0 if slope is None else slope
        source.intercept = intercept or 0.0


def map_to_real_world(source: FrameSource, group: Dataset, window: Window | None) -> Window | None:
    """Take the line of a real world value mapping (PS3.3, C.7.6.16.2.11) where nothing rescales.

    Philips' classic files have no other slope, which may differ from slice to slice (nibabel PR
    143, vtk-dicom issue 26). dcm2niix applies it to theirs alone, nibabel to all.

    Parameters
    ----------
    source : FrameSource
        Rescaled, if its header says so.
    group : pydicom.Dataset
        Header that may hold a mapping (0040,9096), or the mapping.
    window : tuple of float or None
        Among stored values, where nothing rescales them.

    Returns
    -------
    tuple of float or None
        The window among the values that are shown.
    """
    if source.lut is not None or source.is_rescaled:
        return window
    mapping = first_item(group, REAL_WORLD_MAPPING) or group
    slope, intercept = number(mapping, 0x00409225), number(mapping, 0x00409224) or 0.0
    if not slope:
        return window
    source.slope, source.intercept = slope, intercept
    if window is None:
        return None
    low, high = sorted(slope * value + intercept for value in window)
    return low, high
