with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

insured as (
    select * from {{ ref('int_person__insurance') }}
),

rolls as (
    select * from {{ ref('stg_delivery_part') }}
),

held_people as (
    select * from {{ ref('int_held_row__person') }}
),

kinds as (
    select * from {{ ref('insurance_kind') }}
),

reasons as (
    select * from {{ ref('reason') }}
),

-- Nobody is absent from rolls that are not all there.
missing as (
    select count(*) as kind_count
    from kinds
    where
        kinds.is_needed_for_absence
        and kinds.insurance_kind not in (
            select rolls.part
            from rolls
            cross join basis
            where
                rolls.feed = 'insurance_enrolment'
                and rolls.period = cast(basis.insurance_year as string)
        )
),

best as (
    select *
    from insured
    qualify
        row_number() over (
            partition by person_key
            order by
                case counts_as
                    when 'MET' then 1
                    when 'EXEMPT' then 2
                    else 3
                end asc nulls last,
                priority asc nulls last
        ) = 1
),

reasoned as (
    select
        persons.register_person_no,
        persons.person_key,
        persons.household_id,
        best.batch_id as roll_batch_id,
        best.source_sheet as roll_sheet,
        best.source_row as roll_row,
        case
            when best.counts_as in ('MET', 'EXEMPT') then best.reason_code
            when persons.id_number is null then 'ID_UNUSABLE'
            when missing.kind_count > 0 then 'INSURANCE_ROLL_MISSING'
            when best.counts_as is not null then best.reason_code
            else 'NOT_ON_INSURANCE_ROLL'
        end as reason_code
    from persons
    cross join missing
    left join best
        on persons.person_key = best.person_key
),

{{ judged_by_reason(
    'reasoned',
    ['register_person_no', 'person_key', 'household_id'],
    evidence=['roll'],
    guarantee='medical'
) }}

select * from judged
