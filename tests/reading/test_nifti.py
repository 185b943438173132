"""NIfTI files are turned to the radiological view, and their affine with them."""

from __future__ import annotations

import gc
import gzip
import itertools
import json
import os
import subprocess
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nibabel
import numpy as np
import pytest
import SimpleITK

from napari_mrseq.errors import ReadError
from napari_mrseq.header import claim_of
from napari_mrseq.reading import read_study
from napari_mrseq.series import VolumeAxis
from tests.reading.read_back import read_one

LPS_FROM_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
DIRECTIONS = {
    "R": (1, 0, 0), "L": (-1, 0, 0), "A": (0, 1, 0), "P": (0, -1, 0), "S": (0, 0, 1),
    "I": (0, 0, -1),
}  # fmt: skip
# The patient axis and sense (LPS) along which slices, rows and columns rise in each plane.
WANTED = {
    "axial": ((2, 1), (1, 1), (0, 1)),
    "coronal": ((1, 1), (2, -1), (0, 1)),
    "sagittal": ((0, -1), (2, -1), (1, 1)),
}


def save(
    path: Path,
    shape: tuple[int, ...],
    zooms: tuple[float, ...],
    codes: str = "RAS",
    *,
    unit: str = "mm",
    slice_axis: int | None = None,
) -> tuple[Path, np.ndarray]:
    """Save voxels that are all different, with axes that run as `codes` says."""
    data = np.arange(np.prod(shape), dtype=np.int16).reshape(shape)
    affine = np.eye(4)
    affine[:3, :3] = np.stack([DIRECTIONS[code] for code in codes], axis=-1) * zooms[:3]
    affine[:3, 3] = (-7, 5, 11)
    image = nibabel.Nifti1Image(data, affine)
    image.header.set_xyzt_units(unit, "sec")
    image.header.set_dim_info(slice=slice_axis)
    if len(shape) > 3:
        image.header["pixdim"][4] = zooms[3]
    nibabel.save(image, path)
    return path, data


@pytest.mark.parametrize("codes", ["RAS", "LAS", "LPS", "PIR", "ASR", "RSA", "SPL", "AIL"])
@pytest.mark.parametrize("thick", [0, 1, 2])
def test_every_orientation_is_seen_the_same_way(codes: str, thick: int, tmp_path: Path) -> None:
    zooms = [1.0, 1.2, 1.1]
    zooms[thick] = 4.0
    path, data = save(tmp_path / "a.nii", (5, 6, 7), tuple(zooms), codes)
    series = read_one(path)
    assert series.spacing[0] == pytest.approx(4.0)
    for target, (axis, sense) in enumerate(WANTED[series.plane]):
        direction = series.affine[:3, target] / series.spacing[target]
        assert direction[axis] * sense == pytest.approx(1.0)
    theirs = LPS_FROM_RAS @ nibabel.load(path).affine
    values = series.pixels.compute()
    for place in itertools.product(*((0, size - 1) for size in values.shape)):
        voxel = np.rint(np.linalg.solve(theirs, series.affine @ [*place, 1]))[:3].astype(int)
        assert values[place] == data[tuple(voxel)]


@pytest.mark.parametrize("shape", [(20, 64, 48, 5), (64, 20, 48, 5), (64, 48, 20)])
@pytest.mark.parametrize("declared", [None, 2])
def test_isotropic_slab_is_cut_into_its_large_slices(tmp_path: Path, shape, declared) -> None:
    image = nibabel.Nifti1Image(np.zeros(shape, np.int16), np.eye(4))
    # dcm2niix turns sagittal voxels and leaves `dim_info` as it was.
    image.header.set_dim_info(slice=declared)
    nibabel.save(image, tmp_path / "a.nii")
    series = read_one(tmp_path / "a.nii")
    assert series.slices_per_volume == 20
    assert not series.is_thumbnail


def test_isotropic_volume_is_cut_along_its_last_axis(tmp_path: Path) -> None:
    path, _ = save(tmp_path / "a.nii", (5, 6, 7), (1.0, 1.0, 1.0), "PIR")
    series = read_one(path)
    assert series.plane == "sagittal"
    assert series.pixels.shape[0] == 7


@pytest.mark.parametrize(
    ("shape", "zooms", "slice_axis", "shown"),
    [
        # Slices thinner than the pixels, told by their own spacing.
        ((9, 9, 5), (3.44, 3.44, 3.0), None, ("axial", (5, 9, 9), 3.0)),
        ((9, 9, 5), (3.44, 3.45, 3.0), 2, ("axial", (5, 9, 9), 3.0)),
        ((5, 8, 9), (0.8, 1.0, 1.0), None, ("sagittal", (5, 9, 8), 0.8)),
        # Where pixels are no squares, or all is equal, the header's own word goes first.
        ((7, 8, 5), (1.0, 1.5, 1.5), 2, ("axial", (5, 8, 7), 1.5)),
        ((7, 8, 5), (1.0, 1.0, 1.0), 1, ("coronal", (8, 5, 7), 1.0)),
        # But thick slices are told by their thickness: `dim_info` may be older than the axes.
        ((7, 5, 8), (1.0, 4.0, 1.0), 2, ("coronal", (5, 8, 7), 4.0)),
        # A flat image is one slice, whatever the header says.
        ((1, 8, 5), (1.0, 1.0, 1.0), 2, ("sagittal", (1, 5, 8), 1.0)),
        # Nothing tells: the thickest one.
        ((7, 8, 5), (0.9, 1.5, 1.2), None, ("coronal", (8, 5, 7), 1.5)),
    ],
)
def test_slices_are_cut_as_they_were_taken(
    shape: tuple[int, ...],
    zooms: tuple[float, ...],
    slice_axis: int | None,
    shown: tuple[str, tuple[int, ...], float],
    tmp_path: Path,
) -> None:
    path, _ = save(tmp_path / "a.nii", shape, zooms, slice_axis=slice_axis)
    series = read_one(path)
    assert (series.plane, series.pixels.shape) == shown[:2]
    assert series.spacing[0] == pytest.approx(shown[2])


