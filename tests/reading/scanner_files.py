"""What scanners write: planes, positions, headers and functional groups for the tests."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID

SHARED_DATA = Path(__file__).parents[2] / "../shared/data"
ROWS, COLUMNS = 12, 16
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
SAGITTAL = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)
WriteSlice = Callable[..., Path]

SERIES_UID = "1.2.826.0.1.3680043.8.498.1"


def rotated(degrees: float) -> tuple[float, ...]:
    """Return an axial orientation turned about the left-right axis."""
    angle = np.radians(degrees)
    return (1.0, 0.0, 0.0, 0.0, float(np.cos(angle)), float(np.sin(angle)))


def positions_along(
    orientation: Sequence[float], count: int, step: float = 3.0
) -> list[tuple[float, ...]]:
    """Return positions of evenly spaced slices."""
    normal = np.cross(orientation[:3], orientation[3:])
    start = np.array([-20.0, -30.0, 15.0])
    return [tuple(float(v) for v in start + normal * step * i) for i in range(count)]


def image(number: int) -> np.ndarray:
    """Return pixels that no other number gives."""
    rng = np.random.default_rng(number)
    return rng.integers(0, 4000, (ROWS, COLUMNS)).astype(np.uint16)


def set_values(dataset: Dataset, values: Mapping[Any, Any]) -> None:
    """Set keywords, or (group, element): (VR, value) for private tags."""
    for key, value in values.items():
        if isinstance(key, tuple):
            creator = (key[0], key[1] >> 8)
            if creator not in dataset:
                dataset.add_new(creator, "LO", "MADE FOR A TEST")
            dataset.add_new(key, *value)
        else:
            setattr(dataset, key, value)


def csa_header(**entries: Sequence[object]) -> bytes:
    """Return Siemens' own header (0029,1010), kind SV10, as nibabel's csareader describes it."""
    written = b"SV10\4\3\2\1" + struct.pack("<2I", len(entries), 77)
    for name, values in entries.items():
        head = (name.encode(), len(values), b"FD", 4, len(values), 77)
        written += struct.pack("<64si4s3i", *head)
        for value in values:
            text = str(value).encode() + b"\0"
            size = len(text)
            written += struct.pack("<4i", size, size, 77, size) + text + b"\0" * (-size % 4)
    return written


def new_file(path: Path, sop_class: UID, number: int, syntax: UID) -> FileDataset:
    """Return a data set with what every MR file says."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = sop_class
    meta.MediaStorageSOPInstanceUID = f"{SERIES_UID}.{number}"
    meta.TransferSyntaxUID = syntax
    dataset = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    set_values(
        dataset,
        {
            "SOPClassUID": sop_class,
            "SOPInstanceUID": meta.MediaStorageSOPInstanceUID,
            "StudyInstanceUID": "1.2.826.0.1.3680043.8.498.7",
            "SeriesInstanceUID": SERIES_UID,
            "FrameOfReferenceUID": "1.2.826.0.1.3680043.8.498.9",
            "Modality": "MR",
            "Manufacturer": "SIEMENS",
            "PatientName": "Roe^Jane",
            "PatientID": "ID998877",
            "PatientBirthDate": "19700101",
            "StudyDate": "20200101",
            "StudyTime": "101010",
            "SeriesNumber": 4,
            "SeriesDescription": "made for a test",
            "InstanceNumber": number,
            "ImageType": ["ORIGINAL", "PRIMARY", "M", "ND"],
            "SamplesPerPixel": 1,
            "PhotometricInterpretation": "MONOCHROME2",
            "Rows": ROWS,
            "Columns": COLUMNS,
            "BitsAllocated": 16,
            "BitsStored": 12,
            "HighBit": 11,
            "PixelRepresentation": 0,
        },
    )
    return dataset


def items(**values: Any) -> list[Dataset]:
    """Return a sequence of one item."""
    item = Dataset()
    set_values(item, values)
    return [item]


def groups_of(frame: Mapping[str, Any]) -> Dataset:
    """Return the functional groups of one frame."""
    groups = Dataset()
    groups.PlanePositionSequence = items(ImagePositionPatient=list(frame["position"]))
    groups.PlaneOrientationSequence = items(
        ImageOrientationPatient=list(frame.get("orientation", AXIAL))
    )
    groups.FrameContentSequence = items(
        StackID=frame.get("stack", "1"),
        InStackPositionNumber=frame.get("slice", 1),
        TemporalPositionIndex=frame.get("time", 1),
        DimensionIndexValues=list(
            frame.get("dimensions", [1, frame.get("slice", 1), frame.get("time", 1)])
        ),
    )
    if "acquisition" in frame:
        groups.FrameContentSequence[0].FrameAcquisitionNumber = frame["acquisition"]
    if (echo := frame.get("echo", 20.0)) is not None:
        groups.MREchoSequence = items(EffectiveEchoTime=float(echo))
    groups.MRImageFrameTypeSequence = items(
        FrameType=["ORIGINAL", "PRIMARY", "M", "NONE"],
        ComplexImageComponent=frame.get("component", "MAGNITUDE"),
    )
    groups.PixelValueTransformationSequence = items(
        RescaleIntercept=frame.get("intercept", 0), RescaleSlope=frame.get("slope", 1)
    )
    if "inversion" in frame:
        groups.MRModifierSequence = items(InversionTimes=float(frame["inversion"]))
    if "flip" in frame:
        groups.MRTimingAndRelatedParametersSequence = items(FlipAngle=float(frame["flip"]))
    if "trigger" in frame:
        groups.CardiacSynchronizationSequence = items(
            NominalCardiacTriggerDelayTime=float(frame["trigger"])
        )
    if "offset" in frame:
        groups.TemporalPositionSequence = items(TemporalPositionTimeOffset=float(frame["offset"]))
    if "labelling" in frame:
        groups.MRArterialSpinLabelingSequence = items(ASLContext=frame["labelling"])
    if "b" in frame:
        diffusion = items(DiffusionBValue=float(frame["b"]))
        if "direction" in frame:
            diffusion[0].DiffusionGradientDirectionSequence = items(
                DiffusionGradientOrientation=list(frame["direction"])
            )
        groups.MRDiffusionSequence = diffusion
    return groups
