"""Stripped copies of whole heads.

``python -m napari_mrseq.training.making.stripping CATALOGUE FOLDER`` trains a small network on
simulated heads of any contrast, blacks out all but the brain in some slices of whole heads, and
writes the copies and a catalogue of them and all that the first one holds. Most stripped brains of
public data are of few sequences and few makers: a network takes the look for the label, and calls a
stripped T2 of an unseen hospital a b = 0 image. Contrasts drawn by chance let the outliner see a
brain in any sequence (Hoopes et al., SynthStrip, NeuroImage 260:119474, 2022); it learns no label
and sees no real picture.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image
from scipy import ndimage
from torch import Tensor, nn
from torch.nn import functional

from napari_mrseq.sequences import UNKNOWN
from napari_mrseq.training.augmentation import augment_outlined
from napari_mrseq.training.catalogue import (
    STRIPPED,
    read_catalogue,
    read_entries,
    write_catalogue,
)
from napari_mrseq.training.chance import Draw
from napari_mrseq.training.labelled_slices import read_slice
from napari_mrseq.training.making.planes import NAMES, TissueMaps, cut, tissue_maps

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZE, WIDTHS = 97, (12, 24, 48, 64)
PLANES, STEPS, BATCH, RATE, SEED = 800, 1500, 16, 3e-3, 0
LOGGED = 25
# What is left of a head that is stripped.
BRAIN = ("white matter", "grey matter", "csf", "lesion")
# An outline is believed that is nearly one piece, of this share of the picture, and surely drawn:
# few places are neither surely brain nor surely not.
PIECE, AREA, FAINT, DOUBT = 0.9, (0.04, 0.65), 0.2, 0.17


class _Outliner(nn.Module):
    """A U-Net (Ronneberger et al., MICCAI 2015): pictures in, log-odds of brain out."""

    def __init__(self) -> None:
        super().__init__()
        ins = (1, *WIDTHS[:-1])
        self.down = nn.ModuleList(_block(i, o) for i, o in zip(ins, WIDTHS, strict=True))
        wide = WIDTHS[::-1]
        self.up = nn.ModuleList(_block(low + high, high) for low, high in pairwise(wide))
        self.last = nn.Conv2d(WIDTHS[0], 1, 1)

    def forward(self, images: Tensor) -> Tensor:
        kept: list[Tensor] = []
        values = images
        for level, block in enumerate(self.down):
            values = block(functional.max_pool2d(values, 2) if level else values)
            kept.append(values)
        for block, beside in zip(self.up, kept[-2::-1], strict=True):
            larger = functional.interpolate(values, size=beside.shape[-2:])
            values = block(torch.cat((larger, beside), dim=1))
        result: Tensor = self.last(values)
        return result


def _block(ins: int, outs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(ins, outs, 3, padding=1, bias=False), nn.BatchNorm2d(outs), nn.ReLU(),
        nn.Conv2d(outs, outs, 3, padding=1, bias=False), nn.BatchNorm2d(outs), nn.ReLU(),
    )  # fmt: skip


def train_outliner(
    maps: TissueMaps,
    *,
    planes_count: int = PLANES,
    steps: int = STEPS,
    log: Callable[[str], None] = print,
) -> nn.Module:
    """Train the network on simulated heads.

    Parameters
    ----------
    maps : TissueMaps
        Of the head that planes are cut out of.
    planes_count, steps : int
        Planes through the simulated head, and steps of `BATCH` of them.
    log : callable
        Takes a line of progress.
    """
    torch.manual_seed(SEED)
    generator = torch.Generator().manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    planes = np.stack([cut(maps, rng).fractions for _ in range(planes_count)])
    tissues = torch.from_numpy(planes.astype(np.float16))
    network = _Outliner().train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps)
    lost = 0.0
    for step in range(1, steps + 1):
        chosen = torch.randint(len(tissues), (BATCH,), generator=generator)
        images, brains = _drawn(tissues[chosen].float(), generator)
        with torch.autocast("cpu", torch.bfloat16):
            said = network(images)
        loss = functional.binary_cross_entropy_with_logits(said.float(), brains)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        schedule.step()
        lost += float(loss.detach())
        if step % LOGGED == 0:
            log(f"step {step} of {steps}: loss {lost / LOGGED:.4f}")
            lost = 0.0
    return network.eval()


def _drawn(tissues: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Draw heads of any contrast: (n, 1, SIZE, SIZE) pictures, and where the brain is in them."""
    draw = Draw(tissues, generator)
    greys = torch.rand((len(tissues), len(NAMES), 1, 1), generator=generator)
    # Bone gives little signal in any sequence.
    greys[:, NAMES.index("bone")] *= 0.3
    grain = 1 + draw.uniform(0, 0.25) * functional.interpolate(
        draw.normal_field(len(NAMES), 40, 40), size=tissues.shape[-2:], mode="bilinear"
    )
    brains = tissues[:, [NAMES.index(name) for name in BRAIN]].sum(dim=1, keepdim=True)
    images = (tissues * greys * grain).sum(dim=1, keepdim=True)
    images, brains = augment_outlined(images, brains, SIZE, generator)
    return images, (brains > 0.5).float()


