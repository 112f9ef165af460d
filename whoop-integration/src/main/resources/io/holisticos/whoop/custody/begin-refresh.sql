/*
 * Writes that token the pair of this version is about to be spent.
 *
 *   lock_wait   how long this statement, and the rest of its transaction, waits for whoever has locked the row
 *   before      the row as it was: its refresh_started_at tells whether an earlier refresh never ended
 *   the update  finds a row only while the pair is still the current one, and its connection has tokens to refresh
 */
with lock_wait as materialized (
    select set_config('lock_timeout', :longest, true)
)
update whoop_connection present
set state = case when present.state = 'active' then 'refreshing' else present.state end,
    refresh_started_at = :now, recorded_at = :now
from lock_wait, whoop_connection before
where present.user_id = :who and before.user_id = :who
  and present.token_version = :version
  and present.state in ('active', 'refreshing', 'awaiting_profile', 'awaiting_confirmation')
returning present.user_id, present.whoop_user_id, present.state, present.scopes, present.connected_at,
    present.access_token, present.refresh_token, present.access_expires_at, present.token_version,
    before.refresh_started_at, present.former_user_id, present.arriving_user_id, present.replace_account
