"""The figures of the county's 2019 report that the synthetic county is built to have."""

from __future__ import annotations

from dataclasses import dataclass

# Figures as the report prints them, or as their definition makes them from what it prints.
REPORT_FIGURES: dict[str, float] = {
    "vlg_with_poor": 180,
    "vlg_relative_poor": 25,
    "vlg_dispersed": 155,
    "reg_hh": 9576,
    "reg_pp": 30811,
    "lifted_hh": 9496,
    "lifted_pp": 30539,
    "exited_hh": 9484,
    "exited_pp": 30482,
    "not_lifted_hh": 80,
    "not_lifted_pp": 272,
    "lifted_not_exited_hh": 12,
    "lifted_not_exited_pp": 57,
    "edu_compulsory_pp": 4518,
    "edu_in_school_pp": 4492,
    "edu_subsidy_pp": 6351,
    "edu_sub_compulsory": 4884,
    "edu_sub_high": 529,
    "edu_sub_voc": 365,
    "edu_sub_college": 304,
    "edu_sub_tech": 269,
    "edu_sub_rate": 100,
    "dib_all_hh": 3492,
    "dib_all_pp": 5015,
    "dib_dibao_hh": 979,
    "dib_dibao_pp": 2200,
    "dib_wubao_hh": 2513,
    "dib_wubao_pp": 2815,
    "dib_rate": 100,
    "ins_resident_pp": 30595,
    "ins_employee_pp": 216,
    "ins_rate": 100,
    "inpatient_times": 7172,
    "hous_2018_task": 615,
    "hous_2018_done": 615,
    "hous_2018_rate": 100,
    "hous_2019_task": 156,
    "hous_2019_done": 156,
    "hous_2019_rate": 100,
    "wat_vlg": 1322,
    "wat_agri_pop": 62.03,
    "wat_vlg_on": 1154,
    "wat_pop_on": 57.17,
    "wat_quality_lifted": 100,
    "wat_arsenic_towns": 5,
    "mtg_secretary_special": 2,
    "mtg_standing_cttee": 10,
    "mtg_gov_exec": 9,
    "mtg_joint_dept": 5,
    "mtg_leading_group": 8,
    "research_times": 38,
    "research_days": 38,
    "research_months": 12,
    "research_towns": 15,
    "research_vlg_poor": 25,
    "research_report_201909": 1,
    "fund_in": 44891,
    "fund_used": 43943.7,
    "fund_use_rate": 97.89,
    "fund_check_201908": 1,
    "fund_check_201910": 1,
    "emp_total": 6094,
    "emp_near": 3578,
    "emp_out": 2429,
    "emp_shunde": 87,
    "emp_public_post": 935,
    "emp_train_pp": 718,
    "emp_train_amt": 99.525,
    "emp_workshops": 7,
    "emp_workshop_pp": 106,
    "rect_insp_n": 1,
    "rect_audit_n": 2,
    "rect_issues": 71,
    "rect_issues_insp": 25,
    "rect_issues_audit": 46,
    "rect_closed": 31,
    "rect_closed_insp": 21,
    "rect_closed_audit": 10,
    "rect_ongoing": 40,
    "rect_ongoing_insp": 4,
    "rect_ongoing_audit": 36,
    "aud_22_total": 7,
    "aud_22_edu": 3,
    "aud_22_house": 4,
    "aud_22_done": 7,
    "ind_town_n": 23,
    "ind_town_amt": 7670.12,
    "ind_vlg_n": 36,
    "ind_vlg_amt": 3448.75,
    "ind_one_village": 2497.98,
    "ind_one_village_fiscal": 800,
    "ind_one_village_own": 1697.98,
    "ind_nanshan_hh": 563,
    "ind_nanshan_pp": 2292,
    "ind_nanshan_veg_hh": 421,
    "ind_manghai_hh": 46,
    "ind_manghai_pp": 181,
    "towns": 15,
    "visit_plan_doc": 1,
    "policy_families": 10,
    "party_sec_filled": 15,
    "party_red_villages": 3,
    "gaps": 3,
    "cons_points": 18,
    "cons_sales": 512,
    "cons_cities": 4,
    "cons_platforms": 3,
}
# Stated in writing, with no list behind them.
STATED_FIGURES: dict[str, float] = {
    "wat_arsenic_invest": 12000,
    "fund_progress": 100,
    "party_models": 3,
    "ind_park": 55000,
    "ind_process_park": 6000,
    "ind_strong_town": 1000,
    "ind_nanshan_gain": 1300,
    "ind_manghai_gain": 2100,
    "emp_ws_huahuang": 135,
    "emp_ws_fengxi": 438,
}
NANSHAN = (563, 2292)
MANGHAI = (46, 181)

# Households and persons by place and by what the household lives on. The three sums per kind are
# 特困 2513/2815, 低保 without labour 979/2200, with labour 6084/25796.
HOUSEHOLDS: dict[str, dict[str, tuple[int, int]]] = {
    "manghai": {"destitute": (5, 6), "allowance": (3, 7), "labour": (38, 168)},
    "nanshan": {"destitute": (55, 62), "allowance": (40, 90), "labour": (422, 1959)},
    "elsewhere": {"destitute": (2453, 2747), "allowance": (936, 2103), "labour": (5624, 23669)},
}

# Pupils and students, by why they are where they are. In scope of compulsory education:
# 4438 aged 6 to 15 and 80 in grades 1 to 9 at another age = 4518.
STUDY: dict[str, int] = {
    "aged_6_to_15": 4438,
    "early_first_grade": 20,
    "late_ninth_grade": 60,
    "aged_15_in_high": 38,
    "aged_15_in_voc": 22,
    "ill": 3,
    "disabled": 3,
    "postponed": 1,
    "suspended_approved": 2,
    "dropped_out": 8,
    "suspended": 1,
    "moved_away": 4,
    "absent": 4,
    "high": 372,
    "voc": 240,
    "tech": 185,
    "college": 200,
    "university": 150,
    "university_freshmen": 38,
    "left_after_compulsory": 210,
    "left_after_high": 67,
    "left_after_voc": 92,
    "left_after_tech": 76,
    "left_after_college": 96,
    "moved_off_register_compulsory": 232,
    "moved_off_register_high": 14,
    "moved_off_register_voc": 11,
    "moved_off_register_tech": 8,
    "moved_off_register_college": 8,
}
NOT_IN_SCHOOL = (
    "ill",
    "disabled",
    "postponed",
    "suspended_approved",
    "dropped_out",
    "suspended",
    "moved_away",
    "absent",
)


@dataclass(frozen=True)
class Targets:
    """The counts to build at one scale."""

    scale: float

    def count(self, at_full_scale: float, *, least: int = 0) -> int:
        return max(least, round(at_full_scale * self.scale))

    def study(self, name: str) -> int:
        return self.count(STUDY[name])

    def households(self, place: str, kind: str) -> tuple[int, int]:
        households, persons = HOUSEHOLDS[place][kind]
        count = self.count(households)
        return count, max(count, self.count(persons)) if count else 0

    @property
    def villages(self) -> int:
        return self.count(188, least=24)

    @property
    def villages_with_poor(self) -> int:
        return self.villages - self.count(8, least=1)

    @property
    def villages_relative_poor(self) -> int:
        return self.count(25, least=5)

    @property
    def natural_villages(self) -> int:
        return self.count(1322, least=4 * self.villages)

    @property
    def piped_natural_villages(self) -> int:
        return round(self.natural_villages * 1154 / 1322)

    @property
    def agricultural_population(self) -> int:
        return self.count(620_300)

    @property
    def served_population(self) -> int:
        return self.count(571_700)
