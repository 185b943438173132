"""Gradient echoes with the times of angiography after an agent, which headers seldom tell."""

from __future__ import annotations

from typing import Any

import pytest

from napari_mrseq.header import claim_of

BOLUS = {
    "Manufacturer": "SIEMENS",
    "ScanningSequence": "GR",
    "MRAcquisitionType": "3D",
    "MagneticFieldStrength": 1.5,
    "RepetitionTime": 3.0,
    "EchoTime": 1.1,
    "FlipAngle": 25,
}
SUBTRACTED = {"ImageType": ["DERIVED", "SECONDARY", "MIP", "ND", "SUB"]}


@pytest.mark.parametrize(
    ("sequence", "values"),
    [
        ("MRA", {"SeriesDescription": "MIP Unterschenkel 1"}),
        ("MRA", {"SeriesDescription": "", "BodyPartExamined": "LEG"}),
        ("MRA", {"SeriesDescription": "II_Angio3D_Oberschenkel_post_SUB"}),
        # An organ that takes the agent up, an image of a weighting, other times.
        ("OTHER", {"SeriesDescription": "SUB 2-1", "BodyPartExamined": "BREAST"}),
        ("OTHER", {"SeriesDescription": "liver arterial SUB"}),
        ("OTHER", {"SeriesDescription": "t1_vibe_tra_SUB"}),
        ("OTHER", {"SeriesDescription": "MIP", "FlipAngle": 10, "RepetitionTime": 4.6}),
        ("OTHER", {"SeriesDescription": "MIP", "ScanningSequence": "SE", "RepetitionTime": 600}),
    ],
)
def test_a_subtraction_with_the_times_of_enhanced_blood_shows_vessels(
    make_series: Any, sequence: str, values: dict[str, Any]
) -> None:
    claim = claim_of(make_series(BOLUS | SUBTRACTED | values))
    assert claim.sequence == sequence, claim


def test_times_of_enhanced_blood_make_no_sure_t1(make_series: Any) -> None:
    enhanced = claim_of(make_series(BOLUS))
    body = claim_of(make_series(BOLUS | {"FlipAngle": 12}))
    assert enhanced.sequence == body.sequence == "T1"
    assert enhanced.confidence <= 0.6 < body.confidence
    named = claim_of(make_series(BOLUS | {"SeriesDescription": "t1_vibe_fs_tra"}))
    assert named.sequence == "T1"
    assert named.confidence >= 0.8
