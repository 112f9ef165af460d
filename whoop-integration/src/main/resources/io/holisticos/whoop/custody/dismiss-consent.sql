/*
 * Ends a consent that cannot be used: its tokens go, and the connection is what it was before the consent.
 *
 *   before the consent               -> afterwards
 *   reauthorization_required         -> the same, unless another user has that account by now: then revoked
 *   anything else                    -> revoked, since the tokens before were replaced
 *
 * A consent that was not confirmed in time keeps its answer_hash, so that its page can still be told why.
 */
update whoop_connection consent set
    whoop_user_id = former_user_id,
    state = case
        when former_state = 'reauthorization_required' and former_user_id is not null and not exists (
            select from whoop_connection other
            where other.whoop_user_id = consent.former_user_id and other.state <> 'revoked'
              and other.user_id <> consent.user_id) then former_state
        else 'revoked' end,
    access_token = null,
    refresh_token = null,
    access_expires_at = null,
    refresh_started_at = null,
    token_version = token_version + 1,
    arriving_user_id = null,
    asked_at = null,
    replace_account = false,
    answer_hash = case when :reason = 'not_confirmed' then answer_hash end,
    recorded_at = :now
where user_id = :who and (state in ('awaiting_profile', 'awaiting_confirmation')
    or state = 'reauthorization_required' and arriving_user_id is not null)
