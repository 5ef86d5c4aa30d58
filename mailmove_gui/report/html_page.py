"""One page that holds the whole report: no script, no link, nothing loaded from anywhere."""

import html
from datetime import datetime
from pathlib import Path
from string import Template

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.report.contents import read_contents
from mailmove_gui.report.markup import markup
from mailmove_gui.report.story import blocks
from mailmove_gui.report.whole_file import whole_file
from mailmove_gui.resource_files import resource_path
from mailmove_gui.texts import current_language

_BODY = "<!-- body -->"


def write_html(ledger: Ledger, path: Path, now: datetime | None = None, *, cancel: CancelToken | None = None) -> None:
    """Write the report in the language that is spoken; `now` is the moment that it bears (None: the present).

    Raises:
        Cancelled: it was asked to stop; what was there stays.
        OSError: the file cannot be written; what was there stays.
        MailError: LOCAL_DISK, the ledger cannot be read.
    """
    contents = read_contents(ledger, now)
    page = Template(resource_path("templates", "report.html").read_text(encoding="utf-8"))
    before, behind = page.substitute(
        language=html.escape(current_language().replace("_", "-")),
        title=html.escape(contents.title),
        style=resource_path("templates", "report.css").read_text(encoding="utf-8"),
    ).split(_BODY)
    with whole_file(path, "utf-8") as file:
        file.write(before)
        for piece in markup(blocks(contents, cancel or CancelToken())):
            file.write(piece + "\n")
        file.write(behind)
