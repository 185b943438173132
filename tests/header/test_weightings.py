"""What the times of a sequence say where no code or word does, in weak and strong fields."""

from __future__ import annotations

import random
from typing import Any

import pytest

from napari_mrseq.header import claim_of
from napari_mrseq.header import techniques as t
from napari_mrseq.header.claim import claim_from
from napari_mrseq.header.contradictions import contradiction
from napari_mrseq.header.sequence_attributes import SequenceAttributes
from napari_mrseq.sequences import UNKNOWN

HEADERS = 4000


def header(code: str | list[str], **values: Any) -> dict[str, Any]:
    """Return tags; `code` is ScanningSequence, times are in ms, the flip angle in degrees."""
    short = {
        "tesla": "MagneticFieldStrength",
        "dim": "MRAcquisitionType",
        "tr": "RepetitionTime",
        "te": "EchoTime",
        "ti": "InversionTime",
        "flip": "FlipAngle",
        "train": "EchoTrainLength",
        "name": "SequenceName",
        "kind": "ImageType",
        "described": "SeriesDescription",
    }
    found = {short.get(key, key): value for key, value in values.items()}
    return found | ({"ScanningSequence": code} if code else {})


SE, GR = ["SE", "IR"], ["GR", "IR"]
PHILIPS = {"Manufacturer": "Philips Medical Systems", "AcquisitionContrast": "T1"}


@pytest.mark.parametrize(
    ("sequence", "values"),
    [
        # Fat is dark after a time that grows with the field.
        ("STIR", header(SE, tesla=3, tr=4000, te=60, ti=220)),
        ("STIR", header(SE, tesla=1.5, tr=4000, te=60, ti=150)),
        ("STIR", header(SE, tesla=0.25, tr=900, te=20, ti=80)),
        ("STIR", header(SE, tesla=0.064, tr=1500, te=40, ti=60)),
        ("STIR", header(SE, tesla=7, tr=5000, te=40, ti=300)),
        ("STIR", header(GR, tesla=0.2, dim="2D", tr=1000, te=16, ti=75, flip=90)),
        # A weak field asks for less to make fluid dark.
        ("FLAIR", header(SE, tesla=0.25, tr=6000, te=90, ti=1500)),
        # Less inverts fat alone, as SPIR and SPAIR do.
        ("T2", header(SE, tesla=3, tr=4000, te=80, ti=110)),
        ("T2", header(SE, tesla=3, tr=4000, te=80, ti=110, described="t2 SPIR")),
        ("PD", header(SE, tesla=3, tr=3000, te=30, ti=120, described="PD SPAIR")),
        ("T1", header(SE, tesla=1.5, tr=600, te=12, ti=110, described="T1 SPIR")),
        ("T1", header(SE, tr=600, te=12, ti=110, described="T1 SPIR")),
        # So does a time alone, where no code is left; a longer one inverts tissue.
        ("T2", header("", tesla=1.5, tr=4000, te=100, ti=100)),
        (UNKNOWN, header("", tesla=0.3, tr=7000, te=105, ti=1500)),
    ],
)
def test_inversion_of_fat_depends_on_the_field(
    make_series: Any, sequence: str, values: dict[str, Any]
) -> None:
    assert claim_of(make_series(values)).sequence == sequence


@pytest.mark.parametrize(
    ("sequence", "values"),
    [
        ("OTHER", header(GR, tesla=1.5, dim="2D", tr=700, te=1.5, ti=300, flip=25)),
        ("OTHER", header(GR, tesla=3, dim="2D", tr=750, te=1.5, ti=420, flip=25)),
        ("OTHER", header(GR, tr=700, te=1.5, ti=420, kind=["DERIVED", "PRIMARY", "PSIR"])),
        ("T1", header(GR, tesla=1.5, dim="2D", tr=1900, te=1.2, ti=960, flip=15)),
        # Slices of a fetus between one inversion and the next (Magn Reson Med 80:137, 2018).
        ("T1", header(GR, tesla=3, dim="2D", tr=14000, te=3.4, ti=400, flip=10, described="T1")),
        (UNKNOWN, header(GR, tesla=3, dim="2D", tr=14000, te=3.4, ti=400, flip=10)),
        ("T1", header(GR, tesla=0.2, dim="3D", tr=1500, te=2.4, ti=320, flip=8)),
        # The heart in 3-D, prepared without a code that says inversion.
        (UNKNOWN, header("GR", tesla=1.5, dim="3D", tr=4.5, te=2, ti=300, flip=15)),
    ],
)  # fmt: skip
def test_late_enhancement_is_no_t1(make_series: Any, sequence: str, values: dict[str, Any]) -> None:
    assert claim_of(make_series(values)).sequence == sequence


@pytest.mark.parametrize(
    ("sequence", "values"),
    [
        # A large flip angle weights by T1, however late the echo of a weak magnet is.
        ("T1", header("GR", tesla=0.25, dim="3D", tr=35, te=16, flip=60)),
        ("T1", header("GR", tesla=0.3, dim="2D", tr=200, te=20, flip=80)),
        ("T1", header("GR", tesla=3, dim="2D", tr=600, te=6.7, flip=80)),
        # T2* is short in strong fields.
        ("T2STAR", header("GR", tesla=7, dim="3D", tr=40, te=10, flip=12)),
        ("T2STAR", header("GR", tesla=3, dim="3D", tr=30, te=20, flip=15)),
        # Several echoes at a long TR are summed; the first is told.
        ("T2STAR", header("GR", tesla=3, dim="2D", tr=600, te=2.6, flip=30, train=3)),
        ("T2STAR", header("GR", tesla=3, dim="2D", tr=600, te=10, flip=30, described="T1 ax")),
        # Nothing but a gradient echo has a signal at such a repetition time.
        ("T2STAR", header("", tesla=3, dim="3D", tr=45, te=20.3)),
        # A small matrix makes no field map of it.
        ("T2STAR", header("GR", dim="2D", tr=450, te=11, flip=30, Rows=128, Columns=128)),
        # Eight echoes are no field map's.
        ("T2STAR", header("GR", dim="2D", tr=1000, te=5.5, flip=25, train=8, Rows=68, Columns=68)),
        # Below the Ernst angle.
        (UNKNOWN, header("GR", tesla=7, dim="3D", tr=43, te=2.5, flip=15)),
        ("PD", header("GR", tesla=1.5, dim="3D", tr=20, te=6, flip=3)),
        # The reference of an MPRAGE, and one of a patient with Parkinson's disease.
        ("PD", header("GR", tesla=3, dim="3D", tr=1440, te=2.5, flip=5, described="PD MPRAGE")),
        (
            "T1",
            header(
                "GR",
                tesla=3,
                dim="3D",
                tr=2300,
                te=3,
                flip=9,
                described="PD MPRAGE",
                SequenceVariant=["SK", "SP", "MP"],
            ),
        ),
        # Time of flight, and a centre-out readout.
        (UNKNOWN, header("GR", tesla=3, dim="3D", tr=23, te=3.5, flip=18)),
        (UNKNOWN, header("GR", tesla=1.5, dim="3D", tr=4, te=0.05, flip=8)),
        # 3-D by its name.
        ("T1", header("GR", tesla=3, tr=15, te=2, flip=15, described="Axi_3D_FFE")),
        # A name that says gradient echo.
        (UNKNOWN, header("", tr=600, te=8.5, described="FLASH axial")),
    ],
)
def test_gradient_echo_is_weighted_by_field_flip_angle_and_echo(
    make_series: Any, sequence: str, values: dict[str, Any]
) -> None:
    assert claim_of(make_series(values)).sequence == sequence


