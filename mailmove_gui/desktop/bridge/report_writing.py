"""A report, or a list for a control panel, in any of their formats."""

from pathlib import Path
from typing import assert_never

from mailmove_gui.desktop.bridge.pdf import write_pdf
from mailmove_gui.desktop.bridge.services import ReportFormat
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.domain.panels import ControlPanel
from mailmove_gui.report import write_accounts_csv, write_html, write_panel_list, write_refusals_csv


def write_report(ledger: Ledger, path: Path, form: ReportFormat | ControlPanel, cancel: CancelToken) -> None:
    """The window's `ReportWriter`."""
    match form:
        case ReportFormat.WEB_PAGE:
            write_html(ledger, path, cancel=cancel)
        case ReportFormat.PDF:
            write_pdf(ledger, path, cancel=cancel)
        case ReportFormat.ACCOUNTS:
            write_accounts_csv(ledger, path, cancel=cancel)
        case ReportFormat.REFUSALS:
            write_refusals_csv(ledger, path, cancel=cancel)
        case ControlPanel():
            write_panel_list(ledger, path, form, cancel=cancel)
        case _ as never:
            assert_never(never)
