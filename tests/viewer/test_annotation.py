"""What a verdict does to a layer, and that all of it can be taken back."""

from __future__ import annotations

import copy
import json
from dataclasses import replace

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image

from napari_mrseq.decision import Decision
from napari_mrseq.series import Series
from napari_mrseq.viewer.annotation import annotate, annotate_exchanges, keep_slices, revert
from napari_mrseq.viewer.layer_data import layer_of
from napari_mrseq.viewer.layer_series import series_of
from napari_mrseq.viewer.layer_state import own_name, state_of
from napari_mrseq.viewer.scope import job_for


@pytest.fixture
def viewer() -> ViewerModel:
    return ViewerModel()


@pytest.fixture
def layer(viewer: ViewerModel) -> Image:
    stack = np.random.default_rng(0).normal(size=(4, 8, 8))
    return viewer.add_image(stack, name="T2W_FLAIR_TRA", metadata={"mine": 1})


def test_the_name_says_sequence_and_confidence(layer: Image, make_verdict) -> None:
    annotate(layer, make_verdict(series_of(layer), ["FLAIR"] * 4))
    assert layer.name == "[T2-FLAIR 90%] T2W_FLAIR_TRA"


def test_an_unknown_series_has_no_percentage(layer: Image, make_verdict) -> None:
    unknown = Decision("UNKNOWN", 0.4, "unknown")
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 4, decision=unknown))
    assert layer.name == "[unknown] T2W_FLAIR_TRA"


def test_a_conflict_is_marked_behind_the_name(layer: Image, make_verdict) -> None:
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 4, conflict=True))
    assert layer.name == "[T1 90%] T2W_FLAIR_TRA ≠ header"


def test_the_metadata_hold_the_record(layer: Image, make_verdict) -> None:
    verdict = make_verdict(series_of(layer), ["FLAIR"] * 4)
    seen = []
    layer.events.metadata.connect(lambda: seen.append(layer.metadata["mrseq"]["sequence"]))
    annotate(layer, verdict)
    assert json.loads(json.dumps(layer.metadata["mrseq"])) == verdict.to_dict()
    assert layer.metadata["mine"] == 1
    # Other plugins hear of it.
    assert seen == ["FLAIR"]


@pytest.mark.parametrize("before", [{}, {"mine": [1, 2]}, {"mrseq": {"from": "a file"}}])
def test_revert_restores_name_and_metadata(layer: Image, make_verdict, before: dict) -> None:
    layer.metadata = copy.deepcopy(before)
    for codes in (["T1"] * 4, ["FLAIR"] * 4):
        annotate(layer, make_verdict(series_of(layer), codes, conflict=True))
    assert layer.name != "T2W_FLAIR_TRA"
    revert(layer)
    assert layer.name == "T2W_FLAIR_TRA"
    assert layer.metadata == before


def test_revert_restores_what_was_there_before_a_verdict_on_other_pixels(
    layer: Image, make_verdict
) -> None:
    layer.metadata = {"mrseq": {"from": "a file"}}
    annotate(layer, make_verdict(series_of(layer), ["FLAIR"] * 4))
    layer.data = layer.data + 1
    again = make_verdict(series_of(layer), ["T1"] * 4)
    keep_slices(layer, again.model_id, again.slices[:2])
    annotate(layer, again)
    assert layer.name == "[T1 90%] T2W_FLAIR_TRA"
    revert(layer)
    assert (layer.name, layer.metadata) == ("T2W_FLAIR_TRA", {"mrseq": {"from": "a file"}})


def test_a_second_verdict_replaces_the_first(layer: Image, make_verdict) -> None:
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 4, conflict=True))
    annotate(layer, make_verdict(series_of(layer), ["FLAIR"] * 4))
    assert layer.name == "[T2-FLAIR 90%] T2W_FLAIR_TRA"


def test_a_name_given_since_by_the_user_stays(layer: Image, make_verdict) -> None:
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 4))
    layer.name = "mine"
    annotate(layer, make_verdict(series_of(layer), ["FLAIR"] * 4))
    assert layer.name == "[T2-FLAIR 90%] mine"
    revert(layer)
    assert layer.name == "mine"


def test_a_name_given_by_the_user_stays_where_headers_are_found_in_their_places(
    viewer: ViewerModel, make_verdict
) -> None:
    """A run compares them at its end, also those of layers that it didn't judge."""
    judged = [viewer.add_image(np.ones((2, 4, 4)), name=name) for name in ("t1_se", "t2_tse")]
    for layer in judged:
        annotate(layer, make_verdict(series_of(layer), ["T1"] * 2))
    judged[0].name = "mine"
    annotate_exchanges(judged)
    assert [layer.name for layer in judged] == ["mine", "[T1 90%] t2_tse"]


def test_the_verdict_of_another_model_takes_the_place_of_the_first(
    layer: Image, make_verdict
) -> None:
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 4, conflict=True))
    layer.name = "[T1 90%] mine ≠ header"
    other = {"name": "knee", "version": "1", "sha256": "1" * 64}
    again = replace(make_verdict(series_of(layer), ["FLAIR"] * 4), model_id=other)
    keep_slices(layer, other, again.slices)
    annotate(layer, again)
    assert layer.name == "[T2-FLAIR 90%] mine"
    revert(layer)
    assert layer.name == "mine"


def test_parts_of_one_series_are_told_apart_by_name() -> None:
    import dask.array as da

    water = Series(
        path="a", files=("a",), pixels=da.ones((3, 4, 4)), description="t1_vibe_dixon", part="water"
    )
    assert layer_of(water)[1]["name"] == "t1_vibe_dixon (water)"