@pytest.mark.parametrize(
    ("maker", "variant", "sequence"),
    [
        ("SIEMENS", "SS", UNKNOWN),
        ("SIEMENS", ["SK", "SS"], UNKNOWN),
        ("SIEMENS", ["SK", "SP"], "T1"),
        ("SIEMENS", ["SS", "SP"], "T1"),
        ("SIEMENS", "", "T1"),
        # Others call a steady state what is spoiled as well.
        ("Philips", "SS", "T1"),
        ("GE MEDICAL SYSTEMS", ["SS", "SK"], "T1"),
    ],
)
def test_what_siemens_does_not_spoil_is_no_t1_by_its_times(
    make_series: Any, maker: str, variant: str | list[str], sequence: str
) -> None:
    echoes = {"Manufacturer": maker, "SequenceVariant": variant}
    knee = header("GR", tesla=1.5, dim="3D", tr=14.5, te=5, flip=25)
    assert claim_of(make_series(knee | echoes)).sequence == sequence
    named = knee | echoes | {"SeriesDescription": "t1_fi3d_sag"}
    assert claim_of(make_series(named)).sequence == "T1"


@pytest.mark.parametrize("echo_planar", ["YES", "NO"])
def test_a_grid_on_the_heart_is_neither_activation_nor_a_t1(
    make_series: Any, echo_planar: str
) -> None:
    heart = header("GR", dim="3D", tr=7, te=3, flip=10)
    if echo_planar == "YES":
        heart = header("GR", dim="2D", tr=35, te=16, flip=20)
    tagged = {"AcquisitionContrast": "TAGGING", "EchoPlanarPulseSequence": echo_planar}
    assert claim_of(make_series(heart | tagged, volumes=20)).sequence == "OTHER"


@pytest.mark.parametrize(
    "told",
    [{"SequenceVariant": ["TRSS", "SK"]}, {"SteadyStatePulseSequence": "TIME_REVERSED"}],
)
def test_a_time_reversed_steady_state_is_no_t1(make_series: Any, told: dict[str, Any]) -> None:
    knee = header("GR", tesla=1.5, dim="3D", tr=14.5, te=5, flip=25)
    assert claim_of(make_series(knee)).sequence == "T1"
    assert claim_of(make_series(knee | told)).sequence == "OTHER"


@pytest.mark.parametrize(
    ("sequence", "dim", "more"),
    [
        (UNKNOWN, "3D", {"ScanOptions": "CG"}),
        (UNKNOWN, "3D", {"ScanOptions": ["PFP", "PPG"], "EchoTime": 18, "RepetitionTime": 900}),
        (UNKNOWN, "3D", {"CardiacSynchronizationTechnique": "PROSPECTIVE"}),
        ("T2", "3D", {"CardiacSynchronizationTechnique": "NONE"}),
        ("T2", "3D", {"ScanOptions": "RG"}),
        # As Siemens XA12 codes scans that wait for nothing.
        ("T2", "3D", {"ScanOptions": ["PFP", "PFF", "CG", "RG", "PER"]}),
        ("T2", "2D", {"ScanOptions": "CG"}),
        ("T2", "3D", {"ScanOptions": "CG", "SeriesDescription": "t2_space_heart"}),
        ("MRA", "3D", {"ScanOptions": "CG", "SeriesDescription": "FBI legs"}),
    ],
)
def test_a_volume_of_spin_echoes_that_waits_for_the_heart_shows_blood_perhaps(
    make_series: Any, sequence: str, dim: str, more: dict[str, Any]
) -> None:
    assert claim_of(make_series(header("SE", dim=dim, tr=2700, te=80) | more)).sequence == sequence


@pytest.mark.parametrize(
    ("sequence", "more"),
    [
        (UNKNOWN, {"ScanOptions": "CG"}),
        (UNKNOWN, {"CardiacSynchronizationTechnique": "PROSPECTIVE"}),
        # With a larger flip angle, as at 3 T; Philips says T1 of it.
        (UNKNOWN, {"ScanOptions": "CG", "RepetitionTime": 4.6, "EchoTime": 1.5, "FlipAngle": 20}),
        (UNKNOWN, {"ScanOptions": "CG", "AcquisitionContrast": "T1"}),
        (UNKNOWN, PHILIPS | {(0x2001, 0x1010): ("CS", "TRIGGERED")}),
        ("T1", PHILIPS | {(0x2001, 0x1010): ("CS", "NO")}),
        # While the patient breathes.
        (UNKNOWN, {"ScanOptions": ["CG", "RG"]}),
        ("T1", {"ScanOptions": ["PFP", "CG", "RG", "PER"]}),
        ("T1", {"ScanOptions": "RG"}),
        ("T1", {"ScanOptions": "RG", "RepetitionTime": 4.6, "EchoTime": 1.5, "FlipAngle": 20}),
        ("T1", {"AcquisitionContrast": "T1"}),
        ("T1", {"ScanOptions": "CG", "SeriesDescription": "t1_vibe_thorax"}),
        ("MRA", {"ScanOptions": "CG", "SeriesDescription": "MRA coronaries"}),
    ],
)
def test_a_spoiled_volume_that_waits_for_the_heart_shows_its_arteries_perhaps(
    make_series: Any, sequence: str, more: dict[str, Any]
) -> None:
    heart = header("GR", dim="3D", tr=5.2, te=2.4, flip=18)
    assert claim_of(make_series(heart | more)).sequence == sequence


@pytest.mark.parametrize(
    ("sequence", "tr", "ti"),
    [
        # The protocols of makers at 1.5, 3 and 7 T, and of the newborn.
        ("FLAIR", 5000, 1800), ("FLAIR", 9000, 2500), ("FLAIR", 11000, 2800), ("FLAIR", 8000, 2250),
        ("FLAIR", 4800, 1650), ("FLAIR", 9000, 2800), ("FLAIR", 6000, 2200), ("FLAIR", 10000, 2200),
        # Double inversion.
        (UNKNOWN, 7500, 3000), (UNKNOWN, 5500, 2550), (UNKNOWN, 8000, 3300),
    ],
)  # fmt: skip
def test_fluid_that_has_recovered_is_dark_by_a_second_inversion_only(
    make_series: Any, sequence: str, tr: float, ti: float
) -> None:
    values = header(SE, tesla=3, dim="3D", tr=tr, te=320, ti=ti, flip=120)
    assert claim_of(make_series(values)).sequence == sequence
    assert claim_of(make_series(values | {"ScanningSequence": "SE"})).sequence == sequence
    named = values | {"SeriesDescription": "t2_space_flair"}
    assert claim_of(make_series(named)).sequence == "FLAIR"


def test_the_first_image_of_an_mp2rage_is_no_sure_t1(make_series: Any) -> None:
    values = header(GR, tesla=3, dim="3D", tr=5000, te=2.98, ti=700, flip=4)
    for times, sure in (({}, False), ({"RepetitionTime": 2300}, True)):
        claim = claim_of(make_series(values | times))
        assert claim.sequence == "T1"
        assert (claim.confidence >= 0.6) == sure
    named = claim_of(make_series(values | {"SeriesDescription": "t1_mprage_sag"}))
    assert named.confidence >= 0.95


def test_evidence_of_a_small_flip_angle_names_the_limit(make_series: Any) -> None:
    claims = [
        claim_of(make_series(header("GR", tesla=1.5, dim="3D", tr=20, te=6, flip=flip)))
        for flip in (3, 8, 9)
    ]
    assert [claim.sequence for claim in claims] == ["PD", "PD", UNKNOWN]
    assert "≤ 0.6 of the Ernst angle, 8 degrees" in claims[0].evidence[0]


