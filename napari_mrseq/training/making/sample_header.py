"""DICOM files of the sample study: classic MR Image Storage, headers as a scanner fills them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, MRImageStorage, RLELossless, generate_uid

from napari_mrseq.training.making.sample_protocol import (
    ADC_NAME,
    ADC_NUMBER,
    B_VALUES,
    DIFFUSION,
    TESLA,
    Scan,
)
from napari_mrseq.training.making.scanner import PROTON_HZ_PER_PPM_PER_TESLA, Geometry

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


def write_scan(folder: Path, scan: Scan, pixels: NDArray[np.uint16]) -> None:
    """Write one series of one volume.

    Parameters
    ----------
    folder : Path
        Of the study; the series gets a folder inside.
    scan : Scan
        What the header is filled from.
    pixels : (slice, row, column) array of uint16
        What is stored.
    """
    series = _series(scan) | {"ImageType": ["ORIGINAL", "PRIMARY", "M", "ND"]} | _window(pixels)
    _write(folder / (scan.folder or scan.name), series, scan.geometry, pixels)


def write_diffusion(folder: Path, volumes: list[NDArray[np.uint16]]) -> None:
    """Write the diffusion series: all slices at each b value, one after the other.

    Parameters
    ----------
    folder : Path
        Of the study.
    volumes : list of (slice, row, column) array of uint16
        One a b value.
    """
    series = _series(DIFFUSION) | {
        "ImageType": ["ORIGINAL", "PRIMARY", "DIFFUSION", "TRACEW", "ND"]
    }
    for number, (b_value, pixels) in enumerate(zip(B_VALUES, volumes, strict=True)):
        diffusion = {
            "SequenceName": f"*ep_b{b_value}t" if b_value else "*ep_b0",
            "DiffusionBValue": float(b_value),
            "DiffusionDirectionality": "ISOTROPIC" if b_value else "NONE",
            "AcquisitionNumber": number + 1,
        }
        _write(
            folder / DIFFUSION.name,
            series | diffusion | _window(pixels),
            DIFFUSION.geometry,
            pixels,
            first=number * len(pixels) + 1,
        )


def write_adc(folder: Path, pixels: NDArray[np.uint16]) -> None:
    """Write the map of the apparent diffusion coefficient.

    Parameters
    ----------
    folder : Path
        Of the study.
    pixels : (slice, row, column) array of uint16
        In 1e-6 mm²/s.
    """
    series = _series(DIFFUSION, number=ADC_NUMBER, description=ADC_NAME) | {
        "ImageType": ["DERIVED", "PRIMARY", "DIFFUSION", "ADC", "ND"],
        "SequenceName": f"*ep_b{B_VALUES[0]}_{B_VALUES[-1]}",
        "WindowCenter": 1300,
        "WindowWidth": 2600,
    }
    _write(folder / ADC_NAME, series, DIFFUSION.geometry, pixels)


def _series(
    scan: Scan, *, number: int | None = None, description: str | None = None
) -> dict[str, Any]:
    """Attributes that all instances of a series share."""
    number, description = number or scan.number, description or scan.name
    settings, geometry = {**scan.settings, **scan.claimed}, scan.geometry
    clock = f"10{15 + 3 * number:02d}00"
    attributes = {
        "SeriesDescription": description,
        "ProtocolName": scan.name,
        "SeriesNumber": number,
        "AcquisitionNumber": 1,
        "SeriesTime": clock,
        "AcquisitionTime": clock,
        "ContentTime": clock,
        "StudyInstanceUID": generate_uid(entropy_srcs=[STUDY]),
        "SeriesInstanceUID": generate_uid(entropy_srcs=[STUDY, str(number)]),
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


def _write(
    folder: Path,
    series: Mapping[str, Any],
    geometry: Geometry,
    pixels: NDArray[np.uint16],
    *,
    first: int = 1,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for instance, dataset in _instances(series, geometry, pixels, first):
        dataset.save_as(folder / f"IM{instance:04d}.dcm", enforce_file_format=True)


def _instances(
    series: Mapping[str, Any], geometry: Geometry, pixels: NDArray[np.uint16], first: int
) -> Iterator[tuple[int, Dataset]]:
    for index, plane in enumerate(pixels):
        instance, corner = first + index, geometry.corner(index)
        uid = generate_uid(entropy_srcs=[STUDY, str(series["SeriesNumber"]), str(instance)])
        dataset = Dataset()
        dataset.file_meta = _file_meta(uid)
        own = {
            "SOPClassUID": MRImageStorage,
            "SOPInstanceUID": uid,
            "InstanceNumber": instance,
            "ImagePositionPatient": [round(float(mm), 6) for mm in corner],
            "SliceLocation": round(float(corner @ geometry.normal), 6),
            "SmallestImagePixelValue": int(plane.min()),
            "LargestImagePixelValue": int(plane.max()),
        }
        for keyword, value in (STUDY_ATTRIBUTES | dict(series) | own).items():
            setattr(dataset, keyword, value)
        dataset.PixelData = plane.astype("<u2").tobytes()
        dataset.compress(RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
        yield instance, dataset


def _file_meta(instance_uid: UID) -> FileMetaDataset:
    """File meta information that does not change with pydicom's version."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = MRImageStorage
    meta.MediaStorageSOPInstanceUID = instance_uid
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = generate_uid(entropy_srcs=["napari-mrseq"])
    meta.ImplementationVersionName = "NAPARI_MRSEQ_1"
    return meta
