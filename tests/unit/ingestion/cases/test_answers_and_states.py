"""Ticks where a state is asked for, project states, several risks in a cell, where a fair was held."""

import pytest

from tests.unit.ingestion.cases.test_offices_own_words import codes, in_every_format, landed, values
from tests.unit.ingestion.helpers import id_number


def paid(header, cells, form="csv"):
    rows = [
        ["2019年12月公益性岗位补贴发放表"],
        ["姓名", "身份证号码", "安置岗位", "实发金额", "补贴月份", header],
    ]
    rows += [["陈文", id_number(n), "保洁员", "1000", "2019-12", cell] for n, cell in enumerate(cells, 1)]
    return landed(rows, "公益性岗位补贴发放表", "human_resources", form)


@pytest.mark.parametrize("header", ["发放状态", "是否发放"])
@pytest.mark.parametrize(
    ("cells", "states"),
    [
        (["√", "√", "√", ""], ["成功", "成功", "成功", "失败"]),  # √ alone: its blanks are no
        (["✓", "✔", "☑", "对勾"], ["成功"] * 4),
        (["√", "×", "√", "√"], ["成功", "失败", "成功", "成功"]),
        (["是", "否", "是", "是"], ["成功", "失败", "成功", "成功"]),
        (["已发", "未发", "未发放", "暂缓发放"], ["成功", "失败", "失败", "失败"]),
        (["已发放", "尚未到账", "退回", "已发放"], ["成功", "失败", "退回", "成功"]),
    ],
)
def test_a_tick_says_that_it_was_paid(header, cells, states):
    assert values(paid(header, cells), "payment_status") == states


@in_every_format
@pytest.mark.parametrize("header", ["是否到账", "发放情况"])
def test_in_every_format(header, form):
    assert values(paid(header, ["√", "✔", "×", "是"], form), "payment_status") == [
        "成功",
        "成功",
        "失败",
        "成功",
    ]


def test_between_ticks_and_denials_a_blank_says_nothing():
    result = paid("是否发放", ["√", "未发", "√", "", *["√"] * 9])
    assert values(result, "payment_status")[:4] == ["成功", "失败", "成功", None]
    assert codes(result) == ["BLANK_REQUIRED"] and result.batch.held.tolist().index(True) == 3


@pytest.mark.parametrize("cell", ["1", "A", "部分", "√×"])
def test_what_is_no_answer_is_asked_about(cell):
    result = paid("是否发放", [*["是"] * 9, cell])
    assert values(result, "payment_status")[-1] is None and "CODE_UNKNOWN" in codes(result)


