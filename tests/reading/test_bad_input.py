"""Bad files: one line each with file and cause; everything else is read."""

from __future__ import annotations

import bz2
import gzip
import io
import os
import resource
import shutil
import warnings
import zipfile
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import nibabel
import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    MPEG2MPML,
    UID,
    BasicTextSRStorage,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    RLELossless,
)

from napari_mrseq.errors import ReadError, UnreadableFileWarning
from napari_mrseq.reading import read, read_study
from napari_mrseq.reading.discover import find_images
from napari_mrseq.series import Series
from tests.reading.scanner_files import (
    AXIAL,
    SHARED_DATA,
    WriteSlice,
    image,
    new_file,
    positions_along,
)

Damage = Callable[[Path], None]


def truncate_pixels(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 100)


def truncate_header(path: Path) -> None:
    os.truncate(path, 400)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def random_bytes(path: Path) -> None:
    path.write_bytes(np.random.default_rng(1).bytes(5000))


def text_named_dicom(path: Path) -> None:
    path.write_text("this is no image\n" * 50)


def zeros_after_the_preamble(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"\0" * 128 + b"DICM")
        file.truncate(10 << 30)


def zeros_after_the_meta_information(path: Path) -> None:
    length = 144 + int.from_bytes(path.read_bytes()[140:144], "little")
    os.truncate(path, length)
    os.truncate(path, 10 << 30)


def zeros_inside_the_header(path: Path) -> None:
    os.truncate(path, 700)
    os.truncate(path, 10 << 30)


def sparse(path: Path) -> None:
    path.write_bytes(b"")
    os.truncate(path, 10 << 30)


def rewrite(path: Path, change: Callable[[Dataset], None]) -> None:
    dataset = pydicom.dcmread(path)
    change(dataset)
    dataset.save_as(path)


def without_rows(path: Path) -> None:
    rewrite(path, lambda dataset: dataset.__delattr__("Rows"))


def without_columns(path: Path) -> None:
    rewrite(path, lambda dataset: dataset.__delattr__("Columns"))


def syntax_without_decoder(path: Path) -> None:
    """Say that pixels are a film (MPEG2)."""
    dataset = pydicom.dcmread(path)
    dataset.file_meta.TransferSyntaxUID = MPEG2MPML
    dataset.PixelData = encapsulate([bytes(400)])
    dataset.save_as(path)


def compressed(path: Path) -> None:
    dataset = pydicom.dcmread(path)
    dataset.compress(RLELossless)
    dataset.save_as(path)


def truncated_fragment(path: Path) -> None:
    compressed(path)
    os.truncate(path, path.stat().st_size - 100)


def fewer_fragments_than_frames(path: Path) -> None:
    compressed(path)
    rewrite(path, lambda dataset: setattr(dataset, "NumberOfFrames", 3))


def without_pixels(path: Path) -> None:
    rewrite(path, lambda dataset: dataset.__delattr__("PixelData"))


def absurd_size(path: Path) -> None:
    def change(dataset: Dataset) -> None:
        dataset.Rows = dataset.Columns = 65535

    rewrite(path, change)


def absurd_frames(path: Path) -> None:
    rewrite(path, lambda dataset: setattr(dataset, "NumberOfFrames", 2_000_000_000))


def frames_of_one_pixel(path: Path) -> None:
    """Say that each of many bytes is a frame: the frames are there, and swallow the memory."""

    def change(dataset: Dataset) -> None:
        dataset.Rows = dataset.Columns = 1
        dataset.BitsAllocated = dataset.BitsStored = 8
        dataset.NumberOfFrames = 50_000_000
        dataset.PixelData = bytes(384)

    rewrite(path, change)
    written = path.read_bytes()
    pixels = written.index(b"\xe0\x7f\x10\x00OW\0\0") + 8
    path.write_bytes(written[:pixels] + (50_000_000).to_bytes(4, "little"))
    os.truncate(path, pixels + 4 + 50_000_000)


def absurd_bits(path: Path) -> None:
    rewrite(path, lambda dataset: setattr(dataset, "BitsAllocated", 17))


def absurd_compressed_size(path: Path) -> None:
    def change(dataset: Dataset) -> None:
        dataset.compress(pydicom.uid.RLELossless)
        dataset.Rows = dataset.Columns = 16384

    rewrite(path, change)