@pytest.mark.parametrize(
    ("unit", "zooms"),
    [
        ("micron", (100.0, 100.0, 300.0)),
        ("meter", (1e-4, 1e-4, 3e-4)),
        ("mm", (0.1, 0.1, 0.3)),
        ("unknown", (0.1, 0.1, 0.3)),
    ],
)
def test_lengths_are_millimetres_whatever_their_unit(
    unit: str, zooms: tuple[float, ...], tmp_path: Path
) -> None:
    path, _ = save(tmp_path / "a.nii", (5, 6, 7), zooms, unit=unit)
    series = read_one(path)
    assert series.spacing == pytest.approx((0.3, 0.1, 0.1))
    origin = {"micron": 1e-3, "meter": 1e3}.get(unit, 1.0) * np.array([-7.0, 5.0, 11.0])
    # Shown are columns to the left and rows to the back: the last voxel of each comes first.
    first_left_back = origin + np.array([0.1 * 4, 0.1 * 5, 0.0])
    np.testing.assert_allclose(series.affine[:3, 3], first_left_back * (-1, -1, 1), rtol=1e-6)


def test_units_that_do_not_exist_are_taken_as_unknown(tmp_path: Path) -> None:
    path, _ = save(tmp_path / "a.nii", (5, 6, 3, 4), (1.0, 1.0, 3.0, 2.5))
    content = bytearray(path.read_bytes())
    content[123] = 0xFF
    path.write_bytes(content)
    series = read_one(path)
    assert series.spacing == (3.0, 1.0, 1.0)
    assert series.volume_axis == VolumeAxis()


@pytest.mark.parametrize("name", ["bold.nii", "bold.nii.gz"])
def test_time_series(name: str, tmp_path: Path) -> None:
    path, data = save(tmp_path / name, (5, 6, 3, 4), (1.0, 1.0, 3.0, 2.5))
    series = read_one(path)
    assert series.pixels.shape == (4, 3, 6, 5)
    assert series.volume_axis == VolumeAxis("time", "ms", (0, 2500, 5000, 7500))
    assert series.description == "bold"
    # Voxels run to right and front; shown are rows to the back and columns to the left.
    np.testing.assert_array_equal(series.pixels[2, 1].compute(), data[::-1, ::-1, 1, 2].T)


@pytest.mark.parametrize(
    ("unit", "step", "times"),
    [
        ("msec", 2500.0, (0, 2500, 5000, 7500)),
        ("usec", 2.5e6, (0, 2500, 5000, 7500)),
        ("unknown", 2.5, ()),
        ("hz", 2.5, ()),
        ("sec", 0.0, ()),
        ("sec", np.nan, ()),
    ],
)
def test_times_are_milliseconds_whatever_their_unit(
    unit: str, step: float, times: tuple[float, ...], tmp_path: Path
) -> None:
    path, _ = save(tmp_path / "bold.nii", (5, 6, 3, 4), (1.0, 1.0, 3.0, 1.0))
    image = nibabel.load(path)
    image.header.set_xyzt_units("mm", unit)
    image.header["pixdim"][4] = step
    nibabel.save(nibabel.Nifti1Image(np.asarray(image.dataobj), None, image.header), path)
    expected = VolumeAxis("time", "ms", times) if times else VolumeAxis()
    assert read_one(path).volume_axis == expected


def test_volumes_along_a_fifth_axis_follow_each_other_without_a_time(tmp_path: Path) -> None:
    path, data = save(tmp_path / "a.nii", (5, 6, 3, 2, 4), (1.0, 1.0, 3.0, 2.5))
    series = read_one(path)
    assert series.pixels.shape == (8, 3, 6, 5)
    np.testing.assert_array_equal(series.pixels[5, 1], data[::-1, ::-1, 1, 1, 2].T)
    # Of the echoes or directions of a volume none is later than the others.
    assert series.volume_axis == VolumeAxis()


def test_b_values_beside_the_file(tmp_path: Path) -> None:
    path, _ = save(tmp_path / "dwi.nii.gz", (5, 6, 3, 3), (1.0, 1.0, 3.0, 2.5))
    (tmp_path / "dwi.bval").write_text("0 1000 1000\n")
    series = read_one(path)
    assert series.volume_axis == VolumeAxis("b value", "s/mm²", (0, 1000, 1000))
    assert series.b_values == (0, 1000)
    (tmp_path / "dwi.json").write_text(json.dumps({"ScanningSequence": "EP"}))
    assert claim_of(read_one(path)).sequence == "DWI"
    assert read_one(path).volume_axis.directions == ()
    for written in (
        "0 1 0\n0 0 1\n",
        "0 1\n0 0\n0 0\n",
        "0 nan 0\n0 0 1\n0 0 0\n",
        "0 1 0\n0 x 1\n0 0 0\n",
    ):
        (tmp_path / "dwi.bvec").write_text(written)
        assert read_one(path).volume_axis.directions == ()
    # Along the voxels' axes, of which FSL turns the first one where they are right-handed (RAS).
    (tmp_path / "dwi.bvec").write_text("0 1 0\n0 0 1\n0 0 0\n")
    assert read_one(path).volume_axis.directions == ((0, 0, 0), (1, 0, 0), (0, -1, 0))
    # Those of other volumes say nothing of these.
    (tmp_path / "dwi.bval").write_text("0 1000\n")
    assert read_one(path).volume_axis.name == "time"


