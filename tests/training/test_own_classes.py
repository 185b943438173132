"""The command line trains classes of a user's own, with folds left out, stopped and gone on."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from napari_mrseq.model.card_file import read_card
from napari_mrseq.training.run import FIGURES
from tests.program import program

from .stripes import stripes

PROGRAM = Path(sys.executable).parent / "napari-mrseq"
LABELS = ("T1", "T2", "Knee")
# Four subjects, whose names are dealt into the folds 2, 1, 0 and 1 of five.
SUBJECTS = ("a", "b", "c", "d")
SHORTEST = ("train", "site", "--output", "run", "--epochs", "1", "--draws", "64")


@pytest.fixture
def site(tmp_path):
    for label in LABELS:
        for number, subject in enumerate(SUBJECTS):
            path = tmp_path / "site" / label / subject / "1.png"
            path.parent.mkdir(parents=True)
            Image.fromarray(stripes(label, number, number)).save(path)
    return tmp_path / "site"


@pytest.fixture
def train(site):
    return lambda *words: program(site.parent, *SHORTEST, *words)


def test_own_names_beside_the_vocabularys_are_measured_on_the_fold_held_out(site, train):
    done = train("--held-out", "0")
    assert done.returncode == 0, done.stderr
    card = read_card(site.parent / "run" / "fold-0" / "model.safetensors")
    assert card.classes == ("T1", "T2", "Knee", "UNKNOWN")
    assert set(card.calibration.denials) == {"T1", "T2", "Knee"}
    # The subject c was held out: the others would flatter the model.
    weights = "run/fold-0/model.safetensors"
    done = program(site.parent, "evaluate", "site", "--model", weights, "--output", "out")
    assert done.returncode == 0, done.stderr
    figures = json.loads((site.parent / "out" / "figures.json").read_text())
    assert figures["slices"]["measures"]["cases"] == len(LABELS)
    assert figures["measured on"] == "1 of 4 groups, never trained on"
    for text in (done.stderr, (site.parent / "out" / "evaluation.html").read_text()):
        assert "1 of 4 groups, never trained on" in text


def test_a_cross_validation_goes_on_after_a_stop_in_its_second_fold(site, train):
    whole = train("--folds", "2")
    assert whole.returncode == 0, whole.stderr
    shutil.rmtree(site.parent / "run" / "fold-1")
    done = train("--folds", "2", "--resume")
    assert done.returncode == 0, done.stderr
    # The first fold was whole: it is measured, not trained again.
    assert done.stderr.count("epoch 1 of 1") == 1
    assert done.stdout == whole.stdout
    assert re.search(r"slices right, fold by fold: \S+%, \S+%; mean \S+%", done.stdout)
    nothing = train("--folds", "2", "--resume", "--output", "other")
    assert nothing.returncode == 2
    assert "nothing to go on from" in nothing.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGTERM", 143)])
@pytest.mark.usefixtures("signals_heard")
def test_a_training_stopped_when_an_epoch_is_told_goes_on_after_it(site, name, status):
    command = [PROGRAM, *SHORTEST, "--epochs", "3"]
    with subprocess.Popen(command, cwd=site.parent, stderr=subprocess.PIPE, text=True) as running:
        told = []
        for line in running.stderr:
            told.append(line)
            if line.startswith("epoch 1 of 3"):
                running.send_signal(getattr(signal, name))
    assert running.returncode == status
    assert told[-1].startswith("stopped after epoch ")
    kept = int(told[-1].split()[3])
    done = program(site.parent, *SHORTEST, "--epochs", "3", "--resume")
    assert done.returncode == 0, done.stderr
    epochs = [line.split()[1] for line in done.stderr.splitlines() if line.startswith("epoch")]
    assert epochs == [str(number) for number in range(kept + 1, 4)]


def test_a_file_that_is_gone_is_told_before_anything_is_prepared(site, train):
    assert train().returncode == 0
    catalogue = site.parent / "run" / "catalogue.csv"
    (site / "Knee" / "a" / "1.png").unlink()
    command = ("train", catalogue, "--output", "other", "--epochs", "1", "--draws", "64")
    done = program(site.parent, *command)
    assert done.returncode == 2
    assert f"not there: {site / 'Knee' / 'a' / '1.png'} (paths are relative" in done.stderr
    assert "preparing" not in done.stderr


def test_pictures_that_cannot_be_read_are_named_at_once_and_the_others_trained_on(site, train):
    broken = [site / "Knee" / "a" / "1.png", site / "T1" / "c" / "1.png"]
    for picture in broken:
        picture.write_bytes(picture.read_bytes()[:-500])
    done = train("--held-out", "0")
    assert done.returncode == 0, done.stderr
    before = done.stderr.partition("preparing 10 pictures")[0]
    assert "2 of 12 pictures left out, which can't be read" in before
    for picture in broken:
        assert before.count(f"left out: {picture}: picture can't be decoded") == 1
    weights = site.parent / "run" / "fold-0" / "model.safetensors"
    assert read_card(weights).training["pictures"] == 8
    assert train("--held-out", "0", "--resume").returncode == 0
    words = ("evaluate", "site", "--model", weights, "--output", "figures")
    measured = program(site.parent, *words)
    assert measured.returncode == 1, measured.stderr
    figures = json.loads((site.parent / "figures" / FIGURES).read_text())
    (cause,) = figures["left out"]
    assert cause.startswith(f"{broken[1]}: picture can't be decoded")
    # Of the other one the subject was trained on.
    assert f"left out: {broken[1]}" in measured.stderr
    assert str(broken[0]) not in measured.stderr
    assert "1 of 3 pictures left out" in measured.stderr


def test_a_state_of_another_training_is_refused_before_anything_is_prepared(train):
    assert train().returncode == 0
    for words, told in (
        (("--epochs", "2"), "belongs to another recipe"),
        (("--name", "site"), "belongs to another name or version (my-model 1.0)"),
        (("--version", "2"), "belongs to another name or version (my-model 1.0)"),
    ):
        done = train("--resume", *words)
        assert done.returncode == 2
        assert told in done.stderr
        assert "preparing" not in done.stderr


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "run holds a training: --resume continues it"),
        (("--held-out", "0"), "run holds a training: --resume continues it"),
        (("--resume",), "run was begun with other pictures or labels"),
    ],
)
def test_a_training_that_is_refused_leaves_the_one_before_as_it_is(site, train, words, told):
    assert train().returncode == 0
    before = contents(site.parent / "run")
    (site / "Knee" / "a" / "1.png").rename(site / "Knee" / "a" / "2.png")
    done = train(*words)
    assert done.returncode == 2
    assert told in done.stderr
    assert contents(site.parent / "run") == before


def test_a_training_that_diverges_is_no_model(site, train):
    done = train("--rate", "1e9", "--held-out", "0", "--draws", "256")
    assert done.returncode == 2
    assert "the training diverged: its loss is" in done.stderr
    assert "lower --rate" in done.stderr
    assert not list((site.parent / "run").rglob("*.safetensors"))


@pytest.mark.skipif(sys.platform == "win32", reason="sizes of files can't be limited there")
def test_a_disk_that_is_full_when_the_state_is_kept_is_told(site):
    limited = (
        "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))\n"
        "from napari_mrseq.cli import main\nmain()"
    )
    command = [sys.executable, "-c", limited, *SHORTEST]
    done = subprocess.run(command, cwd=site.parent, capture_output=True, text=True)
    assert done.returncode == 2
    assert "checkpoint.pt can't be written: is the disk full?" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in (site.parent / "run").iterdir()] == ["catalogue.csv"]


# The command line, ended when the network to be trained is made ready.
ENDED_BEFORE_AN_EPOCH = """
import os, signal, torch
from napari_mrseq.cli import main
begin = torch.optim.AdamW
def begin_and_end(*given, **named):
    os.kill(os.getpid(), signal.SIGTERM)
    return begin(*given, **named)
