"""Elastography: tissue that is shaken, whose images and maps none of the weightings make."""

from __future__ import annotations

from typing import Any

import pytest

from napari_mrseq.header import claim_of
from napari_mrseq.sequences import UNKNOWN

GE_NAME = (0x0019, 0x109C)
WAVE = {
    "ScanningSequence": "GR", "MRAcquisitionType": "2D", "RepetitionTime": 50, "EchoTime": 20.2,
    "FlipAngle": 25, "MagneticFieldStrength": 1.5,
}  # fmt: skip
PLANAR = WAVE | {"ScanningSequence": ["EP", "SE"], "RepetitionTime": 1000, "EchoTime": 59}
GE, SIEMENS, PHILIPS = ({"Manufacturer": maker} for maker in ("GE", "SIEMENS", "Philips"))


@pytest.mark.parametrize(
    "header",
    [
        GE | WAVE | {GE_NAME: ("LO", "fgremre")},
        GE | PLANAR | {GE_NAME: ("LO", "epimre")},
        GE | PLANAR | {"ImageType": ["DERIVED", "SECONDARY", "MAGRMS", "MMDI3D"]},
        SIEMENS | WAVE | {"SequenceName": "greMRE2d1"},
        SIEMENS | PLANAR | {"ImageType": ["ORIGINAL", "PRIMARY", "ELASTO"]},
        PHILIPS | WAVE | {"ImageType": ["ORIGINAL", "PRIMARY", "P", "MRE", "FFE"]},
    ],
)
def test_elastography_is_none_of_the_weightings(make_series: Any, header: dict[Any, Any]) -> None:
    claim = claim_of(make_series(header, slices=4, volumes=8))
    assert claim.sequence == "OTHER", claim


def test_the_stiffness_that_a_scanner_computes_is_a_map(make_series: Any) -> None:
    computed = {"ImageType": ["DERIVED", "SECONDARY", "PROCESSED"]}
    claim = claim_of(make_series(GE | WAVE | computed | {"SeriesDescription": "Stiffness (kPa)"}))
    assert claim.sequence == "OTHER", claim


@pytest.mark.parametrize(
    ("sequence", "times", "slices"),
    [
        (UNKNOWN, {}, 4),
        (UNKNOWN, {"EchoTime": 26}, 4),
        # One slice after the other of a whole brain, all of them at once, or in a volume.
        ("T2STAR", {}, 40),
        ("T2STAR", {"RepetitionTime": 700}, 4),
        ("T2STAR", {"MRAcquisitionType": "3D"}, 4),
    ],
)
def test_the_times_of_waves_make_no_t2star(
    make_series: Any, sequence: str, times: dict[str, Any], slices: int
) -> None:
    claim = claim_of(make_series(WAVE | times, slices=slices))
    assert claim.sequence == sequence, claim
