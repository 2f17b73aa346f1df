import dataclasses
import hashlib
import io
import re
import zipfile
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from ingestion import Receipt, check_file, load_file, prepare
from ingestion.gate import assess
from ingestion.lake import write
from ingestion.lake.result import Result
from ingestion.lake.schema import BOOKKEEPING, feed_schema
from ingestion.messages.problems import PROBLEMS, sentence
from ingestion.pipeline.load import check_bytes
from ingestion.readers import Reading, Refusal, SkippedRow, TotalsRow
from ingestion.text.masking import mask_column, mask_ids
from tests.unit.ingestion.helpers import Insured, catalog, fake_reader, id_number, lake, new_home, table, tree
from tests.unit.ingestion.problems.made import INSURED, book, lines, saved

CATALOG = catalog()
NOON = datetime(2020, 1, 2, 12, tzinfo=UTC)


def load(home, monkeypatch, *tables, department="health_insurance", name="a.csv", data=b"abc", at=NOON):
    fake_reader(monkeypatch, {data: tables})
    sha256 = hashlib.sha256(data).hexdigest()
    path = home.archived(sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    receipt = Receipt(sha256=sha256, department=department, file_name=name, size_bytes=3, received_at=at)
    return load_file(home, CATALOG, receipt)


def insured(count, **change):
    rows = Insured.rows(count)
    for cell, text in change.items():
        row, column = (int(part) for part in cell.removeprefix("c").split("_"))
        rows[row][column] = text
    return rows


def test_prepare_is_idempotent_and_every_table_can_be_read(tmp_path):
    home = new_home(tmp_path)
    before = tree(home)
    prepare(home, CATALOG)
    assert tree(home) == before
    for contract in CATALOG.contracts:
        assert lake(home, contract.feed) == []
        assert (home.inbox / contract.department).is_dir()
    assert len(lake(home, "feed_contract")) == len(CATALOG)
    (key,) = lake(home, "secret")
    assert len(key["key"]) == 64
    assert (home.lake / "secret" / "person_hash_key.parquet").stat().st_mode & 0o077 == 0


def test_the_accounts_of_a_file_with_errors_and_copies(tmp_path, monkeypatch):
    home = new_home(tmp_path)
    rows = insured(20, c3_5="退休", c4_2=id_number(5)[:17] + "?")
    (outcome,) = load(home, monkeypatch, Insured.table([*rows, rows[7]]))
    assert (outcome.rows_read, outcome.rows_accepted, outcome.rows_held) == (21, 18, 3)
    assert (outcome.delivery_state, outcome.reason_code) == ("PARTIAL", "ROWS_HELD")
    assert outcome.as_of == date(2019, 6, 30)
    assert len(lake(home, "insurance_enrolment")) == 18
    assert [r["source_row"] for r in lake(home, "held_row")] == [6, 7, 23]
    (part,) = lake(home, "delivery_part")
    assert (part["period"], part["part"], part["rows_accepted"]) == ("2019", "居民", 18)
    assert [(p["cell"], p["code"], p["severity"]) for p in lake(home, "problem")] == [
        ("A23", "DUPLICATE_ROW", "warning"),
        ("C7", "ID_CHARACTERS", "error"),
        ("F6", "CODE_UNKNOWN", "error"),
    ]
    (delivery,) = lake(home, "delivery")
    assert delivery["received_at"] == NOON.replace(tzinfo=None)


def test_copies_alone_leave_the_file_loaded(tmp_path, monkeypatch):
    rows = Insured.rows(5)
    (outcome,) = load(new_home(tmp_path), monkeypatch, Insured.table([*rows, rows[0]]))
    assert (outcome.delivery_state, outcome.rows_held, outcome.warning_count) == ("LOADED", 1, 1)


def test_rows_carry_their_origin_and_what_the_contract_does_not_know(tmp_path, monkeypatch):
    home = new_home(tmp_path)
    header = [*Insured.header, "备注2"]
    rows = [[*row, note] for row, note in zip(Insured.rows(2), ['说"好"\\', ""], strict=True)]
    (outcome,) = load(home, monkeypatch, table(header, rows, Insured.title, sheet="徐城"))
    first, second = lake(home, "insurance_enrolment")
    assert (first["_batch_id"], first["_source_sheet"], first["_source_row"]) == (outcome.batch_id, "徐城", 3)
    assert (first["_speaks_for_on"], first["_period"], first["_part"]) == (date(2019, 6, 30), "2019", "居民")
    assert (first["_extra"], second["_extra"]) == ('{"备注2": "说\\"好\\"\\\\"}', None)
    assert outcome.unknown_columns == ("备注2",)


def test_the_lake_has_the_declared_columns(tmp_path, monkeypatch):
    home = new_home(tmp_path)
    load(home, monkeypatch, Insured.table(insured(9, c3_5="退休")))
    for name in ("delivery", "delivery_part", "held_row", "problem"):
        assert list(lake(home, name)[0]) == BOOKKEEPING[name].names
    assert list(lake(home, "insurance_enrolment")[0]) == feed_schema(CATALOG["insurance_enrolment"]).names


def test_loading_again_changes_nothing(tmp_path, monkeypatch):
    home = new_home(tmp_path)
    first = load(home, monkeypatch, Insured.table(insured(9, c3_5="退休")))
    before = tree(home)
    assert load(home, monkeypatch, Insured.table(Insured.rows(1))) == first
    assert tree(home) == before


def test_two_feeds_in_one_workbook_are_two_batches(tmp_path, monkeypatch):
    contract = CATALOG["inpatient_settlement"]
    header = [c.header for c in contract.columns if c.required]
    cells = {
        "date": "2019-05-06",
        "money_yuan": "10",
        "yes_no": "否",
        "person_document": id_number(3),
        "code": "县内",
    }
    row = [cells.get(c.type, "甲") for c in contract.columns if c.required]
    outcomes = load(
        new_home(tmp_path),
        monkeypatch,
        Insured.table(Insured.rows(2)),
        table(header, [row], "2019年5月", sheet="b"),
    )
    assert {o.feed for o in outcomes} == {"insurance_enrolment", "inpatient_settlement"}
    assert all(o.delivery_state == "LOADED" for o in outcomes), outcomes


def test_sheets_of_one_layout_are_one_batch_with_their_own_cells(tmp_path, monkeypatch):
    home = new_home(tmp_path)
    bad = insured(2, c1_5="退休")
    bad[0][0], bad[1][0] = "R1", "R2"
    tables = [
        table(Insured.header, Insured.rows(10), Insured.title, sheet="甲"),
        table(Insured.header, bad, sheet="乙", first_column=1),
    ]
    (outcome,) = load(home, monkeypatch, *tables)
    assert (outcome.rows_read, outcome.sheets) == (12, ("甲", "乙"))
    (problem,) = lake(home, "problem")
    assert (problem["source_sheet"], problem["cell"]) == ("乙", "G3")
    assert problem["message"].startswith("表页“乙” G3 的“参保状态”“退休”")


@pytest.mark.parametrize(
    "reader_code", ["FILE_UNREADABLE", "FILE_ENCRYPTED", "ENCODING_BROKEN", "A_NEW_CODE"]
)
def test_an_unreadable_file_leaves_an_outcome(tmp_path, monkeypatch, reader_code):
    home = new_home(tmp_path)
    refusal = Refusal(reader_code, {"line": "7"})
    fake_reader(monkeypatch, {})
    monkeypatch.setattr(assess, "read", lambda data, known_headers: Reading("x", None, refusal=refusal))
    sha256 = hashlib.sha256(b"?").hexdigest()
    path = home.archived(sha256)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"?")
    receipt = Receipt(sha256=sha256, department="water", file_name="x", size_bytes=1, received_at=NOON)
    (outcome,) = load_file(home, CATALOG, receipt)
    assert (outcome.delivery_state, outcome.reason_code, outcome.feed) == ("REFUSED", reader_code, None)
    assert outcome.batch_id == f"{sha256[:16]}-unmatched"
    assert outcome.reason.endswith("。")
    assert [p["code"] for p in lake(home, "problem")] == [reader_code]


