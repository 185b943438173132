"""Copies, re-exports and denoised twins: nothing is merged, nothing is lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.encaps import encapsulate, get_frame
from pydicom.uid import DeflatedExplicitVRLittleEndian, RLELossless

from napari_mrseq.reading import read_study
from tests.reading.read_back import read_one
from tests.reading.scanner_files import AXIAL, SERIES_UID, WriteSlice, image, positions_along

PLACES = positions_along(AXIAL, 4)


@pytest.fixture
def write_folder(write_slice: WriteSlice):
    """Return a function that writes slices of one series into a folder."""

    def write(folder: str, numbers=(1, 2, 3, 4), *, uids_from=0, pixels_from=0, **values) -> Path:
        for number in numbers:
            path = write_slice(
                number,
                PLACES[number - 1],
                name=f"{folder}/{number}.dcm",
                pixels=image(number + pixels_from),
                SOPInstanceUID=f"{SERIES_UID}.{number + uids_from}",
                **values,
            )
        return path.parent

    return write


def shapes(*paths: Path) -> list[tuple[int, ...]]:
    return [series.pixels.shape[:-2] for series in read_study(paths).series]


def test_a_copy_given_as_a_path_of_its_own_is_a_series_of_its_own(write_folder) -> None:
    first, second = write_folder("a"), write_folder("b")
    study = read_study([first, second])
    assert [series.path for series in study.series] == [str(first), str(second)]
    assert shapes(first, second) == [(4,), (4,)]


def test_true_copies_below_one_path_are_shown_once_and_named(write_folder) -> None:
    write_folder("a")
    root = write_folder("backup").parent
    (series,) = read_study(root).series
    assert series.pixels.shape[0] == 4
    assert series.warnings[0].startswith("duplicate: the instances of backup/1.dcm, backup/2.dcm")


@pytest.mark.parametrize(("changed", "expected"), [(0, [(4,)]), (10, [(4,), (4,)])])
def test_deflated_copies_are_shown_once_as_others_are(write_folder, changed, expected) -> None:
    for folder in (write_folder("a"), write_folder("backup", pixels_from=changed)):
        for path in folder.iterdir():
            dataset = dcmread(path)
            dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
            dataset.save_as(path)
    assert shapes(folder.parent) == expected


def test_a_copy_packed_without_loss_counts_once_beside_its_original(write_folder) -> None:
    original = write_folder("orig")
    pack(original, original)
    (series,) = read_study(original.parent).series
    assert series.pixels.shape[0] == 4
    assert series.warnings[0].startswith("duplicate: the instances of orig/packed_1.dcm")


def test_an_export_packed_anew_into_another_folder_is_a_series_of_its_own(write_folder) -> None:
    original = write_folder("orig")
    pack(original, original.parent / "packed")
    assert shapes(original.parent) == [(4,), (4,)]


@pytest.mark.parametrize(("changed", "expected"), [(0, (4,)), (10, (2, 4))])
def test_copies_that_two_encoders_packed_are_shown_once_as_others_are(
    write_folder, changed: int, expected: tuple[int, ...]
) -> None:
    folder = write_folder("orig")
    pack(folder, folder.parent / "packed")
    pack(write_folder("orig", pixels_from=changed), folder)
    for path in folder.glob("packed*"):
        dataset = dcmread(path)
        # Bytes of 128 end a run without a pixel (PS3.5, G.3.1).
        frame = get_frame(dataset.PixelData, 0, number_of_frames=1) + b"\x80\x80"
        dataset.PixelData = encapsulate([frame])
        dataset.save_as(folder.parent / "packed" / path.name.replace("packed", "again"))
    (series,) = read_study(folder.parent / "packed").series
    assert series.pixels.shape[:-2] == expected
    assert series.warnings[0].startswith("duplicate: ") == (changed == 0)


def pack(folder: Path, target: Path) -> None:
    """Compress the slices of a folder without loss, under the same UIDs."""
    target.mkdir(exist_ok=True)
    for path in sorted(folder.glob("?.dcm")):
        dataset = dcmread(path)
        dataset.compress(RLELossless, generate_instance_uid=False)
        dataset.save_as(target / f"packed_{path.name}")


@pytest.mark.parametrize("names", [("1.dcm", "2.dcm"), ("2.dcm", "1.dcm")])
@pytest.mark.parametrize("longer", [0, 1000])
def test_a_packed_copy_that_is_damaged_is_left_out(
    longer: int, names: tuple[str, str], write_slice: WriteSlice
) -> None:
    path = write_slice(1, PLACES[0], name=names[0])
    dataset = dcmread(path)
    dataset.compress(RLELossless, generate_instance_uid=False)
    dataset.save_as(path)
    frame = get_frame(dataset.PixelData, 0, number_of_frames=1)
    # The places of its segments (PS3.5, G.5) are beyond its end.
    dataset.PixelData = encapsulate([frame[:4] + b"\x7f" * 60 + frame[64:] + bytes(longer)])
    dataset.save_as(path.with_name(names[1]))
    series = read_one(path.parent)
    np.testing.assert_array_equal(series.pixels, [image(1)])
    assert series.warnings[0].startswith("duplicate: ")


@pytest.mark.parametrize(
    "twin",
    [
        {"pixels_from": 10},
        {"pixels_from": 10, "uids_from": 10},
        {"uids_from": 10},
    ],
    ids=["denoised", "computed anew", "exported anew"],
)
def test_twins_in_a_folder_of_their_own_are_a_series_of_their_own(write_folder, twin) -> None:
    write_folder("orig")
    root = write_folder("other", **twin).parent
    first, second = read_study(root).series
    assert (first.pixels.shape[0], second.pixels.shape[0]) == (4, 4)
    assert {Path(one.path).name for one in (first, second)} == {"orig", "other"}
    other = next(one for one in (first, second) if Path(one.path).name == "other")
    expected = image(3 + twin.get("pixels_from", 0))
    np.testing.assert_array_equal(other.pixels[2].compute(), expected)


@pytest.mark.parametrize("apart", [True, False])
def test_a_series_spread_over_folders_stays_one(write_folder, apart: bool) -> None:
    first, second = write_folder("a", (1, 2)), write_folder("b", (3, 4))
    assert shapes(*([first, second] if apart else [first.parent])) == [(4,)]


def test_volumes_in_a_folder_each_stay_one_series(write_folder) -> None:
    for volume in range(3):
        root = write_folder(f"v{volume}", uids_from=4 * volume, AcquisitionNumber=volume + 1).parent
    assert shapes(root) == [(3, 4)]


def test_volumes_in_a_folder_each_that_start_at_one_stay_one_series(write_folder) -> None:
    for volume in range(2):
        time = f"10{volume:02}00"
        root = write_folder(f"v{volume}", uids_from=4 * volume, AcquisitionTime=time).parent
    assert shapes(root) == [(2, 4)]


def test_files_given_singly_are_one_input(write_folder) -> None:
    folder = write_folder("a")
    assert shapes(*sorted(folder.iterdir())) == [(4,)]


def test_packed_files_of_one_uid_of_which_one_frame_is_alike_are_both_kept(
    write_slice: WriteSlice,
) -> None:
    for name, second in (("1.dcm", 2), ("2.dcm", 3)):
        frames = np.stack([image(1), image(second)])
        path = write_slice(1, PLACES[0], name=name, pixels=frames, NumberOfFrames=2)
        packed = dcmread(path)
        packed.compress(RLELossless, generate_instance_uid=False)
        packed.save_as(path)
    (series,) = read_study(path.parent).series
    shown = {plane.tobytes() for plane in np.asarray(series.pixels).reshape(-1, *image(1).shape)}
    assert shown == {image(number).tobytes() for number in (1, 2, 3)}
    assert any("other images of the same UID" in warning for warning in series.warnings)


def test_two_images_of_one_uid_in_one_folder_are_both_kept(write_slice: WriteSlice) -> None:
    write_slice(1, PLACES[0])
    path = write_slice(1, PLACES[0], name="denoised.dcm", pixels=image(9))
    (series,) = read_study(path.parent).series
    assert series.pixels.shape[:-2] == (2, 1)
    assert "other images of the same UID" in series.warnings[0]


@pytest.mark.parametrize("names", [("1.dcm", "2.dcm"), ("2.dcm", "1.dcm")])
@pytest.mark.parametrize(
    "poor",
    [
        {"PixelSpacing": None},
        {"SliceThickness": None},
        {"SeriesDescription": "made for a tess"},
    ],
    ids=["without a pixel size", "with less in its header", "as long"],
)
def test_which_of_two_copies_speaks_is_told_by_their_content(
    write_slice: WriteSlice, names: tuple[str, str], poor
) -> None:
    write_slice(1, PLACES[0], name=names[0])
    path = write_slice(1, PLACES[0], name=names[1], **poor)
    (series,) = read_study(path.parent).series
    assert series.spacing == (2.5, 1.5, 0.75)
    assert series.description == min("made for a test", poor.get("SeriesDescription", "z"))
    assert series.warnings[0].startswith("duplicate: ")


@pytest.mark.parametrize("names", [("1.dcm", "2.dcm", "3.dcm"), ("3.dcm", "2.dcm", "1.dcm")])
def test_a_copy_that_was_packed_badly_is_left_out_whatever_it_is_called(
    write_slice: WriteSlice, names: tuple[str, str, str]
) -> None:
    folder = write_slice(1, PLACES[0], name=names[0]).parent
    for name, pixels in zip(names[1:], (image(1), image(9)), strict=True):
        packed = dcmread(write_slice(1, PLACES[0], name=name, pixels=pixels))
        packed.compress(RLELossless, generate_instance_uid=False)
        packed.save_as(folder / name)
    (series,) = read_study(folder).series
    np.testing.assert_array_equal(series.pixels[0].compute(), image(1))
    assert series.pixels.shape[:-2] == (1,)
