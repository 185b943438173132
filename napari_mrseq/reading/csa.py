"""The CSA header in which Siemens keeps what older DICOM has no element for."""

from __future__ import annotations

from pydicom.dataset import Dataset

_IMAGE_HEADER = 0x00291010


def csa_values(header: Dataset, *names: str) -> tuple[tuple[float, ...], ...]:
    """Return the numbers of CSA entries, empty where there is no CSA header or no such entry.

    Parameters
    ----------
    header : pydicom.Dataset
        Header as read; not changed.
    *names : str
        ``NumberOfImagesInMosaic`` for example; all are looked up in one reading.
    """
    nothing: tuple[tuple[float, ...], ...] = ((),) * len(names)
    value = getattr(header.get_item(_IMAGE_HEADER), "value", None)
    if not isinstance(value, bytes):
        return nothing
    # Imported here because it warns on import that nibabel's DICOM wrappers are experimental;
    # the CSA parser alone is used.
    from nibabel.nicom import csareader

    try:
        tags = csareader.read(value)["tags"]  # type: ignore[no-untyped-call]
        entries = [tags[name]["items"] if name in tags else () for name in names]
        return tuple(tuple(float(item) for item in found if item != "") for found in entries)
    except Exception:  # nibabel asserts and unpacks on damaged headers
        return nothing
