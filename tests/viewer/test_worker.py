"""A run follows the user, who moves on whenever he likes."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path

from napari_mrseq import load_model, read
from napari_mrseq.viewer.worker import Focus, Job, LayerDone, classify_jobs


def test_a_slice_that_goes_out_of_view_while_it_is_asked_for_fails_no_layer(
    sample_study: Path,
) -> None:
    class Moving(Focus):
        """One that has moved on each time that it is asked."""

        _indices = cycle([5, None])

        def __getattribute__(self, name: str) -> object:
            return next(Moving._indices) if name == "index" else super().__getattribute__(name)

    (series,) = read(sample_study / "t1_se_tra")
    job = Job(None, series.pixels, series, tuple(range(series.slice_count)))
    *_, last = classify_jobs([job], load_model, Moving(), 8)
    assert isinstance(last, LayerDone), last
