"""One DICOM file → its slices, each with the attributes by which slices are told apart."""

from __future__ import annotations

import sys
from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from napari_mrseq.clock import DAY_MS, moment
from napari_mrseq.reading.diffusion import diffusion_of
from napari_mrseq.reading.geometry import is_distance, is_orientation, is_position
from napari_mrseq.reading.image_type import component_in, derivation_of, quantity_in
from napari_mrseq.reading.instance import Instance
from napari_mrseq.reading.layout import FrameSource, told_frames
from napari_mrseq.reading.patient import PatientMark, patient_mark
from napari_mrseq.reading.rescaling import map_to_real_world, rescale, window_of
from napari_mrseq.reading.tags import Direction, number, numbers, text, triple, whole, words

# No series takes longer: times further apart are of two days, or midnight lies between (ms).
LONGEST_SERIES_MS = DAY_MS / 2
# Stands in `Frame.order` for a number that the header doesn't tell; some write it for that too.
UNTOLD = -1.0

_UNTOLD_FRAMES = "number of frames (0028,0008) is missing: there are as many as pixels fill"


@dataclass(frozen=True, slots=True)
class Origin:
    """What all slices of one file share: where they come from.

    Attributes
    ----------
    series_uid, study_uid, frame_of_reference_uid, sop_class : str
        Empty where missing.
    series_number : int or None
        As DICOM (0020,0011).
    modality : str
        As DICOM (0008,0060), in capitals, ``"MR"`` for example.
    patient : PatientMark
        As `patient_mark` gives it.
    doubt : str
        What was guessed of the file, in words for the user; empty where nothing was.
    """

    series_uid: str
    study_uid: str
    frame_of_reference_uid: str
    sop_class: str
    series_number: int | None
    modality: str
    patient: PatientMark
    doubt: str = ""


@dataclass(slots=True)
class Frame:
    """One slice as it lies in a file.

    Attributes
    ----------
    position : tuple of float or None
        Centre of the first voxel, patient LPS, mm.
    orientation : tuple of float or None
        Six direction cosines.
    pixel_spacing : tuple of float or None
        mm between rows, mm between columns.
    thickness : float or None
        Distance to the next slice in mm, as far as the header says.
    told_distances : tuple of float or None
        Spacing Between Slices (0018,0088) and Slice Thickness (0018,0050) in mm, where both are
        told.
    component : str
        ``magnitude``, ``phase``, ``real``, ``imaginary``, or empty.
    quantity : str
        What an image of a mixed series shows: ``water``, ``ADC``; empty where nothing special.
    echo_time, inversion_time : float or None
        ms.
    trigger, time : float or None
        ms since the trigger (or the first volume), and as `clock.moment` gives it.
    content_time : float or None
        When the pixels were made, as `clock.moment` gives it.
    echo_number : float or None
        As DICOM (0018,0086).
    labelling : str
        ASL Context (0018,9257): ``LABEL``, ``CONTROL``.
    order : tuple of float
        Sorts slices at one place as they were acquired: temporal position, acquisition and instance
        number, `UNTOLD` where the header lacks them, then what counts the frames of a file.
    repetition_time : float or None
        ms.
    description : str
        As the technician wrote it, undecoded: names may be in it, it is only compared.
    derivation : str
        How a derived image was made; empty for originals.
    location, height : float or None
        Slice Location (0020,1041), and where the slice lies along its normal in mm if that is all
        that is known of its place.
    dimensions : tuple of float
        Dimension Index Values (0020,9157) of an enhanced file.
    may_go_below_zero : bool
        Its file has signed pixels, and doesn't say that the lowest (0028,0106) is 0 or more.
    doubt : str
        What was guessed of the slice, in words for the user; empty where nothing was.
    """

    source: FrameSource
    origin: Origin
    sop_uid: str
    position: Direction | None = None
    orientation: tuple[float, ...] | None = None
    pixel_spacing: tuple[float, float] | None = None
    thickness: float | None = None
    told_distances: tuple[float, float] | None = None
    window: tuple[float, float] | None = None
    component: str = ""
    quantity: str = ""
    stack: str = ""
    echo_time: float | None = None
    inversion_time: float | None = None
    flip_angle: float | None = None
    b_value: float | None = None
    direction: Direction | None = None
    trigger: float | None = None
    time: float | None = None
    content_time: float | None = None
    echo_number: float | None = None
    labelling: str = ""
    repetition_time: float | None = None
    description: str = ""
    derivation: str = ""
    location: float | None = None
    height: float | None = None
    order: tuple[float, ...] = ()
    dimensions: tuple[float, ...] = ()
    may_go_below_zero: bool = False
    doubt: str = ""

    @property
    def temporal_position(self) -> float:
        """Number of its volume (0020,0100; 0020,9128), or `UNTOLD`."""
        return self.order[0]

    @property
    def acquisition_number(self) -> float:
        """Acquisition Number (0020,0012), or `UNTOLD`."""
        return self.order[1]

    @property
    def instance_number(self) -> float:
        """Instance Number (0020,0013), or `UNTOLD`."""
        return self.order[2]

    @property
    def settings(self) -> Hashable:
        """What tells images of one place apart, but for their numbers and what was typed in."""
        return (
            self.component, self.quantity, self.echo_time, self.inversion_time, self.flip_angle,
            self.b_value, self.direction, self.trigger, self.time,
        )  # fmt: skip

    @property
    def is_placed(self) -> bool:
        """Position, orientation and pixel size are known."""
        return None not in (self.position, self.orientation, self.pixel_spacing)

    @property
    def field_of_view(self) -> tuple[float, float]:
        """Height and width of the image, mm; in pixels where their size isn't known."""
        down, across = self.pixel_spacing or (1.0, 1.0)
        rows, columns = self.source.shape
        return rows * down, columns * across

    @property
    def middle(self) -> NDArray[np.float64]:
        """Middle of the image of a placed slice, patient LPS, mm."""
        along = np.array(self.orientation).reshape(2, 3)
        down, across = self.pixel_spacing or (1.0, 1.0)
        rows, columns = self.source.shape
        half = np.array([(columns - 1) * across, (rows - 1) * down]) / 2
        return np.asarray(self.position + half @ along)


