{{ config(materialized='view') }}
-- In-county stays of registered persons in the year of as_of, bills and their
-- reversals left out.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

settlements as (
    select * from {{ ref('stg_inpatient_settlement') }}
),

linked as (
    select * from {{ ref('int_person__linked') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

-- A reversal repeats its bill with the sign turned, under a number of its
-- own: the n-th reversal takes out the n-th bill of the same stay and sum.
paired as (
    select
        linked.person_key,
        settlements.*,
        coalesce(settlements.payment_effect, 'pays') = 'takes_back'
            as is_reversal_row,
        row_number() over (
            partition by
                linked.person_key,
                settlements.hospital_name,
                settlements.admitted_on,
                settlements.discharged_on,
                abs(settlements.total_yuan),
                coalesce(settlements.payment_effect, 'pays') = 'takes_back'
            order by
                settlements.settled_on asc nulls last,
                settlements.settlement_no asc nulls last
        ) as place,
        sum(case
            when settlements.payment_effect = 'takes_back' then 1
            else 0
        end) over (
            partition by
                linked.person_key,
                settlements.hospital_name,
                settlements.admitted_on,
                settlements.discharged_on,
                abs(settlements.total_yuan)
        ) as reversal_count
    from settlements
    cross join basis
    inner join linked
        on
            linked.feed = 'inpatient_settlement'
            and settlements.batch_id = linked.batch_id
            and settlements.source_sheet = linked.source_sheet
            and settlements.source_row = linked.source_row
    where settlements.settled_on <= basis.as_of
),

counted as (
    select
        paired.settlement_no,
        paired.person_key,
        paired.batch_id,
        paired.source_sheet,
        paired.source_row,
        coalesce(paired.critical_illness_paid_yuan, 0)
        + coalesce(paired.relief_paid_yuan, 0)
        + coalesce(paired.other_paid_yuan, 0) > 0 as is_relieved
    from paired
    cross join basis
    where
        not paired.is_reversal_row
        and paired.place > paired.reversal_count
        and paired.care_place in {{ codes_of('IN_COUNTY_CARE') }}
        and paired.settled_on >= basis.year_starts_on
)

select * from counted
