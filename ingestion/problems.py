"""Every problem code: the sentence for the clerk, how to put it right, and the English of both.

Cell sentences may use {cell}, {header}, {value} and {detail}; file sentences use the names they are
given. No ID number can get through: values are masked before they reach a sentence.
"""

# ruff: noqa: E501  (the table of definitions keeps one problem on one line)

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

import pyarrow as pa
import pyarrow.compute as pc

_GAP = r"[\s\x{a0}\-]?"
_DIGIT = "[0-9０-９]"
# A run of 15 digits or more (the last may be X), however it is spaced: ID numbers and bank accounts.
_LONG_NUMBER = rf"((?:{_DIGIT}{_GAP}){{6}})(?:{_DIGIT}{_GAP}){{5,}}((?:{_DIGIT}{_GAP}){{3}}[0-9０-９XxＸｘ])"
_LONG_NUMBER_PYTHON = re.compile(_LONG_NUMBER.replace(r"\x{a0}", "\xa0"))
_MASKED = r"\1********\2"


def mask_ids(text: str) -> str:
    """`text` with every ID-like number shown by its first six and last four places only."""
    return _LONG_NUMBER_PYTHON.sub(_MASKED, text)


def mask_column(values: pa.Array) -> pa.Array:
    """The same for a whole Arrow column of strings."""
    return pc.replace_substring_regex(values, _LONG_NUMBER, _MASKED)


@dataclass(frozen=True)
class Kind:
    """One problem code."""

    code: str
    message: str
    remedy: str
    english: str
    english_remedy: str = ""


