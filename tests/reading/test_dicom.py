"""What a header says of a whole series: whether it is MR, its window, values that can't be."""

from __future__ import annotations

import ntpath
from pathlib import PureWindowsPath
from types import SimpleNamespace

import numpy as np
import pytest
from pydicom import dcmread, dcmwrite
from pydicom.uid import UID, CTImageStorage, SecondaryCaptureImageStorage

from napari_mrseq import naming
from napari_mrseq.header.attributes import attributes_of
from napari_mrseq.reading import read_study
from tests.reading.scanner_files import AXIAL, WriteSlice, image, positions_along


# pydicom warns of small letters where they are written.
@pytest.mark.filterwarnings("ignore:Invalid value for VR CS")
@pytest.mark.parametrize(
    ("values", "is_mr"),
    [
        ({}, True),
        ({"Modality": None}, True),
        ({"Modality": "mr"}, True),
        ({"Modality": "PT"}, False),
        # A picture of a screen keeps the modality of what was on it.
        ({"SOPClassUID": SecondaryCaptureImageStorage}, False),
    ],
    ids=["MR", "no modality", "small letters", "PT", "screen"],
)
def test_what_says_that_it_is_something_else_is_no_mr(
    values: dict[str, str | None], is_mr: bool, write_slice: WriteSlice
) -> None:
    (series,) = read_study(write_slice(1, **values)).series
    assert series.is_mr is is_mr


@pytest.mark.parametrize(
    ("storage", "told"),
    [(SecondaryCaptureImageStorage, "Secondary Capture"), (CTImageStorage, "CT Image Storage")],
)
@pytest.mark.parametrize("left", ["", None])
def test_a_class_missing_from_the_header_is_that_of_the_meta_information(
    storage: UID, told: str, left: str | None, write_slice: WriteSlice
) -> None:
    path = write_slice(1, SOPClassUID=storage, Modality=None)
    file = dcmread(path)
    file.SOPClassUID = left
    if left is None:
        del file.SOPClassUID
    # The class of the meta information would be asked for otherwise.
    dcmwrite(path, file, enforce_file_format=False)
    (series,) = read_study(path).series
    assert attributes_of(series).storage.startswith(told)
    assert series.is_mr is (storage == CTImageStorage)


def test_one_slice_with_a_window_of_its_own_does_not_set_that_of_the_series(
    write_slice: WriteSlice,
) -> None:
    widths = (1000, 1010, 30, 1020, 4000)
    for number, place in enumerate(positions_along(AXIAL, len(widths))):
        path = write_slice(number, place, WindowCenter=600, WindowWidth=widths[number])
    (series,) = read_study(path.parent).series
    assert series.window == (600 - 505, 600 + 505)


@pytest.mark.parametrize("signed", [False, True])
def test_a_turned_slice_is_as_bright_in_its_window_as_it_was_dark(
    signed: bool, write_slice: WriteSlice
) -> None:
    stored = image(1).astype(np.int16)
    if signed:
        # Its negative is no number of 16 bits.
        stored[0, 0] = -(2**15)
    path = write_slice(
        1,
        pixels=stored,
        PixelRepresentation=int(signed),
        BitsStored=16,
        HighBit=15,
        PhotometricInterpretation="MONOCHROME1",
        RescaleSlope=2,
        RescaleIntercept=-100,
        WindowCenter=1000,
        WindowWidth=400,
    )
    (series,) = read_study(path).series
    low, high = series.window
    np.testing.assert_allclose(series.pixels[0] - low, 1200 - (2.0 * stored - 100))
    assert high - low == 400


@pytest.mark.parametrize(
    "values",
    [{"WindowCenter": 100, "WindowWidth": width} for width in (0, -50, 1e-9)]
    + [{"WindowWidth": 400}, {"WindowCenter": 100}],
    ids=["0", "negative", "nothing", "no centre", "no width"],
)
def test_a_window_without_a_width_is_none(
    values: dict[str, float], write_slice: WriteSlice
) -> None:
    (series,) = read_study(write_slice(1, **values)).series
    assert series.window is None


