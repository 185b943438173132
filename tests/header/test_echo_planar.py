"""Echo planar images that weight as others do: examinations of a minute, read out by EPI alone.

Times are those of EPIMix (Skare et al., Magn Reson Med 79:3045, 2018).
"""

from __future__ import annotations

from typing import Any

import pytest

from napari_mrseq.header import claim_of
from napari_mrseq.sequences import UNKNOWN

GE = {"Manufacturer": "GE MEDICAL SYSTEMS", "MRAcquisitionType": "2D"}
INVERTED = GE | {
    "ScanningSequence": ["EP", "SE", "IR"],
    "RepetitionTime": 1300,
    "EchoTime": 17.9,
    "InversionTime": 580,
}
FLUID = INVERTED | {"RepetitionTime": 9000, "EchoTime": 120, "InversionTime": 2750}
GRADIENT = GE | {"ScanningSequence": ["EP", "GR"], "RepetitionTime": 1200, "EchoTime": 30}


@pytest.mark.parametrize(
    ("sequence", "header", "described", "volumes"),
    [
        ("T1", INVERTED, "EPIMix T1 FLAIR", 1),
        ("FLAIR", FLUID, "EPIMix T2 FLAIR", 1),
        ("T2STAR", GRADIENT, "EPIMix T2*", 1),
        # Neither several inversions nor their map is one weighting.
        ("OTHER", INVERTED, "IR-EPI T1", 8),
        ("OTHER", INVERTED, "IR-EPI T1 map", 1),
        ("OTHER", INVERTED, "", 1),
        # What is repeated follows activation, and its reference is named after it.
        ("BOLD", GRADIENT, "EPI T2*", 200),
        ("BOLD", GRADIENT, "BOLD T2* SBRef", 1),
        ("BOLD", GRADIENT, "", 1),
        # Nothing is left of a gradient echo after so long.
        (UNKNOWN, GRADIENT | {"RepetitionTime": 5000, "EchoTime": 160}, "", 1),
        (UNKNOWN, GRADIENT | {"RepetitionTime": 5000, "EchoTime": 160}, "BOLD", 200),
        # Elastography, saturation transfer; a task may be called like a sequence.
        ("OTHER", GRADIENT, "MRE wave", 8),
        ("OTHER", GRADIENT, "epiMRE tra", 1),
        ("OTHER", GRADIENT, "elastography liver", 4),
        ("OTHER", GRADIENT, "CEST EPI", 31),
        ("OTHER", GRADIENT, "WIP TemperatureMapping CLEAR", 150),
        ("BOLD", GRADIENT, "button press", 200),
        ("BOLD", GRADIENT, "task-emre", 200),
    ],
)
def test_echo_planar_images_weight_as_they_are_named_where_their_times_agree(
    make_series: Any, sequence: str, header: dict[str, Any], described: str, volumes: int
) -> None:
    named = {"SeriesDescription": described} if described else {}
    claim = claim_of(make_series(header | named, volumes=volumes))
    assert claim.sequence == sequence, claim


# Segmented, as Philips reads out films of the heart and of flow.
FILM = {
    "Manufacturer": "Philips Medical Systems", "ScanningSequence": "GR", "FlipAngle": 20,
    "ImageType": ["ORIGINAL", "PRIMARY", "M_FFE", "M", "FFE"], "CardiacNumberOfImages": 25,
    (0x2001, 0x1013): ("SL", 11),
}  # fmt: skip


@pytest.mark.parametrize(("tr", "te"), [(9, 5), (24, 9), (60, 16)])
def test_a_film_of_the_heart_follows_no_activation(make_series: Any, tr: float, te: float) -> None:
    film = FILM | {"RepetitionTime": tr, "EchoTime": te}
    for more in ({}, {"SeriesDescription": "flow"}, {"MRAcquisitionType": "2D"}):
        assert claim_of(make_series(film | more, slices=1, volumes=25)).sequence == "OTHER"
    slow = claim_of(make_series(film | {"RepetitionTime": 2000, "EchoTime": 30}, volumes=25))
    assert slow.sequence == "BOLD"


