"""Every problem that there is, planted: named by its own code, at its own cell, and nothing else is said."""

import ast
import re
from pathlib import Path

import pytest

from ingestion.contracts.carrying import carrying_columns
from ingestion.contracts.cross_feed import CrossFileCheck
from ingestion.messages.problems import CHECK_KINDS, PROBLEMS
from ingestion.pipeline.load import check_bytes, check_file
from sanbao.codegen.problem_docs import problem_codes
from sanbao.codegen.problem_examples import example, planted
from tests.unit.ingestion.problems.made import CATALOG, lines, text
from tests.unit.ingestion.problems.whole_files import WHOLE_FILES

UNIT_TESTS = Path(__file__).resolve().parents[1]
# Codes that need earlier deliveries, a faulty system or a killed process: file → code → test.
PLANTED_ELSEWHERE = {
    "readers/test_sandbox.py": {
        "FILE_KILLS_READER": "test_a_file_that_kills_its_reader_is_refused_at_the_second_attempt",
    },
    "pipeline/test_load.py": {
        "INTERNAL": "test_a_fault_of_ours_is_an_outcome_too",
        "SHRUNK": "test_half_a_file_is_refused",
    },
    "payments/test_what_a_file_replaces.py": {
        "PAYMENTS_FEWER": "test_the_list_again_without_a_pupil_is_asked_about",
        "PAYMENTS_UNCLEAR": "test_other_payments_to_the_same_pupils_are_asked_about",
    },
    "gate/test_assumed_header.py": {
        "HEADER_ASSUMED": "test_it_is_offered_and_lands_as_with_its_header",
    },
    "gate/test_columns_gone.py": {
        "COLUMNS_GONE": "test_columns_that_are_left_out_are_named_with_the_date_on_which_they_were_there",
    },
    "lake/test_duplicates.py": {
        "ALREADY_THERE": "test_a_zip_of_which_everything_is_known_is_told",
    },
    "receiving/test_inbox.py": dict.fromkeys(
        [code for code, kind in PROBLEMS.items() if kind.effect == "left"],
        "test_the_codes_that_are_told_of_what_was_left",
    ),
    "gate/test_regressions.py": {
        "TOWN_MISSING": "test_a_town_that_was_there_is_missing",
        "TOWNS_STILL_DUE": "test_one_town_by_itself_is_a_part_and_the_others_are_named",
        "TOWN_SHRUNK": "test_a_town_that_lost_most_of_its_rows_does_not_hide_among_the_others",
        "KEYS_LOST": "test_keys_are_lost_only_beyond_the_limit",
        "DISTRIBUTION_SHIFTED": "test_a_column_that_moved_too_far",
        "LAST_PERIOD_AGAIN": "test_the_order_of_rows_does_not_hide_that_they_are_the_same",
        "UNCHANGED_SINCE": "test_where_nothing_need_change_the_same_rows_are_taken",
    },
    "gate/test_town_parts.py": {
        "PART_UNKNOWN": "test_what_nobody_can_place_is_asked_and_replaces_nothing",
        "PART_UNPLACED": "test_a_town_after_a_county_that_nobody_could_place_is_not_taken_for_less",
        "TOWN_DOUBTFUL": "test_the_rows_decide_where_a_name_says_another_town_and_it_is_said_once",
    },
    "gate/test_nil_returns.py": {
        "NIL_DESPITE_ROWS": "test_a_list_of_the_county_does_not_come_to_nothing",
    },
    "checking/test_columns.py": {
        "AMOUNT_MERGED": "test_an_amount_merged_over_several_rows_holds_them",
        "MONTH_UNLIKE_OTHERS": "test_a_row_of_another_month_is_held_at_its_cell",
    },
    "cases/test_times_in_words.py": {
        "RANGE_WITHOUT_END": "test_a_job_is_not_over_in_the_month_in_which_it_began",
    },
    "shown/test_cases.py": {
        "FORMULA_WITHOUT_VALUE": "test_formulas_of_a_library_with_nought_for_a_value",
        "ROW_STRUCK_OUT": "test_struck_rows_are_told_one_by_one",
    },
    "shown/test_kinds.py": {
        "SHOWN_UNLIKE_HELD": "test_a_scaled_amount_counts_only_where_the_unit_explains_it",
    },
    "contracts/test_period_maps.py": {
        "AS_OF_CONFLICT": "test_sheets_under_different_maps_are_not_one_delivery",
    },
    "gate/test_corrections.py": {
        "RETURN_MIXED": "test_references_are_believed_only_within_their_department",
        "RETURN_UNKNOWN": "test_references_are_believed_only_within_their_department",
        "RETURN_FRAGMENT": "test_of_a_refused_file_the_whole_is_wanted",
        "RETURN_OUTDATED": "test_a_correction_of_a_file_that_a_newer_one_replaced_is_refused",
        "RETURN_ROWS_MISSING": "test_rows_missing_from_a_copy_stay_and_are_told",
        "RETURN_OTHER_PART": "test_a_corrected_row_must_not_move_into_the_part_of_another_file",
        "RETURN_WITHDRAWN": "test_a_correction_of_a_withdrawn_file_says_so",
        "RETURN_OTHER_DATE": "test_a_correction_keeps_the_date_of_its_base",
        "RETURN_ROWS_GIVEN_UP": "test_a_held_row_deleted_from_a_whole_copy_is_given_up",
        "RETURN_PART_OUTDATED": "test_a_part_that_a_newer_file_holds_takes_no_corrections",
    },
}
IN_ROWS = [code for code, case in planted().items() if "rows" in case]
CROSS_FILE = {c.code for feed in CATALOG.contracts for c in feed.checks if isinstance(c, CrossFileCheck)}
UNMASKED = re.compile(r"\d{12}")


