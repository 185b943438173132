"""Classic files that an archive put into one (Legacy Converted Enhanced MR) → slices.

What has no functional group of its own is kept in unassigned ones (PS3.3, Unassigned Shared and
Per-Frame Converted Attributes): echo time, b value, inversion time. Put together again they are a
classic header a frame.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from napari_mrseq.reading.frames import Frame, Origin, classic_frame, repeated
from napari_mrseq.reading.instance import Instance
from napari_mrseq.reading.mosaic import is_mosaic, mosaic_frames
from napari_mrseq.reading.tags import first_item, tag_object

# Unassigned Shared, and Unassigned Per-Frame Converted Attributes Sequence.
_UNASSIGNED = 0x00209170, 0x00209171
# Frame Type → Image Type, Frame Reference and Frame Acquisition DateTime → Acquisition DateTime,
# Temporal Position Index → Identifier.
_CLASSIC = {
    0x00089007: 0x00080008,
    0x00189151: 0x0008002A,
    0x00189074: 0x0008002A,
    0x00209128: 0x00200100,
}

_Elements = dict[BaseTag, DataElement | RawDataElement]


def is_converted(shared: Dataset, frames: Iterable[Dataset]) -> bool:
    """Tell whether functional groups hold what classic headers said."""
    return any(tag in group for group in (shared, *frames) for tag in _UNASSIGNED)


def converted_frames(
    instance: Instance,
    origin: Origin,
    shared: Dataset,
    frames: Sequence[Dataset],
    sequences: Sequence[int],
) -> list[Frame]:
    """Return the slices of a converted file.

    Parameters
    ----------
    instance : Instance
        The file.
    origin : Origin
        What its slices share.
    shared, frames : pydicom.Dataset, and a sequence of them
        Functional groups of all frames, and those of each.
    sequences : sequence of int
        Tags of the functional groups to look at, beside the unassigned ones.
    """
    wanted = *sequences, *_UNASSIGNED
    common = _elements(instance.header) | _spread(shared, wanted)
    found: list[Frame] = []
    for index, group in enumerate(frames):
        header = Dataset(common | _spread(group, wanted))
        header.set_original_encoding(*instance.header.original_encoding)
        classic = replace(instance, header=header)
        # Converters take the word from the type of a mosaic.
        slices = mosaic_frames(classic) if is_mosaic(classic) else [classic_frame(classic)]
        # The series and its number are those of the new file.
        found += [replace(repeated(one, index), origin=origin) for one in slices]
    return found


def _spread(groups: Dataset, wanted: Iterable[int]) -> _Elements:
    """Return what functional groups hold, under the tags of classic headers."""
    found: _Elements = {}
    for sequence in wanted:
        item = first_item(groups, sequence)
        if item is not None:
            found |= _elements(item)
    renamed = {_CLASSIC[tag]: found[tag_object(tag)] for tag in _CLASSIC if tag in found}
    return found | {tag_object(tag): element for tag, element in renamed.items()}


def _elements(dataset: Dataset) -> _Elements:
    return {tag: dataset.get_item(tag, keep_deferred=True) for tag in dataset.keys()}  # noqa: SIM118
