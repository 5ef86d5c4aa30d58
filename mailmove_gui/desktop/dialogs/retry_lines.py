"""The lines of the retry dialog, below one another; what does not fit is scrolled."""

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.bridge.logins import Logins
from mailmove_gui.desktop.dialogs.retry_line import RetryLine
from mailmove_gui.desktop.widgets.card import Card
from mailmove_gui.domain.logins import AccountLogins, LoginQuestion
from mailmove_gui.texts import _
from mailmove_gui.texts.states import state_word

_LEAST_HEIGHT = 80
_LINES_AT_ONCE = 20


class RetryLines(QScrollArea):
    """Takes questions, and makes lines of them bit by bit: hundreds at once would keep the window from being drawn."""

    changed = Signal()
    """what is filled in, or asked"""
    ended = Signal()
    """Enter was pressed in the last line"""
    test_failed = Signal(str)
    """account id"""
    column_pasted = Signal(str)
    """text of several lines, into the line where the focus is"""
    grown = Signal()
    """it needs more or less room"""

    def __init__(self, logins: Logins, parent: QWidget, *, usual_width: int, is_alone: bool) -> None:
        super().__init__(parent)
        self._usual_width = usual_width
        self._logins = logins
        self._is_alone = is_alone
        self._lines: list[RetryLine] = []
        self._unbuilt: list[LoginQuestion] = []
        self._used_last: RetryLine | None = None
        self._builder = QTimer(self)
        self._builder.setInterval(0)
        self._builder.timeout.connect(self._build_some)
        form = QWidget()
        self._layout = QVBoxLayout(form)
        theme.set_margins(self._layout, 0, theme.SPACE_SMALL)
        self._layout.addStretch(1)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(form)
        form.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)

    @property
    def lines(self) -> tuple[RetryLine, ...]:
        """All of them, in the order in which they came."""
        while self._unbuilt:
            self._build_some()
        return tuple(self._lines)

    @property
    def account_ids(self) -> frozenset[str]:
        """The accounts that they are about."""
        return frozenset(one.account.id for one in [*(line.question for line in self._lines), *self._unbuilt])

    def waiting(self) -> list[LoginQuestion]:
        """Where somebody still has to do something."""
        return [line.question for line in self._lines if not line.is_settled] + self._unbuilt

    def ready(self) -> dict[str, list[RetryLine]]:
        """Accounts that can be tried again. With one of two passwords still wrong that would only cost a try."""
        by_account: dict[str, list[RetryLine]] = {}
        for line in self._lines:
            if not line.is_settled:
                by_account.setdefault(line.question.account.id, []).append(line)
        return {one: lines for one, lines in by_account.items() if all(line.is_filled for line in lines)}

    def add(self, questions: Sequence[LoginQuestion]) -> None:
        """Ask more; the first lines are there at once."""
        self._unbuilt += questions
        self._build_some()
        if self._unbuilt:
            self._builder.start()

    def renew(self, accounts: Sequence[AccountLogins]) -> None:
        """Add lines, ask anew, or settle them. What is typed where something is still asked stays."""
        lines = {(line.question.account.id, line.question.side): line for line in self.lines}
        new = []
        for account in accounts:
            asked = {question.side: question for question in account.questions}
            for (account_id, side), line in lines.items():
                if account_id != account.account_id:
                    continue
                if side in asked:
                    line.ask(asked[side])
                elif not (asked and line.is_filled):
                    line.settle(_("Works now") if asked else state_word(account.state))
            new += [one for one in account.questions if (account.account_id, one.side) not in lines]
        self.add(new)

    def go_to_first(self) -> None:
        """Put the focus where somebody has to do something."""
        waiting = next((line for line in self._lines if not line.is_settled), None)
        if waiting is not None:
            self._go_to(waiting)

    def fill_in(self, passwords: Sequence[str]) -> tuple[int, int]:
        """Fill in a column from the line on where somebody was last; an empty cell leaves its line as it is.

        Returns:
            how many were filled in, and for how many there was no line.
        """
        lines = self.lines
        start = lines.index(self._used_last) if self._used_last in lines else 0
        fields = [one for one in lines[start:] if one.question.needs_password and not one.is_settled]
        filled = 0
        for line, password in zip(fields, passwords, strict=False):
            if password:
                line.field.setText(password)
                filled += 1
        return filled, sum(map(bool, passwords[len(fields) :]))

    def end(self) -> None:
        """Give up tests, and forget what is typed."""
        self._builder.stop()
        for line in self._lines:
            line.give_up()
            line.field.clear()

    def sizeHint(self) -> QSize:
        """As high as the lines are."""
        needed = self._layout.totalHeightForWidth(self._usual_width)
        return QSize(self._usual_width, max(_LEAST_HEIGHT, needed))

    def minimumSizeHint(self) -> QSize:
        """The rest is scrolled."""
        return QSize(0, _LEAST_HEIGHT)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell the dialog when the lines are laid out anew."""
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self.grown.emit()
        return super().eventFilter(watched, event)

    @Slot()
    def _build_some(self) -> None:
        some, self._unbuilt = self._unbuilt[:_LINES_AT_ONCE], self._unbuilt[_LINES_AT_ONCE:]
        if not self._unbuilt:
            self._builder.stop()
        for question in some:
            line = RetryLine(question, self._logins, is_alone=self._is_alone)
            self._layout.insertWidget(self._layout.count() - 1, self._framed(line))
            # They may be made last, but are not the last to be read.
            former = self._lines[-1].controls[-1:] if self._lines else ()
            for before, after in pairwise((*former, *line.controls)):
                self.setTabOrder(before, after)
            self._lines.append(line)
            line.changed.connect(self.changed)
            line.entered.connect(self._go_on)
            line.column_pasted.connect(self.column_pasted)
            line.focused.connect(self._remember_place)
            line.test_failed.connect(self._tell_failed)

    def _framed(self, line: RetryLine) -> QWidget:
        if self._is_alone:
            return line
        card = Card()
        layout = QVBoxLayout(card)
        theme.set_margins(layout, 0, 0)
        layout.addWidget(line)
        return card

    def _go_to(self, line: RetryLine) -> None:
        line.control.setFocus(Qt.FocusReason.TabFocusReason)
        self.ensureWidgetVisible(line)

    @Slot()
    def _go_on(self) -> None:
        """Enter goes down."""
        lines, sender = self.lines, self.sender()
        following = lines[lines.index(sender) + 1 :] if isinstance(sender, RetryLine) else ()
        line = next((line for line in following if not line.is_settled), None)
        if line is not None:
            self._go_to(line)
        else:
            self.ended.emit()

    @Slot()
    def _remember_place(self) -> None:
        """Where a column goes when the button is pressed, which has the focus then."""
        line = self.sender()
        self._used_last = line if isinstance(line, RetryLine) else None

    @Slot()
    def _tell_failed(self) -> None:
        line = self.sender()
        if isinstance(line, RetryLine):
            self.test_failed.emit(line.question.account.id)
