"""How series and their slices are called for people: titles, their order, one printable line."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

# Signs that print nothing and move the cursor, or turn the direction of writing.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")

# Devices of Windows, whatever follows the first dot (Naming Files, Paths, and Namespaces).
_DEVICE = re.compile(r"^(CON|PRN|AUX|NUL|(COM|LPT)\d)(\.|$)", re.IGNORECASE)

# What the viewer writes around a layer's name, which files saved by that name bear.
CORRECTED = "corrected"
CONFLICT_MARK = "≠ header"
# Beside a name that the program is not sure of.
UNSURE = "▲ unsure"
# Beside a name that the header alone gives: the pixels show nothing, or too little.
HEADER_ONLY = "▲ header only"
# Beside the name of a capture of a screen, or of a picture in colours.
NO_SCAN = "▲ no scan"
# Why there is no name: the file shows no MR, nothing at all, or too little.
NOT_MR = "▲ not MR"
NOTHING_SHOWN = "▲ can't tell"
TOO_SMALL = "▲ too small"
_VERDICT = re.compile(rf"\A(\[([^\]]+ (\d+%|{CORRECTED})|unknown)\] )+")
# napari numbers names that are there already: "… ≠ header [1]".
_MARK = re.compile(rf"( {CONFLICT_MARK})+(?=( \[\d+\])*\Z)")


def title_of(number: int | None, description: str | None, path: str, part: str | None) -> str:
    """Return how a series is called for people: its number and description, else its path.

    What tells it from others of the same UID stands behind: ``"4 t1_vibe_dixon (water)"``.
    """
    title = " ".join(str(word) for word in (number, description) if word is not None) or path
    return f"{title} ({part})" if part else title


def described(number: int | None, description: str | None) -> str | None:
    """Return the description of a series, else its number; None where it has neither."""
    return description or (None if number is None else f"series {number}")


def size_words(shape: Sequence[int]) -> str:
    """Return the size of an image: ``"24 × 256 × 256"``."""
    return " × ".join(map(str, shape))


def counted(count: int, noun: str) -> str:
    """Return how many there are: ``"1 slice"``, ``"24 slices"``."""
    return f"1 {noun}" if count == 1 else f"{count} {noun}s"


def common_folder(files: Sequence[str]) -> str:
    """Return the deepest folder that holds all files, spelled as they are where that can be.

    That of the first, where they lie on several drives.
    """
    folders = {str(Path(file).parent) for file in files}
    if len(folders) == 1:
        return folders.pop()
    if len({Path(folder).is_absolute() for folder in folders}) > 1 or any(
        ".." in Path(folder).parts for folder in folders
    ):
        # Only from the root on it shows what such paths share.
        folders = {str(Path(folder).resolve()) for folder in folders}
    try:
        return os.path.commonpath(folders) or "."
    except ValueError:
        return str(Path(files[0]).parent)


def without_verdict(name: str) -> str:
    """Return a name without a verdict of ours: ``"[T2 51%] scan ≠ header"`` is ``"scan"``."""
    return _MARK.sub("", _VERDICT.sub("", name))


def no_device(name: str) -> str:
    """Return the name of a file, another one where it is that of a device of Windows."""
    return _DEVICE.sub(r"\1_\3", name)


def nifti_stem(name: str) -> str:
    """Return the name or path of an image without the ending of NIfTI, where it has one."""
    return re.sub(r"(\.nii(\.gz)?|\.hdr)$", "", name, flags=re.IGNORECASE)


def natural_key(text: str) -> str:
    """Return what names are sorted by, so that ``2`` comes before ``10``."""
    # The count of its digits leads a number; the text itself parts "01" from "1".
    counted = re.sub("0*([0-9]+)", lambda number: f"\1{len(number[1]):06}{number[1]}", text)
    return f"{counted}\0{text}"


def printable(text: str) -> str:
    """Return one line that does not steer a terminal, whatever names and files hold."""
    return _CONTROLS.sub(" ", text)


def runs_of(slices: Iterable[int]) -> list[tuple[int, int]]:
    """Return the runs of neighbours among some slices, the first and the last of each."""
    runs: list[tuple[int, int]] = []
    for number in sorted(slices):
        if runs and number <= runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def run_words(first: int, last: int, shape: Sequence[int]) -> str:
    """Say which slices a run holds: ``"slices 3 to 5"``, ``"slice 2 of volume 1"``.

    Parameters
    ----------
    first, last : int
        Both included, counted from 0 through all volumes.
    shape : sequence of int
        Of the pixels.
    """
    (volume, start), (last_volume, end) = divmod(first, shape[-3]), divmod(last, shape[-3])
    if volume != last_volume:
        there = f"slice {end + 1} of volume {last_volume + 1}"
        return f"slice {start + 1} of volume {volume + 1} to {there}"
    words = f"slices {start + 1} to {end + 1}" if last > first else f"slice {start + 1}"
    return f"{words} of volume {volume + 1}" if len(shape) == 4 else words
