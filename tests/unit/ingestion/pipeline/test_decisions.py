"""A person decides: a refused file is let through or tried again, a delivery is withdrawn."""

import io
import json
import shutil
import zipfile
from datetime import timedelta

import pytest

from ingestion import load_file, pending, receive
from ingestion.lake.records import recorded_outcomes
from ingestion.pipeline import decisions
from ingestion.pipeline.decisions import DecisionError
from ingestion.returning.receipt_slip import NAME
from tests.unit.ingestion import marked
from tests.unit.ingestion.deliveries import CATALOG, NOON, drop, register, sheet
from tests.unit.ingestion.helpers import id_number, lake, new_home, tree
from tests.unit.ingestion.warehouse import settle_returns

pytestmark = pytest.mark.slow

NOVEMBER = "2019年11月"
GRANTED = NOON + timedelta(days=40)


@pytest.fixture
def home(tmp_path):
    """November is good; December has half of the households and was refused."""
    home = new_home(tmp_path)
    drop(home, sheet(register(), NOVEMBER), name="十一月.csv")
    (refused,) = drop(home, sheet(register(30)), at=30, name="十二月.csv")
    assert refused.reason_code == "SHRUNK"
    return home


def accept(home, what="十二月.csv", now=GRANTED, reason="两镇已整体搬迁"):
    outcomes = decisions.accept(home, CATALOG, what, reason=reason, by="王主任", now=now)
    settle_returns(home, CATALOG)
    return outcomes


def withdraw(home, what, now=GRANTED):
    outcomes = decisions.withdraw(home, what, reason="投错", by="王主任", now=now)
    settle_returns(home, CATALOG)
    return outcomes


def refusal(call, *arguments, **named):
    with pytest.raises(DecisionError) as caught:
        call(*arguments, **named)
    return caught.value.code


def in_force(home, day):
    """Batches that a warehouse takes up that knows what was known `day` days after the first."""
    moment = (NOON + timedelta(days=day)).replace(tzinfo=None)
    gone = {w["batch_id"] for w in lake(home, "withdrawal") if w["withdrawn_at"] <= moment}
    parts = [p for p in lake(home, "delivery_part") if p["received_at"] <= moment]
    return {p["batch_id"] for p in parts} - gone


def test_a_waiver_lets_the_file_in_from_its_own_moment_on(home):
    before = in_force(home, 39.9)
    (outcome,) = accept(home)
    assert (outcome.delivery_state, outcome.rows_accepted) == ("LOADED", 90)
    assert (outcome.received_at, outcome.arrived_at) == (GRANTED, NOON + timedelta(days=30))
    assert in_force(home, 39.9) == before
    assert in_force(home, 40) == before | {outcome.batch_id}
    # The refusal stays on record beside it.
    states = {d["batch_id"]: d["delivery_state"] for d in lake(home, "delivery")}
    assert sorted(states.values()) == ["LOADED", "LOADED", "REFUSED"]
    (waiver,) = lake(home, "waiver")
    assert waiver["batch_id"] == outcome.batch_id
    assert (waiver["waived_by"], waiver["reason"]) == ("王主任", "两镇已整体搬迁")
    assert waiver["codes"].split(",") == ["SHRUNK", "KEYS_LOST"]
    assert waiver["waived_at"] == GRANTED.replace(tzinfo=None)
    (record,) = home.decisions.glob("*.json")
    assert json.loads(record.read_text("utf-8"))["receipt"]["waiver"]["reason"] == "两镇已整体搬迁"


def test_the_marked_copy_goes_and_the_slip_says_what_was_taken(home):
    assert list(home.returned.glob("poverty_relief/十二月.反馈*"))
    accept(home)
    assert not list(home.returned.glob("poverty_relief/十二月.反馈*"))
    slip = (home.returned / "poverty_relief" / NAME).read_text("utf-8-sig")
    assert "的数据收下 90 行" in slip and "没有收下" not in slip


def test_letting_through_twice_changes_nothing(home):
    first = accept(home)
    before = tree(home)
    assert accept(home, now=GRANTED + timedelta(days=1)) == first
    assert tree(home) == before


