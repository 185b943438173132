"""Enhanced multi-frame files → slices, each with the attributes of its functional groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from napari_mrseq.clock import moment
from napari_mrseq.reading.frames import (
    Frame,
    Origin,
    classic_frame,
    description_of,
    ms_or_seconds,
    order_of,
    orientation_of,
    origin_of,
    pixel_spacing_of,
    position_of,
    repeated,
    thickness_of,
    told_distances_of,
)
from napari_mrseq.reading.image_type import component_of, derivation_of, quantity_of
from napari_mrseq.reading.instance import Instance
from napari_mrseq.reading.layout import PER_FRAME_GROUPS, told_frames
from napari_mrseq.reading.mosaic import is_mosaic, mosaic_frames
from napari_mrseq.reading.rescaling import REAL_WORLD_MAPPING, map_to_real_world, rescale, window_of
from napari_mrseq.reading.tags import (
    first_item,
    items,
    number,
    numbers,
    tag_object,
    text,
    triple,
    words,
)

_SHARED_GROUPS = 0x52009229
# The functional groups that are looked at, by the sequence that holds each (PS3.3, C.7.6.16.2).
_CONTENT, _MEASURES, _POSITION, _ORIENTATION = 0x00209111, 0x00289110, 0x00209113, 0x00209116
_TRANSFORMATION, _WINDOW, _FRAME_TYPE = 0x00289145, 0x00289132, 0x00189226
_ECHO, _MODIFIERS, _TIMING, _DIFFUSION = 0x00189114, 0x00189115, 0x00189112, 0x00189117
_CARDIAC, _TEMPORAL_POSITION, _LABELLING = 0x00189118, 0x00209310, 0x00189251
_GROUPS = (
    _CONTENT, _MEASURES, _POSITION, _ORIENTATION, _TRANSFORMATION, _WINDOW, _ECHO, _MODIFIERS,
    _TIMING, _DIFFUSION, _CARDIAC, _FRAME_TYPE, _TEMPORAL_POSITION, _LABELLING, REAL_WORLD_MAPPING,
)  # fmt: skip

# Unassigned Shared, and Unassigned Per-Frame Converted Attributes Sequence (PS3.3): what archives
# that put classic files into one find no group for, echo time, b value, inversion time.
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


def is_enhanced(instance: Instance) -> bool:
    """Tell whether a file describes its frames in functional groups."""
    return PER_FRAME_GROUPS in instance.header


def enhanced_frames(instance: Instance) -> list[Frame]:
    """Return the slices of an enhanced file; groups of the frame go before shared ones."""
    header = instance.header
    shared = first_item(header, _SHARED_GROUPS)
    described = items(header, PER_FRAME_GROUPS)
    groups = [*described, *[Dataset()] * instance.layout.frames][: instance.layout.frames]
    origin = replace(origin_of(instance), doubt=_doubt(told_frames(header), len(described)))
    if any(tag in group for group in (shared, *groups) for tag in _UNASSIGNED):
        return _converted_frames(instance, origin, shared, groups)
    # Some writers give groups to attributes that vary and leave the others in the header.
    behind = {sequence: first_item(shared, sequence) or header for sequence in _GROUPS}
    return [
        _frame(instance, origin, index, behind | _groups_of(group))
        for index, group in enumerate(groups)
    ]


def _doubt(told: int, described: int) -> str:
    """Say what is guessed where functional groups aren't as many as the number of frames."""
    if not told:
        return "number of frames (0028,0008) is missing: there are as many as functional groups"
    if told == described:
        return ""
    return (
        f"functional groups describe {described} frames, the number of frames (0028,0008) is "
        f"{told}: slices may lie elsewhere"
    )


def _groups_of(frame: Dataset) -> dict[int, Dataset]:
    """Return the functional groups that a frame has of its own; an empty one is none."""
    found = {sequence: first_item(frame, sequence) for sequence in _GROUPS}
    return {sequence: group for sequence, group in found.items() if group}


