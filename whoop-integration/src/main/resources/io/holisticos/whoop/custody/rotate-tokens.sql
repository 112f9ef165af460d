/*
 * Puts the next token pair in the place of the pair of this version.
 *
 *   before      the state before; reauthorization_required when another worker's refusal came first
 *   rotated     the row with the new pair, if the pair of this version was still there; a member who left gets none
 *   remembered  a line of history, only where the state has changed: a usual refresh leaves none
 */
with before as materialized (
    select state from whoop_connection where user_id = :who
), rotated as (
    update whoop_connection set
        state = case when state in ('awaiting_profile', 'awaiting_confirmation') then state
            when whoop_user_id is null then 'awaiting_profile' else 'active' end,
        access_token = :access, refresh_token = :refresh, access_expires_at = :expiresAt,
        token_version = token_version + 1, refresh_started_at = null, recorded_at = :now
    where user_id = :who and token_version = :version and state <> 'revoked'
    returning user_id, whoop_user_id, state, scopes, token_version
), remembered as (
    insert into whoop_connection_history
        (user_id, whoop_user_id, state, scopes, token_version, reason, recorded_at)
    select r.user_id, r.whoop_user_id, r.state, r.scopes, r.token_version, 'refreshed', :now
    from rotated r, before where before.state = 'reauthorization_required'
)
select count(*) from rotated
