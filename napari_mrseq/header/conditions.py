"""Questions that a rule asks of a sequence's attributes; a yes comes with its evidence in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from operator import ge, gt, le, lt

from napari_mrseq.header.image_types import IMAGINARY, PHASE, REAL
from napari_mrseq.header.sequence_attributes import SequenceAttributes
from napari_mrseq.scanner_words import OPPOSED_PHASE

# Evidence where the condition holds, empty where there is nothing worth saying; None where not.
Condition = Callable[[SequenceAttributes], str | None]


@dataclass(frozen=True)
class Number:
    """What rules compare: ``TR > 3500`` is the condition that TR is known, and above 3500.

    Attributes
    ----------
    name : str
        The attribute's.
    short, unit : str
        As users call it, and what it is measured in.
    """

    name: str
    short: str
    unit: str = ""

    def __gt__(self, limit: float) -> Condition:
        return self._compared(gt, limit, ">")

    def __ge__(self, limit: float) -> Condition:
        return self._compared(ge, limit, "≥")

    def __lt__(self, limit: float) -> Condition:
        return self._compared(lt, limit, "<")

    def __le__(self, limit: float) -> Condition:
        return self._compared(le, limit, "≤")

    def _compared(self, test: Callable[[float, float], bool], limit: float, sign: str) -> Condition:
        known = f"{self.short} {{:g}} {self.unit} {sign} {limit:g} {self.unit}"
        return _Compared(self.name, lambda value: test(value, limit), known)


@dataclass(frozen=True)
class _Compared:
    """The condition that a number is known and passes a test, and the words for it."""

    name: str
    test: Callable[[float], bool]
    words: str

    def __call__(self, attributes: SequenceAttributes) -> str | None:
        value = getattr(attributes, self.name)
        if value is None or not self.test(value):
            return None
        # What has no unit leaves gaps.
        return " ".join(self.words.format(value).split())

    def __bool__(self) -> bool:
        # Of "5 < TE < 10" Python would keep the second half only.
        raise TypeError("a range is asked for by `within`")


TR = Number("repetition_time", "TR", "ms")
TE = Number("echo_time", "TE", "ms")
TI = Number("inversion_time", "TI", "ms")
FLIP = Number("flip_angle", "flip angle", "degrees")
ECHOES = Number("echo_train", "echo train")
FIELD_STRENGTH = Number("field_strength", "field", "T")
B_VALUES = Number("b_values", "b value", "s/mm²")
# Always known.
SLICES = Number("slices", "slices")
VOLUMES = Number("volumes", "volumes")

# How scanners and users call projections, and images in which fat and water cancel each other.
_PROJECTION = re.compile(
    r"projection image|(?<![a-z])(mip|mi?nip|m(?:ax|in)_ip)s?(?![a-z])", re.IGNORECASE
)
_OPPOSED_WORDS = re.compile(
    r"(?<![a-z])(opp\w*|out)[\W_]*(of[\W_]*)?phase"
    r"|(fuera|fora) de fase|fuori fase|opos\w* fase",
    re.IGNORECASE,
)

# SOP classes of images, by what their names hold, and those of them that an MR scanner's may have:
# any other tells another modality.
_IMAGES = ("Image Storage", "Volume Storage")
_IMAGES_OF_MR = ("MR", "Secondary Capture", "Hardcopy")

# What dcm2niix writes as PulseSequenceType for the codes of any spin echo, one of diffusion too.
_ANY_SPIN_ECHO = re.compile(r"(?i)(inversion recovery )?spin ?echo")


def within(number: Number, least: float, most: float) -> Condition:
    """Hold where a number is known and lies between two limits, or is one of them."""
    known = f"{least:g} ≤ {number.short} {{:g}} ≤ {most:g} {number.unit}"
    return _Compared(number.name, lambda value: least <= value <= most, known)


def not_above(number: Number, limit: float) -> Condition:
    """Hold where a number isn't larger than `limit`, also where it isn't known."""
    return _unless_unknown(number, number <= limit)


def not_below(number: Number, limit: float) -> Condition:
    """Hold where a number isn't smaller than `limit`, also where it isn't known."""
    return _unless_unknown(number, number >= limit)


def unknown(number: Number) -> Condition:
    """Hold where the header lacks a number."""
    shown = f"{number.short} not given"
    return lambda attributes: None if getattr(attributes, number.name) else shown


def uses(technique: str) -> Condition:
    """Hold where the header shows that the sequence uses a technique."""
    return lambda attributes: attributes.techniques.get(technique)


def lacks(*techniques: str) -> Condition:
    """Hold where the header shows none of the techniques."""
    return lambda attributes: None if any(t in attributes.techniques for t in techniques) else ""


def image_type(*codes: str) -> Condition:
    """Hold where ImageType or FrameType has one of the codes."""

    def found(attributes: SequenceAttributes) -> str | None:
        code = next((code for code in attributes.image_type if code in codes), None)
        return None if code is None else f"ImageType {code}"

    return found


def contrast(code: str) -> Condition:
    """Hold where AcquisitionContrast is a code."""
    shown = f"AcquisitionContrast {code}"
    return lambda attributes: shown if attributes.contrast == code else None


def _part(component: str, codes: tuple[str, ...]) -> Condition:
    """Hold for images of one part of the complex signal, of any vendor."""
    written = image_type(*codes)
    shown = f"{component.lower()} image"
    return lambda attributes: shown if attributes.component == component else written(attributes)


is_phase, is_real = _part("PHASE", PHASE), _part("REAL", REAL)
is_imaginary = _part("IMAGINARY", IMAGINARY)


def storage(*words: str) -> Condition:
    """Hold where the name of the SOP class has one of the words."""

    def found(attributes: SequenceAttributes) -> str | None:
        return attributes.storage if any(word in attributes.storage for word in words) else None

    return found


def other_modality(attributes: SequenceAttributes) -> str | None:
    """Hold where the header names a modality other than MR, or the SOP class does in its place.

    Where both are missing, what only other scanners write tells it, if nothing of MR is there.
    """
    if attributes.modality:
        return None if attributes.modality == "MR" else f"Modality {attributes.modality}"
    if not attributes.storage:
        settings = "repetition_time", "echo_time", "flip_angle", "field_strength"
        is_mr = any(getattr(attributes, name) for name in settings)
        return None if is_mr else attributes.other_scanner or None
    told = storage(*_IMAGES)(attributes)
    return None if storage(*_IMAGES_OF_MR)(attributes) else told


def tells_computed(attributes: SequenceAttributes) -> str | None:
    """Hold where a NIfTI file says that its values are labels, a statistic, vectors."""
    return f'NIfTI says "{attributes.intent}"' if attributes.intent else None


def tells_mr(attributes: SequenceAttributes) -> str | None:
    """Hold where the header names MR itself."""
    return "" if attributes.modality == "MR" else None


def unless(*conditions: Condition) -> Condition:
    """Hold where not all of the conditions do, also where the header doesn't say."""
    return lambda attributes: "" if evidence_of(conditions, attributes) is None else None


