{# Thresholds, codes with a meaning, order of states, and how a reason gives
   state and evidence: what all guarantees share. #}

{# Aggregate over the seed `threshold`: the value that is in force on `as_of`. #}
{% macro threshold(code, class='all') -%}
    max(case
        when code = '{{ code }}' and class = '{{ class }}' then value
    end)
{%- endmacro %}

{#
  Codes of a department's column that a rule gives a meaning to (seed
  `rule_code`), in force on as_of: `column in {{ codes_of('...') }}`.
  Expects a CTE `rule_codes`.
#}
{% macro codes_of(rule) -%}
    (
        select rule_codes.code
        from rule_codes
        where
            rule_codes.rule = '{{ rule }}'
            and {{ as_of() }}
            between rule_codes.valid_from and rule_codes.valid_to
    )
{%- endmacro %}

{# Whether a code is one of them, as a value: null where there is none. Spark
   says false of a null that is looked for in a query, but for a condition that
   stands by itself. #}
{% macro is_one_of(column, rule) -%}
    case
        when {{ column }} is not null
            then {{ column }} in {{ codes_of(rule) }}
    end
{%- endmacro %}

{# Whether a row was taken without what stands in this cell: it was wrong, and no row needs it. What rests
   on it is not known. #}
{% macro cell_is_held(relation, column) -%}
    coalesce(instr({{ relation }}.held_cells, ',{{ column }},') > 0, false)
{%- endmacro %}

{# Which state decides where several meet: what is lacking before what is not
   known, what is not known before what is fulfilled. #}
{% macro state_rank(state) -%}
    case {{ state }}
        when 'NOT_MET' then 1
        when 'UNKNOWN' then 2
        when 'MET' then 3
        when 'EXEMPT' then 4
        when 'NOT_APPLICABLE' then 5
    end
{%- endmacro %}

{#
  State and evidence out of the reason, as the seed `reason` says: its state,
  and which of the rows at hand it rests on. `evidence`: the names of those
  rows; `relation` has <name>_batch_id, <name>_sheet and <name>_row of each. No
  names: `relation` has the evidence columns already.
  Where the feeds that decide a guarantee (`decided_by` of its entry) hold a row
  that may be this person or household, nothing that they lack is known: what
  would be NOT_MET is UNKNOWN. Such models have a CTE `held_people` over
  int_held_row__person, and the first of `columns` says who it is.
  A model of several guarantees that the same feeds decide names one of them
  (`decided_like`).
  Expects CTEs `reasons` and `relation`; gives a CTE `judged` with `columns`,
  guarantee, state, reason_code and evidence.
#}
{% macro judged_by_reason(
    relation, columns, evidence=[], guarantee=none, decided_like=none
) -%}
    {%- set feeds = deciding_feeds(decided_like or guarantee) -%}
    {%- if feeds %}
    possible as (
        select distinct {{ columns[0] }}
        from held_people
        where feed in ('{{ feeds | join("', '") }}')
    ),
    {% endif %}
    judged as (
        select
            {% for column in columns -%}
            {{ relation }}.{{ column }},
            {% endfor -%}
            {% if guarantee -%}
            '{{ guarantee }}' as guarantee,
            {% else -%}
            {{ relation }}.guarantee,
            {% endif -%}
            reasons.state,
            {% if feeds -%}
            coalesce(reasons.reason_code, {{ relation }}.reason_code)
                as reason_code,
            {% else -%}
            {{ relation }}.reason_code,
            {% endif -%}
            {% for part in ['batch_id', 'sheet', 'row'] -%}
            {% if evidence -%}
            case reasons.evidence
                {% for name in evidence -%}
                when '{{ name }}' then {{ relation }}.{{ name }}_{{ part }}
                {% endfor -%}
            end as evidence_{{ part }}{{ "," if not loop.last }}
            {% else -%}
            {{ relation }}.evidence_{{ part }}{{ "," if not loop.last }}
            {% endif -%}
            {% endfor %}
        from {{ relation }}
        {% if feeds -%}
        left join reasons as found
            on {{ relation }}.reason_code = found.reason_code
        left join possible
            on
                {{ relation }}.{{ columns[0] }} = possible.{{ columns[0] }}
                and found.state = 'NOT_MET'
        left join reasons
            on
                case
                    when possible.{{ columns[0] }} is not null
                        then 'HELD_ROW_MAY_BE_PERSON'
                    else {{ relation }}.reason_code
                end = reasons.reason_code
        {%- else -%}
        left join reasons
            on {{ relation }}.reason_code = reasons.reason_code
        {%- endif %}
    )
{%- endmacro %}
