"""What the panel says of what is not sure, too small to judge, chosen, oddly named or not there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from napari.layers import Image

from napari_mrseq.decision import Decision
from napari_mrseq.header import HeaderClaim
from napari_mrseq.judging import classify
from napari_mrseq.model import load_model
from napari_mrseq.sequences import colour_of
from napari_mrseq.viewer.annotation import annotate
from napari_mrseq.viewer.layer_series import series_of
from napari_mrseq.viewer.wording import witness_words

from .canvas import words_on_canvas


def test_low_confidence_is_a_doubt_everywhere(viewer, panel, make_verdict) -> None:
    layer = viewer.add_image(np.ones((2, 64, 64)), name="mine")
    unsure = make_verdict(series_of(layer), ["T1", "T2"], decision=Decision("T1", 0.51, "member"))
    annotate(layer, unsure)
    panel.refresh()
    assert "▲ unsure: 51 % is less than 80 %." in panel.page.result.doubts.text().replace(
        "\N{NO-BREAK SPACE}", " "
    )
    viewer.dims.ndisplay = 3
    assert words_on_canvas(viewer) == "T1 51 % ▲ unsure whole stack"
    # In a series that is sure nothing is said of it.
    annotate(layer, make_verdict(series_of(layer), ["T1", "T1"]))
    panel.refresh()
    assert "unsure" not in panel.page.result.doubts.text() + words_on_canvas(viewer)


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((6, 18, 96), "slices of 18 × 96 pixels are too small to judge"),
        ((96, 80, 3), "slices of 80 × 3 pixels are too small to judge"),
        ((10, 300), "slices of 10 × 300 pixels are too small to judge"),
    ],
)
def test_a_picture_that_is_too_narrow_is_said_to_be(
    viewer, panel, shape: tuple[int, ...], words: str
) -> None:
    pixels = np.random.default_rng(0).integers(0, 200, shape).astype(np.uint8)
    layer = viewer.add_image(pixels, name="mine", rgb=False)
    annotate(layer, classify(series_of(layer), load_model(device="cpu")))
    panel.refresh()
    assert words in panel.result.doubts.text()
    assert ("is the first axis that of the slices?" in panel.result.doubts.text()) == (
        len(shape) == 3
    )
    assert panel.result.runners_up.text() == "too small to judge"
    assert panel.study.table.proxy.index(0, 2).data() == "▲ too small"


def test_the_colour_of_a_chosen_row_is_its_sequences(qtbot, viewer, panel, make_verdict) -> None:
    layer = viewer.add_image(np.ones((2, 64, 64)), name="mine")
    annotate(layer, make_verdict(series_of(layer), ["T1", "T1"]))
    panel.refresh()
    panel.tabs.setCurrentWidget(panel.study)
    table = panel.study.table
    table.selectRow(0)
    qtbot.wait(50)
    place = table.visualRect(table.proxy.index(0, 0))
    shown = table.viewport().grab(place).toImage()
    seen = {shown.pixelColor(column, shown.height() // 2).name() for column in range(shown.width())}
    assert colour_of("T1").lower() in seen


def test_a_name_of_two_lines_is_one_in_the_box(viewer, panel) -> None:
    viewer.add_image(np.ones((2, 64, 64)), name="one\ntwo")
    assert panel.controls.layer.native.currentText() == "one two"


def test_the_empty_panel_names_the_menu_that_there_is(panel) -> None:
    for words in (panel.result.hint.text(), panel.study.table.empty_text):
        assert "File > Open Sample > MR sequence > MR study" in words


def test_words_of_a_header_that_contradict_its_tags_and_the_pixels_are_told_apart(make_verdict):
    layer = Image(np.ones((2, 64, 64)))
    claim = HeaderClaim("T1", 0.6, ("TE 13 ms ≤ 30 ms",), named=("T2",))
    lying = make_verdict(series_of(layer), ["T1", "T1"], header=claim, conflict=True)
    assert witness_words(lying).startswith(
        "The header's description says T2, its tags say T1: TE 13 ms ≤ 30 ms. "
        "The pixels look like T1"
    )
    silent = replace(lying, header=replace(claim, sequence="UNKNOWN", evidence=()))
    assert witness_words(silent).startswith(
        "The header's description says T2. The pixels look like T1"
    )
    honest = replace(lying, header=replace(claim, named=("T1",)), conflict=False)
    assert witness_words(honest) == "Header says T1: TE 13 ms ≤ 30 ms"
