/*
 * Whether the member had this account before, and did not say since that it is not theirs.
 */
select coalesce((
    select reason <> 'disowned' from whoop_connection_history
    where user_id = :who and whoop_user_id = :account and reason in ('connected', 'disowned')
    order by id desc limit 1), false)
