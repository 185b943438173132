"""Private elements → the blocks where their vendors keep them (PS3.5, 7.8.1).

A vendor's elements lie in the block that its private creator reserves: nearly always the same one,
by which everyone knows them, ``(0019,100C)`` for example. Archives and anonymisers that add or
take out a creator move blocks; here they are moved back, so that one tag means one thing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag

from napari_mrseq.reading.tags import tag_object, text

# (group, private creator) → the block that it reserves on scanners, of the elements that are read.
_USUAL_BLOCKS: Mapping[tuple[int, str], int] = {
    (0x0019, "SIEMENS MR HEADER"): 0x10,
    (0x0019, "GEMS_ACQU_01"): 0x10,
    (0x0021, "GEMS_RELA_01"): 0x10,
    (0x0029, "SIEMENS CSA HEADER"): 0x10,
    (0x0043, "GEMS_PARM_01"): 0x10,
    (0x0051, "SIEMENS MR HEADER"): 0x10,
    (0x0065, "Image Private Header"): 0x10,
    (0x2001, "Philips Imaging DD 001"): 0x10,
    (0x2005, "Philips MR Imaging DD 001"): 0x10,
    (0x2005, "Philips MR Imaging DD 005"): 0x14,
}
_GROUPS = sorted({group for group, _ in _USUAL_BLOCKS})
# As far as files were seen to go; 240 blocks may be reserved.
_BLOCKS = range(0x10, 0x20)
# The elements by which blocks are reserved.
CREATOR_TAGS = frozenset(tag_object(group << 16 | block) for group in _GROUPS for block in _BLOCKS)


def moved_blocks(header: Dataset) -> dict[tuple[int, int], int]:
    """Return (group, block) → usual block of every block that was moved.

    Parameters
    ----------
    header : pydicom.Dataset
        With the elements of `CREATOR_TAGS`; not changed.
    """
    moved = {}
    for tag in CREATOR_TAGS.intersection(header.keys()):
        group, block = tag >> 16, tag & 0xFF
        creator = text(header, tag)
        usual = _USUAL_BLOCKS.get((group, creator), block)
        # A creator may reserve several blocks: the usual one then holds what it always does.
        if usual != block and text(header, group << 16 | usual) != creator:
            moved[group, block] = usual
    return moved


def restore_blocks(header: Dataset) -> None:
    """Move private elements to the blocks where they usually lie; those in their way go.

    Parameters
    ----------
    header : pydicom.Dataset
        A whole header, changed in place; items of sequences are not.
    """
    moved = moved_blocks(header)
    if not moved:
        return
    tags = sorted(header.keys())
    lifted = {tag: header.get_item(tag) for tag in tags if _block_of(tag) in moved}
    in_the_way = {(group, usual) for (group, _), usual in moved.items()}
    for tag in tags:
        if _block_of(tag) in moved.keys() | in_the_way:
            del header[tag]
    for tag, element in lifted.items():
        usual = moved[_block_of(tag)]
        number = usual if tag.element < 0x100 else usual << 8 | tag.element & 0xFF
        # One that pydicom can't decode is left out, as damaged ones are later.
        with contextlib.suppress(Exception):
            _put(header, element, Tag(tag.group, number))


def _put(header: Dataset, element: DataElement | RawDataElement, tag: BaseTag) -> None:
    if isinstance(element, RawDataElement):
        header[tag] = element._replace(tag=tag)
    else:
        element.tag = tag
        header[tag] = element


def _block_of(tag: BaseTag) -> tuple[int, int]:
    """Return the group and block of a private element, or of the creator that reserves one."""
    return tag.group, tag.element if tag.element < 0x100 else tag.element >> 8
