"""Pictures are series of one slice a page, grey and without geometry."""

from __future__ import annotations

import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageOps

import napari_mrseq
from napari_mrseq.errors import ReadError
from napari_mrseq.reading import read_study
from napari_mrseq.series import Series

SAMPLE = Path(napari_mrseq.__file__).parent / "sample_study"

GREY = np.arange(30 * 20, dtype=np.uint16).reshape(30, 20)
GREY_OF_COLOURS = np.array([0.299, 0.587, 0.114])
PALETTE = np.random.default_rng(0).integers(0, 1 << 16, (3, 256), dtype=np.uint16)


def read_one(path: Path) -> Series:
    study = read_study(path)
    assert study.failures == ()
    (series,) = study.series
    assert series.kind == "picture"
    assert series.affine is None
    assert series.spacing is None
    return series


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.bmp.png"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_grey_values_stay(name: str, dtype: type, tmp_path: Path) -> None:
    array = (GREY % 256).astype(dtype) if dtype is np.uint8 else GREY * 100
    Image.fromarray(array).save(tmp_path / name)
    series = read_one(tmp_path / name)
    assert series.pixels.shape == (1, 30, 20)
    assert series.pixels.dtype == dtype
    np.testing.assert_array_equal(series.pixels[0].compute(), array)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "LA"])
def test_colour_becomes_grey(mode: str, tmp_path: Path) -> None:
    array = np.stack([GREY % 256, GREY % 100, GREY % 50], axis=-1).astype(np.uint8)
    Image.fromarray(array).convert(mode).save(tmp_path / "a.png")
    expected = np.asarray(Image.open(tmp_path / "a.png").convert("RGB").convert("L"))
    np.testing.assert_array_equal(read_one(tmp_path / "a.png").pixels[0].compute(), expected)


def slice_of_the_sample() -> np.ndarray:
    """Return a head as a picture shows it, grey in three equal colours."""
    (series,) = read_study(SAMPLE / "t2_tse_tra").series
    grey = series.pixels[series.pixels.shape[0] // 2].compute().astype(float)
    return np.repeat((grey / grey.max())[..., None], 3, axis=-1)


def annotated(grey: np.ndarray) -> np.ndarray:
    grey[:6, :60] = 1, 1, 0
    grey[40:55, 40:55] = 1, 0, 0
    return grey


def photographed(grey: np.ndarray) -> np.ndarray:
    """A film on a light box, bluish, and noise of the camera."""
    noise = np.random.default_rng(0).normal(0, 0.015, grey.shape)
    return (0.1 + 0.9 * grey) * (0.6, 0.8, 1.0) + noise


def in_a_viewer(grey: np.ndarray) -> np.ndarray:
    """A scan on blue ground, with a frame, lines and letters of several colours."""
    window = np.full((400, 300, 3), (0.15, 0.27, 0.55))
    window[4:-4:392], window[:, 4:-4:292] = (1, 0.5, 0), (0, 0.5, 1)
    window[100 : 100 + grey.shape[0], 50 : 50 + grey.shape[1]] = grey
    window[200], window[:, 150] = (0, 1, 0), (1, 0, 1)
    window[20:90:10, 20:130] = 1, 1, 0
    return window


def dark_beside_words(grey: np.ndarray) -> np.ndarray:
    """A scan in too wide a window: of what isn't black, letters are more."""
    window = np.pad(grey / 2, ((0, 0), (0, 100), (0, 0)))
    window[10:-10:4, -80:] = 1, 1, 0
    return window


def on_a_monitor(grey: np.ndarray) -> np.ndarray:
    """A monitor with wood around it."""
    wood = np.random.default_rng(0).normal((0.45, 0.3, 0.18), 0.02, (300, 260, 3))
    wood[50 : 50 + grey.shape[0], 50 : 50 + grey.shape[1]] += grey - (0.4, 0.25, 0.12)
    return wood


def with_much_noise(grey: np.ndarray) -> np.ndarray:
    """A dark photograph of many pixels, as a telephone takes it."""
    large = np.kron(grey, np.ones((8, 8, 1))) * 0.35 + 0.03
    return large + np.random.default_rng(0).normal(0, 0.03, large.shape)


def mapped(grey: np.ndarray) -> np.ndarray:
    """Black, red, yellow, white, as maps of perfusion are shown."""
    return np.clip(3 * grey - (0, 1, 2), 0, 1)


def directed(grey: np.ndarray) -> np.ndarray:
    """A colour for each direction, as maps of diffusion are shown."""
    return np.stack([*np.abs(np.gradient(grey[..., 0])), grey[..., 0] / 4], axis=-1) * 4


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif"])
@pytest.mark.parametrize(
    ("drawn", "is_scan"),
    [
        (lambda grey: grey, True),
        (annotated, True),
        (photographed, True),
        (in_a_viewer, True),
        (dark_beside_words, True),
        (on_a_monitor, True),
        (with_much_noise, True),
        (mapped, False),
        (directed, False),
    ],
)
def test_a_picture_in_colours_is_no_scan(
    drawn: Callable[[np.ndarray], np.ndarray], is_scan: bool, name: str, tmp_path: Path
) -> None:
    pixels = (drawn(slice_of_the_sample()).clip(0, 1) * 255).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / name)
    assert read_one(tmp_path / name).is_mr == is_scan


