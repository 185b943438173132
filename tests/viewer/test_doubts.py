"""What to doubt: the tables say it in a word, the panel in sentences, the plot leaves a gap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from napari.components import ViewerModel
from qtpy.QtCore import Qt

from napari_mrseq.correction import Correction
from napari_mrseq.decision import Decision, decide
from napari_mrseq.header import HeaderClaim
from napari_mrseq.sequences import name_of
from napari_mrseq.series import Failure
from napari_mrseq.verdict import Verdict
from napari_mrseq.viewer.annotation import annotate, correct_layer, keep_slices
from napari_mrseq.viewer.confidence_plot import ConfidencePlot
from napari_mrseq.viewer.doubts import doubts
from napari_mrseq.viewer.layer_series import series_of
from napari_mrseq.viewer.layer_state import state_of
from napari_mrseq.viewer.result_panel import ResultPanel
from napari_mrseq.viewer.slice_table import SliceTable
from napari_mrseq.viewer.study_table import HEADINGS, StudyTable

LOST = Failure("IM7.dcm", "the file ends too early")
Change = Callable[[Verdict], Verdict]


@pytest.fixture
def layer():
    return ViewerModel().add_image(np.ones((4, 32, 32)), name="t1_se_tra")


@pytest.fixture
def table(keep):
    table = keep(StudyTable())
    return table


def nothing_shown(verdict: Verdict) -> Verdict:
    slices = tuple(replace(one, weight=0.0) for one in verdict.slices)
    return replace(verdict, slices=slices, header=verdict.header or HeaderClaim("T1", 0.9))


def one_unread(verdict: Verdict) -> Verdict:
    first, *rest = verdict.slices
    return replace(verdict, slices=(replace(first, weight=0.0, failure=LOST), *rest))


def no_mr(verdict: Verdict) -> Verdict:
    header = HeaderClaim("UNKNOWN", 0.95, ("Modality CT",))
    return replace(verdict, series=replace(verdict.series, is_mr=False), header=header)


def no_mr_by_its_header(verdict: Verdict) -> Verdict:
    return replace(verdict, header=HeaderClaim("UNKNOWN", 0.95, ("KVP 120",)))


def captured(verdict: Verdict) -> Verdict:
    header = HeaderClaim("OTHER", 0.95, ("ImageType SCREEN SAVE",))
    return replace(no_mr(verdict), header=header, decision=Decision("OTHER", 0.95, "member"))


def in_conflict(verdict: Verdict) -> Verdict:
    return replace(nothing_shown(verdict), conflict=True, header=HeaderClaim("FLAIR", 0.9))


def told_by_family(verdict: Verdict) -> Verdict:
    return replace(verdict, decision=Decision("T1", 0.9, "family"))


def told_by_family_unsurely(verdict: Verdict) -> Verdict:
    return replace(verdict, decision=Decision("T1", 0.6, "family"))


def said(table: StudyTable, heading: str) -> tuple[str, str]:
    """Return a cell's word and what the mouse over it tells."""
    cell = table.proxy.index(0, HEADINGS.index(heading))
    return cell.data(), cell.data(Qt.ItemDataRole.ToolTipRole)


@pytest.mark.parametrize(
    ("change", "word", "hint"),
    [
        (nothing_shown, "▲ header only", "no slice shows anything that could be judged"),
        (one_unread, "▲ 1 not read", "slice 1 could not be read: IM7.dcm: the file ends too early"),
        (no_mr, "▲ not MR", "the file says that this is not an MR image"),
        (no_mr_by_its_header, "▲ not MR", "the file says that this is not an MR image"),
        (in_conflict, "≠ header", "Header says T2-FLAIR. The pixels look like T1, 90 %."),
        (captured, "▲ no scan", "the file is a capture or a picture in colours"),
        (told_by_family, "▲ family only", "Only the family T1 is certain, not which member of it."),
    ],
)
def test_the_study_says_what_is_grave(
    table, layer, make_verdict, change: Change, word: str, hint: str
) -> None:
    annotate(layer, change(make_verdict(series_of(layer), ["T1"] * 4)))
    table.show_layers([layer])
    assert said(table, "Doubt")[0] == word
    assert hint in said(table, "Doubt")[1]


