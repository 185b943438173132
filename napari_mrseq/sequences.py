"""The vocabulary: every MR sequence the program can name, its family, BIDS suffix and colour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

UNKNOWN = "UNKNOWN"
# Two members of a family closer than this are not told apart: the family is named.
MEMBER_SHARE = 0.7


@dataclass(frozen=True)
class Sequence:
    """One MR sequence as users, files and screens name it.

    Attributes
    ----------
    code : str
        What files and the Python API hold, ``"FLAIR"`` for example.
    name : str
        What a person reads.
    family : str
        Sequences that may be taken for each other without a wrong conclusion share a family.
    bids_suffix : str or None
        Suffix of the BIDS standard (v1.10), None where it has none; ``swi`` is that of BIDS's
        extension proposal 4, which validators don't know yet.
    colour : str
        ``#rrggbb``; hues from the colour-blind-safe sets of Okabe & Ito (2008) and Tol (2021).
    from_pixels : bool
        True where a network can tell it from the image alone.
    """

    code: str
    name: str
    family: str
    bids_suffix: str | None
    colour: str
    from_pixels: bool


SEQUENCES: dict[str, Sequence] = {
    sequence.code: sequence
    for sequence in (
        Sequence("T1", "T1", "T1", "T1w", "#0072B2", True),
        Sequence("T1C", "T1 + contrast", "T1", "T1w", "#56B4E9", True),
        Sequence("T2", "T2", "T2", "T2w", "#D55E00", True),
        Sequence("FLAIR", "T2-FLAIR", "FLAIR", "FLAIR", "#009E73", True),
        Sequence("PD", "PD", "PD", "PDw", "#F0E442", True),
        Sequence("STIR", "STIR", "STIR", None, "#999933", True),
        Sequence("T2STAR", "T2*", "T2*", "T2starw", "#CC79A7", True),
        Sequence("SWI", "SWI", "T2*", "swi", "#882255", False),
        Sequence("BOLD", "BOLD / T2* EPI", "T2*", "bold", "#AA4499", True),
        Sequence("DWI", "DWI", "diffusion", "dwi", "#E69F00", True),
        Sequence("B0", "DWI b=0", "diffusion", "dwi", "#DDCC77", True),
        Sequence("ADC", "ADC", "ADC", None, "#99DDFF", True),
        Sequence("PERF", "perfusion", "perfusion", None, "#117733", False),
        Sequence("MRA", "angiography", "MRA", "angio", "#994455", True),
        Sequence("FIELDMAP", "field map", "other", None, "#888888", False),
        Sequence("LOCALIZER", "localizer", "other", None, "#AAAAAA", False),
        Sequence("OTHER", "other MR", "other", None, "#777777", False),
        Sequence(UNKNOWN, "unknown", "unknown", None, "#BBBBBB", False),
    )
}


def spelt_alike(label: str) -> str:
    """Return what labels have in common that differ in spaces and capitals alone."""
    return "".join(label.split()).casefold()


def unknown_however_written(label: str) -> str:
    """Return a label, `UNKNOWN` for one that differs from it in capitals alone."""
    return UNKNOWN if label.casefold() == UNKNOWN.casefold() else label


# What a code may be written as by mistake, names and BIDS's suffixes among it → the code.
_SPELLINGS = {
    spelt_alike(spelling): sequence.code
    for sequence in reversed(SEQUENCES.values())
    for spelling in (sequence.bids_suffix, sequence.name, sequence.code)
    if spelling
}

# For the classes of a user's own model; Tol's (2021) vibrant and bright sets.
OWN_COLOURS = ("#EE7733", "#33BBEE", "#EE3377", "#CCBB44", "#228833", "#4477AA", "#AA3377")


def family_of(code: str) -> str:
    """Return the family of a sequence; a code of a user's own model is a family of its own."""
    sequence = SEQUENCES.get(code)
    return sequence.family if sequence else code


def name_of(code: str) -> str:
    """Return the name a person reads; a code of a user's own model is its own name."""
    sequence = SEQUENCES.get(code)
    return sequence.name if sequence else code


def colour_of(code: str, classes: Iterable[str] = ()) -> str:
    """Return ``#rrggbb`` for a sequence.

    Parameters
    ----------
    code : str
        Of the vocabulary, or of a user's own model.
    classes : iterable of str
        All classes of the model: those of its own are told apart by their place among them.
        Without them, and where there are more than `OWN_COLOURS`, it is as grey as unknown.
    """
    sequence = SEQUENCES.get(code)
    if sequence:
        return sequence.colour
    own = [one for one in classes if one not in SEQUENCES]
    return dict(zip(own, OWN_COLOURS, strict=False)).get(code, SEQUENCES[UNKNOWN].colour)


def misspelt_codes(labels: Iterable[str]) -> Iterator[str]:
    """Say which classes of a user's own are nearly called like sequences of the vocabulary."""
    for label in sorted(set(labels) - set(SEQUENCES)):
        meant = _SPELLINGS.get(spelt_alike(label))
        if meant:
            own = f"the label {label!r} becomes a class of your own"
            yield f"{own}; the sequence is written {meant}"


def plain_member(family: str) -> str:
    """Return the sequence that stands for a family when the member can't be told.

    A code of a user's own model is a family of its own, see `family_of`.
    """
    # Its first is a field map, which no localizer may be called.
    if family == family_of("OTHER"):
        return "OTHER"
    members = (one.code for one in SEQUENCES.values() if one.family == family)
    return next(members, family)
