"""Superset's configuration: Chinese, on one machine, reading one sandboxed DuckDB file.

Superset executes this file (SUPERSET_CONFIG_PATH) in its own environment. Of Sanbao it imports only
modules that need nothing but Superset, DuckDB and the standard library, and it reads what
`sanbao.servers.superset` prepared under SANBAO_HOME.
"""

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from celery.schedules import crontab
from sqlalchemy.engine import make_url

sys.path.append(str(Path(__file__).resolve().parents[1]))

from dashboards.login_limit import LoginLimit
from dashboards.sandbox.connection import creator
from dashboards.sandbox.limits import Limits
from dashboards.sandbox.pool import Pool
from dashboards.superset_accounts import SecurityManager, answer_locked, require_strong
from dashboards.superset_queries import Wanted, let_stop_work, remember_request
from foundation.language import COUNTY_TIME
from foundation.secret_files import secret_setting

_HOME = Path(os.environ.get("SANBAO_HOME", "data")).resolve()
_SERVING = _HOME / "serving"

# --- identity and metadata --------------------------------------------------------------------
SECRET_KEY = (
    secret_setting("SANBAO_SUPERSET_SECRET_KEY")
    or (_HOME / "secrets" / "superset_secret_key").read_text(encoding="ascii").strip()
)


def _address(variable: str, password: str) -> str | None:
    """The address in `variable` with the password that stands in a file of its own."""
    given, secret = os.environ.get(variable), secret_setting(password)
    if not given or not secret:
        return given
    return make_url(given).set(password=secret).render_as_string(hide_password=False)


SQLALCHEMY_DATABASE_URI = (
    _address("SANBAO_SUPERSET_METADATA_URI", "SANBAO_SUPERSET_METADATA_PASSWORD")
    or f"sqlite:///{_HOME / 'superset' / 'superset.db'}"
)
SQLALCHEMY_ENGINE_OPTIONS: dict[str, Any]
if SQLALCHEMY_DATABASE_URI.startswith("sqlite"):
    # Two workers share the file: wait for the other's write instead of failing.
    SQLALCHEMY_ENGINE_OPTIONS = {"connect_args": {"timeout": 30}}
else:
    # A database that was started anew is noticed before a page is asked of it, and not by its visitor.
    SQLALCHEMY_ENGINE_OPTIONS = {"pool_pre_ping": True, "pool_size": 5, "max_overflow": 5}
SQLALCHEMY_TRACK_MODIFICATIONS = False

# Airflow listens on the same host; cookies do not know ports.
SESSION_COOKIE_NAME = "sanbao_superset_session"

# --- accounts ---------------------------------------------------------------------------------
# Roles and users are managed through the API as well as by hand.
FAB_ADD_SECURITY_API = True
FAB_API_SWAGGER_UI = False
CUSTOM_SECURITY_MANAGER = SecurityManager
FAB_PASSWORD_COMPLEXITY_ENABLED = True
FAB_PASSWORD_COMPLEXITY_VALIDATOR = require_strong
AUTH_USER_REGISTRATION = False
# Flask-Limiter counts in each worker's own memory, which with two workers is no limit; this does.
RATELIMIT_ENABLED = False
LOGIN_LIMIT = LoginLimit(
    _HOME / "superset" / "logins.db",
    window=float(os.environ.get("SANBAO_SUPERSET_LOCK_SECONDS") or 600),
)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
PERMANENT_SESSION_LIFETIME = timedelta(hours=12)
WTF_CSRF_ENABLED = True
# Behind a reverse proxy every login would come from the proxy's address: believe so many of them.
_PROXIES = int(os.environ.get("SANBAO_SUPERSET_PROXIES") or 0)
ENABLE_PROXY_FIX = _PROXIES > 0
PROXY_FIX_CONFIG = {f"x_{name}": _PROXIES for name in ("for", "proto", "host", "port", "prefix")}

# --- no caches --------------------------------------------------------------------------------
# A chart takes milliseconds, and the serving file is replaced every night: a cache could only
# show yesterday's figure beside today's.
CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}

# --- what is done beside the pages ------------------------------------------------------------
_REDIS = _address("SANBAO_SUPERSET_REDIS", "SANBAO_SUPERSET_REDIS_PASSWORD")
_KEPT = {"retention_period_days": 180}


class CeleryConfig:
    """Worker and beat keep the metadata from growing: who clicked what is kept for half a year."""

    broker_url = _REDIS
    imports = ("superset.tasks.scheduler",)
    task_ignore_result = True
    broker_connection_retry_on_startup = True
    timezone = COUNTY_TIME.key
    beat_schedule: ClassVar = {
        "prune_query": {
            "task": "prune_query",
            "schedule": crontab(minute="10", hour="3"),
            "kwargs": _KEPT,
        },
        "prune_logs": {
            "task": "prune_logs",
            "schedule": crontab(minute="20", hour="3"),
            "kwargs": {**_KEPT, "max_rows_per_run": 100_000},
        },
    }


CELERY_CONFIG = CeleryConfig if _REDIS else None

