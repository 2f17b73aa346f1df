"""A register of persons, which has no column of towns, as it comes cut in any way."""

import random

import pytest

from ingestion.pipeline import decisions
from tests.unit.ingestion.deliveries import CATALOG, TOWNS, drop, register, sheet
from tests.unit.ingestion.helpers import id_number, lake, new_home
from tests.unit.ingestion.problems.made import book, saved
from tests.unit.ingestion.warehouse import staged

pytestmark = pytest.mark.slow

TITLE = "徐闻县{month}建档立卡贫困人口信息表"
NOVEMBER, DECEMBER = "2019年11月", "2019年12月"
XU, QU, HAI = TOWNS


def persons(households, each=2):
    """So many persons per household, by header; their numbers follow from the household's."""
    return [
        {
            "户编号": household["户编号"],
            "人编号": f"{household['户编号']}-{n}",
            "姓名": "陈文",
            "证件号码": id_number(int(household["户编号"][1:]), born=f"19800{n}01"),
            "与户主关系": "户主" if n == 1 else "配偶",
            "出生日期": f"1980-0{n}-01",
            "在校生状况": "",
            "劳动技能": "普通劳动力",
        }
        for household in households
        for n in range(1, each + 1)
    ]


def of(households, *towns):
    return persons([h for h in households if h["乡(镇)"] in towns])


def in_force(home, month=None):
    """The numbers of the persons that hold latest."""
    rows = [row for row in staged(home, "register_person") if row["is_latest"]]
    return sorted(row["register_person_no"] for row in rows)


def numbers(rows):
    return sorted(row["人编号"] for row in rows)


@pytest.fixture
def households():
    return register(60)


@pytest.fixture
def home(tmp_path, households):
    home = new_home(tmp_path)
    (outcome,) = drop(home, sheet(households), name="户表.csv")
    assert outcome.delivery_state == "LOADED"
    return home


def send(home, rows, name="人口.csv", *, at=1, month=DECEMBER, title=TITLE):
    (outcome,) = drop(home, sheet(rows, month, title), at=at, name=name)
    assert outcome.rows_read == outcome.rows_accepted + outcome.rows_held
    return outcome


def said(home):
    return [p["code"] for p in lake(home, "problem")]


@pytest.mark.parametrize("named", [True, False])
def test_files_of_towns_add_up_and_each_replaces_itself(home, households, named):
    for at, town in enumerate(TOWNS, start=1):
        outcome = send(home, of(households, town), f"{town}.csv" if named else f"{at}.csv", at=at)
        assert (outcome.delivery_state, outcome.as_of.isoformat()) == ("LOADED", "2019-12-31")
    assert in_force(home) == numbers(persons(households))
    again = of(households, QU)[2:]  # a household is gone
    assert send(home, again, f"{QU}.csv" if named else "4.csv", at=9).delivery_state == "LOADED"
    assert in_force(home) == numbers([*of(households, XU, HAI), *again])
    assert said(home) == []


def test_a_whole_county_replaces_towns_and_a_town_replaces_its_part_of_it(home, households):
    for at, town in enumerate(TOWNS, start=1):
        send(home, of(households, town), f"{town}.csv", at=at)
    whole = [p for p in persons(households) if p["户编号"] not in ("H1", "H70", "H150")]
    assert send(home, whole, "全县.csv", at=5).delivery_state == "LOADED"
    assert in_force(home) == numbers(whole)
    town = [p for p in of(households, HAI) if p["户编号"] not in ("H150", "H151")]
    assert send(home, town, f"{HAI}.csv", at=6).delivery_state == "LOADED"
    assert in_force(home) == numbers([p for p in whole if p["户编号"] != "H151"])


