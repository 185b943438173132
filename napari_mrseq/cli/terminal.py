"""What the commands share: options, results on standard output, words for the user on stderr."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Annotated, Any, TextIO, cast

import typer

from napari_mrseq.errors import MrseqError
from napari_mrseq.model.registry import Device

ModelOption = Annotated[str, typer.Option("--model", help="A model's name, or a weights file.")]
DeviceOption = Annotated[Device, typer.Option("--device", help="Where the network runs.")]
# What a time limit, and a terminal that is closed, end a program by; Windows lacks the second.
ENDINGS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
# Work on a cohort takes hours, and a job of a cluster has no terminal.
LOG_SECONDS = 60


def given_path(written: str) -> Path:
    """Return the path that an argument or option names.

    Raises
    ------
    typer.BadParameter
        If it is empty, as a variable of a script may be: ``Path("")`` is the folder one stands in.
    """
    if not written:
        raise typer.BadParameter("the path is empty")
    return Path(written)


def say(text: str, end: str = "\n") -> None:
    """Tell the user something; what nobody can hear stops no work."""
    # A program started without a terminal may have no standard error; the terminal may be closed
    # since, and the disk of a log full.
    if sys.stderr is not None:
        with suppress(OSError):
            print(text, end=end, file=sys.stderr, flush=True)


def progress(what: str) -> Callable[[int, int], None]:
    """Return what tells how far the work is: a terminal always, a log once a minute."""

    def in_place(done: int, total: int) -> None:
        say(f"\r{what}: {done} of {total}", end="\n" if done == total else "")

    told = monotonic()

    def by_lines(done: int, total: int) -> None:
        nonlocal told
        if (now := monotonic()) - told >= LOG_SECONDS:
            say(f"{what}: {done} of {total}")
            told = now

    return in_place if sys.stderr is not None and sys.stderr.isatty() else by_lines


def result(text: str) -> None:
    """Write lines of a result on standard output.

    Raises
    ------
    MrseqError
        If it is closed.
    """
    if sys.stdout is None:
        raise MrseqError("standard output is closed: nothing can be written there")
    print(text)


@contextmanager
def checked_output() -> Iterator[None]:
    """Let a standard output that fails be an error for the user, whoever writes there: help too.

    Raises
    ------
    MrseqError
        On leaving or before, if the disk is full or nobody reads the pipe any more.
    """
    if sys.stdout is None:
        yield
        return
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A sign that a console or encoding lacks is told by its number, as on standard error: names
        # of files hold any.
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.stdout = cast(TextIO, _Checked(sys.stdout))
    try:
        yield
    finally:
        sys.stdout.flush()


class _Checked:
    """A stream like another one, whose failures are no `OSError`: typer keeps silent about some."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    @property
    def buffer(self) -> _Checked:
        return _Checked(self._stream.buffer)

    def write(self, content: Any) -> Any:
        with self._told():
            return self._stream.write(content)

    def flush(self) -> None:
        with self._told():
            self._stream.flush()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            # What is left would be tried once more, in vain and aloud, when Python ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
            cause = error.strerror
            raise MrseqError(f"standard output: can't be written ({cause})") from error
