"""Random lists, supplements, corrections, lists sent again and reversals, judged by a model of its own."""

import io
import random
import tempfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.ingestion.helpers import id_number, new_home
from tests.unit.ingestion.payments.model import BACK, Term
from tests.unit.ingestion.payments.subsidies import TITLE, as_csv, drop, payment, standing

pytestmark = pytest.mark.slow

WORDS = {
    "list": "（重报）",
    "correction": "（更正）",
    "supplement": "（补发）",
    "reversal": "（退票）",
    "": "",
}
FEW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def as_xlsx(rows, title):
    book = openpyxl.Workbook()
    book.active.append([title])
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append(list(row.values()))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def file_of(payments, word, *, as_book):
    rows = [payment(pupil, str(yuan), day, status) for pupil, yuan, day, status in payments]
    return (as_xlsx if as_book else as_csv)(rows, TITLE + WORDS[word])


def pupil_of(number):
    return id_number(number, born="20090501")


def same(home, term):
    """Whether rows in force and what each pupil has are those of the model."""
    rows = standing(home)
    assert sorted((n, y) for n, y, _ in rows) == sorted((pupil_of(p[0]), Decimal(p[1])) for p in term.stands)
    for pupil in {p[0] for p in term.stands}:
        net = sum(net for number, _, net in rows if number == pupil_of(pupil))
        assert net == term.yuan_of(pupil), (pupil, term.stands)


class Office:
    """An education office that sends one file after the other, each other than all before."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.term, self.day, self.pupils = Term(), 10, iter(range(1, 900))

    def days(self):
        self.day += 1
        return f"2019-{9 + self.day // 28:02d}-{self.day % 28 + 1:02d}"

    def fresh(self, count):
        day = self.days()
        return [(next(self.pupils), self.random.choice([1500, 750, 1234]), day, "成功") for _ in range(count)]

    def plain_once(self):
        """Payments of pupils who have one and nothing else."""
        often = [p[0] for p in self.term.stands]
        return [p for p in self.term.stands if often.count(p[0]) == 1 and p[3] == "成功" and p[1] > 0]

    def file(self):
        """(what it is, its payments, the word in its title)."""
        kind = self.random.choice(["supplement", "again", "correction", "list", "short", "reversal", "anew"])
        few = self.random.sample(self.plain_once(), k=min(2, len(self.plain_once())))
        if not self.term.stands or not few or kind == "supplement":
            return "supplement", self.fresh(self.random.randint(1, 4)), self.random.choice(["supplement", ""])
        if kind == "again":
            day = self.days()
            return "supplement", [(p[0], 300, day, "成功") for p in few], "supplement"
        if kind == "correction":
            return "correction", [(p[0], p[1] + 10, p[2], "成功") for p in few], "correction"
        if kind == "list":
            rows = [*self.term.stands, *self.fresh(self.random.randint(1, 2))]
            self.random.shuffle(rows)
            return "list", rows, self.random.choice(["list", ""])
        if kind == "short":
            rows = self.random.sample(self.term.stands, k=len(self.term.stands) - 1)
            return ("list", rows, "list") if rows else ("supplement", self.fresh(1), "")
        day = self.days()
        if kind == "anew":
            return (
                "supplement",
                [(p[0], p[1], day, "补发") for p in few],
                self.random.choice(["supplement", ""]),
            )
        sign, said = self.random.choice([(-1, "退票"), (-1, "成功"), (1, self.random.choice(BACK))])
        return (
            "supplement",
            [(p[0], sign * p[1], day, said) for p in few],
            self.random.choice(["reversal", ""]),
        )


@given(seed=st.integers(0, 10**6))
@FEW
def test_what_stands_after_any_files(seed):
    office = Office(seed)
    with tempfile.TemporaryDirectory() as folder:
        home = new_home(Path(folder))
        for at in range(6):
            kind, rows, word = office.file()
            as_book = office.random.random() < 0.5
            name = f"{at}.{'xlsx' if as_book else 'csv'}"
            outcome = drop(home, file_of(rows, word, as_book=as_book), at=at, name=name)
            taken = office.term.takes(kind, rows)
            assert (outcome.delivery_state == "LOADED") is taken, (at, kind, word, rows, outcome.reason)
            assert taken or outcome.reason_code == "PAYMENTS_FEWER"
        same(home, office.term)


@given(seed=st.integers(0, 10**6))
@FEW
def test_what_adds_up_does_so_in_any_order_and_any_cut(seed):
    office = Office(seed)
    first = office.fresh(8)
    back, anew = office.days(), office.days()
    others = [(p[0], -p[1], back, "退票") for p in first[:3]]
    others += [(p[0], p[1], anew, "补发") for p in first[:2]]
    others += [(first[5][0], first[5][1], back, "冲销"), *office.fresh(3)]
    rows = [*first, *others]
    office.term.takes("supplement", rows)
    # Any cut, but that what a pupil was paid plainly comes in one file.
    files = {}
    for row in rows:
        files.setdefault(office.random.randrange(4), []).append(row)
    arriving = list(files.values())
    office.random.shuffle(arriving)
    with tempfile.TemporaryDirectory() as folder:
        home = new_home(Path(folder))
        for at, own in enumerate(arriving):
            outcome = drop(
                home, file_of(own, "", as_book=office.random.random() < 0.5), at=at, name=f"{at}.f"
            )
            assert outcome.delivery_state == "LOADED", outcome.reason
        same(home, office.term)


@pytest.mark.parametrize(
    ("payments", "yuan"),
    [
        ([(1, 1500, "2019-12-10", "成功"), (1, 1500, "2019-12-17", "退票")], 0),
        ([(1, 1500, "2019-12-10", "退票"), (1, 1500, "2019-12-17", "补发")], 1500),
        ([(1, 1500, "2019-12-10", "成功"), (1, -1500, "2019-12-17", "成功")], 0),
    ],
)
def test_the_model_itself(payments, yuan):
    term = Term()
    term.takes("supplement", payments)
    assert term.yuan_of(1) == yuan
