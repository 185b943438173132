"""Pictures that are no MR, to be called unknown: CT, radiographs, ultrasound, photographs, pages.

CT is of a head in Debian's ``invesalius-examples``; photographs are of its ``mate-backgrounds``;
ultrasound and pages are drawn by chance. More kinds come from whichever of these packages are
installed: ``apt-get install stellarium-data kstars-data opencv-doc tuxpaint-stamps-default
plasma-workspace-wallpapers gnome-backgrounds``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from napari_mrseq.errors import MrseqError
from napari_mrseq.training.making.tomography import (
    Grey,
    Tomogram,
    ct_slice,
    head_ct,
    radiograph,
    scintigram,
)
from napari_mrseq.training.making.ultrasound import ultrasound

PHOTOGRAPHS = Path("/usr/share/backgrounds/mate/nature")
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
CTS, RADIOGRAPHS, SCINTIGRAMS, CROPS, ULTRASOUNDS, PAGES = 240, 60, 60, 30, 300, 60


def foreign_pictures(seed: int) -> Iterator[tuple[str, Grey]]:
    """Yield the kind and the (rows, columns) grey values of each picture.

    Parameters
    ----------
    seed : int
        Of all chance.

    Raises
    ------
    MrseqError
        If the CT of a head or the photographs aren't installed.
    """
    rng = np.random.default_rng(seed)
    if not PHOTOGRAPHS.is_dir():
        raise MrseqError(f"{PHOTOGRAPHS}: not found; install Debian's mate-backgrounds")
    yield from pictures_of(head_ct(), rng)
    for path in sorted(PHOTOGRAPHS.glob("*.jpg")):
        with Image.open(path) as picture:
            grey = np.asarray(picture.convert("L").resize((1024, 1024)), dtype=float)
        yield from ((f"photograph {path.stem}", _crop(grey, rng)) for _ in range(CROPS))
    yield from (("ultrasound", ultrasound(rng)) for _ in range(ULTRASOUNDS))
    yield from (("page", _page(rng)) for _ in range(PAGES))
    for kind, folder, files in COLLECTIONS:
        yield from ((kind, shown) for shown in collected(folder, files, rng))


def pictures_of(ct: Tomogram, rng: np.random.Generator) -> Iterator[tuple[str, Grey]]:
    """Yield slices of a CT, and radiographs and scintigrams made of it: kind and grey values.

    Parameters
    ----------
    ct : Tomogram
        Of any part of the body.
    rng : numpy.random.Generator
        Source of all chance.
    """
    made = ((ct_slice, "CT", CTS), (radiograph, "radiograph", RADIOGRAPHS),
            (scintigram, "scintigram", SCINTIGRAMS))  # fmt: skip
    for make, kind, count in made:
        yield from ((f"{kind} of a {ct.site}", make(ct, rng)) for _ in range(count))


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


def _crop(grey: Grey, rng: np.random.Generator) -> Grey:
    side = int(rng.uniform(0.2, 1.0) * min(grey.shape))
    top, left = (int(rng.uniform(0, 1) * (extent - side)) for extent in grey.shape)
    part = Image.fromarray(grey[top : top + side, left : left + side].astype(np.uint8))
    return np.asarray(part.resize((SIZE, SIZE)), dtype=float)


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
