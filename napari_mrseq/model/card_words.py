"""A model card in words, from a weights file: for people who choose a model. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from napari_mrseq.model.card import TORCHVISION, Calibration, Card, unreadable
from napari_mrseq.model.card_file import file_hash, read_card
from napari_mrseq.model.registry import Entry
from napari_mrseq.naming import counted, printable
from napari_mrseq.sequences import name_of

# Not the accuracy that an evaluation tells: there, what is called unknown is wrong.
_LIKELIEST = "right where the likeliest is taken"
# Of the figures inside a card: those one reads first.
_FIGURES = (_LIKELIEST, "accuracy", "family accuracy", "macro F1", "calibration error")


def card_in_words(path: Path, *, classes: bool = True) -> str:
    """Write what a weights file knows, how it was made and measured, and its limits.

    Parameters
    ----------
    path : Path
        A weights file of napari-mrseq.
    classes : bool
        With its classes; False where they stand beside these words.

    Returns
    -------
    str
        Lines of at most some 100 characters, but for paths.

    Raises
    ------
    ModelError
        If the file has no model card.
    """
    card = read_card(path)
    try:
        origin, measured = list(_origin(card)), list(_measured(card.figures))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise unreadable(path, error) from error
    megabytes = path.stat().st_size / 1e6
    named = f"Classes    {', '.join(name_of(code) for code in card.classes)}"
    lines = [
        f"{card.name} {card.version}",
        *([named] if classes else ()),
        f"Network    {card.network}; {_preparation(card)}",
        *(f"{title:11}{text}" for title, text in origin),
        f"Named at   {thresholds(card.calibration)}",
        *measured,
        f"File       {path}, {megabytes:.1f} MB",
        f"SHA-256    {file_hash(path)}",
        card.limits,
    ]
    return "\n".join(map(printable, lines))


def entry_in_words(entry: Entry) -> str:
    """Write name, classes, size, hash and place of a model, on two lines.

    Raises
    ------
    ModelError
        If its file can't be used, or isn't what it was.
    """
    card, sha256 = read_card(entry.path), entry.check()
    megabytes = entry.path.stat().st_size / 1e6
    head = f"{entry.name}  {', '.join(card.classes)}  {megabytes:.1f} MB"
    return "\n".join(map(printable, (head, f"    {sha256}  {entry.path}")))


def thresholds(calibration: Calibration) -> str:
    """Say at which probability slices and series are named: ``"26% or more for a slice, …"``."""
    return (
        f"{calibration.threshold:.0%} or more for a slice, "
        f"{calibration.series_threshold:.0%} for a series; below that it says unknown"
    )


def _preparation(card: Card) -> str:
    if card.preparation != TORCHVISION:
        return f"one slice of {card.input_size} × {card.input_size} pixels, cut to its content"
    centre = f"short side to 256, centre {card.input_size} × {card.input_size}, ImageNet colours"
    if card.window is None:
        return f"{centre}; scans over each slice's own range"
    return f"{centre}; scans through the window {card.window[0]:g}, {card.window[1]:g}"


def _origin(card: Card) -> Iterator[tuple[str, str]]:
    training = card.training
    if "imported" in training:
        yield "Imported", f"from {training['imported']}; its training data are unknown"
    if "pictures" in training:
        pictures, groups = training["pictures"], training["groups"]
        yield "Trained on", f"{counted(pictures, 'slice')} of {counted(groups, 'group')}"
    start = training.get("start")
    if isinstance(start, Mapping):
        yield "Started", f"from {start['model']} {start['version']}"
    elif start:
        yield "Started", f"from {start} weights"
    if card.held_out is not None:
        yield "Held out", f"fold {card.held_out}: not trained on; used to calibrate and measure"


def _measured(figures: Mapping[str, Any]) -> Iterator[str]:
    if not figures:
        yield "Measured   not yet: napari-mrseq evaluate CATALOGUE --model FILE"
        return
    for kind in ("slices", "series"):
        part = figures.get(kind, {})
        told = part.get("measures") or {_LIKELIEST: part.get("forced", {}).get("member, all")}
        shown = [f"{key} {told[key]:.1%}" for key in _FIGURES if told.get(key) is not None]
        if shown:
            yield f"Measured   {part['cases']} {kind}: {', '.join(shown)}"
