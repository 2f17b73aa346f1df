"""The words of `sanbao doctor`: what was found, what to do, and where the page of runbooks says more."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.language import Language


@dataclass(frozen=True)
class Text:
    """Sentence and remedy in Chinese and English; `anchor`: a heading of docs/runbooks.md."""

    zh: str
    en: str
    zh_remedy: str = ""
    en_remedy: str = ""
    anchor: str = ""

    def sentence(self, lang: Language) -> str:
        return self.zh if lang == "zh" else self.en

    def remedy(self, lang: Language) -> str:
        return self.zh_remedy if lang == "zh" else self.en_remedy


TEXTS: dict[str, Text] = {
    "CHECK_FAILED": Text(
        "这一项没有查成：{detail}",
        "This could not be looked at: {detail}",
        "其余各项照常查了；请把这一行告诉维护人员。",
        "Everything else was looked at; tell the maintainer this line.",
        "夜间没跑完",
    ),
    # Settings
    "SETTINGS_GOOD": Text("设置都能用（给了 {count} 项）。", "All settings can be used ({count} given)."),
    "SETTING_UNKNOWN": Text(
        "没有程序读设置 {name}（{where}）；最像它的是 {close}。",
        "Nothing reads the setting {name} ({where}); the nearest name is {close}.",
        "请对照 .env.example 改正名称；不再需要的，删掉这一行。",
        "Correct the name (see .env.example), or remove the line.",
        "设置不对",
    ),
    "DATE_FIXED": Text(
        "{name} 固定为 {value}：每个夜晚都按这一天算。",
        "{name} is fixed at {value}: every night counts from that day.",
        "演练完请清空这一项。",
        "Empty it when the drill is over.",
        "设置不对",
    ),
    "CONTRACTS_GOOD": Text("{count} 份数据表约定都正确。", "All {count} feed contracts are correct."),
    "HOME_EMPTY": Text(
        "{home} 里还没有数据。",
        "There is no data in {home} yet.",
        "新装的不用处理；不是新装的，检查 SANBAO_HOME，或按“恢复”处理。",
        "Nothing to do after an installation; else check SANBAO_HOME, or restore.",
        "设置不对",
    ),
    # Keys
    "KEYS_GOOD": Text("{count} 个密钥文件都在，长度够。", "{count} secrets are there and long enough."),
    "KEYS_NONE": Text("还没有密钥文件：第一次启动时生成。", "No secrets yet: the first start makes them."),
    "SECRET_MISSING": Text(
        "密钥文件 {path} 不见了。",
        "The secret {path} is gone.",
        "从另外抄存的一份取回；全新安装的，运行 make secrets。",
        "Take it from the copy that is kept elsewhere; in a new installation run `make secrets`.",
        "换密钥",
    ),
    "SECRET_SHORT": Text(
        "{path} 只有 {length} 个字符，至少要 {least} 个。",
        "{path} has {length} characters; it needs {least}.",
        "按“换密钥”换一把长的。",
        "Replace it by a longer one.",
        "换密钥",
    ),
    "SECRET_DEFAULT": Text(
        "{path} 是人人知道的默认密码。",
        "{path} is a default that everybody knows.",
        "立即按“换密钥”更换。",
        "Replace it at once.",
        "换密钥",
    ),
    "SECRET_ODD": Text(
        "{path} 的格式不对，不能当密钥用。",
        "{path} does not have the form of what it should be.",
        "从另外抄存的一份取回，或按“换密钥”更换。",
        "Take it from the copy that is kept elsewhere, or replace it.",
        "换密钥",
    ),
    "SECRET_UNREADABLE": Text(
        "{path} 本账号读不到，没有检查。",
        "{path} cannot be read by this account and was not looked at.",
        "换用运行账号再运行 sanbao doctor。",
        "Run `sanbao doctor` as the account that runs the nights.",
        "权限不对",
    ),
    "SECRETS_OPEN": Text(
        "密钥文件夹 {path} 别的账号也能进。",
        "Others can enter the folder of secrets {path}.",
        "运行 chmod 0700 secrets（文件夹换成上面那个）。",
        "Run `chmod 0700` on it.",
        "权限不对",
    ),
    "CERTIFICATE_ENDS": Text(
        "证书 {path} 的有效期到 {until}。",
        "The certificate {path} is valid until {until}.",
        "按“换密钥”换证书。",
        "Replace the certificate.",
        "换密钥",
    ),
    # Versions
    "VERSIONS_GOOD": Text(
        "Python {python}，软件包与清单一致，数据库格式读得了。",
        "Python {python}, all packages as pinned, all databases can be read.",
    ),
    "PYTHON_OTHER": Text(
        "Python 是 {found}，需要 {wanted}。",
        "Python is {found}; {wanted} is needed.",
        "用要求的 Python 重新安装（make install）。",
        "Install again with the Python that is needed (`make install`).",
        "升级",
    ),
    "PACKAGES_OTHER": Text(
        "{folder} 里有 {count} 个软件包与清单不一致：{packages}。",
        "{count} packages in {folder} are not those that are pinned: {packages}.",
        "运行 make install；容器里的，运行 make images。",
        "Run `make install`; for containers `make images`.",
        "升级",
    ),
    "SUPERSET_ABSENT": Text(
        "没有安装 Superset（{path}），看不了仪表盘。",
        "Superset is not installed ({path}): there are no dashboards.",
        "需要仪表盘的，运行 make install。",
        "For dashboards run `make install`.",
        "升级",
    ),
    "DUCKDB_DIFFERS": Text(
        "DuckDB 有两个版本：本程序 {ours}，{folder} 里 {theirs}。",
        "There are two versions of DuckDB: {ours} here, {theirs} in {folder}.",
        "运行 make install，两边装成同一版本。",
        "Run `make install`: both must be the same.",
        "升级",
    ),
    "STORAGE_NEWER": Text(
        "{path} 是更新版本的 DuckDB 写的（格式 {found}，本程序最多读 {known}）。",
        "{path} was written by a newer DuckDB (format {found}; {known} can be read here).",
        "装回原来的新版本；退不回去的，移走它再运行 sanbao load 重新加工。",
        "Install the newer version again, or move the file away and run `sanbao load`.",
        "升级",
    ),
    # Clock
    "CLOCK_GOOD": Text("系统时间 {now}（{zone}）。", "It is {now} ({zone})."),
    "CLOCK_BACK": Text(
        "系统时间 {now} 早于已有的收件记录（{last}）：时钟倒退了。",
        "It is {now}, before the newest record ({last}): the clock went back.",
        "先校准时间（timedatectl）；确认时间没错的，运行 sanbao receive --clock-is-right。",
        "Set the clock right (timedatectl); if it is right, run `sanbao receive --clock-is-right`.",
        "时钟不对",
    ),
    "CLOCK_AHEAD": Text(
        "系统时间 {now} 比上一次运行（{last}）晚得太多。",
        "It is {now}, too long after the last run ({last}).",
        "先校准时间（timedatectl）；停机很久、时间没错的，运行 sanbao receive --clock-is-right。",
        "Set the clock right (timedatectl); after a long pause run `sanbao receive --clock-is-right`.",
        "时钟不对",
    ),
    "CLOCK_UNKNOWN": Text(
        "看不出时钟对不对：记录 {path} 已损坏。",
        "Nothing can be said of the clock: the record {path} is damaged.",
        "运行 sanbao verify --repair。",
        "Run `sanbao verify --repair`.",
        "文件坏了",
    ),
    "ZONE_OTHER": Text(
        "系统时区是 UTC{hours}，不是 {zone}。",
        "The system's zone is UTC{hours}, not {zone}.",
        "数据不受影响；cron 和系统日志的时间会差几个小时：timedatectl set-timezone Asia/Shanghai。",
        "The data does not depend on it; cron and the system's logs do.",
        "时钟不对",
    ),
    # Disk
    "DISK_GOOD": Text(
        "{folders}：空闲 {free}，下一夜约需 {needed}。",
        "{folders}: {free} free, the next night needs about {needed}.",
    ),
    "DISK_LOW": Text(
        "{folders}：空闲 {free}，不到下一夜所需（约 {needed}）的 {multiple} 倍。",
        "{folders}: {free} free, less than {multiple} times what the next night needs ({needed}).",
        "近日内腾出空间。",
        "Make room within some days.",
        "磁盘满了",
    ),
    "DISK_TOO_FULL": Text(
        "{folders}：空闲 {free}，下一夜约需 {needed}，会停下不收。",
        "{folders}: {free} free, the next night needs about {needed} and will not start.",
        "今天就腾出空间，再运行 sanbao load。",
        "Make room today, then run `sanbao load`.",
        "磁盘满了",
    ),
    "FILES_LOW": Text(
        "{folders} 所在的磁盘只能再建 {count} 个文件（inode 快用完了）。",
        "On the disk of {folders} only {count} more files can be made (inodes).",
        "删掉这块磁盘上别的大量小文件，或换一块磁盘。",
        "Remove other small files from that disk, or take another one.",
        "磁盘满了",
    ),
    # Permissions
    "MODES_GOOD": Text(
        "各文件夹的权限和归属都对，都能写。", "Modes and owners are right; all can be written."
    ),
    "MODE_TOO_OPEN": Text(
        "{path} 的权限是 {mode}，最多只能是 {most}。",
        "{path} has mode {mode}; it may have {most} at most.",
        "运行 sanbao accounts，会改回来；改不回来的，chmod。",
        "Run `sanbao accounts`, which sets it right.",
        "权限不对",
    ),
    "PATH_UNKNOWN": Text(
        "{path} 不是本系统的文件夹或文件。",
        "{path} is none of this system's.",
        "不需要的请移走：别的东西不要放在数据文件夹里。",
        "Move it away: nothing else belongs into the home.",
        "权限不对",
    ),
    "OWNER_OTHER": Text(
        "{path} 属于账号 {account}，应属于 {owner}。",
        "{path} belongs to {account}, not to {owner}.",
        "用 root 运行 chown -R 交还给运行账号，再运行 sanbao accounts；以后不要用 root 运行。",
        "Give it back with `chown -R` as root, then run `sanbao accounts`.",
        "权限不对",
    ),
    "RUN_AS_OTHER": Text(
        "现在用账号 {account} 运行，数据属于 {owner}。",
        "This runs as {account}; the data belongs to {owner}.",
        "请换用 {owner} 运行各条命令，否则写下的文件夜间改不了。",
        "Run every command as {owner}.",
        "权限不对",
    ),
    "NOT_WRITABLE": Text(
        "{path} 写不了（只读，或没有权限）。",
        "{path} cannot be written (read-only, or no right).",
        "检查磁盘是否变成只读（mount），再运行 sanbao accounts。",
        "See whether the disk became read-only (mount), then run `sanbao accounts`.",
        "权限不对",
    ),
    # Ports
    "PORTS_GOOD": Text(
        "端口 {ports} 没有被别的程序占用，我们的只在 {host} 上监听。",
        "Ports {ports} are free or ours, and ours listen on {host} alone.",
    ),
    "PORTS_ELSEWHERE": Text(
        "在容器里：端口请在宿主机上看（docker compose ps）。",
        "In a container: look at ports on the host (docker compose ps).",
    ),
    "PORT_TAKEN_BY": Text(
        "端口 {port}（{name}）被别的程序占用：{program}，进程号 {pid}。",
        "Port {port} ({name}) is taken by another program: {program}, process {pid}.",
        "停掉那个程序，或在 .env 里给 {name} 换一个端口。",
        "End that program, or give {name} another port in .env.",
        "端口被占",
    ),
    "PORT_UNKNOWN": Text(
        "端口 {port}（{name}）有程序在监听，看不出是谁（属于别的账号）。",
        "Something of another account listens on port {port} ({name}).",
        "用 root 运行 ss -ltnp 看是谁；是 docker compose 自己的不用处理。",
        "See whose it is with `ss -ltnp` as root; the compose file's own is right.",
        "端口被占",
    ),
    "LISTENS_ELSEWHERE": Text(
        "{program} 在 {address}:{port} 上监听，SANBAO_HOST 只许 {host}。",
        "{program} listens on {address}:{port}; SANBAO_HOST allows {host} alone.",
        "停掉再启动它；仍然如此的，检查 .env 里的 SANBAO_HOST。",
        "Stop and start it; check SANBAO_HOST if that does not help.",
        "端口被占",
    ),
    # Leftovers
    "NOTHING_LEFT": Text("没有残留的锁和半成品。", "No lock and nothing half written was left behind."),
    "LOCK_FOREIGN": Text(
        "{path} 被别的程序锁住：{program}，进程号 {pid}，夜间会等不到它。",
        "{path} is locked by another program: {program}, process {pid}; nights wait for it in vain.",
        "关掉那个程序（用工具看数据的，请看 serving，不要打开 warehouse）。",
        "End that program; who wants to look at data opens the serving file, not the warehouse.",
        "夜间没跑完",
    ),
    "LOCK_LONG": Text(
        "{path} 被本系统的进程 {pid} 占了，它已运行 {hours} 小时。",
        "{path} is held by our process {pid}, which has run for {hours} hours.",
        "看日志还在不在动；不动的，结束那个进程，锁会自己放开。",
        "See whether its log moves; if not, end the process, and the lock is free.",
        "夜间没跑完",
    ),
    "LOCK_UNKNOWN": Text(
        "{path} 被占用，看不出是谁（在别的容器里，或经网络文件系统）。",
        "{path} is held by somebody who cannot be seen from here.",
        "在运行夜间任务的容器里再运行 sanbao doctor。",
        "Run `sanbao doctor` in the container that runs the nights.",
        "夜间没跑完",
    ),
    "DRAFT_LEFT": Text(
        "残留的半成品 {path}（{size}）。",
        "Something half written was left: {path} ({size}).",
        "下一夜会清理；隔天还在的，确认没有程序在写之后删掉。",
        "The next night removes it; remove it by hand if it is still there a day later.",
        "夜间没跑完",
    ),
    "WAREHOUSE_ASIDE": Text(
        "读不出来、已移开的数据仓库还占着磁盘：{path}（{size}）。",
        "A warehouse that could not be read still takes room: {path} ({size}).",
        "最近一夜已成功的，可以删掉它。",
        "It may be removed when a night has come through since.",
        "文件坏了",
    ),
    "LOAD_BEGUN": Text(
        "有 {count} 份文件装载到一半停了：{files}。",
        "The loading of {count} file(s) was begun and not finished: {files}.",
        "下一夜会接着做；想现在做的，运行 sanbao load。",
        "The next night goes on with them; or run `sanbao load` now.",
        "夜间没跑完",
    ),
    "CLAIM_LEFT": Text(
        "有 {count} 份文件已收走、还没有入档。",
        "{count} file(s) were taken from the inbox and are not in the archive yet.",
        "下一夜会接着做；想现在做的，运行 sanbao load。",
        "The next night goes on with them; or run `sanbao load` now.",
        "夜间没跑完",
    ),
    "PROGRAM_GONE": Text(
        "{program} 启动过，现在没有在运行（进程号 {pid}）。",
        "{program} was started and does not run any more (process {pid}).",
        "看 logs 里它的日志，再运行 make run；不再需要的，运行 make stop。",
        "See its log, then run `make run`; `make stop` where it is not needed.",
        "夜间没跑完",
    ),
    # Files
    "FILES_GOOD": Text(
        "档案、lake、数据仓库、发布文件逐字节完好（{size}）。",
        "Archive, lake, warehouse and serving file are as they were written ({size}).",
    ),
    "RECORDS_GOOD": Text(
        "记录和文件名对得上（没有逐字节核对）。",
        "Records and names agree (contents were not read).",
    ),
    "WAREHOUSE_BUSY": Text(
        "{path} 正在被写，没有逐字节核对。",
        "{path} is being written; contents were not read.",
        "等夜间结束后再运行 sanbao doctor。",
        "Run `sanbao doctor` again when the night is over.",
        "文件坏了",
    ),
    # Night
    "NIGHT_GOOD": Text("最近一夜 {at} 成功结束。", "The last night came through at {at}."),
    "NIGHT_RUNS": Text("夜间正在运行，{since} 开始。", "A night runs since {since}."),
    "NIGHT_NEVER": Text(
        "还没有运行过夜间任务（或没有记录）。",
        "No night has run yet (or none is recorded).",
        "运行一次 sanbao load；平时由 Airflow 每天定时（默认 02:00）运行。",
        "Run `sanbao load` once; Airflow does so every day (at 02:00, unless set).",
        "夜间没跑完",
    ),
    "NIGHT_KILLED": Text(
        "{since} 开始的夜间没有跑完（上一次成功：{good}）。",
        "The night that began at {since} did not come to its end (last success: {good}).",
        "重复运行是安全的：sanbao load。",
        "It is safe to repeat: `sanbao load`.",
        "夜间没跑完",
    ),
    "NIGHT_FAILED": Text(
        "最近一夜 {at} 失败：{error}（上一次成功：{good}）。",
        "The last night failed at {at}: {error} (last success: {good}).",
        "在 Airflow 网页看红色一步的日志；排除原因后运行 sanbao load。",
        "See the log of the red task in Airflow; then run `sanbao load`.",
        "夜间没跑完",
    ),
    "NIGHT_OVERDUE": Text(
        "夜间应在 {due} 前跑完，到 {at} 还没有。",
        "The night was to be through by {due}; at {at} it was not.",
        "在 Airflow 网页看停在哪一步；等的是别的程序的锁，就关掉那个程序；卡住的一步可以“清除”重做。",
        "See in Airflow at which task it is; clear one that hangs.",
        "夜间没跑完",
    ),
    "LINEAGE_UNTOLD": Text(
        "{at} 没能把血缘记录送给 OpenLineage：{error}。夜间照常完成，数据不受影响。",
        "At {at} OpenLineage could not be told: {error}. The night was not held up by it.",
        "看 SANBAO_OPENLINEAGE_URL 写的服务器开着没有、从这台机器连不连得上、密钥对不对；不用了就把它留空。",
        "See whether the server of SANBAO_OPENLINEAGE_URL answers and takes the key; empty: nothing is told.",
        "夜间没跑完",
    ),
    "NIGHT_LATE": Text(
        "夜间已 {hours} 小时没有运行，最近一次开始于 {at}。",
        "No night has begun for {hours} hours; the last began at {at}.",
        "看 Airflow 是否在运行（docker compose ps）、任务是否被暂停；先补一次：sanbao load。",
        "See whether Airflow runs and the DAG is not paused; run `sanbao load` meanwhile.",
        "夜间没跑完",
    ),
    "METRICS_OLD": Text(
        "{path} 比最近一夜还旧：监控看到的是以前的数。",
        "{path} is older than the last night: monitoring sees old numbers.",
        "检查 metrics 文件夹能不能写（sanbao accounts），下一夜会重写。",
        "See whether it can be written (`sanbao accounts`); the next night writes it.",
        "权限不对",
    ),
    # Backup
    "BACKUP_GOOD": Text("最近的备份是 {days} 天前的：{path}", "The last backup is {days} day(s) old: {path}"),
    "BACKUP_NEVER": Text(
        "没有备份过。",
        "There has never been a backup.",
        "今天就运行 sanbao backup --to 另一块磁盘上的文件夹，并安排每天一次。",
        "Run `sanbao backup --to` a folder on another disk today, and every day.",
        "恢复",
    ),
    "BACKUP_OLD": Text(
        "最近的备份已有 {days} 天：{path}",
        "The last backup is {days} days old: {path}",
        "运行 sanbao backup --to 原来的文件夹；再查每天的备份为什么停了。",
        "Run `sanbao backup --to` the same folder, and see why the daily one stopped.",
        "恢复",
    ),
    "BACKUP_GONE": Text(
        "最近的备份不在原处了：{path}",
        "The last backup is no longer where it was: {path}",
        "找到它挪去了哪里，或运行 sanbao backup --to 文件夹重做。",
        "Find it, or write another one with `sanbao backup --to`.",
        "恢复",
    ),
    "BACKUP_CHANGED": Text(
        "备份 {path} 的大小与写入时不同。",
        "The backup {path} does not have the size that was written.",
        "不要用它；运行 sanbao backup --to 文件夹重做。",
        "Do not use it; write another one with `sanbao backup --to`.",
        "恢复",
    ),
    "BACKUP_BESIDE": Text(
        "备份放在数据所在的同一块磁盘上：{path}",
        "The backups lie on the disk of the data: {path}",
        "改放另一块磁盘：磁盘坏了会一起丢。",
        "Put them on another disk.",
        "恢复",
    ),
    "DRILL_NEVER": Text(
        "从没演练过恢复。",
        "No backup was ever restored for proof.",
        "运行 sanbao drill。",
        "Run `sanbao drill`.",
        "恢复",
    ),
    "DRILL_OLD": Text(
        "上一次恢复演练已是 {days} 天前。",
        "The last drill of a restoration was {days} days ago.",
        "运行 sanbao drill。",
        "Run `sanbao drill`.",
        "恢复",
    ),
    "DRILL_GOOD": Text("{days} 天前演练过恢复。", "A restoration was proven {days} day(s) ago."),
}