@pytest.mark.parametrize(("tried", "word"), [(1, "not yet run"), (4, "not read")])
def test_a_series_is_not_read_where_none_of_its_slices_can_be(
    table, layer, make_verdict, tried: int, word: str
) -> None:
    verdict = make_verdict(series_of(layer), ["T1"] * 4)
    lost = [replace(one, weight=0.0, failure=LOST) for one in verdict.slices[:tried]]
    keep_slices(layer, verdict.model_id, lost)
    table.show_layers([layer])
    assert said(table, "Sequence")[0] == word


@pytest.mark.parametrize(
    ("change", "mark"),
    [
        (lambda verdict: replace(verdict, decision=Decision("T1", 0.6, "member")), "▲ unsure"),
        (told_by_family_unsurely, "▲ unsure"),
        (captured, "▲ no scan"),
        (in_conflict, "≠ header"),
    ],
)
def test_a_mark_of_the_name_stands_before_what_is_said_of_slices(
    table, layer, make_verdict, change: Change, mark: str
) -> None:
    verdict = change(one_unread(make_verdict(series_of(layer), ["T1", "T1", "T1", "T2"])))
    annotate(layer, verdict)
    correct_layer(layer, Correction(1, 1, "FLAIR"))
    table.show_layers([layer])
    assert said(table, "Doubt")[0] == mark == state_of(layer).verdict.mark


def test_where_all_is_sure_nothing_is_doubted(table, layer, make_verdict) -> None:
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 4))
    table.show_layers([layer])
    assert said(table, "Doubt") == ("", "judged from all 4 slices")


def test_slices_that_the_user_named_are_counted_in_the_study(table, layer, make_verdict) -> None:
    sure = Decision("T1", 0.9, "member")
    verdict = make_verdict(series_of(layer), ["T1", "T1", "T1", "T2"], decision=sure)
    # One was never judged.
    annotate(layer, replace(verdict, slices=verdict.slices[1:]))
    for correction, word in ((Correction(0, 1, "T2"), "2"), (Correction(1, 2, "FLAIR"), "3")):
        correct_layer(layer, correction)
        table.show_layers([layer])
        assert said(table, "Doubt")[0] == f"✎ {word} corrected"
    assert "Corrected by you: T2, slices 1 to 2." in said(table, "Doubt")[1]


def test_odd_slices_of_volumes_are_counted_since_their_numbers_are_not_theirs_alone(
    make_verdict,
) -> None:
    volumes = ViewerModel().add_image(np.ones((2, 3, 32, 32)))
    verdict = make_verdict(series_of(volumes), ["T1", "T1", "T1", "T1", "T2", "T1"])
    assert "▲ 1 odd: slices that look like T2." in doubts(verdict)


@pytest.mark.parametrize(
    ("code", "change", "word"),
    [
        ("T1", lambda verdict: verdict, "same"),
        ("T1", nothing_shown, "alone"),
        # No class of the network.
        ("PERF", lambda verdict: verdict, "alone"),
    ],
)
def test_a_header_that_no_pixel_confirms_speaks_alone(
    table, layer, make_verdict, code: str, change: Change, word: str
) -> None:
    verdict = make_verdict(
        series_of(layer),
        ["T1"] * 4,
        header=HeaderClaim(code, 0.9),
        decision=Decision(code, 0.9, "member"),
    )
    annotate(layer, change(verdict))
    table.show_layers([layer])
    assert said(table, "Header")[0] == word
    told = (
        f"Only the header says {name_of(code)}: the pixels can't tell." in said(table, "Header")[1]
    )
    assert told == (word == "alone")
    # The user's word is one that agrees.
    correct_layer(layer, Correction(0, 3, code))
    table.show_layers([layer])
    assert said(table, "Header")[0] == "same"