@pytest.mark.parametrize(
    ("name", "written", "claimed"),
    [
        ("x", "0 1000 1000", "DWI"),
        # The name of a file is no header.
        ("t1_mprage", "0 1000 1000", "DWI"),
        ("t1_mprage", "0 0 0", "UNKNOWN"),
    ],
)
def test_b_values_alone_are_a_header(name: str, written: str, claimed: str, tmp_path: Path) -> None:
    path, _ = save(tmp_path / f"{name}.nii.gz", (5, 6, 3, 3), (1.0, 1.0, 3.0, 2.5))
    assert claim_of(read_one(path)) is None
    (tmp_path / f"{name}.bval").write_text(written)
    claim = claim_of(read_one(path))
    assert (claim.sequence, claim.named) == (claimed, ())


def test_sidecar_is_kept_without_the_patient(tmp_path: Path) -> None:
    path, _ = save(tmp_path / "T1w.nii.gz", (5, 6, 3), (1.0, 1.0, 3.0))
    sidecar = {"EchoTime": 0.003, "SeriesDescription": "mprage"}
    personal = {"PatientName": "Roe^Jane", "PatientID": "1", "ReferringPhysicianName": "Who"}
    nested = {"global": {"const": {"PatientName": "Roe^Jane", "EchoTime": 3}, "slices": [personal]}}
    (tmp_path / "T1w.json").write_text(json.dumps(sidecar | nested))
    assert read_one(path).sidecar["global"] == {"const": {"EchoTime": 3}, "slices": [{}]}
    told = {"SeriesDescription": "T1 Roe knee", "ResponsiblePerson": "Who", "SubjectName": "Jane"}
    (tmp_path / "T1w.json").write_text(json.dumps(personal | told))
    assert read_one(path).sidecar == {"SeriesDescription": "T1 knee"}
    nested = {"PatientName": [{"Alphabetic": "Roe^Jane"}], "PatientID": None, "OperatorsName": "SE"}
    told = {"SeriesDescription": "se Roe", "ScanningSequence": "SE", "ContrastBolusAgent": "None"}
    (tmp_path / "T1w.json").write_text(json.dumps(nested | told))
    assert read_one(path).sidecar == told | {"SeriesDescription": "se"}
    told = {"SeriesInstanceUID": "1.2.2001.5", "AcquisitionTime": "20:01:20.01"}
    (tmp_path / "T1w.json").write_text(json.dumps({"PatientID": "2001"} | told))
    assert read_one(path).sidecar == told
    (tmp_path / "T1w.json").write_text(json.dumps(sidecar | personal))
    assert read_one(path).sidecar == sidecar
    (tmp_path / "T1w.json").write_text(json.dumps(sidecar), encoding="utf-8-sig")
    assert read_one(path).sidecar == sidecar
    (tmp_path / "T1w.json").write_text("{broken")
    series = read_one(path)
    assert series.sidecar is None
    assert "T1w.json can't be read" in series.warnings[0]


def test_scaled_values_and_window(tmp_path: Path) -> None:
    data = np.arange(5 * 6 * 3, dtype=np.int16).reshape(5, 6, 3)
    image = nibabel.Nifti1Image(data, np.diag([1.0, 1.0, 3.0, 1.0]))
    image.header.set_slope_inter(0.5, -3)
    image.header["cal_min"], image.header["cal_max"] = 2, 40
    nibabel.save(image, tmp_path / "a.nii")
    series = read_one(tmp_path / "a.nii")
    assert series.window == (2, 40)
    theirs = nibabel.load(tmp_path / "a.nii").get_fdata()
    assert sorted(series.pixels.compute().ravel()) == pytest.approx(sorted(theirs.ravel()))


@pytest.mark.parametrize("limits", [(0, 0), (40, 2), (0, np.inf)])
def test_a_window_without_an_extent_is_none(limits: tuple[float, float], tmp_path: Path) -> None:
    image = nibabel.Nifti1Image(np.ones((5, 6, 3), np.int16), np.diag([1.0, 1.0, 3.0, 1.0]))
    image.header["cal_min"], image.header["cal_max"] = limits
    nibabel.save(image, tmp_path / "a.nii")
    assert read_one(tmp_path / "a.nii").window is None


@pytest.mark.parametrize("slope", [2.0, np.nan, 0.0])
@pytest.mark.parametrize("intercept", [np.nan, np.inf])
def test_an_intercept_that_is_no_number_is_none(
    slope: float, intercept: float, tmp_path: Path
) -> None:
    path = tmp_path / "scaled.nii"
    nibabel.save(
        nibabel.Nifti1Image(np.arange(3**3, dtype=np.int16).reshape(3, 3, 3), np.eye(4)), path
    )
    content = bytearray(path.read_bytes())
    # scl_slope and scl_inter of nifti1.h.
    content[112:120] = np.array([slope, intercept], "<f4").tobytes()
    path.write_bytes(content)
    theirs = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(path))
    ours = read_one(path).pixels.compute()
    np.testing.assert_array_equal(np.sort(ours.ravel()), np.sort(theirs.ravel()))


def test_an_intercept_without_a_slope_in_the_other_byte_order(tmp_path: Path) -> None:
    data = np.arange(90, dtype=">i2").reshape(5, 6, 3)
    header = nibabel.Nifti1Header(endianness=">")
    for intercept in (0, -1000.5):
        image = nibabel.Nifti1Image(data, np.diag([-1.0, -1.0, 3.0, 1.0]), header)
        image.header.set_data_dtype(data.dtype)
        image.header.set_slope_inter(1, intercept)
        nibabel.save(image, tmp_path / "a.nii")
        pixels = read_one(tmp_path / "a.nii").pixels
        np.testing.assert_array_equal(pixels, data.T + intercept)
        assert pixels.dtype.isnative