@pytest.mark.parametrize(
    ("feed", "department", "header", "row", "column", "yes", "no"),
    [
        ("农村饮水水质检测结果表", "water",
         ["报告编号", "采样点", "供水工程", "水样类型", "采样日期", "砷", "氟化物", "菌落总数",
          "总大肠菌群", "浑浊度", "pH", "是否合格"],
         ["S{n}", "麻城", "麻城水厂", "末梢水", "2019-12-01", "0", "0", "0", "0", "0", "7"],
         "verdict", "合格", "不合格"),
        ("扶贫车间台账", "human_resources", ["车间名称", "镇", "认定日期", "是否正常运营"],
         ["车间{n}", "海安镇", "2018-01-01"], "workshop_status", "在营", "停产"),
        ("消费扶贫消费点台账", "supply_cooperative", ["消费点名称", "镇", "设立日期", "是否正常营业"],
         ["点{n}", "海安镇", "2018-01-01"], "operation_status", "在营", "停业"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("answers", [("√", "×"), ("是", "否"), ("✔", "✘"), ("有", "无")])
def test_a_question_over_a_code(feed, department, header, row, column, yes, no, answers):
    rows = [[*(cell.format(n=n) for cell in row), answers[n % 2]] for n in range(4)]
    result = landed([header, *rows], f"2019年12月{feed}", department)
    assert values(result, column) == [yes, no, yes, no]


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (["√", "", "√"], [True, False, True]),
        (["✓", "×", "对勾"], [True, False, True]),
        (["V", "v", ""], [True, True, False]),
        (["ü", "", "ü"], [True, False, True]),  # what Wingdings shows as a tick
        (["☑是 □否", "□是 ☑否", "√是 否"], [True, False, True]),
        (["☑是 ☑否", "□是 □否", "是"], [None, None, True]),
    ],
)
def test_ticks_of_every_kind(cells, read):
    header = ["调研编号", "领导职务", "调研类型", "开始日期", "镇", "是否到村入户"]
    rows = [["", "县长", "专题调研", "2019-08-05", "海安镇", cell] for cell in cells]
    result = landed([header, *rows], "2019年县领导专题调研台账", "county_office")
    assert values(result, "is_in_households") == read


STATES = {
    "未开工": [
        "未开工",
        "尚未开工",
        "未动工",
        "未启动",
        "未实施",
        "拟建",
        "筹建中",
        "前期工作",
        "招投标阶段",
    ],
    "在建": ["在建", "正在建设", "实施中", "推进中", "施工中", "已开工", "完成80%"],
    "停工": ["停工", "已停工", "暂停", "暂停实施", "搁置"],
    "完工": ["完工", "已竣工", "建成", "已投产", "投入使用", "100%"],
}


@pytest.mark.parametrize(
    ("title", "department", "header", "row"),
    [
        ("产业扶贫项目台账", "agriculture", ["项目类别", "乡镇", "项目名称", "总投资", "实施进度"],
         ["镇级", "海安镇", "项目{n}", "100"]),
        ("扶贫资金支出明细台账", "finance", ["支付日期", "凭证号", "资金来源", "项目名称",
         "支出金额", "项目状态"], ["2019-12-01", "记{n}", "省级", "道路", "100"]),
    ],
)  # fmt: skip
def test_states_of_a_project(title, department, header, row):
    written = [(state, word) for state, words in STATES.items() for word in words]
    rows = [[*(cell.format(n=n) for cell in row), word] for n, (_, word) in enumerate(written)]
    result = landed([header, *rows], f"2019年12月{title}", department)
    assert values(result, "project_status") == [state for state, _ in written]
    odd = ["停建", "未验收", "正常", "完成大部分"]
    rows += [[*(cell.format(n=100 + n) for cell in row), word] for n, word in enumerate(odd)]
    result = landed([header, *rows], f"2019年12月{title}", department)
    assert values(result, "project_status")[-4:] == [None] * 4 and "CODE_UNKNOWN" in codes(result)


def risks(*cells):
    rows = [["镇", "村", "户主", "户主身份证号", "监测对象类别", "风险类型", "纳入日期"]]
    rows += [
        ["海安镇", "麻城村", "陈文", id_number(n), "边缘户", cell, "2019-10-01"]
        for n, cell in enumerate(cells)
    ]
    return landed(rows, "2019年12月防返贫监测对象台账", "poverty_relief")


@pytest.mark.parametrize("cell", ["因病、因学", "因病,因学", "因病；因学", "因病 因学", "因病和因学",
                                  "因病因学", "疾病、因学", "因病、因学、因病", "因病\n因学"])  # fmt: skip
def test_two_risks_in_one_cell(cell):
    result = risks("因病", cell, *["其他"] * 8)
    assert values(result, "risk_kind")[:2] == ["因病", "因病、因学"] and not codes(result)


@pytest.mark.parametrize("cell", ["因病、不详", "因病(因学)", "因病因懒", "、因", "因病因"])
def test_a_risk_that_nobody_knows_beside_one_that_is_known(cell):
    result = risks(cell, *["其他"] * 9)
    assert values(result, "risk_kind")[0] is None and codes(result) == ["CODE_UNKNOWN"]


@pytest.mark.parametrize("header", ["活动地点", "推介城市", "举办地点"])
def test_where_a_fair_was_held(header):
    places = {
        "广州市": "广州市", "广州": "广州市", "广州市天河区体育中心": "广州市", "广东省广州市": "广州市",
        "佛山市顺德区": "佛山市", "湛江": "湛江市", "广州、深圳": "广州市、深圳市", "广州天河": "广州市",
        "北京市朝阳区": "北京市", "广西壮族自治区南宁市": "南宁市", "徐闻县": "徐闻县",
    }  # fmt: skip
    odd = ["消费扶贫中心", "文化广场", "农贸市场", "永辉超市", "北京路", "中山大道广场"]
    rows = [["销售日期", "销售渠道", header, "农产品", "销售金额"]]
    rows += [["2019-12-01", "推介会", place, f"菠萝{n}", "100"] for n, place in enumerate([*places, *odd])]
    result = landed(rows, "2019年12月消费扶贫农产品销售台账", "supply_cooperative")
    assert values(result, "city_name") == [*places.values(), *[None] * len(odd)]
    assert codes(result) == ["CITY_UNCLEAR"] and not result.batch.held.any()
