"""The synthetic county: departments' export files as ugly as real ones, and the truth about them.

Its people do not exist: every ID number has the area code 440899, which no place has.
"""

from __future__ import annotations

from sample_county.write import write

__all__ = ["write"]