@pytest.mark.parametrize(
    ("tr", "volumes", "described", "sure"),
    [
        (1500, 50, "", False),
        (1500, 200, "", True),
        (2500, 60, "", True),
        (1500, 50, "rest fMRI", True),
        # A few volumes are a part of a run.
        (1500, 5, "", True),
        # Of one excitation in 3-D.
        (24, 100, "", True),
    ],
)
def test_what_is_over_in_two_minutes_may_be_a_bolus(
    make_series: Any, tr: float, volumes: int, described: str, sure: bool
) -> None:
    values = GRADIENT | {"RepetitionTime": tr, "SeriesDescription": described}
    claim = claim_of(make_series(values, slices=2, volumes=volumes))
    assert claim.sequence == "BOLD"
    assert (claim.confidence >= 0.6) == sure
    coarse = claim_of(make_series(values | {"Rows": 64, "Columns": 64}, slices=2, volumes=volumes))
    assert coarse.sequence == "BOLD"
    assert coarse.confidence >= 0.6


COMPUTED = {"ImageType": ["DERIVED", "SECONDARY", "COV"]}


@pytest.mark.parametrize(
    ("sequence", "written", "volumes"),
    [
        ("UNKNOWN", COMPUTED, 1),
        ("BOLD", COMPUTED, 200),
        ("BOLD", COMPUTED | {"SeriesDescription": "fMRI mean"}, 1),
        ("BOLD", {"ImageType": ["DERIVED", "PRIMARY", "M", "MOCO"]}, 1),
    ],
)
def test_a_program_that_computes_one_volume_seldom_does_so_of_activation(
    make_series: Any, sequence: str, written: dict[str, Any], volumes: int
) -> None:
    claim = claim_of(make_series(GRADIENT | written, volumes=volumes))
    assert claim.sequence == sequence, claim


# The times and codes of dcm_qa_12bit, and the type that dcm2niix reads out of them.
OLD_SIEMENS = {
    "Manufacturer": "SIEMENS", "SoftwareVersions": "syngo MR 2006T 4VB12T",
    "MRAcquisitionType": "2D", "ScanningSequence": ["SE", "EP"], "RepetitionTime": 2200,
    "EchoTime": 30, "FlipAngle": 90,
}  # fmt: skip


@pytest.mark.parametrize(
    ("sequence", "name"), [("BOLD", "*epfid2d1_64"), ("UNKNOWN", "*epse2d1_64")]
)
def test_the_name_of_an_echo_planar_sequence_is_surer_than_the_code_of_old_software(
    make_series: Any, sequence: str, name: str
) -> None:
    claim = claim_of(make_series(OLD_SIEMENS | {"SequenceName": name}, volumes=3))
    assert claim.sequence == sequence, claim


# Philips has no code for EPI; the times of its functional images (ds005795, ds002614).
UNCODED = {
    "Manufacturer": "Philips Medical Systems", "MRAcquisitionType": "2D", "ScanningSequence": "GR",
    "RepetitionTime": 2000, "EchoTime": 30, "FlipAngle": 80, "Rows": 144, "Columns": 144,
}  # fmt: skip


@pytest.mark.parametrize(
    ("sequence", "more", "volumes"),
    [
        ("BOLD", {}, 20),
        ("BOLD", {"RepetitionTime": 800, "FlipAngle": 52, "Rows": 96, "Columns": 96}, 20),
        ("BOLD", {"MRAcquisitionType": ""}, 20),
        ("PERF", {"ContrastBolusAgent": "Gadovist"}, 20),
        # Once, or as often as there are echoes.
        ("T2STAR", {}, 1),
        ("T2STAR", {}, 8),
    ],
)
def test_late_gradient_echoes_again_and_again_follow_activation_or_a_bolus(
    make_series: Any, sequence: str, more: dict[str, Any], volumes: int
) -> None:
    claim = claim_of(make_series(UNCODED | more, slices=2, volumes=volumes))
    assert claim.sequence == sequence, claim


# Field maps of ds004743, and the time of functional images of 1.5 T (ds002614), without names.
NAMELESS = {
    "Manufacturer": "SIEMENS", "MRAcquisitionType": "2D", "ScanningSequence": "EP",
    "MagneticFieldStrength": 3, "RepetitionTime": 7060, "EchoTime": 59, "FlipAngle": 90,
}  # fmt: skip


