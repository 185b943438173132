"""BIDS sidecars: what was measured how, with the verdict beside it."""

from __future__ import annotations

import json
import re
import unicodedata
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from napari_mrseq.belonging import study_of
from napari_mrseq.errors import MrseqError
from napari_mrseq.header import attributes_of
from napari_mrseq.header.bids_names import is_bids_name, suffix_of
from napari_mrseq.header.technique_codes import codes_of
from napari_mrseq.header.techniques import DIFFUSION, KEPT
from napari_mrseq.naming import no_device
from napari_mrseq.safe_writing import encoded, is_same_file, write_whole
from napari_mrseq.sequences import SEQUENCES
from napari_mrseq.series import Series
from napari_mrseq.study_names import study_names
from napari_mrseq.verdict import Verdict

# BIDS 1.10 gives times in seconds, DICOM in milliseconds.
_BIDS_SECONDS = {
    "RepetitionTime": "repetition_time",
    "EchoTime": "echo_time",
    "InversionTime": "inversion_time",
}
_LONGEST_STEM = 50
# Keys of BIDS 1.10 and, where it has none, of DICOM: what was saved claims what it did before.
_BIDS_AS_THEY_ARE = {
    "FlipAngle": "flip_angle",
    "MagneticFieldStrength": "field_strength",
    "Manufacturer": "vendor",
    "Modality": "modality",
    "ImageType": "image_type",
    "SequenceName": "sequence_name",
    "ScanOptions": "scan_options",
    "MRAcquisitionType": "acquisition",
    "EchoTrainLength": "echo_train",
    "AcquisitionContrast": "contrast",
    "ComplexImageComponent": "component",
    "ImagedNucleus": "nucleus",
    "ImagingFrequency": "imaging_frequency",
}
# Told by techniques, wherever the header kept them.
_CODED = ("ScanningSequence", "SequenceVariant")
# All that a sidecar of ours may hold: one that holds more is of another program.
OUR_FIELDS = {
    *_BIDS_SECONDS, *_BIDS_AS_THEY_ARE, *_CODED, KEPT, "ContrastBolusAgent", "DiffusionBValue",
    "SOPClassName", "SeriesNumber", "SeriesDescription", "mrseq", "BidsSuffix",
}  # fmt: skip


