"""Files of one patient told from those of another, without keeping who they are."""

from __future__ import annotations

import hashlib
import secrets

from pydicom.dataset import Dataset

from napari_mrseq.reading.tags import tag_object

_PATIENT_ID, _PATIENT_NAME = 0x00100020, 0x00100010
# Another one each time the program runs: no mark tells anything outside it.
_SALT = secrets.token_bytes(16)
# How a name is written differs from one writer to the next: case, and what parts and ends it.
_ENDS = b"\0 ^="


def patient_mark(header: Dataset) -> bytes:
    """Return a mark that files of one patient share, by number and name; never shown."""
    found = b"\0".join(_written(header, tag) for tag in (_PATIENT_ID, _PATIENT_NAME))
    return hashlib.blake2b(found, key=_SALT, digest_size=8).digest()


def _written(header: Dataset, tag: int) -> bytes:
    element = header.get_item(tag_object(tag), keep_deferred=True)
    if element is None or element.value is None:
        return b""
    value = element.value
    written = value if isinstance(value, bytes) else str(value).encode()
    return written.strip(_ENDS).upper()
