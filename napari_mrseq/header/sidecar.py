"""What the keys of a sidecar say of a sequence: those of BIDS (v1.10), and dcm2niix's own."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from napari_mrseq.header import techniques
from napari_mrseq.header.tags import number_of
from napari_mrseq.sequences import SEQUENCES

# Keys that are there for one technique only, and what they show.
_KEYS = {
    "ArterialSpinLabelingType": (techniques.ASL, techniques.ASL),
    "DiffusionScheme": (techniques.DIFFUSION, "diffusion (DiffusionScheme)"),
    "TaskName": (techniques.TASK, "functional task (TaskName)"),
}
# What programs name the task after that write one beside every image.
_IMAGES = {one.bids_suffix for one in SEQUENCES.values()} - {"bold"}
# No gradients read a plane in fewer seconds; programs write a single line's time for other images.
_FASTEST_PLANE = 0.002
# Units that BIDS asks for in the sidecar of a field map.
_FIELD_UNITS = ("Hz", "rad/s", "T")
# dcm2niix writes the times of two echoes beside every phase image of Siemens (its issue 400). That
# of a field map is a gradient echo of nothing else, and has two, as its name says ("*fm2d2r").
_NO_FIELD_MAP = {
    techniques.SPIN_ECHO, techniques.EPI, techniques.INVERSION, techniques.MPRAGE,
    techniques.SUSCEPTIBILITY, techniques.PHASE_CONTRAST,
}  # fmt: skip
_ECHOES = re.compile(r"[23]d(\d+)")
# What a map of the static field is made for; one of the transmit field is for anatomy.
_DISTORTED = {"bold", "sbref", "cbv", "dwi", "asl", "m0scan"}


def filled(sidecar: Mapping[str, Any]) -> dict[str, Any]:
    """Return a sidecar without the keys that hold nothing: null, no text, or "n/a" (BIDS v1.10)."""
    return {
        key: value
        for key, value in sidecar.items()
        if value is not None and str(value).strip().lower() not in ("", "n/a")
    }


def techniques_of_sidecar(
    sidecar: Mapping[str, Any], names: Collection[str], known: Collection[str]
) -> dict[str, str]:
    """Return the techniques that a sidecar's keys show, each with the words that show it.

    Parameters
    ----------
    sidecar : mapping
        Of one image.
    names : collection of str
        Every name it gives the pulse sequence.
    known : collection of str
        Techniques that its codes and these names show.
    """
    found = dict(shown for key, shown in _KEYS.items() if key in sidecar)
    if str(sidecar.get("TaskName")) in _IMAGES:
        del found[techniques.TASK]
    if (number_of(sidecar.get("TotalReadoutTime")) or 0) > _FASTEST_PLANE and not sidecar.get(
        "ScanningSequence"
    ):
        found[techniques.EPI] = "echo planar (TotalReadoutTime)"
    if sidecar.get("MTState") is True:
        found[techniques.MT] = "magnetisation transfer (MTState)"
    meant = _intended_for(sidecar)
    if "EchoTime1" in sidecar and not _NO_FIELD_MAP & set(known) and _two_echoes(names):
        found[techniques.B0_MAP] = "field map sidecar"
    if meant and meant <= {"asl"}:
        # The image without labelling, which gives perfusion its scale.
        found[techniques.ASL] = "meant for arterial spin labelling"
    elif meant & _DISTORTED or sidecar.get("Units") in _FIELD_UNITS:
        found[techniques.B0_MAP] = "field map sidecar"
    return found


def _two_echoes(names: Collection[str]) -> bool:
    """Tell whether no name of the pulse sequence counts other than two echoes."""
    counted = filter(None, map(_ECHOES.search, names))
    return all(echoes[1] == "2" for echoes in counted)


def _intended_for(sidecar: Mapping[str, Any]) -> set[str]:
    """Return the BIDS suffixes of the images that a sidecar says its own is meant for."""
    meant = sidecar.get("IntendedFor") or []
    names = meant if isinstance(meant, list) else [meant]
    return {suffix for name in names for suffix in re.findall(r"_([A-Za-z0-9]+)\.nii", str(name))}
