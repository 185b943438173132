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
    element = header.get_item(_IMAGE_HEADER)
    if element is None or not isinstance(element.value, bytes) or not element.value:
        return ((),) * len(names)
    # Imported here because it warns on import that nibabel's DICOM wrappers are experimental;
    # the CSA parser alone is used.
    from nibabel.nicom import csareader

    try:
        tags = csareader.read(element.value)["tags"]  # type: ignore[no-untyped-call]
        return tuple(
            tuple(float(value) for value in tags[name]["items"] if value != "")
            if name in tags
            else ()
            for name in names
        )
    except Exception:  # nibabel asserts and unpacks on damaged headers
        return ((),) * len(names)