@pytest.mark.parametrize(
    ("decision", "name", "beside", "below"),
    [
        (None, "T1", "▲ header only", "90\u00a0% by the header: the pixels can't tell"),
        (Decision("UNKNOWN", 0.3, "unknown"), "? unknown", "", "the pixels can't tell"),
    ],
)
def test_where_nothing_is_shown_the_headline_says_so_and_no_guess_is_ranked(
    layer, keep, make_verdict, decision, name: str, beside: str, below: str
) -> None:
    panel = keep(ResultPanel())
    annotate(layer, nothing_shown(make_verdict(series_of(layer), ["T1"] * 4, decision=decision)))
    panel.show_state(state_of(layer), "")
    assert (panel.verdict.text(), panel.confidence.text()) == (name, beside)
    assert panel.runners_up.text() == below


def test_a_slice_that_shows_nothing_has_only_its_headers_name(keep, make_verdict) -> None:
    single = ViewerModel().add_image(np.ones((1, 32, 32)))
    annotate(single, nothing_shown(make_verdict(series_of(single), ["T1"])))
    slices = keep(SliceTable())
    slices.show_state(state_of(single))
    assert slices.table.proxy.index(0, 3).data() == "▲ header only"


@pytest.mark.parametrize(("sure", "odd"), [(0.85, False), (0.92, True)])
def test_a_slice_is_odd_where_it_is_surer_than_nine_in_ten(
    layer, keep, make_verdict, sure: float, odd: bool
) -> None:
    verdict = make_verdict(series_of(layer), ["T1", "T1", "T2", "T1"])
    probabilities = {"T1": 1 - sure, "T2": sure, "FLAIR": 0.0}
    doubted = replace(
        verdict.slices[2], probabilities=probabilities, decision=decide(probabilities, 0.5)
    )
    slices = (*verdict.slices[:2], doubted, verdict.slices[3])
    annotate(layer, replace(verdict, slices=slices))
    panel = keep(ResultPanel())
    panel.show_state(state_of(layer), "")
    assert ("slice 3 looks like T2" in panel.doubts.text()) == odd


def named_by_user(verdict: Verdict) -> Verdict:
    return verdict.corrected((Correction(2, 2, "FLAIR"),))


def called_unknown(verdict: Verdict) -> Verdict:
    """Return the verdict of a user who asks for more confidence than the slice has."""
    slices = list(verdict.slices)
    slices[2] = replace(slices[2], decision=decide(slices[2].probabilities, 1.0))
    return replace(verdict, slices=tuple(slices))


def unknown_as_a_whole(verdict: Verdict) -> Verdict:
    return replace(verdict, pixels=Decision("UNKNOWN", 0.4, "unknown"))


@pytest.mark.parametrize(
    ("change", "odd"),
    [
        (lambda verdict: verdict, True),
        (named_by_user, False),
        (called_unknown, False),
        (unknown_as_a_whole, False),
    ],
)
def test_no_slice_is_odd_that_the_user_named_or_of_what_is_unknown(
    layer, make_verdict, change: Change, odd: bool
) -> None:
    sure = Decision("T1", 0.9, "member")
    verdict = make_verdict(series_of(layer), ["T1", "T1", "T2", "T1"], decision=sure)
    sentences = doubts(change(replace(verdict, pixels=sure)))
    assert any("odd" in sentence for sentence in sentences) == odd


def test_an_empty_plot_has_the_colours_of_the_theme_too(layer, keep, make_verdict) -> None:
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 4))
    plot = keep(ConfidencePlot())
    for state in (state_of(layer), None):
        for paper, seen in (("#000000", (0, 0, 0, 1)), ("#ffffff", (1, 1, 1, 1))):
            plot.set_colours("#808080", paper)
            plot.show_state(state, None)
            assert plot.canvas.figure.get_facecolor() == seen


def test_the_plot_leaves_a_gap_where_a_slice_could_not_be_read(layer, keep, make_verdict) -> None:
    annotate(layer, one_unread(make_verdict(series_of(layer), ["FLAIR", "T1", "T1", "T1"])))
    plot = keep(ConfidencePlot())
    plot.show_state(state_of(layer), 1)
    lines = {line.get_label(): line.get_ydata() for line in plot.axes.get_lines()}
    np.testing.assert_array_equal(np.isnan(lines["T1"]), [True, False, False, False])
    assert "T2-FLAIR" not in lines
