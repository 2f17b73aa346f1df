"""A secret is a variable or a file; a file that is named must be there."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundation.secret_files import secret_setting


def test_a_file_goes_before_the_variable(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from the file\n", "utf-8")
    assert secret_setting("KEY", {"KEY": "given", "KEY_FILE": str(file)}) == "from the file"
    assert secret_setting("KEY", {"KEY": "given"}) == "given"
    assert secret_setting("KEY", {"KEY": ""}) is None
    assert secret_setting("KEY", {}) is None


def test_a_file_that_is_not_there_is_no_empty_secret(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        secret_setting("KEY", {"KEY_FILE": str(tmp_path / "none")})