def test_a_town_of_the_next_month_leaves_the_others_of_the_month_before(home, households):
    send(home, persons(households), "全县.csv", month=NOVEMBER)
    town = of(households, XU)[2:]
    assert send(home, town, f"{DECEMBER}{XU}.csv", at=2).delivery_state == "LOADED"
    assert in_force(home) == numbers([*town, *of(households, QU, HAI)])
    (problem,) = lake(home, "problem")
    assert problem["code"] == "TOWNS_STILL_DUE"
    assert "2019年12月31日 的数据还缺 2 个镇：曲界镇、海安镇" in problem["message"]


def test_sheets_of_towns_are_parts_by_their_names(tmp_path, households):
    """Nothing in the lake tells the town of a household: the names of the sheets do."""
    home = new_home(tmp_path)
    made = book()
    for town in TOWNS:
        page = made.create_sheet(town)
        page.append([TITLE.format(month=DECEMBER)])
        rows = of(households, town)
        page.append(list(rows[0]))
        for row in rows:
            page.append(list(row.values()))
    (outcome,) = drop(home, saved(made), name="人口.xlsx")
    assert outcome.delivery_state == "LOADED"
    parts = {p["part"]: p["rows_accepted"] for p in lake(home, "delivery_part")}
    assert parts == {XU: 120, QU: 120, HAI: 120}
    town = of(households, QU)[2:]
    assert send(home, town, "曲界.csv", at=2).delivery_state == "LOADED"
    assert in_force(home) == numbers([*of(households, XU, HAI), *town])


def test_the_rows_decide_where_a_name_says_another_town_and_it_is_said_once(home, households):
    send(home, persons(households), "全县.csv")
    rows = of(households, QU)[2:]
    assert send(home, rows, f"{XU}.csv", at=2, title=f"{HAI}{TITLE}").delivery_state == "LOADED"
    assert in_force(home) == numbers([*of(households, XU, HAI), *rows])
    (problem,) = lake(home, "problem")
    assert problem["code"] == "TOWN_DOUBTFUL"
    assert problem["message"] == (
        "文件名、标题或表页写的是海安镇、徐城街道，表中各行是曲界镇的，按曲界镇收下。"
    )


def test_what_nobody_can_place_is_asked_and_replaces_nothing(home, households):
    send(home, persons(households), "全县.csv")
    strangers = persons(register(60, [XU], first=600))
    outcome = send(home, strangers, "人口2.csv", at=2)
    assert (outcome.delivery_state, outcome.reason_code) == ("REFUSED", "PART_UNKNOWN")
    assert in_force(home) == numbers(persons(households))
    (outcome,) = decisions.accept(home, CATALOG, "人口2.csv", reason="新一批", by="陈文")
    assert outcome.delivery_state == "LOADED"


def test_names_that_contradict_each_other_are_asked_where_no_row_tells(tmp_path, households):
    home = new_home(tmp_path)
    outcome = send(home, of(households, XU), f"{XU}.csv", title=f"{HAI}{TITLE}")
    assert (outcome.reason_code, said(home)) == ("PART_UNKNOWN", ["PART_UNKNOWN"])
    assert "（写的是海安镇、徐城街道，与表中各行对不上）" in outcome.reason


def test_a_town_after_a_county_that_nobody_could_place_is_not_taken_for_less(tmp_path, households):
    home = new_home(tmp_path)
    send(home, persons(households), "全县.csv")  # before any register of households
    drop(home, sheet(households), at=1, name="户表.csv")
    outcome = send(home, of(households, XU)[2:], f"{XU}.csv", at=2)
    assert (outcome.delivery_state, outcome.reason_code) == ("REFUSED", "PART_UNPLACED")
    assert "其中徐城街道有 1 户这次没有" in outcome.reason
    assert in_force(home) == numbers(persons(households))
    assert send(home, of(households, XU), f"{XU}齐.csv", at=3).delivery_state == "LOADED"
    assert in_force(home) == numbers(persons(households))
    assert send(home, persons(households)[2:], "全县二.csv", at=4).delivery_state == "LOADED"
    assert in_force(home) == numbers(persons(households)[2:])


