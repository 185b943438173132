"""Private elements are found in whatever block their creator reserves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from napari_mrseq.header import attributes_of, claim_of
from napari_mrseq.reading import read_study
from tests.reading.read_back import read_one
from tests.reading.scanner_files import AXIAL, WriteSlice, positions_along

Elements = Mapping[tuple[int, str], Mapping[int, tuple[str, Any]]]

# Manufacturer, and what differs between the two volumes: b value 0 and 800.
VENDORS: dict[str, tuple[Elements, Elements]] = {
    "SIEMENS": (
        {(0x0019, "SIEMENS MR HEADER"): {0x0C: ("IS", "0")}},
        {
            (0x0019, "SIEMENS MR HEADER"): {
                0x0C: ("IS", "800"),
                0x0E: ("FD", [0.0, 0.6, 0.8]),
            }
        },
    ),
    "GE MEDICAL SYSTEMS": (
        {(0x0043, "GEMS_PARM_01"): {0x39: ("IS", [0, 8, 0, 0])}},
        {(0x0043, "GEMS_PARM_01"): {0x39: ("IS", [800, 8, 0, 0])}},
    ),
    "Philips": (
        {(0x2001, "Philips Imaging DD 001"): {0x03: ("FL", 0.0)}},
        {
            (0x2001, "Philips Imaging DD 001"): {0x03: ("FL", 800.0)},
            (0x2005, "Philips MR Imaging DD 001"): {
                0xB0: ("FL", 0.0),
                0xB1: ("FL", 0.6),
                0xB2: ("FL", 0.8),
            },
        },
    ),
    "UIH": (
        {(0x0065, "Image Private Header"): {0x09: ("FD", 0.0)}},
        {(0x0065, "Image Private Header"): {0x09: ("FD", 800.0), 0x37: ("FD", [0.0, 0.6, 0.8])}},
    ),
}


def write(write_slice: WriteSlice, vendor: str, block: int, syntax: str) -> Path:
    """Write two volumes whose private elements lie in a block, behind those of somebody else."""
    for volume, elements in enumerate(VENDORS[vendor]):
        for index, place in enumerate(positions_along(AXIAL, 3)):
            path = write_slice(
                10 * volume + index, place, Manufacturer=vendor, ScanningSequence="EP"
            )
            dataset = pydicom.dcmread(path)
            for (group, creator), values in elements.items():
                put(dataset, group, block, creator, values)
                if block != 0x10:
                    put(dataset, group, 0x10, "SOMEBODY ELSE", {0x0C: ("LO", "no b value")})
            dataset.file_meta.TransferSyntaxUID = syntax
            dataset.save_as(path, implicit_vr=syntax == ImplicitVRLittleEndian)
    return path.parent


def put(
    dataset: Dataset,
    group: int,
    block: int,
    creator: str,
    values: Mapping[int, tuple[str, Any]],
) -> None:
    dataset.add_new((group, block), "LO", creator)
    for element, (vr, value) in values.items():
        dataset.add_new((group, block << 8 | element), vr, value)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
@pytest.mark.parametrize("block", [0x10, 0x11, 0x1F])
@pytest.mark.parametrize("vendor", VENDORS)
def test_moved_blocks_are_read(
    vendor: str, block: int, syntax: str, write_slice: WriteSlice
) -> None:
    series = read_one(write(write_slice, vendor, block, syntax))
    axis = series.volume_axis
    assert axis is not None
    assert (axis.name, axis.values) == ("b value", (0.0, 800.0))
    if vendor != "GE MEDICAL SYSTEMS":
        assert axis.directions[1] == pytest.approx((0.0, 0.6, 0.8))


def test_header_of_a_moved_block_says_the_same(write_slice: WriteSlice) -> None:
    path = write_slice(1, Manufacturer="GE MEDICAL SYSTEMS")
    dataset = pydicom.dcmread(path)
    put(dataset, 0x0019, 0x10, "SOMEBODY ELSE", {0x9C: ("LO", "no name")})
    put(dataset, 0x0019, 0x13, "GEMS_ACQU_01", {0x9C: ("LO", "efgre3d")})
    dataset.save_as(path)
    assert attributes_of(read_one(path)).sequence_name == "efgre3d"


def test_a_creator_may_reserve_a_second_block(write_slice: WriteSlice) -> None:
    creator = ("LO", "SIEMENS MR HEADER")
    private = {
        (0x0019, 0x0010): creator, (0x0019, 0x0011): creator,
        (0x0019, 0x100C): ("IS", "1000"), (0x0019, 0x110B): ("DS", "5"),
    }  # fmt: skip
    path = write_slice(1, private=private, ScanningSequence="EP")
    (series,) = read_study(path.parent).series
    assert series.b_values == (1000,)


def test_a_b_value_is_known_where_the_maker_is_not(write_slice: WriteSlice) -> None:
    private = {(0x0019, 0x0010): ("LO", "SIEMENS MR HEADER"), (0x0019, 0x100C): ("IS", "1000")}
    path = write_slice(
        1, private=private, Manufacturer="", ScanningSequence="EP", RepetitionTime=5000, EchoTime=80
    )
    (series,) = read_study(path.parent).series
    assert claim_of(series).sequence == "DWI"
