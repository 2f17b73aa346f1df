"""Superset's configuration: Chinese, on one machine, reading one sandboxed DuckDB file.

Superset executes this file (SUPERSET_CONFIG_PATH) in its own environment; nothing of Sanbao is
importable there, so it reads what `sanbao.superset_server` prepared under SANBAO_HOME.
"""

import json
import os
from pathlib import Path
from typing import Any

_HOME = Path(os.environ.get("SANBAO_HOME", "data")).resolve()
_SERVING = _HOME / "serving"

# --- identity and metadata --------------------------------------------------------------------
SECRET_KEY = (
    os.environ.get("SANBAO_SUPERSET_SECRET_KEY")
    or (_HOME / "secrets" / "superset_secret_key").read_text(encoding="ascii").strip()
)
SQLALCHEMY_DATABASE_URI = os.environ.get(
    "SANBAO_SUPERSET_METADATA_URI", f"sqlite:///{_HOME / 'superset' / 'superset.db'}"
)
if SQLALCHEMY_DATABASE_URI.startswith("sqlite"):
    # Two workers share the file: wait for the other's write instead of failing.
    SQLALCHEMY_ENGINE_OPTIONS = {"connect_args": {"timeout": 30}}
SQLALCHEMY_TRACK_MODIFICATIONS = False

# Airflow listens on the same host; cookies do not know ports.
SESSION_COOKIE_NAME = "sanbao_superset_session"

# Roles and users are managed through the API as well as by hand.
FAB_ADD_SECURITY_API = True

# --- no caches --------------------------------------------------------------------------------
# A chart takes milliseconds, and the serving file is replaced every night: a cache could only
# show yesterday's figure beside today's.
CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}

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
SUPERSET_WEBSERVER_TIMEOUT = 60
# Uploading a file into the serving database is not possible; do not offer it.
UPLOAD_FOLDER = str(_HOME / "superset" / "uploads")

# --- the sandbox ------------------------------------------------------------------------------
_SANDBOX = json.loads((Path(__file__).parent / "sandbox.json").read_text(encoding="ascii"))


def _current_version(path: Path) -> Path:
    """The versioned name of the serving file in force.

    DuckDB keeps one instance per path and process: while any query is running, a new connection
    to the same path still sees the file from before the swap. Every version is a hard link
    beside the serving file, so opening it under its own name always gives the version in force.
    """
    current = path.stat()
    for version in path.parent.glob(f"{path.stem}.*{path.suffix}"):
        status = version.stat()
        if (status.st_ino, status.st_dev) == (current.st_ino, current.st_dev):
            return version
    return path


def DB_CONNECTION_MUTATOR(
    uri: Any, params: dict[str, Any], username: str, security_manager: Any, source: Any
) -> tuple[Any, dict[str, Any]]:
    """Open every DuckDB file read-only and locked, whatever was typed into the connection form."""
    if uri.get_backend_name() != "duckdb":
        return uri, params
    path = Path(uri.database or "").resolve()
    if path.parent != _SERVING or not path.is_file():
        raise ValueError("只允许连接 serving 目录下的发布库（SERVING_ONLY）")
    params["connect_args"] = {"read_only": True, "config": dict(_SANDBOX)}
    return uri.set(database=str(_current_version(path)), query={}), params
