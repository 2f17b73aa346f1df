-- What may be shown of a person to everybody with a login: never a birth date,
-- of the ID number the area alone, and no name of a child. By the year, not by
-- the birthday: a name that appears between two dates must not tell the day.
with

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

thresholds as (
    select * from {{ ref('threshold') }}
),

limits as (
    select {{ threshold('NAME_AGE_MIN') }} as name_age_min
    from thresholds
    where {{ as_of() }} between valid_from and valid_to
),

born as (
    select
        *,
        extract(year from birth_on) as birth_year_stated,
        case
            when length(id_number) = 18
                then cast(substr(id_number, 7, 4) as integer)
        end as birth_year_of_id,
        {{ handle_of('person_key', 8) }} as short_handle
    from persons
),

handled as (
    select
        *,
        min(person_key) over (partition by short_handle)
        <> max(person_key) over (partition by short_handle) as is_handle_taken
    from born
),

aged as (
    select
        handled.*,
        -- where the two disagree, the younger one decides
        coalesce(
            extract(year from {{ as_of() }})
            - greatest(
                coalesce(handled.birth_year_stated, handled.birth_year_of_id),
                coalesce(handled.birth_year_of_id, handled.birth_year_stated)
            ) > limits.name_age_min,
            false
        ) as is_named
    from handled
    cross join limits
),

shown as (
    select
        person_key,
        case
            when is_handle_taken then {{ handle_of('person_key', 12) }}
            else short_handle
        end as person_handle,
        household_id,
        register_person_no,
        case
            when is_named then {{ without_id_numbers('person_name') }}
        end as person_name,
        {{ masked_id('id_number') }} as id_number_masked,
        relation_code,
        cast(coalesce(birth_year_stated, birth_year_of_id) as integer)
            as birth_year,
        is_named
    from aged
)

select * from shown