torch.optim.AdamW = begin_and_end
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_training_stopped_before_its_first_epoch_is_told_so(site):
    command = [sys.executable, "-c", ENDED_BEFORE_AN_EPOCH, *SHORTEST]
    done = subprocess.run(command, cwd=site.parent, capture_output=True, text=True)
    assert done.returncode == 143
    assert done.stderr.splitlines()[-1] == "stopped before an epoch began: nothing was learnt"


# The command line, ended as soon as it has said that it measures: that takes a moment only.
ENDED_WHILE_MEASURING = """
import os, signal, sys
from napari_mrseq.cli import main
write = sys.stderr.write
def write_and_end(text):
    write(text)
    if text.startswith("measuring on"):
        os.kill(os.getpid(), signal.SIGTERM)
sys.stderr.write = write_and_end
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_training_stopped_while_it_is_measured_goes_on(site):
    command = [*SHORTEST, "--held-out", "0"]
    words = [sys.executable, "-c", ENDED_WHILE_MEASURING, *command]
    ended = subprocess.run(words, cwd=site.parent, capture_output=True, text=True)
    assert ended.returncode == 143
    assert ended.stderr.endswith(
        "before the model was written: the same command with --resume goes on\n"
    )
    done = program(site.parent, *command, "--resume")
    assert done.returncode == 0, done.stderr
    assert "epoch 1" not in done.stderr
    assert (site.parent / "run" / "fold-0" / "model.safetensors").is_file()


@pytest.mark.usefixtures("signals_heard")
@pytest.mark.parametrize("when", ["looked at", "prepared"])
def test_who_stops_a_training_while_pictures_are_prepared_is_told_so(site, when):
    rows = "".join(f"site/{label}/a/1.png,{label},a\n" * 700 for label in LABELS)
    (site.parent / "c.csv").write_text(f"path,label,group\n{rows}")
    command = [PROGRAM, *SHORTEST]
    command[command.index("site")] = "c.csv"
    with subprocess.Popen(command, cwd=site.parent, stderr=subprocess.PIPE, text=True) as running:
        told = []
        for line in running.stderr:
            told.append(line)
            if line.startswith(f"1000 of 2100 {when}"):
                running.send_signal(signal.SIGINT)
    assert running.returncode == 130
    assert told[-1] == "stopped while pictures were prepared: nothing was learnt\n"
    assert not (site.parent / "run").exists()


def test_a_label_that_is_nearly_a_code_is_warned_of_once(site):
    (site / "T1").rename(site / "t1")
    command = [PROGRAM, *SHORTEST, "--held-out", "9"]
    done = subprocess.run(command, cwd=site.parent, capture_output=True, text=True)
    assert "no pictures of fold 9" in done.stderr
    assert done.stderr.count("the label 't1' becomes a class of your own") == 1


def test_a_class_that_lies_in_the_fold_held_out_alone_is_told(site, train):
    for subject in ("a", "b", "d"):
        shutil.rmtree(site / "Knee" / subject)
    done = train("--held-out", "0")
    assert done.returncode == 0, done.stderr
    assert "Knee: all of it is of fold 0, held out: it can't be learnt" in done.stderr
    assert "T1: all of it" not in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--held-out", "9"), "no pictures of fold 9: its folds are 0, 1, 2"),
        (("--folds", "7"), "site has no 7 folds to hold out: its folds are 0, 1, 2"),
        (("--folds", "0"), "--folds"),
        (("--held-out", "-1"), "--held-out"),
        (("--folds", "2", "--held-out", "1"), "either --folds or --held-out"),
    ],
)
def test_folds_that_do_not_exist_are_refused_before_anything_is_trained(train, words, told):
    done = train(*words)
    assert done.returncode == 2
    assert told in done.stderr
    assert "epoch" not in done.stderr.replace("--epochs", "")


@pytest.mark.parametrize("words", [("--held-out", "2"), ("--folds", "3")])
def test_a_fold_that_leaves_one_class_alone_is_refused_before_anything_is_trained(
    site, train, words
):
    """A network that learnt to say one word was written, and the mean of the folds told."""
    shutil.rmtree(site / "T2")
    for folder in (site / "Knee" / "a", *(site / "T1" / subject for subject in "bcd")):
        shutil.rmtree(folder)
    done = train(*words)
    assert done.returncode == 2
    assert ": Knee alone is left to train on with fold 2 held out: hold out" in done.stderr
    assert "epoch" not in done.stderr.replace("--epochs", "")
