{#
  What a row of a paying feed does, by its contract: 'pays', 'pays_again' (paid
  anew after it came back), 'pays_nothing' (it never arrived), 'takes_back'. A
  negative amount takes back whatever else the row says, unless a code says
  more.
#}
{% macro payment_effect(contract, relation) -%}
    case
        {% for column, effects in contract.payments.effects.items() -%}
        {% for code, effect in effects.items() -%}
        when {{ relation }}.{{ column }}{{ " = '" ~ code ~ "'" if code != '是' }}
            then '{{ effect }}'
        {% endfor -%}
        {% endfor -%}
        when {{ relation }}.{{ contract.payments.amount }} < 0
            then 'takes_back'
        else 'pays'
    end
{%- endmacro %}


{# Whether a row takes a payment back; false for feeds that pay nothing. #}
{% macro takes_back(contract, relation) -%}
    {%- if contract.payments -%}
    {{ payment_effect(contract, relation) }} = 'takes_back'
    {%- else -%}
    false
    {%- endif -%}
{%- endmacro %}


{#
  CTE `netted_row`: the rows of `standing` with `payment_effect` and `net_yuan`,
  what each adds to the money that the payee has in the end.

  A reversal comes in two hands. With a negative amount it is what it says. With
  a positive one and a code (退票, 冲销) it takes from what was paid to the same
  payee in the period before it, and no more than that: where nothing was, it is
  the payment itself that came back, and adds nothing. The row that was taken
  back keeps its amount; the two cancel out in the sum.
#}
{% macro netted_payments(contract) -%}
    {%- set payments = contract.payments -%}
    {%- set amount = payments.amount -%}
    told_row as (
        select
            standing.*,
            {{ payment_effect(contract, 'standing') }} as payment_effect
        from standing
    ),

    signed_row as (
        select
            *,
            case
                when payment_effect = 'pays_nothing' or {{ amount }} < 0 then 0
                when payment_effect = 'takes_back' then -{{ amount }}
                else {{ amount }}
            end as step_yuan,
            row_number() over (
                partition by {{ payee_of(contract) }}
                order by
                    {% if payments.paid_on -%}
                    {{ payments.paid_on }} asc nulls first,
                    {% endif -%}
                    case payment_effect
                        when 'pays' then 1
                        when 'takes_back' then 2
                        else 3
                    end asc,
                    batch_id asc,
                    source_sheet asc,
                    source_row asc
            ) as step
        from told_row
    ),

    running_row as (
        select
            *,
            sum(step_yuan) over (
                partition by {{ payee_of(contract) }}
                order by step asc
                rows between unbounded preceding and current row
            ) as running_yuan
        from signed_row
    ),

    -- what the payee has so far: never less than nothing
    left_row as (
        select
            *,
            running_yuan - least(0, min(running_yuan) over (
                partition by {{ payee_of(contract) }}
                order by step asc
                rows between unbounded preceding and current row
            )) as left_yuan
        from running_row
    ),

    netted_row as (
        select
            {% for column in contract.columns -%}
            {{ column }},
            {% endfor -%}
            batch_id,
            source_sheet,
            period,
            part,
            held_cells,
            payment_effect,
            source_row,
            cast(case
                when payment_effect = 'pays_nothing' then 0
                when {{ amount }} < 0 then {{ amount }}
                else left_yuan - coalesce(lag(left_yuan) over (
                    partition by {{ payee_of(contract) }}
                    order by step asc
                ), 0)
            end as decimal(18, 2)) as net_yuan,
            is_latest,
            speaks_for_on
        from left_row
    )
{%- endmacro %}


{# Whose payments belong together: the payee within the period; a row that names
   nobody stands for itself. #}
{% macro payee_of(contract) -%}
    {%- set payee = contract.payments.payee -%}
    {{ (contract.period_by + [person_or_row(payee[0])] + payee[1:])
        | join(', ') }}
{%- endmacro %}


{# The ID number of a row, or the row where it has none. #}
{% macro person_or_row(column, relation=none) -%}
    {%- set of = relation ~ '.' if relation else '' -%}
    coalesce({{ of ~ column }}, concat_ws(
        '|', {{ of }}batch_id, {{ of }}source_sheet,
        cast({{ of }}source_row as string)
    ))
{%- endmacro %}


{#
  One row per payroll that is one file a month: its `feed`. A payroll of several
  files (towns) is watched part by part.
#}
{% macro payrolls_of_a_month() -%}
    {%- set names = [''] -%}
    {%- for feed, contract in feeds().items() -%}
        {%- if contract.payments and contract.delivery == 'snapshot'
            and contract.period_by == ['pay_month'] and not contract.part_by -%}
            {%- do names.append(feed) -%}
        {%- endif -%}
    {%- endfor -%}
    select payroll.feed
    from (values ('{{ names | join("'), ('") }}')) as payroll (feed)
{%- endmacro %}


{# Rows of the year per feed that pays and month. Wants the CTE `basis`. #}
{% macro months_of_payments() -%}
    {%- set selects = [] -%}
    {%- for feed, contract in feeds().items() -%}
        {%- set paid_on = contract.payments.get('paid_on') -%}
        {%- if paid_on and contract.delivery == 'events' -%}
            {%- set month_on = month_start('paid.' ~ paid_on) -%}
            {%- do selects.append(
                "select\n        '" ~ feed ~ "' as feed,\n        " ~ month_on
                ~ " as month_on,\n        count(*) as row_count\n    from "
                ~ ref('stg_' ~ feed) ~ " as paid\n    cross join basis\n    where paid."
                ~ paid_on ~ " between basis.year_starts_on and basis.as_of\n    group by "
                ~ month_on
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ selects | join('\n    union all\n    ') }}
{%- endmacro %}

{# Feeds of payrolls, over the CTEs of int_feed__period_gap: the month that is
   counted, where payrolls came for others and none for it. #}
{% macro unpaid_month() -%}
    select
        parts.feed,
        basis.pay_month
    from parts
    cross join basis
    inner join payrolls
        on parts.feed = payrolls.feed
    group by
        parts.feed,
        basis.pay_month
    having
        not bool_or(parts.period = cast(basis.pay_month as string))
{%- endmacro %}


{# Every month of the year that was to come by now, of the feeds that come
   monthly, over the CTEs of int_feed__period_gap. #}
{% macro every_month() -%}
    select
        expected.feed,
        make_date(
            cast(extract(year from basis.as_of) as integer), numbers.month_no, 1
        ) as month_on,
        busy.month_rows
    from basis
    cross join (
        values (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12)
    ) as numbers (month_no)
    cross join expected
    inner join contracts
        on expected.feed = contracts.feed and contracts.cadence = 'monthly'
    inner join busy
        on expected.feed = busy.feed
    where
        make_date(
            cast(extract(year from basis.as_of) as integer), numbers.month_no, 1
        ) < expected.expected_from
{%- endmacro %}
