"""The plot can be read in both themes, and by those who don't tell its colours apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.utils.theme import get_theme

from napari_mrseq.sequences import SEQUENCES
from napari_mrseq.series import Failure
from napari_mrseq.viewer.annotation import annotate
from napari_mrseq.viewer.confidence_plot import ConfidencePlot
from napari_mrseq.viewer.layer_series import series_of
from napari_mrseq.viewer.layer_state import state_of

from .sight import luminance

# Of WCAG 2.1, for what is needed to understand a figure.
LEAST_CONTRAST = 3


@pytest.fixture
def draw(qtbot, make_verdict):
    """Return a function that draws slices, each as likely to be this as that."""

    def drawn(probabilities: dict[str, float], slices: int, theme: str = "dark") -> ConfidencePlot:
        layer = ViewerModel().add_image(np.ones((slices, 8, 8)), name="t1_se_tra")
        annotate(layer, make_verdict(series_of(layer), ["T1"] * slices))
        state = state_of(layer)
        assert state is not None
        state.judged = {
            index: replace(one, probabilities=probabilities) for index, one in state.judged.items()
        }
        plot, colours = ConfidencePlot(), get_theme(theme)
        qtbot.addWidget(plot)
        plot.set_colours(colours.text.as_hex(), colours.background.as_hex())
        plot.resize(400, 130)
        plot.show_state(state, None)
        with qtbot.waitExposed(plot):
            plot.show()
        plot.canvas.draw()
        return plot

    return drawn


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("code", SEQUENCES)
def test_the_line_of_each_sequence_stands_out_from_the_paper(draw, code: str, theme: str) -> None:
    """Those of PD and ADC were as light as the paper, those of SWI and angiography as dark."""
    plot = draw({code: 0.5}, 2, theme)
    x, y = plot.axes.transData.transform((1.5, 0.5)) / plot.canvas.device_pixel_ratio
    light = luminance(plot.canvas) + 0.05
    row, paper = round(plot.canvas.height() - y), light[2, 2]
    across = light[row - 4 : row + 5, round(x)]
    assert max(across.max() / paper, paper / across.min()) >= LEAST_CONTRAST


@pytest.mark.parametrize("slices", [1, 24, 300])
def test_each_line_has_a_shape_of_its_own_that_the_legend_names(draw, slices: int) -> None:
    plot = draw({code: 0.2 for code in ("T1", "T2", "PD", "ADC", "SWI")}, slices)
    (legend,) = plot.axes.figure.legends
    shapes = [line.get_marker() for line in plot.axes.get_lines()]
    assert len(set(shapes)) == len(shapes) == 5
    assert [line.get_marker() for line in legend.get_lines()] == shapes


def test_a_slice_alone_between_those_that_could_not_be_read_is_drawn(draw) -> None:
    plot = draw({"T1": 0.5}, 60)
    state, lost = plot._state, Failure("2.dcm", "it is damaged")
    state.judged = {
        at: one if at == 31 else replace(one, failure=lost) for at, one in state.judged.items()
    }
    plot.show_state(state, None)
    plot.canvas.draw()
    x, y = plot.axes.transData.transform((32, 0.5)) / plot.canvas.device_pixel_ratio
    light = luminance(plot.canvas) + 0.05
    row, column = round(plot.canvas.height() - y), round(x)
    shape = light[row - 4 : row + 5, column - 4 : column + 5]
    assert shape.max() / light[2, 2] >= LEAST_CONTRAST