def test_a_name_in_capitals_is_that_of_a_packed_file(tmp_path: Path) -> None:
    path, _ = save(tmp_path / "t1.nii.gz", (5, 6, 3), (1.0, 1.0, 3.0))
    path = path.rename(tmp_path / "T1.NII.GZ")
    (tmp_path / "T1.json").write_text(json.dumps({"EchoTime": 0.003}))
    series = read_one(path)
    assert (series.description, series.sidecar) == ("T1", {"EchoTime": 0.003})


@pytest.mark.parametrize("names", ["RGB", "RGBA"])
def test_colour_becomes_grey_and_is_no_scan(names: str, tmp_path: Path) -> None:
    colours = np.random.default_rng(0).integers(0, 256, (6, 5, 3, len(names))).astype(np.uint8)
    voxels = colours.view([(name, "u1") for name in names])[..., 0]
    image = nibabel.Nifti1Image(voxels, np.diag([-1.0, -1.0, 4.0, 1.0]))
    nibabel.save(image, tmp_path / "a.nii")
    grey = (colours[..., :3] @ np.array([0.299, 0.587, 0.114])).transpose(2, 1, 0)
    series = read_one(tmp_path / "a.nii")
    np.testing.assert_allclose(series.pixels, grey, atol=1e-3)
    assert not series.is_mr


def test_complex_voxels_show_their_magnitude(tmp_path: Path) -> None:
    data = np.random.default_rng(0).normal(size=(6, 5, 3, 2)).astype(np.float32)
    voxels = data.view(np.complex64)[..., 0]
    nibabel.save(nibabel.Nifti1Image(voxels, np.diag([-1.0, -1.0, 4.0, 1.0])), tmp_path / "a.nii")
    series = read_one(tmp_path / "a.nii")
    np.testing.assert_allclose(series.pixels, np.hypot(data[..., 0], data[..., 1]).T, rtol=1e-5)


@pytest.mark.parametrize(("shape", "size"), [((9,), "9"), ((5, 0, 4), "5 × 0 × 4")])
def test_a_file_of_no_image_is_named(shape: tuple[int, ...], size: str, tmp_path: Path) -> None:
    nibabel.save(nibabel.Nifti1Image(np.zeros(shape, np.int16), np.eye(4)), tmp_path / "a.nii")
    (failure,) = read_study(tmp_path / "a.nii").failures
    assert failure.cause == f"holds no image: its size is {size}"


@pytest.mark.parametrize("kind", [nibabel.Nifti1Image, nibabel.Nifti2Image])
@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
def test_zeros_that_programs_write_of_sizes_and_offset_harm_no_voxel(
    kind: type, ending: str, tmp_path: Path
) -> None:
    data = np.arange(120, dtype=np.int16).reshape(4, 5, 6)
    image = kind(data, np.diag([-1.0, -1.0, 3.0, 1.0]))
    header = image.header.copy()
    header["dim"], header["vox_offset"] = [5, 4, 5, 6, 0, 0, 1, 1], 0
    start = header.binaryblock + bytes(4)
    (tmp_path / f"a{ending}").write_bytes(
        (gzip.compress if ending == ".nii.gz" else bytes)(start + data.tobytes(order="F"))
    )
    series = read_one(tmp_path / f"a{ending}")
    np.testing.assert_array_equal(series.pixels, data.T)


def test_flat_image_is_one_slice(tmp_path: Path) -> None:
    path, _ = save(tmp_path / "a.nii", (5, 6, 1), (1.0, 1.0, 5.0))
    assert read_one(path).pixels.shape == (1, 6, 5)


@pytest.mark.parametrize("shape", [(5, 1), (1, 5), (1, 1)])
def test_flat_image_of_one_line_is_read(shape: tuple[int, int], tmp_path: Path) -> None:
    data = np.arange(np.prod(shape), dtype=np.int16).reshape(shape)
    nibabel.save(nibabel.Nifti1Image(data, np.diag([-5.0, -1.0, 1.0, 1.0])), tmp_path / "a.nii")
    np.testing.assert_array_equal(read_one(tmp_path / "a.nii").pixels.compute(), [data.T])


def test_file_without_orientation_is_not_trusted(tmp_path: Path) -> None:
    nibabel.save(nibabel.Nifti1Image(np.zeros((5, 6, 3), np.int16), None), tmp_path / "a.nii")
    assert "left and right are not certain" in read_one(tmp_path / "a.nii").warnings[0]


def header_of(path: Path) -> nibabel.Nifti1Header:
    with path.open("rb") as file:
        return nibabel.Nifti1Header.from_fileobj(file)


def damage(path: Path, sform: object = None, qform: object = None, **codes: int) -> None:
    """Write other numbers into a header: rows of the sform, quaternion of the qform, codes."""
    raw = bytearray(path.read_bytes())
    header = header_of(path).structarr
    if sform is not None:
        for name, row in zip(("srow_x", "srow_y", "srow_z"), np.asarray(sform), strict=True):
            header[name] = row
    if qform is not None:
        header["quatern_b"], header["quatern_c"], header["quatern_d"] = qform
    for name, code in codes.items():
        header[name] = code
    raw[: header.nbytes] = header.tobytes()
    path.write_bytes(raw)