@torch.inference_mode()
def brain_in(outliner: nn.Module, picture: NDArray[Any]) -> NDArray[np.bool_] | None:
    """Outline the brain in a slice of a head.

    Parameters
    ----------
    outliner : nn.Module
        See `train_outliner`.
    picture : (rows, columns) array
        Grey values.

    Returns
    -------
    (rows, columns) array of bool, or None
        None where the outline isn't to be believed: in pieces, faint, or far too small or large.
    """
    rows, columns = picture.shape
    side = max(rows, columns)
    square = np.zeros((side, side), np.float32)
    square[:rows, :columns] = (picture - picture.min()) / max(float(np.ptp(picture)), 1e-9)
    small = functional.interpolate(
        torch.from_numpy(square)[None, None], size=(SIZE, SIZE), mode="bilinear", antialias=True
    )
    views = torch.cat((small, small.flip(3)))
    said = torch.sigmoid(outliner(views))
    mean = (said[:1] + said[1:].flip(3)) / 2
    chances = functional.interpolate(mean, size=(side, side), mode="bicubic")[0, 0]
    return _believed(chances.numpy()[:rows, :columns])


def _believed(chances: NDArray[np.float32]) -> NDArray[np.bool_] | None:
    brain = chances > 0.5
    pieces, _ = ndimage.label(brain)
    areas = np.bincount(pieces.ravel(), minlength=2)[1:]
    doubtful = (chances > FAINT) & (chances < 1 - FAINT)
    if not AREA[0] < areas.max() / brain.size < AREA[1]:
        return None
    if areas.max() < PIECE * brain.sum() or doubtful.sum() > DOUBT * brain.sum():
        return None
    return np.asarray(ndimage.binary_fill_holes(pieces == areas.argmax() + 1))


def add_stripped(
    catalogue: Path, folder: Path, outliner: nn.Module, log: Callable[[str], None] = print
) -> Path:
    """Write stripped copies and the wider catalogue.

    Parameters
    ----------
    catalogue : Path
        CSV of labelled pictures; slices of DICOM series and NIfTI files are left as they are.
    folder : Path
        Where everything goes.
    outliner : nn.Module
        See `train_outliner`.
    log : callable
        Takes a line of progress.

    Returns
    -------
    Path
        The catalogue, ``stripped.csv`` in the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    table, rows = read_entries(catalogue), read_catalogue(catalogue)
    heads = [
        (entry, row)
        for entry, row in zip(table, rows, strict=True)
        if row.is_whole_head and row.label != UNKNOWN and row.slice is None
    ]
    added = []
    for number, (entry, row) in enumerate(heads):
        picture = read_slice(row).pixels
        brain = brain_in(outliner, picture)
        if brain is not None:
            path = folder / f"stripped-{number:05}.png"
            Image.fromarray(np.where(brain, picture, 0).astype(np.uint8)).save(path)
            changed = {"path": str(path.resolve()), "origin": STRIPPED, "skull_stripped": "y"}
            added.append(entry | changed)
    log(f"{len(added)} of {len(heads)} slices of heads stripped")
    return write_catalogue(folder / "stripped.csv", table + added)


def main() -> None:
    """Write the wider catalogue; print its path."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("folder", type=Path)
    chosen = parser.parse_args()
    print(add_stripped(chosen.catalogue, chosen.folder, train_outliner(tissue_maps())))


if __name__ == "__main__":
    main()
