"""The name of a file as it may be shown to everybody: the words that departments agreed on, and nothing else.

Clerks name files after the people in them. No pattern knows a person's name, but the words of the
county's tables are known; what is none of them is left out.
"""

from __future__ import annotations

import re
from functools import cache

from ingestion.contracts import load_catalog
from ingestion.contracts.county import load_county

_LEFT_OUT = "…"
_QUOTED = re.compile("“([^”]*)”")
# Numbers of documents and telephones; days, months and moments have digits as well, and stay.
_NUMBER = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{0,3}[0-9]{7,}[A-Za-z]?(?![0-9A-Za-z])")
_MOMENT = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])([0-3]\d(\d{4}(\d\d)?)?)?")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
# What is written around the title of a table.
# Of words of one character only those that nobody is called by.
_SINGLE = frozenset("年月日号第期县市镇乡村居办局表册版一二三四五六七八九十上下的和及至")
_USUAL = """
 季度 学期 学年 年度 上半年 下半年 全年 春季 夏季 秋季 冬季 丰水期 枯水期 本期 本月 本年 截至 统计
截止 日期 街道 社区 全县 本县 全市 各镇 全镇 广东省 湛江市 行政村 自然村 农村 城镇 城乡 名册 花名册
名单 台账 汇总 汇总表 明细 明细表 清单 登记 登记表 信息 信息表 情况 情况表 报表 统计表 发放 发放表 数据
文件 导出 更正 补报 补充 更新 修改 修订 最新 最终 终版 定稿 初稿 新版 旧版 副本 反馈 退回 重报 上报
报送 无数据 小学 初中 高中 普高 中职 学前 幼儿园 技工学校 学校 学生 在校 居民 职工 儿童 少年 人员 人口
对象 贫困户 贫困人口 低保 特困 五保 残疾 残疾人 死亡 医保 参保 新农合 住院 结算 联网结算 手工报销 报销
危房 改造 任务 鉴定 房屋 住房 饮水 供水 水质 检测 结果 补助 补贴 生活费 资金 建档立卡 脱贫 户主 持证
免学 缓学 审批 说明 出具 无名册 基本 医疗 费用 压缩 打包 复制 扫描 另存 表格 新建 工作表 工作簿 测试
未对应 其他 农场 扶贫 消费 销售 产业 项目 就业 培训 会议 调研 整改 审计 巡察 监测 遍访 党建
开发 工作 自评 报告 考核 评估 通知
"""


def plain_label(label: str) -> str:
    """`label` with every Han character left out that is part of no known word, and every number that may be
    a person's; the rest as it is."""

    def known(run: re.Match[str]) -> str:
        # One character between two that are no word is a part of the same name: 张三丰.
        return re.sub(f"{_LEFT_OUT}(.?{_LEFT_OUT})+", _LEFT_OUT, _in_words(run[0]))

    return re.sub(f"{_LEFT_OUT}+", _LEFT_OUT, _HAN.sub(known, _NUMBER.sub(_moment, label)))


def _in_words(run: str) -> str:
    """`run` cut into known words so that the fewest characters are left out, each as one mark.

    The longest word at each place would not do: 月数据 is 月 and 数据, although 月数 is a word, too.
    """
    words, longest = _words()
    best: list[tuple[int, str]] = [(0, "")]  # of what stands behind: how many are left out, and the text
    for at in reversed(range(len(run))):
        left_out, text = best[0]
        choices = [(left_out + 1, _LEFT_OUT + text)]
        for size in range(1, min(longest, len(run) - at) + 1):
            if (word := run[at : at + size]) in words:
                left_out, text = best[size - 1]
                choices.append((left_out, word + text))
        best.insert(0, min(choices, key=lambda choice: choice[0]))
    return best[0][1]


def _moment(number: re.Match[str]) -> str:
    return number[0] if _MOMENT.fullmatch(number[0]) else _LEFT_OUT


def plain_sentence(sentence: str) -> str:
    """A sentence whose quotations (of files, sheets, headers) are plain labels."""
    return _QUOTED.sub(lambda quoted: f"“{plain_label(quoted[1])}”", sentence)


@cache
def _words() -> tuple[frozenset[str], int]:
    """Every known word: of the contracts, the county, and what is usual; and the length of the longest."""
    texts = _USUAL.split()
    for contract in load_catalog().contracts:
        texts += [contract.title, *contract.title_aliases, contract.department_name, contract.owner]
        texts += contract.headers
        texts += [code for column in contract.columns for code in column.codes]
    county = load_county()
    for town in set(county.town_names.values()):
        texts += [town, re.sub("(镇|乡|街道)$", "", town)]
    texts += [county.name, county.short_name]
    words = {part for text in texts for part in _HAN.findall(text)}
    return frozenset({word for word in words if len(word) > 1} | _SINGLE), max(map(len, words))