def test_wrong_rows_of_a_file_let_through_stay_held(home):
    rows = register(per_town=60, first=1)
    for row in rows[:60]:
        row["是否脱贫"] = "不明"
    (refused,) = drop(home, sheet(rows), at=31, name="错行.csv")
    assert refused.reason_code == "CODE_SPELLING_UNKNOWN"
    (outcome,) = accept(home, "错行.csv")
    assert (outcome.delivery_state, outcome.rows_accepted, outcome.rows_held) == ("PARTIAL", 120, 60)
    assert list(home.returned.glob("poverty_relief/错行.反馈*"))


def test_a_file_without_one_right_row_is_not_let_through(home):
    drop(home, sheet(register(是否脱贫="不明")), at=31, name="全错.csv")
    (outcome,) = accept(home, "全错.csv")
    assert (outcome.delivery_state, outcome.reason_code) == ("REFUSED", "CODE_SPELLING_UNKNOWN")
    assert "180 行写的是“不明”" in outcome.reason and "整份没有收下" in outcome.reason
    assert lake(home, "waiver") == []


@pytest.mark.parametrize("how", ["name", "hash", "batch", "masked"])
def test_a_file_is_named_by_its_name_its_hash_or_its_batch(home, how):
    (refused,) = [d for d in lake(home, "delivery") if d["delivery_state"] == "REFUSED"]
    what = {"name": "十二月.csv", "hash": refused["sha256"][:8], "batch": refused["batch_id"]}
    if how == "masked":
        named = f"{id_number(7)}.csv"
        drop(home, sheet(register(31)), at=31, name=named)
        what["masked"] = named
    assert accept(home, what[how])[0].delivery_state == "LOADED"


def test_only_limits_are_waived(home):
    (wrong,) = drop(
        home, sheet(register(), title="雷州市{month}建档立卡贫困户信息表"), name="别县.csv", at=31
    )
    assert wrong.reason_code == "WRONG_COUNTY"
    assert refusal(accept, home, "别县.csv") == "NOT_WAIVABLE"
    assert refusal(accept, home, "十一月.csv") == "NOT_REFUSED"
    assert refusal(accept, home, "没有.csv") == "FILE_NOT_RECEIVED"
    assert refusal(accept, home, "e") == "FILE_NOT_RECEIVED"
    assert lake(home, "waiver") == [] and not list(home.decisions.glob("*"))


def test_two_refused_files_of_one_name_are_told_apart_by_their_hash(home):
    (other,) = drop(home, sheet(register(31)), at=31, name="十二月.csv")
    assert refusal(accept, home) == "NOT_UNIQUE"
    assert accept(home, other.sha256[:12])[0].rows_accepted == 93


def test_an_old_refusal_is_not_let_through_over_a_newer_file(home):
    (good,) = drop(home, sheet(register()[1:] + register(1, ["海安镇"], first=900)), at=31, name="补.csv")
    assert good.delivery_state == "LOADED"
    assert refusal(accept, home) == "NEWER_FILE"
    withdraw(home, "补.csv")
    assert accept(home, now=GRANTED + timedelta(days=1))[0].delivery_state == "LOADED"


class Killed(BaseException):
    pass


@pytest.mark.slow
@pytest.mark.parametrize("writes", [0, 1, 2, 3, 5, 7])
def test_killed_at_any_write_the_next_run_ends_in_the_same_state(tmp_path, home, monkeypatch, writes):
    calm = type(home)(tmp_path.parent / f"{tmp_path.name}-calm")
    shutil.copytree(home.root, calm.root)
    accept(calm)
    from foundation import files as files_module

    real, count = files_module.put_in_place, iter(range(100))

    def dies(partial, path):
        if next(count) == writes:
            raise Killed
        real(partial, path)

    with monkeypatch.context() as patch:
        patch.setattr(files_module, "put_in_place", dies)
        with pytest.raises(Killed):
            accept(home)
    if not list(home.decisions.glob("[!.]*")):
        accept(home)  # killed before it was written down: nothing was decided
    receive(home, CATALOG, now=GRANTED + timedelta(days=1))
    for receipt in pending(home):
        load_file(home, CATALOG, receipt)
    settle_returns(home, CATALOG)
    kept = {path: text for path, text in tree(home).items() if "/." not in path}
    assert kept == {path: text for path, text in tree(calm).items() if "/." not in path}


