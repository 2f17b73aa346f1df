"""Web pages, SpreadsheetML and OpenDocument that departments' systems call a workbook."""

from __future__ import annotations

import re

from sample_county.rare_formats.markup import html, mhtml, ods, xml2003
from tests.integration.ugly.fixtures import ugly
from tests.integration.ugly.layouts import clean, refused
from tests.integration.ugly.sheets import ALLOWANCE, DEATHS, WORKS
from tests.integration.ugly.writers import changed, part_of, with_parts


@ugly(ALLOWANCE, "xls")
def web_page_with_layout_tables_around_the_data() -> bytes:
    inner = html([ALLOWANCE.sheet()], charset="utf-8", encoding="utf-8").decode()
    table = re.search("(?s)<table.*</table>", inner)
    assert table
    menu = "<table><tr><td>首页</td><td>退出</td></tr></table>"
    return (
        f"<!DOCTYPE html><html><body>{menu}<table><tr><td>{table[0]}</td></tr></table></body></html>".encode()
    )


@ugly(ALLOWANCE, "xls")
def web_page_with_unclosed_cells_and_entities() -> bytes:
    page = html([ALLOWANCE.sheet()], charset="gb2312").decode("gb18030")
    return (
        page.replace("</td>", "").replace("</tr>", "").replace("陈伟", "陈&#x4f1f;&nbsp;").encode("gb18030")
    )


@ugly(ALLOWANCE, "xls")
def web_page_in_utf8_that_says_gb2312() -> bytes:
    return html([ALLOWANCE.sheet()], charset="gb2312", encoding="utf-8-sig")


@ugly(ALLOWANCE, "xls", refused(None, "FILE_TRUNCATED"))
def web_page_cut_off() -> bytes:
    data = html([ALLOWANCE.sheet()])
    return data[: len(data) * 2 // 3]


@ugly(ALLOWANCE, "doc")
def web_page_called_doc() -> bytes:
    return html([ALLOWANCE.sheet()])


@ugly(ALLOWANCE, "mht")
def web_archive_in_quoted_printable() -> bytes:
    import quopri

    page = quopri.encodestring(html([ALLOWANCE.sheet()]))
    head = b"From: <Saved by Microsoft Internet Explorer 8>\r\nMIME-Version: 1.0\r\n"
    head += b'Content-Type: multipart/related; boundary="=_x"; type="text/html"\r\n\r\n--=_x\r\n'
    head += (
        b'Content-Type: text/html; charset="gb2312"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    )
    return head + page + b"\r\n--=_x--\r\n"


@ugly(ALLOWANCE, "xls", clean(DEATHS), clean(ALLOWANCE))
def web_archive_with_a_page_per_sheet() -> bytes:
    return mhtml([DEATHS.sheet(), ALLOWANCE.sheet()])


@ugly(WORKS, "xml")
def spreadsheet_ml_with_a_doctype_of_excel() -> bytes:
    return xml2003([WORKS.sheet()]).replace(b"<Row ", b"<Row ss:AutoFitHeight='0' ")


@ugly(ALLOWANCE, "ods", clean(ALLOWANCE, problems=[("A4", "DUPLICATE_ROW")]))
def ods_row_stored_once_for_two() -> bytes:
    data = ods([ALLOWANCE.sheet()])
    at = ">D0001<"
    text = part_of(data, "content.xml").decode()
    start = text.rindex("<table:table-row>", 0, text.index(at))
    text = text[:start] + text[start:].replace(
        "<table:table-row>", '<table:table-row table:number-rows-repeated="2">', 1
    )
    return with_parts(data, {"content.xml": text.encode()})


@ugly(ALLOWANCE, "ods")
def ods_cell_with_a_note() -> bytes:
    note = "<office:annotation><text:p>请核实</text:p></office:annotation><text:p>陈伟</text:p>"
    return changed(ods([ALLOWANCE.sheet()]), "content.xml", ("<text:p>陈伟</text:p>", note))
