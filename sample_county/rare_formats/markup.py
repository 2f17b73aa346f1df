"""Web pages, SpreadsheetML and OpenDocument, as the programs that departments have write them."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from html import escape

from sample_county.rare_formats.page import Cell, Merge, Page, shown


def covered(sheet: Page) -> dict[tuple[int, int], Merge | None]:
    """Places inside merged ranges: the range at its first cell, None at the others."""
    found: dict[tuple[int, int], Merge | None] = {}
    for merge in sheet.merges:
        r0, c0, r1, c1 = merge
        found |= {(r, c): None for r in range(r0, r1 + 1) for c in range(c0, c1 + 1)}
        found[r0, c0] = merge
    return found


def html(sheets: Sequence[Page], *, charset: str = "gb2312", encoding: str = "gb18030") -> bytes:
    """What web systems send as 'Excel': a page that declares one charset and may be in another."""
    page = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"></head><body>'
    for sheet in sheets:
        page += f'<table border="1">{_html_columns(sheet)}{_html_rows(sheet)}</table>'
    return (page + "</body></html>").encode(encoding)


def _html_columns(sheet: Page) -> str:
    width = max(map(len, sheet.rows), default=0)
    gone = ' style="display:none"'
    return "".join(f"<col{gone if c in sheet.hidden_columns else ''}>" for c in range(width))


def _html_rows(sheet: Page) -> str:
    hidden = covered(sheet)
    lines = []
    for r, row in enumerate(sheet.rows):
        cells = []
        for c, value in enumerate(row):
            merge = hidden.get((r, c), ())
            if merge is None:
                continue
            span = ""
            if merge:
                span = f' rowspan="{merge[2] - r + 1}" colspan="{merge[3] - c + 1}"'
            content = escape(sheet.errors.get((r, c)) or shown(value)).replace("\n", "<br>")
            cells.append(f"<td{span}>{content}</td>")
        gone = ' style="display:none"' if r in sheet.hidden_rows else ""
        lines.append(f"<tr{gone}>{''.join(cells)}</tr>")
    return "\n".join(lines)


def mhtml(sheets: Sequence[Page]) -> bytes:
    """A web archive as Excel saves it: a frame page and one page per sheet."""
    boundary = "----=_NextPart_01D0"
    lines = [
        "MIME-Version: 1.0",
        "X-Document-Type: Workbook",
        f'Content-Type: multipart/related; boundary="{boundary}"',
        "",
    ]
    for index, sheet in enumerate(sheets):
        page = base64.encodebytes(html([sheet], charset="utf-8", encoding="utf-8")).decode()
        lines += [
            f"--{boundary}",
            f"Content-Location: file:///C:/book.files/sheet{index + 1:03d}.htm",
            "Content-Transfer-Encoding: base64",
            'Content-Type: text/html; charset="utf-8"',
            "",
            page,
        ]
    return "\r\n".join([*lines, f"--{boundary}--", ""]).encode("ascii")


def xml2003(sheets: Sequence[Page]) -> bytes:
    """SpreadsheetML, which old reporting tools write and call .xls."""
    pages = []
    for sheet in sheets:
        columns = "".join(f'<Column ss:Index="{c + 1}" ss:Hidden="1"/>' for c in sheet.hidden_columns)
        gone = "<Visible>SheetHidden</Visible>" if sheet.is_hidden else ""
        options = (
            f'<WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel">{gone}</WorksheetOptions>'
        )
        rows = "".join(_xml_row(sheet, r) for r in range(len(sheet.rows)))
        name = escape(sheet.name)
        pages.append(f'<Worksheet ss:Name="{name}"><Table>{columns}{rows}</Table>{options}</Worksheet>')
    return (
        '<?xml version="1.0" encoding="utf-8"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">' + "".join(pages) + "</Workbook>"
    ).encode()


def _xml_row(sheet: Page, r: int) -> str:
    hidden = covered(sheet)
    cells = []
    for c, value in enumerate(sheet.rows[r]):
        merge = hidden.get((r, c), ())
        if merge is None or (value is None and (r, c) not in sheet.errors):
            continue
        span = f' ss:MergeAcross="{merge[3] - c}" ss:MergeDown="{merge[2] - r}"' if merge else ""
        kind, content = _xml_value(value)
        if (r, c) in sheet.errors:
            kind, content = "Error", sheet.errors[r, c]
        data = f'<Data ss:Type="{kind}">{escape(content)}</Data>'
        cells.append(f'<Cell ss:Index="{c + 1}"{span}>{data}</Cell>')
    gone = ' ss:Hidden="1"' if r in sheet.hidden_rows else ""
    return f'<Row ss:Index="{r + 1}"{gone}>{"".join(cells)}</Row>'


def _xml_value(value: Cell) -> tuple[str, str]:
    if isinstance(value, datetime):
        return "DateTime", value.isoformat(timespec="milliseconds")
    if isinstance(value, date):
        return "DateTime", f"{value.isoformat()}T00:00:00.000"
    return ("Number" if isinstance(value, int | float) else "String"), shown(value)


ODS_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def ods(sheets: Sequence[Page]) -> bytes:
    """OpenDocument as LibreOffice writes it: blank rows and columns repeated to the sheet's end."""
    styles = (
        '<office:automatic-styles><style:style style:name="ta2" style:family="table">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
    )
    pages = []
    for sheet in sheets:
        style = ' table:style-name="ta2"' if sheet.is_hidden else ""
        rows = "".join(_ods_row(sheet, r) for r in range(len(sheet.rows)))
        rest = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
        pages.append(
            f'<table:table table:name="{escape(sheet.name)}"{style}>{_ods_columns(sheet)}{rows}{rest}'
            "</table:table>"
        )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {ODS_NAMES}>{styles}'
        f"<office:body><office:spreadsheet>{''.join(pages)}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    mime = b"application/vnd.oasis.opendocument.spreadsheet"
    return zipped(
        {"mimetype": mime, "content.xml": content.encode(), "META-INF/manifest.xml": b"<manifest/>"}
    )


