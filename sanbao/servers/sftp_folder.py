"""What a department sees by SFTP: `/inbox`, to put files in, and `/returned`, to read; nothing else.

A file that is being uploaded has a hidden name until its client closes it: on another machine, or in another
container, nobody could see that it is still open.
"""

from __future__ import annotations

import io
import os
import posixpath
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncssh
from asyncssh import SFTPAttrs, SFTPName

from foundation.files import put_in_place
from sanbao.settings import Settings

_INBOX, _RETURNED = "inbox", "returned"
_DRAFT = ".upload-"
_FOLDER = SFTPAttrs(permissions=0o040550, size=0, uid=0, gid=0, atime=0, mtime=0)


class Upload(io.FileIO):
    """A file on its way in: written under `draft`, to become `final`."""

    def __init__(self, final: Path) -> None:
        self.final = final
        self.draft = final.with_name(f"{_DRAFT}{secrets.token_hex(8)}")
        super().__init__(self.draft, "xb")
        os.fchmod(self.fileno(), 0o640)


class DepartmentFolder(asyncssh.SFTPServer):  # type: ignore[misc]  # asyncssh is in the image only
    """One session of one department. What is not overridden to allow something is refused."""

    def __init__(self, channel: Any, settings: Settings) -> None:
        super().__init__(channel)
        self._department = str(channel.get_extra_info("username"))
        self._home = settings.home
        self._most_bytes = settings.file_bytes
        (self._home / _INBOX / self._department).mkdir(mode=0o700, exist_ok=True)

    # --- names ---------------------------------------------------------------------------------

    def map_path(self, path: bytes) -> bytes:
        return os.fsencode(self._real(path))

    def realpath(self, path: bytes) -> bytes:
        return posixpath.normpath(posixpath.join(b"/", path))

    def _parts(self, path: bytes) -> tuple[str, ...]:
        return tuple(part for part in os.fsdecode(self.realpath(path)).split("/") if part)

    def _real(self, path: bytes) -> Path:
        """Where it lies; raises SFTPNoSuchFile for what a department does not see."""
        room, *rest = self._parts(path) or ("",)
        own = self._home / room / self._department
        if room not in (_INBOX, _RETURNED) or any(part.startswith(".") for part in rest):
            raise asyncssh.SFTPNoSuchFile("没有这个文件")
        real = own.joinpath(*rest)
        # Nobody can make a link by SFTP; one that was made otherwise leads nowhere.
        if Path(os.path.realpath(real.parent if rest else real)) != (real.parent if rest else real):
            raise asyncssh.SFTPNoSuchFile("没有这个文件")
        if real.is_symlink():
            raise asyncssh.SFTPNoSuchFile("没有这个文件")
        return real

    def _own_inbox(self, path: bytes) -> Path:
        """The same, for what changes something; raises SFTPPermissionDenied outside the inbox."""
        parts = self._parts(path)
        if len(parts) < 2 or parts[0] != _INBOX:
            raise asyncssh.SFTPPermissionDenied("只能向 /inbox 放入文件")
        return self._real(path)

    # --- looking -------------------------------------------------------------------------------

    def stat(self, path: bytes) -> Any:
        return self.lstat(path)

    def lstat(self, path: bytes) -> Any:
        return os.lstat(self._real(path)) if self._parts(path) else _FOLDER

    async def scandir(self, path: bytes) -> AsyncIterator[Any]:
        if not self._parts(path):
            for name in (_INBOX, _RETURNED):
                yield SFTPName(name.encode(), attrs=_FOLDER)
            return
        folder = self._real(path)
        if len(self._parts(path)) == 1 and not folder.exists():  # nothing was ever returned
            return
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.name.startswith(".") and not entry.is_symlink():
                    found = SFTPAttrs.from_local(entry.stat(follow_symlinks=False))
                    yield SFTPName(os.fsencode(entry.name), attrs=found)

    # --- reading and writing -------------------------------------------------------------------

    def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
        if not pflags & asyncssh.FXF_WRITE:
            if self._parts(path)[:1] != (_RETURNED,):
                raise asyncssh.SFTPPermissionDenied("收件夹中的文件不能读取")
            return self._real(path).open("rb", buffering=0)
        final = self._own_inbox(path)
        if pflags & (asyncssh.FXF_READ | asyncssh.FXF_APPEND):
            raise asyncssh.SFTPPermissionDenied("只能整份上传，不能续传")
        there = final.exists()
        if (there and pflags & asyncssh.FXF_EXCL) or final.is_dir():
            raise asyncssh.SFTPFailure("已有同名文件")
        if there and not pflags & asyncssh.FXF_TRUNC:
            raise asyncssh.SFTPPermissionDenied("只能整份上传，不能续传")
        if not there and not pflags & asyncssh.FXF_CREAT:
            raise asyncssh.SFTPNoSuchFile("没有这个文件")
        return Upload(final)

    def open56(self, path: bytes, desired_access: int, flags: int, attrs: Any) -> Any:
        raise asyncssh.SFTPOpUnsupported("只支持 SFTP 第 3 版")

    def write(self, file_obj: Any, offset: int, data: bytes) -> int:
        if offset + len(data) > self._most_bytes:
            raise asyncssh.SFTPFailure(f"文件超过 {self._most_bytes >> 20} MB（SANBAO_FILE_MB）")
        file_obj.seek(offset)
        rest = memoryview(data)
        while rest:
            rest = rest[file_obj.write(rest) :]
        return len(data)

    def close(self, file_obj: Any) -> None:
        if not isinstance(file_obj, Upload):
            file_obj.close()
            return
        cut_off = self.channel.is_closing() or self.connection.is_closed()
        file_obj.close()
        if cut_off:  # half a file is nobody's delivery
            file_obj.draft.unlink(missing_ok=True)
        else:
            put_in_place(file_obj.draft, file_obj.final)

    def fsync(self, file_obj: Any) -> None:
        """Done when it is closed."""

    def setstat(self, path: bytes, attrs: Any) -> None:
        self._own_inbox(path)  # times and modes of a client are of no use here, and many clients send them

    def lsetstat(self, path: bytes, attrs: Any) -> None:
        self._own_inbox(path)

    def fsetstat(self, file_obj: Any, attrs: Any) -> None:
        """The same, of a file that is open."""

    # --- changing what was not yet taken --------------------------------------------------------

    def remove(self, path: bytes) -> None:
        self._own_inbox(path).unlink()

    def mkdir(self, path: bytes, attrs: Any) -> None:
        if self._parts(path) in ((), (_INBOX,), (_RETURNED,)):  # clients make all folders of a path in turn
            raise asyncssh.SFTPFailure("已有同名文件夹")
        self._own_inbox(path).mkdir(mode=0o750)

    def rmdir(self, path: bytes) -> None:
        self._own_inbox(path).rmdir()

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        old, new = self._own_inbox(oldpath), self._own_inbox(newpath)
        if new.exists():
            raise asyncssh.SFTPFailure("已有同名文件")
        old.rename(new)

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        self._own_inbox(oldpath).rename(self._own_inbox(newpath))

    # --- nothing else ---------------------------------------------------------------------------

    def readlink(self, path: bytes) -> Any:
        raise asyncssh.SFTPOpUnsupported("不支持链接")

    def symlink(self, oldpath: bytes, newpath: bytes) -> Any:
        raise asyncssh.SFTPOpUnsupported("不支持链接")

    def link(self, oldpath: bytes, newpath: bytes) -> Any:
        raise asyncssh.SFTPOpUnsupported("不支持链接")

    def statvfs(self, path: bytes) -> Any:
        raise asyncssh.SFTPOpUnsupported("不支持")

    def fstatvfs(self, file_obj: Any) -> Any:
        raise asyncssh.SFTPOpUnsupported("不支持")


def remove_drafts(home: Path) -> None:
    """What uploads left that a killed service could not finish."""
    for draft in (home / _INBOX).glob(f"*/**/{_DRAFT}*"):
        draft.unlink(missing_ok=True)
