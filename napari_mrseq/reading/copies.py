"""Files that hold the same slices: re-exports, denoised twins and copies, told apart."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_mrseq.errors import ReadError, first_few
from napari_mrseq.reading.frames import Frame
from napari_mrseq.reading.grouping import grouped
from napari_mrseq.reading.layout import FrameSource
from napari_mrseq.reading.pixels import slice_values

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Pairs of slices that are compared, evenly spread, where two folders hold the same ones.
_PAIRS_COMPARED = 3
# Files that a warning names; the others are counted.
_NAMES_SHOWN = 3

InputOf = Callable[[str], int]


def split_copies(frames: list[Frame], input_of: InputOf) -> list[list[Frame]]:
    """Part slices of one series UID that lie twice at one place, in different folders.

    Viewers that mix them make no volume (vtk-dicom issue 95, dicom2nifti issue 21). A series may be
    spread over folders: those that complete each other stay together, and so do true copies below
    one path, of which one is shown. Copies under several of the given paths, and images that differ
    in pixels or identity, are series of their own.

    Parameters
    ----------
    frames : list of Frame
        All slices of one series UID.
    input_of : callable
        Tells under which of the given paths a file lies.
    """

    def home(frame: Frame) -> Hashable:
        return input_of(frame.source.path), str(Path(frame.source.path).parent)

    homes = grouped(frames, home)
    if len(homes) == 1:
        return homes
    sets: list[tuple[dict[Hashable, Frame], list[Frame]]] = []
    for members in homes:
        placed = {_place(frame): frame for frame in members}
        for known, joined in sets:
            if _may_join(placed, known, input_of):
                known |= placed
                joined += members
                break
        else:
            sets.append((placed, members))
    return [joined for _, joined in sets]


def without_copies(frames: Sequence[Frame]) -> tuple[list[Frame], list[str]]:
    """Leave out second copies of an instance, as a folder filled twice has."""

    def instance(file: Sequence[Frame]) -> Hashable:
        places = [(f.source.index, f.source.tile, f.position, f.order) for f in file]
        return file[0].sop_uid or file[0].source.path, *places

    files = grouped(frames, lambda frame: frame.source.path)
    copies: list[str] = []
    others: list[str] = []
    for same in grouped(files, instance):
        firsts = [file[0] for file in same]
        best, *further = _best_first(firsts) if len(firsts) > 1 else firsts
        for one in further:
            # Packed in another way or damaged, it is taken for what its UID says.
            is_copy = _same_pixels(best, one) is not False
            (copies if is_copy else others).append(one.source.path)
    left_out = set(copies)
    unique = [frame for frame in frames if frame.source.path not in left_out]
    warnings = []
    if copies:
        warnings.append(f"duplicate: the instances of {_names(copies)} are there twice, shown once")
    if others:
        warnings.append(f"{_names(others)}: other images of the same UID lie at the same place")
    return unique, warnings


def _names(paths: Iterable[str]) -> str:
    return first_few([short_name(path) for path in paths], _NAMES_SHOWN)


def short_name(path: str) -> str:
    """Name a file as warnings do: by its last folder and name."""
    place = Path(path)
    return "/".join(filter(None, (place.parent.name, place.name)))


def _best_first(copies: Sequence[Frame]) -> list[Frame]:
    """Sort files of one instance by their content, whatever they are called.

    First those that no codec may have spoilt, those that tell the size of a pixel, the larger;
    last those that can't be decoded.
    """
    best, *others = sorted(copies, key=_rank)
    # To decode takes long: what was packed in the same way is as sound as the other.
    if best.source.layout.is_native or all(_same_bytes(best, other) for other in others):
        return [best, *others]
    return sorted([best, *others], key=lambda frame: not _is_sound(frame.source))


def _rank(frame: Frame) -> tuple[bool, bool, int, bytes]:
    source = frame.source
    try:
        with Path(source.path).open("rb") as file:
            # All of it, where the pixels can't be told from the header.
            header = file.read(source.offset)
    except OSError:
        header = b""
    return not source.layout.is_native, frame.pixel_spacing is None, -source.stamp[0], header


def _same_pixels(one: Frame, other: Frame) -> bool | None:
    """Tell whether two files hold the same pixels.

    None where they are packed in two ways, or one can't be read any more. Two encoders may pack one
    image differently: compressed pixels are decoded where their bytes differ.
    """
    layout = one.source.layout
    if layout != other.source.layout:
        return None
    same = _same_bytes(one, other)
    return same if same or layout.is_native else _decode_alike(one.source, other.source)


def _same_bytes(one: Frame, other: Frame) -> bool | None:
    """Tell whether the pixels of two files are written alike, None where one can't be read."""
    layout = one.source.layout
    # What follows the pixels of a plain file may be padding.
    left = layout.native_bytes if layout.is_native else -1
    try:
        return _bytes_of(one, left) == _bytes_of(other, left)
    except (OSError, ReadError):
        return None


def _decode_alike(one: FrameSource, other: FrameSource) -> bool | None:
    """Tell whether all frames of two files have the same values, None where one is damaged."""
    pairs = zip(_frames_of(one), _frames_of(other), strict=True)
    try:
        return all(np.array_equal(first, second) for first, second in pairs)
    except ReadError:
        return None


def _is_sound(source: FrameSource) -> bool:
    """Tell whether all frames of a file can be decoded."""
    try:
        return all(frame.size for frame in _frames_of(source))
    except ReadError:
        return False


def _frames_of(source: FrameSource) -> Iterator[NDArray[Any]]:
    for index in range(source.layout.frames):
        yield slice_values(replace(source, index=index), source.dtype)


def _bytes_of(frame: Frame, count: int) -> bytes:
    source = frame.source
    if source.whole is not None and source.offset < 0:
        # Deflated, they lie nowhere in the file.
        whole: bytes = source.whole.dataset()[source.layout.keyword].value
        return whole
    with Path(source.path).open("rb") as file:
        file.seek(source.offset)
        return file.read(count)


def _place(frame: Frame) -> Hashable:
    """Return all by which slices of one series differ."""
    place = frame.position, frame.orientation, frame.stack, frame.source.index, frame.source.tile
    return place, frame.order, frame.settings


def _may_join(
    placed: dict[Hashable, Frame], known: dict[Hashable, Frame], input_of: InputOf
) -> bool:
    shared = [place for place in placed if place in known]
    step = max(1, (len(shared) - 1) // (_PAIRS_COMPARED - 1))
    pairs = [(placed[place], known[place]) for place in shared[::step]]
    return all(
        input_of(one.source.path) == input_of(other.source.path)
        and one.sop_uid == other.sop_uid
        and _same_pixels(one, other)
        for one, other in pairs
    )