@pytest.mark.parametrize(
    ("sequence", "more", "volumes"),
    [
        ("UNKNOWN", {}, 3),
        ("BOLD", {}, 40),
        ("BOLD", {"FlipAngle": 68}, 3),
        ("BOLD", {"EchoTime": 30}, 3),
        ("BOLD", {"MagneticFieldStrength": 1.5}, 3),
    ],
)
def test_a_few_late_echo_planar_images_of_3_t_may_be_spin_echoes(
    make_series: Any, sequence: str, more: dict[str, Any], volumes: int
) -> None:
    claim = claim_of(make_series(NAMELESS | more, slices=2, volumes=volumes))
    assert claim.sequence == sequence, claim


# The times of Philips' DTI in dcm_qa_philips, whose sidecar tells no b value.
UNCODED_SPIN_ECHO = UNCODED | {
    "ScanningSequence": "SE", "RepetitionTime": 4571, "EchoTime": 60.7, "FlipAngle": 90,
}  # fmt: skip


@pytest.mark.parametrize(
    ("sequence", "rows", "columns", "volumes"),
    [
        ("UNKNOWN", 80, 80, 20),
        ("T2", 80, 80, 1),
        ("T2", 320, 320, 20),
        # A field of view that is narrow, as of a spine.
        ("T2", 320, 120, 20),
        ("T2", 120, 320, 20),
    ],
)
def test_spin_echoes_of_few_pixels_again_and_again_are_no_t2(
    make_series: Any, sequence: str, rows: int, columns: int, volumes: int
) -> None:
    matrix = {"Rows": rows, "Columns": columns}
    claim = claim_of(make_series(UNCODED_SPIN_ECHO | matrix, slices=2, volumes=volumes))
    assert claim.sequence == sequence, claim


@pytest.mark.parametrize(
    ("volumes", "described", "sure"),
    [(80, "", False), (80, "finger tapping", True), (120, "", True), (1, "", True)],
)
def test_few_volumes_without_words_may_be_those_of_a_bolus(
    make_series: Any, volumes: int, described: str, sure: bool
) -> None:
    header = GRADIENT | {"RepetitionTime": 1640, "EchoTime": 35, "Rows": 96, "Columns": 96}
    named = {"SeriesDescription": described}
    claim = claim_of(make_series(header | named, volumes=volumes))
    assert claim.sequence == "BOLD", claim
    assert (claim.confidence >= 0.8) is sure, claim


@pytest.mark.parametrize("volumes", [1, 60])
def test_what_a_program_computed_of_a_planar_series_follows_no_activation(
    make_series: Any, volumes: int
) -> None:
    computed = {"ImageType": ["DERIVED", "SECONDARY", "PROCESSED"], "Rows": 128, "Columns": 128}
    header = GRADIENT | computed | {"RepetitionTime": 1900, "EchoTime": 25, "FlipAngle": 60}
    claim = claim_of(make_series(header, volumes=volumes))
    assert claim.sequence == (UNKNOWN if volumes == 1 else "BOLD"), claim


@pytest.mark.parametrize("named", [{}, {"SeriesDescription": "PRESTO fMRI"}])
@pytest.mark.parametrize(("te", "follows"), [(32, True), (16, False)])
def test_an_echo_after_the_next_excitation_follows_activation_however_short_the_time_between_is(
    make_series: Any, te: float, follows: bool, named: dict[str, str]
) -> None:
    header = {
        "Manufacturer": "Philips Medical Systems", "ScanningSequence": "GR", "FlipAngle": 10,
        "MRAcquisitionType": "3D", "RepetitionTime": 22, "EchoTime": te, "Rows": 80, "Columns": 80,
    }  # fmt: skip
    claim = claim_of(make_series(header | named, slices=40, volumes=200))
    assert (claim.sequence == "BOLD") is follows


def test_blood_labelled_by_inversion_is_perfusion_whatever_reads_it_out(make_series: Any) -> None:
    header = {
        "Manufacturer": "SIEMENS", "SequenceName": "*tfi2d1", "ScanningSequence": ["GR", "IR"],
        "RepetitionTime": 4000, "EchoTime": 2, "InversionTime": 1200, "FlipAngle": 60,
        "SeriesDescription": "FAIR_trufi_kidney",
    }  # fmt: skip
    assert claim_of(make_series(header, slices=1, volumes=60)).sequence == "PERF"
