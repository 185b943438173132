"""The tests that docs/viewer.md names are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "viewer.md"
NAMED = re.compile(r"`(?:(test_\w+\.py)(?:::)?)?([\w…]*)`")


def test_every_test_that_the_page_names_is_there():
    lost, text = [], ""
    for file, name in NAMED.findall(PAGE.read_text("utf-8")):
        if file:
            text = (ROOT / "tests" / "viewer" / file).read_text("utf-8")
        # A name that is cut short ("…") is of the file that is named last before it.
        if (file or "…" in name) and not re.search(rf"def {pattern_of(name)}\(", text):
            lost.append(f"{file}::{name}")
    assert lost == []


def pattern_of(name: str) -> str:
    return re.escape(name).replace("…", r"\w*") if name else r"test_\w+"
