"""A picture of a dashboard as a browser shows it, and what the browser noticed on the way.

Needs Debian's chromium and chromium-driver, and `selenium` from the development requirements.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

_LOADING = ".loading, .ant-spin-spinning, [data-test='loading-indicator']"
_CHARTS = ".dashboard-component-chart-holder"
_DRAWN = ".dashboard-component-chart-holder .slice_container"
_LOGIN_SECONDS = 30  # a login takes a second; on a machine that is busy, ten
_ERRORS = ".ant-alert-error, [data-test='error-alert'], .chart-container .alert-danger"


class PageError(RuntimeError):
    """The page did not become ready."""


@dataclass(frozen=True)
class Seen:
    """What one visit showed: errors on the page, charts, page text, hosts that were asked for."""

    title: str
    errors: tuple[str, ...]
    chart_count: int
    text: str
    foreign_requests: tuple[str, ...]


def capture(
    base_url: str,
    user: str,
    password: str,
    path: str,
    picture: Path,
    *,
    width: int = 1600,
    height: int | None = None,
    wait: float = 90,
) -> Seen:
    """Log in, open `path`, wait until every chart is drawn and write the page as PNG.

    The whole page, or its upper `height` pixels.
    """
    with _browser(width) as driver:
        _log_in(driver, base_url, user, password, wait)
        driver.get(f"{base_url.rstrip('/')}{path}")
        _wait_until_drawn(driver, wait)
        # The page draws only what is in view: grow the window to all of it, then look again.
        frame = driver.execute_script("return window.outerHeight - window.innerHeight")
        driver.set_window_size(width, (height or _page_height(driver)) + frame)
        _wait_until_drawn(driver, wait)
        picture.parent.mkdir(parents=True, exist_ok=True)
        driver.save_screenshot(str(picture))
        return Seen(
            title=driver.title,
            errors=tuple(box.text for box in driver.find_elements(By.CSS_SELECTOR, _ERRORS)),
            chart_count=len(driver.find_elements(By.CSS_SELECTOR, _CHARTS)),
            text=driver.find_element(By.TAG_NAME, "body").text,
            foreign_requests=tuple(_foreign_requests(driver, base_url)),
        )


@contextmanager
def _browser(width: int) -> Iterator[Any]:
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for argument in (
        "--headless=new",
        f"--window-size={width},1200",
        "--lang=zh-CN",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--no-proxy-server",
        # No name resolves but this machine's: a page that needs another host shows it.
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    ):
        options.add_argument(argument)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")  # chromium refuses to sandbox root
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    try:
        yield driver
    finally:
        driver.quit()


def _log_in(driver: Any, base_url: str, user: str, password: str, wait: float) -> None:
    """Fill the form and send it; once more where the page asks again."""
    deadline = time.monotonic() + wait
    while True:
        driver.get(f"{base_url.rstrip('/')}/login/")
        _until(lambda: driver.find_elements(By.CSS_SELECTOR, "input[type='password']"), wait, "login form")
        _type(driver, "input[type='text']", user)
        _type(driver, "input[type='password']", password)
        driver.find_element(By.CSS_SELECTOR, "button[type='submit']").click()
        try:
            _until(lambda: "/login" not in driver.current_url, min(wait, _LOGIN_SECONDS), "login")
        except PageError as error:
            if time.monotonic() < deadline:
                continue
            shown = driver.find_element(By.TAG_NAME, "body").text
            raise PageError(f"{error}; the page shows: {shown[:500]}") from error
        return


def _type(driver: Any, selector: str, text: str) -> None:
    """The text stands in the field as typed: a form that draws itself anew while one types loses letters."""
    for _ in range(5):
        field = driver.find_element(By.CSS_SELECTOR, selector)
        field.clear()
        field.send_keys(text)
        if field.get_attribute("value") == text:
            return
        time.sleep(0.5)
    raise PageError(f"the field does not keep what is typed: {selector}")


def _wait_until_drawn(driver: Any, wait: float) -> None:
    def drawn() -> bool:
        charts = driver.find_elements(By.CSS_SELECTOR, _CHARTS)
        busy = driver.find_elements(By.CSS_SELECTOR, _LOADING)
        return bool(charts) and not busy and bool(driver.find_elements(By.CSS_SELECTOR, _DRAWN))

    _until(drawn, wait, "charts")
    # Charts animate into place after they have their data.
    time.sleep(2)
    _until(drawn, wait, "charts")


def _until(ready: Any, wait: float, what: str) -> None:
    deadline = time.monotonic() + wait
    while not ready():
        if time.monotonic() > deadline:
            raise PageError(f"not ready after {wait:.0f} s: {what}")
        time.sleep(0.2)


def _page_height(driver: Any) -> int:
    height = driver.execute_script(
        "return Math.max(...[document.documentElement, document.body,"
        " document.querySelector('.dashboard-content'), document.querySelector('[data-test=grid-content]')]"
        ".filter(Boolean).map(e => e.getBoundingClientRect().top + e.scrollHeight))"
    )
    return min(int(height) + 60, 6000)


def _foreign_requests(driver: Any, base_url: str) -> Iterator[str]:
    """Addresses other than Superset's own that the page asked for and no policy stopped."""
    own = urlsplit(base_url).netloc
    messages = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    stopped = {
        message["params"]["requestId"]
        for message in messages
        if message["method"] == "Network.loadingFailed" and message["params"].get("blockedReason") == "csp"
    }
    for message in messages:
        if message["method"] != "Network.requestWillBeSent":
            continue
        url = urlsplit(message["params"]["request"]["url"])
        foreign = url.scheme in ("http", "https", "ws", "wss") and url.netloc != own
        if foreign and message["params"]["requestId"] not in stopped:
            yield url.geturl()


def main() -> int:
    parser = argparse.ArgumentParser(description="Write a picture of a dashboard")
    parser.add_argument("picture", type=Path)
    parser.add_argument("--url", default="http://127.0.0.1:8088")
    parser.add_argument("--user", default="admin")
    parser.add_argument("--path", default="/superset/dashboard/county-overview/")
    parser.add_argument("--width", type=int, default=1600)
    parser.add_argument("--height", type=int, help="only the upper part of the page")
    arguments = parser.parse_args()
    password = os.environ["SANBAO_SUPERSET_PASSWORD"]
    seen = capture(
        arguments.url,
        arguments.user,
        password,
        arguments.path,
        arguments.picture,
        width=arguments.width,
        height=arguments.height,
    )
    for error in seen.errors:
        sys.stderr.write(f"{error}\n")
    return 1 if seen.errors or not seen.chart_count else 0


if __name__ == "__main__":
    sys.exit(main())
