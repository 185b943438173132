"""The command line in this process, where another one would say nothing more."""

from __future__ import annotations

import io
import sys
import warnings
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from napari_mrseq.cli import main


def program(folder: Path, *words: str | Path) -> CompletedProcess[str]:
    """Run `napari-mrseq` in a folder as `subprocess.run` would, but in this process."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["napari-mrseq", *map(str, words)])
        # `main` sets it, for a process of its own.
        patch.setattr(warnings, "formatwarning", warnings.formatwarning)
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as end:
            main()
    return CompletedProcess(words, end.value.code, out.getvalue(), err.getvalue())
