"""Zip files and DICOMDIR, as hospitals hand them out."""

from __future__ import annotations

import gc
import gzip
import io
import re
import warnings
import zipfile
from pathlib import Path

import nibabel
import numpy as np
import pydicom
import pytest
import torch
from PIL import Image
from pydicom.encaps import encapsulate
from pydicom.fileset import FileSet
from pydicom.uid import JPEG2000Lossless

from napari_mrseq.belonging import group_of
from napari_mrseq.errors import ReadError
from napari_mrseq.reading import read_study
from napari_mrseq.reading.archive import unpack
from tests.reading.scanner_files import AXIAL, WriteSlice, image, positions_along

# Words of zipfile, zlib, bz2 and lzma.
OF_A_LIBRARY = re.compile(r"Error|[Bb]ad |[Cc]orrupt|ompress|magic|stream|version|\(\)")


@pytest.fixture
def packed(write_slice: WriteSlice, tmp_path: Path) -> Path:
    """A zip file of a study, with other things in it."""
    target = tmp_path / "study.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, place in enumerate(positions_along(AXIAL, 3), start=1):
            archive.write(write_slice(number, place), f"DICOM/PAT1/{number}")
        archive.writestr("README.txt", "hello")
        archive.writestr("../../outside.dcm", "no image")
    return target


def test_zip_file_is_read_as_a_folder(packed: Path) -> None:
    study = read_study(packed)
    (series,) = study.series
    assert series.path == f"{packed}/DICOM/PAT1"
    assert series.files[0] == f"{packed}/DICOM/PAT1/1"
    np.testing.assert_array_equal(series.pixels[1].compute(), image(2))
    assert [failure.path for failure in study.failures] == [f"{packed}/../../outside.dcm"]


def test_nothing_is_written_outside(packed: Path) -> None:
    before = sorted(path for path in packed.parent.parent.rglob("*"))
    read_study(packed)
    assert sorted(path for path in packed.parent.parent.rglob("*")) == before


def test_unpacked_files_go_with_the_series(packed: Path, monkeypatch, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    study = read_study(packed)
    gc.collect()
    assert len(list(scratch.iterdir())) == 1
    assert study.series[0].pixels.compute().shape == (3, 12, 16)
    del study
    gc.collect()
    assert list(scratch.iterdir()) == []


def test_zip_bomb_is_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("IM1", "w", force_zip64=True) as member,
    ):
        for _ in range(300):
            member.write(bytes(1 << 20))
    (failure,) = read_study(bomb).failures
    assert "zip bomb" in failure.cause


def test_damaged_zip_file(packed: Path) -> None:
    packed.write_bytes(packed.read_bytes()[:200])
    (failure,) = read_study(packed).failures
    assert failure.cause.startswith("a zip file that can't be read (it is damaged")


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_every_damage_of_a_zip_file_is_named(
    method: int, write_slice: WriteSlice, tmp_path: Path
) -> None:
    sound = write_slice(1)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        archive.writestr("IM1", bytes(range(100, 200)) * 2)
    whole = content.getvalue()
    damaged = [tmp_path / f"{place}.zip" for place in range(4, len(whole))]
    for place, path in enumerate(damaged, start=4):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xAA]) + whole[place + 1 :])
    study = read_study([*damaged, sound])
    assert [series.files for series in study.series] == [(str(sound),)]
    told = {failure.path.removeprefix(f"{tmp_path}/").split("/")[0] for failure in study.failures}
    assert told == {path.name for path in damaged}
    assert not [failure for failure in study.failures if OF_A_LIBRARY.search(failure.cause)]