@pytest.mark.parametrize("codes", [["EP", "SE"], ["EP", "SE", "IR"], ["EP", "IR"], ["EP", "GR"]])
@pytest.mark.parametrize(
    ("volumes", "described", "sequence"),
    [(12, "", "OTHER"), (50, "", UNKNOWN), (50, "IR-EPI T1", "OTHER")],
)
def test_an_inversion_that_is_repeated_for_minutes_may_label_blood(
    make_series: Any, volumes: int, described: str, sequence: str, codes: list[str]
) -> None:
    values = header(codes, tesla=3, dim="2D", tr=5000, te=25, ti=1400, flip=90, described=described)
    followed = values | {"NumberOfTemporalPositions": volumes}
    assert claim_of(make_series(followed)).sequence == sequence


@pytest.mark.parametrize(("ti", "sequence"), [(180, UNKNOWN), (600, "OTHER")])
def test_echo_planar_image_without_fat_is_no_inversion_recovery(
    make_series: Any, ti: float, sequence: str
) -> None:
    values = header(["EP", "IR"], tesla=1.5, dim="2D", tr=6000, te=70, ti=ti, flip=90)
    assert claim_of(make_series(values)).sequence == sequence


@pytest.mark.parametrize(("volumes", "sequence"), [(50, "PERF"), (200, "BOLD")])
def test_bolus_is_gone_in_minutes(make_series: Any, volumes: int, sequence: str) -> None:
    values = header(["EP", "GR"], tesla=3, dim="2D", tr=2000, te=30, flip=77, Rows=64, Columns=64)
    agent = {"ContrastBolusAgent": "Dotarem", "NumberOfTemporalPositions": volumes}
    assert claim_of(make_series(values | agent)).sequence == sequence


@pytest.mark.parametrize(
    ("sequence", "slices", "volumes", "more"),
    [
        ("PERF", 3, 40, {}),
        ("PERF", 3, 60, {"SequenceVariant": ["SS", "MP"], "SequenceName": "*tfi2d1_64"}),
        # Without an agent, too few, a film of the heart, a stack.
        (UNKNOWN, 3, 40, {"ContrastBolusAgent": ""}),
        (UNKNOWN, 3, 8, {}),
        ("OTHER", 1, 40, {"CardiacNumberOfImages": 40}),
        (UNKNOWN, 20, 40, {}),
    ],
)
def test_a_bolus_through_the_heart_is_told_without_words(
    make_series: Any, sequence: str, slices: int, volumes: int, more: dict[str, Any]
) -> None:
    values = header("GR", tesla=1.5, dim="2D", tr=170, te=1.0, ti=100, flip=12, name="*tfl2d1_38")
    siemens = {"Manufacturer": "SIEMENS", "SequenceVariant": ["SP", "MP"]}
    given = values | siemens | {"ContrastBolusAgent": "Gadovist"} | more
    claim = claim_of(make_series(given, slices=slices, volumes=volumes))
    assert claim.sequence == sequence, claim


@pytest.mark.parametrize(
    "values",
    [
        header(["EP"], tesla=3, dim="2D", tr=1600, te=30, flip=90),
        # Philips gives the echo planar readout no code.
        header("GR", tesla=3, dim="2D", tr=1600, te=40, flip=75, Rows=96, Columns=96),
    ],
)
def test_bolus_is_seen_without_a_code_for_its_readout(
    make_series: Any, values: dict[str, Any]
) -> None:
    followed = values | {"NumberOfTemporalPositions": 50}
    assert claim_of(make_series(followed)).sequence == "BOLD"
    agent = {"ContrastBolusAgent": "Dotarem"}
    assert claim_of(make_series(followed | agent)).sequence == "PERF"


@pytest.mark.parametrize(("te", "sequence"), [(12.6, "BOLD"), (33, "BOLD"), (89.5, UNKNOWN)])
def test_a_late_echo_planar_echo_below_90_degrees_is_a_spin_echo(
    make_series: Any, te: float, sequence: str
) -> None:
    values = header(["EP"], tesla=3, dim="2D", tr=3230, te=te, flip=78)
    assert claim_of(make_series(values)).sequence == sequence


@pytest.mark.parametrize(
    "values",
    [
        header("GR", tesla=3, dim="2D", tr=4200, te=22, ti=1800, flip=90, Rows=64, Columns=64),
        header(["EP", "GR"], tesla=3, dim="2D", tr=4200, te=15, ti=1800, flip=90),
        header("SE", tesla=3, dim="3D", tr=4844, te=10.5, ti=2025, flip=111),
    ],
)
def test_the_delay_of_labelled_blood_is_neither_activation_nor_proton_density(
    make_series: Any, values: dict[str, Any]
) -> None:
    assert claim_of(make_series(values)).sequence == UNKNOWN


@pytest.mark.parametrize(
    ("sequence", "values"),
    [
        ("OTHER", header("GR", tesla=1.5, dim="3D", tr=12.2, te=6.1, flip=70)),
        ("OTHER", header("GR", tesla=0.25, dim="3D", tr=10, te=5, flip=75)),
        # Not in the middle: it may be one echo of two.
        (UNKNOWN, header("GR", tesla=1.5, dim="3D", tr=5.9, te=1.8, flip=55)),
        # A map of the flip angle, not of contrast.
        (UNKNOWN, header("GR", tesla=7, dim="3D", tr=20, te=2.75, flip=60)),
        ("T1", header("GR", tesla=1.5, dim="3D", tr=35, te=5, flip=50)),
        ("T1", header("GR", tesla=0.25, dim="3D", tr=24, te=7, flip=60)),
        ("T1", header("GR", tesla=3, dim="3D", tr=12, te=5.5, flip=25)),
    ],
)
def test_a_spoiled_gradient_echo_has_no_signal_far_past_its_ernst_angle(
    make_series: Any, sequence: str, values: dict[str, Any]
) -> None:
    assert claim_of(make_series(values)).sequence == sequence


@pytest.mark.parametrize(
    ("maker", "sequence"),
    [("SIEMENS", "PD"), ("Bruker BioSpin", UNKNOWN), ("Agilent", UNKNOWN), ("Varian", UNKNOWN)],
)
def test_what_is_proton_density_of_people_may_be_a_t2_of_mice(
    make_series: Any, maker: str, sequence: str
) -> None:
    values = header("SE", tesla=7, tr=5000, te=17) | {"Manufacturer": maker}
    assert claim_of(make_series(values)).sequence == sequence


@pytest.mark.parametrize(
    ("tesla", "tr", "flip", "sequence"),
    [(7, 14, 20, UNKNOWN), (7, 20, 18, UNKNOWN), (3, 22, 18, UNKNOWN), (3, 14, 20, "T1"),
     (7, 14, 12, "T1"), (7, 8, 20, "T1")],
)  # fmt: skip
def test_times_of_vessels_in_their_field_make_no_t1(
    make_series: Any, tesla: float, tr: float, flip: float, sequence: str
) -> None:
    values = header("GR", tesla=tesla, dim="3D", tr=tr, te=4.2, flip=flip)
    assert claim_of(make_series(values)).sequence == sequence
    assert claim_of(make_series(values | {"SeriesDescription": "TOF"})).sequence == "MRA"


@pytest.mark.parametrize(
    ("flip", "described", "sequence"),
    [(12, "", "T1C"), (30, "", UNKNOWN), (30, "t1_vibe_fs_tra", "T1C"), (30, "angio", "MRA")],
)
def test_flip_angle_for_blood_with_an_agent_may_show_vessels_or_a_liver(
    make_series: Any, flip: float, described: str, sequence: str
) -> None:
    values = header("GR", tesla=1.5, dim="3D", tr=4, te=1.5, flip=flip, described=described)
    agent = {"ContrastBolusAgent": "Gadovist"}
    assert claim_of(make_series(values | agent)).sequence == sequence


