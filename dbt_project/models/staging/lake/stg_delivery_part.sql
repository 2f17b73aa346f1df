with

{{ in_force_parts(feeds() | list) }}

select * from part_in_force
