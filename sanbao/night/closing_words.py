"""What the person who signs a month reads in Airflow: in Chinese, as Markdown; no list of people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date
from decimal import Decimal
from typing import TYPE_CHECKING

from foundation.language import chinese_month, day_in_words, moment_in_words
from sanbao.errors import mask
from sanbao.settings import written_known_by

if TYPE_CHECKING:
    from reports.basis import Basis
    from sanbao.night.signing import Signature

_GUARANTEE = "grt_"  # figures of how many households have a guarantee
_SHARE = "有保障户比例"
_NAMED = 5
_COLUMNS = ("保障", "有保障（户）", "未保障（户）", "待核实（户）", "免除（户）")


def subject(as_of: date) -> str:
    return f"{chinese_month(as_of)}月结：请确认是否签发"


def body(basis: Basis, contradicted: Sequence[str], before: Signature | None, folder: str) -> str:
    """What to decide by. `contradicted`: what documents say otherwise; `folder`: of draft and tables."""
    lines = [*_period(basis, before, folder), "", *_states(basis), "", *_open(basis, contradicted)]
    return mask("\n".join(lines))


def _period(basis: Basis, before: Signature | None, folder: str) -> Iterator[str]:
    known = moment_in_words(basis.known_by.replace(tzinfo=UTC), "zh")
    yield f"**截止日期** {day_in_words(basis.as_of, 'zh')}，**所知截至** {known}。"
    yield ""
    yield f"草稿、附表和冻结的底表在 `{folder}`，底表摘要 `{basis.sha256[:16]}`；"
    command = f"--as-of {basis.as_of.isoformat()} --known-by {written_known_by(basis.known_by)}"
    yield f"同样的数字可以用 `sanbao report --draft {command}` 再印。"
    if before is not None:
        yield ""
        yield (
            f"**这是更正**：这一期已由 {before.by} 于 {before.at}（UTC）签发过，数据与那时不同；"
            "同意的，请在“说明”里写明更正的原因。"
        )


def _states(basis: Basis) -> Iterator[str]:
    """Households by state, of each guarantee: the counts of the published figures."""
    registered = (basis.figures.get(each) for each in ("reg_hh", "reg_pp"))
    households, people = (_plain(figure.numerator if figure else None) for figure in registered)
    yield f"**建档立卡** {households} 户 {people} 人。"
    yield ""
    yield f"| {' | '.join(_COLUMNS)} |"
    yield "|---|---:|---:|---:|---:|"
    for figure in basis.figures.values():
        if figure.figure_id.startswith(_GUARANTEE):
            counts = (figure.met_count, figure.not_met_count, figure.unknown_count, figure.exempt_count)
            label = figure.label.removesuffix(_SHARE).removesuffix("都有的户比例")
            yield f"| {label} | {' | '.join(_plain(each) for each in counts)} |"


def _open(basis: Basis, contradicted: Sequence[str]) -> Iterator[str]:
    relations = [each for each in basis.identities if each.contradiction_id is None]
    broken = [each.finding for each in relations if each.identity_state == "BROKEN"]
    caveats = [
        f"{each.label}：{each.caveat}" for each in basis.figures.values() if each.section and each.caveat
    ]
    held = basis.rows("select coalesce(sum(rows_still_held), 0)::bigint from fct_delivery where is_in_force")
    yield f"**恒等关系不成立** {len(broken)} 处{_named(broken)}"
    yield ""
    yield f"**暂扣待改** {held[0][0]} 行。"
    yield ""
    yield f"**与报告或书面说法不符** {len(contradicted)} 处{_named(contradicted)}"
    yield ""
    yield f"**数据不全的指标** {len(caveats)} 个{_named(caveats)}"
    yield ""
    yield f"**尚未确认的乡镇** 0 个（{len(basis.towns)} 个都已确认这一份名单）"


def _named(lines: Iterable[str]) -> str:
    """The first few as a list below the line, and how many more there are."""
    found = list(lines)
    if not found:
        return "。"
    more = [f"另有 {len(found) - _NAMED} 条，见附表"] if len(found) > _NAMED else []
    return "：\n" + "\n".join(f"- {line}" for line in [*found[:_NAMED], *more])


def _plain(value: Decimal | int | None) -> str:
    return "—" if value is None else f"{int(value):,}"
