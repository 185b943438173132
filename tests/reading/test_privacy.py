"""The header that leaves reading names nobody, and still says what the sequence is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset

from napari_mrseq.header.attributes import attributes_of
from napari_mrseq.reading import read_study
from tests.reading.scanner_files import SHARED_DATA, WriteSlice, items

PERSONAL = {
    "PatientAddress": "1 Nowhere Street",
    "OtherPatientIDs": "ALIAS55",
    "ReferringPhysicianName": "Who^Doctor",
    "OperatorsName": "Oper^Ator",
    "AccessionNumber": "ACC4711",
    "InstitutionName": "General Hospital",
    "PatientComments": "talks a lot",
    "ImageComments": "Jane Roe moved",
}
SECRETS = (
    "Roe", "Jane", "ID998877", "19700101", "Nowhere", "ALIAS55", "Doctor", "Oper^Ator", "ACC4711",
    "General Hospital", "talks",
)  # fmt: skip


def elements(dataset: Dataset) -> Iterator[str]:
    for element in dataset.iterall():
        yield f"{element.tag} {element.value!r}"


def header_of(path: Path) -> Dataset:
    (series,) = read_study(path).series
    assert series.dataset is not None
    return series.dataset


def test_nothing_names_the_patient(write_slice: WriteSlice) -> None:
    path = write_slice(
        1,
        RequestAttributesSequence=items(RequestedProcedureID="ACC4711"),
        ReferencedImageSequence=items(ReferencedSOPInstanceUID="1.2.3", PatientName="Roe^Jane"),
        private={
            (0x0029, 0x1020): ("OB", b"tPatientName = Roe Jane  "),
            (0x0029, 0x1010): ("OB", b"harmless"),
            (0x0009, 0x1010): ("LO", "anything"),
            (0x2001, 0x1003): ("FL", 1000.0),
        },
        **PERSONAL,
    )
    header = header_of(path)
    written = "\n".join([*elements(header), *elements(header.file_meta)])
    assert [secret for secret in SECRETS if secret.lower() in written.lower()] == []
    assert (0x0009, 0x1010) not in header
    assert header[0x0029, 0x1010].value == b"harmless"
    assert header[0x2001, 0x1003].value == 1000.0
    assert header.EchoTime == 10
    assert header.SeriesDescription == "made for a test"


def test_no_pixels_and_no_bulk(write_slice: WriteSlice) -> None:
    path = write_slice(1, private={(0x0029, 0x1010): ("OB", bytes(100_000))})
    header = header_of(path)
    assert "PixelData" not in header
    assert (0x0029, 0x1010) not in header


def test_the_file_stays_as_it_was(write_slice: WriteSlice) -> None:
    path = write_slice(1)
    before = path.read_bytes()
    header_of(path)
    assert path.read_bytes() == before


@pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="the shared data are not on this machine")
def test_real_headers_name_nobody() -> None:
    for series in read_study(SHARED_DATA / "dicom" / "neurolabusc+dcm_qa_enh").series:
        for element in series.dataset.iterall():
            assert element.VR != "PN"
            assert element.tag.group != 0x0010 or element.keyword in (
                "PatientSex", "PatientAge", "PatientSize", "PatientWeight",
            )  # fmt: skip


def test_enhanced_header_holds_one_frame(write_enhanced: Callable[..., Path]) -> None:
    frames = [{"position": (0.0, 0.0, 3.0 * index)} for index in range(50)]
    header = header_of(write_enhanced(1, frames))
    assert len(header.PerFrameFunctionalGroupsSequence) == 1


def test_scanning_sequence_of_enhanced_philips_is_kept_without_the_patient(
    write_enhanced: Callable[..., Path],
) -> None:
    path = write_enhanced(1, [{"position": (0.0, 0.0, 3.0 * index)} for index in range(3)])
    dataset = pydicom.dcmread(path)
    for frame in dataset.PerFrameFunctionalGroupsSequence:
        frame.add_new((0x2005, 0x0014), "LO", "Philips MR Imaging DD 005")
        frame.add_new((0x2005, 0x0010), "LO", "Philips MR Imaging DD 001")
        inner = items(
            ScanningSequence=["GR", "IR"],
            SequenceVariant="MP",
            PatientName="Roe^Jane",
            PatientID="ID998877",
            SeriesDescription="of Jane Roe",
            RequestAttributesSequence=items(RequestedProcedureID="ACC4711"),
            **PERSONAL,
        )
        # Private sequences other than this one still go, inside of it as well.
        inner[0].add_new((0x2005, 0x0010), "LO", "Philips MR Imaging DD 001")
        inner[0].add_new((0x2005, 0x1084), "SQ", items(PulseSequenceName="secret"))
        frame.add_new((0x2005, 0x140F), "SQ", inner)
        frame.add_new((0x2005, 0x1084), "SQ", items(PulseSequenceName="secret"))
    dataset.save_as(path, overwrite=True)
    (series,) = read_study(path).series
    assert series.dataset is not None
    written = "\n".join(elements(series.dataset))
    assert [word for word in (*SECRETS, "secret") if word.lower() in written.lower()] == []
    assert {"gradient echo", "inversion"} <= attributes_of(series).techniques.keys()


def test_name_is_cut_from_words_and_the_words_stay(write_slice: WriteSlice) -> None:
    path = write_slice(
        1,
        PatientName="Li^Janette",
        SeriesDescription="T1 mprage LI_janette lipid_supp",
        ProtocolName="janette",
        ImageType=["ORIGINAL", "PRIMARY", "M", "JANETTE"],
    )
    header = header_of(path)
    assert header.SeriesDescription == "T1 mprage _ lipid_supp"
    assert header.ProtocolName == ""
    assert list(header.ImageType) == ["ORIGINAL", "PRIMARY", "M", ""]
    assert read_study(path).series[0].description == "T1 mprage _ lipid_supp"


@pytest.mark.parametrize(
    ("name", "described", "kept"),
    [
        ("SMITH, JOHN", "SMITH knee T1", "knee T1"),
        ("Smith,John", "T1 Smith", "T1"),
        ("SMITH_JOHN", "T1 SMITH tra", "T1 tra"),
        ("Smith-Jones^Anna", "T1 SMITH JONES", "T1"),
        ("O'Brien^Pat", "t1_obrien O'Brien", "t1_"),
    ],
)
def test_name_written_in_another_way_is_cut_as_well(
    write_slice: WriteSlice, name: str, described: str, kept: str
) -> None:
    path = write_slice(1, PatientName=name, SeriesDescription=described)
    assert header_of(path).SeriesDescription == kept


def test_name_that_is_a_code_leaves_the_codes(write_slice: WriteSlice) -> None:
    header = header_of(write_slice(1, PatientName="Se^Jane", ScanningSequence=["SE", "IR"]))
    assert list(header.ScanningSequence) == ["SE", "IR"]


def test_number_of_a_patient_takes_no_number_away(write_slice: WriteSlice) -> None:
    path = write_slice(1, PatientID="2500", RepetitionTime=2500, InversionTime=12500)
    header = header_of(path)
    assert (header.RepetitionTime, header.InversionTime) == (2500, 12500)
