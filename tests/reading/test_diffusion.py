"""b values and gradient directions, wherever a vendor keeps them."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import nibabel
import numpy as np
import pydicom
import pytest
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from napari_mrseq.reading import read_study
from napari_mrseq.series import VolumeAxis
from tests.reading.scanner_files import (
    AXIAL,
    CORONAL,
    SAGITTAL,
    WriteSlice,
    csa_header,
    positions_along,
    rotated,
)

GRADIENTS = [(0, (0.0, 0.0, 0.0)), (1000, (0.6, 0.0, 0.8)), (1000, (0.2, -0.4, 0.894427))]
SIEMENS_FILES = Path(nibabel.__file__).parent / "nicom/tests/data"


def axis_of(path: Path) -> VolumeAxis:
    (series,) = read_study(path.parent).series
    assert series.volume_axis is not None
    return series.volume_axis


def write_ge(
    write_slice: WriteSlice, orientation: Sequence[float], phase: str, position: str = "HFS"
) -> Path:
    places = positions_along(orientation, 4)
    for volume, (b, vector) in enumerate(GRADIENTS):
        private = {(0x0043, 0x1039): ("IS", [b, 8, 0, 0])}
        for tag, value in zip((0x10BB, 0x10BC, 0x10BD), vector, strict=True):
            private[0x0019, tag] = ("DS", f"{value:.6f}")
        for index, place in enumerate(places):
            path = write_slice(
                1 + 4 * volume + index,
                place,
                orientation,
                private=private,
                Manufacturer="GE MEDICAL SYSTEMS",
                PatientPosition=position,
                InPlanePhaseEncodingDirection=phase,
                ScanningSequence="EP",
                AcquisitionTime=f"10101{volume}",
            )
    return path


@pytest.mark.parametrize("phase", ["ROW", "COL"])
@pytest.mark.parametrize("orientation", [AXIAL, rotated(20), rotated(-35)])
def test_ge_directions_are_those_of_dcm2niix(
    orientation: Sequence[float],
    phase: str,
    write_slice: WriteSlice,
    dcm2niix: Callable[[Path], list[nibabel.Nifti1Image]],
    tmp_path: Path,
) -> None:
    path = write_ge(write_slice, orientation, phase)
    (converted,) = dcm2niix(path.parent)
    (written,) = (tmp_path / "dcm2niix").glob("*.bvec")
    axes = converted.affine[:3, :3] / np.linalg.norm(converted.affine[:3, :3], axis=0)
    # FSL turns the first axis where the image is not mirrored; patient LPS is RAS turned twice.
    turn = [-1 if np.linalg.det(axes) > 0 else 1, 1, 1]
    expected = (axes @ (np.loadtxt(written).T * turn).T).T * [-1, -1, 1]
    axis = axis_of(path)
    assert axis.values == (0, 1000, 1000)
    np.testing.assert_allclose(axis.directions, expected, atol=1e-3)
    # They are the same in what dcm2niix made of it.
    (made,) = read_study(written.parent).series
    assert made.volume_axis.values == (0, 1000, 1000)
    np.testing.assert_allclose(made.volume_axis.directions, expected, atol=1e-3)


@pytest.mark.parametrize(
    ("orientation", "position"), [(SAGITTAL, "HFS"), (CORONAL, "HFS"), (AXIAL, "FFS")]
)
def test_ge_directions_whose_sign_is_unknown_are_left_out(
    orientation: Sequence[float], position: str, write_slice: WriteSlice
) -> None:
    axis = axis_of(write_ge(write_slice, orientation, "COL", position))
    assert (axis.values, axis.directions) == ((0, 1000, 1000), ())


@pytest.mark.parametrize(
    "without",
    [[0x001910BB, 0x001910BC, 0x001910BD], [0x001910BC], [0x00200037]],
    ids=["direction", "part of it", "orientation"],
)
def test_ge_images_without_what_tells_directions_are_read(
    without: list[int], write_slice: WriteSlice
) -> None:
    folder = write_ge(write_slice, AXIAL, "COL").parent
    for path in folder.iterdir():
        dataset = pydicom.dcmread(path)
        for tag in without:
            del dataset[tag]
        dataset.save_as(path)
    study = read_study(folder)
    assert study.failures == ()
    axes = [series.volume_axis for series in study.series]
    assert not any(axis.directions for axis in axes if axis)
    assert {b for series in study.series for b in series.b_values} == {0, 1000}


@pytest.mark.parametrize(
    ("b_value", "parts", "kind"),
    [
        (((0x0018, 0x9087), "FD"), [(0x0018, 0x9089)], "FD"),
        (((0x0019, 0x100C), "IS"), [(0x0019, 0x100E)], "FD"),
        (((0x2001, 0x1003), "FL"), [(0x2005, 0x10B0), (0x2005, 0x10B1), (0x2005, 0x10B2)], "FL"),
        (((0x0065, 0x1009), "FD"), [(0x0065, 0x1037)], "FD"),
    ],
    ids=["standard", "Siemens", "Philips", "UIH"],
)
# Implicit: files that don't say of what kind private elements are.
@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_elements_of_each_vendor_tell_b_values_and_directions(
    b_value: tuple[tuple[int, int], str],
    parts: list[tuple[int, int]],
    kind: str,
    syntax: UID,
    write_slice: WriteSlice,
) -> None:
    tag, vr = b_value
    for volume, (b, vector) in enumerate(GRADIENTS):
        values = [list(vector)] if len(parts) == 1 else vector
        private = {part: (kind, value) for part, value in zip(parts, values, strict=True)}
        for index, place in enumerate(positions_along(AXIAL, 4), start=1 + 4 * volume):
            path = write_slice(index, place, private=private | {tag: (vr, b)}, syntax=syntax)
    axis = axis_of(path)
    assert axis.values == (0, 1000, 1000)
    np.testing.assert_allclose(axis.directions, [vector for _, vector in GRADIENTS], rtol=1e-6)


@pytest.mark.parametrize(
    "private",
    [
        {(0x2001, 0x1003): ("FL", -1.0)},
        {(0x0043, 0x1039): ("IS", [-1, 8, 0, 0])},
        {(0x0029, 0x1010): ("OB", csa_header(B_value=[-1]))},
    ],
    ids=["Philips", "GE", "Siemens"],
)
def test_a_b_value_below_zero_is_none_and_the_name_of_the_sequence_tells(
    private: dict[tuple[int, int], tuple[str, object]], write_slice: WriteSlice
) -> None:
    for volume, b in enumerate((0, 1000)):
        for index, place in enumerate(positions_along(AXIAL, 4), start=1 + 4 * volume):
            path = write_slice(
                index,
                place,
                ImageType=["ORIGINAL", "PRIMARY", "DIFFUSION", "NONE"],
                SequenceName=f"ep_b{b}",
                ScanningSequence="EP",
                private=private,
            )
    assert axis_of(path).values == (0, 1000)


def test_siemens_with_a_csa_header_alone(tmp_path: Path) -> None:
    expected = []
    for name in ("siemens_dwi_0", "siemens_dwi_1000"):
        source = SIEMENS_FILES / f"{name}.dcm.gz"
        if not source.is_file():
            pytest.skip("nibabel's own test files are not installed")
        dataset = pydicom.dcmread(BytesIO(gzip.decompress(source.read_bytes())))
        direction = dataset.get((0x0019, 0x100E))
        expected.append(
            (
                float(dataset[0x0019, 0x100C].value),
                (0.0, 0.0, 0.0) if direction is None else tuple(direction.value),
            )
        )
        for tag in [tag for tag in dataset.keys() if tag.group == 0x0019]:  # noqa: SIM118
            del dataset[tag]
        dataset.SeriesInstanceUID = "1.2.826.0.1.3680043.8.498.1"
        path = tmp_path / f"{name}.dcm"
        dataset.save_as(path)
    values, directions = zip(*expected, strict=True)
    assert axis_of(path) == VolumeAxis("b value", "s/mm²", values, directions)


def test_damaged_csa_header_is_no_obstacle(write_slice: WriteSlice) -> None:
    for number, place in enumerate(positions_along(AXIAL, 3), start=1):
        path = write_slice(
            number,
            place,
            ImageType=["ORIGINAL", "PRIMARY", "DIFFUSION", "NONE"],
            private={(0x0029, 0x1010): ("OB", b"SV10" + b"\xff" * 300)},
        )
    (series,) = read_study(path.parent).series
    assert series.pixels.shape[0] == 3
