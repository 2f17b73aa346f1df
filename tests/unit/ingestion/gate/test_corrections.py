import io
import zipfile
from datetime import timedelta

import openpyxl
import pytest

from ingestion import load_file, pending
from ingestion.lake.write import land
from ingestion.pipeline.decisions import withdraw
from ingestion.returning.marked import reference
from ingestion.text.masking import mask_ids
from sanbao.codegen.problem_examples import STATED
from tests.unit.ingestion.helpers import Insured, id_number, lake, new_home, tree
from tests.unit.ingestion.marked import CATALOG, FEEDBACK, NOON, TITLE, drop, mark, spoiled, text
from tests.unit.ingestion.problems.made import lines
from tests.unit.ingestion.problems.made import text as made_text
from tests.unit.ingestion.warehouse import settle_returns

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path):
    return new_home(tmp_path)


def standing(home):
    """Personal number → status of the rows that hold, as in_force takes them for one group."""
    corrections = lake(home, "correction")
    order = {d["batch_id"]: d["received_at"] for d in lake(home, "delivery")}
    accepted = sorted((c for c in corrections if c["is_accepted"]), key=lambda c: order[c["batch_id"]])
    replaced = {(c["base_batch_id"], c["base_source_row"]) for c in accepted}
    latest = {(c["base_batch_id"], c["base_source_row"]): c["batch_id"] for c in accepted}
    replaced |= {
        (c["batch_id"], c["source_row"])
        for c in accepted
        if latest[c["base_batch_id"], c["base_source_row"]] != c["batch_id"]
    }
    return {
        row["insured_no"]: row["insurance_status"]
        for row in lake(home, "insurance_enrolment")
        if (row["_batch_id"], row["_source_row"]) not in replaced
    }


def test_marked_rows_alone_heal_and_nothing_else_changes(home):
    rows = spoiled()
    (first,) = drop(home, text(rows))
    assert (first.rows_accepted, first.rows_held) == (18, 2)
    rows[2][5] = rows[5][5] = "正常"
    (again,) = drop(home, text([rows[5], rows[2]], marks=[mark(first, 5), mark(first, 2)]), at=1)
    assert (again.delivery_state, again.corrects_batch_id) == ("LOADED", first.batch_id)
    assert (again.rows_read, again.rows_accepted, again.rows_unchanged) == (2, 2, 0)
    assert standing(home) == {f"P{n}": "正常" for n in range(1, 21)}
    group = {(p["batch_id"], p["group_batch_id"]) for p in lake(home, "delivery_part")}
    assert group == {(first.batch_id, first.batch_id), (again.batch_id, first.batch_id)}


def test_a_row_still_wrong_stays_held_and_the_others_heal(home):
    rows = spoiled()
    (first,) = drop(home, text(rows))
    rows[2][5] = "正常"
    marks = [mark(first, 2), mark(first, 5)]
    (second,) = drop(home, text([rows[2], rows[5]], marks=marks), at=1, name="改1.csv")
    assert (second.delivery_state, second.rows_accepted, second.rows_held) == ("PARTIAL", 1, 1)
    corrected = [(c["base_source_row"], c["is_accepted"]) for c in lake(home, "correction")]
    assert corrected == [(5, True), (8, False)]
    rows[5][5] = "正常"
    # The second copy names the rows of the second file: line 4 there is line 8 of the first.
    third_mark = f"〔编号 {reference(second.batch_id, '', 4, True)}〕"
    (third,) = drop(home, text([rows[5]], marks=[third_mark]), at=2, name="改2.csv")
    assert third.corrects_batch_id == first.batch_id
    assert standing(home) == {f"P{n}": "正常" for n in range(1, 21)}
    assert [(c["base_batch_id"], c["base_source_row"]) for c in lake(home, "correction")[-3:]].count(
        (first.batch_id, 8)
    ) == 2
    assert list(home.returned.glob("health_insurance/*反馈*")) == []