def _ods_columns(sheet: Page) -> str:
    width = max(map(len, sheet.rows), default=0)
    return "".join(f"<table:table-column{_ods_collapsed(c in sheet.hidden_columns)}/>" for c in range(width))


def _ods_collapsed(hidden: bool) -> str:
    return ' table:visibility="collapse"' if hidden else ""


def _ods_row(sheet: Page, r: int) -> str:
    hidden = covered(sheet)
    cells = []
    for c, value in enumerate(sheet.rows[r]):
        merge = hidden.get((r, c), ())
        if merge is None:
            cells.append("<table:covered-table-cell/>")
            continue
        span = ""
        if merge:
            down, across = merge[2] - r + 1, merge[3] - c + 1
            span = f' table:number-rows-spanned="{down}" table:number-columns-spanned="{across}"'
        cells.append(_ods_cell(sheet.errors.get((r, c)) or value, span))
    blank = f'<table:table-cell table:number-columns-repeated="{16_384 - len(cells)}"/>'
    return (
        f"<table:table-row{_ods_collapsed(r in sheet.hidden_rows)}>{''.join(cells)}{blank}</table:table-row>"
    )


def _ods_cell(value: Cell, span: str) -> str:
    if value is None:
        return f"<table:table-cell{span}/>"
    if isinstance(value, date):
        typed = f'office:value-type="date" office:date-value="{shown(value).replace(" ", "T")}"'
    elif isinstance(value, int | float):
        typed = f'office:value-type="float" office:value="{value}"'
    else:
        typed = 'office:value-type="string"'
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in shown(value).split("\n"))
    return f"<table:table-cell {typed}{span}>{lines}</table:table-cell>"


def zipped(files: dict[str, bytes], *, gbk: bool = False) -> bytes:
    """A zip; with `gbk`, names as Chinese Windows stores them, without saying so."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = (GbkInfo if gbk else zipfile.ZipInfo)(name, (2019, 7, 5, 9, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return stream.getvalue()


class GbkInfo(zipfile.ZipInfo):
    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gbk"), self.flag_bits & ~0x800
