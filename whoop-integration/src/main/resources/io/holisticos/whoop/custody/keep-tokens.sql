/*
 * Keeps the tokens of a consent before anything is known of the account that they are of.
 *
 *   no row for the member   -> a new row, awaiting_profile
 *   any row                 -> awaiting_profile, with the next token_version
 *     its account           -> former_user_id, unless a pending consent has put one there already
 *     its state             -> former_state,   unless it is of a pending consent itself
 *     what the last consent asked for or failed at is cleared
 */
insert into whoop_connection as before (user_id, whoop_user_id, state, scopes, access_token, refresh_token,
    access_expires_at, token_version, refresh_started_at, connected_at, recorded_at, replace_account, answer_hash)
values (:who, null, 'awaiting_profile', :scopes, :access, :refresh, :expiresAt, 1, null, :now, :now, :replace, :answer)
on conflict (user_id) do update set
    whoop_user_id = null,
    state = 'awaiting_profile',
    scopes = excluded.scopes,
    access_token = excluded.access_token,
    refresh_token = excluded.refresh_token,
    access_expires_at = excluded.access_expires_at,
    token_version = before.token_version + 1,
    refresh_started_at = null,
    connected_at = excluded.connected_at,
    recorded_at = excluded.recorded_at,
    former_user_id = coalesce(before.whoop_user_id, before.former_user_id),
    former_state = case when before.state in ('awaiting_profile', 'awaiting_confirmation') then before.former_state
        else before.state end,
    arriving_user_id = null,
    asked_at = null,
    replace_account = excluded.replace_account,
    answer_hash = excluded.answer_hash,
    arrival_failures = 0,
    arrival_failure = null
