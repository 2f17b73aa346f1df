{#
  The rows of a feed that hold at `as_of`, as far as known by `known_by`.

  A batch speaks for periods and for parts of periods (one town, one kind of
  insurance). Per period and part the batch received last wins whole, with
  those that only add to it (payments made later, reversals, corrections of
  some payments). A feed of events that names no period but has a key has
  nothing to win whole: all its batches hold. In either case an event whose
  key was delivered again is taken from the later batch alone (a reversal
  never takes the place of its payment); a correction is as late as its base.

  A feed that is cut by town has rows of one household (or school) from one
  delivery alone, whatever part that was: of two that hold for a date from the
  later one, and the latest of all is that of the last date.

  A correction stands and falls with the batch it corrects, whose arrival it
  shares; each of its rows takes the place of the row it came from. A batch
  that was withdrawn holds no longer, nor do its corrections.
#}
{% macro in_force(feed) -%}
    {%- set contract = feeds()[feed] -%}
    with

    rows_of_feed as (
        select * from {{ source('lake', feed) }}
    ),

    {{ in_force_parts([feed]) }},

    known_correction as (
        select
            correction.*,
            row_number() over (
                partition by
                    correction.base_batch_id,
                    correction.base_source_sheet,
                    correction.base_source_row
                order by
                    {{ newest_first(of='delivery') }},
                    correction.batch_id desc nulls last
            ) as age_rank
        from {{ ref('stg_correction') }} as correction
        inner join {{ ref('stg_delivery') }} as delivery
            on correction.batch_id = delivery.batch_id
        where
            correction.feed = '{{ feed }}'
            and correction.is_accepted
            and delivery.received_at <= {{ known_by() }}
            and correction.batch_id not in (
                select withdrawn.batch_id from withdrawn
            )
    ),

    -- the rows that were corrected, and corrections corrected once more
    replaced_row as (
        select
            base_batch_id as batch_id,
            coalesce(base_source_sheet, '') as source_sheet,
            base_source_row as source_row
        from known_correction
        union
        select
            batch_id,
            coalesce(source_sheet, '') as source_sheet,
            source_row
        from known_correction
        where age_rank > 1
    ),

    standing as (
        select
            {% for column in contract.columns -%}
            rows_of_feed.{{ column }},
            {% endfor -%}
            rows_of_feed._batch_id as batch_id,
            -- a CSV has no sheet: an empty text joins, a null does not
            coalesce(rows_of_feed._source_sheet, '') as source_sheet,
            rows_of_feed._period as period,
            rows_of_feed._part as part,
            rows_of_feed._held_cells as held_cells,
            rows_of_feed._source_row as source_row,
            part_in_force.is_latest
            {% for columns in contract.one_file_has -%}
            and {{ of_last_file(
                columns, 'part_in_force.is_latest', by_date=true
            ) }}
            {% endfor -%}
            as is_latest,
            rows_of_feed._speaks_for_on as speaks_for_on
        from rows_of_feed
        inner join part_in_force
            on
                rows_of_feed._batch_id = part_in_force.batch_id
                and rows_of_feed._period = part_in_force.period
                and rows_of_feed._part = part_in_force.part
                and rows_of_feed._speaks_for_on = part_in_force.speaks_for_on
        left join replaced_row
            on
                rows_of_feed._batch_id = replaced_row.batch_id
                and rows_of_feed._source_row = replaced_row.source_row
                and coalesce(rows_of_feed._source_sheet, '')
                = replaced_row.source_sheet
        where replaced_row.batch_id is null
        {% if contract.delivery == 'events' and contract.key -%}
        -- an event without a number is no other event come again
        qualify
            {% for column in contract.key[:1] -%}
            rows_of_feed.{{ column }} is null
            {% endfor -%}
            or rows_of_feed._batch_id
            = first_value(rows_of_feed._batch_id) over (
                partition by
                    {% for column in contract.key -%}
                    rows_of_feed.{{ column }},
                    {% endfor -%}
                    {{ takes_back(contract, 'rows_of_feed') }}
                order by
                    {{ newest_first('group_received', 'part_in_force') }},
                    {{ newest_first(of='part_in_force') }},
                    rows_of_feed._batch_id desc nulls last
            )
        {%- elif contract.one_file_has -%}
        qualify
            {% for columns in contract.one_file_has -%}
            {{ of_last_file(columns, 'rows_of_feed._speaks_for_on') }}
            {{ "and" if not loop.last }}
            {% endfor -%}
        {%- endif %}
    )

    {% if contract.multiple -%}
    , {{ one_row_per_value(contract) }}

    select * from value_of_row
    {%- elif contract.payments -%}
    , {{ netted_payments(contract) }}

    select * from netted_row
    {%- else -%}
    select * from standing
    {%- endif %}
{%- endmacro %}


{# Whether a row is of the delivery that came last of those that have its
   `columns` within the same `scope`; with `by_date`, of the last date first. #}
{% macro of_last_file(columns, scope, by_date=false) -%}
    (
        part_in_force.group_batch_id
        = first_value(part_in_force.group_batch_id) over (
            partition by
                {{ scope }},
                {% for column in columns -%}
                rows_of_feed.{{ column }}{{ "," if not loop.last }}
                {% endfor %}
            order by
                {% if by_date -%}
                rows_of_feed._speaks_for_on desc nulls last,
                {% endif -%}
                {{ newest_first('group_received', 'part_in_force') }},
                part_in_force.group_batch_id desc nulls last
        )
        or rows_of_feed.{{ columns[-1] }} is null
    )
{%- endmacro %}


{#
  CTE `value_of_row`: a row of `standing` in which cells hold several values
  (owners and their numbers, joined by 、) as one row per value, numbered by
  `source_item`. What is summed stands in the first of them alone.
#}
{% macro one_row_per_value(contract) -%}
    {%- set separator = "'、'" -%}
    item_number as (
        select
            1
            + 100 * hundreds.digit
            + 10 * tens.digit
            + ones.digit as source_item
        from ({{ digits(2) }}) as hundreds
        cross join ({{ digits(10) }}) as tens
        cross join ({{ digits(10) }}) as ones
    ),

    counted_row as (
        select
            standing.*,
            greatest(
                -- Spark wants two things to compare
                1,
                {% for column in contract.multiple -%}
                1 + length(coalesce({{ column }}, '')) - length(
                    replace(coalesce({{ column }}, ''), {{ separator }}, '')
                ){{ "," if not loop.last }}
                {% endfor %}
            ) as item_count
        from standing
    ),

    value_of_row as (
        select
            {% for column in contract.columns -%}
            {% if column in contract.multiple -%}
            nullif(split_part(
                counted_row.{{ column }},
                {{ separator }},
                item_number.source_item
            ), '') as {{ column }},
            {% elif column in contract.counted_once -%}
            case
                when item_number.source_item = 1 then counted_row.{{ column }}
            end as {{ column }},
            {% else -%}
            counted_row.{{ column }},
            {% endif -%}
            {% endfor -%}
            counted_row.batch_id,
            counted_row.source_sheet,
            counted_row.period,
            counted_row.part,
            counted_row.held_cells,
            counted_row.source_row,
            counted_row.is_latest,
            counted_row.speaks_for_on,
            item_number.source_item
        from counted_row
        inner join item_number
            on counted_row.item_count >= item_number.source_item
    )
{%- endmacro %}


{# The digits from 0 on, one a row. #}
{% macro digits(count) -%}
    {% for digit in range(count) -%}
    select {{ digit }} as digit{{ " union all " if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{# Which value of its row a row of a staging model is. #}
{% macro source_item(feed, relation='origin') -%}
    {{ relation ~ '.source_item' if feeds()[feed].multiple else 1 }}
{%- endmacro %}


{# CTEs up to `part_in_force`: one row per batch, period, part and date that
   holds, of the named feeds. #}
{% macro in_force_parts(names) -%}
    {%- set adding = names | select('in', feeds_that_add_up()) | list -%}
    {{ delivered_parts(names) }},

    arrived_part as (
        select
            *,
            -- each engine has a type of its own for a place
            cast(dense_rank() over (
                partition by feed, period, part
                order by
                    {{ oldest_first('group_received') }},
                    group_batch_id asc nulls last
            ) as bigint) as arrival_rank
        from delivered_part
    ),

    -- the last that replaced what was there, and what was added to it since
    winning_part as (
        select *
        from arrived_part
        qualify
            {% if adding -%}
            feed in ('{{ adding | join("', '") }}') or
            {% endif -%}
            arrival_rank >= coalesce(max(
                case when not coalesce(adds, false) then arrival_rank end
            ) over (partition by feed, period, part), 0)
    ),

    part_in_force as (
        select
            *,
            dense_rank() over (
                partition by feed, part
                order by
                    speaks_for_on desc nulls last,
                    period desc nulls last
            ) = 1 as is_latest
        from winning_part
    )
{%- endmacro %}


{# CTEs `withdrawn` and `delivered_part`: one row per batch, period, part and
   date that was delivered, of the named feeds, whatever holds of it now. #}
{% macro delivered_parts(names) -%}
    withdrawn as (
        select batch_id
        from {{ ref('stg_withdrawal') }}
        where withdrawn_at <= {{ known_by() }}
    ),

    delivered_part as (
        select delivery_part.*
        from {{ ref('stg_delivery_part_all') }} as delivery_part
        -- the delivery row is written last: without it a landing broke off
        inner join {{ ref('stg_delivery') }} as delivery
            on delivery_part.batch_id = delivery.batch_id
        where
            delivery_part.feed in ('{{ names | join("', '") }}')
            and delivery_part.speaks_for_on <= {{ as_of() }}
            and delivery_part.received_at <= {{ known_by() }}
            and delivery_part.batch_id not in (
                select withdrawn.batch_id from withdrawn
            )
            and delivery_part.group_batch_id not in (
                select withdrawn.batch_id from withdrawn
            )
    )
{%- endmacro %}


{# Feeds whose batches add up instead of replacing one another. #}
{% macro feeds_that_add_up() -%}
    {%- set found = [] -%}
    {%- for name, contract in feeds().items() -%}
        {%- if contract.delivery == 'events' and contract.key
            and not contract.period_by -%}
            {%- do found.append(name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{# Whether the batches of a feed add up, for a column that names the feed. #}
{% macro adds_up(feed) -%}
    {{ feed }} in (
        ''
        {%- for name in feeds_that_add_up() %},
        '{{ name }}'
        {%- endfor %}
    )
{%- endmacro %}