# The first is ds005576's.
@pytest.mark.parametrize(
    ("tesla", "dim", "te", "sequence"),
    [(7, "2D", 44, "T2"), (3, "2D", 44, "PD"), (7, "2D", 17, "PD"), (7, "3D", 44, "PD")],
)
def test_t2_weights_sooner_at_7_t(
    make_series: Any, tesla: float, dim: str, te: float, sequence: str
) -> None:
    values = header("SE", tesla=tesla, dim=dim, tr=5650, te=te, flip=120)
    assert claim_of(make_series(values)).sequence == sequence


def test_a_t2_of_mice_is_as_sure_at_7_t_as_at_less(make_series: Any) -> None:
    mice = {"Manufacturer": "Bruker"}
    weak, strong = (
        claim_of(make_series(header("SE", tesla=tesla, tr=4000, te=40) | mice))
        for tesla in (4.7, 7)
    )
    assert weak.sequence == strong.sequence == "T2"
    assert weak.confidence == strong.confidence


@pytest.mark.parametrize("te", [20.7, 49.6])
def test_long_3d_echo_train_with_an_early_echo_is_proton_density(
    make_series: Any, te: float
) -> None:
    values = header("", tesla=3, dim="3D", tr=1300, te=te, flip=90, train=30)
    assert claim_of(make_series(values)).sequence == "PD"


@pytest.mark.parametrize(
    ("values", "slices", "sequence"),
    [
        (header("GR", dim="2D", tr=8, te=4, flip=20), 9, "LOCALIZER"),
        (header("GR", dim="2D", tr=10, te=4.6, flip=15), 40, UNKNOWN),
        (header("GR", dim="3D", tr=3.1, te=1.4, flip=8), 128, "LOCALIZER"),
        # A step of a T1 map by several flip angles.
        (header("GR", dim="3D", tr=3.1, te=1.1, flip=2), 40, UNKNOWN),
    ],
)
def test_scout_without_words_has_few_slices(
    make_series: Any, values: dict[str, Any], slices: int, sequence: str
) -> None:
    assert claim_of(make_series(values, slices=slices)).sequence == sequence


@pytest.mark.parametrize(
    ("vendor", "values", "diffusion"),
    [
        ("Philips", header("GR", dim="3D", tr=4, te=1.9, flip=12), False),
        ("UIH", header("GR", dim="3D", tr=4, te=1.9, flip=12, described="T1 vibe"), False),
        ("SIEMENS", header("SE", tr=500, te=12), False),
        # A functional one, with the late echoes of 1.5 T, also where no gradient echo is told.
        ("Philips", header(["GR", "EP"], tr=3000, te=50), False),
        (
            "GE",
            header(["EP", "RM"], tr=3000, te=50) | {"ScanOptions": ["EPI_GEMS", "MP_GEMS"]},
            False,
        ),
        ("Philips", header("SE", tr=4000, te=80), True),
        ("Bruker", header("SE", tr=3000, te=20), True),
    ],
)
def test_a_b_value_left_in_a_header_makes_no_diffusion_image(
    make_series: Any, vendor: str, values: dict[str, Any], diffusion: bool
) -> None:
    claim = claim_of(make_series(values | {"Manufacturer": vendor, "DiffusionBValue": 800.0}))
    assert (claim.sequence == "DWI") is diffusion


@pytest.mark.parametrize(
    ("nucleus", "sequence"),
    [
        ("23Na", "OTHER"),
        ("^129^Xe", "OTHER"),
        ("Na-23", "OTHER"),
        ("2H", "OTHER"),
        ("1H", "T1"),
        ("H1", "T1"),
        ("PROTON", "T1"),
    ],
)
def test_only_protons_have_a_weighting(make_series: Any, nucleus: str, sequence: str) -> None:
    values = header("GR", tesla=3, dim="3D", tr=6, te=1.5, flip=10, ImagedNucleus=nucleus)
    assert claim_of(make_series(values)).sequence == sequence


@pytest.mark.parametrize(("tesla", "sequence"), [(0.25, "T1"), (1.5, UNKNOWN)])
def test_an_echo_that_is_late_elsewhere_is_early_at_low_field(
    make_series: Any, tesla: float, sequence: str
) -> None:
    values = header("GR", tesla=tesla, dim="3D", tr=30, te=14, flip=35, described="T1 3D")
    assert claim_of(make_series(values)).sequence == sequence


@pytest.mark.parametrize(
    ("tesla", "megahertz", "sequence"),
    [
        # Sodium, phosphorus, hyperpolarised carbon, xenon and helium; deuterium.
        (3, 33.8, "OTHER"), (2.89, 32.6, "OTHER"), (7, 78.6, "OTHER"), (7, 120.3, "OTHER"),
        (3, 32.1, "OTHER"), (3, 34.1, "OTHER"), (1.5, 48.6, "OTHER"), (9.4, 61.4, "OTHER"),
        # Protons, also of magnets whose nominal strength is another, and of a wrong one.
        (3, 123.2, "T1"), (3, 127.7, "T1"), (1.5, 63.9, "T1"), (7, 297.2, "T1"), (3, 63.9, "T1"),
        (0.5, 23.6, "T1"), (1.5, 63_870_000, "T1"),
    ],
)  # fmt: skip
def test_only_protons_have_a_weighting_by_their_frequency(
    make_series: Any, tesla: float, megahertz: float, sequence: str
) -> None:
    values = header("GR", tesla=tesla, dim="3D", tr=6, te=1.5, flip=12, described="t1_gre")
    assert claim_of(make_series(values | {"ImagingFrequency": megahertz})).sequence == sequence
    told = values | {"ImagingFrequency": megahertz, "ImagedNucleus": "1H"}
    assert claim_of(make_series(told)).sequence == "T1"


@pytest.mark.parametrize(
    ("tesla", "inversion", "sequence"),
    [(3, 900, "T1"), (3, 1750, "OTHER"), (7, 1500, "T1"), (7, 2400, "OTHER"), (0.06, 150, "T1")],
)
def test_a_second_image_after_an_inversion_is_no_t1(
    make_series: Any, tesla: float, inversion: float, sequence: str
) -> None:
    values = header(GR, tesla=tesla, dim="3D", tr=5000, te=3, ti=inversion, flip=5)
    assert claim_of(make_series(values)).sequence == sequence


@pytest.mark.parametrize(("echo", "sequence"), [(28, "T2STAR"), (32, UNKNOWN)])
def test_an_echo_after_the_next_excitation_claims_nothing(
    make_series: Any, echo: float, sequence: str
) -> None:
    values = header("GR", tesla=3, dim="3D", tr=30, te=echo, flip=15)
    assert claim_of(make_series(values)).sequence == sequence


# What codes and b values tell, whatever the times are.
TOLD_BY_CODES = ("DWI", "B0", "SWI", "MRA", "OTHER")


def test_no_weighting_is_claimed_that_the_times_contradict() -> None:
    denied, claimed = [], set()
    draw = random.Random(20)
    for _ in range(HEADERS):
        attributes = _any_header(draw)
        claim = claim_from(attributes)
        sequence = claim.sequence.removesuffix("C")
        claimed.add(sequence)
        against = contradiction(sequence, attributes)
        if sequence not in TOLD_BY_CODES and against is not None:
            denied.append((sequence, claim.evidence, against))
    assert denied == []
    assert claimed >= {"T1", "T2", "PD", "FLAIR", "STIR", "T2STAR", "BOLD", "LOCALIZER"}


