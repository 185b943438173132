"""What the b values of a series tell, and where they are to be believed."""

from __future__ import annotations

import re

from napari_mrseq.header.plain import plain
from napari_mrseq.header.sequence_attributes import SequenceAttributes
from napari_mrseq.header.techniques import DIFFUSION, EPI, GRADIENT_ECHO, PHASES
from napari_mrseq.header.words import namings_of

# Diffusion weighting below this is a b = 0 image: some vendors write 5 to 50 instead of 0.
LEAST_B = 50.0
# So many volumes without it are taken, to correct distortions by; of more, some are weighted.
MOST_UNWEIGHTED = 20

# No whole-body gradient weights by diffusion in less (b 500 s/mm² needs about this TE in ms).
LEAST_DIFFUSION_TE = 40.0

# How strongly diffusion weights: "DWI b1000".
_B_VALUE = re.compile(r"\bb\d{2,4}\b")


def weighted_by_diffusion(attributes: SequenceAttributes) -> str | None:
    """Hold where a b value is above 0 and a diffusion sequence may have made it."""
    largest = max(attributes.b_values, default=0.0)
    if largest < LEAST_B or not _may_diffuse(attributes):
        return None
    return f"b value {largest:g} s/mm² > 0"


def of_several_b_values(attributes: SequenceAttributes) -> str | None:
    """Hold where the volumes are not all of one b value."""
    return "" if len(set(attributes.b_values)) > 1 else None


def without_weighting(attributes: SequenceAttributes) -> str | None:
    """Hold where all b values are (about) 0, and volumes as few as are taken without weighting."""
    if attributes.volumes > MOST_UNWEIGHTED:
        return None
    largest = max(attributes.b_values, default=LEAST_B)
    return f"b value {largest:g} s/mm²" if largest < LEAST_B else None


def lacks_all_weighting(attributes: SequenceAttributes) -> str | None:
    """Hold where all b values are (about) 0 of more volumes than are taken without weighting.

    Converters lose b values so (dcm2niix issues 405 and 690), and some take as many all the same.
    """
    if attributes.volumes <= MOST_UNWEIGHTED or attributes.vendor == "GE":
        return None
    largest = max(attributes.b_values, default=LEAST_B)
    return f"b value {largest:g} s/mm² of all volumes" if largest < LEAST_B else None


def told_without_weighting(attributes: SequenceAttributes) -> str | None:
    """Hold as `without_weighting`, where a b value of 0 was written for what it tells.

    GE writes it into every image: field maps, scouts and functional EPI have it too.
    """
    return None if attributes.vendor == "GE" else without_weighting(attributes)


def tells_b_value(attributes: SequenceAttributes) -> str | None:
    """Hold where words name diffusion, and they or a tag a b value: spin echoes diffuse too."""
    words = plain(attributes.description or attributes.protocol)
    without, strengths = _B_VALUE.subn("", words)
    if not any(named.sequence == "DWI" for named in namings_of(without)):
        return None
    return "" if strengths or max(attributes.b_values, default=0.0) >= LEAST_B else None


def _may_diffuse(attributes: SequenceAttributes) -> bool:
    """Tell whether a b value is to be believed: scanners leave one in images without weighting.

    GE leaves one in scouts and in functional EPI, the same in all volumes.
    """
    used, vendor = set(attributes.techniques), attributes.vendor
    if DIFFUSION in used or vendor == "Bruker":
        return True
    left_over = vendor == "GE" and len(set(attributes.b_values)) < 2
    if GRADIENT_ECHO in used or (left_over and (EPI not in used or PHASES in used)):
        return False
    # Preclinical scanners have strong gradients, and often name no manufacturer.
    echo = attributes.echo_time
    return vendor is None or echo is None or echo >= LEAST_DIFFUSION_TE
