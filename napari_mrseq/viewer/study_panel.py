"""The Study tab: every series, what a protocol misses, and the way into a file."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TypeAlias

from napari.layers import Image
from qtpy.QtCore import QSize, Qt
from qtpy.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_mrseq.errors import ProtocolError
from napari_mrseq.matching import Match
from napari_mrseq.naming import printable
from napari_mrseq.protocols import load_protocol, protocol_names
from napari_mrseq.series import Failure
from napari_mrseq.study import StudyVerdict, judge_studies
from napari_mrseq.study_names import study_day
from napari_mrseq.verdict import Verdict
from napari_mrseq.viewer.buddy import label_for
from napari_mrseq.viewer.export import ExportButton
from napari_mrseq.viewer.fitted_scroll_area import FittedScrollArea
from napari_mrseq.viewer.flow_layout import FlowLayout, may_be_short
from napari_mrseq.viewer.layer_series import obstacle
from napari_mrseq.viewer.layer_state import outcome_of, own_name, state_of
from napari_mrseq.viewer.study_table import StudyTable
from napari_mrseq.viewer.wheel import pass_wheel_on
from napari_mrseq.viewer.wording import as_plain_text, shortened, unbroken

NO_PROTOCOL = "no protocol"
PROTOCOL_KIND = "Protocol (*.toml)"
# Pixels; with larger letters the table scrolls sideways, else it would leave images no room.
TABLE_WIDTH = 460
# Letters; both stand on one line.
LONGEST_FOLDER, LONGEST_UID = 28, 16
SIGNS = {
    "there": "●",
    "double": "●●",
    "perhaps": "◐",
    "missing": "○",
    "not found": "○",
    "optional": "–",
}
Group: TypeAlias = tuple[Verdict, ...]
FOUND_WORDS = {"there": "", "double": ": twice", "perhaps": ": perhaps"}


class StudyPanel(QWidget):
    """Table of the layers, compared with a protocol of the user's choice."""

    def __init__(self) -> None:
        super().__init__()
        self._layers: list[Image] = []
        self.table = StudyTable()
        self.protocol = QComboBox()
        self.protocol.addItem(NO_PROTOCOL)
        for name in protocol_names():
            self.protocol.addItem(name, load_protocol(name))
        self.protocol.setToolTip("What the examination should hold")
        self.protocol.currentIndexChanged.connect(self._judge)
        self.open_button = QPushButton("Open…")
        self.open_button.setToolTip("Open a protocol of your own (a TOML file)")
        self.open_button.clicked.connect(self._open)
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        # Names of layers may hold what looks like HTML.
        self.summary.setTextFormat(Qt.TextFormat.PlainText)
        self.summary.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._below = FittedScrollArea(self.summary)
        self.export_button = ExportButton(self._outcomes, left_out=self._left_out)
        may_be_short(self.protocol)
        pass_wheel_on(self.protocol)
        label = label_for(self.protocol, "Protocol")
        row = FlowLayout(label, self.protocol, self.open_button, self.export_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(self.table, 1)
        layout.addLayout(row)
        # Each takes half where there is no room for all.
        layout.addWidget(self._below, 1)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the width in which the table shows all its columns."""
        return super().sizeHint().expandedTo(QSize(TABLE_WIDTH, 0))

    def show_layers(self, layers: list[Image]) -> None:
        """Show these layers with what is known of them."""
        self._layers = layers
        self.table.show_layers(layers)
        self.export_button.setEnabled(bool(self._outcomes()))
        self._judge()

    def _outcomes(self) -> list[Verdict | Failure]:
        return [one for one in map(outcome_of, self._layers) if one]

    def _without_outcome(self) -> tuple[int, int]:
        """Count the layers that are not yet run, and those that can't be judged."""
        unfit = sum(bool(obstacle(layer)) for layer in self._layers)
        return len(self._layers) - len(self._outcomes()) - unfit, unfit

    def _left_out(self, written: Sequence[Verdict | Failure]) -> str:
        """Say which layers an export lacks; nothing where it has all."""
        waiting, unfit = self._without_outcome()
        unread = len(self._outcomes()) - len(written)
        causes = {"not run": waiting, "can't be judged": unfit, "not read": unread}
        lacks = [f"{count} {cause}" for cause, count in causes.items() if count]
        total = len(self._layers)
        return f": {len(written)} of {total} layers; {', '.join(lacks)}" if lacks else ""

    def _open(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Open a protocol", "", PROTOCOL_KIND)
        if not name:
            return
        try:
            protocol = load_protocol(Path(name))
        except ProtocolError as error:
            self._say(f"Not opened: {error}")
            return
        # One that was changed since takes its own place; of two of one name the hint tells.
        hint = as_plain_text(name)
        place = self.protocol.findData(hint, Qt.ItemDataRole.ToolTipRole)
        if place < 0:
            place = self.protocol.count()
            self.protocol.addItem(Path(name).name)
            self.protocol.setItemData(place, hint, Qt.ItemDataRole.ToolTipRole)
        self.protocol.setItemData(place, protocol)
        # Of one that is chosen already no index changes.
        if place == self.protocol.currentIndex():
            self._judge()
        self.protocol.setCurrentIndex(place)

    def _judge(self) -> None:
        protocol = self.protocol.currentData()
        waiting, _ = self._without_outcome()
        studies = judge_studies(self._outcomes(), protocol)
        held = [self._lines(study, waiting=bool(waiting)) for study in studies]
        named = zip(_headings(studies), held, strict=True)
        parts = [[*heading, *lines] for heading, lines in named if lines]
        if protocol and waiting:
            layers = "1 layer is" if waiting == 1 else f"{waiting} layers are"
            parts.append([f"{layers} not yet run."])
        self._say(("\n\n" if len(studies) > 1 else "\n").join(map("\n".join, parts)))

    def _say(self, words: str) -> None:
        self.summary.setText(unbroken(words))
        self._below.setVisible(bool(words))
        self._below.updateGeometry()

    def _lines(self, study: StudyVerdict, *, waiting: bool) -> list[str]:
        """Say how a study meets the protocol, what is twice, and what before and after contrast."""
        told = {match: _repeats_of(match, study.repeats) for match in study.matches}
        lines = [self._entry(match, twice, waiting=waiting) for match, twice in told.items()]
        rest = [group for group in study.repeats if group not in chain(*told.values())]
        lines += [f"twice: {self._names(group)}" for group in rest]
        lines += [
            f"before and after contrast: {self._names((pair.before, pair.after))}"
            for pair in study.pairs
        ]
        if study.protocol and study.unread:
            lines.append(f"{len(study.unread)} series could not be read.")
        return lines

    def _entry(self, match: Match, repeats: Sequence[Group], *, waiting: bool) -> str:
        """Say how an entry is met, by which series where twice, and which of them are doubtful."""
        words = f"{SIGNS[match.status]} {match.expected.name}{_match_words(match, waiting=waiting)}"
        named = set(chain(*repeats))
        twice = f": {'; '.join(map(self._names, repeats))}" if repeats else ""
        met_by = match.verdicts or match.perhaps
        doubtful = [one for one in met_by if one.mark and one not in named]
        return f"{words}{twice}" + (f" ({self._names(doubtful)})" if doubtful else "")

    def _names(self, verdicts: Sequence[Verdict]) -> str:
        """Name series as the table does: by their layers, with the mark of the doubtful ones."""
        judged = [(state_of(layer), printable(own_name(layer))) for layer in self._layers]
        names = {state.verdict: name for state, name in judged if state}
        return ", ".join(f"{names[one]} {one.mark}".rstrip() for one in verdicts)


def _repeats_of(match: Match, repeats: Sequence[Group]) -> list[Group]:
    """Return what an entry is met by twice."""
    return [
        group for group in repeats if match.status == "double" and {*group} <= {*match.verdicts}
    ]


def _match_words(match: Match, *, waiting: bool) -> str:
    """Say how an entry of a protocol is met; `waiting` is whether layers are not yet run."""
    if match.status in FOUND_WORDS:
        return FOUND_WORDS[match.status]
    # It may be among the layers that are not run, or the series that could not be read.
    lack = "not found yet" if waiting else "not there" if match.all_read else "not found"
    if match.status == "optional":
        return f": {lack}, not required"
    return ": MISSING" if lack == "not there" else f": {lack}"


def _headings(studies: Sequence[StudyVerdict]) -> list[list[str]]:
    """Name each of several studies, by its day where no other has that; one needs no name."""
    if len(studies) < 2:
        return [[] for _ in studies]
    days = [study_day(study.series) for study in studies]
    apart = [day if days.count(day) == 1 else "" for day in days]
    return [[_heading(study, day)] for study, day in zip(studies, apart, strict=True)]


def _heading(study: StudyVerdict, day: str) -> str:
    """Name a study by its folder, and the day that it alone has, else its UID.

    Layers have none of these.
    """
    if study.series[0].kind == "layer":
        return "Layers of no study"
    known = study.to_dict()
    folder = shortened(printable(known["path"]), LONGEST_FOLDER)
    return f"Study {folder} {day or shortened(known['study_uid'] or '', LONGEST_UID)}".rstrip()
