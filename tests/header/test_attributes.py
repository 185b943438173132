"""Attributes of a sequence, from wherever a header keeps them and however badly it is written."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import dask.array as da
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from napari_mrseq.header import acquired_at, attributes_of, claim_of
from napari_mrseq.series import Series, series_from_array


def raw_series(**values: bytes) -> Series:
    """Return a series whose elements hold these bytes, of any VR, valid or not."""
    dataset = Dataset()
    for keyword, value in values.items():
        tag = Tag(keyword)
        vr = pydicom.datadict.dictionary_VR(tag)
        dataset[tag] = RawDataElement(tag, vr, len(value), value, 0, False, True)
    return Series(
        path="s", files=(), pixels=series_from_array([[1, 2], [3, 4]], name="s").pixels,
        dataset=dataset,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"2000", 2000.0),
        (b"2000,5", 2000.5),
        (b" 2.0e3 ", 2000.0),
        (b"2000\\30", 2000.0),
        (b"\\2000", 2000.0),
        (b"2000 ms", 2000.0),
        (b"", None),
        (b"   ", None),
        (b"abc", None),
        (b"0", None),
        (b"-1", None),
        (b"1.7e38", None),
        (b"nan", None),
    ],
)
def test_number_is_read_as_well_as_it_can_be(written: bytes, read: float | None) -> None:
    assert attributes_of(raw_series(RepetitionTime=written)).repetition_time == read


@pytest.mark.parametrize(
    ("code", "repetition", "echo", "known"),
    # A T1 each; nothing is left of a gradient echo so late.
    [(b"SE", b"500000", b"14000", None), (b"GR", b"5000", b"1200", 5000)],
)
def test_times_in_microseconds_name_no_sequence(
    code: bytes, repetition: bytes, echo: bytes, known: float | None
) -> None:
    times = {"RepetitionTime": repetition, "EchoTime": echo, "FlipAngle": b"12"}
    series = raw_series(ScanningSequence=code, **times)
    attributes, claim = attributes_of(series), claim_of(series)
    assert (attributes.repetition_time, attributes.echo_time) == (known, None)
    assert claim is not None
    assert claim.sequence == "UNKNOWN"


def test_broken_number_inside_functional_groups_is_read_too() -> None:
    tag = Tag("RepetitionTime")
    timing, shared = Dataset(), Dataset()
    timing[tag] = RawDataElement(tag, "DS", 6, b"2000,5", 0, False, True)
    shared.MRTimingAndRelatedParametersSequence = [timing]
    series = raw_series()
    series.dataset.SharedFunctionalGroupsSequence = [shared]
    assert attributes_of(series).repetition_time == 2000.5


@pytest.mark.parametrize(
    ("written", "later", "seconds"),
    [
        ({"AcquisitionTime": b"101530.250000"}, {"AcquisitionTime": b"101531"}, 0.75),
        ({"AcquisitionTime": b"10:15:30"}, {"AcquisitionTime": b"1016"}, 30.0),
        (
            {"AcquisitionDateTime": b"20240102123000+0100"},
            {"AcquisitionDateTime": b"20240102123059+0100"},
            59.0,
        ),
        (
            {"AcquisitionDate": b"20240102", "AcquisitionTime": b"235500"},
            {"AcquisitionDate": b"20240103", "AcquisitionTime": b"000500"},
            600.0,
        ),
    ],
)
def test_one_acquisition_is_later_than_another(
    written: dict[str, bytes], later: dict[str, bytes], seconds: float
) -> None:
    first, second = (acquired_at(raw_series(**one)) for one in (written, later))
    assert second - first == pytest.approx(seconds * 1000)


@pytest.mark.parametrize("written", [b"", b"noon", b"1", b"20:24:1x"])
def test_a_time_that_is_none_is_not_known(written: bytes) -> None:
    assert acquired_at(raw_series(AcquisitionTime=written)) is None


def test_the_day_of_the_acquisition_stays_in_the_header() -> None:
    series = raw_series(AcquisitionDate=b"20240102", AcquisitionTime=b"235500")
    assert "20240102" not in str(attributes_of(series).to_dict())
    assert "acquired" not in attributes_of(series).to_dict()


def test_text_in_another_encoding_does_not_stop_reading() -> None:
    attributes = attributes_of(raw_series(SeriesDescription="Übersicht".encode("latin-1")))
    assert attributes.description == "Übersicht"


def test_codes_in_one_string_are_parted() -> None:
    assert attributes_of(raw_series(ScanningSequence=b"SE\\IR ")).techniques.keys() == {
        "spin echo",
        "inversion",
    }


@pytest.mark.parametrize("nonsense", [float("inf"), float("nan"), 1e9, -1.0])
def test_a_b_value_that_no_gradient_makes_is_none(make_series: Any, nonsense: float) -> None:
    assert attributes_of(make_series({}, b_values=(nonsense,))).b_values == ()
    assert attributes_of(make_series({}, b_values=(0.0, nonsense, 800.0))).b_values == (0.0, 800.0)


@pytest.mark.parametrize(
    ("header", "b_value"),
    [
        ({"DiffusionBValue": 800.0}, 800.0),
        ({"Manufacturer": "SIEMENS", (0x19, 0x100C): ("IS", 1000)}, 1000.0),
        ({"Manufacturer": "SIEMENS", (0x19, 0x100C): ("UN", b"1000")}, 1000.0),
        ({"Manufacturer": "SIEMENS", "SequenceName": "*ep_b700#2"}, 700.0),
        ({"Manufacturer": "GE MEDICAL SYSTEMS", (0x43, 0x1039): ("IS", [1000, 8, 0, 0])}, 1000.0),
        ({"Manufacturer": "GE MEDICAL SYSTEMS", (0x43, 0x1039): ("IS", 1000000800)}, 800.0),
        ({"Manufacturer": "GE MEDICAL SYSTEMS", (0x43, 0x1039): ("UN", b"600\\8\\0\\0")}, 600.0),
        ({"Manufacturer": "Philips", (0x2001, 0x1003): ("FL", 1500.0)}, 1500.0),
        ({"Manufacturer": "Philips", (0x2001, 0x1003): ("UN", b"\0\0\x7a\x44")}, 1000.0),
        ({"Manufacturer": "UIH", (0x65, 0x1009): ("FD", 2000.0)}, 2000.0),
        ({"Manufacturer": "HITACHI", (0x19, 0x100C): ("LO", "2DSE")}, None),
        # GE, not known; Siemens, its maker taken out.
        ({"Manufacturer": "GE MEDICAL SYSTEMS", (0x43, 0x1039): ("IS", [-1, 8, 0, 0])}, None),
        ({(0x19, 0x100C): ("IS", 1000)}, 1000.0),
    ],
)
def test_b_value_is_found_where_the_vendor_keeps_it(
    make_series: Any, header: dict[Any, Any], b_value: float | None
) -> None:
    expected = () if b_value is None else (b_value,)
    assert attributes_of(make_series(header)).b_values == expected


def test_field_strength_in_gauss_becomes_tesla() -> None:
    assert attributes_of(raw_series(MagneticFieldStrength=b"15000")).field_strength == 1.5
    assert attributes_of(raw_series(MagneticFieldStrength=b"3")).field_strength == 3.0


def test_per_frame_values_of_an_enhanced_file_are_found(make_series: Any) -> None:
    groups = {"MRDiffusionSequence": [{"DiffusionBValue": 1000.0}], "MREchoSequence": [
        {"EffectiveEchoTime": 68.0}]}  # fmt: skip
    attributes = attributes_of(make_series({"PerFrameFunctionalGroupsSequence": [groups]}))
    assert attributes.b_values == (1000.0,)
    assert attributes.echo_time == 68.0


@pytest.mark.parametrize(
    ("sidecar", "repetition", "echo", "inversion"),
    [
        ({"RepetitionTime": 2.3, "EchoTime": 0.003, "InversionTime": 0.9}, 2300, 3, 900),
        # All in milliseconds, also what could be seconds.
        ({"RepetitionTime": 8.1, "EchoTime": 3.7}, 8.1, 3.7, None),
        ({"RepetitionTime": 4.2, "EchoTime": 1.9, "InversionTime": 15}, 4.2, 1.9, 15),
        ({"RepetitionTime": 150, "EchoTime": 1.2}, 150, 1.2, None),
        # The echo time alone in milliseconds, or in seconds.
        ({"RepetitionTime": 2, "EchoTime": 30}, 2000, 30, None),
        ({"RepetitionTime": 2.3, "EchoTime": 2.98, "InversionTime": 0.9}, 2300, 2.98, 900),
        ({"RepetitionTime": 2000, "EchoTime": 0.03}, 2000, 30, None),
    ],
)
def test_times_of_a_sidecar_are_read_in_the_unit_that_they_are_written_in(
    sidecar: dict[str, float], repetition: float, echo: float, inversion: float | None
) -> None:
    pixels = series_from_array([[1, 2], [3, 4]], name="s").pixels
    series = Series(path="s.nii", files=(), pixels=pixels, kind="nifti", sidecar=sidecar)
    found = attributes_of(series)
    assert found.repetition_time == pytest.approx(repetition)
    assert found.echo_time == pytest.approx(echo)
    assert found.inversion_time == (inversion and pytest.approx(inversion))


@pytest.mark.parametrize(
    ("listed", "known"),
    [
        (
            {
                "RepetitionTime": [0.5, 4],
                "EchoTime": [0.022, 0.01],
                "FlipAngle": [3, 15],
                "InversionTime": [2.4, 0.4],
            },
            (),
        ),
        (
            {
                "RepetitionTime": [4, 4],
                "EchoTime": [0.022, 0.022],
                "FlipAngle": [3, 3],
                "InversionTime": 2.4,
            },
            (4000, 22, 3, 2400),
        ),
    ],
)
def test_a_list_of_what_each_volume_has_holds_for_all_where_it_is_the_same(
    listed: dict[str, Any], known: tuple[float, ...]
) -> None:
    pixels = series_from_array([[[[1, 2]]], [[[3, 4]]]], name="s").pixels
    series = Series(path="s.nii", files=(), pixels=pixels, kind="nifti", sidecar=listed)
    found = attributes_of(series)
    told = (found.repetition_time, found.echo_time, found.flip_angle, found.inversion_time)
    assert told == (known or (None, None, None, None))


@pytest.mark.parametrize(
    ("groups", "volumes", "agent", "inversion"),
    [
        ("PerFrameFunctionalGroupsSequence", 3, None, None),
        ("PerFrameFunctionalGroupsSequence", 1, False, 900.0),
        ("SharedFunctionalGroupsSequence", 3, False, 900.0),
    ],
)
def test_the_first_frame_of_several_volumes_does_not_speak_for_all(
    make_series: Any, groups: str, volumes: int, agent: bool | None, inversion: float | None
) -> None:
    frame = {
        "ContrastBolusUsageSequence": [{"ContrastBolusAgentAdministered": "NO"}],
        "MRModifierSequence": [{"InversionTimes": 900.0}],
    }
    header = {"ContrastBolusAgentSequence": [{"CodeMeaning": "Gadobutrol"}], groups: [frame]}
    attributes = attributes_of(make_series(header, volumes=volumes))
    assert (attributes.agent, attributes.inversion_time) == (agent, inversion)


# dcm2niix makes one NIfTI file of several inversion times, and tells the first.
@pytest.mark.parametrize(
    ("codes", "volumes", "inversion"),
    [
        (["SE", "IR"], 1, 2400.0),
        (["SE", "IR"], 2, 2400.0),
        (["SE", "IR"], 3, None),
        (["EP", "SE", "IR"], 60, 2400.0),
    ],
)
def test_an_inversion_time_beside_as_many_volumes_as_a_map_takes_is_not_that_of_all(
    codes: list[str], volumes: int, inversion: float | None
) -> None:
    sidecar = {"ScanningSequence": codes, "RepetitionTime": 6, "EchoTime": 0.09}
    sidecar |= {"InversionTime": 2.4, "ImageType": ["ORIGINAL", "PRIMARY", "M", "ND"]}
    shape = (4, 32, 32) if volumes == 1 else (volumes, 4, 32, 32)
    series = Series("x.nii.gz", (), da.zeros(shape), kind="nifti", sidecar=sidecar)
    assert attributes_of(series).inversion_time == inversion
    if inversion is None:
        assert claim_of(series).sequence == "UNKNOWN"


# Of enhanced files dcm2niix writes no codes.
def test_so_it_is_where_the_name_of_the_sequence_tells_the_spin_echo() -> None:
    sidecar = {"Manufacturer": "Philips", "PulseSequenceName": "TIR", "RepetitionTime": 6}
    sidecar |= {"EchoTime": 0.09, "InversionTime": 2.4, "ImageType": ["ORIGINAL", "PRIMARY", "M"]}
    one, three = (
        Series("x.nii.gz", (), da.zeros(shape), kind="nifti", sidecar=sidecar)
        for shape in ((4, 32, 32), (3, 4, 32, 32))
    )
    assert claim_of(one).sequence == "FLAIR"
    assert claim_of(three).sequence == "UNKNOWN"


def test_real_file_has_the_values_that_pydicom_shows() -> None:
    dataset = pydicom.dcmread(get_testdata_file("MR_small.dcm", download=False))
    del dataset.PixelData
    pixels = series_from_array([[1, 2], [3, 4]], name="s").pixels
    attributes = attributes_of(Series(path="s", files=(), pixels=pixels, dataset=dataset))
    assert attributes.repetition_time == float(dataset.RepetitionTime)
    assert attributes.echo_time == float(dataset.EchoTime)
    assert attributes.flip_angle == float(dataset.FlipAngle)
    assert attributes.vendor == "Canon"


@pytest.mark.parametrize(
    ("named", "read"),
    [
        ({"ProtocolName": "T1w"}, "T1w"),
        ({"ProtocolName": "T1w", "SeriesDescription": "Ax FLAIR"}, ""),
        ({"ProtocolName": "BRAIN W/WO T1"}, ""),
        ({"ProtocolName": "BRAIN_T1w"}, ""),
    ],
)
def test_protocol_of_ge_is_that_of_an_examination_unless_it_is_the_suffix_of_one_image(
    make_series: Any, named: dict[str, str], read: str
) -> None:
    header = {"Manufacturer": "GE MEDICAL SYSTEMS", "RepetitionTime": 3.524} | named
    assert attributes_of(make_series(header)).protocol == read


def test_metadata_is_plain_and_free_of_words_that_people_typed(make_series: Any) -> None:
    header = {
        "Manufacturer": "SIEMENS",
        "SeriesDescription": "T1 for Mrs Miller",
        "ProtocolName": "Miller",
        "PatientName": "Miller^Ann",
        "PatientID": "4711",
        "ScanningSequence": "SE",
        "RepetitionTime": 500,
    }
    record = attributes_of(make_series(header)).to_dict()
    assert record["repetition_time"] == 500
    assert record["techniques"] == ["spin echo"]
    written = json.dumps(record)
    assert "iller" not in written
    assert "4711" not in written


def test_header_is_left_as_it_was(make_series: Any) -> None:
    series = make_series({"RepetitionTime": "500", "SeriesDescription": "T1"})
    before = series.dataset.to_json()
    attributes_of(series)
    assert series.dataset.to_json() == before


def test_every_file_that_comes_with_pydicom_is_read_without_an_error() -> None:
    files = sorted(Path(get_testdata_file("MR_small.dcm", download=False)).parent.glob("*.dcm"))
    pixels = series_from_array([[1, 2], [3, 4]], name="s").pixels
    vendors = set()
    for file in files:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = pydicom.dcmread(file, stop_before_pixels=True, force=True)
        series = Series(path=str(file), files=(), pixels=pixels, dataset=dataset)
        vendors.add(attributes_of(series).vendor)
    assert len(files) > 50
    assert {None, "Canon", "GE", "Philips", "Siemens"} <= vendors
