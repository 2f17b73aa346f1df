"""What an analyst is told when a query is not run or is stopped."""

from __future__ import annotations

import duckdb

TEXTS = {
    "ONE_SELECT": "SQL Lab 只能运行一条 SELECT 查询（PIVOT 请用 IN (…) 写明各列）",
    "FUNCTION_REFUSED": "查询中不能使用函数 {name}",
    "TABLE_REFUSED": "查询中不能使用表 {name}，请使用 mart 下的表",
    "STATEMENT_TOO_LONG": "查询语句过长，请拆分",
    "QUERY_TIMEOUT": "查询超过 {seconds} 秒，已停止；请加筛选条件或先汇总再关联",
    "QUERY_MEMORY": "查询用的内存或临时空间超过上限，已停止；请加筛选条件或先汇总再关联",
    "QUERY_CANCELLED": "查询已取消",
    "QUERY_BUSY": "正在运行的查询太多，请稍后再试",
    "RESULT_TOO_LARGE": "查询结果过大，请先汇总或减少行数",
}


class QueryRefused(duckdb.Error):
    """A query that the sandbox did not run or did not let run on; `code` is a key of TEXTS."""

    def __init__(self, code: str, *, text: str | None = None, **values: object) -> None:
        self.code = code
        super().__init__(text or f"{TEXTS[code].format(**values)}（{code}）")
