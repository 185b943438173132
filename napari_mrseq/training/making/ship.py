"""Put a weights file into the package: ``python -m napari_mrseq.training.making.ship FILE``."""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

from napari_mrseq.model import registry
from napari_mrseq.model.card_file import file_hash, read_card


def ship(path: Path) -> Path:
    """Copy a weights file into the package and make it the default model.

    Returns
    -------
    Path
        The file in the package, named after the model.

    Raises
    ------
    ModelError
        If the file has no model card.
    """
    card = read_card(path)
    target = registry.WEIGHTS / f"{card.name}.safetensors"
    shutil.copyfile(path, target)
    entry = {"name": card.name, "file": target.name, "sha256": file_hash(target)}
    registry.SHIPPED.write_text(json.dumps([entry], indent=1) + "\n", encoding="utf-8")
    return target


def main() -> None:
    """Ship a file; print where it lies in the package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path, metavar="file")
    print(ship(parser.parse_args().path))


if __name__ == "__main__":
    main()
