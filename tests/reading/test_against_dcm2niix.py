"""Order, spacing, affine and pixels of every series equal those that dcm2niix gives."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Sequence
from pathlib import Path

import nibabel
import numpy as np
import pytest
from pydicom.dataset import Dataset

from napari_mrseq.reading import read_study
from napari_mrseq.series import Series
from tests.reading.scanner_files import (
    AXIAL,
    COLUMNS,
    CORONAL,
    ROWS,
    SAGITTAL,
    SHARED_DATA,
    WriteSlice,
    image,
    positions_along,
    rotated,
)

Convert = Callable[[Path], list[nibabel.Nifti1Image]]
TOLERANCE_MM = 0.01
SAMPLED_VOXELS = 400

# Folders where the two differ, each looked at; what is right is said here.
DIFFERENCES = {
    "fo-dicom+fo-dicom/017": "12-bit packed ACR-NEMA: no affine here; dcm2niix mixes the nibbles",
    "icometrix+dicom2nifti/042": "JPEG-LS: not in this dcm2niix",
    "icometrix+dicom2nifti/044": "colour: grey here, RGB there",
    "ivmartel+dwv/075": "DICOMDIR of a test pattern: no geometry in the header",
    "ivmartel+dwv/076": "test pattern: no geometry in the header",
    "ivmartel+dwv/078": "12-bit lossy JPEG: not in this dcm2niix",
    "ivmartel+dwv/079": "cine without positions: dcm2niix says 'bogus spatial matrix'",
    "jonclayden+divest/081": "lossy JPEG: decoders round differently",
    "mapconcierge+taichi2018Jan_mri05tesla_wakasa/087": "12 signed bits: dcm2niix drops the sign",
    "nipy+heudiconv/292": "three planes 4 degrees apart: dcm2niix stacks them as parallel",
    "nipy+nibabel/300": "MIP: dcm2niix ignores derived images without thickness",
    "nipy+nibabel/304": "49 tiles don't fit 256 rows: dcm2niix cuts at fractions of a row",
    "pydicom+pydicom/357": "dcm2niix adds the overlay as an image",
    "pydicom+pydicom/361": "JPEG-LS: not in this dcm2niix",
    "pydicom+pydicom-data/350": "JPEG-LS: not in this dcm2niix",
    "pydicom+pydicom-data/352": "RLE of several frames: not in this dcm2niix",
    "pydicom+pydicom-data/355": "JPEG 2000 that this dcm2niix can't decode",
    "pydicom+pydicom-data/356": "JPEG 2000 that this dcm2niix can't decode",
    "robyoung+dicom-test-files/372": "JPEG 2000 that this dcm2niix can't decode",
    "scitran+testdata/433": "screen captures: no geometry in the header",
}  # fmt: skip
# emri_small has no geometry: dcm2niix invents one.
DIFFERENCES |= {f"pydicom+pydicom-data/{n}": "no geometry in the header" for n in (348, 349, 351)}
DIFFERENCES["robyoung+dicom-test-files/399"] = "no geometry in the header"


def folders() -> list[str]:
    if not (SHARED_DATA / "dicom.csv").is_file():
        return []
    with (SHARED_DATA / "dicom.csv").open(newline="") as table:
        return [row["folder"].removeprefix("dicom/") for row in csv.DictReader(table)]


@pytest.mark.skipif(not folders(), reason="the shared DICOM series are not on this machine")
@pytest.mark.parametrize("folder", sorted(set(folders()) - set(DIFFERENCES)))
def test_real_series_equal_those_of_dcm2niix(folder: str, dcm2niix: Convert) -> None:
    path = (SHARED_DATA / "dicom" / folder).resolve()
    assert_same(read_study(path).series, dcm2niix(path))


PLANES = {
    "axial": AXIAL,
    "sagittal": SAGITTAL,
    "coronal": CORONAL,
    "axial upside down": (1.0, 0.0, 0.0, 0.0, -1.0, 0.0),
    "sagittal from the right": (0.0, -1.0, 0.0, 0.0, 0.0, -1.0),
    "oblique": rotated(37),
    "doubly oblique": (0.8, 0.6, 0.0, -0.36, 0.48, 0.8),
}


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("order", ["rising", "falling", "interleaved"])
def test_stack_in_any_plane_and_order(
    plane: str, order: str, write_slice: WriteSlice, dcm2niix: Convert
) -> None:
    places = positions_along(PLANES[plane], 7)
    if order == "falling":
        places.reverse()
    elif order == "interleaved":
        places = places[::2] + places[1::2]
    for number, position in enumerate(places, start=1):
        path = write_slice(number, position, PLANES[plane])
    assert_same(read_study(path.parent).series, dcm2niix(path.parent))


def test_volumes_numbered_slice_by_slice(write_slice: WriteSlice, dcm2niix: Convert) -> None:
    for index, position in enumerate(positions_along(AXIAL, 5)):
        for volume in range(3):
            path = write_slice(1 + index * 3 + volume, position, Manufacturer="GE MEDICAL SYSTEMS")
    assert_same(read_study(path.parent).series, dcm2niix(path.parent))


def test_volumes_numbered_volume_by_volume(write_slice: WriteSlice, dcm2niix: Convert) -> None:
    for volume in range(3):
        for index, position in enumerate(positions_along(CORONAL, 5)):
            path = write_slice(1 + volume * 5 + index, position, CORONAL)
    assert_same(read_study(path.parent).series, dcm2niix(path.parent))


def test_echoes_of_one_series(write_slice: WriteSlice, dcm2niix: Convert) -> None:
    for echo in range(3):
        for index, position in enumerate(positions_along(SAGITTAL, 4)):
            values = {"EchoTime": 5 + 7 * echo, "EchoNumbers": echo + 1}
            path = write_slice(1 + echo * 4 + index, position, SAGITTAL, **values)
    assert_same(read_study(path.parent).series, dcm2niix(path.parent))


def test_magnitude_and_phase_of_one_series(write_slice: WriteSlice, dcm2niix: Convert) -> None:
    for part, kind in enumerate("MP"):
        for index, position in enumerate(positions_along(AXIAL, 4)):
            values = {"ImageType": ["ORIGINAL", "PRIMARY", kind, "ND"]}
            path = write_slice(1 + part * 4 + index, position, **values)
    assert_same(read_study(path.parent).series, dcm2niix(path.parent))


def test_grid_of_united_imaging(write_slice: WriteSlice, dcm2niix: Convert) -> None:
    places = positions_along(AXIAL, 5)
    for volume in range(2):
        grid = np.zeros((2 * ROWS, 3 * COLUMNS), np.uint16)
        for index in range(5):
            row, column = index // 3 * ROWS, index % 3 * COLUMNS
            grid[row : row + ROWS, column : column + COLUMNS] = image(10 * volume + index)
        frames = []
        for position in places:
            frame = Dataset()
            frame.ImagePositionPatient = list(position)
            frames.append(frame)
        path = write_slice(
            volume + 1,
            places[0],
            pixels=grid,
            private={(0x0065, 0x1050): ("DS", "5"), (0x0065, 0x1051): ("SQ", frames)},
            Manufacturer="UIH",
            ImageType=["ORIGINAL", "PRIMARY", "M", "VFRAME"],
            SpacingBetweenSlices=3.0,
            AcquisitionTime=f"10101{volume}",
        )
    assert_same(read_study(path.parent).series, dcm2niix(path.parent))


@pytest.mark.parametrize("fastest", ["slice", "time"])
def test_enhanced_volumes(
    fastest: str, write_enhanced: Callable[..., Path], dcm2niix: Convert
) -> None:
    places = positions_along(AXIAL, 4)
    frames = [
        {"position": place, "slice": index + 1, "time": time + 1}
        for time in range(3)
        for index, place in enumerate(places)
    ]
    if fastest == "time":
        frames.sort(key=lambda frame: (frame["slice"], frame["time"]))
    path = write_enhanced(1, frames, Manufacturer="Philips Medical Systems")
    assert_same(read_study(path.parent).series, dcm2niix(path.parent))


def assert_same(series: Sequence[Series], images: Sequence[nibabel.Nifti1Image]) -> None:
    """Each series is one of the images, and each image one of the series."""
    left = list(images)
    for ours in series:
        match = next((image for image in left if is_same(ours, image)), None)
        theirs = [(image.shape, image.affine.round(3).tolist()) for image in left]
        mine = None if ours.affine is None else ours.affine.round(3).tolist()
        assert match is not None, f"{ours.pixels.shape} {mine} is none of {theirs}"
        left.remove(match)
    assert not left


def is_same(ours, image: nibabel.Nifti1Image) -> bool:
    theirs = np.diag([-1.0, -1.0, 1.0, 1.0]) @ image.affine
    their_shape = (*image.shape, 1, 1)[: max(3, image.ndim)]
    our_shape = ours.pixels.shape
    volumes = our_shape[0] if len(our_shape) == 4 else 1
    if volumes != int(np.prod(their_shape[3:])) or ours.affine is None:
        return False
    our_corners = corners(ours.affine, our_shape[-3:])
    their_corners = corners(theirs, their_shape[:3])
    distances = np.linalg.norm(our_corners[:, None] - their_corners, axis=-1)
    if distances.min(axis=1).max() > TOLERANCE_MM or distances.min(axis=0).max() > TOLERANCE_MM:
        return False
    return values_agree(ours, image, np.linalg.inv(theirs) @ ours.affine, volumes)


def corners(affine: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Centres of the corner voxels, and their neighbours one slice thickness away."""
    # One step beyond the last voxel shows the thickness of a single slice as well.
    ends = itertools.product(*((0, size) for size in shape))
    points = np.array([(*end, 1) for end in ends]) - [*(0.5,) * 3, 0]
    return (points @ affine.T)[:, :3]


def values_agree(ours, image: nibabel.Nifti1Image, to_theirs: np.ndarray, volumes: int) -> bool:
    """Values at the same points of space are equal, up to the scale that dcm2niix chooses."""
    rng = np.random.default_rng(0)
    shape = ours.pixels.shape[-3:]
    points = np.stack([rng.integers(0, size, SAMPLED_VOXELS) for size in shape], axis=-1)
    there = np.rint(np.c_[points, np.ones(len(points))] @ to_theirs.T)[:, :3].astype(int)
    volume = volumes - 1
    pixels = np.asarray(ours.pixels[volume] if ours.pixels.ndim == 4 else ours.pixels)
    voxels = np.asarray(image.dataobj).reshape(*(*image.shape, 1, 1)[:3], -1)[..., volume]
    mine, theirs = pixels[tuple(points.T)].astype(float), voxels[tuple(there.T)].astype(float)
    if mine.std() == 0:
        return bool(np.allclose(mine, theirs))
    return bool(np.corrcoef(mine, theirs)[0, 1] > 1 - 1e-6)
