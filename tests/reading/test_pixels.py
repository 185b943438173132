"""Values as the scanner meant them, in every transfer syntax, decoded when they are asked for."""

from __future__ import annotations

import base64
import gc
import os
import struct
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import nibabel
import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.data import get_testdata_file
from pydicom.encaps import encapsulate, generate_frames
from pydicom.pixels import pixel_array
from pydicom.uid import (
    HTJ2K,
    UID,
    DeflatedExplicitVRLittleEndian,
    HTJ2KLossless,
    JPEGLSLossless,
    RLELossless,
)

from napari_mrseq.errors import ReadError
from napari_mrseq.reading import read_study
from tests.reading.read_back import read_one
from tests.reading.scanner_files import WriteSlice, image, positions_along

# pydicom's own files: MR and others, in every transfer syntax it can decode.
FILES = (
    "MR_small.dcm",
    "MR_small_implicit.dcm",
    "MR_small_bigendian.dcm",
    "MR_small_RLE.dcm",
    "MR_small_jpeg_ls_lossless.dcm",
    "MR_small_jp2klossless.dcm",
    "693_J2KI.dcm",
    "J2K_pixelrep_mismatch.dcm",
    "JPEG2000.dcm",
    "JPEGLSNearLossless_08.dcm",
    "JPEGLSNearLossless_16.dcm",
    "JPGExtended.dcm",
    "SC_rgb_jpeg_dcmtk.dcm",
    "SC_rgb_rle_16bit_2frame.dcm",
    "SC_rgb_rle_32bit.dcm",
    "SC_rgb_small_odd.dcm",
    "SC_rgb_small_odd_big_endian.dcm",
    "SC_ybr_full_422_uncompressed.dcm",
    "CT_small.dcm",
    "examples_overlay.dcm",
    "examples_ybr_color.dcm",
    "examples_jpeg2k.dcm",
    "image_dfl.dcm",
    "rtdose.dcm",
    "rtdose_rle.dcm",
    "rtdose_expb.dcm",
)

# row · (20 column + 1) of 12 x 16 pixels, written without loss by OpenJPH 0.26.3 (imagecodecs):
# no file in HTJ2K comes with pydicom, and no library of this project writes one.
HTJ2K_IMAGE = (
    "/0//UQApQAAAAAAQAAAADAAAAAAAAAAAAAAAEAAAAAwAAAAAAAAAAAABDwEB/1AACAACAAAACv9SAAwAAgABAAUEBEAB"
    "/1wAEyCIkJCQkJCQkJCQkJCQiIiI/2QAFwABT3BlbkpQSCBWZXIgMC4yNi4zLv+QAAoAAAAAAJ8AAf+TwAAm/3wFB3QA"
    "AMAAE0AAE0AAEwDo/QKHdAAu/gKHdAA4/AMHdADAABPAABLAABKAGfj3AKJUAOUAITQA8wABNADAABUQAAVcAAEoZgCg"
    "IIxj1gAC1EqLjcBRgb62AMjggHQAwAArIAAWlAACYI7H7YP554k8nCPXAAAIBAeCBK/j+hBgZ/Yggey6AOb9AABVAP/Z"
)


def bundled(name: str) -> str:
    path = get_testdata_file(name, download=False)
    if path is None:
        pytest.skip(f"pydicom's test file {name} is not installed")
    return path


@pytest.mark.parametrize("name", FILES)
def test_values_equal_those_of_pydicom(name: str) -> None:
    path = bundled(name)
    dataset = pydicom.dcmread(path)
    expected = pixel_array(dataset)
    if dataset.SamplesPerPixel == 3:
        expected = expected @ np.array([0.299, 0.587, 0.114])
    if "PixelPaddingValue" in dataset:
        padded = expected == dataset.PixelPaddingValue
        others = expected[~padded]
        # Lossy compression has blurred one of these files: its padding is among other values.
        if not others.min() < dataset.PixelPaddingValue < others.max():
            expected = np.where(padded, others.min(), expected)
    slope = float(dataset.get("RescaleSlope", 1))
    expected = expected * slope + float(dataset.get("RescaleIntercept", 0))
    series = read_one(path)
    values = series.pixels.compute().reshape(expected.shape)
    np.testing.assert_allclose(values, expected, rtol=1e-6, atol=1e-3)
    assert series.pixels.dtype == values.dtype


