"""The shape of a feed contract. Unknown keys and impossible combinations are refused."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from ingestion.contracts.cross_feed import CrossFileCheck
from ingestion.contracts.limits import COMPARING, Frozen, Limits

ColumnType = Literal[
    "text",
    "person_name",
    "id_number",
    "date",
    "year",
    "year_month",
    "money_yuan",
    "count",
    "measurement",
    "test_value",
    "yes_no",
    "code",
]
# id_bearing: a number that is made of an ID number by right (残疾人证号, 学籍号), and is never served.
PiiClass = Literal["none", "name", "id_number", "id_bearing", "phone", "bank_account", "address", "health"]
Severity = Literal["error", "warning"]
EntityKind = Literal["roster", "payment", "assessment", "task", "ledger"]

NAME = re.compile(r"^[a-z][a-z0-9_]*$")

# The vocabulary of each entity: what the union over its feeds selects. A
# contract maps the names it has; the rest are null in the union.
ENTITY_COLUMNS: dict[str, tuple[str, ...]] = {
    "roster": (
        "person_id_number",
        "person_name",
        "group_no",
        "state_code",
        "speaks_for_month",
        "started_on",
        "ended_on",
    ),
    "payment": (
        "person_id_number",
        "person_name",
        "group_no",
        "amount_yuan",
        "paid_on",
        "pay_month",
        "state_code",
    ),
    "assessment": (
        "person_id_number",
        "person_name",
        "subject_name",
        "town_name",
        "village_name",
        "assessed_on",
        "result_code",
    ),
    "task": (
        "person_id_number",
        "person_name",
        "batch_name",
        "started_on",
        "finished_on",
        "accepted_on",
        "amount_yuan",
    ),
    "ledger": ("subject_name", "entered_on", "state_code", "amount_yuan"),
}


class Column(Frozen):
    """One column of a feed: its Chinese header and what its cells may hold."""

    name: str
    header: str
    aliases: tuple[str, ...] = ()
    type: ColumnType
    required: bool = False  # the header must be in the file
    nullable: bool = True  # a blank cell is no error
    codes: tuple[str, ...] = ()
    code_aliases: dict[str, str] = Field(default_factory=dict)
    blank_words: tuple[str, ...] = ()  # what says in a code column that there is nothing to say
    unknown_code: Severity = "error"
    unit: str | None = None
    unusable_id: Severity = "error"  # a warning keeps the row, with a null ID
    blank_id: Severity = "error"  # the same for a cell with no ID at all
    blank_id_needs: tuple[str, ...] = ()  # a blank ID is but a warning only where these are filled
    minimum: float | None = None
    maximum: float | None = None
    shift_limit: float | None = Field(default=None, gt=0, le=1)  # of this column; none: the feed's; 1: any
    fall_limit: float | None = Field(default=None, gt=0, le=1)  # for what only rises: of those filled (or 是)
    pii: PiiClass = "none"
    description: str

    @field_validator("name")
    @classmethod
    def _snake_case(cls, value: str) -> str:
        if not NAME.match(value):
            raise ValueError(f"column name {value!r} is not snake_case")
        return value

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if (self.type == "code") != bool(self.codes):
            raise ValueError(f"{self.name}: codes belong to type code, and to it alone")
        if not set(self.code_aliases.values()) <= set(self.codes):
            raise ValueError(f"{self.name}: a code alias leads to a value that is no code")
        if self.blank_words and (not self.codes or {*self.blank_words} & {*self.codes, *self.code_aliases}):
            raise ValueError(f"{self.name}: blank words belong to type code, and are no codes")
        if self.fall_limit and (self.type == "code" or self.shift_limit is not None):
            raise ValueError(
                f"{self.name}: fall_limit is for dates, numbers and yes_no, without a shift_limit"
            )
        if self.blank_id_needs and self.blank_id != "warning":
            raise ValueError(f"{self.name}: blank_id_needs softens nothing unless blank_id is warning")
        if (self.pii == "id_number") != (self.type == "id_number"):
            raise ValueError(f"{self.name}: an ID number is pii id_number, and nothing else is")
        if self.type == "person_name" and self.pii != "name":
            raise ValueError(f"{self.name}: a person's name is pii name")
        return self

    @property
    def headers(self) -> tuple[str, ...]:
        return (self.header, *self.aliases)


class OrderCheck(Frozen):
    """`columns` are dates or numbers that must not decrease from left to right."""

    kind: Literal["order"]
    code: str
    columns: tuple[str, ...] = Field(min_length=2)
    severity: Severity = "error"


class RequiredWhenCheck(Frozen):
    """`column` must not be blank where `when` holds one of `values`."""

    kind: Literal["required_when"]
    code: str
    column: str
    when: str
    values: tuple[str, ...]
    severity: Severity = "error"


class NotBothCheck(Frozen):
    """Where `when` holds one of `values`, `column` must be blank or zero."""

    kind: Literal["blank_when"]
    code: str
    column: str
    when: str
    values: tuple[str, ...]
    severity: Severity = "error"


class UniqueCheck(Frozen):
    """No two rows of a period share `columns`."""

    kind: Literal["unique"]
    code: str
    columns: tuple[str, ...]
    severity: Severity = "error"


class OnePerGroupCheck(Frozen):
    """Each group has exactly one row whose `column` is `value`."""

    kind: Literal["one_per_group"]
    code: str
    group: tuple[str, ...]
    column: str
    value: str
    severity: Severity = "warning"


class FilledCountCheck(Frozen):
    """The number in `column` is that of the filled `columns`; more than there is room for is no fault."""

    kind: Literal["filled_count"]
    code: str
    column: str
    columns: tuple[str, ...] = Field(min_length=2)
    severity: Severity = "warning"


class LikeIdCheck(Frozen):
    """A date of birth or a sex is the one that the ID number beside it tells."""

    kind: Literal["like_id"]
    code: str
    column: str
    id_column: str = "id_number"
    severity: Severity = "warning"


Check = Annotated[
    OrderCheck
    | RequiredWhenCheck
    | NotBothCheck
    | UniqueCheck
    | OnePerGroupCheck
    | FilledCountCheck
    | LikeIdCheck
    | CrossFileCheck,
    Field(discriminator="kind"),
]


class Contract(Limits):
    """One feed of one department."""

    feed: str
    department: str
    department_name: str
    title: str
    title_aliases: tuple[str, ...] = ()
    owner: str
    description: str
    cadence: Literal["weekly", "monthly", "quarterly", "term", "yearly", "irregular"]
    due_day: int = Field(ge=1, le=28)  # of the month after the period
    max_age_days: int = Field(gt=0)  # older than this, the feed is stale
    delivery: Literal["snapshot", "events"]
    complete_for: Literal["county", "town", "none"]
    period_by: tuple[str, ...] = ()  # columns that name a row's period; none: the file's date
    part_by: tuple[str, ...] = ()  # columns that split a period into parts that add up
    key: tuple[str, ...] = ()
    entity: dict[EntityKind, dict[str, str | tuple[str, ...]]] = Field(default_factory=dict)
    columns: tuple[Column, ...] = Field(min_length=1)
    checks: tuple[Check, ...] = ()

    @field_validator("feed", "department")
    @classmethod
    def _snake_case(cls, value: str) -> str:
        if not NAME.match(value):
            raise ValueError(f"{value!r} is not snake_case")
        return value

    @model_validator(mode="after")
    def _possible(self) -> Self:
        names = [c.name for c in self.columns]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.feed}: a column name stands twice")
        headers = [h for c in self.columns for h in c.headers]
        twice = {h for h in headers if headers.count(h) > 1}
        if twice:
            raise ValueError(f"{self.feed}: two columns claim the header {sorted(twice)}")
        known = set(names)
        used = [*self.period_by, *self.part_by, *self.key]
        used += [name for column in self.columns for name in column.blank_id_needs]
        for check in self.checks:
            used += [
                str(value) if isinstance(value, str) else ""
                for field in ("column", "id_column", "when", "year", "name", "key", "town")
                if (value := getattr(check, field, None))
            ]
            for field in ("columns", "group"):
                used += list(getattr(check, field, ()))
        for kind, mapping in self.entity.items():
            unknown = set(mapping) - set(ENTITY_COLUMNS[kind])
            if unknown:
                raise ValueError(f"{self.feed}: {kind} has no column {sorted(unknown)}")
            for value in mapping.values():
                used += [value] if isinstance(value, str) else list(value)
        missing = set(used) - known
        if missing:
            raise ValueError(f"{self.feed}: unknown columns {sorted(missing)}")
        if self.delivery == "snapshot" and self.complete_for == "none":
            raise ValueError(f"{self.feed}: a snapshot says what it is complete for")
        self._check_parts()
        self._check_limits()
        return self

    def _check_parts(self) -> None:
        """Refuse a part that may be blank or unknown: the rows under it would outlive every whole file."""
        for column in (self.column(name) for name in self.part_by):
            if not column.required or column.nullable or column.unknown_code == "warning":
                raise ValueError(
                    f"{self.feed}: {column.name} splits a period into parts: it is always filled"
                )

    def _check_limits(self) -> None:
        """Refuse limits that could never do anything."""
        stated = COMPARING & self.model_fields_set
        if stated and self.delivery != "snapshot":
            raise ValueError(f"{self.feed}: {sorted(stated)} compare snapshots; this feed delivers events")
        if self.delivery != "snapshot" and any(column.fall_limit for column in self.columns):
            raise ValueError(f"{self.feed}: fall_limit compares snapshots; this feed delivers events")
        if "town_floor" in stated and (self.complete_for != "county" or not self.town_column):
            raise ValueError(f"{self.feed}: town_floor needs a town_name and complete_for county")
        if "key_loss_limit" in stated and not self.lasting_key:
            raise ValueError(f"{self.feed}: key_loss_limit needs a key or an ID number")
        if "if_unchanged" in stated and self.period_by:
            raise ValueError(f"{self.feed}: if_unchanged is for feeds whose rows do not name their period")

    @property
    def town_column(self) -> str | None:
        """The column that names the town, if there is one."""
        return next((c.name for c in self.columns if c.name == "town_name"), None)

    @property
    def lasting_key(self) -> tuple[str, ...]:
        """What names the same thing in every period: the key without the period, else the ID number."""
        key = tuple(name for name in self.key if name not in self.period_by)
        return key or tuple(c.name for c in self.columns if c.type == "id_number")[:1]

    def column(self, name: str) -> Column:
        """The column called `name`; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.feed} has no column {name}")
