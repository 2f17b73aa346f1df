"""What `sanbao check` and the departments' folders say, in the language of the installation."""

import re

import pytest

from ingestion import Home, load_file, pending, prepare, receive
from sanbao.cli import commands
from sanbao.cli.check_report import check_one
from sanbao.errors import SanbaoError
from sanbao.words import text as words
from tests.unit.ingestion.problems.made import CATALOG, INSURED, lines, text
from tests.unit.ingestion.warehouse import settle_returns

HAN = re.compile(r"[\u4e00-\u9fff]")
WRONG = [{"insurance_status": "退休"}, {"insurance_status": "在职"}, {"person_name": ""}]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "12月.csv"
    path.write_bytes(text(lines(INSURED, WRONG)))
    return path


def without_quotes(said):
    """What is Sanbao's own: neither a cell's content or header, nor a title or a file name."""
    said = re.sub(r"“[^”]*”", "", said).replace(INSURED.title, "").replace("12月", "")
    return re.sub(r"(?m)^.*Write one of these.*$", "", said)


def test_the_same_cause_is_said_once_with_its_cells(file):
    lines_ = check_one(file, None, "zh").lines
    assert [line[:30] for line in lines_ if "CODE_UNKNOWN" in line] == [
        "  [CODE_UNKNOWN] F10 的“参保状态”“退"
    ]
    assert "    同样的问题另有 1 处：F11。" in lines_
    assert sum("BLANK_REQUIRED" in line for line in lines_) == 1


def test_a_column_in_the_wrong_form_is_one_cause_with_a_count(tmp_path):
    path = tmp_path / "12月.csv"
    path.write_bytes(text(lines(INSURED, [{"premium_paid_on": f"第{n}季度"} for n in range(300)])))
    found = check_one(path, None, "zh")
    assert len(found.lines) == 4  # the verdict, what it costs, the cause, and where else
    assert found.lines[-1] == "    同样的问题另有 299 处：I11、I12、I13、I14、I15 等。"
    assert len(found.records["problems"]) == 300
    (outcome,) = found.records["outcomes"]
    assert (outcome["rows_held"], outcome["cells_held"]) == (0, 300)


def test_in_english_nothing_of_its_own_is_chinese(file):
    found = check_one(file, None, "en")
    assert not found.ok
    assert not HAN.search(without_quotes("\n".join(found.lines)))
    assert any("F10: “参保状态” “退休” is none of the agreed values." in line for line in found.lines)


def loaded(home, file, lang):
    prepare(home, CATALOG)
    (home.inbox / "health_insurance" / file.name).write_bytes(file.read_bytes())
    receive(home, CATALOG)
    for receipt in pending(home):
        load_file(home, CATALOG, receipt)
    settle_returns(home, CATALOG, lang)
    return {
        path.name: path.read_bytes().decode("utf-8-sig")
        for path in (home.returned / "health_insurance").iterdir()
    }


def test_what_departments_find_is_in_the_language_of_the_installation(tmp_path, file):
    chinese = loaded(Home(tmp_path / "zh"), file, "zh")
    english = loaded(Home(tmp_path / "en"), file, "en")
    assert "F10 的“参保状态”“退休”不在约定的取值里" in chinese["12月.反馈.csv"]
    assert "暂扣 3 行" in chinese["收件回执.txt"]
    copy = next(text for name, text in english.items() if name.endswith(".csv"))
    assert "F10: “参保状态” “退休” is none of the agreed values." in copy
    assert ",Problem,Remedy" in copy
    slip = english["receipts.txt"]
    assert "6 rows taken as of 2019-12-31, 3 rows held." in slip
    assert not HAN.search(without_quotes(slip))


@pytest.mark.parametrize(
    ("name", "department", "code"),
    [(".", None, "FILE_IS_FOLDER"), ("12月.csv", "nosuch", "DEPARTMENT_UNKNOWN")],
)
def test_a_folder_and_an_unknown_department_are_refused_by_name(file, name, department, code):
    with pytest.raises(SanbaoError) as caught:
        commands.check("zh", file.parent / name, department, as_json=False)
    assert caught.value.code == code
    assert department is None or "health_insurance" in caught.value.remedy("zh")


def test_check_says_what_it_does_not_compare():
    assert "以前报送" in words("done.check", "zh") and "earlier deliveries" in words("done.check", "en")
