"""A study is all series under the given paths, in an order one can rely on."""

from __future__ import annotations

import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import nibabel
import numpy as np
import pytest
from PIL import Image

from napari_mrseq.errors import ReadError, UnreadableFileWarning
from napari_mrseq.reading import read, read_study
from napari_mrseq.reading.discover import looks_like_study_folder
from tests.reading.read_back import series_of
from tests.reading.scanner_files import AXIAL, SERIES_UID, WriteSlice, image, positions_along


@pytest.fixture
def three_series(write_slice: WriteSlice) -> Path:
    """Three series mixed in one folder, without endings, some deeper than others."""
    for number in (12, 3, 7):
        for index, place in enumerate(positions_along(AXIAL, 2)):
            path = write_slice(
                10 * number + index,
                place,
                name=f"deep/er/IM{number}{index}" if number == 7 else f"IM{number}{index}",
                SeriesNumber=number,
                SeriesInstanceUID=f"{SERIES_UID}.{number}",
                SeriesDescription=f"series {number}",
            )
    return path.parents[2]


def test_series_come_by_number_with_their_own_words(three_series: Path) -> None:
    study = read_study(three_series)
    assert [series.series_number for series in study.series] == [3, 7, 12]
    assert [series.description for series in study.series] == ["series 3", "series 7", "series 12"]
    assert [Path(series.path).name for series in study.series] == ["study", "er", "study"]
    assert all(len(series.files) == 2 for series in study.series)


def test_series_come_in_the_order_of_the_given_paths(three_series: Path) -> None:
    paths = [three_series / "IM120", three_series / "deep", three_series / "IM30"]
    numbers = [series.series_number for series in read(paths)]
    assert numbers == [12, 7, 3]


def test_series_of_a_study_stand_together_in_the_order_of_the_studies(
    write_slice: WriteSlice,
) -> None:
    for subject in ("anna", "zoe"):
        for number in (12, 3):
            path = write_slice(
                number,
                name=f"{subject}/IM{number}",
                StudyInstanceUID=f"1.{subject == 'anna':d}",
                SeriesNumber=number,
                SeriesInstanceUID=f"{SERIES_UID}.{subject == 'anna':d}.{number}",
            )
    found = read_study(path.parents[1]).series
    places = [(Path(series.path).name, series.series_number) for series in found]
    assert places == [("anna", 3), ("anna", 12), ("zoe", 3), ("zoe", 12)]


