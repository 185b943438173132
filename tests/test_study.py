"""A study held against a protocol and against itself."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import permutations, product
from typing import Any

import dask.array as da
import numpy as np
import pytest
from pydicom.dataset import Dataset

from napari_mrseq.belonging import group_of
from napari_mrseq.correction import Correction
from napari_mrseq.decision import Decision
from napari_mrseq.header import HeaderClaim
from napari_mrseq.protocols import Expected, Protocol, load_protocol
from napari_mrseq.report_text import study_text
from napari_mrseq.sequences import family_of
from napari_mrseq.series import Failure, Series
from napari_mrseq.slice_verdict import SliceVerdict
from napari_mrseq.study import StudyVerdict, judge_studies, judge_study
from napari_mrseq.verdict import Verdict

# Directions in patient LPS of (slice, row, column) steps.
AXES = {
    "axial": ((0, 0, 1), (0, 1, 0), (1, 0, 0)),
    "coronal": ((0, 1, 0), (0, 0, -1), (1, 0, 0)),
    "sagittal": ((1, 0, 0), (0, 0, -1), (0, 1, 0)),
}


def scan(
    sequence: str,
    *,
    number: int = 1,
    plane: str | None = "axial",
    spacing: tuple[float, float, float] = (5.0, 0.9, 0.9),
    offset: float = 0.0,
    time: str | None = None,
    study: str = "1.2.3",
    frame: str = "1.2.3.4",
    resolved: str = "member",
    conflict: bool = False,
    tilt: float = 0.0,
    description: str | None = None,
) -> Verdict:
    """Return the verdict on one stack of 20 slices, named by its number."""
    affine = None
    if plane:
        affine = np.eye(4)
        turn = np.array(AXES[plane], float).T
        cos, sin = np.cos(np.radians(tilt)), np.sin(np.radians(tilt))
        # About the direction of the rows, as slices are laid along a disc.
        turn[:, :2] = turn[:, :2] @ np.array([[cos, -sin], [sin, cos]])
        affine[:3, :3] = turn * spacing
        affine[0, 3] = offset
    series = Series(
        path=f"study/{number}",
        files=(f"study/{number}/1",),
        pixels=da.zeros((20, 256, 256)),
        spacing=spacing if plane else None,
        affine=affine,
        series_number=number,
        description=description,
        series_uid=f"{study}.{number}",
        study_uid=study,
        frame_of_reference_uid=frame,
        sidecar={"AcquisitionTime": time} if time else None,
    )
    decision = Decision(sequence, 0.9, resolved)
    return Verdict(
        series=series,
        decision=decision,
        probabilities={sequence: 1.0},
        pixels=decision,
        header=None,
        conflict=conflict,
        slices=(),
        model_id={},
    )


KNEE = Protocol(
    "knee",
    "made for a test",
    tuple(
        Expected(f"PD {plane}", ("PD",), planes=(plane,))
        for plane in ("sagittal", "coronal", "axial")
    ),
)


def statuses(study: StudyVerdict) -> dict[str, str]:
    return {match.expected.name: match.status for match in study.matches}


def test_a_complete_tumour_study_misses_nothing() -> None:
    verdicts = [
        scan(sequence, number=number)
        for number, sequence in enumerate(["LOCALIZER", "T1", "T2", "FLAIR", "DWI", "ADC", "T1C"])
    ]
    study = judge_study(verdicts, load_protocol("brain-tumour"))
    assert study.complete
    assert study.missing == ()
    assert study.extra == ()
    assert statuses(study)["perfusion"] == "optional"


def test_a_prostate_without_its_dynamic_series_is_incomplete() -> None:
    planes = ("axial", "sagittal", "axial", "axial", "axial")
    acquired = [
        scan(sequence, number=number, plane=plane)
        for number, (sequence, plane) in enumerate(
            zip(("T2", "T2", "DWI", "ADC", "PERF"), planes, strict=True)
        )
    ]
    prostate = load_protocol("prostate")
    assert judge_study(acquired, prostate).complete
    biparametric = judge_study(acquired[:-1], prostate)
    assert [entry.name for entry in biparametric.missing] == ["dynamic contrast-enhanced T1"]


def test_what_is_missing_and_what_is_double_is_named() -> None:
    verdicts = [scan("T1"), scan("T2", number=2), scan("T2", number=3), scan("DWI", number=4)]
    study = judge_study(verdicts, load_protocol("brain-tumour"))
    assert not study.complete
    assert [entry.name for entry in study.missing] == ["FLAIR", "T1 with contrast agent"]
    assert statuses(study)["T2"] == "double"


def test_a_series_that_the_protocol_does_not_ask_for_is_extra_but_a_scout_is_not() -> None:
    swi, scout = scan("SWI", number=2), scan("LOCALIZER", number=3)
    study = judge_study([scan("T1"), swi, scout], load_protocol("brain-tumour"))
    assert study.extra == (swi,)


def test_a_t1_whose_agent_is_not_known_may_be_either() -> None:
    unsure = scan("T1", resolved="family")
    study = judge_study([unsure], load_protocol("brain-tumour"))
    assert statuses(study)["T1 without contrast agent"] == "perhaps"
    assert statuses(study)["T1 with contrast agent"] == "perhaps"
    assert statuses(study)["T2"] == statuses(study)["FLAIR"] == "missing"
    assert family_of("T1") == unsure.family
    assert study.pairs == ()


def test_one_series_told_by_its_family_is_not_two_of_them() -> None:
    others = [scan(code, number=n) for n, code in enumerate(("T2", "FLAIR", "DWI"), start=10)]
    one, two = (scan("T1", number=n, resolved="family") for n in (1, 2))
    tumour = load_protocol("brain-tumour")
    study = judge_study([*others, one], tumour)
    assert not study.complete
    # Which of the two was left out isn't known.
    assert study.missing == ()
    assert judge_study([*others, one, two], tumour).complete
    # Water and fat of one series are acquired once.
    assert not judge_study([*others, one, replace(one)], tumour).complete
    assert judge_study([*others, one, scan("T1C", number=3)], tumour).complete


def test_a_t1_whose_header_tells_of_an_agent_that_no_pixel_shows_may_be_either() -> None:
    doubted = replace(scan("T1", number=2), header=HeaderClaim("T1C", 0.9, agent=True))
    others = [scan(code, number=n) for n, code in enumerate(("T2", "FLAIR", "DWI"), start=10)]
    tumour = load_protocol("brain-tumour")
    study = judge_study([*others, doubted], tumour)
    assert statuses(study)["T1 without contrast agent"] == "perhaps"
    assert statuses(study)["T1 with contrast agent"] == "perhaps"
    # It is one of the two, not both.
    assert study.complete is False
    study = judge_study([*others, scan("T1"), doubted], tumour)
    assert statuses(study)["T1 without contrast agent"] == "there"
    assert statuses(study)["T1 with contrast agent"] == "perhaps"
    assert study.complete
    assert study.repeats == study.extra == ()


def test_a_t1_with_an_agent_that_its_header_denies_may_be_either() -> None:
    denied, silent = (
        replace(scan("T1C"), header=HeaderClaim("T1", 0.9, agent=agent)) for agent in (False, None)
    )
    tumour = load_protocol("brain-tumour")
    assert statuses(judge_study([denied], tumour))["T1 without contrast agent"] == "perhaps"
    # A header that is silent on an agent denies none.
    study = judge_study([silent], tumour)
    assert statuses(study)["T1 with contrast agent"] == "there"
    assert statuses(study)["T1 without contrast agent"] == "missing"


def test_a_header_that_names_no_other_member_of_the_family_leaves_no_perhaps() -> None:
    agreeing, foreign = (
        replace(scan("T1C"), header=HeaderClaim(claim, 0.9, agent=True)) for claim in ("T1C", "T2")
    )
    for verdict in (agreeing, foreign):
        study = judge_study([verdict], load_protocol("brain-tumour"))
        assert statuses(study)["T1 with contrast agent"] == "there"
        assert statuses(study)["T1 without contrast agent"] == "missing"


def test_where_the_family_alone_is_sure_a_header_silent_on_an_agent_decides_nothing() -> None:
    unsure = replace(scan("T1", resolved="family"), header=HeaderClaim("T1", 0.9))
    study = judge_study([unsure], load_protocol("brain-tumour"))
    assert statuses(study)["T1 with contrast agent"] == "perhaps"
    assert statuses(study)["T1 without contrast agent"] == "perhaps"


def test_what_a_person_says_of_an_agent_leaves_no_perhaps() -> None:
    doubted = replace(scan("T1"), header=HeaderClaim("T1C", 0.9, agent=True))
    study = judge_study(
        [doubted.corrected([Correction(0, 19, "T1")])], load_protocol("brain-tumour")
    )
    assert statuses(study)["T1 without contrast agent"] == "there"
    assert statuses(study)["T1 with contrast agent"] == "missing"


def test_families_that_only_some_entries_can_take_are_given_to_those() -> None:
    agent = Protocol(
        "agent",
        "made for a test",
        (Expected("any plane", ("T1",)), Expected("coronal", ("T1C",), planes=("coronal",))),
    )
    coronal, axial = (
        scan("T1", plane=plane, number=n, resolved="family")
        for n, plane in enumerate(("coronal", "axial"))
    )
    assert judge_study([coronal, axial], agent).complete
    assert not judge_study([coronal], agent).complete


@pytest.mark.parametrize("tilt", [-40, -31, 31, 40])
def test_a_tilted_stack_counts_for_the_plane_that_it_lies_nearest_to(tilt: float) -> None:
    axial = scan("T2", plane="axial", tilt=tilt)
    assert axial.series.plane == "oblique"
    study = judge_study([axial], load_protocol("spine"))
    assert statuses(study)["T2 axial"] == "there"
    assert statuses(study)["T2 sagittal"] == "missing"
    coronal = judge_study([scan("T2", plane="axial", tilt=90 - abs(tilt))], load_protocol("spine"))
    assert statuses(coronal)["T2 axial"] == "missing"


def test_tilted_stacks_are_double_only_where_they_lie_nearest_to_one_plane() -> None:
    tumour = load_protocol("brain-tumour")
    sagittal, axial, straight = (
        scan("T2", plane=plane, number=n, tilt=tilt)
        for n, (plane, tilt) in enumerate((("sagittal", 35), ("axial", 35), ("axial", 0)))
    )
    assert sagittal.series.plane == axial.series.plane == "oblique"
    assert statuses(judge_study([sagittal, axial], tumour))["T2"] == "there"
    assert statuses(judge_study([straight, axial], tumour))["T2"] == "double"
    assert statuses(judge_study([straight, axial, sagittal], tumour))["T2"] == "double"


def test_planes_count_where_the_protocol_names_them() -> None:
    knee = load_protocol("knee")
    sagittal, axial = scan("PD", plane="sagittal"), scan("PD", plane="axial", number=2)
    study = judge_study([sagittal, axial], knee)
    assert [entry.name for entry in study.missing] == ["fluid-sensitive coronal"]


def test_two_sequences_or_planes_that_both_fit_are_not_double() -> None:
    knee = load_protocol("knee")
    study = judge_study([scan("PD", plane="sagittal"), scan("T2", plane="sagittal")], knee)
    assert statuses(study)["fluid-sensitive sagittal"] == "there"


def test_echoes_of_one_series_are_acquired_once() -> None:
    echoes = [scan("T2STAR"), scan("T2STAR"), scan("T2STAR")]
    study = judge_study(echoes, load_protocol("stroke"))
    assert statuses(study)["T2* or SWI"] == "there"
    assert study.repeats == ()
    again = judge_study([*echoes, scan("T2STAR", number=2)], load_protocol("stroke"))
    assert statuses(again)["T2* or SWI"] == "double"
    assert [len(group) for group in again.repeats] == [2]


@pytest.mark.parametrize(
    ("times", "status"),
    [
        (("10:30:00.5", "10:30:00.5"), "there"),
        (("10:30:00.5", "10:36:00"), "double"),
        # What stands in files that were made anonymous.
        (("00:00:00", "00:00:00"), "double"),
        (("12:00:00", "12:00:00"), "double"),
    ],
)
def test_series_that_begin_at_one_moment_are_acquired_once(times, status: str) -> None:
    water, opposed = (scan("T2", number=n, time=time) for n, time in enumerate(times))
    study = judge_study([water, opposed], load_protocol("ms"))
    assert statuses(study)["T2"] == status
    assert bool(study.repeats) == (status == "double")


def test_midnight_of_a_day_is_no_moment_either() -> None:
    verdicts = [scan("T2", number=n, time="00:00:00") for n in (1, 2)]
    for verdict in verdicts:
        verdict.series.sidecar["AcquisitionDate"] = "20240103"
    assert statuses(judge_study(verdicts, load_protocol("ms")))["T2"] == "double"


def test_one_time_that_a_program_writes_for_all_hides_no_repeat() -> None:
    verdicts = [scan(code, number=n, time="10:30:00") for n, code in enumerate(("T2", "T2", "T1"))]
    for verdict, seconds in zip(verdicts, (4.5, 4.5, 0.6), strict=True):
        verdict.series.sidecar["RepetitionTime"] = seconds
    study = judge_study(verdicts, load_protocol("ms"))
    assert statuses(study)["T2"] == "double"
    assert study.repeats == (tuple(verdicts[:2]),)
    # Of one repetition time, they may be images of one acquisition: a dual echo, water and fat.
    verdicts[2].series.sidecar["RepetitionTime"] = 4.5
    study = judge_study(verdicts, load_protocol("ms"))
    assert statuses(study)["T2"] == "there"
    assert study.repeats == ()


def test_t1_that_a_program_gave_one_time_are_two() -> None:
    others = [
        scan(code, number=n, time="10:30:00") for n, code in enumerate(("T2", "FLAIR", "DWI"))
    ]
    either = [scan("T1", number=n, resolved="family", time="10:30:00") for n in (8, 9)]
    for verdict in (*others, *either):
        verdict.series.sidecar["RepetitionTime"] = 0.6 if verdict in either else 6.0
    assert judge_study([*others, *either], load_protocol("brain-tumour")).complete


def test_every_stack_of_a_series_that_began_with_another_was_acquired_once() -> None:
    water, fat = (scan("T2", number=n, time="10:30:00") for n in (1, 2))
    study = judge_study([water, fat, scan("T2", number=2)], load_protocol("ms"))
    assert statuses(study)["T2"] == "there"


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_what_was_acquired_once_does_not_depend_on_the_order_of_files(order) -> None:
    one, other = scan("T2", number=1, time="10:30:00"), scan("T2", number=2, time="11:00:00")
    # A second stack of the other series, which began with the first.
    tie = scan("T2", number=2, time="10:30:00")
    study = judge_study([(one, other, tie)[place] for place in order], load_protocol("ms"))
    assert statuses(study)["T2"] == "there"


@pytest.mark.parametrize(
    ("counted", "status"), [(40, "there"), (41, "perhaps"), (60, "perhaps"), (None, "there")]
)
def test_a_series_that_was_broken_off_may_fulfil_an_entry_but_does_not_surely(
    counted: int | None, status: str
) -> None:
    header = Dataset()
    header.Manufacturer, header.ImageType = "GE MEDICAL SYSTEMS", ["ORIGINAL", "PRIMARY", "OTHER"]
    if counted:
        header.private_block(0x0021, "GEMS_RELA_01", create=True).add_new(0x4F, "SL", counted)
    whole = scan("T2", number=1)
    broken = replace(whole, series=replace(whole.series, series_uid="2", dataset=header))
    study = judge_study([broken], load_protocol("ms"))
    assert statuses(study)["T2"] == status
    assert study.extra == ()
    # Beside a whole one it is none of two.
    study = judge_study([broken, whole], load_protocol("ms"))
    assert statuses(study)["T2"] == ("there" if status == "perhaps" else "double")


def test_series_without_a_number_of_their_own_are_two_all_the_same() -> None:
    files = [scan("T2", number=n) for n in (1, 2)]
    nameless = [replace(one, series=replace(one.series, series_uid="")) for one in files]
    assert statuses(judge_study(nameless, load_protocol("ms")))["T2"] == "double"


def test_water_and_fat_told_by_their_family_are_one_t1() -> None:
    others = [scan(code, number=n) for n, code in enumerate(("T2", "FLAIR", "DWI"), start=10)]
    one, same, later = (
        scan("T1", number=n, resolved="family", time=time)
        for n, time in enumerate(("10:30:00", "10:30:00", "10:40:00"))
    )
    tumour = load_protocol("brain-tumour")
    assert judge_study([*others, one, same], tumour).complete is False
    assert judge_study([*others, one, same, later], tumour).complete is True


def asked(*entries: tuple[str, ...]) -> Protocol:
    """Return a protocol of FLAIR in some planes an entry; in any where none is named."""
    expected = (Expected(f"{n}", ("FLAIR",), planes=planes) for n, planes in enumerate(entries))
    return Protocol("own", "made for a test", tuple(expected))


def test_an_entry_that_stands_twice_needs_two_series() -> None:
    before, after = scan("FLAIR", number=1), scan("FLAIR", number=2)
    matches = judge_study([before, after], asked((), ())).matches
    assert [match.verdicts for match in matches] == [(before,), (after,)]
    thin = scan("FLAIR", spacing=(1.0, 1.0, 1.0))
    for one in (before, thin):
        assert list(statuses(judge_study([one], asked((), ()))).values()) == ["there", "missing"]
    third = scan("FLAIR", number=3)
    study = judge_study([before, after, third], asked((), ()))
    assert list(statuses(study).values()) == ["double", "there"]


def test_a_series_goes_to_the_entry_that_leaves_the_least_choice() -> None:
    axial, sagittal = scan("FLAIR"), scan("FLAIR", number=2, plane="sagittal")
    for wide in ((), ("axial", "sagittal")):
        matches = judge_study([axial, sagittal], asked(wide, ("axial",))).matches
        assert [match.verdicts for match in matches] == [(sagittal,), (axial,)]
    thin = scan("FLAIR", spacing=(1.0, 1.0, 1.0))
    assert judge_study([thin], asked((), ("axial",))).complete


@pytest.mark.parametrize("wide", [(), ("axial", "sagittal")])
def test_one_more_than_there_are_entries_goes_to_the_one_that_leaves_the_least_choice(wide) -> None:
    found = [scan("FLAIR", number=number) for number in range(3)]
    for entries in permutations((wide, ("axial",))):
        matches = judge_study(found, asked(*entries)).matches
        assert {match.expected.planes: len(match.verdicts) for match in matches} == {
            wide: 1,
            ("axial",): 2,
        }


def test_a_series_that_one_entry_alone_takes_leaves_the_others_to_the_next() -> None:
    found = [scan("FLAIR", plane="coronal"), scan("PD", number=2, plane="coronal")]
    narrow = Expected("narrow", ("FLAIR", "PD"), planes=("coronal",))
    wide = Expected("wide", ("FLAIR",), planes=("axial", "coronal"))
    for series, entries in product((found, found[::-1]), ((narrow, wide), (wide, narrow))):
        study = judge_study(series, Protocol("own", "made for a test", entries))
        assert statuses(study) == {"narrow": "there", "wide": "there"}


def test_a_series_goes_to_what_is_required_before_what_is_optional() -> None:
    entries = (
        Expected("axial", ("T2",), planes=("axial",), required=False),
        Expected("T2", ("T2",)),
    )
    study = judge_study([scan("T2")], Protocol("own", "made for a test", entries))
    assert (study.complete, statuses(study)) == (True, {"axial": "optional", "T2": "there"})


def test_thin_slices_show_every_plane() -> None:
    iso = scan("T2", plane="sagittal", spacing=(1.4, 1.0, 1.0))
    assert statuses(judge_study([iso], load_protocol("ms")))["T2"] == "there"
    thick = scan("T2", plane="sagittal", spacing=(1.6, 1.0, 1.0))
    assert statuses(judge_study([thick], load_protocol("ms")))["T2"] == "missing"


def test_one_thin_stack_is_every_plane_that_a_protocol_asks_for() -> None:
    pd = scan("PD", plane="sagittal", spacing=(0.6, 0.6, 0.6))
    shown = statuses(judge_study([pd], KNEE))
    assert shown == {"PD sagittal": "there", "PD coronal": "there", "PD axial": "there"}
    # Slices as thick as those of most knees leave steps in every other plane.
    pd = scan("PD", plane="sagittal", spacing=(3.0, 0.4, 0.4))
    shown = statuses(judge_study([pd], KNEE))
    assert shown == {"PD sagittal": "there", "PD coronal": "missing", "PD axial": "missing"}


def test_a_thin_stack_is_no_other_sequence_that_a_protocol_asks_for() -> None:
    entries = (
        Expected("T2 axial", ("T2",), planes=("axial",)),
        Expected("FLAIR sagittal", ("FLAIR",), planes=("sagittal",)),
    )
    thin = scan("T2", spacing=(0.9, 0.9, 0.9))
    shown = statuses(judge_study([thin], Protocol("own", "made for a test", entries)))
    assert shown == {"T2 axial": "there", "FLAIR sagittal": "missing"}


def test_a_thin_stack_told_by_its_family_may_be_of_any_plane() -> None:
    axial = Protocol("own", "made for a test", (Expected("T1", ("T1",), planes=("axial",)),))
    thin = scan("T1", plane="sagittal", spacing=(1.0, 1.0, 1.0), resolved="family")
    thick = scan("T1", plane="sagittal", resolved="family")
    assert statuses(judge_study([thin], axial))["T1"] == "perhaps"
    assert statuses(judge_study([thick], axial))["T1"] == "missing"


def test_a_stack_goes_to_the_entry_of_its_own_plane() -> None:
    thin = scan("PD", number=1, plane="sagittal", spacing=(0.6, 0.6, 0.6))
    thick = scan("PD", number=2, plane="axial")
    matches = judge_study([thin, thick], KNEE).matches
    assert [match.verdicts for match in matches] == [(thin,), (thin,), (thick,)]
    coronal = scan("PD", number=3, plane="coronal")
    matches = judge_study([coronal, thick], KNEE).matches
    assert [match.verdicts for match in matches] == [(), (coronal,), (thick,)]


def test_a_picture_without_geometry_counts_for_any_plane() -> None:
    study = judge_study([scan("T2", plane=None)], load_protocol("ms"))
    assert statuses(study)["T2"] == "there"


def test_repeats_are_one_sequence_of_one_prescription_in_the_order_of_time() -> None:
    late = scan("T2", number=2, time="10:30:00")
    early = scan("T2", number=9, time="9:05:7.5", offset=3.0)
    elsewhere = scan("T2", number=4, plane="coronal")
    far = scan("T2", number=5, offset=80.0)
    other_frame = scan("T2", number=6, frame="9.9")
    study = judge_study([late, early, elsewhere, far, other_frame])
    assert study.repeats == ((early, late),)


@pytest.mark.parametrize(
    ("names", "repeated"),
    [
        (("ep2d_diff_AP", "ep2d_diff_PA"), False),
        (("sub-01_dir-LR_dwi", "sub-01_dir-RL_dwi"), False),
        (("ep2d_diff_AP", "ep2d_diff_AP_2"), True),
        (("ep2d_diff", "ep2d_diff map"), True),
        (("ep2d_diff", "ep2d_diff AP and PA"), True),
    ],
)
def test_what_is_acquired_both_ways_of_phase_encoding_is_no_repeat(
    names: tuple[str, str], repeated: bool
) -> None:
    study = judge_study(
        [scan("DWI", number=n, description=name) for n, name in enumerate(names)],
        load_protocol("stroke"),
    )
    assert bool(study.repeats) == repeated
    assert ("double" in statuses(study).values()) == repeated


@pytest.mark.parametrize(
    ("names", "options", "repeated"),
    [
        (("pd_tse_tra", "pd_tse_fs_tra"), ("", ""), False),
        (("PD ax", "PD SPAIR ax"), ("", ""), False),
        (("pd ax", "pd ax fatsat"), ("", ""), False),
        (("pd", "pd"), ("PFP", "PFP\\FS"), False),
        (("pd_tse_fs_tra", "pd_tse_fs_tra_rpt"), ("FS", "FS"), True),
        (("pd offset", "pd"), ("PFP", "SFS"), True),
    ],
)
def test_what_is_acquired_with_and_without_fat_is_no_repeat(
    names: tuple[str, str], options: tuple[str, str], repeated: bool
) -> None:
    acquired = [scan("PD", number=n, description=name) for n, name in enumerate(names)]
    headers = [{"ScanOptions": option.split("\\")} for option in options]
    told = [
        replace(one, series=replace(one.series, sidecar=header))
        for one, header in zip(acquired, headers, strict=True)
    ]
    study = judge_study(told, load_protocol("knee"))
    assert bool(study.repeats) == repeated
    assert ("double" in statuses(study).values()) == repeated


def test_other_b_values_are_no_repeat() -> None:
    low, high, again = (
        replace(one, series=replace(one.series, b_values=values))
        for one, values in zip(
            (scan("DWI", number=n) for n in range(3)),
            ((0.0, 800.0), (1500.0,), (1500.0,)),
            strict=True,
        )
    )
    prostate = load_protocol("prostate")
    assert statuses(judge_study([low, high], prostate))["DWI"] == "there"
    study = judge_study([low, high, again], prostate)
    assert study.repeats == ((high, again),)
    assert statuses(study)["DWI"] == "double"


def test_scouts_are_no_repeats() -> None:
    assert judge_study([scan("LOCALIZER", number=1), scan("LOCALIZER", number=2)]).repeats == ()


def test_a_time_without_its_day_is_not_compared_with_one_that_has_it() -> None:
    dated, undated = scan("T2", number=2, time="10:00:00"), scan("T2", number=9, time="09:00:00")
    dated.series.sidecar["AcquisitionDate"] = "20240103"
    assert judge_study([dated, undated]).repeats == ((dated, undated),)


def test_midnight_lies_between_two_days() -> None:
    late, early = scan("T2", number=2, time="00:05:00"), scan("T2", number=9, time="23:55:00")
    late.series.sidecar["AcquisitionDate"] = "20240103"
    early.series.sidecar["AcquisitionDate"] = "20240102"
    assert judge_study([late, early]).repeats == ((early, late),)


@pytest.mark.parametrize(
    ("before", "paired"),
    [
        ({}, True),
        ({"offset": 6.0}, True),
        ({"plane": "coronal"}, False),
        ({"spacing": (1.0, 1.0, 1.0)}, False),
        ({"offset": 90.0}, False),
        ({"frame": "9.9"}, False),
        ({"plane": None}, False),
        ({"time": "11:00:00"}, False),
    ],
    ids=lambda value: str(value),
)
def test_t1_with_agent_is_paired_with_the_same_stack_before(
    before: dict[str, Any], paired: bool
) -> None:
    without = scan("T1", number=2, **({"time": "09:00:00"} | before))
    after = scan("T1C", number=8, time="10:00:00")
    pairs = judge_study([after, without]).pairs
    assert [(pair.before, pair.after) for pair in pairs] == ([(without, after)] if paired else [])


def test_each_t1_without_agent_is_paired_once_and_with_the_nearest() -> None:
    near, far = scan("T1", number=1), scan("T1", number=2, offset=10.0)
    after, again = scan("T1C", number=8), scan("T1C", number=9, offset=1.0)
    pairs = judge_study([far, near, after, again]).pairs
    assert [(pair.before, pair.after) for pair in pairs] == [(near, after), (far, again)]


def test_t1_with_agent_is_paired_with_the_one_before_whose_fat_is_as_its_own() -> None:
    plain, fat_free = (
        scan("T1", description="t1_tse"),
        scan("T1", description="t1_tse_fs", offset=2),
    )
    after = scan("T1C", number=8, description="t1_tse_fs KM")
    (pair,) = judge_study([plain, fat_free, after]).pairs
    assert (pair.before, pair.after) == (fat_free, after)
    # Nor does another that comes before it take the one that is its own.
    own = scan("T1C", number=9, description="t1_tse KM")
    (pair,) = judge_study([plain, after, own]).pairs
    assert (pair.before, pair.after) == (plain, own)
    # Spines are often shown with fat before the agent, and without it after.
    (pair,) = judge_study([plain, after]).pairs
    assert (pair.before, pair.after) == (plain, after)


def test_studies_are_kept_apart() -> None:
    verdicts = [scan("T1"), scan("T1C", study="7.8"), scan("T2", number=2)]
    first, second = judge_studies(verdicts, load_protocol("brain-tumour"))
    assert [verdict.sequence for verdict in first.verdicts] == ["T1", "T2"]
    assert [verdict.sequence for verdict in second.verdicts] == ["T1C"]


def placed(path: str, sequence: str) -> Verdict:
    """Return the verdict on a file that names no study."""
    verdict = scan(sequence)
    return replace(verdict, series=replace(verdict.series, path=path, study_uid=None))


def test_files_without_a_study_belong_to_the_examination_of_their_folder() -> None:
    bids = ["sub-1/ses-1/anat/T1w.nii", "sub-1/ses-1/dwi/dwi.nii", "sub-1/ses-2/anat/T1w.nii"]
    paths = [
        *bids,
        "sub-2/anat/T1w.nii",
        "sub-2/dwi/dwi.nii",
        "jane/t1.png",
        "john/t1.png",
        "jane/t2.png",
    ]
    studies = judge_studies(placed(path, "T1") for path in paths)
    assert [[verdict.series.path for verdict in study.verdicts] for study in studies] == [
        bids[:2],
        [bids[2]],
        ["sub-2/anat/T1w.nii", "sub-2/dwi/dwi.nii"],
        ["jane/t1.png", "jane/t2.png"],
        ["john/t1.png"],
    ]


def test_series_of_two_patients_are_no_pair_and_no_repeat() -> None:
    before, again, after = scan("T1", number=1), scan("T1", number=2), scan("T1C", number=3)
    (study,) = judge_studies([before, again, after])
    assert study.pairs
    assert study.repeats
    others = [replace(one, series=replace(one.series, patient=1)) for one in (again, after)]
    hers, his = judge_studies([before, *others])
    assert [one.verdicts for one in (hers, his)] == [(before,), tuple(others)]
    assert not hers.pairs
    assert not hers.repeats
    assert hers.to_dict()["study_uid"] == his.to_dict()["study_uid"]


def no_mr(kind: str, path: str, *, study: str | None) -> Verdict:
    """Return the verdict on an icon, a capture of a screen, or a CT."""
    verdict = scan("OTHER" if kind == "capture" else "UNKNOWN")
    series = replace(verdict.series, path=path, files=(path,), study_uid=study)
    if kind == "icon":
        return replace(verdict, series=replace(series, kind="picture"))
    ct = HeaderClaim("UNKNOWN", 0.98, ("Modality CT",))
    return replace(
        verdict, series=replace(series, is_mr=False), header=ct if kind == "CT" else None
    )


@pytest.mark.parametrize(
    ("kind", "study"), [("icon", None), ("capture", "7.8"), ("capture", None), ("CT", "7.8")]
)
def test_what_is_no_mr_is_no_study_that_lacks_everything(kind: str, study: str | None) -> None:
    stroke = load_protocol("stroke")
    other = no_mr(kind, "cd/viewer/1.png", study=study)
    for outcomes in ([scan("T1"), other], [other, lost("T1")]):
        (found,) = judge_studies(outcomes, stroke)
        assert found.to_dict()["study_uid"] == "1.2.3"
    # What lies broken beside it is none of the others' series.
    broken = Failure("cd/viewer/2.png", "is damaged")
    (found,) = judge_studies([scan("T1"), other, broken], stroke)
    assert (found.unread, statuses(found)["DWI"]) == ((), "missing")
    # Alone it may be what was asked about, and beside folders of files without a study's UID.
    for outcomes in ([other], [other, placed("jane/t1.png", "T1")]):
        assert judge_studies(outcomes, stroke)[0].verdicts == (other,)


def test_what_may_be_mr_is_a_study_though_it_has_no_name() -> None:
    stroke = load_protocol("stroke")
    unknown, unread = scan("UNKNOWN", study="7.8"), lost("T1", study="7.9")
    named = placed("jane/1.png", "T2")
    capture = no_mr("capture", "b/1", study="7.9")
    found = judge_studies([scan("T1"), unknown, unread, named, capture], stroke)
    assert [study.to_dict()["study_uid"] for study in found] == ["1.2.3", "7.8", "7.9", None]
    assert statuses(found[2])["DWI"] == "not found"


def test_sessions_of_one_subject_are_never_parted_in_training() -> None:
    paths = ["data/sub-1/ses-1/anat/T1w.nii", "data/sub-1/ses-2/dwi/dwi.nii"]
    assert {group_of(placed(path, "T1").series) for path in paths} == {"data/sub-1"}


def test_folders_of_one_study_are_never_parted_in_training() -> None:
    study = [scan("T1").series, scan("T2").series]
    apart = [replace(one, path=f"cd/{number}/1") for number, one in enumerate(study)]
    assert len({group_of(one) for one in apart}) == 1


def lost(sequence: str, **options: Any) -> Failure:
    """Return the failure of a series whose header was read, and its pixels were not."""
    series = scan(sequence, **options).series
    return Failure(series.path, "can't be decoded", series)


def test_what_was_not_read_may_be_what_seems_missing() -> None:
    tumour = load_protocol("brain-tumour")
    names = ("T1", "T2", "FLAIR", "DWI", "T1C")
    found = [scan(sequence, number=number) for number, sequence in enumerate(names)]
    unread = lost("DWI", number=9)
    study = judge_study([*found[:3], unread], tumour)
    assert statuses(study)["DWI"] == statuses(study)["T1 with contrast agent"] == "not found"
    assert statuses(study)["T1 without contrast agent"] == "there"
    assert statuses(study)["perfusion"] == "optional"
    assert (study.complete, study.missing) == (None, ())
    record = json.loads(json.dumps(study.to_dict()))
    assert record["complete"] is None
    assert [(one["path"], one["series_number"]) for one in record["unread"]] == [("study/9", 9)]
    # With all that it requires a study is complete, whatever else was not read.
    assert judge_study([*found, unread], tumour).complete is True


def test_a_report_beside_the_images_is_no_series_that_was_not_read() -> None:
    report = Failure("study/report.dcm", "a report", no_image=True)
    study = judge_study([scan("T1"), report], load_protocol("brain-tumour"))
    assert statuses(study)["T2"] == "missing"
    assert study.complete is False


def test_one_unread_series_may_be_the_second_of_a_family() -> None:
    others = [scan(code, number=n) for n, code in enumerate(("T2", "FLAIR", "DWI"), start=10)]
    members = [*others, scan("T1", resolved="family"), lost("T1", number=2)]
    assert judge_study(members, load_protocol("brain-tumour")).complete is None


def test_a_series_that_was_not_read_belongs_to_its_own_study() -> None:
    outcomes = [scan("T1"), lost("T2", study="7.8", number=2), scan("T2", study="7.9")]
    found = judge_studies(outcomes, load_protocol("stroke"))
    assert [study.to_dict()["study_uid"] for study in found] == ["1.2.3", "7.8", "7.9"]
    assert [statuses(study)["DWI"] for study in found] == ["missing", "not found", "missing"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("jane/new/broken", ["not found", "missing"]),
        ("jane/t1/broken", ["not found", "missing"]),
        ("john", ["not found", "not found"]),
        ("john/broken", ["missing", "not found"]),
        ("broken", ["not found", "not found"]),
    ],
)
def test_a_file_without_a_header_may_be_of_the_studies_around_it(
    path: str, said: list[str]
) -> None:
    jane, john = (
        replace(verdict, series=replace(verdict.series, files=(f"{name}/t1/1",)))
        for name, verdict in (("jane", scan("T1")), ("john", scan("T1", study="7.8")))
    )
    studies = judge_studies([jane, john, Failure(path, "is damaged")], load_protocol("stroke"))
    assert [statuses(study)["DWI"] for study in studies] == said


def test_the_record_is_plain_data_and_names_series_conflicts_and_status() -> None:
    verdicts = [scan("T1"), scan("T1C", number=2, conflict=True)]
    record = judge_study(verdicts, load_protocol("brain-tumour")).to_dict()
    assert json.loads(json.dumps(record)) == record
    assert (record["path"], record["study_uid"]) == ("study", "1.2.3")
    assert record["complete"] is False
    assert record["pairs"][0]["after"]["series_number"] == 2
    assert [series["path"] for series in record["conflicts"]] == ["study/2"]
    assert record["expected"][0]["series"][0]["sequence"] == "T1"


def test_a_study_in_words_names_what_is_extra_repeated_and_contradicted() -> None:
    verdicts = [
        *(scan("T2", number=number, time=f"1{number}:00:00") for number in (1, 2)),
        scan("FLAIR", number=3, conflict=True),
        scan("TOF", number=4),
    ]
    told = study_text(judge_study(verdicts, load_protocol("ms")).to_dict()).splitlines()
    assert "  repeat    series 1, series 2" in told
    assert "  conflict  series 3" in told
    assert "  extra     series 4" in told


def test_a_study_in_words_names_what_was_acquired_before_and_after_the_agent() -> None:
    doubted = scan("T1C", number=8, conflict=True)
    told = study_text(judge_study([doubted, scan("T1")], load_protocol("ms")).to_dict())
    assert "  pair      series 1, series 8 ≠ header" in told.splitlines()


def test_a_study_in_words_marks_the_series_that_are_not_to_be_relied_on() -> None:
    unsure = Decision("FLAIR", 0.79, "member")
    verdicts = [
        scan("T2", number=1, time="10:00:00"),
        scan("T2", number=2, time="11:00:00", conflict=True),
        replace(scan("FLAIR", number=3), decision=unsure),
        replace(scan("T1", number=4), decision=Decision("T1", 0.8, "member")),
    ]
    study = judge_study(verdicts, load_protocol("brain-tumour"))
    told = study_text(study.to_dict()).splitlines()
    assert f"  there     {'FLAIR':28}series 3 ▲ unsure" in told
    assert f"  double    {'T2':28}series 1, series 2 ≠ header" in told
    assert "  repeat    series 1, series 2 ≠ header" in told
    assert f"  there     {'T1 without contrast agent':28}series 4" in told
    blank = SliceVerdict(0, 0, None, verdicts[3].decision, {"T1": 1.0}, weight=0.0)
    by_header = replace(verdicts[3], header=HeaderClaim("T1", 0.8), slices=(blank,))
    assert by_header.mark == "▲ header only"
    # What a person says of it is sure.
    said = replace(verdicts[2], overruled=unsure)
    record = judge_study([said], load_protocol("brain-tumour")).to_dict()
    assert [series["mark"] for one in record["expected"] for series in one["series"]] == [""]


@pytest.mark.parametrize(
    ("conflict", "resolved", "head"),
    [
        (False, "member", "complete"),
        (True, "member", "complete, if the doubtful series are right"),
        (False, "family", "complete, if the doubtful series are right"),
    ],
)
def test_a_protocol_that_rests_on_doubtful_series_says_so(conflict, resolved, head) -> None:
    # What is not required may be absent.
    expected = (Expected("T1", ("T1",)), Expected("ADC", ("ADC",), required=False))
    protocol = Protocol("own", "made for a test", expected)
    study = judge_study([scan("T1", conflict=conflict, resolved=resolved)], protocol)
    assert study_text(study.to_dict()).splitlines()[0] == f"Protocol own: {head}"


def test_a_long_name_in_a_protocol_stands_apart_from_its_series() -> None:
    entry = Expected("dynamic contrast-enhanced T1", ("T1C",))
    study = judge_study([scan("T1C", number=12)], Protocol("own", "made for a test", (entry,)))
    assert "dynamic contrast-enhanced T1  series 12" in study_text(study.to_dict())


def test_a_name_with_a_slash_is_no_folder() -> None:
    names = "T1/T2 ratio", "sub-01/x", "one slice"
    series = (replace(placed(name, "T1").series, kind="layer") for name in names)
    verdicts = [replace(scan("T1"), series=one) for one in series]
    (study,) = judge_studies(verdicts)
    assert len(study.verdicts) == 3


def test_a_protocol_by_its_name_is_told_how_to_load_it() -> None:
    with pytest.raises(TypeError, match=r"load_protocol\('stroke'\)"):
        judge_studies([scan("T1")], "stroke")  # type: ignore[arg-type]


def test_an_empty_study_lacks_everything() -> None:
    study = judge_study([], load_protocol("stroke"))
    assert len(study.missing) == 5
    assert study.to_dict()["study_uid"] is None


@pytest.mark.parametrize("sequence", ["LOCALIZER", "FIELDMAP", "B0", "OTHER", "UNKNOWN"])
def test_a_step_on_the_way_is_neither_extra_nor_repeated(sequence: str) -> None:
    steps = [scan(sequence, number=number) for number in (2, 3)]
    study = judge_study([scan("T1"), *steps], load_protocol("brain-tumour"))
    assert (study.extra, study.repeats) == ((), ())


def test_a_series_that_may_be_what_a_protocol_asks_for_is_named_there_and_not_extra() -> None:
    study = judge_study([scan("T1", resolved="family")], load_protocol("brain-tumour"))
    assert study.extra == ()
    entries = {entry["name"]: entry["series"] for entry in study.to_dict()["expected"]}
    assert [one["path"] for one in entries["T1 with contrast agent"]] == ["study/1"]


def test_what_is_told_by_its_family_alone_is_neither_a_repeat_nor_the_half_of_a_pair() -> None:
    study = judge_study(
        [scan("T1", resolved="family"), scan("T1", number=2), scan("T1C", number=3)]
    )
    assert study.repeats == ()
    assert [pair.before.series.series_number for pair in study.pairs] == [2]
    study = judge_study([scan("T1", resolved="family"), scan("T1C", number=3)])
    assert study.pairs == ()


@pytest.mark.parametrize("claims", [("T1C", "T1C"), ("T1", "T1")])
def test_where_header_and_pixels_differ_on_the_agent_there_is_no_half_of_a_pair(
    claims: tuple[str, str],
) -> None:
    found = [
        replace(scan(sequence, number=number), header=HeaderClaim(claim, 0.7, agent=claim == "T1C"))
        for number, (sequence, claim) in enumerate(zip(("T1", "T1C"), claims, strict=True))
    ]
    assert judge_study(found).pairs == ()


def test_without_a_protocol_nothing_is_complete_or_lacks_anything() -> None:
    record = judge_study([scan("T1")]).to_dict()
    assert (record["complete"], record["protocol"], record["source"]) == (None, None, None)
    assert record["expected"] == record["extra"] == []


def test_a_doubtful_name_is_no_conflict() -> None:
    doubtful = replace(scan("T1"), decision=Decision("T1", 0.5, "member"))
    contradicted = scan("T2", number=2, conflict=True)
    record = judge_study([doubtful, contradicted]).to_dict()
    assert [one["path"] for one in record["conflicts"]] == ["study/2"]
