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
  guarantee, state, reason_code and evidence. What is judged of a household or a
  person goes through the overrides (`overridden`) and has their columns, too.
#}
{% macro judged_by_reason(
    relation,
    columns,
    evidence=[],
    guarantee=none,
    decided_like=none,
    is_overridable=true
) -%}
    {%- set feeds = deciding_feeds(decided_like or guarantee) -%}
    {%- set unit = {
        'household_id': 'household', 'register_person_no': 'person'
    }.get(columns[0]) if is_overridable -%}
    {%- if feeds %}
    possible as (
        select distinct {{ columns[0] }}
        from held_people
        where feed in ('{{ feeds | join("', '") }}')
    ),
    {% endif %}
    {{ 'judged_by_files' if unit else 'judged' }} as (
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
                case
                    when found.state = 'NOT_MET'
                        then {{ relation }}.{{ columns[0] }}
                end = possible.{{ columns[0] }}
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
    {%- if unit %},

    {{ overridden('judged_by_files', columns, unit) }}
    {%- endif %}
{%- endmacro %}

{#
  The one step in which a person's word takes the place of the files'. What the
  files say is kept beside it; no row of theirs proves the state any longer.
  Gives the CTE `judged` with the columns of `relation` and of the override.
#}
{% macro overridden(relation, columns, unit) -%}
    overrides as (
        select *
        from {{ ref('int_override') }}
        where is_in_force and unit = '{{ unit }}'
    ),

    judged as (
        select
            {% for column in columns -%}
            {{ relation }}.{{ column }},
            {% endfor -%}
            {{ relation }}.guarantee,
            coalesce(overrides.state, {{ relation }}.state) as state,
            coalesce(
                {{ overridden_reason('overrides.state') }},
                {{ relation }}.reason_code
            ) as reason_code,
            {% for part in ['batch_id', 'sheet', 'row'] -%}
            case
                when overrides.override_id is null
                    then {{ relation }}.evidence_{{ part }}
            end as evidence_{{ part }},
            {% endfor -%}
            overrides.override_id,
            {% for column in ['state', 'reason_code'] -%}
            case
                when overrides.override_id is not null
                    then {{ relation }}.{{ column }}
            end as {{ column }}_before_override{{ "," if not loop.last }}
            {% endfor %}
        from {{ relation }}
        left join overrides
            on
                {{ relation }}.{{ columns[0] }} = overrides.{{ columns[0] }}
                and {{ relation }}.guarantee = overrides.guarantee
    )
{%- endmacro %}

{# The reason of a state that a person gave: a row of the seed `reason` each. #}
{% macro overridden_reason(state) -%}
    'OVERRIDDEN_' || {{ state }}
{%- endmacro %}

{# Where a member of a figure stands in the files: in the row that proves its
   state or, where an override gives the state, in its own row of the register. #}
{% macro proving(judged, own, part) -%}
    case
        when {{ judged }}.override_id is null
            then {{ judged }}.evidence_{{ part }}
        else {{ own }}.{{ 'batch_id' if part == 'batch_id'
            else 'source_' ~ part }}
    end as evidence_{{ part }}
{%- endmacro %}

{# Whether a member counts: as rows of the files say or, where an override gives
   its state, because that is MET. #}
{% macro or_by_hand(counts) -%}
    case when override_id is null then {{ counts }} else state = 'MET' end
{%- endmacro %}

{# Why a household is in the state that it inherits from the member that decides:
   by the files alone or with overrides, as `state` and `reason_code` say. #}
{% macro inherited_reason(state, reason_code) -%}
    case
        when deciding.household_id is null then 'NO_MEMBERS'
        when
            held.household_id is not null
            and deciding.{{ state }} not in ('NOT_MET', 'UNKNOWN')
            then 'HELD_ROW_MAY_BE_MEMBER'
        when
            deciding.{{ state }} = 'NOT_APPLICABLE'
            then inherited.nobody_in_scope
        else deciding.{{ reason_code }}
    end
{%- endmacro %}

{# What a household inherits, from the CTE `judged`: where it is by hand the
   reason says so, no row proves it, and what it were by the files stands beside. #}
{% macro inherited_by_hand() -%}
    select
        judged.household_id,
        judged.guarantee,
        judged.state,
        case
            when
                judged.override_id is null
                or judged.reason_code = 'HELD_ROW_MAY_BE_MEMBER'
                then judged.reason_code
            else {{ overridden_reason('judged.state') }}
        end as reason_code,
        {% for part in ['batch_id', 'sheet', 'row'] -%}
        case
            when judged.override_id is null then judged.evidence_{{ part }}
        end as evidence_{{ part }},
        {% endfor -%}
        judged.override_id,
        case
            when judged.override_id is not null then reasons.state
        end as state_before_override,
        case
            when judged.override_id is not null then judged.reason_code_before
        end as reason_code_before_override
    from judged
    left join reasons
        on judged.reason_code_before = reasons.reason_code
{%- endmacro %}
