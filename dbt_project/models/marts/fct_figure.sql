{{ config(**partition_config()) }}
with

figures as (
    select * from {{ ref('figure') }}
),

members as (
    select *
    from {{ ref('fct_figure_member') }}
    where as_of = {{ as_of() }}
),

caveats as (
    select * from {{ ref('int_figure__caveat') }}
),

{{ counted_members() }},

rounded as (
    select
        complete.*,
        figures.label,
        figures.unit,
        figures.measure,
        figures.has_states,
        -- what can only be stated, and nobody stated
        coalesce(figures.kind = 'A' and complete.numerator = 0, false)
            as is_not_stated,
        -- Those of whom nobody knows: they may be above the line of their rate,
        -- and belong to the figures that count who is.
        coalesce({{ of_its_rate('complete.unknown_count') }}, 0)
            as hidden_count,
        {{ of_its_rate('figures.member_kind') }} as hidden_kind,
        caveats.caveat_code,
        caveats.caveat,
        coalesce(caveats.may_hide_members, false) as may_hide_members,
        coalesce(caveats.lacks_feed, false) as lacks_feed,
        case
            when figures.measure <> 'rate'
                then {{ half_up(
                    'complete.numerator', 1, 'figures.unit_size', 'figures.digits'
                ) }}
            when complete.denominator > 0
                then {{ half_up(
                    'complete.numerator',
                    100,
                    'complete.denominator',
                    'figures.digits'
                ) }}
        end as rounded_value
    from complete
    inner join figures
        on complete.figure_id = figures.figure_id
    left join caveats
        on
            complete.figure_id = caveats.figure_id
            and (complete.area_level <> 'county') = caveats.is_of_part
),

-- All but a few is not all: 99.996 % may not be rounded to 100 %.
valued as (
    select
        *,
        case
            when
                measure = 'rate'
                and rounded_value >= 100
                and numerator < denominator
                then floor(
                    cast(numerator as double) * 10000 / denominator
                ) / 100
            else rounded_value
        end as value
    from rounded
),

-- Nought is a count only where nobody can have fallen out on the way.
judged as (
    select
        *,
        case
            when lacks_feed or is_not_stated then 'NOT_COUNTABLE'
            when value is null then 'NOT_COUNTABLE'
            when
                hidden_count > 0
                and case
                    when measure = 'rate' then hidden_count = denominator
                    else numerator = 0
                end
                then 'NOT_COUNTABLE'
            when numerator = 0 and may_hide_members then 'NOT_COUNTABLE'
            when caveat_code is not null then 'COUNTED_WITH_GAPS'
            when hidden_count > 0 then 'COUNTED_WITH_GAPS'
            else 'COUNTED'
        end as count_state,
        case
            when hidden_count > 0 and measure <> 'rate'
                then
                    '有 ' || cast(hidden_count as string)
                    || case hidden_kind when 'household' then ' 户' else ' 人' end
                    || '情况不明，是否计入尚不能定。'
            when is_not_stated
                then '没有书面出具的这一数据，或其单位与指标的不能换算。'
        end as hidden_caveat
    from valued
),

final as (
    select
        figure_id,
        label,
        area_level,
        area_code,
        area_name,
        town_code,
        town_name,
        village_code,
        village_name,
        cast(numerator as decimal(18, 2)) as numerator,
        cast(denominator as decimal(18, 2)) as denominator,
        case
            when count_state <> 'NOT_COUNTABLE'
                then cast(value as decimal(18, 4))
        end as value,
        unit,
        count_state,
        coalesce(
            caveat_code,
            case
                when is_not_stated then 'NOT_STATED'
                when hidden_caveat is not null then 'STATES_UNKNOWN'
            end
        ) as caveat_code,
        nullif(coalesce(caveat, '') || coalesce(hidden_caveat, ''), '')
            as caveat,
        case when has_states then met_count end as met_count,
        case when has_states then not_met_count end as not_met_count,
        case when has_states then unknown_count end as unknown_count,
        case when has_states then exempt_count end as exempt_count,
        override_count,
        {{ as_of() }} as as_of
    from judged
)

select * from final
