"""What stands between a month and its signature, what the person who signs reads, what is published then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reports.basis import Basis
from sanbao.errors import SanbaoError
from sanbao.night import closing, signing
from sanbao.night.closing import Frozen
from sanbao.night.published import Published, write_published
from sanbao.night.report import Printed
from sanbao.settings import Settings
from tests.unit.reports.serving import AS_OF, KNOWN_BY, make_basis

FROZEN = Frozen(AS_OF, KNOWN_BY)
TOWNS = ["第0镇", "第1镇", "第2镇"]


class Month:
    """A frozen month whose tables are `basis`, and what a draft of its report says against printing it."""

    def __init__(self, settings: Settings, basis: Basis) -> None:
        self.settings, self.basis = settings, basis
        self.blocked: list[str] = []
        self.drafts = 0

    @contextmanager
    def kept(self, settings: Settings, as_of: Any = None, known_by: Any = None) -> Iterator[Basis]:
        assert (as_of, known_by) == (AS_OF, KNOWN_BY), "every step works on what was frozen"
        yield self.basis

    def draft(self, settings: Settings, as_of: Any, known_by: Any, *, draft: bool) -> Printed:
        assert draft and (as_of, known_by) == (AS_OF, KNOWN_BY)
        self.drafts += 1
        file = settings.home / "reports" / "2019-12-31" / "草稿.docx"
        return Printed(
            as_of, known_by, [file], list(self.blocked), contradicted=["甲表写 31户，数出来是 30户"]
        )

    def confirm(self) -> None:
        for town in TOWNS:
            signing.sign(self.settings, self.basis, town, "镇长", None)


@pytest.fixture
def month(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Month:
    (tmp_path / "archive").mkdir()
    made = Month(Settings(home=tmp_path, as_of=AS_OF), make_basis(tmp_path / "first"))
    monkeypatch.setattr(closing, "kept_basis", made.kept)
    monkeypatch.setattr(closing, "print_report", made.draft)
    return made


def test_nobody_is_asked_what_cannot_be_signed(month: Month) -> None:
    month.blocked = ["脱贫户都是建档立卡户（I4）不成立"]
    with pytest.raises(SanbaoError, match=r"REPORT_BLOCKED.*I4"):
        closing.examine(month.settings, FROZEN)
    month.blocked = []
    with pytest.raises(SanbaoError, match="TOWNS_UNSIGNED") as error:
        closing.examine(month.settings, FROZEN)
    # What they are to confirm is named to the moment: whatever came since is not in it.
    assert "--as-of 2019-12-31 --known-by 2020-01-10T16:00:00" in error.value.remedy("zh")
    assert month.drafts == 2, "the towns have something to read"


def test_who_signs_reads_period_states_and_what_is_open(month: Month) -> None:
    month.confirm()
    case = closing.examine(month.settings, FROZEN)
    assert case.has_news and case.subject == "2019年12月月结：请确认是否签发"
    for said in (
        "**截止日期** 2019年12月31日，**所知截至** 2020年1月10日 16:00",
        "`reports/2019-12-31`",
        "**建档立卡** 30 户",
        "| 各项保障 | 0 | 0 | 0 | 0 |",
        "**恒等关系不成立** 0 处。",
        "**暂扣待改** 3 行。",
        "**与报告或书面说法不符** 1 处：\n- 甲表写 31户，数出来是 30户",
        "**数据不全的指标** 2 个：\n- 脱贫户数：有 1 行暂扣待改。\n- 从没报过的：没有收到数据。",
        "**尚未确认的乡镇** 0 个（3 个都已确认这一份名单）",
    ):
        assert said in case.body, case.body
    assert "这是更正" not in case.body


def test_what_is_signed_already_is_not_asked_again_and_an_amendment_says_so(
    month: Month, tmp_path: Path
) -> None:
    month.confirm()
    done = closing.sign_month(month.settings, FROZEN, "zhang", "")
    assert (done.level, done.by) == (signing.COUNTY, "zhang")
    assert not closing.examine(month.settings, FROZEN).has_news
    month.basis = make_basis(tmp_path / "second", "BROKEN")
    month.confirm()
    body = closing.examine(month.settings, FROZEN).body
    assert "**这是更正**：这一期已由 zhang 于" in body
    assert "**恒等关系不成立** 1 处：\n- 脱贫户都是建档立卡户（I4）不成立" in body
    with pytest.raises(SanbaoError, match="AMENDMENT_REASON"):
        closing.sign_month(month.settings, FROZEN, "li", " ")
    assert closing.sign_month(month.settings, FROZEN, "li", "更正低保").reason == "更正低保"


@pytest.mark.parametrize(
    ("served", "said"),
    [(KNOWN_BY, "ALREADY"), (KNOWN_BY + timedelta(days=3), "NEWER")],
)
def test_what_is_served_since_is_not_turned_back(
    month: Month, monkeypatch: pytest.MonkeyPatch, served: datetime, said: str
) -> None:
    def never(*given: object, **named: object) -> None:
        raise AssertionError("nothing is to be built or published")

    monkeypatch.setattr(closing, "last_known", lambda settings, known_by: known_by)
    monkeypatch.setattr(closing, "build", never)
    monkeypatch.setattr(closing, "publish_serving", never)
    month.settings.serving_dir.mkdir(parents=True)
    record = Published("20200120T020304000005Z", dates={AS_OF.isoformat(): served.isoformat()})
    write_published(month.settings, record)
    assert closing.publish_month(month.settings, FROZEN) == said
