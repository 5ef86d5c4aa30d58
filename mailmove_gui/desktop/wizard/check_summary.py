"""What the accounts that passed the check add up to: how many, how long it will take, where their folders go."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from mailmove_gui.desktop import icons, theme
from mailmove_gui.desktop.widgets.card import Card
from mailmove_gui.desktop.widgets.labels import QuietLabel
from mailmove_gui.domain.estimate import estimate
from mailmove_gui.domain.findings import AccountCheck
from mailmove_gui.texts import _, ngettext, numbers
from mailmove_gui.texts.checks import folder_map_summary
from mailmove_gui.texts.estimate import assumption, estimate_sentence


class CheckSummary(Card):
    """Time and folder map; hidden as long as nobody has passed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.estimate = QLabel(self)
        self.estimate.setWordWrap(True)
        self.folder_map = QuietLabel(parent=self)
        self.map_button = QPushButton(icons.icon("folder"), _("&Look…"), self)
        self.map_button.setAutoDefault(False)
        self.map_button.setAccessibleName(_("Look at the folder map"))
        layout = QGridLayout(self)
        theme.set_margins(layout, theme.SPACE, theme.SPACE_TINY)
        layout.addWidget(self.estimate, 0, 0)
        layout.addWidget(self.folder_map, 1, 0)
        layout.addWidget(self.map_button, 0, 1, 2, 1)
        layout.setColumnStretch(0, 1)

    def show_passed(self, passed: Iterable[AccountCheck], order: Sequence[str], accounts_at_once: int) -> None:
        """Sum up checks.

        Args:
            passed: of the accounts that can be moved.
            order: ids of all accounts, as they will be started.
            accounts_at_once: how many are moved at the same time.
        """
        place = {account_id: number for number, account_id in enumerate(order)}
        in_order = sorted(passed, key=lambda check: place[check.account_id])
        self.setVisible(bool(in_order))
        if in_order:
            self.estimate.setText(estimate_sentence(estimate(in_order, accounts_at_once), datetime.now(UTC)))
            self.estimate.setToolTip(assumption())
            self.folder_map.setText(folder_map_summary(in_order))


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
