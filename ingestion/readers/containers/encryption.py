"""Workbooks that Excel encrypts with a password of its own, where somebody only protected their structure."""

from __future__ import annotations

import io

from ingestion.readers.containers.ole import MAGIC

# Excel opens such a file without asking anybody for a password.
_OWN_PASSWORD = "VelvetSweatshop"  # noqa: S105


def unlocked(data: bytes) -> bytes | None:
    """The workbook inside, .xlsx or .xls; None where there is none or it has a password of somebody's."""
    if not data.startswith(MAGIC):
        return None
    import msoffcrypto

    try:
        locked = msoffcrypto.OfficeFile(io.BytesIO(data))
        if not locked.is_encrypted():
            return None
        locked.load_key(password=_OWN_PASSWORD, verify_password=True)
        plain = io.BytesIO()
        locked.decrypt(plain)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  (it raises whatever its byte arithmetic runs into)
        return None
    return plain.getvalue()


def opened(data: bytes) -> bytes:
    """`data`, or the workbook inside where Excel itself locked it."""
    return unlocked(data) or data
