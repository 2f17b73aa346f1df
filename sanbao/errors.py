"""Errors that reach a person: a stable code, a sentence and a remedy, in Chinese or English."""

from __future__ import annotations

import re

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
    "FIGURE_UNKNOWN": (
        "没有名为“{figure}”的指标。",
        "运行 sanbao figures 查看全部指标编号。",
        "There is no figure called {figure!r}.",
        "Run `sanbao figures` for all figure ids.",
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
    "FEEDS_WRONG": (
        "数据表约定有误：{detail}",
        "请改正该 YAML 文件。",
        "A feed contract is wrong: {detail}",
        "Correct that YAML file.",
    ),
    "GENERATED_STALE": (
        "由约定生成的文件不是最新：{detail}",
        "运行 python -m sanbao.dbt_files 和 python -m sanbao.problem_docs 重新生成并提交。",
        "Generated files are out of date: {detail}",
        "Run `python -m sanbao.dbt_files` and `python -m sanbao.problem_docs` and commit the result.",
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
        "文件“{file}”没有收下任何内容，无需撤回。",
        "无需处理；用 sanbao status 查看收下了哪些文件。",
        "Nothing of the file {file!r} was taken; there is nothing to withdraw.",
        "Nothing to do; see `sanbao status` for what was taken.",
    ),
    "CLOCK_JUMPED": (
        "系统时间是 {now}，而上一次收件时是 {last}，相差太多，没有收件。",
        "请先校准系统时间再收件；时间没有错的（如停机了很久），请运行 sanbao receive --clock-is-right 确认。",
        "The clock says {now}, the last run was at {last}: too far apart, so nothing was received.",
        "Set the clock and run again; if it is right (after a long pause), confirm it with"
        " `sanbao receive --clock-is-right`.",
    ),
    "UNEXPECTED": (
        "程序遇到没有预料到的错误（{detail}）。",
        "详细记录已写入 {log}，请联系维护人员。",
        "The program met an unexpected error ({detail}).",
        "Details are in {log}; call the maintainer.",
    ),
}

_ID_NUMBER = re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx]|\d)(?!\d)")


def mask(text: str) -> str:
    """The text with every 15- or 18-digit ID number masked: nothing we print may carry one."""
    return _ID_NUMBER.sub(lambda m: m.group(1) + "********" + "*" * len(m.group(2)), text)


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
