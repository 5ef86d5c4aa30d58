"""The steps of a connection, each with an icon and what came of it."""

from enum import Enum

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from mailmove_gui.desktop import icons, theme
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Card
from mailmove_gui.desktop.widgets.labels import ElidedLabel
from mailmove_gui.domain.probing import Stage, StageResult
from mailmove_gui.texts import _
from mailmove_gui.texts.probing import stage_name

_ICON_SIZE = 18


class StepState(Enum):
    """How far a step has come."""

    WAITING = "waiting"
    BUSY = "busy"
    PASSED = "passed"
    FAILED = "failed"
    LEFT_OUT = "left_out"


_LOOKS = {
    StepState.WAITING: ("idle", Tone.IDLE),
    StepState.BUSY: ("checking", Tone.MOVING),
    StepState.PASSED: ("done", Tone.DONE),
    StepState.FAILED: ("failed", Tone.FAILED),
    StepState.LEFT_OUT: ("left_out", Tone.IDLE),
}


class _Step:
    """A line of the list."""

    def __init__(self, stage: Stage, parent: QWidget) -> None:
        self.state = StepState.WAITING
        self.icon = QLabel(parent)
        self.icon.setFixedSize(_ICON_SIZE, _ICON_SIZE)
        self.name = QLabel(stage_name(stage), parent)
        # One line: a server's greeting can be long, and the list must not dance.
        self.detail = ElidedLabel(parent=parent, mode=Qt.TextElideMode.ElideRight)

    def show(self, state: StepState, detail: str) -> None:
        self.state = state
        self.detail.setText(detail)
        self.name.setAccessibleName(_("{step}: {outcome}").format(step=self.name.text(), outcome=detail))
        self.draw()

    def draw(self) -> None:
        name, tone = _LOOKS[self.state]
        theme.set_color(self.detail, theme.secondary_text(self.icon.palette()))
        color = tone.color(self.icon.palette())
        self.icon.setPixmap(icons.pixmap(name, color, _ICON_SIZE, self.icon.devicePixelRatioF()))


class StageList(Card):
    """All steps of a connection test."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QGridLayout(self)
        theme.set_margins(layout, theme.SPACE)
        layout.setVerticalSpacing(theme.SPACE_SMALL)
        layout.setColumnStretch(2, 1)
        self._steps = {stage: _Step(stage, self) for stage in Stage}
        for row, step in enumerate(self._steps.values()):
            for column, widget in enumerate((step.icon, step.name, step.detail)):
                layout.addWidget(widget, row, column)
        self.reset()

    def state(self, stage: Stage) -> StepState:
        """How far a step has come."""
        return self._steps[stage].state

    def detail(self, stage: Stage) -> str:
        """What is said about a step."""
        return self._steps[stage].detail.text()

    def reset(self) -> None:
        """All steps are still to come."""
        for step in self._steps.values():
            step.show(StepState.WAITING, "")

    def begin(self) -> None:
        """A test begins."""
        self.reset()
        self._show_busy()

    def take(self, result: StageResult) -> None:
        """A step has ended."""
        step = self._steps[result.stage]
        if result.passed:
            step.show(StepState.PASSED, result.detail or _("works"))
            self._show_busy()
        else:
            step.show(StepState.FAILED, result.detail or _("does not work"))

    def end(self) -> None:
        """No step comes any more: those that did not come were not needed, or not reached."""
        states = [step.state for step in self._steps.values()]
        text = _("not needed") if StepState.FAILED not in states else _("not reached")
        for step in self._steps.values():
            if step.state in (StepState.WAITING, StepState.BUSY):
                step.show(StepState.LEFT_OUT, text)

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for step in self._steps.values():
                step.draw()

    def _show_busy(self) -> None:
        """The first step that is still to come is being done."""
        for step in self._steps.values():
            if step.state is StepState.BUSY:
                return
            if step.state is StepState.WAITING:
                step.show(StepState.BUSY, _("…"))
                return
