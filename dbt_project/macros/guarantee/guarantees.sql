{#
  The guarantees: what is judged, of whom (`unit`), and by which model. The
  model gives one row per unit and guarantee: a reason, its state, its evidence.

  label            what people call it
  nobody_in_scope  of a person's guarantee that households inherit from their
                   members: the reason where no member is in scope
  is_counted       one of those that `is_guaranteed` covers
  decided_by       the feeds whose rows decide it for a person or household: while
                   they hold a row that may be theirs, it is not NOT_MET
  has_figure       share of households, under the figure `grt_<name>`
  is_brief         the mart shows state and reason code alone
#}
{% macro guarantees() -%}
    {{ return([
        {
            'name': 'education',
            'label': '义务教育',
            'unit': 'person',
            'model': 'int_person__education',
            'decided_by': [
                'school_enrolment',
                'schooling_exemption',
            ],
            'nobody_in_scope': 'NO_SCHOOL_AGE_MEMBER',
            'is_counted': true,
            'has_figure': true,
        },
        {
            'name': 'medical',
            'label': '基本医疗',
            'unit': 'person',
            'model': 'int_person__medical',
            'decided_by': [
                'insurance_enrolment',
            ],
            'nobody_in_scope': 'NO_MEMBERS',
            'is_counted': true,
            'has_figure': true,
        },
        {
            'name': 'education_subsidy',
            'label': '教育生活费补助',
            'unit': 'person',
            'model': 'int_person__education_subsidy',
            'decided_by': [
                'education_subsidy',
                'school_enrolment',
            ],
        },
        {
            'name': 'housing',
            'label': '住房安全',
            'unit': 'household',
            'model': 'int_household__housing',
            'decided_by': [
                'housing_appraisal',
                'renovation_task',
                'destitute_support',
                'register_person',
            ],
            'is_counted': true,
            'has_figure': true,
        },
        {
            'name': 'water',
            'label': '饮水安全',
            'unit': 'household',
            'model': 'int_household__water',
            'is_counted': true,
            'has_figure': true,
        },
        {
            'name': 'safety_net',
            'label': '兜底保障',
            'unit': 'household',
            'model': 'int_household__safety_net',
            'decided_by': [
                'subsistence_allowance',
                'destitute_support',
                'register_person',
            ],
            'is_counted': true,
            'has_figure': true,
        },
        {
            'name': 'food',
            'label': '不愁吃',
            'unit': 'household',
            'model': 'int_household__survey',
            'decided_by': [
                'household_income_survey',
            ],
        },
        {
            'name': 'clothing',
            'label': '不愁穿',
            'unit': 'household',
            'model': 'int_household__survey',
            'decided_by': [
                'household_income_survey',
            ],
        },
        {
            'name': 'water_quality',
            'label': '饮水水质',
            'unit': 'household',
            'model': 'int_household__water',
            'is_brief': true,
        },
    ]) }}
{%- endmacro %}

{# The guarantees that a person or a household has; a household also those that
   it inherits from its members. #}
{% macro guarantees_of(unit) -%}
    {%- set found = [] -%}
    {%- for guarantee in guarantees() -%}
        {%- if guarantee.unit == unit
            or (unit == 'household' and guarantee.nobody_in_scope) -%}
            {%- do found.append(guarantee) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{# The feeds that decide a guarantee; none where no name is given. #}
{% macro deciding_feeds(name) -%}
    {%- set found = [] -%}
    {%- for guarantee in guarantees() if name and guarantee.name == name -%}
        {%- do found.extend(guarantee.decided_by or []) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{# Their names, in quotes: of all, or of those that have a property. #}
{% macro guarantee_names(property=none) -%}
    {%- set found = [] -%}
    {%- for guarantee in guarantees() -%}
        {%- if property is none or guarantee[property] -%}
            {%- do found.append("'" ~ guarantee.name ~ "'") -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found | join(', ')) }}
{%- endmacro %}

{# One row per guarantee: its label, and its place among those that people list. #}
{% macro labelled_guarantees() -%}
    {%- set selects = [] -%}
    {%- for guarantee in guarantees() -%}
        {%- do selects.append(
            "select '" ~ guarantee.name ~ "' as guarantee, '" ~ guarantee.label
            ~ "' as label, " ~ loop.index ~ " as sort_order"
        ) -%}
    {%- endfor -%}
    {{ return(selects | join(' union all ')) }}
{%- endmacro %}

{# One row per guarantee that households inherit from their members. #}
{% macro inherited_guarantees() -%}
    {%- set selects = [] -%}
    {%- for guarantee in guarantees() if guarantee.nobody_in_scope -%}
        {%- do selects.append(
            "select '" ~ guarantee.name ~ "' as guarantee, '"
            ~ guarantee.nobody_in_scope ~ "' as nobody_in_scope"
        ) -%}
    {%- endfor -%}
    {{ return(selects | join(' union all ')) }}
{%- endmacro %}

{# The long table of one unit: the rows of all models that judge it, and of
   `others`. `keys`: the columns that say who it is. #}
{% macro union_of_guarantees(unit, keys, others=[]) -%}
    {%- set models = others | list -%}
    {%- for guarantee in guarantees() if guarantee.unit == unit -%}
        {%- if guarantee.model not in models -%}
            {%- do models.append(guarantee.model) -%}
        {%- endif -%}
    {%- endfor -%}
    {% for model in models -%}
    select
        {{ keys | join(', ') }},
        guarantee,
        state,
        reason_code,
        evidence_batch_id,
        evidence_sheet,
        evidence_row,
        override_id,
        state_before_override,
        reason_code_before_override
    from {{ ref(model) }}
    {% if not loop.last -%} union all {%- endif %}
    {% endfor -%}
{%- endmacro %}

{# The long table as columns, named after the guarantees; `relation` also has
   the sentence of each reason. #}
{% macro pivoted_guarantees(unit) -%}
    {% for guarantee in guarantees_of(unit) -%}
    {% set of_it = "max(case when guarantee = '" ~ guarantee.name ~ "' then " -%}
    {{ of_it }} state end) as {{ guarantee.name }}_state,
    {{ of_it }} reason_code end) as {{ guarantee.name }}_reason_code,
    {{ of_it }} evidence_batch_id end)
        as {{ guarantee.name }}_evidence_batch_id,
    {{ of_it }} shown_sheet end) as {{ guarantee.name }}_evidence_sheet,
    {{ of_it }} evidence_row end) as {{ guarantee.name }}_evidence_row,
    {{ of_it }} sentence end)
        as {{ guarantee.name }}_reason{{ "," if not loop.last }}
    {% endfor -%}
{%- endmacro %}

{# These columns again, as the marts show them. #}
{% macro guarantee_columns(relation, unit) -%}
    {% for guarantee in guarantees_of(unit) -%}
    {% set column = relation ~ '.' ~ guarantee.name -%}
    {{ column }}_state,
    {{ column }}_reason_code{{ "," if not (loop.last and guarantee.is_brief) }}
    {% if not guarantee.is_brief -%}
    {{ column }}_evidence_batch_id,
    {{ column }}_evidence_sheet,
    {{ column }}_evidence_row,
    {{ column }}_reason{{ "," if not loop.last }}
    {% endif -%}
    {% endfor -%}
{%- endmacro %}
