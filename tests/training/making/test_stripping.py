from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from torch import nn

from napari_mrseq.training.catalogue import STRIPPED, read_catalogue
from napari_mrseq.training.making.stripping import add_stripped, brain_in
from tests.training.stripes import write

SHAPE = (120, 100)


class Outliner(nn.Module):
    """Sees a brain in what is neither dark nor bright, and wider than an edge."""

    def forward(self, images):
        grey = 40 * (0.2 - (images - 0.5).abs())
        return nn.functional.max_pool2d(-nn.functional.max_pool2d(-grey, 5, 1, 2), 5, 1, 2)


def head(brain=(0.25, 0.3)):
    """A grey ellipse in a dark and a bright ring."""
    y, x = (np.linspace(-0.5, 0.5, n) for n in SHAPE)
    radius = np.hypot(y[:, None] / brain[0], x / brain[1])
    picture = np.select([radius < 1, radius < 1.15, radius < 1.5], [128, 10, 250], 0)
    return picture.astype(np.uint8), radius


@pytest.fixture
def catalogue(tmp_path):
    kinds = [
        ("T2", "head", "n"), ("FLAIR", "brain", "n"), ("T1", "head", "y"), ("T1", "knee", "n"),
        ("OTHER", "head", "n"),
    ]  # fmt: skip
    rows = []
    for index, (label, body_part, stripped) in enumerate(kinds):
        Image.fromarray(head()[0]).save(tmp_path / f"{index}.png")
        rows.append(
            {
                "file": f"{index}.png", "label": label, "group": f"g{index}", "fold": index % 5,
                "body_part": body_part, "skull_stripped": stripped, "origin": "nifti",
            }
        )  # fmt: skip
    return write(tmp_path / "catalogue.csv", rows)


def test_only_the_brain_is_left_of_some_whole_heads(catalogue, tmp_path):
    path = add_stripped(catalogue, tmp_path / "wide", Outliner(), log=lambda _: None)
    before, after = read_catalogue(catalogue), read_catalogue(path)
    assert [row.path.resolve() for row in after[:5]] == [row.path.resolve() for row in before]
    added = after[5:]
    assert [(row.label, row.group, row.fold) for row in added] == [
        ("T2", "g0", 0),
        ("FLAIR", "g1", 1),
    ]
    assert all(row.stripped and row.origin == STRIPPED for row in added)
    picture, radius = head()
    for row in added:
        copy = np.asarray(Image.open(row.path))
        assert copy[radius > 1.1].max() == 0
        np.testing.assert_array_equal(copy[radius < 0.9], picture[radius < 0.9])


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros(SHAPE, np.uint8),
        np.full(SHAPE, 90, np.uint8),
        head(brain=(0.05, 0.05))[0],
        np.random.default_rng(0).integers(0, 256, SHAPE, dtype=np.uint8),
    ],
    ids=["black", "even", "tiny", "noise"],
)
def test_no_outline_is_believed_where_there_is_no_brain(picture):
    assert brain_in(Outliner(), picture) is None
