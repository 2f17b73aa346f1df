"""Every problem code: the sentence for the clerk, how to put it right, and the English of both.

Sentences may use the words that they are given; `[…]` is left out where one of its words is blank.
Those of a cell have {cell}, {header} and {value}, and where they speak of another cell or row of the
file {beside}, {beside_value} and {like}. No ID number can get through: values are masked before they
reach a sentence.
"""

# ruff: noqa: E501  (the table of definitions keeps one problem on one line)

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import Literal, get_args

import pyarrow as pa
import pyarrow.compute as pc

from foundation.language import chinese_day
from ingestion.text.masking import mask_shown, shown_name

# Words that are the file's own and stand in marks of the sentence's.
_QUOTED_WORDS = frozenset({"header", "sheet"})
_MARKS = re.compile("[“”]")
_DAY = re.compile(r"^(\d{4})-(\d\d)-(\d\d)$")  # a word that is a day and nothing else
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")

# What a problem means: the file is refused; taken with a note; nothing was due; all of it was known; it
# lies in the inbox still; the row is held; is taken with a warning; as the contract's check says.
Effect = Literal["refused", "noted", "nil", "known", "left", "held", "kept", "declared"]

# What a person may let through: the rows are in order, only their number or nature is surprising.
WAIVABLE = frozenset(
    {
        "TOO_MANY_HELD",
        "CODE_SPELLING_UNKNOWN",
        "SHRUNK",
        "TOWN_MISSING",
        "TOWN_SHRUNK",
        "KEYS_LOST",
        "DISTRIBUTION_SHIFTED",
        "LAST_PERIOD_AGAIN",
        "NIL_DESPITE_ROWS",
        "PART_UNKNOWN",
        "HEADER_ASSUMED",
        "PAYMENTS_FEWER",
        "PAYMENTS_UNCLEAR",
    }
)

# The file was good, it lay in the wrong folder: dropped into the right one, it is a new arrival.
MISPLACED = frozenset({"WRONG_DEPARTMENT", "UNKNOWN_DEPARTMENT"})


@dataclass(frozen=True)
class Kind:
    """One problem code."""

    theme: str
    effect: Effect
    code: str
    message: str
    remedy: str
    english: str
    english_remedy: str

    @property
    def is_cell(self) -> bool:
        """Whether it is about a cell or a row; the others are about a file."""
        return "{cell}" in self.message