BROKEN = [
    np.zeros((3, 4)), np.full((3, 4), np.nan), np.ones((3, 4)), np.eye(3, 4) * (1, 1, 0, 0),
    [(1, 0, 0, -7), (0, 1, 0, 5), (0, 0, 0, 11)], np.eye(3, 4) + [(0, 0, 0, 1e12)] * 3,
    np.eye(3, 4) * 1e-9,
]  # fmt: skip


@pytest.mark.parametrize(
    "sform", BROKEN, ids=["zero", "nan", "one line", "one plane", "placed", "far off", "too fine"]
)
@pytest.mark.parametrize("codes", ["RAS", "LPS", "ASR", "SPL"])
def test_a_damaged_sform_leaves_the_geometry_to_the_qform(
    codes: str, sform: np.ndarray, tmp_path: Path
) -> None:
    path, data = save(tmp_path / "a.nii", (5, 6, 7), (1.0, 1.2, 4.0), codes)
    whole = read_one(path)
    damage(path, sform=sform, qform_code=1, sform_code=1)
    series = read_one(path)
    theirs = LPS_FROM_RAS @ header_of(path).get_qform()
    values = series.pixels.compute()
    for place in itertools.product(*((0, size - 1) for size in values.shape)):
        voxel = np.rint(np.linalg.solve(theirs, series.affine @ [*place, 1]))[:3].astype(int)
        assert values[place] == data[tuple(voxel)]
    np.testing.assert_allclose(series.affine, whole.affine, atol=1e-5)
    assert series.warnings == ("the sform is damaged: the qform is used instead",)


@pytest.mark.parametrize(
    ("damages", "told"),
    [
        ({"sform": BROKEN[0], "sform_code": 1, "qform_code": 0}, "the sform is damaged"),
        ({"qform": (1, 1, 1), "sform_code": 0, "qform_code": 1}, "the qform is damaged"),
        ({"qform": (np.nan, 0, 0), "sform_code": 0, "qform_code": 1}, "the qform is damaged"),
        (
            {"sform": BROKEN[0], "qform": (1, 1, 1), "sform_code": 2, "qform_code": 1},
            "the sform and qform are damaged",
        ),
        ({"sform": BROKEN[0], "sform_code": 0, "qform_code": 0}, "the header gives no orientation"),
    ],
)
def test_without_sform_and_qform_the_voxel_sizes_are_left(
    damages: dict[str, object], told: str, tmp_path: Path
) -> None:
    path, data = save(tmp_path / "a.nii", (5, 6, 7), (1.0, 1.2, 4.0), "ASR")
    damage(path, **damages)
    series = read_one(path)
    (warning,) = series.warnings
    assert warning.startswith(told)
    assert warning.endswith("left and right are not certain")
    assert series.spacing == pytest.approx((4.0, 1.2, 1.0))
    theirs = LPS_FROM_RAS @ header_of(path).get_base_affine()
    first = np.rint(np.linalg.solve(theirs, series.affine[:, 3]))[:3].astype(int)
    assert series.pixels[0, 0, 0].compute() == data[tuple(first)]


@pytest.mark.parametrize("digits", [3, 4, 5])
def test_half_a_turn_whose_numbers_were_rounded_is_one(digits: int, tmp_path: Path) -> None:
    path, _ = save(tmp_path / "a.nii", (5, 6, 7), (1.0, 1.2, 4.0))
    turn = np.array([0.6, 0.64031242, 0.4795832])
    rounded = np.ceil(turn * 10**digits) / 10**digits
    damage(path, qform=rounded, qform_code=1, sform_code=0)
    theirs = SimpleITK.ReadImage(str(path))
    series = read_one(path)
    assert series.warnings == ()
    corners = {(0, 0, 0), tuple(size - 1 for size in theirs.GetSize())}
    ours = {(0, 0, 0), tuple(size - 1 for size in series.pixels.shape)}
    np.testing.assert_allclose(
        sorted((series.affine @ [*place, 1])[:3].tolist() for place in ours),
        sorted(theirs.TransformIndexToPhysicalPoint(place) for place in corners),
        atol=1e-3,
    )


def test_without_voxel_sizes_nothing_is_known_of_the_place(tmp_path: Path) -> None:
    path, data = save(tmp_path / "a.nii", (5, 6, 7), (1.0, 1.0, 4.0))
    written = path.read_bytes()
    header = nibabel.Nifti1Header(written[:348])
    header["sform_code"] = header["qform_code"] = 0
    header["pixdim"][1:4] = np.nan
    path.write_bytes(header.binaryblock + written[348:])
    series = read_one(path)
    assert (series.affine, series.spacing) == (None, None)
    assert series.warnings == ("the affine is damaged: orientation and spacing unknown",)
    assert set(np.asarray(series.pixels).flat) == set(data.flat)


def test_a_sound_sform_goes_before_the_qform(tmp_path: Path) -> None:
    path, _ = save(tmp_path / "a.nii", (5, 6, 7), (1.0, 1.2, 4.0))
    whole = read_one(path)
    damage(path, qform=(1, 1, 1), qform_code=1)
    series = read_one(path)
    np.testing.assert_array_equal(series.affine, whole.affine)
    assert series.warnings == ()


def test_truncated_and_damaged_files(tmp_path: Path) -> None:
    path, _ = save(tmp_path / "a.nii", (5, 6, 3), (1.0, 1.0, 3.0))
    os.truncate(path, 400)
    packed, _ = save(tmp_path / "b.nii.gz", (50, 60, 3), (1.0, 1.0, 3.0))
    packed.write_bytes(packed.read_bytes()[:300])
    fine, _ = save(tmp_path / "c.nii", (5, 6, 3), (1.0, 1.0, 3.0))
    with gzip.open(tmp_path / "d.nii.gz", "wb") as file:
        file.write(b"no image at all")
    study = read_study(tmp_path)
    assert {Path(failure.path).name for failure in study.failures} >= {"a.nii", "d.nii.gz"}
    assert str(fine) in [series.path for series in study.series]
    for series in study.series:
        if series.path == str(packed):
            with pytest.raises(ReadError, match=r"b\.nii\.gz"):
                series.pixels.compute()


