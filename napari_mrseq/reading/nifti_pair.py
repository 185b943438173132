"""The names of a NIfTI image in two files: a header (.hdr) and its voxels (.img)."""

from __future__ import annotations


def is_header(path: str) -> bool:
    """Tell whether a name is that of a header without its voxels."""
    return path.lower().endswith(".hdr")


def is_voxels(path: str) -> bool:
    """Tell whether a name is that of voxels without their header."""
    return path.lower().endswith(".img")


def header_of(voxels: str) -> str:
    """Return the name of the header of voxels, in their case."""
    return _other(voxels, ".hdr")


def voxel_file(path: str) -> str:
    """Return the file that holds the voxels: of a pair it is not the header's."""
    return _other(path, ".img") if is_header(path) else path


def _other(path: str, ending: str) -> str:
    stem, own = path[: -len(ending)], path[-len(ending) :]
    return stem + (ending.upper() if own.isupper() else ending)
