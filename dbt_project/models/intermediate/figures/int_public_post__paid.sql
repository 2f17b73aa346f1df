{{ config(materialized='view') }}
-- Whoever was paid for a public post of the month of as_of, and has some of it
-- in the end: each person once, by the first row that paid.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

posts as (
    select * from {{ ref('stg_public_post') }}
),

linked as (
    select * from {{ ref('int_person__linked') }}
),

paid as (
    select
        linked.person_key,
        posts.batch_id,
        posts.source_sheet,
        posts.net_yuan,
        cast(
            sum(posts.net_yuan) over (partition by linked.person_key)
            as decimal(18, 2)
        ) as month_yuan,
        posts.source_row
    from posts
    cross join basis
    inner join linked
        on
            linked.feed = 'public_post'
            and posts.batch_id = linked.batch_id
            and posts.source_sheet = linked.source_sheet
            and posts.source_row = linked.source_row
    where posts.pay_month = basis.pay_month
),

persons as (
    select
        person_key,
        batch_id,
        source_sheet,
        month_yuan,
        source_row
    from paid
    where
        net_yuan > 0
        and month_yuan > 0
    qualify {{ is_first_row('person_key') }}
)

select * from persons