@pytest.mark.parametrize("place", [-8, -4], ids=["checksum", "length"])
def test_a_packed_file_that_is_not_what_was_packed_is_damaged(place: int, tmp_path: Path) -> None:
    path, _ = save(tmp_path / "a.nii.gz", (50, 60, 3), (1.0, 1.0, 3.0))
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    series = read_one(path)
    with pytest.raises(ReadError, match=r"a\.nii\.gz: voxels can't be read \(it is damaged"):
        series.pixels.compute()


def test_bytes_behind_a_packed_file_are_no_damage(tmp_path: Path) -> None:
    path, data = save(tmp_path / "a.nii.gz", (50, 60, 3), (1.0, 1.0, 3.0))
    path.write_bytes(path.read_bytes() + b"\n")
    assert read_one(path).pixels.compute().sum() == data.sum()


def test_header_that_claims_too_much(tmp_path: Path) -> None:
    path, _ = save(tmp_path / "a.nii", (5, 6, 3), (1.0, 1.0, 3.0))
    content = bytearray(path.read_bytes())
    content[42:48] = (32767).to_bytes(2, "little") * 3
    path.write_bytes(content)
    (failure,) = read_study(path).failures
    assert "truncated" in failure.cause


def test_name_that_hides_what_a_file_is(tmp_path: Path) -> None:
    path, data = save(tmp_path / "a.nii", (5, 6, 3), (1.0, 1.0, 3.0), "LPS")
    series = read_one(path.rename(tmp_path / "IM0001.dcm"))
    np.testing.assert_array_equal(series.pixels.compute(), data.T)


def test_cifti_file_is_no_image(tmp_path: Path) -> None:
    image = nibabel.Nifti2Image(np.zeros((1, 1, 1, 1, 5, 5), np.float32), np.eye(4))
    image.header["intent_code"] = 3001
    nibabel.save(image, tmp_path / "a.dconn.nii")
    (failure,) = read_study(tmp_path / "a.dconn.nii").failures
    assert "CIFTI" in failure.cause


