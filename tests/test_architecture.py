"""The house plan, held: who imports whom (CONTRIBUTING.md)."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "napari_mrseq"

# A room imports rooms further down only, and none beside it.
FLOORS = [
    {"__main__"},
    {"cli"},
    {"viewer"},
    {"batch", "training"},
    {"report", "bids"},
    {"study", "exchange", "report_text"},
    {"matching"},
    {"judging", "acquisitions"},
    {"verdict"},
    {"conflict", "slice_verdict"},
    {"witnesses", "stack", "correction"},
    {"decision"},
    {"study_names"},
    {
        "model",
        "header",
        "reading",
        "protocols",
        "labelling",
        "prescription",
        "sampling",
    },
    {"belonging"},
    {"series", "safe_writing"},
    {
        "body_plane",
        "sequences",
        "errors",
        "clock",
        "naming",
        "jargon",
        "elements",
        "scanner_words",
    },
]
FLOOR_OF = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}

# Libraries, and the rooms that may import them.
KEPT_IN = {
    "napari": {"viewer"},
    "magicgui": {"viewer"},
    "qtpy": {"viewer"},
    "PyQt6": set(),
    "superqt": {"viewer"},
    "vispy": {"viewer"},
    "torch": {"model", "training"},
    "torchvision": {"model", "training"},
    "pydicom": {"reading", "header", "training"},
    "typer": {"cli"},
}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def types_only(tree: ast.AST) -> set[ast.AST]:
    """Everything under ``if TYPE_CHECKING``, which never runs."""
    return {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for statement in node.body
        for inner in ast.walk(statement)
    }


def imports_of(path: Path, *, running: bool) -> set[str]:
    """Dotted names that a module imports, anywhere in it."""
    tree = ast.parse(path.read_text("utf-8"))
    left_out = types_only(tree) if running else set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if node in left_out:
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import hides which room it goes to"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


MODULES = [path for path in sorted(PACKAGE.rglob("*.py")) if path.parent != PACKAGE] + [
    path for path in sorted(PACKAGE.glob("*.py")) if path.stem != "__init__"
]


def test_every_room_has_its_floor():
    assert {room_of(path) for path in MODULES} <= set(FLOOR_OF)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_what_lies_below_it(path):
    room = room_of(path)
    targets = {
        name.split(".")[1]
        for name in imports_of(path, running=False)
        if name.startswith("napari_mrseq.")
    }
    wrong = {other for other in targets & set(FLOOR_OF) if FLOOR_OF[other] <= FLOOR_OF[room]}
    assert wrong <= {room}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_libraries_stay_in_their_rooms(path):
    libraries = {name.split(".")[0] for name in imports_of(path, running=True)}
    wrong = {name for name in libraries & set(KEPT_IN) if room_of(path) not in KEPT_IN[name]}
    assert not wrong


@pytest.mark.parametrize(
    "code",
    [
        "import napari_mrseq; dir(napari_mrseq)",
        "from npe2 import PluginManifest;"
        "assert PluginManifest.from_distribution('napari-mrseq').contributions.widgets",
        "import napari_mrseq.sequences, napari_mrseq.series, napari_mrseq.errors",
    ],
    ids=["package", "manifest", "vocabulary"],
)
def test_nothing_heavy_is_imported_before_it_is_needed(code):
    """In a fresh process, so that nothing that another test imported counts."""
    heavy = "torch", "pydicom", "qtpy", "PyQt6", "napari"
    report = f"import sys; print(*(name for name in {heavy} if name in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; {report}"], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_the_manifest_at_the_top_is_the_one_in_the_package():
    assert (ROOT / "napari.yaml").resolve() == PACKAGE / "napari.yaml"
