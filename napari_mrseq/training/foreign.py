"""Pictures that are no MR, to be called unknown: CT, radiographs, ultrasound, photographs, pages.

CT comes from Debian's ``invesalius-examples`` (one head), photographs from its
``mate-backgrounds``; radiographs are sums through the CT, ultrasound and pages are drawn by chance.
More kinds come from whichever of these packages are installed: ``apt-get install stellarium-data
kstars-data opencv-doc tuxpaint-stamps-default plasma-workspace-wallpapers gnome-backgrounds``.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage

from napari_mrseq.errors import MrseqError

CT = Path("/usr/share/doc/invesalius-examples/examples/Cranium.inv3")
PHOTOGRAPHS = Path("/usr/share/backgrounds/mate/nature")
CT_SHAPE = (108, 256, 256)
# Height of a CT slice in pixels: 1.5 mm against 0.957 mm.
CT_STEP = 1.567
# Level and width in Hounsfield units: brain, soft tissue, bone, everything.
WINDOWS = ((40, 80), (40, 400), (500, 2000), (200, 3000))
SIZE = 256
# Kind, folder and files of packages that are used where they are installed.
COLLECTIONS = (
    ("nebula", Path("/usr/share/stellarium/nebulae/default"), "*.png"),
    ("planet", Path("/usr/share/stellarium/textures"), "*.png"),
    ("constellation", Path("/usr/share/stellarium/skycultures"), "*/*.png"),
    ("screen", Path("/usr/share/doc/HTML/en/kstars"), "*.png"),
    ("still life", Path("/usr/share/doc/opencv-doc/examples/data"), "[!lr]*.*g"),
    ("diagram", Path("/usr/share/doc/opencv-doc/opencv4/html"), "*.*g"),
    ("shape", Path("/usr/share/doc/opencv-doc/examples/shape"), "**/*.png"),
    ("animal", Path("/usr/share/tuxpaint/stamps/animals"), "**/*.png"),
    ("food", Path("/usr/share/tuxpaint/stamps/food"), "**/*.png"),
    ("plant", Path("/usr/share/tuxpaint/stamps/plants"), "**/*.png"),
    ("object", Path("/usr/share/tuxpaint/stamps/household"), "**/*.png"),
    ("vehicle", Path("/usr/share/tuxpaint/stamps/vehicles"), "**/*.png"),
    ("symbol", Path("/usr/share/tuxpaint/stamps/symbols"), "**/*.png"),
    ("landscape", Path("/usr/share/wallpapers"), "*/contents/screenshot.*g"),
    ("texture", Path("/usr/share/backgrounds/gnome"), "*.webp"),
)
# Of one collection, so that no single look prevails; smaller or flat pictures are icons.
COLLECTED, LEAST_SIDE, LEAST_SPREAD = 40, 64, 8
CT_COUNT, RADIOGRAPHS, CROPS, ULTRASOUNDS, PAGES = 240, 60, 30, 200, 60

Grey = NDArray[np.float64]


def foreign_pictures(seed: int) -> Iterator[tuple[str, Grey]]:
    """Yield the kind and the (rows, columns) grey values of each picture.

    Raises
    ------
    MrseqError
        If the CT or the photographs aren't installed.
    """
    rng = np.random.default_rng(seed)
    if not (CT.is_file() and PHOTOGRAPHS.is_dir()):
        raise MrseqError(
            f"{CT} or {PHOTOGRAPHS}: not found; install Debian's invesalius-examples and "
            "mate-backgrounds"
        )
    volume = _ct_volume()
    for _ in range(CT_COUNT):
        yield "CT", _ct(volume, rng)
    for _ in range(RADIOGRAPHS):
        yield "radiograph", _radiograph(volume, rng)
    for path in sorted(PHOTOGRAPHS.glob("*.jpg")):
        with Image.open(path) as picture:
            grey = np.asarray(picture.convert("L").resize((1024, 1024)), dtype=float)
        for _ in range(CROPS):
            yield f"photograph {path.stem}", _crop(grey, rng)
    for _ in range(ULTRASOUNDS):
        yield "ultrasound", _ultrasound(rng)
    for _ in range(PAGES):
        yield "page", _page(rng)
    for kind, folder, files in COLLECTIONS:
        for shown in collected(folder, files, rng):
            yield kind, shown


def collected(folder: Path, files: str, rng: np.random.Generator) -> Iterator[Grey]:
    """Yield up to `COLLECTED` pictures of a folder, chosen by chance, in grey.

    Parameters
    ----------
    folder : Path
        Where they lie; nothing comes of one that isn't there.
    files : str
        Pattern of their names.
    rng : numpy.random.Generator
        Source of the choice, and of what is behind what is transparent: black or white.

    Yields
    ------
    (rows, columns) array
        Grey values, the longer side at most `SIZE`.
    """
    found = sorted(folder.glob(files))
    pictures = (
        _grey(found[index], int(rng.choice((0, 255)))) for index in rng.permutation(len(found))
    )
    shown = (p for p in pictures if min(p.shape) >= LEAST_SIDE and p.std() >= LEAST_SPREAD)
    yield from islice(shown, COLLECTED)


def _grey(path: Path, behind: int) -> Grey:
    with Image.open(path) as picture:
        picture.draft("RGB", (2 * SIZE, 2 * SIZE))
        picture.thumbnail((2 * SIZE, 2 * SIZE))
        front = picture.convert("RGBA")
    whole = Image.new("RGBA", front.size, (behind, behind, behind, 255))
    whole.alpha_composite(front)
    whole.thumbnail((SIZE, SIZE))
    return np.asarray(whole.convert("L"), dtype=float)


def _ct_volume() -> Grey:
    with tarfile.open(CT) as archive:
        member = next(m for m in archive if m.name.endswith("matrix.dat"))
        file = archive.extractfile(member)
        content = file.read() if file else b""
    return np.frombuffer(content, "<i2").reshape(CT_SHAPE).astype(float)


def _ct(volume: Grey, rng: np.random.Generator) -> Grey:
    axis = int(rng.choice(3, p=(0.6, 0.2, 0.2)))
    index = int(rng.uniform(0.03, 0.97) * volume.shape[axis])
    plane = np.take(volume, index, axis=axis)
    if axis:
        plane = ndimage.zoom(plane[::-1], (CT_STEP, 1), order=1)
    level, width = WINDOWS[int(rng.integers(len(WINDOWS)))]
    scaled = (plane - level) / (width * rng.uniform(0.8, 1.25)) + 0.5
    return np.asarray(np.clip(scaled, 0, 1))


def _radiograph(volume: Grey, rng: np.random.Generator) -> Grey:
    axis, power = int(rng.choice((1, 2))), rng.uniform(0.7, 1.4)
    turned = ndimage.rotate(volume[:, ::2, ::2], rng.uniform(0, 180), (1, 2), False, order=1)
    absorbed = np.clip(turned + 1000, 0, None).sum(axis=axis)
    picture = ndimage.zoom(absorbed[::-1], (1, 0.64), order=1)
    return np.asarray((picture / picture.max()) ** power)


def _crop(grey: Grey, rng: np.random.Generator) -> Grey:
    side = int(rng.uniform(0.2, 1.0) * min(grey.shape))
    top, left = (int(rng.uniform(0, 1) * (extent - side)) for extent in grey.shape)
    part = Image.fromarray(grey[top : top + side, left : left + side].astype(np.uint8))
    return np.asarray(part.resize((SIZE, SIZE)), dtype=float)


def _ultrasound(rng: np.random.Generator) -> Grey:
    """A fan of speckle over smooth tissue, with dark vessels and a bright boundary."""
    y, x = np.mgrid[:SIZE, :SIZE] / SIZE - np.array([0.02, 0.5])[:, None, None]
    depth, angle = np.hypot(x, y), np.arctan2(x, y)
    tissue = ndimage.gaussian_filter(rng.normal(0, 1, (SIZE, SIZE)), rng.uniform(6, 25))
    tissue = 0.45 + 0.2 * tissue / np.abs(tissue).max()
    for _ in range(int(rng.integers(1, 6))):
        row, column = rng.uniform(0.15, 0.85), rng.uniform(-0.35, 0.35)
        ball = np.hypot((y - row) / rng.uniform(0.5, 1.5), x - column) < rng.uniform(0.02, 0.14)
        tissue = np.where(ball, tissue * rng.uniform(0.05, 1.8), tissue)
    grain = rng.normal(0, 1, (2, SIZE, SIZE))
    grain = ndimage.gaussian_filter(grain, (0, rng.uniform(0.6, 1.6), rng.uniform(1.0, 3.0)))
    speckle = np.hypot(*grain) / np.hypot(*grain).mean()
    wide, near = rng.uniform(0.45, 0.8), rng.uniform(0.0, 0.2)
    fan = (np.abs(angle) < wide) & (depth > near) & (depth < rng.uniform(0.85, 0.97))
    if rng.random() < 0.3:
        fan = np.abs(x) < rng.uniform(0.3, 0.5)
    picture = np.log1p(6 * np.clip(tissue * speckle * np.exp(-rng.uniform(0, 1.5) * depth), 0, 2))
    return np.where(fan, picture, 0.0)


def _page(rng: np.random.Generator) -> Grey:
    """A page of text, lines and bars: reports, plots and screens."""
    dark = rng.random() < 0.5
    paper, ink = (0, 230) if dark else (255, 20)
    page = Image.new("L", (SIZE, SIZE), paper)
    pen = ImageDraw.Draw(page)
    for row in range(10, SIZE - 10, int(rng.integers(11, 26))):
        letters = rng.integers(33, 123, int(rng.integers(2, 40)))
        pen.text((int(rng.integers(2, 60)), row), "".join(map(chr, letters)), fill=ink)
    for _ in range(int(rng.integers(0, 8))):
        box = np.sort(rng.integers(0, SIZE, (2, 2)), axis=0).ravel().tolist()
        if rng.random() < 0.5:
            pen.rectangle(box, outline=ink)
        else:
            pen.line(box, fill=int(rng.integers(60, 200)), width=2)
    return np.asarray(page, dtype=float)
