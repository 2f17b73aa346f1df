{# How people, households and places are named. #}

{# Keyed hash (HMAC-like, two passes) of a person's ID number or, where the
   register holds none that can be used, of the register's person number. #}
{% macro person_key(identifier, key='person_hash_key.key') -%}
    {{ hash_text(
        key ~ " || " ~ hash_text(key ~ " || " ~ identifier)
    ) }}
{%- endmacro %}

{% macro household_id(register_household_no) -%}
    'hh_' || md5({{ register_household_no }})
{%- endmacro %}

{# First six and stars; null stays null, and so does every other document: its
   first places say of which country somebody is. The last four beside a birth date
   would be the whole number. #}
{% macro masked_id(id_number) -%}
    case
        when
            length({{ id_number }}) = 18
            and substr({{ id_number }}, 1, 1) <> '9'
            and substr({{ id_number }}, 1, 2) not in ('81', '82', '83')
            then substr({{ id_number }}, 1, 6) || '************'
    end
{%- endmacro %}

{# Characters of a handle: five bits of each byte of the key, in letters and
   digits that nobody mixes up when they are read out (Crockford's base 32). #}
{% macro handle_of(person_key, length) -%}
    {%- set digits = "'0123456789abcdef'" -%}
    concat(
        {% for place in range(length) -%}
        substr(
            '0123456789ABCDEFGHJKMNPQRSTVWXYZ',
            1 + mod(
                16 * instr(
                    {{ digits }}, substr({{ person_key }}, {{ 2 * place + 1 }}, 1)
                )
                + instr(
                    {{ digits }}, substr({{ person_key }}, {{ 2 * place + 2 }}, 1)
                )
                - 17,
                32
            ),
            1
        ){{ "," if not loop.last }}
        {% endfor -%}
    )
{%- endmacro %}

{# A village's name without what departments write after it. 村 alone is cut
   only behind two characters: 东村 stays 东村. #}
{% macro village_match_name(name) -%}
    {%- set bare = regexp_replace_all(
        "trim(" ~ name ~ ")",
        "(社区居民委员会|社区居委会|村民委员会|居民委员会|村委会|居委会"
        ~ "|社区|经济合作社|合作社)$"
    ) -%}
    case
        when length({{ bare }}) > 2 and {{ bare }} like '%村'
            then substr({{ bare }}, 1, length({{ bare }}) - 1)
        else {{ bare }}
    end
{%- endmacro %}


{% macro natural_village_id(names) -%}
    'nv_' || md5(concat_ws('|', {{ names | join(', ') }}))
{%- endmacro %}

{# What is in no town of the county still counts for the county. #}
{% macro town_name_or_other(town_name) -%}
    coalesce({{ town_name }}, '其他/农场')
{%- endmacro %}

{#
  Where a row that names a town and a village lies: the county's codes and
  names, null codes where there is no such place. Wants the CTEs `towns`
  (int_town__named) and `villages` (int_village).
#}
{% macro located_columns(relation) -%}
    towns.town_code,
    {{ town_name_or_other('towns.town_name') }} as town_name,
    coalesce(exact_village.village_code, loose_village.village_code)
        as village_code,
    coalesce(
        exact_village.village_name,
        loose_village.village_name,
        {{ relation }}.village_name
    ) as village_name
{%- endmacro %}

{% macro located_joins(relation) -%}
    left join towns
        on {{ relation }}.town_name = towns.written_town_name
    left join villages as exact_village
        on
            towns.town_code = exact_village.town_code
            and {{ relation }}.village_name = exact_village.village_name
    left join villages as loose_village
        on
            towns.town_code = loose_village.town_code
            and {{ village_match_name(relation ~ '.village_name') }}
            = loose_village.match_name
{%- endmacro %}
