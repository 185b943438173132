"""Names the MR sequence of series and slices. The public API, imported when first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from napari_mrseq.batch import classify_study
    from napari_mrseq.judging import classify
    from napari_mrseq.model import Model, load_model
    from napari_mrseq.protocols import Protocol, load_protocol
    from napari_mrseq.reading import read, read_study
    from napari_mrseq.series import Failure, Series, Study
    from napari_mrseq.slice_verdict import SliceVerdict
    from napari_mrseq.study import StudyVerdict, judge_studies
    from napari_mrseq.verdict import Verdict

__version__ = "0.1.0"

__all__ = [
    "Failure",
    "Model",
    "Protocol",
    "Series",
    "SliceVerdict",
    "Study",
    "StudyVerdict",
    "Verdict",
    "classify",
    "classify_study",
    "judge_studies",
    "load_model",
    "load_protocol",
    "read",
    "read_study",
]

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


def __getattr__(name: str) -> Any:
    """Import a public name from its home (PEP 562), so that the package itself is light."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """List the public names, imported or not."""
    return sorted([*globals(), *__all__])
