{# What a member shows when its figure is opened: fct_figure_member. #}

{# Why a household is not wholly guaranteed: of each counted guarantee that it
   lacks the name and the reason. Out of the columns of fct_household_guarantee. #}
{% macro lacking_reasons() -%}
    nullif(concat_ws(
        '；',
        {% for each in guarantees() if each.get('is_counted') -%}
        case
            when {{ each.name }}_state in ('NOT_MET', 'UNKNOWN')
                then '{{ each.label }}：' || {{ each.name }}_reason
        end{{ "," if not loop.last }}
        {% endfor -%}
    ), '')
{%- endmacro %}

{# What the member counts above the line, on the one row that stands for it in
   the list: of who stands both above and below that below. Null on the other. #}
{% macro counted_amount() -%}
    case
        when members.role = 'denominator'
            then coalesce(other_side.amount, cast(0 as decimal(18, 2)))
        when other_side.member_key is null then members.amount
    end
{%- endmacro %}

{# Households and people have a town in every figure, as fct_figure names it. #}
{% macro shown_town(members, figures) -%}
    case
        when {{ figures }}.member_kind in ('household', 'person')
            then {{ town_name_or_other(members ~ '.town_name') }}
        else {{ members }}.town_name
    end
{%- endmacro %}

{# Who members are: the CTEs `persons`, of whom `place` 1 stands for all with one
   key in a household, and `namesakes`, beside whom no head is named. #}
{% macro people_of_members() -%}
persons as (
    select
        *,
        row_number() over (
            partition by person_key, household_id
            order by register_person_no asc nulls last
        ) as place
    from {{ ref('dim_person') }}
    where as_of = {{ as_of() }}
),

namesakes as (
    select * from {{ ref('int_child__named_as_head') }}
)
{%- endmacro %}
