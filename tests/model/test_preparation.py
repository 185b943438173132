from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from napari_mrseq.model.preparation import content_box, prepare


@pytest.fixture
def disc() -> np.ndarray:
    """A bright disc with a dark heart, off the middle of its picture."""
    y, x = np.mgrid[:200, :160]
    distance = np.hypot(y - 90, x - 70)
    return np.where(distance < 20, 300.0, np.where(distance < 60, 1000.0, 0.0))


def test_grey_scale_and_offset_do_not_matter(disc):
    plain, _ = prepare(disc[None], 65)
    scaled, _ = prepare((disc * 37 - 5000)[None], 65)
    torch.testing.assert_close(plain, scaled, atol=1e-3, rtol=0)


@pytest.mark.parametrize("offset", [1e9, -1e12])
def test_no_grey_is_lost_above_a_large_offset(disc, offset):
    plain, _ = prepare(disc[None], 65)
    for kind in (np.int64, np.float64):
        shifted, _ = prepare((disc + offset).astype(kind)[None], 65)
        torch.testing.assert_close(plain, shifted, atol=1e-3, rtol=0)


def test_empty_space_around_the_content_does_not_matter(disc):
    plain, _ = prepare(disc[None], 65)
    framed, _ = prepare(np.pad(disc, 60)[None], 65)
    assert (plain - framed).abs().mean() < 0.03


@pytest.mark.parametrize("deviation", [20, 80, 120])
def test_noise_around_the_content_is_not_taken_for_content(disc, deviation):
    rng = np.random.default_rng(0)
    wide = np.pad(disc, 90)
    noisy = np.hypot(*(rng.normal(0, deviation, (2, *wide.shape)) + [[[1]], [[0]]] * wide))
    (centre, half), (found, half_found) = content_box(wide), content_box(noisy)
    np.testing.assert_allclose(found, centre, atol=6)
    np.testing.assert_allclose(half_found, half, atol=8)


def test_noise_is_told_beside_a_strip_that_the_scanner_blacked_out(disc):
    noisy = np.hypot(*np.random.default_rng(0).normal(0, 80, (2, 380, 340))) + np.pad(disc, 90)
    strip = noisy.copy()
    strip[:15] = 0
    np.testing.assert_allclose(content_box(strip)[1], content_box(noisy)[1], atol=8)


def test_bright_tissue_that_fills_the_picture_is_content_all_over():
    tissue = 400 + 600 * np.abs(np.sin(np.indices((200, 200)) / 30)).mean(axis=0)
    assert content_box(tissue)[1] == pytest.approx((108, 108), abs=2)
    assert prepare(tissue[None], 65)[1].item() > 0.8


def test_a_bright_speck_far_away_is_no_content(disc):
    wide = np.pad(disc, 90)
    hot = wide.copy()
    hot[20:23, 20:23] = 50_000
    np.testing.assert_allclose(content_box(hot)[0], content_box(wide)[0], atol=6)


def test_a_negative_makes_the_same_picture(disc):
    wide = np.pad(disc, 10)
    positive, shown = prepare(wide[None], 65)
    negative, shown_of_negative = prepare((wide.max() - wide)[None], 65)
    torch.testing.assert_close(positive, negative, atol=1e-3, rtol=0)
    torch.testing.assert_close(shown, shown_of_negative)


@pytest.mark.parametrize(("edge", "wide"), [(0, 8), (600, 30)])
def test_a_bright_picture_is_no_negative(edge, wide):
    """Tissue that all but fills its picture, and a close look at some."""
    inside = 850 + 150 * np.sin(np.indices((200 - 2 * wide, 200 - 2 * wide)) / 20).mean(axis=0)
    picture = np.pad(inside, wide, constant_values=edge)
    picture[92:108, 92:108] = 0
    images, _ = prepare(picture[None], 65)
    assert images[0, 0, 32, 32] == 0
    assert images[0, 0, 20:26, 20:26].mean() > 0.7