def test_a_fault_of_ours_is_an_outcome_too(tmp_path, monkeypatch):
    monkeypatch.setattr(assess, "match_table", lambda *a, **k: 1 / 0)
    (outcome,) = load(new_home(tmp_path), monkeypatch, Insured.table(Insured.rows(1)))
    assert (outcome.delivery_state, outcome.reason_code) == ("REFUSED", "INTERNAL")
    assert "ZeroDivisionError" in outcome.reason


def test_wrong_accounts_stop_the_program(tmp_path, monkeypatch):
    home = new_home(tmp_path)
    (outcome,) = load(home, monkeypatch, Insured.table(Insured.rows(2)))
    with pytest.raises(write.AccountingError):
        write.land(home, Result(outcome.model_copy(update={"rows_accepted": 1})))


def test_too_many_errors_refuse_the_file_and_hold_every_row(tmp_path, monkeypatch):
    home = new_home(tmp_path)
    rows = Insured.rows(20)
    for row in rows[:8]:
        row[5] = "退休"
    (outcome,) = load(home, monkeypatch, Insured.table(rows))
    assert (outcome.delivery_state, outcome.reason_code) == ("REFUSED", "TOO_MANY_HELD")
    assert (outcome.rows_read, outcome.rows_accepted, outcome.rows_held) == (20, 0, 20)
    assert len(lake(home, "held_row")) == 20
    assert lake(home, "insurance_enrolment") == [] == lake(home, "delivery_part")


