"""What the columns mean that ingestion adds to the lake: labels and descriptions for dbt."""

from __future__ import annotations

from typing import NamedTuple


class Field(NamedTuple):
    name: str
    label: str
    description: str


class LakeTable(NamedTuple):
    name: str
    label: str
    description: str
    fields: list[Field]
    grain: tuple[str, ...] = ()  # of its staging model; none: it has none
    staged: tuple[Field, ...] = ()  # columns that the staging model adds


BATCH = Field("batch_id", "批次", "批次编号：一个文件中属于一种数据的全部行。")
FEED = Field("feed", "数据", "数据代码，如 register_household；文件未能识别时为空。")
SHEET = Field("source_sheet", "来源表页", "该行所在的表页名称；CSV 为空。")
ROW = Field("source_row", "来源行号", "该行在来源文件（表页）中的行号，从 1 起，与人所见一致。")
PERIOD = Field("period", "所属期", "该行所属的期：合同 period_by 各列的值，或文件的截止日期。")
PART = Field("part", "分块", "所属期内的分块（如乡镇、险种）；不分块时为空串。")
SPEAKS_FOR = Field("speaks_for_on", "数据日期", "该行所说明的日期。")
RECEIVED = Field(
    "received_at", "收到时间", "内容为本系统所知的时间（UTC）：文件首次收到之时；放行、重收的为该时刻。"
)
NUMBER = Field(
    "received_no", "收到序号", "收到的先后：哪个文件较新由它决定，不看钟表；记序号以前的为空，按时间先后。"
)

OVERRIDE = Field("override_id", "人工认定编号", "人工认定的编号，撤销时用它指明。")
HELD_CELLS = Field(
    "held_cells",
    "没有收下的格",
    "该行已收下、而内容没有收下的列名，前后以逗号分隔（,sex,phone,）；没有时为空。",
)

ROW_COLUMNS = [
    Field("_batch_id", BATCH.label, BATCH.description),
    Field("_speaks_for_on", SPEAKS_FOR.label, SPEAKS_FOR.description),
    Field("_period", PERIOD.label, PERIOD.description),
    Field("_part", PART.label, PART.description),
    Field("_source_sheet", SHEET.label, SHEET.description),
    Field("_source_row", ROW.label, ROW.description),
    Field("_extra", "合同外的列", "合同中没有的列，按表头存为 JSON；没有时为空。"),
    Field("_held_cells", HELD_CELLS.label, HELD_CELLS.description),
]

STAGING_COLUMNS = [
    BATCH,
    SHEET,
    PERIOD,
    PART,
    HELD_CELLS,
    ROW,
    Field("is_latest", "是否最新", "是否为截至 as_of 该分块最新一期的数据。"),
    SPEAKS_FOR,
]

