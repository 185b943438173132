"""Errors that a user can act on: each says what happened, to which file, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

# What Ctrl-C raises, and a signal that ends the program in order.
STOPS = KeyboardInterrupt, SystemExit


class MrseqError(Exception):
    """Base of every error that this package raises on purpose."""


class ReadError(MrseqError):
    """A file can't be read; the text names it and says why.

    Parameters
    ----------
    cause : str
        Why, in words for the user.
    path : str, optional
        Which file, where the caller doesn't know it.
    """

    def __init__(self, cause: str, path: str = "") -> None:
        super().__init__(f"{path}: {cause}" if path else cause)
        self.cause = cause
        self.path = path


class NoImageError(ReadError):
    """A sound DICOM file that holds no image, as a report; the text says what it is."""


class ModelError(MrseqError):
    """A weights file can't be used; the text names it and says why."""


class DeviceError(MrseqError):
    """A device was asked for that this machine lacks; the text says what there is."""


class CatalogueError(MrseqError):
    """A catalogue of labelled images can't be used; the text names the row and says why."""


class ProtocolError(MrseqError):
    """A protocol can't be used; the text names the file and the entry and says why."""


class UnreadableFileWarning(UserWarning):
    """One of several files can't be read; the text names it and says why, the rest goes on."""


def first_few(names: Sequence[str], most: int, between: str = ", ") -> str:
    """Name the first of several things, at most so many, and count the others.

    Parameters
    ----------
    names : sequence of str
        Files, causes, …
    most : int
        How many are named.
    between : str
        What parts them.
    """
    more = len(names) - most
    return between.join([*names[:most], *([f"and {more} more"] if more > 0 else [])])


@contextmanager
def told_when_stopped(told: str, log: Callable[[str], None]) -> Iterator[None]:
    """Say of work that writes at its end what a stop leaves of it.

    Parameters
    ----------
    told : str
        What is left.
    log : callable
        Takes a line.
    """
    try:
        yield
    except STOPS:
        log(told)
        raise