def test_rescale_of_each_slice_is_its_own(write_slice: WriteSlice) -> None:
    for number, place in enumerate(positions_along((1, 0, 0, 0, 1, 0), 3), start=1):
        path = write_slice(number, place, RescaleSlope=0.5 * number, RescaleIntercept=-number)
    values = read_one(path.parent).pixels.compute()
    for number in (1, 2, 3):
        expected = image(number) * 0.5 * number - number
        np.testing.assert_allclose(values[number - 1], expected, rtol=1e-6)


@pytest.mark.parametrize(("slope", "intercept"), [(0.5, 0), (1, -7)])
def test_a_slope_or_an_intercept_that_alone_changes_values_is_applied(
    slope: float, intercept: float, write_slice: WriteSlice
) -> None:
    path = write_slice(1, RescaleSlope=slope, RescaleIntercept=intercept)
    expected = image(1).astype(float) * slope + intercept
    np.testing.assert_allclose(read_one(path).pixels[0], expected)


def test_an_intercept_without_a_slope_is_added_as_by_dcm2niix(
    write_slice: WriteSlice, dcm2niix: Callable[[Path], list[nibabel.Nifti1Image]]
) -> None:
    path = write_slice(1, RescaleIntercept=-7)
    values = np.asarray(read_one(path).pixels)
    np.testing.assert_array_equal(values[0], image(1).astype(float) - 7)
    (converted,) = dcm2niix(path.parent)
    assert np.sort(converted.get_fdata(), axis=None).tolist() == np.sort(values, axis=None).tolist()


def test_an_intercept_beside_an_empty_slope_is_added(write_slice: WriteSlice) -> None:
    path = write_slice(1, RescaleIntercept=-7, RescaleSlope=None)
    np.testing.assert_array_equal(read_one(path).pixels[0], image(1).astype(float) - 7)


def test_whole_numbers_stay_what_they_are(write_slice: WriteSlice) -> None:
    series = read_one(write_slice(1))
    assert series.pixels.dtype == np.uint16
    np.testing.assert_array_equal(series.pixels[0].compute(), image(1))


def test_monochrome1_is_turned_with_its_window(write_slice: WriteSlice) -> None:
    path = write_slice(
        1, PhotometricInterpretation="MONOCHROME1", WindowCenter=1000, WindowWidth=400
    )
    series = read_one(path)
    np.testing.assert_array_equal(series.pixels[0].compute(), 4095 - image(1))
    assert series.window == (4095 - 1200, 4095 - 800)


def test_window_is_that_of_the_file(write_slice: WriteSlice) -> None:
    series = read_one(write_slice(1, WindowCenter=[300, 40], WindowWidth=[600, 80]))
    assert series.window == (0, 600)
    assert read_one(write_slice(2, name="2/2.dcm")).window is None


def test_colour_is_grey_and_no_mr() -> None:
    series = read_one(bundled("examples_palette.dcm"))
    assert series.is_mr is False
    assert series.pixels.ndim == 3
    assert series.pixels.dtype == np.float32


def test_palette_is_seen_in_grey() -> None:
    path = bundled("examples_palette.dcm")
    dataset = pydicom.dcmread(path)
    coloured = pydicom.pixels.apply_color_lut(pixel_array(dataset), dataset)
    grey = coloured @ np.array([0.299, 0.587, 0.114]) / (257 if coloured.max() > 255 else 1)
    np.testing.assert_allclose(read_one(path).pixels[0].compute(), grey, atol=0.01)


@pytest.mark.parametrize("bits", [8, 16])
def test_grey_of_a_palette_is_as_bright_whatever_its_bits(
    bits: int, write_slice: WriteSlice
) -> None:
    path = write_slice(
        1,
        pixels=(image(1) % 256).astype(np.uint8),
        PhotometricInterpretation="PALETTE COLOR",
        BitsAllocated=8,
        BitsStored=8,
        HighBit=7,
    )
    dataset = pydicom.dcmread(path)
    entries = np.arange(256, dtype=np.uint16) * (257 if bits == 16 else 1)
    for colour in range(3):
        dataset.add_new((0x0028, 0x1101 + colour), "US", [256, 0, bits])
        written = entries.astype("<u2" if bits == 16 else "u1").tobytes()
        dataset.add_new((0x0028, 0x1201 + colour), "OW", written)
    dataset.save_as(path)
    np.testing.assert_allclose(read_one(path).pixels[0], image(1) % 256, atol=0.01)


