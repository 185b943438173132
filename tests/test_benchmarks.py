"""Programs of the repository: what they count is what the command line counts."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from PIL import Image

from napari_mrseq.model.card import Card
from napari_mrseq.model.networks import LITE, build
from napari_mrseq.model.registry import entries
from napari_mrseq.model.weights_file import save_weights
from tests.program import program

from .training.stripes import stripes, write

ROOT = Path(__file__).parents[1]
BENCHMARKS = ROOT / "benchmarks"


@pytest.mark.parametrize("name", ["header", "joined_confidence"])
def test_what_needs_the_labelled_data_is_left_out_without_it(tmp_path, name):
    shutil.copytree(BENCHMARKS, tmp_path / "benchmarks", ignore=shutil.ignore_patterns("*.saf*"))
    command = [sys.executable, f"benchmarks/{name}.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("left out: ")


def test_figures_of_the_sample_study_alone_are_told_as_that(tmp_path):
    shutil.copytree(BENCHMARKS, tmp_path / "benchmarks", ignore=shutil.ignore_patterns("*.saf*"))
    command = [sys.executable, "benchmarks/lying_headers.py", str(entries()[0].path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told, *figures = done.stdout.splitlines()
    assert told.startswith("of the sample study alone: ")
    assert figures[0].startswith("pixels alone right ")


def test_a_goal_that_is_missed_keeps_no_benchmark_from_running(tmp_path):
    for part in (".ci", "Makefile"):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, tmp_path / part)
    (tmp_path / "benchmarks").mkdir()
    for name, code in (("a", "raise SystemExit(1)"), ("b", "print('ran')")):
        (tmp_path / "benchmarks" / f"{name}.py").write_text(code)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    command = ["make", "--no-print-directory", "bench", "--old-file=.venv/ready"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode != 0
    *_, ran, missed = done.stdout.splitlines()
    assert ran == "ran"
    assert missed == "A goal is missed: benchmarks/a.py"


def torn_model(path: Path) -> Path:
    """Write a network to which T2 is likelier than T1 and T1C, and less likely than both."""
    classes = ("T1", "T1C", "T2", "UNKNOWN")
    network = build(LITE, len(classes))
    with torch.no_grad():
        network.classifier.weight.zero_()
        network.classifier.bias.copy_(torch.tensor([0.3, 0.25, 0.4, 0.05]).log())
    training = {"recipe": {"held_out": 0}}
    card = Card("torn", "1", LITE, classes, input_size=33, training=training)
    save_weights(network.state_dict(), card, path)
    return path


def test_spoilt_slices_are_counted_right_as_evaluate_counts_them(tmp_path):
    rows = []
    for index in range(2):
        Image.fromarray(stripes("T1", index)).save(tmp_path / f"{index}.png")
        rows.append({"path": f"{index}.png", "label": "T1", "group": f"g{index}", "fold": 0})
    catalogue = write(tmp_path / "c.csv", [row | {"origin": "nifti"} for row in rows])
    model = torn_model(tmp_path / "torn.safetensors")
    words = ("evaluate", catalogue, "--model", model, "--fold", "0", "--output", "figures")
    assert program(tmp_path, *words).returncode == 0
    figures = json.loads((tmp_path / "figures" / "figures.json").read_text())
    right = figures["slices"]["forced"]["family, DICOM and NIfTI"]
    assert right == 1.0
    # It writes into the docs of the repository that it lies in.
    shutil.copytree(BENCHMARKS, tmp_path / "benchmarks", ignore=shutil.ignore_patterns("*.saf*"))
    (tmp_path / "docs").mkdir()
    command = ["benchmarks/robustness.py", model, "--catalogue", catalogue]
    subprocess.run([sys.executable, *map(str, command)], cwd=tmp_path, check=True)
    robustness = json.loads((tmp_path / "docs" / "robustness.json").read_text())
    assert (robustness["slices"], robustness["clean"]) == (2, right)