@pytest.mark.parametrize("kind", ["real", "deep", "planar", "packed"])
def test_colours_of_any_tiff_count(kind: str, tmp_path: Path) -> None:
    colours = mapped(slice_of_the_sample())
    path, short = tmp_path / "a.tif", (colours * 255).astype(np.uint8)
    if kind == "real":
        tifffile.imwrite(path, colours.astype(np.float32), photometric="rgb")
    elif kind == "deep":
        tifffile.imwrite(path, (colours * 65535).astype(np.uint16), photometric="rgb")
    elif kind == "planar":
        apart = np.moveaxis(short, -1, 0)
        tifffile.imwrite(path, apart, photometric="rgb", planarconfig="separate")
    else:
        Image.fromarray(short).save(path, compression="tiff_lzw")
    assert not read_one(path).is_mr


@pytest.mark.parametrize("most", [1, 4095])
def test_a_tinted_tiff_of_real_numbers_is_a_scan_however_bright(most: int, tmp_path: Path) -> None:
    tinted = photographed(slice_of_the_sample()).clip(0) * most
    tifffile.imwrite(tmp_path / "a.tif", tinted.astype(np.float32), photometric="rgb")
    assert read_one(tmp_path / "a.tif").is_mr


def test_colours_of_a_palette_count_and_opacity_does_not(tmp_path: Path) -> None:
    grey = slice_of_the_sample()
    coloured = Image.fromarray((mapped(grey) * 255).astype(np.uint8))
    coloured.convert("P").save(tmp_path / "palette.png")
    white = np.full((*grey.shape[:2], 4), 255, np.uint8)
    white[..., 3] = grey[..., 0] * 255
    Image.fromarray(white).save(tmp_path / "opacity.png")
    assert not read_one(tmp_path / "palette.png").is_mr
    assert read_one(tmp_path / "opacity.png").is_mr


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_frames_of_an_animated_png_are_pages(mode: str, tmp_path: Path) -> None:
    grey = np.stack([np.roll(GREY % 256, 3 * frame, axis=0) for frame in range(5)]).astype(np.uint8)
    first, *others = [Image.fromarray(frame).convert(mode) for frame in grey]
    first.save(tmp_path / "a.png", save_all=True, append_images=others)
    np.testing.assert_array_equal(read_one(tmp_path / "a.png").pixels, grey)


def test_an_animated_png_that_names_too_many_frames_is_damaged(tmp_path: Path) -> None:
    first, second = Image.fromarray(GREY.astype(np.uint8)), Image.new("L", (20, 30))
    first.save(tmp_path / "a.png", save_all=True, append_images=[second])
    written = bytearray((tmp_path / "a.png").read_bytes())
    # Count of frames, number of plays and check sum of the chunk that says both.
    start = written.index(b"acTL")
    written[start + 4 : start + 8] = (1 << 30).to_bytes(4, "big")
    crc = zlib.crc32(written[start : start + 12])
    written[start + 12 : start + 16] = crc.to_bytes(4, "big")
    (tmp_path / "a.png").write_bytes(written)
    (failure,) = read_study(tmp_path / "a.png").failures
    assert "can't hold the 1073741824 frames it names" in failure.cause


@pytest.mark.parametrize("colour", [0, 255])
def test_a_picture_drawn_in_its_opacity_alone_is_seen(colour: int, tmp_path: Path) -> None:
    opacity = (GREY % 256).astype(np.uint8)
    samples = np.dstack([np.full_like(opacity, colour)] * 3 + [opacity])
    Image.fromarray(samples).save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_one(tmp_path / "a.png").pixels[0], opacity)


def test_a_blank_picture_without_opacity_stays_blank(tmp_path: Path) -> None:
    Image.new("RGBA", (20, 30), (90, 90, 90, 255)).save(tmp_path / "a.png")
    assert np.all(read_one(tmp_path / "a.png").pixels == 90)


