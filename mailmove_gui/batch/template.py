"""An empty account list to fill in."""

import csv
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from mailmove_gui.batch.columns import ROLES, label_of

_WIDTH = 28
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RELATIONSHIPS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_TEXT_FORMAT = 49  # ECMA-376 part 1, 18.8.30: the built-in number format "@"


def write_template(path: Path) -> None:
    """Write a list that has only its headings: XLSX if the name ends so, else CSV (UTF-8, as Excel reads it).

    The headings are in the language of the screen. In the XLSX all columns are text, so that a password like 00123 or
    1-2 stays what was typed.

    Raises:
        OSError: the file cannot be written.
    """
    if path.suffix.casefold() == ".xlsx":
        _write_xlsx(path)
    else:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerow(map(label_of, ROLES))


def _write_xlsx(path: Path) -> None:
    """The smallest workbook that spreadsheet programs open (ECMA-376 parts 1 and 2)."""
    cells = "".join(f'<c t="inlineStr" s="1"><is><t>{escape(label_of(role))}</t></is></c>' for role in ROLES)
    parts = {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            f'<Default Extension="rels" ContentType="{_RELATIONSHIPS_TYPE}"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>'
        ),
        "_rels/.rels": _relationships("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
            '<sheet name="accounts" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": _relationships("worksheet", "worksheets/sheet1.xml", "styles", "styles.xml"),
        "xl/styles.xml": (
            f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
            '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
            f'<cellXfs count="2"><xf/><xf numFmtId="{_TEXT_FORMAT}" applyNumberFormat="1"/></cellXfs>'
            "</styleSheet>"
        ),
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{_MAIN}"><cols>'
            f'<col min="1" max="{len(ROLES)}" width="{_WIDTH}" style="1" customWidth="1"/></cols>'
            f"<sheetData><row>{cells}</row></sheetData></worksheet>"
        ),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}')


def _relationships(*kinds_and_targets: str) -> str:
    pairs = zip(kinds_and_targets[::2], kinds_and_targets[1::2], strict=True)
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/{kind}" Target={quoteattr(target)}/>'
        for number, (kind, target) in enumerate(pairs, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>'
