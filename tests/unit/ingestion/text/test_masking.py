"""The one recogniser: what it finds, what it leaves, and that every engine reads it alike."""

import hashlib
import random
import re
import unicodedata
from datetime import date, timedelta

import duckdb
import jinja2
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.digits import plain_digits
from ingestion.text import masking
from ingestion.text.masking import (
    holds_id,
    ids_in,
    mask_column,
    mask_id_column,
    mask_ids,
    shown_name,
    without_ids,
)
from sanbao.codegen.dbt_files import PROJECT
from tests.unit.dashboards.fake_warehouse import ID_NUMBERS
from tests.unit.ingestion.helpers import id_number

WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
HIDDEN = "\u200b\u00ad\u202e\u2060\ufeff"


def _check_digit(body: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """A valid number of the area that nobody lives in."""
    born = date(1900, 1, 1) + timedelta(days=draw(st.integers(0, 45_000)))
    body = f"440899{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return body + _check_digit(body)


def _grouped(number: str, gap: str) -> str:
    return gap.join((number[:6], number[6:10], number[10:12], number[12:14], number[14:]))


def _apart(number: str, gap: str) -> str:
    return gap.join(number)


def _old(number: str) -> str:
    return number[:6] + number[8:17]


@st.composite
def written(draw: st.DrawFn) -> str:
    """A number as people write it, which may be wrong in one place."""
    number = draw(numbers())
    form = draw(
        st.sampled_from(["plain", "old", "wide", "lower", "typo", "cut", "hidden", "grouped", "apart"])
    )
    gap = draw(st.sampled_from([" ", "-", "—", "\u3000", "\u00a0", ".", "，", " / ", "\n", "_"]))
    if form == "typo":
        at = draw(st.integers(0, 17))
        return number[:at] + draw(st.sampled_from("0123456789")) + number[at + 1 :]
    if form == "hidden":
        at = draw(st.integers(1, 17))
        return number[:at] + draw(st.text(HIDDEN, min_size=1, max_size=5)) + number[at:]
    forms = {
        "plain": number,
        "old": _old(number),
        "wide": number.translate(WIDE),
        "lower": number.lower(),
        "cut": number[:17],
        "grouped": _grouped(number, gap),
        "apart": _apart(number, gap),
    }
    return forms[form]


around = st.text(st.sampled_from("张三号码 :：,，()（）。ghWYZ\n“”"), max_size=6)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", unicodedata.normalize("NFKC", text))


@settings(max_examples=400, deadline=None)
@given(written(), around, around)
def test_a_number_is_masked_however_it_is_written(number: str, before: str, behind: str) -> None:
    text = f"{before}{number}{behind}"
    shown = mask_ids(text)
    assert holds_id(text)
    assert "************" in shown
    assert shown.startswith(before) and shown.endswith(behind)
    assert len(_digits(shown)) <= 6, "more than the first six places is shown"
    assert not holds_id(shown)


@settings(max_examples=100, deadline=None)
@given(st.lists(numbers(), min_size=2, max_size=5), st.sampled_from([",", " ", "、", "\n", "", "和"]))
def test_none_of_several_is_left(found: list[str], between: str) -> None:
    assert len(_digits(mask_ids(between.join(found)))) <= 6 * len(found)
    assert not holds_id(mask_ids(between.join(found)))


@settings(max_examples=100, deadline=None)
@given(numbers(), st.sampled_from(["13800138000", "07594888888"]))
def test_one_glued_to_a_telephone_number(number: str, phone: str) -> None:
    for text in (number + phone, phone + number):
        assert number[6:14] not in mask_ids(text)


HARMLESS = [
    "6222021234567890123",
    "6228480402564890018",
    "20191231093000",
    "20191231093000123",
    "20191231120000123456",
    "2019-12-31 09:30:00.123456",
    "2019-12-31T09:30:00.123456+00:00",
    "2019.12.31-2020.01.15",
    "1574985600000000000",
    "13800138000 13900139000",
    "1,234,567,890,123.45",
    "100000000000000000",
    "440825-20190101",
    "440899************",
    "2500100443",
    "二〇一九年十二月三十一日第三批一百二十三户",
    "徐城街道东方一路五十六号七栋八单元九〇一房 13800138000",
    "张三、李四、王五、陈六，电话 0759-4888888、0759-4777777",
    "440825 徐城街道 2019年12月31日 共1234户",
    "XWCDC-2019-3-00012",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_has_the_digits_stays(text: str) -> None:
    assert mask_ids(text) == text
    assert mask_column(pa.array([text])).to_pylist() == [text]


def test_hashes_stay() -> None:
    """50,000 of each kind, and the worst of them: a whole number lies in it."""
    number = id_number(5)
    made = [hashlib.sha256(str(n).encode()).hexdigest() for n in range(50_000)]
    for length in (64, 40, 32, 12):
        hashes = pa.array([text[:length] for text in made])
        for column in (hashes, pa.array([f"hh_{text}" for text in hashes.to_pylist()])):
            assert not any(ids_in(column).to_pylist())
    for length in (64, 40, 32):
        for at in (0, 1, 7, length - 18):
            assert not holds_id("a" * at + number + "b" * (length - 18 - at))
            assert not holds_id("A" * at + number + "F" * (length - 18 - at))


@pytest.mark.slow
def test_card_numbers_and_moments_are_rarely_mistaken() -> None:
    """Digits without a birth date in them: of a million, fewer than the shape allows by chance."""
    chance = random.Random(3)
    cards = pa.array([f"62{chance.randrange(10**17):017d}" for _ in range(100_000)])
    assert sum(ids_in(cards).to_pylist()) == 0
    longs = pa.array([str(chance.randrange(10**17, 10**18)) for _ in range(100_000)])
    assert sum(ids_in(longs).to_pylist()) < 4_000


def _made(seed: int, count: int) -> list[str]:
    """Texts around the edge: pieces of numbers, digits and what may stand between them."""
    chance = random.Random(seed)
    words = "440899 1990 01 31 19900101 123 1234 123X X a F g - 年 号 １９ 2019 12 0 9 6222 张三 * 90"
    words += " ٤٤٠٨٩٩ 一九九〇 肆 O l ① ____ 出生"
    pieces = [*words.split(), " ", "\n", "\u200b", id_number(7)]
    return ["".join(chance.choices(pieces, k=chance.randrange(1, 14))) for _ in range(count)]


def _macro(text: str) -> str:
    """dbt's macro for DuckDB, rendered as dbt does."""
    source = (PROJECT / "macros/generated/masking.sql").read_text("utf-8")
    source = source.replace("{{ return(", "{{ (").replace("{%- endmacro", "{% endmacro")

    class Adapter:
        def dispatch(self, name: str, _: str):
            return {
                "regexp_replace_all": lambda t, p, r="": f"regexp_replace({t}, '{p}', '{r}', 'g')",
                "id_number_replacement": lambda: module.default__id_number_replacement().strip(),
            }[name]

    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    environment.globals |= {
        "adapter": Adapter(),
        "regexp_found": lambda t, p: f"regexp_matches({t}, '{p.strip()}')",
        "regexp_replace_all": lambda t, p, r: (
            f"regexp_replace({t}, '{p.strip()}', '{r.strip(chr(10))}', 'g')"
        ),
    }
    module = environment.from_string(source).module
    return str(module.without_id_numbers(text))


@pytest.mark.slow
def test_python_arrow_duckdb_and_dbt_agree() -> None:
    texts = _made(11, 20_000)
    python = [mask_ids(text) for text in texts]
    assert 1_000 < sum(a != b for a, b in zip(texts, python, strict=True)) < 19_000
    assert mask_column(pa.array(texts)).to_pylist() == python
    assert ids_in(pa.array(texts)).to_pylist() == [holds_id(text) for text in texts]
    with duckdb.connect() as connection:
        connection.register("made", pa.table({"n": range(len(texts)), "t": texts}))
        found = connection.execute(f"select {_macro('t')} from made order by n").fetchall()
        gate = connection.execute(f"select {ID_NUMBERS.holds('t')} from made order by n").fetchall()
    # SQL shows the rest of such a text with its digits plain as well.
    shown = [_read(made) if made != text else text for made, text in zip(python, texts, strict=True)]
    assert [row[0] for row in found] == shown
    assert [row[0] for row in gate] == [holds_id(text) for text in texts]


def _read(text: str) -> str:
    return re.sub(masking.LONG_GAP, "   ", plain_digits(text))


def test_the_cheap_pattern_misses_nothing() -> None:
    pattern, suspect = re.compile(masking.PATTERN), re.compile(masking.SUSPECT)
    texts = _made(12, 20_000)
    found = [t for t in texts if any(pattern.search(masking.plain(t, words)) for words in (False, True))]
    assert len(found) > 1_000
    assert not [text for text in found if not suspect.search(text)]


def test_nulls_and_clean_columns_pass_through() -> None:
    number = id_number(5)
    assert mask_column(pa.array([None, number, "东村"])).to_pylist() == [None, "440899************", "东村"]
    assert mask_column(pa.array([None, "东村"])).to_pylist() == [None, "东村"]
    assert mask_column(pa.array([], pa.string())).to_pylist() == []
    assert without_ids(pa.array([f"陈文{number}", None])).to_pylist() == ["陈文", None]
    assert mask_id_column(pa.array([number, "无", None])).to_pylist() == ["440899************", "无", None]


def test_a_name_in_digits_of_another_kind_is_masked_as_well() -> None:
    number = "440899197605230347"
    for digits in ("⓪①②③④⑤⑥⑦⑧⑨", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "⁰¹²³⁴⁵⁶⁷⁸⁹"):
        shown = shown_name(f"名册{number.translate(str.maketrans('0123456789', digits))}.xlsx")
        assert shown == "名册440899************.xlsx"
    assert shown_name("①名册（2019年）.xlsx") == "①名册（2019年）.xlsx"


_WORDS_OF_DIGITS = ("〇一二三四五六七八九", "零一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖")
_SCRIPTS = (
    *("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "⓪①②③④⑤⑥⑦⑧⑨", "⓿❶❷❸❹❺❻❼❽❾", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "⁰¹²³⁴⁵⁶⁷⁸⁹"),
    *("₀₁₂₃₄₅₆₇₈₉", "0⑴⑵⑶⑷⑸⑹⑺⑻⑼", "0⒈⒉⒊⒋⒌⒍⒎⒏⒐", "O123456789", "ol23456789", "0I23456789"),
)
OTHERWISE = {
    **{digits: str.maketrans("0123456789", digits) for digits in (*_SCRIPTS, *_WORDS_OF_DIGITS)},
    "mixed": str.maketrans("0123456789", "〇1二③٤5६7❽九"),
}


@pytest.mark.parametrize("digits", OTHERWISE)
@pytest.mark.parametrize("name", ["名册{}.xlsx", "张三{}", "{}李四", "代办人 {}，电话0759-4888888"])
def test_no_digits_hide_a_number(digits: str, name: str) -> None:
    words = digits in _WORDS_OF_DIGITS or digits == "mixed"
    for number in ("440899197605230347", "44089919760523034X", "440899760523034"):
        if words and "张三" in name and len(number) == 15:
            continue  # read as 16 places
        text = name.format(number.translate(OTHERWISE[digits]))
        before, _, behind = name.partition("{}")
        shown = mask_ids(text)
        assert holds_id(text)
        assert shown.endswith(f"{masking.STARS}{behind}")
        assert shown.startswith(before[:1])  # 张三 ends in a digit, too
        assert not holds_id(shown)
        assert mask_column(pa.array([text])).to_pylist() == [shown]
        assert number[6:] not in plain_digits(without_ids(pa.array([text]))[0].as_py())


@pytest.mark.parametrize(
    "written",
    [
        "440899    19760523    0347",
        "440899____19760523____0347",
        "440899出生19760523号0347",
        "440899 1976年05月23日 0347",
        "440899-1976年5月23日-0347",
        "    ".join("440899197605230347"),
        "".join(f"&#{ord(c)};" for c in "440899197605230347"),
        "".join(f"&#x{ord(c):x};" for c in "440899197605230347"),
        "".join(f"%{ord(c):x}" for c in "440899197605230347"),
    ],
)
def test_no_gap_hides_a_number(written: str) -> None:
    text = f"名册{written}.xlsx"
    assert holds_id(text)
    assert mask_ids(text).startswith("名册")
    assert mask_ids(text).endswith(f"{masking.STARS}.xlsx")
    assert mask_column(pa.array([text])).to_pylist() == [mask_ids(text)]
    assert "0347" not in shown_name(text)
