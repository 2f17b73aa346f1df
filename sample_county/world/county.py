"""From a seed and a scale to people, places and the tables about them."""

from __future__ import annotations

import pandas as pd

from sample_county.calibration import Targets
from sample_county.world import (
    civil_affairs,
    consumption,
    education,
    employment,
    funds,
    geography,
    health_insurance,
    housing,
    industry,
    inspections,
    party,
    rectification,
    register,
    responsibility,
    statements,
    survey,
    training,
    visits,
    water,
)
from sample_county.world.model import Tables
from sample_county.world.population import County, build_people
from sample_county.world.studies import with_studies

YEAR = "2019"


def build_county(*, seed: int, scale: float) -> County:
    """People and places with everything that is true of them, before any department writes it down."""
    targets = Targets(scale)
    county = build_people(seed, targets, geography.build_places(seed, targets))
    county = register.with_register_facts(with_studies(county))
    return visits.with_visits(survey.with_surveys(water.with_water(housing.with_dwellings(county))))


def build_tables(county: County) -> Tables:
    insured = health_insurance.enrolment_tables(county)
    numbers = health_insurance.insured_numbers(insured)
    tables: Tables = {
        "register_household": {day: register.household_table(county, day) for day in register.EDITIONS},
        "register_person": {day: register.person_table(county, day) for day in register.EDITIONS},
        "village": {YEAR: geography.village_table(county.places)},
        "attested_statement": {YEAR: statements.statement_table()},
        "audit_report": {YEAR: rectification.report_table()},
        "audit_issue": {YEAR: rectification.issue_table()},
        "fund_received": {YEAR: funds.received_table()},
        "fund_spent": {YEAR: funds.spent_table()},
        "fund_inspection": {YEAR: inspections.inspection_table()},
        "employment": {YEAR: employment.employment_table(county)},
        "public_post": employment.post_tables(county),
        "training": {YEAR: training.training_table(county)},
        "workshop": {YEAR: training.workshop_table()},
        "household_income_survey": survey.survey_tables(county),
        "household_visit": {YEAR: visits.visit_table(county)},
        "monitoring_household": {YEAR: visits.monitoring_table(county)},
        "policy_document": {YEAR: party.document_table()},
        "village_secretary": {YEAR: party.secretary_table(county.places)},
        "party_village": {YEAR: party.model_table(county.places)},
        "industry_project": {YEAR: industry.project_table(county.places)},
        "consumption_point": {YEAR: consumption.point_table()},
        "consumption_sale": {YEAR: consumption.sale_table()},
        "sales_platform": {YEAR: consumption.platform_table()},
        "meeting": {YEAR: responsibility.meeting_table()},
        "research_visit": {YEAR: responsibility.visit_table(county.places)},
        "school_enrolment": {"2019-2020-1": education.enrolment_table(county)},
        "education_subsidy": education.subsidy_tables(county),
        "schooling_exemption": {YEAR: education.exemption_table(county)},
        "subsistence_allowance": civil_affairs.allowance_tables(county),
        "destitute_support": civil_affairs.support_tables(county),
        "disability_card": {YEAR: civil_affairs.card_table(county)},
        "death_notice": {YEAR: civil_affairs.death_table(county)},
        "insurance_enrolment": insured,
        "inpatient_settlement": health_insurance.settlement_tables(county, numbers),
        "housing_appraisal": {YEAR: housing.appraisal_table(county)},
        "renovation_task": {YEAR: housing.task_table(county)},
        "property_contract": {YEAR: housing.property_table(county)},
        "village_water_supply": {
            month: water.supply_table(county, month) for month in ("2019-10", "2019-12")
        },
        "water_quality_test": water.quality_tables(county),
    }
    return {feed: {label: plain(t) for label, t in labels.items()} for feed, labels in tables.items()}


def plain(table: pd.DataFrame) -> pd.DataFrame:
    """One type for text and one for dates, however the columns came about."""
    text = {c: "str" for c in table.columns if table[c].dtype == object}
    dates = dict.fromkeys(table.select_dtypes("datetime").columns, "datetime64[s]")
    return table.astype({**text, **dates})
