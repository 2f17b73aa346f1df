"""Pupils, cards and cases cut by town: lists whose towns no register tells."""

import csv
import io
import zipfile

import pytest

from tests.unit.ingestion.deliveries import drop, register, sheet
from tests.unit.ingestion.gate.test_town_parts import TITLE, in_force, numbers, persons
from tests.unit.ingestion.helpers import id_number, lake, new_home
from tests.unit.ingestion.warehouse import staged

pytestmark = pytest.mark.slow

DECEMBER = "2019年12月"


@pytest.fixture
def home(tmp_path):
    return new_home(tmp_path)


def pupils(school, count, first, stage="小学", grade="三年级"):
    return [
        {
            "学校名称": school,
            "学段": stage,
            "年级": grade,
            "全国学籍号": f"L{n}",
            "姓名": "陈文",
            "出生日期": "2010-01-01",
            "身份证件号": id_number(n, born="20100101"),
            "学籍状态": "在校",
        }
        for n in range(first, first + count)
    ]


def send(home, rows, name, *, at=1, title="徐闻县{month}中小学生学籍信息表", department="education"):
    (outcome,) = drop(home, sheet(rows, DECEMBER, title), at=at, name=name, department=department)
    return outcome


def latest(home, feed, column):
    return sorted(row[column] for row in staged(home, feed) if row["is_latest"])


def test_stages_that_come_one_after_another_are_no_strangers(home):
    for at, (stage, grade) in enumerate((("小学", "三年级"), ("初中", "七年级"), ("普高", "高一")), start=1):
        rows = pupils(f"{stage}甲", 30, 100 * at, stage, grade)
        assert send(home, rows, f"{stage}.csv", at=at).delivery_state == "LOADED"
    assert len(latest(home, "school_enrolment", "student_no")) == 90


def test_schools_of_a_town_replace_that_town_within_their_stage(home):
    first, second = pupils("中心小学", 30, 100), pupils("海港小学", 30, 200)
    nine = pupils("海港小学", 10, 300, "初中", "七年级")
    assert send(home, [*first, *second], "小学.csv").delivery_state == "LOADED"
    assert send(home, nine, "初中.csv", at=2).delivery_state == "LOADED"
    fewer = second[:28]
    assert send(home, fewer, "海安镇小学.csv", at=3).delivery_state == "LOADED"
    expected = sorted(row["全国学籍号"] for row in [*first, *fewer, *nine])
    assert latest(home, "school_enrolment", "student_no") == expected
    parts = {p["part"] for p in lake(home, "delivery_part")}
    assert parts == {"小学", "初中", "小学|海安镇"}
    # the whole stage again, without a name: the schools of the town are known by now
    assert send(home, [*first, *second[:29]], "小学2.csv", at=4).delivery_state == "LOADED"
    expected = sorted(row["全国学籍号"] for row in [*first, *second[:29], *nine])
    assert latest(home, "school_enrolment", "student_no") == expected


def cards(town, count, first):
    return [
        {
            "残疾证号": f"C{n}",
            "姓名": "陈文",
            "身份证号": id_number(n),
            "残疾类别": "肢体残疾",
            "残疾等级": "二级",
            "发证日期": "2015-01-01",
            "乡镇": town,
        }
        for n in range(first, first + count)
    ]


def test_rows_that_name_their_town_need_no_name_of_the_file(home):
    title = "徐闻县{month}持证残疾人名册"
    how = {"title": title, "department": "civil_affairs"}
    towns = ("海安镇", "曲界镇", "下桥镇")
    county = [row for n, town in enumerate(towns) for row in cards(town, 25, 100 * (n + 1))]
    assert send(home, county, "名册.csv", **how).delivery_state == "LOADED"
    town = cards("曲界镇", 23, 200)
    assert send(home, town, "名册2.csv", at=2, **how).delivery_state == "LOADED"
    expected = sorted(row["残疾证号"] for row in county if row["残疾证号"] not in ("C223", "C224"))
    assert latest(home, "disability_card", "disability_card_no") == expected
    # a list of the county that lacks a town of some size is asked about
    assert send(home, county[25:], "名册3.csv", at=3, **how).reason_code in ("SHRUNK", "TOWN_MISSING")


def test_a_small_list_of_the_county_may_be_of_fewer_towns(home):
    title = "徐闻县{month}持证残疾人名册"
    how = {"title": title, "department": "civil_affairs"}
    towns = ("海安镇", "曲界镇", "下桥镇", "下洋镇")
    county = [row for n, town in enumerate(towns) for row in cards(town, 9 if n < 2 else 1, 100 * (n + 1))]
    send(home, county, "名册.csv", **how)
    assert send(home, county[:18], "名册2.csv", at=2, **how).delivery_state == "LOADED"
    assert latest(home, "disability_card", "disability_card_no") == sorted(
        row["残疾证号"] for row in county[:18]
    )


def test_in_an_archive_households_are_read_before_persons(home):
    households = register(30)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a贫困人口信息表.csv", sheet(persons(households), DECEMBER, TITLE))
        archive.writestr("b贫困户信息表.csv", sheet(households))
    outcomes = drop(home, packed.getvalue(), name="建档立卡.zip")
    assert {o.delivery_state for o in outcomes} == {"LOADED"}
    parts = {p["part"] for p in lake(home, "delivery_part") if p["feed"] == "register_person"}
    assert parts == {"徐城街道", "曲界镇", "海安镇"}


def test_a_corrected_row_stays_in_the_part_of_the_one_it_corrects(home):
    households = register(30)
    drop(home, sheet(households), name="户表.csv")
    rows = persons(households)
    name, rows[3]["姓名"] = rows[3]["姓名"], "#REF!"  # held
    (outcome,) = drop(home, sheet(rows, DECEMBER, TITLE), at=1, name="人口.csv")
    assert outcome.rows_held == 1
    (copy,) = (home.returned / "poverty_relief").glob("人口*")
    text = copy.read_text("utf-8-sig")
    assert "#REF!" in text
    lines = list(csv.reader(io.StringIO(text)))
    corrected = "\r\n".join(
        ",".join(f'"{cell}"' for cell in line) for line in lines
    ).replace('"#REF!"', f'"{name}"')  # fmt: skip
    (outcome,) = drop(home, corrected.encode("utf-8-sig"), at=2, name=copy.name)
    assert (outcome.delivery_state, outcome.corrects_batch_id is not None) == ("LOADED", True)
    assert in_force(home) == numbers(rows)
    (part,) = [p for p in lake(home, "delivery_part") if p["batch_id"] == outcome.batch_id]
    assert part["part"] == "徐城街道"
