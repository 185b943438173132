"""DICOM files → Series: slices grouped by series, split into stacks, sorted, with geometry."""

from __future__ import annotations

import statistics
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from napari_mrseq.errors import NoImageError, ReadError
from napari_mrseq.naming import common_folder, printable
from napari_mrseq.reading.copies import InputOf, split_copies
from napari_mrseq.reading.enhanced import enhanced_frames, is_enhanced
from napari_mrseq.reading.frames import Frame, Origin, classic_frames
from napari_mrseq.reading.geometry import (
    ASSUMED_DISTANCE_MM,
    UNKNOWN_THICKNESS,
    StackGeometry,
    stack_geometry,
)
from napari_mrseq.reading.grouping import grouped, labelled
from napari_mrseq.reading.header import cause_of, damage_of, read_header
from napari_mrseq.reading.instance import Layouts, read_instance
from napari_mrseq.reading.layout import FrameSource
from napari_mrseq.reading.mosaic import is_mosaic, mosaic_frames
from napari_mrseq.reading.patients_apart import patients_apart
from napari_mrseq.reading.pixels import stack_pixels
from napari_mrseq.reading.privacy import public_header
from napari_mrseq.reading.stacks import split_into_stacks
from napari_mrseq.reading.volume_axis import distinct_b_values, volume_axis_of
from napari_mrseq.reading.volumes import Stack
from napari_mrseq.series import Failure, Series

# Image classes that are pictures of a screen or a page, whatever their modality says.
_SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
_UNPLACED = (
    "no slice positions, orientation or pixel size in the header: order by instance number, "
    "position in the patient unknown"
)


def read_dicom(
    paths: Sequence[str],
    *,
    input_of: InputOf,
    progress: Callable[[int], None],
    go_on: Callable[[], None],
) -> tuple[list[Series], list[Failure]]:
    """Read the headers of DICOM files and put their slices together as series.

    Parameters
    ----------
    paths : sequence of str
        Files, of any number of series.
    input_of : callable
        Tells under which of the paths that the user gave a file lies; see `split_copies`.
    progress : callable
        Called with the number of files done.
    go_on : callable
        Called before slices are put together as series; see `read_study`.

    Returns
    -------
    list of Series, list of Failure
        Series study by study, in the order of their first files; one failure a file that is no
        image, or whose series can't be put together.
    """
    layouts: Layouts = {}
    groups: dict[Hashable, list[Frame]] = defaultdict(list)
    failures = []
    for done, path in enumerate(paths, start=1):
        try:
            frames = file_frames(path, layouts)
        except ReadError as error:
            no_image = isinstance(error, NoImageError)
            failures.append(Failure(path, str(error), no_image=no_image))
        else:
            groups[_series_key(frames[0])] += frames
        progress(done)
    series: list[Series] = []
    left = deque(patients_apart(_with_incomplete(groups)))
    # The slices of a cohort are let go of as its series are put together.
    groups.clear()
    while left:
        # Of thousands of series that takes longer than their headers did.
        go_on()
        part = left.popleft()
        for frames in split_copies(part.frames, input_of):
            try:
                stacks = split_into_stacks(frames)
                series += [_series_of(stack, part.patient, part.warnings) for stack in stacks]
            except Exception as error:  # whatever else damaged headers hold back
                failures += _lost_files(frames, error)
    return series, failures


def file_frames(path: str, layouts: Layouts) -> list[Frame]:
    """Return the slices of one file.

    Raises
    ------
    ReadError
        If the file is no DICOM file or holds no image that can be read; the text is the cause.
    """
    try:
        instance = read_instance(path, layouts)
        if is_enhanced(instance):
            return enhanced_frames(instance)
        if is_mosaic(instance):
            return mosaic_frames(instance)
        return classic_frames(instance)
    except RecursionError as error:
        raise ReadError("damaged: sequences are nested too deeply") from error
    except ReadError:
        raise
    except Exception as error:  # a damaged header can make pydicom raise nearly anything
        raise ReadError(damage_of(error)) from error


def _with_incomplete(groups: dict[Hashable, list[Frame]]) -> list[list[Frame]]:
    """Put files without a study or a series number to the one series whose UID they have.

    Programs leave them out (dcm2niix issue 218).
    """
    origins = {key: frames[0].origin for key, frames in groups.items()}
    whole = {
        key: groups[key]
        for key, one in origins.items()
        if not one.series_uid or (one.study_uid and one.series_number is not None)
    }
    by_uid = labelled((origins[key].series_uid for key in whole), whole)
    for key in [key for key in groups if key not in whole]:
        alike = by_uid.setdefault(origins[key].series_uid, [])
        fitting = [other for other in alike if _completes(origins[other], origins[key])]
        if len(fitting) != 1:
            whole[key] = groups[key]
            alike.append(key)
            continue
        known = origins[fitting[0]]
        for frame in groups[key]:
            frame.origin = replace(
                frame.origin, study_uid=known.study_uid, series_number=known.series_number
            )
        whole[fitting[0]] += groups[key]
    return list(whole.values())


def _completes(known: Origin, one: Origin) -> bool:
    """Tell whether a file of the same series UID lacks what is known, and differs in nothing."""
    is_of_study = one.study_uid in ("", known.study_uid)
    return is_of_study and one.series_number in (None, known.series_number)


