"""Striped pictures as labelled data: flat in one class, standing in another, checked in a third."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from PIL import Image


def stripes(label: str, group: int, seed: int = 0) -> np.ndarray:
    waves = np.sin(np.arange(64) / (2 + group)) * 100 + 120
    flat = np.tile(waves, (64, 1))
    picture = {"T1": flat, "T2": flat.T}.get(label, (flat + flat.T) / 2)
    noise = np.random.default_rng(seed).normal(0, 9, (64, 64))
    return (picture + noise).clip(0, 255).astype("u1")


def striped_pictures(folder: Path, count: int, groups: int, folds: int) -> list[dict]:
    """Write flat and standing pictures in turn, and return their rows, dealt into groups."""
    rows = []
    for index in range(count):
        label, group = ("T1", "T2")[index % 2], index // 2 % groups
        Image.fromarray(stripes(label, group, index)).save(folder / f"{index}.png")
        fold = group * folds // groups
        rows.append({"path": f"{index}.png", "label": label, "group": f"g{group}", "fold": fold})
    return rows


def write(path: Path, rows: list[dict]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path
