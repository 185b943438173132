from __future__ import annotations

import numpy as np
import pytest

from napari_mrseq.training.making.signal import (
    TISSUES,
    diffusion_weighted,
    inversion_recovery,
    spin_echo,
    spoiled_gradient_echo,
)

FIELDS = pytest.mark.parametrize("tesla", sorted(TISSUES))


def order(tesla, equation, names, **settings):
    """Tissues from dark to bright."""
    return sorted(names, key=lambda name: abs(equation(TISSUES[tesla][name], **settings)))


@FIELDS
def test_each_weighting_ranks_the_tissues_as_a_radiologist_expects(tesla):
    brain = ["csf", "grey matter", "white matter"]
    assert order(tesla, spin_echo, [*brain, "fat"], tr=500, te=12) == [*brain, "fat"]
    assert order(tesla, spoiled_gradient_echo, brain, tr=230, te=4.8, flip_degrees=70) == brain
    assert order(tesla, spin_echo, ["muscle", *brain], tr=4500, te=100) == [
        "muscle",
        "white matter",
        "grey matter",
        "csf",
    ]
    flair = {"tr": 9000, "te": 105, "ti": 2500}
    assert order(tesla, inversion_recovery, [*brain, "lesion"], **flair) == [
        "csf",
        "white matter",
        "grey matter",
        "lesion",
    ]
    assert order(tesla, diffusion_weighted, brain, tr=4600, te=92, b_value=1000) == [
        "csf",
        "white matter",
        "grey matter",
    ]


@FIELDS
def test_inversion_time_of_ln2_t1_nulls_a_tissue_that_recovers_fully(tesla):
    fat = TISSUES[tesla]["fat"]
    null = inversion_recovery(fat, tr=50 * fat.t1, te=10, ti=np.log(2) * fat.t1)
    assert null == pytest.approx(0, abs=1e-12)
    assert inversion_recovery(fat, tr=50 * fat.t1, te=10, ti=10) < 0


@FIELDS
def test_two_b_values_give_back_the_diffusion_coefficient(tesla):
    grey = TISSUES[tesla]["grey matter"]
    b0, b1000 = diffusion_weighted(grey, tr=4600, te=92, b_value=np.array([0.0, 1000.0]))
    assert np.log(b0 / b1000) / 1000 == pytest.approx(grey.diffusivity)


@FIELDS
def test_gradient_echo_is_brightest_at_the_ernst_angle(tesla):
    white = TISSUES[tesla]["white matter"]
    angles = np.arange(1.0, 90.0)
    signal = spoiled_gradient_echo(white, tr=30, te=5, flip_degrees=angles)
    assert angles[signal.argmax()] == pytest.approx(
        np.degrees(np.arccos(np.exp(-30 / white.t1))), abs=0.5
    )
