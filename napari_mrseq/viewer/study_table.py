"""All series of the study, one row each; a double click shows the layer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from napari.layers import Image
from qtpy.QtCore import QModelIndex, Signal  # type: ignore[attr-defined]

from napari_mrseq.belonging import study_of
from napari_mrseq.header import claim_words
from napari_mrseq.naming import counted
from napari_mrseq.sequences import UNKNOWN, colour_of, name_of
from napari_mrseq.series import Failure, Series
from napari_mrseq.study_names import study_names
from napari_mrseq.verdict import Verdict
from napari_mrseq.viewer.doubts import doubt, doubts
from napari_mrseq.viewer.layer_series import obstacle, opened_series
from napari_mrseq.viewer.layer_state import own_name, state_of
from napari_mrseq.viewer.table import Table
from napari_mrseq.viewer.table_rows import KEY_ROLE, Cell, Row
from napari_mrseq.viewer.wording import (
    NO_LAYER,
    basis_words,
    model_words,
    sure_words,
    witness_words,
)

HEADINGS = ("Sequence", "Sure", "Doubt", "Layer", "Header", "Slices")
NAME_COLUMN = 3
STUDY_COLUMN = len(HEADINGS)
PLANES = {"axial": "ax", "coronal": "cor", "sagittal": "sag", "oblique": "obl"}


class StudyTable(Table):
    """Table of the layers of a viewer."""

    layer_chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__((*HEADINGS, "Study"), NAME_COLUMN)
        # Before the names, as in the Folder tab: there it is in sight.
        self._columns.moveSection(STUDY_COLUMN, NAME_COLUMN)
        # Rows are made again only where this has changed: a doubt may lie in thousands of slices.
        self._known: dict[Image, tuple[Any, Row]] = {}
        self.setToolTip("Double-click to show the layer")
        self.setAccessibleName("Layers of the study")
        self.empty_text = NO_LAYER
        self.row_opened.connect(self._on_row)

    def show_layers(self, layers: list[Image]) -> None:
        """Show these layers with what is known of them."""
        before, self._known = self._known, {}
        opened = {layer: opened_series(layer) for layer in layers}
        studies = study_names([one for one in opened.values() if one], dated=True)
        self.setColumnHidden(STUDY_COLUMN, not studies)
        for layer, series in opened.items():
            state = state_of(layer)
            found = state.outcome if state else obstacle(layer)
            said = own_name(layer), found, study_cell(series, studies)
            known = before.get(layer)
            row = known[1] if known and known[0] == said else _row(layer, *said)
            self._known[layer] = said, row
        self.set_rows([row for _, row in self._known.values()])

    def _on_row(self, index: QModelIndex) -> None:
        self.layer_chosen.emit(index.data(KEY_ROLE))


def verdict_cells(name: str, verdict: Verdict, hint: str = "") -> tuple[Cell, ...]:
    """Return the cells of a judged series, under `HEADINGS`; `hint` says more than its name."""
    count = verdict.series.slice_count
    plane = verdict.series.plane or "plane not known"
    colour = colour_of(verdict.sequence, verdict.probabilities)
    return (
        Cell(name_of(verdict.sequence), colour=colour, hint=model_words(verdict.model_id)),
        Cell(sure_words(verdict), verdict.confidence),
        Cell(doubt(verdict), hint=partial(_doubt_hint, verdict)),
        Cell(name, hint=hint or name),
        Cell(_claim_words(verdict), hint=_claim_hint(verdict)),
        Cell(
            f"{count} {PLANES.get(plane, '')}".strip(),
            count,
            hint=f"{counted(count, 'slice')}, {plane}",
        ),
    )


def study_cell(series: Series | None, studies: Mapping[str, str]) -> Cell:
    """Return what `studies` call the study of a series; nothing for what was read from no file."""
    if series is None:
        return Cell("")
    called = studies.get(study_of(series), "")
    # A long one is cut, and only the UID is in reports.
    return Cell(called, hint="\n".join(filter(None, (called, series.study_uid))))


def _doubt_hint(verdict: Verdict) -> str:
    header = [witness_words(verdict)] if verdict.conflict else []
    return "\n".join([*header, *doubts(verdict), f"judged from {basis_words(verdict)}"])


def _claim_words(verdict: Verdict) -> str:
    """Return what the header says, in a word where it agrees: names of layers need the room."""
    if verdict.header is None:
        return "none"
    claim = verdict.header
    if claim.sequence == verdict.sequence != UNKNOWN:
        return "alone" if _speaks_alone(verdict) else "same"
    return claim_words(claim.sequence, claim.evidence) or name_of(UNKNOWN)


def _claim_hint(verdict: Verdict) -> str:
    if not _speaks_alone(verdict):
        return witness_words(verdict)
    name = name_of(verdict.sequence)
    return f"{witness_words(verdict)}\nOnly the header says {name}: the pixels can't tell."


def _speaks_alone(verdict: Verdict) -> bool:
    """Tell whether the header names what no pixel can confirm."""
    if verdict.header is None or verdict.overruled:
        return False
    can_tell = verdict.sequence in verdict.probabilities and not verdict.shows_nothing
    return verdict.header.sequence == verdict.sequence != UNKNOWN and not can_tell


def _row(layer: Image, name: str, found: Verdict | Failure | str | None, study: Cell) -> Row:
    """Return the row of a layer; `found` is its outcome, or why there can be none."""
    nothing = Cell("")
    if not found:
        said = Cell("not yet run")
    elif isinstance(found, str):
        said = Cell("can't be judged", hint=found)
    elif isinstance(found, Failure):
        said = Cell("not read", hint=found.cause)
    else:
        return Row(layer, (*verdict_cells(name, found), study))
    return Row(layer, (said, nothing, nothing, Cell(name, hint=name), nothing, nothing, study))
