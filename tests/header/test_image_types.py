"""What a scanner computed is told by the type it writes, whatever times it was computed from."""

from __future__ import annotations

from typing import Any

import pytest

from napari_mrseq.header import claim_of

SPOILED_3D = {
    "Manufacturer": "SIEMENS", "ScanningSequence": "GR", "MRAcquisitionType": "3D",
    "RepetitionTime": 4, "EchoTime": 1.9, "FlipAngle": 12,
}  # fmt: skip


@pytest.mark.parametrize("kind", ["SUB", "SUBTRACTION", "STDDEV"])
def test_a_difference_or_a_deviation_is_no_weighted_image(make_series: Any, kind: str) -> None:
    computed = {"ImageType": ["DERIVED", "PRIMARY", "M", kind], "ContrastBolusAgent": "Gadovist"}
    claim = claim_of(make_series(SPOILED_3D | computed))
    assert (claim.sequence, claim.evidence) == ("OTHER", (f"ImageType {kind}",))
