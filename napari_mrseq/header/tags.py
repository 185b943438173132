"""One way to ask for a value, wherever a header keeps it and however badly it is written."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from napari_mrseq.elements import binary_numbers, decimal, is_binary
from napari_mrseq.header.image_types import put_together

if TYPE_CHECKING:
    from pydicom.dataset import Dataset
    from pydicom.tag import BaseTag

Place = tuple[int, int] | str

SHARED, PER_FRAME = "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"

# Times that BIDS (v1.10) gives in seconds and DICOM in milliseconds, and the shortest and the
# longest of each in ms that a scan has: what is too long in seconds was written in milliseconds,
# what is too short in milliseconds in seconds, whatever else the sidecar holds.
TIMES = {
    "RepetitionTime": (1.0, 60_000.0),
    "RepetitionTimeExcitation": (1.0, 60_000.0),
    "EchoTime": (0.5, 1_500.0),
    "InversionTime": (5.0, 20_000.0),
}
# Of a gradient echo nothing is left after so many ms.
LONGEST_GRADIENT_ECHO = 150.0

# Codes that dcm2niix joins by "_" in sidecars where DICOM has several values.
JOINED = frozenset({"ScanningSequence", "SequenceVariant", "ScanOptions"})
# Not within the codes of GE: "FC_SLICE_AX_GEMS".
_JOINT = re.compile(r"_(?!GEMS|(?:AX|FREQ|SLICE|PHASE)_)")

# Codes of which dcm2niix parts those of several words.
PARTED = frozenset({"ImageType", "ImageTypeText"})

# What no code holds (DICOM PS3.5, 6.2), and programs write around those that they make one text.
_CODE = re.compile(r"[^\\/,;\[\]'\"]+")

# A name has 64 letters (DICOM PS3.5, 6.2), a paragraph of free text 1,024: of a text that damage or
# a program made longer, phrases are looked for in so many, since all of it would take minutes.
LONGEST_TEXT = 1024

# Larger numbers are fill values (Philips writes 1.7e38), not times, angles or b values.
LARGEST = 1e12

# Value representations that bytes of unknown kind have, most likely, by their count.
_GUESSES = {8: "FD", 4: "FL", 2: "US"}


class Tags:
    """Values of a header by keyword or (group, element).

    Parameters
    ----------
    dataset : pydicom.Dataset or None
        Classic or enhanced; functional groups that all frames share are searched after the top
        level, then those of the first frame, which take the place of shared ones, and of what is
        mixed at the top level.
    sidecar : mapping or None
        BIDS sidecar, searched last; its times come out in milliseconds.
    """

    def __init__(self, dataset: Dataset | None, sidecar: Mapping[str, Any] | None):
        self._shared: list[Dataset] = []
        self._of_frame: list[Dataset] = []
        # A shared group that the frame has one of its own for: it tells what that leaves out.
        self._replaced: list[Dataset] = []
        if dataset is not None:
            own = _groups(dataset, PER_FRAME)
            shared = _groups(dataset, SHARED)
            self._shared = [dataset, *(shared[tag] for tag in shared if tag not in own)]
            self._of_frame = [*own.values()]
            self._replaced = [shared[tag] for tag in shared if tag in own]
        self._sidecar = sidecar or {}

    def values(self, place: Place) -> tuple[Any, ...]:
        """Return all values found at the first place that holds any, else an empty tuple."""
        found = _first_filled([*self._shared, *self._of_frame, *self._replaced], place)
        # So a file calls what differs from frame to frame (PS3.3, C.8.13.3).
        if found == ("MIXED",):
            found = _first_filled(self._of_frame, place) or found
        if found or not isinstance(place, str):
            return found
        return _filled(_sidecar_values(self._sidecar, place))

    def texts(self, place: Place) -> tuple[str, ...]:
        """Return the values as stripped text."""
        return tuple(str(value).strip() for value in self.values(place))

    def text(self, place: Place) -> str:
        """Return the beginning of the values as one text, empty where there is none."""
        return " ".join(self.texts(place))[:LONGEST_TEXT].strip()

    def text_of_frame(self, place: Place) -> str:
        """Return the values as one text, the first frame's own before those that others share."""
        own = _first_filled([*self._shared, *self._of_frame][::-1], place)
        return " ".join(str(value).strip() for value in own).strip() or self.text(place)

    def codes(self, place: Place) -> tuple[str, ...]:
        """Return the values in capitals, also where several share one string."""
        return tuple(
            part.strip().upper()
            for text in self.texts(place)
            for part in _CODE.findall(text)
            if part.strip()
        )

    def number(self, place: Place) -> float | None:
        """Return the first value that is a number, None where none is."""
        return next(iter(self.numbers(place)), None)

    def numbers(self, place: Place) -> tuple[float, ...]:
        """Return every value that is a finite number, decimal commas read as points."""
        numbers = (number_of(value) for value in self.values(place))
        return tuple(number for number in numbers if number is not None)

    def positive(self, place: Place) -> float | None:
        """Return the first number above 0: vendors write 0 where they mean nothing.

        A time that no scan has is in another unit, which nothing tells.
        """
        longest = _longest(place, self.text("ScanningSequence")) if place in TIMES else math.inf
        return next((number for number in self.numbers(place) if 0 < number <= longest), None)

    def is_of_one_frame(self, place: Place) -> bool:
        """Tell whether a value is the first frame's own: others may have another one."""
        own, shared = (_first_filled(found, place) for found in (self._of_frame, self._shared))
        return bool(own) and not shared

    def texts_of_items(self, sequence: str, keyword: str) -> tuple[str, ...]:
        """Return an element of each item of a sequence at the top level, as stripped text."""
        items = [item for dataset in self._shared[:1] for item in _items(dataset, sequence)]
        found = (value for item in items for value in _values_in(item, keyword))
        return tuple(str(value).strip() for value in _filled(found))