def nested_sequences(path: Path) -> None:
    start = path.read_bytes()
    pixels = start.index(b"\xe0\x7f\x10\x00OW")
    opening = b"\x40\x00\x30\xa7SQ\x00\x00\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
    path.write_bytes(start[:pixels] + opening * 5000 + start[pixels:])


def deflated_bomb(path: Path) -> None:
    dataset = pydicom.dcmread(path)
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    buffer = io.BytesIO()
    dataset.save_as(buffer)
    written = buffer.getvalue()
    start = 144 + int.from_bytes(written[140:144], "little")
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    zeros = b"\x0b\x00\x01\x00OB\0\0\xff\xff\xff\x7f" + bytes(1 << 20)
    path.write_bytes(written[:start] + packer.compress(zeros) + packer.flush() + b"\0" * 10)


DAMAGES: dict[Damage, str] = {
    truncate_pixels: "truncated: 1 x 12 x 16 pixels need 384 bytes, the file holds 284",
    truncate_header: "holds no pixels, or is cut off before them",
    empty: "empty",
    random_bytes: "not a DICOM, NIfTI, JPG, PNG or TIFF file",
    zeros_after_the_preamble: "zeros where the header should be",
    zeros_after_the_meta_information: "zeros where the header should be",
    zeros_inside_the_header: "holds no pixels, or is cut off before them",
    sparse: "not a DICOM, NIfTI, JPG, PNG or TIFF file",
    without_rows: "Rows (0028,0010) is missing",
    without_columns: "Columns (0028,0011) is missing",
    without_pixels: "holds no pixels",
    syntax_without_decoder: "no decoder exists for its transfer syntax (MPEG2",
    truncated_fragment: "truncated: the compressed pixels end too early",
    fewer_fragments_than_frames: "truncated: 3 frames are expected, 1 are there",
    absurd_size: "an image of 65535 x 65535 pixels is implausible",
    absurd_frames: "an image of 2000000000 frames is implausible",
    frames_of_one_pixel: "frames is implausible",
    absurd_bits: "pixels of 17 allocated bits are not supported",
    absurd_compressed_size: "can't come from",
    nested_sequences: "nested too deeply",
    deflated_bomb: "holds no pixels",
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damaged_file_is_named_and_the_rest_is_read(
    damage: Damage, write_slice: WriteSlice
) -> None:
    for number, place in enumerate(positions_along(AXIAL, 3), start=1):
        path = write_slice(number, place)
    damage(path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    study = read_study(path.parent)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    (failure,) = study.failures
    assert failure.path == str(path)
    assert DAMAGES[damage] in failure.cause
    (series,) = study.series
    assert series.pixels.compute().shape == (2, 12, 16)
    assert grown < 300_000


@pytest.mark.parametrize("name", ["subjects.xlsx", "report.docx", "mask.npz", "weights.pt"])
def test_what_other_programs_pack_as_zip_is_passed_over(name: str, write_slice: WriteSlice) -> None:
    path = write_slice(1)
    with zipfile.ZipFile(path.with_name(name), "w") as archive:
        archive.writestr("content.xml", "<x/>")
    assert read_study(path.parent).failures == ()
    # Asked for by its name, it is told of.
    assert [one.path for one in read_study(path.with_name(name)).failures] == [
        str(path.with_name(name))
    ]


def test_text_among_images_is_passed_over(write_slice: WriteSlice) -> None:
    path = write_slice(1)
    text_named_dicom(path.with_name("notes.txt"))
    for name in ("README", "series.json", "table.csv", ".DS_Store", "Thumbs.db"):
        path.with_name(name).write_text("{}")
    assert read_study(path.parent).failures == ()


def test_text_given_by_name_is_a_failure(tmp_path: Path) -> None:
    text_named_dicom(tmp_path / "notes.txt")
    (failure,) = read_study(tmp_path / "notes.txt").failures
    assert failure.cause == "a text file, not an image"


def test_text_named_dicom_in_a_folder_is_no_image(write_slice: WriteSlice) -> None:
    path = write_slice(1)
    text_named_dicom(path.with_name("2.dcm"))
    study = read_study(path.parent)
    assert len(study.series) == 1
    assert [failure.cause for failure in study.failures] == ["a text file, not an image"]


@pytest.mark.parametrize("path", ["", "a\0b", "x" * 300, "/dev/null/x"])
def test_path_that_cannot_be(path: str, write_slice: WriteSlice) -> None:
    study = read_study([path, write_slice(1)])
    assert len(study.series) == 1
    assert [failure.path for failure in study.failures] == [path]


def test_path_that_does_not_exist(tmp_path: Path) -> None:
    (failure,) = read_study(tmp_path / "nowhere").failures
    assert failure.cause == "does not exist"


def test_folder_without_images(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (failure,) = read_study(tmp_path).failures
    assert (failure.path, failure.cause) == (str(tmp_path), "holds no image that can be read")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_folder_without_permission(write_slice: WriteSlice) -> None:
    path = write_slice(1)
    locked = path.parent / "locked"
    locked.mkdir(mode=0)
    study, alone = read_study(path.parent), read_study(locked)
    locked.chmod(0o700)
    assert [failure.path for failure in study.failures] == [str(locked)]
    assert len(study.series) == 1
    assert [failure.words for failure in alone.failures] == [
        f"{locked}: not readable: permission denied"
    ]


def test_links_that_dangle_or_turn_in_circles(write_slice: WriteSlice) -> None:
    path = write_slice(1)
    (path.parent / "round").symlink_to(path.parent)
    (path.parent / "2.dcm").symlink_to(path.parent / "nothing")
    study = read_study(path.parent)
    assert len(study.series) == 1
    assert [failure.cause for failure in study.failures] == ["a link to a file that does not exist"]


def test_folders_of_a_drive_that_numbers_none_are_all_read(
    write_slice: WriteSlice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("a", "b"):
        (tmp_path / "study" / folder).mkdir(parents=True)
        write_slice(1).rename(tmp_path / "study" / folder / "1.dcm")
    truly = Path.stat

    def unnumbered(path: Path, **follow: bool) -> os.stat_result:
        # As Windows tells of some network drives.
        told = truly(path, **follow)
        return os.stat_result((told.st_mode, 0, 0, *told[3:]))

    monkeypatch.setattr(Path, "stat", unnumbered)
    found = find_images(str(tmp_path / "study"))
    assert [Path(path).parent.name for _, path in found.files] == ["a", "b"]


def test_pipe_is_not_waited_for(write_slice: WriteSlice) -> None:
    path = write_slice(1)
    os.mkfifo(path.with_name("2.dcm"))
    study = read_study(path.parent)
    assert [failure.cause for failure in study.failures] == ["not a regular file"]


def test_a_series_number_that_no_scanner_counts_to(write_slice: WriteSlice) -> None:
    path = write_slice(1, SeriesNumber="99999999")
    path.write_bytes(path.read_bytes().replace(b"IS\x08\x0099999999", b"IS\x08\x008.9E+99 "))
    (series,) = read(path)
    assert series.series_number is None


@pytest.mark.parametrize(
    ("damaged", "spacing", "told"),
    [
        ({"ImagePositionPatient": [1e12, 0, 0]}, (2.5, 1.5, 0.75), "no slice positions"),
        ({"PixelSpacing": [1e-9, 1e-9]}, None, "no slice positions"),
        ({"SliceThickness": 1e12}, (1.0, 1.5, 0.75), "slice thickness unknown"),
    ],
)
def test_lengths_that_no_image_has_are_none(
    damaged: dict[str, object], spacing: object, told: str, write_slice: WriteSlice
) -> None:
    (series,) = read(write_slice(1, **damaged))
    assert series.spacing == spacing
    (warning,) = series.warnings
    assert warning.startswith(told)


def test_header_values_of_the_wrong_kind(write_slice: WriteSlice) -> None:
    path = write_slice(1)
    for old, new in (
        (b"1.5\\0.75", b"1,5\\0,75"),  # decimal commas
        (b"SH\x00\x00", b"XX\x00\x00"),
    ):
        path.write_bytes(path.read_bytes().replace(old, new))
    (series,) = read_study(path).series
    assert series.spacing == (2.5, 1.5, 0.75)


@pytest.mark.parametrize(
    ("written", "spacing"), [(b"1.5mm\\.7", (2.5, 1.5, 0.7)), (b"0x1\\0x12", None)]
)
def test_numbers_with_a_unit_are_read_and_codes_are_none(
    written: bytes, spacing: tuple[float, ...] | None, write_slice: WriteSlice
) -> None:
    path = write_slice(1)
    path.write_bytes(path.read_bytes().replace(b"1.5\\0.75", written))
    (series,) = read_study(path.parent).series
    assert series.spacing == spacing


def test_read_warns_of_each_file_and_gives_the_rest(write_slice: WriteSlice) -> None:
    path = write_slice(1)
    empty(path.with_name("2.dcm"))
    with pytest.warns(UnreadableFileWarning, match=r"2\.dcm: empty"):
        assert len(read(path.parent)) == 1


def test_read_raises_where_nothing_can_be_read(tmp_path: Path) -> None:
    empty(tmp_path / "2.dcm")
    with pytest.raises(ReadError, match=r"2\.dcm: empty"):
        read(tmp_path)
    with pytest.raises(ReadError, match="no path"):
        read([])


def test_same_failures_in_the_same_order(write_slice: WriteSlice) -> None:
    path = write_slice(1)
    for name in ("b.dcm", "a.dcm", "10.dcm", "9.dcm"):
        empty(path.with_name(name))
    first, second = read_study(path.parent), read_study(path.parent)
    assert first.failures == second.failures
    names = [Path(failure.path).name for failure in first.failures]
    assert names == ["9.dcm", "10.dcm", "a.dcm", "b.dcm"]


@pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="the shared data are not on this machine")
def test_known_bad_files_are_each_named() -> None:
    study = read_study(SHARED_DATA / "bad_inputs")
    causes = {Path(failure.path).name: failure.cause for failure in study.failures}
    assert "Rows" in causes["ivmartel_dwv-test_no-number-rows.dcm"]
    assert "gzip" in causes["neurolabusc_XX_0003.gz"]
    for series in study.series:
        assert series.slice_pixels(0).compute().ndim == 2


def test_every_bundled_file_of_pydicom_is_read_or_named() -> None:
    folder = Path(pydicom.__file__).parent / "data" / "test_files"
    study = read_study(folder)
    assert len(study.series) > 40
    assert all(failure.cause for failure in study.failures)


def test_damaged_header_is_not_quoted(write_slice: WriteSlice) -> None:
    path = write_slice(1)
    written = path.read_bytes()
    uid = written.index(b"\x08\x00\x16\x00UI")
    # The class takes up all that follows it, the name too.
    path.write_bytes(written[: uid + 6] + b"\xff\x01" + written[uid + 8 :])
    (failure,) = read_study(path).failures
    assert "Roe" in written.decode("latin-1")
    assert "Roe" not in failure.cause
    assert len(failure.cause) < 200


@pytest.mark.parametrize("damaged", [0, 1, 2])
def test_one_damaged_header_does_not_lose_the_series(write_slice: WriteSlice, damaged: int) -> None:
    files = [write_slice(n, place) for n, place in enumerate(positions_along(AXIAL, 3), start=1)]
    written = files[damaged].read_bytes()
    patient = written.index(b"\x10\x00\x10\x00PN")
    # A private sequence that only a reader of the whole header comes upon.
    opened = b"\x09\x00\x01\x10SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\x10\0\0\0" + b"\xff" * 16
    closed = b"\xfe\xff\xdd\xe0\0\0\0\0"
    files[damaged].write_bytes(written[:patient] + opened + closed + written[patient:])
    (series,) = read(files[0].parent)
    assert series.files == tuple(map(str, files))
    assert series.description == "made for a test"
    assert series.pixels.compute().any(axis=(1, 2)).all()
    assert len(series.warnings) == (damaged == 0)
    assert all("00001.dcm" in words and "00002.dcm" in words for words in series.warnings)


def test_decoder_that_panics_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    source = pydicom.data.get_testdata_file("MR_small_RLE.dcm", download=False)
    written = Path(source).read_bytes()
    path = tmp_path / "1.dcm"
    # One run that is longer than it was ends beyond the frame.
    path.write_bytes(written[:4784] + bytes([167]) + written[4785:])
    (series,) = read_study(path).series
    with pytest.raises(ReadError, match=r"1\.dcm: pixels can't be decoded as RLE Lossless \(it is"):
        series.pixels.compute()


def test_jpeg_2000_in_boxes_of_no_length_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    source = pydicom.data.get_testdata_file("GDCMJ2K_TextGBR.dcm", download=False)
    written = Path(source).read_bytes()
    path = tmp_path / "1.dcm"
    box = written.index(b"ftyp") - 4
    path.write_bytes(written[:box] + bytes(4) + written[box + 4 :])
    (series,) = read_study(path).series
    with pytest.raises(ReadError, match=r"1\.dcm: pixels can't be decoded as JPEG 2000 .*damaged"):
        series.pixels.compute()


@pytest.mark.parametrize(
    ("sop_class", "told"),
    [
        (BasicTextSRStorage, "Basic Text SR"),
        (UID("1.3.12.2.1107.5.9.1"), "Siemens CSA Non-Image"),
        (UID("1.3.46.670589.11.0.0.12.2"), "Philips MR Series Data"),
    ],
)
def test_a_report_beside_the_images_is_passed_over(
    sop_class: UID, told: str, write_slice: WriteSlice
) -> None:
    path = write_slice(1)
    report = new_file(path, sop_class, 9, ExplicitVRLittleEndian)
    report.Modality = "SR"
    report.save_as(path.with_name("report.dcm"), enforce_file_format=True)
    study = read_study(path.parent)
    assert (len(study.series), study.failures) == (1, ())
    # Asked for by name, it is said what it is.
    (failure,) = read_study(path.with_name("report.dcm")).failures
    assert failure.cause == f"holds no image, but {told}"
    with zipfile.ZipFile(path.with_name("a.zip"), "w") as archive:
        archive.write(path.with_name("report.dcm"), "report.dcm")
    (failure,) = read_study(path.with_name("a.zip")).failures
    assert failure.cause == "holds no image that can be read"
    path.with_name("a.zip").unlink()
    path.unlink()
    (failure,) = read_study(path.parent).failures
    assert failure.cause == "holds no image that can be read"


def test_reading_in_several_threads_leaves_warnings_as_they_were(write_slice: WriteSlice) -> None:
    folder = write_slice(1).parent
    # What is imported for the first file may bring filters of its own.
    with warnings.catch_warnings():
        read_study(folder)
    before = list(warnings.filters)
    with ThreadPoolExecutor(4) as pool:
        studies = list(pool.map(read_study, [folder] * 20))
    assert all(len(study.series) == 1 for study in studies)
    assert warnings.filters == before


def test_reading_in_another_thread_mutes_nobody(write_slice: WriteSlice) -> None:
    folder = write_slice(1).parent
    opened, closed = Event(), Event()

    def hold(_done: int, _total: int) -> None:
        opened.set()
        assert closed.wait(60)

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read_study, folder, progress=hold)
        assert opened.wait(60)
        # Entered while files are read, left when they are: what was then comes back.
        with warnings.catch_warnings():
            closed.set()
            assert len(reading.result(60).series) == 1
    # pytest makes an error of every warning that nobody mutes.
    with pytest.raises(UserWarning, match="the user's own"):
        warnings.warn("the user's own", UserWarning, stacklevel=1)


def test_a_volume_of_freesurfer_is_told_how_to_be_converted(tmp_path: Path) -> None:
    path = tmp_path / "orig.mgz"
    nibabel.save(nibabel.MGHImage(np.ones((4, 4, 4), np.float32), np.eye(4)), path)
    (failure,) = read_study(path).failures
    assert "mri_convert" in failure.cause


@pytest.mark.parametrize(
    ("name", "content", "advice"),
    [
        ("a.nrrd", b"NRRD0004\ntype: short\n\n" + bytes(50), "as NIfTI"),
        ("a.mhd", b"ObjectType = Image\nNDims = 3\n", "as NIfTI"),
        ("a.GIF", b"GIF89a" + bytes(50), "as PNG"),
    ],
)
def test_an_image_of_another_kind_is_told_how_to_be_saved(
    name: str, content: bytes, advice: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    for given in (tmp_path / name, tmp_path):
        # What a page shows lies in folders too.
        failure = read_study(given).failures[0]
        assert ("save it" in failure.cause) == (given.is_file() or name != "a.GIF")
        assert failure.cause.endswith(advice) == ("save it" in failure.cause)


@pytest.mark.parametrize("given", ["", "a.hdr", "a.img"])
def test_an_analyze_image_is_told_how_to_be_converted(given: str, tmp_path: Path) -> None:
    nibabel.AnalyzeImage(np.ones((4, 4, 4), np.int16), np.eye(4)).to_filename(tmp_path / "a.hdr")
    failure = read_study(tmp_path / given).failures[0]
    assert Path(failure.path).name == "a.hdr"
    assert "Analyze" in failure.cause
    assert failure.cause.endswith("convert it to NIfTI")


def test_a_nifti_file_that_is_not_packed_as_its_name_says_is_told(tmp_path: Path) -> None:
    nibabel.Nifti1Image(np.ones((4, 4, 4), np.float32), np.eye(4)).to_filename(tmp_path / "a.nii")
    path = (tmp_path / "a.nii").rename(tmp_path / "a.nii.gz")
    (failure,) = read_study(path).failures
    told = "not compressed with gzip, though its name says so: take .gz off its name"
    assert failure.cause == told


def test_a_dicom_file_packed_as_nifti_is_told_to_be_unpacked(write_slice: WriteSlice) -> None:
    path = write_slice(1)
    packed = path.with_name("a.nii.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    (failure,) = read_study(packed).failures
    assert failure.cause == "what is packed in it is not NIfTI: unpack it and open what it holds"


@pytest.mark.parametrize(
    ("ending", "by"), [("tar", "tar"), ("gztar", "gzip"), ("bztar", "bzip2"), ("xztar", "xz")]
)
def test_a_packed_study_is_told_to_be_unpacked(
    ending: str, by: str, write_slice: WriteSlice, tmp_path: Path
) -> None:
    folder = write_slice(1).parent
    packed = shutil.make_archive(str(tmp_path / "packed"), ending, folder)
    shutil.rmtree(folder)
    for given in (packed, tmp_path):
        failure = read_study(given).failures[0]
        assert failure.cause == f"packed with {by}: unpack it"


def test_the_tables_of_a_bids_data_set_are_no_images_that_failed(tmp_path: Path) -> None:
    nibabel.Nifti1Image(np.ones((4, 4, 4), np.int16), np.eye(4)).to_filename(tmp_path / "a.nii")
    table = tmp_path / "sub-01_task-rest_physio.tsv.gz"
    table.write_bytes(gzip.compress(b"0.1\t0.2\n"))
    assert read_study(tmp_path).failures == ()
    assert len(read_study(table).failures) == 1


def test_what_is_no_path_is_refused_in_words() -> None:
    with pytest.raises(TypeError, match="a path or a list of paths is read, not int"):
        read(3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a path or a list of paths is read, not list of int"):
        read([3])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="a path or a list of paths is read, not FileDataset of D"):
        read(pydicom.dcmread(pydicom.data.get_testdata_file("MR_small.dcm")))


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif", "big.tif", "a.nii.gz"])
def test_no_word_of_a_library_is_told_of_a_damaged_file(name: str, tmp_path: Path) -> None:
    whole = tmp_path / name
    if ".nii" in name:
        image = nibabel.Nifti1Image(np.arange(3000, dtype=np.int16).reshape(10, 15, 20), np.eye(4))
        nibabel.save(image, whole)
    else:
        picture = Image.fromarray(np.random.default_rng(1).integers(0, 255, (40, 30), np.uint8))
        packed = {"compression": "jpeg", "big_tiff": "big" in name} if "tif" in name else {}
        picture.save(whole, **packed)
    written = whole.read_bytes()
    for cut in range(8, len(written), len(written) // 40):
        (tmp_path / f"cut{cut}").mkdir()
        (tmp_path / f"cut{cut}" / name).write_bytes(written[:cut])
        flipped = written[:cut] + b"\xff\xff" + written[cut + 2 :]
        (tmp_path / f"flip{cut}").mkdir()
        (tmp_path / f"flip{cut}" / name).write_bytes(flipped)
    whole.unlink()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        study = read_study(tmp_path)
        causes = [*(failure.cause for failure in study.failures), *map(_cause_of, study.series)]
    assert [str(one.message) for one in warned] == []
    quoted = [cause for cause in causes if "(" in cause]
    assert [one for one in quoted if not one.endswith("copy or export it again)")] == []
    assert len(quoted) > 10


def _cause_of(series: Series) -> str:
    try:
        series.pixels.compute()
    except ReadError as error:
        return error.cause
    return ""


def test_what_a_mac_or_windows_leaves_beside_images_is_passed_over(write_slice: WriteSlice) -> None:
    path = write_slice(1)
    for name in ("._00001.dcm", ".hidden", "Thumbs.db", "LOCKFILE"):
        path.with_name(name).write_bytes(b"\0\5\x16\7\0\2\0\0Mac OS X")
    study = read_study(path.parent)
    assert (len(study.series), study.failures) == (1, ())


def test_an_ending_in_capitals_is_that_of_an_image_too(write_slice: WriteSlice) -> None:
    path = write_slice(1)
    text_named_dicom(path.with_name("2.DCM"))
    (failure,) = read_study(path.parent).failures
    assert failure.cause == "a text file, not an image"


def test_bytes_that_only_begin_like_dicom_are_passed_over(write_slice: WriteSlice) -> None:
    path = write_slice(1)
    # Group 8 without a sensible element after it.
    path.with_name("table.bin").write_bytes(b"\x08\0\x05\0" + b"\xff" * 500)
    assert read_study(path.parent).failures == ()


def test_an_index_of_a_disc_in_a_folder_names_nothing_that_is_missing(
    write_slice: WriteSlice,
) -> None:
    index = Path(pydicom.__file__).parent / "data/test_files/dicomdirtests/DICOMDIR"
    path = write_slice(1)
    shutil.copy(index, path.with_name("DICOMDIR"))
    study = read_study(path.parent)
    assert (len(study.series), study.failures) == (1, ())
    # Asked for by name, it is read.
    (failure,) = read_study(path.with_name("DICOMDIR")).failures[:1]
    assert "not there: 31" in failure.cause


def test_a_packed_file_is_told_by_what_it_holds_not_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "a.nii.gz"
    path.write_bytes(bz2.compress(bytes(1000)))
    (failure,) = read_study(path).failures
    assert failure.cause == "packed with bzip2: unpack it"


def test_a_file_that_begins_with_its_meta_information_is_read(write_slice: WriteSlice) -> None:
    path = write_slice(1)
    path.write_bytes(path.read_bytes()[132:])
    (series,) = read(path)
    assert series.pixels.compute().shape == (1, 12, 16)


def test_hidden_folders_are_not_entered(write_slice: WriteSlice) -> None:
    path = write_slice(1)
    write_slice(2, (0.0, 0.0, 3.0), name=".trash/2.dcm")
    (series,) = read(path.parent)
    assert series.files == (str(path),)


@pytest.mark.parametrize("name", ["MR.1.2.840.113619.2", "IM0001"])
def test_a_broken_file_whose_name_is_that_of_a_scanner_is_named(
    name: str, write_slice: WriteSlice
) -> None:
    path = write_slice(1)
    random_bytes(path.with_name(name))
    random_bytes(path.with_name("model.bin"))
    (failure,) = read_study(path.parent).failures
    assert Path(failure.path).name == name


def test_what_is_no_path_does_not_exist_and_a_link_is_told_as_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    paths = ["", "a\0b", str(tmp_path / "file" / "x"), str(tmp_path / "link")]
    causes = [failure.cause for failure in read_study(paths).failures]
    assert causes == ["does not exist"] * 3 + ["a link to a file that does not exist"]


def _without_lengths(dataset: Dataset) -> None:
    groups = dataset["PerFrameFunctionalGroupsSequence"]
    groups.is_undefined_length = True
    for item in groups.value:
        item.is_undefined_length_sequence_item = True


def test_a_header_cut_off_within_its_groups_is_told_in_our_words(
    write_enhanced: Callable[..., Path],
) -> None:
    path = write_enhanced(1, [{"position": (0.0, 0.0, 3.0 * index)} for index in range(4)])
    rewrite(path, _without_lengths)
    written = path.read_bytes()
    start, end = written.index(b"\x00\x52\x29\x92"), written.index(b"\xe0\x7f\x10\x00OW")
    for cut in range(start, end, 7):
        path.with_name(f"{cut}.dcm").write_bytes(written[:cut])
    path.unlink()
    failed = [one for one in read_study(path.parent).failures if one.path.endswith(".dcm")]
    assert len(failed) == len(range(start, end, 7))
    causes = {failure.cause.split("(")[0].strip() for failure in failed}
    assert causes == {"damaged DICOM header", "holds no pixels, or is cut off before them"}


@pytest.mark.parametrize("told", [None, 0])
@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian])
def test_frames_that_no_header_counts_are_as_many_as_their_groups(
    told: int | None, syntax: UID, write_enhanced: Callable[..., Path]
) -> None:
    for number, frames in ((1, 4), (2, 3)):
        positions = [{"position": (0.0, 0.0, 3.0 * (4 * number + i))} for i in range(frames)]
        path = write_enhanced(number, positions, NumberOfFrames=told)
        dataset = pydicom.dcmread(path)
        dataset.file_meta.TransferSyntaxUID = syntax
        dataset.save_as(path)
    (series,) = read_study(path.parent).series
    assert series.pixels.shape[:-2] == (7,)
    np.testing.assert_array_equal(series.pixels[6].compute(), image(202))
    assert series.warnings == (
        "number of frames (0028,0008) is missing: there are as many as functional groups",
    )


@pytest.mark.parametrize("columns", [16, 15])
def test_frames_of_a_cine_that_no_header_counts_are_as_many_as_pixels_fill(
    columns: int, write_slice: WriteSlice
) -> None:
    frames = np.arange(3 * 11 * columns).reshape(3, 11, columns).astype(np.uint8)
    written = np.append(frames, np.zeros(frames.size % 2, np.uint8)).reshape(1, -1)
    path = write_slice(
        1, pixels=written, Rows=11, Columns=columns, BitsAllocated=8, BitsStored=8, HighBit=7
    )
    (series,) = read_study(path).series
    np.testing.assert_array_equal(series.pixels[:, 0], frames)
    assert series.warnings == (
        "number of frames (0028,0008) is missing: there are as many as pixels fill",
    )


def test_what_follows_the_pixels_of_a_slice_is_no_frame(write_slice: WriteSlice) -> None:
    longer = np.concatenate([image(1), image(2)[:5]])
    (series,) = read_study(write_slice(1, pixels=longer, Rows=12)).series
    assert series.pixels.shape == (1, 12, 16)
    assert series.warnings == ()


def test_frames_that_are_cut_off_are_not_counted(write_slice: WriteSlice) -> None:
    path = write_slice(1, pixels=np.concatenate([image(1), image(2)]), Rows=12)
    path.write_bytes(path.read_bytes()[: -image(2).nbytes])
    (series,) = read_study(path).series
    np.testing.assert_array_equal(series.pixels, [image(1)])


@pytest.mark.parametrize(("described", "told"), [(3, 5), (5, 3)])
def test_functional_groups_that_are_not_as_many_as_frames_are_told(
    described: int, told: int, write_enhanced: Callable[..., Path]
) -> None:
    path = write_enhanced(1, [{"position": (0.0, 0.0, 3.0 * i)} for i in range(5)])
    dataset = pydicom.dcmread(path)
    dataset.NumberOfFrames = told
    del dataset.PerFrameFunctionalGroupsSequence[described:]
    dataset.save_as(path)
    for series in read_study(path).series:
        assert series.warnings[0].startswith(
            f"functional groups describe {described} frames, the number of frames"
        )


def test_guessed_frames_without_a_place_are_told_to_be_both(
    write_enhanced: Callable[..., Path],
) -> None:
    path = write_enhanced(1, [{"position": (0.0, 0.0, 3.0 * i)} for i in range(5)])
    dataset = pydicom.dcmread(path)
    del dataset.NumberOfFrames
    for group in dataset.PerFrameFunctionalGroupsSequence:
        del group.PlanePositionSequence
    dataset.save_as(path)
    (series,) = read_study(path).series
    guessed, unplaced = series.warnings
    assert guessed.startswith("number of frames (0028,0008) is missing")
    assert unplaced.startswith("no slice positions")


@pytest.mark.parametrize("name", ["brain.nii", "brain.nii.gz", "brain.png"])
def test_an_image_that_is_gone_when_it_is_shown_is_told_so(name: str, tmp_path: Path) -> None:
    values = np.arange(64 * 64, dtype=np.uint8).reshape(64, 64, 1)
    if name.endswith(".png"):
        Image.fromarray(values[..., 0]).save(tmp_path / name)
    else:
        nibabel.save(nibabel.Nifti1Image(values, np.eye(4)), tmp_path / name)
    (series,) = read(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(ReadError, match=r"brain\..*the file has disappeared since"):
        series.slice_pixels(0).compute()
