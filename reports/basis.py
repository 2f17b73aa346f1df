"""What one report rests on: the published tables of one date as they were known then, kept for good.

A report is never printed from the warehouse as it stands. Its tables are first written down, a Parquet
file each with its hash; every copy of the report, today's and next year's, is printed from these files.
So it reprints byte for byte whatever arrives, is corrected or is decided later.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

NAME = "basis.json"
# Served table → the order of its rows.
TABLES = {
    "dim_figure": "figure_id",
    "rpt_self_assessment": "figure_id",
    "fct_figure": "figure_id, area_level, area_code",
    "fct_figure_member": "figure_id, role, member_key",
    "fct_identity": "identity_id",
    "fct_identity_member": "identity_id, member_key",
    "fct_claim": "claim_id",
    "fct_override": "override_id",
    "fct_household_guarantee": "household_id",
    "dim_household": "household_id",
    "dim_person": "register_person_no",
    "fct_delivery": "batch_id",
}
_OF_EVERY_DATE = {"fct_delivery"}  # each file bears the date that it speaks for itself
_LAST_YEAR = "last_year"
_HUNDRED = Decimal(100)
_RELATIONS = {"=": "等于", "<=": "不大于", "in": "全部列入", "apart": "不同于", "none": "没有，即"}
# Columns of identities that a basis kept by an older release does not have.
_IDENTITY_COLUMNS = (
    "identity_id", "label", "severity", "comparator", "left_text", "right_text", "identity_state",
    "differing_count", "contradiction_id", "statement", "claim_id", "document_name", "claimed_value",
    "claimed_unit", "counted_value", "counted_unit",
)  # fmt: skip


class BasisDamaged(Exception):
    """A file of a kept basis is missing or is not as it was written; the message names it."""


@dataclass(frozen=True)
class Figure:
    """One figure of the county, as the catalogue and the build have it."""

    figure_id: str
    label: str
    unit: str
    kind: str
    measure: str
    digits: int
    section: str | None
    numerator_label: str | None
    denominator_label: str | None
    as_of_rule: str | None
    feed_title: str | None
    department_name: str | None
    has_list: bool
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    met_count: Decimal | None
    not_met_count: Decimal | None
    unknown_count: Decimal | None
    exempt_count: Decimal | None
    count_state: str
    caveat: str | None
    blocked_reason: str | None
    printed_text: str | None  # as the report's table has it, with its unit
    report_value: Decimal | None
    last_year_value: Decimal | None

    @property
    def printed(self) -> str:
        """The number in print, without its unit but with the sign of per cent; "" when blocked."""
        if self.value is None or self.blocked_reason:
            return ""
        if self.printed_text is None:
            return written(self.value, self.digits, self.unit)
        return self.printed_text if self.unit == "%" else self.printed_text.removesuffix(self.unit)

    @property
    def is_all(self) -> bool:
        """Whether a rate may be called "all": nobody is missing and nobody's state is unknown."""
        return self.unit == "%" and self.value == _HUNDRED and not self.unknown_count

    @property
    def arithmetic(self) -> str:
        """How the number comes about, in words and numbers."""
        if self.measure != "rate":
            what = "合计" if self.measure == "sum" else "计数"
            return f"{what}：{self.numerator_label or self.label} ＝ {plain(self.numerator)}"
        above, below = self.numerator_label or "分子", self.denominator_label or "分母"
        return f"{above} {plain(self.numerator)} ÷ {below} {plain(self.denominator)}"


def written(value: Decimal, digits: int, unit: str) -> str:
    """As the county's report writes numbers: no zeros behind the point that say nothing, except of a rate."""
    if unit == "%":
        return "100%" if value == _HUNDRED else f"{value:.{max(digits, 0)}f}%"
    return plain(value)


def plain(value: Decimal | None) -> str:
    if value is None:
        return "—"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def with_unit(figure: Figure) -> str:
    """The number in print with its unit; "" when blocked."""
    if not figure.printed or figure.unit == "%":
        return figure.printed
    return figure.printed + figure.unit


