"""What a model says of labelled pictures: of each alone, of each in its stack, of each series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Self, TypeVar

import numpy as np

from napari_mrseq.decision import aggregate
from napari_mrseq.judging import examined
from napari_mrseq.reading.grouping import grouped
from napari_mrseq.stack import pool_slices
from napari_mrseq.training.labelled_slices import read_slice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_mrseq.model import Model
    from napari_mrseq.model.card import Calibration
    from napari_mrseq.training.catalogue import Row

# What slices are called where those around them had a say: see `napari_mrseq.stack`.
STACKED = "slices in their stack"


@dataclass(frozen=True, eq=False)
class Answers:
    """What a model said of labelled cases (slices or series).

    Attributes
    ----------
    labels, origins : (n,) arrays of str
        The truth, and where the case comes from.
    probabilities : (n, classes) array
        What the model said.
    positions : (n,) array
        Place in the stack, 0 to 1; nan where unknown.
    shown : (n,) array
        How much a slice shows; 1 for series.
    """

    labels: NDArray[np.str_]
    origins: NDArray[np.str_]
    probabilities: NDArray[np.float64]
    positions: NDArray[np.float64]
    shown: NDArray[np.float64]

    def __len__(self) -> int:
        """Return the number of cases."""
        return len(self.labels)

    def subset(self, chosen: NDArray[np.bool_]) -> Self:
        """Return some of the cases."""
        return type(self)(*(getattr(self, one.name)[chosen] for one in fields(self)))


AnyAnswers = TypeVar("AnyAnswers", bound=Answers)


def joined(parts: Sequence[AnyAnswers]) -> AnyAnswers:
    """Put the cases of several parts together."""
    kind = type(parts[0])
    return kind(
        *(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(kind))
    )


def answer_slices(model: Model, rows: Sequence[Row]) -> Answers:
    """Let a model judge each picture, as a verdict does."""
    probabilities, shown = [], []
    for row in rows:
        read = read_slice(row)
        said, shows = examined(model, read.pixels[None], read.pixel_spacing, as_shown=read.as_shown)
        probabilities.append(said[0])
        shown.append(shows[0])
    return Answers(
        labels=np.array([row.label for row in rows]),
        origins=np.array([row.origin for row in rows]),
        probabilities=np.array(probabilities, dtype=float),
        positions=np.array([np.nan if r.position is None else r.position for r in rows]),
        shown=np.array(shown, dtype=float),
    )


def series_members(rows: Sequence[Row]) -> list[list[int]]:
    """Return the places of each series' rows, in the order of `answer_series`."""
    return grouped(range(len(rows)), lambda place: _stack_of(rows[place]))


def answer_series(slices: Answers, rows: Sequence[Row], temperature: float) -> Answers:
    """Join the answers on slices into one a series, as a verdict does."""
    members = series_members(rows)
    firsts = [indices[0] for indices in members]
    volumes = np.array([row.volume for row in rows])
    together = [
        aggregate(slices.probabilities[i], slices.shown[i], volumes[i], temperature)
        for i in members
    ]
    return Answers(
        labels=slices.labels[firsts],
        origins=slices.origins[firsts],
        probabilities=np.array(together),
        positions=np.full(len(firsts), np.nan),
        shown=np.ones(len(firsts)),
    )


def volumes_and_places(
    slices: Answers, rows: Sequence[Row]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return which volume each slice belongs to, by number, and where it lies in it, 0 to 1.

    Where the catalogue is silent, slices lie in the order of their rows.
    """
    volumes = np.empty(len(rows), dtype=int)
    places = np.empty(len(rows))
    found = grouped(range(len(rows)), lambda place: (_stack_of(rows[place]), rows[place].volume))
    for number, members in enumerate(found):
        positions = slices.positions[members]
        volumes[members] = number
        silent = np.isnan(positions).any()
        places[members] = np.linspace(0, 1, len(members)) if silent else positions
    return volumes, places


def _stack_of(row: Row) -> tuple[str, ...]:
    """Tell the stack of a row from all others: names of stacks are often those of other groups."""
    return row.group, row.series, row.label


def answer_all_ways(
    slices: Answers, rows: Sequence[Row], classes: Sequence[str], calibration: Calibration
) -> dict[str, Answers]:
    """Return what is said of ``slices`` each alone, of `STACKED`, and of ``series``.

    Takes the answers on slices with their temperature applied.
    """
    together = pool_slices(
        slices.probabilities,
        slices.shown,
        *volumes_and_places(slices, rows),
        classes,
        calibration.stack_power,
    )
    return {
        "slices": slices,
        STACKED: replace(slices, probabilities=together),
        "series": answer_series(slices, rows, calibration.series_temperature),
    }
