"""The languages in which a person is spoken to."""

from __future__ import annotations

from typing import Literal

Language = Literal["zh", "en"]