def test_one_wrong_row_of_three_is_held_alone(tmp_path, monkeypatch):
    (outcome,) = load(new_home(tmp_path), monkeypatch, Insured.table(insured(3, c0_5="退休")))
    assert (outcome.delivery_state, outcome.rows_accepted) == ("PARTIAL", 2)


def roll(count, day, kind="居民"):
    rows = Insured.rows(count)
    for row in rows:
        row[3] = kind
    return Insured.table(rows, f"参保名册 统计截止日期：{day}")


@pytest.mark.parametrize(
    ("count", "day", "kind", "code"),
    [
        (79, "2019年7月31日", "居民", "SHRUNK"),
        (81, "2019年7月31日", "居民", None),
        (10, "2019年7月31日", "职工", None),  # another part
        (10, "2019年5月31日", "居民", None),  # history: never measured against its future
        (10, "2019年6月30日", "居民", "SHRUNK"),  # the same date again, cut off
    ],
)
def test_half_a_file_is_refused(tmp_path, monkeypatch, count, day, kind, code):
    home = new_home(tmp_path)
    load(home, monkeypatch, roll(100, "2019年6月30日"), data=b"first")
    (outcome,) = load(home, monkeypatch, roll(count, day, kind), data=b"second")
    assert outcome.reason_code == code
    assert outcome.rows_read == outcome.rows_accepted + outcome.rows_held


def test_nothing_to_report_and_nothing_there(tmp_path, monkeypatch):
    home = new_home(tmp_path)
    (nil,) = load(home, monkeypatch, table(Insured.header, [], Insured.title, "本期无数据"), data=b"1")
    assert (nil.delivery_state, nil.feed, nil.reason_code) == ("NIL", "insurance_enrolment", "NIL_RETURN")
    said = table(Insured.header, [["本期无数据", *[""] * (len(Insured.header) - 1)]], Insured.title)
    (nil,) = load(home, monkeypatch, said, data=b"2")
    assert nil.delivery_state == "NIL"
    (empty,) = load(home, monkeypatch, table(Insured.header, [], Insured.title), data=b"3")
    assert (empty.delivery_state, empty.reason_code) == ("REFUSED", "NO_ROWS")


@pytest.mark.parametrize(
    ("beside", "state"), [("1", "NIL"), ("迈陈镇", "NIL"), ("P1", "REFUSED"), ("陈文", "REFUSED")]
)
def test_only_a_place_or_a_row_number_stands_beside_nothing_to_report(tmp_path, monkeypatch, beside, state):
    row = [beside, "无数据", *[""] * (len(Insured.header) - 2)]
    (outcome,) = load(new_home(tmp_path), monkeypatch, table(Insured.header, [row], Insured.title))
    assert outcome.delivery_state == state


def register(rows_of, title="2019年12月", **change):
    contract = CATALOG["register_household"]
    header = [c.header for c in contract.columns]
    base = {"县": "徐闻县", "乡(镇)": "徐城", "行政村": "一村", "户主姓名": "陈文", "家庭人口数": "3",
            "户类型": "一般贫困户", "有无劳动能力": "有", "是否脱贫": "否", "退出标识": "否",
            **change}  # fmt: skip
    rows = [
        [{**base, "户编号": f"H{n}", "户主证件号码": id_number(n)}.get(h, "") for h in header]
        for n in range(1, rows_of)
    ]
    return table(header, rows, title)


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (register(20), None),
        (register(20, "徐闻县2019年12月"), None),
        (register(20, "雷州市2019年12月贫困户信息表"), "WRONG_COUNTY"),
        (register(20, **{"县": "雷州市"}), "WRONG_COUNTY"),
        (register(20, **{"县": "", "乡(镇)": "杨家镇"}), "WRONG_COUNTY"),
        (register(20, **{"县": "", "乡(镇)": "下乔镇"}), "TOO_MANY_HELD"),
        (register(20, **{"县": "", "乡(镇)": "一村委会"}), "TOO_MANY_HELD"),
        (register(20, "贫困户信息表"), "AS_OF_MISSING"),
        (register(20, "统计截止日期：2029年12月31日"), "AS_OF_FUTURE"),
    ],
)
def test_whose_and_when(tmp_path, monkeypatch, made, code):
    (outcome,) = load(new_home(tmp_path), monkeypatch, made, department="poverty_relief", name="a.xlsx")
    assert outcome.reason_code == code
    assert outcome.rows_read == 19
    assert outcome.rows_held == (19 if code else 0)


