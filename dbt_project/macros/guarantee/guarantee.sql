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
  Expects CTEs `reasons` and `relation`; gives a CTE `judged` with `columns`,
  guarantee, state, reason_code and evidence.
#}
{% macro judged_by_reason(relation, columns, evidence=[], guarantee=none) -%}
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
            {{ relation }}.reason_code,
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
        left join reasons
            on {{ relation }}.reason_code = reasons.reason_code
    )
{%- endmacro %}