def packed(**entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in entries.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.csv"), data)
    return out.getvalue()


def test_of_an_archive_only_the_refused_entry_is_judged_again(home):
    data = packed(十月=sheet(register(), "2019年10月"), 再报=sheet(register(29)))
    loaded, refused = sorted(
        drop(home, data, at=32, name="两份.zip"), key=lambda o: o.file_name != "十月.csv"
    )
    assert (loaded.delivery_state, refused.reason_code) == ("LOADED", "SHRUNK")
    (outcome,) = accept(home, "两份.zip")
    assert (outcome.file_name, outcome.rows_accepted) == ("再报.csv", 87)
    october = [d for d in lake(home, "delivery") if d["file_name"] == "十月.csv"]
    assert len(october) == 1
    recorded = recorded_outcomes(home, outcome_of_zip(home))
    assert sorted(o.file_name for o in recorded) == ["再报.csv", "十月.csv"]


def outcome_of_zip(home):
    return next(path.stem for path in home.receipts.glob("*.json") if "两份.zip" in path.read_text("utf-8"))


def test_a_file_refused_under_an_old_contract_is_tried_again(home):
    header = sheet(register(), "2019年12月").decode("utf-8-sig").replace("户编号", "贫困户的编号")
    (refused,) = drop(home, header.encode(), at=31, name="改表.csv")
    assert refused.reason_code == "MISSING_COLUMN"
    (still,) = decisions.retry(home, CATALOG, "改表.csv", now=GRANTED)
    assert still.reason_code == "MISSING_COLUMN"
    contracts = with_alias("贫困户的编号")
    later = GRANTED + timedelta(days=1)
    (outcome,) = decisions.retry(home, contracts, "改表.csv", now=later)
    assert outcome.reason_code == "LAST_PERIOD_AGAIN"
    (outcome,) = decisions.accept(
        home, contracts, "改表.csv", reason="确实没有变化", by="王", now=later + timedelta(hours=1)
    )
    assert (outcome.delivery_state, outcome.rows_accepted) == ("LOADED", 180)
    assert outcome.arrived_at == NOON + timedelta(days=31)
    assert len({d["batch_id"] for d in lake(home, "delivery") if d["file_name"] == "改表.csv"}) == 4


def with_alias(header):
    from ingestion.contracts import Catalog

    own = CATALOG["register_household"]
    columns = tuple(
        c.model_copy(update={"aliases": (*c.aliases, header)}) if c.name == own.key[0] else c
        for c in own.columns
    )
    changed = own.model_copy(update={"columns": columns})
    return Catalog(tuple(changed if c.feed == own.feed else c for c in CATALOG.contracts))


def test_a_withdrawn_delivery_holds_no_longer(home):
    (outcome,) = withdraw(home, "十一月.csv")
    assert in_force(home, 39.9) == {outcome.batch_id}
    assert in_force(home, 40) == set()
    (row,) = lake(home, "withdrawal")
    assert (row["feed"], row["withdrawn_by"], row["reason"]) == ("register_household", "王主任", "投错")
    slip = (home.returned / "poverty_relief" / NAME).read_text("utf-8-sig")
    assert "撤回，不再使用" in slip


def test_what_cannot_be_withdrawn(home):
    drop(home, packed(又=sheet(register(), NOVEMBER)), at=35, name="又.zip")
    assert refusal(withdraw, home, "又.zip") == "NOTHING_STANDS"  # the bytes of 十一月.csv once more
    withdraw(home, "十一月.csv")
    assert refusal(withdraw, home, "十一月.csv") == "ALREADY_WITHDRAWN"
    assert refusal(withdraw, home, "没有.csv") == "FILE_NOT_RECEIVED"
    assert len(lake(home, "withdrawal")) == 1


def test_a_refused_file_that_nobody_will_mend_is_withdrawn(home):
    """Its correction may have another name: then nothing tells that it was one."""
    before = in_force(home, 40)
    assert list(home.returned.glob("poverty_relief/十二月.反馈*"))
    (outcome,) = withdraw(home, "十二月.csv")
    assert outcome.delivery_state == "REFUSED"
    assert in_force(home, 40) == before
    assert not list(home.returned.glob("poverty_relief/十二月.反馈*"))
    assert refusal(withdraw, home, "十二月.csv") == "ALREADY_WITHDRAWN"


def test_the_same_bytes_dropped_again_after_a_withdrawal_are_a_new_delivery(home):
    data = sheet(register(), NOVEMBER)
    (first,) = withdraw(home, "十一月.csv")
    (again,) = drop(home, data, at=41, name="十一月.csv")
    assert again.delivery_state == "LOADED" and again.batch_id != first.batch_id
    assert again.arrived_at is None
    assert in_force(home, 40.5) == set()
    assert in_force(home, 41) == {again.batch_id}
    told = ("arrivals", NAME, "-duplicate", "last_number")
    before = {name: text for name, text in tree(home).items() if not any(part in name for part in told)}
    assert drop(home, data, at=42, name="十一月.csv") == []
    after = {name: text for name, text in tree(home).items() if not any(part in name for part in told)}
    assert after == before
    withdraw(home, again.batch_id, now=GRANTED + timedelta(days=3))
    (third,) = drop(home, data, at=44, name="十一月.csv")
    assert third.batch_id not in (first.batch_id, again.batch_id)
    assert in_force(home, 44) == {third.batch_id}


def test_withdrawn_bytes_may_come_again_in_an_archive(home):
    (first,) = withdraw(home, "十一月.csv")
    (again,) = drop(home, packed(十一月=sheet(register(), NOVEMBER)), at=41, name="包.zip")
    assert again.batch_id != first.batch_id and in_force(home, 41) == {again.batch_id}


def test_one_batch_of_a_file_is_withdrawn_and_comes_back_alone(home):
    data = packed(十月=sheet(register(), "2019年10月"), 九月=sheet(register(59), "2019年9月"))
    september, october = sorted(drop(home, data, at=32, name="两份.zip"), key=lambda o: o.as_of)
    assert [o.batch_id for o in withdraw(home, october.batch_id)] == [october.batch_id]
    (again,) = [o for o in drop(home, data, at=41, name="两份.zip") if o.batch_id != september.batch_id]
    assert again.as_of == october.as_of
    standing = in_force(home, 41)
    assert {september.batch_id, again.batch_id} <= standing and october.batch_id not in standing


def test_the_marked_copy_of_a_withdrawn_file_goes_and_its_corrections_fall(home):
    rows = register()
    rows[0]["是否脱贫"], rows[1]["家庭人口数"] = "不明", "8"
    (held,) = drop(home, sheet(rows), at=31, name="有错.csv")
    assert (held.delivery_state, held.rows_held) == ("PARTIAL", 1)
    assert list(home.returned.glob("poverty_relief/有错.反馈*"))
    withdraw(home, "有错.csv")
    assert not list(home.returned.glob("poverty_relief/有错.反馈*"))


def roll_refused(home):
    """A roll refused for its wrong rows, the first of which lacks the year it belongs to."""
    rows = marked.Insured.rows(20)
    for row in rows[:10]:
        row[5] = "退休"
    rows[0][4] = "二〇"
    (refused,) = marked.drop(home, marked.text(rows))
    assert refused.reason_code == "TOO_MANY_HELD"
    return refused


def test_a_row_without_its_year_does_not_let_an_old_refusal_win(tmp_path):
    home = new_home(tmp_path)
    refused = roll_refused(home)
    good = marked.Insured.rows(20)
    marks = [marked.mark(refused, n) if n < 10 else "" for n in range(20)]
    (whole,) = marked.drop(home, marked.text(good, marks=marks), at=1, name="参保.反馈.csv")
    assert whole.delivery_state == "LOADED"
    assert refusal(accept, home, refused.batch_id) == "NEWER_FILE"


def test_killed_after_its_delivery_a_file_can_be_let_through_again(tmp_path, monkeypatch):
    home = new_home(tmp_path)
    refused = roll_refused(home)
    with monkeypatch.context() as patch:
        patch.setattr("ingestion.pipeline.load.outcomes_text", _killed)
        with pytest.raises(Killed):
            accept(home, refused.sha256)
    (outcome,) = accept(home, refused.sha256, now=GRANTED + timedelta(days=1))
    assert (outcome.delivery_state, outcome.received_at) == ("PARTIAL", GRANTED)
    assert len(list(home.decisions.glob("*.json"))) == 1


def _killed(*args, **kwargs):
    raise Killed
