"""Whether two stacks were prescribed alike, as repeats and pairs of a study have to be."""

from __future__ import annotations

from dataclasses import replace

import dask.array as da
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from napari_mrseq.prescription import one_prescription
from napari_mrseq.series import Series

SPACING = (5.0, 0.9, 0.9)
SHAPE = (20, 256, 200)


def stack(
    *,
    spacing: tuple[float, float, float] = SPACING,
    shape: tuple[int, ...] = SHAPE,
    nodded: float = 0.0,
    leaning: float = 0.0,
    moved: tuple[float, float, float] = (0.0, 0.0, 0.0),
    frame: str | None = "1.2.3",
) -> Series:
    """Return an axial stack around one centre, or moved off it (mm), turned by some degrees."""
    affine = np.eye(4)
    axes = Rotation.from_euler("xy", (nodded, leaning), degrees=True).as_matrix()[:, ::-1]
    affine[:3, :3] = axes * spacing
    affine[:3, 3] = moved - affine[:3, :3] @ (np.array(shape[-3:]) - 1) / 2
    return Series(
        path="study/1",
        files=("study/1/1",),
        pixels=da.zeros(shape),
        spacing=spacing,
        affine=affine,
        frame_of_reference_uid=frame,
    )


def mirrored(series: Series) -> Series:
    """Return the stack with its rows written from the other end, as some converters do."""
    turned = np.diag([1.0, 1.0, -1.0, 1.0])
    turned[2, 3] = series.pixels.shape[-1] - 1
    return replace(series, affine=series.affine @ turned)


@pytest.mark.parametrize(
    "other",
    [
        stack(nodded=9.0),
        stack(leaning=9.0),
        stack(moved=(9.0, 0.0, 17.0)),
        stack(spacing=(5.9, 1.05, 1.05)),
        stack(spacing=(4.2, 0.76, 0.76)),
        stack(shape=(26, 320, 320)),
        stack(shape=(3, *SHAPE)),
        stack(frame=None),
        mirrored(stack()),
    ],
    ids=["nodded", "leaning", "moved", "coarser", "finer", "larger", "4-D", "no frame", "mirrored"],
)
def test_stacks_that_differ_by_little_are_of_one_prescription(other: Series) -> None:
    assert one_prescription(stack(), other)
    assert one_prescription(other, stack())


@pytest.mark.parametrize(
    "other",
    [
        stack(nodded=12.0),
        stack(leaning=12.0),
        stack(nodded=90.0),
        stack(moved=(22.0, 0.0, 0.0)),
        stack(moved=(0.0, 0.0, 22.0)),
        stack(spacing=(6.2, 0.9, 0.9)),
        stack(spacing=(5.0, 0.9, 0.73)),
        stack(frame="9.9"),
        replace(stack(), affine=None),
    ],
    ids=[
        "nodded", "leaning", "turned", "beside", "above", "thicker", "finer rows", "other frame",
        "no position",
    ],
)  # fmt: skip
def test_stacks_in_another_place_or_otherwise_made_are_not(other: Series) -> None:
    assert not one_prescription(stack(), other)
    assert not one_prescription(other, stack())