def test_secondary_capture_is_no_mr() -> None:
    assert read_one(bundled("SC_rgb_small_odd.dcm")).is_mr is False
    assert read_one(bundled("CT_small.dcm")).is_mr is False
    assert read_one(bundled("MR_small.dcm")).is_mr is True


def test_nothing_is_decoded_before_it_is_asked_for(write_slice: WriteSlice) -> None:
    for number, place in enumerate(positions_along((1, 0, 0, 0, 1, 0), 3), start=1):
        path = write_slice(number, place)
    series = read_one(path.parent)
    path.unlink()
    np.testing.assert_array_equal(series.slice_pixels(0).compute(), image(1))
    with pytest.raises(ReadError, match=r"00003\.dcm: the file has disappeared"):
        series.slice_pixels(2).compute()
    assert series.pixels.chunks == ((1, 1, 1), (12,), (16,))


@pytest.mark.parametrize("syntax", ["plain", "rle", "deflated"])
def test_file_that_changed_since_it_was_opened_is_named(
    syntax: str, write_slice: WriteSlice
) -> None:
    path = write_slice(1)
    dataset = pydicom.dcmread(path)
    if syntax == "rle":
        dataset.compress(RLELossless, generate_instance_uid=False)
    elif syntax == "deflated":
        dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    dataset.save_as(path, overwrite=True)
    series = read_one(path)
    dataset.PatientComments = "one more element moves the pixels"
    dataset.save_as(path, overwrite=True)
    with pytest.raises(ReadError, match=r"00001\.dcm: the file has changed"):
        series.pixels.compute()


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz", "a.png", "a.tif"])
def test_other_file_that_changed_is_named(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    for size in (12, 14):
        pixels = np.ones((size, size), np.uint8)
        if "nii" in name:
            nibabel.save(nibabel.Nifti1Image(pixels, np.eye(4)), path)
        else:
            Image.fromarray(pixels).save(path)
        if size == 12:
            series = read_one(path)
    with pytest.raises(ReadError, match=rf"{name}: the file has changed"):
        series.pixels.compute()


def test_missing_decoder_is_named_with_what_brings_it() -> None:
    path = bundled("MR_small_jpeg_ls_lossless.dcm")
    code = (
        "import sys\n"
        "for name in ('pylibjpeg', 'jpeg_ls'): sys.modules[name] = None\n"
        "from napari_mrseq.reading import read\n"
        "from napari_mrseq.errors import ReadError\n"
        "try: read(sys.argv[1])[0].pixels.compute()\n"
        "except ReadError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True)
    assert 'pip install "napari-mrseq[codecs]"' in done.stdout
    assert "JPEG-LS Lossless" in done.stdout
    assert "MR_small_jpeg_ls_lossless.dcm" in done.stdout


def test_deflated_file_is_read_whole(tmp_path: Path) -> None:
    dataset = pydicom.dcmread(bundled("MR_small.dcm"))
    expected = pixel_array(dataset)
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    dataset.save_as(tmp_path / "1.dcm", overwrite=True)
    np.testing.assert_array_equal(read_one(tmp_path / "1.dcm").pixels[0].compute(), expected)


def deflated_frames(path: Path, *shape: int) -> np.ndarray:
    """Pack frames of noise as one deflated stream, in place of those of an enhanced file."""
    dataset = pydicom.dcmread(path)
    frames = np.random.default_rng(2).integers(0, 4000, shape).astype("<u2")
    dataset.Rows, dataset.Columns = shape[1:]
    dataset.PixelData = frames.tobytes()
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    dataset.save_as(path, overwrite=True)
    return frames


def test_deflated_file_is_inflated_once_for_all_its_frames(
    write_enhanced: Callable[..., Path],
) -> None:
    path = write_enhanced(1, [{"position": p} for p in positions_along((1, 0, 0, 0, 1, 0), 10)])
    expected = deflated_frames(path, 10, 12, 16)
    series = read_one(path)
    np.testing.assert_array_equal(series.slice_pixels(9).compute(), expected[9])
    # Only a second unpacking would see that the rest of the file is damaged.
    before, content = path.stat(), path.read_bytes()
    path.write_bytes(content[:2000] + bytes(len(content) - 2000))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    np.testing.assert_array_equal(series.pixels.compute(), expected)


def test_an_inflated_file_goes_with_its_series(write_enhanced: Callable[..., Path]) -> None:
    places = positions_along((1, 0, 0, 0, 1, 0), 10)
    path = write_enhanced(1, [{"position": place} for place in places])
    size = deflated_frames(path, 10, 400, 400).nbytes
    read_one(path)
    tracemalloc.start()
    try:
        (pixels,) = (series.pixels for series in read_study(path).series)
        before, _ = tracemalloc.get_traced_memory()
        pixels[3].compute()
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
        del pixels
        gc.collect()
        left, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held - before > 0.9 * size
    assert left < before


def test_frames_of_a_compressed_file_are_read_one_by_one(
    write_enhanced: Callable[..., Path],
) -> None:
    frames = [{"position": place} for place in positions_along((1, 0, 0, 0, 1, 0), 10)]
    path = write_enhanced(1, frames)
    dataset = pydicom.dcmread(path)
    expected = pixel_array(dataset)
    dataset.compress(RLELossless, generate_instance_uid=False)
    dataset.save_as(path, overwrite=True)
    series = read_one(path)
    for index in (9, 0, 4):
        np.testing.assert_array_equal(series.slice_pixels(index).compute(), expected[index])


@pytest.mark.parametrize("count", [1, 4])
@pytest.mark.parametrize(("factor", "shift"), [(1, 2), (1, 10**8), (0, 0)])
def test_frames_are_found_where_the_offset_table_is_wrong(
    factor: int, shift: int, count: int, write_enhanced: Callable[..., Path]
) -> None:
    places = positions_along((1, 0, 0, 0, 1, 0), count)
    path = write_enhanced(1, [{"position": place} for place in places])
    dataset = pydicom.dcmread(path)
    expected = pixel_array(dataset).reshape(count, *image(1).shape)
    dataset.compress(RLELossless, generate_instance_uid=False)
    frames = list(generate_frames(dataset.PixelData, number_of_frames=count))
    dataset.PixelData = packed = encapsulate(frames)
    table = struct.unpack(f"<{count}I", packed[8 : 8 + 4 * count])
    told = struct.pack(f"<{count}I", *(factor * place + shift for place in table))
    dataset.PixelData = packed[:8] + told + packed[8 + 4 * count :]
    dataset.save_as(path, overwrite=True)
    np.testing.assert_array_equal(read_one(path).pixels.compute(), expected)


def test_damaged_code_is_no_missing_decoder(write_slice: WriteSlice) -> None:
    path = write_slice(1)
    dataset = pydicom.dcmread(path)
    dataset.file_meta.TransferSyntaxUID = JPEGLSLossless
    dataset.PixelData = encapsulate([bytes(400)])
    dataset["PixelData"].VR = "OB"
    dataset.save_as(path, overwrite=True)
    with pytest.raises(ReadError, match=r"can't be decoded as JPEG-LS .*damaged"):
        read_one(path).pixels.compute()


@pytest.mark.parametrize("syntax", [HTJ2KLossless, HTJ2K])
def test_htj2k_is_read(syntax: UID, write_slice: WriteSlice) -> None:
    path = write_slice(1)
    dataset = pydicom.dcmread(path)
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.PixelData = encapsulate([base64.b64decode(HTJ2K_IMAGE)])
    dataset["PixelData"].VR = "OB"
    # The code stream says 16 bits.
    dataset.BitsStored, dataset.HighBit = 16, 15
    dataset.save_as(path, overwrite=True)
    rows, columns = np.indices((12, 16))
    np.testing.assert_array_equal(read_one(path).pixels[0].compute(), rows * (20 * columns + 1))


def test_a_folder_in_place_of_a_file_is_told_in_the_words_of_the_system(
    write_slice: WriteSlice,
) -> None:
    path = write_slice(1)
    series = read_one(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(ReadError, match=r"00001\.dcm: Is a directory"):
        series.pixels.compute()
