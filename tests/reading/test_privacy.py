"""The header that leaves reading names nobody, and still says what the sequence is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset

from napari_mrseq.header.attributes import attributes_of
from napari_mrseq.reading import read_study
from napari_mrseq.reading.privacy import public_sidecar
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


def test_machines_that_a_file_went_through_are_not_told(write_slice: WriteSlice) -> None:
    path = write_slice(1)
    dataset = pydicom.dcmread(path)
    for which in ("Source", "Sending", "Receiving"):
        setattr(dataset.file_meta, f"{which}ApplicationEntityTitle", "WARD7")
    dataset.save_as(path)
    assert "WARD7" not in "\n".join(elements(header_of(path).file_meta))


def test_who_where_and_for_whom_goes_and_what_the_body_is_like_stays(
    write_slice: WriteSlice,
) -> None:
    names = (
        "ResponsibleOrganization", "ClinicalTrialSponsorName", "RequestedProcedureDescription",
        "CurrentPatientLocation", "PerformedStationName", "ContentLabel", "InstitutionAddress",
        "ReferringPhysicianAddress", "ReferringPhysicianTelephoneNumbers", "StationName",
        "InstitutionalDepartmentName", "AdmittingDiagnosesDescription", "DeviceSerialNumber",
        "GantryID", "StudyID",
    )  # fmt: skip
    coded = (
        "InstitutionCodeSequence", "ReferringPhysicianIdentificationSequence",
        "AdmittingDiagnosesCodeSequence", "ReferencedStudySequence", "ReferencedPatientSequence",
        "ContributingEquipmentSequence", "OriginalAttributesSequence",
    )  # fmt: skip
    body = {"PatientSex": "F", "PatientAge": "054Y", "PatientSize": 1.7, "PatientWeight": 75}
    path = write_slice(
        1,
        StorageMediaFileSetUID="1.2.3.4711",
        **dict.fromkeys(names, "HARELIP"),
        **{keyword: items(CodeMeaning="HARELIP") for keyword in coded},
        **body,
    )
    dataset = pydicom.dcmread(path)
    dataset.add_new((0x4008, 0x010B), "ST", "HARELIP")
    dataset.add_new((0x6000, 0x0022), "LO", "HARELIP")
    for role in ("Source", "Sending", "Receiving"):
        setattr(dataset.file_meta, f"{role}ApplicationEntityTitle", "HARELIP")
    dataset.file_meta.PrivateInformationCreatorUID = "1.2.3.4711"
    dataset.file_meta.PrivateInformation = b"HARELIP "
    dataset.save_as(path)
    header = header_of(path)
    told = [*elements(header), *elements(header.file_meta)]
    assert [element for element in told if "HARELIP" in element or "4711" in element] == []
    assert {keyword: header.get(keyword) for keyword in body} == body


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


def test_what_all_frames_share_is_kept_however_large_it_is_without_the_patient(
    write_enhanced: Callable[..., Path],
) -> None:
    # Siemens XA writes its whole protocol there, in a private element: 134,574 bytes.
    path = write_enhanced(1, [{"position": (0.0, 0.0, 3.0 * index)} for index in range(3)])
    dataset = pydicom.dcmread(path)
    (shared,) = dataset.SharedFunctionalGroupsSequence
    shared.MRTimingAndRelatedParametersSequence = items(RepetitionTime=1810, FlipAngle=90)
    shared.add_new((0x0021, 0x0010), "LO", "SIEMENS MR SDS 01")
    shared.add_new((0x0021, 0x1019), "OB", b"tPatientName = Roe Jane " * 5000)
    dataset.save_as(path)
    header = header_of(path)
    told = attributes_of(read_study(path).series[0])
    assert (told.repetition_time, told.flip_angle) == (1810, 90)
    assert "Roe" not in "\n".join(elements(header))


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
    assert header.SeriesDescription == "T1 mprage lipid_supp"
    assert header.ProtocolName == ""
    assert list(header.ImageType) == ["ORIGINAL", "PRIMARY", "M", ""]
    assert read_study(path).series[0].description == "T1 mprage lipid_supp"


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


@pytest.mark.parametrize("named", ["ISO_IR 192", "ISO_IR 100", " " * 10])
@pytest.mark.parametrize(
    ("encoding", "name", "typed"),
    [
        ("utf-8", "MÜLLER^JÖRG", "Mueller Joerg"),
        ("latin-1", "MÜLLER^JÖRG", "Mueller Joerg"),
        ("utf-8", "Dvořák^Jiří", "Dvorak Jiri"),
        ("cp1250", "Dvořák^Jiří", "Dvorak Jiri"),
        ("iso8859_2", "Lewiński^Sławosz", "Lewinski Slawosz"),
    ],
)
@pytest.mark.parametrize(
    ("described_in", "kept"),
    [
        ("ascii", "T2 tra"),
        ("utf-8", "T2 增强 tra"),
        ("gb18030", "T2 增强 tra"),
        ("euc_kr", "T2 조영후 tra"),
        ("cp1251", "T2 контраст tra"),
    ],
)
def test_name_is_cut_whatever_character_set_it_and_the_words_are_in(
    write_slice: WriteSlice,
    named: str,
    encoding: str,
    name: str,
    typed: str,
    described_in: str,
    kept: str,
) -> None:
    described = kept.replace("tra", f"{typed} tra").encode(described_in)
    path = write_bytes(write_slice, named, described, name.encode(encoding))
    assert header_of(path).SeriesDescription == kept


@pytest.mark.parametrize("named", ["ISO_IR 192", "ISO_IR 100", " " * 10])
@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("cp1251", "Иванов^Сергей"), ("iso8859_5", "Иванов^Сергей"), ("gb18030", "王小明"),
        ("big5", "王小明"), ("shift_jis", "山田^太郎"), ("euc_jp", "山田^太郎"),
        ("euc_kr", "김철수"),
    ],
)  # fmt: skip
def test_name_in_bytes_of_its_script_is_cut_beside_words_in_utf8(
    write_slice: WriteSlice, named: str, encoding: str, name: str
) -> None:
    described = f"T2 {name.replace('^', ' ')} tra".encode()
    path = write_bytes(write_slice, named, described, name.encode(encoding))
    assert header_of(path).SeriesDescription == "T2 tra"


def write_bytes(write_slice: WriteSlice, named: str, described: bytes, name: bytes) -> Path:
    """Write a file that names a character set, and has a description and a name in any others."""
    written = tuple(value + b" " * (len(value) % 2) for value in (described, name))
    places = [letter * len(value) for letter, value in zip((b"x", b"y"), written, strict=True)]
    path = write_slice(
        1,
        SpecificCharacterSet="ISO_IR 192",
        SeriesDescription=places[0].decode(),
        PatientName=places[1].decode(),
    )
    content = path.read_bytes().replace(b"ISO_IR 192", named.encode())
    for place, value in zip(places, written, strict=True):
        content = content.replace(place, value)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "described", "kept"),
    [
        # Scripts without spaces between words.
        ("王小明", "王小明头部T2", "头部T2"),
        ("Wang^XiaoMing=王^小明", "小明头部平扫 王 小明 T2", "头部平扫 T2"),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", "山田太郎頭部T2 ヤマダ", "頭部T2 ヤマダ"),
        ("Hong^Gildong=洪^吉洞=홍^길동", "홍길동 뇌 T2", "뇌 T2"),
        # Run together, in either order.
        ("LEE^ANN", "T2 LEEANN", "T2"),
        ("DOE^JANE", "T1_JANEDOE_head", "T1_ _head"),
        ("KIM^MINJUN", "KIMMINJUN T2", "T2"),
        ("NGUYEN^AN", "T2 ANNGUYEN", "T2"),
        ("LI^NA", "T2_LINA_head linac", "T2_ _head linac"),
        ("VAN DER BERG^JAN", "T2 vanderberg", "T2"),
        # With accents, without, spelled out, in parts.
        ("GARCÍA^JOSÉ", "T2 GARCIA Jose tra", "T2 tra"),
        ("MÜLLER^JÖRG", "T2 Mueller Joerg tra", "T2 tra"),
        ("MÜLLER^JÖRG", "T2 Muller Jorg tra", "T2 tra"),
        ("MUELLER^HANS", "T2 Müller tra", "T2 tra"),
        ("MÜLLER^HANS", "T2 MU\u0308LLER tra", "T2 tra"),
        ("Strauß^A", "T2 STRAUSS", "T2"),
        ("GROSS^A", "T2 groß", "T2"),
        # Letters that lose no accent: written without their stroke, or as two.
        ("SØRENSEN^ÅSE", "T2 Sorensen Ase tra", "T2 tra"),
        ("SØRENSEN^ÅSE", "T2 Soerensen Aase tra", "T2 tra"),
        ("ÆGIDIUS^BJÖRN", "T2 Aegidius tra", "T2 tra"),
        ("ŁUKASIEWICZ^A", "T2 Lukasiewicz tra", "T2 tra"),
        ("ĐORĐEVIĆ^A", "T2 Dordevic tra", "T2 tra"),
        ("ÞÓRÐUR^A", "T2 Thordur tra", "T2 tra"),
        ("IŞIKLI^A", "T2 ışıklı tra", "T2 tra"),
        ("Иванов^Иван", "T2 голова ИВАНОВ", "T2 голова"),
        # Begins as the word for "without" does.
        ("בלינדר^דן", "T1 בלינדר tra", "T1 tra"),
        # Written apart: of six letters, as of more.
        ("ZYXWOR^A", "T2 zyx wor tra", "T2 tra"),
        ("ZYXWO^A", "T2 zyx wo tra", "T2 zyx wo tra"),
    ],
)
def test_name_in_another_spelling_is_cut(
    write_slice: WriteSlice, name: str, described: str, kept: str
) -> None:
    path = write_slice(
        1, SpecificCharacterSet="ISO_IR 192", PatientName=name, SeriesDescription=described
    )
    assert header_of(path).SeriesDescription == kept


@pytest.mark.parametrize(
    "described",
    [
        "T2 01.02.1950", "T2 1950-02-01", "T2 02/01/1950", "T2 1.2.50", "T2 19500201",
        "T2 01FEB1950", "T2 1-Feb-50", "T2 Feb 1, 1950", "T2 1. Februar 1950", "T2 010250",
        "T2 500201", "T2 12.345.678", "T2 12 345 678", "T2 12345678",
    ],
)  # fmt: skip
def test_birth_date_and_number_are_cut_however_grouped(
    write_slice: WriteSlice, described: str
) -> None:
    path = write_slice(
        1, PatientID="12345678", PatientBirthDate="19500201", SeriesDescription=described
    )
    assert header_of(path).SeriesDescription == "T2"


@pytest.mark.parametrize(
    ("described", "kept"),
    [
        # Parts of the number, run together or not.
        ("T2 QX99172 tra", "T2 tra"),
        ("t2_QX_99172", "t2_"),
        ("T2 99172-7", "T2"),
        # A name that is written apart.
        ("T2 Zyx wort tra", "T2 tra"),
        ("T2 zyx-wort", "T2"),
        # The year of birth beside the name or its initials.
        ("T2 ZQ 1961 tra", "T2 tra"),
        ("T2 Q.Z. 1961", "T2"),
        ("1961 zq T2", "T2"),
        ("T2 ZYXWORT1961", "T2"),
        ("T2 ZQ 1961-03-14", "T2"),
        ("T2 ZQ 1961 Mar 14 tra", "T2 tra"),
        # Numbers and words that are nobody's.
        ("T2 1961 wort", "T2 1961 wort"),
        ("T2 172 QX", "T2 172 QX"),
        ("T2 b1961 zqx 1961", "T2 b1961 zqx 1961"),
    ],
)
def test_parts_of_what_names_the_patient_are_cut_and_nothing_else(
    write_slice: WriteSlice, described: str, kept: str
) -> None:
    path = write_slice(
        1,
        PatientName="Zyxwort^Quenby",
        PatientID="QX-99172-7",
        PatientBirthDate="19610314",
        SeriesDescription=described,
    )
    assert header_of(path).SeriesDescription == kept


@pytest.mark.parametrize(
    ("name", "described"),
    # The initials of the first, born in that year, are a repetition time.
    [("Reed^Tom", "t2 TR 2000"), ("Sagcor^Tom", "T1 sag cor")],
)
def test_words_of_the_field_that_look_like_parts_of_a_name_stay(
    name: str, described: str, write_slice: WriteSlice
) -> None:
    who = {"PatientName": name, "PatientBirthDate": "20000101"}
    header = header_of(write_slice(1, SeriesDescription=described, **who))
    assert header.SeriesDescription == described


def test_the_name_that_a_mother_was_born_with_is_cut(write_slice: WriteSlice) -> None:
    path = write_slice(1, PatientMotherBirthName="Kowalski", SeriesDescription="T2 KOWALSKI")
    assert header_of(path).SeriesDescription == "T2"


@pytest.mark.parametrize(
    ("who", "described"),
    [
        ({"PatientName": "DARK^JOHN"}, "t2_space_dark-fluid_sag"),
        ({"PatientName": "STAR^BELLE"}, "AX T2 STAR"),
        ({"PatientName": "PRE^A"}, "T1 PRE contrast"),
        ({"PatientName": "POST^EMILY"}, "T1 POST"),
        ({"PatientName": "TSE^WING"}, "t2_tse_tra"),
        ({"PatientName": "PHANTOM^FLAIR"}, "AX FLAIR"),
        ({"PatientName": "DIXON^MARY"}, "t1_vibe_dixon_tra"),
        # Part of a word of the field: "trans", "b1000".
        ({"PatientName": "TRAN^HAI"}, "T2 trans"),
        ({"PatientName": "AXT^IDA"}, "AXT1"),
        ({"PatientID": "1000"}, "ep2d b1000"),
        # A given name in Chinese, and "with contrast".
        ({"PatientName": "李^增强"}, "T1 增强"),
    ],
)
def test_words_of_the_field_stay_whatever_the_patient_is_called(
    write_slice: WriteSlice, who: dict[str, str], described: str
) -> None:
    path = write_slice(
        1, **{"SpecificCharacterSet": "ISO_IR 192", "SeriesDescription": described} | who
    )
    assert header_of(path).SeriesDescription == described


def test_number_with_a_word_of_the_field_in_it_leaves_the_word(write_slice: WriteSlice) -> None:
    path = write_slice(1, PatientID="DWI1000", SeriesDescription="ax DWI1000 tra")
    assert header_of(path).SeriesDescription == "ax DWI tra"


@pytest.mark.parametrize("name", ["SWIFT", "BOLDT", "SHIMIZU", "TRACEY", "TASKER", "WHITE"])
def test_name_that_only_begins_like_a_word_of_the_field_is_cut(
    write_slice: WriteSlice, name: str
) -> None:
    path = write_slice(1, PatientName=f"{name}^ANN", SeriesDescription=f"T2 {name} tra")
    assert header_of(path).SeriesDescription == "T2 tra"


def test_comments_and_private_texts_name_nobody_else(write_slice: WriteSlice) -> None:
    path = write_slice(
        1,
        FrameComments="seen by Dr Harelip",
        ImagePresentationComments="Harelip",
        AcquisitionComments="Harelip",
        ContributingEquipmentSequence=items(ContributionDescription="by Harelip"),
        ContentDescription="Harelip",
        private={
            (0x0019, 0x1008): ("LO", "Harelip"),
            (0x0021, 0x1008): ("UN", b"for Dr Harelip"),
            (0x0019, 0x109C): ("LO", "fse-xl"),
            (0x2005, 0x1011): ("CS", "M"),
        },
    )
    header = header_of(path)
    assert "Harelip" not in "\n".join(elements(header))
    assert header[0x0019, 0x109C].value == "fse-xl"
    assert header[0x2005, 0x1011].value == "M"


def test_name_that_is_a_code_leaves_the_codes(write_slice: WriteSlice) -> None:
    header = header_of(write_slice(1, PatientName="Se^Jane", ScanningSequence=["SE", "IR"]))
    assert list(header.ScanningSequence) == ["SE", "IR"]


def test_number_of_a_patient_takes_no_number_away(write_slice: WriteSlice) -> None:
    path = write_slice(1, PatientID="2500", RepetitionTime=2500, InversionTime=12500)
    header = header_of(path)
    assert (header.RepetitionTime, header.InversionTime) == (2500, 12500)


@pytest.mark.parametrize(
    ("number", "described", "kept"),
    [
        ("B12345", "ep2d B12345 t2", "ep2d t2"),
        ("B1234", "ep2d_diff b1234 b1000", "ep2d_diff b1000"),
        ("B12345", "ep2d b 12345 t2", "ep2d t2"),
        ("DWI1000", "DWI b1000", "DWI b1000"),
        ("4711", "t2 4711 tra", "t2 tra"),
        ("ABCDE12", "t2 ABCDE-12 tra", "t2 tra"),
        ("0077123", "t2 77123 tra", "t2 tra"),
        ("0077123", "t2 771234 tra", "t2 771234 tra"),
        ("0001000", "ep2d b1000", "ep2d b1000"),
        ("0000015", "t2 15mm", "t2 15mm"),
    ],
)
def test_a_number_short_or_like_a_b_value_is_cut_where_it_is_the_patients(
    write_slice: WriteSlice, number: str, described: str, kept: str
) -> None:
    path = write_slice(1, PatientID=number, SeriesDescription=described)
    assert header_of(path).SeriesDescription == kept


def test_a_name_that_begins_like_a_word_of_the_field_is_cut(write_slice: WriteSlice) -> None:
    path = write_slice(1, PatientName="CENTRACCHIO^ANNA", SeriesDescription="T1 CENTRACCHIO centra")
    assert header_of(path).SeriesDescription == "T1 centra"


def test_a_name_within_a_word_of_the_field_leaves_the_word(write_slice: WriteSlice) -> None:
    path = write_slice(1, PatientName="TRAN^ANGI", SeriesDescription="t2_transverse angiogram")
    assert header_of(path).SeriesDescription == "t2_transverse angiogram"


def test_a_number_that_a_sidecar_writes_as_one_is_cut() -> None:
    sidecar = {"PatientID": 12345678, "SeriesDescription": "t1 12345678", "SubjectID": "S 77 9912"}
    assert public_sidecar(sidecar) == {"SeriesDescription": "t1"}


def test_what_is_too_large_to_be_read_with_a_header_is_not_in_it(write_slice: WriteSlice) -> None:
    path = write_slice(1, private={(0x0029, 0x1020): ("OB", b"coil" * 2_000_000)})
    header = header_of(path)
    assert (0x0029, 0x1020) not in header
    assert header.EchoTime == 10


def test_private_numbers_and_codes_stay_with_who_wrote_them(write_slice: WriteSlice) -> None:
    path = write_slice(
        1,
        private={
            (0x0019, 0x1008): ("UN", b"1000"),
            (0x0019, 0x1009): ("UN", b"for Dr Harelip\0\0"),
            (0x0019, 0x100A): ("UN", bytes(range(20))),
            # No rule reads what is in this group.
            (0x0011, 0x1010): ("DS", "12"),
        },
    )
    header = header_of(path)
    assert header[0x0019, 0x1008].value == b"1000"
    assert header[0x0019, 0x100A].value == bytes(range(20))
    assert header[0x0019, 0x0010].value == "MADE FOR A TEST"
    assert (0x0019, 0x1009) not in header
    assert (0x0011, 0x1010) not in header


BODY = {"PatientPosition": "HFS", "PatientSex": "F", "PatientSize": 1.7, "PatientWeight": 75}


@pytest.mark.parametrize(
    ("sidecar", "public"),
    [
        # What the body is like, and how it lay, stays.
        (BODY, BODY),
        ({"AccessionNumber": "4711", "OtherPatientIDs": "4712", "tPatientName": "Roe"}, {}),
        # Anybody may have typed what stands under a key that DICOM doesn't know.
        ({"PatientName": "Roe^Jane", "Notes": "T1 for Roe"}, {"Notes": "T1 for"}),
        # A UID has a number of the patient in it by chance, a code a name.
        ({"PatientID": "2001", "SourceUID": "1.2.2001.5"}, {"SourceUID": "1.2.2001.5"}),
        ({"PatientName": "HFS^JANE", "PatientPosition": "HFS"}, {"PatientPosition": "HFS"}),
    ],
    ids=["body", "numbers", "notes", "uid", "code"],
)
def test_a_sidecar_keeps_what_names_nobody(
    sidecar: dict[str, object], public: dict[str, object]
) -> None:
    assert public_sidecar(sidecar) == public


@pytest.mark.parametrize(
    "who",
    [
        {"OtherPatientNames": ["Doe^Jane", "Kowalski^Ada"]},
        {"PatientBirthName": "Kowalski"},
        {"OtherPatientIDs": ["11", "KOWALSKI"]},
        {"PatientAddress": "3 Kowalski Street"},
        {"PatientTelephoneNumbers": "KOWALSKI"},
    ],
    ids=str,
)
def test_every_name_and_number_of_the_patient_is_cut(
    who: dict[str, object], write_slice: WriteSlice
) -> None:
    header = header_of(write_slice(1, SeriesDescription="T2 KOWALSKI tra", **who))
    assert header.SeriesDescription == "T2 tra"


def test_words_that_name_nobody_stay_as_they_are_written(write_slice: WriteSlice) -> None:
    header = header_of(write_slice(1, SeriesDescription="T1  mprage   tra"))
    assert header.SeriesDescription == "T1  mprage   tra"
