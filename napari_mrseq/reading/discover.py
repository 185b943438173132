"""Paths → files that may hold images; a cause for each one refused."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from napari_mrseq.naming import natural_key
from napari_mrseq.reading.file_kind import file_kind, header_beside, unreadable
from napari_mrseq.series import Failure

# Endings under which people keep images: such a file that is none is worth a word.
_PICTURE_ENDINGS = {".png", ".jpg", ".jpeg", ".tif", ".tiff"}
_IMAGE_ENDINGS = {
    ".acr", ".dcm", ".dicom", ".ima", ".img", ".mr", ".nii", *_PICTURE_ENDINGS,
    ".hdr", ".mgh", ".mgz", ".mha", ".mhd", ".nhdr", ".nrrd",
    ".7z", ".bz2", ".gz", ".rar", ".tar", ".tgz", ".xz", ".zip", ".zst",
}  # fmt: skip
_NIFTI_ENDINGS = (".nii", ".nii.gz")
# Names that scanners and archives give: no ending, a number, or a part of a UID.
_SCANNER_NAME = re.compile(r"^[^.]*$|\.[0-9]+$")
# Recordings of pulse and breath, as BIDS has them.
_PACKED_TABLE = ".tsv.gz"
_PASSED_OVER = {"dicomdir", "thumbs.db", "desktop.ini", "lockfile", "version"}
# Enough to tell a folder of scans without walking through a disc: a fraction of a second.
_FILES_TO_TRY = 50
_ENTRIES_TO_SEE = 20_000


@dataclass(slots=True)
class Found:
    """What lies under one path.

    Attributes
    ----------
    files : list of (str, str)
        Kind (``dicom``, ``nifti``, ``picture``, ``zip``, ``dicomdir``) and path, in the order of
        names.
    failures : list of Failure
        Files and folders that can't be looked at, and files that only look like images.
    """

    files: list[tuple[str, str]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


def find_images(path: str) -> Found:
    """Look for images at a path: the file itself, or all files of the folder, however deep.

    Symbolic links are followed; a folder that was seen already is not entered again.
    """
    found = Found()
    try:
        # Path("") is the folder one stands in.
        mode = os.stat(path).st_mode  # noqa: PTH116
    except (OSError, ValueError) as error:
        found.failures.append(Failure(path, _absence(path, error)))
        return found
    if stat.S_ISDIR(mode):
        for file in _walk(path, found.failures):
            _sort_in(file, found, given=False)
    else:
        _sort_in(path, found, given=True)
    return found


def looks_like_study_folder(path: str | os.PathLike[str]) -> bool:
    """Tell by a few files whether a folder holds DICOM, NIfTI or zip files: more than pictures.

    Looks at no more than some thousand names and a few files, also a little way down, so that it
    may be asked about any folder. Never raises.
    """
    kinds = ("dicom", "dicomdir", "nifti", "zip")
    return any(kind in kinds for kind in _few_kinds(os.fspath(path)))


def _sort_in(path: str, found: Found, *, given: bool) -> None:
    header = header_beside(path)
    if header:
        # The voxels of a pair are read with its header.
        if given:
            _sort_in(header, found, given=True)
        return
    kind, cause = file_kind(path)
    name = Path(path).name
    # Documents, tables and arrays of other programs are zip files too.
    if kind == "zip" and not given and not _could_be_image(name):
        return
    if kind in ("dicom", "nifti", "picture", "zip") or (kind == "dicomdir" and given):
        found.files.append((kind, path))
        return
    if given or (kind == "text" and Path(name.lower()).suffix in _IMAGE_ENDINGS):
        found.failures.append(Failure(path, cause or "a text file, not an image"))
    elif kind == "" and (_could_be_image(name) or cause.startswith("not readable")):
        found.failures.append(Failure(path, cause))


def _could_be_image(name: str) -> bool:
    lowered = name.lower()
    if lowered.startswith(".") or lowered in _PASSED_OVER or lowered.endswith(_PACKED_TABLE):
        return False
    return Path(lowered).suffix in _IMAGE_ENDINGS or bool(_SCANNER_NAME.search(lowered))


def _walk(folder: str, failures: list[Failure]) -> Iterator[str]:
    """Yield the files under a folder in the order of their names."""

    def fail(error: OSError) -> None:
        failures.append(Failure(str(error.filename), unreadable(error)))

    # Not by numbers of the file system: some network drives give all folders the same.
    seen: set[str] = set()
    for path, folders, files in os.walk(folder, onerror=fail, followlinks=True):
        place = os.path.realpath(path)
        if place in seen:
            folders.clear()
            continue
        seen.add(place)
        folders[:] = sorted((name for name in folders if name[0] != "."), key=natural_key)
        # Path would spell the folder anew.
        yield from (os.path.join(path, name) for name in sorted(files, key=natural_key))  # noqa: PTH118


def _few_kinds(folder: str) -> Iterator[str]:
    """Yield the kinds of some files under a folder whose names could be those of scans."""
    # Nearest first; hidden folders are left out.
    some = islice(_entries(folder), _ENTRIES_TO_SEE)
    files = (entry.path for entry in some if not _is_folder(entry))
    for file in islice(filter(_could_be_scan, files), _FILES_TO_TRY):
        # A NIfTI file that can't be read is worth an error that says why.
        is_nifti = file.lower().endswith(_NIFTI_ENDINGS)
        yield "nifti" if is_nifti else file_kind(header_beside(file) or file)[0]


def _could_be_scan(path: str) -> bool:
    name = Path(path).name
    return _could_be_image(name) and Path(name.lower()).suffix not in _PICTURE_ENDINGS


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    waiting = [folder]
    while waiting:
        with suppress(OSError), os.scandir(waiting.pop(0)) as entries:
            for entry in entries:
                if _is_folder(entry) and not entry.name.startswith("."):
                    waiting.append(entry.path)
                yield entry


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # A link to itself.
        return False


def _absence(path: str, error: OSError | ValueError) -> str:
    missing = isinstance(error, (FileNotFoundError, NotADirectoryError, ValueError))
    if missing and not os.path.lexists(path):
        return "does not exist"
    return unreadable(error)