@pytest.mark.parametrize(
    "given",
    [
        (".", "IM120"), ("IM120", "."), (".", "."), (".", "deep"), ("deep", "."),
        (".", "deep", "deep/er", "deep/er/IM70"), (".", "../study"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_file_given_twice_is_read_once(three_series: Path, given: tuple[str, ...]) -> None:
    study = read_study([three_series / name for name in given])
    assert study.failures == ()
    assert sorted(series.series_number for series in study.series) == [3, 7, 12]
    assert all(series.warnings == () for series in study.series)
    assert all(len(series.files) == 2 for series in study.series)


def test_a_file_under_two_spellings_of_its_name_is_read_once(tmp_path: Path) -> None:
    one, other = tmp_path / "T2.png", tmp_path / "t2.PNG"
    Image.new("L", (20, 30)).save(one)
    if not other.exists():
        # What a drive shows that takes small letters for capitals.
        other.hardlink_to(one)
    (series,) = read_study([one, other]).series
    assert series.path == str(one)


def test_files_whose_names_differ_in_capitals_alone_are_each_read(tmp_path: Path) -> None:
    given = [tmp_path / "T2.png", tmp_path / "t2.png"]
    for path in given:
        Image.new("L", (20, 30)).save(path)
    # A drive that takes small letters for capitals holds one.
    assert len(read_study(given).series) == len(list(tmp_path.iterdir()))


def test_bad_file_found_twice_is_named_once(three_series: Path) -> None:
    (three_series / "deep" / "bad.dcm").write_text("no image")
    (three_series / "deep" / "cut.dcm").write_bytes(bytes(128) + b"DICM" + b"\xff" * 500)
    study = read_study([three_series, three_series / "deep"])
    assert [Path(failure.path).name for failure in study.failures] == ["bad.dcm", "cut.dcm"]


def test_folder_of_copies_or_of_a_part_of_a_series_is_not_lost(
    three_series: Path, tmp_path: Path
) -> None:
    (tmp_path / "copies").mkdir()
    shutil.copy(three_series / "IM120", tmp_path / "copies")
    (tmp_path / "part").mkdir()
    (three_series / "IM31").rename(tmp_path / "part" / "IM31")
    study = read_study([three_series, tmp_path / "copies", tmp_path / "part"])
    assert study.failures == ()
    # What the user gave twice is told twice; a part completes its series.
    assert [len(series.files) for series in study.series] == [2, 2, 2, 1]


@pytest.mark.parametrize(
    ("given", "paths"),
    [
        ((".",), [".", "deep/er", "."]),
        (("IM30", "IM31", "deep"), [".", "deep/er"]),
        (("deep/er",), ["deep/er"]),
        (("../study/deep", "."), ["../study/deep/er", ".", "."]),
    ],
    ids=str,
)
def test_path_is_the_folder_as_it_was_given(
    three_series: Path,
    given: tuple[str, ...],
    paths: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(three_series)
    assert [series.path for series in read_study(given).series] == paths


def test_series_in_two_places_has_the_folder_that_holds_both(
    three_series: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").mkdir()
    (three_series / "IM31").rename(tmp_path / "other" / "IM31")
    (three_series / "IM30").rename(three_series / "deep" / "IM30")
    monkeypatch.chdir(three_series)
    for given in (("deep/IM30", str(tmp_path / "other")), ("deep/IM30", "../other")):
        study = read_study(given)
        assert study.failures == ()
        (series,) = study.series
        assert series.path == str(tmp_path)
        assert series.pixels.compute().shape == (2, 12, 16)


def test_series_in_two_folders_of_the_one_stood_in_has_that_as_its_path(
    three_series: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (three_series / "more").mkdir()
    (three_series / "IM31").rename(three_series / "more" / "IM31")
    (three_series / "IM30").rename(three_series / "deep" / "IM30")
    monkeypatch.chdir(three_series)
    (series,) = read_study(["deep/IM30", "more/IM31"]).series
    assert series.path == "."


@pytest.mark.parametrize("given", ["~/study", "~/study/deep/../", b"~/study"])
def test_home_is_written_out_and_bytes_are_a_path(
    three_series: Path, given: str | bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(three_series.parent))
    assert [series.series_number for series in read(given)] == [3, 7, 12]


def test_paths_may_stand_in_an_array(three_series: Path) -> None:
    given = np.array([str(three_series)])
    assert [series.series_number for series in read(given)] == [3, 7, 12]


def test_a_tilde_that_names_no_user_is_a_name() -> None:
    (failure,) = read_study("~no such user/study").failures
    assert failure.words == "~no such user/study: does not exist"


def test_what_was_read_by_a_relative_path_is_found_from_another_folder(
    three_series: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grey = Image.fromarray(np.full((5, 5), 7, np.uint8))
    grey.save(three_series / "a.png")
    grey.save(three_series / "a.tif")
    voxels = np.full((5, 5, 2), 7, np.int16)
    nibabel.Nifti1Image(voxels, np.eye(4)).to_filename(three_series / "a.nii")
    monkeypatch.chdir(three_series)
    study = read_study(".")
    monkeypatch.chdir(tmp_path)
    pixels = [series.pixels.compute() for series in study.series]
    assert [series.path for series in study.series[3:]] == ["./a.nii", "./a.png", "./a.tif"]
    assert all((one == 7).all() for one in pixels[3:])
    (three_series / "IM30").unlink()
    with pytest.raises(ReadError, match=r"^\./IM30: the file has disappeared"):
        study.series[0].pixels.compute()


def test_pictures_and_dicom_side_by_side(three_series: Path) -> None:
    Image.fromarray(np.zeros((5, 5), np.uint8)).save(three_series / "a.png")
    kinds = [series.kind for series in read_study(three_series).series]
    assert kinds == ["dicom", "dicom", "dicom", "picture"]


def test_progress_counts_every_file(three_series: Path) -> None:
    seen: list[tuple[int, int]] = []
    read_study(three_series, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(done, 6) for done in range(1, 7)]


def test_what_was_read_can_be_stopped_before_its_series_are_put_together(
    three_series: Path,
) -> None:
    """Thousands of series take long for that, and Cancel was heard at its end."""
    seen: list[int] = []

    def stop_behind_the_last_file() -> None:
        if seen[-1] == 6:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        read_study(
            three_series,
            progress=lambda done, _: seen.append(done),
            go_on=stop_behind_the_last_file,
        )


def test_same_study_twice_is_the_same(three_series: Path) -> None:
    first, second = read_study(three_series), read_study(three_series)
    assert [one.files for one in first.series] == [one.files for one in second.series]
    assert [one.instance_uids for one in first.series] == [
        one.instance_uids for one in second.series
    ]


def test_files_without_preamble_or_ending(write_slice: WriteSlice) -> None:
    for number, place in enumerate(positions_along(AXIAL, 2), start=1):
        path = write_slice(number, place, name=f"{number}")
        content = path.read_bytes()
        start = 144 + int.from_bytes(content[140:144], "little")
        path.write_bytes(content[start:])
    (series,) = read_study(path.parent).series
    assert series.pixels.compute().shape == (2, 12, 16)


def test_dicom_folder_is_known_by_a_few_files(three_series: Path, tmp_path: Path) -> None:
    assert looks_like_study_folder(three_series)
    assert looks_like_study_folder(three_series / "deep")
    (tmp_path / "pictures").mkdir()
    Image.fromarray(np.zeros((5, 5), np.uint8)).save(tmp_path / "pictures" / "a.png")
    (tmp_path / "pictures" / "notes").write_text("nothing")
    assert not looks_like_study_folder(tmp_path / "pictures")
    # What a hidden folder holds is not read, so it makes no study.
    shutil.copytree(three_series, tmp_path / "pictures" / ".deleted")
    assert not looks_like_study_folder(tmp_path / "pictures")
    assert not looks_like_study_folder(tmp_path / "nowhere")
    assert not looks_like_study_folder(three_series / "IM120")


def test_asking_about_a_folder_imports_no_dicom_library() -> None:
    code = (
        "import sys; from napari_mrseq.reading.discover import looks_like_study_folder;"
        "looks_like_study_folder('.');"
        "print([m for m in ('pydicom', 'dask', 'nibabel', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_series_and_their_pixels_go_to_other_processes(
    write_slice: WriteSlice, tmp_path: Path
) -> None:
    path = write_slice(1)
    Image.fromarray(image(2).astype("u2")).save(tmp_path / "study" / "b.png")
    nibabel.save(nibabel.Nifti1Image(image(3), np.eye(4)), tmp_path / "study" / "c.nii.gz")
    for series in read_study(path.parent).series:
        sent = pickle.loads(pickle.dumps(series))
        assert sent.files == series.files
        np.testing.assert_array_equal(sent.pixels.compute(), series.pixels.compute())


def test_series_without_a_number_come_in_the_order_of_their_files(write_slice: WriteSlice) -> None:
    path = write_slice(1, name="b.dcm", SeriesNumber=None)
    for name in ("a.png", "c.png"):
        Image.fromarray(np.zeros((5, 5), np.uint8)).save(path.with_name(name))
    paths = [Path(series.files[0]).name for series in read_study(path.parent).series]
    assert paths == ["a.png", "b.dcm", "c.png"]


def test_stacks_of_a_series_come_as_acquired_whatever_their_files_are_called(
    write_slice: WriteSlice,
) -> None:
    for echo, names in ((1, "cf"), (2, "ad"), (3, "be")):
        for place, name in enumerate(names):
            number = 2 * echo + place
            values = {"EchoTime": 10 * echo, "EchoNumbers": echo}
            path = write_slice(number, (0, 0, 3 * place), name=name, **values)
    assert [one.part for one in series_of(path)] == ["echo 1", "echo 2", "echo 3"]


def test_a_series_comes_with_the_first_path_that_holds_any_of_it(
    three_series: Path, tmp_path: Path
) -> None:
    (tmp_path / "part").mkdir()
    # Its second slice.
    (three_series / "IM121").rename(tmp_path / "part" / "IM121")
    study = read_study([tmp_path / "part", three_series])
    assert [series.series_number for series in study.series] == [12, 3, 7]


def test_copies_given_one_by_one_are_told_and_shown_once(
    three_series: Path, tmp_path: Path
) -> None:
    copy = shutil.copy(three_series / "IM120", tmp_path)
    (series,) = read_study([three_series / "IM120", copy]).series
    assert series.pixels.shape[0] == 1
    (warning,) = series.warnings
    assert warning.startswith("duplicate")


def test_progress_counts_pictures_too(three_series: Path) -> None:
    Image.fromarray(np.zeros((5, 5), np.uint8)).save(three_series / "a.png")
    seen: list[tuple[int, int]] = []
    read_study(three_series, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(done, 7) for done in range(1, 8)]


def test_a_warning_names_a_file_of_a_folder_as_it_is_called(write_slice: WriteSlice) -> None:
    path = write_slice(1, name="2023/1.dcm")
    (path.parents[1] / "2024").mkdir()
    shutil.copy(path, path.parents[1] / "2024" / "1.dcm")
    (series,) = read_study(path.parents[1]).series
    (warning,) = series.warnings
    named = {file for file in ("2023/1.dcm", "2024/1.dcm") if f"instances of {file} are" in warning}
    assert len(named) == 1


def test_each_of_several_causes_is_named_where_nothing_can_be_read(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.dcm").touch()
    with pytest.raises(ReadError) as caught:
        read(tmp_path)
    told = str(caught.value).split("\n")
    assert [f"{tmp_path}/{name}.dcm: empty" for name in "abc"] == told[:3]


def test_a_warning_is_shown_where_the_user_asked_to_read(three_series: Path) -> None:
    (three_series / "bad.dcm").touch()
    with pytest.warns(UnreadableFileWarning) as caught:
        read(three_series)
    assert [warning.filename for warning in caught] == [__file__]
