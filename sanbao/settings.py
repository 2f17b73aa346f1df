"""Settings: the only place that reads SANBAO_* variables (all are listed in `.env.example`)."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Literal, cast, get_args

from foundation.language import COUNTY_TIME, Language, county_day
from sanbao.errors import SanbaoError

PROJECT_ROOT = Path(__file__).resolve().parent.parent

# Variable → default, in the order of `.env.example`. A test compares both.
VARIABLES: dict[str, str] = {
    "SANBAO_HOME": "./data",
    "SANBAO_AS_OF": "",
    "SANBAO_TODAY": "",
    "SANBAO_WORKERS": "2",
    "SANBAO_SETTLE_SECONDS": "5",
    "SANBAO_CLOCK_JUMP_DAYS": "60",
    "SANBAO_FILE_SECONDS": "900",
    "SANBAO_FILE_MB": "1024",
    "SANBAO_KEEP": "3",
    "SANBAO_LOG_DAYS": "90",
    "SANBAO_NIGHT_AT": "02:00",
    "SANBAO_NIGHT_DUE": "06:00",
    "SANBAO_CLOSING_USERS": "",
    "SANBAO_CLOSING_DAYS": "7",
    "SANBAO_OPENLINEAGE_URL": "",
    "SANBAO_LANG": "zh",
    "SANBAO_HOST": "127.0.0.1",
    "SANBAO_AIRFLOW_PORT": "8080",
    "SANBAO_SUPERSET_PORT": "8088",
    "SANBAO_SFTP_PORT": "2222",
    "SANBAO_SUPERSET_VENV": ".venv-superset",
    "SANBAO_SUPERSET_URL": "",
    "SANBAO_SAMPLE_SCALE": "1.0",
    "SANBAO_DBT_MEMORY": "1200MB",
    "SANBAO_TARGET": "duckdb",
    "SANBAO_SPARK_HOST": "",
    "SANBAO_SPARK_PORT": "10000",
    "SANBAO_SPARK_MASTER": "local[2]",
    "SANBAO_SPARK_MEMORY": "2g",
    "SANBAO_DEPARTMENT_GROUP": "sanbao-{department}",
    "SANBAO_SERVING_GROUP": "sanbao-serving",
}

Target = Literal["duckdb", "spark"]


DBT_PROJECT = PROJECT_ROOT / "dbt_project"


def county_today(now: datetime | None = None) -> date:
    """The day of `now` by the county's clock."""
    return county_day(now or datetime.now(UTC))


@dataclass(frozen=True)
class Settings:
    """Where the data lives and how a night runs."""

    home: Path
    as_of: date
    workers: int = 2
    settle_seconds: float = 0.0  # a file that changed more recently is still being copied
    clock_jump_days: float = 60.0  # a clock that moved further since the last run must be confirmed
    clock_is_right: bool = False  # somebody confirmed it, for this run
    file_seconds: float = 900.0  # a file that takes longer to load is taken for one that never ends
    file_bytes: int = 1 << 30  # a larger file is left in the inbox
    keep: int = 3  # serving versions kept for going back
    log_days: float = 90.0  # logs are kept so long
    night_at: time = time(2)  # by the county's clock: when the night begins that no file begins
    night_due: time = time(6)  # when it is to be through; before `night_at`: on the next day
    closing_users: tuple[tuple[str, str], ...] = ()  # who signs: name and id; none: whoever may
    closing_days: float = 7.0  # how long a month waits for somebody to sign it
    openlineage_url: str = ""  # where runs are told to; `file`: into the home; none: nowhere
    lang: Language = "zh"
    host: str = "127.0.0.1"
    airflow_port: int = 8080
    superset_port: int = 8088
    sftp_port: int = 2222
    superset_venv: Path = PROJECT_ROOT / ".venv-superset"
    superset_url: str = ""  # of a server that somebody else starts; none: one on this machine
    sample_scale: float = 1.0
    dbt_memory: str = "1200MB"
    target: Target = "duckdb"  # the engine that builds
    spark_host: str = ""  # of a Thrift server; none: a session in the process of the build
    spark_port: int = 10000
    spark_master: str = "local[2]"  # where that session works
    spark_memory: str = "2g"
    department_group: str = "sanbao-{department}"  # the system's group of a department's accounts
    serving_group: str = "sanbao-serving"
    today: date = field(default_factory=county_today)  # for reminders and ages
    apart: Path | None = (
        None  # where a build that looks back keeps warehouse and serving file, beside those in force
    )

    @property
    def lake(self) -> Path:
        return self.home / "lake"

    @property
    def warehouse(self) -> Path:
        return (self.apart or self.home) / "warehouse" / "warehouse.duckdb"

    @property
    def serving_dir(self) -> Path:
        return (self.apart or self.home) / "serving"

    @property
    def serving(self) -> Path:
        return self.serving_dir / "serving.duckdb"

    @property
    def dbt_dir(self) -> Path:
        """dbt's target, logs and the record of what was built."""
        return (self.apart or self.home) / "warehouse" / "dbt"

    @property
    def manifest(self) -> Path:
        return self.dbt_dir / "target" / "manifest.json"

    @property
    def spark_dir(self) -> Path:
        """The catalogue and tables of Spark's session on this machine."""
        return self.home / "warehouse" / "spark"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def secrets(self) -> Path:
        return self.home / "secrets"

    def with_target(self, target: str | None) -> Settings:
        """The same with another engine; raises SanbaoError (SETTING_INVALID)."""
        return self if target is None else replace(self, target=_target(target, "--target"))

    def with_as_of(self, as_of: date | None) -> Settings:
        return self if as_of is None else replace(self, as_of=as_of)