def test_every_damage_of_a_packed_file_is_named(tmp_path: Path) -> None:
    path, _ = save(tmp_path / "a.nii.gz", (5, 6, 3), (1.0, 1.0, 3.0))
    whole = path.read_bytes()
    for place in range(10, len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        study = read_study(path)
        assert len(study.series) + len(study.failures) == 1
        assert all("\n" not in failure.cause for failure in study.failures)


def test_packed_file_that_swells_is_refused(tmp_path: Path) -> None:
    header = nibabel.Nifti1Image(np.zeros((1, 1, 1), np.int16), np.eye(4)).header
    header.set_data_shape((1000, 1000, 300))
    with gzip.open(tmp_path / "a.nii.gz", "wb") as file:
        file.write(header.binaryblock + bytes(4))
        for _ in range(600):
            file.write(bytes(1_000_000))
    (failure,) = read_study(tmp_path / "a.nii.gz").failures
    assert "would expand to" in failure.cause


def test_scaled_packed_file(tmp_path: Path) -> None:
    data = np.arange(5 * 6 * 3, dtype=np.int16).reshape(5, 6, 3)
    image = nibabel.Nifti1Image(data, np.diag([-1.0, -1.0, 3.0, 1.0]))
    image.header.set_slope_inter(0.5, -3)
    nibabel.save(image, tmp_path / "a.nii.gz")
    stored = nibabel.load(tmp_path / "a.nii.gz").get_fdata()
    values = read_one(tmp_path / "a.nii.gz").pixels.compute()
    assert values == pytest.approx(stored.T)


def test_packed_files_do_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("napari_mrseq.reading.kept.LARGEST_KEPT_BYTES", 4 << 20)
    for number in range(8):
        save(tmp_path / f"{number}.nii.gz", (128, 128, 64), (1.0, 1.0, 3.0))
    tracemalloc.start()
    try:
        kept = list(read_study(tmp_path).series)
        for series in kept:
            assert series.pixels[3].compute().shape == (128, 128)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # Each takes 2 MiB unpacked: two of them, and what reading itself leaves.
    assert held < 10 << 20


def test_an_unpacked_file_goes_with_its_series(tmp_path: Path) -> None:
    save(tmp_path / "a.nii.gz", (128, 128, 64), (1.0, 1.0, 3.0))
    tracemalloc.start()
    try:
        series = read_one(tmp_path / "a.nii.gz")
        series.pixels[3].compute()
        held, _ = tracemalloc.get_traced_memory()
        del series
        gc.collect()
        left, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held > 2 << 20
    assert left < 1 << 20


def test_packed_file_is_unpacked_once_for_all_its_slices(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 4000, (40, 50, 9)).astype(np.int16)
    nibabel.save(nibabel.Nifti1Image(noise, np.diag([-1.0, -1.0, 3.0, 1.0])), tmp_path / "a.nii.gz")
    series = read_one(tmp_path / "a.nii.gz")
    np.testing.assert_array_equal(series.pixels[0].compute(), noise[:, :, 0].T)
    # Only a second unpacking would see that the rest of the file is damaged.
    file = tmp_path / "a.nii.gz"
    before, content = file.stat(), file.read_bytes()
    file.write_bytes(content[:2000] + bytes(len(content) - 2000))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    np.testing.assert_array_equal(series.pixels[8].compute(), noise[:, :, 8].T)


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
def test_header_is_read_once_for_all_slices(name: str, tmp_path: Path) -> None:
    path, data = save(tmp_path / name, (20, 21, 9), (1.0, 1.0, 3.0), "LPS")
    series = read_one(path)
    np.testing.assert_array_equal(series.pixels[0].compute(), data[:, :, 0].T)
    # Only a second reading would see that the header is gone.
    before, content = path.stat(), path.read_bytes()
    path.write_bytes(bytes(352) + content[352:])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    np.testing.assert_array_equal(series.pixels[8].compute(), data[:, :, 8].T)


@pytest.mark.parametrize("thick", [0, 1])
@pytest.mark.parametrize("byte_order", ["<", ">"])
@pytest.mark.parametrize("further", [(), (2,), (2, 3)])
def test_slices_across_the_lines_of_a_file_are_read_in_one_go(
    thick: int, byte_order: str, further: tuple[int, ...], tmp_path: Path
) -> None:
    noise = np.random.default_rng(1).integers(0, 4000, (40, 41, 42, *further))
    zooms = [4.0 if axis == thick else 1.0 for axis in range(3)]
    image = nibabel.Nifti1Image(
        noise.astype(f"{byte_order}i2"),
        np.diag([*zooms, 1.0]),
        nibabel.Nifti1Header(endianness=byte_order),
    )
    image.header.set_slope_inter(0.3, -3)
    nibabel.save(image, tmp_path / "a.nii")
    stored = nibabel.load(tmp_path / "a.nii").get_fdata().astype(np.float32)
    series = read_one(tmp_path / "a.nii")
    count, volumes = series.slices_per_volume, series.slice_count // series.slices_per_volume
    first = [series.slice_pixels(volume * count).compute() for volume in range(volumes)]
    # Only a second reading would see that the voxels are gone.
    file = tmp_path / "a.nii"
    before, content = file.stat(), file.read_bytes()
    file.write_bytes(content[:352] + bytes(len(content) - 352))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    for volume in range(volumes):
        shown = stored.reshape(*stored.shape[:3], -1, order="F")[..., volume]
        planes = [first[volume]]
        planes += [series.slice_pixels(volume * count + n).compute() for n in range(1, count)]
        # Slices to the left or to the back, rows downward, columns to the left or to the back.
        turned = shown[::-1, ::-1, ::-1]
        wanted = turned.transpose(0, 2, 1)[::-1] if thick == 0 else turned.transpose(1, 2, 0)
        np.testing.assert_array_equal(np.array(planes), wanted)


def test_a_volume_too_large_to_be_kept_is_read_slice_by_slice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, data = save(tmp_path / "a.nii", (20, 256, 256), (4.0, 1.0, 1.0), "PIL")
    monkeypatch.setattr("napari_mrseq.reading.nifti_file.LARGEST_KEPT_BYTES", 1 << 20)
    series = read_one(path)
    tracemalloc.start()
    try:
        values = series.pixels[3].compute()
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert values.ravel().sum() in [int(plane.astype(int).sum()) for plane in data]
    assert held < 1 << 20


def test_packed_files_are_read_by_many_threads_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("napari_mrseq.reading.kept.LARGEST_KEPT_BYTES", 1)
    saved = [
        save(tmp_path / f"{n}.nii.gz", (5, 6, 2 + n), (1.0, 1.0, 3.0), "LPS") for n in (1, 2, 3)
    ]
    study = read_study(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        for _ in range(5):
            read = pool.map(lambda series: series.pixels.compute(scheduler="threads"), study.series)
            for values, (_, data) in zip(read, saved, strict=True):
                np.testing.assert_array_equal(values, data.T)


@pytest.mark.parametrize("kind", [nibabel.Nifti1Image, nibabel.Nifti2Image])
def test_broken_header_is_one_line_of_ours(kind: type, tmp_path: Path) -> None:
    path = tmp_path / "a.nii"
    nibabel.save(kind(np.zeros((3, 4, 5), np.int16), np.eye(4)), path)
    written = bytearray(path.read_bytes())
    code = 70 if kind is nibabel.Nifti1Image else 12
    written[code : code + 2] = b"\x77\x77"
    path.write_bytes(written)
    read = (
        "import sys, napari_mrseq.reading as r; print(r.read_study(sys.argv[1]).failures[0].cause)"
    )
    ran = subprocess.run([sys.executable, "-c", read, path], capture_output=True, text=True)
    assert ran.stdout == "not a NIfTI file that can be read (data code 30583 not recognized)\n"
    assert ran.stderr == ""


@pytest.mark.parametrize("kind", [nibabel.Nifti1Pair, nibabel.Nifti2Pair])
@pytest.mark.parametrize("given", ["a.hdr", "a.img", ".", "A.HDR", "A.IMG"])
def test_a_pair_of_header_and_voxels_is_one_image(tmp_path: Path, given: str, kind: type) -> None:
    data = np.arange(5 * 6 * 3, dtype=np.int16).reshape(5, 6, 3)
    image = kind(data, np.diag([-1.0, -1.0, 3.0, 1.0]))
    nibabel.save(image, tmp_path / "a.img")
    voxels = np.asarray(nibabel.load(tmp_path / "a.hdr").dataobj)
    if given.isupper():
        for name in ("a.hdr", "a.img"):
            (tmp_path / name).rename(tmp_path / name.upper())
    study = read_study(tmp_path / given)
    (series,) = study.series
    assert study.failures == ()
    assert (series.description.lower(), series.spacing) == ("a", (3.0, 1.0, 1.0))
    np.testing.assert_array_equal(series.pixels.compute(), voxels.T)


def test_a_header_without_its_voxels_is_named(tmp_path: Path) -> None:
    nibabel.save(nibabel.Nifti1Pair(np.ones((4, 4, 4), np.int16), np.eye(4)), tmp_path / "a.img")
    (tmp_path / "a.img").unlink()
    (failure,) = read_study(tmp_path / "a.hdr").failures
    assert "a.img" in failure.cause


@pytest.mark.parametrize(
    ("zooms", "slice_axis", "plane"),
    [
        # A tenth more is no square pixel, a hundredth less is one as good as any.
        ((1.1, 1.0, 1.0), None, "sagittal"),
        ((1.04, 1.0, 1.0), None, "axial"),
        # The header's own word counts unless one axis is coarser by half than both others.
        ((1.0, 1.4, 1.0), 2, "axial"),
        ((1.0, 1.6, 1.0), 2, "coronal"),
        ((1.0, 1.6, 1.5), 2, "axial"),
        # Two that are nearly as long are no square pixel.
        ((1.0, 1.5, 1.4), None, "coronal"),
        ((1.0, 1.5, 1.495), None, "sagittal"),
    ],
)
def test_small_differences_of_spacing_decide_how_slices_are_cut(
    zooms: tuple[float, ...], slice_axis: int | None, plane: str, tmp_path: Path
) -> None:
    path, _ = save(tmp_path / "a.nii", (7, 8, 9), zooms, slice_axis=slice_axis)
    assert read_one(path).plane == plane


@pytest.mark.parametrize("name", ["mask.nii.gz", "MASK.NII.GZ"])
def test_a_mask_that_packs_tightly_is_read(name: str, tmp_path: Path) -> None:
    mask = np.zeros((256, 256, 40), np.int16)
    mask[100:110, 90:100, 20] = 1
    nibabel.save(nibabel.Nifti1Image(mask, np.diag([-1.0, -1.0, 3.0, 1.0])), tmp_path / "a.nii.gz")
    path = (tmp_path / "a.nii.gz").rename(tmp_path / name)
    assert mask.nbytes > 100 * path.stat().st_size
    np.testing.assert_array_equal(read_one(path).pixels[20], mask[:, :, 20].T)


def test_the_word_of_a_verdict_in_a_name_is_not_told_of_the_series(tmp_path: Path) -> None:
    path, _ = save(tmp_path / "[T2 51%] knee.nii.gz", (5, 6, 3), (1.0, 1.0, 3.0))
    assert read_one(path).description == "knee"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_b_values_saved_by_programs_of_windows_are_read(encoding: str, tmp_path: Path) -> None:
    path, _ = save(tmp_path / "dwi.nii", (5, 6, 3, 3), (1.0, 1.0, 3.0, 2.5))
    (tmp_path / "dwi.bval").write_text("0 1000 1000\n", encoding=encoding)
    assert read_one(path).b_values == (0, 1000)


@pytest.mark.parametrize("written", [b"0 1000 none", b"0 1000 \xff", b"0 1000 nan"])
def test_b_values_that_are_no_numbers_say_nothing(written: bytes, tmp_path: Path) -> None:
    path, _ = save(tmp_path / "dwi.nii", (5, 6, 3, 3), (1.0, 1.0, 3.0, 2.5))
    (tmp_path / "dwi.bval").write_bytes(written)
    series = read_one(path)
    assert (series.volume_axis.name, series.b_values) == ("time", ())


@pytest.mark.parametrize(
    ("step", "times"), [(0.7213, (0, 721.3, 1442.6, 2163.9)), (-2.5, ())], ids=str
)
def test_times_are_told_without_noise_and_never_run_back(
    step: float, times: tuple[float, ...], tmp_path: Path
) -> None:
    path, _ = save(tmp_path / "bold.nii", (5, 6, 3, 4), (1.0, 1.0, 3.0, step))
    written = bytearray(path.read_bytes())
    written[92:96] = np.float32(step).tobytes()
    path.write_bytes(written)
    assert read_one(path).volume_axis.values == times


def test_a_place_that_is_no_number_leaves_the_geometry_to_the_qform(tmp_path: Path) -> None:
    path, _ = save(tmp_path / "a.nii", (5, 6, 7), (1.0, 1.2, 4.0), "LPS")
    whole = read_one(path)
    sform = np.hstack([np.diag([1.0, 1.2, 4.0]), np.full((3, 1), np.nan)])
    damage(path, sform=sform, qform_code=1, sform_code=1)
    series = read_one(path)
    np.testing.assert_allclose(series.affine, whole.affine, atol=1e-5)
    assert series.warnings == ("the sform is damaged: the qform is used instead",)


@pytest.mark.parametrize("sform_code", [0, 1], ids=["untold", "damaged"])
def test_voxel_sizes_alone_are_millimetres_whatever_their_unit(
    sform_code: int, tmp_path: Path
) -> None:
    path, _ = save(tmp_path / "a.nii", (5, 6, 7), (100.0, 100.0, 300.0), unit="micron")
    damage(path, sform=BROKEN[0], sform_code=sform_code, qform_code=0)
    assert read_one(path).spacing == pytest.approx((0.3, 0.1, 0.1))


def test_magnitudes_are_of_the_type_they_are_announced_as(tmp_path: Path) -> None:
    voxels = np.full((6, 5, 3), 3 + 4j, np.complex64)
    nibabel.save(nibabel.Nifti1Image(voxels, np.diag([1.0, 1.0, 4.0, 1.0])), tmp_path / "a.nii")
    pixels = read_one(tmp_path / "a.nii").pixels
    assert pixels.dtype == pixels.compute().dtype == np.float32
