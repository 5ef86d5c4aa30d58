"""What the accounts that passed the check add up to: how many, how long it will take, where their folders go."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from mailmove_gui.desktop import icons, theme
from mailmove_gui.desktop.widgets.card import Card
from mailmove_gui.desktop.widgets.deadline_remark import DeadlineRemark
from mailmove_gui.desktop.widgets.labels import QuietLabel
from mailmove_gui.desktop.widgets.source_end import SourceEndField
from mailmove_gui.domain.deadline import judge_deadline
from mailmove_gui.domain.estimate import estimate, work_of
from mailmove_gui.domain.findings import AccountCheck
from mailmove_gui.domain.plan import Options
from mailmove_gui.texts import _, ngettext, numbers
from mailmove_gui.texts.checks import folder_map_summary
from mailmove_gui.texts.deadline import deadline_words
from mailmove_gui.texts.estimate import assumption, estimate_sentence


class CheckSummary(Card):
    """Time, the end of the source, and the folder map; hidden as long as nobody has passed."""

    end_changed = Signal()
    """the source ends on another day"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.estimate = QLabel(self)
        self.estimate.setWordWrap(True)
        self.source_end = SourceEndField(_("The &source ends on"), self)
        self.deadline = DeadlineRemark(self)
        self.folder_map = QuietLabel(parent=self)
        self.map_button = QPushButton(icons.icon("folder"), _("&Look…"), self)
        self.map_button.setAutoDefault(False)
        self.map_button.setAccessibleName(_("Look at the folder map"))
        layout = QGridLayout(self)
        theme.set_margins(layout, theme.SPACE, theme.SPACE_TINY)
        layout.addWidget(self.estimate, 0, 0)
        layout.addWidget(self.source_end, 1, 0)
        layout.addWidget(self.deadline, 2, 0)
        layout.addWidget(self.folder_map, 3, 0)
        layout.addWidget(self.map_button, 0, 1, 4, 1)
        layout.setColumnStretch(0, 1)
        self._passed: list[AccountCheck] = []
        self._options = Options()
        self.source_end.changed.connect(self._judge)
        self.source_end.changed.connect(self.end_changed)

    @property
    def tab_stops(self) -> tuple[QWidget, ...]:
        """What can have the focus, in order."""
        return self.source_end.box, self.source_end.field, self.map_button

    def show_passed(self, passed: Iterable[AccountCheck], order: Sequence[str], options: Options) -> None:
        """Sum up checks.

        Args:
            passed: of the accounts that can be moved.
            order: ids of all accounts, as they will be started.
            options: how they are moved.
        """
        place = {account_id: number for number, account_id in enumerate(order)}
        in_order = sorted(passed, key=lambda check: place[check.account_id])
        self.setVisible(bool(in_order))
        if in_order:
            expected = estimate(in_order, options.accounts_at_once)
            self.estimate.setText(estimate_sentence(expected, datetime.now(UTC)))
            self.estimate.setToolTip(assumption())
            self.folder_map.setText(folder_map_summary(in_order))
        self._passed, self._options = in_order, options
        self._judge()

    @Slot()
    def _judge(self) -> None:
        source_ends, words = self.source_end.day, None
        if source_ends is not None and self._passed:
            now = datetime.now(UTC).astimezone()
            words = deadline_words(judge_deadline(map(work_of, self._passed), self._options, source_ends, now), now)
        self.deadline.show_words(words, in_full=True)


def outcome_text(passed: Sequence[AccountCheck]) -> str:
    """``5 accounts can be moved · 1 852 messages · 7.9 MB``; the size only if every server told it."""
    if not passed:
        return ""
    messages = numbers.messages(sum(check.messages for check in passed))
    sizes = [check.size_bytes for check in passed]
    can_move = ngettext("{n} account can be moved", "{n} accounts can be moved", len(passed))
    parts = [can_move.format(n=numbers.count(len(passed))), messages]
    if all(size is not None for size in sizes):
        parts.append(numbers.size(sum(size or 0 for size in sizes)))
    return " \N{MIDDLE DOT} ".join(parts)
