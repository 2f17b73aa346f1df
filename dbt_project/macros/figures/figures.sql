{#
  Members of figures, out of one relation that has the columns of a member
  (member_key, household_id, …, source_row). Each spec: figure_id, where, and
  as far as they differ from the default: role ('numerator'), amount (1),
  state (none), source (prefix of the columns that name the source row),
  override and reason (what gives the id of the override behind the state, and
  the code of its reason: the relation's columns where the state is the
  relation's column, else none).
  `figure` in place of `figure_id`: an expression that gives the id, where a
  seed says which figure a row belongs to.
#}
{% macro figure_members(relation, specs) -%}
    {% for spec in specs -%}
    {%- set source = spec.get('source') -%}
    {%- set override = 'override_id' if spec.get('state') == 'state' -%}
    {%- set reason = 'reason_code' if spec.get('state') == 'state' -%}
    {%- set figure = spec.get('figure', "'" ~ spec.figure_id ~ "'") -%}
    select
        {{ figure }} as figure_id,
        '{{ spec.get("role", "numerator") }}' as role,
        member_key,
        household_id,
        person_key,
        cast({{ spec.get('state', 'null') }} as string) as state,
        cast({{ spec.get('override', override or 'null') }} as string)
            as override_id,
        cast({{ spec.get('reason', reason or 'null') }} as string)
            as reason_code,
        town_code,
        town_name,
        village_code,
        village_name,
        {{ source ~ '_batch_id' if source else 'batch_id' }} as source_batch_id,
        {{ source ~ '_sheet' if source else 'source_sheet' }} as source_sheet,
        cast({{ spec.get('amount', '1') }} as decimal(18, 2)) as amount,
        {{ source ~ '_row' if source else 'source_row' }} as source_row
    from {{ relation }}
    where
        {{ spec.where }}{{ figure_is_wanted(spec.figure_id) }}
    {% if not loop.last -%} union all {%- endif %}
    {% endfor -%}
{%- endmacro %}

{# A unit test names the figures it is about (var `figures`), so that it need not
   know of those that are added to its model later. #}
{% macro figure_is_wanted(figure_id) -%}
    {%- set wanted = var('figures') -%}
    {%- if wanted and figure_id and figure_id not in wanted %} and false
    {%- endif -%}
{%- endmacro %}

{# Specs of a rate: everyone in the denominator, those who count above it. #}
{% macro rate_specs(
    figure_id,
    above,
    below,
    state=none,
    source=none,
    amount_above='1',
    amount_below='1',
    figure=none
) -%}
    {%- set below_spec = {
        'figure_id': figure_id,
        'role': 'denominator',
        'where': below,
        'amount': amount_below,
    } -%}
    {%- set above_spec = {
        'figure_id': figure_id,
        'role': 'numerator',
        'where': above,
        'amount': amount_above,
    } -%}
    {%- if figure -%}
        {%- do below_spec.update({'figure': figure}) -%}
        {%- do above_spec.update({'figure': figure}) -%}
    {%- endif -%}
    {%- if state -%}
        {%- do below_spec.update({'state': state}) -%}
        {%- do above_spec.update({'state': state}) -%}
    {%- endif -%}
    {%- if source -%}
        {%- do above_spec.update({'source': source}) -%}
    {%- endif -%}
    {{ return([below_spec, above_spec]) }}
{%- endmacro %}

{#
  numerator * scale / denominator, rounded half up. Scaled before the one
  division, so that a half is exactly a half in double precision.
#}
{% macro half_up(numerator, scale, denominator, digits) -%}
    floor(
        cast({{ numerator }} as double) * {{ scale }} * power(10, {{ digits }})
        / {{ denominator }}
        + 0.5
    ) / power(10, {{ digits }})
{%- endmacro %}

{# The areas of one level, out of the columns of a member. #}
{% macro area_columns(level) -%}
    '{{ level }}' as area_level,
    {% if level == 'county' -%}
    '{{ var("county_code", "440825") }}' as area_code,
    '{{ var("county_name", "徐闻县") }}' as area_name,
    cast(null as string) as town_code,
    cast(null as string) as town_name,
    cast(null as string) as village_code,
    cast(null as string) as village_name
    {%- else -%}
    {% if level == 'town' -%}
    coalesce(town_code, 'unlocated') as area_code,
    {{ town_name_or_other('town_name') }} as area_name,
    {%- else -%}
    coalesce(village_code, coalesce(town_code, '') || '-unlocated')
        as area_code,
    case when village_code is null then '未对应' else village_name end
        as area_name,
    {%- endif %}
    town_code,
    {{ town_name_or_other('town_name') }} as town_name,
    {% if level == 'town' -%}
    cast(null as string) as village_code,
    cast(null as string) as village_name
    {%- else -%}
    village_code,
    case when village_code is null then '未对应' else village_name end
        as village_name
    {%- endif %}
    {%- endif %}
{%- endmacro %}

{# A number with its figure's digits; with two where they would hide that it is
   no whole number. Money is printed without zeros at the end: 43943.7万元. #}
{% macro printed_number(value, digits, unit) -%}
    case
        when {{ unit }} = '万元'
            then {{ regexp_replace_all(
                'cast(cast(' ~ value ~ ' as decimal(18, 4)) as string)',
                '[.]?0+$'
            ) }}
        when {{ digits }} = 0 and {{ value }} = floor({{ value }})
            then cast(cast({{ value }} as decimal(18, 0)) as string)
        when
            {{ digits }} = 1
            and cast({{ value }} as decimal(18, 1)) = {{ value }}
            then cast(cast({{ value }} as decimal(18, 1)) as string)
        else cast(cast({{ value }} as decimal(18, 2)) as string)
    end
{%- endmacro %}

{# Members in one state: of a rate those below the line, else those counted. #}
{% macro count_in_state(state) -%}
    sum(case
        when
            placed.state = '{{ state }}'
            and placed.role = case
                when figures.measure = 'rate' then 'denominator'
                else 'numerator'
            end
            then 1
        else 0
    end)
{%- endmacro %}

{# Each member once per level of area: county, town, village. #}
{% macro members_by_area(relation) -%}
    {% for level in ['county', 'town', 'village'] -%}
    select
        figure_id,
        role,
        state,
        override_id,
        amount,
        {{ area_columns(level) }}
    from {{ relation }}
    {% if not loop.last -%} union all {%- endif %}
    {% endfor -%}
{%- endmacro %}

{# The members of all figures, out of the models of these subjects. #}
{% macro members_of_subjects(subjects) -%}
    {% for subject in subjects -%}
    select * from {{ ref('int_figure_member__' ~ subject) }}
    {% if not loop.last -%} union all {%- endif %}
    {% endfor -%}
{%- endmacro %}

{# Whether a figure rests on this feed, as its seed row says. #}
{% macro rests_on(figures, feed) -%}
    contains(' ' || coalesce({{ figures }}.feeds, '') || ' ', ' ' || {{ feed }} || ' ')
{%- endmacro %}

{# Members counted or summed up per figure and area. Expects CTEs `members` and
   `figures`; gives a CTE `complete`. #}
{% macro counted_members() -%}
    placed as (
        {{ members_by_area('members') }}
    ),

    counted as (
        select
            placed.figure_id,
            placed.area_level,
            placed.area_code,
            max(placed.area_name) as area_name,
            max(placed.town_code) as town_code,
            max(placed.town_name) as town_name,
            max(placed.village_code) as village_code,
            max(placed.village_name) as village_name,
            sum(case when placed.role = 'numerator' then placed.amount else 0 end)
                as numerator,
            sum(case when placed.role = 'denominator' then placed.amount end)
                as denominator,
            {{ count_in_state('MET') }} as met_count,
            {{ count_in_state('NOT_MET') }} as not_met_count,
            {{ count_in_state('UNKNOWN') }} as unknown_count,
            {{ count_in_state('EXEMPT') }} as exempt_count,
            count(case
                when
                    placed.override_id is not null
                    and placed.role = case
                        when figures.measure = 'rate' then 'denominator'
                        else 'numerator'
                    end
                    then 1
            end) as override_count
        from placed
        inner join figures
            on placed.figure_id = figures.figure_id
        group by
            placed.figure_id,
            placed.area_level,
            placed.area_code
    ),

    -- A figure without members is nought for the county, not absent.
    empty as (
        select
            figures.figure_id,
            {{ area_columns('county') }}
        from figures
        left join counted
            on
                figures.figure_id = counted.figure_id
                and counted.area_level = 'county'
        where counted.figure_id is null
    ),

    complete as (
        select
            figure_id,
            area_level,
            area_code,
            area_name,
            town_code,
            town_name,
            village_code,
            village_name,
            numerator,
            denominator,
            cast(met_count as bigint) as met_count,
            cast(not_met_count as bigint) as not_met_count,
            cast(unknown_count as bigint) as unknown_count,
            cast(exempt_count as bigint) as exempt_count,
            cast(override_count as bigint) as override_count
        from counted
        union all
        select
            figure_id,
            area_level,
            area_code,
            area_name,
            town_code,
            town_name,
            village_code,
            village_name,
            0 as numerator,
            null as denominator,
            0 as met_count,
            0 as not_met_count,
            0 as unknown_count,
            0 as exempt_count,
            0 as override_count
        from empty
    )
{%- endmacro %}


{#
  What the rate has to say to the figures that count those above its line, in
  the same area: `value` of the rate itself, for it and for them.
#}
{% macro of_its_rate(value) -%}
    max(case
        when figures.measure = 'rate' and figures.has_states then {{ value }}
    end) over (
        partition by
            coalesce(figures.states_of, figures.figure_id),
            complete.area_level,
            complete.area_code
    )
{%- endmacro %}