# --- language and looks -----------------------------------------------------------------------
BABEL_DEFAULT_LOCALE = "zh"
LANGUAGES = {
    "zh": {"flag": "cn", "name": "简体中文"},
    "en": {"flag": "us", "name": "English"},
}
D3_FORMAT = {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["¥", ""]}
D3_TIME_FORMAT = {
    "dateTime": "%Y年%-m月%-d日 %H:%M:%S",
    "date": "%Y-%m-%d",
    "time": "%H:%M:%S",
    "periods": ["上午", "下午"],
    "days": ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"],
    "shortDays": ["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
    "months": [
        f"{n}月" for n in ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
    ],
    "shortMonths": [f"{n}月" for n in range(1, 13)],
}
APP_NAME = "三保障"
_LOGO = (
    "data:image/svg+xml;utf8,<svg xmlns='http://www.w3.org/2000/svg' width='104' height='24'>"
    "<text x='0' y='18' font-size='17' font-weight='700' fill='%231f4e79' "
    "font-family='Noto Sans CJK SC,Microsoft YaHei,PingFang SC,sans-serif'>徐闻三保障</text></svg>"
)
THEME_DEFAULT: dict[str, Any] = {
    "token": {
        "brandAppName": APP_NAME,
        "brandLogoAlt": "徐闻三保障",
        "brandLogoUrl": _LOGO,
        "brandLogoMargin": "18px 0",
        "brandLogoHref": "/",
        "brandLogoHeight": "24px",
        "brandSpinnerUrl": None,
        "brandSpinnerSvg": None,
        "brandIconMaxWidth": 120,
        "colorPrimary": "#2f6690",
        "colorLink": "#2f6690",
        "colorError": "#c0504d",
        "colorWarning": "#e0a030",
        "colorSuccess": "#4f9d69",
        "colorInfo": "#5b8db8",
        "fontUrls": [],
        "fontFamily": "'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', Helvetica, Arial, sans-serif",
        "fontFamilyCode": "'Noto Sans Mono CJK SC', 'Courier New', monospace",
        "transitionTiming": 0.3,
        "fontSizeXS": "8",
        "fontSizeXXL": "28",
        "fontWeightNormal": "400",
        "fontWeightLight": "300",
        "fontWeightStrong": "500",
        "fontWeightBold": "700",
        "colorEditorSelection": "#fff5cf",
    },
    "algorithm": "default",
}
# One look in the meeting room, whatever the laptop's own preference is.
THEME_DARK = None

# Calm tones; the states have fixed colours of their own in the dashboard file.
EXTRA_CATEGORICAL_COLOR_SCHEMES = [
    {
        "id": "sanbao",
        "label": "三保障",
        "description": "",
        "isDefault": True,
        "colors": [
            "#2f6690", "#4f9d69", "#7fb2d6", "#d8a33c", "#8f7aa8",
            "#5aa6a0", "#c57b57", "#6c7a89", "#a3b86c", "#b05c5c",
        ],
    }
]  # fmt: skip

# --- what a page may reach --------------------------------------------------------------------
# An office server without internet, over plain http on localhost: nothing but this origin.
TALISMAN_ENABLED = True
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'", "data:"],
        "frame-ancestors": ["'self'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}

FEATURE_FLAGS = {
    "DASHBOARD_RBAC": True,
    "DRILL_BY": True,
    "DRILL_TO_DETAIL": True,
    "TAGGING_SYSTEM": True,
    # Jinja in a dataset is code that runs on the server.
    "ENABLE_TEMPLATE_PROCESSING": False,
    "ALERT_REPORTS": False,
}
ROW_LIMIT = 50_000
SQL_MAX_ROW = 100_000
SUPERSET_WEBSERVER_TIMEOUT = 90
# Uploading a file into the serving database is not possible; do not offer it.
UPLOAD_FOLDER = str(_HOME / "superset" / "uploads")

# --- the sandbox ------------------------------------------------------------------------------
PREVENT_UNSAFE_DB_CONNECTIONS = True
# Both larger than a query's own limit, so that the analyst reads the sandbox's sentence.
SQLLAB_TIMEOUT = 90
_POOL = Pool(Limits(), _HOME / "superset" / "spill")


def DB_CONNECTION_MUTATOR(
    uri: Any, params: dict[str, Any], username: str, security_manager: Any, source: Any
) -> tuple[Any, dict[str, Any]]:
    """Only the serving file, and only through the sandbox, whatever was typed into the form."""
    path = Path(uri.database or "").resolve()
    named_more = any((uri.username, uri.password, uri.host, uri.port, uri.query))
    if uri.drivername != "duckdb" or named_more or path != _SERVING / "serving.duckdb" or not path.is_file():
        raise ValueError("只允许连接 serving 目录下的发布库（SERVING_ONLY）")
    # Nothing else of the form's parameters: some of them would be executed.
    kept = {"poolclass": params["poolclass"]} if "poolclass" in params else {}
    return uri, {**kept, "creator": creator(_POOL, path, Wanted().is_cancelled)}


def FLASK_APP_MUTATOR(app: Any) -> None:
    app.before_request(remember_request)
    app.after_request(answer_locked)
    let_stop_work()
