"""A screen reader says what each control is: by its own words, or by a name where it has none."""

from __future__ import annotations

import numpy as np
from qtpy.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QWidget,
)

from napari_mrseq.viewer.annotation import annotate
from napari_mrseq.viewer.confidence_plot import ConfidencePlot
from napari_mrseq.viewer.layer_series import series_of

KINDS = (
    ConfidencePlot,
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QGroupBox,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
)


def unnamed_in(window: QWidget) -> list[QWidget]:
    """Return the controls that a screen reader has no words for, Qt's own parts of them aside."""
    widgets = [one for kind in KINDS for one in window.findChildren(kind)]
    own = [one for one in widgets if not (is_part(one) or isinstance(one, QHeaderView))]
    labelled = [label.buddy() for label in window.findChildren(QLabel) if label.text()]
    return [one for one in own if not (one.accessibleName() or words_on(one) or one in labelled)]


def is_part(widget: QWidget) -> bool:
    """Tell whether Qt made it, as the line of a box for numbers or the list of one for choices."""
    if widget.objectName().startswith("qt_"):
        return True
    parent = widget.parentWidget()
    return parent is not None and parent.metaObject().className().startswith("QComboBoxPrivate")


def words_on(widget: QWidget) -> str:
    return widget.text() if isinstance(widget, QAbstractButton) else ""


def test_each_control_of_the_panel_has_a_name(panel) -> None:
    assert unnamed_in(panel) == []


def test_each_control_of_the_dialogs_has_a_name(viewer, panel, press, make_verdict) -> None:
    layer = viewer.add_image(np.ones((4, 64, 64)), name="t1_se_tra")
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 4))
    panel.layer_actions.correct()
    dialog = panel.layer_actions.dialog
    assert unnamed_in(dialog) == []
    dialog.reject()
    press(panel.model_choice.card_button)
    card = panel.model_choice.dialog
    assert unnamed_in(card) == []
    card.reject()