@dataclass(frozen=True)
class Identity:
    """One relation between figures that the report relies on."""

    identity_id: str
    label: str
    severity: str
    comparator: str
    left_text: str
    right_text: str
    identity_state: str
    differing_count: int
    contradiction_id: str | None  # one of those that the county's own report had, X1 to X14
    statement: str | None
    claim_id: str | None
    document_name: str | None
    claimed_value: Decimal | None
    claimed_unit: str | None
    counted_value: Decimal | None
    counted_unit: str | None

    @property
    def is_contradicted(self) -> bool:
        """Whether rows bear out otherwise what the report, or a statement, says."""
        return self.contradiction_id is not None and self.identity_state == "BROKEN"

    @property
    def finding(self) -> str:
        """What is wrong: both sides, and how many members there are to show it."""
        if self.contradiction_id is None:
            return (
                f"{self.label}（{self.identity_id}）不成立：{self.left_text} 应{_RELATIONS[self.comparator]} "
                f"{self.right_text}，两边计入不同的有 {self.differing_count} 个"
            )
        claimed = f"{plain(self.claimed_value)}{self.claimed_unit or ''}"
        counted = f"{plain(self.counted_value)}{self.counted_unit or ''}"
        who = f"{self.document_name}写 {claimed}" if self.claim_id else f"所说 {claimed}"
        return (
            f"{self.label}（{self.identity_id}）不成立：{who}，数出来是 {counted}，"
            f"与之不符的有 {self.differing_count} 个"
        )


@dataclass(frozen=True)
class Claim:
    """What a document says of a figure that is counted from rows."""

    claim_id: str
    figure_id: str
    label: str
    claimed_value: Decimal
    claimed_unit: str
    counted_value: Decimal | None
    unit: str
    claim_state: str
    document_name: str
    claimed_by: str | None


def freeze(serving: Path, as_of: date, known_by: datetime, build: str, folder: Path) -> None:
    """Write down what `serving` has of `as_of`, as `folder`, whole or not at all.

    `known_by` (UTC, naive) is when the last of what that build knew became known, `build` its fingerprint.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".basis-", dir=folder.parent))
    try:
        hashes = {name: _write_table(serving, draft, name, as_of) for name in TABLES}
        hashes[_LAST_YEAR] = _write_last_year(serving, draft, as_of)
        record = {
            "as_of": as_of.isoformat(), "known_by": known_by.isoformat(), "build": build, "sha256": hashes,
        }  # fmt: skip
        (draft / NAME).write_text(json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True), "utf-8")
        draft.chmod(0o750)
        if folder.exists():
            shutil.rmtree(folder)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write_table(serving: Path, folder: Path, name: str, as_of: date) -> str:
    day = "true" if name in _OF_EVERY_DATE else f"as_of = date '{as_of.isoformat()}'"
    sql = f'select * from mart."{name}" where {day} order by {TABLES[name]}'  # noqa: S608  (our own names)
    return _copy(serving, folder, name, sql)


def _write_last_year(serving: Path, folder: Path, as_of: date) -> str:
    """The county's figures of the same day a year before, none where that day is not published."""
    last = as_of.replace(year=as_of.year - 1, day=min(as_of.day, 28) if as_of.month == 2 else as_of.day)
    sql = (
        "select figure_id, value from mart.fct_figure"  # noqa: S608  (a date of ours)
        f" where area_level = 'county' and as_of = date '{last.isoformat()}' order by figure_id"
    )
    return _copy(serving, folder, _LAST_YEAR, sql)


def _copy(serving: Path, folder: Path, name: str, sql: str) -> str:
    path = folder / f"{name}.parquet"
    with duckdb.connect(str(serving.resolve()), read_only=True) as connection:
        connection.execute(f"copy ({sql}) to '{_quoted(path)}' (format parquet, compression zstd)")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


