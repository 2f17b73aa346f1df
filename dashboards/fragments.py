"""What of an ID number stands in a cell: parts of the true numbers, and the tokens a cell is read as.

Everything is a table of text values that can be compared for equality, so that a whole serving file
is judged set-wise.
"""

# ruff: noqa: S608  (SQL made of the draft's own identifiers, quoted, and of this package's constants)

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

from foundation.digits import digit_class, written_digits


@dataclass(frozen=True)
class Kind:
    """A run of places of the number, `start` to `end`; `chance` that a random token of it is the true one.

    A `certain` kind is not met by chance, whoever's it is; a `short` one is met everywhere by chance and
    counts only where most of a column agrees.
    """

    name: str
    start: int
    end: int
    chance: float
    certain: bool = False
    short: bool = False

    @property
    def places(self) -> frozenset[int]:
        return frozenset(range(self.start, self.end + 1))


KINDS = {
    kind.name: kind
    for kind in (
        Kind("number", 1, 18, 0, certain=True),
        Kind("hash", 1, 18, 0, certain=True),
        Kind("first17", 1, 17, 0, certain=True),
        Kind("first15", 1, 15, 0, certain=True),
        Kind("last12", 7, 18, 1e-8),
        Kind("birth_and_sequence", 7, 17, 1e-7),
        Kind("last8", 11, 18, 1e-6),
        Kind("first14", 1, 14, 1e-6),
        Kind("birth_date", 7, 14, 1 / 36525),
        Kind("birth_date_short", 9, 14, 1 / 36525),
        Kind("month_and_day", 11, 14, 1 / 366),
        Kind("last6", 13, 18, 1e-6),
        Kind("last5", 14, 18, 1e-5),
        Kind("last4", 15, 18, 1e-4),
        Kind("last3", 16, 18, 1e-3),
        Kind("sequence", 15, 17, 1e-3),
        Kind("month", 11, 12, 1 / 12, short=True),
        Kind("day", 13, 14, 1 / 31, short=True),
        Kind("last2", 17, 18, 1e-2, short=True),
        Kind("check", 18, 18, 1 / 11, short=True),
    )
}

# The way of a number that people were given before 1999: no century, no check character.
_OLD = "substr(id_number, 1, 6) || substr(id_number, 9, 9)"
_HASHES = ("md5", "sha1", "sha256")
_HEX_RUN = "[0-9a-fA-F]{64}|[0-9a-fA-F]{40}|[0-9a-fA-F]{32}"
# Three digits of another kind near one another: 张三 has one, 四四〇八 four.
_IN_OTHER_DIGITS = f"[{digit_class()}].?[{digit_class()}].?[{digit_class()}]"
_HEX = rf"(^|[^0-9A-Za-z])({_HEX_RUN})\b"


def create_fragments(connection: duckdb.DuckDBPyConnection, days: tuple[date, ...]) -> None:
    """From `truth` (person_no, id_number, birth_on): `fragment` (person_no, kind, value).

    A birth date also stands as the number of days since the beginning of two usual calendars, and back from
    each of `days`: `d` and the number.
    """
    numbered = "from truth where id_number is not null"
    parts = [
        f"select person_no, '{kind.name}' as kind, substr(id_number, {kind.start}, "
        f"{kind.end - kind.start + 1}) as value {numbered}"
        for kind in KINDS.values()
        if kind.name != "hash"
    ]
    parts.append(f"select person_no, 'first15', {_OLD} {numbered}")
    # Written in another base; turned round is what the tokens are.
    parts += [
        f"select person_no, 'number', lower({form}(cast({digits} as bigint){base})) {numbered}"
        f" and try_cast({digits} as bigint) is not null"
        for form, base in (("to_hex", ""), ("to_base", ", 36"))
        for digits in ("id_number", "left(id_number, 17)")
    ]
    parts += [f"select person_no, 'hash', {name}(id_number) {numbered}" for name in _HASHES]
    parts.append(f"select person_no, 'hash', md5(lower(id_number)) {numbered} and right(id_number, 1) = 'X'")
    # The register's own birth date, where it is another than that of the number.
    parts += [
        f"select person_no, '{kind}', strftime(birth_on, '{form}') from truth"
        f" where strftime(birth_on, '{form}') is distinct from substr(id_number, {KINDS[kind].start},"
        f" {KINDS[kind].end - KINDS[kind].start + 1}) and birth_on is not null"
        for kind, form in (("birth_date", "%Y%m%d"), ("month_and_day", "%m%d"))
    ]
    numbers = ["born - date '1970-01-01'", "born - date '1899-12-30'"]
    numbers += [f"date '{day.isoformat()}' - born" for day in days]
    parts.append(f"""
        select distinct person_no, 'birth_date', 'd' || unnest([{", ".join(numbers)}])
        from (select person_no, birth_on as born from truth union all
            select person_no, cast(try_strptime(substr(id_number, 7, 8), '%Y%m%d') as date) from truth)
        where born is not null
    """)
    connection.execute(f"create or replace temp table fragment as {' union all '.join(parts)}")


