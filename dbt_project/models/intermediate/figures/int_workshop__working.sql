{{ config(materialized='view') }}
-- Workshops that are recognised and working, each once.
with

workshops as (
    select * from {{ ref('stg_workshop') }}
),

towns as (
    select * from {{ ref('int_town__named') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

working as (
    select
        'workshop_' || md5({{ compared_name('workshops.workshop_name') }})
            as workshop_key,
        towns.town_code,
        {{ town_name_or_other('towns.town_name') }} as town_name,
        workshops.batch_id,
        workshops.source_sheet,
        workshops.source_row
    from workshops
    left join towns
        on workshops.town_name = towns.written_town_name
    where
        workshops.is_latest
        and workshops.recognised_on <= {{ as_of() }}
        -- what was written and could not be read is not blank
        and coalesce(
            workshops.stopped_on > {{ as_of() }},
            not {{ cell_is_held('workshops', 'stopped_on') }}
            and coalesce(
                {{ is_one_of('workshops.workshop_status', 'WORKSHOP_WORKS') }},
                not {{ cell_is_held('workshops', 'workshop_status') }}
            )
        )
    qualify {{ is_first_row('workshop_key') }}
)

select * from working