_DEFINITIONS = """
FILE_UNREADABLE | 这个文件打不开，认不出是哪种格式。 | 请用 Excel 或 WPS 打开，另存为 xlsx 后重新投递。 | The file cannot be opened: unknown or damaged format.
FILE_EMPTY | 这个文件是空的。 | 请重新导出后投递；本期确无数据的，请在表中写明“本期无数据”。 | The file is empty.
FILE_TRUNCATED | 这个文件不完整，可能没有传完。 | 请重新复制或导出后投递。 | The file is cut off.
FILE_ENCRYPTED | 这个文件加了密码，无法读取。 | 请去掉打开密码后重新投递。 | The file is protected by a password.
FILE_TOO_LARGE | 这个文件解开后太大，没有读取。 | 请分成几个文件投递。 | The file is too large once unpacked.
ENCODING_BROKEN | 文件里有认不出的文字编码{where}。 | 请用 Excel 打开，另存为 xlsx 或 UTF-8 格式的 CSV 后重新投递。 | The text encoding is broken{where}.
ARCHIVE_EMPTY | 压缩包里没有可以读取的文件。 | 请检查压缩包内容后重新投递。 | The archive holds no readable file.
ARCHIVE_UNREADABLE | 这个压缩包打不开。 | 请重新压缩为不加密的 zip 后投递。 | The archive cannot be opened.
ARCHIVE_UNSAFE | 这个压缩包不安全，没有解开。 | 请重新压缩，只放要投递的文件。 | The archive is unsafe and was not unpacked.
ARCHIVE_UNSUPPORTED | 这种压缩格式（{format}）不能读取。 | 请改用 zip 压缩后投递。 | The archive format {format} is not supported.
ROWS_SHORT | 有 {count} 行的格数比表头少（第 {lines} 行等），缺的格按空白计。 | 请核对这些行是否错位。 | {count} rows have too few cells.
ROWS_LONG | 有 {count} 行的格数比表头多（第 {lines} 行等），可能错位。 | 请核对这些行是否错位。 | {count} rows have too many cells.
SHEET_WITHOUT_HEADER | 表页“{sheet}”没有找到表头，没有读取。 | 如果其中有数据，请补上表头后重新投递。 | Sheet {sheet} has no header and was not read.
NO_TABLE | 文件里没有找到表格。 | 请确认表头一行完整，且表头下面就是数据。 | No table was found in the file.
NO_HEADER | 文件里没有找到表头。 | 请补上表头一行后重新投递。 | No header row was found.
NO_FEED | 表头与任何一种已约定的数据都对不上。 | 请确认投递的是约定的表；新增的表请先与扶贫办信息股联系。 | The headers match no agreed feed.
AMBIGUOUS_FEED | 这张表既像“{first}”又像“{second}”，无法确定是哪一种。 | 请在表格第一行写明表名后重新投递。 | The table could be {first} or {second}.
MISSING_COLUMN | 《{title}》缺少必需的列：{missing}。 | 请补上这些列后重新投递。 | {title} lacks required columns: {missing}.
HEADER_TWICE | 《{title}》中有两列都表示“{header}”。 | 请只保留一列后重新投递。 | {title} has two columns for {header}.
WRONG_DEPARTMENT | 这是{owner}的《{title}》，不应放在{folder}的文件夹里。 | 请把它放进文件夹 {right}。 | This is {title}; it belongs in folder {right}.
UNKNOWN_DEPARTMENT | 文件没有放在任何部门的文件夹里{guess}。 | 请放进本部门的文件夹后重新投递。 | The file lies in no department's folder{guess}.
WRONG_COUNTY | 这份数据看来是{county}的，不是本县的。 | 请核对后投递本县的文件。 | The data seem to be those of {county}.
AS_OF_MISSING | 看不出《{title}》是截至哪一天的数据。 | 请在标题下写明“统计截止日期：某年某月某日”，或在文件名里写明年月。 | It is not stated for which date {title} speaks.
AS_OF_CONFLICT | 各表页写的日期不一致：{dates}。 | 请把不同日期的数据分成不同文件投递。 | The sheets speak for different dates: {dates}.
AS_OF_FUTURE | 《{title}》写的统计日期 {date} 晚于收到文件的日期。 | 请核对统计截止日期后重新投递。 | The stated date {date} lies after the day of arrival.
NO_ROWS | 《{title}》里只有表头，没有数据。 | 请补上数据；本期确无数据的，请在表中写明“本期无数据”。 | {title} has no data rows.
NIL_RETURN | 《{title}》本期无数据。 | 无需处理。 | {title}: nothing to report this period.
TOO_MANY_HELD | 《{title}》共 {read} 行，有 {held} 行有错误，超过了允许的比例，整份文件没有收下。 | 请按问题清单逐条更正后重新投递。 | {held} of {read} rows have errors: more than allowed.
SHRUNK | 《{title}》只有 {rows} 行，上一期同样范围有 {before} 行，像是没有导全。 | 请重新导出完整的数据；确实减少的，请与扶贫办信息股联系放行。 | {rows} rows only, {before} in the last delivery.
RETURN_MIXED | 《{title}》里混有几份反馈文件的行。 | 请把各份反馈文件分开投递。 | Rows of several marked copies are mixed in this file.
RETURN_UNKNOWN | 《{title}》里的反馈编号不属于本部门投递过的文件。 | 请用系统退回的反馈文件更正，或去掉“问题”一列后整份投递。 | The references belong to no file of this department.
RETURN_FRAGMENT | 《{title}》上次整份没有收下，这次只有其中一部分行。 | 请把整份文件改好后投递。 | Nothing of the file was accepted before; a part of it cannot be taken.
RETURN_OUTDATED | 这份反馈之后已收到较新的文件{newer}，《{title}》以较新的为准，没有收下这份更正。 | 请在较新文件的反馈上更正，或重新投递整份文件。 | A newer file {newer} has replaced the one that this corrects.
RETURN_ROWS_MISSING | 反馈文件里少了原来的 {count} 行，这些行按原来收下的保留。 | 要删除这些行，请重新投递完整的文件，不要用反馈文件。 | {count} rows of the delivery are not in the marked copy; they stay as they were.
RETURN_OTHER_PART | {cell} 的“{header}”改成了“{value}”，而那一部分另有文件，这一行没有收下。 | 请在那一份文件里补报这一行。 | The row was moved to {value}, for which there is another file.
ROWS_HELD | 《{title}》有 {held} 行有错误，暂不收下，其余已收下。 | 请按问题清单更正这些行后重新投递。 | {held} rows have errors and are held.
INTERNAL | 系统处理这个文件时出错（{exception}）。 | 文件已保存，请通知管理员。 | Internal error ({exception}).
DUPLICATE_ROW | {cell} 所在行与第 {detail} 行完全相同，只计一次。 | 请删去重复的一行；不改也不影响统计。 | The row repeats row {detail}.
SHEET_IGNORED | 表页“{sheet}”有 {rows} 行，与约定的数据都对不上，没有读取。 | 如果其中有数据，请改正表头后重新投递。 | Sheet {sheet} matches no feed and was not read.
TOTALS_DISAGREE | {cell} 的合计“{value}”与明细之和 {detail} 不一致。 | 请核对明细是否完整、合计是否更新。 | The total {value} differs from the sum {detail}.
BLANK_REQUIRED | {cell} 的“{header}”没有填。 | 请补填这一格。 | {header} is blank.
FORMULA_ERROR | {cell} 的“{header}”是公式错误 {value}。 | 请改成具体的值。 | {header} holds a formula error.
NAME_DAMAGED | {cell} 的“{header}”“{value}”里有认不出的字。 | 请按身份证上的姓名重新录入。 | The name has damaged characters.
NAME_HAS_DIGIT | {cell} 的“{header}”“{value}”里有数字。 | 请核对姓名。 | The name holds a digit.
ID_BLANK | {cell} 的“{header}”没有填。 | 请补填 18 位公民身份号码。 | The ID number is blank.
ID_PLACEHOLDER | {cell} 的“{header}”填的是“{value}”，不是身份证号。 | 请补填 18 位公民身份号码。 | A placeholder stands for the ID number.
ID_SCIENTIFIC | {cell} 的“{header}”“{value}”被 Excel 变成了科学计数，号码已经丢失。 | 请把这一列设为文本格式后重新录入号码。 | Excel turned the ID number into scientific notation.
ID_CUT | {cell} 的“{header}”“{value}”末三位被 Excel 变成了 000，号码已经丢失。 | 请把这一列设为文本格式后重新录入号码。 | Excel cut the ID number to 15 digits.
ID_IS_DISABILITY_CARD | {cell} 的“{header}”“{value}”是残疾人证号，不是身份证号。 | 请改填 18 位公民身份号码。 | This is a disability card number.
ID_LENGTH | {cell} 的“{header}”“{value}”位数不对。 | 请核对，应为 18 位。 | The ID number has the wrong length.
ID_CHARACTERS | {cell} 的“{header}”“{value}”里有不该有的字符。 | 请核对，应为 17 位数字加一位数字或 X。 | The ID number holds odd characters.
ID_MASKED | {cell} 的“{header}”“{value}”被星号遮住了。 | 请提供完整的号码。 | The ID number is masked.
ID_AREA | {cell} 的“{header}”“{value}”的前两位不是任何省份。 | 请对照身份证更正。 | The ID number begins with no province.
ID_BIRTH_DATE | {cell} 的“{header}”“{value}”里的出生日期不存在。 | 请对照身份证更正。 | The birth date in the ID number is impossible.
ID_CHECKSUM | {cell} 的“{header}”“{value}”校验位不对，至少有一位写错。 | 请对照身份证更正。 | The check digit of the ID number is wrong.
DATE_FORM | {cell} 的“{header}”“{value}”不像日期。 | 请写成 2019-12-31 的样子。 | This is no date.
DATE_IMPOSSIBLE | {cell} 的“{header}”“{value}”这一天不存在。 | 请核对年月日。 | There is no such day.
DATE_OUT_OF_RANGE | {cell} 的“{header}”“{value}”的年份不合理。 | 请核对年份。 | The year is out of range.
DATE_WITHOUT_DAY | {cell} 的“{header}”“{value}”没有写到日，按当月 1 日计。 | 请补上日。 | The date lacks its day; the first is taken.
DATE_TWO_DIGIT_YEAR | {cell} 的“{header}”“{value}”的年份只有两位，已按常理补全。 | 请写四位年份。 | The year has two digits only.
MONTH_FORM | {cell} 的“{header}”“{value}”不像年月。 | 请写成 2019-12 的样子。 | This is no month.
MONTH_AMBIGUOUS | {cell} 的“{header}”“{value}”可能是 1 月也可能是 10 月，按 1 月计。 | 请写成 2019-01 或 2019-10 的样子。 | January or October? January is taken.
YEAR_FORM | {cell} 的“{header}”“{value}”不像年份。 | 请写四位年份。 | This is no year.
MONEY_FORM | {cell} 的“{header}”“{value}”不像金额。 | 请只填数字。 | This is no amount of money.
COUNT_FORM | {cell} 的“{header}”“{value}”不像个数。 | 请只填整数。 | This is no count.
COUNT_NOT_WHOLE | {cell} 的“{header}”“{value}”不是整数。 | 请填整数。 | The count is not whole.
NUMBER_FORM | {cell} 的“{header}”“{value}”不像数字。 | 请只填数字。 | This is no number.
TEST_VALUE_FORM | {cell} 的“{header}”“{value}”不像检测值。 | 请填数字、“<检出限”或“未检出”。 | This is no test value.
BELOW_MINIMUM | {cell} 的“{header}”“{value}”太小，不应小于 {detail}。 | 请核对这一格。 | Below the minimum {detail}.
ABOVE_MAXIMUM | {cell} 的“{header}”“{value}”太大，不应大于 {detail}。 | 请核对这一格。 | Above the maximum {detail}.
YES_NO_FORM | {cell} 的“{header}”“{value}”看不出是“是”还是“否”。 | 请填“是”或“否”。 | Neither yes nor no.
CODE_UNKNOWN | {cell} 的“{header}”“{value}”不在约定的取值里：{detail}。 | 请改成约定的取值。 | Not one of the agreed values: {detail}.
TOWN_UNKNOWN | {cell} 的“{header}”“{value}”不是本县的乡镇（街道）。 | 请写乡镇（街道）的全称。 | No town of this county.
CHECK_ORDER | {cell} 的“{header}”“{value}”有误：{detail}先后或大小颠倒。 | 请核对这几格的先后或大小。 | Out of order: {detail}.
CHECK_REQUIRED_WHEN | {cell} 的“{header}”没有填，而{detail}。 | 请补填，或更正相应的一格。 | Blank although {detail}.
CHECK_BLANK_WHEN | {cell} 的“{header}”填了“{value}”，而{detail}。 | 请更正其中一格。 | Filled although {detail}.
CHECK_UNIQUE | {cell} 的“{header}”“{value}”与第 {detail} 行重复，而内容不同。 | 请保留正确的一行。 | The key repeats row {detail} with other content.
CHECK_ONE_PER_GROUP | {cell} 所在的一组里，{detail}，应恰好有一行。 | 请核对这一组各行。 | Exactly one row of the group should have the value: {detail}.
"""