def test_layers_of_one_name_keep_theirs(viewer: ViewerModel, make_verdict) -> None:
    first, second = (viewer.add_image(np.ones((2, 4, 4)), name="T1") for _ in range(2))
    names = [first.name, second.name]
    for layer in (first, second):
        annotate(layer, make_verdict(series_of(layer), ["T1"] * 2))
    assert first.name != second.name
    for layer in (first, second):
        revert(layer)
    assert [first.name, second.name] == names


def test_a_layer_with_other_data_has_no_verdict(layer: Image, make_verdict) -> None:
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 4))
    layer.data = np.zeros((4, 8, 8))
    assert state_of(layer) is None
    verdict = make_verdict(series_of(layer), ["T2"] * 4)
    # As a run does: slices first.
    keep_slices(layer, verdict.model_id, verdict.slices[:2])
    annotate(layer, verdict)
    assert layer.name == "[T2 90%] T2W_FLAIR_TRA"
    revert(layer)
    assert (layer.name, layer.metadata) == ("T2W_FLAIR_TRA", {"mine": 1})


def test_a_copied_layer_is_judged_anew(viewer: ViewerModel, layer: Image, make_verdict) -> None:
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 4))
    data, attributes, kind = layer.as_layer_data_tuple()
    twin = viewer.add_layer(Image.create(data.copy(), attributes, kind))
    assert state_of(twin) is None
    verdict = make_verdict(series_of(twin), ["FLAIR"] * 4)
    keep_slices(twin, verdict.model_id, verdict.slices)
    annotate(twin, verdict)
    assert twin.name.startswith("[T2-FLAIR 90%] T2W_FLAIR_TRA")
    assert own_name(twin).startswith("T2W_FLAIR_TRA")
    assert state_of(layer).verdict.sequence == "T1"


@pytest.mark.parametrize(
    ("shape", "rgb", "slices"),
    [
        ((16, 12), False, (1, 16, 12)),
        ((5, 16, 12), False, (5, 16, 12)),
        ((3, 5, 16, 12), False, (3, 5, 16, 12)),
        ((16, 12, 3), True, (1, 16, 12)),
        ((5, 16, 12, 4), True, (5, 16, 12)),
        ((5, 16, 3), False, (5, 16, 3)),
    ],
)
def test_any_image_layer_is_a_series(viewer: ViewerModel, shape, rgb, slices) -> None:
    layer = viewer.add_image(np.random.default_rng(0).random(shape), rgb=rgb)
    assert series_of(layer).pixels.shape == slices


def test_colours_turn_grey_by_their_luminance(viewer: ViewerModel) -> None:
    picture = np.zeros((2, 3, 3), np.uint8)
    picture[..., 1] = 200
    grey = series_of(viewer.add_image(picture, rgb=True)).pixels.compute()
    np.testing.assert_allclose(grey, 0.587 * 200, rtol=1e-5)


def test_a_five_dimensional_layer_is_refused_in_words(viewer: ViewerModel) -> None:
    layer = viewer.add_image(np.ones((2, 2, 2, 4, 4)), name="odd")
    with pytest.raises(ValueError, match=r"odd has 5 dimensions"):
        job_for(layer)


def test_a_pyramid_is_judged_at_its_finest_level(viewer: ViewerModel) -> None:
    levels = [np.ones((4, 32, 32)), np.ones((4, 16, 16))]
    layer = viewer.add_image(levels, multiscale=True, contrast_limits=(0, 1))
    assert series_of(layer).pixels.shape == (4, 32, 32)


@pytest.mark.parametrize(
    ("units", "expected"), [("mm", (5.0, 0.9, 0.8)), ("um", (0.005, 0.0009, 0.0008))]
)
def test_the_spacing_comes_from_units_of_length(viewer: ViewerModel, units, expected) -> None:
    layer = viewer.add_image(np.ones((3, 4, 4)), scale=(5, 0.9, 0.8), units=(units,) * 3)
    assert series_of(layer).spacing == pytest.approx(expected)


def test_a_mirrored_layer_has_the_spacing_of_the_other(viewer: ViewerModel) -> None:
    layer = viewer.add_image(np.ones((3, 4, 4)), scale=(5, -0.9, 0.8), units=("mm",) * 3)
    assert series_of(layer).spacing == (5, 0.9, 0.8)


def test_a_picture_alone_keeps_the_shape_of_its_pixels(viewer: ViewerModel) -> None:
    layer = viewer.add_image(np.ones((24, 48)), scale=(2, 1), units=("mm",) * 2)
    series = series_of(layer)
    assert series.spacing is not None
    assert series.spacing[1:] == (2, 1)
    assert series.warnings == ("slice thickness unknown: 1 mm assumed",)
    in_pixels = series_of(viewer.add_image(np.ones((24, 48)), scale=(2, 1)))
    assert (in_pixels.spacing, in_pixels.warnings) == (None, ())


def test_pixels_have_no_spacing(viewer: ViewerModel) -> None:
    assert series_of(viewer.add_image(np.ones((3, 4, 4)), scale=(5, 0.9, 0.8))).spacing is None


def test_the_series_of_a_filtered_layer_is_not_the_file(viewer: ViewerModel) -> None:
    import dask.array as da

    series = Series(path="a", files=("a",), pixels=da.ones((3, 4, 4)), series_uid="1.2")
    metadata = {"mrseq_series": series}
    assert series_of(viewer.add_image(series.pixels, metadata=metadata)) is series
    filtered = viewer.add_image(series.pixels + 1, metadata=metadata)
    assert series_of(filtered).series_uid is None
