"""One page for leaders: ten figures beside last year's, the towns that lack most, and what nobody knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

from docx.document import Document as DocumentObject
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from foundation.files import write_bytes
from reports.basis import Basis, Figure, plain, with_unit, written
from reports.document import AUTHOR, in_words, midnight, timeless
from reports.layout import BODY, LEVEL_1, SIZE_2, SIZE_4, TITLE, add_style, add_table, official_page

# What a leader is asked about first. Those that the catalogue does not have are left out.
FIGURES = (
    "lifted_rate", "not_lifted_pp", "edu_enrol_rate", "ins_rate", "dib_rate", "hous_2019_rate", "wat_cover",
    "wat_quality_lifted", "fund_use_rate", "emp_total", "rect_ongoing",
)  # fmt: skip
SHOWN = 10
WORST = 3
ALL_GUARANTEES = "grt_all"
_UNKNOWN_SHOWN = 6


@dataclass(frozen=True)
class Town:
    """A town by how many of its households lack a guarantee."""

    name: str
    lacking: int
    unknown: int
    households: int


def worst_towns(basis: Basis) -> list[Town]:
    """The towns with the most households that lack something, in that order; none where nobody does."""
    sql = """
        select coalesce(area_name, '其他'), not_met_count, unknown_count, denominator from fct_figure
        where figure_id = $figure and area_level = 'town' and not_met_count > 0
        order by not_met_count desc, not_met_count / denominator desc, area_code limit $worst
    """
    found = basis.rows(sql, {"figure": ALL_GUARANTEES, "worst": WORST})
    return [Town(name, int(lacking), int(unknown), int(of)) for name, lacking, unknown, of in found]


def write_brief(basis: Basis, stamp: date, out: Path) -> None:
    """Write the page, whole or not at all."""
    document = official_page()
    section = document.sections[0]
    section.top_margin, section.bottom_margin = Mm(25), Mm(22)
    section.footer_distance = Mm(12)
    add_style(document, "简报标题", TITLE, SIZE_2, align=WD_ALIGN_PARAGRAPH.CENTER, line=Pt(30))
    add_style(document, "简报小标题", LEVEL_1, SIZE_4, line=Pt(24), before=Pt(8), level=0)
    add_style(document, "简报正文", BODY, SIZE_4, line=Pt(22))
    document.add_paragraph("徐闻县三保障情况简报", style="简报标题")
    document.add_paragraph(
        f"截至{in_words(basis.as_of)}　　{in_words(stamp)}印", style="简报正文"
    ).alignment = WD_ALIGN_PARAGRAPH.CENTER
    chosen = [basis.figures[each] for each in FIGURES if each in basis.figures][:SHOWN]
    document.add_paragraph("主要指标", style="简报小标题")
    lines = [_line(each) for each in chosen]
    add_table(document, ("指标", "今年", "去年同日", "情况不明"), lines, (78, 30, 30, 30), right_from=1)
    document.add_paragraph("缺保障户最多的乡镇", style="简报小标题")
    _towns(document, worst_towns(basis))
    document.add_paragraph("还不知道的", style="简报小标题")
    _unknown(document, list(basis.figures.values()))
    properties = document.core_properties
    properties.created = properties.modified = midnight(stamp)
    properties.author = properties.last_modified_by = AUTHOR
    properties.comments = ""
    buffer = BytesIO()
    document.save(buffer)
    write_bytes(timeless(buffer.getvalue()), out)


def _line(figure: Figure) -> tuple[str, ...]:
    unit = "" if figure.unit == "%" else figure.unit
    now = with_unit(figure) or "算不出"
    last = figure.last_year_value
    before = f"{written(last, figure.digits, figure.unit)}{unit}" if last is not None else "—"
    unknown = plain(figure.unknown_count) if figure.unknown_count is not None else "—"
    return figure.label, now, before, unknown


def _towns(document: DocumentObject, towns: Sequence[Town]) -> None:
    if not towns:
        document.add_paragraph("没有一户缺保障。", style="简报正文")
        return
    lines = [(each.name, str(each.lacking), str(each.unknown), str(each.households)) for each in towns]
    heads = ("乡镇", "缺保障户", "情况不明户", "建档立卡户")
    add_table(document, heads, lines, (54, 38, 38, 38), right_from=1)


def _unknown(document: DocumentObject, figures: Sequence[Figure]) -> None:
    """Figures that cannot be counted, or that leave people out; the worst first."""
    said: dict[str, list[Figure]] = {}
    for each in sorted(figures, key=lambda figure: not figure.blocked_reason):
        if each.section and (reason := each.blocked_reason or each.caveat):
            said.setdefault(reason, []).append(each)
    lines = [f"{reason.rstrip('。')}：影响{_named(those)}。" for reason, those in said.items()]
    for line in lines[:_UNKNOWN_SHOWN]:
        document.add_paragraph(line, style="简报正文")
    if len(lines) > _UNKNOWN_SHOWN:
        document.add_paragraph(f"另有 {len(lines) - _UNKNOWN_SHOWN} 项，见附表目录。", style="简报正文")
    if not lines:
        document.add_paragraph("没有算不出的指标，也没有数据缺口。", style="简报正文")


def _named(figures: Sequence[Figure]) -> str:
    first = figures[0].label
    return first if len(figures) == 1 else f"{first}等 {len(figures)} 项"
