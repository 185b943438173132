"""Whose a series is: the study and the patient that it belongs to, the folders around its files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from napari_mrseq.series import Series

# How names of a subject's files and folders begin (BIDS 1.10, Entities).
_SUBJECT = re.compile(r"sub-[A-Za-z0-9]+")


def group_of(series: Series) -> str:
    """Return whose a series is: its study, so one patient's, else the folder of the subject.

    That is the BIDS folder of the subject, where there is one, else the folder that it lies in,
    with the one around it: data that was moved as a whole stays the same subjects'.
    """
    return series.study_uid or "/".join(Path(_folder(series, ("sub-",))).parts[-2:])


def subject_in(path: Path) -> str:
    """Return the BIDS subject that a file or a folder around it is named after; empty if none."""
    found = filter(None, map(_SUBJECT.match, path.parts))
    return next((one[0] for one in found), "")


def study_of(series: Series) -> str:
    """Return the study that a series belongs to: its UID, else the folder of the examination.

    That is the BIDS folder of the session or the subject, else the folder that it lies in. Where
    several patients share a study's UID, that of each is another.
    """
    if series.study_uid and series.patient:
        return f"{series.study_uid} of patient {series.patient}"
    return series.study_uid or _folder(series, ("ses-", "sub-"))


def absolute(path: Path | str) -> Path:
    """Return a path from the root on and without ``..``; links stay as they are named."""
    return Path(os.path.abspath(path))  # noqa: PTH100 (Path.absolute leaves ".." standing)


def folders_around(files: Iterable[str]) -> set[Path]:
    """Return every folder, up to the root, that some files lie in."""
    places = {absolute(file).parent for file in files}
    return {folder for place in places for folder in (place, *place.parents)}


def _folder(series: Series, prefixes: tuple[str, ...]) -> str:
    """Return the deepest folder around a series whose name starts so, else the one it lies in.

    Pixels that come from no file lie in none, whatever their name looks like.
    """
    if series.kind == "layer":
        return ""
    path = Path(series.path)
    return str(next((one for one in path.parents if one.name.startswith(prefixes)), path.parent))
