"""Commands of the house: each says how it is called, and does nothing where it was called wrong."""

from __future__ import annotations

import runpy
from functools import partial
from pathlib import Path

import pytest

import napari_mrseq
from tests.program import in_this_process

TRAINING = Path(napari_mrseq.__file__).parent / "training"
COMMANDS = sorted(
    ".".join(("napari_mrseq", "training", *path.relative_to(TRAINING).with_suffix("").parts))
    for path in TRAINING.rglob("*.py")
    if '__name__ == "__main__"' in path.read_text(encoding="utf-8")
)


def test_the_commands_are_found():
    assert "napari_mrseq.training.making.ship" in COMMANDS


# Other tests have imported them.
@pytest.mark.filterwarnings("ignore:.* found in sys.modules:RuntimeWarning")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_tells_its_use_and_writes_nothing(command, tmp_path):
    run = partial(runpy.run_module, command, run_name="__main__", alter_sys=True)
    asked, wrong = (in_this_process(run, tmp_path, command, *words) for words in (["--help"], []))
    assert (asked.returncode, wrong.returncode) == (0, 2)
    assert asked.stdout.startswith("usage:")
    assert f"python -m {command}" in " ".join(asked.stdout.split())
    assert "required" in wrong.stderr
    assert not list(tmp_path.iterdir())