def test_a_whole_copy_with_the_old_errors_does_not_undo_an_earlier_correction(home):
    rows = spoiled()
    (first,) = drop(home, text(rows))
    mended = [row[:] for row in rows]
    mended[2][5] = "正常"
    drop(home, text([mended[2]], marks=[mark(first, 2)]), at=1, name="一行.csv")
    marks = ["" for _ in rows]
    marks[2], marks[5] = mark(first, 2), mark(first, 5)
    rows[5][5] = "正常"
    (again,) = drop(home, text(rows, marks=marks), at=2, name="整份.csv")
    assert (again.rows_held, again.rows_unchanged) == (1, 18)
    assert standing(home) == {f"P{n}": "正常" for n in range(1, 21)}


def test_rows_edited_without_a_mark_take_their_own_place_wherever_they_stand(home):
    rows = spoiled(wrong=(2,))
    (first,) = drop(home, text(rows))
    rows[2][5] = "正常"
    rows[9][5] = "参军"
    marks = ["" for _ in rows]
    marks[2] = mark(first, 2)
    order = sorted(range(20), key=lambda n: -n)  # sorted the other way round by the clerk
    (again,) = drop(home, text([rows[n] for n in order], marks=[marks[n] for n in order]), at=1)
    assert (again.rows_unchanged, again.rows_held) == (18, 0)
    assert standing(home) == {f"P{n}": "参军" if n == 10 else "正常" for n in range(1, 21)}


def test_rows_missing_from_a_copy_stay_and_are_told(home):
    rows = spoiled(wrong=(2,))
    (first,) = drop(home, text(rows))
    rows[2][5] = "正常"
    marks = ["" for _ in rows]
    marks[2] = mark(first, 2)
    drop(home, text(rows[:10], marks=marks[:10]), at=1)
    assert len(standing(home)) == 20
    assert [p["code"] for p in lake(home, "problem")].count("RETURN_ROWS_MISSING") == 1


def test_a_corrected_row_must_not_take_the_key_of_another(home):
    rows = spoiled(wrong=(2,))
    (first,) = drop(home, text(rows))
    rows[2][5], rows[2][0] = "正常", "P7"
    (again,) = drop(home, text([rows[2]], marks=[mark(first, 2)]), at=1)
    assert again.rows_held == 1
    (problem,) = [p for p in lake(home, "problem") if p["batch_id"] == again.batch_id]
    assert (problem["cell"], "9" in problem["message"]) == ("A3", True)


def test_a_corrected_row_must_not_move_into_the_part_of_another_file(home):
    rows = spoiled(wrong=(2,))
    (first,) = drop(home, text(rows))
    employees = Insured.rows(20, first=50)
    for row in employees:
        row[3] = "职工"
    drop(home, text(employees), at=1, name="职工.csv")
    rows[2][5], rows[2][3] = "正常", "职工"
    (again,) = drop(home, text([rows[2]], marks=[mark(first, 2)]), at=2)
    assert again.rows_held == 1
    (problem,) = [p for p in lake(home, "problem") if p["batch_id"] == again.batch_id and p["cell"]]
    assert (problem["code"], problem["cell"]) == ("RETURN_OTHER_PART", "D3")
    assert "“职工”" in problem["message"] and "“职工”" in problem["message_en"]


def test_the_same_content_again_changes_nothing(home):
    rows = spoiled()
    (first,) = drop(home, text(rows))
    rows[2][5] = rows[5][5] = "正常"
    marks = [mark(first, 2), mark(first, 5)]
    drop(home, text([rows[2], rows[5]], marks=marks), at=1)
    before = standing(home)
    (third,) = drop(home, text([rows[5], rows[2]], marks=marks[::-1]), at=2)
    assert (third.rows_accepted, third.rows_unchanged) == (2, 2)
    assert standing(home) == before
    assert not (home.lake / "insurance_enrolment" / f"{third.batch_id}.parquet").exists() or not len(
        [r for r in lake(home, "insurance_enrolment") if r["_batch_id"] == third.batch_id]
    )


def test_a_correction_of_a_file_that_a_newer_one_replaced_is_refused(home):
    rows = spoiled(wrong=(2,))
    (first,) = drop(home, text(rows), name="旧.csv")
    drop(home, text(Insured.rows(20)), at=1, name="新.csv")
    rows[2][5] = "终止"
    (again,) = drop(home, text([rows[2]], marks=[mark(first, 2)]), at=2)
    assert (again.delivery_state, again.reason_code) == ("REFUSED", "RETURN_OUTDATED")
    assert "新.csv" in (again.reason or "")
    assert not list(home.returned.glob("health_insurance/旧*反馈*")), "its copy is gone, too"


