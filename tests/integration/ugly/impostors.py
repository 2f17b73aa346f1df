"""Files that are broken, locked, packed, or not what they are called."""

from __future__ import annotations

import gzip

from sample_county.rare_formats.markup import html, ods, zipped
from tests.integration.ugly.fixtures import ugly
from tests.integration.ugly.layouts import clean, refused
from tests.integration.ugly.sheets import ALLOWANCE, DEATHS, Row, Sheet
from tests.integration.ugly.texts import joined, lines
from tests.integration.ugly.writers import text, with_parts, xls, xlsx


@ugly(ALLOWANCE, "xlsx", refused(None, "FILE_TRUNCATED"))
def workbook_whose_copying_broke_off() -> bytes:
    return xlsx([ALLOWANCE.sheet()])[:-700]


@ugly(ALLOWANCE, "xls", refused(None, "FILE_TRUNCATED"))
def old_workbook_whose_copying_broke_off() -> bytes:
    body = [list(row) for row in ALLOWANCE.rows] * 300
    return xls([Sheet([ALLOWANCE.head(), *body])])[:40_000]


@ugly(ALLOWANCE, "xlsx", refused(None, "FILE_ENCRYPTED"))
def workbook_with_a_password() -> bytes:
    """The container Excel puts an encrypted package in."""
    data = xls([Sheet([[None] * 3] + [["x" * 200, n, n] for n in range(300)])])
    old, new = "Workbook\0".encode("utf-16-le"), "EncryptedPackage\0".encode("utf-16-le")
    at = data.index(old)
    return data[:at] + new + data[at + len(new) : at + 64] + bytes([len(new), 0]) + data[at + 66 :]


@ugly(ALLOWANCE, "xls", refused(None, "FILE_ENCRYPTED"))
def old_workbook_with_a_password() -> bytes:
    data = xls([ALLOWANCE.sheet()])
    at = data.index(b"\x5c\x00\x70\x00")  # the writer's name becomes the mark of encryption
    return data[:at] + b"\x2f" + data[at + 1 :]


@ugly(ALLOWANCE, "ods", refused(None, "FILE_ENCRYPTED"))
def ods_with_a_password() -> bytes:
    manifest = b'<manifest:manifest><manifest:encryption-data manifest:checksum="x"/></manifest:manifest>'
    return with_parts(ods([ALLOWANCE.sheet()]), {"META-INF/manifest.xml": manifest})


@ugly(ALLOWANCE, "zip", refused(None, "FILE_ENCRYPTED"))
def archive_with_a_password() -> bytes:
    data = bytearray(zipped({"低保.csv": joined(lines())}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    return bytes(data)


@ugly(ALLOWANCE, "xls", refused(None, "FILE_FOREIGN", "这是 PDF 文件，不是数据表"))
def pdf_called_xls() -> bytes:
    return b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n" * 20


@ugly(ALLOWANCE, "xls", refused(None, "FILE_FOREIGN", "这是 Word 文档"))
def docx_called_xls() -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"})


@ugly(ALLOWANCE, "xls", refused(None, "FILE_FOREIGN", "这是 Word 文档"))
def old_word_document_called_xls() -> bytes:
    data = xls([ALLOWANCE.sheet()])
    old, new = "Workbook\0".encode("utf-16-le"), "WordDocument\0".encode("utf-16-le")
    at = data.index(old)
    return data[:at] + new + data[at + len(new) : at + 64] + bytes([len(new), 0]) + data[at + 66 :]


@ugly(ALLOWANCE, "xlsx", refused(None, "FILE_FOREIGN", "一张图片"))
def photograph_called_xlsx() -> bytes:
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)) * 20


@ugly(ALLOWANCE, "xls", refused(None, "FILE_FOREIGN", "Access"))
def database_called_xls() -> bytes:
    return b"\x00\x01\x00\x00Standard Jet DB\x00" + b"\x01\x00" * 2000