def _parse(lines: str) -> dict[str, Kind]:
    kinds = [Kind(*(part.strip() for part in line.split(" | "))) for line in lines.strip().splitlines()]
    return {kind.code: kind for kind in kinds}


PROBLEMS: Mapping[str, Kind] = _parse(_DEFINITIONS)
# Problems that never hold a row, whatever the contract says.
WARNINGS = frozenset(
    {
        "DATE_WITHOUT_DAY",
        "DATE_TWO_DIGIT_YEAR",
        "DUPLICATE_ROW",
        "MONTH_AMBIGUOUS",
        "NAME_DAMAGED",
        "NAME_HAS_DIGIT",
        "SHEET_IGNORED",
        "TOTALS_DISAGREE",
        "TOWN_UNKNOWN",
    }
)
# Checks carry the code their contract gave them; their sentence goes by the kind of check.
CHECK_KINDS = {
    "order": "CHECK_ORDER",
    "required_when": "CHECK_REQUIRED_WHEN",
    "blank_when": "CHECK_BLANK_WHEN",
    "unique": "CHECK_UNIQUE",
    "one_per_group": "CHECK_ONE_PER_GROUP",
}


def kind_of(code: str) -> Kind:
    """The definition of `code`; a code nobody defined reads as an unreadable file."""
    return PROBLEMS.get(code, PROBLEMS["FILE_UNREADABLE"])


