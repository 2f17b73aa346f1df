"""Files called .xls that are web pages or XML."""

from __future__ import annotations

import pytest

from tests.unit.ingestion.readers.make import ID, cells, one, reading

PAGE = f"""<html><head><meta http-equiv=Content-Type content="text/html; charset=gb2312"></head><body>
<table border=1>
<tr><td colspan=4>徐闻县2019年资助发放表</td></tr>
<tr><td rowspan=2>乡镇</td><td colspan=2>学生</td><td rowspan=2>金额<br>(元)</td></tr>
<tr><td>姓名</td><td>身份证号</td></tr>
<tr><td rowspan=2>徐城街道</td><td>张三</td>
<td style="mso-number-format:'\\@'">{ID}</td><td>1&nbsp;000</td></tr>
<tr><td>李&#x20BB7;</td><td>{ID}</td><td>5</td></tr>
<tr><td>合计</td><td></td><td></td><td>1005</td></tr>
</table></body></html>"""
NBSP = "\xa0"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "utf-8-sig"])
def test_html(encoding: str) -> None:
    data = PAGE.encode(encoding)
    result = reading(data)
    assert result.format == "html"
    table = one(data)
    assert table.header == ("乡镇", "学生/姓名", "学生/身份证号", "金额(元)")
    assert cells(table) == [["徐城街道", "张三", ID, f"1{NBSP}000"], ["徐城街道", "李𠮷", ID, "5"]]
    assert table.row_numbers.tolist() == [4, 5]
    assert table.totals[0].cells[3] == "1005"


def test_html_cut_in_the_middle_is_refused() -> None:
    data = PAGE.encode("gb18030")
    refusal = reading(data[: data.index("李".encode("gb18030"))]).refusal
    assert refusal is not None
    assert refusal.code == "FILE_TRUNCATED"


def test_html_with_tables_in_a_layout_table() -> None:
    inner = "<table><tr><td>姓名</td><td>身份证号</td></tr><tr><td>张三</td><td>1</td></tr></table>"
    page = f"<html><body><table><tr><td>{inner}</td><td>{inner}</td></tr></table></body></html>"
    assert [cells(t) for t in reading(page.encode()).tables] == [[["张三", "1"]]] * 2


def test_html_with_absurd_spans_is_refused() -> None:
    row = "<tr>" + "<td colspan=16384>姓名</td>" * 2 + "</tr>"
    refusal = reading(f"<html><table>{row * 4000}</table></html>".encode()).refusal
    assert refusal is not None
    assert refusal.code == "FILE_UNSAFE"


def test_mhtml() -> None:
    page = PAGE.replace("=", "=3D")
    archive = (
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="B"\r\n\r\n--B\r\n'
        "Content-Location: file:///C:/x/book.files/sheet001.htm\r\nContent-Type: text/html\r\n"
        f"Content-Transfer-Encoding: quoted-printable\r\n\r\n{page}\r\n--B--\r\n"
    )
    result = reading(archive.encode())
    assert (result.format, result.refusal) == ("mhtml", None)
    assert result.tables[0].sheet == "sheet001"
    assert cells(result.tables[0])[1][1] == "李𠮷"


WORKBOOK = f"""<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="徐城街道"><Table>
<Row><Cell ss:MergeAcross="3"><Data ss:Type="String">题</Data></Cell></Row>
<Row ss:Index="3"><Cell><Data ss:Type="String">乡镇</Data></Cell>
<Cell><Data ss:Type="String">姓名</Data></Cell>
<Cell><Data ss:Type="String">身份证号</Data></Cell><Cell><Data ss:Type="String">发放日期</Data></Cell>
<Cell><Data ss:Type="String">金额(元)</Data></Cell></Row>
<Row><Cell ss:MergeDown="1"><Data ss:Type="String">徐城</Data></Cell>
<Cell><Data ss:Type="String">张三</Data></Cell>
<Cell><Data ss:Type="String">{ID}</Data></Cell>
<Cell><Data ss:Type="DateTime">2019-12-31T00:00:00.000</Data></Cell>
<Cell><Data ss:Type="Number">100</Data></Cell></Row>
<Row><Cell ss:Index="2"><Data ss:Type="String">李四</Data></Cell>
<Cell><Data ss:Type="Number">440899198001010012</Data></Cell>
<Cell ss:Index="5"><Data ss:Type="Number">2.50</Data></Cell></Row>
</Table></Worksheet><Worksheet ss:Name="空"><Table/></Worksheet></Workbook>"""


def test_xml_2003() -> None:
    data = WORKBOOK.encode()
    assert reading(data).format == "xml2003"
    table = one(data)
    assert (table.sheet, table.header_row) == ("徐城街道", 3)
    assert cells(table) == [
        ["徐城", "张三", ID, "2019-12-31", "100"],
        ["徐城", "李四", "4.40899E+17", "", "2.5"],
    ]
    assert table.row_numbers.tolist() == [4, 5]


def test_xml_2003_cut_short_or_with_entities() -> None:
    cut = reading(WORKBOOK.encode()[:-200]).refusal
    assert cut is not None
    assert cut.code == "FILE_TRUNCATED"
    bomb = WORKBOOK.replace("<Workbook", '<!DOCTYPE lolz [<!ENTITY lol "lol">]><Workbook', 1)
    refusal = reading(bomb.encode()).refusal
    assert refusal is not None
    assert refusal.code == "FILE_UNSAFE"


def test_tab_text_called_xls() -> None:
    data = f"姓名\t身份证号\t金额(元)\r\n张三\t{ID}\t1\r\n".encode("gb18030")
    assert reading(data).format == "tsv"
    assert cells(one(data)) == [["张三", ID, "1"]]
