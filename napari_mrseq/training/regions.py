"""Which region of the body a catalogue's words mean."""

from __future__ import annotations

# The first that has a word in the name: joints before pelvis, for hips and thighs.
_WORDS = {
    "spine": ("spine", "vertebra"),
    "joints": (
        "knee", "shoulder", "elbow", "hip", "thigh", "leg", "wrist", "hand", "ankle", "foot",
        "extremity", "joint", "musculoskeletal", "peripheral",
    ),
    "pelvis": ("pelvis", "prostate", "bladder", "genitourinary", "uterus"),
    "trunk": (
        "abdomen", "kidney", "liver", "gastrointestinal", "pancreas", "heart", "cardio", "chest",
        "thorax", "lung", "breast", "vascular",
    ),
    "head": ("head", "brain", "neuro", "skull", "eye", "orbit", "ophthal", "central"),
}  # fmt: skip


def region_of(body_part: str) -> str:
    """Return ``"head"``, ``"spine"``, ``"joints"``, ``"pelvis"``, ``"trunk"``, or nothing.

    Parameters
    ----------
    body_part : str
        As catalogues and DICOM headers name it.
    """
    name = body_part.lower()
    known = (region for region, words in _WORDS.items() if any(word in name for word in words))
    return next(known, "")
