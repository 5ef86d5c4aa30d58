"""What was moved, what not and why: the ledger as HTML and CSV, and as blocks for whoever draws them otherwise."""

from mailmove_gui.report.contents import Contents, read_contents
from mailmove_gui.report.html_page import write_html
from mailmove_gui.report.panel_lists import write_panel_list
from mailmove_gui.report.story import blocks
from mailmove_gui.report.tables import write_accounts_csv, write_refusals_csv
from mailmove_gui.report.whole_file import draft_of

__all__ = [
    "Contents",
    "blocks",
    "draft_of",
    "read_contents",
    "write_accounts_csv",
    "write_html",
    "write_panel_list",
    "write_refusals_csv",
]
