"""The quick walk through a header finds what pydicom finds, or leaves the file to pydicom."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.uid import ImplicitVRLittleEndian

from napari_mrseq.reading.header import read_header
from napari_mrseq.reading.instance import SCANNED_TAGS
from napari_mrseq.reading.scan import NotPlainError, scan_header
from tests.reading.scanner_files import SHARED_DATA, WriteSlice, items

WANTED = frozenset(map(int, SCANNED_TAGS))


def files() -> list[Path]:
    folders = [Path(pydicom.__file__).parent / "data" / "test_files", SHARED_DATA]
    return [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]


def assert_equal_to_pydicom(path: Path) -> bool:
    """Compare both on one file; False where the walk leaves it to pydicom."""
    with path.open("rb") as file:
        try:
            found = scan_header(file, WANTED, frozenset())
        except NotPlainError:
            return False
        file.seek(0)
        theirs = read_header(file, SCANNED_TAGS)
        assert theirs.file_meta.TransferSyntaxUID == found.transfer_syntax
        values = raw_elements(theirs)
        ours = raw_elements(found.dataset)
        flat = {tag: element for tag, element in values.items() if element.VR != "SQ"}
        for tag, element in flat.items():
            assert (ours[tag].value or b"") == (element.value or b""), element
            assert not element.value or ours[tag].VR in (element.VR, None)
        # Sequences of undefined length are passed over here and read there.
        assert {tag for tag, element in ours.items() if element.VR != "SQ"} == set(flat)
        assert file.tell() == found.pixel_offset - len(element_head(found))
    return True


def raw_elements(dataset: pydicom.Dataset) -> dict[int, Any]:
    """Return the wanted elements, not decoded."""
    tags = [tag for tag in map(int, list(dataset.keys())) if tag in WANTED]
    return {tag: dataset.get_item(tag) for tag in tags}


def element_head(found) -> bytes:
    """Return as many bytes as tag, VR and length of the pixel element take."""
    implicit, _ = found.dataset.original_encoding
    return bytes(8 if implicit or found.pixel_vr not in ("OB", "OW", "OF", "OD", "UN") else 12)


def test_equal_to_pydicom_on_every_file_at_hand() -> None:
    walked = sum(
        assert_equal_to_pydicom(path)
        for path in files()
        if path.suffix not in (".png", ".csv", ".md", ".json")
    )
    assert walked > (1000 if (SHARED_DATA / "dicom").is_dir() else 30)


@pytest.mark.parametrize("syntax", ["explicit", "implicit"])
def test_sequences_of_any_kind_are_passed_over(syntax: str, write_slice: WriteSlice) -> None:
    nested = items(ReferencedSOPInstanceUID="1.2.3", SourceImageSequence=items(EchoTime=99))
    path = write_slice(1, ReferencedImageSequence=nested, ReferencedStudySequence=nested)
    dataset = pydicom.dcmread(path)
    dataset["ReferencedImageSequence"].is_undefined_length = True
    for item in dataset.ReferencedImageSequence:
        item.is_undefined_length_sequence_item = True
        item["SourceImageSequence"].is_undefined_length = True
    if syntax == "implicit":
        dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    dataset.save_as(path, implicit_vr=syntax == "implicit")
    assert assert_equal_to_pydicom(path)


def test_long_headers_are_walked_to_their_end(write_slice: WriteSlice) -> None:
    path = write_slice(1, private={(0x0029, 0x1010): ("OB", bytes(range(256)) * 1000)})
    assert assert_equal_to_pydicom(path)