def keep_private() -> None:
    """Files that this process and its children make are closed to others; for every program's start."""
    os.umask(0o027)


def last_month_end(now: datetime | None = None) -> date:
    """The last day of the month before `now`, by the county's clock."""
    return month_end_before(county_today(now))


def month_end_before(today: date) -> date:
    return today.replace(day=1) - timedelta(days=1)


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment; raises SanbaoError (SETTING_INVALID) naming the variable."""
    given = os.environ if env is None else env
    values = {name: given.get(name) or default for name, default in VARIABLES.items()}
    home = Path(values["SANBAO_HOME"]).expanduser().absolute()
    today = parse_date(values["SANBAO_TODAY"], "SANBAO_TODAY") if values["SANBAO_TODAY"] else county_today()
    lang = values["SANBAO_LANG"]
    if lang not in get_args(Language):
        raise SanbaoError("SETTING_INVALID", name="SANBAO_LANG", value=lang)
    return Settings(
        home=home,
        as_of=_as_of(values["SANBAO_AS_OF"], home, today),
        today=today,
        workers=int(_number(values, "SANBAO_WORKERS", 1)),
        settle_seconds=_number(values, "SANBAO_SETTLE_SECONDS", 0),
        clock_jump_days=_number(values, "SANBAO_CLOCK_JUMP_DAYS", 1),
        file_seconds=_number(values, "SANBAO_FILE_SECONDS", 1),
        file_bytes=int(_number(values, "SANBAO_FILE_MB", 1)) << 20,
        keep=int(_number(values, "SANBAO_KEEP", 1)),
        log_days=_number(values, "SANBAO_LOG_DAYS", 1),
        night_at=_time_of_day(values, "SANBAO_NIGHT_AT"),
        night_due=_night_due(values),
        closing_users=_users(values["SANBAO_CLOSING_USERS"]),
        closing_days=_number(values, "SANBAO_CLOSING_DAYS", 0.001),
        openlineage_url=_lineage_url(values["SANBAO_OPENLINEAGE_URL"]),
        lang=cast(Language, lang),
        host=values["SANBAO_HOST"],
        airflow_port=int(_number(values, "SANBAO_AIRFLOW_PORT", 1)),
        superset_port=int(_number(values, "SANBAO_SUPERSET_PORT", 1)),
        sftp_port=int(_number(values, "SANBAO_SFTP_PORT", 1)),
        superset_venv=PROJECT_ROOT / values["SANBAO_SUPERSET_VENV"],
        superset_url=values["SANBAO_SUPERSET_URL"].rstrip("/"),
        sample_scale=_number(values, "SANBAO_SAMPLE_SCALE", 0),
        dbt_memory=values["SANBAO_DBT_MEMORY"],
        target=_target(values["SANBAO_TARGET"], "SANBAO_TARGET"),
        spark_host=values["SANBAO_SPARK_HOST"],
        spark_port=int(_number(values, "SANBAO_SPARK_PORT", 1)),
        spark_master=values["SANBAO_SPARK_MASTER"],
        spark_memory=values["SANBAO_SPARK_MEMORY"],
        department_group=_group_name(values["SANBAO_DEPARTMENT_GROUP"]),
        serving_group=values["SANBAO_SERVING_GROUP"],
    )


def usable_settings(env: Mapping[str, str] | None = None) -> tuple[Settings, list[SanbaoError]]:
    """The settings without the variables that cannot be used, and what is wrong with each of those."""
    given = dict(os.environ if env is None else env)
    wrong: list[SanbaoError] = []
    while True:
        try:
            return load_settings(given), wrong
        except SanbaoError as error:
            if given.pop(str(error.values.get("name")), None) is None:
                raise
            wrong.append(error)


def compose_secrets(env: Mapping[str, str] | None = None) -> Path | None:
    """The folder of the compose file's secrets (SANBAO_SECRETS), where this installation has one."""
    given = os.environ if env is None else env
    folder = PROJECT_ROOT / (given.get("SANBAO_SECRETS") or "secrets")
    return folder if folder.is_dir() else None


