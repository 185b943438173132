"""The command line."""

from __future__ import annotations

import signal
import sys
import warnings
from contextlib import nullcontext, redirect_stdout
from threading import Timer
from types import FrameType
from typing import Annotated

import typer

from napari_mrseq import __version__
from napari_mrseq.cli.classification import classify, view
from napari_mrseq.cli.model_files import export_onnx, import_checkpoint, models
from napari_mrseq.cli.terminal import ENDINGS, checked_output, result, say
from napari_mrseq.cli.training import evaluate, train
from napari_mrseq.errors import MrseqError
from napari_mrseq.naming import printable

# Seconds until a signal that came at a bad time is heard again.
_LATER = 0.1
# What PyTorch and its libraries say where memory is used up, of the processor or a graphics card.
_FULL = (
    "bad_alloc",
    "could not create a primitive",
    "allocate memory",
    "not enough memory",
    "out of memory",
    "can't start new thread",
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        result(f"napari-mrseq {__version__}")
        raise typer.Exit


app = typer.Typer(
    name="napari-mrseq",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def program(
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_tell_version, help="Show the version."),
    ] = False,
) -> None:
    """Names the MR sequence of series and slices. For research; not for diagnosis."""


for command in (classify, models, train, evaluate, import_checkpoint, export_onnx, view):
    app.command()(command)


def main() -> None:
    """Run the command line; an error that a user can act on is one line on stderr."""
    warnings.formatwarning = lambda message, *_: f"{message}\n"
    caught: list[int] = []
    _end_in_order(caught)
    try:
        # Help that stands in for a command is no result.
        help_alone = len(sys.argv) == 1 and sys.stderr is not None
        with checked_output(), redirect_stdout(sys.stderr) if help_alone else nullcontext():
            app()
    except MrseqError as error:
        say("\n".join(map(printable, f"napari-mrseq: {error}".split("\n"))))
        sys.exit(2)
    except Exception as error:
        # A library written in C may make an error of its own of a stop that falls inside it.
        if caught:
            sys.exit(128 + caught[0])
        if not (told := _want_told(error)):
            raise
        say(printable(f"napari-mrseq: {told}"))
        sys.exit(2)


def _want_told(error: Exception) -> str:
    """Tell of a library or of memory that is wanting; of what else goes wrong nothing."""
    cause = next(iter(str(error).splitlines()), "") or type(error).__name__
    more = "allow the program more memory (ulimit -v)"
    # PyTorch maps gigabytes when it is loaded; a cluster may allow fewer.
    if isinstance(error, ImportError) or "failed to map segment" in cause:
        return f"a library can't be loaded ({cause}): {more}, or install the library again"
    if isinstance(error, MemoryError) or any(words in cause for words in _FULL):
        return f"the memory is used up ({cause}): {more}, or give it fewer files at once"
    return ""


def _end_in_order(caught: list[int]) -> None:
    """Let a time limit or a closed terminal end the program as Ctrl-C does: nothing stays behind.

    What is unpacked of a zip file holds names of patients. The signals go into `caught`.
    """

    def end(number: int, frame: FrameType | None) -> None:
        if _imports(frame):
            Timer(_LATER, signal.raise_signal, [number]).start()
            return
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        caught.append(number)
        sys.exit(128 + number)

    for number in (signal.SIGINT, *ENDINGS):
        # What a parent has set to be ignored (nohup) stays so.
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, end)


def _imports(frame: FrameType | None) -> bool:
    """Tell whether a library is being loaded: PyTorch's C++ aborts, and nothing is cleaned up."""
    while frame and frame.f_code is not main.__code__:
        if "importlib._bootstrap" in frame.f_code.co_filename:
            return True
        frame = frame.f_back
    return False
