"""What this program is, whose work is in it, and where its log lies."""

from pathlib import Path

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from mailmove_gui import __version__
from mailmove_gui.desktop import icons, theme
from mailmove_gui.desktop.dialogs.folder_row import FolderRow
from mailmove_gui.desktop.dialogs.open_folder import FolderOpener
from mailmove_gui.desktop.widgets.labels import QuietLabel, SectionLabel, TitleLabel, WrappedLabel
from mailmove_gui.texts import _

_ICON_SIZE = 64
_WIDTH = 560
_BUNDLED = (
    ("Python", "PSF"),
    ("Qt, PySide6", "LGPL 3"),
    ("IMAPClient", "BSD"),
    ("cryptography", "Apache 2.0, BSD"),
    ("dnspython", "ISC"),
    ("certifi", "MPL 2.0"),
    ("keyring, truststore, platformdirs, charset-normalizer, python-calamine, Rich, wakepy", "MIT"),
)
"""Work of others that runs inside this program, and its licence."""


class AboutDialog(QDialog):
    """Version, licence, what is bundled, and the log."""

    def __init__(self, logs_folder: Path | None, opener: FolderOpener, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("About MailMove"))
        self.setMinimumWidth(_WIDTH)
        picture = QLabel(self)
        picture.setPixmap(icons.application_icon().pixmap(_ICON_SIZE, _ICON_SIZE))
        heading = QVBoxLayout()
        heading.setSpacing(theme.SPACE_TINY)
        heading.addWidget(TitleLabel("MailMove", self))
        version = QLabel(_("Version {version}").format(version=__version__), self)
        version.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        heading.addWidget(version)
        heading.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(theme.SPACE_LARGE)
        top.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(heading, 1)
        layout = QVBoxLayout(self)
        theme.set_margins(layout, theme.SPACE_HUGE, theme.SPACE_SMALL)
        layout.addLayout(top)
        layout.addWidget(
            WrappedLabel(
                _("Moves mailboxes between mail servers. Mail and passwords go to these servers and nowhere else."),
                self,
            )
        )
        layout.addSpacing(theme.SPACE_SMALL)
        layout.addWidget(SectionLabel(_("Licence"), self))
        layout.addWidget(WrappedLabel(_("MIT: use it, change it, pass it on. It comes without any warranty."), self))
        layout.addWidget(QuietLabel(_("Work of others in it: {list}").format(list=_bundled()), self))
        if logs_folder is not None:
            layout.addSpacing(theme.SPACE_SMALL)
            layout.addWidget(SectionLabel(_("Log"), self))
            self.logs = FolderRow(_("the log"), logs_folder, opener, self)
            layout.addWidget(self.logs)
            layout.addWidget(QuietLabel(_("No password and no mail is in it."), self))
        layout.addStretch(1)
        layout.addSpacing(theme.SPACE_SMALL)
        layout.addWidget(self._build_buttons())

    def _build_buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(self)
        close = QPushButton(_("&Close"), self)
        theme.mark_primary(close)
        buttons.addButton(close, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        return buttons


def _bundled() -> str:
    return ", ".join(f"{name} ({licence})" for name, licence in _BUNDLED).replace("Qt,", f"Qt {qVersion()},")