def test_references_are_believed_only_within_their_department(home):
    rows = spoiled(wrong=(2,))
    (first,) = drop(home, text(rows))
    rows[2][5] = "正常"
    for wrong in (mark(first, 2).replace(first.batch_id[:8], "00000000"), "〔编号 ffffffff-4〕"):
        (again,) = drop(home, text([rows[2]], marks=[wrong]), at=1, name=f"{len(wrong)}.csv")
        assert again.reason_code == "RETURN_UNKNOWN"
    (mixed,) = drop(home, text(rows[2:4], marks=[mark(first, 2), "〔编号 00000000-4〕"]), at=2)
    assert mixed.reason_code == "RETURN_MIXED"


def test_a_reference_to_a_row_that_never_was_is_a_row_of_its_own(home):
    rows = spoiled(wrong=(2,))
    (first,) = drop(home, text(rows))
    new = Insured.rows(1, first=90)
    (again,) = drop(home, text(new, marks=[mark(first, 9_000)]), at=1)
    assert (again.rows_accepted, lake(home, "correction")) == (1, [])
    assert len(standing(home)) == 20


def test_of_a_refused_file_the_whole_is_wanted(home):
    rows = spoiled(wrong=range(12))
    (first,) = drop(home, text(rows))
    assert first.reason_code == "CODE_SPELLING_UNKNOWN"
    for row in rows:
        row[5] = "正常"
    marks = [mark(first, n) if n < 12 else "" for n in range(20)]
    (part,) = drop(home, text(rows[:12], marks=marks[:12]), at=1, name="部分.csv")
    assert part.reason_code == "RETURN_FRAGMENT"
    (whole,) = drop(home, text(rows, marks=marks), at=2, name="整份.csv")
    assert (whole.delivery_state, whole.rows_accepted, whole.corrects_batch_id) == ("LOADED", 20, None)


def test_an_entry_of_an_archive_is_given_back_and_heals(home):
    rows = spoiled(wrong=(2,))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("下属/参保.csv", text(rows))
    (first,) = drop(home, archive.getvalue(), name="全部.zip")
    (copy,) = home.returned.glob("health_insurance/*反馈*")
    assert copy.name == "参保.反馈.csv"
    (again,) = drop(home, copy.read_bytes().replace("退休".encode(), "正常".encode()), at=1, name=copy.name)
    assert again.corrects_batch_id == first.batch_id
    assert standing(home) == {f"P{n}": "正常" for n in range(1, 21)}
    assert not list(home.returned.glob("health_insurance/*反馈*"))


def test_two_files_of_one_name_have_a_copy_each(home):
    drop(home, text(spoiled(wrong=(2,))))
    other = spoiled(wrong=(3,))
    for row in other:
        row[3] = "职工"
    drop(home, text(other), at=1)
    names = sorted(path.name for path in home.returned.glob("health_insurance/*反馈*"))
    assert names == ["参保.反馈(2).csv", "参保.反馈.csv"]


def test_the_slip_says_what_became_of_each_file(home):
    rows = spoiled()
    (first,) = drop(home, text(rows))
    rows[2][5] = "正常"
    drop(home, text([rows[2]], marks=[mark(first, 2)]), at=1, name="改.csv")
    drop(home, text([rows[2]], marks=[mark(first, 2)]), at=2, name="又.csv")
    slip = (home.returned / "health_insurance" / "收件回执.txt").read_bytes()
    assert slip.startswith(b"\xef\xbb\xbf")
    lines = slip.decode("utf-8-sig")
    assert lines == mask_ids(lines)
    for said in (
        "已按 2019年6月30日 的数据收下 18 行，暂扣 2 行",
        "参保.反馈.csv",
        "已更正 1 行",
        "完全相同",
    ):
        assert said in lines
    assert lines.index("又.csv") < lines.index("改.csv")


def test_killed_while_giving_back_the_next_run_ends_in_the_same_state(tmp_path, monkeypatch):
    rows = spoiled()
    calm, killed = new_home(tmp_path / "calm"), new_home(tmp_path / "killed")
    drop(calm, text(rows))
    with monkeypatch.context() as patch:
        patch.setattr("ingestion.returning.write.marked_copy", _stop)
        with pytest.raises(KeyboardInterrupt):
            drop(killed, text(rows))
    for receipt in pending(killed):
        load_file(killed, CATALOG, receipt)
    settle_returns(killed, CATALOG)
    assert lasting(killed) == lasting(calm)


