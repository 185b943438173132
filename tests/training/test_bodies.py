"""Drawn bodies show what the physics says of their tissues."""

from __future__ import annotations

import numpy as np
import pytest

from napari_mrseq.training.body_simulation import BODY_COUNTS, simulate_bodies
from napari_mrseq.training.drawn_bodies import DRAWINGS, spine_across, spine_along

SEEDS = range(3)


@pytest.mark.parametrize("draw", [one for some in DRAWINGS.values() for one in some])
def test_tissues_share_the_plane_and_leave_air_around(draw):
    for seed in SEEDS:
        fractions = draw(np.random.default_rng(seed))
        filled = np.sum(list(fractions.values()), axis=0)
        assert min(part.min() for part in fractions.values()) >= 0
        assert filled.max() <= 1 + 1e-9
        assert 0.1 < filled.mean() < 0.99


@pytest.mark.parametrize("draw", [spine_along, spine_across])
def test_the_cord_and_its_roots_lie_in_fluid(draw):
    for seed in SEEDS:
        fractions = draw(np.random.default_rng(seed))
        cord = fractions["cord"] > 0.3
        around = fractions["fluid"] > 0.3
        rows, columns = np.nonzero(cord)
        assert len(rows) > 5
        beside = sum(np.roll(around, shift, axis) for axis in (0, 1) for shift in (-9, -5, 5, 9))
        assert (beside[rows, columns] > 0).mean() > 0.6


def test_each_sequence_is_drawn_as_often_as_asked():
    names = [name for name, _ in simulate_bodies(0, dict.fromkeys(BODY_COUNTS, 1))]
    assert names == [f"{code}/{region}" for code, region in BODY_COUNTS]
    for (_, first), (_, again) in zip(
        simulate_bodies(3, {("T2", "spine"): 2}), simulate_bodies(3, {("T2", "spine"): 2}),
        strict=True,
    ):  # fmt: skip
        np.testing.assert_array_equal(first, again)


def test_fluid_outshines_the_cord_in_t2_and_is_darker_in_t1():
    # The first draw of a seed is that plane.
    plane = spine_along(np.random.default_rng(1))
    fluid, cord, fat = (plane[name] > 0.8 for name in ("fluid", "cord", "fat"))
    _, t2 = next(simulate_bodies(1, {("T2", "spine"): 1}))
    assert np.median(t2[fluid]) > 1.5 * np.median(t2[cord])
    _, t1 = next(simulate_bodies(1, {("T1", "spine"): 1}))
    assert np.median(t1[fluid]) < 0.8 * np.median(t1[cord])
    assert np.median(t1[fluid]) < 0.5 * np.median(t1[fat])


def test_fat_is_dark_where_its_signal_is_inverted():
    plane = spine_along(np.random.default_rng(1))
    fat, fluid = plane["fat"] > 0.8, plane["fluid"] > 0.8
    _, stir = next(simulate_bodies(1, {("STIR", "spine"): 1}))
    assert np.median(stir[fat]) < 0.25 * np.median(stir[fluid])
