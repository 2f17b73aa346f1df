{{ config(materialized='view') }}
-- Subjects of a campaign of the county's leaders that ended in a report: over
-- fifteen towns it is one.
with

visits as (
    select * from {{ ref('stg_research_visit') }}
),

campaigns as (
    select * from {{ ref('research_campaign') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

reported as (
    select
        campaigns.figure_id,
        'subject_' || md5({{ compared_name('visits.visit_subject') }})
            as subject_key,
        visits.batch_id,
        visits.source_sheet,
        visits.source_row
    from visits
    inner join campaigns
        on visits.started_on between campaigns.starts_on and campaigns.ends_on
    where
        visits.is_latest
        and visits.has_report
        and visits.visit_subject is not null
        and visits.visit_kind in {{ codes_of('CAMPAIGN_VISIT') }}
        and visits.started_on <= {{ as_of() }}
    qualify {{ is_first_row("figure_id, subject_key") }}
)

select * from reported