def lasting(home):
    """All but the note of the moment at which copies were last brought up to date."""
    return {name: content for name, content in tree(home).items() if not name.endswith(".renewed")}


def _stop(*args, **kwargs):
    raise KeyboardInterrupt


def test_id_numbers_are_in_no_name_and_no_slip(home):
    drop(home, text(spoiled()), name=f"{id_number(7)}参保.csv")
    slip = (home.returned / "health_insurance" / "收件回执.txt").read_text("utf-8-sig")
    names = [str(path) for path in home.returned.rglob("*")]
    assert id_number(7) not in slip and not any(id_number(7) in name for name in names)


def test_a_correction_that_is_loaded_twice_says_the_same(home, monkeypatch):
    rows = spoiled()
    (first,) = drop(home, text(rows))
    rows[2][5], rows[8][5] = "正常", "参军"
    marks = [mark(first, n) if n in (2, 5) else "" for n in range(20)]
    with monkeypatch.context() as patch:
        patch.setattr("ingestion.pipeline.load.land", _land_and_stop)
        with pytest.raises(KeyboardInterrupt):
            drop(home, text(rows, marks=marks), at=1)
    before = {path: path.read_bytes() for path in home.lake.rglob("*.parquet")}
    for receipt in pending(home):
        load_file(home, CATALOG, receipt)
    assert {path: path.read_bytes() for path in home.lake.rglob("*.parquet")} == before
    assert (standing(home)["P3"], standing(home)["P9"]) == ("正常", "参军")


def test_marks_that_slipped_to_other_rows_are_not_believed(home):
    rows = spoiled()
    (first,) = drop(home, text(rows))
    rows[2][5] = rows[5][5] = "正常"
    marks = ["" for _ in rows]
    marks[2], marks[8], marks[5] = mark(first, 2), mark(first, 5), mark(first, 8)
    drop(home, text(rows, marks=marks), at=1)
    assert standing(home) == {f"P{n}": "正常" for n in range(1, 21)}


@pytest.mark.parametrize("neighbours", [(1, 3), (1,), (3, 4, 6)])
def test_a_mark_that_was_dragged_over_its_neighbours_is_of_the_row_that_changed(home, neighbours):
    rows = spoiled(wrong=(5,))
    rows[2][0] = ""  # what would tell whose row it is
    (first,) = drop(home, text(rows))
    rows[2][0], rows[5][5] = "P3", "正常"
    marks = ["" for _ in rows]
    marks[5] = mark(first, 5)
    for n in (2, *neighbours):
        marks[n] = mark(first, 2)
    (again,) = drop(home, text(rows, marks=marks), at=1)
    assert (again.delivery_state, again.rows_unchanged) == ("LOADED", 18)
    assert standing(home) == {f"P{n}": "正常" for n in range(1, 21)}
    assert {(c["source_row"], c["base_source_row"]) for c in lake(home, "correction")} == {(5, 5), (8, 8)}
    assert not list(home.returned.glob("health_insurance/*反馈*")), "nothing was given up"


def test_a_mark_that_was_dragged_over_another_held_row_leaves_each_its_own_place(home):
    rows = spoiled(wrong=(2, 3))
    for n in (2, 3):
        rows[n][0] = f"Ｐ{n + 1}"  # typed as P3, P4
    (first,) = drop(home, text(rows))
    rows[2][5] = rows[3][5] = "正常"
    marks = [mark(first, 3) if n in (2, 3, 4) else "" for n in range(20)]
    drop(home, text(rows, marks=marks), at=1)
    assert standing(home) == {f"P{n}": "正常" for n in range(1, 21)}
    assert {(c["source_row"], c["base_source_row"]) for c in lake(home, "correction")} == {(5, 5), (6, 6)}
    assert not list(home.returned.glob("health_insurance/*反馈*")), "nothing was given up"


