from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from napari_mrseq import load_model, read
from napari_mrseq.decision import by_class, decide
from napari_mrseq.errors import DeviceError, ModelError
from napari_mrseq.model import Model, registry
from napari_mrseq.model.card import Card
from napari_mrseq.model.card_file import read_card
from napari_mrseq.model.networks import LITE, build


@pytest.fixture(scope="module")
def model():
    return load_model("default", device="cpu")


@pytest.fixture
def pictures() -> np.ndarray:
    """Blobs and noise of all kinds: 40 slices."""
    rng = np.random.default_rng(5)
    y, x = np.mgrid[-1:1:96j, -1:1:96j]
    discs = [(np.hypot(y, x * r) < 0.8) * (1 + np.sin(9 * r * x)) for r in rng.random(40) + 0.5]
    return np.array(discs) * 500 + rng.random((40, 96, 96)) * 50


def test_probabilities_are_one_row_a_slice_and_sum_to_one(model, pictures):
    said = model.predict(pictures)
    assert said.shape == (40, len(model.classes))
    assert said.dtype == np.float32
    np.testing.assert_allclose(said.sum(axis=1), 1, atol=1e-5)


def test_the_same_slice_gets_the_same_answer_in_any_company(model, pictures):
    together = model.predict(pictures)
    np.testing.assert_allclose(model.predict(pictures[7:8])[0], together[7], atol=1e-4)
    np.testing.assert_allclose(model.predict(pictures[::-1]), together[::-1], atol=1e-4)


def test_of_complex_slices_the_magnitude_counts(model, pictures):
    phase = np.exp(1j * np.linspace(0, 6, pictures.size)).reshape(pictures.shape)
    np.testing.assert_allclose(
        model.predict(pictures * phase), model.predict(np.abs(pictures)), atol=1e-4
    )


def test_values_below_zero_are_the_darkest(model, pictures):
    np.testing.assert_allclose(model.predict(pictures - 500), model.predict(pictures), atol=0.03)


