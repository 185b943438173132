"""The Study tab: every series, what a protocol misses, and the way into a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QSize
from qtpy.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from napari_mrseq.protocols import load_protocol, protocol_names
from napari_mrseq.series import Failure
from napari_mrseq.study import StudyVerdict, judge_studies
from napari_mrseq.viewer.export import ExportButton
from napari_mrseq.viewer.flow_layout import FlowLayout, may_be_short
from napari_mrseq.viewer.layer_series import obstacle
from napari_mrseq.viewer.layer_state import own_name, state_of
from napari_mrseq.viewer.study_table import StudyTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from napari.layers import Image

    from napari_mrseq.verdict import Verdict

NO_PROTOCOL = "no protocol"
# Pixels; napari gives tables letters of one size.
TABLE_WIDTH = 425
SIGNS = {"there": "●", "double": "●●", "perhaps": "◐", "missing": "○", "optional": "–"}
WORDS = {
    "there": "",
    "double": ": twice",
    "perhaps": ": perhaps",
    "missing": ": MISSING",
    "optional": ": not there, not required",
}


class StudyPanel(QWidget):
    """Table of the layers, held against a protocol of the user's choice."""

    def __init__(self) -> None:
        super().__init__()
        self._layers: list[Image] = []
        self.table = StudyTable()
        self.protocol = QComboBox()
        self.protocol.addItems([NO_PROTOCOL, *protocol_names()])
        self.protocol.setToolTip("What the examination should hold")
        self.protocol.currentTextChanged.connect(self._judge)
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.export_button = ExportButton(self._outcomes, left_out=self._left_out)
        may_be_short(self.protocol)
        row = FlowLayout(QLabel("Protocol"), self.protocol, self.export_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(self.table, 1)
        layout.addLayout(row)
        layout.addWidget(self.summary)

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
        outcomes = [state.outcome for state in map(state_of, self._layers) if state]
        return [one for one in outcomes if one is not None]

    def _without_outcome(self) -> tuple[int, int]:
        """Count the layers that are not yet run, and those that can't be judged."""
        hopeless = sum(bool(obstacle(layer)) for layer in self._layers)
        return len(self._layers) - len(self._outcomes()) - hopeless, hopeless

    def _left_out(self, written: Sequence[Verdict | Failure]) -> str:
        """Say which layers an export lacks; nothing where it has all."""
        waiting, hopeless = self._without_outcome()
        unread = len(self._outcomes()) - len(written)
        causes = {"not run": waiting, "can't be judged": hopeless, "not read": unread}
        lacks = [f"{count} {cause}" for cause, count in causes.items() if count]
        total = len(self._layers)
        return f": {len(written)} of {total} layers; {', '.join(lacks)}" if lacks else ""

    def _judge(self) -> None:
        name = self.protocol.currentText()
        protocol = None if name == NO_PROTOCOL else load_protocol(name)
        verdicts = [one for one in self._outcomes() if not isinstance(one, Failure)]
        waiting, _ = self._without_outcome()
        studies = judge_studies(verdicts, protocol)
        lines = [line for study in studies for line in self._lines(study, waiting)]
        if waiting and protocol:
            layers = "1 layer is" if waiting == 1 else f"{waiting} layers are"
            lines.append(f"{layers} not yet run.")
        self.summary.setText("\n".join(lines))

    def _lines(self, study: StudyVerdict, waiting: int) -> list[str]:
        """Say what a study holds; what is missing may be among the layers still to be judged."""
        words = WORDS | ({"missing": ": not found yet"} if waiting else {})
        lines = [
            f"{SIGNS[match.status]} {match.expected.name}{words[match.status]}"
            for match in study.matches
        ]
        lines += [f"twice: {self._names(group)}" for group in study.repeats]
        lines += [
            f"before and after contrast: {self._names((pair.before, pair.after))}"
            for pair in study.pairs
        ]
        return lines

    def _names(self, verdicts: Sequence[Verdict]) -> str:
        """Name series as the table does: by their layers."""
        judged = [(state_of(layer), own_name(layer)) for layer in self._layers]
        names = {id(state.verdict): name for state, name in judged if state}
        return ", ".join(names[id(verdict)] for verdict in verdicts)
