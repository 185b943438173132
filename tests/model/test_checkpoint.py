"""An imported checkpoint answers as the program that made it would: plain torchvision."""

from __future__ import annotations

import argparse
import json
import math
import os
import pickle
import re
from pathlib import Path

import numpy as np
import pydicom
import pytest
import torch
from PIL import Image
from torchvision import models, transforms

import napari_mrseq as mrseq
from napari_mrseq.errors import ModelError
from napari_mrseq.model.card_file import read_card
from napari_mrseq.model.card_words import card_in_words
from napari_mrseq.model.checkpoint import import_checkpoint, read_state_dict
from napari_mrseq.model.registry import model_names
from napari_mrseq.model.torchvision_preparation import black, prepare_as_torchvision
from tests.program import program

CLASSES = ("T1", "T2", "FLAIR")
WINDOW = (150.0, 80.0)
PIPELINE = transforms.Compose(
    [
        transforms.Resize(256),
        transforms.CenterCrop(224),
        transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    ]
)


def random_network(name: str) -> torch.nn.Module:
    torch.manual_seed(3)
    network = models.get_model(name, weights=None, num_classes=3)
    # As untrained as it is, its answers must differ from picture to picture.
    with torch.no_grad():
        network.fc.weight.mul_(20)
    return network.eval()


def expected(network: torch.nn.Module, picture: Image.Image) -> np.ndarray:
    with torch.no_grad():
        return torch.softmax(network(PIPELINE(picture.convert("RGB"))[None]), 1)[0].numpy()


def windowed(pixels: np.ndarray) -> Image.Image:
    """The old program's window: DICOM's linear function, cast to bytes."""
    grey = ((pixels - (80 - 0.5)) / (150 - 1) + 0.5) * 255
    grey[pixels <= 80 - 0.5 - 149 / 2] = 0
    grey[pixels > 80 - 0.5 + 149 / 2] = 255
    return Image.fromarray(grey.astype(np.uint8))


@pytest.fixture(scope="module")
def network() -> torch.nn.Module:
    return random_network("resnet18")


@pytest.fixture(scope="module")
def imported(network, tmp_path_factory):
    folder = tmp_path_factory.mktemp("imported")
    torch.save(network.state_dict(), folder / "old.pkl")
    # What was imported before is replaced.
    (folder / "old.safetensors").touch()
    return import_checkpoint(
        folder / "old.pkl", "resnet18", CLASSES, folder / "old.safetensors", window=WINDOW
    )


@pytest.fixture
def import_saved(tmp_path):
    """Return a function that saves a checkpoint, ``old.pth``, and imports it."""

    def run(content, network="resnet18", classes=CLASSES, *, window=None) -> Path:
        torch.save(content, tmp_path / "old.pth")
        target = tmp_path / "new.safetensors"
        return import_checkpoint(tmp_path / "old.pth", network, classes, target, window=window)

    return run


def probabilities(path, model) -> np.ndarray:
    (series,) = mrseq.read(path)
    return np.array(list(mrseq.classify(series, model).probabilities.values()))


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("shape", [(300, 400), (90, 64), (256, 256)])
def test_pictures_get_the_answers_of_plain_torchvision(imported, network, tmp_path, shape, mode):
    grey = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    path = tmp_path / "picture.png"
    Image.fromarray(np.sort(grey, axis=1)).convert(mode).save(path)
    with Image.open(path) as picture:
        wanted = expected(network, picture)
    found = probabilities(path, mrseq.load_model(imported, device="cpu"))
    np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_dicom_goes_through_the_window_first(imported, network, sample_study):
    model = mrseq.load_model(imported, device="cpu")
    path = sorted((sample_study / "t2_tse_tra").iterdir())[7]
    wanted = expected(network, windowed(pydicom.dcmread(path).pixel_array.astype(float)))
    np.testing.assert_allclose(probabilities(path, model), wanted, atol=1e-4)


@pytest.mark.parametrize("window", [None, WINDOW])
def test_values_that_are_no_numbers_are_black_and_endless_ones_the_ends(window):
    finite = np.tile(np.arange(-100.0, 200.0), (1, 200, 1))
    odd = finite.copy()
    odd[:, :50, 99:], finite[:, :50, 99:] = np.nan, -100
    odd[:, 50:90, 99:], finite[:, 50:90, 99:] = -np.inf, -100
    odd[:, 90:120, :99], finite[:, 90:120, :99] = np.inf, 199
    seen, nothing = (
        prepare_as_torchvision(slices, window) for slices in (odd, np.full_like(odd, np.nan))
    )
    torch.testing.assert_close(seen, prepare_as_torchvision(finite, window))
    torch.testing.assert_close(nothing, black().expand_as(nothing))


