"""A model of the user's own: seen before it is used, and used throughout."""

from __future__ import annotations

import csv
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from napari import current_viewer
from qtpy.QtCore import Qt, QTimer
from safetensors.torch import save_file

from napari_mrseq.model.card import KEY, Calibration, Card
from napari_mrseq.model.networks import build
from napari_mrseq.model.registry import FOLDER_VARIABLE
from napari_mrseq.sequences import OWN_COLOURS, colour_of
from napari_mrseq.viewer.annotation import annotate
from napari_mrseq.viewer.card_dialog import CardDialog
from napari_mrseq.viewer.layer_series import series_of
from napari_mrseq.viewer.layer_state import state_of
from napari_mrseq.viewer.models import Models
from tests.program import program

CLASSES = ("MEDIAL", "LATERAL", "T1")


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A network with two classes that the vocabulary lacks; it names whatever it sees."""
    return write_weights(tmp_path / "knee.safetensors", "0.1")


def write_weights(path: Path, version: str, seed: int = 0) -> Path:
    import torch

    torch.manual_seed(seed)
    card = Card(
        name="knee",
        version=version,
        network="efficientnet_lite0",
        classes=CLASSES,
        input_size=64,
        calibration=Calibration(threshold=0.0, series_threshold=0.0),
    )
    network = build(card.network, len(CLASSES))
    save_file(network.state_dict(), path, metadata={KEY: card.to_json()})
    return path


def head() -> np.ndarray:
    """A bright ball in the dark, with some texture."""
    z, y, x = np.mgrid[-1:1:5j, -1:1:64j, -1:1:64j]
    ball = (z**2 + y**2 + x**2 < 0.8) * (1 + 0.3 * np.sin(9 * x) * np.cos(7 * y))
    return ball.astype(np.float32)


def test_a_file_shows_its_classes_and_card_before_it_is_used(
    qtbot, viewer, panel, press, run, pick, answer, weights: Path, tmp_path: Path
) -> None:
    layer = viewer.add_image(head(), name="mine")
    answer(weights)
    press(panel.model_choice.open_button)
    dialog = panel.model_choice.dialog
    qtbot.waitUntil(dialog.isVisible)
    assert "MEDIAL" in dialog.classes.text()
    assert OWN_COLOURS[0] in dialog.classes.text()
    words = dialog.words.toPlainText()
    assert "knee 0.1" in words
    assert "SHA-256" in words
    assert "MEDIAL" not in words
    assert panel.model_choice.model.value == "default"
    press(dialog.use_button)
    assert panel.model_choice.model.value == str(weights)
    assert panel.model_choice.model.current_choice == "knee.safetensors"

    run(panel)
    record = layer.metadata["mrseq"]
    assert set(record["probabilities"]) == set(CLASSES)
    assert record["model"]["name"] == "knee"
    assert record["sequence"] in CLASSES
    assert record["sequence"] in layer.name
    assert record["sequence"] in viewer.canvas.overlays.text.text
    assert panel.result.verdict.text() == record["sequence"]
    assert "knee 0.1" in panel.result.model.text()
    colour = colour_of(record["sequence"], CLASSES)
    assert colour in panel.result.swatch.styleSheet()
    lines = {line.get_label(): line.get_color() for line in panel.plot.axes.get_lines()}
    assert lines[record["sequence"]] == colour
    answer(tmp_path / "a.csv")
    pick(panel.page.export_button, "CSV…")
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert {f"p_{code}" for code in CLASSES} <= set(row)
    press(panel.page.explain_button)
    qtbot.waitUntil(lambda: not panel.explainer.running)
    assert "Not explained" not in panel.controls.status.value


def test_it_can_be_kept_among_the_users_models(
    qtbot, panel, press, answer, weights: Path, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "models"))
    answer(weights)
    press(panel.model_choice.open_button)
    dialog = panel.model_choice.dialog
    qtbot.waitUntil(dialog.isVisible)
    place = dialog.keep.rect().center()
    place.setX(8)
    qtbot.mouseClick(dialog.keep, Qt.MouseButton.LeftButton, pos=place)
    press(dialog.use_button)
    assert panel.model_choice.model.value == "knee"
    assert (tmp_path / "models" / "knee.safetensors").is_file()


def test_cancel_leaves_the_model_as_it_was(qtbot, panel, press, answer, weights: Path) -> None:
    answer(weights)
    press(panel.model_choice.open_button)
    qtbot.waitUntil(panel.model_choice.dialog.isVisible)
    press(panel.model_choice.dialog.close_button)
    assert panel.model_choice.model.value == "default"


def test_a_file_that_is_no_model_is_said_in_words(panel, press, answer, tmp_path: Path) -> None:
    (tmp_path / "holiday.safetensors").write_bytes(b"not a model")
    answer(tmp_path / "holiday.safetensors")
    press(panel.model_choice.open_button)
    assert "holiday.safetensors" in panel.controls.status.value
    assert panel.model_choice.dialog is None
    # None that is never seen either, which would stay as long as the panel.
    assert panel.model_choice.findChildren(CardDialog) == []


def test_a_copy_that_was_cut_short_shows_no_card(panel, press, answer, weights: Path) -> None:
    weights.write_bytes(weights.read_bytes()[:-1000])
    answer(weights)
    press(panel.model_choice.open_button)
    told = f"{weights} is damaged, incomplete or not a weights file: copy it again"
    assert panel.controls.status.value == f"Not a model: {told}"
    assert panel.model_choice.dialog is None


def test_the_card_of_the_model_in_use_can_be_read(qtbot, panel, press) -> None:
    press(panel.model_choice.card_button)
    dialog = panel.model_choice.dialog
    qtbot.waitUntil(dialog.isVisible)
    assert "T2-FLAIR" in dialog.classes.text()
    assert "Trained on" in dialog.words.toPlainText()
    assert not dialog.use_button.isVisible()
    press(dialog.close_button)
    assert not dialog.isVisible()


def test_a_file_that_was_trained_anew_is_loaded_anew(weights: Path) -> None:
    models = Models()
    first = models.load(str(weights), "cpu")
    assert models.load(str(weights), "cpu").network is first.network
    write_weights(weights, "0.2")
    assert models.load(str(weights), "cpu").version == "0.2"


def test_classes_of_ones_own_are_told_apart_by_colour() -> None:
    colours = [colour_of(code, CLASSES) for code in CLASSES]
    assert len(set(colours)) == 3
    assert colours[2] == colour_of("T1")


def test_files_of_one_name_are_told_apart_by_their_folders(panel, tmp_path: Path) -> None:
    files = [tmp_path / folder / "knee.safetensors" for folder in ("old", "new")]
    for version, file in enumerate(files):
        file.parent.mkdir()
        write_weights(file, str(version))
        panel.model_choice.choose(str(file), "cpu")
    box = panel.model_choice.model.native
    offered = [box.itemText(place) for place in range(box.count())]
    assert offered[-2:] == [str(file) for file in files]


def test_a_slice_is_explained_by_the_model_that_is_chosen_whichever_judged_it(
    qtbot, viewer, panel, press, run, weights: Path, tmp_path: Path
) -> None:
    other = write_weights(tmp_path / "other.safetensors", "0.2", seed=1)
    judged = viewer.add_image(head(), name="judged")
    panel.model_choice.choose(str(weights), "cpu")
    run(panel)
    assert judged.metadata["mrseq"]["model"]["version"] == "0.1"
    panel.model_choice.choose(str(other), "cpu")
    said = []
    for layer in (judged, viewer.add_image(head(), name="never judged")):
        viewer.layers.selection.active = layer
        press(panel.page.explain_button)
        qtbot.waitUntil(panel.page.explain_button.isEnabled)
        said.append(panel.controls.status.value)
    assert said[0].startswith("Bright areas speak for")
    assert said[0] == said[1]


def test_a_cancelled_run_of_another_model_leaves_no_word_of_the_first(
    qtbot, viewer, panel, press, make_verdict
) -> None:
    """Name and record would say what panel and table no longer do, and would be saved."""
    before = {"mrseq": {"from": "another program"}}
    pixels = np.repeat(head(), 100, axis=0)
    layer = viewer.add_image(pixels, name="mine", metadata=before)
    annotate(layer, make_verdict(series_of(layer), ["T1"] * len(pixels)))
    assert layer.name == "[T1 90%] mine"
    with qtbot.waitSignal(panel.run_finished):
        press(panel.controls.run)
        qtbot.waitUntil(lambda: state_of(layer).verdict is None)
        press(panel.controls.cancel)
    assert f"of {len(pixels)} slices" in panel.result.hint.text()
    assert panel.study.table.proxy.index(0, 0).data() == "not yet run"
    assert layer.name == "mine"
    assert layer.metadata["mrseq"] == before["mrseq"]
    press(panel.page.revert_button)
    assert (layer.name, layer.metadata) == ("mine", before)


@pytest.mark.usefixtures("make_napari_viewer")
def test_a_window_opened_by_the_command_line_uses_the_model_it_was_given(
    weights: Path, sample_study: Path, tmp_path: Path
) -> None:
    judged_by: list[str] = []

    def look(waited_ms: int = 0) -> None:
        viewer = current_viewer()
        record = viewer.layers[0].metadata.get("mrseq") if viewer and viewer.layers else None
        if record is None and waited_ms < 300_000:
            QTimer.singleShot(100, partial(look, waited_ms + 100))
            return
        judged_by.append(record["model"]["name"] if record else "not run")
        viewer.close()

    QTimer.singleShot(100, look)
    done = program(tmp_path, "view", sample_study / "t2_tse_tra", "--model", weights)
    assert (done.returncode, judged_by) == (0, ["knee"]), done.stderr