def test_a_window_of_negative_values_is_that_of_signed_pixels(write_slice: WriteSlice) -> None:
    pixels = image(1).astype(np.int16) - 2000
    path = write_slice(1, pixels=pixels, PixelRepresentation=1, WindowCenter=-500, WindowWidth=200)
    (series,) = read_study(path).series
    assert series.window == (-600, -400)


def test_a_slope_of_zero_leaves_the_values_as_stored(write_slice: WriteSlice) -> None:
    (series,) = read_study(write_slice(1, RescaleSlope=0, RescaleIntercept=7)).series
    np.testing.assert_array_equal(series.pixels[0], image(1))


@pytest.mark.parametrize("size", [[0, 0], [-1.5, 0.75], [1.5]])
def test_a_pixel_size_that_cannot_be_is_not_known(
    size: list[float], write_slice: WriteSlice
) -> None:
    (series,) = read_study(write_slice(1, PixelSpacing=size, SliceThickness=None)).series
    assert (series.spacing, series.affine) == (None, None)
    # No distance is assumed either.
    (warning,) = series.warnings
    assert "pixel size" in warning


def test_a_picture_of_a_screen_needs_no_place(write_slice: WriteSlice) -> None:
    bare = {"ImagePositionPatient": None, "ImageOrientationPatient": None}
    path = write_slice(1, SOPClassUID=SecondaryCaptureImageStorage, **bare)
    (series,) = read_study(path).series
    assert series.warnings == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"SeriesNumber": None, "StudyInstanceUID": "1.2.3"}),
        ({}, {"StudyInstanceUID": None, "SeriesNumber": 5}),
        ({}, {"SeriesInstanceUID": "1.2.3", "SeriesNumber": None}),
        ({"SeriesInstanceUID": None}, {"SeriesInstanceUID": None}),
        ({"SeriesInstanceUID": None}, {"SeriesInstanceUID": None, "SeriesNumber": None}),
    ],
    ids=["study", "number", "UID", "folder without a UID", "folder without a UID and a number"],
)
def test_files_that_differ_in_more_than_they_lack_are_apart(
    one: dict[str, str | None], other: dict[str, str | int | None], write_slice: WriteSlice
) -> None:
    for number, place in enumerate(positions_along(AXIAL, 4), start=1):
        folder, values = ("one", one) if number < 4 else ("other", other)
        path = write_slice(number, place, name=f"{folder}/{number}.dcm", **values)
    found = read_study(path.parents[1]).series
    assert [series.pixels.shape[0] for series in found] == [3, 1]


@pytest.mark.parametrize(
    "other", [{"Modality": "OT"}, {"SOPClassUID": SecondaryCaptureImageStorage}]
)
def test_a_capture_saved_into_an_mr_series_is_no_slice_of_it(
    write_slice: WriteSlice, other
) -> None:
    for number, place in enumerate(positions_along(AXIAL, 4)):
        write_slice(number + 2, place)
    # The first of all, where a slice lies.
    path = write_slice(1, positions_along(AXIAL, 4)[1], **other)
    capture, slices = read_study(path.parent).series
    assert (capture.is_mr, slices.is_mr) == (False, True)
    assert (capture.pixels.shape[:-2], slices.pixels.shape[:-2]) == ((1,), (4,))
    assert slices.warnings == ()


def test_files_on_two_drives_are_called_by_the_folder_of_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Paths of Windows, where nothing holds two drives.
    monkeypatch.setattr(naming, "Path", PureWindowsPath)
    monkeypatch.setattr(naming, "os", SimpleNamespace(path=ntpath))
    assert naming.common_folder([r"C:\t1\1.dcm", r"D:\more\2.dcm"]) == r"C:\t1"
    assert naming.common_folder([r"C:\t1\a\1.dcm", r"C:\t1\b\2.dcm"]) == r"C:\t1"
