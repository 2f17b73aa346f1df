"""Between two moments: who entered a list, who left it, and the files that came between."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from reports.basis import Basis, freeze
from reports.difference import difference
from tests.unit.reports.serving import AS_OF, KNOWN_BY, make_basis, write_serving


def changed(folder: Path, known_by: datetime) -> Basis:
    serving = write_serving(folder / "serving.duckdb")
    with duckdb.connect(str(serving)) as connection:
        connection.execute("""
            delete from mart.fct_figure_member where figure_id = 'lifted_hh' and member_key = 'hh_3';
            update mart.fct_figure_member set member_key = 'hh_29', household_id = 'hh_29'
                where figure_id = 'lifted_hh' and member_key = 'hh_4';
            update mart.fct_figure_member set amount = 1000 where figure_id = 'wat_pop_on';
            insert into mart.fct_delivery by name select 'b2' as batch_id, '民政局' as department_name,
                '补报.xlsx' as file_name, '名册' as feed_title, 'register' as feed,
                'LOADED' as delivery_state, timestamp '2020-01-11 09:00' as received_at, as_of
                from mart.fct_delivery;
            insert into mart.fct_delivery by name select 'b3' as batch_id, '无关.xlsx' as file_name,
                'other' as feed, timestamp '2020-01-11 09:00' as received_at, as_of from mart.fct_delivery
                where batch_id = 'b1';
        """)
    freeze(serving, AS_OF, known_by, "build", folder / "basis")
    return Basis(folder / "basis")


def test_members_that_moved_are_named_with_the_files_between(tmp_path: Path) -> None:
    before = make_basis(tmp_path / "before")
    after = changed(tmp_path / "after", KNOWN_BY + timedelta(days=3))
    found = difference(before, after, "lifted_hh")
    assert [(each.change, each.member_key, each.head_name) for each in found.moved] == [
        ("entered", "hh_29", "户主29"),
        ("left", "hh_3", "户主3"),
        ("left", "hh_4", "户主4"),
    ]
    assert [(each.happened, each.file_name) for each in found.arrivals] == [("received", "补报.xlsx")]


def test_what_was_recorded_by_hand_between_is_named(tmp_path: Path) -> None:
    before = make_basis(tmp_path / "before")
    serving = write_serving(tmp_path / "after" / "serving.duckdb")
    with duckdb.connect(str(serving)) as connection:
        connection.execute("""
            update mart.fct_override set lifted_at = '2020-01-11 10:00' where override_id = 'o1';
            update mart.fct_figure_member set override_id = case member_key when 'hh_5' then 'o2' end
                where figure_id = 'grt_all';
            update mart.fct_override set recorded_at = '2020-01-11 09:00', guarantee_label = '饮水安全',
                state = 'MET' where override_id = 'o2';
        """)
    freeze(serving, AS_OF, KNOWN_BY + timedelta(days=3), "build", tmp_path / "after" / "basis")
    after = Basis(tmp_path / "after" / "basis")
    found = difference(before, after, "grt_all").arrivals
    assert [(each.happened, each.feed_title, each.file_name) for each in found] == [
        ("recorded", "饮水安全", "o2"),
        ("lifted", "住房安全", "o1"),
    ]
    assert difference(before, after, "reg_hh").arrivals == []


def test_an_amount_that_changed_is_said_with_both(tmp_path: Path) -> None:
    before = make_basis(tmp_path / "before")
    after = changed(tmp_path / "after", KNOWN_BY + timedelta(days=3))
    (moved,) = difference(before, after, "wat_pop_on").moved
    assert (moved.change, moved.amount_before, moved.amount_after) == ("changed", 571700, 1000)


def test_nothing_moved_between_a_moment_and_itself(tmp_path: Path) -> None:
    basis = make_basis(tmp_path)
    found = difference(basis, basis, "reg_hh")
    assert (found.moved, found.arrivals) == ([], [])