def _any_header(draw: random.Random) -> SequenceAttributes:
    """Draw attributes that need not go together, in fields of 0.06 to 7 T, without words."""
    also = (
        t.SPIN_ECHO, t.GRADIENT_ECHO, t.INVERSION, t.EPI, t.TIME_OF_FLIGHT, t.DIFFUSION, t.PREPARED,
        t.PHASE_CONTRAST, t.FLOW_COMPENSATED, t.SUSCEPTIBILITY, t.ANGIOGRAPHY, t.MT,
    )  # fmt: skip
    used = {draw.choice((t.SPIN_ECHO, t.GRADIENT_ECHO, ""))} | set(
        draw.sample(also, draw.choice((0, 0, 1, 2)))
    )
    return SequenceAttributes(
        modality="MR",
        vendor=draw.choice((None, "Siemens", "GE", "Philips", "Bruker")),
        techniques={technique: technique for technique in used if technique},
        field_strength=draw.choice((None, 0.06, 0.3, 1.5, 3.0, 7.0)),
        acquisition=draw.choice(("", "2D", "3D")),
        repetition_time=draw.choice((None, 4, 25, 180, 500, 900, 1500, 2200, 4000, 9000)),
        echo_time=draw.choice((None, 0.1, 2, 5, 9, 16, 25, 38, 55, 70, 100, 200, 400)),
        inversion_time=draw.choice((None, None, None, 20, 75, 180, 300, 450, 860, 1300, 2500)),
        flip_angle=draw.choice((None, 5, 12, 30, 60, 90, 150)),
        echo_train=draw.choice((None, 1, 3, 30)),
        matrix=draw.choice(((64, 64), (192, 192), (512, 512))),
        b_values=draw.choice(((), (), (0.0,), (0.0, 1000.0))),
        slices=draw.choice((3, 20, 60)),
        volumes=draw.choice((1, 1, 60)),
        agent=draw.choice((None, True)),
    )


@pytest.mark.parametrize(
    ("values", "volumes", "sure"),
    [
        ({}, 1, True),
        ({"SeriesDescription": "t1_vibe_tra"}, 33, True),
        # Frequencies at which protons are saturated; water and fat.
        ({}, 33, False),
        ({"Manufacturer": "GE", "ImageType": ["DERIVED", "PRIMARY", "OTHER"]}, 1, False),
    ],
)
def test_what_may_be_more_than_a_t1_is_no_sure_one(
    make_series: Any, values: dict[str, Any], volumes: int, sure: bool
) -> None:
    volume = header("GR", tesla=3, dim="3D", tr=5, te=2.4, flip=8) | values
    claim = claim_of(make_series(volume, volumes=volumes))
    assert claim.sequence == "T1", claim
    assert (claim.confidence >= 0.8) is sure, claim


VIEW_SHARING = header(
    "GR", tr=3.7, te=1.4, flip=12, dim="3D", kind=["ORIGINAL", "PRIMARY", "M", "ND", "NORM"]
)


@pytest.mark.parametrize(
    ("described", "body"),
    [
        ("TWIST breast", "BREAST"),
        ("TWIST breast", "CHEST"),
        ("tfl_tra_dyn_fast_TWIST", "PROSTATE"),
        ("twist prostate", "PELVIS"),
        ("TWIST arterial", "LIVER"),
        ("TWIST tumor foot", "FOOT"),
        ("TRICKS liver", "ABDOMEN"),
        ("TRICKS", "BREAST"),
        ("TWIST", ""),
    ],
)
def test_a_bolus_followed_into_an_organ_weights_by_t1(
    make_series: Any, described: str, body: str
) -> None:
    given = {"SeriesDescription": described, "BodyPartExamined": body}
    claim = claim_of(make_series(VIEW_SHARING | given | {"ContrastBolusAgent": "Dotarem"}))
    assert claim.sequence == "T1C", claim


@pytest.mark.parametrize(
    ("described", "body"),
    [
        ("TWIST_carotids", ""),
        ("TWIST", "NECK"),
        ("TRICKS run-off calf", "LEG"),
        ("TRICKS", "HEAD"),
        ("TWIST AVM", "ABDOMEN"),
        ("TWIST angio renal", "KIDNEY"),
        ("TWIST pulmonary veins", "CHEST"),
        ("cor TWIST renal arteries", "ABDOMEN"),
        ("TWIST MRA pelvis", "PELVIS"),
    ],
)
def test_a_bolus_followed_through_vessels_shows_them(
    make_series: Any, described: str, body: str
) -> None:
    given = {"SeriesDescription": described, "BodyPartExamined": body}
    claim = claim_of(make_series(VIEW_SHARING | given | {"ContrastBolusAgent": "Dotarem"}))
    assert claim.sequence == "MRA", claim


@pytest.mark.parametrize(
    ("sequence", "described", "flip"),
    [
        ("MRA", "Cor TRICKS", 25),
        ("MRA", "TWIST_tra_p2", 20),
        ("T1C", "TWIST_tra_p2", 12),
        # What is followed dynamically may be an organ.
        ("T1C", "TWIST_dynamic", 20),
        ("T1C", "TWIST breast", 25),
    ],
)
def test_a_bolus_is_followed_through_vessels_where_the_flip_angle_is_that_of_blood(
    make_series: Any, sequence: str, described: str, flip: float
) -> None:
    steep = VIEW_SHARING | {"FlipAngle": flip, "SeriesDescription": described}
    claim = claim_of(make_series(steep))
    assert claim.sequence == sequence, claim


@pytest.mark.parametrize(
    ("flip", "described", "sequence", "least", "most"),
    [
        (25, "", "MRA", 0.9, 1.0),
        # As of a prostate (PROSTATEx), or of vessels.
        (14, "", "MRA", 0.5, 0.55),
        (14, "carotids TWIST", "MRA", 0.8, 1.0),
        (14, "prostate", "T1", 0.5, 0.8),
    ],
)
def test_the_flag_of_angiography_is_no_proof_where_it_is_set_of_any_twist(
    make_series: Any, flip: float, described: str, sequence: str, least: float, most: float
) -> None:
    twist = header("GR", tr=3.62, te=1.27, flip=flip, dim="3D", name="*fldyn3d1", AngioFlag="Y")
    siemens = {"Manufacturer": "SIEMENS", "SeriesDescription": described}
    claim = claim_of(make_series(twist | siemens))
    assert claim.sequence == sequence, claim
    assert least <= claim.confidence <= most, claim


CORD = header(
    SE, tr=2430, te=8.4, ti=400, dim="2D", kind=["ORIGINAL", "PRIMARY", "M", "ND", "NORM"]
)
HEART = header(["GR", "IR"], tr=750, te=3.3, ti=300, flip=25, dim="2D")


@pytest.mark.parametrize(
    ("sequence", "values", "described"),
    [
        ("T1", CORD, "psir_spine_cervical_2d"),
        ("T1", CORD, "T1 PSIR"),
        ("T1", CORD, "Sag PSIR cervical cord"),
        ("T1", CORD | {"ImageType": ["DERIVED", "PRIMARY", "PSIR"]}, "PSIR brain"),
        ("T1", CORD | {"ImageType": ["ORIGINAL", "PRIMARY", "R_IR", "R", "IR"]}, "PSIR_T1 IR-TSE"),
        ("T1", CORD | {"ScanningSequence": "IR", "EchoTime": 15}, "ax PSIR"),
        ("OTHER", HEART, "PSIR"),
        ("OTHER", HEART, "T1 PSIR sax"),
        ("OTHER", HEART | {"ImageType": ["DERIVED", "PRIMARY", "PSIR"]}, "LGE"),
        ("OTHER", CORD, "PSIR_TSE_LGE sax"),
        ("OTHER", CORD | {"BodyPartExamined": "HEART"}, "PSIR"),
        ("OTHER", CORD | {"CardiacNumberOfImages": 12}, "PSIR"),
        # Without a word of how it was acquired.
        ("OTHER", {}, "PSIR"),
    ],
)
def test_a_phase_sensitive_spin_echo_weights_by_t1_unless_it_is_of_the_heart(
    make_series: Any, sequence: str, values: dict[str, Any], described: str
) -> None:
    claim = claim_of(make_series(values | {"SeriesDescription": described}))
    assert claim.sequence == sequence, claim


