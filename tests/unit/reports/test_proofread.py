"""What is found in the text of a report: in the one that the county wrote by hand, and in our sentences."""

from __future__ import annotations

from pathlib import Path

import pytest
from docx import Document

from reports.proofread import Finding, proofread, text_of

TOWNS = ("迈陈镇", "海安镇", "龙塘镇", "角尾乡", "前山镇", "徐城街道")
# Of the county's report for 2019, with its slips.
BY_HAND = """\
徐闻县2019年扶贫开发工作自评报告
（一）责任落实情况。一是认真落实遍访制度。二是开展专题研究，有力地推动了全县扶工作深入开展。
（二）政策落实情况。投资1.2亿元彻底解决迈陈镇、海安镇、龙塘镇、角等五个乡镇砷超标问题。
（三）工作落实情况。探索“公司+基地+农业”等合作模式。2019年上半年，我县新建成邮政跨境电商产业园，中国菠萝原产地直销中心。\
组织开展营销活动，，做好产销对接工作。通过“尚德超市”、“厚德超市”两家连锁经营实体店。2019年发放培训补贴资约99.525万元。
1.力大发展特色扶贫产业。
2.扎实抓好消费扶贫工作。2019年新建成徐闻县三农服务中心、菠萝跨境电商产业园、中国菠萝原产地直销中心，\
建成“尚德超市”、“厚德超市”、“邮政扶贫产品展销平台”等三个扶贫产品销售平台。
三、2018年考核发现问题和2019年巡视、专项巡查发现问题的整改落实情况
4个是关于在城镇购买商品户的问题。《市委第五交叉巡察组关于脱贫攻坚工作的反馈意见》。
五、下一步工作思路""".splitlines()
CLEAN = """\
一、进展情况与成效
（一）责任落实情况。一是大力发展特色产业；二是帮扶工作到人。前山镇、海安镇等2个乡镇的贫困户563户，有421户种菜。
（二）政策落实情况。全县已鉴定的C级、D级住房都已改造，住房安全保障率100%。两不愁都已实现，人均可支配收入稳步提高。
二、典型经验与做法
创建国家级现代农业产业园、省级现代农业产业园。建成“甲”、“乙”两个平台。华煌公司扶贫车间一年吸纳135人次就业；\
良姜公司扶贫车间一年吸纳438人次就业。迈陈镇、龙塘镇、角尾乡也已建成。
三、下一步工作思路
（一）巡察反馈的问题，已全部整改。""".splitlines()


def found(lines: list[str]) -> set[tuple[str, int]]:
    return {(each.code, each.line) for each in proofread(lines, TOWNS)}


def test_the_report_by_hand_contradicts_itself_where_it_does() -> None:
    assert found(BY_HAND) == {
        ("SLIP", 2), ("TOWN_UNKNOWN", 3), ("SLIP", 4), ("PUNCTUATION", 4), ("SLIP", 5),
        ("LISTS_DIFFER", 6), ("NAMES_ALIKE", 6), ("TWO_TIMES", 6), ("SLIP", 8), ("TWO_WORDS", 8),
        ("HEADING_MISSING", 9), ("TOPIC_MISSING", 9),
    }  # fmt: skip
    said = {(each.code, each.detail) for each in proofread(BY_HAND, TOWNS)}
    slips = ("扶贫工作", "基地+农户", "培训补贴资金约", "大力发展", "购买商品房")
    assert {detail for code, detail in said if code == "SLIP"} == set(slips)
    assert ("HEADING_MISSING", "一、二、四") in said
    assert ("TWO_TIMES", "2019年上半年、2019年") in said
    topics = [each.quote for each in proofread(BY_HAND, TOWNS) if each.code == "TOPIC_MISSING"]
    assert len(topics) == 4


def test_in_a_clean_text_nothing_is_found() -> None:
    assert proofread(CLEAN, TOWNS) == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("义务育保障。", "SLIP"),
        ("脱攻贫坚任务。", "SLIP"),
        ("建档立卡贫因户。", "SLIP"),
        ("做到责任、、人员到位。", "PUNCTUATION"),
        ("落实“四个不摘。", "UNCLOSED"),
        ("（四）工作落实情况。", "HEADING_MISSING"),
        ("一是抓责任，三是抓落实。", "HEADING_MISSING"),
        ("巡查反馈的问题，已全部整改。", "TWO_WORDS"),
        ("建设“甲”、“乙”、“丙”两个平台。", "LIST_COUNT"),
        ("前山镇、海等2个乡镇。", "TOWN_UNKNOWN"),
        ("乡镇的贫困户562户。", "NUMBERS_DIFFER"),
        ("创建菠萝现代农业产业园，邻近香蕉现代农业产业园。", "NAMES_ALIKE"),
    ],
)
def test_one_slip_in_a_clean_text_is_found(line: str, code: str) -> None:
    lines = [*CLEAN[:3], line, *CLEAN[3:]]
    assert {each for each, _ in found(lines)} == {code}


@pytest.mark.parametrize("topic", ["人均可支配收入", "两不愁", "C级"])
def test_a_topic_left_out_is_said(topic: str) -> None:
    lines = [line.replace(topic, "").replace("D级", "") for line in CLEAN]
    assert [each.code for each in proofread(lines, TOWNS)] == ["TOPIC_MISSING"]


def test_of_an_empty_text_only_what_it_lacks_is_said() -> None:
    assert {each.code for each in proofread([], TOWNS)} == {"TOPIC_MISSING"}
    assert all(each.line == 0 for each in proofread(["", " "], TOWNS))


def test_a_word_document_is_read_with_its_tables(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("脱攻贫坚。")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "前山镇", "大力展发"
    document.save(str(tmp_path / "报告.docx"))
    lines = text_of(tmp_path / "报告.docx")
    assert lines == ["脱攻贫坚。", "前山镇\t大力展发"]
    slips = [each for each in proofread(lines, TOWNS) if each.code == "SLIP"]
    assert slips == [
        Finding("SLIP", 1, "脱攻贫坚。", "脱贫攻坚"),
        Finding("SLIP", 2, "前山镇\t大力展发", "大力发展"),
    ]
