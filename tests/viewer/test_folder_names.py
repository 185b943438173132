"""The Folder tab calls series without a description so that they can be told apart."""

from __future__ import annotations

from pathlib import Path

from pydicom import dcmread

RUN_MS = 300_000


def names_in_folder_tab(qtbot, panel, press) -> list[str]:
    """Classify the folder that the dialog answers, and return what its series are called."""
    panel.tabs.setCurrentWidget(panel.batch)
    press(panel.batch.browse_button)
    with qtbot.waitSignal(panel.batch.run_finished, timeout=RUN_MS):
        press(panel.batch.run_button)
    table = panel.batch.table
    return [table.proxy.index(row, 4).data() for row in range(table.proxy.rowCount())]


def test_series_without_a_name_are_told_apart(
    qtbot, panel, press, answer, sample_study: Path, tmp_path: Path
) -> None:
    study = tmp_path / "study"
    study.mkdir()
    for name in ("t2_tse_tra", "t1_fl2d_sag"):
        file = dcmread(min((sample_study / name).iterdir()))
        for word in ("SeriesDescription", "ProtocolName", "SequenceName", "SeriesNumber"):
            if word in file:
                del file[word]
        file.save_as(study / f"{name}.dcm")
    answer(study)
    names = names_in_folder_tab(qtbot, panel, press)
    assert sorted(names) == ["study: t1_fl2d_sag.dcm", "study: t2_tse_tra.dcm"]


def test_series_of_one_name_are_numbered_as_their_layers_are(
    qtbot, viewer, panel, press, answer, sample_study: Path
) -> None:
    answer(sample_study)
    names = names_in_folder_tab(qtbot, panel, press)
    viewer.open(str(sample_study), plugin="napari-mrseq")
    assert {"t1_se_tra", "t1_se_tra [1]"} < set(names)
    assert names == [layer.name for layer in viewer.layers]
