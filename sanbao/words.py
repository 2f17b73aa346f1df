"""The words of the command line, in Chinese and English."""

from __future__ import annotations

# key → (zh, en)
TEXTS: dict[str, tuple[str, str]] = {
    "app": (
        "三保障：县级脱贫户保障数据仓库。各部门原样报送的表格，每晚收、核、存、算、发布。",
        "Sanbao: a county's household-guarantee data warehouse.",
    ),
    "sample": (
        "生成一个虚拟县的部门报送文件（含各种真实毛病）。",
        "Write the sample county's department files.",
    ),
    "load": ("跑一个夜晚：收件、核对、加工、发布（不经过 Airflow）。", "Run one night without Airflow."),
    "receive": ("收取收件箱中的文件，核对并入库。", "Take in and load what lies in the inbox."),
    "check": ("只核对一个文件，不入库；有问题时退出码非零。", "Check one file without loading it."),
    "build": ("用已入库的数据加工出各项指标。", "Build the models from what has been loaded."),
    "publish": ("把加工好的数据发布给查询和仪表盘使用。", "Publish the marts to the serving file."),
    "rollback": (
        "退回：查询和仪表盘改用上一次发布的数据，直到有新数据发布。",
        "Serve the version that was published before, until new data is published.",
    ),
    "done.rollback": (
        "已退回到版本 {version}（截止日期 {dates}）。没有新数据的夜晚不会改它；"
        "重新发布：sanbao publish --force。",
        "Version {version} is served again ({dates}). A night with nothing new leaves it; "
        "to publish anew: sanbao publish --force.",
    ),
    "status": ("到数情况：谁该报什么、报了没有、收了多少行、退了什么。", "The delivery board."),
    "remind": (
        "给欠报的部门写催报通知（应报日前三天起，到报齐为止）。",
        "Write the reminders of what departments owe.",
    ),
    "figures": ("全县各项指标。", "The county's figures."),
    "members": ("一个指标背后的名单。", "The list behind a figure."),
    "contradictions": (
        "报告和书面说法与数出来的矛盾之处，以及与之不符的名单。",
        "Where the report or a written statement says otherwise than the rows, and who shows it.",
    ),
    "opt.years": (
        "几年的建档立卡名册：1 只有 2019 年的，最多 5；更早各年末和 2019 年各月末的一并写出。",
        "Years of the register: 1 is 2019 alone, 5 at most; with earlier year ends and the months of 2019.",
    ),
    "opt.sample_contradictions": (
        "埋入县报告自己的矛盾（X1 至 X14），谁能证明另写一个文件。",
        "Plant what the county's report contradicted itself in, with a file of who refutes it.",
    ),
    "arg.contradiction": (
        "矛盾（如 X5）或其中一项（如 X5_sum）：列出与之不符的名单。",
        "A contradiction (X5) or one of its tests (X5_sum): list the members that refute it.",
    ),
    "opt.contradictions_all": (
        "没有矛盾的和没有人这样说的也列出。",
        "Also what holds and what nobody claims.",
    ),
    "contradictions.title": (
        "报告的矛盾（截至 {as_of}）：查 {all} 项，不成立 {broken} 项",
        "Contradictions as of {as_of}: {all} tested, {broken} found",
    ),
    "contradictions.head": ("\n{id} “{statement}”", "\n{id} “{statement}”"),
    "contradictions.tested": ("  {id} {label}：{state}", "  {id} {label}: {state}"),
    "contradictions.BROKEN": ("不成立", "refuted"),
    "contradictions.HELD": ("成立", "holds"),
    "contradictions.NOT_COUNTABLE": ("算不出", "cannot be counted"),
    "contradictions.NOT_CLAIMED": ("没有人这样说", "nobody claims it"),
    "contradictions.sides": (
        "    所说 {claimed}，数出来 {counted}",
        "    claimed {claimed}, counted {counted}",
    ),
    "contradictions.document": ("    依据 {document}", "    by {document}"),
    "contradictions.BLOCK": ("报告不得印", "blocks the report"),
    "contradictions.NOTE": ("提示", "a note"),
    "contradictions.members": (
        "    不符的 {count}（{severity}）；名单：sanbao contradictions {id}",
        "    {count} refute it ({severity}); list: sanbao contradictions {id}",
    ),
    "contradictions.list": (
        "与 {id} 不符的名单（截至 {as_of}）：{count} 行",
        "Members that refute {id} as of {as_of}: {count} rows",
    ),
    "contradictions.unlisted": (
        "另有 {count} 个涉及个人健康，只计数，名单不出数据仓库。",
        "{count} more tell of people's health: counted only, not listed.",
    ),
    "proofread": (
        "校对一份报告（.docx、.txt）：错漏字、缺的标题、前后不一致的名称和数、没有写到的内容。",
        "Proofread a report: slips, missing headings, names and numbers that differ, topics left out.",
    ),
    "arg.document": ("报告文件。", "The report."),
    "proofread.none": ("没有发现要改的地方。", "Nothing to mend was found."),
    "proofread.found": (
        "要看的地方 {count} 处（只是提示，原文没有改动）：",
        "{count} places to look at (hints: nothing was changed):",
    ),
    "proofread.SLIP": (
        "第{line}行 疑有错漏字：“…{quote}…”，应为“{detail}”？",
        "line {line}: a slip? “…{quote}…”, meant “{detail}”?",
    ),
    "proofread.PUNCTUATION": (
        "第{line}行 标点重复：“…{quote}…”",
        "line {line}: punctuation twice: “…{quote}…”",
    ),
    "proofread.UNCLOSED": (
        "第{line}行 {detail}没有成对：“{quote}…”",
        "line {line}: {detail} do not pair: “{quote}…”",
    ),
    "proofread.HEADING_MISSING": (
        "第{line}行 “{quote}”之前缺序号 {detail}",
        "line {line}: before “{quote}” number {detail} is missing",
    ),
    "proofread.TWO_WORDS": (
        "第{line}行 同一件事有几种写法（{detail}）：“…{quote}…”",
        "line {line}: several words for one thing ({detail}): “…{quote}…”",
    ),
    "proofread.NAMES_ALIKE": (
        "第{line}行 是一处还是两处？{detail}：“…{quote}…”",
        "line {line}: one place or two? {detail}: “…{quote}…”",
    ),
    "proofread.TWO_TIMES": (
        "第{line}行 “{quote}”的时间前后不一：{detail}",
        "line {line}: two times for “{quote}”: {detail}",
    ),
    "proofread.LIST_COUNT": (
        "第{line}行 列出的个数与所说的不同（{detail}）：“…{quote}…”",
        "line {line}: as many listed as said? ({detail}): “…{quote}…”",
    ),
    "proofread.LISTS_DIFFER": (
        "第{line}行 写 {quote}；别处写 {detail}",
        "line {line}: {quote}; elsewhere {detail}",
    ),
    "proofread.TOWN_UNKNOWN": (
        "第{line}行 不是本县乡镇的全称：{detail}（“{quote}”）",
        "line {line}: no full name of a town of the county: {detail} (“{quote}”)",
    ),
    "proofread.NUMBERS_DIFFER": (
        "第{line}行 同一说法有两个数（{detail}）：“…{quote}”",
        "line {line}: two numbers for one thing ({detail}): “…{quote}”",
    ),
    "proofread.TOPIC_MISSING": ("全文没有写到：{quote}", "The text does not speak of: {quote}"),
    "trace": ("从指标或户编号追到文件、工作表和行。", "From a figure or household to file, sheet and row."),
    "report": (
        "印出年度自评报告：Word 正文、Excel 附表、一页简报。",
        "Print the annual self-assessment: document, annex, one-page brief.",
    ),
    "household-sheet": (
        "印一户一档（Word）：户情、成员、各项保障及凭据、当年补助、待核问题。",
        "Print the sheet of one household (Word).",
    ),
    "village-list": (
        "印一个村的建档立卡户花名册（Excel）。",
        "Print the list of a village's registered households (Excel).",
    ),
    "arg.household": ("户编号。", "The household's number (户编号)."),
    "arg.village": ("行政村名或村编码。", "A village by name or code."),
    "opt.village_town": (
        "村在哪个乡镇（重名时要写）。",
        "The village's town, where the name alone does not tell.",
    ),
    "opt.role": (
        "给谁用：county 县级（默认）、town 乡镇和村（不列证件号码）、"
        "public 公示（只列姓，不列医疗、兜底、补助和来源）。",
        "For whom: county (default), town (no ID numbers), public (surnames; no health, welfare, sources).",
    ),
    "done.household_sheet": (
        "一户一档（截至 {as_of}）：成员 {members} 人，已写入 {path}",
        "Sheet as of {as_of}: {members} members, written to {path}",
    ),
    "done.village_list": (
        "花名册（截至 {as_of}）：{households} 户 {members} 人，已写入 {path}",
        "List as of {as_of}: {households} households, {members} people, written to {path}",
    ),
    "opt.lacking": ("只列没有保障和情况不明的。", "Only those who lack it or of whom nobody knows."),
    "opt.reported": (
        "只列县里印过的数，与数出来的对照。",
        "Those that a report of the county printed, beside what was counted.",
    ),
    "reported.title": (
        "印过的数与数出来的数（截至 {as_of}）：{equal}/{all} 相等",
        "Printed and counted as of {as_of}: {equal} of {all} equal",
    ),
    "members.title": ("{label}（截至 {as_of}）：{count} 行", "{label} as of {as_of}: {count} rows"),
    "members.states": ("其中没有保障 {not_met}，情况不明 {unknown}", "Not met {not_met}, unknown {unknown}"),
    "trace.states": ("各项保障（截至 {as_of}）", "Guarantees as of {as_of}"),
    "trace.figures": ("计入的指标及其出处", "Figures it counts in, and where from"),
    "figures.title": ("全县指标（截至 {as_of}）", "The county's figures as of {as_of}"),
    "diff": (
        "一个指标在两个时刻之间变了什么：谁进了名单、谁出了名单、因为哪些文件。",
        "What became of a figure between two moments: who entered its list, who left, by which files.",
    ),
    "opt.two_moments": ("写两次：较早和较晚的时刻。", "Twice: the earlier and the later moment."),
    "diff.title": ("{label}：{before} → {after}", "{label}: {before} → {after}"),
    "diff.moved": ("名单的变化：{count} 行", "Changes of the list: {count} rows"),
    "diff.arrivals": (
        "其间收到或撤回的文件、作出或撤销的人工认定：{count} 个",
        "Files received or withdrawn, overrides recorded or lifted between: {count}",
    ),
    "diff.none": ("名单没有变化。", "The list is the same."),
    "sign": (
        "确认名单（乡镇）或签发全县数据（县）；签发后这一期锁定。",
        "Confirm a town's lists, or sign the county's figures; a signed period is locked.",
    ),
    "opt.sign_town": (
        "确认这个乡镇的名单；不写为县签发。",
        "Confirm this town's lists; without it the county signs.",
    ),
    "opt.sign_reason": ("更正已签发数据的原因。", "Why figures that were signed are amended."),
    "opt.sign_by": ("签字人（默认：登录名）。", "Who signs (default: login name)."),
    "done.sign_town": (
        "{town} 已确认 {as_of} 的名单（底表 {basis}，{by}）。还差 {left} 个乡镇。",
        "{town} confirmed its lists of {as_of} (basis {basis}, {by}). {left} towns are left.",
    ),
    "done.sign": (
        "县里已签发 {as_of} 的数据（底表 {basis}，{by}）。此后这一期锁定，更正须写明原因。",
        "The county signed the figures of {as_of} (basis {basis}, {by}). The period is locked.",
    ),
    "opt.draft": (
        "草稿：不得印出的数写成“【待核】”，照样写出文件。",
        "A draft: numbers that may not be printed are left out, files are written all the same.",
    ),
    "opt.template": ("用这份 Word 模板（默认 SANBAO_HOME/reports/模板）。", "Use this Word template."),
    "opt.printed_on": ("报告落款日期（默认：最后一份数据到达的那天）。", "The date under the report."),
    "opt.pdf": ("另存一份 PDF（需要 LibreOffice）。", "A PDF as well (needs LibreOffice)."),
    "feeds": ("列出各部门的数据表约定。", "List the feed contracts."),
    "backup": (
        "备份：原始文件、入库数据、密钥和 Superset 的设置，合成一个带校验的文件。",
        "Write archive, lake, secrets and Superset's metadata into one checked file.",
    ),
    "restore": (
        "从备份恢复到空的文件夹，并重新加工、发布所有日期。",
        "Restore a backup into an empty home, rebuild and publish every date.",
    ),
    "housekeeping": (
        "整理：核对全部文件，合并零碎的入库文件，清理旧版本、旧日志和残留的临时文件。",
        "Check everything, compact small lake files, remove old versions, old logs and leftovers.",
    ),
    "done.housekeeping": (
        "已整理：核对 {size}；{compacted} 个入库文件合为 {files} 个；"
        "归并记录 {records} 份，清理 {removed} 项。",
        "Tidied up: {size} checked; {compacted} lake files became {files}, {records} records were bundled; "
        "{removed} things removed.",
    ),
    "drill": (
        "恢复演练：把一份备份恢复到旁边，逐字节核对，比对指标，然后删掉。",
        "Restore a backup beside the home, verify and compare it, and remove it again.",
    ),
    "arg.drill": ("备份文件；不写：最近一次的备份。", "The backup; none: the last that was written."),
    "done.drill": (
        "演练成功：{path} 恢复出 {files} 个文件，逐字节完好；日期 {dates}；{figures}。",
        "{path} gave back {files} files, all whole; dates {dates}; {figures}.",
    ),
    "drill.equal": ("与现在发布的 {count} 个指标全部相等", "all {count} published figures are equal"),
    "drill.moved_on": (
        "备份之后又来了数据，指标没有比对",
        "data came since: its figures were not compared",
    ),
    "doctor": (
        "体检：设置、磁盘、时钟、权限、端口、版本、文件、夜间、备份，逐项说明怎么办；有“错误”时退出码非零。",
        "Look at everything that a night needs, and say what to do.",
    ),
    "opt.quick": (
        "不逐字节核对文件（大库要几分钟）。",
        "Do not read the contents of all files.",
    ),
    "doctor.level.OK": ("正常", "ok"),
    "doctor.level.NOTE": ("注意", "note"),
    "doctor.level.ERROR": ("错误", "ERROR"),
    "doctor.area.configuration": ("设置", "Settings"),
    "doctor.area.keys": ("密钥", "Keys"),
    "doctor.area.versions": ("版本", "Versions"),
    "doctor.area.clock": ("时钟", "Clock"),
    "doctor.area.space": ("磁盘", "Disk"),
    "doctor.area.permissions": ("权限", "Permissions"),
    "doctor.area.ports": ("端口", "Ports"),
    "doctor.area.leftovers": ("残留", "Leftovers"),
    "doctor.area.files": ("文件", "Files"),
    "doctor.area.night": ("夜间", "Night"),
    "doctor.area.backup": ("备份", "Backup"),
    "doctor.remedy": ("办法：", "What to do: "),
    "doctor.page": ("（{page} → {anchor}）", " ({page} → {anchor})"),
    "doctor.more": ("……同样的另有 {count} 处，用 --json 查看全部。", "… {count} more like it: see --json."),
    "doctor.count": (
        "共 {all} 项：正常 {ok}，注意 {note}，错误 {error}。",
        "{all} findings: {ok} ok, {note} to note, {error} errors.",
    ),
    "opt.to": ("备份写到哪个文件夹或文件。", "Folder or file to write to."),
    "arg.backup": ("备份文件（.tar.zst）。", "The backup file (.tar.zst)."),
    "done.backup": (
        "已备份到 {path}：{files} 个文件，{size}，已回读核对。",
        "Backed up to {path}: {files} files, {size}, read back and checked.",
    ),
    "done.restore": (
        "已恢复 {files} 个文件，并重新加工、发布了 {dates}。",
        "{files} files restored; rebuilt and published: {dates}.",
    ),
    "accounts": (
        "按 docs/accounts.md 建好各文件夹、设好权限，列出哪些已交给所属的组。",
        "Give the folders their modes and groups (docs/accounts.md), and list them.",
    ),
    "accounts.given": ("已交给该组", "given to the group"),
    "accounts.no_group": ("系统中没有该组，已对外关闭", "no such group: closed to others"),
    "accounts.not_member": ("运行账号不在该组内，已关闭", "this account is not in the group: closed"),
    "sftp": ("部门的 SFTP 收件口和账号。", "The departments' SFTP service and their accounts."),
    "sftp.serve": ("运行 SFTP 收件口。", "Run the SFTP service."),
    "sftp.password": (
        "给一个部门换发新密码（旧密码即刻失效），只显示这一次。",
        "Give a department a new password, shown once; the old one ends.",
    ),
    "sftp.password_once": (
        "请当面或电话告知该部门；这里不保存，忘记了就再换发一次。",
        "Hand it to the department now: it is not kept anywhere, only made anew.",
    ),
    "sftp.key": (
        "允许持有这把公钥（OpenSSH 的 .pub 文件）的人以该部门登录。",
        "Let in who holds the key to this OpenSSH .pub file.",
    ),
    "sftp.has_password": ("密码", "password"),
    "sftp.has_key": ("公钥", "key"),
    "sftp.close": ("停用一个部门的账号：密码和公钥都失效。", "End a department's password and keys."),
    "sftp.list": ("各部门的账号，以及可用什么登录。", "Every department's account, and its ways in."),
    "arg.public_key": ("公钥文件（一行，如 id_ed25519.pub）。", "The public key's file."),
    "up": ("启动 Airflow 和 Superset，跑完虚拟县的夜晚（make run）。", "Start everything (make run)."),
    "down": ("停止由 sanbao up 启动的程序（make stop）。", "Stop what `up` started (make stop)."),
    "accept": (
        "放行：收下因超出限度（行数、乡镇、编号、分布、与上一期相同、错行过多）而退回的文件。",
        "Let a file through that was refused for a limit only.",
    ),
    "retry": (
        "重收：约定改过之后，再核对一次退回的文件。",
        "Judge a refused file again, by today's contracts.",
    ),
    "withdraw": (
        "撤回：自此刻起不再使用一个文件（或一个批次）的内容。",
        "End-date what a file or batch brought.",
    ),
    "arg.received": (
        "收到的文件：文件名、指纹（sha256）前几位、批次编号，或文件本身的路径。",
        "A received file: name, beginning of its sha256, batch id, or its path.",
    ),
    "opt.reason": ("原因，长期保存。", "Why; it is kept."),
    "opt.by": ("办理人，不填则为当前系统用户。", "Who decides; by default the current user."),
    "override": (
        "人工认定：有据而不采用文件得出的保障状态，到期自行失效；--list 查看，--lift 撤销。",
        "Override the state of a guarantee on evidence, until an expiry; --list shows, --lift ends them.",
    ),
    "opt.override_person": (
        "人编号：义务教育、基本医疗、教育资助是逐人认定的。",
        "人编号: schooling, medical cover and school subsidy are judged of each person.",
    ),
    "opt.guarantee": (
        "哪一项保障：housing 住房安全、water 饮水安全、safety_net 兜底保障、medical 基本医疗等。",
        "Which guarantee: housing, water, safety_net, medical …",
    ),
    "opt.state": (
        "认定为：MET 有保障、NOT_MET 未保障、UNKNOWN 待核实、EXEMPT 免除、NOT_APPLICABLE 不涉及。",
        "The state: MET, NOT_MET, UNKNOWN, EXEMPT, NOT_APPLICABLE.",
    ),
    "opt.evidence": (
        "依据：入户核查记录和照片编号、银行回单等。",
        "What proves it: a visit note and photo number, a bank slip.",
    ),
    "opt.until": ("到期日（含），最长十二个月。", "The last day on which it holds, twelve months at most."),
    "opt.override_from": (
        "自哪一天起（已发布的截止日期），不填为最近一期；与 --list 同用时为看哪一期。",
        "From which published date on, by default the newest; with --list: which date to show.",
    ),
    "opt.amendment": (
        "涉及已签发的一期时，更正的原因。",
        "Why a period that was signed is amended.",
    ),
    "opt.lift": (
        "撤销哪一条（编号，或其末段的前几位）。",
        "Lift this one: its id, or the beginning of its last part.",
    ),
    "opt.override_list": ("列出全部人工认定。", "List all overrides."),
    "done.override": (
        "已认定：{override}，自 {begins} 到 {until}。下一次加工（sanbao load）后生效，到期自行失效。",
        "Recorded: {override}, from {begins} to {until}. The next `sanbao load` builds it in; "
        "it lapses by itself.",
    ),
    "done.override_lift": (
        "已撤销：{override}（原自 {begins} 到 {until}）。下一次加工（sanbao load）后不再有效。",
        "Lifted: {override} (it held from {begins} to {until}). The next `sanbao load` builds without it.",
    ),
    "override.title": (
        "人工认定：共 {count} 条，有效 {in_force} 条",
        "Overrides: {count}, of them in force: {in_force}",
    ),
    "status.overrides": (
        "人工认定：有效 {in_force} 条，其中即将到期 {lapsing} 条、文件已一致 {redundant} 条；"
        "登记册里没有的 {unfound} 条（sanbao override --list）",
        "Overrides: {in_force} in force, of them {lapsing} about to lapse, {redundant} said by the files as "
        "well; "
        "{unfound} of nobody in the register (sanbao override --list)",
    ),
    "done.accept": ("已放行：", "Let through:"),
    "done.retry": ("已重新核对：", "Judged again:"),
    "done.withdraw": (
        "已撤回，下一次加工（sanbao load）后生效：",
        "Withdrawn; built in by the next `sanbao load`:",
    ),
    "done.returns_later": (
        "反馈文件和收件回执在下一次加工（sanbao load）后更新。",
        "Marked copies and receipt slips follow with the next `sanbao load`.",
    ),
    "done.receive_returns": (
        "新文件的反馈文件和收件回执已写好；以前文件的反馈文件在加工（sanbao load）后更新。",
        "Marked copies and receipt slips of these files are written; those of earlier files follow with"
        " `sanbao load`.",
    ),
    "opt.lang": ("界面语言：zh 或 en。", "Language: zh or en."),
    "opt.json": ("输出 JSON，供程序读取。", "Print JSON, for a program."),
    "opt.as_of": ("数据所属日期，如 2019-12-31。", "The date to speak for, e.g. 2019-12-31."),
    "opt.held": ("列出暂扣待改的行：归哪个股室、已经几天。", "List the rows that wait for correction."),
    "opt.today": ("按哪一天催报，如 2020-01-06（默认今天）。", "The day to remind on (default: today)."),
    "opt.known_by": ("只用此时刻前收到的文件（如 2020-01-10T18:00）。", "Use only files received by then."),
    "opt.clock": (
        "确认系统时间没有错（停机很久之后，或时间刚刚校准）；记录在案。",
        "Confirm that the clock is right (after a long pause, or set just now); it is kept.",
    ),
    "opt.out": ("写到哪个文件夹。", "Folder to write to."),
    "opt.seed": ("随机种子；相同的种子生成相同的文件。", "Random seed."),
    "opt.scale": ("规模，1.0 约 90 万行。", "Size; 1.0 is about 0.9 M rows."),
    "opt.faults": ("另外埋入多少处错误。", "How many faults to plant."),
    "opt.style": (
        "写法：1 本县各部门的写法；2 换一个县的写法（表头、代码、文件划分、格式都不同，内容相同）。",
        "Whose hand: 1, or 2 for the same county as another county's offices would write it.",
    ),
    "opt.truth": (
        "答案文件写到哪里（默认 <out>.truth）。",
        "Where to write the truth (default <out>.truth).",
    ),
    "opt.department": (
        "文件所属部门文件夹名；不填则按各部门约定逐一匹配。",
        "Department folder the file is for.",
    ),
    "opt.layer": ("只加工一层：staging、intermediate、marts、reports。", "Build one layer only."),
    "opt.force": ("输入没有变化也重新做。", "Do it again although nothing changed."),
    "opt.target": (
        "加工所用的引擎：duckdb 或 spark（默认 SANBAO_TARGET）。",
        "The engine that builds: duckdb or spark (default SANBAO_TARGET).",
    ),
    "opt.accept_fall": (
        "接受比上一次发布少的内容（须写明 --reason）。",
        "Publish although there is less than before (needs --reason).",
    ),
    "verify": (
        "核对全部数据是否完好：档案、记录、lake、数据仓库、发布文件；有问题时退出码非零。",
        "Read everything and prove that it is as it was written.",
    ),
    "opt.repair": (
        "把丢失或损坏的入库文件由档案中的原文件重新生成。",
        "Make lost or damaged lake files again from the archive.",
    ),
    "opt.adopt": (
        "由旧版本升级后运行一次：把现有数据认作完好，补写校验记录。",
        "Once after an upgrade: take what is there as whole and seal it.",
    ),
    "progress.verify": ("核对", "Verifying"),
    "verify.whole": ("全部完好：读了 {size} MB。", "All is whole: {size} MB read."),
    "verify.mended": ("已重新生成：{where}", "Made again: {where}"),
    "verify.adopted": ("已补写 {count} 份校验记录。", "{count} records sealed."),
    "verify.faults": ("共 {count} 处问题。", "{count} fault(s)."),
    "night.set_aside": ("数据仓库读不出来，已移开", "The warehouse could not be read and was moved aside"),
    "night.rebuilt": ("丢失后重新加工的日期", "Dates built again after a loss"),
    "opt.town": ("只看一个镇（名称或代码）。", "One town only (name or code)."),
    "opt.check": (
        "检查约定及由它生成的 dbt 文件；不一致时退出码非零。",
        "Check contracts and generated files.",
    ),
    "arg.file": ("要核对的文件。", "The file to check."),
    "arg.figure": ("指标编号，见 sanbao figures。", "Figure id, see `sanbao figures`."),
    "arg.what": ("指标编号、户编号或 household_id。", "Figure id, household number or household_id."),
    "progress.load": ("读取文件", "Reading files"),
    "progress.build": ("加工数据", "Building"),
    "done.sample": ("已写入 {out}；答案在 {truth}。", "Written to {out}; the truth is in {truth}."),
    "done.receive": (
        "收到 {files} 个文件，读入 {read} 行，收下 {accepted} 行，暂扣 {held} 行；另有 {cells} 格没有收下。",
        "{files} files, {read} rows read, {accepted} accepted, {held} held; {cells} cells not taken.",
    ),
    "done.build": ("加工完成：{text}", "Built: {text}"),
    "done.publish": ("已发布到 {path}。", "Published to {path}."),
    "export": (
        "导出可以公开的指标（小数目及可推算它的数目隐去）。",
        "Export the figures that may be made public, without small counts.",
    ),
    "opt.public": ("公开指标。", "The public figures."),
    "opt.export_out": (
        "放到哪个文件夹（默认 SANBAO_HOME/reports）。",
        "Where to (default: SANBAO_HOME/reports).",
    ),
    "done.export": (
        "已写入 {files}：{shown} 个数公开，{hidden} 个隐去。",
        "Wrote {files}: {shown} cells shown, {hidden} left out.",
    ),
    "done.publish_skipped": ("数据没有变化，无需发布。", "Nothing changed; nothing to publish."),
    "done.feeds": ("{count} 个数据表约定，全部正确。", "{count} feed contracts, all correct."),
    "check.good": ("《{title}》可以收下：", "{title} can be taken: "),
    "check.bad": ("《{title}》不能全部收下：", "{title} cannot be taken as a whole: "),
    "check.rows": (
        "共 {read} 行，合格 {accepted} 行，有错 {held} 行。",
        "{read} rows, {accepted} good, {held} with errors.",
    ),
    "check.cells": (
        "合格的行里有 {cells} 格看不懂，只有这些格不收。",
        " {cells} cells of the good rows cannot be read; they alone are not taken.",
    ),
    "check.comma": ("、", ", "),
    "check.like_it": ("同样的问题另有 {count} 处：{places}。", "The same in {count} more places: {places}."),
    "check.like_it_more": (
        "同样的问题另有 {count} 处：{places} 等。",
        "The same in {count} more places: {places} …",
    ),
    "check.more": (
        "另有 {causes} 种问题（{places} 处），用 --json 查看全部。",
        "{causes} more kinds of problems ({places} places); see all with --json.",
    ),
    "done.check": (
        "单看这个文件，可以收下；与以前报送的各期相比（行数、乡镇、编号等），要到收件时才核对。",
        "By itself the file can be taken; it is compared with earlier deliveries only when it is received.",
    ),
    "night.head": (
        "截至 {as_of}：收到 {files} 个文件，读入 {read} 行 = 收下 {accepted} + 暂扣 {held}。",
        "As of {as_of}: {files} files, {read} rows read = {accepted} accepted + {held} held.",
    ),
    "night.nothing": ("截至 {as_of}：没有新文件。", "As of {as_of}: no new file."),
    "night.taken": ("{file}：收下 {accepted} 行", "{file}: {accepted} rows"),
    "night.held": ("{file}：收下 {accepted} 行，暂扣 {held} 行", "{file}: {accepted} rows, {held} held"),
    "night.partial": ("部分收下", "Loaded in part"),
    "night.refused": ("退回", "Refused"),
    "night.nil": ("本期无数据", "Nil returns"),
    "night.duplicate": ("以前收到过，没有变化", "Came before, unchanged"),
    "night.not_taken": ("仍在收件夹，没有取走", "Still in the inbox, not taken"),
    "night.missing": ("应报未报", "Due and not delivered"),
    "night.stale": ("已过期（最近一次）", "Stale (last delivery)"),
    "night.candidates": (
        "用全部发布内容拼身份证号码：每个人至少还剩 {count} 个可能。",
        "ID numbers rebuilt from all that is served: at least {count} remain possible for everybody.",
    ),
    "night.times": ("用时", "Seconds"),
    "report.done": (
        "《自评报告》截至 {as_of}，按 {known} 所知，已写入：",
        "Self-assessment as of {as_of}, by what was known at {known}, written to:",
    ),
    "report.contradicted": (
        "与出具说明或印过的报告不符的有 {count} 处：",
        "{count} statements are contradicted by what was counted:",
    ),
    "report.in_annex": ("  ……其余见附表“说法与所数”。", "  … the rest is in the annex."),
    "report.draft": (
        "这是草稿，不得上报。不得印出的 {blocked} 处，手写的数字 {typed} 处：",
        "This is a draft. {blocked} things forbid printing, {typed} numbers were typed by hand:",
    ),
    "status.feeds": ("到数情况（截至 {as_of}）", "Deliveries as of {as_of}"),
    "status.files": ("最近收到的文件（{all} 份中的 {shown} 份）", "Latest files ({shown} of {all})"),
    "status.unfinished": ("已收到，还没有处理完：{file}", "Received and not finished: {file}"),
    "status.damaged": (
        "已收到，档案中的原文件已损坏，没有读入：{file}",
        "Received; its original in the archive is damaged, so it was not loaded: {file}",
    ),
    "status.held": ("暂扣待改的行：{rows} 行", "Rows that wait for correction: {rows}"),
    "state.LOADED": ("全部收下", "accepted"),
    "state.PARTIAL": ("部分收下", "accepted in part"),
    "state.REFUSED": ("退回", "refused"),
    "state.NIL": ("本期无数据", "nil return"),
    "state.DUPLICATE": ("以前收到过", "came before"),
    "remind.done": ("已写催报通知：{files}", "Reminders written: {files}"),
    "remind.none": ("没有部门欠报。", "No department owes anything."),
    "remind.past": (
        "本库发布的是 {known} 的数据，不是 {today} 应有的，没有写催报通知；要看当时的催报，请加 --today。",
        "Published is {known}, which says nothing of {today}: no reminder was touched; see --today.",
    ),
    "night.reminded": ("已催报", "Reminded"),
    "night.disagreeing": ("跨表核对有问题", "Disagree with other tables"),
}


def text(key: str, lang: str, **values: object) -> str:
    """The text for `key` in `lang`."""
    return TEXTS[key][0 if lang == "zh" else 1].format(**values)