def test_rows_for_another_department_are_counted_and_not_kept(tmp_path, monkeypatch):
    home = new_home(tmp_path)
    (outcome,) = load(home, monkeypatch, register(20), department="education", name="a.xlsx")
    assert (outcome.reason_code, outcome.rows_read, outcome.rows_held) == ("WRONG_DEPARTMENT", 19, 19)
    assert lake(home, "held_row") == []


def test_towns_of_another_county_are_known_though_each_is_like_one_of_ours(tmp_path, monkeypatch):
    made = register(20, **{"县": ""})
    column = made.header.index("乡(镇)")
    made.cells.iloc[:, column] = ["龙门镇", "下乔镇"] * 9 + ["龙门镇"]
    (outcome,) = load(new_home(tmp_path), monkeypatch, made, department="poverty_relief", name="a.xlsx")
    assert outcome.reason_code == "WRONG_COUNTY"


def test_ids_of_a_neighbour_county(tmp_path, monkeypatch):
    rows = Insured.rows(20)
    for n, row in enumerate(rows):
        row[2] = id_number(n + 1, area="440882")[:6] + row[2][6:]
        row[2] = id_number(n + 1, area="440882")
    (outcome,) = load(new_home(tmp_path), monkeypatch, Insured.table(rows))
    assert outcome.reason_code == "WRONG_COUNTY"


def test_totals_are_compared_with_the_rows(tmp_path, monkeypatch):
    home = new_home(tmp_path)
    made = Insured.table(Insured.rows(4))

    def totals(text):
        cells = ("合计", *[""] * 6, text, "")
        return dataclasses.replace(made, totals=(TotalsRow(7, "合计", False, cells, 0, 4),))

    (right,) = load(home, monkeypatch, totals("1,000"), data=b"1")
    assert right.warning_count == 0
    (wrong,) = load(home, monkeypatch, totals("1200"), data=b"2")
    assert (wrong.delivery_state, wrong.warning_count) == ("LOADED", 1)
    (problem,) = lake(home, "problem")
    assert (problem["cell"], problem["code"], problem["source_row"]) == ("H7", "TOTALS_DISAGREE", 7)
    assert "“1200”与明细之和 1000" in problem["message"]


def test_a_sheet_of_something_else_is_named(tmp_path, monkeypatch):
    home = new_home(tmp_path)
    (outcome,) = load(
        home, monkeypatch, Insured.table(Insured.rows(2)), table(["甲", "乙"], [["1", "2"]], sheet="码表")
    )
    assert outcome.delivery_state == "LOADED"
    (problem,) = lake(home, "problem")
    assert problem["code"] == "SHEET_IGNORED" and "码表" in problem["message"]


def look_at(made, name="12月.xlsx"):
    return check_bytes(saved(made), name, CATALOG, department="health_insurance").outcomes


@pytest.mark.parametrize("count", [1, 3, 20])
@pytest.mark.parametrize("title", [[], [["参保名册（续）"]]])
def test_people_on_a_sheet_without_a_header_refuse_the_file(count, title):
    head, people = lines(INSURED)[:3], lines(INSURED, [{}] * 30)[3:]
    (outcome,) = look_at(book(甲=[*head, *people], 乙=[*title, *people[:count]]))
    assert (outcome.delivery_state, outcome.reason_code) == ("REFUSED", "NO_HEADER")
    assert "表页“乙”没有找到表头" in outcome.said()


@pytest.mark.parametrize(
    ("sheet", "told"),
    [
        ([["填表说明"], ["一、本表由医保局填报"], ["二、身份证号为18位"]], False),
        ([["甲", "乙", "丙"], ["1", "2", "3"]], False),
        (
            [
                ["说明"],
                ["一、按户填报"],
                ["二、示例如下"],
                ["三、无"],
                ["示例", "陈文", id_number(1), "在职"],
            ],
            True,
        ),
        ([["帮扶干部", "证号码", "挂点"], *([f"陈{n}", id_number(n), "一村"] for n in range(3))], True),
    ],
)
def test_other_sheets_without_a_header_refuse_nothing(sheet, told):
    (outcome,) = look_at(book(甲=lines(INSURED), 乙=sheet))
    assert outcome.delivery_state == "LOADED"
    assert outcome.warning_count == told


