"""Things to be done one after the other, each with an icon, how it stands, and what to do about it."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from mailmove_gui.desktop import icons, theme
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Card
from mailmove_gui.desktop.widgets.labels import QuietLabel, WrappedLabel
from mailmove_gui.domain.cutover import Cutover, CutoverWay, StepStatus, steps_of
from mailmove_gui.texts import _
from mailmove_gui.texts.cutover import status_word, step_lines, step_title

_ICON_SIZE = 18
_LOOKS = {
    StepStatus.DONE: ("done", Tone.DONE),
    StepStatus.OPEN: ("idle", Tone.WAITING),
    StepStatus.UNTOLD: ("help", Tone.IDLE),
}


class _Step:
    """A line of the list, and what there is to say below it."""

    def __init__(self, parent: QWidget) -> None:
        self._status = StepStatus.UNTOLD
        self.icon = QLabel(parent)
        self.icon.setFixedSize(_ICON_SIZE, _ICON_SIZE)
        self.title = WrappedLabel(parent=parent)
        self.status = QuietLabel(parent=parent)
        self.status.setWordWrap(False)
        self.lines = QuietLabel(parent=parent)
        self.lines.setTextFormat(Qt.TextFormat.PlainText)
        self.lines.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def show(self, number: int, title: str, status: StepStatus, lines: tuple[str, ...]) -> None:
        self._status = status
        self.title.setText(_("{number}. {title}").format(number=number, title=title))
        self.status.setText(status_word(status))
        self.title.setAccessibleName(_("{step}: {outcome}").format(step=title, outcome=status_word(status)))
        self.lines.setText("\n".join(lines))
        self.lines.setVisible(bool(lines))
        self.draw()

    def draw(self) -> None:
        name, tone = _LOOKS[self._status]
        color = tone.color(self.icon.palette())
        self.icon.setPixmap(icons.pixmap(name, color, _ICON_SIZE, self.icon.devicePixelRatioF()))


class StepList(Card):
    """All steps of a switch, in the order of the way that is gone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QGridLayout(self)
        theme.set_margins(layout, theme.SPACE)
        layout.setVerticalSpacing(theme.SPACE_SMALL)
        layout.setColumnStretch(1, 1)
        self._steps = [_Step(self) for _step in steps_of(CutoverWay.MOVE_FIRST)]
        for row, step in enumerate(self._steps):
            for column, widget in enumerate((step.icon, step.title, step.status)):
                layout.addWidget(widget, 2 * row, column)
            layout.addWidget(step.lines, 2 * row + 1, 1, 1, 2)
        layout.setRowStretch(2 * len(self._steps), 1)

    def show_steps(self, found: Cutover, way: CutoverWay) -> None:
        """Show how each step stands."""
        for number, (kind, step) in enumerate(zip(steps_of(way), self._steps, strict=True), start=1):
            step.show(number, step_title(kind), found.status(kind), step_lines(found, kind))

    @property
    def texts(self) -> tuple[tuple[str, str, str], ...]:
        """Title, status and what is said of each step, as shown."""
        return tuple((step.title.text(), step.status.text(), step.lines.text()) for step in self._steps)

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for step in self._steps:
                step.draw()
