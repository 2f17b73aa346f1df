"""What can be wrong with a home's files, in words: what, where, and what to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

_BACKUP = "请从备份恢复这个文件。"
_BACKUP_EN = "Restore this file from the backup."
_REPAIR = "请运行 sanbao verify --repair 由档案中的原文件重新生成；不成的，从备份恢复。"
_REPAIR_EN = (
    "Run `sanbao verify --repair` (it is made again from the archive), or restore it from the backup."
)

# code → (zh sentence, zh remedy, en sentence, en remedy)
TEXTS: dict[str, tuple[str, str, str, str]] = {
    "LAKE_FILE_MISSING": ("{where} 不见了{of}。", _REPAIR, "{where} is gone{of}.", _REPAIR_EN),
    "LAKE_FILE_CHANGED": (
        "{where} 的内容与写入时不同{of}。",
        _REPAIR,
        "{where} is not as it was written{of}.",
        _REPAIR_EN,
    ),
    "LAKE_FILE_TWICE": (
        "{where} 的行已经并入合并文件，这个文件却还在：会被读两遍{of}。",
        "请从备份恢复 lake；或把该文件移出 lake 文件夹后运行 sanbao verify。",
        "The rows of {where} lie in a compacted file too and would be read twice{of}.",
        "Restore the lake from the backup, or move this file out of the lake and run `sanbao verify`.",
    ),
    "LAKE_FILE_UNKNOWN": (
        "{where} 没有入库记录{of}。",
        "请从备份恢复 archive/landings；该文件若不是本系统写入的，请移出 lake 文件夹。",
        "Nothing says that {where} was written{of}.",
        "Restore archive/landings from the backup; a file that is none of ours must leave the lake.",
    ),
    "LANDING_LOST": (
        "{where} 的收件结果还在，入库记录不见了{of}。",
        "请从备份恢复 archive/landings 和 lake。",
        "{where}: there is an outcome, but no record of what landed{of}.",
        "Restore archive/landings and the lake from the backup.",
    ),
    "RECEIPT_LOST": ("{where} 不见了{of}。", _REPAIR, "{where} is gone{of}.", _REPAIR_EN),
    "OUTCOME_LOST": ("{where} 不见了{of}。", _REPAIR, "{where} is gone{of}.", _REPAIR_EN),
    "RECORD_DAMAGED": (
        "记录 {where} 的内容与写入时不同。",
        _REPAIR,
        "The record {where} is not as it was written.",
        _REPAIR_EN,
    ),
    "RECORD_LOST": ("记录 {where} 不见了{of}。", _REPAIR, "The record {where} is gone{of}.", _REPAIR_EN),
    "RECORD_OUTDATED": (
        "记录 {where} 是较早的一份，与入库记录不符{of}。",
        _REPAIR,
        "The record {where} is an earlier one than what landed{of}.",
        _REPAIR_EN,
    ),
    "ARRIVAL_LOST": (
        "{where}：这个收件顺序号用过，现在没有任何记录提到它（收据、结果、入库记录都不见了）。",
        "请从备份恢复 archive 和 lake；没有备份、确认不再要的，运行 sanbao verify --adopt 承认缺失。",
        "{where}: this number of the order of arrival was given out, and no record speaks of it any more.",
        "Restore archive and lake from the backup; without one, `sanbao verify --adopt` takes it as lost.",
    ),
    "BATCH_GONE": (
        "{where}：这一批发布过，现在入库记录不见了。",
        "请从备份恢复 archive 和 lake；没有备份的，运行 sanbao publish --accept-fall 并写明 --reason。",
        "{where}: this batch was published, and the record of its landing is gone.",
        "Restore archive and lake from the backup; without one, run `sanbao publish --accept-fall`.",
    ),
    "CLOCK_RECORD_LOST": (
        "{where} 不见了或与写入时不同：谁在什么时候确认过系统时间，不能再生成。",
        "请从备份恢复这个文件；没有备份的，运行 sanbao verify --repair 重新开始，文件里会写明以前的已丢失。",
        "{where} is gone or not as it was written: who confirmed the clock, and when, cannot be made again.",
        "Restore it from the backup; without one, `sanbao verify --repair` begins anew and says so in it.",
    ),
    "PUBLISH_RECORD_LOST": (
        "发布文件还在，发布记录 {where} 的两份都不见了。",
        "运行 sanbao publish：按发布文件里写的核对，不会少发，并补写记录。",
        "There is a published file, but both copies of its record {where} are gone.",
        "Run `sanbao publish`: it goes by what the published file says, and writes the record again.",
    ),
    "RECORD_UNSEALED": (
        "记录 {where} 没有校验码：由旧版本写入，或已损坏。",
        "从旧版本升级的，确认数据完好后运行一次 sanbao verify --adopt；否则从备份恢复。",
        "The record {where} has no seal: an older version wrote it, or it is damaged.",
        "After an upgrade run `sanbao verify --adopt` once, if the data is whole; else restore the backup.",
    ),
    "ARCHIVE_FILE_MISSING": (
        "档案中的原文件 {where} 不见了{of}。",
        "请从备份恢复，或请部门把同一文件再投递一次。",
        "The original {where} is gone from the archive{of}.",
        "Restore it from the backup, or have the department drop the same file again.",
    ),
    "ARCHIVE_FILE_CHANGED": (
        "档案中的原文件 {where} 已不是收到时的内容{of}。",
        "请从备份恢复，或请部门把同一文件再投递一次。",
        "The original {where} no longer holds the bytes that came{of}.",
        "Restore it from the backup, or have the department drop the same file again.",
    ),
    "WAREHOUSE_DAMAGED": (
        "数据仓库 {where} 读不出来。",
        "运行 sanbao load：会把它移开，并由 lake 重新加工全部日期。",
        "The warehouse {where} cannot be read.",
        "Run `sanbao load`: it is moved aside and every date is built again from the lake.",
    ),
    "SERVING_FILE_MISSING": (
        "发布文件 {where} 不见了。",
        "运行 sanbao publish 重新发布。",
        "The published file {where} is gone.",
        "Run `sanbao publish`.",
    ),
    "SERVING_FILE_CHANGED": (
        "发布文件 {where} 的内容与发布时不同。",
        "运行 sanbao publish 重新发布。",
        "The published file {where} is not as it was written.",
        "Run `sanbao publish`.",
    ),
    "FILE_UNREADABLE_NOW": (
        "{where} 读不了（{of}）。",
        "请检查磁盘和权限。",
        "{where} cannot be read ({of}).",
        "Look at the disk and the permissions.",
    ),
}


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it was written. `where` is a path under the home."""

    code: str
    where: str
    feed: str | None = None
    department: str | None = None
    file_name: str | None = None  # as it was sent, ID numbers masked
    received_on: str | None = None

    def sentence(self, lang: str) -> str:
        return TEXTS[self.code][0 if lang == "zh" else 2].format(where=self.where, of=self._of(lang))

    def remedy(self, lang: str) -> str:
        return TEXTS[self.code][1 if lang == "zh" else 3]

    def record(self, lang: str) -> dict[str, Any]:
        """For a program."""
        return {**asdict(self), "sentence": self.sentence(lang), "remedy": self.remedy(lang)}

    def _of(self, lang: str) -> str:
        """Whose file it comes from, as far as that is known."""
        if self.code == "FILE_UNREADABLE_NOW":
            return self.feed or ""
        sent = f"“{self.file_name}”" if self.file_name else ""
        when = ("{} 收到" if lang == "zh" else "received {}").format(self.received_on) if sent else ""
        said = [text for text in (self.department, self.feed, sent, when) if text]
        return (
            ("（{}）" if lang == "zh" else " ({})").format(("，" if lang == "zh" else ", ").join(said))
            if said
            else ""
        )
