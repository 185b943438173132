"""The manifest as napari reads it: what npe2's own validation misses included."""

from __future__ import annotations

import subprocess
import sys
from fnmatch import fnmatch

import pytest
from napari._app_model.constants import MenuId
from npe2 import PluginManifest

LIGHT = """
import sys
from npe2 import PluginManager
PluginManager.instance().discover()
import napari_mrseq
print([name for name in ("torch", "pydicom", "qtpy", "PyQt6", "napari") if name in sys.modules])
"""


@pytest.fixture(scope="module")
def manifest() -> PluginManifest:
    return PluginManifest.from_distribution("napari-mrseq")


def test_npe2_finds_nothing_wrong() -> None:
    command = [sys.executable, "-m", "npe2", "validate", "napari-mrseq", "--imports"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_menu_exists_in_napari(manifest: PluginManifest) -> None:
    assert manifest.contributions.menus
    assert set(manifest.contributions.menus) <= {str(menu) for menu in MenuId.contributables()}


def test_every_contribution_has_its_command(manifest: PluginManifest) -> None:
    contributions = manifest.contributions
    used = {reader.command for reader in contributions.readers or []}
    used |= {widget.command for widget in contributions.widgets or []}
    used |= {sample.command for sample in contributions.sample_data or []}
    used |= {writer.command for writer in contributions.writers or []}
    used |= {item.command for items in contributions.menus.values() for item in items}
    assert used == {command.id for command in contributions.commands or []}


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("slice.dcm", True),
        ("0001.ima", True),
        ("IM000001", True),
        ("1.2.840.113619.2.5", True),
        ("1.2.840.113619.2.176", True),
        ("head.nii", True),
        ("head.nii.gz", True),
        ("DICOMDIR", True),
        ("slice.mr", True),
        ("MR0001.acr", True),
        ("brain.img", True),
        ("brain.hdr", True),
        ("MRimage_of_somebody", True),
        ("picture.png", False),
        ("picture.jpg", False),
        ("stack.tif", False),
        ("cells.h5", False),
        ("movie.mp4", False),
        ("picture.jpeg", False),
        ("regions.geojson", False),
        ("table.csv", False),
    ],
)
def test_napari_asks_us_about_our_files_alone(
    manifest: PluginManifest, name: str, ours: bool
) -> None:
    (reader,) = manifest.contributions.readers or []
    assert any(fnmatch(name, pattern) for pattern in reader.filename_patterns) is ours


def test_discovery_imports_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", LIGHT], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
