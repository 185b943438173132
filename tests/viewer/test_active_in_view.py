"""A layer that is opened or clicked on is seen, wherever the slider stands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from napari import current_viewer
from napari._qt.containers import QtLayerList
from pydicom import dcmread
from pydicom.uid import SecondaryCaptureImageStorage, generate_uid
from qtpy.QtCore import Qt

from napari_mrseq.viewer.menu import open_study_folder
from napari_mrseq.viewer.slice_in_view import slice_in_view

from .canvas import shows_something
from .tables import double_click

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def far_apart(sample_study: Path, tmp_path: Path) -> Path:
    """Two series, of which the slices of one lie where the other has none."""
    for name, shift in (("t1_se_tra", 0), ("t2_tse_tra", 500)):
        (tmp_path / name).mkdir()
        for number, source in enumerate(sorted((sample_study / name).iterdir())):
            file = dcmread(source)
            *place, z = file.ImagePositionPatient
            file.ImagePositionPatient = [*place, float(z) + shift]
            file.SeriesNumber = 1 + bool(shift)
            file.save_as(tmp_path / name / f"{number:03}.dcm")
    return tmp_path


def test_a_study_opens_on_a_slice_that_is_there(qtbot, viewer, far_apart: Path) -> None:
    viewer.open(str(far_apart), plugin="napari-mrseq")
    first, last = viewer.layers
    assert (first.visible, last.visible) == (False, True)
    qtbot.waitUntil(lambda: slice_in_view(viewer, last) == last.data.shape[0] // 2)
    assert shows_something(viewer)


@pytest.mark.parametrize("beside", ["3-D", "4-D"])
def test_a_study_opens_on_what_is_shown_though_the_first_series_lies_beside(
    qtbot, viewer, far_apart: Path, beside: str
) -> None:
    for path in (far_apart / "t1_se_tra").iterdir():
        file = dcmread(path)
        x, *place = file.ImagePositionPatient
        file.ImagePositionPatient = [float(x) + 800, *place]
        file.save_as(path)
        if beside == "4-D":
            file.SOPInstanceUID = file.file_meta.MediaStorageSOPInstanceUID = generate_uid()
            file.AcquisitionNumber = 2
            file.save_as(path.with_suffix(".2.dcm"))
    viewer.open(str(far_apart), plugin="napari-mrseq")
    assert f"{viewer.dims.ndim}-D" == beside
    qtbot.waitUntil(lambda: shows_something(viewer))


def test_a_study_fills_the_canvas_though_the_first_series_is_larger(
    qtbot, viewer, far_apart: Path
) -> None:
    for path in (far_apart / "t1_se_tra").iterdir():
        file = dcmread(path)
        file.PixelSpacing = [8, 8]
        file.save_as(path)
    viewer.open(str(far_apart), plugin="napari-mrseq")
    assert viewer.layers[0].scale[-1] == 8
    qtbot.waitUntil(lambda: share_bright(viewer) > 0.2)


def test_a_study_fills_the_canvas_where_axes_were_rolled_before(
    qtbot, viewer, far_apart: Path
) -> None:
    viewer.dims.ndim = 3
    viewer.dims.order = (1, 0, 2)
    viewer.open(str(far_apart / "t2_tse_tra"), plugin="napari-mrseq")
    qtbot.waitUntil(lambda: share_bright(viewer) > 0.4)


@pytest.mark.parametrize("moved", ["camera", "layer", None])
def test_what_is_shown_fills_a_window_of_another_size_until_it_is_moved(
    qtbot, viewer, far_apart: Path, moved: str | None
) -> None:
    viewer.window.resize(900, 700)
    viewer.open(str(far_apart), plugin="napari-mrseq")
    qtbot.waitUntil(lambda: shows_something(viewer))
    if moved == "camera":
        viewer.scene.camera.zoom *= 2
    elif moved == "layer":
        viewer.layers.select_previous()
    before, size = viewer.scene.camera.zoom, viewer.canvas.size
    viewer.window.resize(1300, 1000)
    qtbot.waitUntil(lambda: min(np.subtract(viewer.canvas.size, size)) > 0)
    after = viewer.scene.camera.zoom
    viewer.fit_to_view(layers=[viewer.layers.selection.active])
    assert after == (before if moved else pytest.approx(viewer.scene.camera.zoom))


def share_bright(viewer) -> float:
    """Return which part of the canvas a head takes."""
    picture = viewer.screenshot(canvas_only=True, flash=False)[..., :3]
    return float((picture > 60).mean())


def test_a_series_that_its_header_puts_nowhere_keeps_no_other_away(
    qtbot, viewer, far_apart: Path
) -> None:
    for path in (far_apart / "t1_se_tra").iterdir():
        file = dcmread(path)
        file.ImagePositionPatient = [0, 0, 1e12 + 5 * file.InstanceNumber]
        file.save_as(path)
    viewer.open(str(far_apart), plugin="napari-mrseq")
    _, last = viewer.layers
    qtbot.waitUntil(lambda: slice_in_view(viewer, last) == last.data.shape[0] // 2)


def test_a_study_from_the_menu_too(qtbot, viewer, far_apart: Path, answer) -> None:
    answer(far_apart)
    open_study_folder()
    qtbot.waitUntil(lambda: len(viewer.layers) == 2)
    last = viewer.layers[1]
    assert slice_in_view(viewer, last) == last.data.shape[0] // 2


@pytest.mark.parametrize("how", ["napari", "menu"])
def test_a_study_opens_on_an_mr_series_not_on_the_screenshot_behind_it(
    qtbot, viewer, far_apart: Path, answer, how: str
) -> None:
    picture = dcmread(next((far_apart / "t1_se_tra").iterdir()))
    picture.SOPClassUID = picture.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    picture.Modality, picture.SeriesNumber, picture.SeriesDescription = "OT", 999, "Screen Save"
    picture.SeriesInstanceUID = "1.9.7"
    picture.SOPInstanceUID = picture.file_meta.MediaStorageSOPInstanceUID = "1.9.7.1"
    picture.save_as(far_apart / "screenshot.dcm")
    if how == "menu":
        answer(far_apart)
        open_study_folder()
    else:
        viewer.open(str(far_apart), plugin="napari-mrseq")
    qtbot.waitUntil(lambda: len(viewer.layers) == 3)
    _, shown, screenshot = viewer.layers
    assert screenshot.name == "Screen Save"
    qtbot.waitUntil(lambda: viewer.layers.selection.active == shown)
    assert [layer.visible for layer in viewer.layers] == [False, True, False]
    assert slice_in_view(viewer, shown) == shown.data.shape[0] // 2


def click_in_layer_list(qtbot, panel, row: int) -> None:
    view = panel.window().findChild(QtLayerList)
    place = view.visualRect(view.model().index(row, 0)).center()
    qtbot.mouseClick(view.viewport(), LEFT, pos=place)


def test_a_layer_clicked_on_in_the_list_is_brought_into_view(qtbot, viewer, open_panel) -> None:
    near = viewer.add_image(np.ones((4, 32, 32)), name="near")
    panel = open_panel()
    far = viewer.add_image(np.ones((4, 32, 32)), name="far", translate=(100, 0, 0))
    # The layer added last is the active one.
    assert slice_in_view(viewer, far) == 2
    # The list shows the last layer first.
    click_in_layer_list(qtbot, panel, 1)
    assert viewer.layers.selection.active == near
    assert slice_in_view(viewer, near) == 2
    far.visible = False
    click_in_layer_list(qtbot, panel, 0)
    assert slice_in_view(viewer, near) == 2
    far.visible = True
    assert slice_in_view(viewer, far) == 2


def test_where_the_layer_has_a_slice_the_slider_stays(qtbot, viewer, open_panel) -> None:
    viewer.add_image(np.ones((9, 32, 32)), name="one")
    other = viewer.add_image(np.ones((9, 32, 32)), name="other", translate=(3, 0, 0))
    panel = open_panel()
    viewer.dims.set_point(0, 4)
    click_in_layer_list(qtbot, panel, 1)
    click_in_layer_list(qtbot, panel, 0)
    assert viewer.dims.point[0] == 4
    # Nor is it brought back where the user leaves the layer.
    viewer.dims.set_point(0, 0)
    qtbot.wait(50)
    assert viewer.dims.point[0] == 0
    assert slice_in_view(viewer, other) is None


def test_a_hidden_layer_keeps_its_tool_while_others_are_shown(viewer, panel) -> None:
    tuned, *others = (viewer.add_image(np.ones((3, 32, 32)), name=name) for name in "ABC")
    panel.controls.layer.value = tuned
    tuned.mode = "transform"
    for other in others:
        other.visible = False
    for layer in (*others, tuned):
        panel.controls.layer.value = layer
        assert [one for one in viewer.layers if one.visible] == [layer]
    assert tuned.mode == "transform"


@pytest.fixture
def looking_at_b(viewer):
    """The slider stands where B and C have slices and A, the active one, has none."""
    short, *others = (
        viewer.add_image(np.ones((count, 32, 32)), name=name)
        for name, count in (("A", 10), ("B", 60), ("C", 60))
    )
    viewer.layers.selection.active = short
    viewer.dims.set_point(0, 40)
    return others


def test_opening_the_panel_or_hiding_another_layer_moves_no_slider(
    viewer, looking_at_b, open_panel
) -> None:
    open_panel()
    assert viewer.dims.point[0] == 40
    looking_at_b[1].visible = False
    looking_at_b[1].visible = True
    viewer.layers[0].visible = False
    assert viewer.dims.point[0] == 40
    viewer.layers[0].visible = True
    assert viewer.dims.point[0] == 5


def test_a_double_click_in_the_study_stays_on_a_slice_that_the_layer_has(
    qtbot, viewer, looking_at_b, open_panel
) -> None:
    panel = open_panel()
    looking_at_b[0].visible = False
    panel.tabs.setCurrentWidget(panel.study)
    double_click(qtbot, panel.study.table, 1)
    assert viewer.layers.selection.active == looking_at_b[0]
    assert [layer.visible for layer in viewer.layers] == [False, True, False]
    assert viewer.dims.point[0] == 40


def test_a_study_opens_on_a_slice_in_its_own_viewer(
    qtbot, viewer, make_napari_viewer_proxy, far_apart: Path
) -> None:
    other = make_napari_viewer_proxy(show=True)
    other.window.activate()
    qtbot.waitUntil(lambda: current_viewer() == other)
    viewer.add_image(np.ones((5, 32, 32)), name="there before")
    viewer.open(str(far_apart), plugin="napari-mrseq")
    assert current_viewer() == other
    last = viewer.layers[-1]
    qtbot.waitUntil(lambda: slice_in_view(viewer, last) == last.data.shape[0] // 2)
