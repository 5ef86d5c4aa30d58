"""What was moved, what not and why: the ledger as HTML and CSV."""

from mailmove_gui.report.html_page import write_html
from mailmove_gui.report.tables import write_accounts_csv, write_refusals_csv

__all__ = ["write_accounts_csv", "write_html", "write_refusals_csv"]
