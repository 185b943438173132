"""Two contrasts under one series UID and number; true series of volumes stay one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from napari_mrseq.header import claim_of
from napari_mrseq.reading import read_study
from napari_mrseq.series import Series
from tests.reading.scanner_files import AXIAL, SERIES_UID, WriteSlice, image, positions_along

PLACES = positions_along(AXIAL, 4)
OTHER = ["ORIGINAL", "PRIMARY", "OTHER"]


def written(write_slice: WriteSlice, volumes: Sequence[Mapping[str, Any]]) -> tuple[Series, ...]:
    """Write volumes of one series, each with what its slices say, and read them."""
    path = Path()
    for volume, values in enumerate(volumes):
        for index, position in enumerate(PLACES):
            path = write_slice(1 + 4 * volume + index, position, **values)
    study = read_study(path.parent)
    assert study.failures == ()
    return study.series


def numbers_of(series: Series) -> list[int]:
    return [int(uid.removeprefix(f"{SERIES_UID}.")) for uid in series.instance_uids]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"RepetitionTime": 500, "EchoTime": None}, {"RepetitionTime": 4000, "EchoTime": None}),
        # 0 is written of what is not inverted.
        (
            {"RepetitionTime": 500, "EchoTime": None, "InversionTime": 0},
            {"RepetitionTime": 9000, "EchoTime": None, "InversionTime": 2500},
        ),
        ({"SeriesDescription": "t1_se_tra"}, {"SeriesDescription": "t2_tse_tra"}),
        ({"SeriesDescription": "diff_TRACEW"}, {"SeriesDescription": "diff_ADC"}),
        ({"SeriesDescription": "t1_map"}, {"SeriesDescription": "t2_map"}),
        (
            {"SeriesDescription": None, "ProtocolName": "pd"},
            {"SeriesDescription": None, "ProtocolName": "flair"},
        ),
        ({"ImageType": OTHER}, {"ImageType": ["DERIVED", "SECONDARY", "SUBTRACTION"]}),
        ({"ImageType": OTHER}, {"ImageType": ["DERIVED", "SECONDARY", "PERFUSION", "TTR"]}),
    ],
)
def test_two_contrasts_of_one_uid_are_two_stacks(
    first: Mapping[str, Any], second: Mapping[str, Any], write_slice: WriteSlice
) -> None:
    one, other = written(write_slice, [first, second])
    assert (numbers_of(one), numbers_of(other)) == ([1, 2, 3, 4], [5, 6, 7, 8])
    assert (one.part, other.part) == ("stack 1", "stack 2")


def test_each_of_two_contrasts_is_claimed_by_its_own_header(write_slice: WriteSlice) -> None:
    spin = {"ScanningSequence": "SE", "EchoTime": None}
    volumes = [
        spin | {"SeriesDescription": "t1_tra", "RepetitionTime": 500},
        spin | {"SeriesDescription": "t2_tra", "RepetitionTime": 4000},
    ]
    found = written(write_slice, volumes)
    assert [claim_of(series).sequence for series in found] == ["T1", "T2"]


def test_anatomy_and_vessels_of_a_phase_contrast_series_are_two_stacks(
    write_slice: WriteSlice,
) -> None:
    philips = (["M_FFE", "M", "FFE"], ["M_PCA", "M", "PCA"])
    volumes = [
        {"ImageType": ["ORIGINAL", "PRIMARY", *kind], "TriggerTime": time}
        for kind in philips
        for time in (30, 60)
    ]
    anatomy, vessels = written(write_slice, volumes)
    assert numbers_of(anatomy) == list(range(1, 9))
    assert (anatomy.part, vessels.part) == ("", "phase contrast")


@pytest.mark.parametrize(
    ("manufacturer", "elements"),
    [
        ("Philips", ({(0x2005, 0x1011): ("CS", "M")}, {(0x2005, 0x1011): ("CS", "P")})),
        ("GE MEDICAL", ({(0x0043, 0x102F): ("SS", 0)}, {(0x0043, 0x102F): ("SS", 1)})),
    ],
)
def test_magnitude_and_phase_told_by_private_elements_alone_are_two_stacks(
    write_slice: WriteSlice, manufacturer: str, elements: tuple[Any, Any]
) -> None:
    known = {"Manufacturer": manufacturer, "ImageType": OTHER}
    magnitude, phase = (known | {"private": one} for one in elements)
    series = written(write_slice, [magnitude, phase])
    assert [one.part for one in series] == ["magnitude", "phase"]


@pytest.mark.parametrize(
    "volumes",
    [
        # Dynamic series whose volumes are numbered in their description.
        [{"SeriesDescription": f"t1 vibe dyn {n}", "AcquisitionTime": f"1200{n}0"} for n in (1, 2)],
        [{"SeriesDescription": f"ep2d_b{b:g}", "DiffusionBValue": b} for b in (0.0, 500.0, 1000.0)],
        # Numbered, named by the time, or by the image, wherever the number stands.
        *(
            [{"SeriesDescription": name.format(n)} for n in (1, 2, 3)]
            for name in (
                "dyn #{}/3 t1",
                "Ph{}/Ax LAVA",
                "thrive dyn{}",
                "t1 12:3{}:45",
                "b{}00_tra",
            )
        ),
        [{"ImageType": ["DERIVED", "PRIMARY", "OTHER", f"PHASE{n}"]} for n in (1, 2, 3)],
        [{"SeriesDescription": name} for name in ("bold", None, "bold")],
        # Triggered by heart or breath.
        [{"RepetitionTime": time, "TriggerTime": time / 2} for time in (810, 930, 1240)],
        [{"DiffusionBValue": b, "RepetitionTime": t} for b, t in ((0.0, 2100), (800.0, 5600))],
        [{"InversionTime": ti, "RepetitionTime": tr} for ti, tr in ((100, 280), (900, 1000))],
        # T1 is measured by the repetition time.
        [{"RepetitionTime": time} for time in (500, 1000, 2000, 4000)],
        [{"RepetitionTime": time} for time in (200, 600, 1800)],
        [{"RepetitionTime": time} for time in (500, 1000, 4000)],
        [{"FlipAngle": angle, "RepetitionTime": 5} for angle in (3, 12, 20)],
        [{"InversionTime": time} for time in (100, 900)],
        # Combined on the scanner, with the volume without weighting that it was combined from.
        [
            {"ImageType": OTHER, "DiffusionBValue": 0.0},
            {"ImageType": ["DERIVED", "PRIMARY", "COMBINED"], "DiffusionBValue": 1000.0},
        ],
    ],
)
def test_true_series_of_volumes_stay_one(
    volumes: Sequence[Mapping[str, Any]], write_slice: WriteSlice
) -> None:
    (series,) = written(write_slice, volumes)
    assert series.pixels.shape[:2] == (len(volumes), 4)


def test_repetition_times_that_differ_from_slice_to_slice_split_nothing(
    write_slice: WriteSlice,
) -> None:
    path = Path()
    for number in range(8):
        place, time = PLACES[number % 4], 2000 if number in (1, 2, 6, 7) else 5000
        path = write_slice(number + 1, place, RepetitionTime=time)
    (series,) = read_study(path.parent).series
    assert series.pixels.shape[:2] == (2, 4)


@pytest.mark.parametrize("kind", [OTHER, ["DERIVED", "PRIMARY", "COMBINED"]])
def test_a_map_without_a_b_value_is_apart_from_the_weighted_images(
    kind: Sequence[str], write_slice: WriteSlice
) -> None:
    volumes = [
        {"ImageType": OTHER, "DiffusionBValue": 0.0},
        {"ImageType": kind, "DiffusionBValue": 1000.0},
        {"ImageType": ["DERIVED", "SECONDARY", "OTHER"]},
    ]
    weighted, other = written(write_slice, volumes)
    assert weighted.volume_axis.values == (0, 1000)
    assert (other.b_values, numbers_of(other)) == ((), [9, 10, 11, 12])


def test_an_unweighted_image_without_a_b_value_stays_with_those_it_was_made_with(
    write_slice: WriteSlice,
) -> None:
    combined = {"ImageType": ["DERIVED", "PRIMARY", "COMBINED"]}
    (series,) = written(write_slice, [combined, combined | {"DiffusionBValue": 1000.0}])
    assert series.pixels.shape[:2] == (2, 4)


@pytest.mark.parametrize(
    ("below", "told", "parts"),
    [
        (2000, {}, ["stack 1", "stack 2"]),
        (2000, {"SmallestImagePixelValue": -2000}, ["stack 1", "stack 2"]),
        # Resampled, a magnitude goes a little below zero too.
        (20, {}, [""]),
        (20, {"SmallestImagePixelValue": -20}, [""]),
        (2000, {"PixelRepresentation": 0}, [""]),
        (2000, {"Modality": "CT"}, [""]),
    ],
)
def test_a_field_map_that_only_its_sign_tells_is_apart_from_its_magnitude(
    below: int, told: Mapping[str, Any], parts: Sequence[str], write_slice: WriteSlice
) -> None:
    signed = {"BitsStored": 16, "HighBit": 15, "PixelRepresentation": 1, "ImageType": OTHER}
    path = Path()
    for index in range(8):
        pixels = image(index).astype(np.int16)
        pixels[0, 0] = 0
        values = signed | told
        # A slice of the map may show nothing.
        if 0 < index < 4:
            pixels -= below
        else:
            values |= {"SmallestImagePixelValue": 0}
        pixels = pixels if values["PixelRepresentation"] else np.abs(pixels)
        path = write_slice(1 + index, PLACES[index % 4], pixels=pixels, **values)
    series = read_study(path.parent).series
    assert [one.part for one in series] == parts
    assert [n for one in series for n in numbers_of(one)] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_volumes_at_several_inversion_times_stay_one_whatever_their_sign(
    write_slice: WriteSlice,
) -> None:
    real = {"PixelRepresentation": 1, "ImageType": ["ORIGINAL", "PRIMARY", "R"]}
    volumes = [
        real | {"InversionTime": time, "SmallestImagePixelValue": lowest}
        for time, lowest in ((100, -900), (2000, 0))
    ]
    (series,) = written(write_slice, volumes)
    assert series.pixels.shape[:2] == (2, 4)
