/*
 * Members as operators look for them, by state and by either id; a null asks for all.
 *
 *   state    for callers: one that is refreshing counts as active
 *   account  the account that is connected, or that waits to be confirmed
 *   since    when the connection came into its state, and why
 *   found    how many there are without the limit
 */
select c.user_id, c.whoop_user_id, c.arriving_user_id, c.state, c.scopes, c.connected_at, entered.recorded_at as since, entered.reason,
    count(*) over () as found
from whoop_connection c
left join lateral (
    select h.recorded_at, h.reason from whoop_connection_history h
    where h.user_id = c.user_id and h.state = case when c.state = 'refreshing' then 'active' else c.state end
    order by h.id desc limit 1) entered on true
where (cast(:state as varchar) is null or case when c.state = 'refreshing' then 'active' else c.state end = :state)
    and (cast(:who as varchar) is null or c.user_id = :who)
    and (cast(:account as bigint) is null or :account in (c.whoop_user_id, c.arriving_user_id))
order by c.user_id
limit :most
