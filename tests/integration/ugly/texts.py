"""Ugly text files: encodings, record ends, quotes, rows of another length."""

from __future__ import annotations

from tests.integration.ugly.fixtures import ugly
from tests.integration.ugly.layouts import clean, partly, refused
from tests.integration.ugly.sheets import ALLOWANCE
from tests.integration.ugly.writers import text


def lines() -> list[str]:
    """The allowance as a query tool writes it, line by line."""
    return text([ALLOWANCE.sheet()], encoding="utf-8").decode().splitlines()


def joined(records: list[str], encoding: str = "gb18030", end: str = "\r\n") -> bytes:
    return "".join(record + end for record in records).encode(encoding)


@ugly(ALLOWANCE, "csv", clean(ALLOWANCE, notes=["LINE_ENDS mixed"]))
def record_ends_of_three_kinds() -> bytes:
    ends = ["\r\n", "\n", "\r"]
    return "".join(record + ends[n % 3] for n, record in enumerate(lines())).encode("gb18030")


@ugly(ALLOWANCE, "csv")
def carriage_returns_doubled() -> bytes:
    return joined(lines(), end="\r\r\n")


@ugly(ALLOWANCE, "csv")
def last_row_without_a_line_end() -> bytes:
    return joined(lines()).rstrip()


@ugly(ALLOWANCE, "csv")
def first_line_names_the_separator() -> bytes:
    return joined(["sep=;", *(line.replace(",", ";") for line in lines())], "utf-8-sig")


@ugly(ALLOWANCE, "csv")
def full_width_commas() -> bytes:
    return joined([line.replace(",", "，") for line in lines()])


@ugly(ALLOWANCE, "csv")
def utf16_without_a_mark() -> bytes:
    return joined(lines(), "utf-16-le")


@ugly(ALLOWANCE, "xls")
def tabbed_text_in_gbk_called_xls() -> bytes:
    return joined([line.replace(",", "\t") for line in lines()])


@ugly(ALLOWANCE, "csv", refused(None, "ENCODING_BROKEN", "第 5 行"))
def utf8_with_one_line_in_gbk() -> bytes:
    records = [(line + "\r\n").encode("gbk" if n == 4 else "utf-8") for n, line in enumerate(lines())]
    return b"".join(records)


@ugly(ALLOWANCE, "csv", refused(None, "ENCODING_BROKEN", "第 4 行"))
def gbk_with_half_a_character_lost() -> bytes:
    data = joined(lines())
    return data.replace("林芳".encode("gbk"), "林芳".encode("gbk")[:3])


@ugly(ALLOWANCE, "csv", refused(None, "FILE_UNREADABLE"))
def text_with_zero_bytes() -> bytes:
    return joined(lines()).replace(b"D0002", b"D0\x0002")


@ugly(ALLOWANCE, "csv")
def cells_that_excel_must_not_take_for_numbers() -> bytes:
    records = lines()
    for n, row in enumerate(ALLOWANCE.rows, start=2):
        records[n] = records[n].replace(str(row[4]), f'"=""{row[4]}"""').replace(str(row[0]), f'="{row[0]}"')
    return joined(records)


@ugly(ALLOWANCE, "csv", clean(ALLOWANCE, unknown=["备注"], extra=['{"备注": "说\\"好\\""}', *[None] * 4]))
def quotes_in_the_middle_of_cells() -> bytes:
    records = lines()
    records[1] += ",备注"
    records[2:] = [records[2] + ',说"好"', *(line + "," for line in records[3:])]
    return joined(records)


@ugly(ALLOWANCE, "csv", clean(ALLOWANCE, unknown=["备注"], extra=['{"备注": "\\"没有关上"}', *[None] * 4]))
def a_quote_that_never_closes() -> bytes:
    records = lines()
    records[1] += ",备注"
    records[2:] = [records[2] + ',"没有关上', *(line + "," for line in records[3:])]
    return joined(records)


@ugly(ALLOWANCE, "csv")
def amounts_with_thousands_separators() -> bytes:
    records = lines()
    records[4] = records[4].replace("1200,2019-06,1200", '"1,200.00",2019-06,"￥1,200.00元"')
    return joined(records)


@ugly(ALLOWANCE, "csv")
def every_line_ends_in_two_delimiters() -> bytes:
    return joined([line + ",," for line in lines()])


SHORT_AND_LONG = clean(
    ALLOWANCE,
    unknown=["停发说明"],
    extra=None,
    problems=[("", "COLUMNS_UNREAD"), ("", "ROWS_SHORT")],
    said=("第 5 行", "停发说明"),
)


@ugly(ALLOWANCE, "csv", SHORT_AND_LONG)
def a_row_that_lacks_its_last_cells() -> bytes:
    records = lines()
    records[1] += ",停发说明,停发原因"
    records[2:] = [line + ",无," for line in records[2:]]
    records[4] = records[4].removesuffix(",无,")
    return joined(records)


@ugly(
    ALLOWANCE,
    "csv",
    clean(ALLOWANCE, problems=[("", "ROWS_LONG")], said=("有 1 行的格数比表头多（第 5 行等）",)),
)
def a_row_with_a_cell_too_many() -> bytes:
    records = lines()
    records[4] += ",多出来的"
    return joined(records)


# The first half lacks its last cells, the second begins with the name where the card number belongs.
BROKEN_IN_TWO = (
    ("B5", "STRAY_ID"),
    ("", "ROWS_SHORT"),
    *((f"{column}4", code) for column, code in (("E", "ID_BLANK"), *((c, "BLANK_REQUIRED") for c in "HI"))),
    *((f"{column}5", "BLANK_REQUIRED") for column in "HI"),
    ("D5", "NAME_HAS_DIGIT"),
    ("E5", "ID_LENGTH"),
    ("F5", "COUNT_NOT_WHOLE"),
)


@ugly(
    ALLOWANCE,
    "csv",
    partly(ALLOWANCE, [1], *BROKEN_IN_TWO, held=("林", "芳")),
)
def a_line_break_that_nobody_quoted() -> bytes:
    records = lines()
    records[3] = records[3].replace("林芳", "林\r\n芳")
    return joined(records)


@ugly(ALLOWANCE, "csv", refused(None, "FILE_EMPTY"))
def nothing_but_line_ends() -> bytes:
    return b"\xef\xbb\xbf\r\n\r\n"


@ugly(ALLOWANCE, "xlsx", refused(None, "FILE_EMPTY"))
def no_bytes_at_all() -> bytes:
    return b""