def test_files_are_unpacked_under_names_that_windows_takes(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("IM1", "IM1.", "...", f"{'9' * 240}.dcm"):
            archive.writestr(name, name)
    unpacked = unpack(str(tmp_path / "a.zip"))
    inside = [str(Path(path).relative_to(unpacked.folder)) for path in unpacked.members]
    # A path may have 260 letters there, of which the folder of temporary files takes some.
    assert max(map(len, inside)) < 180
    assert not [name for name in inside if name.endswith(".")]
    assert [Path(path).read_text() for path in unpacked.members] == [
        name.rpartition("/")[2] for name in unpacked.members.values()
    ]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_damaged_member_is_named_and_the_others_are_read(
    method: int, write_slice: WriteSlice, tmp_path: Path
) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.write(write_slice(1), "IM1")
        archive.write(write_slice(2, (0.0, 0.0, 3.0)), "IM2")
        second = archive.getinfo("IM2")
    content = bytearray(path.read_bytes())
    middle = second.header_offset + second.compress_size // 2
    content[middle : middle + 40] = bytes(40)
    path.write_bytes(content)
    study = read_study(path)
    assert [series.files for series in study.series] == [(f"{path}/IM1",)]
    (failure,) = study.failures
    assert failure.path == f"{path}/IM2"
    assert "can't be unpacked (it is damaged" in failure.cause
    assert failure.cause.endswith(": copy or export it again)")


def test_damaged_member_is_not_quoted(write_slice: WriteSlice, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.write(write_slice(1), "IM1")
    content = bytearray(path.read_bytes())
    # The name takes up all that follows it, the header of the image too.
    content[26:28] = (1500).to_bytes(2, "little")
    path.write_bytes(content)
    failures = {failure.path: failure.cause for failure in read_study(path).failures}
    assert b"Roe^Jane" in content[30:1530]
    assert failures[f"{path}/IM1"].startswith("can't be unpacked (it is damaged")


def test_zip_file_of_a_newer_kind(packed: Path) -> None:
    content = bytearray(packed.read_bytes())
    directory = content.index(b"PK\x01\x02")
    content[directory + 6] = 228
    packed.write_bytes(content)
    (failure,) = read_study(packed).failures
    assert failure.path == str(packed)
    assert failure.cause.endswith("not known here: unpack it yourself)")


def test_only_an_encrypted_member_is_called_encrypted(packed: Path) -> None:
    content = bytearray(packed.read_bytes())
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 4)
    # An unknown way to pack the first member, the flag of encryption on the second.
    content[first + 10] = 98
    content[second + 8] |= 1
    packed.write_bytes(content)
    causes = {failure.path: failure.cause for failure in read_study(packed).failures}
    assert "not known here: unpack it yourself" in causes[f"{packed}/DICOM/PAT1/1"]
    assert causes[f"{packed}/DICOM/PAT1/2"] == "is encrypted: unpack it with its password"


def test_series_of_one_file_in_a_zip_file_has_its_folder_as_path(
    write_slice: WriteSlice, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "one.zip", "w") as archive:
        archive.write(write_slice(1), "f/IM1")
    (series,) = read_study(tmp_path / "one.zip").series
    assert series.path == f"{tmp_path}/one.zip/f"
    assert series.files == (f"{tmp_path}/one.zip/f/IM1",)


def test_series_of_two_zip_files_is_read_from_both(write_slice: WriteSlice, tmp_path: Path) -> None:
    for number, place in enumerate(positions_along(AXIAL, 2), start=1):
        with zipfile.ZipFile(tmp_path / f"{number}.zip", "w") as archive:
            archive.write(write_slice(number, place), f"IM{number}")
    study = read_study([tmp_path / "1.zip", tmp_path / "2.zip"])
    (series,) = study.series
    del study
    gc.collect()
    assert series.path == str(tmp_path)
    assert series.files == (f"{tmp_path}/1.zip/IM1", f"{tmp_path}/2.zip/IM2")
    np.testing.assert_array_equal(series.pixels.compute(), [image(1), image(2)])


def test_zip_file_found_twice_is_unpacked_once(packed: Path, tmp_path: Path) -> None:
    (tmp_path / "disc").mkdir()
    moved = packed.rename(tmp_path / "disc" / "study.zip")
    study = read_study([moved, moved.parent, moved.parent])
    (series,) = study.series
    assert series.files[0] == f"{moved}/DICOM/PAT1/1"
    assert series.warnings == ()
    assert [failure.path for failure in study.failures] == [f"{moved}/../../outside.dcm"]


def test_zip_file_without_images(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.txt", "hello")
    (failure,) = read_study(tmp_path / "a.zip").failures
    assert failure.cause == "holds no image that can be read"


def test_weights_of_a_network_are_no_images(write_slice: WriteSlice) -> None:
    """They are zip files inside, and their parts bear numbers, as scans do."""
    path = write_slice(1)
    weights = {f"layer{number}": torch.randn(40, 40) for number in range(3)}
    named, unnamed = path.with_name("weights.pt"), path.with_name("weights")
    torch.save(weights, named)
    torch.save(weights, unnamed)
    study = read_study([path, named, unnamed])
    assert len(study.series) == 1
    assert [failure.words for failure in study.failures] == [
        f"{named}: holds no image that can be read",
        f"{unnamed}: holds no image that can be read",
    ]
    # In a folder they are passed over, as documents are; unless nothing else is there.
    study = read_study(path.parent)
    assert len(study.series) == 1
    assert study.failures == ()
    path.unlink()
    assert [failure.words for failure in read_study(path.parent).failures] == [
        f"{path.parent}: holds no image that can be read"
    ]


def test_what_a_zip_file_without_images_holds_of_others_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("brain.mgz", gzip.compress(bytes(400)))
        archive.writestr("1", bytes(range(128, 228)) * 4)
    assert [failure.path for failure in read_study(tmp_path).failures] == [
        f"{tmp_path}/a.zip/brain.mgz",
        f"{tmp_path}/a.zip",
        str(tmp_path),
    ]


def test_dicomdir_leads_to_its_files() -> None:
    folder = Path(pydicom.__file__).parent / "data" / "test_files" / "dicomdirtests"
    if not (folder / "DICOMDIR").is_file():
        pytest.skip("pydicom's DICOMDIR is not installed")
    study = read_study(folder / "DICOMDIR")
    assert study.series
    assert all(Path(file).is_file() for series in study.series for file in series.files)


def test_dicomdir_whose_files_are_missing(write_slice: WriteSlice, tmp_path: Path) -> None:
    from pydicom.fileset import FileSet

    files = FileSet()
    for number, place in enumerate(positions_along(AXIAL, 2), start=1):
        path = write_slice(number, place, StudyID="1", PatientID="1")
        files.add(path)
    files.write(tmp_path / "disc")
    with warnings.catch_warnings():
        # pydicom leaves its own scratch folder to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        del files
        gc.collect()
    (series,) = read_study(tmp_path / "disc" / "DICOMDIR").series
    assert series.pixels.compute().shape == (2, 12, 16)
    Path(series.files[0]).unlink()
    study = read_study(tmp_path / "disc" / "DICOMDIR")
    assert [failure.cause for failure in study.failures] == ["files that it names are not there: 1"]
    assert len(study.series) == 1


def test_dicomdir_that_names_nothing() -> None:
    path = Path(pydicom.__file__).parent / "data/test_files/dicomdirtests/DICOMDIR-empty.dcm"
    (failure,) = read_study(path).failures
    assert failure.cause == "a DICOMDIR that names no files"


# Cut off in its head, behind some of its records, and in the last one.
@pytest.mark.parametrize("kept", [401, 5000, -1])
def test_a_damaged_dicomdir_says_what_to_do(tmp_path: Path, kept: int) -> None:
    whole = Path(pydicom.__file__).parent / "data/test_files/dicomdirtests/DICOMDIR"
    (tmp_path / "DICOMDIR").write_bytes(whole.read_bytes()[:kept])
    (failure,) = read_study(tmp_path / "DICOMDIR").failures
    assert failure.cause == "damaged DICOMDIR: read the folder that it lies in"


def test_nifti_in_a_zip_file_keeps_what_lies_beside_it(tmp_path: Path) -> None:
    data = np.arange(5 * 6 * 3 * 2, dtype=np.int16).reshape(5, 6, 3, 2)
    nibabel.save(nibabel.Nifti1Image(data, np.eye(4)), tmp_path / "dwi.nii.gz")
    packed = tmp_path / "study.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for folder in ("sub 01/dwi", "sub 02/dwi"):
            archive.write(tmp_path / "dwi.nii.gz", f"{folder}/dwi.nii.gz")
            archive.writestr(f"{folder}/dwi.bval", f"0 {1000 if '1' in folder else 2000}")
            archive.writestr(f"{folder}/dwi.json", '{"RepetitionTime": 5.5}')
    series = read_study(packed).series
    assert [one.volume_axis.values for one in series] == [(0, 1000), (0, 2000)]
    assert [one.sidecar for one in series] == [{"RepetitionTime": 5.5}] * 2
    assert series[1].files == (f"{packed}/sub 02/dwi/dwi.nii.gz",)


def test_folders_are_told_that_a_program_of_windows_has_parted_by_backslashes(
    tmp_path: Path,
) -> None:
    whole = gzip.compress(nibabel.Nifti1Image(np.ones((4, 5, 6), np.int16), np.eye(4)).to_bytes())
    # The second half of a letter of Japanese is a backslash; in UTF-8 none is.
    japanese = "機能.nii.gz".encode("cp932")
    names = (r"sub-01\anat\sub-01_T2w.nii.gz", r"sub-02\頭部\sub-02_T2w.nii.gz", "JJJJ.nii.gz")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in (*names, "sub-01\\none\\"):
            member = zipfile.ZipInfo(name)
            member.create_system = 0
            archive.writestr(member, whole if name in names else b"")
    packed = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "a.zip").write_bytes(packed.replace(b"JJJJ.nii.gz", japanese))
    study = read_study(tmp_path / "a.zip")
    assert study.failures == ()
    within = [one.path.removeprefix(f"{tmp_path / 'a.zip'}/") for one in study.series]
    assert within == [*(one.replace("\\", "/") for one in names[:2]), japanese.decode("cp437")]
    assert [group_of(one) for one in study.series[:2]] == ["a.zip/sub-01", "a.zip/sub-02"]


def test_a_long_name_keeps_the_sidecar_that_shares_it(tmp_path: Path) -> None:
    whole = nibabel.Nifti1Image(np.ones((4, 5, 6), np.int16), np.eye(4)).to_bytes()
    name = f"{'run-of-a-long-name_' * 9}bold"
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(f"{name}.nii.gz", gzip.compress(whole))
        archive.writestr(f"{name}.json", '{"RepetitionTime": 5.5}')
    (series,) = read_study(tmp_path / "a.zip").series
    assert series.sidecar == {"RepetitionTime": 5.5}


def test_members_whose_names_are_equal_once_unpacked(write_slice: WriteSlice, tmp_path) -> None:
    packed = tmp_path / "study.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for number, name in enumerate(("a b.dcm", "a+b.dcm", "A_B.dcm"), start=1):
            archive.write(write_slice(number, (0.0, 0.0, 3.0 * number)), name)
    (series,) = read_study(packed).series
    assert series.pixels.shape[0] == 3
    np.testing.assert_array_equal(series.pixels[2].compute(), image(3))


def test_a_slice_that_cannot_be_decoded_is_called_by_its_name_in_the_zip_file(
    write_slice: WriteSlice, tmp_path: Path
) -> None:
    packed = tmp_path / "study.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for number in (1, 2):
            archive.write(write_slice(number, (0.0, 0.0, 3.0 * number)), f"a/{number}.dcm")
        file = pydicom.dcmread(write_slice(3, (0.0, 0.0, 9.0)))
        file.file_meta.TransferSyntaxUID = JPEG2000Lossless
        file.PixelData = encapsulate([b"no picture" * 9])
        file["PixelData"].VR = "OB"
        file.save_as(tmp_path / "3.dcm")
        archive.write(tmp_path / "3.dcm", "a/3.dcm")
    (series,) = read_study(packed).series
    with pytest.raises(ReadError) as caught:
        series.pixels[2].compute()
    assert str(caught.value).startswith(f"{packed}/a/3.dcm: ")
    np.testing.assert_array_equal(series.pixels[1].compute(), image(2))


def test_a_zip_file_in_a_zip_file_is_named(packed: Path, tmp_path: Path) -> None:
    outer = tmp_path / "outer.zip"
    with zipfile.ZipFile(outer, "w") as archive, zipfile.ZipFile(packed) as inner:
        archive.write(packed, "old/study.zip")
        archive.writestr("1", inner.read("DICOM/PAT1/1"))
    study = read_study(outer)
    assert len(study.series) == 1
    assert [failure.words for failure in study.failures] == [
        f"{outer}/old/study.zip: a zip file inside a zip file: unpack it yourself"
    ]


def test_copies_in_a_zip_file_are_called_as_they_are_there(
    write_slice: WriteSlice, tmp_path: Path
) -> None:
    file = write_slice(1)
    with zipfile.ZipFile(tmp_path / "twice.zip", "w") as archive:
        archive.write(file, "t1/IM 1.dcm")
        archive.write(file, "old/IM 1.dcm")
    (series,) = read_study(tmp_path / "twice.zip").series
    told = "duplicate: the instances of old/IM 1.dcm are there twice, shown once"
    assert series.warnings == (told,)


def test_copies_in_a_zip_file_beside_their_folder_are_called_as_they_are_there(
    write_slice: WriteSlice,
) -> None:
    file = write_slice(1)
    with zipfile.ZipFile(file.parent / "whole.zip", "w") as archive:
        archive.write(file, "export/IM 1.dcm")
    (series,) = read_study(file.parent).series
    told = "duplicate: the instances of export/IM 1.dcm are there twice, shown once"
    assert (series.path, series.warnings) == (str(file.parent), (told,))


def test_folders_of_a_zip_file_are_no_files(write_slice: WriteSlice, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.mkdir("DICOM")
        archive.mkdir("DICOM/empty")
        archive.write(write_slice(1), "DICOM/1")
    study = read_study(tmp_path / "a.zip")
    assert (len(study.series), study.failures) == (1, ())


def test_a_member_is_read_whatever_its_name(write_slice: WriteSlice, tmp_path: Path) -> None:
    nibabel.save(nibabel.Nifti1Image(image(1), np.eye(4)), tmp_path / "t1.nii.gz")
    long = f"{'T1' * 150}.nii.gz"
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("f/..", write_slice(1).read_bytes())
        archive.write(tmp_path / "t1.nii.gz", f"f/{long}")
    study = read_study(tmp_path / "a.zip")
    assert study.failures == ()
    names = {file for series in study.series for file in series.files}
    assert names == {f"{tmp_path}/a.zip/f/..", f"{tmp_path}/a.zip/f/{long}"}


def test_no_member_is_unpacked_under_the_name_of_a_device_of_windows(
    write_slice: WriteSlice, tmp_path: Path
) -> None:
    names = ["AUX", "nul.dcm", "com1.a.dcm", "falcon.dcm", "com.dcm"]
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number, name in enumerate(names, start=1):
            archive.write(write_slice(number, (0.0, 0.0, 3.0 * number)), name)
    unpacked = unpack(str(tmp_path / "a.zip"))
    assert [Path(member).name for member in unpacked.members] == [
        "AUX_", "nul_.dcm", "com1_.a.dcm", "falcon.dcm", "com.dcm",
    ]  # fmt: skip
    (series,) = read_study(tmp_path / "a.zip").series
    assert series.files == tuple(f"{tmp_path}/a.zip/{name}" for name in names)


@pytest.mark.parametrize(("limit", "most"), [("MOST_MEMBERS", 4), ("LARGEST_UNPACKED_BYTES", 1000)])
def test_a_zip_file_beyond_a_limit_is_refused(
    limit: str, most: int, packed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"napari_mrseq.reading.archive.{limit}", most)
    (failure,) = read_study(packed).failures
    assert "are more than a zip file may hold" in failure.cause


@pytest.fixture
def disc(write_slice: WriteSlice, tmp_path: Path) -> Path:
    """A disc whose DICOMDIR names one image."""
    files = FileSet()
    files.add(write_slice(1, StudyID="1", PatientID="1"))
    files.write(tmp_path / "disc")
    with warnings.catch_warnings():
        # pydicom leaves its own scratch folder to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        del files
        gc.collect()
    return tmp_path / "disc"


def renamed_in_index(disc: Path, file: str | list[str]) -> Path:
    """Let the DICOMDIR name its image in another way; return it."""
    index = pydicom.dcmread(disc / "DICOMDIR")
    for record in index.DirectoryRecordSequence:
        if "ReferencedFileID" in record:
            record.ReferencedFileID = file
    # pydicom asks for a file set of its own to write one.
    index.save_as(disc / "DICOMDIR", enforce_file_format=False)
    return disc / "DICOMDIR"


def test_a_disc_copied_in_small_letters_is_read(disc: Path) -> None:
    for path in sorted(disc.rglob("*"), reverse=True):
        if path.name != "DICOMDIR":
            path.rename(path.with_name(path.name.lower()))
    study = read_study(disc / "DICOMDIR")
    assert (len(study.series), study.failures) == (1, ())


def test_an_image_beside_its_index_is_read(disc: Path, tmp_path: Path) -> None:
    (tmp_path / "study" / "00001.dcm").rename(disc / "IM1")
    study = read_study(renamed_in_index(disc, "IM1"))
    assert [series.files for series in study.series] == [(str(disc / "IM1"),)]


def test_no_file_outside_its_folder_is_read_for_an_index(disc: Path, tmp_path: Path) -> None:
    (tmp_path / "study" / "00001.dcm").rename(tmp_path / "OUTSIDE")
    index = renamed_in_index(disc, ["XX", "OUTSIDE"])
    index.write_bytes(index.read_bytes().replace(b"XX\\OUTSIDE", b"..\\OUTSIDE"))
    study = read_study(index)
    assert study.series == ()
    assert study.failures[0].cause == "files that it names are not there: 1"


@pytest.mark.parametrize(
    ("name", "written", "instead"),
    [
        ("XXXX", b"XXXX", b"X\0XX"),
        ("XX", b"CS\x02\0XX", b"US\x02\0XX"),
        (["FOLDER"] * 1000, b"", b""),
    ],
    ids=["a zero", "a number", "endless"],
)
def test_what_no_file_can_be_called_is_not_there(
    disc: Path, name: str | list[str], written: bytes, instead: bytes
) -> None:
    index = renamed_in_index(disc, name)
    index.write_bytes(index.read_bytes().replace(written, instead))
    study = read_study(index)
    assert study.series == ()
    assert study.failures[0].cause == "files that it names are not there: 1"


def test_a_picture_in_a_zip_file_is_called_as_it_is_there(tmp_path: Path) -> None:
    content = io.BytesIO()
    Image.fromarray(image(1)).save(content, "png")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("f/knee.png", content.getvalue())
    (series,) = read_study(tmp_path / "a.zip").series
    assert series.path == f"{tmp_path}/a.zip/f/knee.png"


def test_an_index_alone_in_a_zip_file_is_no_image(disc: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(disc / "DICOMDIR", "DICOMDIR")
    study = read_study(tmp_path / "a.zip")
    assert study.series == ()
    assert [failure.cause for failure in study.failures] == ["holds no image that can be read"]
