"""Which files the departments deliver: name, format, titles and habits of each. Data, no code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from pydantic import ConfigDict

from sample_county.files.hand import Hand
from sample_county.world.history import days

# Column → value that a row must have to belong into the file.
Only = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FilePlan:
    """One file of one feed. The date it speaks for is `cut_off` in a title row, else in the name."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # a description that misspells a field is refused

    feed: str
    label: str  # delivery label of the world's tables
    name: str
    title: str = ""  # '' : no title rows at all, the header is the first row
    cut_off: date | None = None
    encoding: str = "gb18030"
    variant: int = 0  # rotates header aliases, date forms, yes/no words, column order
    only: Only = ()
    between: tuple[str, date | None, date | None] | None = None  # column, from (exclusive), to (inclusive)
    known_until: date | None = None  # dates after this are not known yet: blank
    blank_with: tuple[tuple[str, str], ...] = ()  # column that is blank where the other is
    sheet: str = ""  # plans of one name are the sheets of one workbook, each under a name of its own
    cover: tuple[str, ...] = ()  # lines of a first sheet that is no table (填报说明)
    sheet_by: str = ""
    has_serial: bool = False
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()  # merged upper header → its columns
    totals: tuple[str, ...] = ()
    subtotal_by: str = ""
    merge_by: str = ""  # rows of one value stand together, and
    merged: tuple[str, ...] = ()  # these columns are one merged cell for them
    hidden: tuple[str, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()  # unknown column: header, what its cells hold
    in_wan: tuple[str, ...] = ()
    wan_above: bool = False  # 万元 stands in a title row or group header alone
    in_micro: tuple[str, ...] = ()  # columns in μg/L
    ticks: tuple[str, ...] = ()  # yes is √, no is a blank cell
    native_dates: bool = False
    commas: bool = False
    vary_villages: bool = False
    duplicates: float = 0.0  # share of rows that stand in the file twice
    unusable_ids: float = 0.0  # share of rows with an ID nobody can repair
    note: str = ""
    container: str = ""  # the zip file it travels in
    hand: Hand | None = None  # how its columns are written; without one `variant` rotates
    written_as: str = ""  # the format, where the suffix does not tell it
    file_by: str = ""  # a file for each value of this column, which '{part}' in name and titles stands for
    lines: tuple[str, ...] = ()  # what stands between title and header, by hand
    closing: tuple[str, ...] = ()  # what stands below the rows, by hand
    last: tuple[str, int] | None = None  # only so many rows at the end of each group: a supplement
    but_last: tuple[str, int] | None = None  # the others
    unsigned: tuple[str, ...] = ()  # columns of amounts whose sign is left to a status column

    @property
    def suffix(self) -> str:
        return self.name.rsplit(".", 1)[-1]

    @property
    def format(self) -> str:
        return self.written_as or self.suffix

    def part(self, value: str) -> FilePlan:
        """The plan of one file of several (`file_by`)."""
        told = {name: getattr(self, name).replace("{part}", value) for name in ("name", "title")}
        return replace(self, **told, lines=tuple(line.replace("{part}", value) for line in self.lines))

    @property
    def is_workbook(self) -> bool:
        """Whether cells have types; in a text or a web page all is text."""
        return self.format in ("xls", "xlsx", "xlsb", "ods", "xml")


D = date
HELPERS = (("帮扶责任人", "person"), ("帮扶单位", "office"))
STAGES = ("学前", "小学", "初中", "普高", "中职")
DEATH_MONTHS = ((None, D(2019, 10, 31)), (D(2019, 10, 31), D(2019, 11, 30)), (D(2019, 11, 30), None))
PUPIL = ("school_name", "person_name", "id_number", "head_name")
PAYMENT = ("subsidy_kind", "standard_yuan", "amount_yuan", "paid_on")
ISSUE = ("issue_no", "issue_source", "document_no", "reported_on", "issue_category", "issue_text",
         "issue_count", "household_count", "amount_yuan")  # fmt: skip
INCOME = ("wage_income_yuan", "business_income_yuan", "property_income_yuan", "transfer_income_yuan",
          "total_income_yuan", "income_per_head_yuan")  # fmt: skip
ACCOUNT = ("bank_name", "bank_account", "payee_name", "payee_relation")


def earlier_registers(years: int) -> list[FilePlan]:
    """The register of each date before those of `register_files`."""
    return [
        FilePlan(feed, f"{day}", f"{day.year}年{day.month}月{title}.xlsx",
                 f"徐闻县{day.year}年{day.month}月{title}", variant=number % 3, has_serial=number % 2 == 0)
        for number, day in enumerate(days(years))
        for feed, title in (("register_household", "建档立卡贫困户信息表"),
                            ("register_person", "建档立卡贫困人口信息表"))
    ]  # fmt: skip


def register_files() -> list[FilePlan]:
    household, person = "register_household", "register_person"
    together = "徐闻县2019年6月建档立卡信息.zip"
    return [
        FilePlan(household, "2019-06-30", "2019年6月建档立卡贫困户信息表.xls",
                 "徐闻县2019年6月建档立卡贫困户信息表",
                 variant=1, has_serial=True, totals=("member_count",), container=together),
        FilePlan(person, "2019-06-30", "2019年6月建档立卡贫困人口信息表.xls",
                 "徐闻县2019年6月建档立卡贫困人口信息表",
                 variant=1, container=together, native_dates=True),
        FilePlan(household, "2019-11-30", "建档立卡贫困户信息表2019年11月.xlsx", variant=2,
                 hidden=("bank_name", "bank_account"), extra=HELPERS),
        FilePlan(person, "2019-11-30", "建档立卡贫困人口信息表2019年11月.xlsx", "建档立卡贫困人口信息表",
                 variant=2, merge_by="register_household_no", merged=("register_household_no", "head_name")),
        FilePlan(household, "2019-12-31", "2019年12月建档立卡贫困户信息表.xlsx",
                 "徐闻县2019年12月建档立卡贫困户信息表",
                 variant=0, has_serial=True, totals=("member_count",), native_dates=True,
                 extra=(("帮扶责任人", "person"),),
                 note="注：本表数据由全国扶贫开发信息系统导出，退出时间以公告日期为准。"),
        FilePlan(person, "2019-12-31", "2019年12月建档立卡贫困人口信息表.xlsx",
                 "徐闻县2019年12月建档立卡贫困人口信息表",
                 variant=0, hidden=("political_status",), extra=HELPERS[1:]),
        FilePlan("village", "2019", "徐闻县行政村基本情况表（2019年）.xlsx", "徐闻县行政村（居）基本情况表",
                 cut_off=D(2019, 6, 30), has_serial=True,
                 totals=("natural_village_count", "household_count", "agricultural_population")),
        FilePlan("household_income_survey", "2019", "2019年11月建档立卡贫困户入户调查表.xlsx",
                 "徐闻县2019年建档立卡贫困户入户调查表", cut_off=D(2019, 11, 30), variant=0,
                 sheet_by="town_name", has_serial=True, native_dates=True, vary_villages=True,
                 groups=(("家庭收入（元）", INCOME),)),
        FilePlan("household_income_survey", "2019-12", "2019年12月建档立卡贫困户入户调查表（抽查）.xls",
                 "徐闻县建档立卡贫困户入户调查表（抽查）", cut_off=D(2019, 12, 31), variant=4,
                 has_serial=True),
        FilePlan("household_visit", "2019", "2019年12月三级书记遍访贫困户台账.xlsx",
                 "徐闻县三级书记遍访贫困户台账", cut_off=D(2019, 12, 31), variant=0, sheet_by="town_name",
                 has_serial=True, native_dates=True, vary_villages=True),
        FilePlan("monitoring_household", "2019", "2019年12月防返贫监测对象台账.xls",
                 "徐闻县防返贫监测对象台账",
                 cut_off=D(2019, 12, 31), variant=1, has_serial=True, totals=("member_count",)),
        FilePlan("policy_document", "2019", "扶贫政策文件目录（2019年12月）.xlsx", "徐闻县扶贫政策文件目录",
                 cut_off=D(2019, 12, 31), variant=2, has_serial=True, native_dates=True),
        FilePlan("audit_report", "2019", "2019年12月接受巡察审计情况台账.xlsx", "徐闻县接受巡察审计情况台账",
                 cut_off=D(2019, 12, 31), variant=0, has_serial=True, totals=("issue_count",),
                 native_dates=True),
        FilePlan("audit_issue", "2019", "2019年12月巡察审计反馈问题整改台账.xlsx",
                 "徐闻县巡察审计反馈问题整改台账", cut_off=D(2019, 12, 31), variant=0, has_serial=True,
                 totals=("household_count", "amount_yuan"), merge_by="issue_no",
                 merged=ISSUE),
        FilePlan("attested_statement", "2019", "徐闻县无名册数据出具说明台账（2019年10月）.xlsx",
                 "徐闻县无名册数据出具说明台账", cut_off=D(2019, 10, 15)),
    ]  # fmt: skip


def county_office_files() -> list[FilePlan]:
    of_meeting = ("meeting_kind", "meeting_name", "held_on", "venue", "chaired_by", "attended_by",
                  "meeting_status", "minutes_no")  # fmt: skip
    return [
        FilePlan("meeting", "2019", "2019年12月脱贫攻坚会议台账.xlsx", "徐闻县2019年脱贫攻坚会议台账",
                 cut_off=D(2019, 12, 31), variant=0, merge_by="meeting_name", merged=of_meeting,
                 native_dates=True),
        FilePlan("research_visit", "2019", "2019年12月县领导脱贫攻坚专题调研台账.xls",
                 "徐闻县县领导脱贫攻坚专题调研台账", cut_off=D(2019, 12, 31), variant=1, has_serial=True,
                 totals=("household_count",), vary_villages=True),
    ]  # fmt: skip


def finance_files() -> list[FilePlan]:
    received, spent = ("amount_yuan", "allotted_yuan"), ("amount_yuan", "balance_yuan")
    return [
        FilePlan("fund_received", "2019", "2019年12月扶贫资金到位台账.xlsx", "徐闻县扶贫资金到位台账",
                 cut_off=D(2019, 12, 31), sheet_by="fund_year", has_serial=True, in_wan=received,
                 groups=(("资金到位", ("received_on", *received)), ("凭证", ("receipt_no", "line_no"))),
                 totals=received, native_dates=True),
        FilePlan("fund_spent", "2019", "2019年11月扶贫资金支出明细台账（2016年至2019年11月）.xlsx",
                 "徐闻县扶贫资金支出明细台账", cut_off=D(2019, 11, 30),
                 between=("paid_on", None, D(2019, 11, 30)), variant=1, has_serial=True,
                 totals=("amount_yuan",), subtotal_by="fund_year"),
        FilePlan("fund_spent", "2019", "2019年12月扶贫资金支出明细台账.xls", "徐闻县扶贫资金支出明细台账",
                 cut_off=D(2019, 12, 31), between=("paid_on", D(2019, 11, 30), None), in_wan=spent,
                 totals=("amount_yuan",)),
        FilePlan("fund_inspection", "2019", "2019年12月扶贫资金专项检查台账.xlsx",
                 "徐闻县扶贫资金专项检查台账", cut_off=D(2019, 12, 31), has_serial=True,
                 in_wan=("amount_yuan",), totals=("amount_yuan", "issue_count"), merge_by="inspection_name",
                 merged=("inspection_name", "inspection_kind", "led_by", "joined_by", "started_on",
                         "ended_on", "report_no"),
                 native_dates=True),
    ]  # fmt: skip


def party_organization_files() -> list[FilePlan]:
    return [
        FilePlan("village_secretary", "2019", "2019年12月村（社区）党组织书记任职台账.xlsx",
                 "徐闻县村（社区）党组织书记任职台账", cut_off=D(2019, 12, 31), variant=0, has_serial=True,
                 vary_villages=True),
        FilePlan("party_village", "2019", "2019年12月党建示范村台账.xls", "徐闻县党建示范村台账",
                 cut_off=D(2019, 12, 31), variant=1, merge_by="village_name",
                 merged=("town_name", "village_name")),
    ]  # fmt: skip


def agriculture_files() -> list[FilePlan]:
    money = ("total_yuan", "fiscal_yuan", "own_yuan")
    of_project = ("project_no", "project_level", "town_name", "project_name", "product_kind", "operated_by",
                  "initiated_on", *money, "fund_document_no", "household_count", "person_count",
                  "dividend_yuan", "accepted_on", "project_status")  # fmt: skip
    return [
        FilePlan("industry_project", "2019", "2019年12月产业扶贫项目台账.xlsx", "徐闻县产业扶贫项目台账",
                 cut_off=D(2019, 12, 31), variant=0, has_serial=True, in_wan=money, wan_above=True,
                 groups=(("投入资金(万元)", money),), merge_by="project_name", merged=of_project,
                 native_dates=True),
    ]  # fmt: skip


def human_resources_files() -> list[FilePlan]:
    posts = [
        FilePlan("public_post", month, f"2019年{month[-2:]}月公益性岗位补贴发放表.xls",
                 f"徐闻县2019年{month[-2:]}月公益性岗位补贴发放表", variant=number, has_serial=True,
                 totals=("amount_yuan",), unusable_ids=0.002, subtotal_by="town_name" if number == 1 else "")
        for number, month in enumerate(("2019-10", "2019-11", "2019-12"))
    ]  # fmt: skip
    of_class = ("class_name", "trade", "trained_by", "started_on", "finished_on")
    return [
        FilePlan("employment", "2019", "2019年12月建档立卡贫困劳动力就业台账.xlsx",
                 "徐闻县建档立卡贫困劳动力就业台账", cut_off=D(2019, 12, 31), variant=0, has_serial=True,
                 hidden=("phone",), vary_villages=True, duplicates=0.002, unusable_ids=0.01),
        *posts,
        FilePlan("training", "2019", "2019年上半年贫困劳动力技能培训补贴台账.xlsx",
                 "徐闻县贫困劳动力技能培训补贴台账", cut_off=D(2019, 6, 30),
                 between=("finished_on", None, D(2019, 6, 30)), has_serial=True,
                 totals=("subsidy_yuan",), merge_by="class_name", merged=of_class, native_dates=True),
        FilePlan("training", "2019", "2019年12月贫困劳动力技能培训补贴台账（下半年）.xlsx",
                 "徐闻县贫困劳动力技能培训补贴台账", cut_off=D(2019, 12, 31),
                 between=("finished_on", D(2019, 6, 30), None), variant=1,
                 subtotal_by="class_name", totals=("subsidy_yuan",)),
        FilePlan("workshop", "2019", "2019年12月扶贫车间台账.xlsx", "徐闻县扶贫车间台账",
                 cut_off=D(2019, 12, 31), variant=2, has_serial=True, totals=("worker_count",)),
    ]  # fmt: skip


def supply_cooperative_files() -> list[FilePlan]:
    book = "2019年12月消费扶贫工作台账.xlsx"
    return [
        FilePlan("consumption_point", "2019", book, "徐闻县消费扶贫消费点台账", sheet="消费点",
                 cut_off=D(2019, 12, 31), variant=0, has_serial=True,
                 cover=("填报说明", "消费点、销售台账、销售平台各填一页。")),
        FilePlan("consumption_sale", "2019", book, "徐闻县消费扶贫农产品销售台账", sheet="销售台账",
                 variant=2, has_serial=True, totals=("amount_yuan",), native_dates=True),
        FilePlan("sales_platform", "2019", book, "徐闻县扶贫产品销售平台台账", sheet="销售平台",
                 variant=1),
    ]  # fmt: skip


def education_files() -> list[FilePlan]:
    roll = [
        FilePlan("school_enrolment", "2019", f"2019年秋季学期{stage}学生学籍信息表.csv",
                 f"徐闻县2019年秋季学期{stage}学籍信息表", cut_off=D(2019, 10, 15), variant=number,
                 only=(("stage", stage),), ticks=("is_left_behind",) if stage == "小学" else (),
                 duplicates=0.0005, unusable_ids=0.001)
        for number, stage in enumerate(STAGES)
    ]  # fmt: skip
    paid = []
    for year, term, month, variant in (("2018-2019", "二", 7, 1), ("2019-2020", "一", 12, 0)):
        label = f"{year}-{'12'['一二'.index(term)]}"
        title = f"{year}学年第{term}学期建档立卡学生生活费补助发放表"
        paid.append(
            FilePlan(
                "education_subsidy",
                label,
                f"2019年{month}月发放{title}.xlsx",
                f"徐闻县{title}（2019年{month}月发放）",
                variant=variant,
                has_serial=True,
                groups=(("学生信息", PUPIL), ("补助发放", PAYMENT), ("收款账户", ACCOUNT)),
                totals=("amount_yuan",),
                merge_by="head_name",
                merged=("head_name",),
                native_dates=variant == 0,
            )
        )
        paid.append(FilePlan(
            "education_subsidy", f"{label}-技工", f"2019年{month}月发放{title}（技工学校）.xls",
            f"徐闻县{title}（技工学校，2019年{month}月发放）", variant=variant + 2, has_serial=True,
            totals=("amount_yuan",), subtotal_by="school_name"))  # fmt: skip
    exemption = FilePlan(
        "schooling_exemption", "2019", "适龄儿童少年免学缓学审批台账（2019年）.xlsx",
        "徐闻县适龄儿童少年免学缓学审批台账",
        cut_off=D(2019, 10, 15), variant=1, has_serial=True, vary_villages=True)  # fmt: skip
    return [*roll, *paid, exemption]


def civil_affairs_files() -> list[FilePlan]:
    plans = []
    for number, month in enumerate(("2019-10", "2019-11", "2019-12")):
        spoken = f"2019年{month[-2:]}月"
        plans.append(
            FilePlan(
                "subsistence_allowance",
                month,
                f"{spoken}农村居民最低生活保障金发放花名册.xls",
                f"徐闻县{spoken}农村居民最低生活保障金发放花名册",
                variant=number,
                sheet_by="town_name",
                has_serial=True,
                totals=("amount_yuan",),
                vary_villages=True,
                unusable_ids=0.001,
                note="备注：本表一式三份，由乡镇、县民政局、财政局各存一份。",
            )
        )
        plans.append(FilePlan(
            "destitute_support", month, f"{spoken}特困人员救助供养金发放表.xlsx",
            f"徐闻县{spoken}特困人员救助供养金发放表", variant=number, sheet_by="town_name",
            has_serial=number > 0,
            totals=("monthly_yuan", "amount_yuan"),
            subtotal_by="village_name" if number == 1 else ""))  # fmt: skip
    for number, (after, until) in enumerate(DEATH_MONTHS):
        name = (
            "2019年1-10月死亡人员信息登记表",
            "2019年11月死亡人员信息登记表",
            "死亡人员信息登记表2019年12月",
        )[number]
        plans.append(FilePlan(
            "death_notice", "2019", f"{name}.xlsx", "徐闻县死亡人员信息登记表", variant=number,
            cut_off=(D(2019, 10, 31), None, D(2019, 12, 31))[number], between=("registered_on", after, until),
            duplicates=0.002 if number == 0 else 0.0, unusable_ids=0.001, vary_villages=True))  # fmt: skip
    plans.append(FilePlan(
        "disability_card", "2019", "持证残疾人名册（2019年三季度）.xlsx", "徐闻县持证残疾人名册",
        cut_off=D(2019, 9, 30), variant=3, unusable_ids=0.002, vary_villages=True,
        native_dates=True))  # fmt: skip
    return plans


def health_insurance_files() -> list[FilePlan]:
    return [
        FilePlan("insurance_enrolment", "居民", "徐闻县2019年度城乡居民基本医疗保险参保名册.csv",
                 "徐闻县2019年度城乡居民基本医疗保险参保名册", cut_off=D(2019, 6, 30), variant=0,
                 duplicates=0.0002, unusable_ids=0.001),
        FilePlan("insurance_enrolment", "职工", "徐闻县2019年度城镇职工基本医疗保险参保名册.xlsx",
                 "徐闻县2019年度城镇职工基本医疗保险参保名册", cut_off=D(2019, 6, 30), variant=1,
                 unusable_ids=0.001),
        FilePlan("inpatient_settlement", "联网结算", "2019年度住院医疗费用结算明细表（联网结算）.csv",
                 cut_off=None, encoding="utf-8-sig", variant=0, commas=True, duplicates=0.0005,
                 unusable_ids=0.001),
        FilePlan("inpatient_settlement", "手工报销", "2019年度住院医疗费用结算明细表（手工报销）.xlsx",
                 "徐闻县2019年度住院医疗费用结算明细表（手工（零星）报销）", cut_off=D(2019, 12, 31),
                 variant=1,
                 has_serial=True, totals=("total_yuan", "fund_paid_yuan", "relief_paid_yuan"),
                 native_dates=True),
    ]  # fmt: skip


def housing_files() -> list[FilePlan]:
    tasks = [
        FilePlan("renovation_task", "2019", f"2019年{month}月农村危房改造任务台账.xlsx",
                 "徐闻县农村危房改造任务台账",
                 variant=number, known_until=until, has_serial=True, vary_villages=True,
                 blank_with=(("acceptance_result", "accepted_on"),) if until else (),
                 in_wan=("amount_yuan",) if number else (), native_dates=bool(number))
        for number, (month, until) in enumerate(((10, D(2019, 10, 31)), (12, None)))
    ]  # fmt: skip
    return [
        FilePlan("housing_appraisal", "2019", "农村房屋安全鉴定汇总表（2019年9月）.xls",
                 "徐闻县农村房屋安全鉴定汇总表",
                 variant=1, vary_villages=True),
        *tasks,
        FilePlan("property_contract", "2019", "2019年度商品房网签及不动产登记信息表.xlsx",
                 "商品房网签及不动产登记信息表", cut_off=D(2019, 12, 31), variant=0, duplicates=0.001,
                 unusable_ids=0.001),
    ]  # fmt: skip


def water_files() -> list[FilePlan]:
    supply = [
        FilePlan("village_water_supply", month, f"2019年{month[-2:]}月自然村供水情况台账.xlsx",
                 f"徐闻县2019年{month[-2:]}月自然村供水情况台账", variant=number, has_serial=True,
                 groups=(("基本情况", ("household_count", "agricultural_population")),
                         ("通水情况", ("is_piped", "served_household_count", "served_population")),
                         ("供水工程", ("works_name", "works_kind", "water_source"))),
                 totals=("agricultural_population", "served_population"))
        for number, month in enumerate(("2019-10", "2019-12"))
    ]  # fmt: skip
    items = ("arsenic_mg_l", "fluoride_mg_l", "colony_count", "coliform", "turbidity_ntu", "ph")
    return [
        *supply,
        FilePlan("water_quality_test", "枯水期", "2019年枯水期农村饮水水质检测结果表.xlsx",
                 "2019年枯水期农村饮水水质检测结果表",
                 cut_off=D(2019, 4, 30), variant=0, native_dates=True, note="注：“<”表示低于方法检出限。"),
        FilePlan("water_quality_test", "丰水期", "2019年9月农村饮水水质检测结果表（丰水期）.xls",
                 "2019年丰水期农村饮水水质检测结果表", cut_off=D(2019, 9, 30), variant=1, has_serial=True,
                 groups=(("检测项目", items),), in_micro=("arsenic_mg_l",)),
    ]  # fmt: skip


def all_files() -> list[FilePlan]:
    """Every file of a county's autumn, by department."""
    return [
        *register_files(),
        *county_office_files(),
        *finance_files(),
        *human_resources_files(),
        *party_organization_files(),
        *agriculture_files(),
        *supply_cooperative_files(),
        *education_files(),
        *civil_affairs_files(),
        *health_insurance_files(),
        *housing_files(),
        *water_files(),
    ]
