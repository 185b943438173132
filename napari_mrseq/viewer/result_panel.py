"""The verdict on one layer, in the largest letters of the panel."""

from __future__ import annotations

from collections.abc import Mapping

from napari.layers import Image
from qtpy.QtCore import Qt
from qtpy.QtGui import QResizeEvent
from qtpy.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from napari_mrseq.naming import CORRECTED, HEADER_ONLY
from napari_mrseq.sequences import UNKNOWN, colour_of, name_of
from napari_mrseq.verdict import Verdict
from napari_mrseq.viewer.doubts import doubts
from napari_mrseq.viewer.layer_series import obstacle
from napari_mrseq.viewer.layer_state import LayerState
from napari_mrseq.viewer.wording import (
    HOW_TO_RUN,
    LEAST,
    NO_LAYER,
    NOT_RUN,
    as_plain_text,
    basis_words,
    decision_words,
    model_words,
    percent,
    plane_words,
    runners_up,
    unbroken,
    witness_words,
)
from napari_mrseq.witnesses import says_no_mr

SLICES_ONLY = "slices of this series are judged so far; the series gets its verdict when all are."
# Orange and blue differ for every kind of colour blindness (Okabe & Ito 2008).
CONFLICT_STYLE = "border: 2px solid #E69F00; border-radius: 3px; padding: 3px;font-weight: bold;"
HEADER_LINES, CONFLICT_FRAME = 3, 10
# Letters of the headline in pt, in a panel narrower than the first width in pixels, and from the
# second one on; between both they stay, as a scroll bar may come and go with their height.
NARROW, WIDE = 320, 360
SMALL_PT, LARGE_PT = 18, 22


