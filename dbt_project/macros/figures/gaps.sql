{# What is missing in the data that figures rest on, column by column. #}

{#
  One row per feed: the rows in use at as_of, and by the place of each column
  that is read, its filled and its emptied cells. Wants the CTE `basis`.
#}
{% macro counted_cells(columns) -%}
    {% for feed in feeds() -%}
    {%- set filled, emptied = [], [] -%}
    {%- for column in columns[feed] -%}
        {%- do filled.append('count(in_use.' ~ column ~ ')') -%}
        {%- do emptied.append(
            "count(case when instr(in_use.held_cells, '," ~ column
            ~ ",') > 0 then 1 end)"
        ) -%}
    {%- endfor -%}
    select
        '{{ feed }}' as feed,
        count(*) as row_count,
        {{ list_of(filled) }} as filled_counts,
        {{ list_of(emptied) }} as emptied_counts
    from {{ ref('stg_' ~ feed) }} as in_use
    {% if feeds()[feed].delivery == 'events' -%}
    cross join basis
    where in_use.speaks_for_on > basis.events_after_on
    {%- else -%}
    where in_use.is_latest
    {%- endif %}
    {{ "union all" if not loop.last }}
    {% endfor %}
{%- endmacro %}


{# Rank of a gap among the caveats of a feed: what hides most comes first. #}
{% macro rank_of_gap(gap_code) -%}
    case {{ gap_code }}
        when 'COLUMN_ABSENT' then 5
        when 'NOBODY_LINKED' then 6
        when 'CELLS_NOT_TAKEN' then 7
        when 'COLUMN_BLANK' then 8
    end
{%- endmacro %}


{#
  Whether a caveat means that members may have fallen out unseen: with it a
  figure of nought is not known to be nought.
#}
{% macro may_hide_members(caveat_code) -%}
    {{ caveat_code }} in (
        'NEVER_RECEIVED',
        'COLUMN_ABSENT',
        'NOBODY_LINKED',
        'CELLS_NOT_TAKEN',
        'COLUMN_BLANK',
        'PART_MISSING',
        'HISTORY_BEGINS'
    )
{%- endmacro %}


{# Whether members of a kind are of the town and village of their household. #}
{% macro stands_with_its_household(member_kind) -%}
    {{ member_kind }} in ('household', 'person', 'settlement')
{%- endmacro %}
