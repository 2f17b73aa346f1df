"""What dbt tells while it builds: an error in the telling must not end dbt's thread."""

from types import SimpleNamespace as Event
from typing import Any

import pytest

from sanbao.night.build import _listener


def _finished(node: str) -> Any:
    data = Event(node_info=Event(unique_id=node), run_result=Event(status="success", message="OK"))
    return Event(info=Event(name="NodeFinished", level="info"), data=data)


def test_every_node_is_told() -> None:
    told: list[tuple[str, str]] = []
    said: list[str] = []
    _listener(lambda node, status: told.append((node, status)), said.append)(_finished("model.a"))
    assert told == [("model.a", "success")]
    assert said == ["success model.a OK"]


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left"), BrokenPipeError(), ValueError("closed file")]
)
def test_a_full_disk_or_a_closed_terminal_ends_nothing(error: Exception) -> None:
    def fail(*_: object) -> None:
        raise error

    _listener(None, fail)(_finished("model.a"))
    _listener(fail, lambda line: None)(_finished("model.a"))
