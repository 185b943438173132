"""The pixels of a catalogue's row: a picture, or one slice of a DICOM series or NIfTI file."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari_mrseq.errors import CatalogueError, ReadError
from napari_mrseq.reading import read_study
from napari_mrseq.training.follow_ups import rows_by_patient
from napari_mrseq.training.series_rows import LEFT_OUT
from napari_mrseq.training.soundness import copies_told, patients_told

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from napari_mrseq.series import Series, Study
    from napari_mrseq.training.catalogue import Row

# Rows of one file or folder follow each other in most catalogues: it is read once for all.
_STUDIES_KEPT = 4
# Thousands of slices take minutes to read.
TOLD_EVERY = 1000
_BLANK = b""


@dataclass(frozen=True, eq=False)
class LabelledSlice:
    """One slice, as a model's `examine` takes it.

    Attributes
    ----------
    pixels : (rows, columns) array
        Grey values.
    pixel_spacing : tuple of float or None
        mm along (row, column).
    as_shown : bool
        The values are a picture's.
    series : Series
        What it lies in.
    """

    pixels: NDArray[Any]
    pixel_spacing: tuple[float, float] | None
    as_shown: bool
    series: Series


def read_slice(row: Row) -> LabelledSlice:
    """Read what a row of a catalogue names.

    Raises
    ------
    CatalogueError
        If it can't be read, or there is no such slice; names the file.
    """
    series, index = _place(row)
    try:
        # Threads of dask's own may keep a program that is ended from ending (`judging`).
        pixels = series.slice_pixels(index).compute(scheduler="synchronous")
    except ReadError as error:
        raise CatalogueError(str(error)) from error
    spacing = series.spacing[1:] if series.spacing else None
    return LabelledSlice(pixels, spacing, series.kind == "picture", series)


def readable(rows: Sequence[Row], source: Path, log: Callable[[str], None]) -> list[Row]:
    """Return the rows whose pictures can be read, before hours go into them.

    Parameters
    ----------
    rows : sequence of Row
        Of files that are there.
    source : Path
        Where the rows come from.
    log : callable
        Takes a line on each thousand, on each picture that can't be read, and one that counts them;
        and on pictures that are the same but for their group or label, and patients in two groups.

    Raises
    ------
    CatalogueError
        If none can.
    """
    kept: list[Row] = []
    causes: list[str] = []
    alike: defaultdict[bytes, list[Row]] = defaultdict(list)
    studies: defaultdict[str, list[Row]] = defaultdict(list)
    files: dict[str, str] = {}
    for number, row in enumerate(rows, start=1):
        try:
            read = read_slice(row)
        except CatalogueError as error:
            causes.append(str(error))
        else:
            kept.append(row)
            alike[_digest(read.pixels)].append(row)
            if study := read.series.study_uid:
                studies[study].append(row)
                files[study] = read.series.files[0]
        if number % TOLD_EVERY == 0 and number < len(rows):
            log(f"{number} of {len(rows)} looked at")
    for cause in dict.fromkeys(causes):
        log(LEFT_OUT + cause)
    if rows and not kept:
        raise CatalogueError(f"{source}: no picture of it can be read")
    if causes:
        log(
            f"{len(causes)} of {len(rows)} pictures left out, which can't be read: to have them "
            "too, stop, put sound files in their place and start again"
        )
    # What shows nothing is the same in all subjects.
    alike.pop(_BLANK, None)
    patients = rows_by_patient(studies, files)
    for told in (*copies_told(list(alike.values())), *patients_told(patients)):
        log(told)
    return kept


def _digest(pixels: NDArray[Any]) -> bytes:
    """Return what two pictures have in common whose pixels are the same."""
    if pixels.min() == pixels.max():
        return _BLANK
    return hashlib.sha256(repr(pixels.shape).encode() + pixels.tobytes()).digest()


def _place(row: Row) -> tuple[Series, int]:
    """Return the series of a row, and the slice counted through all volumes."""
    series = _series_meant(row)
    if series.slice_count == 1:
        # The file of one slice, wherever in its series that lies.
        return series, 0
    if row.slice is None:
        raise CatalogueError(
            f"{row.path} holds {series.slice_count} slices: name one in a column slice"
        )
    # So the file of one volume: a mosaic.
    alone = series.kind == "dicom" and series.pixels.ndim == 3 and row.path.is_file()
    index = row.slice + (0 if alone else row.volume * series.slices_per_volume)
    if row.slice >= series.slices_per_volume or index >= series.slice_count:
        raise CatalogueError(f"{row.path} has no slice {row.slice} of volume {row.volume}")
    return series, index


def _series_meant(row: Row) -> Series:
    # Absolute: elsewhere a relative path is another file.
    study = _study(row.path.absolute())
    found = [one for one in study.series if row.series_uid in ("", one.series_uid)]
    # A file of one slice alone is no part of anything.
    found = [one for one in found if one.part == row.part] or found
    if not found:
        causes = "; ".join(failure.cause for failure in study.failures) or "no such series there"
        raise CatalogueError(f"{row.path} can't be used: {causes}")
    if len(found) > 1:
        # The first of them would be taught what another shows.
        raise CatalogueError(
            f"{row.path} holds {len(found)} series that the row may mean: tell which in the "
            "columns series_uid and part"
        )
    return found[0]


@lru_cache(maxsize=_STUDIES_KEPT)
def _study(path: Path) -> Study:
    return read_study(path)
