/*
 * Gives the member's connection the tokens of a new consent to the account that it has.
 *
 *   no row for the member   -> a new row, active
 *   any row                 -> active, with the next token_version
 */
insert into whoop_connection as before (user_id, whoop_user_id, state, scopes, access_token, refresh_token,
    access_expires_at, token_version, refresh_started_at, connected_at, recorded_at, answer_hash)
values (:who, :whoopUserId, 'active', :scopes, :access, :refresh, :expiresAt, 1, null, :now, :now, :answer)
on conflict (user_id) do update set
    whoop_user_id = excluded.whoop_user_id,
    state = 'active',
    scopes = excluded.scopes,
    access_token = excluded.access_token,
    refresh_token = excluded.refresh_token,
    access_expires_at = excluded.access_expires_at,
    token_version = before.token_version + 1,
    refresh_started_at = null,
    connected_at = excluded.connected_at,
    recorded_at = excluded.recorded_at,
    answer_hash = excluded.answer_hash