def test_an_unedited_row_of_an_older_copy_does_not_revert_a_correction(home):
    rows = spoiled()
    (first,) = drop(home, text(rows))
    marks = [mark(first, n) if n in (2, 5) else "" for n in range(20)]
    newer = [row[:] for row in rows]
    newer[2][5], newer[8][5] = "正常", "参军"
    drop(home, text(newer, marks=marks), at=1)
    rows[5][5] = "正常"
    drop(home, text(rows, marks=marks), at=2)
    assert standing(home) == {f"P{n}": "参军" if n == 9 else "正常" for n in range(1, 21)}


def test_a_sheet_without_marks_is_a_correction_like_the_other(home):
    book = _two_feeds(status="正常", place="不知")
    drop(home, book, name="医保.xlsx")
    newer = Insured.rows(20)
    newer[0][5] = "参军"
    drop(home, text(newer), at=1, name="新.csv")
    (copy,) = home.returned.glob("health_insurance/医保*反馈*.xlsx")
    workbook = openpyxl.load_workbook(copy)
    for row in workbook["住院"].iter_rows():
        for cell in row:
            cell.value = "县内" if cell.value == "不知" else cell.value
    out = io.BytesIO()
    workbook.save(out)
    outcomes = drop(home, out.getvalue(), at=2, name="医保.反馈.xlsx")
    said = {outcome.feed: outcome.reason_code for outcome in outcomes}
    assert said == {"insurance_enrolment": "RETURN_OUTDATED", "inpatient_settlement": None}


def _two_feeds(status, place):
    workbook = openpyxl.Workbook()
    insured = Insured.rows(20)
    for sheet, title, header, rows in (
        ("参保", TITLE, Insured.header, [[*row[:5], status, *row[6:]] for row in insured]),
        ("住院", "徐闻县2019年6月住院医疗费用结算明细表", *_inpatients(place)),
    ):
        worksheet = workbook.create_sheet(sheet)
        for row in ([title], list(header), *rows):
            worksheet.append(row)
    workbook.remove(workbook.worksheets[0])
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _inpatients(place):
    columns = [c for c in CATALOG["inpatient_settlement"].columns if c.required]
    plain = {"person_name": "陈文", "date": "2019-06-05", "money_yuan": "100", "yes_no": "是", "code": "县内"}
    rows = [
        [id_number(n) if c.is_identity else plain.get(c.type, f"S{n}") for c in columns] for n in range(1, 21)
    ]
    rows[3][[c.type for c in columns].index("code")] = place
    return [c.header for c in columns], rows


def test_a_correction_keeps_the_date_of_its_base(home):
    rows = spoiled(wrong=(2,))
    (first,) = drop(home, text(rows))
    rows[2][5] = "正常"
    data = text([rows[2]], marks=[mark(first, 2)], title=TITLE.replace("6月", "7月"))
    (moved,) = drop(home, data, at=1, name="改.csv")
    assert moved.reason_code == "RETURN_OTHER_DATE"
    assert "2019年7月31日" in moved.reason and "2019年6月30日" in moved.reason
    untitled = text([rows[2]], marks=[mark(first, 2)], title="基本医疗保险参保名册")
    (kept,) = drop(home, untitled, at=2, name="2019年9月.csv")
    assert (kept.delivery_state, kept.as_of) == ("LOADED", first.as_of)


def test_a_part_that_a_newer_file_holds_takes_no_corrections(home):
    rows = spoiled(wrong=(2, 19))
    for row in rows[10:]:
        row[3] = "职工"
    (first,) = drop(home, text(rows))
    drop(home, text(Insured.rows(10)), at=1, name="居民.csv")
    rows[2][5] = rows[19][5] = "正常"
    rows[15][3] = "居民"
    marks = [mark(first, n) if n in (2, 19) else "" for n in range(20)]
    (again,) = drop(home, text(rows, marks=marks), at=2)
    found = [(p["code"], p["cell"]) for p in lake(home, "problem") if p["batch_id"] == again.batch_id]
    assert sorted(found) == [("RETURN_PART_OUTDATED", "D18"), ("RETURN_PART_OUTDATED", "D5")]
    assert again.rows_held == 2


