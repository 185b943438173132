from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from napari_mrseq import load_model, read
from napari_mrseq.errors import ModelError
from napari_mrseq.model import Model
from napari_mrseq.model.card import TORCHVISION, Card
from napari_mrseq.model.explanation import explain
from napari_mrseq.model.networks import build
from napari_mrseq.model.torchvision_preparation import black, prepare_as_torchvision


class BrightIsT2(nn.Module):
    """A network that says T2 for what is nearly white, and looks at nothing else."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        white = (images - 0.6).clamp_min(0).mean(dim=(1, 2, 3))
        return torch.stack((torch.zeros_like(white), 100 * white), dim=1)


@pytest.fixture
def bright_is_t2() -> Model:
    card = Card("bright", "1", "efficientnet_lite0", ("T1", "T2"), 129)
    return Model(card, "", "cpu", BrightIsT2())


@pytest.fixture
def body() -> np.ndarray:
    """A grey body off the middle of its picture, with one white spot around (110, 150)."""
    y, x = np.mgrid[:240, :200]
    grey = np.where(((y - 90) / 70) ** 2 + ((x - 130) / 55) ** 2 < 1, 400.0, 0.0)
    return np.where(np.hypot(y - 110, x - 150) < 12, 1000.0, grey)


def middle(heat: np.ndarray) -> np.ndarray:
    """Centre of what is hot, as (row, column)."""
    hot = np.argwhere(heat > 0.5)
    return np.asarray(hot.mean(axis=0))


def test_the_heat_lies_on_the_evidence_in_the_slice(bright_is_t2, body):
    heat = explain(bright_is_t2, body, "T2")
    assert heat.shape == body.shape
    assert heat.dtype == np.float32
    assert heat.min() == 0
    assert heat.max() == pytest.approx(1, abs=0.01)
    assert middle(heat) == pytest.approx((110, 150), abs=10)
    # Far off, even inside the body, there is none.
    assert heat[40:70, 90:120].max() < 0.01


def test_a_whole_stack_is_refused_in_words(bright_is_t2, body):
    with pytest.raises(ValueError, match=r"one slice \(rows, columns\) is needed, not \(2, 240"):
        explain(bright_is_t2, np.stack([body, body]), "T2")


def test_the_air_around_a_body_has_no_heat(bright_is_t2, body):
    y, x = np.mgrid[:240, :200]
    far = ((y - 90) / 70) ** 2 + ((x - 130) / 55) ** 2 > 1.3
    noisy = np.where(body > 0, body, 20 * np.abs(np.sin(x)))
    assert not explain(bright_is_t2, noisy, "T2")[far].any()


def test_of_a_complex_slice_the_magnitude_is_explained(bright_is_t2, body):
    turned = body * np.exp(1j * np.linspace(0, 9, body.shape[1]))
    expected = explain(bright_is_t2, body, "T2")
    np.testing.assert_allclose(explain(bright_is_t2, turned, "T2"), expected, atol=1e-4)


class LoudBrightIsT2(BrightIsT2):
    """The same, by numbers on the way that float16 can't hold."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return super().forward(images) @ (1e6 * torch.eye(2)) @ (1e-6 * torch.eye(2))


def test_what_float16_can_not_count_is_explained_in_float32(bright_is_t2, body):
    loud = replace(bright_is_t2, network=LoudBrightIsT2(), half=torch.float16)
    expected = explain(bright_is_t2, body, "T2")
    np.testing.assert_allclose(explain(loud, body, "T2"), expected, atol=1e-4)


