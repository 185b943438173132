"""How right a model stays on spoilt slices: `python benchmarks/robustness.py [WEIGHTS …]`.

Slices of the fold that the model never saw are spoilt as they come, before preparation, by means
of this file alone: training's augmentation has no part in it. With the weights of several
trainings, each of which left another fold out, each judges slices of its own fold, and all are
counted together. Figures of weights that are named are written to docs/robustness.json and
docs/images/robustness.png, which the model card shows; those of the one kept here are not.

The figures stored now are of five trainings, only the last of whose weights are kept, and by an
older rule: the family of the likeliest sequence counted, not the likeliest family as in
``evaluate``.
"""

from __future__ import annotations

import io
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from held_out import MODEL, known_rows, options
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from napari_mrseq.decision import by_class, likeliest_known
from napari_mrseq.model import Model, load_model
from napari_mrseq.reading.grouping import grouped
from napari_mrseq.sequences import family_of
from napari_mrseq.training.catalogue import Row
from napari_mrseq.training.labelled_slices import read_slice

DOCS = Path(__file__).parents[1] / "docs"
FIGURES, PICTURE = DOCS / "robustness.json", DOCS / "images" / "robustness.png"
STRENGTHS = (1, 2, 3, 4, 5)
JUDGED, MOST_LOST = 3, 0.03

Picture = NDArray[np.float32]


def noise(picture: Picture, share: float, rng: Generator) -> Picture:
    """Rician noise, its deviation a share of the brightest value."""
    real, imaginary = share * picture.max() * rng.standard_normal((2, *picture.shape))
    return np.hypot(picture + real, imaginary)


def motion(picture: Picture, size: float, rng: Generator) -> Picture:
    """Three turns and shifts (degrees, percent of the width) while k-space is filled line by line.

    Shaw et al., MRI k-space motion artefact augmentation (MIDL 2019).
    """
    starts = np.sort(rng.choice(len(picture), 3, replace=False))
    space = np.fft.fftshift(np.fft.fft2(picture))
    for start in starts:
        turned = ndimage.rotate(picture, rng.normal(0, size), reshape=False, order=1)
        moved = ndimage.shift(turned, rng.normal(0, size / 100, 2) * picture.shape, order=1)
        space[start:] = np.fft.fftshift(np.fft.fft2(moved))[start:]
    return np.abs(np.fft.ifft2(np.fft.ifftshift(space)))


def blur(picture: Picture, sigma: float, _: Generator) -> Picture:
    """Gaussian, its deviation in pixels of a picture of 256."""
    return ndimage.gaussian_filter(picture, sigma * max(picture.shape) / 256)


def downsampling(picture: Picture, share: float, _: Generator) -> Picture:
    """A share of the resolution, brought back to the old grid."""
    coarse = ndimage.zoom(ndimage.gaussian_filter(picture, 0.4 / share), share, order=1)
    back = np.divide(picture.shape, coarse.shape)
    return ndimage.zoom(coarse, back, order=1)


def bias_field(picture: Picture, size: float, rng: Generator) -> Picture:
    """A smooth quadratic field, exp(-size) to exp(size)."""
    y, x = np.meshgrid(*(np.linspace(-1, 1, n) for n in picture.shape), indexing="ij")
    field = np.tensordot(rng.standard_normal(5), np.stack((x, y, x * y, x * x, y * y)), axes=1)
    field -= (field.max() + field.min()) / 2
    return picture * np.exp(size * field / np.abs(field).max())


def inversion(picture: Picture, share: float, rng: Generator) -> Picture:
    """Black is white in this share of the slices."""
    return picture.max() - picture if rng.random() < share else picture


def rotation(picture: Picture, degrees: float, rng: Generator) -> Picture:
    """To either side; what comes in is black."""
    return ndimage.rotate(picture, degrees * rng.choice((-1, 1)), order=1)


def crop(picture: Picture, share: float, rng: Generator) -> Picture:
    """A share of the rows and columns, from anywhere."""
    kept = [max(1, round(share * n)) for n in picture.shape]
    row, column = (rng.integers(n - k + 1) for n, k in zip(picture.shape, kept, strict=True))
    return picture[row : row + kept[0], column : column + kept[1]]


def jpeg(picture: Picture, quality: float, _: Generator) -> Picture:
    """Compressed with this quality, 0 to 100."""
    grey = (picture - picture.min()) / max(float(np.ptp(picture)), 1e-6) * 255
    file = io.BytesIO()
    Image.fromarray(grey.round().astype(np.uint8)).save(file, "JPEG", quality=int(quality))
    return np.asarray(Image.open(file), dtype=np.float32)


Spoiler = Callable[[Picture, float, Generator], Picture]
KINDS: dict[str, tuple[Spoiler, tuple[float, ...]]] = {
    "noise": (noise, (0.02, 0.035, 0.05, 0.08, 0.12)),
    "motion": (motion, (0.5, 1, 2, 3, 5)),
    "blur": (blur, (0.5, 1, 1.5, 2.5, 3.5)),
    "downsampling": (downsampling, (0.7, 0.5, 0.35, 0.25, 0.18)),
    "bias field": (bias_field, (0.2, 0.4, 0.6, 0.8, 1.0)),
    "inversion": (inversion, (0.2, 0.4, 0.6, 0.8, 1.0)),
    "rotation": (rotation, (5, 10, 20, 45, 90)),
    "crop": (crop, (0.9, 0.8, 0.7, 0.6, 0.5)),
    "JPEG": (jpeg, (80, 50, 30, 15, 8)),
}
CLEAN = ("clean", 0)