def _frame(instance: Instance, origin: Origin, index: int, groups: Mapping[int, Dataset]) -> Frame:
    content, measures = groups[_CONTENT], groups[_MEASURES]
    diffusion, frame_type = groups[_DIFFUSION], groups[_FRAME_TYPE]
    header = instance.header
    image_type = words(frame_type, 0x00089007) or words(header, 0x00080008)
    declared = text(frame_type, 0x00089208) or text(header, 0x00089208)
    source = instance.source(index)
    rescale(source, groups[_TRANSFORMATION])
    return Frame(
        source=source,
        origin=origin,
        sop_uid=text(header, 0x00080018),
        position=position_of(groups[_POSITION]),
        orientation=orientation_of(groups[_ORIENTATION]),
        pixel_spacing=pixel_spacing_of(measures),
        thickness=thickness_of(measures) or thickness_of(header),
        told_distances=told_distances_of(measures),
        window=map_to_real_world(source, groups[REAL_WORLD_MAPPING], window_of(groups[_WINDOW])),
        component=component_of(image_type, declared),
        quantity=quantity_of(image_type),
        stack=text(content, 0x00209056),
        echo_time=_first_number(groups[_ECHO], 0x00189082, 0x00180081),
        inversion_time=_first_number(groups[_MODIFIERS], 0x00189079, 0x00180082),
        flip_angle=number(groups[_TIMING], 0x00181314),
        b_value=number(diffusion, 0x00189087),
        direction=triple(numbers(first_item(diffusion, 0x00189076), 0x00189089)),
        # Without a trigger Temporal Position Time Offset: since the first volume.
        trigger=ms_or_seconds(
            number(groups[_CARDIAC], 0x00209153), number(groups[_TEMPORAL_POSITION], 0x0020930D)
        ),
        labelling=text(groups[_LABELLING], 0x00189257),
        repetition_time=number(groups[_TIMING], 0x00180080),
        description=description_of(header),
        derivation=derivation_of(image_type),
        time=moment(text(content, 0x00189074) or text(content, 0x00189151)),
        order=(
            *order_of((content, 0x00209128), (header, 0x00200012), (header, 0x00200013)),
            *order_of((content, 0x00209156)),
            # Files of one concatenation share their instance number (PS3.3, C.7.6.16).
            index + (number(header, 0x00209228) or 0),
        ),
        dimensions=numbers(content, 0x00209157),
    )


def _first_number(group: Dataset, *tags: int) -> float | None:
    """Return what the first of the tags that is there holds; headers may have the classic one."""
    return next((found for tag in tags if (found := number(group, tag)) is not None), None)


def _converted_frames(
    instance: Instance, origin: Origin, shared: Dataset, groups: Sequence[Dataset]
) -> list[Frame]:
    """Return the slices of classic files in one (Legacy Converted Enhanced MR).

    What their groups hold, put together again, is a classic header a frame.
    """
    common = _elements(instance.header) | _spread(shared)
    found: list[Frame] = []
    for index, group in enumerate(groups):
        header = Dataset(common | _spread(group))
        header.set_original_encoding(*instance.header.original_encoding)
        classic = replace(instance, header=header)
        # Converters take the word from the type of a mosaic.
        slices = mosaic_frames(classic) if is_mosaic(classic) else [classic_frame(classic)]
        # The series and its number are those of the new file.
        found += [replace(repeated(one, index), origin=origin) for one in slices]
    return found


def _spread(groups: Dataset) -> _Elements:
    """Return what functional groups hold, under the tags of classic headers."""
    found: _Elements = {}
    for sequence in (*_GROUPS, *_UNASSIGNED):
        found |= _elements(first_item(groups, sequence))
    told = [tag for tag in _CLASSIC if tag in found]
    return found | {tag_object(_CLASSIC[tag]): found[tag_object(tag)] for tag in told}


def _elements(dataset: Dataset) -> _Elements:
    return {tag: dataset.get_item(tag, keep_deferred=True) for tag in dataset.keys()}  # noqa: SIM118
