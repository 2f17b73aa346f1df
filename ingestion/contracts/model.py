"""The shape of a feed contract. Unknown keys and impossible combinations are refused."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from ingestion.contracts.cross_feed import CrossFileCheck
from ingestion.contracts.cuts import Cut
from ingestion.contracts.limits import COMPARING, Frozen, Limits
from ingestion.contracts.payments import YES, Payments
from ingestion.contracts.standard_codes import CodePattern, Standard, standard_codes

ColumnType = Literal[
    "text",
    "person_name",
    "id_number",
    "person_document",
    "date",
    "year",
    "year_month",
    "money_yuan",
    "count",
    "measurement",
    "test_value",
    "yes_no",
    "code",
    "school_year",
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
    costs: Literal["row", "cell"] = "row"  # of what may not be blank: what is not taken where it is wrong
    codes: tuple[str, ...] = ()
    code_aliases: dict[str, str] = Field(default_factory=dict)
    code_patterns: tuple[CodePattern, ...] = ()  # with a group in one of them the codes are but examples
    standard: Standard | None = None  # national codes, or ways of writing, that are spellings of these
    blank_words: tuple[str, ...] = ()  # what says in a code column that there is nothing to say
    if_yes: str | None = None  # the code that 是 and √ are: of a column that may be headed 是否合格
    if_no: str | None = None
    unknown_code: Severity = "error"
    unit: str | None = None
    unusable_id: Severity = "error"  # a warning keeps the row, with a null ID
    blank_id: Severity = "error"  # the same for a cell with no ID at all
    blank_id_needs: tuple[str, ...] = ()  # a blank ID is but a warning only where these are filled
    kind_column: str | None = None  # of a document: the column that says what kind of document it is
    minimum: float | None = None
    maximum: float | None = None
    shift_limit: float | None = Field(default=None, gt=0, le=1)  # of this column; none: the feed's; 1: any
    sparse: bool = False  # filled only where it applies: that nobody has it says nothing is missing
    fall_limit: float | None = Field(default=None, gt=0, le=1)  # for what only rises: of those filled (or 是)
    multiple: bool = (
        False  # a cell may hold several values, which pair up with those of the other such columns
    )
    of_range: Literal["first", "last"] | None = None  # the end of 2019.5.6-5.15 that the column takes
    # Of 3月5日 in a file of 2019年12月: what happened until then, or was paid for that time. None: unknown.
    year_told: Literal["until", "around"] | None = None
    of_year: bool = False  # a date column may hold a year alone: its first day, with a warning
    several_codes: bool = False  # a code column: 因病、因学 is both, as one value
    is_city: bool = False  # a text: of an address in a city its city is taken
    ditto: bool = False  # 同上 is the cell above
    is_register_no: bool = False  # a number that the register itself gave: see REGISTER_NO_FORM
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
        if not {self.if_yes, self.if_no} - {None} <= set(self.codes):
            raise ValueError(f"{self.name}: yes or no leads to a value that is no code")
        if (self.code_patterns or self.standard) and not self.codes:
            raise ValueError(f"{self.name}: patterns and standards belong to type code")
        fixed = {pattern.becomes for pattern in self.code_patterns if "\\" not in pattern.becomes}
        if not fixed <= set(self.codes):
            raise ValueError(f"{self.name}: a pattern leads to a value that is no code")
        if self.blank_words and (not self.codes or {*self.blank_words} & {*self.codes, *self.code_aliases}):
            raise ValueError(f"{self.name}: blank words belong to type code, and are no codes")
        if self.fall_limit and (self.type == "code" or self.shift_limit is not None):
            raise ValueError(
                f"{self.name}: fall_limit is for dates, numbers and yes_no, without a shift_limit"
            )
        if (self.several_codes and self.type != "code") or (self.is_city and self.type != "text"):
            raise ValueError(f"{self.name}: several_codes is for codes, is_city for texts")
        if self.multiple and self.type not in ("text", "person_name", "id_number", "person_document"):
            raise ValueError(f"{self.name}: only texts, names and numbers of people stand several in a cell")
        if self.ditto and (self.type not in ("text", "code") or self.pii not in ("none", "address")):
            raise ValueError(f"{self.name}: 同上 is never a name, a number or a date")
        if self.of_year and self.type != "date":
            raise ValueError(f"{self.name}: of_year is for dates")
        if (self.of_range or self.year_told) and self.type not in ("date", "year_month"):
            raise ValueError(f"{self.name}: of_range and year_told are for dates and months")
        if self.is_register_no and self.type != "text":
            raise ValueError(f"{self.name}: a register's number is a text, whose zeros stay")
        if self.blank_id_needs and self.blank_id != "warning":
            raise ValueError(f"{self.name}: blank_id_needs softens nothing unless blank_id is warning")
        if self.costs == "cell" and self.nullable:
            raise ValueError(f"{self.name}: what is wrong in a cell that may be blank costs no row anyway")
        if self.kind_column and self.type != "person_document":
            raise ValueError(f"{self.name}: kind_column belongs to type person_document")
        if (self.pii == "id_number") != self.is_identity:
            raise ValueError(f"{self.name}: an ID number is pii id_number, and nothing else is")
        if self.type == "person_name" and self.pii != "name":
            raise ValueError(f"{self.name}: a person's name is pii name")
        return self

    @property
    def has_open_codes(self) -> bool:
        """Whether there are more codes than those that are named: one per year, for example."""
        return any("\\" in pattern.becomes for pattern in self.patterns)

    @property
    def patterns(self) -> tuple[CodePattern, ...]:
        """Ways of writing the codes, the contract's own before those of a standard."""
        return (*self.code_patterns, *(standard_codes(self.standard).patterns if self.standard else ()))

    # Not cached: a copy with other aliases (of a period's map) would keep those of the original.
    @property
    def spellings(self) -> dict[str, str]:
        """Whatever stands for one of the codes, by the contract or by a national standard."""
        standard = standard_codes(self.standard).spellings(self.codes) if self.standard else {}
        return {**standard, **self.code_aliases}

    @property
    def says_nothing(self) -> tuple[str, ...]:
        """What says in a code column that there is nothing to say."""
        return (*self.blank_words, *(standard_codes(self.standard).nothing if self.standard else ()))

    @property
    def is_identity(self) -> bool:
        """Whether its cells say who somebody is, by the number of a document."""
        return self.type in ("id_number", "person_document")

    @property
    def is_needed(self) -> bool:
        """Whether a row says nothing without its cell."""
        return not self.nullable and self.costs == "row"

    @property
    def headers(self) -> tuple[str, ...]:
        return (self.header, *self.aliases)


