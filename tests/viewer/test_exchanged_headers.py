"""Two series whose headers were exchanged, in the window."""

from __future__ import annotations

import shutil

import numpy as np
import pydicom
from qtpy.QtCore import Qt

from napari_mrseq.viewer.scope import ALL_LAYERS

MARK = "≠ header"


def test_layers_with_exchanged_headers_are_marked_and_name_each_other(
    viewer, panel, exchanged_study, run
) -> None:
    viewer.open(exchanged_study, plugin="napari-mrseq")
    panel.controls.scope.value = ALL_LAYERS
    run(panel)
    marked = {layer.metadata["mrseq"]["description"]: layer.name for layer in viewer.layers}
    assert marked["t1_se_tra"].startswith("[T2 ")
    assert marked["t2_tse_tra"].startswith("[T1 ")
    assert [name.endswith(MARK) for _, name in sorted(marked.items())] == [False, True, True]
    (lying,) = [layer for layer in viewer.layers if layer.name.endswith(f"t1_se_tra {MARK}")]
    viewer.layers.selection.active = lying
    assert "swapped with that of series 3 t2_tse_tra" in panel.result.doubts.text()
    assert "swapped" in lying.metadata["mrseq"]["warnings"][-1]
    # Run anew, they are marked once.
    run(panel)
    assert lying.metadata["mrseq"]["warnings"][-1].count("swapped") == 1
    assert lying.name == f"{marked['t1_se_tra']}"


def test_the_folder_tab_marks_them_too(panel, press, run, answer, exchanged_study) -> None:
    panel.tabs.setCurrentWidget(panel.batch)
    answer(exchanged_study)
    press(panel.batch.browse_button)
    run(panel.batch)
    table = panel.batch.table.proxy
    rows = [[table.index(row, n).data() for n in (2, 4)] for row in range(table.rowCount())]
    doubts = {name: doubt for doubt, name in rows}
    assert doubts["t1_se_tra"] == doubts["t2_tse_tra"] == MARK
    assert doubts["pd_tse_tra"] != MARK
    hints = [table.index(row, 2).data(Qt.ItemDataRole.ToolTipRole) for row in range(len(rows))]
    assert sum("swapped with that of series" in hint for hint in hints) == 2


def test_they_stay_marked_where_the_other_one_is_no_layer(
    viewer, panel, press, run, answer, exchanged_study
) -> None:
    answer(exchanged_study)
    press(panel.batch.browse_button)
    run(panel.batch)
    swapped = [one for one in panel.batch.runner.verdicts if one.remarks]
    panel.batch.verdict_chosen.emit(swapped[0])
    (lying,) = viewer.layers
    told = lying.name, lying.metadata["mrseq"]
    viewer.add_image(np.zeros((2, 64, 64)), name="another")
    run(panel)
    assert (lying.name, lying.metadata["mrseq"]) == told
    assert "swapped" in told[1]["warnings"][-1]
    # Run anew itself.
    viewer.layers.selection.active = lying
    run(panel)
    assert lying.metadata["mrseq"]["warnings"][-1] == told[1]["warnings"][-1]


def test_one_stays_marked_beside_another_patients_series_of_the_same_name(
    viewer, panel, press, run, answer, exchanged_study
) -> None:
    """An anonymiser may give the studies of several patients, and their series, the same UIDs."""
    again = exchanged_study.parent / "both" / "sub-02"
    shutil.copytree(exchanged_study, again)
    exchanged_study.rename(again.with_name("sub-01"))
    for file in again.glob("*/*"):
        instance = pydicom.dcmread(file)
        instance.PatientName, instance.PatientID = "Other", "2"
        instance.save_as(file)
    answer(again.parent)
    press(panel.batch.browse_button)
    run(panel.batch)
    swapped = {one.series.path: one for one in panel.batch.runner.verdicts if one.remarks}
    assert len(swapped) == 4
    ours, theirs = (again.with_name("sub-01") / "t1_se_tra", again / "t2_tse_tra")
    for path in (ours, theirs):
        panel.batch.verdict_chosen.emit(swapped[str(path)])
    told = {layer.name: layer.metadata["mrseq"] for layer in viewer.layers}
    assert len(told) == 2
    viewer.add_image(np.zeros((2, 64, 64)), name="another")
    run(panel)
    assert {layer.name: layer.metadata["mrseq"] for layer in list(viewer.layers)[:2]} == told
