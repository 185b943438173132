"""Write docs/model-card.md and its pictures from the card inside the weights that ship.

Run it from the repository: ``python docs/make_model_card.py``. With ``--measure`` it first runs
``benchmarks/robustness.py`` and ``benchmarks/unknown.py``, whose figures it shows.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2
import matplotlib
import numpy as np

from napari_mrseq.decision import least_threshold
from napari_mrseq.model import registry
from napari_mrseq.model.card import Card
from napari_mrseq.model.card_file import read_card
from napari_mrseq.sequences import name_of
from napari_mrseq.training.figures_text import percent, text_of

DOCS = Path(__file__).parent
BENCHMARKS = DOCS.parent / "benchmarks"
TEMPLATE, PAGE = "model-card.md.jinja", DOCS / "model-card.md"
CONFUSION = DOCS / "images" / "confusion.png"
# Written by the benchmarks.
ROBUSTNESS, STRANGERS = DOCS / "robustness.json", DOCS / "unknown.json"
# Typed by hand, the gain of each trial: [{"trial": "…", "figures": {"…": share}}, …].
ABLATIONS = DOCS / "ablations.json"
# Trained as what ships was, but for one fold: what the benchmarks of quality judge.
TWIN = BENCHMARKS / "held-out.safetensors"
# What `napari-mrseq evaluate CATALOGUE --against OLD --output FOLDER` wrote of the twin of 1.2.
OLD_RECIPE = DOCS / "old-recipe.json"
# A sequence whose family is right in fewer series than this is missed often; with fewer series
# than that nothing is sure.
OFTEN, FEW = 0.8, 10


def page(card: Card, sha256: str, megabytes: float) -> str:
    """Return the page in Markdown."""
    folder = jinja2.FileSystemLoader(DOCS)
    environment = jinja2.Environment(loader=folder, undefined=jinja2.StrictUndefined)
    environment.filters |= {"percent": percent, "name_of": name_of, "interval": interval}
    trainings = list(history(dict(card.training)))
    twin = read_card(TWIN)
    first = next(history(dict(twin.training)))
    ablations = measured(ABLATIONS) or []
    text: str = environment.get_template(TEMPLATE).render(
        card=card,
        sha256=sha256,
        megabytes=megabytes,
        trainings=trainings,
        twin=first["recipe"],
        twin_version=twin.version,
        fold=first["recipe"]["held_out"],
        floor=least_threshold(card.classes),
        weak_points=list(weak_points(card.figures["series"]["recall"])),
        figures=text_of(dict(card.figures)),
        robustness=measured(ROBUSTNESS),
        unknown=measured(STRANGERS),
        averaged=list(averaged(trainings)),
        ablations=ablations,
        beside=(measured(OLD_RECIPE) or {}).get("against"),
        ablation_names=list(dict.fromkeys(name for row in ablations for name in row["figures"])),
    )
    return text.rstrip() + "\n"


def history(training: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the trainings that led to the weights, the first one first."""
    start = training["start"]
    if isinstance(start, dict):
        yield from history(start["training"])
    yield training


def averaged(trainings: list[dict[str, Any]]) -> Iterator[str]:
    """Yield a line on each training whose weights were averaged with those of earlier ones."""
    recipes = [training["recipe"] for training in trainings]
    for number, training in enumerate(trainings, start=1):
        others = training.get("averaged_with", [])
        # Version 2.0 was averaged with a single one.
        others = [others] if isinstance(others, dict) else others
        names = [f"training {recipes.index(other['recipe']) + 1}" for other in others]
        if names:
            yield f"training {number} with {' and '.join(names)}"


def interval(bounds: list[float]) -> str:
    """Write [value, low, high] in percent."""
    value, low, high = (f"{100 * bound:.1f}" for bound in bounds)
    return f"{value} ({low} to {high})"


def measured(path: Path) -> Any:
    """Return the figures in a file, None where there is none."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def weak_points(recall: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Yield a line on the sequences that are missed often, and one on those hardly tested."""
    tested = {code: row for code, row in recall.items() if row["cases"] >= FEW}
    missed = [
        f"{name_of(code)} ({percent(row['family'])})"
        for code, row in tested.items()
        if row["family"] < OFTEN
    ]
    few = [f"{name_of(code)} ({recall[code]['cases']})" for code in recall if code not in tested]
    if missed:
        yield f"Often missed (held-out series with the right family): {', '.join(missed)}."
    if few:
        yield f"Tested on too few series to be certain (number of series): {', '.join(few)}."


def draw_confusion(figures: Any, path: Path) -> None:
    """Draw the confusion matrix of series: colour is the share of its row, numbers are series."""
    matplotlib.use("Agg")
    from matplotlib import pyplot

    counts = np.array(figures["confusion"])
    rows = np.flatnonzero(counts.any(axis=1))
    columns = np.flatnonzero(counts.any(axis=0) | counts.any(axis=1))
    counts = counts[np.ix_(rows, columns)]
    shares = counts / counts.sum(axis=1, keepdims=True)
    names = [name_of(code) for code in figures["classes"]]
    figure, axes = pyplot.subplots(figsize=(1.5 + 0.55 * len(columns), 1.5 + 0.45 * len(rows)))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    axes.set_xticks(range(len(columns)), [names[c] for c in columns], rotation=45, ha="right")
    axes.set_yticks(range(len(rows)), [names[r] for r in rows])
    axes.set_xlabel("prediction")
    axes.set_ylabel("truth")
    for row, column in zip(*counts.nonzero(), strict=True):
        shade = "white" if shares[row, column] > 0.5 else "black"
        number = str(counts[row, column])
        axes.text(column, row, number, ha="center", va="center", color=shade, fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=100, metadata={"Software": None})
    pyplot.close(figure)


def measure(ct: str | None, folds: list[str]) -> None:
    """Run the benchmarks whose figures the page shows; a goal that is missed stops nothing."""
    more = ["--ct", ct] if ct else []
    for script, options in (("robustness.py", folds), ("unknown.py", more)):
        subprocess.run([sys.executable, str(BENCHMARKS / script), *options], check=False)


def main() -> None:
    """Measure where asked to, draw, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", action="store_true", help="run the benchmarks first")
    parser.add_argument("--ct", help="folder of the chest CT that benchmarks/unknown.py asks for")
    parser.add_argument(
        "--folds", nargs="*", default=[], help="weights for benchmarks/robustness.py"
    )
    chosen = parser.parse_args()
    if chosen.measure:
        measure(chosen.ct, chosen.folds)
    path, sha256 = registry.find(registry.DEFAULT)
    card = read_card(path)
    draw_confusion(card.figures, CONFUSION)
    PAGE.write_text(page(card, sha256, path.stat().st_size / 1e6), encoding="utf-8")
    print(f"{PAGE} and {CONFUSION} written")


if __name__ == "__main__":
    main()