def test_a_white_page_around_a_picture_makes_no_negative_of_it(disc):
    page = np.pad(np.pad(disc, 60), 20, constant_values=1000)
    images, _ = prepare(page[None], 65)
    row = images[0, 0, 32]
    assert row[:10].max() == 1
    assert row[12] == 0


@pytest.mark.parametrize("spacing", [(0.5, 0.5), (1.2, 0.6)])
@pytest.mark.parametrize("size", [65, 240])
def test_the_content_is_cut_out_as_a_picture_editor_cuts_it(spacing, size):
    y, x = np.mgrid[:300, :260]
    blobs = ((90, 100, 1.0), (150, 170, 0.6), (190, 90, 0.3))
    body = sum(f * np.exp(-((y - r) ** 2 + (x - c) ** 2) / 1200) for r, c, f in blobs)
    (row, column), (high, wide) = content_box(body, pixel_spacing=spacing)
    box = (column - wide, row - high, column + wide, row + high)
    # The box may reach over the edge, which an editor refuses.
    frame = Image.fromarray(np.pad(body, 150).astype(np.float32))
    cut = frame.resize((size, size), Image.Resampling.BOX, [150 + side for side in box])
    images, _ = prepare(body[None], size, pixel_spacing=spacing)
    expected = (np.array(cut) / np.quantile(body, 0.995)).clip(0, 1)
    np.testing.assert_allclose(images[0, 0].numpy(), expected, atol=0.04)


def test_twice_the_pixels_make_the_same_picture(disc):
    plain, _ = prepare(disc[None], 65)
    fine, _ = prepare(disc.repeat(2, axis=0).repeat(2, axis=1)[None], 65)
    assert (plain - fine).abs().mean() < 0.02


def test_pixels_that_are_not_square_are_made_square(disc):
    plain, _ = prepare(disc[None], 65, pixel_spacing=(1.0, 1.0))
    squeezed, _ = prepare(disc[::2][None], 65, pixel_spacing=(2.0, 1.0))
    assert (plain - squeezed).abs().mean() < 0.03


def test_a_slice_does_not_depend_on_its_neighbours(disc):
    other = np.random.default_rng(0).random(disc.shape)
    slices = np.stack((other, disc, disc * 0, disc.max() - disc))
    images, weights = prepare(slices, 65)
    for index, one in enumerate(slices):
        alone, weight = prepare(one[None], 65)
        torch.testing.assert_close(alone[0], images[index])
        torch.testing.assert_close(weight[0], weights[index])


def test_a_blank_slice_shows_nothing_and_a_full_one_much(disc):
    images, weights = prepare(np.stack((disc * 0, disc, disc * 0 + 7)), 65)
    assert weights[0] == weights[2] == 0
    assert 0.2 < weights[1] < 0.6
    assert not images[0].any()
    # It keeps its whole frame.
    assert content_box(disc * 0) == ((100, 80), pytest.approx((108, 108)))


def test_noise_shows_next_to_nothing(disc):
    noise = np.random.default_rng(0).rayleigh(100, disc.shape)
    stretched = noise[:, ::4].repeat(4, axis=1)
    _, weights = prepare(np.stack((disc, noise, stretched)), 65)
    assert weights[1] == 0
    assert weights[2] < 0.1 * weights[0]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, -np.finfo(np.float64).max])
def test_values_that_are_not_finite_are_dark(disc, bad):
    broken = disc.copy()
    broken[:5] = bad
    images, weights = prepare(np.stack((broken, broken - 5000, np.full_like(disc, bad))), 65)
    clean, weight = prepare(disc[None], 65)
    torch.testing.assert_close(images[:2], clean.expand(2, -1, -1, -1), atol=0.02, rtol=0)
    torch.testing.assert_close(weights[:2], weight.expand(2), atol=0.01, rtol=0)
    assert not images[2].any()
    assert weights[2] == 0