def test_a_palette_with_opacity_is_read_without_a_word(tmp_path: Path) -> None:
    opacity = bytes(range(256))
    image = Image.fromarray((GREY % 256).astype(np.uint8)).convert("P")
    image.save(tmp_path / "a.png", transparency=opacity)
    expected = np.asarray(image.convert("RGB").convert("L"))
    # Warnings are errors here.
    np.testing.assert_array_equal(read_one(tmp_path / "a.png").pixels[0], expected)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_picture_stands_as_the_camera_was_held(orientation: int, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray((GREY % 256).astype(np.uint8)).save(tmp_path / "a.png", exif=exif)
    with Image.open(tmp_path / "a.png") as image:
        expected = np.asarray(ImageOps.exif_transpose(image))
    series = read_one(tmp_path / "a.png")
    assert series.pixels.shape[1:] == expected.shape
    np.testing.assert_array_equal(series.pixels[0].compute(), expected)


def upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Return pixels as Pillow turns them."""
    image = Image.fromarray(pixels)
    image.getexif()[0x0112] = orientation
    return np.asarray(ImageOps.exif_transpose(image))


def write_turned(path: Path, pixels: np.ndarray, orientation: int, kind: str) -> None:
    """Write pages whose tag says how they stand, in one of the ways that programs do."""
    tag = {"extratags": [(0x0112, 3, 1, orientation)]}
    photometric = "rgb" if pixels.shape[-1] == 3 else "minisblack"
    if kind == "packed by Pillow":
        pages = [Image.fromarray(page) for page in pixels]
        tags = {0x0112: orientation}
        pages[0].save(
            path, save_all=True, append_images=pages[1:], compression="tiff_lzw", tiffinfo=tags
        )
    elif kind == "page by page":
        with tifffile.TiffWriter(path) as writer:
            for page in pixels:
                writer.write(page, photometric=photometric, metadata=None, **tag)
    else:
        tifffile.imwrite(path, pixels, photometric=photometric, **tag)


@pytest.mark.parametrize("kind", ["one stack", "page by page", "packed by Pillow"])
@pytest.mark.parametrize("colours", [(), (3,)], ids=["grey", "colour"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pages_of_a_tiff_stand_as_their_tag_says(
    orientation: int, colours: tuple[int, ...], kind: str, tmp_path: Path
) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (3, 30, 20, *colours)).astype(np.uint8)
    write_turned(tmp_path / "a.tif", pixels, orientation, kind)
    stand = [upright(page, orientation) for page in pixels]
    expected = [page @ GREY_OF_COLOURS if colours else page for page in stand]
    shown = read_one(tmp_path / "a.tif").pixels
    assert shown.shape == np.shape(expected)
    np.testing.assert_allclose(shown.compute(), expected, atol=1e-3)


@pytest.mark.parametrize("orientation", [3, 6])
def test_a_palette_tiff_stands_as_its_tag_says(orientation: int, tmp_path: Path) -> None:
    indices = (GREY % 256).astype(np.uint8)
    tag = {"extratags": [(0x0112, 3, 1, orientation)]}
    tifffile.imwrite(tmp_path / "a.tif", indices, photometric="palette", colormap=PALETTE, **tag)
    colours = (PALETTE >> 8)[:, upright(indices, orientation)]
    shown = read_one(tmp_path / "a.tif").pixels[0].compute()
    np.testing.assert_allclose(shown, np.tensordot(GREY_OF_COLOURS, colours, axes=1), atol=1)


def test_a_page_that_lies_on_its_side_among_others_is_named(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        for orientation in (1, 6):
            tag = (0x0112, 3, 1, orientation)
            writer.write(GREY, photometric="minisblack", metadata=None, extratags=[tag])
    pixels = read_one(tmp_path / "a.tif").pixels
    np.testing.assert_array_equal(pixels[0].compute(), GREY)
    with pytest.raises(ReadError, match=r"a\.tif.*page 2 lies on its side"):
        pixels[1].compute()


def test_jpg_under_another_name(tmp_path: Path) -> None:
    Image.fromarray((GREY % 256).astype(np.uint8)).save(tmp_path / "a.jpg")
    (tmp_path / "a.jpg").rename(tmp_path / "picture")
    series = read_one(tmp_path / "picture")
    assert series.pixels[0].compute().shape == (30, 20)


def test_pages_of_a_tiff_are_slices(tmp_path: Path) -> None:
    stack = np.stack([GREY + i for i in range(5)])
    tifffile.imwrite(tmp_path / "a.tif", stack)
    series = read_one(tmp_path / "a.tif")
    assert series.pixels.shape == (5, 30, 20)
    np.testing.assert_array_equal(series.pixels.compute(), stack)


def test_compressed_pages_are_read(tmp_path: Path) -> None:
    pages = [Image.fromarray(((GREY + i) % 256).astype(np.uint8)) for i in range(3)]
    pages[0].save(
        tmp_path / "a.tif", save_all=True, append_images=pages[1:], compression="tiff_lzw"
    )
    series = read_one(tmp_path / "a.tif")
    np.testing.assert_array_equal(series.pixels[2].compute(), np.asarray(pages[2]))


def write_lzw(path: Path, pixels: np.ndarray, **options: Any) -> None:
    """Write a page packed by LZW, which tifffile can't pack by itself."""
    Image.fromarray(pixels.view(np.uint8)).save(path, compression="tiff_lzw")
    with tifffile.TiffFile(path) as tiff:
        (start,), (size,) = tiff.pages[0].dataoffsets, tiff.pages[0].databytecounts
    packed = path.read_bytes()[start : start + size]
    tifffile.imwrite(path, pixels, byteorder=pixels.dtype.byteorder, **options)
    written = path.read_bytes()
    path.write_bytes(written + packed)
    with tifffile.TiffFile(path, mode="r+") as tiff:
        tags = tiff.pages[0].tags
        tags["Compression"].overwrite(tifffile.COMPRESSION.LZW)
        tags["StripOffsets"].overwrite(len(written))
        tags["StripByteCounts"].overwrite(size)


@pytest.mark.parametrize("dtype", [">u2", ">i2", ">i4", ">f4", "<i2", "<i4", "<f4"])
def test_compressed_pages_of_either_byte_order_keep_their_values(
    dtype: str, tmp_path: Path
) -> None:
    pixels = (GREY * 100).astype(dtype)
    if pixels.dtype.kind != "u":
        pixels -= 7000
    write_lzw(tmp_path / "a.tif", pixels)
    np.testing.assert_array_equal(read_one(tmp_path / "a.tif").pixels[0], pixels)


@pytest.mark.parametrize("dtype", ["<u2", "<f4", ">f4"])
def test_compressed_pages_whose_white_is_low_are_turned_as_plain_ones_are(
    dtype: str, tmp_path: Path
) -> None:
    pixels = (GREY * 100).astype(dtype)
    write_lzw(tmp_path / "packed.tif", pixels, photometric="miniswhite")
    tifffile.imwrite(tmp_path / "plain.tif", pixels, photometric="miniswhite")
    packed, plain = (read_one(tmp_path / f"{name}.tif").pixels for name in ("packed", "plain"))
    np.testing.assert_array_equal(packed, plain)


def test_pages_packed_as_zstd_are_read(tmp_path: Path) -> None:
    Image.fromarray((GREY * 100).astype(np.uint16)).save(tmp_path / "a.tif", compression="zstd")
    np.testing.assert_array_equal(read_one(tmp_path / "a.tif").pixels[0], GREY * 100)


def test_pages_of_12_bits_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    pixels = GREY * 6
    first, second = pixels[:, ::2], pixels[:, 1::2]
    packed = np.stack([first >> 4, (first & 15) << 4 | second >> 8, second & 255], axis=-1)
    tifffile.imwrite(path, packed.reshape(30, 30).astype(np.uint8))
    with tifffile.TiffFile(path, mode="r+") as tiff:
        tiff.pages[0].tags["ImageWidth"].overwrite(20)
        tiff.pages[0].tags["BitsPerSample"].overwrite(12)
    np.testing.assert_array_equal(read_one(path).pixels[0], pixels)


@pytest.mark.skipif(find_spec("imagecodecs") is not None, reason="imagecodecs reads them")
def test_pages_packed_in_a_way_that_is_not_read_are_told_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    write_lzw(path, GREY.astype("<f8"))
    said = "pages of float64 packed as LZW can't be read: save it without compression"
    with pytest.raises(ReadError, match=f"^{re.escape(f'{path}: {said}')}$"):
        read_one(path).pixels.compute()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_where_a_tiff_says_that_white_is_low_it_is_turned(dtype: type, tmp_path: Path) -> None:
    pixels = (GREY % 200).astype(dtype)
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="miniswhite")
    highest = 0 if dtype is np.float32 else np.iinfo(dtype).max
    np.testing.assert_array_equal(read_one(tmp_path / "a.tif").pixels[0], highest - pixels)


