"""Computed maps whose names only their ImageType, or their source, tells from other words."""

from __future__ import annotations

import re

from napari_mrseq.header import map_words
from napari_mrseq.header.b_values import weighted_by_diffusion
from napari_mrseq.header.bids_names import FILE_NAME
from napari_mrseq.header.conditions import either, uses
from napari_mrseq.header.lexicon import MAP
from napari_mrseq.header.plain import plain
from napari_mrseq.header.sequence_attributes import SequenceAttributes
from napari_mrseq.header.techniques import DIFFUSION, EPI, GRADIENT_ECHO
from napari_mrseq.header.words import names, namings_of

# What may stand beside such a name. Nothing else may: an MD may be a doctor, AD a disease, V1 a
# version.
_BESIDE = (
    r"maps?|images?|col(?:ou?r)?|rgb|mean|fit(?:ted)?|param\w*|reg|corr\w*|ax(?:ial)?|tra|cor|sag"
    r"|nii|\d+[a-z]*|b\d+"
)
# What is done to an image that stays one.
_REFORMATTED = (
    r"mpr|mip|reformat\w*|compos\w*|combin\w*|averag\w*|avg|sum\w*|regist\w*|dreg|moco|motion|eddy"
    r"|de ?nois\w*|dis[23]d|nd|norm\w*|filter\w*|resampl\w*|pre ?proc\w*|coronal|sagittal|obl\w*"
    r"|high|low|b|brain|head|liver|prostate|pelvis|body|series|copy"
)
# What is measured in each voxel or drawn into it, as no image is called.
_QUANTITY = re.compile(
    r"\b(?:maps?|fraction|coefficient|amplitude|diffusivity|anisotropy|percent(?:age)?|slope"
    r"|enhancement (?:rate|ratio|integral)|arrival time|std ?dev|standard deviation"
    r"|plasma volume|stiffness|overlay|contours?|seg|suspicion|score)\b"
)
# How one image without another is called, by its number: that of a subject, if it weren't computed.
_DIFFERENCE = re.compile(r"subs?(?: ?\d)?")
# And as GE writes what it has subtracted: "(10037/801/1..188)-(10037/800/1..188)".
_SUBTRACTED = re.compile(r"(?i)\([\d/.]+\)-\([\d/.]+\)|\b(?:ph|dyn)\w*\d ?- ?(?:ph|dyn)\w*\d")
_MAP = re.compile(rf"\b(?:{map_words.ANY_MAP})\b")
_OUTRIGHT = re.compile(r"\b(?:maps?|col(?:ou?r)?)\b")
# Of whatever it may be: "ECV MAP"; of a time or a rate also without the word: "T1_UNSPECIFIED".
_TYPE_OF_A_MAP = re.compile(r".+[ _]MAP|[TR][12](?:_?STAR)?_UNSPECIF(?:IED)?")
# What makers write into ImageType of whatever is reckoned, and what stays an image all the same.
_RECKONED = {"Siemens": "OTHER", "GE": "PROCESSED"}
_STILL_AN_IMAGE = ("MEAN", "COMPOSED", "MPR", "CSA MPR")
_of_diffusion = either(weighted_by_diffusion, uses(DIFFUSION), names("DWI"))


def has_type_of_a_map(attributes: SequenceAttributes) -> str | None:
    """Hold where ImageType calls it a map, or what Philips measured without a map's name."""
    code = next(filter(_TYPE_OF_A_MAP.fullmatch, attributes.image_type), None)
    return None if code is None else f"ImageType {code}"


def is_reckoned(attributes: SequenceAttributes) -> str | None:
    """Hold for what a scanner or its workstation reckoned from several images: a wash-in."""
    code, types = _RECKONED.get(attributes.vendor or ""), set(attributes.image_type)
    found = {"DERIVED", code} <= types and types.isdisjoint(_STILL_AN_IMAGE)
    return "" if found else None


def names_diffusion_map(attributes: SequenceAttributes) -> str | None:
    """Hold where the whole description is the short name of a map of diffusion."""
    if _of_diffusion(attributes) is None:
        return None
    motion = "ivim" in plain(f"{attributes.description} {attributes.protocol}").split()
    short = f"{map_words.DIFFUSION}|{map_words.MOTION}" if motion else map_words.DIFFUSION
    return _named(attributes, short, map_words.DIFFUSION_METHOD)


def is_called_a_diffusion_map(attributes: SequenceAttributes) -> str | None:
    """Hold where what comes of diffusion is called a map, or coloured: no scan is.

    Programs that write DICOM files of their own leave ImageType as their source has it.
    """
    named = namings_of(attributes.description)
    found = _OUTRIGHT.search(plain(attributes.description))
    if found is None or (named and named[0].sequence != MAP) or _of_diffusion(attributes) is None:
        return None
    return named[0].words if named else f'{attributes.described_by} says "{found[0]}"'


def is_called_a_map(attributes: SequenceAttributes) -> str | None:
    """Hold where the description says map, in any language, and names no sequence.

    Those of a bolus, by the description or by the protocol, are perfusion.
    """
    found = _MAP.search(plain(attributes.description))
    if found is None or namings_of(attributes.description):
        return None
    if names("PERF")(attributes) is not None or names_bolus_map(attributes) is not None:
        return None
    return f'{attributes.described_by} says "{found[0]}"'


def names_quantity(attributes: SequenceAttributes) -> str | None:
    """Hold where the description names a quantity, or a difference of images, and no sequence.

    A method of diffusion may stand beside it; a trace is an image of diffusion.
    """
    words = plain(attributes.description)
    found = (
        _QUANTITY.search(words)
        or _DIFFERENCE.fullmatch(words)
        or _SUBTRACTED.search(attributes.description)
    )
    named = {naming.sequence for naming in namings_of(attributes.description)}
    if found is None or named - {"DWI"} or "trace" in words:
        return None
    return f'{attributes.described_by} says "{found[0]}"'


def names_no_diffusion(attributes: SequenceAttributes) -> str | None:
    """Hold where what comes of diffusion is called something that is no image of diffusion.

    Neither the b value nor the protocol of its source says what was computed.
    """
    if _of_diffusion(attributes) is None:
        return None
    if attributes.described_by == FILE_NAME or namings_of(attributes.description):
        return None
    words = plain(attributes.description).split()
    usual = all(re.fullmatch(f"{_BESIDE}|{_REFORMATTED}", word) for word in words)
    return None if usual else ""


def names_bolus_map(attributes: SequenceAttributes) -> str | None:
    """Hold for a gradient echo or EPI whose whole description is the short name of such a map."""
    follows = GRADIENT_ECHO in attributes.techniques or EPI in attributes.techniques
    return _named(attributes, map_words.BOLUS, map_words.BOLUS_METHOD) if follows else None


def _named(attributes: SequenceAttributes, short: str, method: str) -> str | None:
    beside = rf"(?:{_BESIDE}|{method})"
    found = re.fullmatch(rf"(?:{beside} )*({short})(?: {beside})*", plain(attributes.description))
    return f'{attributes.described_by} says "{found[1]}"' if found else None