def classic_frames(instance: Instance) -> list[Frame]:
    """Return the slices of a file whose attributes are at its top level.

    A file of several frames without groups of their own (an old cine) gives frames at one place.
    """
    first = classic_frame(instance)
    if instance.layout.frames > 1 and not told_frames(instance.header):
        first.origin = replace(first.origin, doubt=_UNTOLD_FRAMES)
    return [first, *(repeated(first, index) for index in range(1, instance.layout.frames))]


def classic_frame(instance: Instance) -> Frame:
    """Return the first frame of a file as what is at its top level describes it."""
    header = instance.header
    image_type = words(header, 0x00080008)
    b_value, direction = diffusion_of(header)
    source = instance.source()
    rescale(source, header)
    return Frame(
        source=source,
        origin=origin_of(instance),
        sop_uid=text(header, 0x00080018),
        position=position_of(header),
        orientation=orientation_of(header),
        pixel_spacing=pixel_spacing_of(header),
        thickness=thickness_of(header),
        told_distances=told_distances_of(header),
        window=map_to_real_world(source, header, window_of(header)),
        component=component_in(header, image_type),
        quantity=quantity_in(header, image_type, b_value),
        echo_time=number(header, 0x00180081),
        inversion_time=number(header, 0x00180082),
        flip_angle=number(header, 0x00181314),
        b_value=b_value,
        direction=direction,
        # Without a trigger GE's real-time timer: since the start of the scan.
        trigger=ms_or_seconds(number(header, 0x00181060), number(header, 0x0021105E, "DS")),
        repetition_time=number(header, 0x00180080),
        description=description_of(header),
        derivation=derivation_of(image_type),
        location=number(header, 0x00201041),
        content_time=moment(text(header, 0x00080033)),
        echo_number=number(header, 0x00180086),
        time=moment(text(header, 0x0008002A) or text(header, 0x00080032), text(header, 0x00080022)),
        order=order_of((header, 0x00200100), (header, 0x00200012), (header, 0x00200013)),
        may_go_below_zero=instance.layout.signed and _may_go_below_zero(header),
    )


def origin_of(instance: Instance) -> Origin:
    """Return what all slices of a file share; equal texts of a study are kept once."""
    header = instance.header
    return Origin(
        series_uid=sys.intern(text(header, 0x0020000E)),
        study_uid=sys.intern(text(header, 0x0020000D)),
        frame_of_reference_uid=sys.intern(text(header, 0x00200052)),
        sop_class=sys.intern(text(header, 0x00080016)),
        series_number=whole(header, 0x00200011),
        modality=sys.intern(text(header, 0x00080060).upper()),
        patient=patient_mark(header),
    )


def order_of(*told: tuple[Dataset, int]) -> tuple[float, ...]:
    """Return numbers that sort slices, each from a header or functional group by its tag."""
    found = (number(group, tag) for group, tag in told)
    return tuple(UNTOLD if value is None else value for value in found)


def repeated(frame: Frame, index: int) -> Frame:
    """Return another frame of the same file with the same attributes."""
    source = replace(frame.source, index=index)
    return replace(frame, source=source, order=(*frame.order, index))


def position_of(group: Dataset) -> Direction | None:
    """Return Image Position (Patient), None where it is missing or no place."""
    place = numbers(group, 0x00200032)
    return triple(place) if is_position(place) else None


def orientation_of(group: Dataset) -> tuple[float, ...] | None:
    """Return Image Orientation (Patient), None where it is missing or no orientation."""
    cosines = numbers(group, 0x00200037)
    return cosines if is_orientation(cosines) else None


def pixel_spacing_of(group: Dataset) -> tuple[float, float] | None:
    """Return mm between rows and between columns, None where missing or no distances."""
    values = numbers(group, 0x00280030)
    if len(values) == 2 and all(map(is_distance, values)):
        return values[0], values[1]
    return None


def thickness_of(group: Dataset) -> float | None:
    """Return the distance to the next slice in mm: the spacing, else the thickness."""
    return _distance(group, 0x00180088) or _distance(group, 0x00180050)


def told_distances_of(group: Dataset) -> tuple[float, float] | None:
    """Return spacing and thickness of slices in mm, None where one is missing."""
    spacing, thickness = _distance(group, 0x00180088), _distance(group, 0x00180050)
    return (spacing, thickness) if spacing and thickness else None


def _distance(group: Dataset, tag: int) -> float | None:
    # Some writers give spacing a sign.
    distance = abs(number(group, tag) or 0)
    return distance if is_distance(distance) else None


def description_of(header: Dataset) -> str:
    """Return Series Description, else Protocol Name; equal texts of a study are kept once."""
    return sys.intern(text(header, 0x0008103E) or text(header, 0x00181030))


def ms_or_seconds(ms: float | None, seconds: float | None) -> float | None:
    """Return a time in ms by the first of two elements that tells it."""
    return seconds * 1000 if ms is None and seconds is not None else ms


def _may_go_below_zero(header: Dataset) -> bool:
    lowest = whole(header, 0x00280106, "SS")
    return lowest is None or lowest < 0
