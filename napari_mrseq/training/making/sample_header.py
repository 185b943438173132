"""DICOM files of the sample study: classic MR Image Storage, headers as a scanner fills them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, MRImageStorage, RLELossless, generate_uid

from napari_mrseq.training.making.sample_protocol import TESLA, Scan
from napari_mrseq.training.making.scanner import PROTON_HZ_PER_PPM_PER_TESLA

STUDY = "napari-mrseq sample study 1"
STUDY_ATTRIBUTES = {
    "SpecificCharacterSet": "ISO_IR 100",
    "StudyDate": "20240229",
    "SeriesDate": "20240229",
    "AcquisitionDate": "20240229",
    "ContentDate": "20240229",
    "StudyTime": "101500",
    "AccessionNumber": "",
    "Modality": "MR",
    "Manufacturer": "napari-mrseq simulation",
    "ManufacturerModelName": "Bloch 1.5T",
    "InstitutionName": "napari-mrseq",
    "ReferringPhysicianName": "",
    "StudyDescription": "Brain routine (simulated)",
    "PatientName": "Sample^Simulated",
    "PatientID": "SAMPLE-1",
    "PatientBirthDate": "19700101",
    "PatientSex": "O",
    "PatientAge": "054Y",
    "PatientWeight": 75,
    "BodyPartExamined": "HEAD",
    "PatientPosition": "HFS",
    "MRAcquisitionType": "2D",
    "AngioFlag": "N",
    "NumberOfAverages": 1,
    "MagneticFieldStrength": TESLA,
    "ImagingFrequency": round(TESLA * PROTON_HZ_PER_PPM_PER_TESLA, 4),
    "ImagedNucleus": "1H",
    "PercentSampling": 100,
    "PercentPhaseFieldOfView": 100,
    "ReceiveCoilName": "Head",
    "TransmitCoilName": "Body",
    "SoftwareVersions": "1",
    "StudyID": "1",
    "PositionReferenceIndicator": "",
    "SamplesPerPixel": 1,
    "PhotometricInterpretation": "MONOCHROME2",
    "BitsAllocated": 16,
    "BitsStored": 12,
    "HighBit": 11,
    "PixelRepresentation": 0,
}


def write_scan(
    folder: Path,
    scan: Scan,
    pixels: NDArray[np.uint16],
    *,
    first: int = 1,
    own: Mapping[str, Any] | None = None,
) -> None:
    """Write a volume of a series.

    Parameters
    ----------
    folder : Path
        Of the study; the series gets a folder inside.
    scan : Scan
        What the header is filled from.
    pixels : (slice, row, column) array of uint16
        What is stored.
    first : int
        Instance number of the first slice.
    own : mapping, optional
        DICOM attributes, by keyword, of this volume alone.
    """
    series = _window(pixels) | _series(scan) | dict(own or {})
    target = folder / (scan.folder or scan.name)
    target.mkdir(parents=True, exist_ok=True)
    for index, plane in enumerate(pixels):
        instance, corner = first + index, scan.geometry.corner(index)
        uid = generate_uid(entropy_srcs=[STUDY, str(scan.number), str(instance)])
        dataset = Dataset()
        dataset.file_meta = _file_meta(uid)
        place = {
            "SOPClassUID": MRImageStorage,
            "SOPInstanceUID": uid,
            "InstanceNumber": instance,
            "ImagePositionPatient": [round(float(mm), 6) for mm in corner],
            "SliceLocation": round(float(corner @ scan.geometry.normal), 6),
            "SmallestImagePixelValue": int(plane.min()),
            "LargestImagePixelValue": int(plane.max()),
        }
        for keyword, value in (STUDY_ATTRIBUTES | series | place).items():
            setattr(dataset, keyword, value)
        dataset.PixelData = plane.astype("<u2").tobytes()
        dataset.compress(RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
        dataset.save_as(target / f"IM{instance:04d}.dcm", enforce_file_format=True)


def _series(scan: Scan) -> dict[str, Any]:
    """Attributes that all instances of a series share."""
    settings, geometry = {**scan.settings, **scan.claimed}, scan.geometry
    clock = f"10{15 + 3 * scan.number:02d}00"
    attributes = {
        "SeriesDescription": scan.name,
        "ProtocolName": scan.name,
        "ImageType": ["ORIGINAL", "PRIMARY", "M", "ND"],
        "SeriesNumber": scan.number,
        "AcquisitionNumber": 1,
        "SeriesTime": clock,
        "AcquisitionTime": clock,
        "ContentTime": clock,
        "StudyInstanceUID": generate_uid(entropy_srcs=[STUDY]),
        "SeriesInstanceUID": generate_uid(entropy_srcs=[STUDY, str(scan.number)]),
        "FrameOfReferenceUID": generate_uid(entropy_srcs=[STUDY, "frame of reference"]),
        "ScanOptions": "PFP",
        "RepetitionTime": settings["tr"],
        "EchoTime": settings["te"],
        "EchoNumbers": 1,
        "FlipAngle": settings.get("flip_degrees", 90),
        "SliceThickness": geometry.thickness,
        "SpacingBetweenSlices": geometry.step,
        "PixelSpacing": [geometry.pixel, geometry.pixel],
        "Rows": geometry.rows,
        "Columns": geometry.columns,
        "AcquisitionMatrix": [0, geometry.columns, geometry.rows, 0],
        "InPlanePhaseEncodingDirection": "COL",
        "NumberOfPhaseEncodingSteps": geometry.rows,
        "ImageOrientationPatient": [
            round(float(cosine), 10)
            for cosine in (*geometry.row_direction, *geometry.column_direction)
        ],
    }
    if "ti" in settings:
        attributes["InversionTime"] = settings["ti"]
    return attributes | dict(scan.kind)


def _window(pixels: NDArray[np.uint16]) -> dict[str, Any]:
    """One window for the series, as the scanner suggests it."""
    top = float(np.percentile(pixels[pixels > 0], 98.5))
    return {"WindowCenter": round(top / 2), "WindowWidth": round(top)}


def _file_meta(instance_uid: UID) -> FileMetaDataset:
    """File meta information that does not change with pydicom's version."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = MRImageStorage
    meta.MediaStorageSOPInstanceUID = instance_uid
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = generate_uid(entropy_srcs=["napari-mrseq"])
    meta.ImplementationVersionName = "NAPARI_MRSEQ_1"
    return meta
