"""Siemens mosaics whose private elements an anonymiser took away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

from napari_mrseq import read
from napari_mrseq.errors import ReadError
from napari_mrseq.series import Series
from tests.reading.scanner_files import (
    AXIAL,
    COLUMNS,
    CORONAL,
    ROWS,
    SAGITTAL,
    SHARED_DATA,
    WriteSlice,
    csa_header,
    image,
    items,
    positions_along,
)

REAL = SHARED_DATA / "dicom" / "neurolabusc+dcm_qa_nih"
TILE = 64
_PLAIN = ["ORIGINAL", "PRIMARY", "M", "ND"]
_KIND = [*_PLAIN, "MOSAIC"]


def test_tiles_are_as_large_as_the_acquisition_matrix(write_slice: WriteSlice) -> None:
    tiles = _tiles(TILE)
    first = write_slice(1, pixels=_side_by_side(tiles), **_described(3.0))
    write_slice(2, pixels=_side_by_side(tiles + 1), **_described(3.0))
    (series,) = read(first.parent)
    np.testing.assert_array_equal(series.pixels, [tiles, tiles + 1])
    # Without private elements nothing tells from where to where the slices go.
    assert series.affine is None
    assert series.spacing == (2.5, 3.0, 3.0)
    (warning,) = series.warnings
    assert "9 tiles" in warning


def test_an_interpolated_mosaic_has_tiles_twice_as_large(write_slice: WriteSlice) -> None:
    tiles = _tiles(2 * TILE)
    path = write_slice(1, pixels=_side_by_side(tiles), **_described(1.75))
    (series,) = read(path)
    np.testing.assert_array_equal(series.pixels, tiles)
    assert "interpolated to 128 pixels" in series.warnings[0]


def test_tiles_of_a_neonate_are_small(write_slice: WriteSlice) -> None:
    # Twice as large ones would divide this mosaic as well.
    tiles = np.concatenate([_tiles(TILE), _tiles(TILE)[:7] + 7])
    path = write_slice(1, pixels=_side_by_side(tiles), **_described(2.0))
    (series,) = read(path)
    np.testing.assert_array_equal(series.pixels, tiles)
    assert "interpolated" not in series.warnings[0]


@pytest.mark.parametrize("matrix", [[TILE, 0, 0, 76], [0, TILE, 76, 0], [TILE, 0, 0, 48]])
def test_tiles_are_as_long_as_the_frequency_matrix(
    write_slice: WriteSlice, matrix: list[int]
) -> None:
    tiles = _tiles(TILE)
    path = write_slice(
        1, pixels=_side_by_side(tiles), **_described(3.0) | {"AcquisitionMatrix": matrix}
    )
    (series,) = read(path)
    np.testing.assert_array_equal(series.pixels, tiles)


@pytest.mark.parametrize("matrix", [None, [60, 0, 0, 60]])
def test_a_mosaic_that_nothing_describes_is_refused(write_slice: WriteSlice, matrix: Any) -> None:
    path = write_slice(
        1, pixels=_side_by_side(_tiles(TILE)), **_described(3.0) | {"AcquisitionMatrix": matrix}
    )
    with pytest.raises(ReadError, match="slice by slice"):
        read(path)


@pytest.mark.parametrize("normal", [(1.0, 0.0, 0.0), (-1.0, 0.0, 0.0)])
def test_slices_of_a_mosaic_follow_the_direction_of_its_own_header(
    normal: tuple[float, ...], write_slice: WriteSlice
) -> None:
    siemens = csa_header(NumberOfImagesInMosaic=[9], SliceNormalVector=normal)
    (series,) = read(_write_counted(write_slice, {(0x0029, 0x1010): ("OB", siemens)}))
    first = int(np.flatnonzero(np.asarray(series.pixels).sum((1, 2)) == TILE).item())
    step = (1 if first == 0 else -1) * series.affine[:3, 0]
    np.testing.assert_allclose(step, 2.5 * np.array(normal), atol=1e-6)


def test_a_counted_mosaic_without_a_direction_has_no_place(write_slice: WriteSlice) -> None:
    for volume in range(3):
        path = _write_counted(write_slice, {(0x0019, 0x100A): ("US", 9)}, volume)
    (series,) = read(path.parent)
    np.testing.assert_array_equal(series.pixels, [_tiles(TILE) + v for v in range(3)])
    assert series.affine is None
    (warning,) = series.warnings
    assert "in which direction the slices of this mosaic follow each other" in warning


@pytest.mark.parametrize(
    "lost", ["PixelSpacing", "ImagePositionPatient", "ImageOrientationPatient"]
)
def test_a_counted_mosaic_that_lost_a_part_of_its_geometry_has_no_place(
    lost: str, write_slice: WriteSlice
) -> None:
    siemens = csa_header(NumberOfImagesInMosaic=[9], SliceNormalVector=(1.0, 0.0, 0.0))
    path = _write_counted(write_slice, {(0x0029, 0x1010): ("OB", siemens)}, **{lost: None})
    (series,) = read(path)
    np.testing.assert_array_equal(series.pixels, _tiles(TILE))
    assert series.affine is None


@pytest.mark.parametrize("turn", [0.0, 0.5], ids=["still", "turning"])
@pytest.mark.parametrize("lacking", ["AcquisitionNumber", "InstanceNumber"])
def test_mosaics_of_which_one_lacks_a_number_keep_their_order(
    lacking: str, turn: float, write_slice: WriteSlice
) -> None:
    folder = _write_dynamic(write_slice, lacking, turn)
    (series,) = read(folder)
    np.testing.assert_array_equal(_volumes_in(series), [2, 1, 0])
    assert not any("in which order" in warning for warning in series.warnings)


def test_mosaics_that_neither_numbers_nor_times_sort_are_told(write_slice: WriteSlice) -> None:
    folder = _write_dynamic(write_slice, "InstanceNumber", AcquisitionNumber=0)
    (series,) = read(folder)
    assert sum("in which order volumes were taken" in one for one in series.warnings) == 1


def test_a_mosaic_of_one_slice_needs_no_direction(write_slice: WriteSlice) -> None:
    path = write_slice(1, (1.0, 2.0, 3.0), ImageType=_KIND, private={(0x0019, 0x100A): ("US", 1)})
    (series,) = read(path)
    np.testing.assert_allclose(series.affine[:3, 3], (1, 2, 3))
    assert series.warnings == ()


@pytest.mark.parametrize(
    ("keyword", "plane", "said"),
    [
        ("ImagePositionPatient", None, "position in the patient unknown"),
        ("SliceThickness", "sagittal", "slice thickness unknown: 1 mm assumed"),
    ],
)
def test_a_mosaic_whose_header_lacks_a_place_or_a_distance_says_so(
    keyword: str, plane: str | None, said: str, write_slice: WriteSlice
) -> None:
    siemens = csa_header(NumberOfImagesInMosaic=[9], SliceNormalVector=(-1.0, 0.0, 0.0))
    path = _write_counted(write_slice, {(0x0029, 0x1010): ("OB", siemens)})
    dataset = pydicom.dcmread(path)
    del dataset[keyword]
    dataset.save_as(path)
    (series,) = read(path)
    np.testing.assert_array_equal(series.pixels, _tiles(TILE))
    assert series.plane == plane
    (warning,) = series.warnings
    assert said in warning


def test_a_mosaic_of_more_slices_than_pixels_is_named(write_slice: WriteSlice) -> None:
    path = write_slice(1, ImageType=_KIND, private={(0x0019, 0x100A): ("US", 400)})
    with pytest.raises(ReadError, match="400 slices can't be told apart in so few pixels"):
        read(path)


@pytest.mark.parametrize(("kind", "count"), [("VFRAME", 1), ("ND", 4)])
def test_what_is_no_grid_of_uih_is_a_slice(kind: str, count: int, write_slice: WriteSlice) -> None:
    for number, place in enumerate(positions_along(AXIAL, 3), start=1):
        path = write_slice(
            number,
            place,
            ImageType=["ORIGINAL", "PRIMARY", "M", kind],
            private={(0x0065, 0x1050): ("DS", str(count))},
        )
    (series,) = read(path.parent)
    assert series.pixels.shape == (3, ROWS, COLUMNS)


def test_a_grid_of_uih_that_describes_only_some_of_its_slices_has_no_place(
    write_slice: WriteSlice,
) -> None:
    described = [items(ImagePositionPatient=[0.0, 0.0, 5.0 * number])[0] for number in range(3)]
    path = write_slice(
        1,
        ImageType=["ORIGINAL", "PRIMARY", "M", "VFRAME"],
        private={(0x0065, 0x1050): ("DS", "4"), (0x0065, 0x1051): ("SQ", described)},
    )
    (series,) = read(path)
    assert series.pixels.shape == (4, ROWS // 2, COLUMNS // 2)
    assert series.affine is None


def test_padding_is_dark_in_a_grid_whose_slices_lie_in_several_planes(
    write_slice: WriteSlice,
) -> None:
    planes = AXIAL, CORONAL, SAGITTAL
    described = [
        items(ImagePositionPatient=[0.0, 0.0, 0.0], ImageOrientationPatient=[*plane])[0]
        for plane in planes
    ]
    pixels = image(1)
    pixels[:, :: COLUMNS // 2] = 4095
    path = write_slice(
        1,
        pixels=pixels,
        PixelPaddingValue=4095,
        ImageType=["ORIGINAL", "PRIMARY", "M", "VFRAME"],
        private={(0x0065, 0x1050): ("DS", "3"), (0x0065, 0x1051): ("SQ", described)},
    )
    tiles = (*np.hsplit(pixels[: ROWS // 2], 2), np.hsplit(pixels[ROWS // 2 :], 2)[0])
    for series, tile, plane in zip(
        read(path), tiles, ("axial", "coronal", "sagittal"), strict=True
    ):
        assert series.plane == plane
        dark = np.where(tile == 4095, tile[tile < 4095].min(), tile)
        np.testing.assert_array_equal(series.pixels[0], dark)


@pytest.mark.parametrize(
    "private",
    [
        {(0x0019, 0x100A): ("US", 9)},
        {(0x0029, 0x1010): ("OB", csa_header(NumberOfImagesInMosaic=[9]))},
    ],
    ids=["element", "CSA"],
)
def test_a_mosaic_that_only_its_count_tells_is_unpacked_as_dcm2niix_does(
    private: dict[tuple[int, int], tuple[str, Any]],
    write_slice: WriteSlice,
    dcm2niix: Callable[[Path], list[Any]],
) -> None:
    path = _write_counted(write_slice, private, ImageType=_PLAIN)
    (series,) = read(path)
    np.testing.assert_array_equal(series.pixels, _tiles(TILE))
    (converted,) = dcm2niix(path.parent)
    assert converted.shape == (TILE, TILE, 9)


@pytest.mark.parametrize(
    "other",
    [
        {"Manufacturer": "HITACHI"},
        {"AcquisitionMatrix": [3 * TILE, 0, 0, 3 * TILE]},
        {"AcquisitionMatrix": None},
    ],
    ids=["maker", "slice", "unknown"],
)
def test_a_slice_that_only_has_the_count_of_a_mosaic_stays_whole(
    other: dict[str, Any], write_slice: WriteSlice
) -> None:
    private = {(0x0019, 0x100A): ("US", 9)}
    (series,) = read(_write_counted(write_slice, private, ImageType=_PLAIN, **other))
    assert series.pixels.shape == (1, 3 * TILE, 3 * TILE)


@pytest.mark.skipif(not REAL.is_dir(), reason="the shared data are not here")
@pytest.mark.parametrize("folder", ["174", "175", "176", "177"])
def test_tiles_of_a_real_mosaic_are_its_slices(folder: str, tmp_path: Path) -> None:
    original = min((REAL / folder).iterdir())
    (told,) = read(original)
    dataset = pydicom.dcmread(original)
    dataset.remove_private_tags()
    dataset.save_as(tmp_path / "bare.dcm")
    (bare,) = read(tmp_path / "bare.dcm")
    # Slices in space may go the other way round than tiles do.
    sums = np.asarray(bare.pixels).sum((1, 2))[: len(told.pixels)]
    np.testing.assert_array_equal(np.sort(sums), np.sort(np.asarray(told.pixels).sum((1, 2))))
    assert not np.asarray(bare.pixels)[len(told.pixels) :].any()


def _write_counted(
    write_slice: WriteSlice,
    private: dict[tuple[int, int], tuple[str, Any]],
    volume: int = 0,
    **values: Any,
) -> Path:
    """Write a sagittal mosaic; the head turns by a degree from volume to volume."""
    angle = np.radians(volume)
    sagittal = (-np.sin(angle), np.cos(angle), 0.0, 0.0, 0.0, -1.0)
    pixels = _side_by_side(_tiles(TILE) + volume)
    said = _described(3.0) | values
    return write_slice(volume, orientation=sagittal, pixels=pixels, private=private, **said)


def _write_dynamic(write_slice: WriteSlice, lacking: str, turn: float = 0.0, **values: Any) -> Path:
    """Write three mosaics, the last of them taken first; the middle one lacks a number."""
    for volume in range(3):
        angle = np.radians(turn * volume)
        normal = (np.cos(angle), np.sin(angle), 0.0)
        siemens = csa_header(NumberOfImagesInMosaic=[9], SliceNormalVector=normal)
        said = {"AcquisitionNumber": 3 - volume, "InstanceNumber": 3 - volume, **values}
        path = write_slice(
            volume,
            orientation=(-normal[1], normal[0], 0.0, 0.0, 0.0, -1.0),
            pixels=_side_by_side(_tiles(TILE) + volume),
            private={(0x0029, 0x1010): ("OB", siemens)},
            **_described(3.0) | said | ({lacking: None} if volume == 1 else {}),
        )
    return path.parent


def _volumes_in(series: Series) -> np.ndarray:
    return np.asarray(series.pixels).min((1, 2, 3))


def _described(spacing: float) -> dict[str, Any]:
    return {
        "ImageType": _KIND,
        "PixelSpacing": [spacing, spacing],
        "AcquisitionMatrix": [TILE, 0, 0, TILE],
    }


def _tiles(side: int) -> np.ndarray:
    """Return nine slices that differ."""
    return np.arange(9, dtype=np.uint16)[:, None, None] * 100 + np.eye(side, dtype=np.uint16)


def _side_by_side(tiles: np.ndarray) -> np.ndarray:
    across = int(len(tiles) ** 0.5)
    return np.block([list(tiles[row : row + across]) for row in range(0, len(tiles), across)])
