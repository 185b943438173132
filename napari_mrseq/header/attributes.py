"""Classic, enhanced and private tags, or a BIDS sidecar → the attributes of a sequence."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from napari_mrseq.clock import moment
from napari_mrseq.header import technique_codes, techniques
from napari_mrseq.header.agent import agent_in_tags
from napari_mrseq.header.b_values import LEAST_B
from napari_mrseq.header.bids_names import FILE_NAME, suffix_of, telling_words
from napari_mrseq.header.measured import measured_techniques
from napari_mrseq.header.nuclei import nucleus_of
from napari_mrseq.header.sequence_attributes import SequenceAttributes
from napari_mrseq.header.sidecar import filled, techniques_of_sidecar
from napari_mrseq.header.tags import Tags
from napari_mrseq.header.vendors import SLICES_COUNTED, sequence_names, vendor_of
from napari_mrseq.header.words import namings_of
from napari_mrseq.naming import without_verdict
from napari_mrseq.scanner_words import (
    GE_COMPONENT,
    GE_COMPONENTS,
    LETTERS,
    PHILIPS_COMPONENT,
    b_value_in_name,
)
from napari_mrseq.series import Series

GAUSS_PER_TESLA = 10000.0
# No magnet for people is stronger in tesla; old GE files give gauss.
STRONGEST_TESLA = 100.0
# No gradients weight more strongly, in s/mm².
LARGEST_B_VALUE = 1e5
# What CT adds to a stored 0, of air that it never sees, in Hounsfield units.
HOUNSFIELD_INTERCEPT = -1024
# T1 is fitted to so many inversion times at least.
FEWEST_OF_A_MAP = 3
# How a pulse sequence is described by more than its readout: "T2w FSE", not "SPGR".
_WEIGHTED = re.compile(r"(?i)weight|(?:t[12]\*?|pd)w|flair|stir|bold|diffusion")
# What a header of any use names one of.
_READOUTS = {techniques.SPIN_ECHO, techniques.GRADIENT_ECHO, techniques.EPI}
# Where the time of an acquisition stands, and the date of those without one of their own.
_TIMES = (
    ("AcquisitionDateTime", ""), ("FrameAcquisitionDateTime", ""),
    ("AcquisitionTime", "AcquisitionDate"), ("SeriesTime", "SeriesDate"),
)  # fmt: skip


def attributes_of(series: Series) -> SequenceAttributes:
    """Read the attributes of a series from its header or its sidecar.

    Parameters
    ----------
    series : Series
        With a `dataset`, a `sidecar`, both or neither.

    Returns
    -------
    SequenceAttributes
        Times in ms, flip angle in degrees, b values in s/mm². Values of the wrong type, empty or
        doubled ones are passed over or read as well as they can be; nothing is raised for them.
    """
    sidecar = filled(series.sidecar or {})
    tags = Tags(series.dataset, sidecar)
    vendor = vendor_of(tags)
    names = sequence_names(tags, vendor)
    volumes = _volumes(tags, series)
    agent, agent_text = agent_in_tags(tags)
    described = tags.text("SeriesDescription")
    by_file = not described and series.kind == "nifti"
    protocol, protocol_by = _protocol(tags, vendor)
    measured = measured_techniques(tags, series, vendor)
    used = _techniques(tags, sidecar, vendor, names, measured)
    if volumes > 1 and not agent and tags.is_of_one_frame("ContrastBolusAgentAdministered"):
        # Given after the first volume, perhaps.
        agent = None
    return SequenceAttributes(
        modality=tags.text("Modality").upper(),
        storage=_storage(tags),
        other_scanner=_other_scanner(tags),
        vendor=vendor,
        field_strength=_field_strength(tags),
        description=described or telling_words(series.description or ""),
        described_by=FILE_NAME if by_file else "description",
        protocol=protocol,
        protocol_by=protocol_by,
        file_name=without_verdict(Path(series.path).name) if series.kind == "nifti" else "",
        intent=series.intent,
        body_part=tags.text("BodyPartExamined").upper(),
        sequence_name=", ".join(names),
        image_type=_image_type(tags),
        component=_component(tags, vendor),
        contrast=_contrast(tags),
        acquisition=tags.text("MRAcquisitionType").upper()
        or technique_codes.dimensions_named(" ".join([described, *names])),
        repetition_time=None
        if _differs(series, "repetition time")
        else _of_all(tags, "RepetitionTime", volumes) or tags.positive("RepetitionTimeExcitation"),
        echo_time=tags.positive("EffectiveEchoTime") or _of_all(tags, "EchoTime", volumes),
        inversion_time=_inversion_time(tags, series, volumes, used),
        echo_train=tags.positive("RFEchoTrainLength") or tags.positive("EchoTrainLength"),
        flip_angle=None if _differs(series, "flip angle") else _of_all(tags, "FlipAngle", volumes),
        b_values=_b_values(tags, series, names, volumes),
        nucleus=nucleus_of(tags),
        imaging_frequency=tags.positive("ImagingFrequency"),
        techniques=used,
        agent=agent,
        agent_text=agent_text,
        matrix=(series.pixels.shape[-2], series.pixels.shape[-1]),
        slices=series.slices_per_volume,
        slices_counted=_slices_counted(tags, vendor, series),
        volumes=volumes,
        scan_options=tags.codes("ScanOptions"),
    )


def acquired_at(series: Series) -> float | None:
    """Return when the acquisition of a series began, as `moment` does; None where not told."""
    tags = Tags(series.dataset, filled(series.sidecar or {}))
    found = (moment(tags.text(time), tags.text(day) if day else "") for time, day in _TIMES)
    return next((start for start in found if start is not None), None)


def _storage(tags: Tags) -> str:
    from pydicom.config import IGNORE
    from pydicom.uid import UID

    uid = tags.text("SOPClassUID")
    return UID(uid, validation_mode=IGNORE).name if uid else tags.text("SOPClassName")


def _other_scanner(tags: Tags) -> str:
    """Return what X-ray tubes, PET and gamma cameras write: voltage, Hounsfield units, decay."""
    if voltage := tags.positive("KVP"):
        return f"KVP {voltage:g}"
    if tags.text("RescaleType") == "HU" or tags.number("RescaleIntercept") == HOUNSFIELD_INTERCEPT:
        return "Hounsfield units"
    corrected = tags.text("CorrectedImage")
    return f"CorrectedImage {corrected}" if corrected else ""


def _protocol(tags: Tags, vendor: str | None) -> tuple[str, str]:
    """Return what the protocol is called and "protocol", else what BIDS' PulseSequenceType says.

    That is read where it says how the images are weighted. GE's protocol is that of the whole
    examination, unless it is the suffix of one image and all that is said: "T1w".
    """
    protocol = tags.text("ProtocolName")
    alone = "_" not in protocol and not tags.text("SeriesDescription")
    of_one = alone and suffix_of(protocol)[1] is not None
    of_series = protocol if vendor != "GE" or of_one else ""
    described = tags.text("PulseSequenceType")
    if of_series or not _WEIGHTED.search(described):
        return of_series, "protocol"
    return described, "PulseSequenceType"


def _field_strength(tags: Tags) -> float | None:
    strength = tags.positive("MagneticFieldStrength")
    return strength / GAUSS_PER_TESLA if strength and strength > STRONGEST_TESLA else strength


def _of_all(tags: Tags, keyword: str, volumes: int) -> float | None:
    """Return the first number above 0; None where a sidecar lists another for each volume."""
    listed = tags.numbers(keyword)
    own = len(listed) == volumes and len(set(listed)) > 1
    return None if own else tags.positive(keyword)


def _differs(series: Series, name: str) -> bool:
    """Tell whether each volume has its own of what a header tells of one."""
    return series.volume_axis is not None and series.volume_axis.name == name


def _inversion_time(
    tags: Tags, series: Series, volumes: int, used: Collection[str]
) -> float | None:
    """Return the time in ms; None where each volume may have its own."""
    if _differs(series, "inversion time") or _may_map_t1(series, volumes, used):
        return None
    known = (
        _of_all(tags, keyword, volumes)
        for keyword in ("InversionTime", "InversionTimes")
        if volumes == 1 or not tags.is_of_one_frame(keyword)
    )
    return next(filter(None, known), None)


def _may_map_t1(series: Series, volumes: int, used: Collection[str]) -> bool:
    """Tell whether a NIfTI file may hold several inversion times, of which a sidecar has one."""
    spin_echo = techniques.SPIN_ECHO in used and techniques.EPI not in used
    return series.kind == "nifti" and spin_echo and volumes >= FEWEST_OF_A_MAP


def _image_type(tags: Tags) -> tuple[str, ...]:
    """Return the codes that tell how an image was made.

    dcm2niix parts those with a space, ``"T1 MAP"``, and keeps Siemens XA's former ones in a key of
    its own.
    """
    codes = tags.codes("ImageType") + tags.codes("FrameType") + tags.codes("ImageTypeText")
    maps = tuple(f"{what} MAP" for what, code in pairwise(codes) if code == "MAP")
    return tuple(dict.fromkeys(code for code in codes + maps if code != "NONE"))


def _component(tags: Tags, vendor: str | None) -> str:
    """Return what the first frame is; a file may mix them, whether it says so or not."""
    component = tags.text_of_frame("ComplexImageComponent").upper()
    if component not in ("", "MIXED"):
        return component
    if vendor == "GE":
        found = dict(enumerate(GE_COMPONENTS)).get(int(tags.number(GE_COMPONENT) or 0), "")
    else:
        found = LETTERS.get(next(iter(tags.codes(PHILIPS_COMPONENT)), ""), "")
    return component if found in ("", "magnitude") else found.upper()


def _contrast(tags: Tags) -> str:
    # A frame that doesn't know its own leaves the one of its file.
    told = (read("AcquisitionContrast").upper() for read in (tags.text_of_frame, tags.text))
    return next((one for one in told if one not in ("UNKNOWN", "MIXED", "NONE")), "")


def _b_values(
    tags: Tags, series: Series, names: tuple[str, ...], volumes: int
) -> tuple[float, ...]:
    """Return those that reading found, else the sidecar's, else the one in the sequence's name."""
    found = tuple(sorted(filter(_is_b_value, series.b_values)))
    if found:
        return found
    single = tags.number("DiffusionBValue")
    if single is None and names:
        single = b_value_in_name(names[0])
    # Of several volumes it is the first one's, which is seldom weighted.
    if single is None or not _is_b_value(single) or (volumes > 1 and single < LEAST_B):
        return ()
    return (single,)


def _is_b_value(number: float) -> bool:
    # False for infinity and for what is no number, too.
    return 0 <= number <= LARGEST_B_VALUE


def _techniques(
    tags: Tags,
    sidecar: Mapping[str, Any],
    vendor: str | None,
    names: tuple[str, ...],
    measured: Mapping[str, str],
) -> Mapping[str, str]:
    # Philips' T5 and the like write the name of the sequence where a code belongs; the IR beside a
    # GR is the code, not the spin echo of that name.
    coded = tags.texts("ScanningSequence")
    named = names if "GR" in coded else (*names, *coded)
    found = dict(technique_codes.techniques_of(tags, vendor, named))
    described = tags.text("SeriesDescription")
    if not _READOUTS & set(found) and not namings_of(described):
        found |= technique_codes.spelled_out(described)
    for technique, shown in {**measured, **techniques_of_sidecar(sidecar, names, found)}.items():
        found.setdefault(technique, shown)
    return found


def _slices_counted(tags: Tags, vendor: str | None, series: Series) -> int | None:
    """Return how many slices the scanner counted; what was computed of them has that number too."""
    place = SLICES_COUNTED.get(vendor or "")
    if place is None or series.part or "ORIGINAL" not in tags.codes("ImageType"):
        return None
    counted = tags.positive(place)
    return None if counted is None else int(counted)


def _volumes(tags: Tags, series: Series) -> int:
    shape = series.pixels.shape
    stacked = int(shape[0]) if len(shape) == 4 else 1
    return max(stacked, int(tags.number("NumberOfTemporalPositions") or 1))
