{# Which columns of the feeds some figure rests on. #}

{# Model → the models that read it. #}
{% macro readers_of_models() -%}
    {%- set readers = {} -%}
    {%- for node in graph.get('nodes', {}).values()
        if node.resource_type == 'model' -%}
        {%- for parent in node.depends_on.nodes -%}
            {%- do readers.setdefault(parent, []).append(node) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(readers) }}
{%- endmacro %}


{# The text of our macros that a node or macro calls, and of those that they
   call: a rule that stands in a macro names its columns there. #}
{% macro texts_of_macros(calling, known) -%}
    {%- for unique_id in calling.depends_on.macros
        if unique_id.startswith('macro.sanbao.') and unique_id not in known -%}
        {%- set called = context.get(unique_id.split('.')[-1]) -%}
        {%- if called is not none
            and 'generated' not in called.macro.original_file_path -%}
            {%- do known.update({unique_id: called.macro.macro_sql}) -%}
            {%- do texts_of_macros(called.macro, known) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{# The text of the rules that lead from a feed to figures. #}
{% macro rules_above(feed, readers) -%}
    {%- set rooms = ['guarantee', 'figures', 'register', 'identity'] -%}
    {%- set rules = {} -%}
    {%- set waiting = ['model.sanbao.stg_' ~ feed] -%}
    {#- the longest way from a feed to its figures has fewer steps -#}
    {%- for step in range(15) if waiting -%}
        {%- set reached = [] -%}
        {%- for model in waiting -%}
            {%- for node in readers.get(model, [])
                if node.unique_id not in rules -%}
                {%- set is_rule = node.fqn[1] == 'intermediate'
                    and node.fqn[2] in rooms -%}
                {%- do rules.update({
                    node.unique_id: node.raw_code if is_rule else ''
                }) -%}
                {%- if is_rule -%}
                    {%- do texts_of_macros(node, rules) -%}
                {%- endif -%}
                {%- do reached.append(node.unique_id) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- do waiting.clear() -%}
        {%- do waiting.extend(reached) -%}
    {%- endfor -%}
    {{ return(rules.values() | join('\n')) }}
{%- endmacro %}


{#
  The columns that some figure rests on, as feed → names: those that say whose,
  where and for when a row is, which macros read, and those that a rule names
  other than to hand them on (a line that holds nothing but the column). A unit
  test knows no models: there, all.
#}
{% macro read_columns() -%}
    {%- set found = {} -%}
    {%- set readers = readers_of_models() -%}
    {%- set places = ['town_name', 'village_name', 'natural_village_name'] -%}
    {%- set handed_on = '(?m)^[ ]*(\\w+\\.)?\\w+,?[ ]*$' -%}
    {%- for feed, contract in feeds().items() -%}
        {%- set rules = rules_above(feed, readers) -%}
        {%- set named = {} -%}
        {%- for word in modules.re.findall(
            '\\w+', modules.re.sub(handed_on, '', rules)
        ) -%}
            {%- do named.update({word: true}) -%}
        {%- endfor -%}
        {%- do found.update({feed: []}) -%}
        {%- for column in contract.headers -%}
            {%- if column in contract.key + contract.part_by
                + contract.period_by + contract.id_columns + places
                + contract.payments.get('reads', [])
                or not rules
                or column in named -%}
                {%- do found[feed].append(column) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{#
  One row per column that figures read: feed, column_name, column_label, its
  place among them, whether it is the feed's first number of a person, and
  whether it is filled only where it applies.
#}
{% macro columns_read(columns) -%}
    {%- set rows = [] -%}
    {%- for feed, contract in feeds().items() -%}
        {%- for column in columns[feed] -%}
            {%- do rows.append(
                "('" ~ feed ~ "', '" ~ column ~ "', '"
                ~ contract.headers[column] ~ "', " ~ loop.index ~ ", "
                ~ (column == (contract.id_columns | first)) ~ ", "
                ~ (column in contract.sparse) ~ ")"
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    select
        read_column.feed,
        read_column.column_name,
        read_column.column_label,
        read_column.place,
        read_column.names_person,
        read_column.is_sparse
    from (
        values
        {{ rows | join(',\n        ') }}
    ) as read_column (
        feed, column_name, column_label, place, names_person, is_sparse
    )
{%- endmacro %}
