"""Paths → files that may hold images, told by their content; a cause for each one refused."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal

from napari_mrseq.naming import natural_key
from napari_mrseq.reading.nifti_pair import header_of, is_voxels
from napari_mrseq.series import Failure

# A file type that needs only its first bytes; the NIfTI magic lies at byte 344.
HEAD_BYTES = 352
_HEADER_BYTES = 348
_BYTE_ORDERS: tuple[Literal["little", "big"], ...] = ("little", "big")

TIFF_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_PICTURE_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", *TIFF_MAGIC)
# What packs files in ways that aren't read, by its magic and where that stands in the file.
_PACKED = (
    (0, b"\x1f\x8b", "gzip"),
    (0, b"\xfd7zXZ\0", "xz"),
    (0, b"BZh", "bzip2"),
    (0, b"\x28\xb5\x2f\xfd", "zstd"),
    (0, b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (0, b"Rar!\x1a\x07", "RAR"),
    (257, b"ustar", "tar"),
)
# Endings of images that aren't read, and what to do with them.
_CONVERTED = {
    (".mgz", ".mgh"): "a volume of FreeSurfer: convert it to NIfTI (mri_convert FILE FILE.nii.gz)",
    (".nrrd", ".nhdr", ".mha", ".mhd"): "a volume of Slicer or ITK: save it there as NIfTI",
    (".gif", ".webp", ".bmp", ".jp2"): "a picture format that is not supported: save it as PNG",
}
NO_KNOWN_KIND = "not a DICOM, NIfTI, JPG, PNG or TIFF file"
_ANALYZE = "an Analyze image, which does not tell left from right: convert it to NIfTI"
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
_DIRECTORY_CLASS = b"1.2.840.10008.1.3.10"
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


def file_kind(path: str) -> tuple[str, str]:
    """Tell a file by its first bytes.

    Returns
    -------
    kind : str
        ``dicom``, ``dicomdir``, ``nifti``, ``picture``, ``zip``, ``text``, or empty.
    cause : str
        Why the kind is empty.
    """
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):
            return "", "not a regular file"
        with Path(path).open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        return "", _words_of(error)
    return _kind_of(head, path.lower())


def _kind_of(head: bytes, name: str) -> tuple[str, str]:
    if not head:
        return "", "empty"
    if head[128:132] == b"DICM":
        return ("dicomdir" if _DIRECTORY_CLASS in head else "dicom"), ""
    if head.startswith(_PICTURE_MAGIC):
        return "picture", ""
    if head.startswith(b"PK\x03\x04"):
        return "zip", ""
    if advice := next((said for ends, said in _CONVERTED.items() if name.endswith(ends)), ""):
        return "", advice
    packed = next((by for at, magic, by in _PACKED if head.startswith(magic, at)), "")
    if packed:
        is_nifti = packed == "gzip" and name.endswith(".nii.gz")
        return ("nifti", "") if is_nifti else ("", f"packed with {packed}: unpack it")
    if starts_like_nifti(head):
        # nibabel unpacks by the name.
        unpacked = "not compressed with gzip, though its name says so: take .gz off its name"
        return ("", unpacked) if name.endswith(".gz") else ("nifti", "")
    if starts_like_dicom(head):
        return "dicom", ""
    if _is_text(head):
        return "text", ""
    return "", _ANALYZE if _is_analyze(head) else NO_KNOWN_KIND


def starts_like_nifti(head: bytes) -> bool:
    """Tell NIfTI 1 or 2 by the first `HEAD_BYTES` of a file, unpacked."""
    return head[344:347] in (b"n+1", b"n+2") or head[4:7] in (b"n+1", b"n+2") or _is_pair(head)


def starts_like_dicom(head: bytes) -> bool:
    """Tell whether a file without preamble may be DICOM: a first element of a low, even group."""
    if len(head) < 16:
        return False
    little, big = int.from_bytes(head[:2], "little"), int.from_bytes(head[:2], "big")
    if little not in (2, 4, 8) and big not in (2, 4, 8):
        return False
    if head[4:6].isalpha() and head[4:6].isupper():
        return True
    return int.from_bytes(head[4:8], "little") < len(head)


def _sort_in(path: str, found: Found, *, given: bool) -> None:
    header = _header_beside(path)
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


def _header_beside(path: str) -> str:
    """Return the header of a pair whose voxels a file holds; empty for any other file."""
    if not is_voxels(path):
        return ""
    header = header_of(path)
    try:
        with Path(header).open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError:
        return ""
    return header if _is_pair(head) or _is_analyze(head) else ""


def _is_analyze(head: bytes) -> bool:
    """Tell Analyze 7.5, which NIfTI 1 grew from: by the size of its header and number of axes."""
    return any(
        int.from_bytes(head[:4], order) == _HEADER_BYTES
        and 0 < int.from_bytes(head[40:42], order) < 8
        for order in _BYTE_ORDERS
    )


def _is_pair(head: bytes) -> bool:
    """Tell a header of NIfTI 1 or 2 whose voxels lie in a file of their own (.hdr, .img)."""
    return head[344:347] == b"ni1" or head[4:7] == b"ni2"


def _could_be_image(name: str) -> bool:
    lowered = name.lower()
    if lowered.startswith(".") or lowered in _PASSED_OVER or lowered.endswith(_PACKED_TABLE):
        return False
    return Path(lowered).suffix in _IMAGE_ENDINGS or bool(_SCANNER_NAME.search(lowered))


def _is_text(head: bytes) -> bool:
    return not any(byte < 9 or 13 < byte < 32 for byte in head)


def _walk(folder: str, failures: list[Failure]) -> Iterator[str]:
    """Yield the files under a folder in the order of their names."""

    def fail(error: OSError) -> None:
        failures.append(Failure(str(error.filename), _words_of(error)))

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
    for file in islice(filter(_could_be_scan, _few_files(folder)), _FILES_TO_TRY):
        # A NIfTI file that can't be read is worth an error that says why.
        is_nifti = file.lower().endswith(_NIFTI_ENDINGS)
        yield "nifti" if is_nifti else file_kind(_header_beside(file) or file)[0]


def _could_be_scan(path: str) -> bool:
    name = Path(path).name
    return _could_be_image(name) and Path(name.lower()).suffix not in _PICTURE_ENDINGS


def _few_files(folder: str) -> Iterator[str]:
    """Yield some files under a folder, nearest first; hidden folders are left out."""
    waiting, seen = [folder], 0
    while waiting:
        try:
            with os.scandir(waiting.pop(0)) as entries:
                for entry in entries:
                    seen += 1
                    if seen > _ENTRIES_TO_SEE:
                        return
                    if not _is_folder(entry):
                        yield entry.path
                    elif not entry.name.startswith("."):
                        waiting.append(entry.path)
        except OSError:
            continue


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # A link to itself.
        return False


def _absence(path: str, error: OSError | ValueError) -> str:
    missing = isinstance(error, (FileNotFoundError, NotADirectoryError, ValueError))
    if missing and not os.path.lexists(path):
        return "does not exist"
    return _words_of(error)


def _words_of(error: OSError | ValueError) -> str:
    if isinstance(error, PermissionError):
        return "not readable: permission denied"
    if isinstance(error, FileNotFoundError):
        return "a link to a file that does not exist"
    return f"not readable: {getattr(error, 'strerror', None) or error}"