def test_a_county_without_a_town_that_stands_is_refused_however_small_the_town(home, households):
    few = register(3, ["角尾乡"], first=500)
    drop(home, sheet(few), at=1, name="角尾乡户表.csv")
    send(home, persons([*households, *few]), "全县.csv", at=2)
    outcome = send(home, persons(households), "全县2.csv", at=3)
    assert (outcome.delivery_state, outcome.reason_code) == ("REFUSED", "TOWN_MISSING")
    assert "角尾乡（6 行）" in outcome.reason
    decisions.accept(home, CATALOG, "全县2.csv", reason="已并入", by="陈文")
    assert in_force(home) == numbers(persons(households))


def test_a_household_that_moved_is_in_one_file_only(home, households):
    for at, town in enumerate(TOWNS, start=1):
        send(home, of(households, town), f"{town}.csv", at=at)
    moved = persons(households[:1])
    assert send(home, [*of(households, QU), *moved], f"{QU}.csv", at=5).delivery_state == "LOADED"
    assert in_force(home) == numbers(persons(households))
    assert send(home, of(households, XU)[2:], f"{XU}.csv", at=6).delivery_state == "LOADED"
    assert in_force(home) == numbers(persons(households))


def test_households_and_persons_in_one_workbook_place_each_other(tmp_path, households):
    home = new_home(tmp_path)
    made = book()
    for name, rows, title in (
        ("人口", persons(households), TITLE),
        ("户", households, "徐闻县{month}建档立卡贫困户信息表"),
    ):
        page = made.create_sheet(name)
        page.append([title.format(month=DECEMBER)])
        page.append(list(rows[0]))
        for row in rows:
            page.append(list(row.values()))
    drop(home, saved(made), name="建档立卡.xlsx")
    parts = [p["part"] for p in lake(home, "delivery_part") if p["feed"] == "register_person"]
    assert sorted(parts) == sorted(TOWNS)


def test_a_withdrawn_county_gives_the_towns_back(home, households):
    for at, town in enumerate(TOWNS, start=1):
        send(home, of(households, town), f"{town}.csv", at=at)
    send(home, persons(households)[2:], "全县.csv", at=5)
    decisions.withdraw(home, "全县.csv", reason="投错", by="陈文")
    assert in_force(home) == numbers(persons(households))


@pytest.mark.parametrize("seed", range(4))
def test_the_county_in_force_does_not_depend_on_how_it_was_cut(tmp_path, seed):
    """Two nights, each cut its own way and in its own order; the oracle is the second county itself."""
    rng = random.Random(seed)
    towns = [*TOWNS, "下桥镇", "下洋镇"]
    first = register(20, towns)
    gone = {h["户编号"] for h in rng.sample(first, 6)}
    second = [{**h, "家庭人口数": "3"} for h in first if h["户编号"] not in gone] + register(
        4, towns, first=700
    )
    home = new_home(tmp_path)
    for night, county in enumerate((first, second)):
        month = (NOVEMBER, DECEMBER)[night]
        drop(home, sheet(county, month), at=20 * night, name=f"{month}户表.csv")
        how = rng.choice(["whole", "towns", "unnamed", "sheets"])
        cuts = [towns] if how in ("whole", "sheets") else [[town] for town in rng.sample(towns, len(towns))]
        for at, cut in enumerate(cuts, start=1):
            rows = rng.sample(of(county, *cut), len(of(county, *cut)))
            name = f"{month}{cut[0] if how == 'towns' else f'人口{at}'}.csv"
            outcome = send(home, rows, name, at=20 * night + at, month=month)
            assert outcome.delivery_state == "LOADED", (how, outcome.reason)
        # twice the same town, the second time as it is
        town = rng.choice(towns)
        send(home, of(county, town)[::-1], f"{month}{town}又.csv", at=20 * night + 15, month=month)
    assert in_force(home) == numbers(persons(second))