LAKE_TABLES = [
    LakeTable(
        "delivery",
        "收件",
        "收到的文件，每批次一行；最后写入，作为该批次已完整入湖的标志。",
        [
            BATCH,
            FEED,
            Field("department", "部门代码", "投递文件的部门代码。"),
            Field("file_name", "文件名", "文件名；压缩包内为包内文件名。"),
            Field("container_name", "压缩包", "文件所在压缩包的名称；不在包内时为空。"),
            Field("file_label", "文件名（公开）", "文件名中约定的字词；其余（可能是人名）略去。"),
            Field("container_label", "压缩包（公开）", "压缩包名中约定的字词；不在包内时为空。"),
            Field("sha256", "文件指纹", "文件内容的 SHA-256。"),
            NUMBER,
            RECEIVED,
            Field("arrived_at", "首次投递时间", "放行、重收的文件首次投递的时间（UTC）；其余为空。"),
            Field("as_of", "数据截止日", "文件所说明的截止日期。"),
            Field("corrects_batch_id", "更正批次", "本批次所更正的批次；不是更正时为空。"),
            Field("rows_read", "读到行数", "读到的数据行数，等于收下与暂扣之和。"),
            Field("rows_accepted", "收下行数", "核对无误、进入数据湖的行数。"),
            Field("rows_held", "暂扣行数", "有错误而暂扣待改的行数。"),
            Field("cells_held", "没有收下的格数", "收下的行中，内容有错而没有收下的格数。"),
            Field("rows_unchanged", "未变行数", "更正文件中与已收下的行相同、不再重复入湖的行数。"),
            Field(
                "delivery_state",
                "收件状态",
                "LOADED 全部收下，PARTIAL 部分收下，REFUSED 退回，NIL 无数据，DUPLICATE 内容以前收到过。",
            ),
            Field("reason_code", "原因代码", "退回或部分收下的原因代码。"),
            Field("reason", "原因", "退回或部分收下的原因。"),
            Field("remedy", "改法", "如何改正。"),
            Field("reason_en", "原因（英文）", "退回或部分收下的原因的英文。"),
            Field("remedy_en", "改法（英文）", "如何改正的英文。"),
            Field("encoding", "编码", "文件的字符编码。"),
            Field("column_map", "列对照", "所用列对照的时期；按约定表头读取时为空。"),
            Field("notes", "读取说明", "读取时认定的分隔符、隐藏的行列与表页等（JSON）。"),
            Field("sheets", "表页", "读到的表页（JSON）。"),
            Field("title", "标题", "文件中的表标题。"),
            Field("unknown_columns", "合同外的列", "合同中没有的表头（JSON）。"),
            Field(
                "absent_columns",
                "没有的列",
                "合同中有、而文件（的某张表）没有的列名，前后以逗号分隔（,sex,phone,）；都有时为空。",
            ),
            Field("warning_count", "提示数", "提示的个数。"),
            Field("repair_count", "修正数", "自动修正的单元格个数。"),
        ],
        grain=("batch_id",),
    ),
    LakeTable(
        "delivery_part",
        "收件分块",
        "每批次所说明的日期、所属期与分块，只计收下的行。",
        [
            BATCH,
            FEED,
            NUMBER,
            RECEIVED,
            SPEAKS_FOR,
            PERIOD,
            PART,
            Field("rows_accepted", "收下行数", "收下的行数。"),
            Field(
                "adds",
                "是否累加",
                "该分块的行是否加在以前收到的上面（补发、更正、退票），而不取代它们；空为取代。",
            ),
            Field("group_batch_id", "原批次", "更正所归的原批次；不是更正时即本批次。"),
            Field("group_received_no", "原收到序号", "原批次的收到序号：更正与原批次同进退。"),
            Field("group_received_at", "原收到时间", "原批次的收到时间（UTC）：更正与原批次同进退。"),
        ],
        grain=("batch_id", "period", "part", "speaks_for_on"),
        staged=(Field("is_latest", "是否最新", "是否为截至 as_of 该分块最新的一期。"),),
    ),
    LakeTable(
        "held_row",
        "暂扣行",
        "有错误而暂扣待改的行，原样保存。",
        [
            BATCH,
            FEED,
            SPEAKS_FOR,
            PERIOD,
            PART,
            SHEET,
            ROW,
            Field("person_name", "姓名", "该行第一个姓名列的内容。"),
            Field("id_number_text", "证件号码原文", "证件号码原文；空白时为空。"),
            Field("row_json", "原始内容", "该行各单元格原文（JSON）。"),
        ],
        grain=("batch_id", "source_sheet", "source_row"),
    ),
    LakeTable(
        "held_person",
        "暂扣行中的人",
        "暂扣的行里写到的每一个人，用来认出暂扣的可能是谁。",
        [
            BATCH,
            FEED,
            SHEET,
            ROW,
            Field("place", "所在列", "写这个人姓名（没有姓名列的写号码、户编号）的列。"),
            Field("person_name", "姓名", "姓名。"),
            Field("id_number_text", "证件号码原文", "证件号码原文；空白时为空。"),
            Field("register_household_no", "户编号", "该行所写的户编号；没有这一列的为空。"),
        ],
        grain=("batch_id", "source_sheet", "source_row", "place"),
    ),
    LakeTable(
        "problem",
        "问题",
        "核对时发现的问题，每个单元格每种问题一行。",
        [
            BATCH,
            FEED,
            SHEET,
            ROW,
            Field("column_name", "列名", "合同中的列名。"),
            Field("header", "表头", "文件中的表头。"),
            Field("cell", "单元格", "单元格位置，如 F12。"),
            Field("code", "问题代码", "问题的固定英文代码。"),
            Field("severity", "轻重", "error 错误，warning 提示（行收下）。"),
            Field("costs", "代价", "错误的代价：row 整行暂扣，cell 只是这一格没有收下；提示为空。"),
            Field("value_shown", "所填内容", "所填内容，证件号码已遮盖。"),
            Field("message", "说明", "问题说明。"),
            Field("remedy", "改法", "如何改正。"),
            Field("message_en", "说明（英文）", "问题说明的英文。"),
            Field("remedy_en", "改法（英文）", "如何改正的英文。"),
        ],
    ),
    LakeTable(
        "repair",
        "修正",
        "读入时自动修正的单元格。",
        [
            BATCH,
            FEED,
            SHEET,
            ROW,
            Field("column_name", "列名", "合同中的列名。"),
            Field("repair_code", "修正代码", "修正的种类，如 id_15_to_18。"),
        ],
    ),
    LakeTable(
        "correction",
        "更正",
        "更正批次中每一行所对应的原行。",
        [
            BATCH,
            FEED,
            SHEET,
            ROW,
            Field("base_batch_id", "原批次", "原行所在的批次。"),
            Field("base_source_sheet", "原表页", "原行所在的表页。"),
            Field("base_source_row", "原行号", "原行的行号。"),
            Field("was_held", "是否暂扣", "原行先前是否暂扣。"),
            Field("is_accepted", "是否收下", "更正后的行是否收下；收下的取代原行，没有收下的原行不变。"),
        ],
        grain=("batch_id", "source_sheet", "source_row"),
    ),
    LakeTable(
        "withdrawal",
        "撤回",
        "撤回的批次：自撤回之时起不再有效。",
        [
            BATCH,
            FEED,
            Field("withdrawn_no", "撤回序号", "撤回在收件先后中的序号；记序号以前撤回的为空。"),
            Field("withdrawn_at", "撤回时间", "撤回的时间（UTC）。"),
            Field("withdrawn_by", "撤回人", "办理撤回的人。"),
            Field("reason", "原因", "撤回的原因。"),
        ],
        grain=("batch_id",),
    ),
    LakeTable(
        "override",
        "人工认定",
        "有据而人工认定的保障状态：自所说明之日起至到期日止，代替文件得出的状态。",
        [
            OVERRIDE,
            Field("register_household_no", "户编号", "所认定的户。"),
            Field("register_person_no", "人编号", "所认定的人；认定的是户的保障时为空。"),
            Field("guarantee", "保障", "所认定的保障。"),
            Field("state", "状态", "所认定的状态。"),
            Field("speaks_for_on", "起始日", "认定自这一天起有效。"),
            Field("until_on", "到期日", "认定到这一天为止（含），此后自行失效。"),
            Field("recorded_no", "认定序号", "认定在收件先后中的序号。"),
            Field("recorded_at", "认定时间", "作出认定的时间（UTC），也是本系统所知的时间。"),
            Field("recorded_by", "认定人", "作出认定的人。"),
            Field("reason", "原因", "认定的原因。"),
            Field("evidence", "依据", "认定所依据的材料。"),
            Field("amendment_reason", "更正原因", "涉及已签发的一期时，更正的原因；其余为空。"),
        ],
        grain=("override_id",),
    ),
    LakeTable(
        "override_lift",
        "撤销人工认定",
        "撤销的人工认定：自撤销之时起不再有效。",
        [
            OVERRIDE,
            Field("lifted_no", "撤销序号", "撤销在收件先后中的序号。"),
            Field("lifted_at", "撤销时间", "撤销的时间（UTC）。"),
            Field("lifted_by", "撤销人", "办理撤销的人。"),
            Field("reason", "原因", "撤销的原因。"),
        ],
        grain=("override_id",),
    ),
    LakeTable(
        "waiver",
        "放行",
        "超出限度而经人放行收下的批次。",
        [
            BATCH,
            FEED,
            Field("waived_at", "放行时间", "放行的时间（UTC），也是该批次的收到时间。"),
            Field("waived_by", "放行人", "办理放行的人。"),
            Field("reason", "原因", "放行的原因。"),
            Field("codes", "超限代码", "该批次超出的限度，问题代码以逗号分隔。"),
        ],
        grain=("batch_id",),
    ),
    LakeTable(
        "feed_contract",
        "数据合同",
        "各种数据的合同摘要，每种一行。",
        [
            FEED,
            Field("department", "部门代码", "负责部门的代码。"),
            Field("department_name", "部门", "负责部门的名称。"),
            Field("title", "数据名称", "数据的中文名称。"),
            Field("owner", "责任股室", "负责提供数据的股室。"),
            Field("cadence", "报送周期", "weekly、monthly、quarterly、term、yearly、irregular。"),
            Field("due_day", "应报日", "所属期次月的第几日前报送。"),
            Field("max_age_days", "有效天数", "数据超过该天数即视为过期。"),
            Field("delivery", "报送方式", "snapshot 全量，events 增量。"),
            Field("complete_for", "完整范围", "一次报送所覆盖的范围：county、town、none。"),
            Field("description", "说明", "数据说明。"),
        ],
        grain=("feed",),
    ),
    LakeTable(
        "person_hash_key",
        "人员密钥",
        "生成 person_key 的密钥，只在运算时读取，不入库。",
        [Field("key", "密钥", "十六进制密钥。")],
        grain=("key",),
    ),
]
