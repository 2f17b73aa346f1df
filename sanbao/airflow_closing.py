"""The steps of a month's closing, and of what starts it, as the DAGs call them: plain JSON in and out."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, ParamSpec, TypedDict, TypeVar

from sanbao.airflow_tasks import BACKFILL, BAD_STATES, Params, clocks, say, task_settings
from sanbao.errors import SanbaoError
from sanbao.failures import told_plainly
from sanbao.night import closing, delivered
from sanbao.night.closing import Frozen
from sanbao.servers.dashboards import refresh_superset
from sanbao.settings import PROJECT_ROOT

P = ParamSpec("P")
T = TypeVar("T")
APPROVE, REJECT = "同意签发", "退回"
ANSWER = "answer"  # the key under which the task that asks passes on what it was told
_MONTHLY = re.compile(rf"^cadence: {delivered.CADENCE}$", re.MULTILINE)
_PUBLISHED = {
    "PUBLISHED": "已发布这一期",
    "ALREADY": "已发布的就是签发的这一份",
    "NEWER": "这一天后来又有新数据，已发布的比签发的新，保持不变；签发的以报告为准",
}


def told_with_remedy(step: Callable[P, T]) -> Callable[P, T]:
    """`step`, told plainly, whose log also says what to do: Airflow prints an exception's sentence alone."""

    @functools.wraps(step)
    def run(*arguments: P.args, **named: P.kwargs) -> T:
        try:
            return told_plainly(step)(*arguments, **named)
        except SanbaoError as error:
            say(error.remedy("zh"))
            raise

    return run


class FrozenRow(TypedDict):
    """What was frozen, as tasks pass it on."""

    month: str
    as_of: str
    known_by: str  # naive UTC


def closing_departments() -> list[str]:
    """The departments that owe a file every month, read off the contracts' own lines.

    Airflow asks in every process that runs a task: reading the contracts would take it seconds.
    """
    paths = (PROJECT_ROOT / "ingestion" / "feeds").glob("*/*.yml")
    return sorted({path.parent.name for path in paths if _MONTHLY.search(path.read_text("utf-8"))})


def signers() -> list[dict[str, str]]:
    """Who may sign, as Airflow wants it; none: whoever may answer in Airflow."""
    return [{"id": user_id, "name": name} for name, user_id in task_settings().closing_users]


def patience() -> timedelta:
    """How long a month waits for somebody to sign it."""
    return timedelta(days=task_settings().closing_days)


@told_with_remedy
def newly_delivered(params: Params) -> dict[str, list[str]]:
    """Department → the months that it has now delivered whole; none of a run that looks back."""
    settings, as_of, known_by = clocks(params)
    if known_by is not None or params.get(BACKFILL):
        return {}
    found: dict[str, list[str]] = {}
    for month, departments in delivered.newly_delivered(settings, as_of).items():
        say(f"{month}: delivered whole by {', '.join(departments)}")
        for department in departments:
            found.setdefault(department, []).append(month)
    return found


@told_with_remedy
def note_told(months: Mapping[str, list[str]] | None) -> None:
    """Keep that Airflow knows of these departments' months; `months` as `newly_delivered` gives them."""
    told: dict[str, list[str]] = {}
    for department, own in (months or {}).items():
        for month in own:
            told.setdefault(month, []).append(department)
    delivered.note_told(task_settings(), told)


@told_with_remedy
def freeze(params: Params, partition_key: str | None) -> FrozenRow:
    """Freeze the month that the run is for: its partition, else its parameter."""
    month = str(partition_key or params.get("month") or "")
    frozen = closing.freeze_month(task_settings(), month)
    say(f"{month}：底表已冻结，截止 {frozen.as_of}，所知截至 {frozen.known_by}（UTC）")
    return {"month": month, "as_of": frozen.as_of.isoformat(), "known_by": frozen.known_by.isoformat()}


@told_with_remedy
def examine(row: FrozenRow) -> dict[str, str]:
    """What the person who signs is shown; nothing where the county has signed these very tables."""
    case = closing.examine(task_settings(), _frozen(row))
    if not case.has_news:
        say(f"{row['month']}：县里已签发过这一份，数据没有变化。")
        return {}
    return {"subject": case.subject, "body": case.body}


def answer_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """What is passed on of the event that ends the waiting: option, form, who it was; or how it ended."""
    if "error" in event:
        return {"timed_out": event.get("error_type") == "timeout"}
    return {name: event[name] for name in ("chosen_options", "params_input", "responded_by_user")}


@told_with_remedy
def sign(row: FrozenRow, answer: Mapping[str, Any] | None) -> dict[str, str]:
    """Sign in the name of whoever approved in Airflow."""
    user = (answer or {}).get("responded_by_user")
    if answer is None or not user:  # nobody's answer is nobody's signature
        raise SanbaoError("CLOSING_UNANSWERED", month=row["month"], days=f"{task_settings().closing_days:g}")
    done = closing.sign_month(task_settings(), _frozen(row), str(user["name"]), _reason(answer))
    say(f"{row['month']}：已由 {done.by} 签发，底表摘要 {done.basis_sha256[:16]}")
    return {"by": done.by, "basis": done.basis_sha256[:16]}


@told_with_remedy
def print_documents(row: FrozenRow) -> list[str]:
    """Report, annex and brief; returns their paths below the home."""
    settings = task_settings()
    paths = [
        path.relative_to(settings.home).as_posix() for path in closing.print_month(settings, _frozen(row))
    ]
    for path in paths:
        say(path)
    return paths


@told_with_remedy
def publish(row: FrozenRow) -> str:
    """See that what was signed is served; returns a line for the log."""
    settings = task_settings()
    done = closing.publish_month(settings, _frozen(row))
    if done == "PUBLISHED":
        say(refresh_superset(settings))
    line = f"{row['month']}：{_PUBLISHED[done]}"
    say(line)
    return line


@told_with_remedy
def conclude(
    row: FrozenRow | None,
    case: Mapping[str, str] | None,
    answer: Mapping[str, Any] | None,
    states: Mapping[str, str | None],
    names: Mapping[str, str],
) -> str:
    """How the closing ended, as a line; raises SanbaoError where it did not come to its end.

    `names` are the tasks' names for people, in their order.
    """
    month = row["month"] if row else "-"
    failed = [task for task in names if states.get(task) == "failed"]
    if answer and answer.get("timed_out"):
        raise SanbaoError("CLOSING_UNANSWERED", month=month, days=f"{task_settings().closing_days:g}")
    if failed or any(state in BAD_STATES for state in states.values()):
        raise SanbaoError("CLOSING_INCOMPLETE", month=month, step=names.get((failed or ["-"])[0], "-"))
    line = f"{month}：{_ended(case, answer)}"
    say(line)
    return line


def _ended(case: Mapping[str, str] | None, answer: Mapping[str, Any] | None) -> str:
    if not case:
        return "以前已经签发，数据没有变化，没有再签。"
    by = ((answer or {}).get("responded_by_user") or {}).get("name", "-")
    if answer and answer["chosen_options"] == [APPROVE]:
        return f"已由 {by} 签发，报告已印，数据已发布。"
    why = _reason(answer or {})
    return f"{by} 退回，没有签发。" + (f"原因：{why}" if why else "没有写明原因。")


def _reason(answer: Mapping[str, Any]) -> str:
    return str((answer.get("params_input") or {}).get("reason") or "").strip()


def _frozen(row: FrozenRow) -> Frozen:
    return Frozen(date.fromisoformat(row["as_of"]), datetime.fromisoformat(row["known_by"]))
