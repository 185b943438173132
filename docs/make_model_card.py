"""Write docs/model-card.md from the card inside the weights that ship.

Run it from the repository: ``python docs/make_model_card.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from napari_mrseq.model import registry
from napari_mrseq.model.card import Card
from napari_mrseq.sequences import name_of
from napari_mrseq.training.figures_text import text_of

PAGE = Path(__file__).parent / "model-card.md"

INTRODUCTION = """# Model card: {name} {version}

Written by `python docs/make_model_card.py` from the card inside the weights file.

| | |
|---|---|
| Tells | {classes} |
| Network | {network}, one grey slice of {size} × {size} pixels, {megabytes:.1f} MB |
| Started from | {start} weights |
| Trained on | {pictures} slices of {groups} groups: subjects, scanners or data sets |
| Weights, SHA-256 | `{sha256}` |

**{limits}** It names what a picture looks like; it knows nothing of disease. Where it is unsure,
or the picture is no MR of a known kind, it says *unknown*; where it can't tell T1 with contrast
agent from T1 without, it says T1.

## Figures

Measured after the first training, on fold {held_out} of the catalogue: {cases} slices of known
sequences from {series} series, no subject, scanner or data set of which it was trained on. Each
half of that fold's groups was judged with the temperature fitted on the other half. The weights
that ship were then trained a little more on all folds, so that nothing here is unseen to them:
on new scanners they can only be expected to do as the first ones did here.

*Forced* figures take the likeliest known sequence whatever its probability; *named* is the share
above the threshold. A T1 with contrast counts as right for T1 in figures by family. The weights of
the first training lie in `benchmarks/`; print these figures again with
`napari-mrseq evaluate CATALOGUE --model benchmarks/held-out.safetensors`.

```
{figures}
```

## Confidence

Slices: temperature {calibration.temperature}, named from {calibration.threshold:.0%}. Series:
log-probabilities averaged, each slice weighted by what it shows, temperature
{calibration.series_temperature}, named from {calibration.series_threshold:.0%}. The thresholds are
those below which 2 % of the right answers fall.

## Recipe

| | first training | then |
|---|---|---|
{recipe}

Pictures are varied as other scanners, readers and screenshots make them
(`napari_mrseq/training/augmentation.py`) and mixed with pictures that are no MR of a known kind
(`napari_mrseq/training/negatives.py`). Thin classes and small groups are drawn more often than
their share.

## Data and terms

| data set | slices | licence or terms, as found at the source |
|---|---|---|
"""


def page(card: Card, sha256: str, megabytes: float) -> str:
    """Return the page in Markdown."""
    training: dict[str, Any] = dict(card.training)
    first = training["start"]["training"]
    recipe = first["recipe"]
    head = INTRODUCTION.format(
        name=card.name,
        version=card.version,
        classes=", ".join(name_of(code) for code in card.classes),
        network=card.network,
        size=card.input_size,
        megabytes=megabytes,
        start=first["start"],
        pictures=training["pictures"],
        groups=training["groups"],
        sha256=sha256,
        limits=card.limits,
        held_out=recipe["held_out"],
        cases=card.figures["slices"]["cases"],
        series=card.figures["series"]["cases"],
        figures=text_of(dict(card.figures)),
        calibration=card.calibration,
        recipe="\n".join(
            f"| {key.replace('_', ' ')} | {value} | {training['recipe'][key]} |"
            for key, value in recipe.items()
        ),
    )
    rows = [
        f"| {source['dataset']} | {source['pictures']} | {source['licence']} |"
        for source in training["sources"]
    ]
    return head + "\n".join(rows) + "\n"


if __name__ == "__main__":
    path, sha256 = registry.find(registry.DEFAULT)
    PAGE.write_text(
        page(registry.read_card(path), sha256, path.stat().st_size / 1e6), encoding="utf-8"
    )
    print(PAGE)
