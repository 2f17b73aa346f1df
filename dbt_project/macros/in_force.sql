{#
  The rows of a feed that hold at `as_of`, as far as known by `known_by`.

  A batch speaks for periods and for parts of periods (one town, one kind of
  insurance). Per period and part the batch received last wins whole. A feed
  of events that names no period but has a key has nothing to win whole: all
  its batches hold. In either case an event whose key was delivered again is
  taken from the later batch alone; a correction is as late as its base.

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
        from {{ source('lake', 'correction') }} as correction
        inner join {{ source('lake', 'delivery') }} as delivery
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
            rows_of_feed._source_row as source_row,
            part_in_force.is_latest,
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
        qualify
            rows_of_feed._batch_id = first_value(rows_of_feed._batch_id) over (
                partition by
                    {% for column in contract.key -%}
                    rows_of_feed.{{ column }}{{ "," if not loop.last }}
                    {% endfor %}
                order by
                    {{ newest_first('group_received', 'part_in_force') }},
                    {{ newest_first(of='part_in_force') }},
                    rows_of_feed._batch_id desc nulls last
            )
        {%- endif %}
    )

    select * from standing
{%- endmacro %}


{# CTEs up to `part_in_force`: one row per batch, period, part and date that
   holds, of the named feeds. #}
{% macro in_force_parts(names) -%}
    {%- set adding = names | select('in', feeds_that_add_up()) | list -%}
    withdrawn as (
        select batch_id
        from {{ source('lake', 'withdrawal') }}
        where withdrawn_at <= {{ known_by() }}
    ),

    delivered_part as (
        select delivery_part.*
        from {{ source('lake', 'delivery_part') }} as delivery_part
        -- the delivery row is written last: without it a landing broke off
        inner join {{ source('lake', 'delivery') }} as delivery
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
    ),

    winning_part as (
        select *
        from delivered_part
        qualify
            {% if adding -%}
            feed in ('{{ adding | join("', '") }}') or
            {% endif -%}
            dense_rank() over (
                partition by feed, period, part
                order by
                    {{ newest_first('group_received') }},
                    group_batch_id desc nulls last
            ) = 1
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
