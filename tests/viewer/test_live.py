"""Live: what is in view is judged, also where slider or layer moved while another was."""

from __future__ import annotations

from napari_mrseq.viewer.layer_state import state_of

from .heads import heads


def judged(layer) -> set[int]:
    state = state_of(layer)
    return set() if state is None else set(state.judged)


def test_the_layer_chosen_during_a_run_follows(qtbot, viewer, press, open_panel) -> None:
    later = viewer.add_image(heads(3, 64, 64), name="later")
    first = viewer.add_image(heads(96, 64, 64), name="first")
    panel = open_panel()
    press(panel.controls.live)
    qtbot.waitUntil(lambda: len(judged(first)) > 0)
    viewer.layers.selection.active = later
    viewer.dims.set_current_step(0, 1)
    qtbot.waitUntil(lambda: judged(later) == {0, 1, 2})
    assert len(judged(first)) == 96


def test_the_volume_chosen_during_a_run_follows(qtbot, viewer, press, open_panel) -> None:
    layer = viewer.add_image(heads(3, 64, 64, 64), name="three volumes")
    panel = open_panel()
    viewer.dims.set_current_step(0, 0)
    press(panel.controls.live)
    qtbot.waitUntil(lambda: len(judged(layer)) > 0)
    viewer.dims.set_current_step(0, 2)
    everything = set(range(64)) | set(range(2 * 64, 3 * 64))
    qtbot.waitUntil(lambda: judged(layer) == everything)


def test_cancel_stops_what_would_follow_too(qtbot, viewer, press, open_panel) -> None:
    later = viewer.add_image(heads(3, 64, 64), name="later")
    first = viewer.add_image(heads(3000, 64, 64), name="first")
    panel = open_panel()
    press(panel.controls.live)
    qtbot.waitUntil(lambda: len(judged(first)) > 0)
    viewer.layers.selection.active = later
    qtbot.wait(500)
    with qtbot.waitSignal(panel.run_finished):
        press(panel.controls.cancel)
    qtbot.wait(1000)
    assert not panel.runner.running
    assert not judged(later)
