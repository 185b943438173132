"""The figures of an evaluation as a table for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from napari_mrseq.naming import printable
from napari_mrseq.training.answers import STACKED
from napari_mrseq.training.bootstrap import LEAST_GROUPS

_MEASURES = ("accuracy", "family accuracy", "macro F1")
_AREA = "known against unknown, AUROC"
_KINDS = {"slices": "slices", STACKED: "in stack", "series": "series"}
_NOTHING = "–"
# Elsewhere what is below the threshold is called unknown.
_LIKELIEST = "the likeliest taken"


def text_of(figures: dict[str, Any]) -> str:
    """Write the figures of an evaluation as text: shares in percent, nothing that is not there."""
    kinds = [figures[kind] for kind in _KINDS if kind in figures]
    titles = [title for kind, title in _KINDS.items() if kind in figures]
    lines = ["".join([f"{'':42}", *(f"{title:>10}" for title in titles)])]
    measured = [one.get("measures", {}) for one in kinds]
    lines += _told("cases", [one.get("cases", _NOTHING) for one in measured])
    for key in _MEASURES:
        lines += _told(key, [percent(one.get(key)) for one in measured])
    lines.append(_line("cases of known sequences", [one["cases"] for one in kinds]))
    if kinds[0]["cases"]:
        lines.append(f"{_LIKELIEST}, whatever its probability:")
    for part, indent in (("forced", "  "), ("said", "")):
        for key in kinds[0][part]:
            lines += _told(indent + key, [percent(one[part][key]) for one in kinds])
    areas = [one.get(_AREA) for one in kinds]
    lines += _told(_AREA, [_NOTHING if area is None else f"{area:.3f}" for area in areas])
    lines += ["", *_per_class(figures["series"])]
    lines += ["", "series: truth in rows, what is said in columns", *_matrix(figures)]
    if "against" in figures:
        lines += ["", *_beside(figures)]
    return "\n".join(map(printable, lines))


def _beside(figures: dict[str, Any]) -> Iterator[str]:
    """Two models side by side, with 95 % bounds by bootstrap draws of the groups."""
    against = figures["against"]
    own, other = against["titles"]
    # Of two models that are always and never right: "-100.0 % (-100.0 to -100.0)".
    wide = max(29, len(own) + 2, len(other) + 2)
    yield f"by family, of families that both know: {', '.join(against['families']) or 'none'}"
    for kind in ("slices", "series"):
        beside = against[kind]
        title = f"{beside['cases']} {kind} of {beside['groups']} groups"
        yield f"{title:28}{own:>{wide}}{other:>{wide}}{'difference':>{wide}}"
        for name, row in beside.items():
            if isinstance(row, dict):
                yield f"  {name:26}" + "".join(f"{interval(part):>{wide}}" for part in row.values())
        if told := few_groups(beside["groups"]):
            yield f"  {told}"


def _per_class(series: dict[str, Any]) -> Iterator[str]:
    yield f"right per class, {_LIKELIEST}: cases, member, family (series)"
    width = max((8, *(len(label) for label in series["recall"])))
    for label, row in series["recall"].items():
        member, family = percent(row["member"]), percent(row["family"])
        yield f"  {label:{width}}{row['cases']:6}{member:>10}{family:>10}"


def _told(title: str, cells: list[Any]) -> list[str]:
    """Write a line, none where there is nothing to tell."""
    return [] if set(cells) == {_NOTHING} else [_line(title, cells)]


def _line(title: str, cells: list[Any]) -> str:
    return f"{title:42}" + "".join(f"{cell or _NOTHING:>10}" for cell in cells)


def percent(value: float | None) -> str:
    """Write a share in percent, a dash where there is none."""
    return _NOTHING if value is None else f"{100 * value:.1f} %"


def interval(bounds: list[float]) -> str:
    """Write [value, low, high], or [low, high], in percent."""
    *value, low, high = (f"{100 * bound:.1f}" for bound in bounds)
    return f"{value[0]} % ({low} to {high})" if value else f"{low} to {high} %"


def few_groups(groups: int) -> str:
    """Say that bounds mean little; empty where they do not."""
    if not 0 < groups < LEAST_GROUPS:
        return ""
    return f"bounds of fewer than {LEAST_GROUPS} groups are too narrow to rely on"


def _matrix(figures: dict[str, Any]) -> list[str]:
    classes = figures["classes"]
    # Classes of a user's own may have long names.
    width = max(8, *(len(code) + 2 for code in classes))
    lines = [" " * width + "".join(f"{code:>{width}}" for code in classes)]
    for code, row in zip(classes, figures["confusion"], strict=True):
        if any(row):
            lines.append(f"{code:{width}}" + "".join(f"{count or '·':>{width}}" for count in row))
    return lines