def contract_column(contract, header):
    return next(c.name for c in contract.columns if header in c.headers)


def assert_readable(message: str, remedy: str, message_en: str, remedy_en: str) -> None:
    assert message.endswith("。") and message.count("。") == 1
    assert remedy.endswith("。") and remedy.count("。") == 1
    assert message_en.endswith(".") and remedy_en.endswith((".", "”."))
    for said in (message, remedy, message_en, remedy_en):
        assert not UNMASKED.search(said)
        assert not re.search(r"[{}\[\]]", said), "a word was left out"


def test_every_code_is_planted_somewhere():
    here = {*IN_ROWS, *WHOLE_FILES}
    assert (
        set(problem_codes(CATALOG)) - here - CROSS_FILE
        == {code for tests in PLANTED_ELSEWHERE.values() for code in tests} - here
    )
    assert len(problem_codes(CATALOG)) >= 60


@pytest.mark.parametrize(
    ("file", "code", "name"),
    [(f, *entry) for f, tests in PLANTED_ELSEWHERE.items() for entry in tests.items()],
)
def test_the_test_that_plants_it_is_there(file, code, name):
    tree = ast.parse((UNIT_TESTS / file).read_text("utf-8"))
    found = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == name]
    assert len(found) == 1
    source = "\n".join(ast.unparse(n) for n in (*found, *found[0].decorator_list))
    assert f"'{code}'" in source


