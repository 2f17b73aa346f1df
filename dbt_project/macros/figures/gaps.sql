{# What is missing in the data that figures rest on, column by column. #}

{#
  One row per feed: the rows in use at as_of, and by the place of each column
  that is read, its filled cells and those not taken: emptied, or naming a town
  that the county has not. Wants the CTEs `basis` and `named_towns`.
#}
{% macro counted_cells(columns) -%}
    {% for feed in feeds() -%}
    {%- set filled, emptied = [], [] -%}
    {%- set of_no_town = '(in_use.town_name is not null'
        ~ ' and named_towns.town_name is null)' -%}
    {%- for column in columns[feed] -%}
        {%- do filled.append('count(in_use.' ~ column ~ ')') -%}
        {%- do emptied.append(
            "count(case when instr(in_use.held_cells, '," ~ column
            ~ ",') > 0" ~ (' or ' ~ of_no_town if column == 'town_name' else '')
            ~ " then 1 end)"
        ) -%}
    {%- endfor -%}
    select
        '{{ feed }}' as feed,
        count(*) as row_count,
        {{ list_of(filled) }} as filled_counts,
        {{ list_of(emptied) }} as emptied_counts
    from {{ ref('stg_' ~ feed) }} as in_use
    {% if 'town_name' in columns[feed] -%}
    left join named_towns
        on in_use.town_name = named_towns.written_town_name
    {% endif -%}
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
        'PERIOD_MISSING',
        'HISTORY_BEGINS'
    )
{%- endmacro %}


{# Whether members of a kind are of the town and village of their household. #}
{% macro stands_with_its_household(member_kind) -%}
    {{ member_kind }} in ('household', 'person', 'settlement', 'payment')
{%- endmacro %}