def _lost_files(frames: Sequence[Frame], error: Exception) -> list[Failure]:
    lost = dict.fromkeys(frame.source.path for frame in frames)
    return [Failure(path, f"its series can't be put together: {cause_of(error)}") for path in lost]


def is_mr(origin: Origin, *, colour: bool) -> bool:
    """Tell whether a file may be an MR image: it is not where it says that it is something else."""
    if colour or origin.sop_class.startswith(_SECONDARY_CAPTURE):
        return False
    return origin.modality in ("MR", "")


def _series_key(frame: Frame) -> Hashable:
    origin = frame.origin
    # Anonymised files may share one UID; their numbers still tell series apart.
    home = origin.series_uid or str(Path(frame.source.path).parent)
    # A capture of the screen that was saved into its series is no slice of it.
    return origin.study_uid, home, origin.series_number, is_mr(origin, colour=False)


def _series_of(stack: Stack, patient: int, warnings: Sequence[str]) -> Series:
    frames = [frame for volume in stack.volumes for frame in volume]
    first = frames[0]
    files = tuple(dict.fromkeys(frame.source.path for frame in frames))
    colour = first.source.layout.is_colour
    dataset, unreadable = _header_of(frames)
    mr = is_mr(first.origin, colour=colour)
    geometry = _geometry_of(stack, mr=mr)
    return Series(
        path=common_folder(files),
        files=files,
        pixels=stack_pixels([[frame.source for frame in volume] for volume in stack.volumes]),
        spacing=geometry.spacing,
        affine=geometry.affine,
        instance_uids=tuple(frame.sop_uid for frame in frames),
        series_uid=first.origin.series_uid or None,
        series_number=first.origin.series_number,
        description=_description(dataset),
        study_uid=first.origin.study_uid or None,
        patient=patient,
        frame_of_reference_uid=first.origin.frame_of_reference_uid or None,
        is_mr=mr,
        window=None if colour else _window(frames),
        dataset=dataset,
        volume_axis=volume_axis_of(stack.volumes),
        b_values=distinct_b_values(stack.volumes),
        part=stack.part,
        warnings=(
            *unreadable,
            *warnings,
            *dict.fromkeys(filter(None, (frame.origin.doubt for frame in frames))),
            *dict.fromkeys(filter(None, (frame.doubt for frame in frames))),
            *stack.warnings,
            *geometry.warnings,
        ),
    )


def _header_of(frames: Sequence[Frame]) -> tuple[Dataset, list[str]]:
    """Return the first header that can be read as a whole, and what to say where it is a later."""
    problem = cause = ""
    for first, *_ in grouped(frames, lambda frame: frame.source.path):
        path = Path(first.source.path)
        try:
            with path.open("rb") as file:
                header = public_header(read_header(file), first.source.index)
        except Exception as error:  # a damaged header can make pydicom raise nearly anything
            cause = cause_of(error)
            problem = problem or f"{path.name}: {cause}"
        else:
            return header, [f"{problem}; {path.name} is used for the series"] if problem else []
    raise ReadError(cause)


def _description(dataset: Dataset) -> str | None:
    for keyword in ("SeriesDescription", "ProtocolName"):
        value = dataset.get(keyword) or ""
        # A backslash, which people type, parts values in DICOM.
        written = "\\".join(value) if isinstance(value, MultiValue) else str(value)
        if text := printable(written).strip():
            return text
    return None


def _geometry_of(stack: Stack, *, mr: bool) -> StackGeometry:
    """Return where slices lie; without a place in space also what is not known of them."""
    first = stack.first
    distance = first.thickness or ASSUMED_DISTANCE_MM
    spacing = first.pixel_spacing and (distance, *first.pixel_spacing)
    if stack.is_radial:
        return StackGeometry(None, spacing)
    if first.is_placed:
        positions = np.array([frame.position for frame in stack.volumes[0]])
        pixels = first.pixel_spacing or (1.0, 1.0)
        return stack_geometry(positions, first.orientation or (), pixels, first.thickness)
    said = [_UNPLACED] if mr and not first.doubt else []
    if spacing and not first.thickness:
        said.append(UNKNOWN_THICKNESS)
    return StackGeometry(None, spacing, tuple(said))


def _shows(window: tuple[float, float], source: FrameSource) -> bool:
    """Tell whether a pixel can have a value inside a window; some programs write any numbers."""
    layout = source.layout
    if source.lut is not None or layout.is_float:
        return True
    count = 1 << layout.bits_allocated
    lowest = -count // 2 if layout.signed else 0
    ends = [source.slope * v + source.intercept for v in (lowest, lowest + count - 1)]
    return window[0] < max(ends) and window[1] > min(ends)


def _window(frames: Sequence[Frame]) -> tuple[float, float] | None:
    """Return the middle one of the slices' windows, turned where the pixels are turned."""
    windows = [f.window for f in frames if f.window is not None and _shows(f.window, f.source)]
    if not windows:
        return None
    low = statistics.median(window[0] for window in windows)
    high = statistics.median(window[1] for window in windows)
    source = frames[0].source
    if source.layout.photometric != "MONOCHROME1":
        return low, high
    if source.lut is not None:
        return None
    mirror = source.slope * source.layout.mirror + 2 * source.intercept
    return mirror - high, mirror - low
