"""The wheel, built from this tree and installed where nothing else is."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
TREES = "napari_mrseq", "tests"
FILES = "MANIFEST.in", "pyproject.toml", "setup.cfg", "README.md", "LICENSE"
# Five gigabytes with CUDA: an environment of its own would fill a small disk.
BORROWED = ("torch", "torchvision")
THEIR_FILES = ("torch*", "functorch", "nvidia*", "cuda*", "triton*")
LIST_CONTRIBUTIONS = """
import json
from npe2 import PluginManager
manager = PluginManager.instance()
manager.discover()
contributions = manager.get_manifest("napari-mrseq").contributions
print(json.dumps({
    "readers": [reader.command for reader in contributions.readers],
    "widgets": [widget.display_name for widget in contributions.widgets],
    "samples": [sample.key for sample in contributions.sample_data],
}))
"""


def run(*command, **options):
    """Run a program far from the tree, with nothing of this environment in reach."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, env=clean, **options
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """The wheel, what was told while it was built, and the tree that it was built from."""
    tree, built = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("built")
    for name in TREES:
        shutil.copytree(ROOT / name, tree / name)
    for name in FILES:
        shutil.copy(ROOT / name, tree / name)
    log = built / "log"
    pip = sys.executable, "-m", "pip", "--log", log, "wheel", "--no-deps", "--wheel-dir", built
    run(*pip, tree, cwd=tree)
    return next(built.glob("*.whl")), log.read_text("utf-8"), tree


@pytest.fixture(scope="module")
def wheel(build):
    return build[0]


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):
    """Programs of an environment that holds the wheel and what it asks for, nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    borrow_torch(programs)
    install(programs, wheel, cwd=folder)
    yield programs
    shutil.rmtree(folder)


def install(programs, what, **options):
    """Install with this environment's pip, which takes less time than to install another."""
    pip = (sys.executable, "-m", "pip", "--python", programs / "python")
    run(*pip, "install", "--no-compile", what, **options)


def borrow_torch(programs):
    """Link PyTorch from the environment that runs the tests: pip takes it for installed."""
    get_folder = "import sysconfig; print(sysconfig.get_path('platlib'))"
    packages = Path(run(programs / "python", "-c", get_folder, cwd=programs).strip())
    for pattern in THEIR_FILES:
        for entry in Path(sysconfig.get_path("platlib")).glob(pattern):
            (packages / entry.name).symlink_to(entry)


@pytest.fixture(scope="module")
def environment_with_napari(environment, wheel):
    install(environment, f"{wheel}[all]", cwd=environment)
    return environment


def test_the_wheel_holds_all_that_the_program_needs_and_no_tests(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    shipped = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "napari_mrseq").rglob("*")
        # Pictures are made where this repository is.
        if path.is_file() and not {"__pycache__", "making"} & {*path.parts}
    }
    assert any(name.endswith(".safetensors") for name in shipped)
    assert shipped == {name for name in names if name.startswith("napari_mrseq/")}
    assert {name.split("/")[0].split("-")[0] for name in names} == {"napari_mrseq"}


def test_the_source_archive_holds_no_tests(build):
    """It held those that a file of its own name begins, and none of what they need."""
    _, _, tree = build
    listed = (tree / "napari_mrseq.egg-info" / "SOURCES.txt").read_text("utf-8").splitlines()
    assert "napari_mrseq/__init__.py" in listed
    assert [name for name in listed if name.startswith("tests/")] == []


def test_no_folder_of_data_is_warned_of_as_a_forgotten_package(build):
    _, told, _ = build
    assert "Building wheel" in told
    assert "would be ignored" not in told


def test_the_wheel_asks_for_what_the_environments_below_borrow(wheel):
    inside = zipfile.Path(wheel).iterdir()
    metadata = next(entry for entry in inside if entry.name.endswith(".dist-info"))
    asked = {line.split(">=")[0] for line in PathDistribution(metadata).requires}
    assert set(BORROWED) <= asked


def test_the_command_line_works_with_the_bare_wheel(environment, sample_study, tmp_path):
    study = shutil.copytree(sample_study, tmp_path / "study")
    records = json.loads(
        run(environment / "napari-mrseq", "classify", study, "--format", "json", cwd=tmp_path)
    )
    assert len(records) == sum(path.is_dir() for path in sample_study.iterdir())
    assert all(record["sequence"] and not record["error"] for record in records)


def test_napari_lists_what_the_plugin_brings(environment_with_napari, tmp_path):
    python = environment_with_napari / "python"
    run(environment_with_napari / "npe2", "validate", "napari-mrseq", "--imports", cwd=tmp_path)
    listed = json.loads(run(python, "-c", LIST_CONTRIBUTIONS, cwd=tmp_path))
    assert listed == {
        "readers": ["napari-mrseq.get_reader"],
        "widgets": ["MR sequence classifier"],
        "samples": ["mr-study"],
    }


def test_view_shows_the_study_in_a_napari_window(environment_with_napari, sample_study, tmp_path):
    picture = tmp_path / "window.png"
    view = environment_with_napari / "napari-mrseq", "view", sample_study / "t2_tse_tra"
    run(*view, "--screenshot", picture, cwd=tmp_path, timeout=300)
    with Image.open(picture) as window:
        assert len(window.convert("RGB").getcolors(maxcolors=2**24)) > 100
