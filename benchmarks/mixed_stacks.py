"""What a stack's say gains its slices, and costs them in stacks put together from two.

``python benchmarks/mixed_stacks.py [WEIGHTS …]``: each labelled stack of the fold that a network
left out, as it is and with slices of another one of its data set and of another family: the second
half, the last fifth, every other slice, or one in the middle. Printed is the share of slices whose
family is right, alone and in their stack (`napari_mrseq.stack`), by the likeliest known one: of all
slices, and of those of the other stack.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from held_out import CATALOGUE, MODEL, leave_out_without, unseen_rows
from numpy.typing import NDArray

from napari_mrseq import load_model
from napari_mrseq.decision import by_class, likeliest_known
from napari_mrseq.model import Model
from napari_mrseq.sequences import UNKNOWN, family_of
from napari_mrseq.stack import pool_slices
from napari_mrseq.training.answers import Answers, answer_slices, series_members
from napari_mrseq.training.catalogue import STACKS

LEAST = 8

Places = NDArray[Any]
# Which slices of a stack come from the other one, by their places 0 to 1 and their numbers.
MIXTURES: dict[str, Callable[[Places, Places], Places]] = {
    "one sequence": lambda where, _: where < 0,
    "second half of another": lambda where, _: where >= 0.5,
    "last fifth of another": lambda where, _: where >= 0.8,
    "every other slice": lambda _, number: number % 2 == 1,
    "one slice in the middle": lambda _, number: number == len(number) // 2,
}


def pairs(answers: Answers, datasets: list[str], members: list[list[int]]) -> Iterator[Any]:
    """Yield two stacks of one data set and two families, as places of their slices."""
    rng = np.random.default_rng(0)
    known = [
        np.array(one)
        for one in members
        if len(one) >= LEAST
        and answers.origins[one[0]] in STACKS
        and answers.labels[one[0]] != UNKNOWN
    ]
    for ours in known:
        others = [
            theirs
            for theirs in known
            if datasets[theirs[0]] == datasets[ours[0]]
            and family_of(answers.labels[theirs[0]]) != family_of(answers.labels[ours[0]])
        ]
        if others:
            yield ours, others[rng.integers(len(others))]


def mixed(
    ours: Places, theirs: Places, taken: Callable[[Places, Places], Places]
) -> tuple[Places, list[bool]]:
    """Put slices of the second stack, from the same place in it, among those of the first.

    Returns
    -------
    slices : array of int
    foreign : list of bool
        Which of them are of the second stack.
    """
    where = np.linspace(0, 1, len(ours))
    other = theirs[(where * (len(theirs) - 1)).round().astype(int)]
    foreign = taken(where, np.arange(len(ours)))
    return np.where(foreign, other, ours), foreign.tolist()


def right(model: Model, answers: Answers, slices: Places) -> tuple[list[bool], list[bool]]:
    """Tell of each slice of a stack whether its family is right, alone and in the stack."""
    alone, count = answers.probabilities[slices], len(slices)
    together = pool_slices(
        alone,
        answers.shown[slices],
        np.zeros(count),
        np.linspace(0, 1, count),
        model.classes,
        model.card.calibration.stack_power,
    )
    labels = answers.labels[slices]

    def right_of(rows: NDArray[Any]) -> list[bool]:
        said = [likeliest_known(by_class(model.classes, row))[0] for row in rows]
        return [family == family_of(label) for family, label in zip(said, labels, strict=True)]

    return right_of(alone), right_of(together)


def main() -> None:
    """Measure and print."""
    leave_out_without(CATALOGUE)
    found: dict[str, list[tuple[bool, bool, bool]]] = {name: [] for name in MIXTURES}
    for path in sys.argv[1:] or [MODEL]:
        model = load_model(path, device="cpu")
        rows = unseen_rows(model, CATALOGUE)
        answers = answer_slices(model, rows)
        for pair in pairs(answers, [row.dataset for row in rows], series_members(rows)):
            for name, taken in MIXTURES.items():
                slices, foreign = mixed(*pair, taken)
                alone, together = right(model, answers, slices)
                found[name] += zip(alone, together, foreign, strict=True)
    heads = ("slices", "alone", "in stack", "foreign", "alone", "in stack")
    print(f"{'':26}" + "".join(f"{head:>10}" for head in heads))
    for name, judged in found.items():
        print(f"{name:26}{_shares(judged)}{_shares([one for one in judged if one[2]])}")


def _shares(judged: list[tuple[bool, bool, bool]]) -> str:
    if not judged:
        return ""
    alone, together = (np.mean([one[place] for one in judged]) for place in (0, 1))
    return f"{len(judged):10}{alone:10.1%}{together:10.1%}"


if __name__ == "__main__":
    main()
