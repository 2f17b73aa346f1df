-- 不愁吃、不愁穿: no department sends evidence, and income is none.
with

households as (
    select * from {{ ref('int_register_household__current') }}
),

unknown as (
    select
        household_id,
        {% for name in ['food', 'clothing'] -%}
        'UNKNOWN' as {{ name }}_state,
        'NO_SURVEY_FEED' as {{ name }}_reason_code,
        cast(null as string) as {{ name }}_evidence_batch_id,
        cast(null as string) as {{ name }}_evidence_sheet,
        cast(null as integer) as {{ name }}_evidence_row
        {{- "," if not loop.last }}
        {% endfor -%}
    from households
)

select * from unknown
