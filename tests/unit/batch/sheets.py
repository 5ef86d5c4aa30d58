"""Small XLSX files as spreadsheet programs write them."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from mailmove_gui.batch import write_template


def write_sheet(path: Path, rows: Sequence[Sequence[str | float | bool | None]], *, first_row: int = 1) -> None:
    """Write rows into the first sheet of a workbook, the first of them at `first_row` (1-based)."""
    write_template(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    body = "".join(_row(number, cells) for number, cells in enumerate(rows, first_row))
    name = "xl/worksheets/sheet1.xml"
    head, _mark, rest = parts[name].partition("<sheetData>")
    parts[name] = f"{head}<sheetData>{body}</sheetData>{rest.partition('</sheetData>')[2]}"
    with zipfile.ZipFile(path, "w") as archive:
        for part, text in parts.items():
            archive.writestr(part, text)


def _row(number: int, cells: Sequence[str | float | bool | None]) -> str:
    written = [_cell(f"{chr(ord('A') + column)}{number}", cell) for column, cell in enumerate(cells)]
    return f'<row r="{number}">{"".join(written)}</row>'


def _cell(place: str, value: str | float | bool | None) -> str:
    match value:
        case None:
            return ""
        case bool():
            return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
        case str():
            return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
        case _:
            return f'<c r="{place}"><v>{value}</v></c>'