@ugly(ALLOWANCE, "csv")
def workbook_called_csv() -> bytes:
    return xlsx([ALLOWANCE.sheet()])


@ugly(ALLOWANCE, "xlsx")
def text_called_xlsx() -> bytes:
    return joined(lines())


@ugly(ALLOWANCE, "xlsx")
def web_page_called_xlsx() -> bytes:
    return html([ALLOWANCE.sheet()])


@ugly(ALLOWANCE, "xlsx")
def old_workbook_called_xlsx() -> bytes:
    return xls([ALLOWANCE.sheet()])


@ugly(ALLOWANCE, "xls")
def archive_called_xls() -> bytes:
    return zipped({"低保/6月.csv": joined(lines())})


TOWNS = {"徐城街道": (0, 2), "迈陈镇": (2, 5)}


def town_file(first: int, last: int) -> bytes:
    return xls([Sheet([[ALLOWANCE.title], ALLOWANCE.head(), *ALLOWANCE.body()[first:last]])])


@ugly(
    ALLOWANCE,
    "zip",
    *(
        clean(ALLOWANCE, rows=ALLOWANCE.typed()[a:b], file=f"各镇/{town}/低保.xls")
        for town, (a, b) in TOWNS.items()
    ),
)
def archive_with_a_folder_per_town_and_names_in_gbk() -> bytes:
    files = {f"各镇/{town}/低保.xls": town_file(*rows) for town, rows in TOWNS.items()}
    return zipped({**files, "各镇/Thumbs.db": b"x", "各镇/~$低保.xls": b"x"}, gbk=True)


@ugly(ALLOWANCE, "zip", clean(ALLOWANCE, file="6月.zip/低保.csv"))
def archive_in_an_archive() -> bytes:
    return zipped({"6月.zip": zipped({"低保.csv": joined(lines())})})


@ugly(ALLOWANCE, "zip", refused(None, "ARCHIVE_UNSAFE"))
def archive_that_leads_out_of_its_folder() -> bytes:
    return zipped({"../低保.csv": joined(lines())})


@ugly(ALLOWANCE, "zip", refused(None, "ARCHIVE_EMPTY"))
def archive_of_leftovers() -> bytes:
    return zipped({"__MACOSX/._低保.xlsx": b"x", "desktop.ini": b"x"})


@ugly(ALLOWANCE, "zip", clean(ALLOWANCE, file="低保.csv"), refused(None, "FILE_FOREIGN", "PDF"))
def archive_with_a_scan_beside_the_data() -> bytes:
    return zipped({"低保.csv": joined(lines()), "盖章扫描件.pdf": b"%PDF-1.4\n" + b"x" * 500})


@ugly(ALLOWANCE, "rar", refused(None, "ARCHIVE_UNSUPPORTED", "rar"))
def rar_archive() -> bytes:
    return b"Rar!\x1a\x07\x00" + b"\x00" * 100


@ugly(ALLOWANCE, "csv.gz", refused(None, "ARCHIVE_UNSUPPORTED"))
def gzip_of_a_text() -> bytes:
    return gzip.compress(joined(lines()), mtime=0)


@ugly(DEATHS, "csv")
def dates_with_slashes_and_a_time() -> bytes:
    data = text([DEATHS.sheet()], encoding="utf-8").decode()
    for n in range(1, 5):
        data = data.replace(f"2019-06-0{n}", f"2019/6/{n} 0:00:00")
    return data.encode("gb18030")


@ugly(DEATHS, "xlsx", refused(None, "NO_FEED"))
def sheet_of_something_else() -> bytes:
    rows: list[Row] = [["参会人员签到表"], ["座位", "签名", "到会时间"], ["1排3座", None, "9:00"]]
    return xlsx([Sheet(rows)])


@ugly(ALLOWANCE, "xlsx", refused(None, "FILE_UNREADABLE"))
def package_without_a_workbook() -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", "other/part.xml": b"<x/>"})