class LeftIsT2(torch.nn.Module):
    """Takes what is brighter on the left for T2, on the right for T1."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        half = images.shape[3] // 2
        left = (images[..., :half] - images[..., -half:]).mean(dim=(1, 2, 3))
        return torch.stack((-left, left), dim=1) * 20


def test_left_and_right_do_not_matter(model, pictures):
    one_sided = Model(Card("left", "1", LITE, ("T1", "T2"), 129), "", "cpu", LeftIsT2())
    mirrored = np.ascontiguousarray(pictures[:, :, ::-1])
    for one in (model, one_sided):
        np.testing.assert_allclose(one.predict(mirrored), one.predict(pictures), atol=0.03)


def test_what_float16_can_not_count_is_counted_in_float32(pictures):
    network = torch.nn.Sequential(
        torch.nn.AdaptiveAvgPool2d(1),
        torch.nn.Flatten(),
        torch.nn.Linear(1, 1, bias=False),
        torch.nn.Linear(1, 2, bias=False),
    )
    network[2].weight.data.fill_(1e6)
    network[3].weight.data.copy_(torch.tensor([[-1e-6], [1e-6]]))
    exact = Model(Card("loud", "1", LITE, ("T1", "T2"), 129), "", "cpu", network)
    coarse = replace(exact, half=torch.float16)
    np.testing.assert_allclose(coarse.predict(pictures), exact.predict(pictures), atol=1e-4)


def test_pixels_that_are_not_square_are_judged_as_they_lie_in_the_body(model, sample_study):
    (series,) = read(sample_study / "t2_tse_tra")
    pictures = np.asarray(series.pixels, dtype=float)
    expected, squeezed = model.predict(pictures), pictures[:, ::3]
    told = model.predict(squeezed, pixel_spacing=(3.0, 1.0))
    untold = model.predict(squeezed)
    assert np.abs(told - expected).mean() < 0.5 * np.abs(untold - expected).mean()


@pytest.mark.parametrize("half", [None, torch.bfloat16])
def test_a_network_that_is_twice_as_warm_is_half_as_sure(model, pictures, half):
    calibration = model.card.calibration
    warm = replace(calibration, temperature=2 * calibration.temperature)
    cool = replace(model, half=half)
    odds = [
        np.ptp(np.log(one.predict(pictures)), axis=1)
        for one in (cool, replace(cool, card=replace(model.card, calibration=warm)))
    ]
    np.testing.assert_allclose(odds[1], odds[0] / 2, rtol=0.1)


@pytest.mark.parametrize("picture", [np.zeros((64, 64)), np.random.default_rng(0).random((16, 16))])
def test_blank_slices_and_thumbnails_may_be_anything(model, picture):
    (said,), (weight,) = model.examine(picture[None])
    assert weight == 0
    np.testing.assert_allclose(said, 1 / len(model.classes), rtol=1e-6)
    decision = decide(by_class(model.classes, said), model.card.calibration.threshold)
    assert decision.sequence == "UNKNOWN"


def test_no_slices_give_no_rows(model):
    said, weights = model.examine(np.zeros((0, 64, 64)))
    assert said.shape == (0, len(model.classes))
    assert weights.shape == (0,)


@pytest.mark.parametrize("shape", [(64, 64), (2, 0, 64), (1, 2, 3, 4)])
def test_what_is_no_stack_of_slices_is_refused(model, shape):
    with pytest.raises(ValueError, match="rows, columns"):
        model.predict(np.zeros(shape))


@pytest.mark.parametrize(
    "spacing",
    [(6.0, 0.9, 0.9), (0.0, 1.0), (-1.0, 1.0), (np.nan, 1.0), (1.0,), 0.9, ("0.9", "0.9"), "11"],
)
def test_a_pixel_spacing_that_is_none_is_refused(model, pictures, spacing):
    with pytest.raises(ValueError, match="row, column"):
        model.predict(pictures, pixel_spacing=spacing)


def test_the_model_knows_at_least_the_common_sequences(model):
    assert {"T1", "T1C", "T2", "FLAIR", "PD", "DWI", "ADC", "BOLD", "T2STAR"} <= set(model.classes)
    assert model.card.limits
    assert model.card.training["groups"] > 100


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a CUDA device")
def test_a_missing_device_is_named_with_those_that_are_there():
    with pytest.raises(DeviceError, match=r"no cuda device; it has .*cpu"):
        load_model(device="cuda")


def test_a_shipped_file_that_was_changed_is_refused(tmp_path, monkeypatch):
    shutil.copytree(registry.WEIGHTS, tmp_path / "weights")
    monkeypatch.setattr(registry, "WEIGHTS", tmp_path / "weights")
    entry = registry.entries()[0]
    data = bytearray(entry.path.read_bytes())
    data[-1] ^= 1
    entry.path.write_bytes(data)
    with pytest.raises(ModelError, match=r"SHA-256.*install napari-mrseq again"):
        load_model(entry.name)


@pytest.mark.parametrize("content", [b"", b"not weights at all", b"\xff" * 64])
def test_a_file_that_holds_no_model_is_refused_by_name(tmp_path, content):
    path = tmp_path / "junk.safetensors"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"junk\.safetensors"):
        load_model(path)


@pytest.mark.parametrize("lost", [1, 1_000_000, 0.5, 0.99])
def test_a_truncated_weights_file_is_refused_by_name_before_its_weights_are_read(tmp_path, lost):
    path = tmp_path / "half.safetensors"
    whole = registry.entries()[0].path.read_bytes()
    path.write_bytes(whole[: -int(lost if lost >= 1 else lost * len(whole))])
    for look in (read_card, load_model):
        with pytest.raises(ModelError, match=r"half\.safetensors is damaged, incomplete.*again$"):
            look(path)


def test_a_header_that_names_no_weights_is_damaged(tmp_path):
    path = tmp_path / "odd.safetensors"
    whole = registry.entries()[0].path.read_bytes()
    path.write_bytes(whole.replace(b'"data_offsets"', b'"date_offsets"'))
    with pytest.raises(ModelError, match=r"odd\.safetensors is damaged, incomplete.*again$"):
        load_model(path)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("gone.safetensors", "gone.safetensors is not there; the models are: mrseq-1"),
        ("a/gone", "a/gone is not there; the models are: mrseq-1"),
        ("mrseq1", "mrseq1 is neither a file nor the name of a model; the models are: mrseq-1"),
    ],
)
def test_a_model_that_is_not_there_is_told_from_a_name_that_none_has(
    tmp_path, monkeypatch, name, told
):
    monkeypatch.setenv(registry.FOLDER_VARIABLE, str(tmp_path))
    with pytest.raises(ModelError) as error:
        load_model(name)
    assert str(error.value) == told


@pytest.mark.parametrize(("name", "save"), [("a.safetensors", save_file), ("a.pth", torch.save)])
def test_whole_weights_of_another_program_are_to_be_imported(tmp_path, name, save):
    save({"weight": torch.zeros(2)}, tmp_path / name)
    with pytest.raises(ModelError, match=rf"{name} .* import-checkpoint"):
        load_model(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "published"), [("efficientnet_lite0", 4_652_008), ("efficientnet_lite2", 6_092_072)]
)
def test_our_networks_are_as_large_as_those_of_their_paper(name, published):
    weights = sum(weight.numel() for weight in build(name, 1000).parameters())
    # One grey channel for three: of 32 filters of 3 by 3 two thirds are not there.
    assert weights == published - 2 * 32 * 3 * 3


def test_torchvision_networks_are_built_by_their_names():
    assert build("resnet18", 3)(torch.zeros(1, 3, 64, 64)).shape == (1, 3)
    with pytest.raises(ModelError, match="resnet18"):
        build("resnet19", 3)


def test_listing_models_does_not_import_torch():
    code = (
        "import sys; from napari_mrseq.model import registry; "
        "assert registry.model_names(); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
