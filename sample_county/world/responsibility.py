"""What the county office keeps of meetings and of the leaders' visits; the same at every scale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from sample_county.calibration import REPORT_FIGURES
from sample_county.world.geography import TOWN_NAMES, Places

SECRETARY, HEAD = ("陈志远", "县委书记"), ("林国华", "县长")
OTHERS = (("黄丽芳", "县委副书记"), ("李建平", "县人大常委会主任"), ("吴海燕", "县政协主席"))
VICE_HEAD = ("符永强", "副县长")
CAMPAIGN = "“不忘初心、牢记使命”主题教育：脱贫攻坚和乡村振兴"
# Kind → figure, how its meetings are called, what its minutes are numbered by, who presides, where.
_ROOM, _HALL, _OFFICE = "县委常委会议室", "县政府会议室", "县扶贫办会议室"
KINDS = {
    "县委书记专题会议": ("mtg_secretary_special", "县委书记专题会议第{}次", "徐委专纪", "陈志远", _ROOM),
    "县委常委会": ("mtg_standing_cttee", "县委常委会（扩大）第{}次会议", "徐常纪", "陈志远", _ROOM),
    "县政府常务会": ("mtg_gov_exec", "县政府常务会第{}次会议", "徐府常纪", "林国华", _HALL),
    "行业部门联席会议": ("mtg_joint_dept", "行业部门联席会议第{}次", "", "黄丽芳", _OFFICE),
    "领导小组专题会议": ("mtg_leading_group", "领导小组第{}次专题会议", "徐扶组纪", "林国华", _HALL),
}
TOPICS = ("听取全县精准扶贫工作情况汇报", "研究产业扶贫项目资金安排", "研究“三保障”问题整改")
ELSE = ("研究人事工作", "研究安全生产工作")


@dataclass(frozen=True)
class Meeting:
    """One meeting: its topics, and which of them are about poverty relief."""

    kind: str
    name: str
    day: str
    topics: tuple[tuple[str, bool], ...]
    minutes_no: str | None
    status: str | None = "已召开"
    chair: str = "陈志远"
    venue: str = "县委常委会议室"


@dataclass(frozen=True)
class Trip:
    """One visit to a town by one or more leaders, each of whom has a row of it."""

    leaders: tuple[tuple[str, str], ...]
    start: str
    end: str | None
    town: str
    villages: tuple[str, ...]
    number: str | None = None
    kind: str = "专题调研"
    subject: str = "脱贫攻坚工作专题调研"
    is_in_households: bool = True
    has_report: bool = False


def counted_meetings() -> Iterator[Meeting]:
    """The meetings of the report: some with several topics, some without minutes or a status."""
    for kind, (figure, name, minutes, chair, venue) in KINDS.items():
        count = int(REPORT_FIGURES[figure])
        for number in range(1, count + 1):
            topics = tuple((topic, True) for topic in TOPICS[: 1 + number % 3])
            if minutes == "徐常纪":
                topics = ((ELSE[0], False), *topics)
            month = 1 + (number - 1) * 12 // count
            yield Meeting(
                kind, name.format(number), f"2019-{month:02d}-{3 + number % 20:02d}", topics,
                f"{minutes}〔2019〕{number}号" if minutes else None,
                None if number % 4 == 0 else "已召开", chair, venue,
            )  # fmt: skip


def other_meetings() -> Iterator[Meeting]:
    """What counts nowhere: not held, of another year, about something else, of another kind."""
    poverty, other = ((TOPICS[0], True),), tuple((topic, False) for topic in ELSE)
    yield Meeting("县委常委会", "县委常委会（扩大）第11次会议", "2019-12-20", poverty, None, "取消")
    yield Meeting("领导小组专题会议", "县扶贫开发领导小组第9次专题会议", "2019-12-27", poverty, None, "延期")
    yield Meeting("县委常委会", "县委常委会第42次会议", "2018-12-28", poverty, "徐常纪〔2018〕42号")
    yield Meeting("县政府常务会", "县政府常务会第10次会议", "2019-12-11", other, "徐府常纪〔2019〕10号")
    yield Meeting("其他", "全县脱贫攻坚工作推进会", "2019-05-08", poverty, None)


def meeting_table() -> pd.DataFrame:
    """One row a topic."""
    meetings = sorted([*counted_meetings(), *other_meetings()], key=lambda m: (m.day, m.name))
    rows = [
        {
            "meeting_kind": m.kind,
            "meeting_name": m.name,
            "held_on": pd.Timestamp(m.day),
            "venue": m.venue,
            "chaired_by": m.chair,
            "attended_by": "县扶贫开发领导小组成员单位",
            "topic": topic,
            "is_on_poverty": is_on_poverty,
            "meeting_status": m.status,
            "minutes_no": m.minutes_no,
            "remark": None,
        }
        for m in meetings
        for topic, is_on_poverty in m.topics
    ]
    return pd.DataFrame(rows).astype({"is_on_poverty": "boolean", "remark": "object"})


def counted_trips(places: Places) -> list[Trip]:
    """38 trips on 38 days, each month one of either leader, to every town and every relative-poor village.

    Two of them last two days, two fall on one day, and one goes into no household.
    """
    trips: list[Trip] = []
    for month in range(1, 13):
        for day, leaders in ((5, (SECRETARY,)), (14, (HEAD,)), (23, (SECRETARY, HEAD))):
            trips.append(Trip(leaders, f"2019-{month:02d}-{day:02d}", None, "", ()))
    by_start = {trip.start: at for at, trip in enumerate(trips)}
    at_home, longer = by_start["2019-03-23"], by_start["2019-03-05"]
    trips[at_home] = replace(trips[at_home], is_in_households=False)
    trips[longer] = replace(trips[longer], end="2019-03-06")
    trips.append(Trip((SECRETARY,), "2019-06-25", "2019-06-26", "", ()))
    trips.append(Trip((HEAD,), "2019-11-14", None, "", ()))
    placed = [replace(trip, town=TOWN_NAMES[at % len(TOWN_NAMES)]) for at, trip in enumerate(trips)]
    # Every third trip got no number: its rows are one by their dates and places.
    numbers = [f"XWDY2019-{at + 1:03d}" if at % 3 else None for at in range(len(placed))]
    return [
        replace(trip, villages=_villages_of(at, placed, places), number=number)
        for at, (trip, number) in enumerate(zip(placed, numbers, strict=True))
    ]


def _villages_of(at: int, trips: list[Trip], places: Places) -> tuple[str, ...]:
    """The relative-poor villages of a town, dealt out to the trips there; else a village that is none."""
    own = [i for i, trip in enumerate(trips) if trip.town == trips[at].town]
    villages = places.villages[places.villages["town_name"] == trips[at].town]
    poor = villages.loc[villages["is_relative_poor"], "village_name"].tolist()
    others = villages.loc[~villages["is_relative_poor"], "village_name"].tolist()
    turn = own.index(at)
    found: list[str] = [*poor[turn :: len(own)], *others[turn : turn + 1]] or (poor or others)[:1]
    return tuple(found)


def other_trips(places: Places) -> Iterator[Trip]:
    """Of others, of another kind or year; and the campaign of September, one over all towns."""
    for at, town in enumerate(TOWN_NAMES):
        leader = (SECRETARY, HEAD, *OTHERS)[at % 5]
        yield Trip(
            (leader,), f"2019-09-{2 + at:02d}", None, town, (), None, "主题教育调研", CAMPAIGN, False, True
        )
    yield Trip((VICE_HEAD,), "2019-04-09", None, "迈陈镇", ("迈陈村",), "XWDY2019-901")
    yield Trip((SECRETARY,), "2019-01-28", None, "南山镇", ("芒海村",), None, "走访慰问", "春节慰问")
    yield Trip((HEAD,), "2019-07-09", None, "下洋镇", ("墩尾村",), None, "督导检查", "危房改造督导")
    yield Trip((HEAD,), "2018-12-30", "2018-12-31", "龙塘镇", ("赤农村",), "XWDY2018-044")
    yield Trip((OTHERS[0],), "2019-09-20", None, "海安镇", (), None, "主题教育调研", "党建引领", False, False)
    yield Trip((OTHERS[1],), "2019-10-11", None, "海安镇", (), None, "主题教育调研", "乡村治理", False, True)


def visit_table(places: Places) -> pd.DataFrame:
    """One row a leader and a trip."""
    trips = sorted([*counted_trips(places), *other_trips(places)], key=lambda t: (t.start, t.leaders))
    rows: list[dict[str, Any]] = [
        {
            "visit_no": trip.number,
            "leader_name": name,
            "leader_post": post,
            "visit_kind": trip.kind,
            "visit_subject": trip.subject,
            "started_on": pd.Timestamp(trip.start),
            "ended_on": pd.Timestamp(trip.end) if trip.end else pd.NaT,
            "town_name": trip.town,
            "village_name": "、".join(trip.villages) or None,
            "is_in_households": trip.is_in_households,
            "household_count": 3 + at % 5 if trip.is_in_households else None,
            "has_report": trip.has_report,
            "remark": None,
        }
        for at, trip in enumerate(trips)
        for name, post in trip.leaders
    ]
    kinds = {"household_count": "Int64", "is_in_households": "boolean", "has_report": "boolean"}
    return pd.DataFrame(rows).astype({**kinds, "remark": "object"})


def figures(places: Places) -> dict[str, float]:
    """What the ledgers are about, from how they were made up."""
    trips = counted_trips(places)
    poor = places.villages.loc[places.villages["is_relative_poor"], ["town_name", "village_name"]]
    visited = {(t.town, village) for t in trips for village in t.villages}
    days = {day for t in trips if t.is_in_households for day in pd.date_range(t.start, t.end or t.start)}
    months = [{t.start[:7] for t in trips if leader in t.leaders} for leader in (SECRETARY, HEAD)]
    meetings = [KINDS[m.kind][0] for m in counted_meetings()]
    return {
        **{figure: float(meetings.count(figure)) for figure, *_ in KINDS.values()},
        "research_times": len(trips),
        "research_days": len(days),
        "research_months": len(months[0] & months[1]),
        "research_towns": len({t.town for t in trips}),
        "research_vlg_poor": len(visited & set(poor.itertuples(index=False, name=None))),
        "research_report_201909": 1,
    }
