"""What is unlike all that a network was trained on is called unknown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from napari_mrseq import load_model
from napari_mrseq.model.card import Card
from napari_mrseq.model.networks import LITE, build
from napari_mrseq.model.preparation import prepare
from napari_mrseq.model.weights_file import save_weights
from napari_mrseq.training import familiarize
from napari_mrseq.training.catalogue import STRIPPED, Row
from napari_mrseq.training.familiarize import LEAST, familiarized

SIZE, CLASSES = 33, ("T1", "T2", "UNKNOWN")
CARD = Card("stripes", "1", LITE, CLASSES, SIZE, training={"recipe": {"held_out": 1}})


def stripes(count, seed):
    """Waves of one direction, of some widths and phases."""
    generator = torch.Generator().manual_seed(seed)
    width, phase = (torch.rand(count, 1, 1, 1, generator=generator) for _ in range(2))
    waves = torch.sin(torch.arange(SIZE) / (1.5 + 4 * width) + 6.3 * phase)
    return ((waves.expand(-1, 1, SIZE, SIZE) + 1) * 127).numpy()[:, 0]


@pytest.fixture(scope="module", autouse=True)
def _hundreds_are_enough():
    """Hundreds of pictures instead of thousands: the same, sooner."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(familiarize, "LEAST", 400)
        yield


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    found = []
    for i, picture in enumerate(stripes(460, 0)):
        path = folder / f"{i}.png"
        Image.fromarray(picture.astype(np.uint8)).save(path)
        fold = int(i >= 420)
        found.append(
            Row(path, CLASSES[i % 2], f"g{i % 9}", fold, path.name, "", "", None, False, "", "")
        )
    return found


@pytest.fixture(scope="module")
def weights():
    torch.manual_seed(0)
    network = build(LITE, 3)
    # Batch statistics of stripes, so that the untrained network tells pictures apart at all.
    network.train()
    inputs = prepare(stripes(32, 1), SIZE)[0] * 2 - 1
    with torch.no_grad():
        for _ in range(60):
            network(inputs)
    return network.state_dict()


@pytest.fixture(scope="module")
def familiar(weights, rows):
    """Card and weights of the network to which its stripes are familiar."""
    return familiarized(CARD, weights, rows)


def saved(path, card, weights):
    save_weights(weights, card, path)
    return load_model(path, device="cpu")


def test_noise_is_less_known_to_a_network_that_saw_stripes(weights, familiar, tmp_path):
    card, taught = familiar
    plain = saved(tmp_path / "a.safetensors", CARD, weights)
    model = saved(tmp_path / "b.safetensors", card, taught)
    unknown = CLASSES.index("UNKNOWN")
    known = stripes(40, 2)
    grains = torch.rand(40, 1, 9, 9, generator=torch.Generator().manual_seed(3))
    blobs = torch.nn.functional.interpolate(grains, size=SIZE, mode="bicubic")
    strange = (blobs[:, 0] * 255).clamp(0, 255).numpy()
    raised = [
        model.predict(slices)[:, unknown] - plain.predict(slices)[:, unknown]
        for slices in (known, strange)
    ]
    assert raised[1].mean() > 2 * raised[0].mean()
    assert (raised[0] > -1e-3).all()
    # Among the known their order stays.
    for slices in (known, strange):
        before, after = plain.predict(slices)[:, :2], model.predict(slices)[:, :2]
        assert ((before[:, 0] > before[:, 1]) == (after[:, 0] > after[:, 1])).all()


def test_copies_make_nothing_familiar(weights, familiar, rows):
    _, without = familiar
    copies = [replace(row, label="T1", origin=STRIPPED, fold=-1) for row in rows[::8]]
    _, beside = familiarized(CARD, weights, rows + copies)
    for name, tensor in without.items():
        torch.testing.assert_close(beside[name], tensor)


def test_few_pictures_make_nothing_familiar(weights, rows, monkeypatch):
    # As many are needed as it ships with.
    monkeypatch.setattr(familiarize, "LEAST", LEAST)
    card, kept = familiarized(CARD, weights, rows * 4)
    assert card == CARD
    assert kept.keys() == weights.keys()


def test_pictures_that_show_nothing_make_nothing_familiar(weights, rows, tmp_path):
    black = tmp_path / "black.png"
    Image.fromarray(np.zeros((SIZE, SIZE), np.uint8)).save(black)
    dark = [replace(row, path=black) for row in rows[30:420]]
    card, kept = familiarized(CARD, weights, [*rows[:30], *dark, *rows[420:]])
    assert card == CARD
    assert kept.keys() == weights.keys()


def test_without_a_fold_held_out_a_twin_tells_how_familiar_unseen_slices_are(
    weights, familiar, tmp_path, rows
):
    card, taught = familiar
    twin = tmp_path / "twin.safetensors"
    save_weights(taught, card, twin)
    card = replace(card, training={})
    later, both = familiarized(card, taught, rows, twin)
    assert later.familiarity == familiarize.RANK
    name = familiarize.PREFIX + "centre"
    assert both[name] == pytest.approx(float(taught[name]), rel=1e-2)
    nobody, kept = familiarized(card, taught, rows)
    assert (nobody, kept.keys()) == (replace(card, familiarity=0), weights.keys())


@pytest.mark.parametrize("shown", [True, False])
def test_a_single_slice_held_out_tells_nothing_of_what_is_familiar(
    weights, familiar, rows, tmp_path, monkeypatch, shown
):
    _, taught = familiar
    monkeypatch.setattr(familiarize, "LEAST", 90)
    path = tmp_path / "faint.png"
    faint = np.zeros((SIZE, SIZE), np.uint8)
    faint[9:14, 9:14] = 200
    Image.fromarray(faint).save(path)
    alone = replace(rows[-1], fold=1, path=rows[-1].path if shown else path)
    few = [replace(row, fold=0) for row in rows[:100]] + [alone]
    card, kept = familiarized(CARD, weights, few)
    assert (card, kept.keys()) == (CARD, weights.keys())
    twin = tmp_path / "twin.safetensors"
    save_weights(taught, replace(CARD, familiarity=familiarize.RANK), twin)
    card, both = familiarized(CARD, weights, few, twin=twin)
    name = familiarize.PREFIX + "centre"
    assert both[name] == pytest.approx(float(taught[name]), rel=1e-2)
