"""What the commands share: options, and words for the user on stderr."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

Device = StrEnum("Device", ["auto", "cuda", "mps", "cpu"])

ModelOption = Annotated[str, typer.Option("--model", help="A model's name, or a weights file.")]
DeviceOption = Annotated[Device, typer.Option("--device", help="Where the network runs.")]


def say(text: str, end: str = "\n") -> None:
    """Tell the user something; without a line's end only where someone looks on."""
    # A program started without a terminal may have no standard error.
    if sys.stderr is not None and (end or sys.stderr.isatty()):
        print(text, end=end, file=sys.stderr, flush=True)


def progress(what: str) -> Callable[[int, int], None] | None:
    """Return what tells how far the work is, None where nobody looks on."""

    def report(done: int, total: int) -> None:
        say(f"\r{what}: {done} of {total}", end="\n" if done == total else "")

    return report if sys.stderr is not None and sys.stderr.isatty() else None
