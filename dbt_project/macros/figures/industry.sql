{# Projects of the industry ledger. #}

{#
  The rows of projects as CTEs `keyed` and `whole`: which project each is of,
  and whether that goes on. Expects the CTEs `projects`, `rule_codes`, `towns`.
#}
{% macro project_rows() -%}
keyed as (
    select
        'project_' || md5(coalesce(
            {{ compared_name('projects.project_no') }},
            concat_ws(
                '|',
                projects.project_level,
                coalesce(towns.town_name, projects.town_name),
                {{ compared_name('projects.project_name') }}
            )
        )) as project_key,
        towns.town_code,
        {{ town_name_or_other('towns.town_name') }} as town_name,
        projects.project_level,
        projects.batch_id,
        projects.source_sheet,
        projects.source_row,
        projects.total_yuan,
        projects.fiscal_yuan,
        projects.own_yuan,
        projects.initiated_on,
        {{ compared_document('projects.fund_document_no') }} as fund_document,
        -- what was written there and could not be read is not blank
        coalesce(
            not {{ is_one_of('projects.project_status', 'PROJECT_ENDED') }},
            not {{ cell_is_held('projects', 'project_status') }}
        ) as goes_on
    from projects
    left join towns
        on projects.town_name = towns.written_town_name
    where projects.is_latest
),

-- A project of several villages goes on where it does in one of them.
whole as (
    select
        *,
        max(case when goes_on then 1 else 0 end) over (
            partition by project_key
        ) = 1 as is_going_on
    from keyed
)
{%- endmacro %}

{# Whether a row is the first of its project that tells its money. #}
{% macro is_first_with_money() -%}
    row_number() over (
            partition by project_key
            order by
                case when total_yuan is null then 1 else 0 end asc nulls last,
                batch_id asc nulls last,
                source_sheet asc nulls last,
                source_row asc nulls last
        ) = 1
{%- endmacro %}
