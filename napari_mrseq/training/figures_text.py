"""The figures of an evaluation as a table for people."""

from __future__ import annotations

from typing import Any


def text_of(figures: dict[str, Any]) -> str:
    """Write the figures of `training.run.evaluate` as text: shares in percent."""
    slices, series = figures["slices"], figures["series"]
    lines = [f"{'':42}{'slices':>10}{'series':>10}", _line("cases", slices, series, "cases")]
    lines += [_share(key, slices["forced"], series["forced"], key) for key in slices["forced"]]
    lines += [_share(key, slices["said"], series["said"], key) for key in slices["said"]]
    area = "known against unknown, AUROC"
    lines.append(_line(area, slices, series, area))
    lines += ["", "right per class: cases, member, family (series)"]
    for label, row in series["recall"].items():
        lines.append(
            f"  {label:8}{row['cases']:6}{_percent(row['member']):>10}{_percent(row['family']):>10}"
        )
    lines += ["", "series: truth in rows, what is said in columns", *_matrix(figures)]
    return "\n".join(lines)


def _line(title: str, slices: dict[str, Any], series: dict[str, Any], key: str) -> str:
    return f"{title:42}{slices[key] or '–':>10}{series[key] or '–':>10}"


def _share(title: str, slices: dict[str, Any], series: dict[str, Any], key: str) -> str:
    return f"{title:42}{_percent(slices[key]):>10}{_percent(series[key]):>10}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _matrix(figures: dict[str, Any]) -> list[str]:
    classes = figures["classes"]
    lines = [" " * 10 + "".join(f"{code:>8}" for code in classes)]
    for code, row in zip(classes, figures["confusion"], strict=True):
        if any(row):
            lines.append(f"{code:10}" + "".join(f"{count or '·':>8}" for count in row))
    return lines