class Range(Frozen):
    """A header over cells that hold both ends of a time: 培训起止时间 is the first and the last day."""

    headers: tuple[str, ...] = Field(min_length=1)
    first: str
    last: str
    single: bool = False  # one day is both; else nothing says when what began on it ends


class Joined(Frozen):
    """A header over cells that hold two codes: 残疾类别及等级 is 肢体三级."""

    headers: tuple[str, ...] = Field(min_length=1)
    columns: tuple[str, str]


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
    """Where `when` holds one of `values`, `column` must be blank, zero or 否."""

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


class AlikeCheck(Frozen):
    """Rows that share `group` are about one thing: `column` is the same in all in which it is filled."""

    kind: Literal["alike"]
    code: str
    group: tuple[str, ...] = Field(min_length=1)
    column: str
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
    | AlikeCheck
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
    # Parts that every period has: their names, or every town with villages; without, those that came before
    expected_parts: tuple[str, ...] | Literal["towns"] = ()
    cut: Cut | None = None  # what tells the town of a row, for files of one town each
    key: tuple[str, ...] = ()
    payments: Payments | None = None  # of rows that pay: what is netted, and what a file may not lose
    entity: dict[EntityKind, dict[str, str | tuple[str, ...]]] = Field(default_factory=dict)
    columns: tuple[Column, ...] = Field(min_length=1)
    checks: tuple[Check, ...] = ()
    ranges: tuple[Range, ...] = ()
    joined: tuple[Joined, ...] = ()

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
        headers += self._headers_of_two
        twice = {h for h in headers if headers.count(h) > 1}
        if twice:
            raise ValueError(f"{self.feed}: two columns claim the header {sorted(twice)}")
        known = set(names)
        used = [*self.period_by, *self.part_by, *self.key, *self._cut_columns()]
        used += self.payments.columns if self.payments else ()
        used += [name for column in self.columns for name in column.blank_id_needs]
        used += [column.kind_column for column in self.columns if column.kind_column]
        used += [name for ends in self.ranges for name in (ends.first, ends.last)]
        used += [name for both in self.joined for name in both.columns]
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
        several = {column.name for column in self.columns if column.multiple}
        if several & {*self.key, *self.period_by, *self.part_by}:
            raise ValueError(f"{self.feed}: what names a row holds one value")
        if self.delivery == "snapshot" and any(self.column(name).pii != "none" for name in several):
            raise ValueError(f"{self.feed}: a row of a list is about one person")
        for ends in self.ranges:
            if (self.column(ends.first).of_range, self.column(ends.last).of_range) != ("first", "last"):
                raise ValueError(f"{self.feed}: the ends of a range are of_range first and last")
        if any(self.column(name).type != "code" for both in self.joined for name in both.columns):
            raise ValueError(f"{self.feed}: only codes are joined in one cell")
        self._check_parts()
        self._check_limits()
        self._check_payments()
        return self

    def _check_parts(self) -> None:
        """Refuse a part that may be blank or unknown: the rows under it would outlive every whole file."""
        for column in (self.column(name) for name in self.part_by):
            if not (column.required and column.is_needed) or column.unknown_code == "warning":
                raise ValueError(
                    f"{self.feed}: {column.name} splits a period into parts: it is always filled"
                )
        if self.expected_parts:
            columns = [self.column(name) for name in self.part_by]
            codes = {code for column in columns for code in column.codes}
            named = "town_name" in self.part_by if self.expected_parts == "towns" else codes
            if len(columns) != 1 or not named or (codes and not set(self.expected_parts) <= codes):
                raise ValueError(
                    f"{self.feed}: expected_parts are codes of the one column of part_by, or towns"
                )

    def _check_payments(self) -> None:
        """Refuse payments of no money, and effects of what the column never says."""
        if self.payments is None:
            return
        if self.column(self.payments.amount).type != "money_yuan":
            raise ValueError(f"{self.feed}: what is paid is money_yuan")
        for name, effects in self.payments.effects.items():
            column = self.column(name)
            said = {YES} if column.type == "yes_no" else set(column.codes)
            if not set(effects) <= said:
                raise ValueError(f"{self.feed}: {name} never says {sorted(set(effects) - said)}")

    def _cut_columns(self) -> tuple[str, ...]:
        """The columns that tell the town; refuses a cut of what has no whole that a town were a part of."""
        if self.cut is None:
            return ()
        town = self.cut.town_column
        if self.delivery != "snapshot" or self.period_by or (town and town in self.part_by):
            raise ValueError(f"{self.feed}: cut is for snapshots of a date that are not split by town")
        return (*self.cut.by, *([town] if town else []))

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
    def headers(self) -> tuple[str, ...]:
        """Whatever may stand over one of its columns, or over two of them."""
        own = [header for column in self.columns for header in column.headers]
        return (*own, *self._headers_of_two)

    @property
    def _headers_of_two(self) -> tuple[str, ...]:
        ends = [header for ends in self.ranges for header in ends.headers]
        return (*ends, *(header for both in self.joined for header in both.headers))

    @property
    def town_column(self) -> str | None:
        """The column that names the town, if there is one."""
        return next((c.name for c in self.columns if c.name == "town_name"), None)

    @property
    def one_file_has(self) -> tuple[tuple[str, ...], ...]:
        """The lists of columns by which rows of a cut feed are of one file, whatever parts the files were."""
        if self.cut is None:
            return ()
        found = ((*self.part_by, *self.cut.by),) if self.cut.by else ()
        return (*found, *(key for key in (self.key,) if key and key not in found))

    @property
    def lasting_key(self) -> tuple[str, ...]:
        """What names the same thing in every period: the key without the period, else the ID number."""
        key = tuple(name for name in self.key if name not in self.period_by)
        return key or tuple(c.name for c in self.columns if c.is_identity)[:1]

    @property
    def is_list_of_county(self) -> bool:
        """A list of the whole county: from one delivery to the next it does not come to nothing."""
        return self.delivery == "snapshot" and self.complete_for == "county"

    def column(self, name: str) -> Column:
        """The column called `name`; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.feed} has no column {name}")