def number_of(value: Any) -> float | None:
    """Read a number out of whatever a file holds; None where there is none."""
    try:
        number = decimal(str(value))
    except ValueError:
        return None
    return number if abs(number) < LARGEST else None


def _groups(dataset: Dataset, sequence: str) -> dict[BaseTag, Dataset]:
    """Return the functional groups that all frames share, or those of the first frame."""
    found = {}
    for frame in _items(dataset, sequence)[:1]:
        for tag in frame.keys():  # noqa: SIM118 (iterating decodes values, also broken ones)
            if _vr_of(frame.get_item(tag)) == "SQ" and (group := (frame[tag].value or [None])[0]):
                found[tag] = group
    return found


def _items(dataset: Dataset, keyword: str) -> list[Dataset]:
    value = dataset.get(keyword)
    return list(value) if value else []


def _first_filled(datasets: Iterable[Dataset], place: Place) -> tuple[Any, ...]:
    """Return the values of the first dataset that holds any, else an empty tuple."""
    return next(filter(None, (_filled(_values_in(one, place)) for one in datasets)), ())


def _values_in(dataset: Dataset, place: Place) -> tuple[Any, ...]:
    """Return what a data element holds, undecoded ones read here.

    pydicom raises or warns on values that break their VR; such values are still worth reading.
    """
    from pydicom.datadict import tag_for_keyword
    from pydicom.dataelem import RawDataElement

    # Some keywords are those of sidecars only.
    if (isinstance(place, str) and tag_for_keyword(place) is None) or place not in dataset:
        return ()
    element: Any = dataset.get_item(place)
    if isinstance(element, RawDataElement):
        return _decoded(element.value, _vr_of(element), element.is_little_endian)
    value = element.value
    if isinstance(value, bytes):
        return _decoded(value, "UN", True)
    return tuple(_listed(value))


def _vr_of(element: Any) -> str:
    from pydicom.datadict import dictionary_has_tag, dictionary_VR

    if element.VR and element.VR != "UN":
        return str(element.VR)
    return dictionary_VR(element.tag) if dictionary_has_tag(element.tag) else "UN"


def _decoded(value: bytes | None, vr: str, little_endian: bool) -> tuple[Any, ...]:
    if not value:
        return ()
    if vr == "UN" and not _is_text(value):
        if len(value) not in _GUESSES:
            return ()
        vr = _GUESSES[len(value)]
    if is_binary(vr):
        return binary_numbers(value, vr, little_endian=little_endian)
    return tuple(_text(value).split("\\"))


def _is_text(value: bytes) -> bool:
    text = value.rstrip(b"\0 ")
    return bool(text) and all(byte >= 32 for byte in text)


def _text(value: bytes) -> str:
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        text = value.decode("latin-1")
    return text.rstrip("\0 ")


def _sidecar_values(sidecar: Mapping[str, Any], keyword: str) -> Iterable[Any]:
    values = _listed(sidecar.get(keyword))
    if keyword in PARTED:
        values = list(put_together([str(value).strip().upper() for value in values]))
    for value in values:
        number = number_of(value) if keyword in TIMES else None
        if number is not None:
            yield number if _in_milliseconds(number, keyword, sidecar) else number * 1000
        elif keyword in JOINED:
            yield from _JOINT.split(str(value))
        else:
            yield value


def _in_milliseconds(number: float, keyword: str, sidecar: Mapping[str, Any]) -> bool:
    """Tell whether a time is too long for seconds, or stands beside one that is.

    A repetition time is longer than the echo time: one that would not be is in seconds still. So
    is an echo time too short for its repetition time: that of a 3-D T2, 0.56 s.
    """
    codes = str(sidecar.get("ScanningSequence"))
    if number * 1000 > _longest(keyword, codes):
        return True
    found = {key: _first_number(sidecar.get(key)) for key in TIMES}
    beyond = any(time * 1000 > _longest(key, codes) for key, time in found.items())
    if number < TIMES[keyword][0] or not beyond:
        return False
    if keyword == "EchoTime":
        return number >= 1.0 or found["RepetitionTime"] < 1000.0
    return not keyword.startswith("RepetitionTime") or number > found["EchoTime"]


def _longest(keyword: Place, codes: str) -> float:
    # So late an echo of an EPI is a spin echo's, whatever its codes say.
    if keyword == "EchoTime" and "GR" in codes and not re.search("SE|EP", codes):
        return LONGEST_GRADIENT_ECHO
    return TIMES[str(keyword)][1]


def _first_number(value: Any) -> float:
    return next((number_of(one) or 0.0 for one in _listed(value)), 0.0)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, str) or not isinstance(value, Iterable):
        return [value]
    return list(value)


def _filled(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(value for value in values if value is not None and str(value).strip())
