"""Layers that napari links hand metadata on: each keeps its own verdict and header."""

from __future__ import annotations

import numpy as np
import pytest
from napari.experimental import link_layers

from napari_mrseq.viewer.annotation import annotate, can_revert
from napari_mrseq.viewer.layer_series import series_of
from napari_mrseq.viewer.layer_state import state_of


@pytest.fixture
def pair(viewer, open_panel):
    """Two layers, each with a header of its own."""
    open_panel()
    return [
        viewer.add_image(np.ones((3, 16, 16)), name=name, metadata={"dicom": {"description": name}})
        for name in ("t2_tse_tra", "pd_tse_tra")
    ]


def judge(layer, make_verdict, code: str) -> None:
    annotate(layer, make_verdict(series_of(layer), [code] * 3))


def test_linked_layers_keep_their_own_verdicts_and_headers(qtbot, pair, make_verdict) -> None:
    t2, other = pair
    link_layers(pair)
    judge(other, make_verdict, "FLAIR")
    # Stale verdicts are removed after the event in hand.
    qtbot.wait(50)
    assert other.name == "[T2-FLAIR 90%] pd_tse_tra"
    assert other.metadata["mrseq"]["sequence"] == "FLAIR"
    assert can_revert(other)
    assert (t2.name, t2.metadata) == ("t2_tse_tra", {"dicom": {"description": "t2_tse_tra"}})
    judge(t2, make_verdict, "T2")
    qtbot.wait(50)
    assert [one.metadata["mrseq"]["sequence"] for one in pair] == ["T2", "FLAIR"]
    assert [one.metadata["dicom"]["description"] for one in pair] == ["t2_tse_tra", "pd_tse_tra"]


def test_what_else_is_linked_stays_linked(pair, make_verdict) -> None:
    first, second = pair
    link_layers(pair)
    judge(first, make_verdict, "T2")
    first.opacity = 0.25
    assert second.opacity == 0.25


def test_revert_takes_one_of_linked_verdicts_back(
    qtbot, viewer, panel, pair, press, make_verdict
) -> None:
    t2, other = pair
    judge(t2, make_verdict, "T2")
    judge(other, make_verdict, "FLAIR")
    link_layers(pair)
    viewer.layers.selection.active = t2
    press(panel.page.revert_button)
    qtbot.wait(50)
    assert (t2.name, t2.metadata) == ("t2_tse_tra", {"dicom": {"description": "t2_tse_tra"}})
    assert other.name == "[T2-FLAIR 90%] pd_tse_tra"
    assert state_of(other).verdict.sequence == "FLAIR"
