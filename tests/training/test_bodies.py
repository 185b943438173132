"""Drawn bodies: what their pictures show follows from the physics."""

from __future__ import annotations

import numpy as np
import pytest

from napari_mrseq.sequences import SEQUENCES
from napari_mrseq.training.bodies import COUNTS, simulate_bodies
from napari_mrseq.training.body_tissues import BODY_TISSUES, PLACE
from napari_mrseq.training.drawn_bodies import BODIES, SIZE, Canvas
from napari_mrseq.training.regions import region_of
from napari_mrseq.training.signal import spin_echo


@pytest.mark.parametrize("region", BODIES)
def test_every_sequence_scanned_in_a_region_is_drawn(region: str) -> None:
    wanted = {code: {region: 1} for code, per_region in COUNTS.items() if region in per_region}
    pictures = list(simulate_bodies(1, region, wanted))
    assert [code for code, _ in pictures] == list(wanted)
    assert set(wanted) <= set(SEQUENCES)
    for _, picture in pictures:
        assert picture.shape == (SIZE // 2, SIZE // 2)
        assert np.isfinite(picture).all()
        assert picture.min() >= 0
        assert picture.std() > 0


def test_a_seed_draws_the_same_bodies_again() -> None:
    one = {"T2": {"joints": 1}}
    (_, first), (_, again) = (next(simulate_bodies(4, "joints", one)) for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_balance_over_regions_knows_each_drawn_one() -> None:
    assert [region_of(region) for region in BODIES] == list(BODIES)


@pytest.mark.parametrize(("region", "tissue"), [("spine", "cord"), ("pelvis", "prostate")])
def test_a_region_holds_what_it_is_scanned_for(region: str, tissue: str) -> None:
    canvas = Canvas(np.random.default_rng(0))
    BODIES[region][0](canvas)
    assert (canvas.bent() == PLACE[tissue]).any()


def signal(name: str, tr: float, te: float, agent: float = 0.0) -> float:
    tissue = BODY_TISSUES[name]
    parts = (tissue.water(1.5, agent), tissue.lipid(1.5))
    return sum(float(spin_echo(part, tr=tr, te=te)) for part in parts)


def test_fluid_is_darker_than_muscle_in_t1_and_brighter_than_fat_in_t2() -> None:
    assert signal("fluid", 500, 10) < signal("muscle", 500, 10) < signal("fat", 500, 10)
    assert signal("fluid", 4000, 100) > signal("fat", 4000, 100) > signal("muscle", 4000, 100)


def test_contrast_agent_brightens_kidneys_and_leaves_fluid_as_it_is() -> None:
    assert signal("kidney cortex", 500, 10, agent=1.0) > 1.3 * signal("kidney cortex", 500, 10)
    assert signal("fluid", 500, 10, agent=1.0) == signal("fluid", 500, 10)


def test_diffusion_coefficients_are_those_of_tissue() -> None:
    for _, picture in simulate_bodies(2, "pelvis", {"ADC": {"pelvis": 4}}):
        assert 0 < np.median(picture[picture > 0]) < 4e-3