class _Defaults(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def sentence(code: str, named: Mapping[str, object], *, english: bool = False) -> str:
    """The sentence of a file problem, ID numbers masked."""
    kind = kind_of(code)
    return _filled(kind.english if english else kind.message, named)


def remedy(code: str, named: Mapping[str, object]) -> str:
    """What to do about a file problem."""
    return _filled(kind_of(code).remedy, named)


def _filled(template: str, named: Mapping[str, object]) -> str:
    return mask_ids(template.format_map(_Defaults({name: str(value) for name, value in named.items()})))


def cell_sentences(code: str, fields: Mapping[str, pa.Array | str], count: int) -> pa.Array:
    """One sentence per cell; `fields` holds columns of `count` texts, or one text for all."""
    pieces: list[pa.Array | pa.Scalar] = []
    for literal, name, _, _ in Formatter().parse(kind_of(code).message):
        if literal:
            pieces.append(pa.scalar(literal, pa.string()))
        if name is not None:
            value = fields.get(name, "")
            pieces.append(pa.scalar(value, pa.string()) if isinstance(value, str) else value)
    pieces.append(pa.repeat(pa.scalar("", pa.string()), count))
    return pc.binary_join_element_wise(
        *pieces, pa.scalar("", pa.string()), null_handling="replace", null_replacement=""
    )