def bids_sidecar(
    measured: Mapping[str, Any],
    series_number: int | None,
    description: str | None,
    record: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Return a BIDS sidecar: what was measured how, and the verdict under ``mrseq``.

    Parameters
    ----------
    measured : mapping
        ``SequenceAttributes.to_dict()``; times in ms.
    series_number : int or None
        As the scanner counts.
    description : str or None
        Of the series, without what names a person.
    record : dict or None
        Of the series; None where it was not judged.
    """
    sidecar: dict[str, Any] = {
        field: _seconds(measured.get(name)) for field, name in _BIDS_SECONDS.items()
    }
    sidecar |= {field: measured.get(name) for field, name in _BIDS_AS_THEY_ARE.items()}
    sidecar |= {field: codes_of(measured.get("techniques", ()), field) or None for field in _CODED}
    # All of them, as there are some that a number shows, or a code of enhanced files alone.
    sidecar[KEPT] = measured.get("techniques") or None
    sidecar["ContrastBolusAgent"] = _agent(measured)
    sidecar["DiffusionBValue"] = _single_b_value(measured)
    sidecar["SOPClassName"] = _other_storage(measured)
    sidecar |= {"SeriesNumber": series_number, "SeriesDescription": description, "mrseq": record}
    if record is not None:
        sidecar["BidsSuffix"] = _bids_suffix(record)
    return {field: value for field, value in sidecar.items() if value is not None}


def sidecars_of(verdicts: Sequence[Verdict], *, slices: bool = False) -> dict[str, str]:
    """Return one BIDS sidecar a series: its name, of number, description and suffix, and its text.

    An image that has a name of BIDS (``sub-01_T1w.nii.gz``) gives its sidecar the same one. Each of
    several studies has a folder, called as `study_names` does: ``sub-01/004_t1_T1w.json``.

    Parameters
    ----------
    verdicts : sequence of Verdict
        One a series.
    slices : bool
        An entry for every slice as well.
    """
    found: dict[str, str] = {}
    twins: Counter[str] = Counter()
    folders = study_names([verdict.series for verdict in verdicts], dated=False)
    for verdict in verdicts:
        series, record = verdict.series, verdict.to_dict(slices=slices)
        measured = attributes_of(series).to_dict()
        sidecar = bids_sidecar(measured, series.series_number, series.description, record)
        folder = folders.get(study_of(series), "")
        # A file is called after its own name; only a series of the scanner needs its number.
        number = series.series_number if series.kind == "dicom" else None
        name = _sidecar_name(record, number, is_named=_has_bids_name(series))
        # Some file systems take "brain" and "BRAIN" for one name.
        twin = f"{folder}/{name}".casefold()
        twins[twin] += 1
        file = f"{name}__{twins[twin]}.json" if twins[twin] > 1 else f"{name}.json"
        found[str(Path(folder, file))] = sidecar_text(sidecar)
    return found


def write_sidecars(sidecars: Mapping[str, str], folder: Path) -> list[Path]:
    """Write sidecars into a folder, made where it is missing; ours of the same series go.

    Warns
    -----
    UserWarning
        Of sidecars that earlier verdicts on the same series left there under other names.

    Raises
    ------
    OSError
        If the folder can't be written to.
    MrseqError
        If sidecars of another program, or of other series, have the names of some; the others are
        written.
    """
    files = {folder / name: text for name, text in sidecars.items()}
    for place in {folder, *(file.parent for file in files)}:
        place.mkdir(parents=True, exist_ok=True)
    foreign = [file for file, text in files.items() if file.exists() and not _replaces(text, file)]
    for file in files.keys() - set(foreign):
        write_whole(file, encoded(files[file]))
    if older := _of_earlier_verdicts(folder, files):
        warnings.warn(
            f"{folder} still holds sidecars of earlier verdicts on these series: "
            f"{', '.join(older)}; delete them unless you want both",
            stacklevel=2,
        )
    if foreign:
        names = ", ".join(str(file.relative_to(folder)) for file in foreign)
        raise MrseqError(
            f"{folder} holds sidecars of other series or of another program, which stay as they "
            f"are: {names}; write these into another folder"
        )
    return list(files)


def _replaces(text: str, file: Path) -> bool:
    """Tell whether a file holds a verdict, so was written here, on the series of a sidecar."""
    old, new = _content(file).get("mrseq"), json.loads(text)["mrseq"]
    # The same series may be given by another path.
    key = "series_uid" if new["series_uid"] else "path"
    return isinstance(old, dict) and bool(old.get(key) == new[key])


def _content(file: Path) -> dict[str, Any]:
    """Return what a sidecar holds; nothing where it is none."""
    try:
        content = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _of_earlier_verdicts(folder: Path, sidecars: Mapping[Path, str]) -> list[str]:
    """Return the names of our older sidecars beside these ones that are of the same series."""
    now = {_series_in(json.loads(text)) for text in sidecars.values()}
    places = {folder, *(file.parent for file in sidecars)}
    beside = sorted({file for place in places for file in place.glob("*.json")} - sidecars.keys())
    older = [file for file in beside if _series_in(_content(file)) in now]
    # Some drives call a file otherwise than it was written: in other capitals, or é as two signs.
    return [
        str(file.relative_to(folder))
        for file in older
        if not any(is_same_file(file, new) for new in sidecars)
    ]


def _series_in(sidecar: Mapping[str, Any]) -> str | None:
    """Return what tells the series of a sidecar of ours from all others; None of another's."""
    record, told = sidecar.get("mrseq"), ("path", "series_uid", "series_number", "description")
    return str([record.get(key) for key in told]) if isinstance(record, dict) else None


def sidecar_text(sidecar: Mapping[str, Any]) -> str:
    """Return what a sidecar's file holds."""
    return json.dumps(sidecar, ensure_ascii=False, indent=1) + "\n"


def _bids_suffix(record: Mapping[str, Any]) -> str | None:
    """Return the suffix of a sequence; of a family only one that all its members have."""
    known = SEQUENCES.get(record["sequence"])
    if known is None:
        return None
    of_family = {one.bids_suffix for one in SEQUENCES.values() if one.family == known.family}
    return None if record.get("resolved") == "family" and len(of_family) > 1 else known.bids_suffix


def _has_bids_name(series: Series) -> bool:
    """Tell whether an image is called as BIDS asks; a DICOM series has no name of its own."""
    name = series.description or ""
    # Not every suffix tells a sequence: MEGRE, VFA, MP2RAGE.
    return series.kind == "nifti" and (is_bids_name(name) or suffix_of(name)[1] is not None)


def _sidecar_name(record: Mapping[str, Any], number: int | None, *, is_named: bool) -> str:
    stem = record["description"] or Path(record["path"]).stem
    # BIDS finds the sidecar of an image by its very name, whatever the image turns out to be.
    # Other names may be cut: those of files are at most 255 bytes, of which a letter may take four.
    shortened = stem if is_named else stem[:_LONGEST_STEM]
    suffix = None if is_named else _bids_suffix(record)
    parts = (None if number is None else f"{number:03}", shortened, suffix)
    # An accent that is a sign of its own, as in names of a Mac, is no letter.
    name = unicodedata.normalize("NFC", "_".join(part for part in parts if part))
    # Two underscores part the number of a twin; BIDS allows a plus.
    return no_device(re.sub(r"[^\w.+-]+|__+", "-", name))


def _other_storage(measured: Mapping[str, Any]) -> str | None:
    """Return the name of the SOP class where it is none of MR: a capture of a screen, say."""
    storage = measured.get("storage", "")
    return storage if storage and "MR" not in storage else None


def _agent(measured: Mapping[str, Any]) -> str | None:
    """Return the agent that was given, "NONE" where none was, None where it isn't known."""
    given = measured.get("agent")
    return measured.get("agent_text") if given else "NONE" if given is False else None


def _single_b_value(measured: Mapping[str, Any]) -> float | None:
    """Return the weighting of all volumes in s/mm²; several have no key of their own.

    0 is written into images that no diffusion could weight as well.
    """
    b_values, techniques = measured.get("b_values", ()), measured.get("techniques", ())
    if len(b_values) != 1:
        return None
    return b_values[0] if b_values[0] > 0 or DIFFUSION in techniques else None


def _seconds(milliseconds: float | None) -> float | None:
    # Not 0.004940000000000001.
    return None if milliseconds is None else round(milliseconds / 1000, 9)
