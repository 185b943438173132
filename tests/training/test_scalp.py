import subprocess
import sys

import numpy as np
import pytest
import torch

from napari_mrseq.training.scalp import FRAMES, REACH, distances, with_scalp

SIZE = 97


def test_only_stripped_brains_need_scipy():
    code = (
        "import sys; sys.modules['scipy'] = None\n"
        "import torch; from napari_mrseq.errors import MrseqError\n"
        "from napari_mrseq.training import page, run\n"
        "from napari_mrseq.training.scalp import distances\n"
        "print(*distances(torch.zeros((0, 1, 97, 97))).shape)\n"
        "try: distances(torch.ones((1, 1, 97, 97)))\n"
        "except MrseqError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    nothing, told = done.stdout.splitlines()
    assert nothing == "0 1 1 1"
    assert "stripped" in told
    assert 'pip install "napari-mrseq[train]"' in told


@pytest.fixture
def brains():
    """Eight round brains: bright cortex around darker white matter, black outside."""
    y, x = np.mgrid[:SIZE, :SIZE] - SIZE / 2
    radius = np.hypot(x, y) / (SIZE / 2)
    brain = np.where(radius < 0.7, 0.5, np.where(radius < 0.95, 0.9, 0.0)).astype(np.float32)
    return torch.from_numpy(np.tile(brain, (8, 1, 1, 1)))


def drawn(brains, seed=0):
    away = distances((brains * 255).round().to(torch.uint8))
    return with_scalp(brains, away, torch.Generator().manual_seed(seed))


def test_something_lies_around_each_brain_and_darker_bone_between(brains):
    contrast = []
    for picture in drawn(brains)[:, 0].numpy():
        middle = picture[SIZE // 2, : SIZE // 2]
        cortex = middle[int(SIZE / 2 * (1 - 0.82 * 0.8))]
        start = next(i for i in range(SIZE) if np.allclose(middle[i : i + 3], cortex, rtol=0.05))
        around = middle[:start]
        skin = around[: around.argmax() + 1].max()
        contrast.append(around[around.argmax() :].min() / skin)
        assert skin > 0.02
    # A scalp may be as dark as bone, but hardly ever is.
    assert sum(ratio < 0.6 for ratio in contrast) >= 6


def test_the_brain_keeps_its_contrast(brains):
    for picture in drawn(brains)[:, 0].numpy():
        middle = picture[SIZE // 2]
        white = middle[SIZE // 2]
        # At nine tenths of the shrunk brain's radius lies cortex, 1.8 times as bright.
        shrunk = 0.8 * SIZE / 2
        cortex = middle[int(SIZE / 2 - 0.82 * shrunk)]
        assert cortex == pytest.approx(1.8 * white, rel=0.05)


def test_scalps_are_darker_and_brighter_than_brains(brains):
    brightest = [picture[0, SIZE // 2].max() for picture in drawn(brains)]
    whites = [picture[0, SIZE // 2, SIZE // 2] for picture in drawn(brains)]
    ratios = np.array(brightest) / np.array(whites)
    assert ratios.min() < 2 < ratios.max()


def test_the_same_chance_gives_the_same_scalps(brains):
    assert torch.equal(drawn(brains, 5), drawn(brains, 5))
    assert not torch.equal(drawn(brains, 5), drawn(brains, 6))
    assert 0 <= float(drawn(brains).min()) <= float(drawn(brains).max()) <= 1


def test_distances_from_the_brain_are_those_of_the_circle(brains):
    away = distances((brains[:1] * 255).round().to(torch.uint8))[0, 0].numpy() / 255 * REACH
    cells = len(away)
    y, x = (np.mgrid[:cells, :cells] + 0.5 - cells / 2) / cells * FRAMES
    expected = np.hypot(x, y) - 0.95 / 2
    outside = (expected > 0.02) & (expected < REACH)
    np.testing.assert_allclose(away[outside], expected[outside], atol=0.03)
    assert not away[expected < -0.02].any()


def test_a_black_picture_stays_black():
    assert not drawn(torch.zeros(2, 1, SIZE, SIZE)).any()