class BrightIsT2ToImageNet(nn.Module):
    """The same, of colours scaled as torchvision scales them."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        white = (images[:, 0] * 0.229 + 0.485 - 0.9).clamp_min(0).mean(dim=(1, 2))
        return torch.stack((torch.zeros_like(white), 1000 * white), dim=1)


def test_an_imported_network_is_explained_with_its_own_preparation(body):
    card = Card("old", "1", "resnet18", ("T1", "T2"), 224, preparation=TORCHVISION)
    heat = explain(Model(card, "", "cpu", BrightIsT2ToImageNet()), body, "T2")
    assert heat.shape == body.shape
    assert middle(heat) == pytest.approx((110, 150), abs=10)
    assert heat[40:70, 90:120].max() < 0.01


def test_an_imported_network_sees_black_where_something_is_hidden():
    seen = prepare_as_torchvision(np.zeros((1, 9, 9), np.uint8), None)
    torch.testing.assert_close(black().expand_as(seen), seen)


def test_the_window_of_an_imported_network_is_not_for_pictures(body):
    window = (80.0, 60.0)
    card = Card("old", "1", "resnet18", ("T1", "T2"), 224, preparation=TORCHVISION, window=window)
    model = Model(card, "", "cpu", BrightIsT2ToImageNet())
    shown = explain(model, body / 4, "T2", as_shown=True)
    scanned = explain(model, body / 4, "T2", as_shown=False)
    # Within the window all of the body is white.
    assert shown[40:70, 90:120].max() < 0.01
    assert scanned[40:70, 90:120].max() > 0.1


def test_the_heat_follows_pixels_that_are_not_square(bright_is_t2, body):
    flat = explain(bright_is_t2, body[::3], "T2", pixel_spacing=(3.0, 1.0))
    assert flat.shape == body[::3].shape
    assert middle(flat) * (3, 1) == pytest.approx((110, 150), abs=10)
    narrow = explain(bright_is_t2, body[:, ::2], "T2", pixel_spacing=(0.4, 0.8))
    assert middle(narrow) * (1, 2) == pytest.approx((110, 150), abs=10)


def test_what_speaks_against_a_sequence_is_cold(bright_is_t2, body):
    heat = explain(bright_is_t2, body, "T1")
    assert heat[100:120, 140:160].max() == 0


class WhereItIsBright(nn.Module):
    """A network that says T1 for what is nearly white above, T1C for what is below."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        white = (images - 0.6).clamp_min(0).mean(dim=(1, 3))
        above, below = (100 * half.mean(dim=1) for half in white.chunk(2, dim=1))
        return torch.stack((above, below, torch.zeros_like(above)), dim=1)


def test_several_classes_are_explained_as_one(body):
    card = Card("family", "1", "efficientnet_lite0", ("T1", "T1C", "T2"), 129)
    model = Model(card, "", "cpu", WhereItIsBright())
    y, x = np.mgrid[:240, :200]
    both = np.where(np.hypot(y - 50, x - 110) < 12, 1000.0, body)
    spots = (slice(46, 55), slice(106, 115)), (slice(106, 115), slice(146, 155))
    alone, together = (explain(model, both, codes) for codes in ("T1C", ("T1", "T1C")))
    assert alone[spots[1]].min() > 0.5
    assert not alone[spots[0]].any()
    assert min(together[spot].min() for spot in spots) > 0.5


def test_hiding_what_is_hot_costs_the_shipped_model_more_than_hiding_what_is_cold(sample_study):
    series = read(sample_study / "t2_tse_tra")[0]
    picture = np.asarray(series.pixels[series.slice_count // 2], dtype=float)
    model = load_model(device="cpu")
    said = model.predict(picture[None])[0]
    best = int(said.argmax())
    heat = explain(model, picture, model.classes[best])
    body = picture > np.quantile(picture, 0.5)
    hot = body & (heat >= np.quantile(heat[body], 0.85))
    cold = body & (heat <= np.quantile(heat[body], 0.15))
    without_hot, without_cold = model.predict(np.where(np.stack((hot, cold)), 0, picture))
    assert without_hot[best] < without_cold[best]


def test_networks_of_torchvision_are_explained(body):
    torch.manual_seed(0)
    card = Card("colours", "1", "resnet18", ("T1", "T2"), 65)
    model = Model(card, "", "cpu", build("resnet18", 2).eval())
    heats = [explain(model, body, code) for code in card.classes]
    # Of two classes, what speaks for one speaks against the other.
    assert max(heat.max() for heat in heats) > 0.5
    assert not (heats[0] * heats[1]).max() > 0.5


def test_a_blank_slice_and_a_mask_have_no_evidence(bright_is_t2, body):
    assert not explain(bright_is_t2, np.full((50, 60), 7.0), "T2").any()
    assert not explain(bright_is_t2, np.where(body > 0, 1.0, 0.0), "T2").any()


@pytest.mark.parametrize("classes", [("T1", "T2"), ()])
def test_nothing_speaks_for_all_classes_or_none(classes, bright_is_t2, body):
    """The map was no numbers."""
    with pytest.raises(ValueError, match=r"some of the classes of .* are needed, not all or none"):
        explain(bright_is_t2, body, classes)


def test_a_class_that_the_model_lacks_is_refused_with_those_it_has(bright_is_t2, body):
    with pytest.raises(ModelError, match=r"no 'SWI'.*T1, T2"):
        explain(bright_is_t2, body, "SWI")


def test_without_captum_the_error_says_what_to_install():
    code = (
        "import sys; sys.modules['captum'] = None\n"
        "import numpy; from napari_mrseq import load_model\n"
        "from napari_mrseq.errors import ModelError\n"
        "from napari_mrseq.model.explanation import explain\n"
        "try: explain(load_model(device='cpu'), numpy.ones((64, 64)), 'T1')\n"
        "except ModelError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "napari-mrseq[explain]" in done.stdout
