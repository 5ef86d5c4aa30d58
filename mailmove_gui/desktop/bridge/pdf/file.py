"""The file that the pages go into."""

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QFile, QIODevice, QMarginsF
from PySide6.QtGui import QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter

from mailmove_gui import __version__
from mailmove_gui.desktop.bridge.pdf.drawing import draw
from mailmove_gui.desktop.bridge.pdf.pages import Pages
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.report import blocks, draft_of, read_contents

_RESOLUTION_DPI = 600
_MARGIN_MM = 14.0


def write_pdf(ledger: Ledger, path: Path, now: datetime | None = None, *, cancel: CancelToken | None = None) -> None:
    """Write the report in the language that is spoken; `now` is the moment that it bears (None: the present).

    The profile is PDF/A-1b, made to be kept: all fonts are inside. Works in any thread while a QGuiApplication lives.

    Raises:
        Cancelled: it was asked to stop; what was there stays.
        OSError: the file cannot be written; what was there stays.
        MailError: LOCAL_DISK, the ledger cannot be read.
    """
    contents = read_contents(ledger, now)
    with draft_of(path) as draft:
        file = QFile(str(draft))
        if not file.open(QIODevice.OpenModeFlag.WriteOnly):
            raise OSError(file.errorString())
        try:
            writer = QPdfWriter(file)
            writer.setPdfVersion(QPagedPaintDevice.PdfVersion.PdfVersion_A1b)
            writer.setResolution(_RESOLUTION_DPI)
            writer.setPageLayout(
                QPageLayout(
                    QPageSize(QPageSize.PageSizeId.A4),
                    QPageLayout.Orientation.Landscape,
                    QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM),
                    QPageLayout.Unit.Millimeter,
                )
            )
            writer.setTitle(contents.title)
            writer.setCreator(f"MailMove {__version__}")
            painter = QPainter()
            if not painter.begin(writer):
                raise OSError(file.errorString())
            try:
                draw(blocks(contents, cancel or CancelToken()), Pages(writer, painter, contents.title))
            finally:
                painter.end()
            # Qt notes that the disk was full, and goes on.
            if not file.flush() or file.error() is not QFile.FileError.NoError:
                raise OSError(file.errorString())
        finally:
            file.close()