def test_entries_of_an_archive(tmp_path, monkeypatch):
    home = new_home(tmp_path)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", "one")
        archive.writestr("b.csv", "two")
    data = packed.getvalue()
    fake_reader(monkeypatch, {b"one": [Insured.table(Insured.rows(2))], b"two": [roll(3, "2019年7月31日")]})
    sha256 = hashlib.sha256(data).hexdigest()
    home.archived(sha256).parent.mkdir(parents=True)
    home.archived(sha256).write_bytes(data)
    receipt = Receipt(
        sha256=sha256, department="health_insurance", file_name="c.zip", size_bytes=1, received_at=NOON
    )
    outcomes = load_file(home, CATALOG, receipt)
    assert [(o.file_name, o.container_name, o.rows_read) for o in outcomes] == [
        ("a.csv", "c.zip", 2),
        ("b.csv", "c.zip", 3),
    ]
    assert outcomes[0].sha256 == hashlib.sha256(b"one").hexdigest()


def test_check_file_lands_nothing_and_names_every_problem(tmp_path, monkeypatch):
    path = tmp_path / f"{id_number(9)}.csv"
    path.write_bytes(b"abc")
    fake_reader(monkeypatch, {b"abc": [Insured.table(insured(9, c3_5="退休"))]})
    report = check_file(path, CATALOG)
    assert not report.ok
    found = [(p.cell, p.code) for p in report.problems]
    assert found == [("", "STRAY_ID_IN_LABEL"), ("F6", "CODE_UNKNOWN")]
    assert sorted(tmp_path.iterdir()) == [path]
    wrong = check_file(path, CATALOG, department="education")
    assert [p.code for p in wrong.problems] == ["WRONG_DEPARTMENT"]
    assert "health_insurance" in wrong.problems[0].remedy
    fake_reader(monkeypatch, {b"abc": [Insured.table(Insured.rows(9))]})
    assert check_file(path, CATALOG, department="health_insurance").ok


def test_no_id_number_in_messages_or_outcomes(tmp_path, monkeypatch):
    home = new_home(tmp_path)
    bad = id_number(5)[:17] + ("0" if id_number(5)[17] != "0" else "1")
    rows = insured(
        30,
        c1_2=bad,
        c2_2=id_number(6) + "44",
        c3_1=id_number(7),
        c4_5=id_number(8),
        c5_2=f"{bad[:9]} {bad[9:]}",
    )
    made = dataclasses.replace(Insured.table(rows), skipped=(SkippedRow(99, "note", id_number(9)),))
    outcomes = load(home, monkeypatch, made, name=f"{id_number(10)}.csv")
    text = str(outcomes) + str(lake(home, "problem")) + str(lake(home, "delivery"))
    assert len(lake(home, "problem")) == 6  # with the file's name
    for number in [bad, *(id_number(n) for n in range(5, 11))]:
        assert number not in text.replace(" ", "")


def test_every_code_has_its_sentences():
    assert len(PROBLEMS) >= 60
    for kind in PROBLEMS.values():
        assert kind.message.endswith("。") and kind.remedy.endswith("。") and kind.english.endswith(".")


def test_masking():
    assert mask_ids(id_number(5)) == "440899************"
    assert mask_ids("2019年12月31日 13800138000") == "2019年12月31日 13800138000"


@pytest.mark.parametrize(
    "text",
    [
        "440899.19800101.007X",
        "440899_19800101_007X",
        "440899，19800101，007X",
        "440899 / 19800101 / 007X",
        "440899.1980.01.01.007X",
        "4408991980，0101007X",
        "44089919\u200b800101007X",
        "4408991980\u200b\u200b0101007X",
    ],
)
def test_an_id_number_in_pieces_is_masked_too(text):
    assert mask_ids(text) == "440899************"
    assert mask_column(pa.array([f"陈{text}文"])).to_pylist() == ["陈440899************文"]


@pytest.mark.parametrize("text", ["2019.12.31-2020.01.15", "H2019-0012", "440825-20190101", "440825.2019.12"])
def test_dates_and_codes_stay(text):
    assert mask_ids(text) == text
    assert mask_column(pa.array([text])).to_pylist() == [text]


def test_the_name_of_a_sheet_is_masked_in_what_is_shown():
    name = "名册440899.19800101\u200b.007X"
    made = book(**{name: lines(INSURED, [{"insurance_status": "退休"}])})
    report = check_bytes(saved(made), "12月.xlsx", CATALOG)
    said = report.to_json().decode()
    assert "名册440899************" in said
    assert not re.search(r"19800101\W*007", said)
    assert id_number(5) not in sentence("WRONG_COUNTY", {"county": id_number(5)})