def test_a_part_of_which_every_row_is_held_keeps_the_file_open(home):
    rows = spoiled(wrong=(2, 18, 19))
    rows[18][3] = rows[19][3] = "职工"
    (first,) = drop(home, text(rows))
    drop(home, text(Insured.rows(18)), at=1, name="居民.csv")
    assert list(home.returned.glob("health_insurance/参保*反馈*"))
    rows[18][5] = rows[19][5] = "正常"
    (again,) = drop(home, text(rows[18:], marks=[mark(first, 18), mark(first, 19)]), at=2)
    assert (again.delivery_state, again.rows_accepted) == ("LOADED", 2)
    assert not list(home.returned.glob("health_insurance/参保*反馈*"))


def test_a_correction_that_is_held_leaves_its_key_taken(home):
    rows = spoiled()
    (first,) = drop(home, text(rows))
    rows[8][0], rows[8][5] = "P99", "退休"
    rows[2][0], rows[2][5] = "P9", "正常"
    (again,) = drop(home, text([rows[2], rows[8]], marks=[mark(first, 2), mark(first, 8)]), at=1)
    assert again.rows_held == 2
    codes = [p["code"] for p in lake(home, "problem") if p["batch_id"] == again.batch_id]
    assert sorted(codes) == ["CODE_UNKNOWN", "INSURED_TWICE"]


def test_a_held_row_deleted_from_a_whole_copy_is_given_up(home):
    rows = spoiled(wrong=(2,))
    (first,) = drop(home, text(rows))
    left = [n for n in range(20) if n != 2]
    (again,) = drop(
        home, text([rows[n] for n in left], marks=[*["" for _ in left][:-1], mark(first, 19)]), at=1
    )
    assert "〔编号" not in (home.returned / "health_insurance" / "参保.反馈.csv").read_text("utf-8-sig")
    codes = [p["code"] for p in lake(home, "problem") if p["batch_id"] == again.batch_id]
    assert codes == ["RETURN_ROWS_GIVEN_UP"]
    (given_up,) = lake(home, "correction")
    assert (given_up["source_row"], given_up["base_source_row"], given_up["is_accepted"]) == (None, 5, False)


def test_copies_of_a_row_do_not_keep_the_file_open(home):
    rows = [*spoiled(wrong=(2,)), Insured.rows(20)[7]]
    (first,) = drop(home, text(rows))
    assert first.rows_held == 2
    rows[2][5] = "正常"
    drop(home, text([rows[2]], marks=[mark(first, 2)]), at=1)
    assert not list(home.returned.glob("health_insurance/*反馈*"))


def test_a_correction_of_a_withdrawn_file_says_so(home):
    rows = spoiled()
    (first,) = drop(home, text(rows))
    mended = [row[:] for row in rows]
    mended[2][5] = "正常"
    data = text([mended[2]], marks=[mark(first, 2)])
    drop(home, data, at=1)
    withdraw(home, first.batch_id, reason="重投", by="王", now=NOON + timedelta(days=2))
    (refused,) = drop(home, data, at=3)
    assert refused.reason_code == "RETURN_WITHDRAWN"
    drop(home, text(rows), at=4)
    (again,) = drop(home, data, at=5)
    assert (again.delivery_state, again.rows_accepted) == ("LOADED", 1), "its rows stand again with its base"


def _land_and_stop(home, result, receipt):
    land(home, result, receipt)
    raise KeyboardInterrupt


def test_what_is_but_a_warning_holds_no_corrected_row(home):
    """Two people of the register with one ID number: each may be corrected, and both are told."""
    people = CATALOG["register_person"]
    twin = {
        "like": 2,
        "register_household_no": "N9",
        "register_person_no": "N9",
        "person_name": "#REF!",
    }
    rows = lines(people, [twin], "徐闻县2019年12月建档立卡贫困人口信息表", STATED)
    data = made_text(rows)
    (first,) = drop(home, data, name="人口.csv", department="poverty_relief")
    assert (first.rows_read, first.rows_held) == (7, 1)
    assert first.feed == "register_person"
    rows[-1][[c.name for c in people.columns].index("person_name")] = "陈小文"
    label = f"姓名有误〔编号 {reference(first.batch_id, '', len(rows), True)}〕"
    head = [*rows[:2], [*rows[2], *FEEDBACK]]
    (again,) = drop(
        home,
        made_text([*head, [*rows[-1], label, "请改正"]]),
        at=1,
        name="改.csv",
        department="poverty_relief",
    )
    assert (again.corrects_batch_id, again.rows_accepted, again.rows_held) == (first.batch_id, 1, 0)