class ResultPanel(QStackedWidget):
    """Verdict, confidence, runner-up, the header's claim and what to doubt."""

    def __init__(self) -> None:
        super().__init__()
        self.swatch = QLabel()
        self.swatch.setFixedWidth(8)
        # A name of the user's own may be long.
        self.verdict = _label(wrap=True)
        self.confidence = _label()
        self.confidence.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.runners_up = _label(wrap=True)
        self.plane = _label()
        self.plane.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.header = _label(wrap=True)
        self.doubts = _label(wrap=True)
        self.model = _label(wrap=True)
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.verdict, 1)
        first.addWidget(self.confidence)
        second.addWidget(self.runners_up, 1)
        second.addWidget(self.plane)
        top = QGridLayout()
        top.addWidget(self.swatch, 0, 0, 2, 1)
        top.addLayout(first, 0, 1)
        top.addLayout(second, 1, 1)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(4, 0, 4, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        for label in (self.header, self.doubts, self.model):
            layout.addWidget(label)
        # Room for most claims, so that little jumps when the words change.
        lines = HEADER_LINES * self.header.fontMetrics().lineSpacing()
        self.header.setMinimumHeight(lines + CONFLICT_FRAME)
        self.header.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.hint = _label("font-size: 13pt;", wrap=True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.addWidget(self.hint)
        self.addWidget(page)
        self._shown: tuple[Verdict, str, bool] | None = None
        self._headline_pt = LARGE_PT
        self._style_headline()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802 - Qt's name
        """Take smaller letters for the headline where a long name would be cut off."""
        super().resizeEvent(event)
        fitting = SMALL_PT if self.width() < NARROW else LARGE_PT
        if fitting != self._headline_pt and not NARROW <= self.width() < WIDE:
            self._headline_pt = fitting
            self._style_headline()

    def _style_headline(self) -> None:
        style = f"font-size: {self._headline_pt}pt; font-weight: 600;"
        self.verdict.setStyleSheet(style)
        # Words in the place of a figure leave a long name room.
        self.confidence.setStyleSheet(style if self.confidence.text().endswith("%") else "")

    def show_nothing(self, layer: Image | None, *, running: bool) -> None:
        """Say what to do where there is no verdict, or why there can be none.

        While a run is under way, that there is none yet.
        """
        if layer is None:
            words = NO_LAYER
        elif cause := obstacle(layer):
            words = f"Can't be judged: {cause}"
        else:
            words = NOT_RUN if running else f"{NOT_RUN} {HOW_TO_RUN}"
        self._show_hint(words)

    def show_state(self, state: LayerState, device: str, *, visible: bool = True) -> None:
        """Show the verdict of a layer, `visible` or hidden, or how far it is."""
        if state.failure:
            self._show_hint(f"Not read: {state.failure.cause}")
        elif state.verdict is None:
            self._show_hint(f"{len(state.judged)} of {state.series.slice_count} {SLICES_ONLY}")
        else:
            self._show_verdict(state.verdict, device, visible)

    def _show_hint(self, text: str) -> None:
        self._shown = None
        self.hint.setText(text)
        self.setCurrentIndex(0)

    def _show_verdict(self, verdict: Verdict, device: str, visible: bool) -> None:
        # To look for odd ones among thousands of slices takes its time.
        if self._shown == (verdict, device, visible):
            return
        self._shown = (verdict, device, visible)
        known = verdict.sequence != UNKNOWN
        colour = colour_of(verdict.sequence, verdict.probabilities)
        self.swatch.setStyleSheet(f"background-color: {colour};")
        self.verdict.setText(name_of(verdict.sequence) if known else "? unknown")
        self.confidence.setText(_sure_words(verdict) if known else "")
        self._style_headline()
        self.runners_up.setText(unbroken(_second_line(verdict)))
        self.plane.setText(plane_words(verdict.series, visible=visible))
        mark = "≠ Conflict. " if verdict.conflict else ""
        self.header.setText(unbroken(mark + witness_words(verdict)))
        self.header.setStyleSheet(CONFLICT_STYLE if verdict.conflict else "")
        self.doubts.setText(unbroken("\n".join(doubts(verdict))))
        model = f"{verdict.model_id['name']} {verdict.model_id['version']}"
        where = f" on {device}" if device else ""
        self.model.setText(f"{model}{where}, {basis_words(verdict)}")
        self.model.setToolTip(as_plain_text(model_words(verdict.model_id)))
        self.setCurrentIndex(1)


def _sure_words(verdict: Verdict) -> str:
    """Return what stands beside the name."""
    if verdict.overruled:
        return f"✎ {CORRECTED}"
    return HEADER_ONLY if verdict.header_only else percent(verdict.confidence)


def _second_line(verdict: Verdict) -> str:
    if verdict.overruled:
        return f"was {decision_words(verdict.overruled)}"
    if verdict.shows_nothing:
        small = verdict.series.is_thumbnail
        why = "too small to judge" if small else "the pixels can't tell"
        return f"{percent(verdict.confidence)} by the header: {why}" if verdict.header_only else why
    if says_no_mr(verdict.header):
        return "not MR, so not named"
    if verdict.sequence == UNKNOWN:
        torn = verdict.header and verdict.pixels.sequence != UNKNOWN
        return "header and pixels don't agree" if torn else _guess_words(verdict.probabilities)
    return runners_up(
        verdict.probabilities,
        verdict.sequence,
        "series",
        alone=verdict.decision == verdict.pixels and verdict.resolved == "member",
    )


def _guess_words(probabilities: Mapping[str, float]) -> str:
    """Return what an unknown series comes nearest to."""
    best = max(probabilities, key=lambda code: probabilities[code])
    share = percent(probabilities[best])
    if best == UNKNOWN:
        return f"like no sequence that this model knows, {share}"
    if probabilities[best] - min(probabilities.values()) < LEAST:
        return "no slice shows enough to tell"
    return f"perhaps {name_of(best)}, {share}: not enough"


def _label(style: str = "", *, wrap: bool = False) -> QLabel:
    label = QLabel()
    label.setStyleSheet(style)
    label.setWordWrap(wrap)
    # Names of a user's own classes may hold what looks like HTML.
    label.setTextFormat(Qt.TextFormat.PlainText)
    # Letters of all sizes begin at one edge.
    label.setIndent(0)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if wrap:
        # A long sentence wraps; it must not widen the panel.
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label