def test_colours_of_a_tiff_in_planes_of_their_own(tmp_path: Path) -> None:
    colours = np.random.default_rng(0).integers(0, 256, (3, 30, 20)).astype(np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", colours, photometric="rgb", planarconfig="separate")
    expected = np.tensordot(GREY_OF_COLOURS, colours, axes=1)
    np.testing.assert_allclose(read_one(tmp_path / "a.tif").pixels[0], expected, atol=1e-3)


def test_a_tiff_whose_pages_are_volumes_is_named(tmp_path: Path) -> None:
    volume = np.zeros((16, 32, 32), np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", volume, volumetric=True, tile=(16, 16, 16))
    (failure,) = read_study(tmp_path / "a.tif").failures
    assert "holds several slices: save each as its own page" in failure.cause


def test_colour_tiff(tmp_path: Path) -> None:
    array = np.stack([GREY % 256, GREY % 100, GREY % 50], axis=-1).astype(np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", array, photometric="rgb")
    expected = array @ np.array([0.299, 0.587, 0.114])
    np.testing.assert_allclose(
        read_one(tmp_path / "a.tif").pixels[0].compute(), expected, atol=1e-3
    )


@pytest.mark.parametrize("mode", ["CMYK", "YCbCr", "LAB"])
def test_colours_of_a_tiff_that_are_not_red_green_and_blue(mode: str, tmp_path: Path) -> None:
    bands = len(Image.new(mode, (1, 1)).getbands())
    written = np.stack([GREY * step % 256 for step in range(1, bands + 1)], axis=-1)
    Image.frombytes(mode, (20, 30), written.astype(np.uint8).tobytes()).save(tmp_path / "a.tif")
    with Image.open(tmp_path / "a.tif") as image:
        expected = np.asarray(image.convert("RGB")) @ GREY_OF_COLOURS
    shown = read_one(tmp_path / "a.tif").pixels[0].compute()
    np.testing.assert_allclose(shown, expected, atol=1e-3)


def test_damaged_pictures_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"rubbish" * 10)
    (tmp_path / "b.tif").write_bytes(b"II*\0" + b"rubbish" * 10)
    (tmp_path / "c.jpg").write_bytes(b"\xff\xd8\xff" + b"rubbish" * 10)
    study = read_study(tmp_path)
    assert study.series == ()
    assert [Path(failure.path).name for failure in study.failures[:3]] == [
        "a.png", "b.tif", "c.jpg",
    ]  # fmt: skip


def test_a_tiff_file_whose_pages_lie_nowhere_is_called_damaged(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(b"II*\0" + b"\xff" * 20)
    (failure,) = read_study(tmp_path / "a.tif").failures
    assert failure.cause.startswith("damaged: a TIFF file without a page")


def test_absurdly_large_picture_is_not_opened(tmp_path: Path) -> None:
    Image.new("1", (20_000, 20_000)).save(tmp_path / "a.png")
    (failure,) = read_study(tmp_path / "a.png").failures
    assert "20000 x 20000" in failure.cause or "400000000 pixels" in failure.cause


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint32, np.float32, np.bool_])
@pytest.mark.parametrize("compression", [None, "zlib"])
def test_pages_of_every_type(dtype: type, compression: str | None, tmp_path: Path) -> None:
    pages = np.stack([GREY % 251, GREY % 2, GREY // 4]).astype(dtype)
    tifffile.imwrite(tmp_path / "a.tif", pages, compression=compression, photometric="minisblack")
    np.testing.assert_array_equal(read_one(tmp_path / "a.tif").pixels.compute(), pages)


def test_time_and_slice_of_a_tiff_file(tmp_path: Path) -> None:
    pages = np.arange(2 * 3 * 30 * 20, dtype=np.uint16).reshape(2, 3, 30, 20)
    tifffile.imwrite(tmp_path / "a.ome.tif", pages, metadata={"axes": "TZYX"})
    series = read_one(tmp_path / "a.ome.tif")
    np.testing.assert_array_equal(series.pixels.compute(), pages)
    assert series.volume_axis is not None


@pytest.mark.parametrize("axes", ["ZYX", "ZCYX", "CZYX", "TZCYX"])
@pytest.mark.parametrize("photometric", ["minisblack", "miniswhite"])
def test_a_stack_with_one_directory_for_all_its_pages_is_read(
    axes: str, photometric: str, tmp_path: Path
) -> None:
    shape = [{"T": 3, "Z": 5, "C": 2, "Y": 8, "X": 9}[axis] for axis in axes]
    stack = np.random.default_rng(4).integers(0, 60000, shape).astype(np.uint16)
    path = tmp_path / "a.tif"
    tifffile.imwrite(
        path, stack, truncate=True, metadata={"axes": axes}, photometric=photometric, byteorder=">"
    )
    series = read_one(path)
    stack = np.moveaxis(tifffile.imread(path), axes.index("Z"), -3)
    expected = stack.reshape(-1, 5, 8, 9) if len(axes) > 3 else stack
    expected = ~expected if photometric == "miniswhite" else expected
    np.testing.assert_array_equal(series.pixels.compute(), expected)


@pytest.mark.parametrize("axes", ["ZCYX", "TZCYX"])
def test_channels_of_an_imagej_stack_are_volumes(axes: str, tmp_path: Path) -> None:
    shape = [{"T": 3, "Z": 5, "C": 2, "Y": 8, "X": 9}[axis] for axis in axes]
    stack = np.arange(np.prod(shape), dtype=np.uint16).reshape(shape)
    tifffile.imwrite(tmp_path / "a.tif", stack, imagej=True, metadata={"axes": axes})
    (series,) = read_study(tmp_path / "a.tif").series
    expected = np.moveaxis(stack, axes.index("Z"), -3).reshape(-1, 5, 8, 9)
    np.testing.assert_array_equal(series.pixels.compute(), expected)


def test_complex_tiff_file_shows_its_magnitude(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.full((6, 7), 3 + 4j, np.complex64))
    (series,) = read_study(tmp_path / "a.tif").series
    np.testing.assert_allclose(series.pixels[0].compute(), 5)


def test_opacity_of_a_grey_tiff_file_is_no_grey(tmp_path: Path) -> None:
    grey = np.arange(35, dtype=np.uint8).reshape(5, 7) * 7
    with_opacity = np.stack([grey, np.full_like(grey, 200)], axis=-1)
    options = {"photometric": "minisblack", "extrasamples": ["unassalpha"]}
    tifffile.imwrite(tmp_path / "a.tif", with_opacity, planarconfig="contig", **options)
    (series,) = read_study(tmp_path / "a.tif").series
    np.testing.assert_array_equal(series.pixels[0].compute(), grey)


def test_palette_of_a_tiff_file(tmp_path: Path) -> None:
    tifffile.imwrite(
        tmp_path / "a.tif", (GREY % 256).astype(np.uint8), photometric="palette", colormap=PALETTE
    )
    colours = (PALETTE >> 8)[:, GREY % 256]
    expected = np.tensordot([0.299, 0.587, 0.114], colours, axes=1)
    shown = read_one(tmp_path / "a.tif").pixels[0].compute()
    np.testing.assert_allclose(shown, expected, atol=1)


def test_pages_of_another_size_are_told(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        writer.write(GREY)
        writer.write(GREY[:10])
    series = read_one(tmp_path / "a.tif")
    assert series.pixels.shape == (1, 30, 20)
    assert series.warnings == ("1 page of another kind than the first is left out",)


@pytest.mark.parametrize(
    "options",
    [{}, {"metadata": None}, {"contiguous": False}, {"contiguous": True}, {"compression": "zlib"}],
    ids=str,
)
def test_pages_written_one_by_one_are_a_stack(options: dict[str, Any], tmp_path: Path) -> None:
    stack = np.stack([GREY + i for i in range(6)])
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        for page in stack:
            writer.write(page, **options)
    series = read_one(tmp_path / "a.tif")
    assert series.warnings == ()
    np.testing.assert_array_equal(series.pixels.compute(), stack)


@pytest.mark.parametrize("form", [{"byteorder": "<"}, {"byteorder": ">"}, {"bigtiff": True}])
def test_palette_pages_written_one_by_one_are_a_stack(form: dict[str, Any], tmp_path: Path) -> None:
    stack = np.stack([(GREY + i) % 256 for i in range(3)]).astype(np.uint8)
    with tifffile.TiffWriter(tmp_path / "a.tif", **form) as writer:
        for page in stack:
            writer.write(page, photometric="palette", colormap=PALETTE)
    shown = read_one(tmp_path / "a.tif").pixels.compute()
    expected = np.tensordot([0.299, 0.587, 0.114], (PALETTE >> 8)[:, stack], axes=1)
    np.testing.assert_allclose(shown, expected, atol=1)


def test_stacks_written_one_by_one_are_volumes(tmp_path: Path) -> None:
    volumes = np.arange(2 * 4 * 30 * 20, dtype=np.uint16).reshape(2, 4, 30, 20)
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        for volume in volumes:
            writer.write(volume, photometric="minisblack", contiguous=False)
        writer.write(GREY[:10])
        writer.write(GREY.astype(np.float32))
    series = read_one(tmp_path / "a.tif")
    np.testing.assert_array_equal(series.pixels.compute(), volumes)
    assert series.volume_axis is not None
    assert series.warnings == ("2 pages of another kind than the first are left out",)


@pytest.mark.parametrize("shape", [(2, 5, 30, 20), (2, 3, 5, 30, 20), (1, 5, 30, 20)], ids=str)
@pytest.mark.parametrize("colours", [(), (3,)], ids=["grey", "colour"])
def test_volumes_whose_axes_have_no_name(
    shape: tuple[int, ...], colours: tuple[int, ...], tmp_path: Path
) -> None:
    array = np.random.default_rng(0).integers(0, 255, (*shape, *colours)).astype(np.uint8)
    kind = "rgb" if colours else "minisblack"
    tifffile.imwrite(tmp_path / "a.tif", array, photometric=kind)
    values = read_one(tmp_path / "a.tif").pixels.compute()
    expected = array @ np.array([0.299, 0.587, 0.114]) if colours else array
    np.testing.assert_allclose(values.reshape(shape), expected, atol=1e-3)
    assert values.shape[-3] == 5


def test_the_small_copy_before_a_picture_is_passed_over(tmp_path: Path) -> None:
    pixels = np.arange(40 * 30, dtype=np.uint16).reshape(40, 30)
    with tifffile.TiffWriter(tmp_path / "a.tif") as tiff:
        tiff.write(pixels[::4, ::4], subfiletype=1, metadata=None)
        tiff.write(pixels, metadata=None)
    series = read_one(tmp_path / "a.tif")
    np.testing.assert_array_equal(series.pixels, pixels[None])
    assert series.warnings == ()


@pytest.mark.parametrize("dtype", [np.int32, np.float32])
def test_packed_grey_pages_keep_their_values(dtype: type, tmp_path: Path) -> None:
    pixels = (GREY.astype(dtype) - 300) * 1000
    Image.fromarray(pixels).save(tmp_path / "a.tif", compression="tiff_lzw")
    np.testing.assert_array_equal(read_one(tmp_path / "a.tif").pixels[0], pixels)


def test_opacity_of_a_colour_tiff_file_is_no_colour(tmp_path: Path) -> None:
    samples = np.random.default_rng(0).integers(0, 256, (30, 20, 4)).astype(np.uint8)
    options = {"photometric": "rgb", "extrasamples": ["unassalpha"]}
    tifffile.imwrite(tmp_path / "a.tif", samples, **options)
    expected = samples[..., :3] @ GREY_OF_COLOURS
    np.testing.assert_allclose(read_one(tmp_path / "a.tif").pixels[0], expected, atol=1e-3)


def test_a_palette_is_as_grey_as_the_colours_in_it(tmp_path: Path) -> None:
    indices = (GREY % 256).astype(np.uint8)
    colours = np.moveaxis(PALETTE[:, indices] >> 8, 0, -1).astype(np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", indices, photometric="palette", colormap=PALETTE)
    tifffile.imwrite(tmp_path / "b.tif", colours, photometric="rgb")
    palette, plain = (read_one(tmp_path / name).pixels[0].compute() for name in ("a.tif", "b.tif"))
    np.testing.assert_allclose(palette, plain, atol=1e-3)


def test_pixels_are_of_the_type_they_are_announced_as(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", GREY, byteorder=">")
    tifffile.imwrite(tmp_path / "b.tif", np.full((6, 7), 3 + 4j, np.complex64))
    for name, dtype in (("a.tif", np.uint16), ("b.tif", np.float32)):
        pixels = read_one(tmp_path / name).pixels
        for found in (pixels.dtype, pixels.compute().dtype):
            assert found == dtype
            assert found.isnative


def test_the_small_copy_inside_a_jpg_is_no_page(tmp_path: Path) -> None:
    picture = Image.fromarray((GREY % 256).astype(np.uint8))
    small = picture.resize((10, 15))
    picture.save(tmp_path / "a.jpg", format="MPO", save_all=True, append_images=[small])
    series = read_one(tmp_path / "a.jpg")
    assert series.pixels.compute().shape == (1, 30, 20)


def test_a_small_copy_alone_is_the_picture(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", GREY, subfiletype=1)
    series = read_one(tmp_path / "a.tif")
    np.testing.assert_array_equal(series.pixels[0], GREY)
    assert series.warnings == ()


def test_a_further_image_of_an_ome_file_is_told_and_left_out(tmp_path: Path) -> None:
    stack = np.stack([GREY + i for i in range(3)])
    with tifffile.TiffWriter(tmp_path / "a.ome.tif") as writer:
        writer.write(stack, photometric="minisblack")
        writer.write(stack + 900, photometric="minisblack")
    series = read_one(tmp_path / "a.ome.tif")
    np.testing.assert_array_equal(series.pixels, stack)
    assert series.warnings == ("3 pages of another kind than the first are left out",)


def write_ome(path: Path, pages: Sequence[np.ndarray], size: int, told: Sequence[str]) -> None:
    """Write a stack of slices whose planes an OME file tells of, each page its own."""
    space = "http://www.openmicroscopy.org/Schemas/OME/2016-06"
    text = (
        f'<OME xmlns="{space}" UUID="urn:uuid:{path.stem}"><Image ID="Image:0">'
        f'<Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint16" SizeX="{GREY.shape[1]}" '
        f'SizeY="{GREY.shape[0]}" SizeC="1" SizeT="1" SizeZ="{size}">{"".join(told)}</Pixels>'
        "</Image></OME>"
    )
    with tifffile.TiffWriter(path) as writer:
        for number, page in enumerate(pages):
            writer.write(page, metadata=None, description=text if number == 0 else None)


def test_a_slice_that_an_ome_file_tells_nothing_of_shifts_no_other(tmp_path: Path) -> None:
    pages = [GREY + 100 * number for number in range(4)]
    told = [f'<TiffData FirstZ="{z}" IFD="{z}" PlaneCount="1"/>' for z in (0, 2, 3)]
    write_ome(tmp_path / "a.ome.tif", pages, 4, told)
    pixels = read_one(tmp_path / "a.ome.tif").pixels
    for number in (0, 2, 3):
        np.testing.assert_array_equal(pixels[number], pages[number])
    with pytest.raises(ReadError, match="page 2, which it tells of, is not in it"):
        pixels[1].compute()


def test_slices_of_an_ome_image_in_two_files_come_from_both(tmp_path: Path) -> None:
    pages = [GREY + 100 * number for number in range(4)]
    told = [
        f'<TiffData FirstZ="{first}" IFD="0" PlaneCount="2">'
        f'<UUID FileName="{name}.ome.tif">urn:uuid:{name}.ome</UUID></TiffData>'
        for first, name in ((0, "a"), (2, "b"))
    ]
    # Each file has as many pages as the image, of which it tells nothing.
    write_ome(tmp_path / "a.ome.tif", [*pages[:2], GREY, GREY], 4, told)
    write_ome(tmp_path / "b.ome.tif", [*pages[2:], GREY, GREY], 4, told)
    np.testing.assert_array_equal(read_one(tmp_path / "a.ome.tif").pixels, pages)


@pytest.mark.parametrize("differs", ["values", "white"])
def test_pages_of_another_kind_written_one_by_one_are_told(differs: str, tmp_path: Path) -> None:
    grey = (GREY % 256).astype(np.uint8)
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        writer.write(grey, photometric="minisblack")
        if differs == "values":
            writer.write(GREY * 100, photometric="minisblack")
        else:
            writer.write(grey, photometric="miniswhite")
    series = read_one(tmp_path / "a.tif")
    np.testing.assert_array_equal(series.pixels, grey[np.newaxis])
    assert series.warnings == ("1 page of another kind than the first is left out",)


def test_a_grey_tiff_that_speaks_of_planes_is_not_turned(tmp_path: Path) -> None:
    Image.fromarray(GREY).save(tmp_path / "a.tif")
    with tifffile.TiffFile(tmp_path / "a.tif", mode="r+") as tiff:
        tiff.pages[0].tags["PlanarConfiguration"].overwrite(tifffile.PLANARCONFIG.SEPARATE)
    np.testing.assert_array_equal(read_one(tmp_path / "a.tif").pixels[0], GREY)


@pytest.mark.parametrize(
    ("size", "told"), [((0, 20), "20 x 0"), ((100_000, 100_000), "100000 x 100000")], ids=str
)
def test_a_tiff_of_an_absurd_size_is_named(
    size: tuple[int, int], told: str, tmp_path: Path
) -> None:
    tifffile.imwrite(tmp_path / "a.tif", GREY, metadata=None)
    with tifffile.TiffFile(tmp_path / "a.tif", mode="r+") as tiff:
        for tag, value in zip(("ImageLength", "ImageWidth"), size, strict=True):
            tiff.pages[0].tags[tag].overwrite(value)
    (failure,) = read_study(tmp_path / "a.tif").failures
    assert failure.cause == f"an image of {told} pixels is no slice"


def test_the_largest_picture_is_read(tmp_path: Path) -> None:
    Image.new("1", (8192, 8192)).save(tmp_path / "a.png")
    assert read_one(tmp_path / "a.png").pixels.shape == (1, 8192, 8192)


def test_a_damaged_picture_is_called_by_its_path_once(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(60))
    (failure,) = read_study(path).failures
    assert failure.words.count(str(path)) == 1


def test_what_a_camera_says_in_rubbish_harms_no_picture(tmp_path: Path) -> None:
    grey = (GREY % 256).astype(np.uint8)
    Image.fromarray(grey).save(tmp_path / "a.png", exif=b"rubbish" * 5)
    np.testing.assert_array_equal(read_one(tmp_path / "a.png").pixels[0], grey)


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_a_picture_cut_off_inside_its_pixels_is_named_when_they_are_asked_for(
    name: str, tmp_path: Path
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 200)).astype(np.uint8)
    path = tmp_path / name
    Image.fromarray(noise).save(path)
    written = path.read_bytes()
    # Pillow writes the directory of a TIFF file before its pixels.
    path.write_bytes(written[: len(written) // 2])
    series = read_one(path)
    with pytest.raises(ReadError, match=rf"{name}: picture can't be decoded"):
        series.pixels.compute()


def test_a_png_of_which_a_byte_is_another_is_damaged(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 200)).astype(np.uint8)
    path = tmp_path / "a.png"
    Image.fromarray(noise).save(path)
    written = bytearray(path.read_bytes())
    written[len(written) // 2] ^= 255
    path.write_bytes(written)
    series = read_one(path)
    with pytest.raises(ReadError, match=r"a\.png: picture can't be decoded \(it is damaged"):
        series.pixels.compute()


def test_the_word_of_a_verdict_in_a_name_is_not_told_of_the_series(tmp_path: Path) -> None:
    path = tmp_path / "[T2 51%] knee.png"
    Image.fromarray(GREY).save(path)
    assert read_one(path).description == "knee"


@pytest.mark.parametrize("order", "<>")
def test_a_big_tiff_is_read(order: str, tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", GREY, bigtiff=True, byteorder=order)
    np.testing.assert_array_equal(read_one(tmp_path / "a.tif").pixels[0], GREY)


def test_a_damaged_picture_puts_no_word_of_a_library_on_the_screen(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, np.zeros((4, 8, 9), np.uint8), photometric="minisblack")
    written = path.read_bytes()
    # Samples per pixel: one number, which is 1.
    tag = struct.pack("<HHIH", 277, 3, 1, 1)
    path.write_bytes(written.replace(tag, tag[:-2] + b"\x5a\0"))
    read = (
        "import sys, napari_mrseq.reading as r; from napari_mrseq.errors import ReadError\n"
        "try: r.read(sys.argv[1])[0].pixels.compute()\n"
        "except ReadError: pass"
    )
    ran = subprocess.run([sys.executable, "-c", read, path], capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")