INFLOW = header(["GR", "IR"], tr=4.5, te=2.2, ti=1200, flip=70, dim="3D")
LABELLED = header("GR", tr=5.2, te=2.6, ti=1000, flip=20, dim="3D")


@pytest.mark.parametrize(
    ("sequence", "values", "described"),
    [
        *(("MRA", INFLOW, name) for name in (
            "Inhance Inflow IR renal", "Inflow IR", "IFIR kidney", "INHANCE 3D IFIR", "Time-SLIP",
            "b-TRANCE renal",
        )),
        ("MRA", header(["GR", "IR"], tr=6.7, te=2.2, ti=50, flip=20, dim="3D"), "REACT carotis"),
        *(("MRA", LABELLED, name) for name in (
            "mASL carotid", "4D ASL-MRA", "ASL angiography", "MRA ASL 4D", "Time SLIP portal vein",
        )),
        # An inversion is still none of other angiographies.
        ("T1", header(GR, tr=2000, te=3, ti=900, flip=9, dim="3D"), "TOF head"),
        ("T1", header(GR, tr=2000, te=3, ti=900, flip=9, dim="3D"), "angio"),
        ("T1", header(GR, tr=2000, te=3, ti=900, flip=9, dim="3D"), "MPRAGE inflow suppressed"),
        # Nor is labelled blood always on its way.
        ("PERF", {"Manufacturer": "SIEMENS", "SequenceName": "tgse_pcasl"}, "pCASL"),
        ("PERF", {"ScanningSequence": "EP"}, "3D ASL"),
    ],
)  # fmt: skip
def test_angiography_without_an_agent_inverts(
    make_series: Any, sequence: str, values: dict[str, Any], described: str
) -> None:
    claim = claim_of(make_series(values | {"SeriesDescription": described}))
    assert claim.sequence == sequence, claim


@pytest.mark.parametrize(
    ("sequence", "code", "variant", "described"),
    [
        ("PD", "GR", "SP", ""),
        ("PD", "GR", ["SK", "SP"], "tfl3d_iso0.6"),
        ("T1", "GR", ["SK", "SP", "MP"], ""),
        ("T1", ["GR", "IR"], "SP", ""),
        # Its variant isn't told, or words say T1.
        ("T1", "GR", "", ""),
        ("T1", "GR", "SP", "t1_mprage"),
    ],
)
def test_the_readout_of_an_mprage_that_nothing_prepares_is_proton_density(
    make_series: Any, sequence: str, code: str | list[str], variant: str, described: str
) -> None:
    values = header(code, tesla=7, dim="3D", tr=1440, te=2.5, flip=5, name="*tfl3d1_ns")
    named = {"Manufacturer": "SIEMENS", "SequenceVariant": variant, "SeriesDescription": described}
    assert claim_of(make_series(values | named)).sequence == sequence


@pytest.mark.parametrize(
    ("variant", "sequence"),
    [("SP", "T1"), (["SP", "MTC"], UNKNOWN), (["SP", "MP", "MTC"], UNKNOWN)],
)
def test_the_readout_of_an_mprage_after_magnetisation_transfer_is_no_t1(
    make_series: Any, variant: str | list[str], sequence: str
) -> None:
    values = header("GR", tesla=3, dim="3D", tr=1500, te=2.2, flip=12, name="*tfl3d1")
    siemens = {"Manufacturer": "SIEMENS", "SequenceVariant": variant}
    assert claim_of(make_series(values | siemens)).sequence == sequence


@pytest.mark.parametrize("flip", [60, 90])
def test_inflow_into_a_balanced_readout_without_words_is_no_t1(make_series: Any, flip: int) -> None:
    for code in (GR, "GR", ""):
        inverted = header(code, tesla=3, dim="3D", tr=930, te=1.6, ti=1100, flip=flip)
        assert claim_of(make_series(inverted)).sequence != "T1"
        assert claim_of(make_series(inverted | {"FlipAngle": 12})).sequence == "T1"


@pytest.mark.parametrize(
    ("sequence", "written"),
    [
        ("MRA", {}),
        # Of too short a time, in a slice, or as a film it is the heart; words tell what else it is.
        ("OTHER", {"InversionTime": 300}),
        ("OTHER", {"MRAcquisitionType": "2D"}),
        ("OTHER", {"CardiacNumberOfImages": 20}),
        ("OTHER", {"SeriesDescription": "CISS IR"}),
        # T1 is mapped with a small flip angle, or with one volume after the other.
        ("OTHER", {"FlipAngle": 35}),
        ("OTHER", {"NumberOfTemporalPositions": 8}),
    ],
)
def test_blood_that_enters_after_an_inversion_is_told_without_words(
    make_series: Any, sequence: str, written: dict[str, Any]
) -> None:
    for maker, name in (("SIEMENS", "*tfi3d1_80"), ("FUJIFILM Healthcare", "3DBASG")):
        values = header(["GR", "IR"], tr=1100, te=1.9, ti=1200, flip=90, dim="3D", name=name)
        claim = claim_of(make_series(values | {"Manufacturer": maker} | written))
        assert claim.sequence == sequence, claim


@pytest.mark.parametrize(
    ("sequence", "written"),
    [
        ("MRA", {}),
        # Fujifilm and Canon may tell no code of the inversion.
        ("MRA", {"ScanningSequence": "GR"}),
        ("OTHER", {"InversionTime": 300}),
        ("OTHER", {"MRAcquisitionType": "2D"}),
        ("OTHER", {"CardiacNumberOfImages": 20}),
        ("OTHER", {"NumberOfTemporalPositions": 8}),
        ("T1", {"FlipAngle": 12}),
    ],
)
def test_such_blood_is_told_where_only_the_times_tell_that_the_readout_is_balanced(
    make_series: Any, sequence: str, written: dict[str, Any]
) -> None:
    values = header(["GR", "IR"], tesla=1.5, tr=4.6, te=2.2, ti=1200, flip=70, dim="3D")
    claim = claim_of(make_series(values | {"Manufacturer": "GE MEDICAL SYSTEMS"} | written))
    assert claim.sequence == sequence, claim


@pytest.mark.parametrize(
    ("sequence", "written", "slices"),
    [
        ("MRA", {}, 160),
        # Late enhancement, slices prepared by T2, words, the heart in a stack of slices.
        ("OTHER", {}, 12),
        ("OTHER", {"FlipAngle": 50}, 60),
        ("OTHER", {"InversionTime": 0}, 60),
        ("OTHER", {"SeriesDescription": "trufi_tra"}, 60),
        ("OTHER", {"BodyPartExamined": "HEART"}, 60),
    ],
)
def test_blood_in_many_balanced_slices_after_a_saturation_is_told_without_words(
    make_series: Any, sequence: str, written: dict[str, Any], slices: int
) -> None:
    values = header("GR", tesla=1.5, tr=820, te=1.7, ti=345, flip=90, dim="2D", name="*tfi2d1_192")
    claim = claim_of(make_series({"Manufacturer": "SIEMENS"} | values | written, slices=slices))
    assert claim.sequence == sequence, claim


@pytest.mark.parametrize("described", ["", "petra_ir", "t1_petra_head"])
def test_an_ultrashort_echo_is_weighted_by_t1_after_an_inversion(
    make_series: Any, described: str
) -> None:
    values = header(
        ["GR", "IR"], tesla=3, dim="3D", tr=2250, te=0.07, ti=1000, flip=6, name="*Petra3d1"
    ) | {"Manufacturer": "SIEMENS", "SeriesDescription": described}
    assert claim_of(make_series(values)).sequence == "T1"
    assert claim_of(make_series(values | {"InversionTime": 60})).sequence == "OTHER"
    assert claim_of(make_series(values | {"ScanningSequence": "GR"})).sequence == "OTHER"
    phase = {"ImageType": ["ORIGINAL", "PRIMARY", "P"]}
    assert claim_of(make_series(values | phase)).sequence == "OTHER"


