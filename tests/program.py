"""The command line in this process, where another one would say nothing more."""

from __future__ import annotations

import io
import sys
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from napari_mrseq.cli import main


def program(folder: Path, *words: str | Path) -> CompletedProcess[str]:
    """Run `napari-mrseq` in a folder as `subprocess.run` would, but in this process."""
    return in_this_process(main, folder, "napari-mrseq", *words)


def in_this_process(
    run: Callable[[], object], folder: Path, *argv: str | Path
) -> CompletedProcess[str]:
    """Run what a program does, in a folder, with its arguments and what it writes."""
    # Results are written as bytes.
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(sys, "argv", [*map(str, argv)])
        # `main` sets it, for a process of its own.
        patch.setattr(warnings, "formatwarning", warnings.formatwarning)
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as end:
            run()
    return CompletedProcess(argv, end.value.code, out.buffer.getvalue().decode(), err.getvalue())