@pytest.mark.parametrize("code", IN_ROWS)
def test_a_faulty_row_is_named_at_its_cell_and_nothing_else_is_said(tmp_path, code):
    contract = CATALOG[planted()[code]["feed"]]
    changes = planted()[code]["rows"]
    path = tmp_path / "12月.csv"
    path.write_bytes(text(lines(contract, changes)))
    report = check_file(path, CATALOG, department=contract.department)
    (problem,) = report.problems
    assert (problem.code, problem.feed) == (code, contract.feed)
    assert problem.cell and problem.cell in problem.message and problem.cell in problem.message_en
    assert_readable(problem.message, problem.remedy, problem.message_en, problem.remedy_en)
    shown = example(CATALOG, code)
    assert (shown.cell, shown.message, shown.remedy) == (problem.cell, problem.message, problem.remedy)
    (outcome,) = report.outcomes
    wrong = {contract_column(contract, problem.header)}
    wrong |= {
        name for check in contract.checks if check.code == code for name in getattr(check, "columns", ())
    }
    carries = bool(wrong & carrying_columns(contract))
    held = (problem.severity == "error" and carries) or code == "DUPLICATE_ROW"
    assert (outcome.rows_read, outcome.rows_held) == (6 + len(changes), int(held))
    assert (outcome.cells_held > 0) == (problem.severity == "error" and not carries)
    effect = PROBLEMS[code].effect if code in PROBLEMS else "declared"
    assert effect == "declared" or effect == ("held" if problem.severity == "error" else "kept")


@pytest.mark.parametrize("code", WHOLE_FILES)
def test_a_file_with_one_thing_wrong_is_named_by_it(code):
    dropped = WHOLE_FILES[code]()
    report = check_bytes(dropped.data, dropped.name, CATALOG, department=dropped.department)
    (outcome,) = report.outcomes
    kind = PROBLEMS[code]
    if outcome.reason_code == code:
        said = (outcome.reason, outcome.remedy, outcome.reason_en, outcome.remedy_en)
    else:
        problem = next(p for p in report.problems if p.code == code)
        said = (problem.message, problem.remedy, problem.message_en, problem.remedy_en)
    assert_readable(*said)
    assert {p.code for p in report.problems} - {code} == dropped.others
    states = {"refused": "REFUSED", "nil": "NIL", "noted": "LOADED", "kept": "LOADED"}
    in_part = outcome.rows_held or outcome.cells_held
    assert outcome.delivery_state == (
        "PARTIAL" if in_part and kind.effect == "noted" else states[kind.effect]
    )


@pytest.mark.parametrize("code", [c for c, case in planted().items() if "words" in case])
def test_the_example_of_a_file_problem_uses_every_word(code):
    words = planted()[code]["words"]
    kind = PROBLEMS[code]
    wanted = set(re.findall(r"\{(\w+)\}", kind.message + kind.remedy + kind.english + kind.english_remedy))
    assert {word.removesuffix("_en") for word in words} == wanted
    shown = example(CATALOG, code)
    assert_readable(shown.message, shown.remedy, shown.message_en, shown.remedy_en)


def test_every_code_has_an_example():
    wanted = set(problem_codes(CATALOG)) - CROSS_FILE
    assert wanted == planted().keys()


@pytest.mark.parametrize("feed", CATALOG)
def test_a_table_without_faults_raises_nothing(feed):
    contract = CATALOG[feed]
    report = check_bytes(text(lines(contract)), "12月.csv", CATALOG, department=contract.department)
    assert report.problems == []
    assert [(o.feed, o.delivery_state) for o in report.outcomes] == [(feed, "LOADED")]


@pytest.mark.parametrize("kind", PROBLEMS.values(), ids=PROBLEMS)
def test_a_definition_is_whole(kind):
    assert kind.message.endswith("。") and kind.message.count("。") == 1
    assert kind.remedy.endswith("。") and kind.remedy.count("。") == 1
    assert kind.english.endswith(".") and kind.english_remedy.endswith(".")
    words = set(re.findall(r"\{(\w+)\}", kind.message))
    if kind.is_cell and kind.code not in ("CHECK_NONE_IN_GROUP", "DUPLICATE_ROW"):
        assert {"cell", "header"} <= words
        assert words == set(re.findall(r"\{(\w+)\}", kind.english))


def test_every_kind_of_check_has_its_sentence():
    assert set(CHECK_KINDS.values()) == {code for code in PROBLEMS if code.startswith("CHECK_")}
