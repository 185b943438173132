"""The Folder tab calls series without a description so that they can be told apart."""

from __future__ import annotations

from pathlib import Path

from pydicom import dcmread

from .tables import column


def names_in_folder_tab(panel, press, run) -> list[str]:
    """Classify the folder that the dialog answers, and return what its series are called."""
    panel.tabs.setCurrentWidget(panel.batch)
    press(panel.batch.browse_button)
    run(panel.batch)
    return column(panel.batch.table, 4)


def test_series_without_a_name_are_told_apart(
    panel, press, run, answer, sample_study: Path, tmp_path: Path
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
    names = names_in_folder_tab(panel, press, run)
    assert sorted(names) == ["study: t1_fl2d_sag.dcm", "study: t2_tse_tra.dcm"]


def test_series_of_one_name_are_numbered_as_their_layers_are(
    viewer, panel, press, run, answer, sample_study: Path
) -> None:
    answer(sample_study)
    names = names_in_folder_tab(panel, press, run)
    viewer.open(str(sample_study), plugin="napari-mrseq")
    assert {"t1_se_tra", "t1_se_tra [1]"} < set(names)
    assert names == [layer.name for layer in viewer.layers]
