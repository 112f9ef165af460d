-- Moves a member's records of other accounts among the replaced versions.
with gone as (
    delete from {table} where user_id = :who {others} returning *
)
insert into {table}_history ({into}, replaced_at) select {columns}, :now from gone
