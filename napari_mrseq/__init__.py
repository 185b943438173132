"""Names the MR sequence of series and slices. The public API, imported when first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # The alias tells type checkers that a name is public.
    from napari_mrseq.batch import classify_study as classify_study
    from napari_mrseq.judging import classify as classify
    from napari_mrseq.model import Model as Model
    from napari_mrseq.model import load_model as load_model
    from napari_mrseq.protocols import Protocol as Protocol
    from napari_mrseq.protocols import load_protocol as load_protocol
    from napari_mrseq.reading import read as read
    from napari_mrseq.reading import read_study as read_study
    from napari_mrseq.series import Failure as Failure
    from napari_mrseq.series import Series as Series
    from napari_mrseq.series import Study as Study
    from napari_mrseq.slice_verdict import SliceVerdict as SliceVerdict
    from napari_mrseq.study import StudyVerdict as StudyVerdict
    from napari_mrseq.study import judge_studies as judge_studies
    from napari_mrseq.verdict import Verdict as Verdict

__version__ = "0.1.0"

_HOMES = {
    "Failure": "series",
    "Model": "model",
    "Protocol": "protocols",
    "Series": "series",
    "SliceVerdict": "slice_verdict",
    "Study": "series",
    "StudyVerdict": "study",
    "Verdict": "verdict",
    "classify": "judging",
    "classify_study": "batch",
    "judge_studies": "study",
    "load_model": "model",
    "load_protocol": "protocols",
    "read": "reading",
    "read_study": "reading",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Import a public name from its home (PEP 562), so that the package itself is light."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """List the public names, imported or not."""
    return sorted([*globals(), *__all__])
