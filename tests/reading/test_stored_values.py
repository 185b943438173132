"""What is stored beside the values: padding, unused bits, frames of bits, values turned over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
import SimpleITK
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset, write_file_meta_info
from pydicom.pixels import apply_modality_lut, pack_bits
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGLSLossless,
    MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
    RLELossless,
)

from tests.reading.read_back import read_one
from tests.reading.scanner_files import WriteSlice, image

PADDING, LIMIT = 0x00280120, 0x00280121
CORNER = np.s_[:4, :4]


@pytest.fixture
def write_padded(write_slice: WriteSlice) -> Callable[..., tuple[Path, np.ndarray]]:
    """Write a slice whose corner is padded; return its path and values."""

    def write(value: int, *, signed: bool, limit: int | None = None, **values: Any):
        pixels = image(1).astype(np.int16 if signed else np.uint16) + 7
        pixels[CORNER] = value
        path = write_slice(
            1, pixels=pixels, PixelRepresentation=int(signed), BitsStored=16, HighBit=15, **values
        )
        dataset = pydicom.dcmread(path)
        vr = "SS" if signed else "US"
        dataset.add_new(PADDING, vr, value)
        if limit is not None:
            dataset.add_new(LIMIT, vr, limit)
        dataset.save_as(path)
        return path, pixels

    return write


def darkened(pixels: np.ndarray, padded: Any = CORNER) -> np.ndarray:
    others = np.ones(pixels.shape, bool)
    others[padded] = False
    return np.where(others, pixels, pixels[others].min())


@pytest.mark.parametrize(
    ("value", "signed"), [(-2000, True), (-32768, True), (32767, True), (65535, False), (5, False)]
)
def test_padding_is_as_dark_as_the_darkest_pixel(value: int, signed: bool, write_padded) -> None:
    path, pixels = write_padded(value, signed=signed)
    series = read_one(path)
    np.testing.assert_array_equal(series.pixels[0], darkened(pixels))
    assert series.pixels.dtype == pixels.dtype


@pytest.mark.parametrize("edge", [np.s_[0, 2:-2], np.s_[-1, 2:-2], np.s_[2:-2, 0], np.s_[2:-2, -1]])
def test_padding_along_one_edge_is_found(edge: Any, write_slice: WriteSlice) -> None:
    pixels = image(1) // 2
    pixels[edge] = 4095
    path = write_slice(1, pixels=pixels, PixelPaddingValue=4095)
    np.testing.assert_array_equal(read_one(path).pixels[0], darkened(pixels, edge))


def test_padding_is_found_in_stored_values(write_padded) -> None:
    path, pixels = write_padded(-2000, signed=True, RescaleSlope=0.5, RescaleIntercept=-100)
    np.testing.assert_allclose(read_one(path).pixels[0], darkened(pixels) * 0.5 - 100)


def test_padding_of_a_range(write_padded) -> None:
    path, pixels = write_padded(-1, signed=True, limit=40)
    padded = pixels <= 40
    assert padded.sum() > 16
    np.testing.assert_array_equal(read_one(path).pixels[0], darkened(pixels, padded))


@pytest.mark.parametrize("value", [0, 60000])
def test_padding_of_turned_values(value: int, write_padded) -> None:
    path, pixels = write_padded(value, signed=False, PhotometricInterpretation="MONOCHROME1")
    np.testing.assert_array_equal(read_one(path).pixels[0], darkened(65535 - pixels))


def test_zero_is_black_already(write_padded) -> None:
    path, pixels = write_padded(0, signed=False)
    np.testing.assert_array_equal(read_one(path).pixels[0], pixels)


def test_padding_written_with_the_other_sign(write_padded) -> None:
    path, pixels = write_padded(-2000, signed=True)
    dataset = pydicom.dcmread(path)
    dataset.add_new(PADDING, "US", 65536 - 2000)
    dataset.save_as(path)
    np.testing.assert_array_equal(read_one(path).pixels[0], darkened(pixels))


def test_padding_of_a_file_without_value_representations(write_padded) -> None:
    path, pixels = write_padded(-2000, signed=True)
    dataset = pydicom.dcmread(path)
    dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    dataset.save_as(path, implicit_vr=True, little_endian=True)
    np.testing.assert_array_equal(read_one(path).pixels[0], darkened(pixels))


@pytest.mark.parametrize(("value", "limit"), [(400, None), (0, 4095), (63536, None), (1, None)])
def test_padding_that_tissue_has_is_none(value: int, limit: int | None, write_slice) -> None:
    pixels = image(1)
    pixels[3, 3:9] = (400, 2096, 1, 0, 4095, 4000)
    padding = {"PixelPaddingValue": value, "PixelPaddingRangeLimit": limit}
    path = write_slice(1, pixels=pixels, **{k: v for k, v in padding.items() if v is not None})
    np.testing.assert_array_equal(read_one(path).pixels[0], pixels)


def test_the_brightest_tissue_is_no_padding_where_it_is_inside_the_image(write_slice) -> None:
    pixels = image(1) // 2
    pixels[4:6, 4:8] = 4095
    path = write_slice(1, pixels=pixels, PixelPaddingValue=4095)
    np.testing.assert_array_equal(read_one(path).pixels[0], pixels)


def test_a_mask_is_no_padding(write_slice: WriteSlice) -> None:
    pixels = (image(1) > 2000).astype(np.uint16)
    path = write_slice(1, pixels=pixels, PixelPaddingValue=1)
    np.testing.assert_array_equal(read_one(path).pixels[0], pixels)


def test_padding_of_few_bits_written_with_the_other_sign(write_slice: WriteSlice) -> None:
    pixels = image(1).astype(np.int16) // 4 - 100
    pixels[CORNER] = -2000
    path = write_slice(1, pixels=pixels, PixelRepresentation=1)
    dataset = pydicom.dcmread(path)
    dataset.add_new(PADDING, "US", 65536 - 2000)
    dataset.save_as(path)
    np.testing.assert_array_equal(read_one(path).pixels[0], darkened(pixels))


def test_a_slice_of_padding_alone_is_dark(write_slice: WriteSlice) -> None:
    pixels = np.full((12, 16), -2000, np.int16)
    values = {"PixelRepresentation": 1, "BitsStored": 16, "HighBit": 15}
    path = write_slice(1, pixels=pixels, PixelPaddingValue=-2000, **values)
    assert not np.asarray(read_one(path).pixels).any()


@pytest.mark.parametrize("packed", ["", "rle", "deflated"])
@pytest.mark.parametrize("signed", [False, True])
def test_stored_bits_above_unused_ones(signed: bool, packed: str, write_slice: WriteSlice) -> None:
    pixels = image(1).astype(np.int16) - 2000 * signed
    # Whatever the unused bits hold.
    written = (pixels << 4) | 9
    path = write_slice(
        1, pixels=written, BitsStored=12, HighBit=15, PixelRepresentation=int(signed)
    )
    dataset = pydicom.dcmread(path)
    if packed == "rle":
        dataset.compress(RLELossless, generate_instance_uid=False)
    elif packed == "deflated":
        dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    dataset.save_as(path)
    np.testing.assert_array_equal(read_one(path).pixels[0], pixels)


@pytest.mark.parametrize("frames", [1, 2])
def test_signed_values_packed_without_their_sign_have_it_as_in_itk(
    frames: int, write_slice: WriteSlice
) -> None:
    pixels = np.stack([image(number).astype(np.int16) % 2048 for number in range(frames)]) - 1024
    # As dcmtk packs signed values whose unused bits are zeros.
    values = {"BitsStored": 16, "HighBit": 15, "NumberOfFrames": frames}
    path = write_slice(1, pixels=(pixels & 0x7FF).astype(np.uint16), **values)
    dataset = pydicom.dcmread(path)
    dataset.compress(JPEGLSLossless, generate_instance_uid=False)
    dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 11, 10, 1
    dataset.save_as(path)
    by_itk = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path)))
    np.testing.assert_array_equal(np.asarray(read_one(path).pixels).squeeze(), pixels.squeeze())
    np.testing.assert_array_equal(by_itk, pixels)


def test_frames_of_single_bits_follow_each_other_inside_a_byte(write_slice: WriteSlice) -> None:
    pixels = np.random.default_rng(2).integers(0, 2, (3, 5, 7)).astype(np.uint8)
    path = write_slice(1, NumberOfFrames=3, BitsAllocated=1, BitsStored=1, HighBit=0, pixels=pixels)
    dataset = pydicom.dcmread(path)
    dataset.PixelData = pack_bits(pixels.ravel(), pad=True)
    dataset.save_as(path)
    series = read_one(path)
    np.testing.assert_array_equal(np.asarray(series.pixels).reshape(pixels.shape), pixels)
    np.testing.assert_array_equal(pydicom.dcmread(path).pixel_array, pixels)


def test_frames_of_an_odd_number_of_bytes_lie_in_swapped_words(write_slice: WriteSlice) -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (3, 5, 7)).astype(np.uint8)
    path = write_slice(1, NumberOfFrames=3, BitsAllocated=8, BitsStored=8, HighBit=7, pixels=pixels)
    dataset = pydicom.dcmread(path)
    words = np.frombuffer(pixels.tobytes() + bytes(1), np.uint16)
    dataset.PixelData = words.byteswap().tobytes()
    swapped = Dataset(dataset)
    swapped.file_meta = dataset.file_meta
    swapped.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    pydicom.dcmwrite(path, swapped, enforce_file_format=True)
    np.testing.assert_array_equal(pydicom.dcmread(path).pixel_array, pixels)
    np.testing.assert_array_equal(read_one(path).pixels, pixels[:, np.newaxis])


def test_two_pixels_of_twelve_bits_in_three_bytes_are_what_itk_reads(
    write_slice: WriteSlice,
) -> None:
    frames = np.stack([image(1), image(2)])
    low, high = frames.reshape(-1, 2).T
    packed = np.stack([low & 0xFF, low >> 8 | (high & 0xF) << 4, high >> 4], axis=-1)
    kind = MultiFrameGrayscaleWordSecondaryCaptureImageStorage
    path = write_slice(1, pixels=frames, BitsAllocated=12, NumberOfFrames=2, SOPClassUID=kind)
    dataset = pydicom.dcmread(path)
    dataset.PixelData = packed.astype(np.uint8).tobytes()
    dataset.save_as(path)
    seen_by_itk = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path)))
    np.testing.assert_array_equal(seen_by_itk, frames)
    np.testing.assert_array_equal(read_one(path).pixels, frames[:, np.newaxis])


def test_turned_floating_point_values_are_negated(write_slice: WriteSlice) -> None:
    path = write_slice(1, WindowCenter=100, WindowWidth=40)
    dataset = pydicom.dcmread(path)
    values = image(1).astype(np.float32) / 7
    del dataset.PixelData
    dataset.FloatPixelData = values.tobytes()
    dataset.BitsAllocated = 32
    dataset.PhotometricInterpretation = "MONOCHROME1"
    for keyword in ("BitsStored", "HighBit", "PixelRepresentation"):
        delattr(dataset, keyword)
    dataset.save_as(path)
    series = read_one(path)
    np.testing.assert_array_equal(series.pixels[0], -values)
    assert series.window == (-120, -80)


@pytest.mark.filterwarnings("ignore:Expected (im|ex)plicit VR")
@pytest.mark.parametrize("implicit", [True, False])
@pytest.mark.parametrize("bits", [8, 16])
def test_a_transfer_syntax_that_contradicts_the_file_shifts_no_pixel(
    implicit: bool, bits: int, write_slice: WriteSlice
) -> None:
    pixels = image(1).astype(f"u{bits // 8}")
    path = write_slice(1, pixels=pixels, BitsAllocated=bits, BitsStored=bits, HighBit=bits - 1)
    dataset = pydicom.dcmread(path)
    dataset.file_meta.TransferSyntaxUID = (
        ExplicitVRLittleEndian if implicit else ImplicitVRLittleEndian
    )
    written = DicomBytesIO()
    write_file_meta_info(written, dataset.file_meta)
    written.is_little_endian, written.is_implicit_VR = True, implicit
    write_dataset(written, dataset)
    path.write_bytes(b"\0" * 128 + b"DICM" + written.getvalue())
    np.testing.assert_array_equal(pydicom.dcmread(path).pixel_array, pixels)
    np.testing.assert_array_equal(read_one(path).pixels[0], pixels)


@pytest.mark.parametrize("dark_is", ["MONOCHROME2", "MONOCHROME1"])
@pytest.mark.parametrize(("signed", "kind"), [(False, "US"), (True, "US"), (False, "OW")])
def test_a_table_of_values_is_applied(
    signed: bool, kind: str, dark_is: str, write_slice: WriteSlice
) -> None:
    table = Dataset()
    first = -100 if signed else 50
    table.add_new(0x00283002, "SS" if signed else "US", [2000, first, 16])
    table.ModalityLUTType = "US"
    values = [(7 * value) % 60000 for value in range(2000)]
    table.add_new(0x00283006, kind, np.array(values, "<u2").tobytes() if kind == "OW" else values)
    pixels = image(1).astype(np.int16 if signed else np.uint16)
    path = write_slice(
        1,
        pixels=pixels,
        PixelRepresentation=int(signed),
        BitsStored=16,
        HighBit=15,
        ModalityLUTSequence=[table],
        PhotometricInterpretation=dark_is,
        WindowCenter=1000,
        WindowWidth=400,
    )
    expected, window = apply_modality_lut(pixels, pydicom.dcmread(path)), (800, 1200)
    if dark_is == "MONOCHROME1":
        # Among which values a table that is turned shows the window, nothing tells.
        expected, window = 65535 - expected, None
    assert not np.array_equal(expected, pixels)
    series = read_one(path)
    np.testing.assert_array_equal(series.pixels[0], expected)
    assert series.window == window


@pytest.mark.parametrize(
    ("centre", "shown"), [(1e9, None), (-5e6, None), (300, (200, 400)), (70000, None)]
)
def test_a_window_that_no_pixel_can_be_in_is_none(
    centre: float, shown: tuple[float, float] | None, write_slice: WriteSlice
) -> None:
    path = write_slice(1, WindowCenter=centre, WindowWidth=200)
    assert read_one(path).window == shown


@pytest.mark.parametrize(
    "edge", [np.s_[:3, 5:9], np.s_[-3:, 5:9], np.s_[4:8, :3], np.s_[4:8, -3:]], ids=str
)
def test_padding_at_any_one_edge_of_an_image_is_dark(edge: Any, write_slice: WriteSlice) -> None:
    pixels = image(1) // 2 + 7
    pixels[edge] = 4095
    path = write_slice(1, pixels=pixels, PixelPaddingValue=4095)
    np.testing.assert_array_equal(read_one(path).pixels[0], darkened(pixels, edge))


def test_white_of_a_coloured_image_is_no_padding(write_slice: WriteSlice) -> None:
    pixels = np.random.default_rng(1).integers(0, 200, (12, 16, 3)).astype(np.uint8)
    pixels[CORNER] = 255
    path = write_slice(1, pixels=image(1).astype(np.uint8))
    dataset = pydicom.dcmread(path)
    dataset.PhotometricInterpretation, dataset.SamplesPerPixel = "RGB", 3
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit, dataset.PlanarConfiguration = 7, 0
    dataset.PixelData = pixels.tobytes()
    dataset.add_new(PADDING, "US", 255)
    dataset.save_as(path)
    expected = pixels @ np.array([0.299, 0.587, 0.114])
    np.testing.assert_allclose(read_one(path).pixels[0], expected, atol=1e-3)


def test_what_a_header_leaves_out_of_its_pixels_is_what_most_mr_has(
    write_slice: WriteSlice,
) -> None:
    path = write_slice(1, PhotometricInterpretation="MONOCHROME1")
    dataset = pydicom.dcmread(path)
    del dataset.SamplesPerPixel, dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit
    dataset.save_as(path)
    np.testing.assert_array_equal(read_one(path).pixels[0], 65535 - image(1))
    dataset.BitsStored = 12
    del dataset.PhotometricInterpretation
    dataset.save_as(path)
    np.testing.assert_array_equal(read_one(path).pixels[0], image(1))


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("signed", [False, True])
def test_a_highest_bit_that_the_values_contradict_shifts_no_pixel(
    signed: bool, packed: bool, write_slice: WriteSlice
) -> None:
    pixels = image(1).astype(np.int16) - 2000 * signed
    path = write_slice(1, pixels=pixels, HighBit=15, PixelRepresentation=int(signed))
    dataset = pydicom.dcmread(path)
    if packed:
        dataset.compress(RLELossless, generate_instance_uid=False)
    dataset.save_as(path)
    np.testing.assert_array_equal(read_one(path).pixels[0], pixels)
    np.testing.assert_array_equal(pydicom.dcmread(path).pixel_array, pixels)


@pytest.mark.parametrize("signed", [False, True])
def test_values_that_fit_no_lower_bits_lie_where_the_header_says(
    signed: bool, write_slice: WriteSlice
) -> None:
    # By one bit at most, and beside others as dark as they are.
    pixels = (image(1) % 300).astype(np.int16) - 150 * signed
    written = (pixels << 4) | 1
    assert 1 << 12 - signed <= written.max() < 1 << 13 - signed
    path = write_slice(1, pixels=written, HighBit=15, PixelRepresentation=int(signed))
    np.testing.assert_array_equal(read_one(path).pixels[0], pixels)


def test_stored_bits_of_a_dark_slice_above_an_overlay(write_slice: WriteSlice) -> None:
    pixels = image(1) % 200
    path = write_slice(1, pixels=(pixels << 4) | 1, HighBit=15)
    dataset = pydicom.dcmread(path)
    dataset.add_new((0x6000, 0x0100), "US", 16)
    dataset.add_new((0x6000, 0x0102), "US", 0)
    dataset.save_as(path)
    np.testing.assert_array_equal(read_one(path).pixels[0], pixels)


def test_a_highest_bit_shifts_no_pixel_that_a_codec_gives_back_alone(
    write_slice: WriteSlice,
) -> None:
    # Nothing lies below bits that the header says to be stored higher.
    pixels = image(1) // 16 * 16
    dataset = pydicom.dcmread(path := write_slice(1, pixels=pixels))
    dataset.compress(JPEGLSLossless, generate_instance_uid=False)
    dataset.HighBit = 15
    dataset.save_as(path)
    by_itk = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path)))
    np.testing.assert_array_equal(by_itk.squeeze(), pixels)
    np.testing.assert_array_equal(read_one(path).pixels[0], pixels)


def test_a_highest_bit_that_cannot_be_shifts_no_pixel(write_slice: WriteSlice) -> None:
    np.testing.assert_array_equal(read_one(write_slice(1, HighBit=7)).pixels[0], image(1))


def test_a_range_of_padding_whose_end_no_pixel_can_have_is_none(write_slice: WriteSlice) -> None:
    pixels = image(1) // 2 + 7
    pixels[CORNER] = 4000
    path = write_slice(1, pixels=pixels, PixelPaddingValue=4000, PixelPaddingRangeLimit=50000)
    np.testing.assert_array_equal(read_one(path).pixels[0], pixels)


def test_numbers_of_double_precision_keep_it(write_slice: WriteSlice) -> None:
    path = write_slice(1)
    dataset = pydicom.dcmread(path)
    values = image(1) / 7
    del dataset.PixelData
    dataset.DoubleFloatPixelData = values.tobytes()
    dataset.BitsAllocated = 64
    for keyword in ("BitsStored", "HighBit", "PixelRepresentation"):
        delattr(dataset, keyword)
    dataset.save_as(path)
    np.testing.assert_array_equal(read_one(path).pixels[0], values)


@pytest.mark.parametrize("bits", [32, 64])
def test_large_whole_numbers_stay_what_they_are(bits: int, write_slice: WriteSlice) -> None:
    pixels = image(1).astype(f"u{bits // 8}") << (bits - 13)
    path = write_slice(1, pixels=pixels, BitsAllocated=bits, BitsStored=bits, HighBit=bits - 1)
    np.testing.assert_array_equal(read_one(path).pixels[0], pixels)
