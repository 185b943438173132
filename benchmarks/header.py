"""Prints how often the header's claim is right, and how often it claims, per vendor and class.

    python benchmarks/header.py [/path/to/dicom.csv] [--wrong]

Scores the series of people and phantoms whose label is sure. ``--wrong`` lists what was missed.
"""

from __future__ import annotations

import argparse
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from held_out import SERIES, leave_out_without, series_rows

from napari_mrseq.header import HeaderClaim, claim_of
from napari_mrseq.reading import read
from napari_mrseq.sequences import UNKNOWN

SCORED_SUBJECTS = ("human", "phantom")
Row = dict[str, str]
Scored = tuple[Row, HeaderClaim]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("catalogue", nargs="?", type=Path, default=SERIES)
    parser.add_argument("--wrong", action="store_true", help="list what was missed")
    chosen = parser.parse_args()
    leave_out_without(chosen.catalogue)
    rows = [row for row in series_rows(chosen.catalogue) if is_scored(row)]
    scored = [(row, claim) for row in rows if (claim := claim_on(chosen.catalogue.parent, row))]
    print(f"{len(scored)} of {len(rows)} series have a header that can be read")
    print_table("vendor", scored, lambda row: row["manufacturer"].split()[0:1] or ["not told"])
    print_table("class", scored, lambda row: [row["label"]])
    if chosen.wrong:
        print_wrong(scored)


def is_scored(row: Row) -> bool:
    """Tell whether a row counts: people and phantoms, with a sure label."""
    return row["label_confidence"] == "high" and row["subject_kind"] in SCORED_SUBJECTS


def claim_on(root: Path, row: Row) -> HeaderClaim | None:
    """Return the claim on the largest stack of a folder, None where nothing can be read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            stacks = read(root / row["folder"])
        except Exception as error:
            print(f"not read: {row['folder']}: {error}")
            return None
        return claim_of(max(stacks, key=lambda stack: (stack.is_mr, stack.slice_count)))


def is_right(row: Row, claim: HeaderClaim) -> bool:
    """Tell whether a claim names the label; the b = 0 image of a diffusion series is DWI there."""
    accepted = {"DWI": ("DWI", "B0"), "DWI_B0": ("B0",)}
    return claim.sequence in accepted.get(row["label"], (row["label"],))


def print_table(title: str, scored: Iterable[Scored], keys_of: Callable[[Row], list[str]]) -> None:
    """Print series, coverage and accuracy for each key, and for all together."""
    groups: dict[str, list[Scored]] = defaultdict(list)
    for row, claim in scored:
        for key in [*keys_of(row), "ALL"]:
            groups[key].append((row, claim))
    print(f"\n{title:<14} series  claimed  right where claimed")
    for key in sorted(groups, key=lambda name: (name == "ALL", name)):
        members = groups[key]
        claimed = [member for member in members if member[1].sequence != UNKNOWN]
        right = sum(is_right(*member) for member in claimed)
        accuracy = f"{right / len(claimed):8.1%}" if claimed else "       –"
        print(f"{key:<14} {len(members):6}  {len(claimed) / len(members):7.1%}  {accuracy}")


def print_wrong(scored: Iterable[Scored]) -> None:
    """List the series where the claim is not the label."""
    for row, claim in scored:
        if not is_right(row, claim):
            print(f"\n{row['folder']}: {row['label']}, claimed {claim.sequence}", end=" ")
            print(f"{claim.confidence:.2f}: {'; '.join(claim.evidence + claim.warnings)}")


if __name__ == "__main__":
    main()