VIBE = {
    "SequenceName": "*fl3d1", "MRAcquisitionType": "3D", "RepetitionTime": 4.7, "EchoTime": 1.7,
    "FlipAngle": 10,
}  # fmt: skip


PLANAR_OF_PHILIPS = {
    "Manufacturer": "Philips Medical Systems", "SequenceName": "", "RepetitionTime": 4500,
    "EchoTime": 20, "FlipAngle": 90, "Rows": 80, "Columns": 80,
}  # fmt: skip


@pytest.mark.parametrize(
    ("sequence", "described", "more", "volumes"),
    [
        ("OTHER", "ASL_planning", {}, 1),
        ("OTHER", "trufi_loc_for_ASL", {}, 1),
        # Siemens tells the time from one slice to the next.
        ("OTHER", "ASL_planning", {"RepetitionTime": 1100}, 1),
        ("T1", "ASL plan t1_vibe", VIBE, 1),
        ("MRA", "TOF for ASL", VIBE | {"SequenceName": "*fl3d1r_t70"}, 1),
        # What is computed of it; what is labelled is repeated, or waits for its magnetisation.
        ("PERF", "ASL CBF", VIBE | {"ImageType": ["DERIVED", "PRIMARY", "M"]}, 1),
        ("PERF", "ASL_FAIR_trufi", {}, 30),
        ("PERF", "ASL kidney", {"InversionTime": 1200}, 1),
        ("PERF", "FAIR kidney ASL", {"ScanningSequence": GR, "InversionTime": 1200}, 40),
        ("OTHER", "FAIR kidney ASL", {"ScanningSequence": GR, "InversionTime": 1200}, 1),
        ("T1", "T1 for ASL", VIBE | {"ScanningSequence": GR, "InversionTime": 900}, 1),
        ("PERF", "perf_trufi_3sl", {"InversionTime": 110}, 1),
        # Philips gives the echo planar readout no code.
        ("PERF", "pCASL M0", PLANAR_OF_PHILIPS, 1),
    ],
)
def test_a_volume_that_nothing_labels_is_no_perfusion(
    make_series: Any, sequence: str, described: str, more: dict[str, Any], volumes: int
) -> None:
    values = header(
        "GR", dim="2D", tr=4.2, te=2.1, flip=60, name="*tfi2d1_256", described=described
    )
    claim = claim_of(make_series(values | {"Manufacturer": "SIEMENS"} | more, volumes=volumes))
    assert claim.sequence == sequence, claim


@pytest.mark.parametrize(
    ("sequence", "maker", "name", "described"),
    [
        # Siemens would name it; an injury; nothing but the words could tell it.
        ("T2", "SIEMENS", "*tse2d1_15", "IR suite tra"),
        ("T2", "Philips Medical Systems", "", "Inversionstrauma OSG tra"),
        (UNKNOWN, "Philips Medical Systems", "", "IR tra"),
    ],
)
def test_words_tell_an_inversion_where_nothing_else_would(
    make_series: Any, sequence: str, maker: str, name: str, described: str
) -> None:
    values = header("SE", dim="2D", tr=4000, te=100, flip=150, name=name, described=described)
    assert claim_of(make_series(values | {"Manufacturer": maker})).sequence == sequence


@pytest.mark.parametrize(("volumes", "sequence"), [(1, "T1"), (4, "T1"), (8, UNKNOWN)])
def test_a_long_t1_may_have_images_of_fat_and_water_but_no_more_volumes(
    make_series: Any, volumes: int, sequence: str
) -> None:
    spine = header("SE", dim="2D", tesla=3, tr=950, te=10, flip=120, train=4)
    assert claim_of(make_series(spine, volumes=volumes)).sequence == sequence


@pytest.mark.parametrize(("volumes", "sequence"), [(1, "PD"), (4, "PD"), (9, UNKNOWN)])
def test_proton_density_has_images_of_fat_and_water_but_no_more_volumes(
    make_series: Any, volumes: int, sequence: str
) -> None:
    # Amide protons are looked for at nine frequencies; T2 is mapped with as many echoes.
    for values in (header("SE", dim="3D", tr=5900, te=6.2, tesla=3), header("SE", tr=2000, te=10)):
        assert claim_of(make_series(values, volumes=volumes)).sequence == sequence


@pytest.mark.parametrize(
    ("described", "sequence"),
    [
        ("T2star_heart_8echo", "T2STAR"),
        ("gre_qsm_5echo_Iso1mm", "T2STAR"),
        ("12 echoes T2*", "T2STAR"),
        # The first of no others.
        ("T2*", UNKNOWN),
        ("T2* echo", UNKNOWN),
    ],
)
def test_an_early_echo_is_the_first_of_those_that_words_count(
    make_series: Any, described: str, sequence: str
) -> None:
    values = header("GR", dim="3D", tr=29, te=4.4, flip=15, tesla=3, described=described)
    claim = claim_of(make_series(values | {"ScanOptions": "FC"}))
    assert claim.sequence == sequence, claim


# As classic and enhanced files tell it.
@pytest.mark.parametrize(
    ("told", "sequence"),
    [
        ({"ScanOptions": "FC"}, UNKNOWN),
        ({"FlowCompensation": "VELOCITY"}, UNKNOWN),
        ({"FlowCompensation": "ACCELERATION"}, UNKNOWN),
        ({"FlowCompensation": "NONE"}, "T1"),
    ],
)
@pytest.mark.parametrize("weighted", [{}, {"AcquisitionContrast": "T1"}])
def test_a_gradient_echo_that_compensates_flow_is_no_t1_by_its_times(
    told: dict[str, str], sequence: str, weighted: dict[str, str], make_series: Any
) -> None:
    values = header("GR", dim="3D", tr=15, te=3.5, flip=20, tesla=3)
    assert claim_of(make_series(values | told | weighted, slices=60)).sequence == sequence


# dcm2niix writes no codes of enhanced files.
def test_the_first_image_of_an_mp2rage_is_no_sure_t1_without_codes(make_series: Any) -> None:
    values = header("", dim="3D", tr=5000, te=3, ti=700, flip=4, tesla=3)
    values |= {"Manufacturer": "SIEMENS", "SequenceName": "*tfl3d1_16ns"}
    claim = claim_of(make_series(values, slices=176))
    assert (claim.sequence, claim.confidence) == ("T1", 0.55)


# Enhanced files and sidecars lack Siemens' flag of an angiography.
def test_a_volume_that_shares_views_to_follow_a_bolus_is_no_t1_by_its_times(
    make_series: Any,
) -> None:
    values = header("GR", dim="3D", tr=3.2, te=1.2, flip=25, tesla=1.5)
    values |= {"Manufacturer": "SIEMENS", "SequenceName": "*fldyn3d1_ns"}
    assert claim_of(make_series(values, slices=80, volumes=20)).sequence == UNKNOWN


@pytest.mark.parametrize("told", [{}, {"AcquisitionContrast": "T1"}])
def test_a_gradient_echo_after_a_preparation_of_t2_is_no_t1(
    told: dict[str, str], make_series: Any
) -> None:
    values = header("GR", dim="3D", tr=4.8, te=1.9, flip=12, tesla=3) | told
    assert claim_of(make_series(values, slices=60)).sequence == "T1"
    prepared = values | {"T2Preparation": "YES"}
    assert claim_of(make_series(prepared, slices=60)).sequence == UNKNOWN


