"""What a file is, told by its first bytes: DICOM, NIfTI, a picture, or why it is none of them."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Literal

from napari_mrseq.reading.nifti_pair import header_of, is_voxels

# A file type that needs only its first bytes; the NIfTI magic lies at byte 344.
HEAD_BYTES = 352
_HEADER_BYTES = 348
_DIRECTORY_CLASS = b"1.2.840.10008.1.3.10"
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
        return "", unreadable(error)
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
    if _starts_like_dicom(head):
        return "dicom", ""
    if _is_text(head):
        return "text", ""
    return "", _ANALYZE if _is_analyze(head) else NO_KNOWN_KIND


def starts_like_nifti(head: bytes) -> bool:
    """Tell NIfTI 1 or 2 by the first `HEAD_BYTES` of a file, unpacked."""
    return head[344:347] in (b"n+1", b"n+2") or head[4:7] in (b"n+1", b"n+2") or _is_pair(head)


def _starts_like_dicom(head: bytes) -> bool:
    """Tell whether a file without preamble may be DICOM: a first element of a low, even group."""
    if len(head) < 16:
        return False
    little, big = int.from_bytes(head[:2], "little"), int.from_bytes(head[:2], "big")
    if little not in (2, 4, 8) and big not in (2, 4, 8):
        return False
    if head[4:6].isalpha() and head[4:6].isupper():
        return True
    return int.from_bytes(head[4:8], "little") < len(head)


def header_beside(path: str) -> str:
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


def unreadable(error: OSError | ValueError) -> str:
    """Say why a file or folder can't be looked at."""
    if isinstance(error, PermissionError):
        return "not readable: permission denied"
    if isinstance(error, FileNotFoundError):
        return "a link to a file that does not exist"
    return f"not readable: {getattr(error, 'strerror', None) or error}"


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


def _is_text(head: bytes) -> bool:
    return not any(byte < 9 or 13 < byte < 32 for byte in head)
