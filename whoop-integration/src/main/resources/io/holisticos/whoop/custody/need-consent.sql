/*
 * Connections that need consent, of one member (:who) or of all, with the reason in their history.
 */
select c.user_id, c.token_version, coalesce(entered.reason, 'unknown') as reason
from whoop_connection c
left join lateral (
    select h.reason from whoop_connection_history h
    where h.user_id = c.user_id and h.state = c.state
    order by h.id desc limit 1) entered on true
where c.state = 'reauthorization_required' and (cast(:who as varchar) is null or c.user_id = :who)
order by c.user_id
