"""Files → Study of Series: DICOM of every MR flavour, NIfTI, pictures; lazy, nothing changed."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from napari_mrseq.reading.study import read, read_study

__all__ = ["read", "read_study"]


def __getattr__(name: str) -> Any:
    """Import a public name from its home (PEP 562): napari asks about folders before it reads."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("napari_mrseq.reading.study"), name)