@pytest.mark.parametrize("filling", [-1024, -32768, -1e30, np.finfo(np.float32).min])
def test_a_value_that_only_fills_the_image_up_is_dark(disc, filling):
    turned = disc.astype(np.float32)
    turned[:5] = turned[:, :5] = filling
    images, weights = prepare(turned[None], 65)
    clean, weight = prepare(disc[None], 65)
    torch.testing.assert_close(images, clean, atol=0.02, rtol=0)
    torch.testing.assert_close(weights, weight, atol=0.01, rtol=0)


def test_what_is_drawn_on_an_image_in_one_bright_value_sets_no_scale(disc):
    # Brighter downwards, as near a coil.
    shaded = disc * np.linspace(0.5, 1, len(disc))[:, None]
    marked = shaded.copy()
    marked[85:95, 50:90] = 10 * disc.max()
    images, weights = prepare(marked[None], 65)
    clean, weight = prepare(shaded[None], 65)
    assert ((images - clean).abs() < 0.05).float().mean() > 0.9
    torch.testing.assert_close(weights, weight, atol=0.05, rtol=0)


def test_the_highest_numbers_on_both_sides_leave_numbers(disc):
    broken = disc.astype(np.float32)
    broken[:5], broken[-5:] = np.finfo(np.float32).min, np.finfo(np.float32).max
    images, weights = prepare(broken[None], 65)
    clean, weight = prepare(disc[None], 65)
    torch.testing.assert_close(images, clean, atol=0.02, rtol=0)
    torch.testing.assert_close(weights, weight, atol=0.01, rtol=0)


@pytest.mark.parametrize("kind", ["uint8", "int16", "uint16", "float64", "bool"])
def test_every_number_type_is_taken(disc, kind):
    images, _ = prepare((disc / 4).astype(kind)[None], 65)
    assert images.shape == (1, 1, 65, 65)
    assert float(images.min()) >= 0
    assert float(images.max()) <= 1


def test_what_the_widest_numbers_hold_beyond_all_others_is_dark(disc):
    wide = disc.astype(np.longdouble)
    wide[:5] = np.finfo(np.longdouble).min
    torch.testing.assert_close(prepare(wide[None], 65)[0], prepare(disc[None], 65)[0])


def test_the_smallest_picture_is_taken():
    images, _ = prepare(np.array([[[3.0]]]), 65)
    assert images.shape == (1, 1, 65, 65)


@pytest.mark.parametrize(("shape", "shows"), [((32, 90), 1), ((31, 90), 0), ((90, 31), 0)])
def test_a_thumbnail_shows_nothing(shape, shows):
    y, x = np.indices(shape) / np.reshape(shape, (2, 1, 1)) - 0.5
    _, weights = prepare(np.exp(-8 * (y**2 + x**2))[None], 65)
    assert (weights[0] > 0) == shows


def test_a_mask_shows_nothing() -> None:
    rows, columns = np.mgrid[-1:1:128j, -1:1:128j]
    disc = rows**2 + columns**2 < 0.5
    grey = disc * (1 + 0.3 * np.sin(9 * rows) * np.cos(7 * columns))
    masks = np.stack([disc, ~disc, disc * 200.0]).astype(np.float32)
    assert prepare(masks, 64)[1].tolist() == [0, 0, 0]
    assert prepare(grey[None].astype(np.float32), 64)[1].item() > 0


def test_a_map_of_labels_shows_nothing(disc) -> None:
    inside = disc > 0
    tissues = np.digitize(disc, [1, 500])
    regions = np.where(inside, 1 + np.indices(disc.shape).sum(axis=0) // 10, 0)
    mottled = regions + np.random.default_rng(0).integers(0, 6, disc.shape) * inside
    stretched = mottled[:, ::4].repeat(4, axis=1)
    slices = np.stack([tissues, regions, disc, mottled, stretched]).astype(np.float32)
    weights = prepare(slices, 65)[1].tolist()
    assert weights[:2] == [0, 0]
    assert min(weights[2:]) > 0.2
