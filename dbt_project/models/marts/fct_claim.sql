{{ config(**partition_config()) }}
with

figures as (
    select * from {{ ref('figure') }}
),

claims as (
    select * from {{ ref('int_figure__claimed') }}
),

counterparts as (
    select * from {{ ref('claim_counterpart') }}
),

units as (
    select * from {{ ref('stated_unit') }}
),

county as (
    select *
    from {{ ref('fct_figure') }}
    where
        as_of = {{ as_of() }}
        and area_level = 'county'
),

sheets as (
    select * from {{ ref('int_sheet__shown') }}
),

compared as (
    select
        claims.*,
        sheets.shown_sheet,
        figures.label,
        figures.unit,
        county.value as counted_value,
        -- in the unit of the figure
        cast(claims.claimed_value as double)
        * coalesce(cast(units.factor as double), 1)
        - cast(county.value as double) as difference,
        case
            when county.value is null then 'NOT_COUNTABLE'
            when claims.claimed_unit is not null and units.factor is null
                then 'UNIT_DIFFERS'
            -- all but a few is not all
            when
                figures.unit = '%'
                and claims.claimed_value >= 100
                and county.value < 100
                then 'CONTRADICTED'
            -- equal in the digits that the figure is printed with
            when
                abs(
                    cast(claims.claimed_value as double)
                    * coalesce(cast(units.factor as double), 1)
                    - cast(county.value as double)
                ) < power(10, -counting.digits) / 2
                then 'AGREES'
            else 'CONTRADICTED'
        end as claim_state
    from claims
    inner join figures
        on claims.figure_id = figures.figure_id
    left join counterparts
        on claims.figure_id = counterparts.figure_id
    inner join figures as counting
        on
            coalesce(counterparts.counted_by, claims.figure_id)
            = counting.figure_id
    left join units
        on
            claims.claimed_unit = units.stated_unit
            and figures.unit = units.figure_unit
    left join county
        on counting.figure_id = county.figure_id
    left join sheets
        on claims.source_sheet = sheets.source_sheet
    where counting.kind <> 'A'
),

final as (
    select
        claim_id,
        figure_id,
        label,
        claimed_value,
        coalesce(claimed_unit, unit) as claimed_unit,
        cast(counted_value as decimal(18, 4)) as counted_value,
        unit,
        case
            when claim_state in ('AGREES', 'CONTRADICTED')
                then cast(difference as decimal(18, 4))
        end as difference,
        claim_state,
        claim_source,
        document_name,
        claimed_by,
        claimed_on,
        batch_id as source_batch_id,
        shown_sheet as source_sheet,
        cast(source_row as integer) as source_row,
        {{ as_of() }} as as_of
    from compared
)

select * from final
