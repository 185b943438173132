"""The user's own models: their folder, their hashes, their cards in words."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from napari_mrseq import load_model
from napari_mrseq.errors import ModelError
from napari_mrseq.model import registry
from napari_mrseq.model.card import KEY, Card
from napari_mrseq.model.card_file import file_hash, read_card
from napari_mrseq.model.card_words import card_in_words
from napari_mrseq.model.networks import LITE, build
from napari_mrseq.model.weights_file import read_weights
from tests.program import program

PROGRAM = Path(sys.executable).parent / "napari-mrseq"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    # As the manual calls it; neither folder is there yet.
    monkeypatch.setenv("NAPARI_MRSEQ_MODELS", str(tmp_path / "mine" / "models"))
    return tmp_path / "mine" / "models"


def weights_file(
    path: Path, name: str, classes: tuple[str, ...] = ("KNEE", "HEART", "UNKNOWN"), **more
) -> Path:
    card = Card(name, "2.0", LITE, classes, 129, **more)
    save_file(build(LITE, len(classes)).state_dict(), path, metadata={KEY: card.to_json()})
    return path


def test_a_model_is_added_found_by_name_and_removed(folder, tmp_path):
    source = weights_file(tmp_path / "a file.safetensors", "knees")
    entry = registry.add(source)
    assert entry.path.parent == folder
    assert registry.model_names()[-1] == "knees"
    assert registry.entries()[-1] == entry
    source.unlink()
    assert load_model("knees", device="cpu").classes == ("KNEE", "HEART", "UNKNOWN")
    registry.remove("knees")
    assert "knees" not in registry.model_names()
    assert list(folder.iterdir()) == []


def test_the_home_of_the_user_is_meant_by_a_tilde(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("NAPARI_MRSEQ_MODELS", "~/models")
    source = weights_file(tmp_path / "knees.safetensors", "knees")
    assert registry.find("~/knees.safetensors")[0] == source
    assert registry.add(source).path == tmp_path / "models" / "knees.safetensors"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "words",
    [("models", "--add"), ("models", "--card"), ("export-onnx", "--output", "x.onnx", "--model")],
)
@pytest.mark.parametrize("name", ["run", "run.safetensors"])
def test_a_folder_is_told_to_be_none_of_the_models(tmp_path, name, words):
    (tmp_path / name).mkdir()
    done = program(tmp_path, *words, name)
    assert done.returncode == 2
    assert f"{name} is a folder" in done.stderr


def test_an_empty_name_is_no_folder_where_one_stands(tmp_path):
    done = program(tmp_path, "models", "--card", "")
    assert "is neither a file nor the name of a model" in done.stderr


def test_a_file_of_any_ending_is_found_once_added(folder, tmp_path):
    entry = registry.add(weights_file(tmp_path / "w.bin", "knees"))
    assert entry.path.parent == folder
    assert load_model("knees", device="cpu").name == "knees"


def test_a_model_that_was_changed_is_refused_and_the_others_are_still_listed(folder, tmp_path):
    for name in ("ankles", "knees"):
        registry.add(weights_file(tmp_path / "w.safetensors", name))
    changed = folder / "ankles.safetensors"
    content = bytearray(changed.read_bytes())
    content[-1] ^= 1
    changed.write_bytes(content)
    with pytest.raises(ModelError, match=r"SHA-256.*--remove ankles"):
        load_model("ankles")
    done = program(tmp_path, "models")
    assert done.returncode == 1
    assert "ankles" in done.stderr
    assert "knees  KNEE, HEART, UNKNOWN" in done.stdout


def test_a_model_whose_kept_hash_is_lost_is_refused(folder, tmp_path):
    registry.add(weights_file(tmp_path / "w.safetensors", "knees"))
    (folder / "knees.safetensors.sha256").write_text("")
    with pytest.raises(ModelError, match=r"knees\.safetensors was changed"):
        load_model("knees")


def test_a_file_that_lies_in_the_folder_already_is_added_where_it_lies(folder):
    folder.mkdir(parents=True)
    path = weights_file(folder / "knees.safetensors", "knees")
    content = path.read_bytes()
    assert registry.add(path).path == path
    assert path.read_bytes() == content
    path.write_bytes(content[:-1] + b"x")
    with pytest.raises(ModelError, match="was changed since it was added"):
        load_model("knees")


def test_weights_that_were_read_let_go_of_their_file(tmp_path):
    # Windows replaces no file that is seen through memory: no training could write its card.
    path = weights_file(tmp_path / "w.safetensors", "knees")
    weights = read_weights(path)
    before = {name: tensor.clone() for name, tensor in weights.items()}
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
    assert all(torch.equal(tensor, before[name]) for name, tensor in weights.items())


@pytest.mark.parametrize("later", [{"preparation": "cubes"}, {"colour": "blue"}])
def test_a_card_of_a_later_version_is_refused_with_its_file(tmp_path, later):
    path = weights_file(tmp_path / "w.safetensors", "knees")
    card = json.loads(read_card(path).to_json()) | later
    save_file({"weight": torch.zeros(2)}, path, metadata={KEY: json.dumps(card)})
    with pytest.raises(ModelError, match=r"w\.safetensors .*install a newer one"):
        load_model(path)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("classes", ["KNEE", "KNEE", "HEART"]),
        ("classes", ["KNEE", "", "HEART"]),
        ("classes", ["KNEE", 2, "HEART"]),
        ("classes", []),
        ("input_size", 0),
        ("input_size", "129"),
        ("window", [150]),
        ("window", [0, 80]),
        ("temperature", 0),
        ("temperature", -1),
        ("temperature", math.nan),
        ("series_temperature", -1),
        ("threshold", math.nan),
        ("series_threshold", "half"),
        ("denials", [1]),
        ("denials", {"T1": "x"}),
        ("name", None),
        ("version", 2),
        ("limits", None),
        ("training", ["pictures"]),
        ("figures", 0.9),
    ],
)
def test_a_card_that_would_give_wrong_answers_is_refused_with_its_file(tmp_path, field, value):
    path = weights_file(tmp_path / "w.safetensors", "knees")
    card = json.loads(read_card(path).to_json())
    (card["calibration"] if field in card["calibration"] else card)[field] = value
    save_file(read_weights(path), path, metadata={KEY: json.dumps(card)})
    for use in (load_model, card_in_words):
        with pytest.raises(ModelError, match=r"w\.safetensors .*can read .*install a newer one"):
            use(path)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"classifier.bias": torch.zeros(5)}, r"classifier\.bias has the shape \(5,\), not \(3,\)"),
        ({"classifier.bias": None}, r"classifier\.bias is missing"),
        ({"fc.bias": torch.zeros(5)}, r"fc\.bias is none of its weights"),
    ],
)
def test_weights_that_are_not_those_of_their_card_are_told_in_a_line(tmp_path, change, told):
    path = weights_file(tmp_path / "w.safetensors", "knees")
    card = read_card(path).to_json()
    weights = {name: t for name, t in (read_weights(path) | change).items() if t is not None}
    save_file(weights, path, metadata={KEY: card})
    with pytest.raises(ModelError, match=rf"w\.safetensors .* with 3 classes \({told}\)") as error:
        load_model(path, device="cpu")
    assert "\n" not in str(error.value)


def test_a_file_put_into_the_folder_by_hand_is_a_model(folder, tmp_path):
    folder.mkdir(parents=True)
    shutil.copy(
        weights_file(tmp_path / "w.safetensors", "whatever"), folder / "by-hand.safetensors"
    )
    assert load_model("by-hand", device="cpu").name == "whatever"
    # No hash of it was kept that would have to go with it.
    registry.remove("by-hand")
    assert list(folder.iterdir()) == []


def test_of_two_files_of_one_name_none_is_taken_and_both_are_named(folder, tmp_path):
    folder.mkdir(parents=True)
    path = weights_file(folder / "knees.safetensors", "whatever")
    shutil.copy(path, folder / "knees.onnx")
    for use in (load_model, registry.remove, registry.stamp_of):
        with pytest.raises(ModelError, match=r"knees is the name of .*\.onnx and .*\.safetensors"):
            use("knees")
    assert load_model(path, device="cpu").name == "whatever"
    assert registry.model_names().count("knees") == 1
    done = program(tmp_path, "models")
    assert done.returncode == 1
    assert f"{path}: name one by its file, or rename one" in done.stderr
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("which", [0, 1])
def test_a_file_called_as_what_ships_is_not_taken_and_is_named(folder, tmp_path, which):
    name = (registry.model_names()[0], "default")[which]
    folder.mkdir(parents=True)
    path = weights_file(folder / f"{name}.safetensors", "whatever")
    assert registry.find(name)[0] == registry.entries()[0].path
    done = program(tmp_path, "models")
    assert done.returncode == 1
    assert f"{name} is the model that came with napari-mrseq, not {path}" in done.stderr
    with pytest.raises(ModelError, match="only your own can be removed"):
        registry.remove(name)
    assert path.is_file()


def test_a_file_as_folder_of_models_is_told_and_what_ships_is_still_found(folder, tmp_path):
    folder.parent.mkdir()
    folder.write_text("no folder")
    weights_file(tmp_path / "w.safetensors", "knees")
    told = f"{folder} is not a folder to keep models in: set NAPARI_MRSEQ_MODELS to one"
    for words in ((), ("--add", "w.safetensors"), ("--remove", "knees"), ("--card", "knees")):
        done = program(tmp_path, "models", *words)
        assert done.returncode == 2
        assert told in done.stderr
    assert load_model(device="cpu").name in registry.model_names()


def test_what_a_mac_keeps_beside_a_model_on_a_shared_drive_is_none(folder, tmp_path):
    registry.add(weights_file(tmp_path / "1.safetensors", "knees"))
    (folder / "._knees.safetensors").write_bytes(b"\0\x05\x16\x07\0\2\0\0Mac OS X        ")
    done = program(tmp_path, "models")
    assert (done.returncode, done.stderr) == (0, "")
    assert "knees" in registry.model_names()


@pytest.mark.usefixtures("folder")
def test_a_name_is_given_once(tmp_path):
    first = weights_file(tmp_path / "1.safetensors", "knees")
    registry.add(first)
    assert registry.add(first).name == "knees"
    second = weights_file(tmp_path / "2.safetensors", "knees")
    with pytest.raises(ModelError, match="another model called knees"):
        registry.add(second)
    # The file systems of Windows and macOS would put it in the other's place.
    with pytest.raises(ModelError, match="another model called knees"):
        registry.add(weights_file(tmp_path / "4.safetensors", "KNEES"))
    shipped = registry.model_names()[0]
    with pytest.raises(ModelError, match=r"another model called .*: use the file where it lies"):
        registry.add(weights_file(tmp_path / "3.safetensors", shipped))


def test_a_file_that_is_not_there_is_named_once(tmp_path):
    absent = tmp_path / "absent.safetensors"
    with pytest.raises(ModelError) as refused:
        registry.add(absent)
    assert str(refused.value) == f"{absent} can't be read: No such file or directory"


@pytest.mark.parametrize("name", ["../out", "default", "", "..", ".", "._mine"])
def test_a_name_that_is_no_file_name_is_refused(folder, tmp_path, name):
    with pytest.raises(ModelError, match="can't name a model"):
        registry.add(weights_file(tmp_path / "w.safetensors", name))
    assert not folder.exists()


def test_a_training_under_a_name_that_can_not_be_added_is_refused_at_once(tmp_path):
    for name in ("default", registry.model_names()[0]):
        done = program(tmp_path, "train", "nothing", "--output", "run", "--name", name)
        assert done.returncode == 2
        assert "model" in done.stderr.splitlines()[-1]
        assert name in done.stderr
        assert "nothing" not in done.stderr


def test_what_ships_and_what_is_not_there_cannot_be_removed(folder):
    with pytest.raises(ModelError, match="came with"):
        registry.remove(registry.model_names()[0])
    with pytest.raises(ModelError, match="no model of yours"):
        registry.remove("nothing")
    assert not folder.exists()


def test_without_the_variable_the_folder_is_the_users(monkeypatch):
    monkeypatch.delenv(registry.FOLDER_VARIABLE, raising=False)
    assert "napari-mrseq" in registry.user_folder().parts


def test_the_card_in_words_says_what_a_person_asks(tmp_path):
    path = weights_file(
        tmp_path / "w.safetensors",
        "knees",
        training={"pictures": 90, "groups": 12, "start": "ImageNet", "recipe": {"held_out": 2}},
        figures={"slices": {"cases": 20, "measures": {"accuracy": 0.875, "macro F1": 0.8}}},
    )
    told = card_in_words(path)
    for part in ("knees 2.0", "KNEE, HEART, unknown", "90 slices of 12 groups", "ImageNet"):
        assert part in told
    for part in ("fold 2", "87.5%", "Not for diagnosis", file_hash(path)):
        assert part in told
    assert "not yet" in card_in_words(weights_file(tmp_path / "u.safetensors", "new"))


def test_the_card_in_words_counts_one_as_one(tmp_path):
    path = weights_file(tmp_path / "w.safetensors", "knees", training={"pictures": 5, "groups": 1})
    assert "5 slices of 1 group\n" in card_in_words(path)


def test_the_card_in_words_names_the_model_before_and_measures_series(tmp_path):
    start = {"model": "ankles", "version": "1.5", "held_out": None, "training": {}}
    figures = {"series": {"cases": 7, "measures": {"family accuracy": 0.9}}}
    path = weights_file(
        tmp_path / "w.safetensors", "knees", training={"start": start}, figures=figures
    )
    told = card_in_words(path).splitlines()
    assert "Started    from ankles 1.5" in told
    assert "Measured   7 series: family accuracy 90.0%" in told


def test_what_the_card_tells_of_the_likeliest_is_not_called_accuracy(tmp_path):
    # `evaluate` calls accuracy what is lower: there unknown is wrong.
    figures = {"slices": {"cases": 20, "forced": {"member, all": 0.875}}}
    told = card_in_words(weights_file(tmp_path / "w.safetensors", "knees", figures=figures))
    assert "right where the likeliest is taken 87.5%" in told
    assert "accuracy" not in told


@pytest.mark.parametrize(
    "told",
    [
        {"training": {"pictures": 3}},
        {"training": {"start": {"a": 1}}},
        {"training": {"recipe": "x"}},
        {"figures": {"slices": 3}},
        {"figures": {"slices": {"measures": {"accuracy": 0.5}}}},
        {"figures": {"slices": {"cases": 3, "measures": {"accuracy": "high"}}}},
    ],
)
def test_a_card_that_cannot_be_put_in_words_is_told_with_its_file(tmp_path, told):
    path = weights_file(tmp_path / "w.safetensors", "knees", **told)
    with pytest.raises(ModelError, match=r"w\.safetensors .*can read .*install a newer one"):
        card_in_words(path)


def test_names_of_classes_and_files_do_not_steer_the_terminal(folder, tmp_path):
    registry.add(
        weights_file(
            tmp_path / "w.safetensors", "o\x1bd", classes=("KNEE\x1b[31m", "\x07B", "C\nD")
        )
    )
    for words in (("models",), ("models", "--card", "o\x1bd")):
        told = program(tmp_path, *words).stdout
        assert "KNEE" in told
        assert re.search(r"[\x00-\x09\x0b-\x1f]|C\n", told) is None
    (folder / "cut\x1b[31m.safetensors").write_bytes(b"cut off")
    told = program(tmp_path, "models").stderr
    assert "cut [31m can't be used" in told
    assert "\x1b" not in told


def test_the_command_line_adds_lists_describes_and_removes(folder, tmp_path):
    weights_file(tmp_path / "w.safetensors", "knees")

    def run(*arguments):
        return program(tmp_path, "models", *arguments)

    assert run("--add", "w.safetensors").returncode == 0
    path = folder / "knees.safetensors"
    *_, named, placed = run().stdout.splitlines()
    assert re.fullmatch(r"knees  KNEE, HEART, UNKNOWN  \d+\.\d MB", named)
    assert placed.split() == [file_hash(path), str(path)]
    assert "KNEE, HEART, unknown" in run("--card", "knees").stdout
    assert run("--remove", "knees").returncode == 0
    assert "knees" not in run().stdout
    assert run("--remove", "knees").returncode == 2
    assert run("--add", "w.safetensors", "--remove", "knees").returncode == 2


def test_a_model_with_other_classes_is_usable_in_another_process(folder, tmp_path, sample_study):
    registry.add(weights_file(tmp_path / "w.safetensors", "knees"))
    path = sorted((sample_study / "t2_tse_tra").iterdir())[0]
    done = subprocess.run(
        [PROGRAM, "classify", path, "--model", "knees", "--format", "csv"],
        capture_output=True, text=True, env=os.environ | {registry.FOLDER_VARIABLE: str(folder)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "p_KNEE" in done.stdout
    assert torch.is_tensor(next(load_model("knees", "cpu").network.parameters()))