@pytest.mark.parametrize(
    "told",
    [{"Tagging": "GRID"}, {"Tagging": "LINE"}, {"AcquisitionContrast": "TAGGING"}],
)
def test_a_gradient_echo_that_tags_the_heart_is_no_scout(
    told: dict[str, str], make_series: Any
) -> None:
    values = header("GR", dim="2D", tr=6, te=3, flip=12, tesla=1.5)
    assert claim_of(make_series(values | told, slices=3)).sequence == "OTHER"


# As classic and enhanced files tell it.
@pytest.mark.parametrize("told", [{"SequenceVariant": "MP"}, {"SaturationRecovery": "YES"}])
def test_a_gradient_echo_after_a_saturation_follows_a_first_pass(
    told: dict[str, str], make_series: Any
) -> None:
    values = header("GR", dim="2D", tr=140, te=1, flip=12, tesla=1.5)
    values |= {"ContrastBolusAgent": "Gadovist"}
    assert claim_of(make_series(values | told, slices=3, volumes=60)).sequence == "PERF"


@pytest.mark.parametrize("told", [{"SequenceVariant": "SP"}, {"Spoiling": "RF"}])
def test_a_spoiled_readout_of_an_mprage_that_inverts_nothing_may_be_proton_density(
    told: dict[str, str], make_series: Any
) -> None:
    values = header("GR", dim="3D", tr=1700, te=2.8, flip=5, tesla=3)
    values |= {"Manufacturer": "SIEMENS", "SequenceName": "*tfl3d1_ns"}
    assert claim_of(make_series(values | told, slices=176)).sequence == "PD"


@pytest.mark.parametrize("described", ["haste_db_tra", "SSFSE dark blood", "SSh-TSE black blood"])
def test_a_slice_that_is_excited_once_is_not_weighted_by_when_the_next_one_is(
    make_series: Any, described: str
) -> None:
    dark = header("SE", tr=700, te=26, flip=150, dim="2D")
    assert claim_of(make_series(dark | {"SeriesDescription": described})).sequence == UNKNOWN
    assert claim_of(make_series(dark | {"SeriesDescription": "tse_db_tra"})).sequence == "T1"
    lungs = dark | {"SeriesDescription": "t2_haste_cor"}
    siemens = {"Manufacturer": "SIEMENS", "SequenceName": "*h2d1_192"}
    for single_shot in (siemens, {"EchoTrainLength": 192}):
        assert claim_of(make_series(lungs | single_shot)).sequence == UNKNOWN
    assert claim_of(make_series(dark | {"SeriesDescription": "T1 haste"})).sequence == "T1"


@pytest.mark.parametrize(
    ("values", "maker", "sure"),
    [
        # A FLAIR without its inversion; diffusion without b values, which Philips gives no code.
        ({"dim": "3D", "tr": 6000, "te": 394}, "SIEMENS", False),
        ({"dim": "3D", "tr": 3200, "te": 394}, "SIEMENS", True),
        ({"dim": "2D", "tr": 9000, "te": 90, "Rows": 128, "Columns": 128}, "Philips", False),
        ({"dim": "2D", "tr": 9000, "te": 90, "Rows": 128, "Columns": 128}, "GE", True),
        ({"dim": "2D", "tr": 9000, "te": 90}, "Philips", True),
    ],
)
def test_what_may_be_more_than_a_t2_is_no_sure_one(
    make_series: Any, values: dict[str, Any], maker: str, sure: bool
) -> None:
    claim = claim_of(make_series(header("SE", **values) | {"Manufacturer": maker}))
    assert claim.sequence == "T2"
    assert (claim.confidence >= 0.8) == sure


@pytest.mark.parametrize(
    ("pixels", "volumes", "sequence"), [(64, 1, UNKNOWN), (64, 30, "T1"), (192, 1, "T1")]
)
def test_a_map_of_a_field_has_few_pixels(
    make_series: Any, pixels: int, volumes: int, sequence: str
) -> None:
    small = {"Rows": pixels, "Columns": pixels}
    values = header("GR", dim="3D", tr=6, te=2, flip=12, tesla=3) | small
    assert claim_of(make_series(values, volumes=volumes)).sequence == sequence


@pytest.mark.parametrize(
    ("variant", "sequence"), [("SP", "FIELDMAP"), (["SK", "SP", "MP"], UNKNOWN)]
)
def test_a_field_is_mapped_without_a_preparation(
    make_series: Any, variant: str | list[str], sequence: str
) -> None:
    # Siemens maps the transmit field after one, slice by slice.
    small = {"Rows": 64, "Columns": 64, "SequenceVariant": variant}
    values = header("GR", dim="2D", tr=4710, te=2.4, flip=8, tesla=3) | small
    assert claim_of(make_series(values)).sequence == sequence


# What Philips says of any spoiled gradient echo; the second is of dcm_qa_enh.
@pytest.mark.parametrize(
    ("values", "pixels", "sequence"),
    [
        ({"dim": "3D", "tr": 4, "te": 0.8, "flip": 1}, 96, UNKNOWN),
        ({"dim": "3D", "tr": 3.8, "te": 1.5, "flip": 12}, 64, UNKNOWN),
        ({"dim": "2D", "tr": 11, "te": 4.6, "flip": 15}, 256, "LOCALIZER"),
        ({"dim": "3D", "tr": 7, "te": 3.2, "flip": 9}, 256, "T1"),
        ({"dim": "2D", "tr": 180, "te": 4.6, "flip": 80}, 256, "T1"),
        # Nearly the Ernst angle; an MPRAGE with the TR of its shots; a map of the share of fat.
        ({"dim": "3D", "tr": 9.8, "te": 4.6, "flip": 8}, 256, "T1"),
        ({"dim": "3D", "tr": 2300, "te": 2.98, "flip": 9}, 256, "T1"),
        ({"dim": "3D", "tr": 6.1, "te": 1.0, "flip": 3}, 144, UNKNOWN),
        # pydicom's emri_small tells no times.
        ({"dim": "3D"}, 64, "T1"),
    ],
)
def test_t1_as_its_contrast_says_is_no_map_reference_or_scout(
    make_series: Any, values: dict[str, Any], pixels: int, sequence: str
) -> None:
    said = {"AcquisitionContrast": "T1", "Rows": pixels, "Columns": pixels, "tesla": 3}
    series = make_series(header("GR", **values, **said), slices=9)
    assert claim_of(series).sequence == sequence


def test_a_heartbeat_is_no_repetition_time_of_a_t2_that_is_excited_once(make_series: Any) -> None:
    heart = header("SE", tr=744, te=42, flip=160, dim="2D") | {"SeriesDescription": "t2_haste_db"}
    siemens = {"Manufacturer": "SIEMENS", "SequenceName": "*h2d1_128"}
    for single_shot in (siemens, {"EchoTrainLength": 128}):
        assert claim_of(make_series(heart | single_shot)).sequence == "T2"
    assert claim_of(make_series(heart)).sequence == UNKNOWN


@pytest.mark.parametrize(
    ("sequence", "values", "slices"),
    [
        ("MRA", {}, 120),
        ("MRA", {"RepetitionTime": 21, "EchoTime": 4.5, "FlipAngle": 60}, 80),
        # Of a few slices, with a smaller flip angle, one that T1 may weight.
        (UNKNOWN, {}, 12),
        (UNKNOWN, {"FlipAngle": 40}, 120),
        ("T1", {"RepetitionTime": 130, "EchoTime": 4.2}, 60),
    ],
)
def test_only_blood_that_flows_in_bears_steep_pulses_in_many_slices(
    make_series: Any, sequence: str, values: dict[str, Any], slices: int
) -> None:
    legs = header("GR", tr=28, te=6.9, flip=70, dim="2D") | values
    assert claim_of(make_series(legs, slices=slices)).sequence == sequence