def sample_marker(home: Path) -> Path:
    """Written beside a sample county; holds the date its figures speak for."""
    return home / "sample.json"


def _as_of(text: str, home: Path, today: date) -> date:
    if text:
        return parse_date(text, "SANBAO_AS_OF")
    marker = sample_marker(home)
    if marker.exists():
        # The sample county speaks for 2019: last month would find all of it stale.
        return date.fromisoformat(json.loads(marker.read_text("utf-8"))["as_of"])
    return month_end_before(today)


def parse_date(text: str, name: str = "as_of") -> date:
    """An ISO date; raises SanbaoError (SETTING_INVALID)."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise SanbaoError("SETTING_INVALID", name=name, value=text) from error


def parse_as_of(text: str | None) -> date | None:
    """The day of `--as-of`; None where it was not given."""
    return parse_date(text, "--as-of") if text else None


def parse_known_by(text: str | None) -> datetime | None:
    """A moment, naive UTC as in the lake; text without a zone is the county's clock. None: everything.

    A day alone is that day to its end: what came on it is known.
    """
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if len(text) <= len("2020-01-12"):
            moment = datetime.combine(moment, time.max)
    except ValueError as error:
        raise SanbaoError("SETTING_INVALID", name="known_by", value=text) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=COUNTY_TIME)
    return moment.astimezone(UTC).replace(tzinfo=None)


def written_known_by(moment: datetime) -> str:
    """A moment (naive UTC) as `parse_known_by` reads it: by the county's clock, without a zone."""
    return moment.replace(tzinfo=UTC).astimezone(COUNTY_TIME).replace(tzinfo=None).isoformat()


def _target(text: str, name: str) -> Target:
    if text not in get_args(Target):
        raise SanbaoError("SETTING_INVALID", name=name, value=text)
    return cast(Target, text)


def _time_of_day(values: Mapping[str, str], name: str) -> time:
    """By the county's clock, to the minute."""
    try:
        found = time.fromisoformat(values[name])
    except ValueError as error:
        raise SanbaoError("SETTING_INVALID", name=name, value=values[name]) from error
    if found.tzinfo is not None or found.second or found.microsecond:
        raise SanbaoError("SETTING_INVALID", name=name, value=values[name])
    return found


def _night_due(values: Mapping[str, str]) -> time:
    """Another time of day than the one at which the night begins."""
    due = _time_of_day(values, "SANBAO_NIGHT_DUE")
    if due == _time_of_day(values, "SANBAO_NIGHT_AT"):
        raise SanbaoError("SETTING_INVALID", name="SANBAO_NIGHT_DUE", value=values["SANBAO_NIGHT_DUE"])
    return due


def _users(text: str) -> tuple[tuple[str, str], ...]:
    """Login names, each with the id by which Airflow knows it; `name` or `name=id`, with commas between."""
    found = []
    for entry in filter(None, (each.strip() for each in text.split(","))):
        name, _, user_id = (part.strip() for part in entry.partition("="))
        if not name or ("=" in entry and not user_id):
            raise SanbaoError("SETTING_INVALID", name="SANBAO_CLOSING_USERS", value=text)
        found.append((name, user_id or name))
    return tuple(found)


def _lineage_url(text: str) -> str:
    """`file`, or the address of a server without a path of its own."""
    if text and text != "file" and not text.startswith(("http://", "https://")):
        raise SanbaoError("SETTING_INVALID", name="SANBAO_OPENLINEAGE_URL", value=text)
    return text.rstrip("/")


def _group_name(text: str) -> str:
    """A name with {department} in it: one group for all of them would open every folder to all."""
    if "{" in text.replace("{department}", "") or "{department}" not in text:
        raise SanbaoError("SETTING_INVALID", name="SANBAO_DEPARTMENT_GROUP", value=text)
    return text


def _number(values: Mapping[str, str], name: str, least: float) -> float:
    try:
        number = float(values[name])
    except ValueError as error:
        raise SanbaoError("SETTING_INVALID", name=name, value=values[name]) from error
    if number < least:
        raise SanbaoError("SETTING_INVALID", name=name, value=values[name])
    return number