def variants(picture: Picture, seed: int) -> dict[tuple[str, int], Picture]:
    """Return a slice clean, and spoilt in each way at each strength."""
    spoilt = {CLEAN: picture}
    for number, (kind, (spoiler, sizes)) in enumerate(KINDS.items()):
        for strength, size in zip(STRENGTHS, sizes, strict=True):
            # The same chance at every strength: curves show the strength alone.
            rng = np.random.default_rng((seed, number))
            spoilt[kind, strength] = spoiler(picture, size, rng).astype(np.float32)
    return spoilt


def families_said(model: Model, pictures: Sequence[Picture]) -> list[str]:
    """Return the likeliest known family of each picture."""
    said = [""] * len(pictures)
    for indices in grouped(range(len(pictures)), lambda index: pictures[index].shape):
        rows = model.predict(np.stack([pictures[index] for index in indices]))
        for index, row in zip(indices, rows, strict=True):
            said[index], _ = likeliest_known(by_class(model.classes, row))
    return said


Hits = dict[tuple[str, int], list[bool]]


def hits_of(model: Model, rows: Sequence[Row]) -> Hits:
    """Return for each slice whether its family is right, clean and in each kind and strength."""
    right: Hits = defaultdict(list)
    for seed, row in enumerate(rows):
        spoilt = variants(read_slice(row).pixels.astype(np.float32), seed)
        said = families_said(model, list(spoilt.values()))
        for key, family in zip(spoilt, said, strict=True):
            right[key].append(family == family_of(row.label))
        if sys.stderr.isatty():
            print(f"\r{seed + 1} of {len(rows)} slices", end="", file=sys.stderr)
    return right


def figures_of(judged: Sequence[tuple[Model, Hits]]) -> dict[str, Any]:
    """Return what the card shows, over the slices of all models."""
    keys = judged[0][1]
    found = {key: float(np.mean([hit for _, hits in judged for hit in hits[key]])) for key in keys}
    lost = {kind: found[CLEAN] - found[kind, JUDGED] for kind in KINDS}
    return {
        "models": [{"name": model.name, "sha256": model.sha256} for model, _ in judged],
        "slices": sum(len(hits[CLEAN]) for _, hits in judged),
        "clean": found[CLEAN],
        "accuracy": {kind: [found[kind, strength] for strength in STRENGTHS] for kind in KINDS},
        "sizes": {kind: list(sizes) for kind, (_, sizes) in KINDS.items()},
        "lost_at_3": lost,
        "mean_lost_at_3": float(np.mean(list(lost.values()))),
    }


def table(figures: dict[str, Any]) -> str:
    lines = [f"{'family right, %':16}" + "".join(f"{s:>8}" for s in STRENGTHS) + "   lost at 3"]
    for kind, curve in figures["accuracy"].items():
        cells = "".join(f"{100 * share:8.1f}" for share in curve)
        lines.append(f"{kind:16}{cells}{100 * figures['lost_at_3'][kind]:12.1f}")
    clean, mean = 100 * figures["clean"], 100 * figures["mean_lost_at_3"]
    lines.append(f"clean {clean:.1f}; mean lost at strength {JUDGED}: {mean:.1f} points")
    return "\n".join(lines)


def draw(figures: dict[str, Any], path: Path) -> None:
    """Draw a curve a kind."""
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(3, 3, figsize=(9, 7), sharex=True, sharey=True)
    for place, (kind, curve) in zip(axes.flat, figures["accuracy"].items(), strict=True):
        place.plot((0, *STRENGTHS), [100 * share for share in (figures["clean"], *curve)], "o-")
        place.axhline(100 * figures["clean"], color="grey", linewidth=0.8, linestyle=":")
        place.set_title(kind, fontsize=10)
        place.set_ylim(0, 100)
        place.grid(alpha=0.3)
    figure.supxlabel("strength (0: as it came)")
    figure.supylabel("right family, % of slices")
    figure.tight_layout()
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path, dpi=100, metadata={"Software": None})


def main() -> int:
    """Measure, print, write; exit 1 where more is lost than the goal allows."""
    parser = options(__doc__, slices=300)
    parser.add_argument("weights", nargs="*", help="one file a fold")
    chosen = parser.parse_args()
    judged = []
    for weights in chosen.weights or [MODEL]:
        model = load_model(weights, device="auto")
        rows = known_rows(model, chosen.catalogue, chosen.fold, chosen.slices)
        judged.append((model, hits_of(model, rows)))
    figures = figures_of(judged)
    counted = f"{figures['slices']} slices held out of {len(judged)} folds"
    print(f"{judged[0][0].name}, {counted}, families alike\n{table(figures)}")
    if chosen.weights:
        FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        draw(figures, PICTURE)
        print(f"{FIGURES} and {PICTURE} written")
    return int(figures["mean_lost_at_3"] > MOST_LOST)


if __name__ == "__main__":
    sys.exit(main())
