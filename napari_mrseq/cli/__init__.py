"""The command line."""

from __future__ import annotations

import sys
import warnings

import typer

from napari_mrseq.cli.classification import classify, view
from napari_mrseq.cli.model_files import export_onnx, import_checkpoint, models
from napari_mrseq.cli.terminal import say
from napari_mrseq.cli.training import evaluate, train
from napari_mrseq.errors import MrseqError

app = typer.Typer(
    name="napari-mrseq",
    help="Names the MR sequence of series and slices. For research; not for diagnosis.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (classify, models, train, evaluate, import_checkpoint, export_onnx, view):
    app.command()(command)


def main() -> None:
    """Run the command line; an error that a user can act on is one line on stderr."""
    warnings.formatwarning = lambda message, *_: f"{message}\n"
    try:
        app()
    except MrseqError as error:
        say(f"napari-mrseq: {error}")
        sys.exit(2)