# Themes with their effect start with ##; a line is: code | sentence | remedy | English | English remedy.
_DEFINITIONS = """
## 打开和读取 | refused
FILE_UNREADABLE | 这个文件打不开，认不出是哪种格式。 | 请用 Excel 或 WPS 打开，另存为 xlsx 后重新投递。 | The file cannot be opened: its format is unknown or damaged. | Open it in Excel or WPS, save it as xlsx and send it again.
FILE_EMPTY | 这个文件是空的，里面没有任何内容。 | 请重新导出后投递；本期确无数据的，请在表中写明“本期无数据”。 | The file is empty. | Export it again; if there is nothing to report, write “本期无数据” into the table.
FILE_TRUNCATED | 这个文件不完整[，到第 {line} 行为止]，可能没有传完。 | 请重新复制或导出后投递。 | The file is cut off[ after line {line}]: it was probably not copied to its end. | Copy or export it again and send it again.
FILE_ENCRYPTED | 这个文件加了密码，无法读取。 | 请去掉打开密码后重新投递。 | The file is protected by a password and cannot be read. | Remove the password and send it again.
FILE_UNSAFE | 这个文件里有不合常理的内容（例如极远处的单元格、过多的空行空列），没有读取。 | 请新建一个 Excel 工作簿，只把有数据的行列按数值粘贴进去，另存为 xlsx 后重新投递。 | The file expands beyond all reason and was not read. | Paste the filled rows and columns as values into a new workbook, save it as xlsx and send it again.
FILE_FOREIGN | 这是{what}，不是数据表，没有读取。 | 请投递系统导出的 Excel 或 CSV 文件；表格在文档里的，请复制到 Excel 后投递。 | This is a file of the kind {format} and no table of data; it was not read. | Send the export as Excel or CSV; copy a table in a document into Excel first.
FILE_KILLS_READER | 这个文件一打开就使读取程序中断或停住，没有读取。 | 请用 Excel 或 WPS 打开，另存为 xlsx 后重新投递。 | Opening the file ends or stalls the reading program; it was not read. | Open it in Excel or WPS, save it as xlsx and send it again.
ENCODING_BROKEN | 文件[第 {line} 行]里有认不出的文字，整份没有读取。 | 请用 Excel 打开，另存为 xlsx 或 UTF-8 格式的 CSV 后重新投递。 | The file holds characters[ in line {line}] whose encoding is broken; it was not read. | Open it in Excel, save it as xlsx or as CSV in UTF-8 and send it again.
ARCHIVE_EMPTY | 压缩包里没有可以读取的文件。 | 请检查压缩包内容后重新投递。 | The archive holds no file that could be read. | Look into the archive and send it again.
ARCHIVE_UNSAFE | 这个压缩包里有不合常理的内容（例如嵌套过深、文件过多、路径可疑），没有解开。 | 请重新压缩，只放要投递的文件。 | The archive holds what no archive should (nesting, number of files, odd paths) and was not unpacked. | Pack it again with nothing but the files to send.
ARCHIVE_UNSUPPORTED | 这种压缩格式（{format}）不能读取。 | 请改用 zip 压缩后投递。 | Archives of the format {format} cannot be read. | Pack the files as a zip.
INTERNAL | 系统处理这个文件时出错（{exception}），没有收下。 | 文件已保存，请通知管理员。 | The system failed on this file ({exception}); it was not taken. | The file has been kept; tell the administrator.
## 认表和投递 | refused
NO_HEADER | 文件里[的表页“{sheet}”]没有找到表头。 | 请补上完整的表头一行，数据紧接在表头下面，再重新投递。 | No header row was found in the file[ on sheet “{sheet}”]. | Add the header row, with the data right below it, and send it again.
NO_FEED | 表头[（{found}）]与任何一种已约定的数据都对不上。 | 请确认投递的是约定的表；新增的表请先与扶贫办信息股联系。 | The headers[ ({found})] match no agreed table. | Make sure that it is an agreed table; for a new one, ask the poverty relief office first.
NIL_OF_WHAT | 文件里写着“无数据”，但没有写明是哪一张表、哪一期。 | 请写明表名和年月（如“2019年12月死亡人员信息登记表本期无数据”）后重新投递。 | The file says that there is nothing to report, but not for which table and period. | Write the name of the table and the month into it (“2019年12月死亡人员信息登记表本期无数据”) and send it again.
AMBIGUOUS_FEED | 这张表既像“{first}”又像“{second}”，无法确定是哪一种。 | 请在表格第一行写明表名后重新投递。 | The table could be “{first}” or “{second}”. | Write its name into the first row and send it again.
DATA_ABOVE_HEADER | 《{title}》[表页“{sheet}”]的表头在第 {header_row} 行，上面还有 {count} 行像是数据（第 {row} 行起），整份没有收下。 | 请把表头移到全部数据的上面（排序时不要选中表头）后重新投递。 | The header of {title}[ on sheet “{sheet}”] is row {header_row}, and {count} rows above it (from row {row} on) look like data: nothing was taken. | Move the header above all data (leave it out when sorting) and send the file again.
MISSING_COLUMN | 《{title}》[的表页“{sheet}”]缺少必需的列：{missing}。 | 请补上这些列后重新投递。 | {title} lacks required columns[ on sheet “{sheet}”]: {missing}. | Add these columns and send it again.
HEADER_TWICE | 《{title}》中有两列都可能是“{header}”[：{found}]。 | 请只保留一列，或只把要报的那一列的表头写成“{header}”，再重新投递。 | {title} has two columns that may be “{header}”[: {found}]. | Keep one of them, or write “{header}” above the right one only, and send it again.
TABLES_BESIDE | 《{title}》的表头在同一行里出现了两遍，像是两张表左右并排。 | 请把右边的表剪切到左边的表下面（表头只留一行），不要删掉任何一半，再重新投递。 | The header of {title} stands twice in its row: it looks like two tables side by side. | Cut the right-hand table and put it below the left-hand one, under one header; delete neither half; then send the file again.
TWO_UNITS | 《{title}》的“{header}”一列，文件里写了两种金额单位，不知道是元还是万元。 | 请核对表头、标题和“单位”一行，只写一种单位后重新投递。 | The file names two units of money for “{header}” of {title}: nobody can say whether it is in yuan or in 万元. | Compare the header, the title and the line of the unit, leave one unit only and send it again.
WRONG_DEPARTMENT | 这是{owner}的《{title}》，不应放在{folder}的文件夹里。 | 请把它放进文件夹 {right}。 | This is {title} of {owner}; it does not belong in the folder of {folder}. | Put it into the folder {right}.
UNKNOWN_DEPARTMENT | 文件没有放在任何部门的文件夹里[，看内容是{owner}的《{title}》]。 | 请放进本部门的文件夹[ {right} ]后重新投递。 | The file lies in no department's folder[; by its content it is {title} of {owner}]. | Put it into your department's folder[ {right}] and send it again.
WRONG_COUNTY | 这份数据不是本县的[，看来是{county}的]。 | 请核对后投递本县的文件。 | The data are not this county's[ but those of {county}]. | Send this county's file.
AS_OF_MISSING | 看不出《{title}》是截至哪一天的数据。 | 请在标题下写明“统计截止日期：某年某月某日”，或在文件名里写明年月。 | Nothing says for which date {title} speaks. | Write “统计截止日期：2019年12月31日” below the title, or year and month into the file name.
AS_OF_FUTURE | 《{title}》写的统计日期 {date} 比收到文件的日期晚一年以上。 | 请核对统计截止日期后重新投递。 | The date {date} stated in {title} lies more than a year after its arrival. | Correct the date and send it again.
AS_OF_CONFLICT | 《{title}》里有的表页要按 {dates} 的旧表头读取，有的不是。 | 请把不同时期的表页分成不同文件投递。 | Some sheets of {title} are read by the headers of {dates}, others are not. | Send the sheets of different periods as different files.
NO_ROWS | 《{title}》里只有表头，没有数据。 | 请补上数据；本期确无数据的，请在表中写明“本期无数据”。 | {title} has a header and no data. | Add the data; if there is nothing to report, write “本期无数据” into the table.
HEADER_ASSUMED | 《{title}》这份没有表头；按 {before_on} 那一期的栏目顺序（{columns}）来读，各栏都对得上，但整份还没有收下。 | 请在最上面补上表头一行，重新投递；确认栏目顺序没有变的，请与{owner}联系放行，放行后按这个顺序收下。 | {title} has no header; its columns are as those of {before_on} ({columns}). Nothing was taken yet. | Put the header above the rows and send the file again; if the order of the columns is still the same, ask {owner} to let it pass: then it is read in this order.
TOO_MANY_HELD | 《{title}》共 {read} 行，有 {held} 行有错误，超过了允许的比例，整份文件没有收下。 | 请按反馈文件“问题”一列逐条更正后重新投递。 | {held} of the {read} rows of {title} have errors, which is more than allowed: nothing was taken. | Correct them by the list of problems and send the file again.
CODE_SPELLING_UNKNOWN | 《{title}》的“{header}”有 {count} 行写的是{value}，都不是约定的写法（{detail}），没有这一列这些行就说不清，整份没有收下。 | 请改成约定的写法后重新投递；本来就是这样写的，请与扶贫办信息股联系，在数据合同或列对照里补上这种写法再重新核对。 | “{header}” of {title} is {value} in {count} rows, which say nothing without it: nothing was taken, the agreed value is one of these: {detail}. | Write it as agreed and send the file again; if it is right as it is, ask the poverty relief office to add the spelling to the contract or the column map and to judge the file again.
PART_UNKNOWN | 看不出《{title}》是全县的，还是哪一个镇的[（写的是{named}，与表中各行对不上）]，没有收下，原有的数据不变。 | 请在文件名或标题里写明是哪一个镇，再重新投递；确是全县的，请与扶贫办信息股联系放行。 | Nothing tells whether {title} is of the whole county or of one town[ (the names say {named}, which the rows are not)]; it was not taken, and what stands is unchanged. | Write the town into the file name or title and send it again; if it is the whole county, ask the poverty relief office to let it pass.
PART_UNPLACED | 《{title}》是{town}的，而原来全县的那一份收下时还不知道各户在哪个镇，其中{town}有 {count} 户这次没有，看不出是否已不在册，没有收下。 | 请重新投递全县的一份，以后再分镇报送。 | {title} is of {town}, but the file of the whole county came before anybody knew the towns of its households: {count} of {town} are not in this file, and nothing tells whether they are gone; it was not taken. | Send the whole county once more, and then the towns.
SHRUNK | 《{title}》{day} 的数据[（{area}）]只有 {rows} 行，{before_on} 那一期同样范围有 {before} 行，像是没有导全。 | 请重新导出完整的数据；确实减少的，请与扶贫办信息股联系放行。 | {title} of {day}[ ({area})] has {rows} rows only, the delivery of {before_on} for the same area had {before}: it looks like a part. | Export all of it again; if it has really shrunk, ask the poverty relief office to let it pass.
TOWN_MISSING | 《{title}》{day} 的数据缺了 {count} 个镇的数据：{towns}，括号里是 {before_on} 那一期的行数。 | 请补上这些镇后重新投递整份文件；确实没有的，请与扶贫办信息股联系放行。 | {title} of {day} lacks {count} town(s) that the delivery for {before_on} had: {towns}. | Add these towns and send the whole file again; if there is really nothing, ask the poverty relief office to let it through.
TOWN_SHRUNK | 《{title}》{day} 的数据里有 {count} 个镇比 {before_on} 那一期少了一半以上：{towns}，像是没有导全。 | 请补全这些镇的数据后重新投递；确实减少的，请与扶贫办信息股联系放行。 | {count} town(s) of {title} of {day} have lost more than half of their rows since {before_on}: {towns}. | Complete these towns and send the file again; if they have really shrunk, ask the poverty relief office to let it pass.
KEYS_LOST | 《{title}》{day} 的数据[（{area}）]与前一期对不上：{before_on} 那一期有 {before} 个“{header}”，这次有 {lost} 个不见了，像是导错了范围。 | 请核对导出条件后重新投递；确实变动这么大的，请与扶贫办信息股联系放行。 | {title} of {day}[ ({area})]: {lost} of the {before} {header} of {before_on} are gone. | Check what was exported and send it again; if so many have really changed, ask the poverty relief office to let it through.
DISTRIBUTION_SHIFTED | 《{title}》{day} 的数据[（{area}）]里“{header}”与 {before_on} 那一期相差太大：“{value}”由 {before} 变成 {now}，像是取错了列或漏填。 | 请核对这一列后重新投递；确实变动这么大的，请与扶贫办信息股联系放行。 | {title} of {day}[ ({area})]: {header} has moved too far since {before_on}: {value} went from {before} to {now} of the rows. | Check this column and send the file again; if it has really changed so much, ask the poverty relief office to let it through.
LAST_PERIOD_AGAIN | 《{title}》写的是 {day}，而 {rows} 行内容与 {before_on} 那一期完全相同，像是又投了上一期的文件。 | 请重新导出本期的数据后投递；确实没有变化的，请与扶贫办信息股联系放行。 | {title} is dated {day}, but its {rows} rows are those of {before_on}. | Export this period again and send it; if nothing has really changed, ask the poverty relief office to let it through.
NIL_DESPITE_ROWS | 《{title}》写的是本期无数据，而 {before_on} 那一期有 {before} 行。 | 请报送本期完整的数据；确实一行也没有了的，请与扶贫办信息股联系放行。 | {title} says that there is nothing to report, but the delivery for {before_on} had {before} rows. | Send the complete data of this period; if there is really nothing left, ask the poverty relief office to let it through.
PAYMENTS_FEWER | 《{title}》[（{area}）]原已收下 {before} 笔、{before_yuan} 元，收下这份文件就只有 {rows} 笔、{yuan} 元[，有 {lost} 人不见了]，整份没有收下。 | 只是补发、退票的，请在表的标题里写明“补发”，只是更正几笔的写明“更正”；整期重报的，请补全后重新投递；确实减少的，请与扶贫办信息股联系放行，放行后{does}。 | {title}[ ({area})]: {before} payments of {before_yuan} yuan stand; with this file there would be {rows} of {yuan} yuan[, and {lost} payees are gone]. Nothing was taken. | Write “补发” into the title row of a supplement, “更正” into that of a correction of some payments; complete a list that is sent again; if there are really fewer, ask the poverty relief office to let it pass: then {does}.
PAYMENTS_UNCLEAR | 《{title}》[（{area}）]原已收下 {before} 笔、{before_yuan} 元，这份文件的 {rows} 笔、{yuan} 元里[有 {changed} 笔人相同而金额或日期不同，]看不出是补发、更正还是整期重报，整份没有收下。 | 请在表的标题里写明“补发”“更正”或“重报”后重新投递；不改的，请与扶贫办信息股联系放行，放行后{does}。 | {title}[ ({area})]: {before} payments of {before_yuan} yuan stand; of the {rows} of {yuan} yuan in this file[, {changed} are other payments to the same persons:] nobody can say whether they are a supplement, a correction or the list sent again. Nothing was taken. | Write “补发” (supplement), “更正” (correction) or “重报” (the list again) into the title row and send it again, or ask the poverty relief office to let it pass: then {does}.
## 反馈文件的更正 | refused
RETURN_MIXED | 《{title}》里混有几份反馈文件的行。 | 请把各份反馈文件分开投递。 | {title} holds rows of several marked copies. | Send each marked copy as a file of its own.
RETURN_UNKNOWN | 《{title}》里的反馈编号不属于本部门投递过的文件。 | 请用系统退回的反馈文件更正，或去掉“问题”一列后整份投递。 | The references in {title} belong to no file of this department. | Correct the marked copy that was returned, or take the column “问题” out and send the whole file.
RETURN_FRAGMENT | 《{title}》上次整份没有收下，这次只有其中一部分行。 | 请把整份文件改好后投递。 | Nothing of {title} was accepted before, and this is but a part of its rows. | Correct the whole file and send it.
RETURN_OUTDATED | 这份反馈之后已收到较新的文件{newer}，《{title}》以较新的为准，没有收下这份更正。 | 请在较新文件的反馈上更正，或重新投递整份文件。 | The newer file {newer} has replaced the {title} that this corrects; the correction was not taken. | Correct the marked copy of the newer file, or send the whole file again.
RETURN_WITHDRAWN | 《{title}》的原文件已经撤回，没有收下这份更正。 | 请去掉“问题”和“如何改正”两列，把改好的整份文件重新投递。 | The delivery of {title} that this corrects was withdrawn; the correction was not taken. | Take the columns “问题” and “如何改正” out and send the whole corrected file.
RETURN_OTHER_DATE | 反馈文件里《{title}》的日期改成了 {said}，而更正只用于 {stated} 那一期，没有收下。 | 只是更正的，请改回原来的日期；新的一期请投递整份文件，不要用反馈文件。 | The marked copy of {title} now says {said}, but it corrects the delivery of {stated}; it was not taken. | To correct, put the date back; for a new period send the whole file and not the marked copy.
## 关于整份文件的提醒 | noted
ROWS_HELD | 《{title}》有 {held} 行有错误，暂扣待改，其余已收下[，另有 {cells} 格没有收下]。 | 请按反馈文件“问题”一列更正这些行后重新投递。 | {held} rows of {title} have errors and are held; the others were taken[, but for {cells} cells]. | Correct these rows by the list of problems and send them again.
CELLS_HELD | 《{title}》的行都已收下，只有 {cells} 格看不懂，没有收下这些格。 | 请按反馈文件“问题”一列更正这些格后重新投递。 | All rows of {title} were taken, but for {cells} cells that could not be read. | Correct these cells by the list of problems and send them again.
CODE_SPELLING_ASKED | 《{title}》的“{header}”有 {count} 行写的是{value}，都不是约定的写法（{detail}），这些格按没有填计。 | 请改成约定的写法后重新投递；本来就是这样写的，请与扶贫办信息股联系，在数据合同或列对照里补上这种写法。 | “{header}” of {title} is {value} in {count} rows; these cells count as blank, the agreed value is one of these: {detail}. | Write it as agreed and send the file again; if it is right as it is, ask the poverty relief office to add the spelling to the contract or the column map.
ROWS_SHORT | 有 {count} 行的格数比表头少（第 {lines} 行等），缺的格按空白计。 | 请核对这些行是否错位。 | {count} rows (line {lines} among them) have fewer cells than the header; the missing ones count as blank. | Check whether these rows are shifted.
ROWS_LONG | 有 {count} 行的格数比表头多（第 {lines} 行等），可能错位。 | 请核对这些行是否错位。 | {count} rows (line {lines} among them) have more cells than the header. | Check whether these rows are shifted.
SHEET_WITHOUT_HEADER | 表页“{sheet}”没有找到表头，没有读取。 | 如果其中有数据，请补上表头后重新投递。 | Sheet “{sheet}” has no header and was not read. | If it holds data, add the header and send the file again.
SHEET_IGNORED | 表页“{sheet}”有 {rows} 行，与约定的数据都对不上，没有读取。 | 如果其中有数据，请改正表头后重新投递。 | Sheet “{sheet}” with its {rows} rows matches no agreed table and was not read. | If it holds data, correct its header and send the file again.
COLUMNS_GONE | 《{title}》{date} 那一次有{columns}，这一次没有（没有这一列，或整列空白）。 | 请核对：导出时少选了列的，补上后重新投递；以后不再提供的，告诉操作员，靠这些列得出的状态会变成“不清楚”。 | {title}: the delivery for {date} had {columns}, this one has not (no such column, or nothing in it). | Add what was left out of the export and send the file again; tell the operator what will no longer come: states that rest on it become unknown.
COLUMNS_UNREAD | 《{title}》[表页“{sheet}”]里没有{missing}，而表中的{unread}不是约定的列名，没有用上。 | 如果只是叫法不同，请把表头改成约定的列名后重新投递；确实没有这些列的，无需处理。 | {title}[, sheet “{sheet}”,] has no {missing}, and its {unread} is no agreed column and was not used. | If it only goes by another name, write the agreed header above it and send the file again; if there is no such column, there is nothing to do.
COLUMN_UNNAMED | [表页“{sheet}”]{column} 列没有表头，其中 {count} 格有内容（第 {row} 行起），没有读取。 | 请补上表头；只是给人看的说明，请写在“备注”列里。 | [Sheet “{sheet}”: ]column {column} has no header; {count} filled cells in it (from row {row} on) were not read. | Add the header; put mere remarks into a column “备注”.
ROWS_HIDDEN | 表页“{sheet}”有 {count} 行是隐藏的（第 {rows} 行等），也一并读取了。 | 请取消筛选和隐藏后核对；不该报的行请删除后重新投递。 | {count} rows of sheet {sheet} are hidden (rows {rows}); they were read as well. | Show all rows and check them; delete those that should not be reported and send the file again.
SHEET_HIDDEN | 表页“{sheet}”是隐藏的，也一并读取了。 | 请取消隐藏后核对；不该报的表页请删除后重新投递。 | Sheet {sheet} is hidden; it was read as well. | Show the sheet and check it; delete it if it should not be reported and send the file again.
DATES_FROM_1904 | 这个工作簿按 1904 年日期系统计日，“{header}”有 {count} 格只写了序号，已按这个系统换算，如 {value} 是 {day}。 | 请核对换算出的日期；不对的，请把这一列写成 2019-12-31 的样子。 | The workbook counts its days from 1904; {count} plain numbers of “{header}” were read so: {value} is {day}. | Check these dates; if they are wrong, write them as 2019-12-31.
UNCHANGED_SINCE | 《{title}》写的是 {day}，而 {rows} 行内容与 {before_on} 那一期完全相同，照样收下。 | 请核对是否误投了上一期的文件；确实没有变化的，无需处理。 | {title} is dated {day}, and its {rows} rows are those of {before_on}; it was taken as it is. | Check that it is not last period's file; if nothing has really changed, there is nothing to do.
MONTH_TOLD | 《{title}》[的表页“{sheet}”]没有“{header}”这一列，各行都按标题或文件名里的 {month} 计。 | 对的不用改；不对的，请加上“{header}”列，逐行写明。 | {title}[ on sheet “{sheet}”] has no column “{header}”; every row is taken for {month}, which title or file name say. | If that is wrong, add the column “{header}” and fill it in row by row.
COLUMN_TOLD | 《{title}》[的表页“{sheet}”]没有“{header}”这一列，各行都按标题、表页或文件名里的“{value}”计。 | 对的不用改；不对的，请加上“{header}”列，逐行写明。 | {title}[ on sheet “{sheet}”] has no column “{header}”; every row is taken for “{value}”, which title, sheet or file name say. | If that is wrong, add the column “{header}” and fill it in row by row.
YEAR_TOLD | 《{title}》的“{header}”有 {count} 格没有写年份，按标题、表页或文件名里的 {year} 年计。 | 对的不用改；不对的，请写全年月日，如 2019-12-31。 | {count} cells of “{header}” in {title} have no year; they were taken for {year}, which title, sheet or file name say. | If that is wrong, write the whole date, like 2019-12-31.
AS_OF_DOUBTFUL | 文件名、表名和表中写的时间不一致（{said} 和 {stated}），按 {stated} 收下。 | 请核对是否投错了月份；如果投错，请重新导出后投递。 | File name, title and table name different times ({said} and {stated}); it was taken for {stated}. | Check the month; if it is wrong, export the file again and send it.
RETURN_ROWS_MISSING | 反馈文件里少了原来的 {count} 行，这些行按原来收下的保留。 | 要删除这些行，请重新投递完整的文件，不要用反馈文件。 | {count} rows of the delivery are not in the marked copy; they stay as they were. | To delete rows, send the complete file and not the marked copy.
RETURN_ROWS_GIVEN_UP | 暂扣的 {count} 行已从反馈文件中删去，不再等待更正。 | 仍要报的行，请改好后放回反馈文件再投递。 | {count} held rows were deleted from the marked copy and no longer wait for correction. | To report such a row after all, correct it, put it back into the marked copy and send that.
STRAY_ID_IN_LABEL | 文件的{places}里写有证件号码，已遮住后照样收下。 | 请去掉其中的证件号码，以后不要写在这些地方。 | ID numbers stand in the {places} of the file; they are masked wherever it is shown. | Take them out, and leave them out of the next file.
TOWN_DOUBTFUL | 文件名、标题或表页写的是{said}，表中各行是{stated}的，按{stated}收下。 | 请核对是否投错了文件；如果投错，请重新导出后投递。 | File name, title or sheet say {said}, but the rows are of {stated}; it was taken for {stated}. | Check whether it is the right file; if not, export it again and send it.
TOWNS_STILL_DUE | 《{title}》{day} 的数据还缺 {count} 个镇：{towns}。 | 分镇报送的，请接着报送这些镇；本应是全县的，请重新导出整份文件。 | Of {title} of {day}, {count} town(s) have not come yet: {towns}. | Send these towns as well; if this file was meant to be the whole county, export it again.
## 本期无数据 | nil
NIL_RETURN | 《{title}》本期无数据。 | 无需处理。 | {title}: nothing to report this period. | Nothing to do.
## 已有的文件 | known
ALREADY_THERE | 其中的内容与 {since} 收到的完全相同，数据没有变化。 | 无需处理；要报的是另一期的，请重新导出后投递。 | Everything in it came before, on {since}; nothing has changed. | Nothing to do; if another period was meant, export it again.
## 还没有取走 | left
FILE_STILL_CHANGING | 这个文件还在复制中，没有取走。 | 无需处理，复制完以后自动取走。 | The file is still being copied and was not taken. | Nothing to do: it is taken when the copy is complete.
FILE_STILL_OPEN | 还有程序正打开着这个文件，没有取走。 | 请在 Excel 等程序里关闭它，然后等下一次收件。 | The file is still open for writing in some program and was not taken. | Close it there; the next run takes it.
FILE_UNFINISHED | 文件名表明它没有传完（如 .part、.crdownload），没有取走。 | 请重新复制；已经完整的，请改回原来的名称。 | By its name the file was not copied to its end (.part, .crdownload), so it was not taken. | Copy it again, or give it its right name if it is complete.
FILE_NOT_READABLE | 没有读取这个文件的权限，或者读的时候出错，没有取走。 | 请重新复制一份，或请管理员改正权限。 | The file may not be read, or reading it failed; it was not taken. | Copy it again, or let the administrator correct its permissions.
FILE_NOT_MOVABLE | 没有权限把这个文件从文件夹里取走。 | 请管理员改正这个文件夹的权限。 | The file may not be moved out of its folder; it was not taken. | Let the administrator correct the permissions of the folder.
FILE_TOO_LARGE | 这个文件有 {size} MB，超过了每个文件 {limit} MB 的上限，没有取走。 | 请核对是不是投错了文件；数据确实很多的，请分成几个文件投递，或请管理员调高上限（SANBAO_FILE_MB）。 | The file has {size} MB, more than the {limit} MB that a file may have; it was not taken. | Check whether it is the right file; if there is really so much data, send it as several files, or let the administrator raise the limit (SANBAO_FILE_MB).
FILE_NO_ROOM | 磁盘空间不够，本部门的文件这次都没有取走。 | 请移走误放的大文件，或请管理员腾出磁盘空间，下一次收件时取走。 | There is no room on the disk for the files of this department; none was taken. | Take large files away that are there by mistake, or let the administrator make room; the next run takes them.
FILE_IS_LINK | 这是链接，不是文件，没有取走。 | 请把文件本身复制进来，并删除这个链接。 | This is a link and no file; it was not taken. | Copy the file itself and delete the link.
FILE_HAS_OTHER_NAMES | 这个文件在别处还有一个名称（硬链接），不能确定是本部门投递的，没有取走。 | 请重新复制一份放进来，并删除这个链接。 | The file has another name elsewhere (a hard link), so whose it is cannot be told; it was not taken. | Copy it into the folder instead, and delete the link.
FILE_OF_OTHERS | 这个文件属于别的部门或系统管理员的账号，没有取走。 | 请用本部门的账号重新复制一份，或请管理员改正属主。 | The file belongs to the account of another department or of the administrator; it was not taken. | Copy it with the department's own account, or let the administrator correct its owner.
FILE_NOT_REGULAR | 这不是普通文件（如管道、设备），没有取走。 | 请删除它，把数据文件复制进来。 | This is no regular file (a pipe, a device); it was not taken. | Delete it and copy the data file.
FOLDER_NOT_READABLE | 这个文件夹打不开，里面的文件没有取走。 | 请管理员改正这个文件夹的权限。 | The folder cannot be opened; nothing in it was taken. | Let the administrator correct its permissions.
FOLDER_ELSEWHERE | 这个文件夹在另一个磁盘上，里面的文件没有取走。 | 请管理员把整个收件夹放在同一个磁盘上。 | The folder lies on another disk; nothing in it was taken. | Keep the whole inbox on one file system.
FOLDER_TOO_DEEP | 文件夹套得太深，里面的文件没有取走。 | 请把文件移到上层的文件夹。 | The folder is nested too deeply; nothing in it was taken. | Move the files further up.
## 整行 | kept
DUPLICATE_ROW | {cell} 所在的一行与{like}完全相同，只计一次。 | 请删去重复的一行；不改也不影响统计。 | {cell}: the row is the same as {like} and counts once. | Delete the repeated row; left as it is, it does no harm.
ROW_STRUCK_OUT | {cell} 起这一行划了删除线（“{header}”“{value}”），也照样读取了。 | 不该报的行请删除后重新投递；该报的请去掉删除线。 | {cell}: the row is struck out (“{header}” “{value}”); it was read as well. | Delete the row if it should not be reported, else take the line off.
TOTALS_DISAGREE | {cell} 的“{header}”合计“{value}”与明细之和 {detail} 不一致。 | 请核对明细是否完整、合计是否更新。 | {cell}: the total “{value}” of “{header}” differs from the sum {detail} of its rows. | Check whether rows are missing or the total is out of date.
## 更正的行 | held
RETURN_OTHER_PART | {cell} 的“{header}”改成了“{value}”，而那一部分另有文件，这一行没有收下。 | 请在那一份文件里补报这一行。 | {cell}: “{header}” was changed to “{value}”, for which there is another file; the row was not taken. | Add the row to that other file.
RETURN_PART_OUTDATED | {cell} 的“{header}”是“{value}”，这一部分已收到较新的文件，这一行没有收下。 | 请在较新的文件里更正。 | {cell}: “{header}” is “{value}”, and a newer file holds that part; the row was not taken. | Correct it in the newer file.
## 空白和公式 | held
ROW_SHIFTED | {cell} 起这一行各格像是错开了一列，“{header}”下面成了“{value}”。 | 请对照表头，把这一行从这一格起移回一格。 | {cell}: from here on the cells of the row stand one column off; “{header}” holds “{value}”. | Compare with the header and move the cells of this row back by one.
BLANK_REQUIRED | {cell} 的“{header}”没有填。 | 请补填这一格。 | {cell}: “{header}” is blank. | Fill in this cell.
FORMULA_ERROR | {cell} 的“{header}”是公式错误“{value}”。 | 请改成具体的值。 | {cell}: “{header}” is the formula error “{value}”. | Put the value itself into the cell.
FORMULA_WITHOUT_VALUE | {cell} 的“{header}”是公式，从来没有算出过结果。 | 请用 Excel 或 WPS 打开原来的文件，保存一次后重新投递，或改成具体的值。 | {cell}: “{header}” is a formula that was never computed. | Open the file you sent in Excel or WPS, save it and send it again, or write the value itself.
SHOWN_UNLIKE_HELD | {cell} 的“{header}”显示为“{value}”，单元格里存的却是 {detail}，单位说明不了这个差别，看不出以哪个为准。 | 请把这一列的格式改为“常规”，核对数值，并在表头写明单位（元或万元）。 | {cell}: “{header}” shows “{value}” but holds {detail}; no unit explains the difference, so neither was taken. | Give the column the format “General”, check its numbers and write the unit into the header.
SEVERAL_UNPAIRED | {cell} 的“{header}”与同一行的“{beside}”个数不同（{detail}），看不出谁是谁的。 | 请按同样的顺序和个数填写，中间用“、”隔开。 | {cell}: “{header}” and “{beside}” of the same row hold unequal numbers of values ({detail}): whose is which is not clear. | Write as many of both, in the same order, with “、” between them.
DITTO_MARK | {cell} 的“{header}”写的是“{value}”，不是具体的内容。 | 请写出具体的内容，不要用“同上”或符号代替。 | {cell}: “{header}” holds the mark “{value}” in place of a value. | Write the value itself, no “ditto” and no mark.
AMOUNT_MERGED | {cell} 的“{header}”“{value}”是上下几行合并的一格，看不出每一行是多少。 | 请取消合并单元格，逐行填写，再重新投递。 | {cell}: “{header}” “{value}” is one cell merged over several rows; what each row has is not clear. | Unmerge the cells, fill in every row and send it again.
## 姓名 | kept
DOCUMENT_UNLIKE_KIND | {cell} 的“{header}”“{value}”像是“{detail}”的号码，而同一行的“{beside}”是“{beside_value}”。 | 请对照证件核对这两格，证件类型按证件如实填写。 | {cell}: “{header}” “{value}” looks like the number of “{detail}”, and “{beside}” of the same row is “{beside_value}”. | Compare both with the document, and name the kind of document that it is.
NAME_DAMAGED | {cell} 的“{header}”“{value}”里有没能正确显示的字（? 或方框）。 | 请按身份证上的姓名重新录入。 | {cell}: “{header}” “{value}” has damaged characters (? or a box). | Type the name again as it stands on the ID card.
STRAY_ID_IN_NAME | {cell} 的“{header}”“{value}”里写着证件号码，或其中的出生日期、尾号，只收下了姓名。 | 请把号码写在证件号码一列，这一格只写姓名。 | {cell}: “{header}” “{value}” holds an ID number, or its birth date or last places; only the name was taken. | Write the number into its own column and only the name into this cell.
STRAY_ID_MASKED | {cell} 的“{header}”“{value}”里写着证件号码，或其中的出生日期、尾号，遮住后收下。 | 请把这一格里的号码或日期去掉。 | {cell}: “{header}” “{value}” holds an ID number, or its birth date or last places, which were masked. | Take it out of this cell.
NAME_HAS_DIGIT | {cell} 的“{header}”“{value}”里有数字。 | 请按身份证上的姓名改正，不要带编号。 | {cell}: “{header}” “{value}” holds a digit. | Write the name as it stands on the ID card, without a number.
## 身份证号 | held
STRAY_ID | {cell} 的“{header}”这一格里写的是证件号码或其中几位“{value}”。 | 请改成“{header}”，证件号码只写在证件号码一列。 | {cell}: “{header}” holds the ID number “{value}”, or a part of it. | Write what belongs below “{header}”; ID numbers stand in their own column only.
REGISTER_NO_FORM | {cell} 的“{header}”“{value}”不像编号。 | 请照系统里的编号填写：里面要有数字，另外只有字母、汉字和 - / _ . # ( )。 | {cell}: “{header}” “{value}” does not look like a number of the register. | Write it as the register has it: with digits in it, and beside them only letters, Han characters and - / _ . # ( ).
DOCUMENT_NUMBER_FORM | {cell} 的“{header}”“{value}”不像“{beside_value}”的号码。 | 请对照证件核对号码和证件类型，按证件上的原样填写。 | {cell}: “{header}” “{value}” is no number of the kind “{beside_value}”. | Compare number and kind with the document, and write them as they stand on it.
ID_BLANK | {cell} 的“{header}”没有填。 | 请补填证件号码（居民身份证为 18 位）。 | {cell}: “{header}” is blank. | Fill in the number of the document (18 places for an ID card).
ID_PLACEHOLDER | {cell} 的“{header}”填的是“{value}”，不是身份证号。 | 请补填证件号码（居民身份证为 18 位）。 | {cell}: “{header}” holds “{value}” in place of an ID number. | Fill in the number of the document (18 places for an ID card).
ID_SCIENTIFIC | {cell} 的“{header}”“{value}”被 Excel 变成了科学计数，号码已经丢失。 | 请把这一列设为文本格式后重新录入号码。 | {cell}: Excel turned “{header}” into the scientific number “{value}”; the ID number is lost. | Format the column as text and type the number again.
ID_CUT | {cell} 的“{header}”“{value}”末三位被 Excel 变成了 000，号码已经丢失。 | 请把这一列设为文本格式后重新录入号码。 | {cell}: Excel turned the last three places of “{header}” “{value}” into 000; the ID number is lost. | Format the column as text and type the number again.
ID_IS_DISABILITY_CARD | {cell} 的“{header}”“{value}”是残疾人证号，不是身份证号。 | 请改填 18 位公民身份号码。 | {cell}: “{header}” “{value}” is the number of a disability card. | Fill in the ID number of 18 places.
ID_SEVERAL | {cell} 的“{header}”“{value}”里写了不止一个号码。 | 请每人一行，一格只写一个号码。 | {cell}: “{header}” “{value}” holds more than one number. | Give each person a row, and each cell one number.
ID_LENGTH | {cell} 的“{header}”“{value}”位数不对，应为 18 位。 | 请对照身份证补全或删去多余的数字；是其他证件的，请按证件原样填写，并注明证件类型。 | {cell}: “{header}” “{value}” has not the 18 places of an ID number. | Complete it from the ID card, or take out what is too much; write the number of another document as it stands there, with its kind.
ID_CUT_SHORT | {cell} 的“{header}”“{value}”只有 15 位（应为 18 位），当作旧的 15 位号码，出生日期又不存在。 | 请对照身份证补全 18 位号码。 | {cell}: “{header}” “{value}” has 15 of 18 places, and as a number of the old kind its birth date is impossible. | Complete the number from the ID card.
ID_CHARACTERS | {cell} 的“{header}”“{value}”里有身份证号不会有的字符：{detail}。 | 请对照身份证更正，应为 17 位数字加一位数字或 X；是其他证件的，请按证件原样填写，并注明证件类型。 | {cell}: “{header}” “{value}” holds characters that no ID number has: {detail}. | Correct it from the ID card: 17 digits and one more digit or X; write the number of another document as it stands there, with its kind.
ID_MASKED | {cell} 的“{header}”“{value}”被星号遮住了。 | 请提供完整的号码。 | {cell}: “{header}” “{value}” is masked by asterisks. | Give the full number.
ID_AREA | {cell} 的“{header}”“{value}”的前两位不是任何省份的代码。 | 请对照身份证更正。 | {cell}: “{header}” “{value}” begins with the code of no province. | Correct it from the ID card.
ID_BIRTH_DATE | {cell} 的“{header}”“{value}”里的出生日期（第 7 至 14 位）不存在。 | 请对照身份证更正。 | {cell}: “{header}” “{value}” holds an impossible birth date (places 7 to 14). | Correct it from the ID card.
ID_CHECKSUM | {cell} 的“{header}”“{value}”的最后一位与前 17 位算不上，至少有一位写错。 | 请对照身份证逐位更正。 | {cell}: the check digit of “{header}” “{value}” is wrong: at least one place is. | Compare it with the ID card, place by place.
## 日期和年月 | held
DATE_FORM | {cell} 的“{header}”“{value}”看不出是哪一天。 | 请写成 2019-12-31 的样子。 | {cell}: “{header}” “{value}” is no date. | Write it like 2019-12-31.
DATE_WITHOUT_YEAR | {cell} 的“{header}”“{value}”没有写年份，看不出是哪一年。 | 请写全年月日，如 2019-12-31。 | {cell}: “{header}” “{value}” has no year, and nothing says which is meant. | Write the whole date, like 2019-12-31.
RANGE_WITHOUT_END | {cell} 的“{header}”“{value}”只有一个日期，看不出到什么时候为止。 | 请写明起止，如 2019年3月-2019年12月；还没有结束的写“2019年3月至今”。 | {cell}: “{header}” “{value}” is one date; until when it goes on is not clear. | Write both ends, like 2019年3月-2019年12月, or 2019年3月至今 if it goes on.
MONTH_SEVERAL | {cell} 的“{header}”“{value}”是几个月，看不出每个月各是多少。 | 请每个月写一行，如 2019-12。 | {cell}: “{header}” “{value}” is several months; what each of them has is not clear. | Write a row for each month, like 2019-12.
DATE_IMPOSSIBLE | {cell} 的“{header}”“{value}”这一天不存在。 | 请核对年月日，写成 2019-12-31 的样子。 | {cell}: there is no such day as “{value}” in “{header}”. | Check day, month and year, and write it like 2019-12-31.
DATE_OUT_OF_RANGE | {cell} 的“{header}”“{value}”的年份不在 1850 至 2100 之间。 | 请核对年份。 | {cell}: the year of “{header}” “{value}” is not between 1850 and 2100. | Check the year.
DATE_IS_PLACEHOLDER | {cell} 的“{header}”“{value}”是系统在没有日期时自动填的，而这一列必须有日期。 | 请填写实际的日期。 | {cell}: “{header}” “{value}” is what programs write where there is no date, and this column needs one. | Write the real date.
MONTH_FORM | {cell} 的“{header}”“{value}”看不出是哪年哪月。 | 请写成 2019-12 的样子。 | {cell}: “{header}” “{value}” is no month. | Write it like 2019-12.
MONTH_UNLIKE_OTHERS | {cell} 的“{header}”是“{value}”，而本表其余的行几乎都是 {detail}。 | 写错的请改正；补报其他月份的，请单独成表投递。 | {cell}: “{header}” is “{value}”, while nearly all other rows of the table are of {detail}. | Correct it; send rows of another month as a table of their own.
SCHOOL_YEAR_FORM | {cell} 的“{header}”“{value}”看不出是哪个学年。 | 请写成 2019-2020 的样子。 | {cell}: “{header}” “{value}” is no school year. | Write it like 2019-2020.
YEAR_FORM | {cell} 的“{header}”“{value}”看不出是哪一年。 | 请写四位年份，如 2019。 | {cell}: “{header}” “{value}” is no year. | Write the year with four digits, like 2019.
## 日期按常理补全 | kept
DATE_PLACEHOLDER | {cell} 的“{header}”“{value}”是系统在没有日期时自动填的，按没有填计。 | 没有日期的，请把这一格清空；有日期的，请填写实际的日期。 | {cell}: “{header}” “{value}” is what programs write where there is no date; it counts as blank. | Clear the cell where there is no date, or write the real one.
MONTH_OF_SEVERAL | {cell} 的“{header}”“{value}”是几个月，只按最后一个月计。 | 要按月计的，请每个月写一行，如 2019-12。 | {cell}: “{header}” “{value}” is several months; it counts for the last of them only. | Write a row for each month, like 2019-12, if each is to count.
DATE_WITHOUT_DAY | {cell} 的“{header}”“{value}”没有写到日，按当月 1 日计。 | 请补上日，写成 2019-12-31 的样子。 | {cell}: “{header}” “{value}” lacks its day; the first of the month is taken. | Add the day, like 2019-12-31.
DATE_WITHOUT_MONTH | {cell} 的“{header}”“{value}”只写了年，按当年 1 月 1 日计。 | 请补上月、日，写成 2019-12-31 的样子。 | {cell}: “{header}” “{value}” is but a year; its first day is taken. | Add month and day, like 2019-12-31.
DATE_TWO_DIGIT_YEAR | {cell} 的“{header}”“{value}”的年份只有两位，已按常理补全。 | 请写四位年份，如 2019-12-31。 | {cell}: the year of “{header}” “{value}” has two digits only; it was completed. | Write the year with four digits, like 2019-12-31.
MONTH_AMBIGUOUS | {cell} 的“{header}”“{value}”可能是 1 月也可能是 10 月，按 {detail} 月计。 | 请写成 2019-01 或 2019-10 的样子。 | {cell}: “{header}” “{value}” may be January or October; month {detail} is taken. | Write it like 2019-01 or 2019-10.
## 数字 | held
MONEY_FORM | {cell} 的“{header}”“{value}”看不出是多少钱。 | 请只填数字，如 1250.50。 | {cell}: “{header}” “{value}” is no amount of money. | Write the number only, like 1250.50.
REVERSAL_UNSAID | {cell} 的“{header}”“{value}”是发放，而同一行写着“{detail}”，不知道这笔钱是不是退了。 | 退了的，请把金额写成负数，或在约定的发放状态、冲销标志列写明；没有退的，请删去这几个字。 | {cell}: “{header}” “{value}” pays, and the same row says “{detail}”: nobody can tell whether the money came back. | Write the amount as a negative number, or say so in the agreed column of the status, if it came back; else delete the word.
COUNT_FORM | {cell} 的“{header}”“{value}”看不出是多少。 | 请只填整数，如 12。 | {cell}: “{header}” “{value}” is no count. | Write a whole number only, like 12.
COUNT_NOT_WHOLE | {cell} 的“{header}”“{value}”应为整数。 | 请填整数，如 12。 | {cell}: “{header}” “{value}” should be a whole number. | Write a whole number, like 12.
NUMBER_FORM | {cell} 的“{header}”“{value}”看不出是多少。 | 请只填数字，如 12.5。 | {cell}: “{header}” “{value}” is no number. | Write the number only, like 12.5.
NUMBER_SCIENTIFIC | {cell} 的“{header}”“{value}”被 Excel 变成了科学计数，后面的数字已经丢失，按没有填计。 | 请把这一列设为文本格式后重新录入。 | {cell}: Excel turned “{header}” into the scientific number “{value}”; its digits are lost and it counts as blank. | Format the column as text and type the number again.
TEST_VALUE_FORM | {cell} 的“{header}”“{value}”看不出是什么检测结果。 | 请填数字（如 0.35）、“<0.01”或“未检出”。 | {cell}: “{header}” “{value}” is no test value. | Write a number (like 0.35), “<0.01” or “未检出”.
BELOW_MINIMUM | {cell} 的“{header}”“{value}”太小，不应小于 {detail}。 | 请核对这一格。 | {cell}: “{header}” “{value}” is below {detail}, the least that is possible. | Check this cell.
ABOVE_MAXIMUM | {cell} 的“{header}”“{value}”太大，不应大于 {detail}。 | 请核对这一格。 | {cell}: “{header}” “{value}” is above {detail}, the most that is possible. | Check this cell.
## 约定的取值 | held
YES_NO_FORM | {cell} 的“{header}”“{value}”看不出是“是”还是“否”。 | 请填“是”或“否”。 | {cell}: “{header}” “{value}” is neither yes (是) nor no (否). | Write “是” or “否”.
CODE_UNKNOWN | {cell} 的“{header}”“{value}”不在约定的取值里。 | 请改成其中之一：{detail}。 | {cell}: “{header}” “{value}” is none of the agreed values. | Write one of these: {detail}.
## 乡镇 | held
TOWN_UNKNOWN | {cell} 的“{header}”“{value}”不是本县的乡镇（街道）。 | 请写乡镇（街道）的全称，如“下桥镇”。 | {cell}: “{header}” “{value}” is no town of this county. | Write the full name of the town, like “下桥镇”.
CITY_UNCLEAR | {cell} 的“{header}”“{value}”看不出是哪个城市。 | 请写城市的名称，如“广州市”。 | {cell}: “{header}” “{value}” does not say which city it is in. | Write the name of the city, like “广州市”.
## 一行内各格、各行之间 | declared
CHECK_ORDER_OF_DATES | {cell} 的“{header}”“{value}”不应晚于同一行“{beside}”的“{beside_value}”。 | 请核对这两格，改正写错的一格。 | {cell}: “{header}” “{value}” comes after “{beside}” “{beside_value}” in the same row. | Check both cells and correct the wrong one.
CHECK_ORDER_OF_NUMBERS | {cell} 的“{header}”“{value}”不应大于同一行“{beside}”的“{beside_value}”。 | 请核对这两格，改正写错的一格。 | {cell}: “{header}” “{value}” is more than “{beside}” “{beside_value}” in the same row. | Check both cells and correct the wrong one.
CHECK_REQUIRED_WHEN | {cell} 的“{header}”没有填，而同一行的“{beside}”是“{beside_value}”。 | 请补填，或更正“{beside}”那一格。 | {cell}: “{header}” is blank although “{beside}” is “{beside_value}” in the same row. | Fill it in, or correct “{beside}”.
CHECK_BLANK_WHEN | {cell} 的“{header}”填了“{value}”，而同一行的“{beside}”是“{beside_value}”。 | 请更正其中一格。 | {cell}: “{header}” holds “{value}” although “{beside}” is “{beside_value}” in the same row. | Correct one of the two cells.
CHECK_UNIQUE | {cell} 的“{header}”“{value}”与{like}重复（{detail}相同），而其他内容不同。 | 请核对这两行，改正编号或只保留正确的一行。 | {cell}: “{header}” “{value}” repeats {like} (same {detail}) with other content. | Compare the two rows; correct the number, or keep the right row only.
CHECK_NONE_IN_GROUP | {cell} 所在的一组（“{beside}”都是“{beside_value}”）里没有一行的“{header}”是“{detail}”。 | 请把这一组里应是“{detail}”的一行改成“{detail}”。 | {cell}: no row of its group (the same “{beside}” “{beside_value}”) has “{detail}” as “{header}”. | Set one row of this group to “{detail}”.
CHECK_ALIKE | {cell} 的“{header}”是“{value}”，而“{beside}”也是“{beside_value}”的{like}不是；同一事项只按第一行计。 | 请核对：是一件事的，各行都填整件事的数；是几件事的，请分别编号、命名。 | {cell}: “{header}” is “{value}”, unlike {like} of the same “{beside}” “{beside_value}”; one thing counts by its first row. | Write the number of the whole thing in every row of it; if they are several things, give each its own number and name.
CHECK_MANY_IN_GROUP | {cell} 的“{header}”又是“{value}”，而“{beside}”“{beside_value}”的{like}已经是。 | 请核对这一组，只保留一行为“{detail}”。 | {cell}: “{header}” is “{value}” again, as it is in {like} of the same “{beside}” “{beside_value}”. | Check this group and leave “{detail}” in one row only.
CHECK_FILLED_COUNT | {cell} 的“{header}”是“{value}”，而同一行列出的有 {detail} 个。 | 请核对人数，或补全、删去列出的成员。 | {cell}: “{header}” is “{value}”, and the same row lists {detail}. | Correct the number, or the members listed.
CHECK_LIKE_ID | {cell} 的“{header}”是“{value}”，而同一行的“{beside}”里是 {detail}。 | 请对照身份证核对这两格，改正写错的一格。 | {cell}: “{header}” is “{value}”, and “{beside}” of the same row says {detail}. | Check both against the ID card, and correct the wrong one.
## 各表之间 | kept
CHECK_EXISTS_IN | {cell}的[“{beside}”是“{beside_value}”，而]“{header}”“{value}”在{whose}《{other}》里找不到。 | 请核对这一格[和“{beside}”]；没有错的，请{whom}在《{other}》里补报。 | {cell}: [“{beside}” is “{beside_value}”, and ]“{header}” “{value}” is not in {other} of {whose}. | Check this cell[ and “{beside}”]; if it is right, {whom} has to add it to {other}.
CHECK_COUNTS_MATCH | {cell}的“{header}”是“{value}”，而{whose}《{other}》里这个“{beside}”有 {found} 行。 | 请核对这一格和《{other}》，改正不对的一处。 | {cell}: “{header}” is “{value}”, and {other} of {whose} has {found} rows of this “{beside}”. | Compare this cell with {other} and correct what is wrong.
CHECK_CURRENT_NUMBER | {cell}的“{header}”写的号码在{whose}《{other}》里已经改过，是改号以前的。 | 请核对后改成现在的号码；没有错的，请{whom}在《{other}》里改正。 | {cell}: the “{header}” is one that {other} of {whose} has changed since. | Compare it and write the number of today; if it is right, {whom} has to correct {other}.
CHECK_KNOWN_PLACE | {cell}的“{header}”“{value}”在{whose}《{other}》里不属于“{place}”。 | 请核对“{beside}”和“{header}”，改成名册里的名称；没有错的，请{whom}在《{other}》里补报。 | {cell}: “{header}” “{value}” is no village of “{place}” in {other} of {whose}. | Check “{beside}” and “{header}” and write the name of the list; if it is right, {whom} has to add it to {other}.
"""


