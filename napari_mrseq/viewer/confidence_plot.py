"""The probabilities along the stack, the slice in view marked; mouse and arrow keys go along it."""

from __future__ import annotations

import math
from typing import Any

from qtpy.QtCore import QEvent, Qt, Signal  # type: ignore[attr-defined]
from qtpy.QtGui import QKeyEvent
from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_mrseq.sequences import colour_of, name_of
from napari_mrseq.slice_verdict import SliceVerdict
from napari_mrseq.viewer.layer_state import LayerState
from napari_mrseq.viewer.wheel import pass_wheel_on
from napari_mrseq.viewer.wording import shortened

# Below this a class is nowhere near being named and its line only hides others.
LEAST_SHOWN = 0.2
MOST_LINES = 5
# One a line, so that lines are told apart without their colours; more on a line would run together.
SHAPES, MOST_SHAPES = "os^Dv", 40
# A longer name would leave the lines no room.
LONGEST_NAME = 24
# Of the plot and its letters (matplotlib's points), beside letters of so many pixels; still larger
# ones would leave the lines no room.
HEIGHT, LETTERS, USUAL_PX, MOST_LARGER = 116, 8, 12, 1.5


class ConfidencePlot(QWidget):
    """Plot of the probabilities of the slices of one volume."""

    slice_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Probabilities along the stack")
        # Qt draws the frame around what has the keys for plain widgets only where asked to.
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(1, 1, 1, 1)
        self.canvas: Any = None
        self.axes: Any = None
        self._marker: Any = None
        self._drawn: Any = None
        self._shown: Any = None
        self._state: LayerState | None = None
        self._index: int | None = None
        self._volume = 0
        self._ink, self._paper = "black", "white"
        self._fit()

    def set_colours(self, ink: str, paper: str) -> None:
        """Draw with the colours of napari's theme."""
        self._ink, self._paper = ink, paper

    def show_state(self, state: LayerState | None, index: int | None) -> None:
        """Draw the slices of the volume that slice `index` belongs to."""
        self._state, self._index = state, index
        # Without a stack there is nothing for the keys to do.
        policies = Qt.FocusPolicy
        self.setFocusPolicy(policies.NoFocus if state is None else policies.StrongFocus)
        if state is not None and index is not None:
            self._volume = index // state.per_volume
        if self.canvas is None and state is not None:
            self._make_canvas()
        contents = self._contents(index)
        if self.canvas is not None and contents != self._shown:
            self._shown = contents
            self._draw(index)
        else:
            self.move_marker(index)

    def move_marker(self, index: int | None) -> None:
        """Mark the slice in view, or none; cheap, since it follows the slider."""
        state, self._index = self._state, index
        if self.canvas is None or state is None:
            return
        if index is None:
            if self._marker is not None:
                self.show_state(state, None)
            return
        volume, place = divmod(index, state.per_volume)
        if volume != self._volume or self._marker is None:
            self.show_state(state, index)
            return
        self._marker.set_xdata([place + 1, place + 1])
        if self._drawn is not None:
            self.canvas.restore_region(self._drawn)
            self.axes.draw_artist(self._marker)
            # Painted at its time: `blit` paints the window at once, napari's list half changed too.
            self.canvas.update()

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802 - Qt's name
        """Take letters of another size."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._fit()
            if self.canvas is not None:
                self._draw(self._index)

    def _fit(self) -> None:
        larger = min(max(self.fontInfo().pixelSize() / USUAL_PX, 1), MOST_LARGER)
        self._letters = LETTERS * larger
        self.setFixedHeight(round(HEIGHT * larger))

    def _judged(self, state: LayerState) -> list[SliceVerdict]:
        """Return the judged slices of the volume."""
        first = self._volume * state.per_volume
        places = range(first, first + state.per_volume)
        return [state.judged[place] for place in places if place in state.judged]

    def _contents(self, index: int | None) -> Any:
        """Return what a drawing depends on, but for the place of its marker."""
        state = self._state
        if state is None:
            return self._ink, self._paper
        place = (state.per_volume, self._volume, index is None)
        return (*place, self._judged(state), self._ink, self._paper)

    def _make_canvas(self) -> None:
        # matplotlib takes half a second to import: not before there is something to draw.
        from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
        from matplotlib.figure import Figure

        figure = Figure(layout="constrained")
        self.canvas = FigureCanvasQTAgg(figure)  # type: ignore[no-untyped-call]
        self.axes = figure.add_subplot()
        pass_wheel_on(self.canvas)
        for pointed in ("button_press_event", "motion_notify_event"):
            self.canvas.mpl_connect(pointed, self._on_pointed)
        self.canvas.mpl_connect("draw_event", self._on_drawn)
        self._layout.addWidget(self.canvas)

    def _draw(self, index: int | None) -> None:
        axes, state, ink = self.axes, self._state, self._ink
        axes.clear()
        for legend in list(axes.figure.legends):
            legend.remove()
        self._marker = None
        axes.figure.set_facecolor(self._paper)
        axes.set_facecolor(self._paper)
        axes.set_visible(state is not None)
        if state is not None:
            self._draw_lines(state)
            if index is not None:
                place = index % state.per_volume + 1
                self._marker = axes.axvline(
                    place, color=ink, linewidth=1, linestyle=":", animated=True
                )
        for side in ("left", "bottom"):
            axes.spines[side].set_color(ink)
        for side in ("right", "top"):
            axes.spines[side].set_visible(False)
        axes.tick_params(colors=ink, labelsize=self._letters)
        self.canvas.draw_idle()

    def _draw_lines(self, state: LayerState) -> None:
        from matplotlib.patheffects import withStroke

        axes, ink = self.axes, self._ink
        axes.set(xlim=(0.5, state.per_volume + 0.5), ylim=(0, 1.03), yticks=(0, 0.5, 1))
        axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
        axes.set_xlabel("slice", fontsize=self._letters, color=ink, labelpad=1)
        judged = self._judged(state)
        shown = _worth_showing(judged)
        # Some colours are too near the paper's in one theme, some in the other.
        edge = [withStroke(linewidth=2.25, foreground=ink)]
        shapes_at = _shapes_at(judged)
        for code, shape in zip(shown, SHAPES, strict=False):
            axes.plot(
                [one.index + 1 for one in judged],
                # A slice that could not be read leaves a gap.
                [math.nan if one.failure else one.probabilities[code] for one in judged],
                color=colour_of(code, judged[0].probabilities),
                marker=shape,
                markersize=4,
                markeredgewidth=0,
                markevery=shapes_at,
                linewidth=1.5,
                path_effects=edge,
                label=name_of(code),
            )
        if shown:
            # Given one by one: matplotlib leaves out what begins with an underscore. The figure's,
            # not the axes': a tall one would squeeze them a little with each drawing.
            legend = axes.figure.legend(
                axes.get_lines(),
                [shortened(name_of(code), LONGEST_NAME) for code in shown],
                fontsize=self._letters,
                loc="outside right center",
                frameon=False,
            )
            for text in legend.get_texts():
                text.set_color(ink)
                # A class may be called $T_1$: that is its name, and no formula.
                text.set_parse_math(False)

    def _on_drawn(self, event: Any) -> None:
        """Keep the plot without its marker: to redraw it for each slice would be slow."""
        self._drawn = event.canvas.copy_from_bbox(self.axes.bbox)
        if self._marker is not None:
            self.axes.draw_artist(self._marker)

    def _on_pointed(self, event: Any) -> None:
        # The button of a move is the one that is held: 1, as matplotlib counts them, is the left.
        state = self._state
        if state is None or event.button != 1 or event.xdata is None:
            return
        self._choose(state, round(event.xdata) - 1)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802 - Qt's name
        """Go along the volume slice by slice on arrow keys, to its ends on Home and End."""
        state, index = self._state, self._index
        if event is None or state is None or index is None:
            return
        count, keys = state.per_volume, Qt.Key
        steps: dict[int, int] = {
            keys.Key_Left: -1,
            keys.Key_Right: 1,
            keys.Key_Home: -count,
            keys.Key_End: count,
        }
        if event.key() in steps:
            self._choose(state, index % count + steps[event.key()])
        else:
            super().keyPressEvent(event)

    def _choose(self, state: LayerState, place: int) -> None:
        """Ask for the slice of the volume that is nearest to a place in it."""
        nearest = min(max(place, 0), state.per_volume - 1)
        self.slice_chosen.emit(self._volume * state.per_volume + nearest)


def _shapes_at(judged: list[SliceVerdict]) -> list[int]:
    """Return where a line bears its shape, between gaps too, where it has no other part."""
    step = math.ceil(len(judged) / MOST_SHAPES)
    gaps = [True, *(bool(one.failure) for one in judged), True]
    places = range(len(judged))
    return [at for at in places if at % step == 0 or (gaps[at] and gaps[at + 2])]


def _worth_showing(judged: list[SliceVerdict]) -> list[str]:
    """Return the classes that come near being named somewhere, the likeliest first."""
    highest: dict[str, float] = {}
    for one in judged:
        if one.failure:
            continue
        for code, probability in one.probabilities.items():
            highest[code] = max(highest.get(code, 0.0), probability)
    shown = [code for code, top in highest.items() if top >= LEAST_SHOWN]
    return sorted(shown, key=lambda code: -highest[code])[:MOST_LINES]