class Basis:
    """The kept tables of one report, opened and proven to be as they were written."""

    def __init__(self, folder: Path) -> None:
        """Raises BasisDamaged."""
        try:
            record = json.loads((folder / NAME).read_text("utf-8"))
            hashes: Mapping[str, str] = record["sha256"]
            self.as_of = date.fromisoformat(record["as_of"])
            self.known_by = datetime.fromisoformat(record["known_by"])
            self.build = str(record["build"])
        except (OSError, ValueError, KeyError) as error:
            raise BasisDamaged(str(folder / NAME)) from error
        self.folder = folder
        self.sha256 = hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest()
        self._connection = duckdb.connect()
        for name, expected in hashes.items():
            path = folder / f"{name}.parquet"
            if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != expected:
                raise BasisDamaged(str(path))
            self._connection.execute(f"create view \"{name}\" as from read_parquet('{_quoted(path)}')")

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, dict(parameters or {})).fetchall()

    def close(self) -> None:
        self._connection.close()

    @cached_property
    def figures(self) -> dict[str, Figure]:
        """Figure id → figure, in the order of the catalogue."""
        sql = """
            select c.figure_id, c.label, c.unit, c.kind, c.measure, c.digits, c.section, c.numerator_label,
                c.denominator_label, c.as_of_rule, c.feed_title, c.department_name, c.has_list,
                f.value, f.numerator, f.denominator, f.met_count, f.not_met_count, f.unknown_count,
                f.exempt_count, coalesce(f.count_state, 'NOT_COUNTABLE'), f.caveat,
                coalesce(r.blocked_reason,
                    case when f.value is null then '算不出：' || coalesce(f.caveat, '没有对象。') end),
                r.printed, r.report_value, l.value
            from dim_figure c
            left join fct_figure f on f.figure_id = c.figure_id and f.area_level = 'county'
            left join rpt_self_assessment r on r.figure_id = c.figure_id
            left join last_year l on l.figure_id = c.figure_id
            order by c.sort_order, c.figure_id
        """
        return {row[0]: Figure(*row) for row in self.rows(sql)}

    @cached_property
    def towns(self) -> list[str]:
        """The towns that have registered households, in the order of their codes."""
        sql = """
            select distinct town_code, town_name from dim_household where town_name is not null
            order by town_code, town_name
        """
        return [str(name) for _, name in self.rows(sql)]

    @cached_property
    def identities(self) -> list[Identity]:
        known = {name for name, *_ in self.rows("describe fct_identity")}
        columns = ", ".join(name if name in known else f"null as {name}" for name in _IDENTITY_COLUMNS)
        sql = f"select {columns} from fct_identity order by sort_order"  # noqa: S608  (names of ours)
        return [Identity(*row) for row in self.rows(sql)]

    @cached_property
    def claims(self) -> list[Claim]:
        """What somebody says of figures that are counted, those first that are contradicted."""
        sql = """
            select claim_id, figure_id, label, claimed_value, claimed_unit, counted_value, unit, claim_state,
                case when starts_with(claim_id, 'report:') then split_part(claim_id, ':', 2)
                    else document_name end, claimed_by
            from fct_claim
            order by case claim_state when 'CONTRADICTED' then 1 when 'AGREES' then 3 else 2 end, claim_id
        """
        return [Claim(*row) for row in self.rows(sql)]

    @cached_property
    def overrides(self) -> list[dict[str, Any]]:
        """What is by hand at the date; nothing in a basis that an older release kept."""
        if not self.has_overrides:
            return []
        sql = """
            select * from fct_override where is_in_force
            order by town_code nulls last, village_code nulls last, register_household_no,
                register_person_no nulls first, guarantee, override_id
        """
        cursor = self._connection.execute(sql)
        columns = [column[0] for column in cursor.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

    @cached_property
    def by_hand(self) -> dict[str, int]:
        """Figure id → how many of its members are in a state that is by hand."""
        if not self.has_overrides:
            return {}
        sql = """
            select figure_id, count(distinct member_key) from fct_figure_member
            where override_id is not null group by figure_id
        """
        return {str(figure): int(count) for figure, count in self.rows(sql)}

    @cached_property
    def has_overrides(self) -> bool:
        """Whether it tells of overrides: one that an older release kept does not."""
        return (self.folder / "fct_override.parquet").exists()

    def blocks(self, figure_ids: Sequence[str]) -> list[str]:
        """Why the report may not be printed: a sentence each, of the figures in it and of the identities."""
        known = self.figures
        said = [
            f"{known[each].label}（{each}）：{known[each].blocked_reason}"
            for each in figure_ids
            if each in known and known[each].blocked_reason
        ]
        for identity in self.identities:
            if identity.severity != "NOTE" and identity.identity_state == "BROKEN":
                said.append(identity.finding)
        return said
