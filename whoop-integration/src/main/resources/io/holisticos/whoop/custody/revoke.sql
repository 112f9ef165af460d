/*
 * Ends a connection and erases its tokens.
 *
 *   any live state          -> revoked, with the next token_version: no refresh under way can write its tokens
 *   a pending consent       -> the account before it comes back, without its tokens
 *   what the consent asked for, and the secret of its page, are cleared
 */
update whoop_connection set
    state = 'revoked',
    access_token = null,
    refresh_token = null,
    access_expires_at = null,
    refresh_started_at = null,
    token_version = token_version + 1,
    whoop_user_id = case when state in ('awaiting_profile', 'awaiting_confirmation') then former_user_id
        else whoop_user_id end,
    arriving_user_id = null,
    asked_at = null,
    replace_account = false,
    answer_hash = null,
    recorded_at = :now
where user_id = :who and state <> 'revoked'
