"""Names of files by the BIDS standard (v1.10) → what they say of a sequence.

``sub-01_space-T1w_acq-stir_T2w`` is a T2, acquired as a STIR: the suffix says the sequence, and of
the entities before it only some describe the acquisition. Subjects, sessions and spaces may be
called anything. Of names of no standard those of masks, parcellations and maps are known.
"""

from __future__ import annotations

import re
from functools import lru_cache

from napari_mrseq.header.lexicon import DUAL_ECHO
from napari_mrseq.naming import nifti_stem
from napari_mrseq.sequences import SEQUENCES

# Where the words of such a name stand, for evidence to quote.
FILE_NAME = "file name"
# What suffixes stand for: the vocabulary's, T1w for its plain T1, then others; maps are below.
_SUFFIXES = {
    **{one.bids_suffix: one.code for one in reversed(SEQUENCES.values()) if one.bids_suffix},
    "inplaneT1": "T1", "inplaneT2": "T2", "UNIT1": "T1", "PDT2": DUAL_ECHO, "sbref": "BOLD",
    "boldref": "BOLD", "trace": "DWI", "dwiref": "B0", "ADC": "ADC", "asl": "PERF",
    "m0scan": "PERF", "cbf": "PERF", "aslref": "PERF", "minIP": "SWI", "phasediff": "FIELDMAP",
    "phase1": "FIELDMAP", "phase2": "FIELDMAP", "magnitude": "FIELDMAP", "magnitude1": "FIELDMAP",
    "magnitude2": "FIELDMAP", "fieldmap": "FIELDMAP", "epi": "FIELDMAP",
    # What maps of the transmit and the receive field are computed from.
    **dict.fromkeys(("TB1DAM", "TB1EPI", "TB1AFI", "TB1TFL", "TB1RFM", "TB1SRGE"), "OTHER"),
    "RB1COR": "OTHER",
}  # fmt: skip
# What is computed, and no picture of a sequence: "T1map", "dseg", "probseg", "defacemask".
_COMPUTED = re.compile(
    r"(?!fieldmap)\w*map|\w*(?:seg|mask)|roi|FA|colFA|expADC|MTsat|att|(?:cort)?thickness|curv|sulc"
)
# What tools call theirs in names of no standard: "BraTS_001_seg", "aparc+aseg", "brain_mask". A
# "brainmask" of FreeSurfer is a picture, and so is what FSL's "roi" has cut out.
_OF_TOOLS = re.compile(
    r"(?:^|[_.+-])((?:a|d|prob|pve)?seg|mask|wmparc|ribbon|[TR][12](?:star|rho)?map)$",
    re.IGNORECASE,
)
# The entities whose labels tell how an image was made; a label of another is no word.
_TELLING = ("acq", "rec", "mt", "desc")


def suffix_of(name: str) -> tuple[str, str | None]:
    """Return how a file's name ends, and the sequence that this stands for by the standard."""
    suffix = nifti_stem(name).rpartition("_")[2]
    # Functional images are named after their task: of diffusion it is not weighted.
    if suffix == "sbref" and is_bids_name(name) and "_task-" not in name:
        return suffix, "B0"
    return suffix, "OTHER" if _COMPUTED.fullmatch(suffix) else _SUFFIXES.get(suffix)


def no_picture(name: str) -> str | None:
    """Return what in a file's name says that it holds no picture of a sequence: a map, a phase."""
    suffix, sequence = suffix_of(name)
    if not is_bids_name(name):
        told = _OF_TOOLS.search(nifti_stem(name))
        return told[1] if told else None
    if "_part-phase_" in name and sequence != "FIELDMAP":
        return "part-phase"
    # As the phase of functional images was called.
    if suffix == "phase":
        return suffix
    return suffix if _COMPUTED.fullmatch(suffix) else None


def is_bids_name(name: str) -> bool:
    """Tell whether a file is named by entities: its subject or its template in front."""
    return re.match(r"(?:sub|tpl)-[^_]+_", name) is not None


@lru_cache(maxsize=1024)
def telling_words(name: str) -> str:
    """Return the words of a file's name that tell how the image was made.

    ``"acq-stir T2w"`` for ``"sub-PD01_ses-T1_acq-stir_T2w.nii.gz"``, with the agent behind:
    ``"T1w contrast none"`` for ``"sub-01_ce-none_T1w"``. All of it where the name isn't of BIDS.
    """
    stem = nifti_stem(name)
    if not is_bids_name(name):
        return stem
    words, agent = [], ""
    *parts, last = stem.split("_")
    for part in parts:
        entity = re.fullmatch(r"([a-z]+)-(.+)", part)
        if entity is None or entity[1] in _TELLING:
            words.append(part)
        elif entity[1] == "ce":
            agent = f"contrast {entity[2]}"
    return " ".join([*words, last, agent]).strip()