def either(*conditions: Condition) -> Condition:
    """Hold where at least one of the conditions does."""
    return lambda attributes: "" if any(one(attributes) is not None for one in conditions) else None


def acquired(dimensions: str) -> Condition:
    """Hold for ``"2D"`` or ``"3D"`` acquisitions."""
    return lambda attributes: dimensions if attributes.acquisition == dimensions else None


def has_sequence_name(attributes: SequenceAttributes) -> str | None:
    """Hold where the header names the pulse sequence, by more than "Spin Echo"."""
    told = attributes.sequence_name.split(", ")
    telling = [name for name in told if name and not _ANY_SPIN_ECHO.fullmatch(name)]
    return f"sequence {', '.join(telling)}" if telling else None


def made_by(*vendors: str) -> Condition:
    """Hold for scanners of the manufacturers."""
    return lambda attributes: "" if attributes.vendor in vendors else None


# Of animals.
preclinical = made_by("Bruker", "Agilent")


def of_type(*codes: str) -> Condition:
    """Hold where ImageType has all of the codes."""
    return lambda attributes: "" if set(codes) <= set(attributes.image_type) else None


# As it was acquired; computed from other images; computed after the examination's own images.
is_original, is_derived = of_type("ORIGINAL"), of_type("DERIVED")
is_secondary = of_type("DERIVED", "SECONDARY")


def large_matrix(least: int) -> Condition:
    """Hold where a side of the image has at least `least` pixels."""
    return _sized(least, "≥", lambda side: side >= least)


def small_matrix(most: int) -> Condition:
    """Hold where no side of the image has more than `most` pixels."""
    return _sized(most, "≤", lambda side: side <= most)


def _sized(limit: int, sign: str, test: Callable[[int], bool]) -> Condition:
    def found(attributes: SequenceAttributes) -> str | None:
        matrix = attributes.matrix
        if matrix is None or not test(max(matrix)):
            return None
        return f"matrix {matrix[0]} × {matrix[1]} {sign} {limit}"

    return found


def is_atypical(attributes: SequenceAttributes) -> bool:
    """Tell whether fat and water cancel each other, or what lies in a stack is projected."""
    opposed = not set(OPPOSED_PHASE).isdisjoint(attributes.image_type)
    named = _OPPOSED_WORDS.search(attributes.description)
    return opposed or bool(named) or is_projected(attributes) is not None


def is_projected(attributes: SequenceAttributes) -> str | None:
    """Hold where what lies in a stack is projected, perhaps from all around."""
    told = any(map(_PROJECTION.search, (*attributes.image_type, attributes.description)))
    return "" if told else None


def echo_in_middle(attributes: SequenceAttributes) -> str | None:
    """Hold where the echo lies in the middle of the repetition time, as in balanced sequences."""
    echo, repetition = attributes.echo_time, attributes.repetition_time
    if not echo or not repetition or not 0.4 <= echo / repetition <= 0.6:
        return None
    return f"TE {echo:g} ms is half of TR {repetition:g} ms"


def echo_within_repetition(attributes: SequenceAttributes) -> str | None:
    """Hold unless the echo is said to follow the next excitation: one of the times is wrong."""
    echo, repetition = attributes.echo_time, attributes.repetition_time
    return None if echo and repetition and echo >= repetition else ""


def agent_tagged(attributes: SequenceAttributes) -> str | None:
    """Hold where a contrast agent's tag is set."""
    return f"contrast agent {attributes.agent_text}" if attributes.agent else None


def _unless_unknown(number: Number, compared: Condition) -> Condition:
    return lambda attributes: compared(attributes) if getattr(attributes, number.name) else ""


def evidence_of(conditions: tuple[Condition, ...], attributes: SequenceAttributes) -> str | None:
    """Return the joined evidence where all conditions hold, None where one doesn't."""
    found = []
    for condition in conditions:
        words = condition(attributes)
        if words is None:
            return None
        found.append(words)
    return ", ".join(words for words in found if words)
