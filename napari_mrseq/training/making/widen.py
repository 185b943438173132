"""Widen a catalogue: ``python -m napari_mrseq.training.making.widen CATALOGUE FOLDER [CHEST]``.

Writes simulated heads and pictures that are no MR into the folder, and a catalogue of
them and all that the first one holds. They belong to no fold, so that they are always trained on;
but for those of CHEST, a folder of DICOM files of a CT of a chest, on which
``benchmarks/unknown.py`` judges the network that leaves fold 4 out.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
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
# Columns of the catalogue.
SIMULATED = {
    "dataset": "simulated heads (Colin27)",
    "licence": "simulated by the project",
    "body_part": "head",
}
FOREIGN = {
    "dataset": (
        "no MR: CT, photographs, drawings of packages (napari_mrseq/training/making/foreign.py)"
    ),
    "licence": "GPL-2, Apache-2.0, CC BY, CC BY-SA: as each package says",
}

Pictures = Iterable[tuple[str, NDArray[np.float64]]]


def widen(
    catalogue: Path,
    folder: Path,
    simulated: Pictures,
    foreign: Pictures,
    judged: Pictures,
) -> Path:
    """Write the pictures and the wider catalogue, ``catalogue.csv``; return its path.

    Simulated ones come with their sequence, foreign and judged ones, all unknown, with their kind.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = read_entries(catalogue)
    for code, path in _written(folder, "simulated", simulated):
        own = {"label": code, "group": "simulated", "fold": NO_FOLD, "origin": "simulated"}
        rows.append({"path": path} | own | SIMULATED)
    for origin, pictures, fold in (("foreign", foreign, NO_FOLD), ("judged", judged, JUDGED_FOLD)):
        for kind, path in _written(folder, origin, pictures):
            own = {"label": UNKNOWN, "group": f"{origin} {kind}", "fold": fold, "origin": origin}
            rows.append({"path": path} | own | FOREIGN | {"body_part": kind})
    return write_catalogue(folder / "catalogue.csv", rows)


def _written(folder: Path, origin: str, pictures: Pictures) -> Iterator[tuple[str, str]]:
    """Write pictures; yield what each is, and its path."""
    for number, (kind, picture) in enumerate(pictures):
        path = folder / f"{origin}-{number:05}.png"
        Image.fromarray(_scaled_to_bytes(picture)).save(path)
        yield kind, str(path.resolve())


def _scaled_to_bytes(picture: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Spread the grey values between `PERCENTILES` over 8 bits."""
    low, high = np.percentile(picture, PERCENTILES)
    scaled = np.clip((picture - low) / max(high - low, 1e-9), 0, 1)
    return np.asarray((scaled * 255).round(), np.uint8)


def main() -> None:
    """Write the wider catalogue; print its path."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("chest", type=Path, nargs="?")
    chosen = parser.parse_args()
    rng = np.random.default_rng(SEED)
    judged = pictures_of(dicom_ct(chosen.chest, "chest"), rng) if chosen.chest else ()
    simulated = simulate(tissue_maps(), SEED)
    print(widen(chosen.catalogue, chosen.folder, simulated, foreign_pictures(SEED), judged))


if __name__ == "__main__":
    main()