def tokens_of_text(cells: str) -> str:
    """Tokens of the text column `cell` of relation `cells`: (cell, token, context).

    `context` is what stands before a run of digits: 尾号1234 in three cells is no chance, 1234 among a
    thousand counts is.
    """
    written, digits = written_digits()
    return rf"""
        with known as (
            select cell, case when regexp_matches(cell, '{_IN_OTHER_DIGITS}')
                then translate(cell, '{written}', '{digits}')
                else translate(cell, '０１２３４５６７８９Ｘｘx', '0123456789XXX') end as text
            from {cells} where regexp_matches(cell, '[0-9{digit_class()}]')
                and not regexp_full_match(cell, '[0-9]+|([a-z]+_)?({_HEX_RUN})')
        ),
        plain as (
            select cell, regexp_replace(text, '{_HEX}', ' ', 'g') as text from known
        ),
        -- All that is a digit, whatever stands between.
        bare as (
            select cell, regexp_replace(upper(text), '[^0-9X]', '', 'g') as token from plain
            union all select cell, cell from {cells} where regexp_full_match(cell, '[0-9]{{15,18}}')
        ),
        read as (
            select cell, case when regexp_matches(text, '[〇零一二三四五六七八九]+年')
                then translate(text, '〇零一二三四五六七八九', '00123456789') else text end as text
            from plain
        ),
        runs as (
            select cell, unnest(regexp_extract_all(text, '[^0-9]{{0,2}}[0-9]+X?')) as run from read
        ),
        digits as (
            select cell, regexp_extract(run, '[0-9]+X?$') as run,
                regexp_extract(run, '^[^0-9]*') as context,
                length(cell) = length(regexp_extract(run, '[0-9]+X?$')) as is_whole
            from runs
            union all select cell, cell, '', true from {cells} where regexp_full_match(cell, '[0-9]+')
        ),
        dated as (select cell, text from read where regexp_matches(text, '[0-9]\s*[-/.年月]')),
        days as (
            select cell, unnest(regexp_extract_all(text,
                '[0-9]{{4}}\s*[-/.年]\s*[0-9]{{1,2}}\s*[-/.月]\s*[0-9]{{1,2}}')) as day from dated
        ),
        turned as (
            select cell, unnest(regexp_extract_all(text,
                '[0-9]{{1,2}}\s*[-/.]\s*[0-9]{{1,2}}\s*[-/.]\s*[0-9]{{4}}')) as day from dated
        ),
        anniversaries as (
            select cell, unnest(regexp_extract_all(text, '[0-9]{{1,2}}\s*月\s*[0-9]{{1,2}}')) as day
            from dated
        ),
        parts as (
            select cell, string_split_regex(day, '[^0-9]+') as p from days
            union all
            select cell, [p[3], p[2], p[1]] from (
                select cell, string_split_regex(day, '[^0-9]+') as p from turned)
            union all
            select cell, [p[3], p[1], p[2]] from (
                select cell, string_split_regex(day, '[^0-9]+') as p from turned)
        ),
        dates as (
            select cell, p[1] || lpad(p[2], 2, '0') || lpad(p[3], 2, '0') as token from parts
        ),
        eights as (
            select cell, run as token from digits
            where length(run) = 8 and regexp_matches(run, '^(1[89]|20)[0-9]{{2}}(0[1-9]|1[0-2])')
        )
        select cell, run as token, context from digits where length(run) > 2 or is_whole
        union select cell, unnest([token, reverse(token)]), '' from bare
            where length(token) between 15 and 18
        union select cell, unnest(regexp_extract_all(lower(cell), '[1-9a-z][0-9a-z]{{9,15}}')), ''
            from {cells} where regexp_matches(cell, '^.{{0,40}}$') and regexp_matches(cell, '[A-Za-z]')
        union select cell, regexp_extract(lower(cell), '0x0*([0-9a-f]+)', 1), ''
            from {cells} where regexp_matches(cell, '0[xX]')
        union select cell, right(run, 4), '…' from digits where length(run) > 4
        union select cell, token, left(token, 4) from dates
        union select cell, right(token, 4), '' from dates
        union select cell, right(token, 4), '' from eights
        union select cell, lpad(p[1], 2, '0') || lpad(p[2], 2, '0'), '' from (
            select cell, string_split_regex(day, '[^0-9]+') as p from anniversaries)
        union select cell, lower(regexp_extract(unnest(regexp_extract_all(cell, '{_HEX}')),
            '[0-9a-fA-F]{{32,}}')), '' from {cells} where length(cell) >= 32
    """


def tokens_of_date(cells: str) -> str:
    """The same of a column of dates or timestamps, as text in ISO form."""
    return f"""
        with days as (select cell, replace(left(cell, 10), '-', '') as day from {cells})
        select cell, day as token, left(day, 4) as context from days
        union all select cell, right(day, 4), '' from days
    """


def tokens_of_number(cells: str) -> str:
    """The same of a column of numbers: its digits, with lost leading zeros put back, and as a number of
    days."""
    return f"""
        with whole as (
            select cell, try_cast(cell as double) as number from {cells}
        ),
        counts as (
            select cell, cast(number as bigint) as number from whole
            where number = floor(number) and number between 1 and 999999999999999999
        )
        select cell, cast(number as varchar) as token, '' as context from counts
        union all select cell, lpad(cast(number as varchar), width, '0'), '' from counts,
            (values (2), (3), (4), (6)) as widths(width) where number < power(10, width - 1)
        union all select cell, right(cast(number as varchar), 4), '' from counts
            where number between 18500000 and 20991231
        union all select cell, 'd' || number, 'days' from counts where number between 300 and 60000
    """
