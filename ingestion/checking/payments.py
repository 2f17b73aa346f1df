"""What each row of a paying feed does: it pays, takes a payment back, pays again, or pays nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.checking.batch import Batch, Finding, arrow_columns
from ingestion.contracts.payments import YES, Payments
from ingestion.parsing.base import Mask, mask
from ingestion.parsing.column_types import TEXT

UNSAID = "REVERSAL_UNSAID"
# A short remark that ends in such a word and says neither that it was paid anew nor that it was another's.
_BACK = r"^(?P<lead>.{0,8}?)(?P<word>退票|退回|退款|退汇|冲销|冲正|红冲|作废|撤销)(?P<end>成功|入账)?$"
_OTHERWISE = "[未无不非原补重前上]"


def effects(payments: Payments, columns: Mapping[str, pa.Array]) -> pa.Array:
    """Per row its effect; `columns` are typed. The first column that says more than 'pays' decides."""
    amount = columns[payments.amount]
    found = pc.if_else(pc.fill_null(pc.less(amount.cast(pa.float64()), 0.0), False), "takes_back", "pays")
    for name, effect_of in reversed(payments.effects.items()):
        texts = columns[name]
        texts = pc.if_else(texts, YES, "") if pa.types.is_boolean(texts.type) else texts.cast(TEXT)
        for code, effect in effect_of.items():
            found = pc.if_else(pc.fill_null(pc.equal(texts, code), False), effect, found)
    return found


def plainly_pays(batch: Batch) -> Mask:
    """Whether a row is a payment of its own: neither a reversal nor what was paid anew after one."""
    assert batch.contract.payments is not None
    return mask(pc.equal(effects(batch.contract.payments, batch.columns), "pays"))


def hold_unsaid_reversals(batch: Batch) -> None:
    """Hold rows that pay by all that is agreed, beside a remark or a column of nobody's that says 退票.

    No free text decides that money came back, and none is passed over.
    """
    payments = batch.contract.payments
    if payments is None:
        return
    words = np.full(batch.row_count, "", dtype=object)
    for start, texts in _free_texts(batch):
        found = pc.struct_field(pc.extract_regex(pc.utf8_trim_whitespace(texts), _BACK), "word")
        other = pc.match_substring_regex(texts, _OTHERWISE)
        said = pc.fill_null(pc.if_else(other, "", found), "").to_numpy(zero_copy_only=False)
        here = words[start : start + len(said)]
        words[start : start + len(said)] = np.where(said == "", here, said)
    amount = batch.columns[payments.amount].cast(pa.float64())
    rows = np.flatnonzero(
        (words != "") & plainly_pays(batch) & mask(pc.greater(amount, 0.0)) & ~batch.duplicate
    )
    if len(rows):
        detail = pa.array(words[rows], TEXT)
        batch.findings.append(Finding(UNSAID, "error", rows, payments.amount, detail))


def _free_texts(batch: Batch) -> Iterator[tuple[int, pa.Array]]:
    """(first row, texts) of every column that is a remark or that the contract does not know."""
    for column in batch.contract.columns:
        if column.type == "text" and column.name in batch.texts and column.pii == "none":
            yield 0, batch.texts[column.name].raw
    start = 0
    for table in batch.tables:
        for position in table.unknown:
            for texts in arrow_columns(table, position):
                yield start, texts
                start += len(texts)
            start -= len(table.table.row_numbers)
        start += len(table.table.row_numbers)
