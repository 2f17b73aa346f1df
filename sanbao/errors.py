"""Errors that reach a person: a stable code, a sentence and a remedy, in Chinese or English."""

from __future__ import annotations

# code → (zh sentence, zh remedy, en sentence, en remedy)
TEXTS: dict[str, tuple[str, str, str, str]] = {
    "SETTING_INVALID": (
        "设置 {name} 的值“{value}”不能用。",
        "请对照 .env.example 改正后重试。",
        "The setting {name} has an unusable value {value!r}.",
        "Correct it (see .env.example) and try again.",
    ),
    "HOME_BUSY": (
        "另一次数据加工正在进行，本次没有开始。",
        "请等它结束后再运行。",
        "Another run is writing the warehouse; this one has not started.",
        "Wait for it to end, then run again.",
    ),
    "BUILD_FAILED": (
        "数据加工在“{layer}”这一步失败：{detail}",
        "上一次发布的数据没有变化。改正后重新运行，会从失败处继续。",
        "The build failed in layer {layer}: {detail}",
        "The published data is unchanged. Correct the cause and run again; it resumes where it failed.",
    ),
    "HOME_NOT_WHOLE": (
        "数据不完整，有 {count} 处：{detail}",
        "没有加工也没有发布，上一次发布的数据没有变化。运行 sanbao verify 查看全部；能重新生成的，"
        "运行 sanbao verify --repair；不能的，从备份恢复。",
        "The data is not whole, in {count} place(s): {detail}",
        "Nothing was built or published; the published data is unchanged. See all with `sanbao verify`; "
        "run `sanbao verify --repair`, or restore the backup.",
    ),
    "HOUSE_NOT_WHOLE": (
        "数据不完整，有 {count} 处，整理没有进行：{detail}",
        "什么也没有合并，什么也没有删除。运行 sanbao verify 查看全部和各自的办法，处理后再整理。",
        "The data is not whole, in {count} place(s), and was not tidied up: {detail}",
        "Nothing was compacted or removed. See all with `sanbao verify`, mend it, then run this again.",
    ),
    "ARCHIVE_DAMAGED": (
        "档案中有 {count} 个文件已不是收到时的内容，没有读入：{detail}",
        "其余文件已处理完。请从备份恢复这些文件，或请部门把同一文件再投递一次，然后重新运行。",
        "{count} file(s) in the archive no longer hold the bytes that came and were not loaded: {detail}",
        "The other files are done. Restore them from the backup, or have them dropped again; then run again.",
    ),
    "WAREHOUSE_DAMAGED": (
        "数据仓库读不出来（{detail}），已移到 {aside}，重新加工后仍然失败。",
        "上一次发布的数据没有变化。请检查磁盘，再运行 sanbao load。",
        "The warehouse could not be read ({detail}); it is now {aside}, and building it anew failed as well.",
        "The published data is unchanged. Check the disk, then run `sanbao load`.",
    ),
    "VERIFY_FAILED": (
        "数据不完整，共 {count} 处，见上。",
        "请按各条提示处理后再核对一次。",
        "The data is not whole: {count} fault(s), see above.",
        "Do as told for each, then verify again.",
    ),
    "SERVED_FALLS": (
        "与上一次发布相比少了内容，没有发布：{detail}",
        "上一次发布的数据没有变化。确认无误的，运行 sanbao publish --accept-fall --reason 原因。",
        "Less than was published before; nothing was published: {detail}",
        "The published data is unchanged. If this is right, run `sanbao publish --accept-fall --reason WHY`.",
    ),
    "REASON_MISSING": (
        "接受减少（--accept-fall）必须写明原因。",
        "请加上 --reason 原因。",
        "Accepting a fall needs a reason.",
        "Add `--reason WHY`.",
    ),
    "ACCOUNTING_BROKEN": (
        "行数对不上：读入 {read} 行，收下 {accepted} 行，暂扣 {held} 行。",
        "这是程序的错误，请保留文件并联系维护人员。",
        "Rows do not add up: read {read}, accepted {accepted}, held {held}.",
        "This is a fault of the program: keep the file and call the maintainer.",
    ),
    "LOAD_FAILED": (
        "{count} 个文件因系统故障没有处理完（{detail}），文件仍在档案中。",
        "排除故障后重新运行即可，不会重复计数。",
        "{count} file(s) were not finished because of a system failure ({detail}); they stay in the archive.",
        "Remove the cause and run again; nothing is counted twice.",
    ),
    "NOTHING_PUBLISHED": (
        "还没有发布过数据。",
        "请先运行 sanbao load。",
        "Nothing has been published yet.",
        "Run `sanbao load` first.",
    ),
    "PUBLISHED_BY_ANOTHER_RELEASE": (
        "发布的数据里没有现在这一版程序要看的内容：多半是升级以后还没有加工、发布过（{detail}）。",
        "请运行 sanbao load（或等今晚），再查一次；以前印的报告、退回的文件不受影响。",
        "What is published lacks what this release asks for, most likely since an upgrade ({detail}).",
        "Run `sanbao load` (or wait for tonight) and ask again; reports and returned files are not touched.",
    ),
    "FIGURE_UNKNOWN": (
        "没有名为“{figure}”的指标。",
        "运行 sanbao figures 查看全部指标编号。",
        "There is no figure called {figure!r}.",
        "Run `sanbao figures` for all figure ids.",
    ),
    "CONTRADICTION_UNKNOWN": (
        "没有名为“{what}”的矛盾或检查项。",
        "运行 sanbao contradictions --all 查看全部代码。",
        "There is no contradiction or test called {what!r}.",
        "Run `sanbao contradictions --all` for all ids.",
    ),
    "FIGURE_NOT_LISTED": (
        "“{figure}”只计数，名单不发布：它涉及个人健康，而发布的数据每个能登录的人都看得到。",
        "确需名单的，由运维人员从数据仓库 {warehouse} 的 mart.fct_figure_member 中查取。",
        "{figure!r} is counted, not listed: its list tells of people's health, and all with a login can read"
        " what is published.",
        "Who must have the list asks the operator: it is in mart.fct_figure_member of {warehouse}.",
    ),
    "TWO_MOMENTS": (
        "要比较，需要两个时刻。",
        "请把 --known-by 写两次，如 --known-by 2020-01-12 --known-by 2020-03-31。",
        "Comparing needs two moments.",
        "Give `--known-by` twice.",
    ),
    "NOTHING_KNOWN": (
        "到那一刻为止还没有收到过任何文件，{as_of} 的报告无从写起。",
        "请换一个较晚的 --known-by；不写时按现在所知。",
        "Nothing had been received by that moment; there is no report of {as_of} to print.",
        "Choose a later `--known-by`, or leave it out.",
    ),
    "REPORT_BLOCKED": (
        "报告有 {count} 处不得印出：{reasons}。没有写出任何文件。",
        "补齐数据后再印；要先看样子，用 sanbao report --draft，不得印出的数写成“【待核】”。",
        "{count} things forbid printing the report: {reasons}. No file was written.",
        "Mend the data first; `sanbao report --draft` prints a draft without those numbers.",
    ),
    "REPORT_UNSIGNED": (
        "{as_of} 的数据县里还没有签发（{towns}），没有写出任何文件。",
        "乡镇确认：sanbao sign --town 乡镇名；县签发：sanbao sign。签发前可用 sanbao report --draft 印草稿。",
        "The county has not signed the figures of {as_of} ({towns}). No file was written.",
        "Towns confirm with `sanbao sign --town T`, the county with `sanbao sign`; until then `--draft`.",
    ),
    "TOWNS_UNSIGNED": (
        "还有 {count} 个乡镇没有确认名单：{towns}。县里不能签发。",
        "请这些乡镇看过名单后运行 sanbao sign --town 乡镇名 --as-of {as_of} --known-by {known}。",
        "{count} towns have not confirmed their lists: {towns}. The county cannot sign yet.",
        "Each of them runs `sanbao sign --town T --as-of {as_of} --known-by {known}`.",
    ),
    "AMENDMENT_REASON": (
        "这一期已由 {by} 于 {at}（UTC）签发过，数据与那时不同。",
        "要更正已签发的数据，请写明原因：--reason 原因。",
        "This period was signed by {by} at {at} (UTC), with other figures.",
        "An amendment needs its reason: `--reason WHY`.",
    ),
    "CLOSING_MONTH": (
        "“{month}”不是月份。",
        "请写成 2019-12 这样，再触发一次。",
        "{month!r} is no month.",
        "Write it as 2019-12 and trigger the run again.",
    ),
    "CLOSING_TOO_EARLY": (
        "{month} 还没有结束（{day}），不能月结。",
        "请在这个月结束以后再触发。",
        "{month} is not over ({day}) and cannot be closed.",
        "Trigger the run when the month is over.",
    ),
    "CLOSING_UNANSWERED": (
        "{month} 的月结等了 {days} 天没有人确认，没有签发。",
        "在“待确认”上点“清除”，会重新提交确认；要按最新的数据，重新触发一次。",
        "Nobody answered within {days} days whether to sign {month}; it is not signed.",
        "Clear the task `approve` to ask again; trigger a new run to take what came since.",
    ),
    "CLOSING_INCOMPLETE": (
        "{month} 的月结没有做完，停在“{step}”。",
        "这一步的日志最后一句写着原因和办法；排除后在网页上对它点“清除”，会从这里接着做。",
        "The closing of {month} stopped at {step}.",
        "The log of that task says why and what to do; then clear it, and the run goes on from there.",
    ),
    "DELIVERED_DAMAGED": (
        "各部门报齐月份的记录 {file} 损坏。",
        "请从备份恢复；没有备份的，删掉它：最近三个月会重新通知一次，已签发的不会重复签发。",
        "The record {file} of delivered months is damaged.",
        "Restore it from the backup, or remove it: the last three months are then told once more.",
    ),
    "SIGNATURES_DAMAGED": (
        "签发记录 {file} 已损坏。",
        "请从备份恢复它；没有它，不知道哪一期已经签发。",
        "The record of signatures {file} is damaged.",
        "Restore it from a backup: without it nobody knows which periods are signed.",
    ),
    "REPORT_FIELD_UNKNOWN": (
        "模板里写了没有的指标：{fields}。没有写出任何文件。",
        "请在 Word 里改成 sanbao figures 列出的指标代码。",
        "The template names what is no figure: {fields}. No file was written.",
        "Use the ids that `sanbao figures` lists.",
    ),
    "REPORT_FIELD_MISSING": (
        "模板里缺 {count} 个报告应有的指标：{figures}。没有写出任何文件。",
        "请在模板里补上；确实不印的，在“固定用语.txt”里写一行“不印 指标代码”。",
        "The template lacks {count} figures of the report: {figures}. No file was written.",
        "Add them; one that is left out on purpose gets a line `不印 FIGURE` in 固定用语.txt.",
    ),
    "REPORT_NUMBER_TYPED": (
        "模板里有手写的数字，不是由指标填入的：{numbers}。没有写出任何文件。",
        "请换成指标代码；日期、文号、名称等固定用语写进“固定用语.txt”。",
        "The template has numbers typed by hand: {numbers}. No file was written.",
        "Bind them to figures; dates, document numbers and names go into 固定用语.txt.",
    ),
    "TEMPLATE_MISSING": (
        "找不到模板 {file}。",
        "请检查路径；删去“模板”文件夹后再运行，会重新放入原来的模板。",
        "There is no template {file}.",
        "Check the path; without the folder 模板 the one that came with the program is used again.",
    ),
    "TEMPLATE_UNREADABLE": (
        "模板 {file} 读不出来：{detail}。没有写出任何文件。",
        "请用 Word 打开检查：每个“{{{{”都要有“}}}}”，文件要存成 .docx。",
        "The template {file} cannot be read: {detail}. No file was written.",
        "Open it in Word: every `{{{{` needs its `}}}}`, and the file is to be a .docx.",
    ),
    "REPORT_BASIS_DAMAGED": (
        "报告的底表 {file} 缺失或被改动过，没有写出任何文件。",
        "请从备份恢复它；删去该“底表”文件夹后再运行，会按当时所知重新算出。",
        "{file}, which the report rests on, is missing or was changed. No file was written.",
        "Restore it from a backup; without that folder it is worked out anew from what was known then.",
    ),
    "PDF_UNAVAILABLE": (
        "不能转成 PDF（{detail}）；Word 和 Excel 文件已写好。",
        "请安装 LibreOffice，或用 Word、WPS 打开后另存为 PDF。",
        "No PDF could be made ({detail}); the Word and Excel files are there.",
        "Install LibreOffice, or save as PDF from Word or WPS.",
    ),
    "EXPORT_KIND": (
        "没有说明导出什么。",
        "目前只有公开指标：sanbao export --public。",
        "It is not said what to export.",
        "So far there are the public figures: `sanbao export --public`.",
    ),
    "EXPORT_UNGUARDED": (
        "指标“{figure}”标为可公开，却没有写明与哪些指标同进退，不能导出。",
        "请在指标表 figure.csv 中补上 public_group 和 public_root，并重新加工。",
        "The figure {figure!r} is public, but nothing says with which others its small counts are left out.",
        "Give its public_group and public_root in the seed figure.csv and build again.",
    ),
    "EXPORT_MEMORY_DAMAGED": (
        "以往公开导出中哪些数没有公开，这份记录（{file}）已损坏，不能导出。",
        "请从备份恢复它；没有它，新的导出可能让人算出以前没有公开的数。",
        "The record of what earlier public exports left out ({file}) is damaged; nothing is exported.",
        "Restore it from a backup: without it, what was kept back could be worked out from a new export.",
    ),
    "AS_OF_NOT_PUBLISHED": (
        "没有 {as_of} 的数据，已发布的只有：{known}。",
        "请用 --as-of 指定其中一天，或先运行 sanbao load --as-of {as_of}。",
        "There is no data of {as_of}; published are: {known}.",
        "Name one of these days with --as-of, or run `sanbao load --as-of {as_of}` first.",
    ),
    "TOWN_UNKNOWN": (
        "没有名为“{town}”的乡镇。",
        "请用其中之一（最相近的在前）：{known}。",
        "There is no town {town!r}.",
        "Use one of (the most alike first): {known}.",
    ),
    "HOUSEHOLD_UNKNOWN": (
        "{as_of} 的登记册里没有户编号为“{household}”的户，没有任何改动。",
        "请检查户编号和日期（--as-of）；某村有哪些户，见 sanbao village-list 村名。",
        "The register of {as_of} has no household {household!r}. Nothing was written.",
        "Check the number and the date (--as-of); `sanbao village-list VILLAGE` lists a village.",
    ),
    "PERSON_UNKNOWN": (
        "{as_of} 的登记册里，这一户没有人编号为“{person}”的人，没有任何改动。",
        "请用户内的人编号：{known}。",
        "In the register of {as_of} the household has no person {person!r}. Nothing was written.",
        "Use one of its people: {known}.",
    ),
    "GUARANTEE_UNKNOWN": (
        "没有名为“{guarantee}”的保障，没有任何改动。",
        "请用其中之一：{known}。",
        "There is no guarantee {guarantee!r}. Nothing was written.",
        "Use one of: {codes}.",
    ),
    "GUARANTEE_OF_PERSONS": (
        "{label}（{guarantee}）是逐人认定的，没有任何改动。",
        "请用 --person 人编号 指明是谁；户的状态随成员。人编号见 sanbao household-sheet 户编号。",
        "{guarantee} is judged of each person. Nothing was written.",
        "Say whom with `--person NUMBER`; the household follows. `sanbao household-sheet` has the numbers.",
    ),
    "GUARANTEE_OF_HOUSEHOLDS": (
        "{label}（{guarantee}）是按户认定的，不分人，没有任何改动。",
        "请去掉 --person。",
        "{guarantee} is judged of the household. Nothing was written.",
        "Leave `--person` out.",
    ),
    "STATE_UNKNOWN": (
        "没有名为“{state}”的状态，没有任何改动。",
        "请用其中之一：{known}（依次为有保障、未保障、待核实、免除、不涉及）。",
        "There is no state {state!r}. Nothing was written.",
        "Use one of: MET, NOT_MET, UNKNOWN, EXEMPT, NOT_APPLICABLE.",
    ),
    "OVERRIDE_INCOMPLETE": (
        "人工认定没有写全：缺 {missing}。没有任何改动。",
        "见 sanbao override --help；查看已有的认定：sanbao override --list。",
        "An override lacks {missing}. Nothing was written.",
        "See `sanbao override --help`; for those that there are, `sanbao override --list`.",
    ),
    "OVERRIDE_UNFOUNDED": (
        "人工认定必须写明原因和依据，没有任何改动。",
        "请写明 --reason 原因（为什么文件不对）和 --evidence 依据（如入户核查记录和照片编号、银行回单）。",
        "An override needs a reason and evidence. Nothing was written.",
        "Give `--reason WHY` and `--evidence WHAT` (a visit note and photo number, a bank slip).",
    ),
    "OVERRIDE_PAST": (
        "到期日 {until} 已经过了（数据已到 {newest}），没有任何改动。",
        "请用 --until 写一个 {newest} 以后的到期日。",
        "The expiry {until} has passed (the data is of {newest}). Nothing was written.",
        "Give an expiry after {newest} with `--until`.",
    ),
    "OVERRIDE_TOO_LONG": (
        "到期日 {until} 太远：人工认定最长 {months} 个月，没有任何改动。",
        "请用 --until 写 {last} 以前的到期日；到期仍需要的，届时凭新的依据再认定。",
        "The expiry {until} is too far: an override holds for {months} months at most. Nothing was written.",
        "Give an expiry by {last}; what is needed longer is recorded again then, on new evidence.",
    ),
    "PERIOD_SIGNED": (
        "{as_of} 这一期已由 {by} 于 {at}（UTC）签发，人工认定会更正它，没有任何改动。",
        "确要更正的，请写明更正的原因：--amendment 原因；已签发的报告仍按签发时的数据印出。",
        "The period of {as_of} was signed by {by} at {at} (UTC), and the override would amend it. "
        "Nothing was written.",
        "Give the reason of the amendment: `--amendment WHY`. What was signed is printed as it was.",
    ),
    "OVERRIDE_NOT_NEEDED": (
        "按 {as_of} 的数据，这一户（人）的{guarantee}已经是 {state}，不用人工认定，没有任何改动。",
        "用 sanbao trace 户编号 查看状态和凭据。",
        "By the data of {as_of} the state is {state} already. Nothing was written.",
        "See the states with `sanbao trace HOUSEHOLD`.",
    ),
    "OVERRIDE_STANDS": (
        "同一状态已有人工认定（{by}，{begins} 至 {until}，编号 {override}），没有任何改动。",
        "要改的，先撤销它：sanbao override --lift {override} --reason 原因。",
        "This state is overridden already ({by}, {begins} to {until}, {override}). Nothing was written.",
        "Lift that first: `sanbao override --lift {override} --reason WHY`.",
    ),
    "OVERRIDE_UNKNOWN": (
        "没有编号为“{override}”的人工认定，没有任何改动。",
        "运行 sanbao override --list 查看全部编号。",
        "There is no override {override!r}. Nothing was written.",
        "Run `sanbao override --list` for all of them.",
    ),
    "OVERRIDE_LIFTED": (
        "人工认定 {override} 已由 {by} 于 {at}（UTC）撤销过了。",
        "无需处理；要重新认定，请另写一条。",
        "The override {override} was lifted by {by} at {at} (UTC).",
        "Nothing to do; to have it again, record a new one.",
    ),
    "LIFT_REASON": (
        "撤销人工认定必须写明原因，没有任何改动。",
        "请加上 --reason 原因。",
        "Lifting an override needs a reason. Nothing was written.",
        "Add `--reason WHY`.",
    ),
    "VILLAGE_UNKNOWN": (
        "没有名为“{village}”、有登记户的行政村，没有写出任何文件。",
        "请用其中之一（最相近的在前），或写村编码：{known}。",
        "No village {village!r} has registered households. No file was written.",
        "Use one of (the most alike first), or the village's code: {known}.",
    ),
    "VILLAGE_AMBIGUOUS": (
        "叫“{village}”的行政村不止一个：{known}。没有写出任何文件。",
        "请加 --town 乡镇名，或写村编码。",
        "More than one village is called {village!r}: {known}. No file was written.",
        "Add --town, or use the village's code.",
    ),
    "VILLAGE_ELSEWHERE": (
        "“{village}”不在{town}，在：{known}。没有写出任何文件。",
        "请改 --town，或不写。",
        "{village!r} is not in {town} but in: {known}. No file was written.",
        "Change --town, or leave it out.",
    ),
    "ROLE_UNKNOWN": (
        "没有“{role}”这种用途，没有写出任何文件。",
        "--role 请用其中之一：{known}。",
        "There is no role {role!r}. No file was written.",
        "Use one of these for --role: {names}.",
    ),
    "GUARANTEES_NOT_PUBLISHED": (
        "{as_of} 的数据是旧版本加工的，没有逐户逐项的保障明细，没有写出任何文件。",
        "请运行 sanbao load --as-of {as_of} 重新加工。",
        "The data of {as_of} was built by an older release, without each guarantee of each household."
        " No file was written.",
        "Build it again: `sanbao load --as-of {as_of}`.",
    ),
    "NOT_FOUND": (
        "没有找到“{what}”。",
        "请检查编号和日期（--as-of）。",
        "{what!r} was not found.",
        "Check the id and the date (--as-of).",
    ),
    "FILE_REFUSED": (
        "文件“{file}”不能收下：{detail}",
        "请按提示改正后重新报送。",
        "The file {file!r} cannot be taken: {detail}",
        "Correct it as told and send it again.",
    ),
    "FILE_MISSING": (
        "找不到文件“{file}”。",
        "请检查文件名和路径。",
        "There is no file {file!r}.",
        "Check the name and the path.",
    ),
    "FILE_IS_FOLDER": (
        "“{file}”是文件夹，不是文件。",
        "请写明其中要核对的一个文件。",
        "{file!r} is a folder, not a file.",
        "Name one file in it.",
    ),
    "DOCUMENT_UNREADABLE": (
        "“{file}”读不出文字（{detail}）。",
        "请用 Word 或 WPS 另存为 .docx，或存成 .txt。",
        "No text can be read from {file!r} ({detail}).",
        "Save it as .docx or .txt.",
    ),
    "DEPARTMENT_UNKNOWN": (
        "没有名为“{department}”的部门文件夹。",
        "请用其中之一：{known}。",
        "There is no department folder {department!r}.",
        "Use one of: {known}.",
    ),
    "STACK_FAILED": (
        "{what} 没有启动成功。",
        "请查看日志 {log}。",
        "{what} did not start.",
        "See the log {log}.",
    ),
    "NIGHT_INCOMPLETE": (
        "本夜有步骤没有成功：{detail}。其余部分已完成。",
        "请查看这些步骤的日志；排除故障后重跑，会从失败处继续。",
        "Some steps of the night failed: {detail}. The rest is done.",
        "Look at their logs, remove the cause and run again; it resumes where it failed.",
    ),
    "BUILD_UNFINISHED": (
        "{dates} 的数据只加工了一部分，没有发布。",
        "上一次发布的数据没有变化。请先对该日期运行 sanbao load --as-of。",
        "The data of {dates} is only partly built; nothing was published.",
        "The published data is unchanged. Run `sanbao load --as-of` for that date first.",
    ),
    "PUBLISH_REFUSED": (
        "数据没有发布：{detail}",
        "上一次发布的数据没有变化。请联系维护人员。",
        "The data was not published: {detail}",
        "The published data is unchanged. Call the maintainer.",
    ),
    "NO_OLDER_VERSION": (
        "没有更早的发布版本可以退回。",
        "现在发布的数据没有变化。保留几个旧版本由 SANBAO_KEEP 决定。",
        "There is no older version to go back to.",
        "The published data is unchanged. SANBAO_KEEP says how many versions are kept.",
    ),
    "VERSION_DAMAGED": (
        "上一次发布的文件 {file} 与当初写下的不同，没有退回。",
        "现在发布的数据没有变化。请用 sanbao verify 查看；要重新发布：sanbao publish --force。",
        "The version before, {file}, is not as it was written; nothing was changed.",
        "The published data is unchanged. See sanbao verify; to publish anew: sanbao publish --force.",
    ),
    "RUN_FAILED": (
        "Airflow 中的夜间任务没有成功（{detail}）。",
        "请打开 {url} 查看失败的步骤。",
        "The nightly run in Airflow did not succeed ({detail}).",
        "Open {url} and look at the failed step.",
    ),
    "PORT_TAKEN": (
        "端口 {port} 已被别的程序占用。",
        "请停止它，或在 .env 中设置 {name} 换一个端口。",
        "Port {port} is taken by another program.",
        "Stop it, or set {name} in .env to another port.",
    ),
    "SUPERSET_MISSING": (
        "Superset 尚未安装：缺少 {path}。",
        "请先运行 make install。",
        "Superset is not installed: there is no {path}.",
        "Run `make install` first.",
    ),
    "SFTP_MISSING": (
        "这里没有安装 SFTP 收件口。",
        "它在 Docker 镜像中：docker compose exec sftp sanbao sftp …",
        "The SFTP service is not installed here.",
        "It is in the Docker image: docker compose exec sftp sanbao sftp …",
    ),
    "SUPERSET_AWAY": (
        "等不到 Superset（{url}）。",
        "数据已经发布。请查看 Superset 是否在运行及其日志，然后重试这一步。",
        "Superset at {url} does not answer.",
        "The data is published. See whether Superset runs, and its log; then run this step again.",
    ),
    "PASSWORD_WEAK": (
        "{name} 中的密码太弱。",
        "请改用至少 {shortest} 个字符、含大写字母、小写字母、数字、符号中三种的密码；"
        "或至少 {long} 个字符、其中不同的不少于 8 个。",
        "The password in {name} is too weak.",
        "Use at least {shortest} characters of three kinds (capital, small, digit, sign), or at least {long}"
        " of which eight differ.",
    ),
    "FEEDS_WRONG": (
        "数据表约定有误：{detail}",
        "请改正该 YAML 文件。",
        "A feed contract is wrong: {detail}",
        "Correct that YAML file.",
    ),
    "GENERATED_STALE": (
        "由约定生成的文件不是最新：{detail}",
        "运行 python -m sanbao.codegen.dbt_files 和 python -m sanbao.codegen.problem_docs 重新生成并提交。",
        "Generated files are out of date: {detail}",
        "Run `python -m sanbao.codegen.dbt_files` and `python -m sanbao.codegen.problem_docs`"
        " and commit the result.",
    ),
    "FILE_NOT_RECEIVED": (
        "没有收到过“{what}”。",
        "请用收件回执上的文件名，或文件指纹（sha256）的前 6 位以上。",
        "No file {what!r} has been received.",
        "Give the file name as on the receipt slip, or at least 6 characters of its sha256.",
    ),
    "NOT_UNIQUE": (
        "有几个文件都符合“{what}”：{found}。",
        "请改用文件指纹（sha256）的前几位指明是哪一个。",
        "Several files fit {what!r}: {found}.",
        "Name one by the beginning of its sha256.",
    ),
    "NOT_REFUSED": (
        "文件“{file}”没有被退回，无需放行或重收。",
        "无需处理；用 sanbao status 查看它的收件状态。",
        "The file {file!r} was not refused.",
        "Nothing to do; see its state in `sanbao status`.",
    ),
    "NOT_WAIVABLE": (
        "文件“{file}”被退回不是因为超出限度，不能放行：{detail}",
        "请部门按提示改正后重新投递；约定改过之后，可用 sanbao retry 重收。",
        "The file {file!r} was not refused for a limit and cannot be let through: {detail}",
        "Have it corrected and sent again; after a change of the contract, use `sanbao retry`.",
    ),
    "NEWER_FILE": (
        "文件“{file}”之后已收下较新的“{newer}”，不能再放行旧的。",
        "旧文件才对的，请先用 sanbao withdraw 撤回较新的。",
        "A newer file {newer!r} was taken since; {file!r} cannot be let through.",
        "If the older one is right, withdraw the newer one first.",
    ),
    "ALREADY_WITHDRAWN": (
        "文件“{file}”已经撤回过了。",
        "无需处理；要恢复，请把原文件重新放进收件夹。",
        "The file {file!r} has been withdrawn before.",
        "Nothing to do; to bring it back, drop the file again.",
    ),
    "NOTHING_STANDS": (
        "文件“{file}”只是重复了别的文件，没有可撤回的内容。",
        "无需处理；用 sanbao status 查看收下了哪些文件。",
        "The file {file!r} only repeats another one; there is nothing to withdraw.",
        "Nothing to do; see `sanbao status` for what was taken.",
    ),
    "KEY_LOST": (
        "密钥 {key} 不见了，而本库已有数据。",
        "没有另造新的，数据没有变化。请从备份中取回原来的密钥（见 docs/backup.md）后重试。",
        "The key {key} is gone, although there are data made with it.",
        "None was made in its place; nothing changed. Restore the key from a backup (docs/backup.md).",
    ),
    "KEY_MISMATCH": (
        "密钥 {key} 不是本库数据所用的那一把。",
        "数据没有变化。请从备份中取回原来的密钥（见 docs/backup.md）后重试。",
        "The key {key} is not the one the data were made with.",
        "Nothing changed. Restore the right key from a backup (docs/backup.md).",
    ),
    "DISK_FULL": (
        "磁盘空间不足（{where}）：剩余 {free} MB，一个夜晚约需 {needed} MB。",
        "已收下的文件和已发布的数据都没有丢失。请腾出空间后重新运行，会从中断处继续。",
        "The disk is full ({where}): {free} MB free, a night takes about {needed} MB.",
        "Nothing that was received or published is lost. Make room and run again; it goes on where it was.",
    ),
    "HOME_READ_ONLY": (
        "数据文件夹所在的磁盘是只读的（{where}），不能写入。",
        "没有任何改动。磁盘出错时系统会转为只读：请检查磁盘和挂载方式，恢复可写后重新运行。",
        "The disk of the data folder is read-only ({where}).",
        "Nothing was changed. A failing disk is made read-only: check disk and mount, then run again.",
    ),
    "HOME_NOT_ALLOWED": (
        "运行账号无权写入或读取 {where}。",
        "请用平时运行的账号运行；属主不对时，请按 docs/accounts.md 改回，再运行 sanbao accounts。",
        "This account may not write or read {where}.",
        "Run it under its usual account; correct a wrong owner (docs/accounts.md), then `sanbao accounts`.",
    ),
    "NOTHING_TO_BACK_UP": (
        "{home} 中还没有收到过文件，没有可备份的内容。",
        "请检查 SANBAO_HOME 是否指向了正确的文件夹。",
        "Nothing has been received in {home}; there is nothing to back up.",
        "Check whether SANBAO_HOME names the right folder.",
    ),
    "BACKUP_DAMAGED": (
        "备份 {file} 已损坏（{entry}），没有恢复任何内容。",
        "请改用另一份备份。",
        "The backup {file} is damaged ({entry}); nothing was restored.",
        "Use another backup.",
    ),
    "BACKUP_OTHER_FORMAT": (
        "备份 {file} 是另一版本（格式 {format}）做的，本版本读不了。",
        "请用做备份时的版本恢复，再升级。",
        "The backup {file} has format {format}, which this version cannot read.",
        "Restore with the version that made it, then upgrade.",
    ),
    "RESTORE_NOT_EMPTY": (
        "{home} 中已有数据（{found}），没有恢复。",
        "只能恢复到空的文件夹：请把 SANBAO_HOME 指向新的位置，或先移走原有内容。",
        "There are data in {home} already ({found}); nothing was restored.",
        "A backup is restored into an empty folder only: set SANBAO_HOME to another one, or move this away.",
    ),
    "RESTORE_UNLIKE": (
        "{home} 里没有做完的恢复与备份 {file} 不符（{detail}），没有继续。",
        "请用开始时的那一份备份再运行；没有的，把 {home} 里的内容全部移走，再重新恢复。",
        "The unfinished restore in {home} is not one of {file} ({detail}); nothing was done.",
        "Use the backup that it was begun with; without that, move {home} away and restore anew.",
    ),
    "RESTORE_UNFINISHED": (
        "{home} 的恢复还没有完成。",
        "请再运行一次同样的 sanbao restore，它会接着做完。",
        "The restore of {home} has not come to its end.",
        "Run the same `sanbao restore` again; it goes on where it was.",
    ),
    "CLOCK_JUMPED": (
        "系统时间是 {now}，而上一次收件时是 {last}，相差太多，没有收件。",
        "请先校准系统时间再收件；时间没有错的（如停机了很久），请运行 sanbao receive --clock-is-right 确认。",
        "The clock says {now}, the last run was at {last}: too far apart, so nothing was received.",
        "Set the clock and run again; if it is right (after a long pause), confirm it with"
        " `sanbao receive --clock-is-right`.",
    ),
    "SPARK_NOT_INSTALLED": (
        "没有安装 Spark（缺少 {package}），没有加工。",
        "请先运行 make spark；不用 Spark 的，去掉 --target spark。",
        "Spark is not installed ({package} is missing); nothing was built.",
        "Run `make spark` first, or leave out `--target spark`.",
    ),
    "JAVA_MISSING": (
        "Spark 需要 Java 17 或更高，找到的是：{found}。没有加工。",
        "请安装 openjdk-17-jre-headless，或用 JAVA_HOME 指定。",
        "Spark needs Java 17 or newer; found: {found}. Nothing was built.",
        "Install openjdk-17-jre-headless, or set JAVA_HOME.",
    ),
    "SPARK_AWAY": (
        "连不上 Spark（{where}）：{detail}。没有加工，上一次发布的数据没有变化。",
        "请检查 SANBAO_SPARK_HOST、SANBAO_SPARK_PORT 和 Thrift 服务；也可用 --target duckdb 加工。",
        "Spark ({where}) cannot be reached: {detail}. Nothing was built; the published data is unchanged.",
        "Check SANBAO_SPARK_HOST, SANBAO_SPARK_PORT and the Thrift server, or build with `--target duckdb`.",
    ),
    "SPARK_OTHER_VERSION": (
        "Spark 的版本是 {found}，需要 {needed} 或更高。没有加工。",
        "请升级 Thrift 服务所用的 Spark。",
        "Spark is {found}; {needed} or newer is needed. Nothing was built.",
        "Upgrade the Spark of the Thrift server.",
    ),
    "SPARK_OTHER_SETTING": (
        "Spark 的 {name} 是 {found}，需要 {needed}。没有加工。",
        "请在 Thrift 服务启动时设好它（--conf {name}={needed}）；时区不同，日期就不同。",
        "Spark's {name} is {found}; {needed} is needed. Nothing was built.",
        "Start the Thrift server with `--conf {name}={needed}`: with another zone days are other days.",
    ),
    "SPARK_NOT_BROUGHT_BACK": (
        "Spark 加工完了，结果却取不回来：{detail}。",
        "仓库和上一次发布的数据没有变化。Spark 的表和本机要在同一个文件系统里，本账户要能读。",
        "Spark has built, but its tables could not be brought back: {detail}.",
        "Warehouse and published data are unchanged. Spark's tables must lie on a file system in common with"
        " this machine, and be readable by this account.",
    ),
    "DRILL_NO_BACKUP": (
        "没有可以演练的备份：没有记录，或备份不在原来的地方。",
        "请先运行 sanbao backup --to 文件夹，或写明备份文件：sanbao drill 文件。",
        "There is no backup to prove: none is recorded, or it is no longer where it was.",
        "Run `sanbao backup --to FOLDER` first, or name the file: `sanbao drill FILE`.",
    ),
    "DRILL_FAILED": (
        "备份 {file} 恢复出来的与现在的数据不符：{detail}",
        "请另做一份备份（sanbao backup --to 文件夹）再演练；仍不符的，运行 sanbao verify。",
        "What the backup {file} gave back is not what is here: {detail}",
        "Write another backup today and drill again; if it is still so, run `sanbao verify`.",
    ),
    "UNEXPECTED": (
        "程序遇到没有预料到的错误（{detail}）。",
        "详细记录已写入 {log}，请联系维护人员。",
        "The program met an unexpected error ({detail}).",
        "Details are in {log}; call the maintainer.",
    ),
}

_FEWEST_DIGITS = 14  # of an ID number of the old kind, whose last place may be read as X


def mask(text: str) -> str:
    """The text with every ID number masked: nothing we print may carry one."""
    if sum(map(str.isdigit, text)) < _FEWEST_DIGITS:
        return text
    # Imported here: `ingestion` takes a second, which most commands do not have.
    from ingestion.text.masking import mask_ids

    return mask_ids(text)


class SanbaoError(Exception):
    """`code` is stable English; `sentence` and `remedy` are in the reader's language."""

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.values = {k: mask(v) if isinstance(v, str) else v for k, v in values.items()}
        super().__init__(f"{code}: {self.sentence('zh')}")

    def __reduce__(self) -> tuple[object, ...]:
        # Raised in worker processes, so it has to survive pickling with its values.
        return (_rebuild, (self.code, self.values))

    def sentence(self, lang: str) -> str:
        return TEXTS[self.code][0 if lang == "zh" else 2].format(**self.values)

    def remedy(self, lang: str) -> str:
        return TEXTS[self.code][1 if lang == "zh" else 3].format(**self.values)


def _rebuild(code: str, values: dict[str, object]) -> SanbaoError:
    return SanbaoError(code, **values)
