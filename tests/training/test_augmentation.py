import numpy as np
import pytest
import torch

from napari_mrseq.training.augmentation import augment, augment_outlined
from napari_mrseq.training.negatives import make_negatives

SIZE = 65


@pytest.fixture
def heads():
    """Sixty-four bright discs with a dark ring in them, on black."""
    y, x = np.mgrid[:97, :97] / 48 - 1
    radius = np.hypot(x, y)
    head = np.where(radius < 0.8, 0.7, 0.0) - np.where(np.abs(radius - 0.4) < 0.1, 0.4, 0.0)
    return torch.from_numpy(np.tile(head.astype(np.float32), (64, 1, 1, 1)))


def chance(seed):
    return torch.Generator().manual_seed(seed)


def test_pictures_are_varied_within_the_greys_there_are(heads):
    varied = augment(heads, SIZE, chance(0))
    assert varied.shape == (64, 1, SIZE, SIZE)
    assert 0 <= float(varied.min()) <= float(varied.max()) <= 1
    # No two are alike, and hardly any is blank.
    flat = varied.flatten(1)
    assert float(torch.cdist(flat, flat).fill_diagonal_(1.0).min()) > 0
    assert int((flat.std(dim=1) < 0.02).sum()) <= 2


def test_the_same_chance_varies_pictures_alike(heads):
    assert torch.equal(augment(heads, SIZE, chance(3)), augment(heads, SIZE, chance(3)))
    assert not torch.equal(augment(heads, SIZE, chance(3)), augment(heads, SIZE, chance(4)))


def test_a_single_picture_can_be_varied(heads):
    for seed in range(20):
        assert torch.isfinite(augment(heads[:1], SIZE, chance(seed))).all()


def test_an_outline_moves_with_what_it_surrounds(heads):
    outlines = (heads > 0).float()
    pictures, moved = augment_outlined(heads, outlines, SIZE, chance(0))
    assert moved.shape == pictures.shape == (64, 1, SIZE, SIZE)
    assert 0 <= float(moved.min()) <= float(moved.max()) <= 1
    edges = (moved > 0.5) != (moved.roll(8, dims=3) > 0.5)
    assert float(edges.float().mean()) > 0.01
    alike = [
        abs(float(np.corrcoef(picture.ravel(), outline.ravel())[0, 1]))
        for picture, outline in zip(pictures.numpy(), moved.numpy(), strict=True)
        if picture.std() > 0 and outline.std() > 0
    ]
    # Noise, shades and rings loosen it; an outline of another place would have nothing in common.
    assert np.median(alike) > 0.6


def test_what_is_made_of_slices_is_no_longer_one(heads):
    made = make_negatives(heads, chance(0))
    assert made.shape == heads.shape
    assert 0 <= float(made.min()) <= float(made.max()) <= 1
    likeness = [
        float(np.corrcoef(before.ravel(), after.ravel())[0, 1])
        for before, after in zip(heads.numpy(), made.numpy(), strict=True)
        if after.std() > 0
    ]
    # Masks and drawn phantoms keep the outline; the rest has little in common with the slice.
    assert np.median(likeness) < 0.5
    assert torch.equal(made, make_negatives(heads, chance(0)))


def test_what_is_round_stays_nearly_round_however_it_is_turned_and_mirrored():
    y, x = torch.meshgrid(torch.linspace(-1, 1, 97), torch.linspace(-1, 1, 97), indexing="ij")
    discs = (torch.hypot(x, y) < 0.3).float().tile(512, 1, 1, 1)
    _, moved = augment_outlined(discs, discs, SIZE, chance(0))
    stretched = []
    for disc in moved[:, 0].numpy() > 0.5:
        border = disc[[0, -1]].any() or disc[:, [0, -1]].any()
        if disc.sum() > 50 and not border:
            spread = np.linalg.eigvalsh(np.cov(np.argwhere(disc).T))
            stretched.append(np.sqrt(spread[1] / spread[0]))
    assert len(stretched) > 300
    # Aspects are varied by a deviation of 8 % along each axis.
    assert np.mean(np.array(stretched) > 1.7) < 0.01