def test_eight_bit_dicom_goes_through_the_window_as_well(imported, network, sample_study, tmp_path):
    dataset = pydicom.dcmread(sorted((sample_study / "t2_tse_tra").iterdir())[7])
    pixels = (dataset.pixel_array / dataset.pixel_array.max() * 255).astype(np.uint8)
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    dataset.PixelData, dataset["PixelData"].VR = pixels.tobytes(), "OB"
    dataset.save_as(tmp_path / "eight.dcm")
    wanted = expected(network, windowed(pixels.astype(float)))
    found = probabilities(tmp_path / "eight.dcm", mrseq.load_model(imported, device="cpu"))
    np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_the_old_programs_own_network_is_imported_whole(import_saved, tmp_path):
    network = random_network("resnet152")
    path = import_saved(network.state_dict(), "resnet152")
    picture = Image.fromarray(np.tile(np.arange(256, dtype=np.uint8), (200, 1)))
    picture.save(tmp_path / "ramp.png")
    found = probabilities(tmp_path / "ramp.png", mrseq.load_model(path, device="cpu"))
    np.testing.assert_allclose(found, expected(network, picture), atol=1e-4)


def test_a_network_that_asks_which_version_its_weights_are_of_is_loaded(import_saved, tmp_path):
    torch.manual_seed(3)
    network = models.mnasnet0_5(num_classes=3).eval()
    path = import_saved(network.state_dict(), "mnasnet0_5")
    picture = Image.fromarray(np.tile(np.arange(256, dtype=np.uint8), (200, 1)))
    picture.save(tmp_path / "ramp.png")
    found = probabilities(tmp_path / "ramp.png", mrseq.load_model(path, device="cpu"))
    np.testing.assert_allclose(found, expected(network, picture), atol=1e-4)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda weights: {f"module.{name}": tensor for name, tensor in weights.items()},
        lambda weights: {"state_dict": weights, "ema": {"decay": torch.tensor(0.9)}},
        lambda weights: {"model": {f"model.net.{name}": t for name, t in weights.items()}},
        lambda weights: {n: t for n, t in weights.items() if "num_batches" not in n},
        lambda weights: {"best_acc": 0.9, "best_model_wts": weights, "optimizer": {"state": {}}},
        lambda weights: {"run": {"weights": weights}},
        lambda weights: (
            {"n_averaged": torch.tensor(5)} | {f"module.{n}": t for n, t in weights.items()}
        ),
    ],
    ids=["parallel", "nested", "nested twice", "before 0.4.1", "any name", "any two", "averaged"],
)
def test_state_dicts_are_found_however_they_were_saved(network, imported, import_saved, wrap):
    path = import_saved(wrap(network.state_dict()))
    picture = np.tile(np.arange(256, dtype=np.uint8), (1, 200, 1))
    np.testing.assert_allclose(
        mrseq.load_model(path, "cpu").predict(picture),
        mrseq.load_model(imported, "cpu").predict(picture),
        atol=1e-6,
    )


def test_a_state_dict_pickled_without_torch_save_is_read_too(network, tmp_path):
    weights = network.state_dict()
    (tmp_path / "plain.pkl").write_bytes(pickle.dumps({"state_dict": weights}))
    read = read_state_dict(tmp_path / "plain.pkl")
    assert read.keys() == weights.keys()
    assert all(torch.equal(read[name], tensor) for name, tensor in weights.items())


class Runs:
    """What a hostile file does when it is unpickled."""

    def __init__(self, mark: Path):
        self.mark = mark

    def __reduce__(self):
        return os.mkdir, (str(self.mark),)


def test_a_pickle_that_could_run_something_is_refused_and_not_run(network, import_saved, tmp_path):
    mark = tmp_path / "was-run"
    for content in ({"state_dict": network.state_dict(), "also": Runs(mark)}, network):
        with pytest.raises(ModelError, match=r"old\.pth .*refused.*state_dict"):
            import_saved(content)
    (tmp_path / "plain.pkl").write_bytes(pickle.dumps(Runs(mark)))
    with pytest.raises(ModelError, match="refused"):
        import_checkpoint(tmp_path / "plain.pkl", "resnet18", CLASSES, tmp_path / "new.safetensors")
    assert not mark.exists()
    assert not (tmp_path / "new.safetensors").exists()


