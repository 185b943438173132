"""Widen a catalogue: ``python -m napari_mrseq.training.making.widen CATALOGUE FOLDER [CHEST]``.

Writes simulated heads and pictures that are no MR into the folder, and a catalogue of
them and all that the first one holds. They belong to no fold, so that they are always trained on;
but for those of CHEST, a folder of DICOM files of a CT of a chest, on which
``benchmarks/unknown.py`` judges the network that leaves fold 4 out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from napari_mrseq.sequences import UNKNOWN
from napari_mrseq.training.catalogue import read_entries, write_catalogue
from napari_mrseq.training.making.foreign import foreign_pictures, pictures_of
from napari_mrseq.training.making.planes import tissue_maps
from napari_mrseq.training.making.simulation import simulate
from napari_mrseq.training.making.tomography import dicom_ct

NO_FOLD, JUDGED_FOLD = "-1", "4"
SEED = 0
# Grey values between these percentiles fill the 8 bits, as those of the real slices do.
PERCENTILES = (0.2, 99.8)
SIMULATED = ("simulated heads (Colin27)", "simulated by the project", "head")
FOREIGN = (
    "no MR: CT, photographs, drawings of packages (napari_mrseq/training/making/foreign.py)",
    "GPL-2, Apache-2.0, CC BY, CC BY-SA: as each package says",
    "",
)


Pictures = Iterable[tuple[str, NDArray[np.float64]]]


def widen(
    catalogue: Path,
    folder: Path,
    simulated: Pictures,
    foreign: Pictures,
    judged: Pictures = (),
) -> Path:
    """Write the pictures and the wider catalogue.

    Parameters
    ----------
    catalogue : Path
        CSV of labelled pictures.
    folder : Path
        Where everything goes.
    simulated : iterable of (str, (rows, columns) array)
        Sequence and picture, as `simulate` gives them.
    foreign : iterable of (str, (rows, columns) array)
        Kind and picture, as `foreign_pictures` gives them: all unknown.
    judged : iterable of (str, (rows, columns) array)
        The like, for all folds but `JUDGED_FOLD`.

    Returns
    -------
    Path
        The catalogue, ``catalogue.csv`` in the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    where, rows = read_entries(catalogue)
    rows += _written(folder, where, "simulated", simulated, SIMULATED)
    for origin, pictures, fold in (("foreign", foreign, NO_FOLD), ("judged", judged, JUDGED_FOLD)):
        unknown = ((f"{UNKNOWN}/{kind}", picture) for kind, picture in pictures)
        rows += _written(folder, where, origin, unknown, FOREIGN, fold)
    return write_catalogue(folder / "catalogue.csv", rows)


def _written(
    folder: Path,
    where: str,
    origin: str,
    pictures: Pictures,
    source: tuple[str, str, str],
    fold: str = NO_FOLD,
) -> list[dict[str, str]]:
    rows = []
    for number, (name, picture) in enumerate(pictures):
        label, _, kind = name.partition("/")
        path = folder / f"{origin}-{number:05}.png"
        low, high = np.percentile(picture, PERCENTILES)
        scaled = np.clip((picture - low) / max(high - low, 1e-9), 0, 1)
        Image.fromarray((scaled * 255).round().astype(np.uint8)).save(path)
        rows.append(
            {
                where: str(path.resolve()),
                "label": label,
                "group": f"{origin} {kind}".strip(),
                "fold": fold,
                "origin": origin,
                "dataset": source[0],
                "licence": source[1],
                "body_part": source[2] or kind,
            }
        )
    return rows


if __name__ == "__main__":
    catalogue, folder, *chest = map(Path, sys.argv[1:])
    rng = np.random.default_rng(SEED)
    judged = (picture for path in chest for picture in pictures_of(dicom_ct(path, "chest"), rng))
    simulated = simulate(tissue_maps(), SEED)
    print(widen(catalogue, folder, simulated, foreign_pictures(SEED), judged))