def _parse(lines: str) -> Iterator[Kind]:
    theme = effect = ""
    for line in lines.strip().splitlines():
        if line.startswith("## "):
            theme, effect = line.removeprefix("## ").split(" | ")
            continue
        code, message, remedy, english, english_remedy = (part.strip() for part in line.split(" | "))
        known = next(known for known in get_args(Effect) if known == effect)
        yield Kind(theme, known, code, message, remedy, english, english_remedy)


PROBLEMS: Mapping[str, Kind] = {kind.code: kind for kind in _parse(_DEFINITIONS)}
# Problems that never hold a row, whatever the contract says.
WARNINGS = frozenset(kind.code for kind in PROBLEMS.values() if kind.effect in ("kept", "noted"))
# Checks carry the code their contract gave them; their sentence goes by the kind of check.
CHECK_KINDS = {
    "order_of_dates": "CHECK_ORDER_OF_DATES",
    "order_of_numbers": "CHECK_ORDER_OF_NUMBERS",
    "required_when": "CHECK_REQUIRED_WHEN",
    "blank_when": "CHECK_BLANK_WHEN",
    "unique": "CHECK_UNIQUE",
    "none_in_group": "CHECK_NONE_IN_GROUP",
    "many_in_group": "CHECK_MANY_IN_GROUP",
    "alike": "CHECK_ALIKE",
    "filled_count": "CHECK_FILLED_COUNT",
    "like_id": "CHECK_LIKE_ID",
    "exists_in": "CHECK_EXISTS_IN",
    "counts_match": "CHECK_COUNTS_MATCH",
    "known_place": "CHECK_KNOWN_PLACE",
    "current_number": "CHECK_CURRENT_NUMBER",
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
    return _filled(kind.english if english else kind.message, named, english)


def remedy(code: str, named: Mapping[str, object], *, english: bool = False) -> str:
    """What to do about a file problem."""
    kind = kind_of(code)
    return _filled(kind.english_remedy if english else kind.remedy, named, english)


def quoted(texts: Iterable[str]) -> str:
    """What a file says as words of a sentence: “a”、“b”, with no mark within that would end the quotation.

    What everybody reads is told by these marks from what clerks read (`plain_labels`).
    """
    return "、".join(f"“{_MARKS.sub('', shown_name(text))}”" for text in texts)


def _as_in_receipts(day: re.Match[str]) -> str:
    """2019-01-31 → 2019年1月31日"""
    return chinese_day(int(day[1]), int(day[2]), int(day[3]))


def _filled(template: str, named: Mapping[str, object], english: bool) -> str:
    """`template` with its words; a word that differs in English is given as `<word>_en` too."""
    words = _Defaults({name: shown_name(str(value)) for name, value in named.items()})
    words.update({name: _MARKS.sub("", words[name]) for name in _QUOTED_WORDS & words.keys()})
    if not english:
        words.update({name: _DAY.sub(_as_in_receipts, text) for name, text in words.items()})
    if english:
        words.update({name.removesuffix("_en"): text for name, text in words.items() if name.endswith("_en")})

    def optional(found: re.Match[str]) -> str:
        return found[1] if all(words[name] for _, name, _, _ in Formatter().parse(found[1]) if name) else ""

    return mask_shown(_OPTIONAL.sub(optional, template).format_map(words))


def cell_sentences(template: str, fields: Mapping[str, pa.Array | str], count: int) -> pa.Array:
    """One sentence per cell; `fields` holds columns of `count` texts, or one text for all."""
    pieces: list[pa.Array | pa.Scalar] = []
    for literal, name, _, _ in Formatter().parse(template):
        if literal:
            pieces.append(pa.scalar(literal, pa.string()))
        if name is not None:
            value = fields.get(name, "")
            pieces.append(pa.scalar(value, pa.string()) if isinstance(value, str) else value)
    pieces.append(pa.repeat(pa.scalar("", pa.string()), count))
    return pc.binary_join_element_wise(
        *pieces, pa.scalar("", pa.string()), null_handling="replace", null_replacement=""
    )


@dataclass(frozen=True)
class FileProblem:
    """Why a table, or a whole file, cannot be taken: a code and the words for its sentence."""

    code: str
    words: dict[str, str] = field(default_factory=dict)
    feed: str | None = None
    known_columns: int = 0  # of a table that lacks a required column: how many of the feed's it has