@pytest.mark.parametrize(
    ("name", "classes", "window", "told"),
    [
        ("resnet18", ("T1", "T2"), None, "3 outputs .* 2 classes"),
        ("resnet50", CLASSES, None, "is no resnet50: it lacks"),
        ("resnet18", ("T1", "T1", "T2"), None, "different class names"),
        ("efficientnet_lite0", CLASSES, None, "own"),
        ("resnet18", CLASSES, (0.0, 80.0), "width"),
        ("resnet18", CLASSES, (math.nan, 80.0), "width"),
        ("resnet18", CLASSES, (math.inf, 80.0), "width"),
        ("resnet18", CLASSES, (150.0, math.nan), "level"),
        ("inception_v3", CLASSES, None, "is no inception_v3: it lacks"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(network, import_saved, name, classes, window, told):
    with pytest.raises(ModelError, match=told):
        import_saved(network.state_dict(), name, classes, window=window)


@pytest.mark.parametrize("content", [lambda net: net, lambda net: {"model": net.state_dict(),
    "args": argparse.Namespace(rate=0.1)}], ids=["network", "arguments"])  # fmt: skip
def test_what_an_old_torch_saved_beside_weights_is_told_as_that(network, tmp_path, content):
    old = tmp_path / "old.pkl"
    torch.save(content(network), old, _use_new_zipfile_serialization=False)
    with pytest.raises(ModelError, match=r"holds more than weights.*refused"):
        import_checkpoint(old, "resnet18", CLASSES, tmp_path / "x.safetensors")


@pytest.mark.filterwarnings("ignore:torch.*_per_tensor", "ignore:.*deprecated")
@pytest.mark.parametrize(
    ("packed", "told"),
    [
        (lambda bias: (bias * 100).char(), "whole numbers"),
        (lambda bias: bias.to_sparse(), "sparse"),
        (lambda bias: bias.to("meta"), "empty"),
        (lambda bias: torch.complex(bias, bias), "complex"),
        (lambda bias: torch.quantize_per_tensor(bias, 0.1, 0, torch.qint8), "quantised"),
        (lambda bias: bias[0], r"fc\.bias has the shape \(\)"),
        (lambda bias: bias[:1], "one output .* can't be imported"),
    ],
    ids=["int8", "sparse", "meta", "complex", "quantised", "scalar", "one"],
)
def test_weights_that_are_not_the_networks_own_are_refused(network, import_saved, packed, told):
    weights = network.state_dict()
    with pytest.raises(ModelError, match=rf"old\.pth .*{told}"):
        import_saved(weights | {"fc.bias": packed(weights["fc.bias"])})


@pytest.mark.parametrize(
    "content", [b"", b"junk", b"hello", b"PK\x03\x04broken", b"\xff\xd8\xff\xe0JFIF"]
)
def test_a_file_that_is_no_checkpoint_is_refused_by_name(tmp_path, content):
    (tmp_path / "junk.pth").write_bytes(content)
    with pytest.raises(ModelError, match=r"junk\.pth") as refusal:
        import_checkpoint(tmp_path / "junk.pth", "resnet18", CLASSES, tmp_path / "x.safetensors")
    # Unpickling tells of some as "()" or "(101)".
    assert not re.search(r"\(\d*\)", str(refusal.value))
    # Nothing in it could run: that it holds more than weights would be no cause.
    assert "not a checkpoint" in str(refusal.value)


def test_a_checkpoint_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ModelError, match=r"absent\.pth can't be read: No such file"):
        read_state_dict(tmp_path / "absent.pth")


def test_a_name_that_no_model_of_ones_own_can_have_is_refused_at_once(network, tmp_path):
    torch.save(network.state_dict(), tmp_path / "old.pkl")
    for name in ("default", model_names()[0]):
        output = tmp_path / f"{name}.safetensors"
        with pytest.raises(ModelError, match=name):
            import_checkpoint(tmp_path / "old.pkl", "resnet18", CLASSES, output)
        assert not output.exists()


def test_the_command_line_imports_and_classifies_with_it(network, tmp_path):
    torch.save(network.state_dict(), tmp_path / "old.pkl")
    Image.fromarray(np.tile(np.arange(256, dtype=np.uint8), (200, 1))).save(tmp_path / "a.png")
    done = program(
        tmp_path, "import-checkpoint", "old.pkl", "--network", "resnet18", "--classes",
        "T1, T2,FLAIR", "--window", "150, 80", "--output", "site.safetensors",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert read_card(tmp_path / "site.safetensors").window == WINDOW
    assert "Imported   from old.pkl" in card_in_words(tmp_path / "site.safetensors")
    words = ("classify", "a.png", "--model", "site.safetensors", "--format", "json")
    done = program(tmp_path, *words)
    (record,) = json.loads(done.stdout)
    assert list(record["probabilities"]) == ["T1", "T2", "FLAIR"]
    assert record["model"]["name"] == "site"


@pytest.mark.parametrize("written", ["unknown", "Unknown", "UNKNOWN"])
def test_a_network_that_says_unknown_accuses_no_header_however_that_is_written(
    network, sample_study, tmp_path, written
):
    weights = network.state_dict() | {"fc.weight": torch.zeros(4, 512)}
    weights["fc.bias"] = torch.tensor([0.02, 0.0005, 0.0005, 0.979]).log()
    torch.save(weights, tmp_path / "old.pth")
    done = program(tmp_path, "import-checkpoint", "old.pth", "--network", "resnet18", "--classes",
                   f"T1,T2,FLAIR,{written}", "--output", "site.safetensors")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "a class of your own" not in done.stderr
    model = mrseq.load_model(tmp_path / "site.safetensors", "cpu")
    assert model.classes[-1] == "UNKNOWN"
    verdicts = [mrseq.classify(series, model, fast=True) for series in mrseq.read(sample_study)]
    assert {verdict.pixels.sequence for verdict in verdicts} == {"UNKNOWN"}
    assert not any(verdict.conflict for verdict in verdicts)


@pytest.mark.filterwarnings("ignore:The default weight initialization:FutureWarning")
def test_what_weights_do_not_tell_of_a_network_is_said(network, tmp_path):
    for name, weights in (
        ("googlenet", models.googlenet(num_classes=2, init_weights=False).state_dict()),
        ("resnet18", network.state_dict()),
    ):
        torch.save(weights, tmp_path / "old.pth")
        classes = "T1,T2" if name == "googlenet" else "T1,T2,FLAIR"
        done = program(tmp_path, "import-checkpoint", "old.pth", "--network", name, "--classes",
                       classes, "--output", "new.safetensors")  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert ("transform_input=True" in done.stderr) == (name == "googlenet")


def test_weights_that_are_no_numbers_are_refused(network, import_saved, tmp_path):
    words = r"old\.pth: the weights fc\.bias are not all numbers: .* Take another copy"
    with pytest.raises(ModelError, match=words):
        import_saved(network.state_dict() | {"fc.bias": torch.full((3,), torch.nan)})
    assert not (tmp_path / "new.safetensors").exists()


def test_answers_that_are_no_numbers_are_given_no_name(network, sample_study, import_saved):
    file = import_saved(network.state_dict() | {"bn1.running_var": torch.full((64,), -1.0)})
    with pytest.raises(ModelError, match="no number"):
        mrseq.classify(mrseq.read(sample_study)[0], mrseq.load_model(file, "cpu"))


def test_of_two_networks_in_one_checkpoint_none_is_taken(network, import_saved):
    weights = network.state_dict()
    with pytest.raises(ModelError, match="no named weights"):
        import_saved({"teacher": weights, "student": weights})


def as_part(weights, *names):
    return {f"{name}.{key}": tensor for name in names for key, tensor in weights.items()}


@pytest.mark.parametrize(
    ("saved", "advised"),
    [
        (
            lambda w: as_part(w, "model") | {"criterion.weight": torch.ones(3)},
            r"a part .* \(model\.\): .* torch\.save\(whole\.model\.state_dict\(\), FILE\)",
        ),
        (
            lambda w: as_part(w, "net", "ema.net"),
            r"a part .* \(net\., ema\.net\.\): .*whole\.net\.state_dict",
        ),
        (
            lambda w: {n.replace("fc.", "fc.1."): tensor for n, tensor in w.items()},
            r"Its last layer is fc\.1, a part of fc: if nothing but dropout .* place of fc",
        ),
    ],
    ids=["lightning", "average", "sequential"],
)
def test_how_to_save_the_network_alone_is_told_where_it_is_a_part_of_a_checkpoint(
    network, import_saved, saved, advised
):
    with pytest.raises(ModelError, match=rf"old\.pth is no resnet18: .*{advised}"):
        import_saved({"state_dict": saved(network.state_dict())})


def test_others_may_read_a_weights_file_as_any_other_file(imported):
    usual = imported.with_name("usual")
    usual.touch()
    assert imported.stat().st_mode == usual.stat().st_mode


@pytest.mark.parametrize("name", ["weights", "a."])
def test_weights_that_are_called_nothing_are_refused(import_saved, name):
    with pytest.raises(ModelError, match="is no resnet18"):
        import_saved({name: torch.ones(3)})


def test_a_checkpoint_is_not_written_over(network, tmp_path):
    old = tmp_path / "old.pth"
    torch.save(network.state_dict(), old)
    before = old.read_bytes()
    with pytest.raises(ModelError, match="another name"):
        import_checkpoint(old, "resnet18", CLASSES, old)
    assert old.read_bytes() == before


def test_a_folder_that_is_not_there_is_told_by_the_name_that_was_given(network, tmp_path):
    torch.save(network.state_dict(), tmp_path / "old.pth")
    target = tmp_path / "absent" / "old.safetensors"
    with pytest.raises(ModelError) as refused:
        import_checkpoint(tmp_path / "old.pth", "resnet18", CLASSES, target)
    assert str(refused.value) == f"{target} can't be written: No such file or directory"


def test_a_dictionary_that_holds_itself_is_refused(import_saved):
    content = {}
    content["model"] = content
    with pytest.raises(ModelError, match="no named weights"):
        import_saved(content)
